"""Scrambled Sobol points."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import ClassVar

import attrs
import numpy as np
from numpy.typing import NDArray

from ..design import BATCH, LEAST_REPLICATES, Batch, Design, cut, multiples, whole_number
from ..hashing import mixed
from ..points import Floats, Keys, Places, Points
from ..space import RandomInput, Space

Words = NDArray[np.uint32]
_BITS = 30
# Random words of a coordinate in a replicate: one for each bit, and one for the shift.
_WORDS = 32
# Runs in whose nets an extensible design goes on: small enough for a first look at 32 of them, or for a rare target.
_SMALL = 2048
# Numbers that scipy moves in one call, some tenths of a second.
_STEP = 1 << 27


@attrs.frozen
class SobolNets(Design):
    """Scrambled Sobol nets of a fixed size: as many independent scrambles of a net of ``size`` runs as are wanted.

    Serves multiples of ``size``, from 8 nets on. A net is one independent replicate. More nets extend the earlier ones,
    and results of following ranges of runs merge.

    Parameters
    ----------
    size : int, default 128
        Runs of each net, a power of two up to 1,073,741,824.

    Raises
    ------
    ValueError
        For a size that is no power of two in this range, and, before any run, for a scenario of more than 21,201
        coordinates.

    Notes
    -----
    `Sobol` makes larger nets of the same number of runs, which gain more; a study under ``precision``, which does not
    know that number beforehand, has it play such nets. Larger nets gain more where output depends on few coordinates,
    and leave fewer replicates, so that intervals are less steady. Each net takes some time to scramble: a run in nets
    of 64 takes about a tenth longer, and one in smaller nets more.

    Sources: as for `Sobol`.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> first = avtosim.simulate(june, runs=512, seed=1, design=avtosim.SobolNets(64))
    >>> second = avtosim.simulate(june, runs=1_024, seed=1, design=avtosim.SobolNets(64), first_run=512)
    >>> avtosim.merge(first, second).runs
    1536
    """

    size: int = 128

    def __attrs_post_init__(self) -> None:
        size = whole_number("SobolNets.size", self.size, 1, 1 << _BITS)
        if size & (size - 1):
            below = 1 << size.bit_length() - 1
            raise ValueError(
                f"SobolNets.size: must be a power of two, such as {below:,} or {2 * below:,}; got {size:,}"
            )
        object.__setattr__(self, "size", size)

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Whole nets, enough of them for an interval."""
        return multiples(runs, self.size, LEAST_REPLICATES)

    def replicate_size(self, runs: int) -> int:  # noqa: ARG002 - part of the contract
        """One net."""
        return self.size

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Several nets together, or pieces of one; each piece is a net of its own."""
        from scipy.stats import qmc

        most = int(qmc.Sobol.MAXDIM)
        if space.dimension > most:
            rule = f"scipy's Sobol points serve {most:,} coordinates; this scenario has {space.dimension:,}"
            raise ValueError(f"design: {rule}: use a design without such a limit, such as Plain()")
        net = self.size
        if first % net:
            raise ValueError(f"first_run: must be a multiple of {net:,}, so that no net is cut; got {first}")
        keys, levels, piece = Keys(seed), net.bit_length() - 1, min(net, 1 << max(size, 1).bit_length() - 1)
        for begin, end in cut(first // net, (first + runs) // net, max(size // net, 1)):
            for start in range(0, net, piece):
                index = begin * net - first + start
                points = partial(_NetPoints, space, keys, range(begin, end), levels, start, piece)
                yield Batch(index, index + piece * (end - begin), points)

    def __str__(self) -> str:
        return f"Sobol nets of {self.size:,}"


@attrs.frozen
class Sobol(Design):
    """Scrambled Sobol points: ``replicates`` independent scrambles of the same net, each a power of two of runs.

    Serves ``replicates`` times a power of two. A scramble is one independent replicate. Another number of runs means
    other points, so results do not merge and ``first_run`` must be 0. Under ``precision`` the runs are those of
    `SobolNets`, which can be extended.

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
    because the first coordinates are spread best. A run of the bundled scenario takes about a third longer than a
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

    def as_extensible(self) -> SobolNets:
        """Nets of 128 runs; smaller ones for more replicates than 16, larger ones for fewer."""
        return SobolNets(self.replicate_size(self.admissible_runs(_SMALL)[1]))

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """The replicates are nets of equal size."""
        if first:
            raise ValueError(f"first_run: must be 0, since Sobol points cannot be extended; got {first}")
        return SobolNets(self.replicate_size(runs)).batches(space, seed, first, runs, size)

    def __str__(self) -> str:
        return f"Sobol points in {self.replicates} replicates"


