"""The most typical of some years, and what sets them apart, by the ranks of what years are made of.

Ranks put numbers of any unit, events that hardly ever happen and heavy tails on one scale, and ties share theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]


def ranks(among: Floats, values: Floats) -> Floats:
    """Where values stand among others, row by row: the share of these below them and half of the share that ties."""
    made = np.empty(values.shape)
    for row, own, others in zip(made, values, np.sort(among, axis=1), strict=True):
        row[:] = np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")
    return np.asarray(made / (2.0 * among.shape[1]))


def scores(shares: Floats, runs: int) -> Floats:
    """Normal scores of ranks among so many runs."""
    return np.asarray(special.ndtri(np.clip(shares, 0.5 / runs, 1.0 - 0.5 / runs)))


def apart(some: Floats, others: Floats) -> Floats:
    """How far years stand apart from others in each row of ranks, -1 to 1 (rank-biserial correlation).

    It is the chance that a number is higher in one of these years than in one of the others, less that it is lower;
    what lies within two standard errors of 0 counts as 0.
    """
    difference = 2.0 * (some.mean(axis=1) - others.mean(axis=1))
    noise = 2.0 * np.sqrt((1.0 / some.shape[1] + 1.0 / others.shape[1]) / 3.0)
    return np.where(np.abs(difference) > noise, np.clip(difference, -1.0, 1.0), 0.0)


def medoid(positions: Floats, weights: Floats) -> int:
    """The year with the least mean distance to all others, the sum over the rows of weight times absolute difference.

    Kaufman and Rousseeuw (1990), Finding Groups in Data, chapter 2. Row by row the distances to all others follow from
    the sums of the ordered numbers up to each, so no pair is looked at; what is the same for all years is left out.
    """
    runs = positions.shape[1]
    total, place = np.zeros(runs), 2.0 * np.arange(1.0, runs + 1.0) - runs
    for row, weight in zip(positions, weights, strict=True):
        order = np.argsort(row, kind="stable")
        total[order] += weight * (row[order] * place - 2.0 * np.cumsum(row[order]))
    return int(np.argmin(total))
