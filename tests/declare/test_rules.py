"""Rules: what a number must be, and how a law is held against it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import avtosim as av
from avtosim.declare.fields import plain
from avtosim.declare.rules import (
    ANY,
    AT_LEAST_ONE,
    LARGEST,
    NONNEGATIVE,
    POSITIVE,
    SHARE,
    Rule,
    gives_fractions,
    is_law,
    support_of,
)


@given(st.floats())
def test_nothing_but_numbers_of_sensible_size_keeps_a_rule(value: float) -> None:
    """NaN, infinity and numbers beyond the largest break every rule; all else keeps the one that asks for nothing."""
    sensible = math.isfinite(value) and abs(value) <= LARGEST
    assert ANY.broken_by(value) is not sensible
    if not sensible:
        rules = (SHARE, NONNEGATIVE, POSITIVE, AT_LEAST_ONE)
        assert all(rule.broken_by(value) for rule in rules)
        assert all(rule.text_for(value).startswith("must be a finite number") for rule in rules)


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        (SHARE, [0.0, 1.0, -0.0], [-1e-12, 1.0 + 1e-12]),
        (NONNEGATIVE, [0.0, 1e15], [-5e-324]),
        (POSITIVE, [5e-324], [0.0, -0.0, -1.0]),
        (AT_LEAST_ONE, [1.0], [0.999]),
        (Rule("whole", 0.0, 3.0, whole=True), [0.0, 3.0], [1.5, 4.0]),
    ],
)
def test_a_rule_holds_up_to_its_ends(rule: Rule, kept: list[float], broken: list[float]) -> None:
    """Each rule keeps its ends, or leaves them out where it says so."""
    assert not any(rule.broken_by(value) for value in kept)
    assert all(rule.broken_by(value) for value in broken)


def test_a_law_keeps_a_rule_if_all_it_can_give_does() -> None:
    """A law is held against a rule by the ends of its support."""
    assert not SHARE.broken_by_support(*support_of(av.Uniform(low=0, high=1)))
    assert SHARE.broken_by_support(*support_of(av.Uniform(low=0, high=1.01)))
    assert SHARE.broken_by_support(*support_of(stats.norm(0.5, 1e-9)))
    assert ANY.broken_by_support(math.nan, math.nan)


@pytest.mark.parametrize(
    ("law", "fractions"),
    [
        (av.Discrete(values=[1, 3], weights=[1, 1]), False),
        (av.Discrete(values=[1, 2.5], weights=[1, 1]), True),
        (av.Empirical(sample=[2, 2, 7]), False),
        (av.Uniform(low=1, high=2), True),
        (stats.poisson(3), False),
        (stats.randint(0, 4), False),
    ],
)
def test_laws_of_whole_numbers_are_told_from_others(law: Any, fractions: bool) -> None:  # noqa: FBT001 pytest gives it
    """A law of whole numbers may stand for a lead time; one that gives fractions may not."""
    assert gives_fractions(law) is fractions


def test_a_law_is_what_has_quantiles_and_shares() -> None:
    """Frozen distributions and the library's laws are laws; numbers, classes and Varying are not."""
    laws = [av.Uniform(low=0, high=1), stats.gamma(2), stats.poisson(2)]
    others = [0.5, av.Uniform, stats.norm.cdf, av.Varying(law=stats.norm()), None, "norm"]
    assert all(map(is_law, laws))
    assert not any(map(is_law, others))


@pytest.mark.parametrize("number", [1, 1.0, np.float32(1), np.int64(1), np.uint8(1)])
def test_numbers_of_any_kind_become_floats(number: Any) -> None:
    """Whole numbers and NumPy's become plain floats, so that equal facts are equal; truth values are no numbers."""
    assert type(plain(number)) is float
    assert plain(number) == 1.0
    assert plain(value=True) is True
    assert plain(10**400) == math.inf
    assert plain(np.timedelta64(1)) == np.timedelta64(1)
