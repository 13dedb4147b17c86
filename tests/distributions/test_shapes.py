"""Continuous laws: a law and its inverse, the same answers as SciPy's, and an expert's ranges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from scipy import integrate, special, stats
from tiny import continuous_laws, faults_of

import avtosim as av
from avtosim.declare.rules import support_of
from avtosim.laws.base import mean_of

U = np.concatenate([[1e-4], np.linspace(0.001, 0.999, 200), [1 - 1e-4]])

FROZEN = [
    stats.norm(5, 2),
    stats.gamma(2.5, scale=3),
    stats.weibull_min(1.4),
    stats.beta(0.7, 3),
    stats.truncnorm(-1, 2),
    stats.lognorm(0.5, scale=2),
    stats.t(5),
]
FROZEN_IDS = [law.dist.name for law in FROZEN]

#: Each law beside SciPy's own (scipy.stats, SciPy 1.15 and later), which is theory here, not a record.
PAIRS = [
    (av.Uniform(low=-1, high=3), stats.uniform(-1, 4)),
    (av.Triangular(low=1, mode=2, high=5), stats.triang(0.25, 1, 4)),
    (av.Triangular(low=1, mode=5, high=5), stats.triang(1.0, 1, 4)),
    (av.Pert(low=1, mode=2, high=5), stats.beta(2, 4, 1, 4)),
    (av.Beta(a=2, b=0.7, low=-1, high=1), stats.beta(2, 0.7, -1, 2)),
    (av.Normal(mean=3, sd=2), stats.norm(3, 2)),
    (av.LogNormal(median=3, log_sd=0.5), stats.lognorm(0.5, scale=3)),
    (av.Exponential(mean=0.4), stats.expon(scale=0.4)),
    (av.Gamma(shape=0.3, scale=2), stats.gamma(0.3, scale=2)),
    (av.Gamma(shape=40, scale=0.1), stats.gamma(40, scale=0.1)),
    (av.Weibull(shape=0.7, scale=3), stats.weibull_min(0.7, scale=3)),
    (av.Weibull(shape=4, scale=0.5), stats.weibull_min(4, scale=0.5)),
    (av.Truncated(law=av.Normal(mean=0, sd=1), low=-1, high=2), stats.truncnorm(-1, 2)),
]
PAIR_IDS = [type(law).__name__ for law, _ in PAIRS]


def assert_inverse(law: Any) -> None:
    """Hold the law against its inverse: 1e-8 is room for rounding where a law is steep, far below any real fault."""
    np.testing.assert_allclose(law.cdf(law.ppf(U)), U, rtol=0, atol=1e-8)


@given(continuous_laws())
def test_a_law_undoes_its_inverse(law: Any) -> None:
    """For every continuous law, cdf(ppf(u)) is u."""
    assert_inverse(law)


@given(continuous_laws())
def test_a_truncated_law_undoes_its_inverse(law: Any) -> None:
    """Truncation of a continuous law keeps cdf(ppf(u)) equal to u."""
    low, high = map(float, law.ppf(np.array([0.1, 0.9])))
    assert_inverse(av.Truncated(law=law, low=low, high=high))


@pytest.mark.parametrize("law", FROZEN, ids=FROZEN_IDS)
def test_a_frozen_scipy_law_undoes_its_inverse(law: Any) -> None:
    """Frozen SciPy distributions hold the same law, truncated ones too."""
    assert_inverse(law)
    assert_inverse(av.Truncated(law=law, low=float(law.ppf(0.2)), high=float(law.ppf(0.9))))


def test_a_wrong_inverse_is_noticed() -> None:
    """The check would notice a law whose cdf belongs to a slightly wider one."""

    class Wrong:
        def ppf(self, u: Any) -> Any:
            return special.ndtri(u)

        def cdf(self, x: Any) -> Any:
            return special.ndtr(x / 1.0001)

    with pytest.raises(AssertionError):
        assert_inverse(Wrong())


@given(continuous_laws())
def test_quantiles_rise_inside_the_support(law: Any) -> None:
    """Quantiles never fall as u rises, and lie inside the support."""
    values = law.ppf(U)
    low, high = support_of(law)
    # Rounding may turn neighbours by the last digit.
    assert np.all(np.diff(values) >= -1e-12 * np.abs(values[1:]))
    assert low <= values.min()
    assert values.max() <= high


@given(continuous_laws())
def test_the_mean_is_the_integral_of_the_quantiles(law: Any) -> None:
    """The stated mean equals an adaptive quadrature of the quantiles, within a millionth of the law's spread."""
    if isinstance(law, av.LogStudentT):
        assert law.mean() == np.inf
        return
    below, above = map(float, law.ppf(np.array([0.01, 0.99])))

    def integrand(z: float) -> float:
        return float(law.ppf(special.ndtr(z)) * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))

    total = sum(integrate.quad(integrand, a, a + 2.0, limit=200)[0] for a in np.arange(-8.0, 8.0, 2.0))
    assert law.mean() == pytest.approx(total, abs=1e-6 * (above - below + abs(total)))