def scrambled(directions: Words, words: NDArray[np.uint64]) -> tuple[Words, Words]:
    """Directions (rows, levels) times a random triangle of bits with a full diagonal, and a random shift.

    ``words`` are random, (rows, replicates, bits + 1): those of the bits that directions have, from the highest on, are
    the columns of the triangle, the last one is the shift. Gives (rows, replicates, levels) and (rows, replicates).
    """
    bits = (words >> np.uint64(64 - _BITS)).astype(np.uint32)
    rows, replicates, _ = bits.shape
    made = np.zeros((rows, replicates, directions.shape[1]), dtype=np.uint32)
    for place in range(bits.shape[2] - 1):
        bit = np.uint32(1 << (_BITS - 1 - place))
        holds = (directions & bit)[:, None, :]
        column = (bits[:, :, place] & (bit - np.uint32(1))) | bit
        made ^= np.where(holds, column[:, :, None], np.uint32(0))
    return made, bits[:, :, -1]


class _NetPoints(Points):
    """Whole replicates, or a piece of one: the points whose upper index bits are those of ``start``."""

    def __init__(self, space: Space, keys: Keys, replicates: range, levels: int, start: int, piece: int) -> None:
        super().__init__(space, len(replicates) * piece)
        self._replicates, self._levels, self._start, self._piece = replicates, levels, start, piece
        self._keys = keys
        # Beyond 2**59 nets their words come round again.
        words = keys.of_runs(replicates.start * _WORDS % 2**64, len(replicates) * _WORDS).reshape(-1, _WORDS)
        self._words = words[:, [*range(levels), -1]].reshape(-1)
        self._indices = space.indices()

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        return _as_uniform(self._net(random_input)), False

    def below(self, random_input: RandomInput, chance: Floats) -> tuple[Places, Floats]:
        """As for all points; only what is below becomes a number."""
        net = self._net(random_input)
        most = np.ceil(np.maximum(chance * 2.0**_BITS - 0.5, 0.0)).astype(np.uint32)
        flat = np.flatnonzero(net < most)
        return Places.of(flat, self.runs), _as_uniform(net.reshape(-1)[flat])

    def at(self, random_input: RandomInput, places: Places) -> Floats:
        """As for all points; only what is at these places becomes a number."""
        return _as_uniform(self._net(random_input)[places.month, places.run])

    def _net(self, random_input: RandomInput) -> Words:
        """The points of an input as whole numbers, (months or 1, runs)."""
        rows = self.space.count(random_input)
        months = self._keys.of_months(f"Sobol/{random_input.name}", rows)
        words = mixed(np.add(months[:, None], self._words)).reshape(rows, -1, self._levels + 1)
        directions = direction_numbers(self.space.dimension, self._levels)[self._indices[random_input.name]]
        moves, first = scrambled(directions, words)
        levels = self._piece.bit_length() - 1
        for level in range(levels, self._levels):
            if self._start >> level & 1:
                first = first ^ moves[:, :, level]
        points = np.empty((rows, len(self._replicates), self._piece), dtype=np.uint32)
        points[:, :, 0] = first
        # Doubling: the upper half of each power of two is the lower half moved by one direction.
        for level in range(levels):
            size = 1 << level
            np.bitwise_xor(points[:, :, :size], moves[:, :, level, None], out=points[:, :, size : 2 * size])
        return points.reshape(rows, self.runs)


def _as_uniform(points: Words) -> Floats:
    """Whole numbers as uniform ones, in the middle of their intervals."""
    made: Floats = points + np.float64(0.5)
    made *= 2.0**-_BITS
    return made


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
