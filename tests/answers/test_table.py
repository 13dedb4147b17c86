"""Tables: text, HTML and data frames of the same rows."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import attrs
import pytest

import avtosim as av
from avtosim.answers.table import Between, Column, Table

NASTY = '<b onclick="x">&'


def estimate(value: float, unit: str = "vehicles") -> av.Estimate:
    """Make an estimate with an error of a tenth."""
    return av.Estimate(
        value=value, low=0.9 * value, high=1.1 * value, standard_error=value / 20, runs=100, method="m", unit=unit
    )


def table() -> Table:
    """Make a table with every kind of cell."""
    columns = (
        Column("name"),
        Column("at", "plain"),
        Column("n", "count"),
        Column("mean", "value"),
        Column("95 %", "error"),
        Column("interval", "interval"),
        Column("words", "words"),
    )
    much, chance = estimate(2000.0), estimate(0.2, "probability")
    rows = [
        ("a", 0.25, 3, much, much, much, attrs.evolve(chance, warning="a remark")),
        ("bcd", 1.0, 1000, "(base)", None, None, Between(estimate(1000.0), much)),
    ]
    return Table(columns, {"": rows, "more": rows[:1]}, title="Title", notes=("a note", "another"))


def test_tables_line_up() -> None:
    """Text aligns names and words to the left and numbers to the right, without trailing blanks."""
    lines = [
        "Title",
        "name     at      n    mean    95 %        interval  words",
        "  a    0.25      3   2,000  +-200  1,800 to 2,200  about 1 in 5 (20 %): a remark",
        "  bcd     1  1,000  (base)                         1,000 to 2,000 vehicles",
        "more",
        "  a    0.25      3   2,000  +-200  1,800 to 2,200  about 1 in 5 (20 %): a remark",
        "a note",
        "another",
    ]
    assert [" ".join(line.split()) for line in str(table()).splitlines()] == [" ".join(line.split()) for line in lines]
    rows = str(table()).splitlines()[1:4]
    assert len({row.index(word) + len(word) for row, word in zip(rows, (" n", " 3", "1,000"), strict=True)}) == 1
    assert len({row.index(word) for row, word in zip(rows, ("words", "about", "1,000 to"), strict=True)}) == 1
    assert not any(line != line.rstrip() for line in str(table()).splitlines())


def test_html_is_escaped() -> None:
    """All text is escaped in a notebook."""
    made = Table((Column(NASTY),), {NASTY: [(NASTY,)]}, title=NASTY, notes=(NASTY,))._repr_html_()
    assert "<b" not in made.replace("<body", "")
    assert made.count("&lt;b onclick=&quot;x&quot;&gt;&amp;") == 5


def test_html_and_text_show_the_same_cells() -> None:
    """The HTML contains every cell of the text."""
    page = table()._repr_html_()
    for word in ("1,800 to 2,200", "about 1 in 5 (20 %): a remark", "1,000 to 2,000 vehicles", "+-200", "more", "0.25"):
        assert word in str(table())
        assert word in page


def test_data_frames_hold_unrounded_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data frame has a row for each row of the table, numbers as numbers, and the ends of intervals in columns."""
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda rows: rows))
    first, second, third = table().to_pandas()
    assert first["name"] == "a"
    assert (first["at"], first["n"], first["mean"]) == (0.25, 3, 2000.0)
    assert first["95 %"] == pytest.approx(200.0)
    assert first["words"] == 0.2
    assert second["mean"] is None
    assert (second["low"], second["high"]) == (1000.0, 2000.0)
    assert third["section"] == "more"
    result = av.simulate(av.load("avtotor-2024-06"), runs=50)
    chance = next(row for row in result.to_pandas() if row["section"] == "chance")
    assert chance["value"] == result.chance(result.targets[0]).value
    assert [row["mean"] for row in result.by_vehicle.to_pandas()] == [
        result.by_vehicle.mean(name).value for name in result.by_vehicle
    ]


def test_data_frames_of_sweeps_keep_their_levers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data frame holds the values of levers as numbers, and laws as text."""
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda rows: rows))
    fill = "partners.BAIC.fill_rate"
    made = av.sweep(av.load("avtotor-2024-06"), {fill: [0.5, av.Uniform(0.4, 0.6)]}, runs=10)
    assert [row[fill] for row in made.to_pandas()[-2:]] == [0.5, "Uniform(low=0.4, high=0.6)"]
    assert made.to_pandas()[-2]["value"] == made.mean()[0]


def test_without_pandas_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pandas, ``to_pandas`` raises an error that says how to install it."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install 'avtosim\[tables\]'"):
        table().to_pandas()
