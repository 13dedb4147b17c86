"""Confidence intervals of a proportion, a mean and a quantile, from plain arrays.

``replicate_size`` is the number of consecutive runs that belong together: 1 where every run is independent, 2 for
antithetic pairs, the size of a Latin hypercube or of a randomised Sobol net. Runs of different replicates are
independent; runs of the same replicate are not.

References
----------
.. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
   American Statistical Association 22(158), 209-212.
.. [2] Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in the case of
   the binomial. Biometrika 26(4), 404-413.
.. [3] Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
   positive counts estimated from survey data. Survey Methodology 24(2), 193-201.
.. [4] Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. Journal of the American
   Statistical Association 47(260), 635-646.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
#: Value, lower end, upper end, standard error.
Interval = tuple[float, float, float, float]


def t_quantile(confidence: float, freedom: float) -> float:
    """Two-sided quantile of Student's t distribution; of the normal one where ``freedom`` is infinite."""
    upper = 0.5 + 0.5 * confidence
    return float(special.ndtri(upper) if math.isinf(freedom) else special.stdtrit(freedom, upper))


def wilson(hits: float, runs: float, confidence: float = 0.95) -> tuple[float, float]:
    """Score interval of a proportion [1]_."""
    return score(hits / runs, runs, t_quantile(confidence, math.inf))


def score(share: float, runs: float, z: float) -> tuple[float, float]:
    """Score interval of a proportion, from an effective number of runs and a normal or Student's quantile ``z``."""
    shrink = 1.0 + z * z / runs
    centre = (share + z * z / (2.0 * runs)) / shrink
    half = z / shrink * math.sqrt(share * (1.0 - share) / runs + (z / (2.0 * runs)) ** 2)
    low = 0.0 if share <= 0.0 else max(centre - half, 0.0)
    high = 1.0 if share >= 1.0 else min(centre + half, 1.0)
    return low, high


def exact(hits: int, runs: int, confidence: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's interval [2]_: it never covers less than ``confidence``, and is wider for it."""
    tail = 0.5 - 0.5 * confidence
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, runs - hits + 1, tail))
    high = 1.0 if hits == runs else float(special.betaincinv(hits + 1, runs - hits, 1.0 - tail))
    return low, high


def proportion(
    hit: NDArray[np.bool_], replicate_size: int, confidence: float = 0.95, *, use_exact: bool = False
) -> Interval:
    """Proportion of runs that hit, with its interval.

    Independent runs: Wilson's, or Clopper and Pearson's. Replicates of several runs: Wilson's form with the number of
    independent runs that would have the same variance, an idea from clustered surveys [3]_, and Student's quantile for
    as many replicates. Without any variance between replicates (all or none hit) the runs count as independent. One
    replicate of which some runs hit and others miss says nothing of its error: the interval runs from 0 to 1.
    """
    runs, hits = hit.size, int(np.count_nonzero(hit))
    share = hits / runs
    plain = math.sqrt(share * (1.0 - share) / runs)
    if replicate_size == 1:
        ends = exact(hits, runs, confidence) if use_exact else wilson(hits, runs, confidence)
        return share, *ends, plain
    _, error, t = over_replicates(hit, replicate_size, confidence)
    if error == 0.0 or plain == 0.0:
        return share, *wilson(hits, runs, confidence), plain
    ends = (0.0, 1.0) if math.isinf(error) else score(share, share * (1.0 - share) / error**2, t)
    return share, *ends, error


def over_replicates(values: NDArray[Any], replicate_size: int, confidence: float) -> tuple[float, float, float]:
    """Mean, its standard error over independent replicates, and Student's quantile; infinite from one replicate."""
    means = values if replicate_size == 1 else values.reshape(-1, replicate_size).mean(axis=1)
    if means.size < 2:
        return float(means.mean()), math.inf, math.inf
    return float(means.mean()), float(means.std(ddof=1)) / math.sqrt(means.size), t_quantile(confidence, means.size - 1)


def mean(values: Floats, replicate_size: int, confidence: float = 0.95) -> Interval:
    """Mean, with Student's interval over the means of independent replicates."""
    value, error, t = over_replicates(values, replicate_size, confidence)
    return value, value - t * error, value + t * error, error


def quantile(ordered: Floats, values: Floats, share: float, replicate_size: int, confidence: float = 0.95) -> Interval:
    """Quantile of the outputs, with its interval; ``ordered`` are the ``values`` sorted.

    The value is the smallest output that at least ``share`` of the runs do not exceed. Independent runs: the interval
    lies between two order statistics, by the binomial distribution. Replicates of several runs: the interval of the
    proportion below the value, read back as outputs [4]_. The standard error is half the interval over the normal
    quantile.
    """
    runs = ordered.size
    value = float(ordered[_rank(share * runs, runs)])
    if replicate_size == 1:
        first, last = ranks(share, runs, confidence)
        low = float(ordered[first - 1]) if first >= 1 else -math.inf
        high = float(ordered[last - 1]) if last <= runs else math.inf
    else:
        _, error, t = over_replicates(values <= value, replicate_size, confidence)
        half = t * error
        low = float(ordered[_rank((share - half) * runs, runs)]) if share > half else -math.inf
        high = float(ordered[_rank((share + half) * runs + 1.0, runs)]) if share + half < 1.0 else math.inf
    return value, low, high, (high - low) / (2.0 * t_quantile(confidence, math.inf))


def ranks(share: float, runs: int, confidence: float = 0.95) -> tuple[int, int]:
    """Ranks, from 1, of the two order statistics between which a quantile lies; none of such rank: no end."""
    tail = 0.5 - 0.5 * confidence
    first, last = (math.ceil(float(special.bdtrik(at, runs, share))) for at in (tail, 1.0 - tail))
    return first, last + 1


def _rank(at: float, runs: int) -> int:
    return min(max(math.ceil(at - 1e-9) - 1, 0), runs - 1)
