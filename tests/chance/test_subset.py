"""Steps of subset simulation, one at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from avtosim.chance import subset
from avtosim.chance.streams import Stream, key


def linear(points: np.ndarray) -> np.ndarray:
    """Sum of normal scores, scaled to be normal again."""
    return points.sum(axis=0) / math.sqrt(len(points))


def test_steps_go_up() -> None:
    """A step raises the level of each walking repeat, lowers its chance, and puts all its points on the level."""
    stream = Stream().at(key(1, "test"), 0)
    now = subset.init(linear, 30, repeats=4, particles=200, stream=stream)
    assert now.points.shape == (30, 4, 200)
    assert now.evaluations == 800
    while not now.done.any():
        later = subset.step(now, linear, 4.0, fraction=0.1, stream=stream)
        walking = ~later.done
        assert np.all(later.threshold[walking] > now.threshold[walking])
        assert np.all(later.probability[walking] < now.probability[walking])
        assert np.all(later.values[walking] >= later.threshold[walking, None])
        assert np.allclose(linear(later.points.reshape(30, -1)).reshape(4, 200), later.values)
        assert later.evaluations == now.evaluations + walking.sum() * 180
        assert np.all((later.accepted[walking] > 0.1) & (later.accepted[walking] < 0.9))
        now = later


def test_a_step_leaves_what_it_was_given() -> None:
    """A step makes new populations; those given to it are as they were."""
    stream = Stream().at(key(1, "test"), 0)
    now = subset.init(linear, 5, repeats=2, particles=100, stream=stream)
    kept = now.points.copy(), now.values.copy(), now.threshold.copy(), now.probability.copy(), now.step_size.copy()
    subset.step(now, linear, 9.0, fraction=0.1, stream=stream)
    for array, before in zip(
        (now.points, now.values, now.threshold, now.probability, now.step_size), kept, strict=True
    ):
        assert np.array_equal(array, before)


def test_a_population_on_a_level_has_the_law_above_it() -> None:
    """After a step the points are normal scores given that the level is reached: mean and tail are those of theory.

    Chains move slowly, so that 20 repeats of 1,000 points know the mean within 2 %: 4 standard errors are allowed.
    """
    stream = Stream().at(key(2, "test"), 0)
    now = subset.init(linear, 40, repeats=20, particles=1000, stream=stream)
    now = subset.step(now, linear, 9.0, fraction=0.1, stream=stream)
    excess = now.values.mean(axis=1) - stats.norm.pdf(now.threshold) / stats.norm.sf(now.threshold)
    assert abs(excess.mean()) <= 4.0 * excess.std(ddof=1) / math.sqrt(20)
    assert abs(excess.mean()) < 0.02
    # Across the level's direction the points are free: unit variance, no mean.
    across = now.points[0] - now.points[1]
    assert across.std() == pytest.approx(math.sqrt(2), rel=0.03)


def test_ties_at_the_level_go_up() -> None:
    """Where more points tie on the level than are wanted, the next value is the level; without one it is stuck."""

    def coarse(points: np.ndarray) -> np.ndarray:
        return (points[0] > -1.0).astype(float) + (points[0] > 1.0)

    stream = Stream().at(key(3, "test"), 0)
    now = subset.init(coarse, 2, repeats=3, particles=500, stream=stream)
    now = subset.step(now, coarse, 5.0, fraction=0.1, stream=stream)
    # 16 % of points have the highest value, so it is the level at once, and nothing lies above it.
    assert np.all(now.threshold == 2.0)
    assert now.probability == pytest.approx(np.full(3, stats.norm.sf(1.0)), abs=5 * math.sqrt(0.16 * 0.84 / 500))
    later = subset.step(now, coarse, 5.0, fraction=0.1, stream=stream)
    assert later.stuck.all()
    assert not later.done.any()
    assert later.evaluations == now.evaluations


def test_a_repeat_that_is_done_stays() -> None:
    """A repeat whose points reach the goal is done, and later steps neither ask about it nor change it."""
    stream = Stream().at(key(4, "test"), 0)
    now = subset.init(linear, 4, repeats=3, particles=300, stream=stream)
    done = subset.step(now, linear, 0.5, fraction=0.1, stream=stream)
    assert done.done.all()
    assert done.probability == pytest.approx((now.values >= 0.5).mean(axis=1))
    again = subset.step(done, linear, 0.5, fraction=0.1, stream=stream)
    assert np.array_equal(again.probability, done.probability)
    assert again.evaluations == done.evaluations == 900
