"""Confidence intervals of differences between two outputs with common random numbers, paired run by run.

``replicate_size`` is the number of consecutive runs that belong together, as in ``intervals``.

References
----------
.. [1] Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions: comparison of
   eleven methods. Statistics in Medicine 17(8), 873-890.
.. [2] Bahadur, R. R. (1966). A note on quantiles in large samples. Annals of Mathematical Statistics 37(3), 577-580.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval, mean, over_replicates, score, t_quantile

Floats = NDArray[np.float64]


def mean_difference(first: Floats, second: Floats, replicate_size: int, confidence: float = 0.95) -> Interval:
    """Mean of ``second`` less that of ``first``, with Student's interval over independent replicates."""
    return mean(second - first, replicate_size, confidence)


def chance_difference(
    first: NDArray[np.bool_], second: NDArray[np.bool_], replicate_size: int, confidence: float = 0.95
) -> Interval:
    """Proportion of hits in ``second`` less that in ``first``.

    It is the proportion of runs that turn to hits less the proportion that turn to misses. The interval adds the
    squares of the errors of Wilson's intervals of both (square and add [1]_), so that it keeps its coverage when few
    runs turn, or none. Replicates of several runs: with the number of independent runs that would have the same
    variance, and Student's quantile for as many replicates.

    A run can turn only one way, so the errors of the two proportions are correlated as counts of a multinomial law are.
    """
    runs = first.size
    won, lost = np.count_nonzero(~first & second) / runs, np.count_nonzero(first & ~second) / runs
    value = won - lost
    error = math.sqrt(max(won + lost - value**2, 0.0) / runs)
    effective, quantile = float(runs), t_quantile(confidence, math.inf)
    if replicate_size > 1:
        _, between, t = over_replicates(second.astype(np.float64) - first, replicate_size, confidence)
        if math.isinf(between) and error > 0.0:
            return value, -1.0, 1.0, between
        if between > 0.0 and error > 0.0:
            effective, error, quantile = runs * (error / between) ** 2, between, t
    won_low, won_high = score(won, effective, quantile)
    lost_low, lost_high = score(lost, effective, quantile)
    linked = 2.0 * math.sqrt(won * lost / max((1.0 - won) * (1.0 - lost), 1e-300))
    low = value - _together(won - won_low, lost_high - lost, linked)
    high = value + _together(won_high - won, lost - lost_low, linked)
    return value, low, high, error


def _together(one: float, other: float, linked: float) -> float:
    """Half a width from those of two proportions; ``linked`` is minus twice their correlation."""
    return math.sqrt(one * one + other * other + linked * one * other)


def quantile_difference(
    first: Floats,
    second: Floats,
    ordered: tuple[Floats, Floats],
    share: float,
    replicate_size: int,
    confidence: float = 0.95,
) -> Interval:
    """Quantile of ``second`` less that of ``first``; ``ordered`` are both of them sorted.

    Each quantile moves with the proportion of runs below it over the density there [2]_. The densities are estimated
    from the outputs a little to both sides, and the differences of these influences are paired run by run.
    """
    value, influence = 0.0, np.zeros(first.size)
    for sign, values, rising in zip((-1.0, 1.0), (first, second), ordered, strict=True):
        at, slope = _quantile_and_slope(rising, share)
        value += sign * at
        influence += sign * slope * (share - (values <= at))
    _, low, high, error = mean(influence, replicate_size, confidence)
    half = 0.5 * (high - low)
    return value, value - half, value + half, error


def _quantile_and_slope(ordered: Floats, share: float) -> tuple[float, float]:
    """A quantile of sorted outputs, and its slope in the share, over a window that shrinks as runs grow."""
    runs = ordered.size
    reach = min(0.5 * min(share, 1.0 - share), 1.5 * runs ** (-1 / 3) * math.sqrt(share * (1.0 - share)))
    low, at, high = (
        float(ordered[min(max(math.ceil(p * runs - 1e-9) - 1, 0), runs - 1)])
        for p in (share - reach, share, share + reach)
    )
    return at, (high - low) / (2.0 * reach)
