"""Points: for each random input an array (months or 1, runs) of uniform numbers or of standard normal scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .space import RandomInput, Space
from .streams import BLOCK, Stream, key

Floats = NDArray[np.float64]
#: The ends of the open interval (0, 1) in double precision, as far as uniform numbers are concerned.
LOWEST_UNIFORM, HIGHEST_UNIFORM = 2.0**-54, 1.0 - 2.0**-53


class Points(ABC):
    """Base class of the points of some runs.

    A kind of points writes `_draw`; this class checks what it gives and turns uniform numbers into scores and back. For
    every kind: coordinates are independent, uniform numbers lie in the open interval (0, 1), a score is the normal
    image of its uniform number, reading an input twice gives the same numbers, and arrays are the caller's to
    overwrite.

    Parameters
    ----------
    space : Space
        The coordinates.
    runs : int
        How many points there are.
    """

    def __init__(self, space: Space, runs: int) -> None:
        self.space, self.runs = space, runs

    @abstractmethod
    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        """Fresh numbers of an input, (months or 1, runs), and whether they are normal scores; else they are uniform."""

    @final
    def uniforms(self, random_input: RandomInput) -> Floats:
        """Uniform numbers of an input, shape (months or 1, runs)."""
        numbers, scores = self._checked(random_input)
        # Beyond a score of 8.2, rounding would give exactly 1.
        return np.minimum(_positive(np.asarray(special.ndtr(numbers))), HIGHEST_UNIFORM) if scores else numbers

    @final
    def scores(self, random_input: RandomInput) -> Floats:
        """Standard normal scores of an input, shape (months or 1, runs)."""
        numbers, scores = self._checked(random_input)
        return numbers if scores else np.asarray(special.ndtri(numbers, out=numbers))

    def _checked(self, random_input: RandomInput) -> tuple[Floats, bool]:
        numbers, scores = self._draw(random_input)
        shape = self.space.count(random_input), self.runs
        if numbers.shape != shape:
            raise ValueError(f"points of {random_input.name}: must have shape {shape}; got {numbers.shape}")
        # Few passes over the numbers; a sum is finite where all of them are, and NaN fails every comparison.
        low = 0.0 if scores else numbers.min(initial=1.0)
        if not (np.isfinite(numbers.sum()) if scores else low >= 0.0 and numbers.max(initial=0.0) < 1.0):
            rule = "scores must be finite" if scores else "uniform numbers must be at least 0 and below 1"
            raise ValueError(f"points of {random_input.name}: {rule}; got {numbers.min()} to {numbers.max()}")
        return (numbers if scores or low >= LOWEST_UNIFORM else _positive(numbers)), scores


class Keys:
    """Keys of streams by name, made once for a seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._known: dict[str, NDArray[np.uint64]] = {}

    def __getitem__(self, name: str) -> NDArray[np.uint64]:
        if name not in self._known:
            self._known[name] = key(self.seed, name)
        return self._known[name]

    def __getstate__(self) -> dict[str, object]:
        # A batch is sent without what each worker makes for itself.
        return vars(self) | {"_known": {}}


class DrawnPoints(Points):
    """Independent draws by name: runs ``first`` to ``first + runs - 1`` of a seed, whatever else is drawn."""

    def __init__(self, space: Space, keys: Keys, first: int, runs: int) -> None:
        super().__init__(space, runs)
        self._keys, self._first = keys, first
        self._stream = Stream()

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        shape, words = (self.space.count(random_input), BLOCK), self._keys[random_input.name]
        last = self._first + self.runs
        pieces = []
        for block in range(self._first // BLOCK, (last - 1) // BLOCK + 1):
            stream = self._stream.at(words, block)
            # Whole blocks are drawn even when only a part is needed, so that a draw does not depend on the range.
            whole = stream.standard_normal(shape) if random_input.scores else stream.random(shape)
            start = block * BLOCK
            pieces.append(whole[:, max(self._first - start, 0) : min(last - start, BLOCK)])
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1), random_input.scores


class GivenPoints(Points):
    """Points from one matrix, (dimension, runs), in the order of the space; all uniform numbers or all scores."""

    def __init__(self, space: Space, matrix: Floats, *, scores: bool) -> None:
        if matrix.ndim != 2 or matrix.shape[0] != space.dimension:
            raise ValueError(f"points: must have shape ({space.dimension}, runs); got {matrix.shape}")
        super().__init__(space, matrix.shape[1])
        self._matrix, self._scores = matrix, scores
        self._indices = space.indices()

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        return self._matrix[self._indices[random_input.name]].copy(), self._scores


def _positive(uniforms: Floats) -> Floats:
    """Uniform numbers with zero, which a generator gives now and then, moved into the open interval."""
    return np.maximum(uniforms, LOWEST_UNIFORM, out=uniforms)
