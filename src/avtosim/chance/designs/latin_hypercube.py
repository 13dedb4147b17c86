"""Latin hypercubes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs
import numpy as np
from scipy import special

from ..design import LEAST_UNITS, Batch, multiples
from ..points import Floats, Keys
from ..space import RandomInput, Space
from ..streams import Stream

__all__ = ["LatinHypercube"]

# Runs drawn together: small hypercubes would else cost a call each.
_GROUP = 4096


@attrs.frozen
class LatinHypercube:
    """Independent hypercubes of ``size`` runs: in each, every coordinate has one run in each of ``size`` equal strata.

    Takes out what each coordinate does on its own; what two do together stays. A hypercube is one independent unit.
    Source: McKay, Beckman and Conover (1979), Technometrics 21(2).
    """

    size: int = 256

    def __attrs_post_init__(self) -> None:
        if isinstance(self.size, bool) or not isinstance(self.size, int) or not 2 <= self.size <= 1_000_000:
            raise ValueError(f"LatinHypercube.size: must be a whole number from 2 to 1,000,000; got {self.size!r}")

    @property
    def extensible(self) -> bool:
        """More hypercubes are added to those there are."""
        return True

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Whole hypercubes, enough of them for an interval."""
        return multiples(runs, self.size, LEAST_UNITS)

    def replicate_size(self, runs: int) -> int:  # noqa: ARG002 - the contract asks for it
        """One hypercube."""
        return self.size

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """Batches of whole groups of hypercubes, cut to what is asked for."""
        if first % self.size:
            raise ValueError(f"first_run: must be a multiple of {self.size}, so that no hypercube is cut; got {first}")
        keys = Keys(seed)
        group = max(_GROUP // self.size, 1)
        at, end = first // self.size, (first + runs) // self.size
        while at < end:
            stop = min((at // group + 1) * group, end)
            points = partial(_Cubes, space, keys, range(at, stop), group, self.size)
            yield Batch(at * self.size - first, stop * self.size - first, points)
            at = stop

    def __str__(self) -> str:
        return f"Latin hypercubes of {self.size:,}"


class _Cubes:
    """Points of some hypercubes of one group; the draws belong to (seed, name, number of the group)."""

    def __init__(self, space: Space, keys: Keys, cubes: range, group: int, size: int) -> None:
        self._space, self._keys, self._cubes, self._group, self._size = space, keys, cubes, group, size
        self.runs = len(cubes) * size
        self._stream = Stream()

    def uniforms(self, cause: RandomInput) -> Floats:
        """Uniform numbers of a cause, shape (months or 1, runs)."""
        number, first = divmod(self._cubes[0], self._group)
        shape = self._space.rows(cause), self._group, self._size
        stream = self._stream.at(self._keys[f"Latin hypercube/{cause.name}"], number)
        # The whole group is drawn even when a part is asked for: a draw must not depend on what is asked.
        # The order of random numbers is a random permutation of the strata.
        whole = np.argsort(stream.random(shape), axis=2) + stream.random(shape)
        made: Floats = whole[:, first : first + len(self._cubes)].reshape(shape[0], self.runs)
        made *= 1.0 / self._size
        # The product can round to the very ends.
        return np.clip(made, 2.0**-54, 1.0 - 2.0**-53, out=made)

    def scores(self, cause: RandomInput) -> Floats:
        """Standard normal scores of a cause, shape (months or 1, runs)."""
        luck = self.uniforms(cause)
        return np.asarray(special.ndtri(luck, out=luck))
