"""Drivers: from what was read of a block to what the year needs month by month. Here chance meets the facts.

Each driver knows the address of its fact and takes every number from a ``Reading``. Arrays are (months, runs); a
dimension of length 1 stands for "the same in all of them".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from ..chance.space import RandomInput
from ..declare.faults import FactError, Fault
from ..facts.entities import EFFECTS, Factor, Line, Market, Partner, Shock, Window
from .multiplier import Columns, Multiplier, ShockEffect
from .outages import Running, StopsDriver, compile_stops
from .reading import Collector, Floats, Reading
from .year import Sender

# Demand is moved by no more than this, up or down, on the scale of the logarithm.
_LARGEST_LOG = 300.0


@attrs.frozen(eq=False)
class ShockDriver:
    """When a shock is active, and what it does then."""

    address: str
    stops: StopsDriver | None
    window: Window | None
    happens: RandomInput | None
    months: int
    effects: Mapping[str, tuple[str, ...] | None]
    holds: tuple[str, ...]

    @classmethod
    def of(cls, collector: Collector, shock: Shock) -> ShockDriver:
        """Compile a shock."""
        address, window, happens = shock.address, shock.window, None
        months = collector.calendar.months
        stops = None if shock.stops is None else compile_stops(collector, f"{address}.stops", shock.stops, months)
        if window is not None and window.chance != 1.0:
            happens = collector.random_input(f"{address}.window", "happens", monthly=False, scores=False)
        stated = {kind: getattr(shock, kind) for kind in EFFECTS}
        effects = {kind: tuple(one) if isinstance(one, Mapping) else None for kind, one in stated.items()}
        return cls(address, stops, window, happens, months, effects, shock.holds)

    def strikes_kits(self, partners: Collection[str], vehicles: Collection[str]) -> bool:
        """Whether it can cancel, delay or hold kits of these partners, or cancel those for these vehicles."""
        kits = {*partners, *vehicles}
        # A shock without times never comes.
        ever = bool(partners) and (self.stops is not None or self.window is not None)
        struck = self.effects["supply"], self.effects["delay"], self.holds
        return ever and any(names is None or not kits.isdisjoint(names) for names in struck)

    def active(self, reading: Reading, running: Running) -> Floats | None:
        """Share of each month in which the shock is active; None if it never is."""
        if self.stops is not None:
            return np.subtract(1.0, running.share[self.stops.address])
        if self.window is None:
            return None
        start, end = self._span(reading)
        month = np.arange(1.0, self.months + 1.0)[:, None]
        within = np.minimum(end, month) - np.maximum(start, month - 1.0)
        return np.asarray(np.clip(within, 0.0, 1.0)) * self._happens(reading)

    def going_on(self, reading: Reading, running: Running) -> Floats | None:
        """Share of each month in which kits are held beyond its end, as the shock goes on; None if there is none."""
        if self.stops is not None:
            return running.going_on[self.stops.address]
        if self.window is None:
            return None
        start, end = self._span(reading)
        month = np.arange(1.0, self.months + 1.0)[:, None]
        # What ends with the month's last moment comes too late for it.
        within = np.where(end >= month, month - np.maximum(start, month - 1.0), 0.0)
        return np.asarray(np.clip(within, 0.0, 1.0)) * self._happens(reading)

    def _span(self, reading: Reading) -> tuple[Floats, Floats]:
        assert self.window is not None
        start = reading[f"{self.address}.window.start"]
        if self.window.end is not None:
            return start, reading[f"{self.address}.window.end"]
        return start, start + reading[f"{self.address}.window.duration"]

    def _happens(self, reading: Reading) -> Floats:
        if self.happens is None:
            return np.ones((1, 1))
        chance = reading[f"{self.address}.window.chance"]
        return (reading.points.uniforms(self.happens) < chance).astype(np.float64)


#: Kinds of fact that one number for all of a shock's effect strikes.
_ALL = {"supply": "partners", "demand": "demand", "speed": "lines", "delay": "partners"}


class ActiveShocks:
    """What the shocks do to a block of runs.

    Parameters
    ----------
    shocks : sequence of ShockDriver
        The shocks.
    shares : mapping of str to array, shape (months, runs or 1)
        Share of each month in which a shock is active, by its address; those that are left out never are.
    going_on : mapping of str to array, shape (months, runs or 1)
        Share of each month in which kits are held beyond its end, of the shocks that hold any.
    """

    def __init__(self, shocks: Sequence[ShockDriver], shares: dict[str, Floats], going_on: dict[str, Floats]) -> None:
        self.shares, self.going_on = shares, going_on
        self._shocks = []
        for shock in shocks:
            if shock.address in shares:
                active = shares[shock.address]
                months = np.flatnonzero(active.any(axis=1))
                self._shocks.append((shock, active, slice(months[0], months[-1] + 1) if months.size else slice(0, 0)))

    @classmethod
    def of(cls, shocks: Sequence[ShockDriver], reading: Reading, running: Running) -> ActiveShocks:
        """The shocks as they come in this block: each one's active share is worked out once."""
        active = {shock.address: shock.active(reading, running) for shock in shocks}
        going_on = {shock.address: shock.going_on(reading, running) for shock in shocks if shock.holds}
        known, held = ({a: g for a, g in grids.items() if g is not None} for grids in (active, going_on))
        return cls(shocks, known, held)

    def _striking(self, kind: str, family: str, name: str) -> Iterator[tuple[str, Floats, slice]]:
        """Address of the number by which each shock strikes ``name``, and when it does."""
        for shock, active, months in self._shocks:
            names = shock.effects[kind]
            if names is None and _ALL[kind] == family:
                yield f"{shock.address}.{kind}", active, months
            elif names is not None and name in names:
                yield f"{shock.address}.{kind}.{name}", active, months

    def on(self, kind: str, family: str, name: str, reading: Reading) -> list[ShockEffect]:
        """What all shocks together multiply ``name`` by; ``family`` says whether one number for all strikes it."""
        return [
            ShockEffect(_shock_of(address), active, reading[address] - 1.0, months)
            for address, active, months in self._striking(kind, family, name)
        ]

    def silencing(self, name: str, reading: Reading) -> list[ShockEffect]:
        """The shocks that leave nothing of a partner's kits, in those runs in which they do."""
        struck = self._striking("supply", "partners", name)
        every = [ShockEffect(_shock_of(at), on, -1.0 * (reading[at] == 0.0), months) for at, on, months in struck]
        return [effect for effect in every if effect.change.any()]

    def delaying(self, name: str) -> list[str]:
        """The shocks whose active shares ``delays`` gives."""
        return [_shock_of(address) for address, _, _ in self._striking("delay", "partners", name)]

    def delays(self, name: str, reading: Reading) -> list[tuple[Floats, Floats]]:
        """Active shares of the shocks that delay a partner's kits, and by how many months they do."""
        return [(active, reading[address]) for address, active, _ in self._striking("delay", "partners", name)]

    def holds(self, name: str) -> list[Floats]:
        """Shares of each month in which kits of a partner are held until a later one, by each shock that holds them."""
        held = (shock.address for shock, _, _ in self._shocks if name in shock.holds)
        return [self.going_on[address] for address in held if address in self.going_on]

    def holding(self, name: str) -> list[str]:
        """The shocks whose shares ``holds`` gives."""
        return [shock.address for shock, _, _ in self._shocks if name in shock.holds]


