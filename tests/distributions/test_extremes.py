"""Parameters as extreme as floats allow: a law is finite everywhere, or refused at its address."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

import avtosim as av
from avtosim.laws.registry import LAWS

# Shares far outside a law of tiny spread overflow on the way to 0 or 1.
pytestmark = pytest.mark.filterwarnings("ignore:(overflow|divide):RuntimeWarning")

U = np.concatenate([[2.0**-53, 1e-12, 1e-6], np.linspace(0.01, 0.99, 99), [1 - 1e-6, 1 - 1e-12, 1 - 2.0**-53]])

#: Numbers that have broken programs before.
NASTY = st.sampled_from(
    [0.0, 5e-324, 1e-308, 1e-300, 1e-160, 1e-15, 1e-9, 0.05, 0.5, 0.95, 1.0, 2.0, 50.0, 1e6, 1e9, 1e15]
)
ANY_SIZE = st.one_of(NASTY, NASTY.map(lambda x: -x), NASTY.map(lambda x: 1.0 + x * 1e-16), st.floats(-1e15, 1e15))
SHARE = st.one_of(st.sampled_from([0.0, 5e-324, 1e-16, 0.001, 0.5, 1 - 1e-6, 1 - 2.0**-53, 1.0]), st.floats(0, 1))


def assert_finite(law: Any) -> None:
    """Every number that a law gives is finite, in order and in its support; shares lie in [0, 1]."""
    values, (low, high) = law.ppf(U), law.support()
    assert np.all(np.isfinite(values))
    assert np.all(np.diff(values) >= -1e-9 * np.abs(values[1:]))
    assert low <= values.min()
    assert values.max() <= high
    shares = law.cdf(np.concatenate([values, [low, high, -1e15, 1e15, np.nextafter(values[50], -np.inf)]]))
    assert np.all((shares >= 0.0) & (shares <= 1.0))
    mean = law.mean()
    assert not math.isnan(mean)
    assert low - 1e-12 * abs(low) <= mean <= high + 1e-12 * abs(high)
    if {"law", "quantiles"}.isdisjoint(dir(law)):
        assert math.isfinite(mean) != isinstance(law, av.LogStudentT)


def _made(word: str, *arguments: Any) -> Any:
    """The law, or None if it is refused at an address of its own."""
    try:
        return LAWS[word](*arguments)
    except av.FactError as error:
        addresses = [f"{fault.address}." for fault in error.faults]
    assert all(address.startswith(f"{word}.") for address in addresses)
    return None


@settings(max_examples=150)
@given(st.lists(ANY_SIZE, min_size=3, max_size=5, unique=True), st.booleans(), st.booleans())
def test_any_quantiles_make_a_finite_metalog_or_a_fault(values: list[float], below: bool, above: bool) -> None:  # noqa: FBT001 - drawn
    """Quantiles and bounds of any size give a metalog law that is finite at every share drawn, or a fault."""
    quantiles = dict(zip((0.1, 0.5, 0.9, 0.95, 0.99), sorted(values), strict=False))
    law = _made("metalog", quantiles, min(values) - 1.0 if below else None, max(values) + 1.0 if above else None)
    if law is not None:
        assert_finite(law)


@settings(max_examples=150)
@given(st.sampled_from([w for w in LAWS if {"law", "laws", "quantiles"}.isdisjoint(dir(LAWS[w]))]), st.data())
def test_any_parameters_make_a_finite_law_or_a_fault(word: str, data: st.DataObject) -> None:
    """Parameters of any size, equal or next to each other too, give a law that is finite everywhere or a fault."""
    rows = st.lists(ANY_SIZE, min_size=0, max_size=4)
    if word == "empirical":
        law = _made(word, data.draw(rows))
    elif word == "discrete":
        values = sorted(set(data.draw(rows)))
        law = _made(word, values, data.draw(st.lists(NASTY, min_size=len(values), max_size=len(values))))
    elif word == "bernoulli":
        law = _made(word, data.draw(SHARE), *sorted([data.draw(ANY_SIZE), data.draw(ANY_SIZE)]))
    elif word in ("normal", "lognormal"):
        law = _made(word, data.draw(ANY_SIZE), data.draw(NASTY))
    elif word in ("gamma", "weibull"):
        law = _made(word, data.draw(NASTY), data.draw(NASTY))
    elif word == "log_student_t":
        law = _made(word, data.draw(NASTY), data.draw(NASTY), data.draw(NASTY))
    elif word == "exponential":
        law = _made(word, data.draw(NASTY))
    elif word == "beta":
        law = _made(word, data.draw(NASTY), data.draw(NASTY), *sorted([data.draw(ANY_SIZE), data.draw(ANY_SIZE)]))
    else:
        count = 3 if word in ("triangular", "pert", "three_quantiles") else 2
        numbers = sorted(data.draw(st.lists(ANY_SIZE, min_size=count, max_size=count)))
        extra = {"pert": [NASTY], "uniform": [], "triangular": []}.get(word, [SHARE])
        law = _made(word, *numbers, *map(data.draw, extra))
    if law is not None:
        assert_finite(law)


#: Laws that are fine though they look extreme.
FINE = [
    av.Triangular(0.0, 5e-324, 1.0),
    av.Triangular(-1.0, 0.0, 5e-324),
    av.Triangular(-0.05, -2.225073858507e-311, -5e-324),
    av.LogNormal(1e15, 10),
    av.LogNormal(1e-300, 10),
    av.Beta(1e-9, 1e9),
    av.Beta(1e9, 1e-9),
    av.Beta(1e6, 1e6),
    av.Beta(0.01, 0.01),
    av.Exponential(1e15),
    av.Exponential(1e-300),
    av.Gamma(0.05, 1e15),
    av.Gamma(1e5, 1e15),
    av.Gamma(1e5, 1e-300),
    av.Weibull(0.05, 1e15),
    av.Weibull(0.05, 1e-300),
    av.Weibull(1e5, 1e15),
    av.LogStudentT(1e15, 0.25, 5),
    av.LogStudentT(1e-300, 7, 10),
    av.LogStudentT(1, 1e-300, 2),
    av.LogStudentT(1e15, 10, 1e15),
    av.Triangular(0, 0, 1),
    av.Triangular(0, 1, 1),
    av.Triangular(-1e15, 0, 1e15),
    av.Pert(0, 0, 1),
    av.Pert(0, 1, 1),
    av.Pert(0, 0.5, 1, 1e6),
    av.Pert(0, 0.5, 1, 1e-300),
    av.Uniform(0, 5e-324),
    av.Uniform(-1e15, 1e15),
    av.Normal(1e15, 1e-300),
    av.Normal(0, 1e15),
    av.NormalRange(0, 1e15, 0.001),
    av.LogNormalRange(1, 1 + 2.0**-52),
    av.LogNormalRange(1e-9, 1e9, 0.99),
    av.ThreeQuantiles(0, 0.5, 0.5 + 1e-6),
    av.ThreeQuantiles(0, 1e-3, 1e2, 0.8),
    av.Bernoulli(5e-324),
    av.Bernoulli(1 - 2.0**-53),
    av.Discrete([1, 2], [1e15, 5e-324]),
    av.Discrete([-1e15, 0, 1e15], [0, 0, 5e-324]),
    av.Empirical([1e15, -1e15]),
    av.Truncated(av.Normal(0, 1), 5.5),
    av.Truncated(av.Normal(0, 1), high=-30),
    av.Truncated(av.Normal(0, 1), -31, -30),
    av.Truncated(av.Normal(0, 1)),
    av.Truncated(av.Exponential(1), 0.1, 0.1 + 1e-6),
    av.Truncated(av.Discrete([1, 2, 3], [1, 1, 1]), 1.5, 2.5),
    av.Truncated(stats.poisson(3), 2),
    av.Clipped(av.Normal(0, 1), 5),
    av.Clipped(av.LogNormal(1, 10), 1e-9, 1e9),
    av.Clipped(stats.cauchy(), 0),
]
#: Laws that no float can follow.
HOPELESS: list[Any] = [
    lambda: av.LogNormal(1, 10.5),
    lambda: av.Triangular(0, 1e-300, 2e-300),
    lambda: av.Triangular(0.0, 5e-324, 1e-160),
    lambda: av.Triangular(-1e-160, 0.0, 5e-324),
    lambda: av.NormalRange(0, 1, 1e-300),
    lambda: av.NormalRange(0, 1, 1 - 2.0**-53),
    lambda: av.LogNormalRange(5e-324, 1e15),
    lambda: av.LogNormalRange(1, 2, 5e-324),
    lambda: av.ThreeQuantiles(0, 0.5, 1, 1e-300),
    lambda: av.ThreeQuantiles(0, 1e-300, 1),
    lambda: av.ThreeQuantiles(-1e15, 0, 5e-324),
    lambda: av.Truncated(av.Normal(0, 1), 8),
    lambda: av.Truncated(av.Normal(0, 1), 30),
    lambda: av.Truncated(av.Normal(0, 1), 1, 1 + 2.0**-52),
    lambda: av.Truncated(av.LogNormal(1, 10), 1e40),
    lambda: av.Clipped(av.Normal(0, 1), 1e15),
    lambda: av.Clipped(av.Normal(0, 1), high=-1e15),
    lambda: av.Discrete([1, 2], [0, 0]),
    lambda: av.Exponential(1e16),
    lambda: av.Gamma(0.04, 1),
    lambda: av.Gamma(1e6, 1),
    lambda: av.Gamma(1, 1e16),
    lambda: av.Weibull(0.04, 1),
    lambda: av.Weibull(1e6, 1),
    lambda: av.LogStudentT(1, 1e-300, 0.5),
    lambda: av.LogStudentT(1, 10.5, 100),
    lambda: av.Beta(0, 1),
]


@pytest.mark.parametrize("law", FINE, ids=repr)
def test_extreme_laws_that_are_fine_are_taken(law: Any) -> None:
    """A mode at an end, a mass in one point, twelve orders of magnitude: the law is finite and reads in any run."""
    assert_finite(law)
    read = av.Varying(law=law).law
    assert np.all(np.isfinite(read.ppf(special.ndtr(np.linspace(-8.2, 8.2, 99)))))


@pytest.mark.parametrize("make", HOPELESS)
def test_hopeless_parameters_are_refused(make: Any) -> None:
    """Parameters that floats cannot follow are a fault at the law's address."""
    with pytest.raises(av.FactError) as error:
        make()
    assert error.value.faults[0].address.partition(".")[0] in LAWS
