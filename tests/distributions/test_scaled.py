"""A law times a number: laws of any origin, what has a probability of its own, what is refused, and stated numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import avtosim as av
from avtosim.declare.rules import AT_LEAST_ONE, NONNEGATIVE, SHARE
from avtosim.laws.scaled import scaled

U = np.linspace(0.01, 0.99, 99)


@pytest.mark.parametrize(
    "law", [av.Pert(1, 2, 4), stats.gamma(2.0, scale=3), av.Clipped(av.Normal(1, 1), low=0), av.Empirical([1, 2, 5])]
)
def test_values_are_those_of_the_law_times_the_number(law: object) -> None:
    """Quantiles, mean and support are multiplied, and the chance up to a value is that of the unscaled one."""
    made = av.Scaled(law, 1.3)
    assert np.allclose(made.ppf(U), 1.3 * law.ppf(U))
    assert np.allclose(made.cdf(1.3 * law.ppf(U)), law.cdf(law.ppf(U)))
    assert made.support() == pytest.approx(tuple(1.3 * np.array(law.support())))
    assert made.mean() == pytest.approx(1.3 * float(law.mean()))


@pytest.mark.parametrize("times", [0.1, 1.12, 3.7])
def test_a_value_with_a_probability_is_met(times: float) -> None:
    """However a product is rounded, the chance up to a value of a discrete law holds the value."""
    made = av.Scaled(av.Discrete([0.1, 0.3, 0.7], [1, 1, 2]), times)
    assert made.discrete
    assert made.cdf(times * np.array([0.1, 0.3, 0.7])).tolist() == [0.25, 0.5, 1.0]
    assert np.exp(made.logpdf(times * 0.3)) == pytest.approx(0.25)


def test_what_is_refused() -> None:
    """Dates cannot be multiplied, and the number must be above zero; a law without a mean has none afterwards."""
    with pytest.raises(av.FactError, match=r"scaled.law: must be a law of numbers"):
        av.Scaled(av.Uniform("2024-01", "2024-03"), 2)
    with pytest.raises(av.FactError, match=r"scaled.times: must be above zero"):
        av.Scaled(av.Uniform(0, 1), 0)
    assert av.Scaled(stats.cauchy(), 2).mean() == math.inf


def test_stated_numbers_of_every_kind() -> None:
    """Laws within monthly ones, steps and what follows a belief are multiplied, and kept within the rule."""
    half = av.Uniform(0.5, 1)
    assert scaled(half, 1.0, SHARE) is half
    assert scaled(half, 0.5, SHARE) == av.Scaled(half, 0.5)
    assert scaled(half, 1.5, SHARE) == av.Clipped(av.Scaled(half, 1.5), high=1.0)
    assert scaled(av.Uniform(1, 3), 0.5, AT_LEAST_ONE) == av.Clipped(av.Scaled(av.Uniform(1, 3), 0.5), low=1.0)
    assert scaled(half, 2.0, SHARE) == scaled(0.8, 2.0, SHARE) == 1.0
    assert scaled(av.Scaled(half, 3.0), 2.0, NONNEGATIVE) == av.Scaled(half, 6.0)
    monthly = av.Varying(half, persistence=0.3, lasting=0.2)
    assert scaled(monthly, 1.5, NONNEGATIVE) == av.Varying(av.Scaled(half, 1.5), persistence=0.3, lasting=0.2)
    assert scaled(monthly, 3.0, SHARE) == 1.0
    steps = av.Stepwise({"2024-01": 0.4, "2024-07": half})
    assert scaled(steps, 1.5, SHARE).steps["2024-01"] == pytest.approx(0.6)
    assert scaled(steps, 1.5, SHARE).steps["2024-07"] == av.Clipped(av.Scaled(half, 1.5), high=1.0)
    assert scaled(half * av.Named("q") + 2.0, 1.5, SHARE) == av.Named("q", times=av.Scaled(half, 1.5), plus=3.0)
