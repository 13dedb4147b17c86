"""Latin hypercubes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs
import numpy as np

from ..design import LEAST_REPLICATES, Batch, Design, multiples, whole_number
from ..points import HIGHEST_UNIFORM, LOWEST_UNIFORM, Floats, Keys, Points
from ..space import RandomInput, Space
from ..streams import Stream

# Runs drawn together: small hypercubes would otherwise cost a call each.
_GROUP = 4096


@attrs.frozen
class LatinHypercube(Design):
    """Independent Latin hypercubes: in each, every coordinate has one run in each of ``size`` equal strata.

    Serves multiples of ``size``, from 8 hypercubes on. A hypercube is one independent replicate. More hypercubes extend
    the earlier ones, and results of following ranges of runs merge.

    Parameters
    ----------
    size : int, default 256
        Runs of each hypercube, 2 to 1,000,000.

    Raises
    ------
    ValueError
        For a size that is no whole number in this range.

    Notes
    -----
    Removes the error that each coordinate makes alone; the error from what coordinates do together stays. Drawing
    takes several times as long as for plain runs (a run of the bundled scenario takes twice as long). A large hypercube
    leaves few replicates, so that intervals are less steady.

    Source: McKay, Beckman and Conover (1979), Technometrics 21(2).

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> result = avtosim.simulate(june, runs=1_024, seed=1, design=avtosim.LatinHypercube(64))
    >>> result.run_info.replicate_size
    64
    """

    size: int = 256

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "size", whole_number("LatinHypercube.size", self.size, 2, 1_000_000))

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Whole hypercubes, enough of them for an interval."""
        return multiples(runs, self.size, LEAST_REPLICATES)

    def replicate_size(self, runs: int) -> int:  # noqa: ARG002 - part of the contract
        """One hypercube."""
        return self.size

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """Batches of whole groups of hypercubes, cut to the range of runs."""
        if first % self.size:
            raise ValueError(f"first_run: must be a multiple of {self.size}, so that no hypercube is cut; got {first}")
        keys = Keys(seed)
        group = max(_GROUP // self.size, 1)
        start, end = first // self.size, (first + runs) // self.size
        while start < end:
            stop = min((start // group + 1) * group, end)
            points = partial(_Cubes, space, keys, range(start, stop), group, self.size)
            yield Batch(start * self.size - first, stop * self.size - first, points)
            start = stop

    def __str__(self) -> str:
        return f"Latin hypercubes of {self.size:,}"


class _Cubes(Points):
    """Points of some hypercubes of one group; the draws belong to (seed, name, number of the group)."""

    def __init__(self, space: Space, keys: Keys, cubes: range, group: int, size: int) -> None:
        super().__init__(space, len(cubes) * size)
        self._keys, self._cubes, self._group, self._size = keys, cubes, group, size
        self._stream = Stream()

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        number, first = divmod(self._cubes[0], self._group)
        shape = self.space.count(random_input), self._group, self._size
        stream = self._stream.at(self._keys[f"Latin hypercube/{random_input.name}"], number)
        # The whole group is drawn even when only a part is needed, so that a draw does not depend on the range.
        # The order of random numbers is a random permutation of the strata.
        whole = np.argsort(stream.random(shape), axis=2) + stream.random(shape)
        made: Floats = whole[:, first : first + len(self._cubes)].reshape(shape[0], self.runs)
        made *= 1.0 / self._size
        # The product can round to the very ends.
        return np.clip(made, LOWEST_UNIFORM, HIGHEST_UNIFORM, out=made), False
