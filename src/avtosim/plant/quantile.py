"""Laws read through normal scores, fast: exact where a law has a closed form in the score, else from a checked table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..facts.laws import ScoreLaw

__all__ = ["CELLS", "REACH", "TOLERANCE", "Reader", "Table", "Tables", "reader"]

Floats = NDArray[np.float64]
Reader = Callable[[Floats], Floats]

#: Scores beyond this (a chance of 1e-16) are read at it: farther out a double cannot tell the share from 1.
REACH = 8.2
CELLS = 2048
#: Largest error of a table, as a share of the law's own 1 % to 99 % range; cells that miss it are read exactly.
TOLERANCE = 1e-5


def reader(law: Any) -> Reader:
    """A function from normal scores to values of ``law``: ``law.ppf(ndtr(z))`` within ``TOLERANCE``, any shape.

    Costs 2 * CELLS evaluations of ``ppf`` once for a law, then a few nanoseconds a value; plain ``ppf`` of a beta law
    takes several hundred. Jumps (discrete laws) are met exactly: a cell with a jump is evaluated, not interpolated.
    """
    if isinstance(law, ScoreLaw):
        return law.from_score
    try:
        return _table(law)
    except TypeError:
        return Table(law)


class Table:
    """A law's values on an even grid of scores, with the cells that a straight line does not follow closely enough."""

    def __init__(self, law: Any) -> None:
        self._law = law
        scores = np.linspace(-REACH, REACH, CELLS + 1)
        self.values = self._exact(scores)
        middle = self._exact(0.5 * (scores[1:] + scores[:-1]))
        low, high = self._exact(special.ndtri(np.array([0.01, 0.99])))
        with np.errstate(invalid="ignore"):
            error = np.abs(middle - 0.5 * (self.values[1:] + self.values[:-1]))
            # A jump can hide between two points that agree with the middle: flag steps beside flagged cells too.
            coarse = ~(error <= TOLERANCE * (high - low))
        coarse[1:] |= coarse[:-1].copy()
        coarse[:-1] |= coarse[1:].copy()
        self._coarse = coarse if coarse.any() else None

    def _exact(self, scores: Floats) -> Floats:
        return np.asarray(self._law.ppf(special.ndtr(np.clip(scores, -REACH, REACH))), dtype=np.float64)

    def __call__(self, scores: Floats) -> Floats:
        return interpolated(scores, self.values, 0, [(slice(None), self)])

    def mend(self, made: Floats, cell: NDArray[np.int32], scores: Floats) -> None:
        """Put exact values where the table is too coarse."""
        if self._coarse is not None:
            exact = np.flatnonzero(self._coarse.take(cell))
            if exact.size:
                made.reshape(-1)[exact] = self._exact(scores.reshape(-1)[exact])


def interpolated(
    scores: Floats, values: Floats, offset: NDArray[np.int32] | int, tables: Sequence[tuple[slice | int, Table]]
) -> Floats:
    """Values of tables at ``scores``; ``offset`` is where in ``values`` the table of each score starts.

    ``tables`` says for which rows of the scores which table mends what interpolation does not reach.
    """
    at = scores * (CELLS / (2.0 * REACH))
    at += CELLS / 2.0
    np.maximum(at, 0.0, out=at)
    np.minimum(at, CELLS - 1e-9, out=at)
    cell = at.astype(np.int32)
    at -= cell
    place = cell + offset
    low = values.take(place)
    place += 1
    made = values.take(place)
    with np.errstate(invalid="ignore"):
        made -= low
        made *= at
        made += low
    for rows, table in tables:
        table.mend(made[rows], cell[rows], scores[rows])
    return made


class Tables:
    """Several laws read at once: row i of the scores through law i."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = list(enumerate(tables))
        self._values = np.concatenate([table.values for table in tables]) if tables else np.empty(0)
        self._offset = (np.arange(len(tables), dtype=np.int32) * (CELLS + 1))[:, None]

    def __call__(self, scores: Floats) -> Floats:
        return interpolated(scores, self._values, self._offset, self._tables)


@functools.lru_cache(maxsize=512)
def _table(law: Any) -> Table:
    return Table(law)
