"""Differences between two outputs that share their luck, run by run: plain arrays in, values with intervals out.

``unit`` says how many consecutive runs are one independent unit, as in ``intervals``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval, mean, student

__all__ = ["chance_difference", "mean_difference", "quantile_difference"]

Floats = NDArray[np.float64]


def mean_difference(first: Floats, second: Floats, unit: int, level: float = 0.95) -> Interval:
    """``second`` less ``first`` in the mean; Student's law over the differences of independent units."""
    return mean(second - first, unit, level)


def chance_difference(first: NDArray[np.bool_], second: NDArray[np.bool_], unit: int, level: float = 0.95) -> Interval:
    """``second`` less ``first`` in the share of hits.

    Independent runs: the interval for matched pairs of Agresti and Min (2005), Statistics in Medicine 24(5), which adds
    half a run to each of the four cells and so stays honest when no run turned. Units: Student's law over their
    differences; where no unit differs, as for independent runs.
    """
    runs = first.size
    lost, won = int(np.count_nonzero(first & ~second)), int(np.count_nonzero(~first & second))
    if unit > 1 and lost + won:
        return mean(second.astype(np.float64) - first, unit, level)
    value = (won - lost) / runs
    error = math.sqrt(max(won + lost - (won - lost) ** 2 / runs, 0.0)) / runs
    padded = runs + 2.0
    centre = (won - lost) / padded
    half = student(level, math.inf) * math.sqrt(won + lost + 1.0 - (won - lost) ** 2 / padded) / padded
    return value, min(centre - half, value), max(centre + half, value), error


def quantile_difference(first: Floats, second: Floats, share: float, unit: int, level: float = 0.95) -> Interval:
    """``second`` less ``first`` in the quantile ``share``.

    Each quantile moves with the share of runs below it over the density there (Bahadur, 1966); the densities are read
    off the outputs a little to both sides, and the differences of these influences are paired run by run.
    """
    value, influence = 0.0, np.zeros(first.size)
    for sign, values in ((-1.0, first), (1.0, second)):
        at, slope = _quantile_and_slope(values, share)
        value += sign * at
        influence += sign * slope * (share - (values <= at))
    _, low, high, error = mean(influence, unit, level)
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
