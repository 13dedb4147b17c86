"""Differences between two outputs that share their luck, run by run: plain arrays in, values with intervals out.

``replicate_size`` says how many consecutive runs are one independent replicate_size, as in ``intervals``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval, mean, score, t_quantile

__all__ = ["chance_difference", "mean_difference", "quantile_difference"]

Floats = NDArray[np.float64]


def mean_difference(first: Floats, second: Floats, replicate_size: int, confidence: float = 0.95) -> Interval:
    """``second`` less ``first`` in the mean; Student's law over the differences of independent units."""
    return mean(second - first, replicate_size, confidence)


def chance_difference(
    first: NDArray[np.bool_], second: NDArray[np.bool_], replicate_size: int, confidence: float = 0.95
) -> Interval:
    """``second`` less ``first`` in the share of hits.

    The share of runs that turn to hits less the share that turn to misses; the interval is made of Wilson's intervals
    of the two shares (Newcombe, 1998, Statistics in Medicine 17(8), square and add), so it stays honest when few runs
    turn, or none. Units of several runs: with the number of runs that independent ones would need for the same
    variance, and Student's quantile for as many units.
    """
    runs = first.size
    won, lost = np.count_nonzero(~first & second) / runs, np.count_nonzero(first & ~second) / runs
    value = won - lost
    error = math.sqrt(max(won + lost - value**2, 0.0) / runs)
    effective, quantile = float(runs), t_quantile(confidence, math.inf)
    if replicate_size > 1:
        of_units = (second.astype(np.float64) - first).reshape(-1, replicate_size).mean(axis=1)
        of_unit = float(of_units.std(ddof=1)) / math.sqrt(of_units.size)
        if of_unit > 0.0 and error > 0.0:
            effective, error = runs * (error / of_unit) ** 2, of_unit
            quantile = t_quantile(confidence, of_units.size - 1)
    won_low, won_high = score(won, effective, quantile)
    lost_low, lost_high = score(lost, effective, quantile)
    low = value - math.hypot(won - won_low, lost_high - lost)
    high = value + math.hypot(won_high - won, lost - lost_low)
    return value, low, high, error


def quantile_difference(
    first: Floats, second: Floats, share: float, replicate_size: int, confidence: float = 0.95
) -> Interval:
    """``second`` less ``first`` in the quantile ``share``.

    Each quantile moves with the share of runs below it over the density there (Bahadur, 1966); the densities are read
    off the outputs a little to both sides, and the differences of these influences are paired run by run.
    """
    value, influence = 0.0, np.zeros(first.size)
    for sign, values in ((-1.0, first), (1.0, second)):
        at, slope = _quantile_and_slope(values, share)
        value += sign * at
        influence += sign * slope * (share - (values <= at))
    _, low, high, error = mean(influence, replicate_size, confidence)
    half = 0.5 * (high - low)
    return value, value - half, value + half, error


def _quantile_and_slope(values: Floats, share: float) -> tuple[float, float]:
    """A quantile, and by how much it rises with the share, over a window that shrinks as runs grow."""
    ordered = np.sort(values)
    runs = ordered.size
    reach = min(0.5 * min(share, 1.0 - share), 1.5 * runs ** (-1 / 3) * math.sqrt(share * (1.0 - share)))
    low, at, high = (
        float(ordered[min(max(math.ceil(p * runs - 1e-9) - 1, 0), runs - 1)])
        for p in (share - reach, share, share + reach)
    )
    return at, (high - low) / (2.0 * reach)
