"""How far each of many numbers may move a chance, from plain runs alone: a screen for what is worth playing.

The hits are fitted by a logistic regression on the normal scores of the numbers' ranks, all numbers together. It knows
no interactions and no effect that turns, so it chooses and does not answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
#: Prior precision of each coefficient, which keeps the fit finite where numbers separate hits from misses.
_RIDGE = 1.0
_STEPS, _LONGEST, _CLOSE = 50, 2.0, 1e-6


def expected_swings(hit: NDArray[np.bool_], values: Floats, ends: Floats) -> Floats:
    """Expected change of the chance when each number goes from one end to the other, the others as they are.

    ``values`` are (numbers, runs), ``ends`` (numbers, 2). Some runs must hit and some miss.
    """
    scores, at = np.empty(values.shape), np.empty(ends.shape)
    for row, own, score, end in zip(values, ends, scores, at, strict=True):
        distinct, places, counts = np.unique(row, return_inverse=True, return_counts=True)
        upto = np.concatenate([[0.0], np.cumsum(counts)])
        score[:] = _score(0.5 * (upto[places] + upto[places + 1]), row.size)
        sides = (upto[np.searchsorted(distinct, own, side)] for side in ("left", "right"))
        end[:] = _score(0.5 * sum(sides), row.size)
    slopes, log_odds = _fitted(hit, scores)
    made = np.empty(len(values))
    for number, slope in enumerate(slopes):
        low, high = (special.expit(log_odds + slope * (end - scores[number])).mean() for end in at[number])
        made[number] = high - low
    return made


def _score(below: Floats, runs: int) -> Floats:
    """Normal score of a rank: how many runs lie below, ties by half."""
    return np.asarray(special.ndtri(np.clip(below / runs, 0.5 / runs, 1.0 - 0.5 / runs)))


def _fitted(hit: NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """Coefficients of a logistic regression by Newton's method, and the log odds of each run."""
    design = np.vstack([np.ones(hit.size), scores])
    prior = np.full(len(design), _RIDGE)
    prior[0] = 0.0
    found = np.zeros(len(design))
    found[0] = special.logit(hit.mean())
    for _ in range(_STEPS):
        chance = special.expit(found @ design)
        slope = design @ (hit - chance) - prior * found
        step = np.linalg.solve((design * (chance * (1.0 - chance))) @ design.T + np.diag(prior), slope)
        found += step * min(1.0, _LONGEST / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < _CLOSE:
            break
    return found[1:], found @ design
