"""The result of a simulation: what was asked, what came out, and what made it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from . import intervals
from .estimate import Estimate, percent, vehicles
from .parts import Parts
from .tables import as_html, as_text

__all__ = ["ROUNDING", "Origin", "Result", "reached"]

Floats = NDArray[np.float64]

#: A target is reached when the output is not short of it by more than this: sums of twelve months leave a rounding.
ROUNDING = 1e-6

#: With fewer hits than this a chance is too rare for plain runs.
_FEW = 10


def reached(annual: Floats, target: float) -> NDArray[np.bool_]:
    """Which runs reach a target."""
    return annual >= target - ROUNDING


@attrs.frozen(kw_only=True)
class Origin:
    """What made a result: enough to make it again, bit for bit, with the same version on the same kind of machine."""

    title: str
    scenario: str
    seed: int
    first_run: int
    design: str
    unit: int
    version: str
    stopped: str = ""


@attrs.define(eq=False, repr=False, slots=False)
class Result:
    """Annual outputs of all runs, and the answers read from them. Print it for the table a planner wants.

    ``annual`` has shape (runs,). What else was kept depends on ``keep`` of ``simulate``: ``by_vehicle``, ``by_partner`` and
    ``by_month`` by default, ``months`` (vehicles, months, runs) and ``flows`` on request.
    """

    annual: Floats
    targets: tuple[float, ...]
    origin: Origin
    vehicle_names: tuple[str, ...]
    month_names: tuple[str, ...]
    line_names: tuple[str, ...] = ()
    partner_of: Mapping[str, str] = attrs.field(factory=dict)
    vehicle_outputs: Floats | None = None
    month_outputs: Floats | None = None
    month_by_vehicle: Floats | None = None
    all_flows: Mapping[str, Floats] | None = None

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.annual.size)

    @cached_property
    def _ordered(self) -> Floats:
        return np.sort(self.annual)

    def chance(self, target: float, *, level: float = 0.95, method: Literal["wilson", "exact"] = "wilson") -> Estimate:
        """Chance that the year's output is at least ``target``, with its interval.

        ``method="exact"`` (Clopper and Pearson) is for independent runs only. Raises ``ValueError`` for a target or level
        that makes no sense.
        """
        _check_level(level)
        if isinstance(target, bool) or not math.isfinite(target) or target < 0:
            raise ValueError(f"target: must be a number of vehicles, 0 or more; got {target!r}")
        if method not in ("wilson", "exact"):
            raise ValueError(f"method: must be 'wilson' or 'exact'; got {method!r}")
        if method == "exact" and self.origin.unit > 1:
            raise ValueError(f"method: 'exact' needs independent runs; this design is {self.origin.design}")
        hit = reached(self.annual, target)
        value, low, high, error = intervals.counted(hit, self.origin.unit, level, use_exact=method == "exact")
        hits = int(np.count_nonzero(hit))
        return Estimate(
            value=value,
            low=low,
            high=high,
            standard_error=error,
            runs=self.runs,
            level=level,
            method=method if self.origin.unit == 1 else "Wilson over independent units",
            what=f"chance of at least {target:,.0f}",
            unit="probability",
            warning=_warning(hits, self.runs),
        )

    def mean(self, *, level: float = 0.95) -> Estimate:
        """Expected output of the year, with its interval."""
        _check_level(level)
        value, low, high, error = intervals.mean(self.annual, self.origin.unit, level)
        return self._number(value, low, high, error, level, "expected output", "Student's t")

    def quantile(self, share: float, *, level: float = 0.95) -> Estimate:
        """Output that a share ``share`` of years stays at or below (0.1: one year in ten is worse), with its interval."""
        _check_level(level)
        if isinstance(share, bool) or not 0.0 < share < 1.0:
            raise ValueError(f"share: must lie between 0 and 1, both left out; got {share!r}")
        value, low, high, error = intervals.quantile(self._ordered, self.annual, share, self.origin.unit, level)
        return self._number(value, max(low, 0.0), high, error, level, f"P{100 * share:g}", "order statistics")

    def _number(
        self, value: float, low: float, high: float, error: float, level: float, what: str, method: str
    ) -> Estimate:
        return Estimate(
            value=value,
            low=low,
            high=high,
            standard_error=error,
            runs=self.runs,
            level=level,
            method=method,
            what=what,
            unit="vehicles",
        )

    @property
    def by_vehicle(self) -> Parts:
        """Output of the year by vehicle: a name gives an array (runs,); print it for a table."""
        values = _kept(self.vehicle_outputs, "by_vehicle", "parts")
        return Parts("vehicle", self.vehicle_names, values, self.origin.unit)

    @property
    def by_partner(self) -> Parts:
        """Output of the year by partner: a name gives an array (runs,); print it for a table."""
        values = _kept(self.vehicle_outputs, "by_partner", "parts")
        names = tuple(dict.fromkeys(self.partner_of[v] for v in self.vehicle_names))
        summed = np.zeros((len(names), self.runs))
        for vehicle, output in zip(self.vehicle_names, values, strict=True):
            summed[names.index(self.partner_of[vehicle])] += output
        return Parts("partner", names, summed, self.origin.unit)

    @property
    def by_month(self) -> Parts:
        """Output of the plant by month: a month such as "2024-01" gives an array (runs,); print it for a table."""
        return Parts("month", self.month_names, _kept(self.month_outputs, "by_month", "parts"), self.origin.unit)

    @property
    def months(self) -> Floats:
        """Output of every vehicle in every month and run, shape (vehicles, months, runs)."""
        return _kept(self.month_by_vehicle, "months", "months")

    @property
    def flows(self) -> Mapping[str, Floats]:
        """All flows by name, each (vehicles, months, runs), capacity (lines, months, runs)."""
        if self.all_flows is None:
            raise ValueError("flows: not kept; ask for them with simulate(..., keep='flows')")
        return self.all_flows

    def _rows(self) -> tuple[list[str], list[list[str]], list[str]]:
        head = ["", "chance", "95 % interval"]
        rows, warnings = [], []
        for target in self.targets:
            estimate = self.chance(target)
            width = estimate.high - estimate.low
            ends = f"{percent(estimate.low, width)} to {percent(estimate.high, width)}"
            rows.append([f"at least {target:,.0f} vehicles", percent(estimate.value, width), ends])
            if estimate.warning:
                warnings.append(f"at least {target:,.0f}: {estimate.warning}")
        return head, rows, warnings

    def _facts(self) -> list[list[str]]:
        mean = self.mean()
        rows = [["expected output", vehicles(mean.value), f"{vehicles(mean.low)} to {vehicles(mean.high)}"]]
        for share, meaning in (
            (0.1, "one year in ten is worse"),
            (0.5, "half are worse"),
            (0.9, "one in ten is better"),
        ):
            found = self.quantile(share)
            ends = f"{vehicles(found.low)} to {vehicles(found.high)}"
            rows.append([f"P{100 * share:.0f} ({meaning})", vehicles(found.value), ends])
        return rows

    def _foot(self) -> str:
        origin = self.origin
        first = f", from run {origin.first_run:,}" if origin.first_run else ""
        stopped = f"; {origin.stopped}" if origin.stopped else ""
        return f"{self.runs:,} runs{first}, seed {origin.seed}, {origin.design}, avtosim {origin.version}{stopped}"

    def __repr__(self) -> str:
        return f"<Result of {self.origin.title!r}: {self._foot()}>"

    def __str__(self) -> str:
        head, rows, warnings = self._rows()
        between = ["", "vehicles", "95 % interval"]
        table = (
            as_text(head, [*rows, ["", "", ""], between, *self._facts()]) if rows else as_text(between, self._facts())
        )
        return "\n".join([self.origin.title, table, *warnings, self._foot()])

    def _repr_html_(self) -> str:
        head, rows, warnings = self._rows()
        foot = "; ".join([*warnings, self._foot()])
        first = as_html(head, rows, caption=self.origin.title) if rows else ""
        return first + as_html(["", "vehicles", "95 % interval"], self._facts(), foot=foot)


def _kept(values: Floats | None, what: str, keep: str) -> Floats:
    if values is None:
        raise ValueError(f"{what}: not kept; ask for it with simulate(..., keep='{keep}')")
    return values


def _check_level(level: float) -> None:
    if isinstance(level, bool) or not 0.0 < level < 1.0:
        raise ValueError(f"level: must lie between 0 and 1, both left out; got {level!r}")


def _warning(hits: int, runs: int) -> str:
    if hits == 0:
        return f"never hit in {runs:,} runs; rare_chance tells how rare it is"
    if hits == runs:
        return f"hit in all of {runs:,} runs"
    if hits < _FEW:
        return f"hit only {hits} times in {runs:,} runs; rare_chance gives a sharper answer"
    return ""
