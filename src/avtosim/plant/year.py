"""A year of a block of runs: its drivers, cut into slices that fit a core's cache, worked out month by month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from .kits import Group
from .month import Idle, Lateness, Layout, LeadTimes, Month, State, Work, add_rows, advance
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
            self._made[row] = row_of(grid, month)
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
    tally: Any = None  # what the months so far add up to, put in by what records them


@attrs.frozen(eq=False)
class Sender:
    """What the kits of a partner meet on their way, in a block of runs."""

    supply: Multiplier
    present: Multiplier | None  # share of each month in which it sends anything; None where nobody stands in for it
    lead: Floats  # (1, runs or 1), whole numbers
    #: Of each shock that delays: its active share of each month, and how late kits come, (1, runs or 1).
    delays: Sequence[tuple[Floats, Floats]] = ()
    #: Of each shock that holds: the share of each month that goes on over its end, (months, runs or 1).
    holds: Sequence[Floats] = ()
    delaying: Sequence[str] = ()  # these shocks
    holding: Sequence[str] = ()


@attrs.frozen(eq=False)
class TakeoverGroup:
    """A component whose partners stand in for each other, with the partner and the part of each account."""

    group: Group
    partners: tuple[str, ...]
    parts: tuple[float, ...]
    takeover: Floats  # (1, runs or 1)


@attrs.frozen(eq=False)
class Demand:
    """What buyers want of a vehicle: ``market`` times ``own`` times ``shocks``, (months or 1, runs or 1) each.

    Where a customer orders, ``market`` is None and ``own`` holds the orders of a year.
    """

    market: Multiplier | None
    own: Floats
    shocks: Multiplier
    reference: Floats  # a month on average
    backorder: Floats  # share of unmet demand that waits
    stock_cover: Floats  # (1, runs or 1), as are the next two
    opening_stock: Floats | None  # None: as much as the stock cover asks for, where it is built already
    end: Floats | None
    #: Runs in which buyers take just what is scheduled, and the stock is at its target from the start; None: in none.
    as_scheduled: NDArray[np.bool_] | None = None


@attrs.frozen(eq=False)
class Drivers:
    """All that the year of a block of runs needs, vehicles in the order of their lines.

    Multipliers are (months or 1, runs or 1); vehicles may share one. The year may be replayed on changed drivers:
    ``attrs.evolve(drivers, capacity=...)``.
    """

    months: int
    layout: Layout
    schedules: Callable[[slice], Sequence[Schedule]]  # the vehicles' schedules in a slice of runs
    flex: Sequence[Floats]  # (1, runs or 1) a vehicle
    senders: Mapping[str, Sender]
    channels: Sequence[tuple[str, Multiplier]]  # sender of each channel, and what else strikes the kits of its vehicle
    groups: Sequence[TakeoverGroup]
    longest_lead: int
    longest_delay: int
    demand: Sequence[Demand]
    capacity: Sequence[Multiplier]

    def year(self, runs: slice, start: int = 0, state: State | None = None) -> Iterator[MonthDone]:
        """Each month of a slice of runs from ``start`` (0: the first) on; each is overwritten by the next.

        ``state`` is the one before month ``start``, that of the opening where none is given.
        """
        schedules = self.schedules(runs)
        accounts = [account for schedule in schedules for account in schedule.accounts]
        order_up_to, order_cap = (
            Rows([getattr(account, name) for account in accounts], self.months) for name in ("order_up_to", "order_cap")
        )
        ceiling = Rows([schedule.schedule_ceiling for schedule in schedules], self.months)
        work = Work(self._opening(schedules, runs) if state is None else state.copy(), len(self.channels))
        lead_times = self._lead_times(runs)
        target_stock = self._target_stock(schedules, runs)
        supply, capacity = self._supply(runs), _each(self.capacity, runs)
        wanted, backorder = self._wanted(schedules, runs), [cut_all(one.backorder, runs) for one in self.demand]
        room = [(cut_all(flex, runs) - 1.0)[0] for flex in self.flex]
        idle, lateness = self._idle(runs), self._lateness(runs)
        plain = [
            (n, np.flatnonzero(x.as_scheduled[runs])) for n, x in enumerate(self.demand) if x.as_scheduled is not None
        ]
        width = max(numbers.shape[1] for pair in wanted for numbers in pair)
        demand = np.empty((len(wanted), runs.stop - runs.start if plain else width))
        for month in range(start, self.months):
            for row, (market, own) in enumerate(wanted):
                np.multiply(row_of(market, month), row_of(own, month), out=demand[row])
            for row, where in plain:
                volume = schedules[row].scheduled[month]
                demand[row, where] = volume[0] if volume.size == 1 else volume[where]
            given = Month(
                order_up_to.of(month),
                order_cap.of(month),
                ceiling.of(month),
                target_stock(month),
                [row_of(share, month) for share in supply],
                demand,
                [row_of(limit, month) for limit in capacity],
                [row_of(share, month) for share in backorder],
                room,
                idle(month),
                lateness(month),
            )
            advance(work, given, lead_times, self.layout)
            yield MonthDone(month, runs, given, work, schedules)

    def opening(self, runs: slice) -> State:
        """The state before the first month: what is on hand, and what the schedule had called off by then."""
        return self._opening(self.schedules(runs), runs)

    def _opening(self, schedules: Sequence[Schedule], runs: slice) -> State:
        size, channels = runs.stop - runs.start, len(self.channels)
        accounts = [account for schedule in schedules for account in schedule.accounts]
        leads = [cut_all(self.senders[sender].lead, runs) for sender, _ in self.channels]
        due = []
        for month in range(self.longest_lead):
            rows = [
                a.ordered_before[month : month + 1] * (lead > month) for a, lead in zip(accounts, leads, strict=False)
            ]
            due.append(np.zeros((channels, size)))
            due[-1][: len(accounts)] = _whole(rows, (len(accounts), size))
        on_order = np.zeros((len(accounts), size))
        for order in reversed(due):
            on_order += order[: len(accounts)]
        kits = _whole([account.opening for account in accounts], (len(accounts), size))
        stock = _whole(
            [self._opening_stock(*pair, runs) for pair in zip(self.demand, schedules, strict=True)],
            (len(schedules), size),
        )
        late = tuple(np.zeros((channels, size)) for _ in range(self.longest_delay))
        held = np.zeros((channels, size)) if any(sender.holds for sender in self.senders.values()) else None
        return State(kits, stock, np.zeros_like(stock), tuple(due), on_order, late, held)

    def _opening_stock(self, demand: Demand, schedule: Schedule, runs: slice) -> Floats:
        wanted = cut_all(demand.stock_cover, runs) * cut_all(demand.reference[:1], runs)
        usual = np.where(schedule.running, wanted, 0.0)
        if demand.opening_stock is None:
            return usual
        stated = cut_all(demand.opening_stock, runs)
        return stated if demand.as_scheduled is None else np.where(demand.as_scheduled[runs], usual, stated)

    def _target_stock(self, schedules: Sequence[Schedule], runs: slice) -> Callable[[int], Floats | None]:
        """A function from a month to what stock covers ask for; nothing where it begins after the end of production."""
        wanted = []
        for one, schedule in zip(self.demand, schedules, strict=True):
            target = cut_all(one.stock_cover, runs) * cut_all(one.reference, runs)
            if one.end is not None:
                target = target * (np.arange(self.months)[:, None] < cut_all(one.end, runs))
            if one.as_scheduled is not None:
                target = np.where(one.as_scheduled[runs], self._opening_stock(one, schedule, runs), target)
            wanted.append(target)
        if not any(target.any() for target in wanted):
            return lambda _: None
        if all(len(target) == 1 for target in wanted):
            held = Rows(wanted).of(0)
            return lambda _: held
        return Rows(wanted, self.months).of

    def _wanted(self, schedules: Sequence[Schedule], runs: slice) -> list[tuple[Floats, Floats]]:
        """Two arrays (months or 1, runs or 1) a vehicle, whose product is what buyers want of it."""
        markets = iter(_each([one.market for one in self.demand if one.market is not None], runs))
        wanted = []
        for one, schedule in zip(self.demand, schedules, strict=True):
            own = cut_all(one.own, runs)
            own = own if one.shocks.is_one else own * one.shocks.of(runs)
            if one.market is None:
                assert schedule.spread is not None
                wanted.append((schedule.spread, own))
            else:
                wanted.append((next(markets), own))
        return wanted

    def _supply(self, runs: slice) -> list[Floats]:
        """Share of the kits coming by each channel that arrives."""
        names = list(self.senders)
        sent = dict(zip(names, _each([self.senders[name].supply for name in names], runs), strict=True))
        return [sent[name] if struck.is_one else sent[name] * struck.of(runs) for name, struck in self.channels]

    def _lead_times(self, runs: slice) -> LeadTimes:
        lead = Rows([cut_all(self.senders[sender].lead, runs) for sender, _ in self.channels]).of(0)
        return [_having(lead == months) for months in range(self.longest_lead + 1)]

    def _idle(self, runs: slice) -> Callable[[int], list[Idle]]:
        """A function from a month to how partners stand in for each other in it; nobody does in the first month."""
        names = dict.fromkeys(name for one in self.groups for name in one.partners)
        multipliers = {name: self.senders[name].present for name in names}
        present = {name: one.of(runs) for name, one in multipliers.items() if one is not None}
        takeover = [cut_all(one.takeover, runs)[0] for one in self.groups]

        def of(month: int) -> list[Idle]:
            made = []
            for one, share in zip(self.groups, takeover, strict=True):
                # In the first month nobody knows yet who is silent.
                idle = [1.0 - row_of(present[name], month - 1) if month else np.zeros(1) for name in one.partners]
                made.append(Idle(one.group.accounts, one.group.channels, one.parts, share, idle))
            return made

        return of

    def _lateness(self, runs: slice) -> Callable[[int], dict[int, Lateness]]:
        """A function from a month to what delays and holds do to the kits of each channel."""
        struck, alike = {}, {}
        for name, sender in self.senders.items():
            if sender.delays or sender.holds:
                # What one shock does to many partners is worked out once.
                key = tuple(id(grid) for pair in sender.delays for grid in pair), tuple(map(id, sender.holds))
                delays = [(cut_all(active, runs), cut_all(late, runs)[0]) for active, late in sender.delays]
                struck[key] = delays, [cut_all(share, runs) for share in sender.holds]
                alike[name] = key

        def of(month: int) -> dict[int, Lateness]:
            known = {
                key: lateness(
                    [(row_of(active, month), late) for active, late in delays],
                    [row_of(share, month) for share in holds],
                    self.longest_delay,
                )
                for key, (delays, holds) in struck.items()
            }
            return {channel: known[alike[name]] for channel, (name, _) in enumerate(self.channels) if name in alike}

        return of


def lateness(
    delays: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], holds: Sequence[Floats], longest: int
) -> Lateness:
    """What shocks do in a month to kits that fall due: ``delays`` are active shares and months, ``holds`` shares.

    Each shock strikes its share of the kits whatever the others do; delays that strike the same kits add up. A delay
    of a fraction of a month splits between the two whole ones around it.
    """
    hit: list[tuple[Floats, Floats]] = [(np.ones(1), np.zeros(1))]
    for active, months in delays:
        if active.any():
            hit = [(share * (1.0 - active), late) for share, late in hit] + [
                (share * active, late + months) for share, late in hit
            ]
    weights = [[share * np.clip(1.0 - np.abs(by - k), 0.0, 1.0) for share, by in hit] for k in range(longest)]
    # What comes after the year's end comes too late, however much later.
    weights.append([share * np.clip(by - (longest - 1.0), 0.0, 1.0) if longest else share for share, by in hit])
    late = [add_rows(each, np.empty(np.broadcast_shapes(*(w.shape for w in each)))) for each in weights]
    if not holds:
        return Lateness(late, None, None)
    passes, free = np.ones(1), np.ones(1)
    for share in holds:
        passes, free = passes * (1.0 - share), free * (share < 1.0)
    return Lateness(late, 1.0 - passes, free)


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


def _having(where: NDArray[np.bool_]) -> list[tuple[slice, Floats | None]]:
    """The rows that have a lead time, neighbours together where they have it in all runs."""
    if where.shape[1] > 1 and not where.all():
        return [(slice(0, len(where)), where.astype(np.float64))] if where.any() else []
    edges = np.flatnonzero(np.diff(where[:, 0], prepend=False, append=False))
    return [(slice(*ends), None) for ends in edges.reshape(-1, 2)]
