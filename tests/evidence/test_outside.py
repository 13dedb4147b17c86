"""The view from outside: its law against textbooks and integrals, its cases, its errors, its way into scenarios."""

from __future__ import annotations

import datetime as dt
import math

import attrs
import numpy as np
import pytest
from scipy import integrate, stats
from tiny import tiny

import avtosim as av
from avtosim.evidence.announced import AnnouncedPlan, announced
from avtosim.evidence.outside import case_weights, law_of, predictive, view_from, with_outcome

RNG = np.random.default_rng(5)
SHARES = np.array([0.001, 0.05, 0.3, 0.5, 0.9, 0.999])
ASKED = {"plan": 90_000, "stated_on": "2024-04-15", "year": 2024, "kind": "new_partner_assembly"}


def view(**changes: object) -> av.OutsideView:
    """Ask for the usual view, changed."""
    return av.outside_view(**ASKED | changes)


def invented(ratios: list[float], *, stated_on: str = "2022-12-31", kind: str = "mature") -> list[AnnouncedPlan]:
    """Statements of so many company-years, with these ratios of what was built to the plan."""
    row = attrs.asdict(announced()[0]) | {"confidence": "high", "period": "2023", "outcome_known_on": "2024-01"}
    row |= {"stated_on": stated_on, "kind": kind, "plan_low": 100.0, "plan_high": 100.0}
    return [AnnouncedPlan(**row | {"case_id": str(i), "actual": 100.0 * ratio}) for i, ratio in enumerate(ratios)]


@pytest.mark.parametrize("count", [2, 3, 8, 40])
def test_equal_cases_give_the_t_predictive_of_normal_logs(count: int) -> None:
    """With n cases and no covariate a new log ratio is t with n - 1 degrees, scale s * sqrt(1 + 1/n), exactly."""
    logs = RNG.normal(-0.3, 0.4, count)
    law = predictive(logs, np.ones(count))
    oracle = stats.t(count - 1, logs.mean(), logs.std(ddof=1) * math.sqrt(1 + 1 / count))
    assert law.degrees_of_freedom == count - 1
    np.testing.assert_allclose(np.log(law.ppf(SHARES)), oracle.ppf(SHARES), rtol=1e-12, atol=1e-12)


def test_statements_of_a_case_share_its_weight() -> None:
    """A case told twice with half the weight each is the case told once."""
    logs = RNG.normal(size=6)
    once = predictive(logs, np.ones(6), years=np.arange(6.0), variances=np.arange(1.0, 7.0))
    twice = [np.repeat(x, 2) for x in (logs, np.full(6, 0.5), np.arange(6.0), np.arange(1.0, 7.0))]
    again = predictive(*twice[:2], years=twice[2], variances=twice[3])
    np.testing.assert_allclose(attrs.astuple(again), attrs.astuple(once), rtol=1e-12)


def test_months_to_go_enter_as_in_least_squares() -> None:
    """Level and scale are those of least squares on whitened rows, with the slope's prior as one row more."""
    logs, years, variances = RNG.normal(size=9), RNG.normal(size=9), RNG.uniform(0.5, 2, 9)
    law = predictive(logs, np.ones(9), years=years, variances=variances, slope=0.7)
    rows = np.vstack([np.column_stack([np.ones(9), years]) / np.sqrt(variances)[:, None], [0.0, 1 / 0.7]])
    targets = np.append(logs / np.sqrt(variances), 0.0)
    found, squares, *_ = np.linalg.lstsq(rows, targets)
    scale = math.sqrt(squares[0] / 8 * (1 + np.linalg.inv(rows.T @ rows)[0, 0]))
    np.testing.assert_allclose([math.log(law.median), law.log_scale], [found[0], scale], rtol=1e-10)


def test_the_chance_to_die_is_that_of_a_gamma_distributed_rate() -> None:
    """The chance is the mean of 1 - exp(-rate * years) over the rate's law, a dead case watched half its time."""
    cases = invented([0.1, 0.8, 0.9, 1.1])
    months = cases[0].months_to_go
    rate = stats.gamma(0.5 + 1, scale=1 / (5 + 3.5 * months / 12))
    oracle, _ = integrate.quad(lambda x: -math.expm1(-x * 0.75) * rate.pdf(x), 0, 20)
    assert law_of(cases, 1.0, "mature", 9.0).weights["dies"] == pytest.approx(oracle, rel=1e-7)


