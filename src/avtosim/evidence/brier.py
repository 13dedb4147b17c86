"""The Brier score of many forecasts of yes or no, and its three parts."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from ..answers.table import Column, Table, Tabular
from ..declare.faults import FactError, Fault
from ..laws.base import Floats
from . import arguments


@attrs.frozen(repr=False)
class BrierParts(Tabular):
    """The Brier score of many chances and its parts: ``brier = reliability - resolution + uncertainty``, exactly.

    ``brier_parts`` makes it.

    Parameters
    ----------
    brier : float
        Mean squared distance of the chances from what happened, 1 or 0; the lower, the better.
    reliability : float
        What is lost because chances are not as often right as they say; 0 is best.
    resolution : float
        What is gained because chances tell years that reach from years that do not; the more, the better.
    uncertainty : float
        The score of whoever knows nothing but how often it happens.
    count : int
        Chances that were judged.
    hits : int
        How many of them came true.
    """

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    count: int
    hits: int

    @property
    def table(self) -> Table:
        """The score and its parts as a table."""
        rows = [
            ("Brier score", self.brier, "mean squared error of the chances"),
            ("reliability", self.reliability, "lost by chances that promise too much or too little"),
            ("resolution", self.resolution, "gained by telling hits from misses"),
            ("uncertainty", self.uncertainty, f"score of the share alone: {self.hits} of {self.count} came true"),
        ]
        columns = Column("part"), Column("value", "figure"), Column("meaning")
        return Table(columns, {"": [(name, value, words) for name, value, words in rows]}, header=False)

    def __repr__(self) -> str:
        return f"<BrierParts: {self.brier:.3f} of {self.count} chances>"


def brier_parts(chances: ArrayLike, happened: ArrayLike, weights: ArrayLike | None = None) -> BrierParts:
    """Brier score of many chances, and its parts reliability, resolution and uncertainty.

    Parameters
    ----------
    chances : array_like of float in [0, 1], shape (n,)
        The chances that were stated.
    happened : array_like of bool, shape (n,)
        Whether each came true.
    weights : array_like of float above zero, shape (n,), optional
        How much each counts; all alike by default.

    Returns
    -------
    BrierParts

    Raises
    ------
    ValueError
        If there are none, if their numbers differ, or if one breaks its rule.

    Notes
    -----
    Reliability and resolution compare the chances with those that would have been right, found by isotonic regression:
    no bins are chosen, and the parts sum to the score exactly. Where equal chances came true the more often the higher
    they are, these are the parts of Murphy. With few forecasts the regression follows chance, so that reliability and
    resolution both come out too large: look at ``count``. Source: Dimitriadis, Gneiting and Jordan (2021), Proceedings
    of the National Academy of Sciences 118(8).

    Examples
    --------
    >>> import avtosim
    >>> print(avtosim.brier_parts([0.1, 0.1, 0.1, 0.6, 0.6], [False, False, True, True, False]))
    Brier score  0.270  mean squared error of the chances
    reliability  0.037  lost by chances that promise too much or too little
    resolution   0.007  gained by telling hits from misses
    uncertainty  0.240  score of the share alone: 2 hits of 5
    """
    stated, hits = arguments.numbers("chances", chances), arguments.numbers("happened", happened)
    weigh = np.ones_like(stated) if weights is None else arguments.numbers("weights", weights)
    for name, values, sound, rule in (
        ("chances", stated, (stated >= 0.0) & (stated <= 1.0), "shares in [0, 1]"),
        ("happened", hits, (hits == 0.0) | (hits == 1.0), "True or False"),
        ("weights", weigh, weigh > 0.0, "numbers above zero"),
    ):
        if values.shape != stated.shape or not np.all(sound):
            raise FactError([Fault(name, f"must be {rule}, as many as chances", values)])

    def mean_square(of: Floats | float) -> float:
        return float(np.average((of - hits) ** 2, weights=weigh))

    # Equal chances are one: their mean is recalibrated together.
    _, place = np.unique(stated, return_inverse=True)
    total = np.bincount(place, weigh)
    share = np.bincount(place, weigh * hits) / total
    right = np.asarray(optimize.isotonic_regression(share, weights=total).x)[place]
    brier, best, base = mean_square(stated), mean_square(right), mean_square(float(np.average(hits, weights=weigh)))
    return BrierParts(brier, brier - best, base - best, base, stated.size, int(hits.sum()))
