"""The answer of a sweep: chances over a grid, as arrays and as a table."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from .estimate import Estimate, chance_words, percent, vehicles
from .result import Result
from .table import as_html, as_text

__all__ = ["ProbabilityGrid", "Sweep"]

Floats = NDArray[np.float64]


@attrs.frozen
class ProbabilityGrid:
    """Chances of a target over the grid, with their intervals; arrays of the grid's shape."""

    target: float
    value: Floats
    low: Floats
    high: Floats


@attrs.frozen(repr=False)
class Sweep:
    """Results over a grid of values, one luck for all cells. Print it for a table of each target's chance.

    ``levers`` maps each address to its values; ``results`` are the cells, the last lever running fastest.
    """

    levers: Mapping[str, tuple[object, ...]]
    results: tuple[Result, ...]
    targets: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each lever."""
        return tuple(len(values) for values in self.levers.values())

    def result(self, *place: int) -> Result:
        """The result of one cell, by the place of its value in each lever."""
        return self.results[int(np.ravel_multi_index(place, self.shape))]

    def chance(self, target: float, *, confidence: float = 0.95) -> ProbabilityGrid:
        """Chance of at least ``target`` in every cell, with its interval."""
        found = [result.chance(target, confidence=confidence) for result in self.results]
        return ProbabilityGrid(
            target, *(self._grid([getattr(e, part) for e in found]) for part in ("value", "low", "high"))
        )

    def mean(self) -> Floats:
        """Expected output in every cell."""
        return self._grid([result.mean().value for result in self.results])

    def _grid(self, values: list[float]) -> Floats:
        return np.asarray(values).reshape(self.shape)

    def _tables(self) -> list[tuple[str, list[str], list[list[str]]]]:
        found = [
            (f"chance of at least {t:,.0f}", [self._shown(r.chance(t)) for r in self.results]) for t in self.targets
        ]
        found.append(("expected output", [vehicles(r.mean().value) for r in self.results]))
        names = list(self.levers)
        across = [_word(v) for v in self.levers[names[-1]]]
        width = len(across) if len(names) > 1 else 1
        tables = []
        for what, cells in found:
            if len(names) == 1:
                head, rows = [names[0], what], [[word, cell] for word, cell in zip(across, cells, strict=True)]
            else:
                head = [
                    " x ".join(names[:-1]),
                    *(f"{names[-1]} = {word}" if not at else word for at, word in enumerate(across)),
                ]
                starts = np.ndindex(self.shape[:-1])
                rows = [
                    [
                        ", ".join(_word(self.levers[n][i]) for n, i in zip(names, place, strict=False)),
                        *cells[at : at + width],
                    ]
                    for place, at in zip(starts, range(0, math.prod(self.shape), width), strict=True)
                ]
            tables.append((what, head, rows))
        return tables

    @staticmethod
    def _shown(estimate: Estimate) -> str:
        width = estimate.high - estimate.low
        if estimate.value in (estimate.low, estimate.high):
            return ", ".join(chance_words(estimate))
        return f"{percent(estimate.value, width)} +-{percent(width / 2, width)}"

    def _foot(self) -> str:
        first = self.results[0]
        run_info = first.run_info
        return (
            f"{first.runs:,} runs in each of {len(self.results)} cells with the same luck, seed {run_info.seed},"
            f" {run_info.design}, avtosim {run_info.version}"
        )

    def __repr__(self) -> str:
        return f"<Sweep of {', '.join(self.levers)}; {self._foot()}>"

    def __str__(self) -> str:
        parts = [f"{what}\n{as_text(head, rows)}" for what, head, rows in self._tables()]
        return "\n\n".join([*parts, self._foot()])

    def _repr_html_(self) -> str:
        return (
            "".join(as_html(head, rows, caption=what) for what, head, rows in self._tables())
            + f"<p>{html.escape(self._foot())}</p>"
        )


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else repr(value)
