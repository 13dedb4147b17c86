"""Fast evaluation of quantiles: a closed form in the normal score where there is one, else a checked table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy import special

from ..declare.inspection import quiet
from ..declare.rules import is_discrete
from .base import Floats, ScoreLaw, remembered

Reader = Callable[[Floats], Floats]

#: Scores beyond this (a probability of 1e-16) are read at it: farther out a double cannot tell the share from 1.
REACH = 8.2
#: Scores beyond this are read exactly: one in 26 million, and a table that held them would be worked out for nothing.
ENDS = 5.5
CELLS = 2048
#: Largest error of a table, as a share of the law's own 1 % to 99 % range; cells that miss it are read exactly.
TOLERANCE = 1e-5
_LEAST = 2.0**-53
# Numbers interpolated at a time: few enough that what is made on the way stays in cache.
_CHUNK = 16_384


def reader(law: Any) -> Reader:
    """A function from normal scores to values of ``law``: ``law.ppf(ndtr(z))`` within ``TOLERANCE``, any shape.

    Costs CELLS + 1 evaluations of ``ppf`` once for a law, then a few nanoseconds a value; plain ``ppf`` of a beta law
    takes a thousand. A discrete law is never interpolated.
    """
    if isinstance(law, ScoreLaw):
        return law.from_score
    if is_discrete(law):
        return partial(_score_exactly, law)
    return _table(_score_exactly, law, -ENDS, ENDS, CELLS)


def share_reader(law: Any) -> Reader:
    """A function from uniform numbers to values of ``law``: ``law.ppf(u)`` as ``reader`` reads it."""
    return partial(_share_exactly, law) if is_discrete(law) else _table(_share_exactly, law, 0.0, 1.0, 4 * CELLS)


def _score_exactly(law: Any, scores: Floats) -> Floats:
    return np.asarray(law.ppf(special.ndtr(np.clip(scores, -REACH, REACH))), dtype=np.float64)


def _share_exactly(law: Any, shares: Floats) -> Floats:
    return np.asarray(law.ppf(np.clip(shares, _LEAST, 1.0 - _LEAST)), dtype=np.float64)


class _Table:
    """Straight lines over an even grid, with the cells marked that they do not follow closely."""

    def __init__(self, exact: Reader, low: float, high: float, cells: int, width: float) -> None:
        self._exact, self._scale = exact, cells / (high - low)
        # A cell on either side holds what lies beyond the grid.
        self._shift = 1.0 - low * self._scale
        grid = np.linspace(low, high, cells + 1)
        with quiet():
            values = exact(grid)
            steps = np.diff(values)
            # How far off one line over a pair of cells is in the middle: its own two lines are off by a quarter of that
            # where the law is smooth, and by twice that at most beside a bend.
            off = np.abs(values[1::2] - 0.5 * (values[:-1:2] + values[2::2]))
            coarse = np.repeat(~(off <= 0.5 * TOLERANCE * width), 2)
            # Each cell ends a little before the next one begins: rounding leads neither back nor beyond the ends.
            gap = 4e-15 * np.maximum(np.abs(values[1:]), np.abs(values[:-1])) + 1e-12 * steps
            rise = np.maximum(steps - gap, 0.0)
        # A jump can hide between two points that agree with the middle: flag the cells beside flagged ones too.
        coarse[1:] |= coarse[:-1].copy()
        coarse[:-1] |= coarse[1:].copy()
        slopes = np.where(coarse, 0.0, rise * self._scale)
        starts = np.where(coarse, 0.0, values[:-1]) - slopes * grid[:-1]
        self._slopes = np.concatenate([[0.0], slopes, [0.0]])
        self._starts = np.concatenate([[0.0], starts, [0.0]])
        self._coarse = np.concatenate([[True], coarse, [True]])
        # Cells too coarse lie in the tails as a rule: from the first of these to before the second there is none.
        flagged = np.flatnonzero(self._coarse)
        middle = np.searchsorted(flagged, cells // 2, side="right")
        self._fine = flagged[middle - 1] + 1, flagged[middle]

    def __call__(self, at: Floats) -> Floats:
        made = np.empty(at.shape)
        given, out = at.reshape(-1), made.reshape(-1)
        for start in range(0, given.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            self._interpolate(given[part], out[part])
        return made

    def _interpolate(self, given: Floats, out: Floats) -> None:
        np.multiply(given, self._scale, out=out)
        out += self._shift
        cell = out.astype(np.intp)
        # What lies beyond the grid is clipped to the outermost cells, which are read exactly.
        self._starts.take(cell, mode="clip", out=out)
        moved = self._slopes.take(cell, mode="clip")
        moved *= given
        out += moved
        if cell.min() >= self._fine[0] and cell.max() < self._fine[1]:
            return
        exact = np.flatnonzero(self._coarse.take(cell, mode="clip"))
        out[exact] = self._exact(given[exact])


@remembered
def _table(exact: Callable[[Any, Floats], Floats], law: Any, low: float, high: float, cells: int) -> _Table:
    first, last = law.ppf(np.array([0.01, 0.99]))
    return _Table(partial(exact, law), low, high, cells, float(last) - float(first))
