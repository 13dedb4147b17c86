"""Delays fitted to a log of launches: on time, late, still to come, not due yet, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from records import fault_of

import avtosim as av

LATE = {"A": 2.0, "B": 0.0, "C": 5.5, "D": 1.0, "E": 9.0, "F": 3.0, "G": -1.5}
LOG: list[dict[str, Any]] = [
    {"name": name, "planned": 2, "actual": 2 + months, "seen_until": 24} for name, months in LATE.items()
]
COMING = {"name": "H", "planned": 18, "actual": None, "seen_until": 24}


def test_on_time_is_a_chance_of_its_own() -> None:
    """Two of seven launches were early or on time: with an even prior the law gives 0 with chance (2 + 1) / (7 + 2)."""
    law: Any = av.fit_delay(LOG).law
    assert float(law.cdf(0.0)) == pytest.approx(3 / 9)
    assert law.ppf([0.0, 0.1, 0.3]).tolist() == [0.0, 0.0, 0.0]
    assert law.ppf(0.4) > 0.0
    assert law.support()[0] == 0.0
    assert math.isfinite(law.mean())


def test_a_launch_that_has_not_come_is_later_than_it_is_already() -> None:
    """It is censored at six months: the law of others reaches further for it, and its own begins there."""
    fit = av.fit_delay([*LOG, COMING])
    own, new = fit["H"], fit["all"]
    assert fit["A"] == new == fit.law
    assert own.support()[0] == 6.0  # type: ignore[attr-defined]
    assert new.ppf(0.9) > av.fit_delay(LOG).law.ppf(0.9)
    # The law that the others give, cut at six months: its own waiting must not count twice.
    others = av.fit_delay(LOG).law
    given = (others.cdf(10.0) - others.cdf(6.0)) / (1.0 - others.cdf(6.0))
    assert own.cdf(10.0) == pytest.approx(given, rel=1e-6)
    assert fit.provenance("all").note == "8 launches: 2 on time, 5 late, 1 late and still to come"
    assert fit.provenance("H").note.endswith("; 6 months late already")
    assert fit.provenance("H").stated_on == ""
    assert "\nH" in str(fit)


def test_a_launch_that_is_not_due_yet_says_nothing() -> None:
    """One planned after the day up to which one looked moves no law, and is counted."""
    fit = av.fit_delay([*LOG, COMING | {"planned": 30}])
    assert fit["H"] == av.fit_delay(LOG).law
    assert fit.provenance("H").note == "8 launches: 2 on time, 5 late, 1 not due yet"


def test_dates_and_months_are_first_days() -> None:
    """A launch planned for a month is late by the time from the first of that month to the day on which it came."""
    log = [{"name": str(i), "planned": "2023-03", "actual": f"2023-{4 + i:02d}-01"} for i in range(6)]
    numbers = [{"name": str(i), "planned": 2, "actual": 3 + i} for i in range(6)]
    assert av.fit_delay(log).law == av.fit_delay(numbers).law


def test_many_launches_give_back_the_law_that_they_come_from() -> None:
    """Of 400 launches, a quarter on time and the others lognormal, quantiles of the law are close to the truth."""
    rng = np.random.default_rng(1)
    months = np.where(rng.random(400) < 0.25, 0.0, rng.lognormal(math.log(3.0), 0.7, 400))
    fit = av.fit_delay([{"name": str(i), "planned": 0, "actual": m} for i, m in enumerate(months.tolist())])
    truth = av.LogNormal(3.0, 0.7)
    assert fit.law.ppf([0.5, 0.9]) == pytest.approx(truth.ppf([1 / 3, 1.0 - 0.1 / 0.75]), rel=0.1)
    assert str(fit.candidates).splitlines()[1].startswith("lognormal")


def test_kinds_have_laws_of_their_own() -> None:
    """Where kinds are told apart each has a law, and there is none of all."""
    slow = [{"name": f"s{i}", "planned": 0, "actual": 10 + i} for i in range(6)]
    quick = [{"name": f"q{i}", "planned": 0, "actual": 0.5 + i / 10} for i in range(6)]
    fit = av.fit_delay(
        [*slow, *quick], like={row["name"]: "slow" if row["name"][0] == "s" else "quick" for row in slow + quick}
    )
    assert fit["slow"].ppf(0.5) > 5.0 * fit["quick"].ppf(0.5)
    with pytest.raises(av.FactError, match="must be one of the names in the records, or a kind; got 'all'"):
        fit.law  # noqa: B018 - reading it is what fails


def test_a_fit_enters_a_scenario_with_its_provenance() -> None:
    """Of a launch that has not come and of a new one: the register shows the note, and a file reads back equal."""
    fit = av.fit_delay([*LOG, COMING])
    changed = av.load("avtotor-2024-06").replace(**fit.changes({"H": "vehicles.E5", "all": "vehicles.X3"}))
    notes = {row.address: row.note for row in changed.assumptions()}
    assert notes["vehicles.E5.delay"] == fit.provenance("H").note
    assert notes["vehicles.X3.delay"] == fit.provenance("all").note
    assert av.loads(changed.to_toml()) == changed


def test_too_few_late_launches_are_one_warning() -> None:
    """Four that came late, or none, are told with what the prior says."""
    with pytest.warns(UserWarning, match=r"fit_delay: few launches that came late: 4; .*0\.42 to 22 months"):
        av.fit_delay(LOG[:-2])
    with pytest.warns(UserWarning, match="few launches that came late: none"):
        av.fit_delay([{"name": "A", "planned": 0, "actual": 0}])


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"seen_until": None}, "row 8, H, actual: must be given; if the launch has not come, give seen_until"),
        ({"name": "A"}, "row 8, A, name: must be stated once; got 'A'"),
        ({"planned": "spring"}, "row 8, H, planned: must be a date"),
        ({"planned": None}, "row 8, H, planned: must be a date"),
        ({"actual": 25}, "row 8, H, actual: must lie before seen_until (24.0); got 25.0"),
        ({"actual": "2023-04"}, "log: must hold dates throughout or plain numbers of months throughout"),
    ],
)
def test_a_bad_row_is_one_error_with_row_name_and_value(row: dict[str, Any], text: str) -> None:
    """No day up to which one looked, a name twice, no moment, come after that day, and dates beside numbers."""
    assert fault_of(av.fit_delay, [*LOG, COMING | row]).startswith(text)


def test_an_empty_log_is_refused() -> None:
    """Without a launch there is nothing to fit."""
    assert fault_of(av.fit_delay, []) == "log: must hold at least one launch"