@pytest.mark.parametrize(("law", "same"), PAIRS, ids=PAIR_IDS)
def test_a_law_agrees_with_scipy(law: Any, same: Any) -> None:
    """Quantiles, shares and mean are those of SciPy's distribution of the same name."""
    x = same.ppf(U)
    np.testing.assert_allclose(law.ppf(U), x, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(law.cdf(x), same.cdf(x), rtol=1e-8, atol=1e-10)
    # A truncated law's mean is a quadrature of about six digits.
    assert law.mean() == pytest.approx(float(same.mean()), rel=1e-5)


@pytest.mark.parametrize(("law", "same"), PAIRS, ids=PAIR_IDS)
def test_beyond_its_ends_a_law_has_all_or_nothing(law: Any, same: Any) -> None:
    """Far outside, the share below is 0 or 1, never less, more or undefined."""
    assert law.cdf(np.array([-1e6, 1e6])).tolist() == same.cdf(np.array([-1e6, 1e6])).tolist() == [0.0, 1.0]


def test_an_experts_range_has_its_coverage() -> None:
    """A range with a coverage of 90 % has 5 % below and 5 % above, normal or lognormal."""
    for law in (av.LogNormalRange(low=0.5, high=4), av.NormalRange(low=0.5, high=4)):
        np.testing.assert_allclose(law.ppf([0.05, 0.95]), [0.5, 4.0])
    np.testing.assert_allclose(av.NormalRange(low=1, high=2, coverage=0.5).ppf([0.25, 0.75]), [1.0, 2.0])


@pytest.mark.parametrize("median", [2.0, 2.5, 3.0, 3.9, 2.5 + 1e-12])
def test_three_quantiles_are_met(median: float) -> None:
    """A law through three quantiles has them, leaning left, right or not at all."""
    law = av.ThreeQuantiles(low=1, median=median, high=4, coverage=0.8)
    np.testing.assert_allclose(law.ppf([0.1, 0.5, 0.9]), [1.0, median, 4.0])


@pytest.mark.parametrize("degrees", [5, 7.5, 30, 1e6])
def test_the_logarithm_is_student_t_in_both_tails(degrees: float) -> None:
    """As far out as a run can draw, logarithms are SciPy's Student's t, and shares are its shares."""
    law, same = av.LogStudentT(median=2, log_scale=0.2, degrees_of_freedom=degrees), stats.t(degrees)
    tails = np.concatenate([2.0 ** np.arange(-53.0, -3.0, 5.0), U[U < 0.5]])
    t = same.ppf(tails)
    np.testing.assert_allclose(np.log(law.ppf(tails) / 2) / 0.2, t, rtol=1e-9)
    np.testing.assert_allclose(np.log(law.ppf(1.0 - tails) / 2) / 0.2, -same.ppf(1.0 - (1.0 - tails)), rtol=1e-9)
    np.testing.assert_allclose(law.cdf(2 * np.exp(0.2 * t)), tails, rtol=1e-9)
    assert law.ppf([0.0, 1.0]).tolist() == [0.0, np.inf]
    assert law.cdf([-1.0, 0.0, np.inf]).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("degrees", [5, 30, 1000])
def test_student_t_on_the_logarithm_has_no_mean_unless_it_is_bounded(degrees: float) -> None:
    """However light the tail looks, value times density grows without end in it; where a mean is needed is a fault."""
    law = av.LogStudentT(median=1, log_scale=0.2, degrees_of_freedom=degrees)
    assert 0.2 * 1e6 + stats.t(degrees).logpdf(1e6) > 1e5
    assert law.mean() == np.inf
    assert list(faults_of(av.Market, name="M", per_year=law)) == ["markets.M.per_year"]
    av.Market(name="M", per_year=av.Truncated(law, high=20))


def test_a_new_value_is_foretold_from_few() -> None:
    """Of new values nine tenths lie below the 90 % quantile made from seven old ones; of a plug-in lognormal, fewer."""
    logs = np.random.default_rng(1).normal(3.0, 0.2, (2000, 8))
    old, new = logs[:, :7], np.exp(logs[:, 7])
    median, sd = np.exp(old.mean(axis=1)), old.std(axis=1, ddof=1)
    laws = [av.LogStudentT(m, s * np.sqrt(1 + 1 / 7), 6) for m, s in zip(median, sd, strict=True)]
    room = 4 * np.sqrt(0.9 * 0.1 / 2000)
    assert abs(np.mean([law.ppf(0.9) for law in laws] >= new) - 0.9) <= room
    plugged = [av.LogNormal(m, s).ppf(0.9) for m, s in zip(median, sd, strict=True)]
    assert np.mean(plugged >= new) < 0.9 - room


def test_gamma_and_weibull_of_shape_one_are_exponential() -> None:
    """Both laws are the exponential one at shape 1, to the last digits of the tails."""
    tails = np.geomspace(2.0**-53, 0.1, 50)
    tails = np.concatenate([tails, 1.0 - tails])
    for law in (av.Gamma(1, 3), av.Weibull(1, 3)):
        np.testing.assert_allclose(law.ppf(tails), av.Exponential(3).ppf(tails), rtol=1e-13)
        np.testing.assert_allclose(law.cdf(law.ppf(tails)), tails, rtol=1e-13)


def test_mean_of_takes_laws_of_any_origin() -> None:
    """A law with ppf and cdf only has its mean by quadrature; a frozen one gives its own."""

    class Own:
        def ppf(self, u: Any) -> Any:
            return 3.0 + np.asarray(u)

        def cdf(self, x: Any) -> Any:
            return np.clip(np.asarray(x) - 3.0, 0.0, 1.0)

    assert mean_of(Own()) == pytest.approx(3.5, abs=1e-6)
    assert mean_of(stats.gamma(2, scale=3)) == 6.0
    assert support_of(Own()) == (3.0, 4.0)


@pytest.mark.parametrize(
    ("law", "given_", "address"),
    [
        (av.Uniform, {"low": 2, "high": 1}, "uniform.high"),
        (av.Uniform, {"low": 1, "high": 1}, "uniform.high"),
        (av.Triangular, {"low": 0, "mode": 3, "high": 2}, "triangular.high"),
        (av.Pert, {"low": 0, "mode": -1, "high": 2}, "pert.mode"),
        (av.Pert, {"low": 0, "mode": 1, "high": 2, "weight": 0}, "pert.weight"),
        (av.Normal, {"mean": 0, "sd": 0}, "normal.sd"),
        (av.Normal, {"mean": float("nan"), "sd": 1}, "normal.mean"),
        (av.LogNormal, {"median": 1, "log_sd": 11}, "lognormal.log_sd"),
        (av.LogNormalRange, {"low": 0, "high": 1}, "lognormal_range.low"),
        (av.LogNormalRange, {"low": 1e-9, "high": 1e9, "coverage": 0.01}, "lognormal_range.high"),
        (av.NormalRange, {"low": 0, "high": 1, "coverage": 1}, "normal_range.coverage"),
        (av.ThreeQuantiles, {"low": 0, "median": 2, "high": 1}, "three_quantiles.median"),
        (av.ThreeQuantiles, {"low": 0, "median": 1e-9, "high": 1, "coverage": 0.1}, "three_quantiles.median"),
        (av.Beta, {"a": -1, "b": 1}, "beta.a"),
        (av.Exponential, {"mean": float("inf")}, "exponential.mean"),
        (av.Gamma, {"shape": 0.01, "scale": 1}, "gamma.shape"),
        (av.Gamma, {"shape": 1, "scale": 0}, "gamma.scale"),
        (av.Weibull, {"shape": 0, "scale": 1}, "weibull.shape"),
        (av.Weibull, {"shape": 1, "scale": -1}, "weibull.scale"),
        (av.LogStudentT, {"median": 0, "log_scale": 1, "degrees_of_freedom": 9}, "log_student_t.median"),
        (av.LogStudentT, {"median": 1, "log_scale": 11, "degrees_of_freedom": 99}, "log_student_t.log_scale"),
        (av.Uniform, {"low": 0, "high": 1e300}, "uniform.high"),
        (av.Uniform, {"low": av.Uniform(low=0, high=1), "high": 3}, "uniform.low"),
    ],
)
def test_a_wrong_parameter_is_named(law: Any, given_: dict[str, Any], address: str) -> None:
    """Each wrong parameter of a law is one fault with its address."""
    assert list(faults_of(law, **given_)) == [address]
