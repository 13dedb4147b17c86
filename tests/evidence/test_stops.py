"""Stops fitted to a log: exact posteriors, censoring, provenance, what is refused, and how often its laws hold."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest
from records import STOPS, YEAR, fault_of
from scipy import special

import avtosim as av
from avtosim.evidence.stops import posterior_rates


def fit(**more: Any) -> av.StopsFit:
    """Give the fit of the shared log."""
    return av.fit_stops(STOPS, **{"observed": YEAR, **more})


def test_with_a_fixed_prior_the_posterior_of_a_rate_is_gamma() -> None:
    """A gamma prior of shape a and rate b, n stops in T years: gamma with a + n, b + T; a new partner has the prior."""
    made = posterior_rates([3, 0], [1.25, 0.5], means=np.array([0.8]), shapes=np.array([[2.0]]))
    for law, count, years in zip(made, (3, 0, 0), (1.25, 0.5, 0.0), strict=True):
        assert law.shape == pytest.approx(2.0 + count, rel=1e-9)
        assert law.scale == pytest.approx(1.0 / (2.0 / 0.8 + years), rel=1e-9)


def test_the_mixture_over_the_class_is_near_the_gamma_law_that_stands_for_it() -> None:
    """Mean and mean logarithm of the law are those of the mixture that is summed up here point by point."""
    means, shapes = np.geomspace(0.1, 5, 9), np.geomspace(0.5, 8, 5)[:, None]
    counts, years = [4, 0, 1], [1.0, 1.0, 0.5]
    weights, first, logs = [], [], []
    for mean in means:
        for shape in shapes[:, 0]:
            log = -0.5 * (math.log(mean) / 1.5) ** 2 - 0.5 * (math.log(shape / 3.0) / 1.5) ** 2
            b = shape / mean
            for n, time in zip(counts, years, strict=True):
                log += (
                    math.lgamma(shape + n) - math.lgamma(shape) + shape * math.log(b) - (shape + n) * math.log(b + time)
                )
            weights.append(math.exp(log))
            first.append((shape + 4) / (b + 1.0))
            logs.append(special.digamma(shape + 4) - math.log(b + 1.0))
    law = posterior_rates(counts, years, means=means, shapes=shapes)[0]
    assert law.mean() == pytest.approx(np.average(first, weights=weights), rel=1e-9)
    assert special.digamma(law.shape) + math.log(law.scale) == pytest.approx(
        np.average(logs, weights=weights), abs=1e-9
    )


def test_90_percent_laws_of_rates_hold_the_true_ones() -> None:
    """Over 150 sets of seven partners and a year, 87 to 93 % of the true rates lie inside, and noise.

    The standard error of the share is about 1 %: with a new seed it leaves the bounds less than once in 50 times.
    """
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(150):
        true = rng.gamma(2.0, 0.4, 7)
        laws = posterior_rates(rng.poisson(true).tolist(), [1.0] * 7)[:-1]
        inside += [0.05 <= float(law.cdf(rate)) <= 0.95 for law, rate in zip(laws, true, strict=True)]
    assert 0.87 - 0.01 <= np.mean(inside) <= 0.93 + 0.01


def test_facts_say_what_the_log_says() -> None:
    """A partner that stopped more often has the higher rate, one that never stopped the lowest."""
    made = fit()
    mean = {name: made[name].per_year.mean() for name in ("Kaiyi", "SWM", "all")}  # type: ignore[union-attr]
    assert mean["SWM"] < mean["all"] < mean["Kaiyi"]
    assert made["Kaiyi"].severity.ppf(0.5) == pytest.approx(1.0)  # type: ignore[union-attr]
    with pytest.raises(av.FactError, match=r"must be one of the names in the records, or a kind; got 'Kayi'.*'Kaiyi'"):
        made["Kayi"]
    assert str(pickle.loads(pickle.dumps(made))) == str(made)


def test_duration_times_severity_is_the_law_of_a_stop() -> None:
    """A product of draws of the two is below the P10, P50 and P90 of ``duration`` in 10, 50 and 90 % of cases."""
    made = fit()
    shares = (np.arange(2000) + 0.5) / 2000
    stops: Any = made["BAIC"]
    product = np.outer(stops.duration.ppf(shares), stops.severity.ppf(shares)).ravel()
    for share in (0.1, 0.5, 0.9):
        assert np.mean(product <= made.duration("BAIC").ppf(share)) == pytest.approx(share, abs=2e-3)


def test_a_rate_is_one_of_running_time() -> None:
    """Six stops of a month each in a year leave half a year of running, in which six of them began."""
    log = [{"partner": "A", "start": 2 * m + 0.5, "end": 2 * m + 1.5} for m in range(6)]
    law: Any = av.fit_stops(log, observed={"A": (0, 12)})["A"].per_year
    assert law.law.mean() == pytest.approx(posterior_rates([6], [0.5])[0].mean(), rel=1e-3)


def test_a_stop_from_the_first_moment_on_did_not_begin_under_observation() -> None:
    """It takes running time and is a duration, but no event of the rate; one that began before says what to enter."""
    log = [{"partner": "A", "start": "2023-01-01", "end": "2023-06-30"}]
    with pytest.warns(UserWarning, match="few stops that ended: 1"):
        fit = av.fit_stops(log, observed={"A": ("2023-01", "2023-12")})
    law: Any = fit["A"].per_year
    assert law.law.mean() == pytest.approx(posterior_rates([0], [0.5])[0].mean(), rel=1e-3)
    log[0]["start"] = "2022-12-31"
    with pytest.raises(av.FactError, match="enter one that was going on from the first moment on"):
        av.fit_stops(log, observed={"A": ("2023-01", "2023-12")})


def test_months_and_days_are_counted_whole() -> None:
    """A month as a start is its first day and as an end its last: the same stops by days, months and numbers agree."""
    days = [{"partner": "A", "start": f"2023-{m:02d}-01", "end": f"2023-{m:02d}-28"} for m in (2, 4, 6, 8, 10)]
    days += [{"partner": "B", "start": "2023-02-01", "end": "2023-03-31"}]
    whole = [row | {"start": row["start"][:7]} for row in days]
    whole[0], whole[-1] = whole[0] | {"end": "2023-02"}, {"partner": "B", "start": "2023-02", "end": "2023-03"}
    ends = {4: 28 / 30, 6: 28 / 30, 8: 28 / 31, 10: 28 / 31, 2: 1.0}
    numbers = [{"partner": "A", "start": m - 1, "end": m - 1 + ends[m]} for m in (2, 4, 6, 8, 10)]
    numbers += [{"partner": "B", "start": 1, "end": 3}]
    dated = {"A": ("2023-01", "2023-12"), "B": ("2023-01-01", "2023-12-31")}
    fits = [av.fit_stops(log, observed=dated) for log in (days, whole)]
    fits.append(av.fit_stops(numbers, observed={"A": (0, 12), "B": (0, 12)}))
    assert len({str(made) for made in fits}) == 1


def test_a_stop_that_outlasts_observation_is_censored_there() -> None:
    """No end, and an end after the last day, say the same; a stop that is known to have ended on it says more."""
    log = STOPS[:-1]
    last = {"partner": "Kaiyi", "start": "2023-12-11"}
    empty, after, ended = (fit_of([*log, last | {"end": end}]) for end in (None, "2024-02-15", "2023-12-31"))
    assert str(empty) == str(after)
    assert empty.provenance("Kaiyi") == after.provenance("Kaiyi")
    assert "still going on" not in ended.provenance("Kaiyi").note
    assert ended.duration("Kaiyi").ppf(0.9) < empty.duration("Kaiyi").ppf(0.9)


def fit_of(log: Any) -> av.StopsFit:
    """Give the fit of a log of the shared partners."""
    return av.fit_stops(log, observed=YEAR)


def test_one_pair_stands_for_all_partners_of_the_log() -> None:
    """A pair is the same as naming each partner of the log; a partner without a stop is then not counted."""
    pair = av.fit_stops(STOPS, observed=("2023-01", "2023-12"))
    named = av.fit_stops(STOPS, observed={name: YEAR[name] for name in ("Kaiyi", "BAIC")})
    assert str(pair) == str(named)
    assert "SWM" not in str(pair)


def test_kinds_are_fitted_apart() -> None:
    """Records of one kind move nothing of another; each kind has its own ranking and stands for a new one of it."""
    many = [{"partner": "P", "start": float(m), "end": m + 0.5 + m / 50} for m in range(0, 12, 2)]
    more = [{"partner": "Q", "start": float(m), "end": m + 0.05 + m / 500} for m in range(0, 12, 2)]
    observed = {"P": (0, 12), "Q": (0, 12)}
    both = av.fit_stops([*many, *more], observed=observed, like={"P": "slow", "Q": "quick"})
    alone = av.fit_stops(many, observed={"P": (0, 12)})
    assert both["P"] == alone["P"]
    assert both["slow"] == alone["all"]
    assert both.duration("quick").ppf(0.5) < 0.5 * both.duration("slow").ppf(0.5)
    assert list(both.candidates.sections) == ["slow", "quick"]


def test_provenance_counts_the_records_and_names_their_sources() -> None:
    """The note counts stops, months, those still going on and the class; sources are those of the partner's rows."""
    log = [row | {"source": f"https://{row['partner']}.example"} for row in STOPS]
    made = av.fit_stops(log, observed=YEAR)
    assert made.provenance("Kaiyi") == av.Provenance(
        standing="derived",
        source="https://Kaiyi.example",
        stated_on="2023-12",
        note="3 stops in 12 partner-months, 1 still going on; class of 3 partners",
    )
    assert made.provenance("SWM").note == "0 stops in 12 partner-months; class of 3 partners"
    assert made.provenance("all").source == "https://Kaiyi.example; https://BAIC.example"


