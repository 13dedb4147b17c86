"""Small tables of records: files, rows and data frames mean the same, and what is wrong is told with its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from records import STOPS, YEAR, fault_of
from tiny import TINY

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


def test_files_as_spreadsheets_write_them_are_read(tmp_path: Path) -> None:
    """Capitals and blanks in the head, empty rows at the end, tabs, and a line that names the separator do no harm."""
    plain = "partner,start,end\nKaiyi,2023-02-10,2023-02-20\nKaiyi,2023-06-01 08:00,\n"
    other = plain.replace("partner,start", "Partner , Start").replace("partner", "Partner") + ",,\n\n"
    path = tmp_path / "log.csv"
    found = []
    for text in (plain, other, plain.replace(",", "\t"), "sep=;\n" + plain.replace(",", ";")):
        path.write_text(text, encoding="utf-8")
        with pytest.warns(UserWarning, match="few stops that ended: 1"):
            found.append(str(av.fit_stops(path, observed=YEAR)))
    assert len(set(found)) == 1


@pytest.mark.parametrize("line", ["Kaiyi,2023-08-01,2023-08-05,900", "Kaiyi,2023-08-01"])
def test_a_line_with_more_or_fewer_cells_than_the_head_is_refused(tmp_path: Path, line: str) -> None:
    """A thousands comma or a missing one moves cells, so the line is named with what it holds."""
    path = tmp_path / "log.csv"
    path.write_text(f"partner,start,end\nKaiyi,2023-02-10,2023-02-20\n{line}\n", encoding="utf-8")
    with pytest.raises(av.FactError, match="log, line 3: must have as many cells as the head, 3: partner, start, end"):
        av.fit_stops(path, observed=YEAR)


@pytest.mark.parametrize("year", [2022, 202301, "2021"])
def test_years_are_no_numbers_of_months(year: object) -> None:
    """Whole numbers beyond a century of months are years or dates without dashes, and are refused."""
    log = [{"name": "A", "planned": year, "actual": year}]
    with pytest.raises(av.FactError, match="row 1, A, planned: must be a date as YYYY-MM-DD"):
        av.fit_delay(log)


def test_a_fit_can_be_looked_through() -> None:
    """Names and kinds can be asked for, its repr names them, and no two may stand for the same fact."""
    months = [{"partner": name, "month": m, "due": 10, "arrived": 8} for name in ("A", "B") for m in range(6)]
    fit = av.fit_fill_rate(months)
    assert list(fit) == ["A", "B", "all"]
    assert "A" in fit
    assert "C" not in fit
    assert repr(fit) == "<FillRateFit of A, B>"
    for at in ({"A": "partners.X", "B": "partners.X"}, {"A": ["partners.X"]}):
        with pytest.raises(av.FactError, match="must be the address of one fact, of no other name's"):
            fit.changes(at)


def test_two_stars_are_asked_for() -> None:
    """Whoever hands replace what changes gives, without the stars, is told."""
    months = [{"partner": "A", "month": m, "due": 10, "arrived": 8} for m in range(6)]
    with pytest.raises(av.FactError, match="with two stars"):
        av.loads(TINY).replace(av.fit_fill_rate(months).changes({"A": "partners.BAIC"}))