def test_programmes_die_more_often_the_longer_the_year() -> None:
    """The chance to die grows with the months to go, and is largest for makers and plants that are new."""
    chances = [view(stated_on=date).chance_dies for date in ("2024-11", "2024-04", "2023-04")]
    assert chances == sorted(chances)
    by_kind = [view(kind=kind).chance_dies for kind in ("mature", "new_partner_assembly", "new_maker_or_plant")]
    assert by_kind == sorted(by_kind)


def test_cases_of_other_kinds_weigh_as_one_together() -> None:
    """Whether one case of another kind is known or a hundred like it, the law is the same."""
    own, others = invented([0.7, 0.9, 1.1]), invented([0.6] * 103, kind="another")[3:]
    one, hundred = (law_of([*own, *others[:count]], 1.0, "mature", 12.0) for count in (1, 100))
    np.testing.assert_allclose(one.ppf(SHARES), hundred.ppf(SHARES), rtol=1e-9)


def test_the_law_is_in_vehicles() -> None:
    """Twice the plan is twice every quantile; the mean is that of the quantiles; density and chances agree."""
    one, two = view(), view(plan=180_000)
    np.testing.assert_allclose(two.ppf(SHARES), 2 * one.ppf(SHARES), rtol=1e-9)
    assert one.support() == (0.0, 270_000.0)
    shares = (np.arange(20_000) + 0.5) / 20_000
    assert one.mean() == pytest.approx(one.ppf(shares).mean(), rel=1e-4)
    np.testing.assert_allclose(one.cdf(one.ppf(SHARES)), SHARES, rtol=1e-9)
    area, _ = integrate.quad(lambda x: math.exp(one.logpdf(x)), 40_000, 60_000)
    assert area == pytest.approx(float(one.cdf(60_000) - one.cdf(40_000)), rel=1e-6)
    assert one.chance_dies == pytest.approx(float(one.cdf(18_000)), rel=1e-9)
    assert one.chance_of_plan == 1 - float(one.cdf(90_000))


def test_few_cases_still_give_a_law_with_a_mean() -> None:
    """From one case on, dead or not, the law has quantiles and a finite mean."""
    for ratios in ([0.0], [1.0], [0.01, 0.02]):
        law = law_of(invented(ratios), 1000.0, "mature", 6.0)
        assert np.isfinite(law.ppf(SHARES)).all()
        assert 0 < law.mean() < 3000


def test_cases_are_those_known_with_their_sources() -> None:
    """Each company-year has weight 1, none is of low confidence or was known later, all but one have both sources."""
    found = view(as_of="2024-04-30")
    weights: dict[str, float] = {}
    for case in found.cases:
        weights[case.case_id] = weights.get(case.case_id, 0.0) + case.weight
        assert case.ratio == case.actual / case.plan
        assert case.sources
        assert case.outcome_known_on <= "2024-04-30"
    assert list(weights.values()) == pytest.approx([1.0] * found.company_years)
    assert "avtotor-2004" not in weights
    assert "fisker-magna-2024" not in weights
    assert "fisker-magna-2024" in {case.case_id for case in view().cases}


def test_of_a_range_the_middle_is_taken() -> None:
    """A plan of 50,000 to 70,000 is one of 60,000, one of at least 230,000 is one of 230,000."""
    plans = {(s.case_id, s.stated_on): s.plan for s in announced()}
    assert plans["avtotor-2023", "2022-09-19"] == 60_000
    assert plans["hyundai-spb-2020", "2020-01"] == 230_000


def test_the_print_says_what_it_is() -> None:
    """Plan, date, kind, quantiles, chances, cases, sources' hosts, what was known and how ambitious the plan is."""
    text = str(view(as_of="2024-04-30", last_year=38_000))
    for part in (
        "90,000 vehicles planned for 2024, stated 2024-04-15, 8.6 months before the end: new_partner_assembly",
        "P10 ",
        "chance to reach the plan ",
        "chance that the programme dies (less than a fifth of the plan) ",
        "tass.com",
        "18 company-years, outcomes known by 2024-04-30; 38 of other kinds count as one",
        "the plan is 2.4 times last year's output",
    ):
        assert part in text
    assert "all outcomes of the table, later ones too" in str(view())
    assert "nothing was built last year; " in str(view(last_year=0))


