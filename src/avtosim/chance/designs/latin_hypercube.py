"""Latin hypercubes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs
import numpy as np

from ..design import BATCH, LEAST_REPLICATES, Batch, Design, cut, multiples, whole_number
from ..hashing import Words, mixed, uniform
from ..points import HIGHEST_UNIFORM, LOWEST_UNIFORM, Floats, Keys, Points
from ..space import RandomInput, Space


@attrs.frozen
class LatinHypercube(Design):
    """Independent Latin hypercubes: in each, every coordinate has one run in each of ``size`` equal strata.

    Serves multiples of ``size``, from 8 hypercubes on. A hypercube is one independent replicate. More hypercubes extend
    the earlier ones, and results of following ranges of runs merge.

    Parameters
    ----------
    size : int, default 64
        Runs of each hypercube, 2 to 1,000,000.

    Raises
    ------
    ValueError
        For a size that is no whole number in this range.

    Notes
    -----
    Removes the error that each coordinate makes alone; the error from what coordinates do together stays. Drawing
    takes several times as long as for plain runs (a run of the bundled scenario takes twice as long). A larger
    hypercube than 64 gains nothing more on the bundled scenario and leaves fewer replicates, so that intervals are less
    steady.

    Source: McKay, Beckman and Conover (1979), Technometrics 21(2).

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> result = avtosim.simulate(june, runs=1_024, seed=1, design=avtosim.LatinHypercube(128))
    >>> result.run_info.replicate_size
    128
    """

    size: int = 64

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "size", whole_number("LatinHypercube.size", self.size, 2, 1_000_000))

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Whole hypercubes, enough of them for an interval."""
        return multiples(runs, self.size, LEAST_REPLICATES)

    def replicate_size(self, runs: int) -> int:  # noqa: ARG002 - part of the contract
        """One hypercube."""
        return self.size

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Batches of whole hypercubes."""
        if first % self.size:
            raise ValueError(f"first_run: must be a multiple of {self.size}, so that no hypercube is cut; got {first}")
        keys, step = Keys(seed), max(size // self.size, 1) * self.size
        for start, stop in cut(first, first + runs, step):
            yield Batch(start - first, stop - first, partial(_Cubes, space, keys, start, stop - start, self.size))

    def __str__(self) -> str:
        return f"Latin hypercubes of {self.size:,}"


class _Cubes(Points):
    """Points of some whole hypercubes; like plain draws they belong to (seed, name, month, run)."""

    def __init__(self, space: Space, keys: Keys, first: int, runs: int, size: int) -> None:
        super().__init__(space, runs)
        self._keys, self._size = keys, size
        self._runs = keys.of_runs(first, runs)

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        shape = self.space.count(random_input), -1, self._size
        # Places within the hypercube, below random bits: their order is a random permutation of the strata.
        places = (1 << (self._size - 1).bit_length()) - 1
        words = self._words("order", random_input).reshape(shape)
        words &= ~np.uint64(places)
        words |= np.arange(self._size, dtype=np.uint64)
        words.sort(axis=2)
        words &= np.uint64(places)
        made = words.reshape(shape[0], self.runs).astype(np.float64)
        made += uniform(self._words("place", random_input))
        made *= 1.0 / self._size
        # The product can round to the very ends.
        return np.clip(made, LOWEST_UNIFORM, HIGHEST_UNIFORM, out=made), False

    def _words(self, what: str, random_input: RandomInput) -> Words:
        name = f"Latin hypercube/{what}/{random_input.name}"
        months = self._keys.of_months(name, self.space.count(random_input))
        return mixed(np.add(months[:, None], self._runs))
