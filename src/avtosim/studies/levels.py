"""Which runs are as asked at which level of a lever: runs are tried only where it matters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import attrs
import numpy as np
from numpy.typing import NDArray

from ..answers.intervals import Interval, ranks, t_quantile
from ..chance.points import Indices

Met = NDArray[np.bool_]
#: Levels that a few runs are tried at first, the part of the runs that are, and the standard errors of these runs that
#: the search among all runs begins with to either side.
_GRID, _PILOT, _MARGIN = 9, 40, 3.5
_FEWEST = 50


@attrs.define(eq=False)
class Levels:
    """Which of some runs are met at the levels that were tried.

    ``ask`` says which of the runs at some places are met at a level. A run that is met at both of two neighbouring
    levels, or at neither, is taken to be so between them.
    """

    ask: Callable[[float, Indices], Met]
    runs: int
    finest: float
    whole: bool
    #: Two levels are near enough to each other at this share of the larger one, or at the distance ``finest``.
    fine: float = 0.0
    met: dict[float, Met] = attrs.field(factory=dict)
    #: Levels that all runs were tried at.
    full: list[float] = attrs.field(factory=list)
    asked: int = 0

    def count(self, level: float) -> int:
        """How many runs are met at a level that was tried."""
        return int(np.count_nonzero(self.met[level]))

    def tried(self, levels: Sequence[float]) -> None:
        """Try all runs at these levels."""
        for level in dict.fromkeys(levels):
            if level not in self.full:
                self.met[level] = self._asked(level, np.arange(self.runs))
                self.full.append(level)

    def crossing(self, rank: int, near: float) -> tuple[float, float] | None:
        """The two levels nearest to ``near``, as near to each other as can be, between which the ``rank``-th run turns.

        At the first fewer are met, at the second as many or more. None where the levels tried so far do not tell.
        """
        pairs = [pair for pair in pairwise(sorted(self.met)) if len({self.count(x) >= rank for x in pair}) == 2]
        if not pairs:
            return None
        low, high = min(pairs, key=lambda pair: max(pair[0] - near, near - pair[1], 0.0))
        fewer, enough = (high, low) if self.count(low) >= rank else (low, high)
        while abs(enough - fewer) > max(self.fine * max(abs(fewer), abs(enough)), self.finest):
            level = 0.5 * (fewer + enough)
            level = math.floor(level) if self.whole else level
            open_ = np.flatnonzero(self.met[fewer] != self.met[enough])
            met = self.met[enough].copy()
            met[open_] = self._asked(level, open_)
            self.met[level] = met
            fewer, enough = (fewer, level) if self.count(level) >= rank else (level, enough)
        return fewer, enough

    def _asked(self, level: float, places: Indices) -> Met:
        self.asked += places.size
        return self.ask(level, places)

    def turns(self, ends: Sequence[float]) -> tuple[int, int]:
        """How many runs turn to be met from one of two levels towards the other, and how many of them turn back.

        Counted between neighbours of the levels that all runs were tried at.
        """
        there = back = np.zeros(self.runs, dtype=bool)
        for before, after in pairwise(self.met[level] for level in sorted(self.full, reverse=ends[0] > ends[1])):
            there, back = there | (~before & after), back | (before & ~after)
        return int(np.count_nonzero(there)), int(np.count_nonzero(back))


@attrs.frozen
class Found:
    """Where a share of the runs is met, and the ends of the interval, each as the two levels of a crossing.

    ``pilot`` holds the levels that a few runs were tried at first.
    """

    levels: Levels
    pilot: Levels
    asked: int
    value: tuple[float, float] | None
    ends: tuple[tuple[float, float] | None, tuple[float, float] | None]

    def interval(self) -> Interval | None:
        """The level with its interval, infinite at an end that lies beyond what was tried; None where there is none."""
        if self.value is None:
            return None
        fewer, enough = self.value
        beyond = math.copysign(math.inf, enough - fewer)
        first, last = (pair[1] if pair else end for pair, end in zip(self.ends, (-beyond, beyond), strict=True))
        low, high = min(first, last), max(first, last)
        return float(enough), float(low), float(high), (high - low) / (2.0 * t_quantile(0.95, math.inf))


def sought(levels: Levels, chance: float, low: float, high: float, start: float) -> Found:
    """Seek the level at which a share of the runs is met, nearest to ``start``.

    A few runs find the region; all runs are tried at its ends, and from there on only those that differ.
    """
    few = max(levels.runs // _PILOT, min(levels.runs, _FEWEST))
    finest, fine = levels.finest * (1.0 if levels.whole else 100.0), 100.0 * levels.fine
    pilot = attrs.evolve(levels, runs=few, finest=finest, fine=fine, met={}, full=[], asked=0)
    pilot.tried(_grid(low, high, start, whole=levels.whole))
    worst, best = (min(pilot.met, key=lambda x: (sign * pilot.count(x), -abs(x - start))) for sign in (1, -1))
    margin = _MARGIN * math.sqrt(few * chance * (1.0 - chance)) + 1.0
    from_ = pilot.crossing(max(math.floor(few * chance - margin), 1), start)
    upto = pilot.crossing(min(math.ceil(few * chance + margin), few), start)
    levels.tried([start, from_[0] if from_ else worst, upto[1] if upto else best])

    def turn(rank: int, near: float) -> tuple[float, float] | None:
        if not 1 <= rank <= levels.runs:
            return None
        if (pair := levels.crossing(rank, near)) is None:
            # A few runs may have missed what the ends do.
            for level in (worst if levels.count(start) >= rank else best, low, high):
                levels.tried([level])
                if pair := levels.crossing(rank, near):
                    break
        return pair

    value = turn(max(math.ceil(levels.runs * chance - 1e-9), 1), start)
    first, last = (value and turn(rank, value[1]) for rank in ranks(chance, levels.runs))
    return Found(levels, pilot, pilot.asked + levels.asked, value, (first, last))


def _grid(low: float, high: float, start: float, *, whole: bool) -> list[float]:
    """Levels from ``low`` to ``high`` with ``start`` among them, evenly spaced; in ratios where there is no zero."""
    made = np.geomspace(low, high, _GRID) if low * high > 0.0 else np.linspace(low, high, _GRID)
    made = np.floor(made) if whole else made
    return sorted({low, *map(float, made[1:-1]), high, start})
