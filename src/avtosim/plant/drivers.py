"""Drivers: from coordinates to what the year needs month by month. The one place where chance meets the facts.

Arrays are (months, runs); a dimension of length 1 stands for "the same in all of them".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from ..chance.points import Points
from ..chance.space import RandomInput
from ..facts.entities import Factor, Line, Market, Partner, Shock, Window
from .multiplier import Multiplier, ShockEffect
from .outages import StopsDriver, compile_stops
from .reading import Collector, Constant, Floats, Value

__all__ = ["ActiveShocks", "FactorDriver", "LineDriver", "MarketDriver", "PartnerDriver", "ShockDriver"]


#: Share of each month running, (months, runs), by the owner of the stops.
Running = Mapping[str, Floats]


def _grid(value: float | Floats) -> Floats:
    return np.atleast_2d(np.asarray(value, dtype=np.float64))


def table(collector: Collector, owner: str, stated: Mapping[str, Any]) -> dict[str, Constant]:
    """The quantities of a table from names to quantities."""
    return {name: collector.quantity(f"{owner}.{name}", value) for name, value in stated.items()}


@attrs.frozen
class ShockDriver:
    """When a shock is active, and what it multiplies then."""

    stops: StopsDriver | None
    window: tuple[Constant, Constant] | None
    months: int
    effects: Mapping[str, Mapping[str, Constant]]

    @classmethod
    def of(cls, collector: Collector, shock: Shock, months: int) -> ShockDriver:
        """Compile a shock."""
        owner = shock.home
        stops = None if shock.stops is None else compile_stops(collector, f"{owner}.stops", shock.stops, months)
        window = None if shock.window is None else _window(collector, f"{owner}.window", shock.window)
        effects = {
            kind: table(collector, f"{owner}.{kind}", getattr(shock, kind)) for kind in ("supply", "demand", "speed")
        }
        return cls(stops, window, months, effects)

    def active(self, points: Points, running: Running) -> Floats | None:
        """Share of each month in which the shock is active; None if it never is."""
        if self.stops is not None:
            return np.subtract(1.0, running[self.stops.owner])
        if self.window is None:
            return None
        start, length = (_grid(quantity.read(points)) for quantity in self.window)
        month = np.arange(1.0, self.months + 1.0)[:, None]
        within = np.minimum(start + length, month) - np.maximum(start, month - 1.0)
        return np.asarray(np.clip(within, 0.0, 1.0))


def _window(collector: Collector, owner: str, window: Window) -> tuple[Constant, Constant]:
    start = collector.quantity(f"{owner}.start", window.start)
    return start, collector.quantity(f"{owner}.duration", window.duration, stream=f"{owner}.months")


class ActiveShocks:
    """What the shocks do to a block of runs: each shock's active share is worked out once."""

    def __init__(self, shocks: Sequence[ShockDriver], points: Points, running: Running) -> None:
        self._points = points
        self._shocks = []
        for shock in shocks:
            active = shock.active(points, running)
            if active is not None:
                months = np.flatnonzero(active.any(axis=1))
                self._shocks.append((shock, active, slice(months[0], months[-1] + 1) if months.size else slice(0, 0)))

    def on(self, kind: str, name: str) -> list[ShockEffect]:
        """What all shocks together do to ``name``."""
        found = []
        for shock, active, months in self._shocks:
            effect = shock.effects[kind].get(name)
            if effect is not None:
                found.append(ShockEffect(active, effect.read(self._points) - 1.0, months))
        return found


@attrs.frozen
class PartnerDriver:
    """The share of a partner's called-off kits that arrives."""

    name: str
    months: int
    fill_rate: Constant
    lead_time: Constant
    leaving: tuple[Constant, RandomInput] | None
    stops: StopsDriver | None

    @classmethod
    def of(cls, collector: Collector, partner: Partner, months: int) -> PartnerDriver:
        """Compile a partner."""
        owner = partner.home
        fill_rate = collector.quantity(f"{owner}.fill_rate", partner.fill_rate)
        lead_time = collector.quantity(f"{owner}.lead_time", partner.lead_time)
        leaving = None
        if partner.chance_of_leaving != 0.0:
            chance = collector.quantity(f"{owner}.chance_of_leaving", partner.chance_of_leaving)
            leaving = chance, collector.cause(owner, "leaving", monthly=False, scores=False)
        stops = None if partner.stops is None else compile_stops(collector, f"{owner}.stops", partner.stops, months)
        return cls(partner.name, months, fill_rate, lead_time, leaving, stops)

    def supply(self, points: Points, running: Running, strikes: ActiveShocks) -> Multiplier:
        """Share of the kits called off that arrives, (months or 1, runs or 1)."""
        fill_rate = _grid(self.fill_rate.read(points))
        factors = [fill_rate if self.leaving is None else self._until_leaving(fill_rate, points)]
        if self.stops is not None:
            factors.append(running[self.stops.owner])
        return Multiplier(factors, strikes.on("supply", self.name))

    def _until_leaving(self, made: Floats, points: Points) -> Floats:
        """``made`` with nothing after the moment of leaving, which comes at a constant rate."""
        assert self.leaving is not None
        chance, cause = self.leaving
        luck = points.uniforms(cause)[0]
        with np.errstate(divide="ignore"):
            pace = np.broadcast_to(np.log(1.0 - _grid(chance.read(points))[0]), luck.shape)
            leaves = np.flatnonzero(luck > np.exp(pace * (self.months / 12.0)))
            moment = 12.0 * np.log(luck[leaves]) / pace[leaves]
        shape = self.months, points.runs
        made = made if made.shape == shape else np.array(np.broadcast_to(made, shape))
        stays = moment - np.arange(self.months)[:, None]
        np.maximum(stays, 0.0, out=stays)
        np.minimum(stays, 1.0, out=stays)
        made[:, leaves] *= stays
        return made


