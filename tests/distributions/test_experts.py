"""What experts state: laws through quantiles, pools of laws, and what a law says in words."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tiny import TINY, bounded_laws, continuous_laws, faults_of

import avtosim as av

U = np.linspace(0.001, 0.999, 999)
EXACT = {case["id"]: case["values"] for case in json.loads(
    (Path(__file__).parents[1] / "reference" / "exact.json").read_text(encoding="utf-8"))["cases"]}  # fmt: skip


def test_three_quantiles_give_the_published_terms() -> None:
    """P10, P50, P90 of 10, 20, 50 give the terms of Keelin (2016)."""
    np.testing.assert_allclose(av.Metalog({0.1: 10, 0.5: 20, 0.9: 50})._terms, EXACT["metalog"]["a"], rtol=1e-8)


def test_three_quantiles_are_feasible_up_to_the_published_ends() -> None:
    """The median may lie from 0.166578 to 0.833422 of the way from P10 to P90, and no farther."""
    least, most = EXACT["metalog"]["feasible for r = (median - low)/(high - low) between"]
    for inside in (least + 1e-5, most - 1e-5):
        assert av.Metalog({0.1: 0, 0.5: inside, 0.9: 1}).ppf(0.5) == pytest.approx(inside)
    for outside in (least - 1e-5, most + 1e-5):
        (text,) = faults_of(av.Metalog, {0.1: 0, 0.5: outside, 0.9: 1}).values()
        assert "must be quantiles that a metalog law can have" in text


@pytest.mark.parametrize("bounds", [{}, {"low": 2.0}, {"high": 30.0}, {"low": 2.0, "high": 30.0}], ids=str)
@pytest.mark.parametrize("count", range(3, 11))
def test_a_metalog_goes_through_its_quantiles(count: int, bounds: dict[str, float]) -> None:
    """Through 3 to 10 quantiles of a smooth law, with any bounds, it gives them back, and undoes its inverse."""
    shares = np.linspace(0.04, 0.96, count) if count != 7 else np.array([0.03, 0.1, 0.3, 0.45, 0.6, 0.8, 0.95])
    values = stats.beta(3, 4, 2, 28).ppf(shares)
    law = av.Metalog(dict(zip(shares.tolist(), values.tolist(), strict=True)), **bounds)
    np.testing.assert_allclose(law.ppf(shares), values, rtol=1e-9)
    np.testing.assert_allclose(law.cdf(law.ppf(U)), U, atol=1e-9)
    middle = law.ppf(U)[1:-1]
    np.testing.assert_allclose(
        np.exp(law.logpdf(middle)) * (law.ppf(U + 5e-7) - law.ppf(U - 5e-7))[1:-1], 1e-6, rtol=1e-3
    )


@pytest.mark.parametrize(
    ("law", "bounds"),
    [
        (stats.lognorm(0.5), {"low": 0}),
        (stats.beta(8, 1.5), {"low": 0, "high": 1}),
        (stats.gamma(0.7), {"low": 0}),
    ],
    ids=["lognormal", "beta", "gamma"],
)
@pytest.mark.parametrize(
    ("shares", "most"),
    [((0.1, 0.5, 0.9), 0.017), (np.linspace(0.05, 0.95, 5), 0.005), (np.linspace(0.01, 0.99, 9), 0.001)],
    ids=["3", "5", "9"],
)
def test_more_quantiles_come_closer_to_a_law(
    law: object, bounds: dict[str, float], shares: object, most: float
) -> None:
    """With the bounds of a law, 3, 5 and 9 of its quantiles leave errors of at most 0.017, 0.005, 0.001."""
    made = av.Metalog({float(u): float(law.ppf(u)) for u in shares}, **bounds)  # type: ignore[attr-defined]
    at = law.ppf(np.linspace(1e-4, 1 - 1e-4, 20_000))  # type: ignore[attr-defined]
    error = np.max(np.abs(made.cdf(at) - law.cdf(at)))  # type: ignore[attr-defined]
    assert 0.1 * most < error <= most


@pytest.mark.parametrize(
    ("given", "address", "rule"),
    [
        ({"quantiles": {0.1: 1, 0.9: 2}}, "metalog.quantiles", "must hold 3 to 10 quantiles; got 2"),
        ({"quantiles": {i / 12: i for i in range(1, 12)}}, "metalog.quantiles", "must hold 3 to 10 quantiles; got 11"),
        ({"quantiles": {0.1: 1, 0.5: 3, 0.9: 2}}, "metalog.quantiles", "must rise with their shares"),
        ({"quantiles": {0: 1, 0.5: 2, 0.9: 3}}, "metalog.quantiles.0.0", "must lie strictly between 0 and 1"),
        ({"quantiles": {"P10": 1, 0.5: 2, 0.9: 3}}, "metalog.quantiles.P10", "did you mean 0.1?"),
        ({"quantiles": {10: 1, 0.5: 2, 0.9: 3}}, "metalog.quantiles.10.0", "did you mean 0.1?"),
        ({"quantiles": {0.1: 1, 0.5: "2", 0.9: 3}}, "metalog.quantiles.0.5", "must be a number"),
        ({"quantiles": [1, 2, 3]}, "metalog.quantiles", "must be a table from names to numbers"),
        ({"quantiles": {0.1: 1, 0.5: 2, 0.9: 3}, "low": 1}, "metalog.low", "must lie below the lowest quantile (1)"),
        ({"quantiles": {0.1: 1, 0.5: 2, 0.9: 3}, "high": 2}, "metalog.high", "must lie above the highest quantile (3)"),
        (
            {"quantiles": {u: 10 * u for u in (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)}},
            "metalog.quantiles",
            "seven shares that lie evenly about one half leave it open",
        ),
        (
            {"quantiles": {0.1: 10, 0.5: 11, 0.9: 50}},
            "metalog.quantiles",
            "it would fall near the share 0.273",
        ),
    ],
)
def test_quantiles_that_no_metalog_has_are_refused(given: dict[str, object], address: str, rule: str) -> None:
    """Quantiles that are too few, do not rise, leave the law open or have none are refused, each with its rule."""
    (found,) = faults_of(av.Metalog, **given).items()
    assert found[0] == address
    assert rule in found[1]


def test_a_metalog_of_dates_moves_with_the_calendar() -> None:
    """Quantiles may be dates, all of them; months from the beginning follow."""
    law = av.Metalog({0.1: "2024-03", 0.5: "2024-04-16", 0.9: "2024-09"})
    moved = law.since("2024-01", "opening")
    assert moved.ppf([0.1, 0.5, 0.9]).round(6).tolist() == [2.0, 3.5, 8.0]
    faults = faults_of(av.Metalog, {0.1: "2024-03", 0.5: 3, 0.9: "2024-09"})
    assert "must be a date, as another parameter of the law is" in faults["metalog.quantiles"]


@given(continuous_laws())
def test_a_pool_of_one_is_that_law(law: object) -> None:
    """Quantiles, shares, densities and mean of a pool of one law are those of the law."""
    pool = av.Pooled({"only": law})
    for method, at in (("ppf", U), ("cdf", law.ppf(U)), ("logpdf", law.ppf(U))):  # type: ignore[attr-defined]
        np.testing.assert_allclose(getattr(pool, method)(at), getattr(law, method)(at), rtol=1e-12)
    assert pool.mean() == law.mean()  # type: ignore[attr-defined]


@given(st.lists(bounded_laws(-5.0, 20.0), min_size=2, max_size=4), st.data())
def test_a_pool_is_the_weighted_mean_of_shares(laws: list[object], data: st.DataObject) -> None:
    """Its cdf is the weighted mean of the laws', and its quantile the least value that holds the share."""
    weights = np.array(data.draw(st.lists(st.floats(0.05, 1.0), min_size=len(laws), max_size=len(laws))))
    weights /= weights.sum()
    names = "abcd"[: len(laws)]
    pool = av.Pooled(dict(zip(names, laws, strict=True)), weights=dict(zip(names, weights, strict=True)))
    x = np.linspace(-6.0, 21.0, 500)
    np.testing.assert_allclose(
        pool.cdf(x), sum(w * law.cdf(x) for w, law in zip(weights, laws, strict=True)), atol=1e-14
    )
    values = pool.ppf(U)
    assert np.all(pool.cdf(values + 1e-9) >= U - 1e-9)
    assert np.all(pool.cdf(values - 1e-9) <= U + 1e-9 + 1e-7)


