"""What a design is: how the points of many runs are chosen. Each one is a small frozen class in ``designs``.

A design writes three things: which numbers of runs it can serve, how many consecutive runs are one independent unit
(intervals come from these), and the points, in batches that can be worked out in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

import attrs

from .points import Points
from .space import Space

__all__ = ["LEAST_UNITS", "Batch", "Design"]

#: Fewest independent units from which a design may claim an interval.
LEAST_UNITS = 8


@attrs.frozen
class Batch:
    """Consecutive runs, counted from the first one asked for, and how to make their points."""

    start: int
    stop: int
    points: Callable[[], Points]


@runtime_checkable
class Design(Protocol):
    """What a study asks of a design."""

    @property
    def extensible(self) -> bool:
        """Whether more runs are added to those there are; if not, another number of runs means other points."""

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Numbers of runs it can serve next to ``runs``, below (0: none) and above; equal if ``runs`` fits."""

    def replicate_size(self, runs: int) -> int:
        """How many consecutive runs are one independent unit, when ``runs`` are asked for."""

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """The points of runs ``first`` to ``first + runs - 1``. Raises ``ValueError`` where it cannot serve them."""


def multiples(runs: int, of: int, least: int) -> tuple[int, int]:
    """The multiples of ``of``, from ``least`` of them on, next to ``runs`` below (0: none) and above."""
    below, above = runs // of, -(-runs // of)
    return (below * of if below >= least else 0), max(above, least) * of
