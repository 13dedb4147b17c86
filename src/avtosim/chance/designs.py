"""Designs: how the points of many runs are chosen. Each is one small frozen class.

The contract: ``batches`` cuts the runs asked for into batches that can be worked out in any order; ``unit`` says how many
consecutive runs are one independent unit, from which intervals come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import attrs

from .points import DrawnPoints, Keys, Points
from .space import Space
from .streams import BLOCK

__all__ = ["Batch", "Design", "Plain"]


@attrs.frozen
class Batch:
    """Consecutive runs, counted from the first one asked for, and how to make their points."""

    start: int
    stop: int
    points: Callable[[], Points]


class Design(Protocol):
    """What a study asks of a design."""

    def fitting(self, runs: int) -> tuple[int, int]:
        """The numbers of runs next to ``runs`` that the design can serve, below (0: none) and above; equal if it fits."""

    def unit(self, runs: int) -> int:
        """How many consecutive runs are one independent unit."""

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """The points of runs ``first`` to ``first + runs - 1``, in batches."""


@attrs.frozen
class Plain:
    """Independent runs: the design to trust first. Every run is a unit of its own."""

    def fitting(self, runs: int) -> tuple[int, int]:
        """Any number of runs fits."""
        return runs, runs

    def unit(self, runs: int) -> int:
        """Every run is independent."""
        return 1

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """Batches cut where the streams' blocks are cut, so that no draw is made twice."""
        keys = Keys(seed)
        at = first
        while at < first + runs:
            stop = min((at // BLOCK + 1) * BLOCK, first + runs)
            yield Batch(at - first, stop - first, _drawn(space, keys, at, stop))
            at = stop

    def __str__(self) -> str:
        return "plain runs"


def _drawn(space: Space, keys: Keys, start: int, stop: int) -> Callable[[], Points]:
    return lambda: DrawnPoints(space, keys, start, stop - start)