def test_a_pool_of_discrete_laws_gives_their_values() -> None:
    """Where all laws give separate values, so does the pool, to the last digit."""
    pool = av.Pooled({"a": av.Discrete([0.1, 0.7], [1, 1]), "b": av.Empirical([0.3, 0.7, 1.1])}, {"a": 0.6, "b": 0.4})
    assert set(pool.ppf(U).tolist()) == {0.1, 0.3, 0.7, 1.1}
    np.testing.assert_allclose(
        np.exp(pool.logpdf([0.1, 0.3, 0.7, 0.8])), [0.3, 0.4 / 3, 0.3 + 0.4 / 3, 0.0], atol=1e-15
    )


@pytest.mark.parametrize(
    ("weights", "rule"),
    [
        ({"a": 0.6, "b": 0.5}, "must sum to 1; these sum to 1.1; got"),
        ({"a": 1.0}, "must have a weight; got 'b'"),
        ({"a": 0.5, "b": 0.25, "c": 0.25}, "must be the name of one of the laws; got 'c'"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: dict[str, float], rule: str) -> None:
    """Weights that do not sum to one, are missing or belong to no law are one clear error each."""
    (found,) = faults_of(av.Pooled, {"a": av.Uniform(0, 1), "b": av.Uniform(1, 2)}, weights=weights).items()
    assert found[0] == "pooled.weights"
    assert rule in found[1]


def test_pools_need_laws() -> None:
    """An empty pool, numbers in place of laws, and unsound laws are refused by name."""
    assert "at least one law" in faults_of(av.Pooled, {})["pooled.laws"]
    assert "must be a law" in faults_of(av.Pooled, {"a": 3})["pooled.laws.a"]
    assert "must be a table from names to laws" in faults_of(av.Pooled, [av.Uniform(0, 1)])["pooled.laws"]


def test_pools_and_metalogs_stand_in_files() -> None:
    """A pool of laws of the library, one of them through quantiles, reads back equal from a file."""
    law = av.Pooled(
        {"model": av.Metalog({0.1: 0.5, 0.5: 0.6, 0.9: 0.8}, low=0, high=1), "boss": av.Pert(0.5, 0.9, 1)},
        weights={"model": 0.25, "boss": 0.75},
    )
    scenario = av.loads(TINY).replace({"partners.BAIC.fill_rate": law})
    assert av.loads(scenario.to_toml())["partners.BAIC.fill_rate"] == law
    assert av.simulate(scenario, runs=500, seed=1).runs == 500


def test_a_pool_with_a_result_stands_in_a_scenario() -> None:
    """A simulated result pooled with a law can stand for a number; a file cannot hold it, and the error says so."""
    tiny_plant = av.loads(TINY)
    result = av.simulate(tiny_plant, runs=200, seed=1)
    pool = av.Pooled({"simulated": result, "guess": av.Uniform(100, 500)})
    fed = tiny_plant.replace({"vehicles.U5 Plus.plan": pool})
    assert av.simulate(fed, runs=200, seed=1).mean().value > 0
    assert "only numbers and the library's own laws" in faults_of(fed.to_toml)["vehicles.U5 Plus.plan"]


def test_a_law_says_what_was_said() -> None:
    """describe() prints quantiles and mean with what they mean, holds them as numbers, and pickles."""
    said = av.Exponential(0.5).describe("stop")
    assert said.quantiles[0.9] == pytest.approx(0.5 * np.log(10))
    assert str(said).splitlines() == [
        "Exponential(mean=0.5)",
        " P1  0.005025  one stop in a hundred below",
        "P10   0.05268  one stop in ten below",
        "P50    0.3466  half of all above",
        "P90     1.151  one stop in ten above",
        "P99     2.303  one stop in a hundred above",
        "mean 0.5",
    ]
    assert pickle.loads(pickle.dumps(said)) == said
    dates = av.Metalog({0.1: "2024-03", 0.5: "2024-04-16", 0.9: "2024-09"}).describe("launch")
    assert str(dates).splitlines()[2:5] == [
        "P10  2024-03-01  one launch in ten before",
        "P50  2024-04-16  half of all after",
        "P90  2024-09-01  one launch in ten after",
    ]
    assert str(av.Bernoulli(0.3).describe()).splitlines()[1:] == [
        " P1  0  one year in a hundred at most that",
        "P10  0  one year in ten at most that",
        "P50  0  half of all at least that",
        "P90  1  one year in ten at least that",
        "P99  1  one year in a hundred at least that",
        "mean 0.3",
    ]
    assert "no finite mean" in str(av.LogStudentT(1, 1, 3).describe())
    with pytest.raises(TypeError, match="each: must be text"):
        av.Exponential(0.5).describe(2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "shares", [(0.1, 0.3, 0.5, 0.7, 0.9), (0.05, 0.25, 0.5, 0.75, 0.95), (0.1, 0.25, 0.5, 0.75, 0.9)]
)
def test_even_quantiles_are_those_of_a_uniform_law(shares: tuple[float, ...]) -> None:
    """Quantiles in a straight line have a law, the uniform one, though its slope in the tails is mere rounding."""
    law = av.Metalog({share: 100.0 * share for share in shares})
    np.testing.assert_allclose(law.ppf(U), 100.0 * U, atol=1e-9)
    np.testing.assert_allclose(law.logpdf([20.0, 60.0]), -np.log(100.0), atol=1e-9)
    assert "must be quantiles" in next(
        iter(faults_of(av.Metalog, {0.1: 10, 0.3: 30, 0.5: 50, 0.7: 70, 0.9: 90.1}).values())
    )


def test_pools_of_laws_with_values_of_their_own_are_sound() -> None:
    """Discrete laws without end, a probability at zero inside the range, and the lowest value are met exactly."""
    pool = av.Pooled({"a": stats.poisson(3), "b": av.Discrete([0, 5], [1, 1])})
    assert set(pool.ppf(U).tolist()) <= set(range(12))
    assert float(pool.ppf(0.0)) == 0.0
    assert float(av.Pooled({"a": stats.randint(0, 7), "b": stats.binom(10, 0.5)}).ppf(0.0)) == 0.0
    heaped = av.Pooled({"a": av.Clipped(av.Normal(5, 10), low=0), "b": av.Normal(0, 10)})
    at_zero = np.mean(heaped.ppf(np.linspace(0.0005, 0.9995, 10_000)) == 0.0)
    assert at_zero == pytest.approx(0.5 * float(stats.norm.cdf(-0.5)), abs=2e-3)
    beside = av.Pooled({"a": av.Discrete([50], [1]), "b": av.Normal(50, 1)})
    assert float(beside.logpdf(50.0)) == pytest.approx(np.log(0.5))
    assert float(beside.logpdf(51.0)) == pytest.approx(np.log(0.5 * stats.norm.pdf(1.0)))


def test_the_density_of_a_clipped_law_at_a_bound_without_probability() -> None:
    """Where the law ends at the bound by itself nothing is heaped there, and the density is that of the law."""
    assert float(av.Clipped(av.Exponential(1), low=0).logpdf(0.0)) == 0.0
    assert float(av.Clipped(av.Uniform(0, 1), low=0, high=1).logpdf(1.0)) == 0.0
    assert float(av.Clipped(av.Beta(2, 1), high=1).logpdf(1.0)) == pytest.approx(np.log(2.0))
    assert float(av.Clipped(av.Normal(0, 1), low=0).logpdf(0.0)) == pytest.approx(np.log(0.5))


def test_weights_may_be_left_to_none() -> None:
    """No weights are equal ones."""
    laws = {"a": av.Uniform(0, 1), "b": av.Uniform(0, 2)}
    assert av.Pooled(laws, weights=None) == av.Pooled(laws)
