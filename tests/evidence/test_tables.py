"""Small tables of records: files, rows and data frames mean the same, and what is wrong is told with its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from records import STOPS, YEAR, fault_of

import avtosim as av

HEAD = "partner,start,end,remark,source\n"


def as_csv(separator: str = ",") -> str:
    """Give the log of stops as text, with columns that nobody asked for and a mark at its beginning."""
    lines = [f"{row['partner']},{row['start']},{row['end'] or ''},x,press" for row in STOPS]
    return "\ufeff" + (HEAD + "\n".join(lines) + "\n").replace(",", separator)


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_file_rows_and_a_data_frame_give_the_same_fit(tmp_path: Path, separator: str) -> None:
    """The same stops as CSV with either separator, as rows of text or dates, and as a data frame with empty cells."""
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "stops.csv"
    path.write_text(as_csv(separator), encoding="utf-8")
    rows = [row | {"source": "press"} for row in STOPS]
    dates = [
        row | {key: dt.date.fromisoformat(row[key]) for key in ("start", "end") if row[key] is not None} for row in rows
    ]
    frame = pandas.DataFrame(rows)
    timed = frame.assign(start=pandas.to_datetime(frame["start"]), end=pandas.to_datetime(frame["end"]))
    fits = [av.fit_stops(log, observed=YEAR) for log in (path, str(path), rows, iter(rows), dates, frame, timed)]
    assert len({str(fit) for fit in fits}) == 1
    assert len({fit["Kaiyi"] for fit in fits}) == 1
    assert {fit.provenance("Kaiyi").source for fit in fits} == {"press"}


def test_wrong_columns_are_told_with_those_that_were_found(tmp_path: Path) -> None:
    """An error says which columns are meant, which is missing, and which were found, in a file and in rows."""
    path = tmp_path / "stops.csv"
    path.write_text("partner,begin,end\nKaiyi,2023-02-10,2023-02-20\n", encoding="utf-8")
    for log in (path, [{"partner": "Kaiyi", "begin": "2023-02-10", "end": "2023-02-20"}]):
        text = fault_of(av.fit_stops, log, observed=YEAR)
        assert text == ("log: must have the columns partner, start, end; start is missing (found: partner, begin, end)")
    assert "arrived, due are missing" not in fault_of(av.fit_fill_rate, [{"partner": "A", "month": 1}])
    assert "due, arrived are missing" in fault_of(av.fit_fill_rate, [{"partner": "A", "month": 1}])
    assert "planned, actual are missing (found: name)" in fault_of(av.fit_delay, [{"name": "A"}])


@pytest.mark.parametrize("log", [3, None, {"partner": "A"}, ["A"], [("A", 1, 2)]])
def test_what_is_no_table_is_refused(log: Any) -> None:
    """A number, nothing, a mapping and rows without names are no table; the error says what is one."""
    assert "must be the path of a CSV file, a data frame, or rows such as" in fault_of(
        av.fit_stops, log, observed={"A": (0, 1)}
    )


def test_a_row_without_a_name_is_refused() -> None:
    """An empty name, and a number for one, is told with the number of its row."""
    assert fault_of(av.fit_stops, [{"partner": 5, "start": 1, "end": 2}], observed=(0, 3)).startswith(
        "row 1, 5.0, partner"
    )
    log = [*STOPS, {"partner": " ", "start": "2023-02-10", "end": None}]
    assert fault_of(av.fit_stops, log, observed=YEAR) == "row 7, None, partner: must be a name, as text"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are told with the file."""
    path = tmp_path / "stops.csv"
    path.write_bytes(b"partner,start,end\n\xff,1,2\n")
    assert fault_of(av.fit_stops, path, observed=(0, 3)).startswith("log: must be a CSV file in UTF-8: ")


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    """The path stands in the error."""
    with pytest.raises(FileNotFoundError, match=r"no\.csv"):
        av.fit_delay(tmp_path / "no.csv")


def test_dates_and_numbers_of_months_do_not_mix() -> None:
    """A number of months beside dates has no origin in common with them."""
    log = [*STOPS, {"partner": "SWM", "start": 3, "end": 4}]
    assert fault_of(av.fit_stops, log, observed=YEAR).startswith("log and observed: must hold dates throughout")


def test_kinds_must_be_told_of_all() -> None:
    """``like`` must be a table that names the kind of each partner, and no kind may have the name of a partner."""
    kinds = {"Kaiyi": "Chinese", "BAIC": "Chinese"}
    assert fault_of(av.fit_stops, STOPS, observed=YEAR, like=kinds).startswith("like['SWM']: must name its kind")
    clash = kinds | {"SWM": "BAIC"}
    text = fault_of(av.fit_stops, STOPS, observed=YEAR, like=clash)
    assert text == "like['SWM']: must be the name of a kind, and not a name in the records; got 'BAIC'"
    assert fault_of(av.fit_stops, STOPS, observed=YEAR, like="Chinese").startswith("like: must be a table")
    assert "like['all']" in fault_of(av.fit_stops, [], observed={"all": (0, 12)})
