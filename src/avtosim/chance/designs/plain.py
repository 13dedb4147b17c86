"""Plain runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs

from ..design import Batch
from ..points import DrawnPoints, Keys
from ..space import Space
from ..streams import BLOCK

__all__ = ["Plain"]


@attrs.frozen
class Plain:
    """Independent runs: the design to trust first. Every run is a unit of its own."""

    @property
    def extensible(self) -> bool:
        """More runs are added to those there are."""
        return True

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Any number of runs fits."""
        return runs, runs

    def replicate_size(self, runs: int) -> int:  # noqa: ARG002 - the contract asks for it
        """Every run is independent."""
        return 1

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """Batches cut where the streams' blocks are cut, so that no draw is made twice."""
        keys = Keys(seed)
        at = first
        while at < first + runs:
            stop = min((at // BLOCK + 1) * BLOCK, first + runs)
            yield Batch(at - first, stop - first, partial(DrawnPoints, space, keys, at, stop - at))
            at = stop

    def __str__(self) -> str:
        return "plain runs"
