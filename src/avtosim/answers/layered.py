"""Two layers of chance: how a chance, or an output, depends on what is not known, from several draws of luck each.

A point is a draw of all that is not known. Each has several runs, with independent draws of luck.

References
----------
.. [1] Vasicek, O. (2002). The distribution of loan portfolio value. Risk 15(12), 160-162.
"""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from .smooth import natural

Floats = NDArray[np.float64]

#: Groups of points, each of which is left out once.
GROUPS = 16
# Points with about the same expectation are worked on together, in so many cells; quantiles of a law that are kept.
_CELLS, _KEPT = 512, 1000
# Where a chance may lie about the one that the expectation gives, in standard deviations.
_PLACES = special.ndtri((np.arange(16) + 0.5) / 16)
# Normal scores beyond which no chance is told from 0 or 1, and the correlation beyond which none is told from 1.
_FURTHEST, _CLOSEST = 6.0, 0.9999


@attrs.frozen(eq=False)
class Variance:
    """The variance between points, and the ``total`` one, with luck.

    What each point adds to them, ``terms`` and ``total_terms``, shows their error. ``squares`` is what each adds to the
    mean square of what is to be expected given what is not known.
    """

    value: float
    total: float
    terms: Floats
    total_terms: Floats
    squares: Floats

    @property
    def error(self) -> float:
        """Standard error of the variance between points."""
        return float(self.terms.std(ddof=1)) / math.sqrt(self.terms.size)

    @property
    def share(self) -> tuple[float, float]:
        """Share of the total variance, and its standard error."""
        share = self.value / self.total
        terms = (self.terms - share * self.total_terms) / self.total
        return share, float(terms.std(ddof=1)) / math.sqrt(terms.size)


def variance(values: Floats, guess: Floats) -> Variance:
    """The variance between points of ``values`` (points, draws), freed from that of luck.

    The product of two draws at a point has the square of what is to be expected there as its mean. A ``guess`` (sets,
    points) at what is to be expected, at the points and at others like them, takes away error and adds no bias: its
    mean over all of them replaces that over the points.
    """
    draws, centre = values.shape[1], values.mean()
    values, guess = values - centre, guess - centre
    square, mean = (values**2).mean(axis=1), values.mean(axis=1)
    squares = (draws * mean**2 - square) / (draws - 1) - guess[0] ** 2 + (guess**2).mean(axis=0)
    means = mean - guess[0] + guess.mean(axis=0)
    terms = squares - 2.0 * means.mean() * means
    around = squares + 2.0 * centre * means + centre**2
    return Variance(float(squares.mean() - means.mean() ** 2), float(square.mean()), terms, square, around)


def laws(hit: NDArray[np.bool_], expected: Floats) -> tuple[Variance, Floats]:
    """The variance of the chance given what is not known, and quantiles of its law, (1 + groups, quantiles).

    Parameters are the runs that hit (points, draws) and what output is to be expected, set by set, at the points and at
    others like them. The first row of quantiles is from all groups, the others from all but one each.

    A spline gives the chance by the expectation. What the expectation does not see of it is taken as a normal part of
    its normal score, as in Vasicek's law [1]_, so large that the chance has the variance that the draws show.
    """
    points, draws = hit.shape
    cell, level = _cells(expected)
    group, cells = np.arange(points) % GROUPS, level.size
    place, shape = group * cells + cell[:points], (GROUPS, cells)
    hits = np.bincount(place, hit.sum(axis=1), GROUPS * cells).reshape(shape)
    misses = draws * np.bincount(place, minlength=GROUPS * cells).reshape(shape) - hits
    all_hits, all_misses = hits.sum(axis=0), misses.sum(axis=0)
    basis = _basis(level, all_hits, all_misses)
    knots = _fitted(basis, all_hits, all_misses, np.full(basis.shape[1], special.ndtri(hit.mean())))
    found = variance(hit.astype(np.float64), special.ndtr(_at(basis, knots))[cell].reshape(-1, points))
    made = [_law(_at(basis, knots), float(found.squares.mean()))]
    for g in range(GROUPS):
        own = _fitted(basis, all_hits - hits[g], all_misses - misses[g], knots)
        made.append(_law(_at(basis, own), float(found.squares[group != g].mean())))
    return found, np.array(made)


def _cells(expected: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The cell of each column, and the mean of each cell, between 0 and 1."""
    cells = min(_CELLS, expected.size)
    cell = np.empty(expected.size, dtype=np.intp)
    cell[np.argsort(expected, kind="stable")] = np.arange(expected.size) * cells // expected.size
    level = np.bincount(cell, expected) / np.bincount(cell)
    return cell, (level - level[0]) / max(level[-1] - level[0], 1e-300)


def _basis(level: Floats, hits: Floats, misses: Floats) -> Floats:
    """Splines over knots where hits and misses lie, each 1 at its own knot and 0 at the others."""
    shares = (0.1, 0.3, 0.5, 0.7, 0.9)
    inner = [np.interp(shares, (np.cumsum(w) - 0.5 * w) / w.sum(), level) for w in (hits, misses)]
    knots = np.unique(np.concatenate([(0.0, 0.5, 1.0), *inner]).round(2))
    return natural(level, knots) @ np.linalg.inv(natural(knots, knots))


def _at(basis: Floats, knots: Floats) -> Floats:
    """Normal scores of the chance in each cell, between knots within their bounds too."""
    return np.clip(basis @ knots, -_FURTHEST, _FURTHEST)


def _fitted(basis: Floats, hits: Floats, misses: Floats, start: Floats) -> Floats:
    """Normal scores of the chance at the knots, by maximum likelihood."""
    runs = hits.sum() + misses.sum()

    def loss(knots: Floats) -> tuple[float, Floats]:
        at = _at(basis, knots)
        reached, missed = special.log_ndtr(at), special.log_ndtr(-at)
        slope = np.exp(-0.5 * at**2) / math.sqrt(2.0 * math.pi) * (hits * np.exp(-reached) - misses * np.exp(-missed))
        return -float(hits @ reached + misses @ missed) / runs, -(basis.T @ slope) / runs

    bounds = [(-_FURTHEST, _FURTHEST)] * start.size
    return np.asarray(optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _law(score: Floats, square: float) -> Floats:
    """Quantiles of chances of this mean square, whose expectation has these normal scores."""

    def chances(unseen: float) -> Floats:
        return special.ndtr((score[:, None] + math.sqrt(unseen) * _PLACES) / math.sqrt(1.0 - unseen))

    def lacks(unseen: float) -> float:
        return float((chances(unseen) ** 2).mean()) - square

    unseen = 0.0 if lacks(0.0) >= 0.0 else _CLOSEST
    if lacks(unseen) > 0.0 and unseen:
        unseen = optimize.brentq(lacks, 0.0, _CLOSEST, xtol=1e-6)
    return np.quantile(chances(unseen), (np.arange(_KEPT) + 0.5) / _KEPT)
