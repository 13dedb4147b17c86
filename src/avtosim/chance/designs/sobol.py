"""Scrambled Sobol points."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import ClassVar

import attrs
import numpy as np
from numpy.typing import NDArray

from ..design import LEAST_REPLICATES, Batch, Design, whole_number
from ..points import Floats, Keys, Points
from ..space import RandomInput, Space
from ..streams import BLOCK, Stream

Words = NDArray[np.uint32]
_BITS = 30
# Numbers that scipy moves in one call, some tenths of a second.
_STEP = 1 << 27


@attrs.frozen
class Sobol(Design):
    """Scrambled Sobol points: ``replicates`` independent scrambles of the same net, each a power of two of runs.

    Serves ``replicates`` times a power of two. A scramble is one independent replicate. Another number of runs means
    other points, so results do not merge and ``first_run`` must be 0.

    Parameters
    ----------
    replicates : int, default 16
        Number of independent scrambles, 8 to 4096; fewer bear no interval.

    Raises
    ------
    ValueError
        For replicates that are no whole number in this range, and, before any run, for a scenario of more than
        21,201 coordinates.

    Notes
    -----
    Sharpens the mean most, a chance less, a rare chance hardly. All-year coordinates come first, then month by month,
    because the first coordinates are spread best. A run of the bundled scenario takes about a fifth longer than a
    plain one.

    Sources: Sobol (1967), USSR Computational Mathematics and Mathematical Physics 7(4); direction numbers of Joe and
    Kuo (2008), SIAM Journal on Scientific Computing 30(5), as in scipy; scramble of Matousek (1998), Journal of
    Complexity 14(4): a random linear one and a digital shift.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> result = avtosim.simulate(june, runs=1_024, seed=1, design=avtosim.Sobol())
    >>> result.run_info.replicate_size
    64
    """

    extensible: ClassVar[bool] = False
    replicates: int = 16

    def __attrs_post_init__(self) -> None:
        number = whole_number("Sobol.replicates", self.replicates, LEAST_REPLICATES, 4096)
        object.__setattr__(self, "replicates", number)

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
        from scipy.stats import qmc

        most = int(qmc.Sobol.MAXDIM)
        if space.dimension > most:
            rule = f"scipy's Sobol points serve {most:,} coordinates; this scenario has {space.dimension:,}"
            raise ValueError(f"design: {rule}: use a design without such a limit, such as Plain()")
        if first:
            raise ValueError(f"first_run: must be 0, since Sobol points cannot be extended; got {first}")
        keys, size = Keys(seed), self.replicate_size(runs)
        piece = min(size, BLOCK)
        for replicate in range(self.replicates):
            net = _Net(space, keys, replicate, size.bit_length() - 1)
            for start in range(0, size, piece):
                index = replicate * size + start
                yield Batch(index, index + piece, partial(_NetPoints, net, start, piece))

    def __str__(self) -> str:
        return f"Sobol points in {self.replicates} replicates"


class _Net:
    """The scrambled direction numbers of one replicate, made when they are first needed."""

    def __init__(self, space: Space, keys: Keys, replicate: int, levels: int) -> None:
        self.space, self._keys, self._replicate, self._levels = space, keys, replicate, levels
        self._indices = space.indices()
        self._made: dict[str, tuple[Words, Words]] = {}

    def scrambled(self, name: str) -> tuple[Words, Words]:
        """Scrambled direction numbers (coordinates, levels) and digital shift (coordinates,) of a random input."""
        if name not in self._made:
            directions = direction_numbers(self.space.dimension, self._levels)[self._indices[name]]
            self._made[name] = scrambled(directions, Stream().at(self._keys[f"Sobol/{name}"], self._replicate))
        return self._made[name]


def scrambled(directions: Words, stream: np.random.Generator) -> tuple[Words, Words]:
    """Each row's directions times a random lower triangle of bits with a full diagonal, and a random shift."""
    rows = len(directions)
    shifts = np.arange(_BITS - 1, -1, -1, dtype=np.uint32)
    diagonal = np.uint32(1) << shifts
    above = np.uint32((1 << _BITS) - 1) & ~((diagonal << np.uint32(1)) - np.uint32(1))
    triangle = (stream.integers(0, 1 << _BITS, (rows, _BITS), dtype=np.uint32) & above) | diagonal
    parity = np.bitwise_count(directions[:, :, None] & triangle[:, None, :]).astype(np.uint32) & np.uint32(1)
    made = np.bitwise_or.reduce(parity << shifts, axis=2)
    return made, stream.integers(0, 1 << _BITS, rows, dtype=np.uint32)


class _NetPoints(Points):
    """A piece of a replicate: the points whose upper index bits are those of ``start``."""

    def __init__(self, net: _Net, start: int, runs: int) -> None:
        super().__init__(net.space, runs)
        self._net, self._start = net, start

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        directions, first = self._net.scrambled(random_input.name)
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
        return made, False


@lru_cache(maxsize=4)
def direction_numbers(dimension: int, levels: int) -> Words:
    """Direction numbers of scipy's Sobol points, (dimension, levels), read off its points at powers of two.

    Scipy walks its points in Gray order: point 2**k is point 0 moved by directions k and k - 1.
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(dimension, scramble=False, bits=_BITS)
    numbers = np.zeros((dimension, levels), dtype=np.uint32)
    moved, last = 0, np.zeros(dimension, dtype=np.uint32)
    # Short steps: scipy's walk cannot be interrupted.
    step = max(_STEP // dimension, 1)
    for level in range(levels):
        for start in range(moved, 1 << level, step):
            engine.fast_forward(min(step, (1 << level) - start))
        point = (engine.random(1)[0] * 2.0**_BITS).astype(np.uint32)
        moved = (1 << level) + 1
        last = point ^ last
        numbers[:, level] = last
    return numbers
