"""What a design is: how the points of many runs are chosen. Each design is one small frozen class in ``designs``."""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import ClassVar

import attrs
import numpy as np

from .points import Points
from .space import Space

#: Fewest independent replicates from which a design may claim an interval.
LEAST_REPLICATES = 8
#: Runs worked out together unless a study says otherwise.
BATCH = 8192


@attrs.frozen
class Batch:
    """Consecutive runs, counted from the first one of the study, and a function that makes their points."""

    start: int
    stop: int
    points: Callable[[], Points]


class Design(ABC):
    """Base class of designs: how the points of many runs are chosen.

    A design states which numbers of runs it can serve, how many consecutive runs form one independent replicate
    (intervals are computed from these), and the points, in batches that can be worked out in any order.
    """

    #: Whether more runs extend the earlier ones; if not, another number of runs means other points.
    extensible: ClassVar[bool] = True

    @abstractmethod
    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Numbers of runs it can serve, next to the number requested.

        Parameters
        ----------
        runs : int
            Number of runs requested, 1 or more.

        Returns
        -------
        tuple of int
            The nearest admissible numbers below (0: none) and above; both equal ``runs`` if it is admissible.
        """

    @abstractmethod
    def replicate_size(self, runs: int) -> int:
        """Size of an independent replicate.

        Parameters
        ----------
        runs : int
            Number of runs of the study, an admissible one.

        Returns
        -------
        int
            How many consecutive runs form one replicate.
        """

    def as_extensible(self) -> Design:
        """The design for a study that finds the number of runs as it goes on.

        Returns
        -------
        Design
            This design, unless it cannot be extended and one of its kind can.
        """
        return self

    @abstractmethod
    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Batches of the runs of a study.

        Parameters
        ----------
        space : Space
            The coordinates of the scenario.
        seed : int
            The seed of the study.
        first : int
            Number of the first run.
        runs : int
            Number of runs of the study.
        size : int, default 8192
            About how many runs to work out together; it must change no point.

        Returns
        -------
        iterator of Batch
            Batches that hold every run from ``first`` to ``first + runs - 1`` once, in order.

        Raises
        ------
        ValueError
            If the design cannot serve these runs.
        """


def covering(design: Design, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
    """The batches of a design; raises ``ValueError`` as soon as they are not the runs of the study, each once."""
    done = 0
    with _of(design):
        for batch in design.batches(space, seed, first, runs, size):
            if batch.start != done or not done < batch.stop <= runs:
                got = f"one from {batch.start:,} to {batch.stop:,} after run {done:,} of {runs:,}"
                raise ValueError(f"design: the batches of {design} must hold every run once, in order; got {got}")
            yield Batch(batch.start, batch.stop, partial(_points_of, design, batch))
            done = batch.stop
    if done != runs:
        raise ValueError(f"design: the batches of {design} must hold all {runs:,} runs; got {done:,}")


def _points_of(design: Design, batch: Batch) -> Points:
    size = batch.stop - batch.start
    with _of(design):
        points = batch.points()
    if not isinstance(points, Points):
        raise TypeError(f"design: a batch of {design} must make Points; got {type(points).__name__}")
    if points.runs != size:
        raise ValueError(f"design: a batch of {size:,} runs of {design} must have as many points; got {points.runs:,}")
    return points


@contextmanager
def _of(design: Design) -> Iterator[None]:
    """Name the design where its batches raise an error that does not say what is wrong with an argument."""
    try:
        yield
    except (ValueError, MemoryError):
        raise
    except Exception as error:
        raise TypeError(f"design: {design} cannot make its batches of points: {error!r}") from error


def cut(first: int, last: int, step: int) -> Iterator[tuple[int, int]]:
    """Ranges that follow each other from ``first`` to ``last``, cut at the multiples of ``step``."""
    start = first
    while start < last:
        stop = min((start // step + 1) * step, last)
        yield start, stop
        start = stop


def multiples(runs: int, of: int, least: int) -> tuple[int, int]:
    """The multiples of ``of``, from ``least`` of them on, next to ``runs`` below (0: none) and above."""
    below, above = runs // of, -(-runs // of)
    return (below * of if below >= least else 0), max(above, least) * of


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """``value`` as an int from ``low`` to ``high``; raises ``ValueError`` for anything else."""
    if not isinstance(value, (bool, np.bool_, np.ndarray)):
        with suppress(TypeError):
            number = operator.index(value)  # type: ignore[arg-type]
            if low <= number <= high:
                return number
    raise ValueError(f"{name}: must be a whole number from {low:,} to {high:,}; got {shown(value)}")


def shown(value: object) -> str:
    """A value as it would be typed, cut where it would drown a message."""
    if isinstance(value, int) and value.bit_length() > 512:
        return f"a whole number of {math.ceil(value.bit_length() * math.log10(2)):,} digits"
    typed = repr(value)
    return typed if len(typed) <= 200 else f"{typed[:120]} ... {typed[-60:]}"
