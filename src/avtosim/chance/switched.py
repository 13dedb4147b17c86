"""Draws whose inputs are taken from one of two sets of runs, which of them run by run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .hashing import Words
from .points import DrawnPoints, Points


class SwitchedPoints(DrawnPoints):
    """Draws whose groups of inputs are taken from one of two sets of runs, which of them run by run.

    It costs as much as plain draws: each input reads the numbers of the runs that it is told to.

    Parameters
    ----------
    base, other : DrawnPoints
        Points of one space and seed, as many of each.
    group : mapping of str to int
        The group of each input, by its name.
    taken : array of bool, shape (groups, runs)
        Whether a run takes a group from ``other``.
    """

    def __init__(
        self, base: DrawnPoints, other: DrawnPoints, group: Mapping[str, int], taken: NDArray[np.bool_]
    ) -> None:
        Points.__init__(self, base.space, base.runs)
        self._keys, self._group = base._keys, group  # noqa: SLF001 - of one class
        self._switched = np.where(taken, other._runs, base._runs)  # noqa: SLF001 - of one class

    def _of_runs(self, names: Sequence[str]) -> Words:
        return np.asarray(self._switched[[self._group[name] for name in names]])
