"""A block of runs, read from points once and cut into slices that fit a core's cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from .month import Month, State, advance
from .multiplier import Multiplier, cut_all
from .reading import Floats
from .schedule import Schedule

__all__ = ["Block", "MonthDone", "Rows"]


class Rows:
    """One array (months or 1, runs or 1) a vehicle, handed out by month as (vehicles, runs or 1)."""

    def __init__(self, grids: Sequence[Floats], months: int = 1) -> None:
        certain = np.zeros((months, len(grids), 1))
        self._random: list[tuple[int, Floats]] = []
        for row, grid in enumerate(grids):
            if grid.shape[1] == 1:
                certain[:, row] = grid
            else:
                self._random.append((row, grid))
        self._certain = certain
        self._made = np.empty((len(grids), self._random[0][1].shape[1])) if self._random else None

    def at(self, month: int) -> Floats:
        """All vehicles' numbers of a month; overwritten by the next call, and not the caller's to overwrite."""
        if self._made is None:
            return np.asarray(self._certain[month])
        np.copyto(self._made, self._certain[month])
        for row, grid in self._random:
            self._made[row] = grid[month]
        return self._made


def row_of(grid: Floats, month: int) -> Floats:
    """The row of a month; a length of 1 serves all months."""
    return np.asarray(grid[month if len(grid) > 1 else 0])


@attrs.frozen
class MonthDone:
    """A month of a slice of runs, just worked out."""

    month: int
    runs: slice
    given: Month
    work: State
    schedules: Sequence[Schedule]


@attrs.frozen
class Block:
    """All that a block of runs needs, vehicles in the order of their lines.

    ``supply``, ``market_demand`` and ``capacity`` hold one product (months or 1, runs or 1) a vehicle or line; vehicles
    may share one. ``share`` and ``extra`` multiply the demand of a vehicle's market.
    """

    months: int
    schedules: Callable[[slice], Sequence[Schedule]]  # the vehicles' schedules in a slice of runs
    lead: Sequence[Floats]  # (1, runs or 1) a vehicle, whole numbers
    kits: Sequence[Floats]  # on hand at the start, (1, runs or 1) a vehicle, as are the next two
    stock: Sequence[Floats]
    stock_cover: Sequence[Floats]
    longest_lead: int
    supply: Sequence[Multiplier]
    market_demand: Sequence[Multiplier]
    share: Sequence[Floats]
    extra: Sequence[Multiplier]
    reference_demand: Sequence[Floats]  # (1, runs or 1) a vehicle, a month on average
    capacity: Sequence[Multiplier]
    lines: Sequence[slice]

    def year(self, slices: Sequence[slice]) -> Iterator[MonthDone]:
        """Every month of every slice, worked out one after another; what is given is overwritten by the next."""
        for runs in slices:
            schedules = self.schedules(runs)
            order_up_to, order_cap, schedule_ceiling = (
                Rows([getattr(s, name) for s in schedules], self.months)
                for name in ("order_up_to", "order_cap", "schedule_ceiling")
            )
            count = runs.stop - runs.start
            state = self._opening(schedules, runs)
            target_stock = _held(self.stock_cover, runs) * _held(self.reference_demand, runs)
            supply, market_demand = _each(self.supply, runs), _each(self.market_demand, runs)
            capacity = _each(self.capacity, runs)
            own_demand = [_own(share, extra, runs) for share, extra in zip(self.share, self.extra, strict=True)]
            demand = np.empty((len(schedules), count))
            for month in range(self.months):
                for row, (market, own) in enumerate(zip(market_demand, own_demand, strict=True)):
                    np.multiply(row_of(market, month), row_of(own, month), out=demand[row])
                given = Month(
                    order_up_to.at(month),
                    order_cap.at(month),
                    schedule_ceiling.at(month),
                    target_stock,
                    [row_of(share, month) for share in supply],
                    demand,
                    [row_of(limit, month) for limit in capacity],
                )
                advance(state, given, self.lines)
                yield MonthDone(month, runs, given, state, schedules)

    def _opening(self, schedules: Sequence[Schedule], runs: slice) -> State:
        """The state before the first month: what is on hand, and what the schedule had called off by then."""
        leads = [cut_all(lead, runs) for lead in self.lead]
        ordered = [
            Rows([_ordered(s, lead, age, self.longest_lead) for s, lead in zip(schedules, leads, strict=True)]).at(0)
            for age in range(1, self.longest_lead + 1)
        ]
        lead = _held(self.lead, runs)
        holding = [_holds(lead == months) for months in range(self.longest_lead + 1)]
        count = runs.stop - runs.start
        return State.opening(_held(self.kits, runs), _held(self.stock, runs), ordered, holding, count)


def _held(grids: Sequence[Floats], runs: slice) -> Floats:
    """What holds all year, (vehicles, runs or 1)."""
    return Rows([cut_all(grid, runs) for grid in grids]).at(0)


def _each(products: Sequence[Multiplier], runs: slice) -> list[Floats]:
    """Every product in a slice of runs; one that several share is worked out once."""
    known: dict[int, Floats] = {}
    for product in products:
        if id(product) not in known:
            known[id(product)] = product.at(runs)
    return [known[id(product)] for product in products]


def _own(share: Floats, extra: Multiplier, runs: slice) -> Floats:
    """What multiplies the market's demand to give a vehicle's."""
    own = cut_all(share, runs)
    return own if extra.one else own * extra.at(runs)


def _ordered(schedule: Schedule, lead: Floats, age: int, longest: int) -> Floats:
    """Kits called off ``age`` months before the first month's call-off, timed by the vehicle's own lead time."""
    if lead.size == 1:
        later = int(lead[0, 0]) - age
        return schedule.ordered_before[later : later + 1] if later >= 0 else np.zeros((1, 1))
    made = np.zeros((1, 1))
    for months in range(age, longest + 1):
        made = made + (lead == months) * schedule.ordered_before[months - age]
    return made


def _holds(where: NDArray[np.bool_]) -> Floats | Literal[False] | None:
    """Where a lead time holds, as 0 or 1; None for everywhere, False for nowhere."""
    return None if where.all() else where.astype(np.float64) if where.any() else False
