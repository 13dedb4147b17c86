"""Smooth functions of numbers that are not known: what output is to be expected given them, by cross-fitted regression.

References
----------
.. [1] Hastie, T., Tibshirani, R. and Friedman, J. (2009). The Elements of Statistical Learning, 2nd ed., section 5.2.1
   (natural cubic splines). Springer.
.. [2] Rahimi, A. and Recht, B. (2007). Random features for large-scale kernel machines. Advances in Neural Information
   Processing Systems 20.
.. [3] He, X., Pan, X., Tan, K. M. and Zhou, W.-X. (2023). Smoothed quantile regression with large-scale inference.
   Journal of Econometrics 232(2), 367-388.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, special

Floats = NDArray[np.float64]

#: Knots of splines in normal scores.
KNOTS = np.array([-2.2, -1.2, -0.4, 0.4, 1.2, 2.2])
# Waves over several numbers at once, which see what these do together; how long they are, in standard deviations.
_WAVES, _LENGTH = 200, 1.5
# Penalty of the regression, over columns a run; parts of the runs, each of which is given what the others say.
_PENALTY, _PARTS = 0.05, 5
# Widths over which the loss of a quantile is smoothed, one Newton step each, in standard deviations of what is left.
_WIDTHS = (1.0, 0.6, 0.4, 0.2, 0.1, 0.1)
# Shares of a step that are tried.
_SIZES = (1.0, 0.5, 0.25, 0.125)


def normal_scores(values: Floats) -> Floats:
    """Normal scores of the ranks of each row; equal values share the middle of their ranks."""
    made = np.empty(values.shape)
    for row, own in zip(values, made, strict=True):
        _, place, count = np.unique(row, return_inverse=True, return_counts=True)
        own[:] = special.ndtri((np.cumsum(count) - 0.5 * count) / row.size)[place]
    return made


def natural(x: Floats, knots: Floats) -> Floats:
    """Natural cubic splines [1]_ over rising knots, (..., knots): a constant, ``x`` itself, and what bends it."""
    above = np.maximum(x[..., None] - knots, 0.0)
    cubes = above * above * above
    bends = (cubes[..., :-1] - cubes[..., -1:]) / (knots[-1] - knots[:-1])
    return np.concatenate([np.ones((*x.shape, 1)), x[..., None], bends[..., :-1] - bends[..., -1:]], axis=-1)


def expected(scores: Floats, output: Floats) -> Floats:
    """What output is to be expected at each column of normal scores (numbers, columns).

    The outputs are those of the first columns; column ``i`` of each further set of as many belongs with them. Ridge
    regression on splines of each number [1]_ and on waves over all of them [2]_. Of five parts of the columns each is
    given what the others say, so that no run explains itself; the directions of the waves alone are taken from all.
    """
    runs, centre = output.size, output.mean()
    part = np.arange(scores.shape[1]) % runs % _PARTS
    design = _design(scores[:, :runs], output - centre)
    grams, moments = [], []
    for places in (np.flatnonzero(part[:runs] == p) for p in range(_PARTS)):
        columns = design(scores[:, places])
        grams.append(columns.T @ columns)
        moments.append(columns.T @ (output[places] - centre))
    gram, moment = np.sum(grams, axis=0), np.sum(moments, axis=0)
    ridge = _PENALTY * len(gram) / runs * np.diag(np.diag(gram) + 1e-9 * np.trace(gram))
    made = np.empty(scores.shape[1])
    for p, (own, at) in enumerate(zip(grams, moments, strict=True)):
        fit = linalg.solve(gram - own + ridge, moment - at, assume_a="pos")
        made[part == p] = centre + design(scores[:, part == p]) @ fit
    return made


def _design(scores: Floats, output: Floats) -> Callable[[Floats], Floats]:
    """A function from scores to the columns of the regression; waves run along the numbers that move the output."""
    pull = np.abs(scores @ output)
    stream = np.random.default_rng(len(scores))
    along = stream.standard_normal((len(scores), _WAVES)) * (pull / max(pull.max(), 1e-300))[:, None] / _LENGTH
    begins = stream.uniform(0.0, 2.0 * np.pi, _WAVES)

    def columns(some: Floats) -> Floats:
        splines = natural(some.T, KNOTS)[..., 1:]
        return np.hstack(
            [np.ones((len(splines), 1)), splines.reshape(len(splines), -1), np.cos(some.T @ along + begins)]
        )

    return columns


def quantile(columns: Floats, output: Floats, share: float) -> Floats:
    """The quantile of output given each row of ``columns`` (runs, columns), the first of which is 1.

    Newton steps on a smoothed check loss [3]_, from the mean, halved until they lower it; then a shift to the quantile
    of what is left, so that a law with gaps or a far tail is met too. Each part of the runs is given what the others
    say.
    """
    part, made = np.arange(output.size) % _PARTS, np.empty(output.size)
    for p in range(_PARTS):
        some, centre = columns[part != p], output[part != p].mean()
        rest, gram = output[part != p] - centre, some.T @ some
        ridge = 1e-9 * np.trace(gram) * np.eye(len(gram))
        fit = linalg.solve(gram + ridge, some.T @ rest, assume_a="pos")
        spread = float(np.std(rest - some @ fit))
        for width in (spread * width for width in _WIDTHS if spread > 1e-9 * (1.0 + abs(centre))):
            off = (rest - some @ fit) / width
            before, slope, weight = _check_loss(off, share)
            # Where few runs lie near the quantile a step would lead too far.
            curve = (some * (weight / width)[:, None]).T @ some + 1e-3 / spread * (gram + ridge)
            step = linalg.solve(curve, some.T @ slope, assume_a="pos")
            moved = some @ step / width
            size = next((s for s in _SIZES if _check_loss(off - s * moved, share)[0] <= before), 0.0)
            fit = fit + size * step
        shift = np.quantile(rest - some @ fit, share, method="inverted_cdf")
        made[part == p] = centre + shift + columns[part == p] @ fit
    return made


def _check_loss(off: Floats, share: float) -> tuple[float, Floats, Floats]:
    """The mean smoothed check loss of a quantile [3]_, in widths, and its first and second derivative for each run."""
    slope, curve = special.ndtr(off) - (1.0 - share), np.exp(-0.5 * off**2) / np.sqrt(2.0 * np.pi)
    return float((off * slope + curve).mean()), slope, curve
