"""Output in parts: by vehicle, by partner, by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from . import intervals
from .estimate import Estimate, vehicles
from .tables import as_html, as_text

__all__ = ["Parts"]

Floats = NDArray[np.float64]


class Parts(Mapping[str, Floats]):
    """Outputs of every run in parts: a name gives an array (runs,). Printing shows each part's mean and quantiles."""

    def __init__(self, what: str, names: Sequence[str], values: Floats, unit: int) -> None:
        self.what, self.names, self.values, self._unit = what, tuple(names), values, unit

    def __getitem__(self, name: str) -> Floats:
        if name not in self.names:
            raise KeyError(f"{name!r} is no {self.what}; known: {', '.join(self.names)}")
        return np.asarray(self.values[self.names.index(name)])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def mean(self, name: str, *, level: float = 0.95) -> Estimate:
        """Mean output of one part, with its interval."""
        value, low, high, error = intervals.mean(self[name], self._unit, level)
        return Estimate(
            value=value,
            low=low,
            high=high,
            standard_error=error,
            runs=self.values.shape[1],
            level=level,
            method="Student's t",
            what=f"mean output, {name}",
            unit="vehicles",
        )

    def quantile(self, name: str, share: float) -> float:
        """Smallest output of one part that at least ``share`` of the runs do not exceed."""
        return float(np.quantile(self[name], share, method="inverted_cdf"))

    def _rows(self) -> tuple[list[str], list[list[str]]]:
        head = [self.what, "mean", "P10", "P50", "P90"]
        rows = []
        for name in self.names:
            numbers = [self.mean(name).value, *(self.quantile(name, share) for share in (0.1, 0.5, 0.9))]
            rows.append([name, *map(vehicles, numbers)])
        return head, rows

    def __repr__(self) -> str:
        return f"<Parts by {self.what}: {', '.join(self.names)}; {self.values.shape[1]:,} runs>"

    def __str__(self) -> str:
        return as_text(*self._rows())

    def _repr_html_(self) -> str:
        return as_html(*self._rows())
