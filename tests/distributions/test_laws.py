"""Discrete distributions, bounded ones, and what all distributions share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tiny import bounded_laws, faults_of

import avtosim as av
from avtosim.declare.rules import support_of
from avtosim.laws.base import LawBase
from avtosim.laws.registry import LAWS

U = np.linspace(0.0005, 0.9995, 1000)


@given(bounded_laws(-5.0, 20.0))
def test_quantiles_are_the_least_values_that_hold_their_share(law: Any) -> None:
    """For any law, with jumps too, cdf(ppf(u)) is at least u, and quantiles rise inside the support."""
    values = law.ppf(U)
    low, high = support_of(law)
    # 1e-8: rounding in the steep parts of smooth laws.
    assert np.all(law.cdf(values) >= U - 1e-8)
    assert np.all(np.diff(values) >= -1e-12)
    assert low - 1e-12 <= values.min()
    assert values.max() <= high + 1e-12


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_bernoulli_is_yes_with_its_probability(chance: float) -> None:
    """The share of quantiles at yes is the chance, its mean follows, and cdf jumps where it should."""
    law = av.Bernoulli(chance=chance, no=2, yes=5)
    assert np.mean(law.ppf(U) == 5.0) == pytest.approx(chance, abs=1e-3)
    assert law.mean() == pytest.approx(2 + 3 * chance)
    assert law.cdf([1.9, 2.0, 4.9, 5.0]).tolist() == [0.0, 1 - chance, 1 - chance, 1.0]


def test_discrete_takes_weights_in_any_scale() -> None:
    """Weights 2, 0, 6 mean 25 %, never, 75 %."""
    law = av.Discrete(values=[1, 2, 4], weights=[2, 0, 6])
    values, counts = np.unique(law.ppf(U), return_counts=True)
    assert values.tolist() == [1.0, 4.0]
    assert (counts / U.size).tolist() == pytest.approx([0.25, 0.75])
    assert law.cdf([0, 1, 2, 4]).tolist() == [0.0, 0.25, 0.25, 1.0]
    assert law.mean() == pytest.approx(3.25)
    assert support_of(law) == (1.0, 4.0)


def test_empirical_gives_back_its_sample() -> None:
    """Quantiles at (i - 1/2)/n are the sorted sample; the share below is that of the sample."""
    sample = [3.0, 1.0, 2.0, 2.0, 10.0]
    law = av.Empirical(sample=sample)
    assert law.ppf((np.arange(5) + 0.5) / 5).tolist() == sorted(sample)
    assert law.ppf(law.cdf(np.array(sample))).tolist() == sample
    assert law.cdf([0.0, 2.0, 9.9, 10.0]).tolist() == [0.0, 0.6, 0.8, 1.0]
    assert law.mean() == pytest.approx(3.6)


def test_truncation_spreads_the_rest_in_proportion() -> None:
    """What lies outside is spread over the inside; a value on the bound stays inside, also for separate values."""
    assert av.Truncated(law=av.Uniform(low=0, high=10), low=2, high=4).ppf([0.5]).tolist() == [3.0]
    law = av.Truncated(law=av.Discrete(values=[0, 1, 2, 3], weights=[1, 1, 1, 1]), low=1, high=2)
    values, counts = np.unique(law.ppf(U), return_counts=True)
    assert values.tolist() == [1.0, 2.0]
    assert counts.tolist() == [500, 500]


def test_clipping_puts_the_rest_on_the_bounds() -> None:
    """What lies outside is put on the nearer bound: half of a normal clipped at its middle lies on it."""
    law = av.Clipped(law=av.Normal(mean=0, sd=1), low=0)
    assert np.mean(law.ppf(U) == 0.0) == 0.5
    assert law.cdf([-1e-9, 0.0]).tolist() == [0.0, 0.5]
    # The mean of the positive part of a standard normal is 1/sqrt(2 pi) (Johnson and Kotz, 1970, ch. 13).
    assert law.mean() == pytest.approx(1 / np.sqrt(2 * np.pi), rel=1e-5)
    assert support_of(law) == (0.0, np.inf)


@given(st.sampled_from(sorted(LAWS)))
def test_every_law_has_its_word(word: str) -> None:
    """The word of a law in a file is its class's kind, and no two share one."""
    assert LAWS[word].kind == word


def test_the_registry_holds_every_law_of_the_front_door() -> None:
    """Each public subclass of the laws' base is found by the registry, and nothing else is."""
    public = [getattr(av, name) for name in av.__all__ if name != "__version__"]
    assert {law for law in public if isinstance(law, type) and issubclass(law, LawBase)} == set(LAWS.values())


def test_a_law_prints_as_it_is_typed() -> None:
    """The repr of a law is the call that makes it, without what is left at its default."""
    law = av.Varying(law=av.Truncated(law=av.Pert(low=0, mode=1, high=2), low=0.5), persistence=0.3)
    typed = "Varying(law=Truncated(law=Pert(low=0.0, mode=1.0, high=2.0), low=0.5), persistence=0.3)"
    assert repr(law) == typed
    assert eval(typed, vars(av)) == law  # noqa: S307 the text is the test's own


def test_laws_are_values() -> None:
    """Equal parameters make equal laws with equal hashes; nothing can be changed afterwards."""
    one: Any = np.int64(1)
    law = av.Uniform(low=0, high=1)
    assert law == av.Uniform(low=np.float64(0), high=one)
    assert hash(law) == hash(av.Uniform(low=0, high=1))
    with pytest.raises(AttributeError):
        law.low = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("make", "address"),
    [
        (lambda: av.Bernoulli(chance=1.1), "bernoulli.chance"),
        (lambda: av.Bernoulli(chance=0.5, no=1, yes=0), "bernoulli.yes"),
        (lambda: av.Discrete(values=[], weights=[]), "discrete.values"),
        (lambda: av.Discrete(values=[2, 1], weights=[1, 1]), "discrete.values"),
        (lambda: av.Discrete(values=[1, 2], weights=[1]), "discrete.weights"),
        (lambda: av.Discrete(values=[1, 2], weights=[0, 0]), "discrete.weights"),
        (lambda: av.Discrete(values=[1, 2], weights=[1, -1]), "discrete.weights.1"),
        (lambda: av.Empirical(sample=[]), "empirical.sample"),
        (lambda: av.Empirical(sample=[1, float("nan")]), "empirical.sample.1"),
        (lambda: av.Truncated(law=stats.norm(), low=1, high=0), "truncated.high"),
        (lambda: av.Truncated(law=av.Uniform(low=0, high=1), low=2), "truncated.law"),
        (lambda: av.Clipped(law=3, low=2), "clipped.law"),
        (lambda: av.Truncated(law=av.Varying(law=stats.norm()), low=2), "truncated.law"),
        (lambda: av.Truncated(law=stats.norm(scale=-1), low=2), "truncated.law"),
        (lambda: av.Varying(law=stats.norm(), persistence=1), "varying.persistence"),
        (lambda: av.Varying(law=0.5), "varying.law"),
    ],
)
def test_a_wrong_parameter_is_named(make: Any, address: str) -> None:
    """Each wrong parameter of a law is one fault with its address."""
    assert list(faults_of(make)) == [address]


def test_an_unknown_keyword_is_an_error() -> None:
    """A keyword that no law knows is refused, not ignored; so is an argument too many."""
    with pytest.raises(TypeError, match="hgih"):
        av.Uniform(low=0, hgih=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        av.Uniform(0, 1, 2)  # type: ignore[call-arg]