def test_it_warns_of_few_cases_and_of_long_horizons() -> None:
    """With few company-years of the kind, or a plan stated longer before than any case, the view says so."""
    few = view(stated_on="2008-01", year=2008, as_of="2009-02")
    assert few.warning == "few cases: 2 company-years of this kind"
    assert few.warning in str(few)
    assert view().warning == ""
    assert "no plan of this kind was stated more than 33 months" in view(year=2028).warning


def test_last_year_moves_no_bit_of_the_law() -> None:
    """Ambition does not prove itself, so it is told and not used."""
    assert view(last_year=38_000).as_law == view().as_law


def test_dates_of_python_are_dates() -> None:
    """A date object is the same as its text, and a year the same as its number."""
    same = view(stated_on=dt.date(2024, 4, 15), year="2024", as_of=dt.date(2024, 4, 30))
    assert same.as_law == view(as_of="2024-04-30").as_law


WRONG = {
    "plan: must be above 0": {"plan": 0},
    "plan: must be above 0 .*got -5": {"plan": -5},
    "plan: .*got nan": {"plan": math.nan},
    "plan: .*got inf": {"plan": math.inf},
    "plan: .*'many'": {"plan": "many"},
    "plan: .*True": {"plan": True},
    "last_year: must lie in .*got -1": {"last_year": -1},
    "kind: must be one of new_partner_assembly, .*'matur'.*did you mean 'mature'": {"kind": "matur"},
    "kind: must be one of .*got 3": {"kind": 3},
    "stated_on: must be a date that exists.*2024-13": {"stated_on": "2024-13"},
    "stated_on: must be a date .*in quotes": {"stated_on": 2024},
    "stated_on: must lie before the end of the year planned for, 2024": {"stated_on": "2025-01-01"},
    "stated_on: must lie before the end of the year planned for, 2021/22": {"year": "2021/22"},
    "stated_on: must not lie after as_of": {"as_of": "2024-04-14"},
    "stated_on: must lie .*within 60 months of it": {"year": 2100},
    "as_of: must be a date": {"as_of": "soon"},
    "as_of: must not lie before .*the first was on 2006-08-23; got '2006-08-22'": {"as_of": "2006-08-22"},
    'year: must be a year such as 2024, or "2021/22".*2024/26': {"year": "2024/26"},
    "year: .*2024.5": {"year": 2024.5},
}


@pytest.mark.parametrize("said", WRONG)
def test_each_wrong_argument_has_one_clear_error(said: str) -> None:
    """The error names the argument, the rule and the value, and where it helps what to do."""
    with pytest.raises(av.FactError, match=said) as error:
        view(**WRONG[said])
    assert len(error.value.faults) == 1


def test_a_table_without_the_kind_is_refused() -> None:
    """Where no case of the kind was ever known there is no first date to name."""
    with pytest.raises(av.FactError, match=r"as_of: must not lie before any outcome of kind mature was known$"):
        view_from([s for s in announced() if s.kind != "mature"], **ASKED | {"kind": "mature"})


def test_it_goes_into_a_scenario_and_a_pool() -> None:
    """A named quantity that is given a view holds its law, which a file gives back; a pool holds it beside others."""
    seen = view(as_of="2024-04-30")
    changed = tiny().replace({"quantities.outside": seen, "markets.Russia.per_year": av.Named("outside")})
    assert changed["quantities.outside"] == seen.as_law
    assert av.loads(changed.to_toml())["quantities.outside"] == seen.as_law
    pool = av.Pooled({"inside": av.Normal(40_000, 5_000), "outside": seen})
    assert pool.mean() == pytest.approx(0.5 * (40_000 + seen.mean()))
    assert seen.provenance.standing == "derived"
    assert "18 company-years of new_partner_assembly, outcomes known by 2024-04-30" in seen.provenance.note


def test_a_table_of_its_cases_can_be_had() -> None:
    """The records have a row for each statement, with numbers."""
    rows = view().table.records()
    assert len(rows) == len(view().cases)
    assert {"company", "year", "plan", "built", "ratio", "weight"} <= rows[0].keys()


def test_weights_of_all_used_statements_sum_to_company_years() -> None:
    """The bundled table has 58 company-years with an outcome and confidence above low."""
    assert case_weights(with_outcome(announced())).sum() == pytest.approx(58)
