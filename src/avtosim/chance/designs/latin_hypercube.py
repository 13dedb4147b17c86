"""Latin hypercubes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs
import numpy as np
from scipy import special

from ..design import LEAST_UNITS, Batch, multiples
from ..points import Floats, Keys
from ..space import Cause, Space
from ..streams import Stream

__all__ = ["LatinHypercube"]


@attrs.frozen
class LatinHypercube:
    """Independent hypercubes of ``size`` runs: in each, every coordinate has one run in each of ``size`` equal strata.

    Takes out what each coordinate does on its own; what two do together stays. A hypercube is one independent unit.
    Source: McKay, Beckman and Conover (1979), Technometrics 21(2).
    """

    size: int = 1024

    def __attrs_post_init__(self) -> None:
        if isinstance(self.size, bool) or not isinstance(self.size, int) or not 2 <= self.size <= 1_000_000:
            raise ValueError(f"LatinHypercube.size: must be a whole number from 2 to 1,000,000; got {self.size!r}")

    @property
    def grows(self) -> bool:
        """More hypercubes are added to those there are."""
        return True

    def fitting(self, runs: int) -> tuple[int, int]:
        """Whole hypercubes, enough of them for an interval."""
        return multiples(runs, self.size, LEAST_UNITS)

    def unit(self, runs: int) -> int:  # noqa: ARG002 - the contract asks for it
        """One hypercube."""
        return self.size

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """One batch a hypercube, or several small ones together."""
        if first % self.size:
            raise ValueError(f"first_run: must be a multiple of {self.size}, so that no hypercube is cut; got {first}")
        keys = Keys(seed)
        together = max(4096 // self.size, 1)
        cubes = range(first // self.size, (first + runs) // self.size)
        for at in range(0, len(cubes), together):
            some = cubes[at : at + together]
            start, stop = (edge * self.size - first for edge in (some[0], some[-1] + 1))
            yield Batch(start, stop, partial(_Cubes, space, keys, some, self.size))

    def __str__(self) -> str:
        return f"Latin hypercubes of {self.size:,}"


class _Cubes:
    """Points of some hypercubes, one after another; the draws belong to (seed, name, number of the hypercube)."""

    def __init__(self, space: Space, keys: Keys, cubes: range, size: int) -> None:
        self._space, self._keys, self._cubes, self._size = space, keys, cubes, size
        self.runs = len(cubes) * size
        self._stream = Stream()

    def uniforms(self, cause: Cause) -> Floats:
        """Uniform numbers of a cause, shape (months or 1, runs)."""
        rows, size = self._space.rows(cause), self._size
        made = np.empty((rows, len(self._cubes), size))
        words = self._keys[f"Latin hypercube/{cause.name}"]
        for place, cube in enumerate(self._cubes):
            stream = self._stream.at(words, cube)
            stream.random(out=(within := np.empty((rows, size))))
            strata = np.tile(np.arange(size, dtype=np.int32), (rows, 1))
            within += stream.permuted(strata, axis=1, out=strata)
            made[:, place] = within
        made *= 1.0 / size
        # The product can round to the very ends.
        np.clip(made, 2.0**-54, 1.0 - 2.0**-53, out=made)
        return made.reshape(rows, self.runs)

    def scores(self, cause: Cause) -> Floats:
        """Standard normal scores of a cause, shape (months or 1, runs)."""
        luck = self.uniforms(cause)
        return np.asarray(special.ndtri(luck, out=luck))
