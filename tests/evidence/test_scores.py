"""Scores of forecasts: closed forms, the fair forms of runs, the density of runs, and bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats
from tiny import bounded_laws, tiny

import avtosim as av

EXACT = next(
    case["values"]
    for case in json.loads((Path(__file__).parents[1] / "reference" / "exact.json").read_text(encoding="utf-8"))[
        "cases"
    ]
    if case["id"] == "scores"
)
LAWS = {
    "N(0,1) at 0": (av.Normal(0, 1), 0),
    "N(0,1) at 1": (stats.norm(), 1),
    "U(0,1) at 0.5": (av.Uniform(0, 1), 0.5),
    "Exp(1) at 2": (av.Exponential(1), 2),
    "lognormal(0, 0.5) at 1": (av.LogNormal(1, 0.5), 1),
    "t with 5 degrees at 0": (stats.t(5), 0),
}


@pytest.mark.parametrize("case", EXACT)
def test_crps_of_laws_is_the_closed_form(case: str) -> None:
    """The score of each law at an outcome is the published value, to its last digit."""
    digits = len(str(EXACT[case]).partition(".")[2])
    assert av.score(*LAWS[case]).crps == pytest.approx(EXACT[case], abs=10**-digits)


@pytest.mark.parametrize("outcome", [-30.0, -1.0, 0.3, 2.0, 50.0])
def test_crps_of_a_normal_law_far_out_is_the_closed_form(outcome: float) -> None:
    """At any outcome, far in the tails too, quadrature gives sd (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi))."""
    z = (outcome - 1.0) / 2.0
    closed = 2.0 * (z * (2.0 * special.ndtr(z) - 1.0) + 2.0 * stats.norm.pdf(z) - 1.0 / math.sqrt(math.pi))
    assert av.score(av.Normal(1, 2), outcome).crps == pytest.approx(closed, rel=1e-9)


@given(bounded_laws(-5.0, 20.0), st.floats(-8.0, 25.0))
def test_crps_is_the_integral_of_the_squared_distance(law: Any, outcome: float) -> None:
    """For any bounded law, with jumps too, it is the integral of (cdf - step)^2, here by a fine plain sum."""
    x = np.linspace(-8.0, 25.0, 330_001)
    middle = 0.5 * (x[1:] + x[:-1])
    plain = np.sum((law.cdf(middle) - (middle >= outcome)) ** 2) * (x[1] - x[0])
    assert av.score(law, outcome).crps == pytest.approx(plain, abs=3e-4)


def test_two_values_have_the_plain_and_the_fair_score() -> None:
    """A law of 0 and 1 scores 0.25 at 0; two runs of 0 and 1 score 0 there, since fair scores have no bias."""
    assert av.score(av.Empirical([0, 1]), 0).crps == pytest.approx(0.25, abs=1e-12)
    assert av.score(np.array([1.0, 0.0]), 0).crps == pytest.approx(0.0, abs=1e-12)


def test_scores_of_few_runs_are_fair() -> None:
    """Mean CRPS and Brier of 20,000 forecasts of five runs are those of the law; the plain forms are not."""
    rng = np.random.default_rng(5)
    runs = rng.normal(size=(20_000, 5))
    law = av.score(av.Normal(0, 1), 0.4)
    for of in (lambda s: s.crps, lambda s: s.brier(0.7)):
        scores = np.array([of(av.score(row, 0.4)) for row in runs])
        # Four standard errors: fails by chance once in 16,000 seeds.
        assert abs(scores.mean() - of(law)) < 4 * scores.std() / math.sqrt(scores.size)
    plain = np.mean([(np.mean(row >= 0.7) - 0.0) ** 2 for row in runs])
    assert plain - law.brier(0.7) > 0.02


def test_score_of_the_logarithm_is_the_score_of_logarithms() -> None:
    """The logarithm of a lognormal law scores as its normal law; what is below the floor counts as the floor."""
    law = av.LogNormal(50_000, 0.4)
    plain = av.score(av.Normal(math.log(50_000), 0.4), math.log(38_000)).crps
    assert av.score(law, 38_000).crps_of_log(1e-3) == pytest.approx(plain, rel=1e-9)
    assert av.score(law, 0).crps_of_log(500) == av.score(law, 500).crps_of_log(500)
    runs = law.ppf(np.random.default_rng(1).random(200_000))
    assert av.score(runs, 38_000).crps_of_log(1e-3) == pytest.approx(plain, rel=0.02)
    clipped = av.Clipped(av.Normal(math.log(50_000), 0.4), low=math.log(40_000))
    assert av.score(law, 38_000).crps_of_log(40_000) == pytest.approx(
        av.score(clipped, math.log(40_000)).crps, rel=1e-6
    )


def test_pit_is_the_share_below() -> None:
    """PIT is the cdf at the outcome; of values with a probability of their own, half of it is counted."""
    assert av.score(av.Normal(0, 1), 1).pit == pytest.approx(special.ndtr(1.0), abs=1e-12)
    assert av.score(av.Bernoulli(0.3), 1).pit == pytest.approx(0.85)
    assert av.score(np.array([1.0, 2.0, 2.0, 5.0]), 2).pit == pytest.approx(0.5)


@pytest.mark.parametrize("law", [av.Normal(3, 2), av.Gamma(2, 3), stats.norm(1, 2)], ids=["normal", "gamma", "scipy"])
def test_log_score_is_the_log_density(law: Any) -> None:
    """The log score is the logarithm of the density; of a discrete law that of the probability."""
    slope = (law.cdf(2.5 + 1e-6) - law.cdf(2.5 - 1e-6)) / 2e-6
    assert av.score(law, 2.5).log_score == pytest.approx(math.log(slope), abs=1e-6)
    assert av.score(av.Discrete([1, 2], [1, 3]), 2).log_score == pytest.approx(math.log(0.75))


def test_an_outcome_that_was_ruled_out_is_said() -> None:
    """Where the forecast gave an outcome no probability, the log score is no number, and the print says so."""
    found = av.score(av.Uniform(0, 1), 2)
    with pytest.raises(ValueError, match="log_score: must be finite; the forecast ruled it out; got the outcome 2"):
        _ = found.log_score
    assert "ruled out" in str(found)
    assert found.crps == pytest.approx(1.0 + 1.0 / 3.0)
    with pytest.raises(ValueError, match="has a density without end there; got the outcome 1"):
        _ = av.score(av.Beta(8, 0.5), 1.0).log_score


def test_a_tail_too_heavy_for_a_mean_error_is_refused() -> None:
    """A law whose tail makes the score infinite is refused by name; its logarithm can be scored."""
    law = av.LogStudentT(1, 0.3, 3)
    with pytest.raises(ValueError, match="crps: the tail of the law is too heavy; bound it, or use crps_of_log"):
        _ = av.score(law, 1).crps
    assert "too heavy a tail" in str(av.score(law, 1))
    plain = av.score(stats.t(3, 0, 0.3), math.log(1.2)).crps
    assert av.score(law, 1.2).crps_of_log(1e-12) == pytest.approx(plain, rel=1e-6)


def test_a_result_is_scored_by_its_runs() -> None:
    """A result, and its outputs as an array, score alike; its chance is the one that the result states."""
    result = av.simulate(tiny(), runs=500, seed=1)
    found, by_hand = av.score(result, 300), av.score(result.annual, 300)
    assert (found.crps, found.pit, found.log_score) == (by_hand.crps, by_hand.pit, by_hand.log_score)
    chance = result.chance(400).value
    assert found.brier(400) == pytest.approx(chance**2 - chance * (1 - chance) / 499)
    assert str(found).startswith("score of Tiny\noutcome")


def test_a_result_is_a_law_in_a_pool() -> None:
    """A result has cdf, ppf and density; a pool of it alone gives them back, and one with a law their weighted mean."""
    result = av.simulate(tiny(), runs=400, seed=1)
    at = np.linspace(0.0, 600.0, 100)
    assert result.cdf(result.ppf(0.5)) >= 0.5
    assert float(result.ppf(0.1)) == result.quantile(0.1).value
    pool = av.Pooled({"model": result})
    np.testing.assert_array_equal(pool.cdf(at), result.cdf(at))
    np.testing.assert_allclose(pool.ppf([0.1, 0.5]), result.ppf([0.1, 0.5]), rtol=1e-12)
    assert pool.mean() == pytest.approx(result.mean().value)
    both = av.Pooled({"model": result, "guess": av.Uniform(0, 600)}, {"model": 0.75, "guess": 0.25})
    np.testing.assert_allclose(both.cdf(at), 0.75 * result.cdf(at) + 0.25 * at / 600.0)
    plain = np.sum((both.cdf(np.arange(0.005, 800.0, 0.01)) - (np.arange(0.005, 800.0, 0.01) >= 310)) ** 2) * 0.01
    assert av.score(both, 310).crps == pytest.approx(plain, abs=0.01)


def test_the_density_of_runs_is_that_of_their_law() -> None:
    """It integrates to one over values that are not negative, comes near the density, and is finite beyond all runs."""
    runs = np.abs(np.random.default_rng(3).normal(size=20_000)) * 100.0
    result = _result_of(runs)
    mass, _ = integrate.quad(lambda x: float(np.exp(result.logpdf(x))), 0.0, 1000.0, limit=200)
    assert mass == pytest.approx(1.0, abs=1e-4)
    x = np.array([5.0, 80.0, 150.0])
    np.testing.assert_allclose(np.exp(result.logpdf(x)), 2.0 * stats.norm.pdf(x, scale=100.0), rtol=0.08)
    assert math.isfinite(float(result.logpdf(1e6)))
    assert float(result.logpdf(-1.0)) == -math.inf
    assert _result_of(np.full(9, 7.0)).logpdf([7.0, 8.0]).tolist() == [0.0, -math.inf]


def test_runs_that_may_be_negative_are_not_reflected() -> None:
    """Runs of a number of either sign, such as a difference, have their density on both sides of zero."""
    runs = np.random.default_rng(4).normal(size=20_000)
    for outcome in (-1.5, 0.0, 1.0):
        assert av.score(runs, outcome).log_score == pytest.approx(stats.norm.logpdf(outcome), abs=0.08)


def _result_of(annual: Any) -> av.Result:
    info = av.RunInfo(title="t", scenario="", seed=0, first_run=0, design="plain", replicate_size=1, version="0")
    return av.Result(record={"annual": annual}, axes={"annual": ("run",)}, labels={}, targets=(), run_info=info)


@pytest.mark.parametrize(
    ("forecast", "outcome", "error", "text"),
    [
        (50_000, 1, TypeError, "forecast: must be a Result, a law or an array of outputs; got 50000"),
        (av.Normal(0, 1), math.nan, ValueError, "outcome: must be a finite number of at most 1e[+]15 in size; got nan"),
        (av.Normal(0, 1), "3", ValueError, "outcome: must be a finite number; got '3'"),
        (av.Normal(0, 1), True, ValueError, "outcome: must be a finite number; got True"),
        (np.array([1.0, math.inf]), 1, ValueError, "forecast: must be a row of one finite number or more"),
        (np.zeros((2, 2)), 1, ValueError, "forecast: must be a row of one finite number or more"),
        (np.zeros(0), 1, ValueError, "forecast: must be a row of one finite number or more"),
    ],
)
def test_bad_forecasts_and_outcomes_are_refused(forecast: Any, outcome: Any, error: Any, text: str) -> None:
    """What is no forecast, or no finite outcome, is one clear error."""
    with pytest.raises(error, match=text):
        av.score(forecast, outcome)


@pytest.mark.parametrize("floor", [0, -1, math.nan, "1"])
def test_floors_and_volumes_are_checked(floor: Any) -> None:
    """A floor must lie above zero, a volume must be finite."""
    found = av.score(av.Normal(0, 1), 1)
    with pytest.raises(ValueError, match="floor: must be"):
        found.crps_of_log(floor)
    with pytest.raises(ValueError, match="volume: must be a finite number"):
        found.brier(math.inf)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.1, 5.0)), min_size=1, max_size=30))
def test_the_three_parts_sum_to_the_brier_score(rows: list[tuple[float, bool, float]]) -> None:
    """Reliability less resolution plus uncertainty is the Brier score, and none of the parts is negative."""
    chances, happened, weights = map(np.array, zip(*rows, strict=True))
    parts = av.brier_parts(chances, happened, weights)
    assert parts.brier == pytest.approx(np.average((chances - happened) ** 2, weights=weights), abs=1e-12)
    assert parts.reliability - parts.resolution + parts.uncertainty == pytest.approx(parts.brier, abs=1e-12)
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= -1e-12


def test_the_parts_are_those_of_murphy() -> None:
    """With few distinct chances that come true in their order, the parts are Murphy's sums over equal chances."""
    rng = np.random.default_rng(2)
    chances = rng.choice([0.1, 0.5, 0.8], 3_000)
    happened = rng.random(3_000) < chances + 0.1
    parts = av.brier_parts(chances, happened)
    base = happened.mean()
    groups = [(chances == p, p, happened[chances == p].mean()) for p in (0.1, 0.5, 0.8)]
    assert parts.reliability == pytest.approx(sum(at.mean() * (p - right) ** 2 for at, p, right in groups))
    assert parts.resolution == pytest.approx(sum(at.mean() * (right - base) ** 2 for at, _, right in groups))
    assert parts.uncertainty == pytest.approx(base * (1 - base))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (([], []), "chances: must be a row of one finite number or more"),
        (([1.2], [True]), "chances: must be shares in"),
        (([0.2], [0.5]), "happened: must be True or False"),
        (([0.2, 0.3], [True]), "happened: must be True or False, as many as chances"),
        (([0.2], [True], [0.0]), "weights: must be numbers above zero"),
    ],
)
def test_bad_chances_are_refused(arguments: Any, text: str) -> None:
    """Chances outside [0, 1], outcomes that are neither yes nor no and weights of zero are refused by name."""
    with pytest.raises(ValueError, match=text):
        av.brier_parts(*arguments)