def test_a_fit_enters_a_scenario_in_one_line_with_its_provenance() -> None:
    """After ``replace(**fit.changes(...))`` the register shows the note at each number, and a file reads back equal."""
    made = fit()
    june = av.load("avtotor-2024-06")
    changed = june.replace(**made.changes({"Kaiyi": "partners.Kaiyi", "all": "partners.BAIC"}))
    assert changed["partners.Kaiyi.stops"] == made["Kaiyi"]
    rows = {row.address: row for row in changed.assumptions()}
    for number in ("per_year", "duration", "severity"):
        assert rows[f"partners.Kaiyi.stops.{number}"].note == made.provenance("Kaiyi").note
        assert rows[f"partners.BAIC.stops.{number}"].standing == "derived"
    again = av.loads(changed.to_toml())
    assert again == changed
    assert again.provenance == changed.provenance
    assert fault_of(made.changes, "Kaiyi").startswith("at: must be a table such as")
    assert fault_of(made.changes, {"Kayi": "partners.Kaiyi"}).startswith("name: must be one of the names")


def test_too_few_stops_are_one_warning_that_says_how_few() -> None:
    """Fewer than five stops that ended, or none, are told with the prior; the laws are there nevertheless."""
    with pytest.warns(UserWarning, match=r"few stops that ended: 3; .*prior.*0\.083 to 4\.3 months") as warned:
        av.fit_stops(STOPS[:3], observed=YEAR)
    assert len(warned) == 1
    assert warned[0].filename == __file__
    with pytest.warns(UserWarning, match=r"few stops that ended: none; .*durations rest mostly on the prior"):
        none = av.fit_stops([], observed=YEAR)
    assert none["SWM"].per_year.mean() < none["all"].per_year.mean()  # type: ignore[union-attr]
    assert none["SWM"].duration.ppf(0.5) == pytest.approx(0.6)  # type: ignore[union-attr]


