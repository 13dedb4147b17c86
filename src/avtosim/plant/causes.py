"""Causes of a shortfall, and the year without some of them in some runs.

A cause is a set of drivers with a neutral state: stops that never begin, a partner that stays, a fill rate of 1, a
shock that never comes, a launch without delay, an unlimited line, a market as it is expected, demand that takes the
schedule. With every cause neutral the plant builds its schedule, so what is lost can be split without a rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..chance.points import Indices
from ..facts.vehicles import Vehicle
from ..say import Term, say
from .drivers import ActiveShocks, LineDriver, MarketDriver, PartnerDriver, ShockDriver
from .outages import Running
from .reading import Constant, Floats, Quantity, Reading

Mask = NDArray[np.bool_]
#: Kinds of causes, in the order in which they are printed.
PLAN, MARKET, SHOCK, LEAVING, STOPS, FILL, LAUNCH, LINE = KINDS = (
    Term("demand: plan above the market"),
    Term("demand: market luck"),
    Term("shocks"),
    Term("leaving"),
    Term("stops"),
    Term("fill rate"),
    Term("late launch"),
    Term("line"),
)
#: The cause of a fact in words, by its kind; of a shock its name.
_TEXTS: Mapping[str, Callable[..., str]] = {
    PLAN: partial(say, "plan of {name} above the market"),
    MARKET: partial(say, "luck of the market {name}"),
    LEAVING: partial(say, "leaving of {name}"),
    STOPS: partial(say, "stops of {name}"),
    FILL: partial(say, "fill rate of {name}"),
    LAUNCH: partial(say, "late launch of {name}"),
    LINE: partial(say, "line {name}"),
}
#: What an unlimited line can build in a day; more than any plan, and far below what overflows.
_UNLIMITED = 1e100


@attrs.frozen
class Cause:
    """One cause: the address of what it is, and its kind."""

    address: str
    kind: str

    @property
    def text(self) -> str:
        """The cause in words."""
        name = self.address.split(".")[1]
        return _TEXTS[self.kind](name=name) if self.kind in _TEXTS else name


@attrs.frozen(eq=False)
class Causes:
    """The causes of a model, and how each is put at its neutral state."""

    causes: tuple[Cause, ...]
    quantities: Mapping[str, Quantity]
    shocks: Sequence[ShockDriver]
    partners: Mapping[str, PartnerDriver]
    lines: Mapping[str, LineDriver]
    #: The numbers of each market that are luck, by the address of the cause.
    luck: Mapping[str, tuple[str, ...]]
    months: int

    @classmethod
    def of(
        cls,
        quantities: Mapping[str, Quantity],
        vehicles: Sequence[Vehicle],
        shocks: Sequence[ShockDriver],
        partners: Iterable[PartnerDriver],
        lines: Iterable[LineDriver],
        markets: Iterable[MarketDriver],
        months: int,
    ) -> Causes:
        """The causes that can act, kind by kind."""
        partners, random = list(partners), {a for a, q in quantities.items() if not isinstance(q, Constant)}
        luck = _luck(vehicles, markets, random)
        fills, delays = [f"{p.address}.fill_rate" for p in partners], [f"{v.address}.delay" for v in vehicles]
        found = (
            (PLAN, [f"{vehicle.address}.plan" for vehicle in vehicles]),
            (MARKET, list(luck)),
            (SHOCK, [shock.address for shock in shocks]),
            (LEAVING, [f"{p.address}.chance_of_leaving" for p in partners if p.leaving is not None]),
            (STOPS, [p.stops.address for p in partners if p.stops is not None]),
            (FILL, [a for a in fills if a in random or quantities[a].reach[0] < 1.0]),
            (LAUNCH, [a for a in delays if quantities[a].reach != (0.0, 0.0)]),
            (LINE, [line.address for line in lines]),
        )
        made = tuple(Cause(address, kind) for kind, addresses in found for address in addresses)
        return cls(
            made, quantities, shocks, {p.address: p for p in partners}, {x.address: x for x in lines}, luck, months
        )

    def acting(self, reading: Reading, running: Running, active: ActiveShocks, ceilings: Sequence[Floats]) -> Mask:
        """In which runs each cause may make a difference, (causes, runs).

        ``ceilings`` are the most that the schedule without delays lets be built on each line, (months, runs or 1).
        """
        made = np.ones((len(self.causes), reading.points.runs), dtype=np.bool_)
        most = dict(zip(self.lines, ceilings, strict=True))
        for row, cause in zip(made, self.causes, strict=True):
            address, fact = cause.address, cause.address.rpartition(".")[0]
            if cause.kind == SHOCK:
                row[:] = active.shares[address].any(axis=0) if address in active.shares else False
            elif cause.kind == LEAVING:
                row[:] = False
                row[self.partners[fact].stays(reading).index] = True
            elif cause.kind == STOPS:
                row[:] = (running.share[address] < 1.0).any(axis=0)
            elif cause.kind in (FILL, LAUNCH):
                row[:] = (reading[address] != (1.0 if cause.kind == FILL else 0.0)).any(axis=0)
            elif cause.kind == LINE:
                row[:] = (self.lines[address].least(reading, running, active) < most[address]).any(axis=0)
        return made

    def expected(self, address: str) -> Floats | float:
        """What a number of a market is without luck, (months or 1, 1); a market that factors do not move stays put."""
        return 0.0 if ".elasticities." in address else self.quantities[address].expected(self.months)


class Neutral:
    """A block of runs in which causes are made neutral one after another, in some runs each.

    Only what a cause touches in these runs is written anew, in arrays of its own.
    """

    def __init__(self, causes: Causes, reading: Reading, running: Running, active: ActiveShocks) -> None:
        self._causes, self._reading, self._running, self._active = causes, reading, running, active
        self._kinds = {cause.address: cause.kind for cause in causes.causes}
        self._numbers: dict[str, Floats] = {}
        self._references: dict[str, Floats] = {}
        self._share: dict[str, Floats] = {}
        self._shocks: dict[str, Floats] = {}
        self._going_on: dict[str, Floats] = {}
        self._where: dict[str, dict[str, Mask]] = {PLAN: {}, LEAVING: {}, LINE: {}}

    def put(self, address: str, runs: Indices) -> None:
        """Make a cause neutral in some runs, for good."""
        fact, kind = address.rpartition(".")[0], self._kinds[address]
        if kind == MARKET:
            self._settle(address, runs)
        elif kind == SHOCK:
            for kept, grids in ((self._shocks, self._active.shares), (self._going_on, self._active.going_on)):
                if address in grids:
                    self._own(kept, address, grids[address])[:, runs] = 0.0
        elif kind in (FILL, LAUNCH):
            self._number(address)[:, runs] = 1.0 if kind == FILL else 0.0
        elif kind == STOPS:
            self._run_on(address, runs)
        else:
            name = address if kind == LINE else fact
            self._where[kind].setdefault(name, np.zeros(self._reading.points.runs, np.bool_))[runs] = True
        if kind == LINE:
            self._number(f"{address}.per_day")[:, runs] = _UNLIMITED
            self._run_on(f"{address}.stops", runs)

    def _settle(self, market: str, runs: Indices) -> None:
        """Take the luck out of a market: its numbers are as expected, and stand for themselves."""
        for address in self._causes.luck[market]:
            value = np.broadcast_to(self._causes.expected(address), (self._causes.months, 1))
            stood = self._own(self._references, address, self._reading.reference(address))
            for own in (self._number(address), stood):
                own[:, runs] = value[: len(own)]

    def _run_on(self, stops: str, runs: Indices) -> None:
        if stops in self._running.share:
            self._own(self._share, stops, self._running.share[stops])[:, runs] = 1.0

    def _number(self, address: str) -> Floats:
        return self._own(self._numbers, address, self._reading[address])

    def _own(self, kept: dict[str, Floats], name: str, grid: Floats) -> Floats:
        if name not in kept:
            kept[name] = np.array(np.broadcast_to(grid, (len(grid), self._reading.points.runs)))
        return kept[name]

    @property
    def reading(self) -> Reading:
        """The block as it now is, good until the next cause is made neutral."""
        running, active = self._running, self._active
        if self._share:
            running = Running(running.share | self._share, running.going_on)
        if self._shocks or self._going_on:
            shares, going_on = active.shares | self._shocks, active.going_on | self._going_on
            active = ActiveShocks(self._causes.shocks, shares, going_on)
        # What is as it was is given as it was, so that what depends on it is kept.
        derived: dict[str, Any] = {"running": running, "shocks": active}
        derived |= {"as scheduled": self._where[PLAN], "unlimited": self._where[LINE]}
        for fact, where in self._where[LEAVING].items():
            derived[f"{fact} stays"] = self._causes.partners[fact].stays(self._reading).outside(where)
        return self._reading.put(self._numbers, self._references, derived)


def _luck(
    vehicles: Sequence[Vehicle], markets: Iterable[MarketDriver], random: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Numbers that make a market, or a customer, differ from what is expected, by the address of each."""
    found: dict[str, tuple[str, ...]] = {}
    for market in markets:
        shares = [f"{vehicle.address}.market_share" for vehicle in vehicles if vehicle.market == market.name]
        own = [address for address in (f"{market.address}.per_year", *shares) if address in random]
        own += [f"{market.address}.elasticities.{name}" for name in market.elasticities]
        if own:
            found[market.address] = tuple(own)
    for vehicle in vehicles:
        orders = f"{vehicle.address}.orders"
        # Orders that are the plan themselves are above no market.
        if orders in random and vehicle.plan is not None:
            found[orders] = (orders,)
    return found
