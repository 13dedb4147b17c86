"""A year of a block of runs: its drivers, cut into slices that fit a core's cache, worked out month by month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from .month import LeadTimes, Month, State, Work, advance
from .multiplier import Multiplier, cut_all
from .reading import Floats
from .schedule import Schedule


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

    def of(self, month: int) -> Floats:
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


@attrs.frozen(eq=False)
class MonthDone:
    """A month of a slice of runs, just worked out."""

    month: int
    runs: slice
    given: Month
    work: Work
    schedules: Sequence[Schedule]


@attrs.frozen(eq=False)
class Drivers:
    """All that the year of a block of runs needs, vehicles in the order of their lines.

    ``supply``, ``market_demand`` and ``capacity`` hold one multiplier (months or 1, runs or 1) a vehicle or line;
    vehicles may share one. ``share`` and ``extra`` multiply the demand of a vehicle's market. The year may be replayed
    on changed drivers: ``attrs.evolve(drivers, supply=...)``.
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

    def year(self, runs: slice, start: int = 0, state: State | None = None) -> Iterator[MonthDone]:
        """Each month of a slice of runs from ``start`` (0: the first) on; each is overwritten by the next.

        ``state`` is the one before month ``start``, that of the opening where none is given.
        """
        schedules = self.schedules(runs)
        order_up_to, order_cap, schedule_ceiling = (
            Rows([getattr(schedule, name) for schedule in schedules], self.months)
            for name in ("order_up_to", "order_cap", "schedule_ceiling")
        )
        work = Work(self._opening(schedules, runs) if state is None else state.copy())
        lead_times = self._lead_times(runs)
        target_stock = self._target_stock(runs)
        supply, market_demand = _each(self.supply, runs), _each(self.market_demand, runs)
        capacity = _each(self.capacity, runs)
        own_demand = [_own(share, extra, runs) for share, extra in zip(self.share, self.extra, strict=True)]
        width = max(numbers.shape[1] for numbers in (*market_demand, *own_demand))
        demand = np.empty((len(own_demand), width))
        for month in range(start, self.months):
            for row, (market, own) in enumerate(zip(market_demand, own_demand, strict=True)):
                np.multiply(row_of(market, month), row_of(own, month), out=demand[row])
            given = Month(
                order_up_to.of(month),
                order_cap.of(month),
                schedule_ceiling.of(month),
                target_stock,
                [row_of(share, month) for share in supply],
                demand,
                [row_of(limit, month) for limit in capacity],
            )
            advance(work, given, lead_times, self.lines)
            yield MonthDone(month, runs, given, work, schedules)

    def opening(self, runs: slice) -> State:
        """The state before the first month: what is on hand, and what the schedule had called off by then."""
        return self._opening(self.schedules(runs), runs)

    def _opening(self, schedules: Sequence[Schedule], runs: slice) -> State:
        shape = len(schedules), runs.stop - runs.start
        leads = [cut_all(lead, runs) for lead in self.lead]
        due = [
            _whole([s.ordered_before[k : k + 1] * (lead > k) for s, lead in zip(schedules, leads, strict=True)], shape)
            for k in range(self.longest_lead)
        ]
        on_order = np.zeros(shape)
        for order in reversed(due):
            on_order += order
        kits, stock = (_whole([cut_all(grid, runs) for grid in grids], shape) for grids in (self.kits, self.stock))
        return State(kits, stock, tuple(due), on_order)

    def _target_stock(self, runs: slice) -> Floats | None:
        wanted = _held(self.stock_cover, runs) * _held(self.reference_demand, runs)
        return wanted if wanted.any() else None

    def _lead_times(self, runs: slice) -> LeadTimes:
        lead = _held(self.lead, runs)
        return [_having(lead == months) for months in range(self.longest_lead + 1)]


def _held(grids: Sequence[Floats], runs: slice) -> Floats:
    """What holds all year, (vehicles, runs or 1)."""
    return Rows([cut_all(grid, runs) for grid in grids]).of(0)


def _whole(grids: Sequence[Floats], shape: tuple[int, int]) -> Floats:
    """What holds all year, with a number for every run."""
    return np.array(np.broadcast_to(Rows(grids).of(0), shape))


def _each(multipliers: Sequence[Multiplier], runs: slice) -> list[Floats]:
    """Every multiplier in a slice of runs; one that several share is worked out once."""
    known: dict[int, Floats] = {}
    for multiplier in multipliers:
        if id(multiplier) not in known:
            known[id(multiplier)] = multiplier.of(runs)
    return [known[id(multiplier)] for multiplier in multipliers]


def _own(share: Floats, extra: Multiplier, runs: slice) -> Floats:
    """What multiplies the market's demand to give a vehicle's."""
    own = cut_all(share, runs)
    return own if extra.is_one else own * extra.of(runs)


def _having(where: NDArray[np.bool_]) -> list[tuple[slice, Floats | None]]:
    """The rows that have a lead time, neighbours together where they have it in all runs."""
    if where.shape[1] > 1 and not where.all():
        return [(slice(0, len(where)), where.astype(np.float64))] if where.any() else []
    edges = np.flatnonzero(np.diff(where[:, 0], prepend=False, append=False))
    return [(slice(*ends), None) for ends in edges.reshape(-1, 2)]