@attrs.frozen
class LineDriver:
    """How many vehicles a line can build."""

    name: str
    days: Floats
    per_day: Constant
    stops: StopsDriver | None

    @classmethod
    def of(cls, collector: Collector, line: Line, days: Floats) -> LineDriver:
        """Compile a line; ``days`` are the working days of each month."""
        per_day = collector.quantity(f"{line.home}.per_day", line.per_day)
        stops = None if line.stops is None else compile_stops(collector, f"{line.home}.stops", line.stops, len(days))
        return cls(line.name, days, per_day, stops)

    def capacity(self, points: Points, running: Running, strikes: ActiveShocks) -> Multiplier:
        """Vehicles a month, (months, runs or 1)."""
        factors = [_grid(self.per_day.read(points)), self.days[:, None]]
        if self.stops is not None:
            factors.append(running[self.stops.owner])
        return Multiplier(factors, strikes.on("speed", self.name))


@attrs.frozen
class FactorDriver:
    """The path of a factor: its log deviation from today's level."""

    name: str
    persistence: Constant
    volatility: Constant
    loads: Mapping[str, Constant]
    moves: RandomInput

    @classmethod
    def of(cls, collector: Collector, factor: Factor) -> FactorDriver:
        """Compile a factor."""
        owner = factor.home
        return cls(
            factor.name,
            collector.quantity(f"{owner}.persistence", factor.persistence),
            collector.quantity(f"{owner}.volatility", factor.volatility),
            table(collector, f"{owner}.loads", factor.loads),
            collector.cause(owner, "move", monthly=True, scores=True),
        )

    def move(self, points: Points, earlier: Mapping[str, Floats]) -> Floats:
        """Unexpected move of each month, (months, runs): its own, and what it takes from earlier factors."""
        made = points.scores(self.moves)
        made *= self.volatility.read(points)
        for name, load in self.loads.items():
            made += load.read(points) * earlier[name]
        return made

    def path(self, points: Points, move: Floats) -> Floats:
        """Deviation of each month, (months, runs)."""
        stays = self.persistence.read(points)
        path = move.copy()
        for month in range(1, len(path)):
            path[month] += (stays if isinstance(stays, float) else stays[0]) * path[month - 1]
        return path


@attrs.frozen
class MarketDriver:
    """What moves a market's demand: a multiplier on its reference level, and the level."""

    name: str
    level: Constant
    season: Floats
    elasticities: Mapping[str, Constant]

    @classmethod
    def of(cls, collector: Collector, market: Market, first_month: str, months: int) -> MarketDriver:
        """Compile a market; the season follows the calendar month."""
        weights = np.asarray(market.season or (1.0,) * 12)
        calendar_month = (int(first_month[-2:]) - 1 + np.arange(months)) % 12
        season = weights[calendar_month] / weights.sum()
        level = collector.quantity(f"{market.home}.per_year", market.per_year)
        return cls(market.name, level, season, table(collector, f"{market.home}.elasticities", market.elasticities))

    def demand(self, points: Points, level: Value, paths: Mapping[str, Floats], strikes: ActiveShocks) -> Multiplier:
        """Vehicles of all makers asked for in each month, (months, runs or 1); ``level`` is what was read of it."""
        factors = [self.season[:, None], _grid(level)]
        answer: Floats | None = None
        for name, elasticity in self.elasticities.items():
            moved = elasticity.read(points) * paths[name]
            answer = moved if answer is None else np.add(answer, moved, out=moved)
        if answer is not None:
            factors.append(np.exp(answer, out=answer))
        return Multiplier(factors, strikes.on("demand", self.name))
