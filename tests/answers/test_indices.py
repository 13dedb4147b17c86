"""Shares of variance: terms along a cycle of outputs, their ratios, and bins of plain runs, against closed answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from avtosim.answers.indices import Terms, binned, cycle_terms, ratio

RUNS = 100_000
#: Parts of three facts, and the variance of each product of parts in the function below.
FACTS = ((0, 1), (2,), (3, 4))
PRODUCTS = {(0, 2): 1.0, (1,): 1.0, (3, 4): 1.0, (0, 1): 0.25, (4,): 1.0, (0, 2, 3): 0.09}
ALL = sum(PRODUCTS.values())


def function(parts: np.ndarray) -> np.ndarray:
    """Give a sum of products of independent normal parts."""
    return sum(math.sqrt(variance) * parts[list(factors)].prod(axis=0) for factors, variance in PRODUCTS.items())


def cycle(seed: int) -> Terms:
    """Move along the cycle, facts in a random order in each run and their parts in a fixed one."""
    random = np.random.default_rng(seed)
    base, other = random.standard_normal((2, 5, RUNS))
    order, size = np.argsort(random.random((3, RUNS)), axis=0), np.array([2, 1, 2])
    start, step = np.empty((3, RUNS), dtype=int), np.empty((5, RUNS), dtype=int)
    np.put_along_axis(start, order, np.cumsum(size[order], axis=0) - size[order], axis=0)
    for fact, parts in enumerate(FACTS):
        for place, part in enumerate(parts):
            step[part] = start[fact] + place
    outputs = [function(np.where((step < now) & (now <= step + 5), other, base)) for now in range(10)]
    return cycle_terms(np.stack(outputs), start, size, step)


TERMS = cycle(1)


def facts_of(factors: tuple[int, ...]) -> set[int]:
    """Give the facts that a product hangs on."""
    return {fact for fact, parts in enumerate(FACTS) if set(parts) & set(factors)}


def held(terms: np.ndarray, truth: float) -> bool:
    """Whether a share lies within four of its standard errors: fails once in 16,000 new seeds."""
    value, _, _, error = ratio(terms, TERMS.variance, 0.0)
    return 0.0 < error < 0.005 and abs(value - truth) <= 4.0 * error


@pytest.mark.parametrize("fact", range(3))
def test_first_and_total_of_facts(fact: int) -> None:
    """First order is what hangs on the fact alone, total what hangs on it at all."""
    alone = sum(variance for factors, variance in PRODUCTS.items() if facts_of(factors) == {fact})
    at_all = sum(variance for factors, variance in PRODUCTS.items() if fact in facts_of(factors))
    assert held(TERMS.first[fact], alone / ALL)
    assert held(TERMS.total[fact], at_all / ALL)


@pytest.mark.parametrize("part", range(5))
def test_shapley_of_parts(part: int) -> None:
    """A product is shared evenly by the facts that it hangs on, and a fact's part of it evenly by its own parts."""
    truth, own = 0.0, next(set(parts) for parts in FACTS if part in parts)
    for factors, variance in PRODUCTS.items():
        if part in factors:
            truth += variance / len(facts_of(factors)) / len(own & set(factors))
    assert held(TERMS.shapley[part], truth / ALL)


def test_shapley_sums_to_the_variance_in_every_run() -> None:
    """The Shapley terms of a run sum to its variance, and the mean of that is the variance of the function."""
    assert np.allclose(TERMS.shapley.sum(axis=0), TERMS.variance, rtol=1e-9)
    assert TERMS.variance.mean() == pytest.approx(ALL, abs=4.0 * TERMS.variance.std() / math.sqrt(RUNS))


def test_a_ratio_of_means_covers() -> None:
    """Of 400 intervals of E x / E v, x and v dependent, 92.8 to 97.2 % hold it: fails once in 20 new seeds."""
    random, covered = np.random.default_rng(3), 0
    for _ in range(400):
        variance = random.exponential(size=500)
        _, low, high, _ = ratio(variance * random.random(500), variance, 0.0)
        covered += low <= 0.5 <= high
    assert 0.928 <= covered / 400 <= 0.972


def test_a_ratio_allows_for_events_that_were_not_seen() -> None:
    """A target that turned in no run, or in few, leaves room for four events more; many runs hardly notice."""
    turned = np.zeros(1000)
    variance = np.full(1000, 0.1)
    value, low, high, _ = ratio(turned, variance, 0.5)
    assert value == 0.0
    assert high == -low == pytest.approx(1.96**2 * 0.5 / 100.0, rel=0.01)
    assert ratio(turned, variance, 0.0)[1:] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6])
def test_bins_of_a_normal_number(share: float) -> None:
    """The share of one term of a normal sum: within 0.002 and four of its standard errors, once in 16,000 seeds not."""
    numbers, rest = np.random.default_rng(2).standard_normal((2, 16_384))
    value, low, high, error = binned(numbers, math.sqrt(share) * numbers + math.sqrt(1 - share) * rest)
    assert abs(value - share) <= 0.002 + 4.0 * error
    assert error < 0.007
    assert low < value < high


def test_bins_cover() -> None:
    """Intervals of 95 % hold a share of 0.1 in at least 92.8 % of 400 cases: fails once in 50 new seeds."""
    random, covered = np.random.default_rng(4), 0
    for _ in range(400):
        numbers, rest = random.standard_normal((2, 2048))
        _, low, high, _ = binned(numbers, math.sqrt(0.1) * numbers + math.sqrt(0.9) * rest)
        covered += low <= 0.1 <= high
    assert covered / 400 >= 0.928


def test_bins_subtract_noise() -> None:
    """Numbers that have no part in the output have a share of 0 on average, within four errors over 200 cases."""
    random = np.random.default_rng(5)
    found = [binned(*random.standard_normal((2, 1024)))[0] for _ in range(200)]
    assert abs(np.mean(found)) <= 4.0 * np.std(found) / math.sqrt(200)


def test_equal_numbers_stand_in_one_bin() -> None:
    """Of a number that is 0 in most runs, or takes few values, the share is that of its groups: within four errors."""
    random = np.random.default_rng(6)
    months = np.where(random.random(16_384) < 0.9, 0.0, random.exponential(size=16_384))
    few = random.integers(0, 3, 16_384).astype(float)
    noise = random.standard_normal(16_384)
    # The variances: of months, 0.1 * 2 - 0.01; of a value of three, 2 / 3.
    for numbers, variance in ((months, 0.19), (few, 2.0 / 3.0)):
        value, _, _, error = binned(numbers, numbers + noise)
        assert abs(value - variance / (1.0 + variance)) <= 4.0 * error
    # Whether it is 0 at all is all that counts: no other run stands in that bin.
    for numbers in (months, -months):
        value, _, _, error = binned(numbers, (months > 0.0) + 0.0)
        assert value == pytest.approx(1.0, abs=1e-12)
        assert error < 1e-9


def test_a_number_that_is_the_same_in_every_run_has_no_share() -> None:
    """One bin holds every run, and nothing lies between bins."""
    value, low, high, error = binned(np.ones(500), np.random.default_rng(7).standard_normal(500))
    assert np.allclose((value, low, high, error), 0.0, atol=1e-12)
