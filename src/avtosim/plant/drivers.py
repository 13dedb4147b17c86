"""Drivers: from what was read of a block to what the year needs month by month. Here chance meets the facts.

Each driver knows the address of its fact and takes every number from a ``Reading``. Arrays are (months, runs); a
dimension of length 1 stands for "the same in all of them".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from ..chance.space import RandomInput
from ..declare.faults import FactError, Fault
from ..facts.entities import Factor, Line, Market, Partner, Shock
from .multiplier import Columns, Multiplier, ShockEffect
from .outages import StopsDriver, compile_stops
from .reading import Collector, Floats, Reading

#: Share of each month running, (months, runs), by the address of the stops.
Availability = Mapping[str, Floats]
# Demand is moved by no more than this, up or down, on the scale of the logarithm.
_LARGEST_LOG = 300.0


def table(collector: Collector, address: str, stated: Mapping[str, Any]) -> tuple[str, ...]:
    """Collect the numbers of a table from names to numbers, and give back the names."""
    for name, value in stated.items():
        collector.quantity(f"{address}.{name}", value)
    return tuple(stated)


@attrs.frozen(eq=False)
class ShockDriver:
    """When a shock is active, and what it multiplies then."""

    address: str
    stops: StopsDriver | None
    window: bool
    months: int
    effects: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, collector: Collector, shock: Shock, months: int) -> ShockDriver:
        """Compile a shock."""
        address = shock.address
        stops = None if shock.stops is None else compile_stops(collector, f"{address}.stops", shock.stops, months)
        if shock.window is not None:
            collector.quantity(f"{address}.window.start", shock.window.start)
            collector.quantity(f"{address}.window.duration", shock.window.duration)
        effects = {
            kind: table(collector, f"{address}.{kind}", getattr(shock, kind)) for kind in ("supply", "demand", "speed")
        }
        return cls(address, stops, shock.window is not None, months, effects)

    def active(self, reading: Reading, availability: Availability) -> Floats | None:
        """Share of each month in which the shock is active; None if it never is."""
        if self.stops is not None:
            return np.subtract(1.0, availability[self.stops.address])
        if not self.window:
            return None
        start, duration = (reading[f"{self.address}.window.{name}"] for name in ("start", "duration"))
        month = np.arange(1.0, self.months + 1.0)[:, None]
        within = np.minimum(start + duration, month) - np.maximum(start, month - 1.0)
        return np.asarray(np.clip(within, 0.0, 1.0))


class ActiveShocks:
    """What the shocks do to a block of runs: each shock's active share is worked out once."""

    def __init__(self, shocks: Sequence[ShockDriver], reading: Reading, availability: Availability) -> None:
        self._shocks = []
        for shock in shocks:
            active = shock.active(reading, availability)
            if active is not None:
                months = np.flatnonzero(active.any(axis=1))
                self._shocks.append((shock, active, slice(months[0], months[-1] + 1) if months.size else slice(0, 0)))

    def on(self, kind: str, name: str, reading: Reading) -> list[ShockEffect]:
        """What all shocks together do to ``name``."""
        return [
            ShockEffect(active, reading[f"{shock.address}.{kind}.{name}"] - 1.0, months)
            for shock, active, months in self._shocks
            if name in shock.effects[kind]
        ]


@attrs.frozen(eq=False)
class PartnerDriver:
    """The share of a partner's called-off kits that arrives."""

    name: str
    address: str
    months: int
    leaving: RandomInput | None
    stops: StopsDriver | None

    @classmethod
    def of(cls, collector: Collector, partner: Partner, months: int) -> PartnerDriver:
        """Compile a partner."""
        address = partner.address
        collector.quantity(f"{address}.fill_rate", partner.fill_rate)
        collector.quantity(f"{address}.lead_time", partner.lead_time)
        leaving = None
        if partner.chance_of_leaving != 0.0:
            collector.quantity(f"{address}.chance_of_leaving", partner.chance_of_leaving)
            leaving = collector.random_input(address, "leaving", monthly=False, scores=False)
        stops = None if partner.stops is None else compile_stops(collector, f"{address}.stops", partner.stops, months)
        return cls(partner.name, address, months, leaving, stops)

    def supply(self, reading: Reading, availability: Availability, shocks: ActiveShocks) -> Multiplier:
        """Share of the kits called off that arrives, (months or 1, runs or 1)."""
        factors: list[Floats | Columns] = [reading[f"{self.address}.fill_rate"]]
        if self.leaving is not None:
            factors.append(self._stays(self.leaving, reading))
        if self.stops is not None:
            factors.append(availability[self.stops.address])
        return Multiplier(self.address, factors, shocks.on("supply", self.name, reading))

    def _stays(self, leaving: RandomInput, reading: Reading) -> Columns:
        """Where the partner leaves, the share of each month before it does; it leaves at a constant rate."""
        uniforms = reading.points.uniforms(leaving)[0]
        with np.errstate(divide="ignore"):
            pace = np.broadcast_to(np.log(1.0 - reading[f"{self.address}.chance_of_leaving"])[0], uniforms.shape)
            leaves = np.flatnonzero(uniforms > np.exp(pace * (self.months / 12.0)))
            moment = 12.0 * np.log(uniforms[leaves]) / pace[leaves]
        stays = moment - np.arange(self.months)[:, None]
        np.maximum(stays, 0.0, out=stays)
        np.minimum(stays, 1.0, out=stays)
        return Columns(leaves, stays, reading.points.runs)


