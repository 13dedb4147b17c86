"""Scrambled Sobol points."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..design import LEAST_UNITS, Batch
from ..points import Floats, Keys
from ..space import RandomInput, Space
from ..streams import BLOCK, Stream

__all__ = ["Sobol"]

Words = NDArray[np.uint32]
_BITS = 30


@attrs.frozen
class Sobol:
    """Quasi-random points: ``replicates`` independent scrambles of the same net, each a power of two of runs.

    Sharpens the mean most, a chance less. All-year coordinates come first, then month by month: the first coordinates
    are spread best. Another number of runs means other points, so results do not merge. A replicate is one unit.
    Sources: Sobol (1967), USSR Comput. Math. 7(4); direction numbers of Joe and Kuo (2008), SIAM J. Sci. Comput. 30(5),
    as scipy has them; scramble of Matousek (1998), J. Complexity 14(4): a random linear one and a digital shift.
    """

    replicates: int = 16

    def __attrs_post_init__(self) -> None:
        number = self.replicates
        if isinstance(number, bool) or not isinstance(number, int) or not LEAST_UNITS <= number <= 4096:
            rule = f"must be a whole number from {LEAST_UNITS} to 4096 (fewer bear no interval)"
            raise ValueError(f"Sobol.replicates: {rule}; got {number!r}")

    @property
    def extensible(self) -> bool:
        """Another number of runs means other points."""
        return False

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """A power of two of runs in each replicate."""
        below = 1 << max(runs // self.replicates, 1).bit_length() - 1
        above = below if below * self.replicates >= runs else 2 * below
        return (below * self.replicates if below * self.replicates <= runs else 0), above * self.replicates

    def replicate_size(self, runs: int) -> int:
        """One replicate."""
        return runs // self.replicates

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """Pieces of replicates; each piece is a net of its own."""
        most = most_coordinates()
        if space.dimension > most:
            rule = f"scipy's Sobol points serve {most:,} coordinates; this scenario has {space.dimension:,}"
            raise ValueError(f"design: {rule}: use LatinHypercube(), Antithetic() or Plain()")
        if first:
            raise ValueError(f"first_run: must be 0, for Sobol points come as one whole; got {first}")
        keys, unit = Keys(seed), self.replicate_size(runs)
        piece = min(unit, BLOCK)
        for replicate in range(self.replicates):
            net = _Net(space, keys, replicate, unit.bit_length() - 1)
            for start in range(0, unit, piece):
                at = replicate * unit + start
                yield Batch(at, at + piece, partial(_NetPoints, net, start, piece))

    def __str__(self) -> str:
        return f"Sobol points in {self.replicates} replicates"


class _Net:
    """The scrambled direction numbers of one replicate, made when they are first needed."""

    def __init__(self, space: Space, keys: Keys, replicate: int, levels: int) -> None:
        self.space, self._keys, self._replicate, self._levels = space, keys, replicate, levels
        self.places = space.places()
        self._made: dict[str, tuple[Words, Words]] = {}

    def of(self, cause: RandomInput) -> tuple[Words, Words]:
        """Scrambled direction numbers (rows, levels) and digital shift (rows,) of a cause's coordinates."""
        if cause.name not in self._made:
            directions = direction_numbers(self.space.dimension, self._levels)[self.places[cause.name]]
            stream = Stream().at(self._keys[f"Sobol/{cause.name}"], self._replicate)
            self._made[cause.name] = scrambled(directions, stream)
        return self._made[cause.name]


def scrambled(directions: Words, stream: np.random.Generator) -> tuple[Words, Words]:
    """Each row's directions times a random lower triangle of bits with a full diagonal, and a random shift."""
    rows = len(directions)
    places = np.arange(_BITS - 1, -1, -1, dtype=np.uint32)
    diagonal = np.uint32(1) << places
    above = np.uint32((1 << _BITS) - 1) & ~((diagonal << np.uint32(1)) - np.uint32(1))
    triangle = (stream.integers(0, 1 << _BITS, (rows, _BITS), dtype=np.uint32) & above) | diagonal
    parity = np.bitwise_count(directions[:, :, None] & triangle[:, None, :]).astype(np.uint32) & np.uint32(1)
    made = np.bitwise_or.reduce(parity << places, axis=2)
    return made, stream.integers(0, 1 << _BITS, rows, dtype=np.uint32)


class _NetPoints:
    """A piece of a replicate: the points whose upper index bits are those of ``start``."""

    def __init__(self, net: _Net, start: int, runs: int) -> None:
        self._net, self._start, self.runs = net, start, runs

    def uniforms(self, cause: RandomInput) -> Floats:
        """Uniform numbers of a cause, shape (months or 1, runs)."""
        directions, first = self._net.of(cause)
        levels = self.runs.bit_length() - 1
        for level in range(levels, directions.shape[1]):
            if self._start >> level & 1:
                first = first ^ directions[:, level]
        points = np.empty((len(directions), self.runs), dtype=np.uint32)
        points[:, 0] = first
        # Doubling: the upper half of each power of two is the lower half moved by one direction.
        for level in range(levels):
            size = 1 << level
            np.bitwise_xor(points[:, :size], directions[:, level, None], out=points[:, size : 2 * size])
        made: Floats = points + np.float64(0.5)
        made *= 2.0**-_BITS
        return made

    def scores(self, cause: RandomInput) -> Floats:
        """Standard normal scores of a cause, shape (months or 1, runs)."""
        luck = self.uniforms(cause)
        return np.asarray(special.ndtri(luck, out=luck))


def most_coordinates() -> int:
    """How many coordinates scipy's direction numbers serve."""
    from scipy.stats import qmc

    return int(qmc.Sobol.MAXDIM)


@lru_cache(maxsize=4)
def direction_numbers(dimension: int, levels: int) -> Words:
    """Direction numbers of scipy's Sobol points, (dimension, levels), read off its points at powers of two.

    Scipy walks its points in Gray order: point 2**k is point 0 moved by directions k and k - 1.
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(dimension, scramble=False, bits=_BITS)
    numbers = np.zeros((dimension, levels), dtype=np.uint32)
    moved, last = 0, np.zeros(dimension, dtype=np.uint32)
    for level in range(levels):
        engine.fast_forward((1 << level) - moved)
        point = (engine.random(1)[0] * 2.0**_BITS).astype(np.uint32)
        moved = (1 << level) + 1
        last = point ^ last
        numbers[:, level] = last
    return numbers
