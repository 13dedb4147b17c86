"""Output in parts: by vehicle, by partner, by month."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from . import intervals
from .estimate import Estimate, check_share, vehicles
from .table import as_html, as_text

__all__ = ["Breakdown"]

Floats = NDArray[np.float64]


class Breakdown(Mapping[str, Floats]):
    """Outputs of every run in parts: a name gives an array (runs,). Printing shows each part's mean and quantiles."""

    def __init__(self, what: str, names: Sequence[str], values: Floats, replicate_size: int) -> None:
        self.what, self.names, self.array, self._replicate_size = what, tuple(names), values, replicate_size

    def __getitem__(self, name: str) -> Floats:
        if name not in self.names:
            raise KeyError(f"{name!r} is no {self.what}; known: {', '.join(self.names)}")
        return np.asarray(self.array[self.names.index(name)])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def mean(self, name: str, *, confidence: float = 0.95) -> Estimate:
        """Mean output of one part, with its interval."""
        check_share("confidence", confidence)
        found = intervals.mean(self[name], self._replicate_size, confidence)
        return self._estimate(found, confidence, "Student's t", f"mean output, {name}")

    def quantile(self, name: str, share: float, *, confidence: float = 0.95) -> Estimate:
        """Smallest output of one part that at least ``share`` of the runs do not exceed, with its interval."""
        check_share("share", share)
        check_share("confidence", confidence)
        values = self[name]
        found = intervals.clip_at_zero(
            intervals.quantile(np.sort(values), values, share, self._replicate_size, confidence)
        )
        return self._estimate(
            found, confidence, intervals.quantile_method(self._replicate_size), f"P{100 * share:g}, {name}"
        )

    def _estimate(self, interval: intervals.Interval, confidence: float, method: str, what: str) -> Estimate:
        runs = self.array.shape[1]
        return Estimate.of(interval, runs=runs, confidence=confidence, method=method, what=what, unit="vehicles")

    def _rows(self) -> tuple[list[str], list[list[str]]]:
        head = [self.what, "mean", "95 %", "P10", "P50", "P90"]
        rows = []
        for name in self.names:
            mean, *quantiles = self.mean(name), *(self.quantile(name, share) for share in (0.1, 0.5, 0.9))
            error = f"+-{vehicles((mean.high - mean.low) / 2.0)}" if math.isfinite(mean.high) else ""
            rows.append([name, vehicles(mean.value), error, *(vehicles(found.value) for found in quantiles)])
        return head, rows

    def __repr__(self) -> str:
        return f"<Breakdown by {self.what}: {', '.join(self.names)}; {self.array.shape[1]:,} runs>"

    def __str__(self) -> str:
        return as_text(*self._rows())

    def _repr_html_(self) -> str:
        return as_html(*self._rows())