@attrs.frozen(eq=False)
class LineDriver:
    """How many vehicles a line can build."""

    name: str
    address: str
    days: Floats
    stops: StopsDriver | None

    @classmethod
    def of(cls, collector: Collector, line: Line, days: Floats) -> LineDriver:
        """Compile a line; ``days`` are the working days of each month."""
        address = line.address
        collector.quantity(f"{address}.per_day", line.per_day)
        stops = None if line.stops is None else compile_stops(collector, f"{address}.stops", line.stops, len(days))
        return cls(line.name, address, days, stops)

    def capacity(self, reading: Reading, availability: Availability, shocks: ActiveShocks) -> Multiplier:
        """Vehicles a month, (months, runs or 1)."""
        factors = [reading[f"{self.address}.per_day"], self.days[:, None]]
        if self.stops is not None:
            factors.append(availability[self.stops.address])
        return Multiplier(self.address, factors, shocks.on("speed", self.name, reading))


@attrs.frozen(eq=False)
class FactorDriver:
    """The path of a factor: its log deviation from its value today."""

    name: str
    address: str
    loads: tuple[str, ...]
    moves: RandomInput

    @classmethod
    def of(cls, collector: Collector, factor: Factor) -> FactorDriver:
        """Compile a factor."""
        address = factor.address
        collector.quantity(f"{address}.persistence", factor.persistence)
        collector.quantity(f"{address}.volatility", factor.volatility)
        loads = table(collector, f"{address}.loads", factor.loads)
        return cls(factor.name, address, loads, collector.random_input(address, "move", monthly=True, scores=True))

    def path(self, reading: Reading, moves: dict[str, Floats]) -> Floats:
        """Deviation of each month, (months, runs).

        ``moves`` holds the unexpected moves of the factors before this one; its own are added.
        """
        move = reading.points.scores(self.moves)
        move *= reading[f"{self.address}.volatility"]
        for name in self.loads:
            move += reading[f"{self.address}.loads.{name}"] * moves[name]
        moves[self.name] = move
        persistence, path = reading[f"{self.address}.persistence"][0], move.copy()
        for month in range(1, len(path)):
            path[month] += persistence * path[month - 1]
        return path


@attrs.frozen(eq=False)
class MarketDriver:
    """What moves a market's demand: its volume at reference conditions, and multipliers on it."""

    name: str
    address: str
    season: Floats
    elasticities: tuple[str, ...]

    @classmethod
    def of(cls, collector: Collector, market: Market, first_month: str, months: int) -> MarketDriver:
        """Compile a market; the season follows the calendar month."""
        weights = np.asarray(market.season or (1.0,) * 12)
        calendar_month = (int(first_month[-2:]) - 1 + np.arange(months)) % 12
        season = weights[calendar_month] / weights.sum()
        address = market.address
        collector.quantity(f"{address}.per_year", market.per_year)
        return cls(market.name, address, season, table(collector, f"{address}.elasticities", market.elasticities))

    def demand(self, reading: Reading, paths: Mapping[str, Floats], shocks: ActiveShocks) -> Multiplier:
        """Vehicles of all makers that buyers want in each month, (months, runs or 1)."""
        factors = [self.season[:, None], reading[f"{self.address}.per_year"]]
        answer: Floats | None = None
        for name in self.elasticities:
            moved = reading[f"{self.address}.elasticities.{name}"] * paths[name]
            answer = moved if answer is None else np.add(answer, moved, out=moved)
        if answer is not None:
            largest = float(answer.max())
            # The negation catches what is not a number too.
            if not largest <= _LARGEST_LOG:
                rule = f"must not move demand by more than exp({_LARGEST_LOG:g}) in any run"
                hint = f"lower these elasticities, or the volatility of {', '.join(self.elasticities)}"
                raise FactError([Fault(f"{self.address}.elasticities", rule, f"exp({largest:g})", hint)])
            factors.append(np.exp(answer, out=answer))
        return Multiplier(self.address, factors, shocks.on("demand", self.name, reading))
