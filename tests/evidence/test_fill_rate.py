"""Fill rates fitted to months: exact given the hyper-parameters, what a year leaves open, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from records import fault_of
from scipy import special, stats

import avtosim as av
from avtosim.evidence import fill_rate

ARRIVED = [880, 940, 910, 790, 700, 760, 850, 930, 960, 900, 870, 920]
MONTHS = [{"partner": "Kaiyi", "month": f"2023-{m:02d}", "due": 1000, "arrived": n} for m, n in enumerate(ARRIVED, 1)]


def played(rng: np.random.Generator, law: Any, persistence: float, lasting: float, years: int, runs: int = 1) -> Any:
    """Play the months of a fill rate as ``Varying`` is described; shape (runs, 12 years)."""
    path = rng.standard_normal((runs, 12 * years))
    for month in range(1, 12 * years):
        path[:, month] = persistence * path[:, month - 1] + math.sqrt(1.0 - persistence**2) * path[:, month]
    year = np.repeat(rng.standard_normal((runs, years)), 12, axis=1)
    return law.ppf(special.ndtr(math.sqrt(lasting) * year + math.sqrt(1.0 - lasting) * path))


def test_given_the_hyper_parameters_the_level_is_that_of_a_joint_normal(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one point of the grid, mean and variance of next year's level are those of one big normal conditioning."""
    p, y, s, r = 0.15, 0.07, 0.2, 0.6
    for name, value in {"_BETWEEN_PARTNERS": [p], "_BETWEEN_YEARS": [y], "_BETWEEN_MONTHS": [s]}.items():
        monkeypatch.setattr(fill_rate, name, np.array(value))
    monkeypatch.setattr(fill_rate, "_PERSISTENCE", (r,))
    rng = np.random.default_rng(1)
    partners = [dict(zip(months, rng.beta(8, 2, len(months)), strict=True)) for months in (range(18), (3, 4, 9))]
    at = [(i, month) for i, shares in enumerate(partners) for month in shares] + [(0, 1000)]
    # The last row is the level of partner 0 in another year: without the process of its months.
    both = np.array(
        [
            [
                0.3**2 + (i == j) * (p**2 + (a // 12 == b // 12) * y**2 + (max(a, b) < 1000) * s**2 * r ** abs(a - b))
                for j, b in at
            ]
            for i, a in at
        ]
    )
    seen = np.arcsin(np.sqrt([share for shares in partners for share in shares.values()])) - math.asin(math.sqrt(0.85))
    gain = np.linalg.solve(both[:-1, :-1], both[:-1, -1])
    mean, variance = math.asin(math.sqrt(0.85)) + gain @ seen, both[-1, -1] - gain @ both[:-1, -1]
    made = fill_rate._levels(partners)[0]
    assert made.lasting == pytest.approx(variance / (variance + s**2), rel=1e-3)
    assert made.persistence == r
    level = np.clip(
        stats.norm(mean, math.sqrt(variance + s**2)).ppf((np.arange(100_000) + 0.5) / 100_000), 0, math.pi / 2
    )
    rates = np.sin(level) ** 2
    assert made.law.mean() == pytest.approx(rates.mean(), abs=1e-3)
    assert float(np.diff(made.law.ppf([0.25, 0.75]))[0]) > 0.0


def test_the_law_of_a_year_is_that_of_its_months() -> None:
    """Mean and standard deviation of 40,000 yearly means, played month by month, are those of the law of the year."""
    fit = av.fit_fill_rate(MONTHS)
    varying = fit["Kaiyi"]
    rng = np.random.default_rng(2)
    years = played(rng, varying.law, varying.persistence, varying.lasting, 1, 40_000).mean(axis=1)
    law = fit.year("Kaiyi")
    shares = (np.arange(10_000) + 0.5) / 10_000
    assert law.mean() == pytest.approx(years.mean(), abs=4.0 * years.std() / 200.0)
    assert law.ppf(shares).std() == pytest.approx(years.std(), rel=0.02)
    assert law.ppf([0.05, 0.95]) == pytest.approx(np.quantile(years, [0.05, 0.95]), abs=0.015)


def test_the_90_percent_law_of_next_years_mean_holds_it() -> None:
    """From 12 months that hang together, at least 80 % of 150 means of the next year lie inside, and noise.

    About 92 % do, so with a new seed the count would practically never fall below.
    """
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(150):
        months = played(rng, av.Beta(8, 1.5), 0.6, 0.2, 2)[0]
        fit = av.fit_fill_rate(
            [{"partner": "A", "month": m, "due": 1000, "arrived": 1000 * x} for m, x in enumerate(months[:12])]
        )
        inside += 0.05 <= float(fit.year("A").cdf(months[12:].mean())) <= 0.95
    assert inside / 150 >= 0.8


def test_more_years_and_more_partners_say_more() -> None:
    """A partner seen for four years has a narrower law of a year than one seen for one; a new one has a wider law."""
    rng = np.random.default_rng(4)
    rows = [
        {"partner": name, "month": month, "due": 500, "arrived": 500 * share}
        for name, years in (("A", 4), ("B", 1))
        for month, share in enumerate(played(rng, av.Beta(8, 1.5), 0.3, 0.1, years)[0])
    ]
    fit = av.fit_fill_rate(rows)
    width = {name: float(np.ptp(fit.year(name).ppf([0.05, 0.95]))) for name in ("A", "B", "all")}
    assert width["A"] < width["B"] < width["all"]


def test_full_deliveries_and_months_with_nothing_due() -> None:
    """A partner that always sent everything has a fill rate near 1, not above; months with nothing due are none."""
    full = [row | {"arrived": 1000} for row in MONTHS]
    fit = av.fit_fill_rate([*full, {"partner": "Kaiyi", "month": "2024-01", "due": 0, "arrived": 0}])
    assert fit["Kaiyi"] == av.fit_fill_rate(full)["Kaiyi"]
    assert 0.97 < fit["Kaiyi"].law.mean() < 1.0  # type: ignore[attr-defined]
    assert fit["Kaiyi"].law.support() == (0.0, 1.0)  # type: ignore[attr-defined]
    nothing = av.fit_fill_rate([row | {"arrived": 0} for row in MONTHS])
    assert nothing["Kaiyi"].law.mean() < 0.2  # type: ignore[attr-defined]


def test_a_fit_enters_a_scenario_with_its_provenance() -> None:
    """The register shows the note beside the fill rate, and a file reads back equal."""
    fit = av.fit_fill_rate([row | {"source": "dispatch office"} for row in MONTHS])
    changed = av.load("avtotor-2024-06").replace(**fit.changes({"Kaiyi": "partners.Kaiyi"}))
    [row] = [row for row in changed.assumptions() if row.address == "partners.Kaiyi.fill_rate"]
    assert (row.standing, row.source) == ("derived", "dispatch office")
    assert row.note == "12 months, 10,410 of 12,000 kits arrived; class of 1 partner"
    assert av.loads(changed.to_toml()) == changed


def test_too_few_months_are_one_warning() -> None:
    """Four months are told as few, with what the prior says."""
    with pytest.warns(
        UserWarning, match=r"fit_fill_rate: few months: 4; .*fill rates rest mostly on the prior, a guess: about 0\.85"
    ):
        av.fit_fill_rate(MONTHS[:4])


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"month": "2023-12"}, "row 13, Kaiyi, month: must be stated once for each partner; got '2023-12'"),
        ({"arrived": 1001}, "row 13, Kaiyi, arrived: must not be more than was due (1000); got 1001.0"),
        ({"arrived": -1}, "row 13, Kaiyi, arrived: must be a number of zero or more; got -1.0"),
        ({"due": "many"}, "row 13, Kaiyi, due: must be a number of zero or more; got 'many'"),
        ({"due": None}, "row 13, Kaiyi, due: must be a number of zero or more"),
        ({"month": "January"}, "row 13, Kaiyi, month: must be a date"),
        ({"month": 3}, "table, month: must hold dates throughout or plain numbers of months throughout; got 3.0"),
        ({"month": 3.5}, "row 13, Kaiyi, month: must be a whole number, or a month as YYYY-MM; got 3.5"),
    ],
)
def test_a_bad_row_is_one_error_with_row_partner_and_value(row: dict[str, Any], text: str) -> None:
    """A month twice, more arrived than due, what is no number and what is no month."""
    more = {"partner": "Kaiyi", "month": "2024-01", "due": 1000, "arrived": 900} | row
    assert fault_of(av.fit_fill_rate, [*MONTHS, more]).startswith(text)


def test_a_table_in_which_nothing_was_due_is_refused() -> None:
    """Without a month in which something was due there is no fill rate."""
    nothing = [row | {"due": 0, "arrived": 0} for row in MONTHS]
    assert "at least one month in which something was due" in fault_of(av.fit_fill_rate, nothing)
    assert "at least one month in which something was due" in fault_of(av.fit_fill_rate, [])
