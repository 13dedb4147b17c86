"""Antithetic pairs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs
import numpy as np

from ..design import BATCH, Batch, Design, cut, multiples
from ..points import DrawnPoints, Floats, Keys, Places, Points
from ..space import RandomInput, Space


@attrs.frozen
class Antithetic(Design):
    """Antithetic pairs: the second run of each pair mirrors all random numbers of the first.

    Serves even numbers of runs, from 4 on. A pair is one independent replicate. More pairs extend the earlier ones,
    and results of following ranges of runs merge.

    Notes
    -----
    Sharpens the mean, and less so a chance near one half, where output rises or falls with every coordinate. It can do
    harm where output does not, and does little for small chances. Costs as much as plain runs.

    Source: Hammersley and Morton (1956), Mathematical Proceedings of the Cambridge Philosophical Society 52(3).

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> pairs = avtosim.simulate(june, runs=1_000, seed=1, design=avtosim.Antithetic())
    >>> plain = avtosim.simulate(june, runs=1_000, seed=1)
    >>> pairs.mean().standard_error < plain.mean().standard_error
    True
    """

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Even numbers of runs, from two pairs on."""
        return multiples(runs, 2, 2)

    def replicate_size(self, runs: int) -> int:  # noqa: ARG002 - part of the contract
        """Two runs are one pair."""
        return 2

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Pair k has the draws of run k of plain runs, and their mirror image."""
        if first % 2:
            raise ValueError(f"first_run: must be even, so that no pair is cut; got {first}")
        keys = Keys(seed)
        for start, stop in cut(first // 2, (first + runs) // 2, max(size // 2, 1)):
            yield Batch(2 * start - first, 2 * stop - first, partial(_Mirrored, space, keys, start, stop - start))

    def __str__(self) -> str:
        return "antithetic pairs"


class _Mirrored(Points):
    """Points in pairs: each drawn point, and its mirror image next to it."""

    def __init__(self, space: Space, keys: Keys, first: int, pairs: int) -> None:
        super().__init__(space, 2 * pairs)
        self._drawn = DrawnPoints(space, keys, first, pairs)

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        drawn = self._drawn.uniforms(random_input)
        both = np.empty((len(drawn), self.runs))
        both[:, 0::2], both[:, 1::2] = drawn, 1.0 - drawn
        return both, False

    def at(self, random_input: RandomInput, places: Places) -> Floats:
        """As for all points; no other numbers are drawn."""
        drawn = self._drawn.at(random_input, Places(places.month, places.run // 2))
        return np.where(places.run % 2, 1.0 - drawn, drawn)
