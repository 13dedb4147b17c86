"""The record: what may be kept of a run, declared once. Allocating, writing, joining, the memory bound follow from it.

A line of ``RECORD`` names a quantity, its axes and how it is read off a month just worked out. What has no month among
its axes is summed over the months, what has neither vehicle nor line is summed over the vehicles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np
from numpy.typing import NDArray

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


def _built(done: MonthDone) -> Floats:
    return done.work.built


_FLOW = ("vehicle", "month", "run")

RECORD = (
    Recorded("annual", ("run",), "vehicles", "totals", _built),
    Recorded("by_vehicle", ("vehicle", "run"), "vehicles", "breakdown", _built),
    Recorded("by_month", ("month", "run"), "vehicles", "breakdown", _built),
    Recorded("built", _FLOW, "vehicles", "months", _built),
    Recorded("scheduled", _FLOW, "vehicles", "flows", lambda done: [s.scheduled[done.month] for s in done.schedules]),
    Recorded("called", _FLOW, "kits", "flows", lambda done: done.work.called),
    Recorded("arrived", _FLOW, "kits", "flows", lambda done: done.work.arrived),
    Recorded("demand", _FLOW, "vehicles", "flows", lambda done: done.given.demand),
    Recorded("required", _FLOW, "vehicles", "flows", lambda done: done.work.required),
    Recorded("sold", _FLOW, "vehicles", "flows", lambda done: done.work.sold),
    Recorded("kits", _FLOW, "kits", "flows", lambda done: done.work.kits),
    Recorded("stock", _FLOW, "vehicles", "flows", lambda done: done.work.stock),
    Recorded("capacity", ("line", "month", "run"), "vehicles", "flows", lambda done: done.given.capacity),
)


def recorded(keep: Keep) -> tuple[Recorded, ...]:
    """What is kept of a run under ``keep``."""
    return tuple(quantity for quantity in RECORD if KEEPS.index(quantity.keep) <= KEEPS.index(keep))


def numbers_per_run(keep: Keep, sizes: Mapping[str, int]) -> int:
    """How many numbers are kept of one run; ``sizes`` are the lengths of the axes."""
    return sum(math.prod(sizes[axis] for axis in quantity.axes if axis != "run") for quantity in recorded(keep))


def allocate(keep: Keep, sizes: Mapping[str, int]) -> dict[str, Floats]:
    """Room for what is kept of ``sizes["run"]`` runs, by name."""
    return {q.name: np.empty([sizes[axis] for axis in q.axes]) for q in recorded(keep)}


def joined(records: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """Records of consecutive runs as one; runs are the last axis of everything kept."""
    if len(records) == 1:
        return dict(records[0])
    return {name: np.concatenate([record[name] for record in records], axis=-1) for name in records[0]}


class Recorder:
    """Writes what is kept, month by month, into arrays of ``allocate``.

    ``rows`` says for each axis at which places the rows of a month stand.
    """

    def __init__(self, keep: Keep, arrays: Mapping[str, Floats], rows: Mapping[str, Any], months: int) -> None:
        self._recorded = [(quantity, arrays[quantity.name]) for quantity in recorded(keep)]
        self._rows, self._months = rows, months
        self._runs = slice(0)
        self._totals: dict[Any, Floats] = {}

    def see(self, done: MonthDone) -> None:
        """Take in a month of a slice of runs; months of a slice come one after another."""
        if done.runs != self._runs:
            self._runs, self._totals = done.runs, {}
        summed = set()
        for quantity, array in self._recorded:
            values, axes = quantity.read(done), quantity.axes
            if axes[-2:-1] == ("month",):
                if len(axes) == 2:
                    add_rows(values, array[done.month, done.runs])
                else:
                    self._put(array[:, done.month, done.runs], values, axes[0])
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
        for place, row in zip(self._rows[axis], values, strict=True):
            out[place] = row