def _shock_of(address: str) -> str:
    """The address of the shock that a number belongs to."""
    return ".".join(address.split(".")[:2])


@attrs.frozen(eq=False)
class PartnerDriver:
    """What the kits of a partner meet on their way."""

    name: str
    address: str
    months: int
    leaving: RandomInput | None
    stops: StopsDriver | None

    @classmethod
    def of(cls, collector: Collector, partner: Partner) -> PartnerDriver:
        """Compile a partner."""
        address, months = partner.address, collector.calendar.months
        leaving = None
        if partner.chance_of_leaving != 0.0:
            leaving = collector.random_input(address, "leaving", monthly=False, scores=False)
        stops = None if partner.stops is None else compile_stops(collector, f"{address}.stops", partner.stops, months)
        return cls(partner.name, address, months, leaving, stops)

    def sender(self, reading: Reading, running: Running, shocks: ActiveShocks, *, shares: bool) -> Sender:
        """What its kits meet in a block of runs; ``shares`` says whether others stand in for it."""
        factors: dict[str, Floats | Columns] = {}
        if self.leaving is not None:
            factors["leaving"] = self.stays(reading)
        if self.stops is not None:
            factors["stops"] = running.share[self.stops.address]
        struck = shocks.on("supply", "partners", self.name, reading)
        silent = Multiplier(self.address, [*factors.values()], shocks.silencing(self.name, reading)) if shares else None
        factors = {"fill rate": reading[f"{self.address}.fill_rate"], **factors}
        return Sender(
            supply=Multiplier(self.address, [*factors.values()], struck, [*factors]),
            present=silent,
            lead=reading[f"{self.address}.lead_time"],
            delays=shocks.delays(self.name, reading),
            holds=shocks.holds(self.name),
            delaying=shocks.delaying(self.name),
            holding=shocks.holding(self.name),
        )

    def stays(self, reading: Reading) -> Columns:
        """Where the partner leaves, the share of each month before it does; it leaves at a constant rate."""
        return reading.derived(f"{self.address} stays", lambda: self._stays(reading))

    def _stays(self, reading: Reading) -> Columns:
        leaving = self.leaving
        assert leaving is not None
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
    def of(cls, collector: Collector, line: Line) -> LineDriver:
        """Compile a line."""
        address, days = line.address, np.asarray(collector.calendar.working_days)
        stops = None if line.stops is None else compile_stops(collector, f"{address}.stops", line.stops, len(days))
        return cls(line.name, address, days, stops)

    def capacity(self, reading: Reading, running: Running, shocks: ActiveShocks) -> Multiplier:
        """Vehicles a month, (months, runs or 1)."""
        # An unlimited line needs no working days: volumes may be stated for a month without any.
        unlimited = reading.derived("unlimited", dict[str, NDArray[np.bool_]]).get(self.address)
        days = self.days[:, None] if unlimited is None else np.where(unlimited, 1.0, self.days[:, None])
        factors = [reading[f"{self.address}.per_day"], days]
        if self.stops is not None:
            factors.append(running.share[self.stops.address])
        return Multiplier(self.address, factors, shocks.on("speed", "lines", self.name, reading))

    def least(self, reading: Reading, running: Running, shocks: ActiveShocks) -> Floats:
        """What it can build in each month with no more than those shocks that slow it down, (months, runs or 1)."""
        full = self.capacity(reading, running, shocks)
        slow = [attrs.evolve(effect, change=np.minimum(effect.change, 0.0)) for effect in full.shocks]
        return attrs.evolve(full, shocks=slow).of(slice(0, reading.points.runs))


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
        moves = collector.random_input(factor.address, "move", monthly=True, scores=True)
        return cls(factor.name, factor.address, tuple(factor.loads), moves)

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
    def of(cls, collector: Collector, market: Market) -> MarketDriver:
        """Compile a market; the season follows the calendar month."""
        weights, calendar = np.asarray(market.season or (1.0,) * 12), collector.calendar
        calendar_month = (int(calendar.first_month[-2:]) - 1 + np.arange(calendar.months)) % 12
        season = weights[calendar_month] / weights.sum()
        return cls(market.name, market.address, season, tuple(market.elasticities))

    def response(self, reading: Reading, paths: Mapping[str, Floats]) -> Floats | None:
        """What factors multiply demand by, (months, runs); None where none moves it."""
        answer: Floats | None = None
        for name in self.elasticities:
            moved = reading[f"{self.address}.elasticities.{name}"] * paths[name]
            answer = moved if answer is None else np.add(answer, moved, out=moved)
        if answer is None:
            return None
        largest = float(answer.max())
        # The negation catches what is not a number too.
        if not largest <= _LARGEST_LOG:
            rule = f"must not move demand by more than exp({_LARGEST_LOG:g}) in any run"
            hint = f"lower these elasticities, or the volatility of {', '.join(self.elasticities)}"
            raise FactError([Fault(f"{self.address}.elasticities", rule, f"exp({largest:g})", hint)])
        return np.exp(answer, out=answer)

    def demand(self, reading: Reading, response: Floats | None, shocks: ActiveShocks) -> Multiplier:
        """Vehicles of all makers that buyers want in each month, (months, runs or 1)."""
        factors = [self.season[:, None], reading[f"{self.address}.per_year"]]
        factors += [] if response is None else [response]
        return Multiplier(self.address, factors, shocks.on("demand", "demand", self.name, reading))