KAIYI = {"partner": "Kaiyi", "start": "2023-03-01", "end": "2023-03-10"}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"partner": "Skywell"}, "row 7, Skywell, partner: must be a partner that was observed; got 'Skywell'"),
        ({"start": "2022-12-30"}, "row 7, Kaiyi, start: must lie within what was observed, 2023-01 to 2023-12"),
        ({"start": "2024-01-01", "end": None}, "row 7, Kaiyi, start: must lie within what was observed"),
        ({"start": "2023-03-20"}, "row 7, Kaiyi, end: must lie after the start (2023-03-20); got '2023-03-10'"),
        (
            {"start": "2023-02-15", "end": "2023-02-18"},
            "row 7, Kaiyi, start: must not begin before the stop of row 1 has",
        ),
        (
            {"start": "2023-05-15", "end": "2023-06-10"},
            "row 2, Kaiyi, start: must not begin before the stop of row 7 has",
        ),
        ({"start": "2023-12-20", "end": None}, "row 7, Kaiyi, start: must not begin while the stop of row 6 is still"),
        ({"start": "2023-12-20", "end": "2023-12-22"}, "row 7, Kaiyi, start: must not begin while the stop of row 6"),
        ({"start": "10.03.2023"}, "row 7, Kaiyi, start: must be a date as YYYY-MM-DD, a month as YYYY-MM, or a number"),
        ({"start": None}, "row 7, Kaiyi, start: must be a date"),
        ({"end": "2023-02-30"}, "row 7, Kaiyi, end: must be a date"),
    ],
)
def test_a_bad_row_is_one_error_with_row_partner_and_value(row: dict[str, Any], text: str) -> None:
    """A partner not observed, a stop outside, ended before its start, overlapping, twice unfinished, or no moment."""
    assert fault_of(av.fit_stops, [*STOPS, KAIYI | row], observed=YEAR).startswith(text)


@pytest.mark.parametrize("observed", [None, ("2023-01",), "2023", {"Kaiyi": 12}])
def test_without_exposure_there_is_no_rate(observed: Any) -> None:
    """What was observed must be a pair of moments, the first before the last."""
    rule = "must be a pair of moments, the first and the last that was observed"
    assert rule in fault_of(av.fit_stops, STOPS[:1], observed=observed)
    assert rule in fault_of(av.fit_stops, STOPS[:1], observed=("2023-12", "2023-01"))
    assert rule in fault_of(av.fit_stops, STOPS, observed=observed)
    assert "must name at least one partner" in fault_of(av.fit_stops, [], observed={})