@pytest.mark.parametrize(
    ("law", "outcome"),
    [(stats.poisson(40_000), 40_000), (stats.poisson(3.3), 50), (stats.geom(0.2), 1), (stats.binom(20, 0.3), 6)],
)
def test_discrete_laws_without_end_are_scored_exactly(law: Any, outcome: float) -> None:
    """For SciPy's discrete laws the score is the sum over their steps, however far they reach."""
    steps = np.arange(0, int(law.ppf(1 - 1e-14)) + outcome + 2)
    plain = float(np.sum((law.cdf(steps[:-1]) - (steps[:-1] >= outcome)) ** 2))
    assert av.score(law, outcome).crps == pytest.approx(plain, rel=1e-9)
    logs = np.log(np.maximum(steps[1:], 2.0))
    plain = float(np.sum((law.cdf(steps[1:-1]) - (steps[1:-1] >= max(outcome, 2))) ** 2 * np.diff(logs)))
    assert av.score(law, outcome).crps_of_log(2.0) == pytest.approx(plain, rel=1e-9)


def test_a_view_is_scored_as_the_law_that_it_stands_for() -> None:
    """A view from outside, alone or in a pool, has the scores of its law, whose bends are looked at."""
    view = av.outside_view(plan=90_000, stated_on="2024-04-15", year=2024, kind="mature", as_of="2024-04-15")
    assert av.score(view, 60_000).crps == av.score(view.as_law, 60_000).crps
    other = av.Uniform(0, 1e5)
    pooled, alone = (av.Pooled({"view": law, "other": other}) for law in (view, view.as_law))
    assert av.score(pooled, 60_000).crps == av.score(alone, 60_000).crps
    fine = np.linspace(0.0, 270_000.0, 2_700_001)
    middle = 0.5 * (fine[1:] + fine[:-1])
    plain = float(np.sum((view.cdf(middle) - (middle >= 60_000)) ** 2) * (fine[1] - fine[0]))
    assert av.score(view, 60_000).crps == pytest.approx(plain, rel=1e-6)


