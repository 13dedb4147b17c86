"""The most typical of some years: ranks, what sets years apart, and the medoid, against other ways to work them out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial import distance

from avtosim.answers import typical


def mixed(runs: int = 200) -> np.ndarray:
    """Make numbers, mostly zeros, and whole numbers."""
    stream = np.random.default_rng(3)
    return np.array(
        [stream.normal(size=runs), np.maximum(stream.normal(size=runs) - 1.0, 0.0), stream.integers(0, 3, runs)]
    )


def test_ranks_share_ties() -> None:
    """A value's rank is the share below it and half of what ties with it, among its own or others."""
    assert typical.ranks(np.array([[1.0, 1.0, 2.0, 5.0]]), np.array([[0.0, 1.0, 3.0, 5.0]])).tolist() == [
        [0.0, 0.25, 0.75, 0.875]
    ]


def test_scores_are_finite_at_the_ends() -> None:
    """Ranks of 0 and 1 among 100 runs have the scores of half a run."""
    assert typical.scores(np.array([0.0, 0.5, 1.0]), 100) == pytest.approx(stats.norm.ppf([0.005, 0.5, 0.995]))


def test_apart_is_the_rank_biserial_correlation() -> None:
    """It is 2 U / (n m) - 1 of Mann and Whitney's U, ties included, and 0 where that is within two standard errors."""
    values = mixed(2000)
    some = values[0] + 0.5 * values[1] > 0.3
    ranks = typical.ranks(values, values)
    found = typical.apart(ranks[:, some], ranks[:, ~some])
    known = [
        2.0 * stats.mannwhitneyu(row[some], row[~some]).statistic / some.sum() / (~some).sum() - 1.0 for row in values
    ]
    assert found[:2] == pytest.approx(known[:2], abs=1e-12)
    assert abs(known[2]) < 2.0 * np.sqrt((1.0 / some.sum() + 1.0 / (~some).sum()) / 3.0)
    assert found[2] == 0.0


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.1, 2.0, 0.0), (0.0, 0.0, 0.0)])
def test_the_medoid_has_the_least_distance_to_all_others(weights: tuple[float, ...]) -> None:
    """It is that of all pairs of weighted city-block distances; the first year where all are alike."""
    values = mixed()
    pairs = distance.cdist(values.T, values.T, "cityblock", w=np.array(weights))
    assert typical.medoid(values, np.array(weights)) == int(np.argmin(pairs.sum(axis=0)))
