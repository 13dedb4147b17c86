"""The search among runs for a level at which a share of them is met, with critical levels that are known."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from avtosim.answers.intervals import ranks
from avtosim.studies.levels import Levels, sought


def levels(critical: np.ndarray, sign: float = 1.0, *, whole: bool = False) -> Levels:
    """Make runs that are met from their critical level on, or up to it."""

    def ask(level: float, places: np.ndarray) -> np.ndarray:
        return sign * (level - critical[places]) >= 0.0

    return Levels(ask, critical.size, 1.0 if whole else 1e-9, whole)


CRITICAL = np.random.default_rng(1).normal(3.0, 1.0, 4_000)


@pytest.mark.parametrize("chance", [0.02, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("start", [0.5, 3.0, 9.0])
def test_order_statistics_of_the_critical_levels(chance: float, start: float) -> None:
    """The value is the order statistic of the share, the ends those that the binomial law says, whatever the start."""
    ordered = np.sort(CRITICAL)
    found = sought(levels(CRITICAL), chance, -10.0, 10.0, start)
    first, last = ranks(chance, 4_000)
    expected = ordered[[round(chance * 4_000) - 1, first - 1, last - 1]]
    assert found.interval()[:3] == pytest.approx(expected, abs=1e-8)
    assert found.asked < 5 * 4_000


@pytest.mark.parametrize("order", [1, -1])
def test_first_runs_that_mislead(order: int) -> None:
    """Where the few runs that are tried first all turn early, or late, the value is the same at a higher price."""
    ordered = np.sort(CRITICAL)
    found = sought(levels(ordered[::order]), 0.5, -10.0, 10.0, 3.0)
    assert found.interval()[:3] == pytest.approx([ordered[rank - 1] for rank in (2000, *ranks(0.5, 4_000))], abs=1e-8)


def test_first_runs_that_turn_nowhere() -> None:
    """Where none of the runs that are tried first turns, the ends of the range are tried before it is out of reach."""
    critical = np.where(np.arange(4_000) < 200, 20.0, 8.0 + 1e-3 * np.arange(4_000))
    found = sought(levels(critical), 0.5, -10.0, 15.0, 3.0)
    assert found.interval()[0] == pytest.approx(np.sort(critical)[1999], abs=1e-8)


def test_a_small_value_in_a_wide_range() -> None:
    """The value is found to a share of itself, however wide the range is."""
    found = sought(attrs.evolve(levels(CRITICAL), finest=1e-6, fine=1e-5), 0.5, 0.0, 1e9, 1e8)
    assert found.interval()[0] == pytest.approx(np.sort(CRITICAL)[1999], rel=2e-5)


def test_less_of_it() -> None:
    """Where runs are met up to a level, the share counts from above, and the ends are in order."""
    falling = sought(levels(CRITICAL, -1.0), 0.3, -10.0, 10.0, 1.0)
    value, low, high, _ = falling.interval()
    assert value == pytest.approx(np.sort(CRITICAL)[-1200], abs=1e-8)
    assert low < value < high


def test_whole_levels() -> None:
    """Of whole levels the first is found at which the share is met."""
    found = sought(levels(CRITICAL, whole=True), 0.5, 0.0, 12.0, 9.0)
    assert found.interval()[0] == np.ceil(np.sort(CRITICAL)[1999])
    assert all(level == int(level) for level in found.levels.met)


def test_a_share_that_is_met_within_the_range_alone() -> None:
    """Where few runs are met at both ends of the range, the crossing nearest to the start is found."""

    def ask(level: float, places: np.ndarray) -> np.ndarray:
        return np.abs(level - 5.0) < 0.5 * CRITICAL[places]

    for start, expected in ((1.0, 5.0 - 0.5 * 3.0), (9.0, 5.0 + 0.5 * 3.0)):
        found = sought(Levels(ask, 4_000, 1e-6, whole=False), 0.5, 0.0, 10.0, start)
        assert found.interval()[0] == pytest.approx(expected, abs=0.06)


def test_none_where_the_share_is_never_met() -> None:
    """Where no level of the range meets the share there is no value, and the best level was tried with all runs."""
    found = sought(levels(CRITICAL), 0.9, -10.0, 3.0, 0.0)
    assert found.interval() is None
    assert found.levels.count(3.0) == np.count_nonzero(CRITICAL <= 3.0)
    assert 3.0 in found.levels.full


def test_runs_that_turn_are_counted_both_ways() -> None:
    """Of runs that are met from a level on and others up to it, each kind is counted."""
    rising = np.arange(4_000) % 4 > 0

    def ask(level: float, places: np.ndarray) -> np.ndarray:
        return (level >= CRITICAL[places]) == rising[places]

    tried = Levels(ask, 4_000, 1e-6, whole=False)
    tried.tried([1.0, 4.0])
    between = (CRITICAL > 1.0) & (CRITICAL <= 4.0)
    expected = np.count_nonzero(between & rising), np.count_nonzero(between & ~rising)
    assert tried.turns((1.0, 4.0)) == expected
    assert tried.turns((4.0, 1.0)) == expected[::-1]
