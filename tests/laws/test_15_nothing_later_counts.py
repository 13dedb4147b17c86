"""Law 15: an answer as of a date uses nothing that became known later; altering any of it changes no bit."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import pytest

import avtosim as av
from avtosim.evidence.announced import KINDS, AnnouncedPlan, announced, days
from avtosim.evidence.outside import view_from

DATES = ("2013-12-31", "2019-02", "2023-01-09", "2023-12", "2024-04-14", "2024-05-31")
_LAST = {"02": "28", "04": "30", "06": "30", "09": "30", "11": "30"}


def end_of(date: str) -> str:
    """Give the last day of a date, by its text alone; what was never known ends after all others."""
    whole = f"{date}-12" if len(date) == 4 else date
    return f"{whole}-{_LAST.get(whole[5:], '31')}" if len(whole) == 7 else whole or "9999"


def altered(table: Sequence[AnnouncedPlan], as_of: str) -> list[AnnouncedPlan]:
    """The table with every later outcome, statement and last year's value altered, and later rows put in front."""
    by, made = end_of(as_of), []
    for row in table:
        changes: dict[str, object] = {}
        if end_of(row.outcome_known_on) > by:
            changes |= {"actual": 7.0, "outcome_known_on": row.outcome_known_on or "2030", "source_actual": "altered"}
        if end_of(row.last_year_known_on) > by:
            changes["last_year_value"] = 12.5
        if end_of(row.stated_on) > by:
            changes |= {"plan_low": 1.0, "plan_high": 2.0, "note": "altered", "kind": KINDS[0]}
        made.append(attrs.evolve(row, **changes))
    later = attrs.evolve(table[-1], case_id="later", actual=3.0, outcome_known_on="2031-01", confidence="high")
    return [*(attrs.evolve(later, case_id=f"later {kind}", kind=kind) for kind in KINDS), *made]


def answers(table: Sequence[AnnouncedPlan], as_of: str) -> list[object]:
    """All that views of each kind say as of a date: numbers to the last bit, cases and text."""
    said: list[object] = []
    for kind in KINDS:
        asked = {"plan": 90_000, "stated_on": "2011-10", "year": 2012, "kind": kind, "last_year": 40_000}
        try:
            view = view_from(table, **asked, as_of=as_of)
        except av.FactError:
            said.append("none known")
            continue
        numbers = np.concatenate([view.ppf([0.1, 0.5, 0.9]), view.cdf([9e3, 9e4]), view.logpdf([5e4]), [view.mean()]])
        said += [numbers.tobytes(), view.cases, view.as_law, str(view)]
    return said


@pytest.mark.parametrize("as_of", DATES)
def test_later_outcomes_change_no_bit(as_of: str) -> None:
    """Every later outcome, value and row altered, or taken away, views as of a date are bit for bit the same."""
    now = answers(announced(), as_of)
    assert now != ["none known"] * 3
    assert answers(altered(announced(), as_of), as_of) == now
    left = [row for row in announced() if end_of(row.outcome_known_on) <= end_of(as_of)]
    # Values of last year that were published later stay, and are not looked at.
    assert answers(left, as_of) == now


def test_earlier_outcomes_do_count() -> None:
    """An outcome that was known alters the view, so that the law holds something."""
    as_of = "2024-04-14"
    table = list(announced())
    place = next(i for i, row in enumerate(table) if row.case_id == "moskvich-2023")
    table[place] = attrs.evolve(table[place], actual=49_000)
    assert answers(table, as_of) != answers(announced(), as_of)


WRONG = {
    "outcomes are taken as known when the plan is stated": lambda row, day: days(row.stated_on)[1] <= day,
    "a month or year counts from its beginning": lambda row, day: days(row.outcome_known_on)[0] <= day,
    "everything counts": lambda _row, _day: True,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_implementation_is_noticed(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way to look ahead changes some answer when what is later is altered."""
    monkeypatch.setattr(AnnouncedPlan, "known_by", WRONG[wrong])
    assert any(answers(altered(announced(), date), date) != answers(announced(), date) for date in DATES)
