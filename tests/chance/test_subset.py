"""Subset simulation with fixed levels: no bias whatever the plan, the same bits in any company, ties, and the ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from avtosim.chance import subset
from avtosim.chance.streams import Stream, key

DIMENSION = 20
#: The normal law exceeds this once in 1,000 times.
THREE = float(stats.norm.isf(1e-3))


def linear(points: np.ndarray) -> np.ndarray:
    """Sum of normal scores, scaled to be normal again."""
    return points.sum(axis=0) / math.sqrt(len(points))


def planned(
    score: subset.LimitState, goal: float, seed: int = 1, *, particles: int = 1000, dimension: int = DIMENSION
) -> subset.Plan:
    """The plan of a pilot."""
    stream = Stream().at(key(seed, "test, pilot"), 0)
    *_, plan = subset.pilot(score, dimension, goal, particles=particles, stream=stream)
    return plan


def walked(
    score: subset.LimitState,
    plan: subset.Plan,
    numbers: range,
    seed: int = 1,
    *,
    particles: int = 1000,
    dimension: int = DIMENSION,
    kept: int = 10,
) -> list[subset.Repeat]:
    """Repeats of a plan."""
    return subset.walk(score, dimension, plan, particles, kept, key(seed, "test"), numbers)


def away(estimates: np.ndarray, truth: float) -> float:
    """How many standard errors of their own the mean of estimates is away from the truth."""
    return float((estimates.mean() - truth) / (estimates.std(ddof=1) / math.sqrt(estimates.size)))


def adaptive(score: subset.LimitState, goal: float, particles: int, stream: np.random.Generator) -> float:
    """The wrong implementation: each repeat chooses its own thresholds from the points that it then counts."""
    seeds, chance = particles // subset.LENGTH, 1.0
    points = stream.standard_normal((DIMENSION, particles))
    while True:
        values = score(points)
        threshold = np.sort(values)[-seeds]
        if threshold >= goal:
            return chance * float(np.mean(values >= goal))
        chance *= float(np.mean(values >= threshold))
        chains = [points[:, values >= threshold]]
        for _ in range(subset.LENGTH - 1):
            proposed = math.sqrt(0.75) * chains[-1] + 0.5 * stream.standard_normal(chains[-1].shape)
            chains.append(np.where(score(proposed) >= threshold, proposed, chains[-1]))
        points = np.concatenate(chains, axis=1)


PLANS = {
    "of a pilot": planned(linear, THREE, particles=100),
    "too bold": subset.Plan(THREE, (2.3,), (0.3,)),
    "too timid": subset.Plan(THREE, (-1.0, 0.2, 0.9, 1.5, 2.0, 2.5), (0.9, 0.05, 0.5, 0.5, 1.0, 0.3)),
    "no levels": subset.Plan(THREE),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_no_bias_whatever_the_plan(plan: subset.Plan) -> None:
    """Repeats of a hundred points are right on average under any plan, those that die out counting as 0.

    Within 3.3 standard errors of the mean of 1,500 repeats: fails once in 1,000 new seeds each.
    """
    estimates = np.array([r.probability for r in walked(linear, plan, range(1500), particles=100)])
    assert abs(away(estimates, 1e-3)) <= 3.3
    assert estimates.mean() == pytest.approx(1e-3, rel=0.3)


def test_thresholds_of_its_own_would_be_noticed() -> None:
    """What the test above asks of repeats is not met by ones with thresholds from the points they count."""
    stream = np.random.default_rng(1)
    estimates = np.array([adaptive(linear, THREE, 100, stream) for _ in range(1500)])
    assert away(estimates, 1e-3) > 5.0


def test_company_changes_no_bit() -> None:
    """A repeat is the same alone, in any group, and when others beside it die out."""
    plan = subset.Plan(2.6, (2.5,), (0.5,))
    together = walked(linear, plan, range(8), particles=100)
    assert {repeat.probability > 0.0 for repeat in together} == {True, False}
    for apart in ([range(8)], [range(3), range(3, 8)], [range(n, n + 1) for n in range(8)]):
        parts = [repeat for group in apart for repeat in walked(linear, plan, group, particles=100)]
        for one, other in zip(together, parts, strict=True):
            np.testing.assert_array_equal(one.fractions, other.fractions)
            np.testing.assert_array_equal(one.accepted, other.accepted)
            np.testing.assert_array_equal(one.hits, other.hits)
            assert (one.highest, one.evaluations) == (other.highest, other.evaluations)


def test_a_repeat_that_dies_out_counts_as_nothing() -> None:
    """Where no point reaches the next threshold the estimate is 0, nothing is kept, and no more is evaluated."""
    asked = []

    def counted(points: np.ndarray) -> np.ndarray:
        asked.append(points.shape[1])
        return linear(points)

    plan = subset.Plan(9.0, (1.0, 8.0, 8.5), (0.5, 0.5, 0.5))
    (repeat,) = walked(counted, plan, range(1), particles=100)
    assert repeat.fractions[0] > 0.0
    assert not repeat.fractions[1:].any()
    assert repeat.probability == 0.0
    assert repeat.hits.shape == (DIMENSION, 0)
    assert repeat.evaluations == sum(asked) == 190
    assert repeat.highest < 8.0


def test_evaluations_are_those_that_the_plan_says() -> None:
    """A pilot, and each repeat that arrives, evaluates the limit state as often as the plan says."""
    asked = []

    def counted(points: np.ndarray) -> np.ndarray:
        asked.append(points.shape[1])
        return linear(points)

    plan = planned(counted, THREE, particles=500)
    assert sum(asked) == plan.evaluations(500)
    asked.clear()
    repeats = walked(counted, plan, range(4), particles=500)
    assert [repeat.evaluations for repeat in repeats] == [plan.evaluations(500)] * 4
    assert sum(asked) == 4 * plan.evaluations(500)


def test_a_pilot_finds_one_in_ten() -> None:
    """From threshold to threshold one point in ten arrives, and three moves in ten are accepted, roughly."""
    plan = planned(linear, 4.75, particles=2000)
    chances = stats.norm.sf([-math.inf, *plan.thresholds])
    assert len(plan.thresholds) in (5, 6)
    assert np.all(np.abs(np.log10(chances[1:] / chances[:-1]) + 1.0) < 0.2)
    accepted = np.array([repeat.accepted for repeat in walked(linear, plan, range(4))]).mean(axis=0)
    assert np.all((accepted > 0.2) & (accepted < 0.45))


def test_end_points_follow_the_law_given_the_goal() -> None:
    """Given that the sum reaches its goal, its mean is that of the normal tail, and what is across it stays normal.

    Within 3.3 standard errors over 200 repeats, all of one weight as their goal is no rare one: fails once in 500 new
    seeds.
    """
    goal = 1.5
    plan = subset.Plan(goal, (0.0, 1.0), (0.7, 0.5))
    repeats = walked(linear, plan, range(200), particles=500, kept=20)
    weights = np.array([repeat.probability for repeat in repeats])
    sums = np.array([linear(repeat.hits).mean() for repeat in repeats])
    across = np.array([((repeat.hits[0] - repeat.hits[1]) ** 2 / 2.0).mean() for repeat in repeats])
    truth = stats.norm.pdf(goal) / stats.norm.sf(goal)
    for values, expected in ((sums, truth), (across, 1.0)):
        assert abs(away(weights / weights.mean() * (values - expected), 0.0)) <= 3.3
    assert all(linear(repeat.hits).min() >= goal for repeat in repeats)


def quarters(points: np.ndarray) -> np.ndarray:
    """Give the sum rounded down to quarters: large atoms everywhere."""
    return np.floor(4 * linear(points)) / 4


def plateau(points: np.ndarray) -> np.ndarray:
    """Nothing at all in 97 years of 100, then the sum itself."""
    z = linear(points)
    return np.where(z < stats.norm.ppf(0.97), 0.0, z)


def stairs(points: np.ndarray) -> np.ndarray:
    """Whole numbers: more than one point in ten ties, and hardly one in 1,000 exceeds the next step but one."""
    return np.floor(linear(points))


def ceiling(points: np.ndarray) -> np.ndarray:
    """The sum up to a ceiling, which is the goal itself."""
    return np.minimum(linear(points), 3.0)


@pytest.mark.parametrize(
    ("score", "goal", "truth"),
    [
        (quarters, 3.5, float(stats.norm.sf(3.5))),
        (quarters, 3.4, float(stats.norm.sf(3.5))),
        (plateau, 3.0, float(stats.norm.sf(3.0))),
        (stairs, 3.0, float(stats.norm.sf(3.0))),
        (stairs, 4.0, float(stats.norm.sf(4.0))),
        (ceiling, 3.0, float(stats.norm.sf(3.0))),
    ],
)
def test_ties(score: subset.LimitState, goal: float, truth: float) -> None:
    """Atoms and plateaus: thresholds rise strictly and stay below the goal, and 100 repeats are right on average.

    Within 3.3 standard errors: fails once in 500 new seeds each.
    """
    plan = planned(score, goal)
    assert plan.thresholds
    assert np.all(np.diff([*plan.thresholds, goal]) > 0.0)
    fractions = np.array([repeat.fractions for repeat in walked(score, plan, range(100))])
    assert np.all(fractions[:, 0] < 1.0)
    assert abs(away(fractions.prod(axis=1), truth)) <= 3.3


def test_no_way_to_a_goal() -> None:
    """One value for all points, and a ceiling below the goal, end the pilot; repeats then do not reach it."""

    def flat(points: np.ndarray) -> np.ndarray:
        return np.zeros(points.shape[1])

    assert planned(flat, 1.0).thresholds == ()
    assert [repeat.probability for repeat in walked(flat, subset.Plan(1.0), range(2))] == [0.0, 0.0]
    assert [repeat.probability for repeat in walked(flat, subset.Plan(0.0), range(2))] == [1.0, 1.0]
    capped = planned(ceiling, 3.5)
    assert 1 <= len(capped.thresholds) <= 4
    assert len(planned(lambda points: np.tanh(linear(points)), 1.001).thresholds) <= 20


def test_a_goal_that_is_not_rare_needs_no_levels() -> None:
    """What more than one point in ten of the pilot reaches is left to plain runs."""
    plan = planned(linear, 1.0)
    assert plan == subset.Plan(1.0)
    estimates = np.array([repeat.probability for repeat in walked(linear, plan, range(50))])
    assert abs(away(estimates, float(stats.norm.sf(1.0)))) <= 3.3


def test_seeds_are_chosen_evenly() -> None:
    """Of 30 survivors that come in three parts each has the same chance of being among 10 seeds, in any place.

    Counts over 3,000 repeats against a third of them, 30 chi-square degrees: fails once in 1,000 new seeds.
    """
    first, total = np.zeros(30), np.zeros(30)
    stream = np.random.default_rng(1)
    every = np.arange(30.0)
    for _ in range(3000):
        reservoir = subset._Reservoir(10, 1)
        for part in (every[:3], every[3:4], every[4:]):
            reservoir.see(part[None, :], part, 0.0, stream)
        points, values = reservoir.seeds()
        np.testing.assert_array_equal(points[0], values)
        assert len(set(values)) == 10
        total[values.astype(int)] += 1
        first[int(values[0])] += 1
    assert stats.chisquare(first).pvalue > 1e-3
    assert abs(total - 1000.0).max() < 5.0 * math.sqrt(1000 * 2 / 3)


def test_few_survivors_all_come_round() -> None:
    """Where fewer points survive than there are chains each begins as many chains as another, or one more."""
    reservoir = subset._Reservoir(10, 1)
    reservoir.see(np.arange(5.0)[None, :], np.arange(5.0), 1.0, np.random.default_rng(1))
    assert reservoir.count == 4
    counts = np.bincount(reservoir.seeds()[1].astype(int))
    assert sorted(counts) == [0, 2, 2, 3, 3]
