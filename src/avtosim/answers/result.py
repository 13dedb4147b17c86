"""The result of a simulation: what was asked, what came out, and what made it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from ..upward import upward
from . import intervals
from .breakdown import Breakdown
from .estimate import Estimate, chance_words, check_share, check_target, vehicles
from .table import as_html, as_text

__all__ = ["ROUNDING", "Result", "RunInfo", "reached"]

Floats = NDArray[np.float64]

#: A target is reached when the output is not short of it by more than this: sums of twelve months leave a rounding.
ROUNDING = 1e-6

# With fewer hits than this a chance is too rare for plain runs.
_FEW = 10


def reached(annual: Floats, target: float) -> NDArray[np.bool_]:
    """Which runs reach a target."""
    return annual >= target - ROUNDING


@attrs.frozen(kw_only=True)
class RunInfo:
    """What made a result: enough to make it again, bit for bit, with the same version on the same kind of machine."""

    title: str
    scenario: str
    seed: int
    first_run: int
    design: str
    replicate_size: int
    version: str
    stopped: str = ""


@attrs.define(eq=False, repr=False, slots=False)
class Result:
    """Annual outputs of all runs, and the answers read from them. Print it for the table a planner wants.

    ``annual`` has shape (runs,). What else was kept depends on ``keep`` of ``simulate``: ``by_vehicle``,
    ``by_partner`` and ``by_month`` by default, ``months`` (vehicles, months, runs) and ``flows`` on request.
    """

    #: What was kept of every run, by name; ``axes`` are the axes of each name, ``labels`` the names along each axis.
    record: Mapping[str, Floats]
    axes: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, tuple[str, ...]]
    targets: tuple[float, ...]
    run_info: RunInfo
    partner_of: Mapping[str, str] = attrs.field(factory=dict)
    #: What the schedule holds for the year if nothing goes wrong; 0 if it is not known.
    scheduled: float = 0.0

    @property
    def annual(self) -> Floats:
        """Output of the year in every run, shape (runs,)."""
        return self.record["annual"]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.annual.size)

    @cached_property
    def _ordered(self) -> Floats:
        return np.sort(self.annual)

    def chance(
        self, target: float, *, confidence: float = 0.95, method: Literal["wilson", "exact"] = "wilson"
    ) -> Estimate:
        """Chance that the year's output is at least ``target``, with its interval.

        ``method="exact"`` (Clopper and Pearson) is for independent runs only. Raises ``ValueError`` for a target or
        confidence that makes no sense.
        """
        check_share("confidence", confidence)
        check_target("target", target)
        if method not in ("wilson", "exact"):
            raise ValueError(f"method: must be 'wilson' or 'exact'; got {method!r}")
        if method == "exact" and self.run_info.replicate_size > 1:
            raise ValueError(f"method: 'exact' needs independent runs; this design is {self.run_info.design}")
        hit = reached(self.annual, target)
        hits = int(np.count_nonzero(hit))
        return Estimate.of(
            intervals.proportion(hit, self.run_info.replicate_size, confidence, use_exact=method == "exact"),
            runs=self.runs,
            confidence=confidence,
            method=method if self.run_info.replicate_size == 1 else "Wilson over independent units",
            what=f"chance of at least {target:,.0f}",
            unit="probability",
            warning=_warning(hits, self.runs),
        )

    def mean(self, *, confidence: float = 0.95) -> Estimate:
        """Expected output of the year, with its interval."""
        check_share("confidence", confidence)
        found = intervals.mean(self.annual, self.run_info.replicate_size, confidence)
        return self._number(found, confidence, "expected output", "Student's t")

    def quantile(self, share: float, *, confidence: float = 0.95) -> Estimate:
        """Output that a share of years stays at or below (0.1: one year in ten is worse), with its interval."""
        check_share("confidence", confidence)
        check_share("share", share)
        found = intervals.clip_at_zero(
            intervals.quantile(self._ordered, self.annual, share, self.run_info.replicate_size, confidence)
        )
        return self._number(
            found, confidence, f"P{100 * share:g}", intervals.quantile_method(self.run_info.replicate_size)
        )

    def _number(self, interval: intervals.Interval, confidence: float, what: str, method: str) -> Estimate:
        return Estimate.of(interval, runs=self.runs, confidence=confidence, method=method, what=what, unit="vehicles")

    @property
    def by_vehicle(self) -> Breakdown:
        """Output of the year by vehicle: a name gives an array (runs,); print it for a table."""
        return self._breakdown("vehicle", self.labels["vehicle"], self._kept("by_vehicle", "breakdown"))

    @property
    def by_partner(self) -> Breakdown:
        """Output of the year by partner, each the sum of its vehicles."""
        outputs = self._kept("by_vehicle", "breakdown", "by_partner")
        names = tuple(dict.fromkeys(self.partner_of[vehicle] for vehicle in self.labels["vehicle"]))
        summed = np.zeros((len(names), self.runs))
        for vehicle, output in zip(self.labels["vehicle"], outputs, strict=True):
            summed[names.index(self.partner_of[vehicle])] += output
        return self._breakdown("partner", names, summed)

    @property
    def by_month(self) -> Breakdown:
        """Output of the plant by month: a month such as "2024-01" gives an array (runs,); print it for a table."""
        return self._breakdown("month", self.labels["month"], self._kept("by_month", "breakdown"))

    def _breakdown(self, what: str, names: tuple[str, ...], values: Floats) -> Breakdown:
        return Breakdown(what, names, values, self.run_info.replicate_size)

    @property
    def months(self) -> Floats:
        """Output of every vehicle in every month and run, shape (vehicles, months, runs)."""
        return self._kept("built", "months", "months")

    @property
    def flows(self) -> Mapping[str, Floats]:
        """All flows by name, each (vehicles, months, runs), capacity (lines, months, runs)."""
        names = [name for name, axes in self.axes.items() if len(axes) == 3]
        return {name: self._kept(name, "flows", "flows") for name in names}

    def _kept(self, name: str, keep: str, what: str = "") -> Floats:
        if name not in self.record:
            raise ValueError(f"{what or name}: not kept; ask for it with simulate(..., keep='{keep}')")
        return self.record[name]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the result, with what made it, to a file in NumPy's npz format, whole or not at all.

        ``Result.load(path)`` reads it back; ``avtosim.merge`` joins results of following ranges of runs.
        """
        upward("Result.save")(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Result:
        """A result as ``result.save(path)`` wrote it.

        Raises ``FileNotFoundError`` where there is no such file, ``ValueError`` for a damaged or foreign one.
        """
        made = upward("Result.load")(path)
        assert isinstance(made, Result)
        return made

    def flow(self, name: str, *, vehicle: str) -> Floats:
        """One flow of one vehicle, shape (months, runs); with ``vehicle`` a line's name for the flow ``capacity``."""
        if name not in self.flows:
            raise KeyError(f"{name!r} is no flow; known: {', '.join(self.flows)}")
        names = self.labels[self.axes[name][0]]
        if vehicle not in names:
            raise KeyError(f"{vehicle!r} is not known; known: {', '.join(names)}")
        return np.asarray(self.flows[name][names.index(vehicle)])

    def _rows(self) -> tuple[list[str], list[list[str]], list[str]]:
        head = ["", "chance", "95 % interval"]
        rows: list[list[str]] = []
        said: dict[str, list[str]] = {}
        for target in self.targets:
            estimate = self.chance(target)
            rows.append([f"at least {target:,.0f} vehicles", *chance_words(estimate)])
            if estimate.warning:
                said.setdefault(estimate.warning, []).append(f"{target:,.0f}")
            if self.scheduled and target >= _NEAR * self.scheduled:
                near = "near or above all that the schedule holds, which hardly any year exceeds"
                said.setdefault(near, []).append(f"{target:,.0f}")
        return head, rows, [f"at least {' and '.join(targets)}: {warning}" for warning, targets in said.items()]

    def _facts(self) -> list[list[str]]:
        mean = self.mean()
        none = "none from so few runs"
        ends = f"{vehicles(mean.low)} to {vehicles(mean.high)}" if math.isfinite(mean.low) else none
        rows = [["expected output", vehicles(mean.value), ends]]
        for share, meaning in (
            (0.1, "one year in ten is worse"),
            (0.5, "half are worse"),
            (0.9, "one in ten is better"),
        ):
            found = self.quantile(share)
            ends = f"{vehicles(found.low)} to {vehicles(found.high)}" if math.isfinite(found.high) else none
            rows.append([f"P{100 * share:.0f} ({meaning})", vehicles(found.value), ends])
        if self.scheduled:
            rows.append(["scheduled, if all goes well", vehicles(self.scheduled), ""])
        return rows

    def _foot(self) -> str:
        run_info = self.run_info
        first = f", from run {run_info.first_run:,}" if run_info.first_run else ""
        stopped = f"; {run_info.stopped}" if run_info.stopped else ""
        runs = f"{self.runs:,} run{'' if self.runs == 1 else 's'}"
        return f"{runs}{first}, seed {run_info.seed}, {run_info.design}, avtosim {run_info.version}{stopped}"

    def __repr__(self) -> str:
        return f"<Result of {self.run_info.title!r}: {self._foot()}>"

    def __str__(self) -> str:
        head, rows, warnings = self._rows()
        between = ["", "vehicles", "95 % interval"]
        table = (
            as_text(head, [*rows, ["", "", ""], between, *self._facts()]) if rows else as_text(between, self._facts())
        )
        return "\n".join([self.run_info.title, table, *warnings, self._foot()])

    def _repr_html_(self) -> str:
        head, rows, warnings = self._rows()
        foot = "; ".join([*warnings, self._foot()])
        first = as_html(head, rows, caption=self.run_info.title) if rows else ""
        return first + as_html(["", "vehicles", "95 % interval"], self._facts(), foot=foot)


# A target this near to the schedule can hardly be reached: all would have to go well.
_NEAR = 0.95


def _warning(hits: int, runs: int) -> str:
    played = "one run" if runs == 1 else f"{runs:,} runs"
    if hits == 0:
        return f"never hit in {played}; rare_chance tells how rare it is"
    if hits == runs:
        return f"hit in all of {played}" if runs > 1 else "hit in the only run"
    if hits < _FEW:
        times = "once" if hits == 1 else f"{hits} times"
        return f"hit only {times} in {played}; rare_chance gives a sharper answer"
    return ""