def test_small_units_do_not_matter_for_laws() -> None:
    """The chance to reach a volume of a millionth is judged like one of a thousand."""
    assert av.score(av.Uniform(0, 1e-6), 1e-7).brier(9e-7) == pytest.approx(0.01)


def test_scores_go_into_tables_with_their_numbers(tmp_path: Path) -> None:
    """The numbers of a score, of Brier's parts and of a log are in their tables, unrounded."""
    pandas = pytest.importorskip("pandas")
    found = av.score(av.LogNormal(50_000, 0.4), 38_000)
    frame = found.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["value"].tolist() == [38_000, found.pit, found.crps, found.log_score]
    assert set(frame["unit"]) == {""}
    parts = av.brier_parts([0.1, 0.9], [0, 1])
    assert parts.to_pandas()["value"].tolist() == [parts.brier, parts.reliability, parts.resolution, parts.uncertainty]
    found.to_csv(tmp_path / "score.csv")
    assert repr(found.crps) in (tmp_path / "score.csv").read_text(encoding="utf-8")
    assert av.score([1, 2, 3], 2).crps == av.score(np.array([1.0, 2.0, 3.0]), 2).crps
    assert av.score(pandas.Series([1, 2, 3]), 2).crps == av.score([1, 2, 3], 2).crps
