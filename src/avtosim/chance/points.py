"""Points: for each cause an array (months or 1, runs) of uniform numbers or of standard normal scores.

The contract, for every kind of points: coordinates are independent, uniform numbers lie in the open interval (0, 1), a
score is the normal image of its uniform number, and arrays are coordinate-major and the caller's to overwrite.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .space import RandomInput, Space
from .streams import BLOCK, Stream, key

__all__ = ["DrawnPoints", "FirstMonths", "GivenPoints", "Keys", "Points"]

Floats = NDArray[np.float64]
_LEAST = 2.0**-54
_MOST = 1.0 - 2.0**-53


class Points(Protocol):
    """What the model asks of points."""

    @property
    def runs(self) -> int:
        """How many points there are."""

    def uniforms(self, cause: RandomInput) -> Floats:
        """Uniform numbers of a cause, shape (months or 1, runs)."""

    def scores(self, cause: RandomInput) -> Floats:
        """Standard normal scores of a cause, shape (months or 1, runs)."""


class Keys:
    """Keys of streams by name, made once for a seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._known: dict[str, NDArray[np.uint64]] = {}

    def __getitem__(self, name: str) -> NDArray[np.uint64]:
        if name not in self._known:
            # Two threads may both come here; they make the same key.
            self._known[name] = key(self.seed, name)
        return self._known[name]


class DrawnPoints:
    """Independent draws by name: run ``first`` to ``first + runs - 1`` of a seed, whatever else is drawn."""

    def __init__(self, space: Space, keys: Keys, first: int, runs: int) -> None:
        self._space, self._keys, self._first, self.runs = space, keys, first, runs
        self._stream = Stream()

    def uniforms(self, cause: RandomInput) -> Floats:
        """Uniform numbers of a cause, shape (months or 1, runs)."""
        if cause.scores:
            return _images(self._drawn(cause))
        return _inside(self._drawn(cause))

    def scores(self, cause: RandomInput) -> Floats:
        """Standard normal scores of a cause, shape (months or 1, runs)."""
        if cause.scores:
            return self._drawn(cause)
        return np.asarray(special.ndtri(_inside(self._drawn(cause))))

    def _drawn(self, cause: RandomInput) -> Floats:
        rows, words = self._space.rows(cause), self._keys[cause.name]
        last = self._first + self.runs
        pieces = []
        for block in range(self._first // BLOCK, (last - 1) // BLOCK + 1):
            stream = self._stream.at(words, block)
            # Whole blocks are drawn even when a part is asked for: a draw must not depend on what is asked.
            whole = stream.standard_normal((rows, BLOCK)) if cause.scores else stream.random((rows, BLOCK))
            start = block * BLOCK
            pieces.append(whole[:, max(self._first - start, 0) : min(last - start, BLOCK)])
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1)


class GivenPoints:
    """Points handed in as one matrix, (dimension, runs), in the order of the space; all uniforms or all scores."""

    def __init__(self, space: Space, matrix: Floats, *, scores: bool) -> None:
        if matrix.ndim != 2 or matrix.shape[0] != space.dimension:
            raise ValueError(f"points: must have shape ({space.dimension}, runs); got {matrix.shape}")
        self._matrix, self._scores = matrix, scores
        self._places = space.places()
        self.runs = matrix.shape[1]

    def uniforms(self, cause: RandomInput) -> Floats:
        """Uniform numbers of a cause, shape (months or 1, runs)."""
        rows = self._matrix[self._places[cause.name]]
        return _images(rows) if self._scores else rows.copy()

    def scores(self, cause: RandomInput) -> Floats:
        """Standard normal scores of a cause, shape (months or 1, runs)."""
        rows = self._matrix[self._places[cause.name]]
        return rows.copy() if self._scores else np.asarray(special.ndtri(rows))


class FirstMonths:
    """Points of a space that runs over more months, cut to the first ones."""

    def __init__(self, points: Points, months: int) -> None:
        self._points, self._months = points, months
        self.runs = points.runs

    def uniforms(self, cause: RandomInput) -> Floats:
        """Uniform numbers of a cause, shape (months or 1, runs)."""
        return self._points.uniforms(cause)[: self._months]

    def scores(self, cause: RandomInput) -> Floats:
        """Standard normal scores of a cause, shape (months or 1, runs)."""
        return self._points.scores(cause)[: self._months]


def _inside(uniforms: Floats) -> Floats:
    """Zero, which a generator gives now and then, moved into the open interval."""
    np.maximum(uniforms, _LEAST, out=uniforms)
    return uniforms


def _images(scores: Floats) -> Floats:
    """The uniform images of scores; beyond 8.2 a rounding would give exactly 1."""
    return np.minimum(_inside(np.asarray(special.ndtr(scores))), _MOST)
