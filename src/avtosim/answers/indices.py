"""Shares of variance, from outputs at points that are changed group by group, or from plain runs.

The outputs of a run stand on a cycle: all groups of inputs are taken from one set of points, then one group after the
other from a second, independent set, then one after the other from the first again, in the same order. Outputs half a
cycle apart share no input, so every step tells of a group against two independent backgrounds.

References
----------
.. [1] Azzini, I. and Rosati, R. (2021). Sobol' main effect index: an innovative algorithm (IA) using dynamic adaptive
   variances. Reliability Engineering and System Safety 213, 107647.
.. [2] Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer Physics Communications 117,
   35-43.
.. [3] Song, E., Nelson, B. L. and Staum, J. (2016). Shapley effects for global sensitivity analysis: theory and
   computation. SIAM/ASA Journal on Uncertainty Quantification 4(1), 1060-1083.
.. [4] Owen, G. (1977). Values of games with a priori unions. Mathematical Economics and Game Theory, Springer, 76-88.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import attrs
import numpy as np
from numpy.typing import NDArray

from .intervals import Interval, mean, over_replicates

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@attrs.frozen(eq=False)
class Terms:
    """Numbers of each run, whose means over the mean of ``variance`` are indices.

    ``first`` and ``total`` are (facts, runs), ``shapley`` is (parts, runs) and sums to ``variance``, (runs,).
    """

    first: Floats
    total: Floats
    shapley: Floats
    variance: Floats

    @classmethod
    def joined(cls, parts: Iterable[Terms]) -> Terms:
        """The terms of all runs, from those of consecutive ones."""
        every = zip(*(attrs.astuple(part, recurse=False) for part in parts), strict=True)
        return cls(*(np.concatenate(arrays, axis=-1) for arrays in every))


def cycle_terms(outputs: Floats, start: Indices, size: Indices, step: Indices) -> Terms:
    """The terms of a cycle.

    A fact has one part or several, which are changed one after the other. First order: the product of what a fact
    changes against two independent backgrounds [1]_; total: the squares of these [2]_; Shapley: what each part's step
    adds towards the opposite output, over all starting points on the cycle that leave facts whole [3]_ [4]_.

    Parameters
    ----------
    outputs : array of float, shape (2 * parts, runs)
        Outputs along the cycle.
    start : array of int, shape (facts, runs or 1)
        The step at which the change of each fact begins.
    size : array of int, shape (facts,)
        How many parts each fact has.
    step : array of int, shape (parts, runs or 1)
        The step that changes each part.
    """
    parts, facts = len(outputs) // 2, len(start)

    def at(steps: Indices) -> Floats:
        return np.take_along_axis(outputs, steps % len(outputs), axis=0)

    end = start + size[:, None]
    there, back = at(end) - at(start), at(end + parts) - at(start + parts)
    between = np.zeros((parts, outputs.shape[1]))
    np.put_along_axis(between, start, 1.0, axis=0)
    opposite = between * (outputs[parts:] - outputs[:parts])
    so_far = np.cumsum(opposite, axis=0)
    moved = np.diff(outputs, axis=0, append=outputs[:1])
    shapley = (moved[:parts] - moved[parts:]) * (2.0 * so_far - so_far[-1]) / (4.0 * facts)
    return Terms(
        first=-0.5 * there * back,
        total=0.25 * (there**2 + back**2),
        shapley=np.take_along_axis(shapley, step, axis=0),
        variance=(opposite**2).sum(axis=0) / (2.0 * facts),
    )


def ratio(terms: Floats, variance: Floats, event: float, confidence: float = 0.95) -> Interval:
    """The ratio of two means over independent runs, with the interval of the delta method.

    ``event`` is what a run's term amounts to where a target turns, else 0: as Wilson's does, the interval allows for z
    squared more events than were seen, so that few or none do not make it too short.
    """
    scale = float(variance.mean())
    value = float(terms.mean()) / scale
    _, spread, t = over_replicates((terms - value * variance) / scale, 1, confidence)
    error = math.hypot(spread, t * event / (scale * terms.size))
    return value, value - t * error, value + t * error, error


def binned(numbers: Floats, outputs: Floats, confidence: float = 0.95) -> Interval:
    """The share of the outputs' variance that lies between bins of a number, in independent runs; needs some variance.

    As many bins as the square root of the runs, of equal counts; equal numbers stand in one bin, alone where they fill
    half of one. From the variance of the bins' means goes what the noise within the bins adds to it. The error is that
    of the influence function; noise counts twice in it, so the interval is too long where the share is near zero.
    """
    runs = numbers.size
    bins = math.isqrt(runs)
    ordered = np.sort(numbers)
    first, behind = (np.searchsorted(ordered, numbers, side) for side in ("left", "right"))
    place = np.where(2 * bins * (behind - first) >= runs, runs + first, first * bins // runs)
    _, place, counts = np.unique(place, return_inverse=True, return_counts=True)
    centred = outputs - outputs.mean()
    variance = float(np.mean(centred**2))
    means, squares = (np.bincount(place, values) / counts for values in (centred, centred**2))
    within = np.where(counts > 1, (squares - means**2) * counts / np.maximum(counts - 1, 1), variance)
    value = float(np.sum(counts * means**2 - (1.0 - counts / runs) * within)) / (runs * variance)
    fitted = means[place]
    influence = (2.0 * fitted * centred - fitted**2 - value * centred**2) / variance
    _, low, high, error = mean(influence - influence.mean(), 1, confidence)
    return value, value + low, value + high, error
