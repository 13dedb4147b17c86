"""The record: what may be kept of a run, declared once. Allocating, writing, joining, the memory bound follow from it.

A line of ``RECORD`` names a quantity, its axes and how it is read off a month just worked out. What has no month among
its axes is summed over the months, or read off the last one; what has the runs alone, or months and runs, is summed
over the vehicles. What is kept of the first few runs only has the axis "first" in place of that of the runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from ..facts.entities import Target
from ..facts.vehicles import Vehicle
from .kits import Kits
from .ledger import ENTRIES, VehicleMonth
from .month import add_rows
from .year import MonthDone

Floats = NDArray[np.float64]
#: How much of each run is kept: annual totals; totals by vehicle and by month too; every vehicle's months; every flow.
Keep = Literal["totals", "breakdown", "months", "flows"]
KEEPS: tuple[Keep, ...] = ("totals", "breakdown", "months", "flows")


@attrs.frozen
class Recorded:
    """A quantity that may be kept: its name, axes, unit, from which ``keep`` on it is kept, and where it is read."""

    name: str
    axes: tuple[str, ...]
    unit: str
    keep: Keep
    read: Callable[[MonthDone], Floats | Sequence[Floats]]
    last: bool = False


def _built(done: MonthDone) -> Floats:
    return done.work.built


_FLOW, _KITS, _SENT = ("vehicle", "month", "run"), ("account", "month", "run"), ("partner", "month", "run")

RECORD = (
    Recorded("output", ("target", "run"), "vehicles", "totals", lambda done: done.tally.output, last=True),
    Recorded("open_orders", ("waiting", "run"), "vehicles", "totals", lambda done: done.work.waiting, last=True),
    Recorded("built_by_source", ("source", "month", "run"), "vehicles", "breakdown", lambda done: done.tally.sources),
    Recorded("called_by_partner", _SENT, "kits", "months", lambda done: done.tally.called),
    Recorded("arrived_by_partner", _SENT, "kits", "months", lambda done: done.tally.arrived),
    Recorded("ledger", ("entry", "first"), "vehicles", "totals", lambda done: done.tally.ledger, last=True),
    Recorded("annual", ("run",), "vehicles", "totals", _built),
    Recorded("by_vehicle", ("vehicle", "run"), "vehicles", "breakdown", _built),
    Recorded("by_month", ("month", "run"), "vehicles", "breakdown", _built),
    Recorded("built", _FLOW, "vehicles", "months", _built),
    Recorded("scheduled", _FLOW, "vehicles", "flows", lambda done: [s.scheduled[done.month] for s in done.schedules]),
    Recorded("called", _KITS, "kits", "flows", lambda done: done.work.called),
    Recorded("arrived", _KITS, "kits", "flows", lambda done: done.tally.received),
    Recorded("demand", _FLOW, "vehicles", "flows", lambda done: done.given.demand),
    Recorded("required", _FLOW, "vehicles", "flows", lambda done: done.work.required),
    Recorded("sold", _FLOW, "vehicles", "flows", lambda done: done.work.sold),
    Recorded("kits", _KITS, "kits", "flows", lambda done: done.work.kits),
    Recorded("stock", _FLOW, "vehicles", "flows", lambda done: done.work.stock),
    Recorded("waiting", _FLOW, "vehicles", "flows", lambda done: done.work.waiting),
    Recorded("capacity", ("line", "month", "run"), "vehicles", "flows", lambda done: done.given.capacity),
)


def recorded(keep: Keep) -> tuple[Recorded, ...]:
    """What is kept of a run under ``keep``."""
    return tuple(quantity for quantity in RECORD if KEEPS.index(quantity.keep) <= KEEPS.index(keep))


def numbers_per_run(keep: Keep, sizes: Mapping[str, int]) -> int:
    """How many numbers are kept of every run; ``sizes`` are the lengths of the axes."""
    every = [quantity.axes[:-1] for quantity in recorded(keep) if quantity.axes[-1] == "run"]
    return sum(math.prod(sizes[axis] for axis in axes) for axes in every)


def allocate(keep: Keep, sizes: Mapping[str, int]) -> dict[str, Floats]:
    """Room for what is kept of ``sizes["run"]`` runs, and of ``sizes["first"]`` first ones, by name."""
    shapes = {q.name: [sizes[axis] for axis in q.axes] for q in recorded(keep)}
    # Where a plant has no row of a kind, or none of the runs is a first one, there is nothing to keep.
    return {name: np.empty(shape) for name, shape in shapes.items() if 0 not in shape}


def joined(records: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """Records of consecutive runs as one; runs are the last axis of everything kept."""
    if len(records) == 1:
        return dict(records[0])
    parts = {name: [record[name] for record in records if name in record] for name in records[0]}
    return {name: np.concatenate(every, axis=-1) for name, every in parts.items()}


@attrs.frozen(eq=False)
class Goal:
    """What counts for a target: the last month, rows of vehicles, and places among the sources."""

    last: int
    vehicles: tuple[int, ...]
    sources: tuple[int, ...]


#: For a partner that shares components, each vehicle with its kits: row, and for each such component the partner's
#: channels, all channels, and its part.
_Shared = tuple[tuple[int, tuple[tuple[tuple[int, ...], tuple[int, ...], float], ...]], ...]


@attrs.frozen(eq=False)
class Book:
    """How flows add up by partner, by account and by target; rows and places, no numbers."""

    sent: tuple[tuple[int, ...], ...]  # channels of each partner
    received: tuple[tuple[int, ...], ...]  # channels of each account
    sources: tuple[_Shared, ...]
    goals: tuple[Goal, ...]
    components: tuple[tuple[tuple[int, ...], ...], ...]  # of each vehicle: the accounts of each component

    @classmethod
    def of(
        cls,
        kits: Kits,
        vehicles: Sequence[Vehicle],
        partners: Sequence[str],
        months: Sequence[str],
        targets: Sequence[Target],
    ) -> Book:
        """The book of these vehicles, in the order of their rows."""
        received = [tuple(c for c, (a, _) in enumerate(kits.channels) if a == row) for row in range(len(kits.accounts))]
        sources = [_shared_by(partner, kits, received) for partner in kits.shared]
        goals = {target.text: _goal(target, kits, vehicles, months) for target in targets}
        sent = [kits.by_partner.get(partner, ()) for partner in partners]
        return cls(tuple(sent), tuple(received), tuple(sources), tuple(goals.values()), kits.components)


def _shared_by(partner: str, kits: Kits, received: Sequence[tuple[int, ...]]) -> _Shared:
    found = []
    for row, components in enumerate(kits.components):
        own = []
        for accounts in components:
            every = tuple(channel for account in accounts for channel in received[account])
            mine = tuple(channel for channel in every if kits.channels[channel][1] == partner)
            if mine:
                part = sum(
                    kits.accounts[account].part for account in accounts if kits.accounts[account].partner == partner
                )
                own.append((mine, every, part))
        if own:
            found.append((row, tuple(own)))
    return tuple(found)


def _goal(target: Target, kits: Kits, vehicles: Sequence[Vehicle], months: Sequence[str]) -> Goal:
    last = len(months) - 1 if target.until is None else months.index(target.until)
    if not target.of:
        return Goal(last, tuple(range(len(vehicles))), ())
    rows: list[int] = []
    sources = tuple(kits.shared.index(name) for name in target.of if name in kits.shared)
    for name in target.of:
        if name not in kits.shared:
            alone = {account.vehicle for account in kits.accounts if account.partner == name}
            rows += [row for row, v in enumerate(vehicles) if name in (v.name, v.line, v.market) or row in alone]
    return Goal(last, tuple(rows), sources)


@attrs.frozen(eq=False)
class Tally:
    """What the months so far add up to, a row (runs,) each; worked out where it is asked for."""

    sources: Sequence[Floats]  # built so far with kits of each partner that shares components
    output: Floats | Sequence[Floats]  # what counts for each target so far
    called: Sequence[Floats]  # by each partner, in this month
    arrived: Sequence[Floats]
    received: Floats | Sequence[Floats]  # by each account, in this month
    ledger: Floats  # the entries of the first runs so far


class _Counter:
    """Counts a slice of runs, month by month."""

    def __init__(self, book: Book, done: MonthDone, first: int) -> None:
        work, runs = done.work, done.runs.stop - done.runs.start
        self._book = book
        if book.sources:
            self._built, self._arrived = np.zeros_like(work.built), np.zeros_like(work.arrived)
        self._output, self._plain = np.zeros((2, len(book.goals), runs))
        self._zero = np.broadcast_to(0.0, runs)
        self._first = slice(0, min(max(first - done.runs.start, 0), runs))
        self._ledger = np.zeros((len(ENTRIES), self._first.stop))
        self._planned = [schedule.planned() for schedule in done.schedules] if self._first.stop else []

    def count(self, done: MonthDone, *, by_partner: bool) -> Tally:
        """Take in a month."""
        work, book = done.work, self._book
        sources: list[Floats] = []
        if book.sources:
            self._built += work.built
            self._arrived += work.arrived
            sources = [self._from(shared) for shared in book.sources]
        for place, goal in enumerate(book.goals):
            if done.month <= goal.last:
                for row in goal.vehicles:
                    self._plain[place] += work.built[row]
                self._output[place] = self._plain[place]
                for source in goal.sources:
                    self._output[place] += sources[source]
        called: list[Floats] = []
        arrived: list[Floats] = []
        if by_partner:
            called = [self._sum(work.ordered, channels) for channels in book.sent]
            arrived = [self._sum(work.arrived, channels) for channels in book.sent]
        for row, planned in enumerate(self._planned):
            found = VehicleMonth.of(done, row, planned, book.components[row], self._first)
            for place, entry in enumerate(found.entries()):
                self._ledger[place] += entry
        received = work.arrived
        if len(work.arrived) > len(work.kits):
            received = np.array([self._sum(work.arrived, channels) for channels in book.received])
        return Tally(sources, self._output, called, arrived, received, self._ledger)

    def _from(self, shared: _Shared) -> Floats:
        """Vehicles built so far with kits of a partner, by component in proportion to the kits that arrived."""
        total = np.zeros(self._built.shape[1])
        for row, components in shared:
            share = np.zeros(total.shape)
            for mine, every, part in components:
                arrived = add_rows([self._arrived[channel] for channel in every], np.empty_like(total))
                own = add_rows([self._arrived[channel] for channel in mine], np.empty_like(total))
                # Where nothing has arrived yet the opening kits are built, which were split by parts.
                np.maximum(share, np.where(arrived > 0.0, own / np.maximum(arrived, 1e-300), part), out=share)
            total += share * self._built[row]
        return total

    def _sum(self, rows: Floats, chosen: tuple[int, ...]) -> Floats:
        if len(chosen) == 1:
            return np.asarray(rows[chosen[0]])
        return add_rows([rows[row] for row in chosen], np.empty(self._zero.size)) if chosen else self._zero


class Recorder:
    """Writes what is kept, month by month, into arrays of ``allocate``.

    ``rows`` says for an axis which rows of a month are kept, and at which places; all at their own where it says
    nothing.
    """

    def __init__(
        self, keep: Keep, arrays: Mapping[str, Floats], rows: Mapping[str, Mapping[int, int]], months: int, book: Book
    ) -> None:
        self._recorded = [(quantity, arrays[quantity.name]) for quantity in recorded(keep) if quantity.name in arrays]
        self._by_partner = any(quantity.axes == _SENT for quantity, _ in self._recorded)
        self._rows, self._months, self._book = rows, months, book
        self._first = arrays["ledger"].shape[-1] if "ledger" in arrays else 0
        self._runs = slice(0)
        self._totals: dict[Any, Floats] = {}
        self._counter: _Counter | None = None

    def see(self, done: MonthDone) -> None:
        """Take in a month of a slice of runs; months of a slice come one after another."""
        if done.runs != self._runs or self._counter is None:
            self._runs, self._totals, self._counter = done.runs, {}, _Counter(self._book, done, self._first)
        done = attrs.evolve(done, tally=self._counter.count(done, by_partner=self._by_partner))
        summed = set()
        for quantity, array in self._recorded:
            values, axes = quantity.read(done), quantity.axes
            if axes[-2:-1] == ("month",):
                if len(axes) == 2:
                    add_rows(values, array[done.month, done.runs])
                else:
                    self._put(array[:, done.month, done.runs], values, axes[0])
                continue
            if quantity.last:
                if done.month == self._months - 1:
                    self._put(array[:, done.runs], values, axes[0])
                continue
            if quantity.read not in summed:
                summed.add(quantity.read)
                self._add(quantity.read, values, done)
            if done.month == self._months - 1:
                total = self._totals[quantity.read]
                if len(axes) == 1:
                    add_rows(total, array[done.runs])
                else:
                    self._put(array[:, done.runs], total, axes[0])

    def _add(self, source: Any, values: Floats | Sequence[Floats], done: MonthDone) -> None:
        """Add a month to the year's total so far."""
        if source not in self._totals:
            self._totals[source] = np.zeros((len(values), done.runs.stop - done.runs.start))
        total = self._totals[source]
        if isinstance(values, np.ndarray):
            total += values
            return
        for place, row in enumerate(values):
            total[place] += row

    def _put(self, out: Floats, values: Floats | Sequence[Floats], axis: str) -> None:
        for row, place in self._rows[axis].items() if axis in self._rows else ((at, at) for at in range(len(out))):
            out[place] = values[row]
