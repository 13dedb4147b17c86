"""Antithetic pairs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs
import numpy as np

from ..design import Batch, multiples
from ..points import DrawnPoints, Floats, Keys
from ..space import RandomInput, Space
from ..streams import BLOCK

__all__ = ["Antithetic"]

_MOST = 1.0 - 2.0**-53


@attrs.frozen
class Antithetic:
    """Runs in pairs, the second with the mirror image of the first one's luck. A pair is one independent unit.

    Helps where output rises or falls with each coordinate, most of all the mean; where it does not, it can do harm.
    Source: Hammersley and Morton (1956), Math. Proc. Camb. Phil. Soc. 52(3).
    """

    @property
    def extensible(self) -> bool:
        """More pairs are added to those there are."""
        return True

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Even numbers of runs, from two pairs on."""
        return multiples(runs, 2, 2)

    def replicate_size(self, runs: int) -> int:  # noqa: ARG002 - the contract asks for it
        """Two runs are one pair."""
        return 2

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """Pair k has the draws of run k of plain runs, and their mirror image."""
        if first % 2:
            raise ValueError(f"first_run: must be even, so that no pair is cut; got {first}")
        keys = Keys(seed)
        at = first // 2
        while at < (first + runs) // 2:
            stop = min((at // BLOCK + 1) * BLOCK, (first + runs) // 2)
            yield Batch(2 * at - first, 2 * stop - first, partial(_Mirrored, DrawnPoints(space, keys, at, stop - at)))
            at = stop

    def __str__(self) -> str:
        return "antithetic pairs"


class _Mirrored:
    """Points in pairs: each point of ``drawn``, and its mirror image next to it."""

    def __init__(self, drawn: DrawnPoints) -> None:
        self._drawn, self.runs = drawn, 2 * drawn.runs

    def uniforms(self, cause: RandomInput) -> Floats:
        """Uniform numbers of a cause, shape (months or 1, runs)."""
        luck = self._drawn.uniforms(cause)
        return _paired(luck, np.minimum(1.0 - luck, _MOST))

    def scores(self, cause: RandomInput) -> Floats:
        """Standard normal scores of a cause, shape (months or 1, runs)."""
        luck = self._drawn.scores(cause)
        return _paired(luck, -luck)


def _paired(luck: Floats, mirrored: Floats) -> Floats:
    both = np.empty((len(luck), 2 * luck.shape[1]))
    both[:, 0::2], both[:, 1::2] = luck, mirrored
    return both
