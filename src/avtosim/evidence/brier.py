"""The Brier score of many forecasts of yes or no, and its three parts."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from ..answers.table import Column, Table, Tabular
from ..declare.faults import FactError, Fault
from ..laws.base import Floats
from ..say import Number, say
from . import arguments


@attrs.frozen(repr=False)
class BrierParts(Tabular):
    """The Brier score of many chances and its parts: ``brier = reliability - resolution + uncertainty``, exactly.

    ``brier_parts`` makes it.

    Parameters
    ----------
    brier : float
        Mean squared distance of the chances from what happened (1 or 0); lower is better.
    reliability : float
        What is lost because chances are too high or too low; 0 is best.
    resolution : float
        What is gained because chances are higher where the event happens than where it does not; more is better.
    uncertainty : float
        The score of stating the overall share of hits each time.
    count : int
        Number of chances scored.
    hits : int
        Number of events that happened.
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
            (say("Brier score"), self.brier, say("mean squared error of the chances")),
            (say("reliability"), self.reliability, say("lost by chances that are too high or too low")),
            (say("resolution"), self.resolution, say("gained by telling hits from misses")),
            (
                say("uncertainty"),
                self.uncertainty,
                say(
                    "score of the overall share; {hits} hits, {chances} chances",
                    hits=Number(f"{self.hits}", self.hits),
                    chances=Number(f"{self.count}", self.count),
                ),
            ),
        ]
        columns = Column(say("part")), Column(say("value"), "figure"), Column(say("meaning"))
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
        Whether each event happened.
    weights : array_like of float above zero, shape (n,), optional
        How much each chance counts; all the same by default.

    Returns
    -------
    BrierParts

    Raises
    ------
    ValueError
        If there are none, if there are not as many of one as of another, or if a value breaks its rule.

    Notes
    -----
    Reliability and resolution compare the stated chances with recalibrated ones, found by isotonic regression: no bins
    are chosen, and the parts sum to the score exactly. Where higher chances came true more often without exception,
    these are Murphy's parts for each distinct chance. With few forecasts the regression also fits what is accidental,
    so that reliability and resolution both come out too large: look at ``count``. Source: Dimitriadis, Gneiting and
    Jordan (2021), Proceedings of the National Academy of Sciences 118(8).

    Examples
    --------
    >>> import avtosim
    >>> print(avtosim.brier_parts([0.1, 0.1, 0.1, 0.6, 0.6], [False, False, True, True, False]))
    Brier score      0.27  mean squared error of the chances
    reliability   0.03667  lost by chances that are too high or too low
    resolution   0.006667  gained by telling hits from misses
    uncertainty      0.24  score of the overall share; 2 hits, 5 chances
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

    # Equal chances are recalibrated together, by their mean.
    _, place = np.unique(stated, return_inverse=True)
    total = np.bincount(place, weigh)
    share = np.bincount(place, weigh * hits) / total
    right = np.asarray(optimize.isotonic_regression(share, weights=total).x)[place]
    brier, best, base = mean_square(stated), mean_square(right), mean_square(float(np.average(hits, weights=weigh)))
    return BrierParts(brier, brier - best, base - best, base, stated.size, int(hits.sum()))
