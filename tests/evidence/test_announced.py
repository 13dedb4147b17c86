"""The table of announced plans: read whole, its dates understood, and shown on its page as it is."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path

import pytest

from avtosim.evidence.announced import KINDS, announced, days, known_by, last_day, months_to_go

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def test_every_row_can_be_used() -> None:
    """Kinds, dates, years and volumes of all rows make sense, and an outcome has a date on which it became known."""
    assert len(announced()) == 161
    for row in announced():
        assert row.kind in KINDS
        assert row.confidence in {"high", "medium", "low"}
        assert 0 < row.plan_low <= row.plan <= (row.plan_high or row.plan_low)
        assert row.months_to_go > 0
        assert (row.actual is None) == (row.outcome_known_on == "")
        assert row.actual is None or row.actual >= 0
        for date in (row.outcome_known_on, row.last_year_known_on):
            assert not date or days(date)


def test_a_case_tells_one_outcome() -> None:
    """The statements of a company-year agree on who, when and of which kind, and but for one on the outcome."""
    cases: dict[str, set[object]] = {}
    for row in announced():
        cases.setdefault(row.case_id, set()).add((row.period, row.kind, row.outcome_known_on))
    assert [name for name, told in cases.items() if len(told) > 1] == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2024", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_coarse_date_spans_its_days(text: str, first: str, last: str) -> None:
    """A month or year reaches from its first to its last day, and is known from its last one on."""
    ends = tuple(dt.date.fromisoformat(day).toordinal() for day in (first, last))
    assert days(text) == ends
    assert known_by(text, ends[1])
    assert not known_by(text, ends[1] - 1)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2023-02-29", "2024-1", "soon", "2024-01-01T00", "0000"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """Only days, months and years that exist are dates."""
    with pytest.raises(ValueError, match=r"must be|month|day|year"):
        days(text)


def test_months_run_to_the_end_of_the_year() -> None:
    """From the middle of a year six months are left; a year with a stroke ends on 20 March; a wrong one is refused."""
    assert months_to_go("2023", "2023") == pytest.approx(6.0, abs=0.01)
    assert months_to_go("2024-06-30", "2024") == pytest.approx(6.0, abs=0.1)
    assert months_to_go("2021-12-20", "2021/22") == pytest.approx(3.0, abs=0.05)
    assert last_day("2021/22") == dt.date(2022, 3, 20).toordinal()
    assert last_day("1999/00") == dt.date(2000, 3, 20).toordinal()
    for wrong in ("2021/23", "21", "2021-22", ""):
        with pytest.raises(ValueError, match="must be a year"):
            last_day(wrong)


def test_the_page_is_what_the_table_says() -> None:
    """The committed page equals what its script writes: python docs/reference/generate_announced.py."""
    spec = importlib.util.spec_from_file_location("generate_announced", FOLDER / "generate_announced.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.page()
    assert (FOLDER / "announced-plans.md").read_text(encoding="utf-8") == page
    assert page.count("\n| ") == len(announced()) + 2 * len(KINDS)
