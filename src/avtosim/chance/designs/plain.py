"""Plain Monte Carlo."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs

from ..design import BATCH, Batch, Design, cut
from ..points import DrawnPoints, Keys
from ..space import Space


@attrs.frozen
class Plain(Design):
    """Independent runs (plain Monte Carlo): the design to trust first.

    Serves any number of runs. Each run is an independent replicate. More runs extend the earlier ones, and results
    of following ranges of runs merge.

    Notes
    -----
    The error of every estimate falls with the square root of the number of runs, whatever the number of coordinates.
    It is the reference against which the gain of other designs is measured.

    Source: Metropolis and Ulam (1949), Journal of the American Statistical Association 44(247).

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> result = avtosim.simulate(june, runs=1_000, seed=1, design=avtosim.Plain())
    >>> result.run_info.replicate_size
    1
    """

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Any number of runs is served."""
        return runs, runs

    def replicate_size(self, runs: int) -> int:  # noqa: ARG002 - part of the contract
        """Every run is independent."""
        return 1

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Batches of ``size`` runs."""
        keys = Keys(seed)
        for start, stop in cut(first, first + runs, size):
            yield Batch(start - first, stop - first, partial(DrawnPoints, space, keys, start, stop - start))

    def __str__(self) -> str:
        return "plain runs"
