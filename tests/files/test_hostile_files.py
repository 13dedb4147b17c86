"""Files that are broken, hostile or written in another notation: each is refused at once, with what to do."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from tiny import TINY, faults_of

import avtosim as av

PER_DAY = "lines.Main.per_day"


def with_line(old: str, new: str) -> str:
    """Give the tiny plant with one line of its text replaced."""
    assert old in TINY
    return TINY.replace(old, new, 1)


def only_fault(text: str, address: str) -> str:
    """Read the text and give its one fault, which must stand at this address."""
    faults = faults_of(av.loads, text)
    assert list(faults) == [address]
    return faults[address]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder, which is also where relative paths start."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ('"6 %"', "(write 0.06, without quotes)"),
        ('"6%"', "write 0.06,"),
        ('"0,06"', "write 0.06,"),
        ('"12 000"', "write 12000,"),
        ('"12\u00a0000"', "write 12000,"),
        ('"12,000"', "write 12000,"),
        ('"1,234.5"', "write 1234.5,"),
        ('"1.234,5"', "write 1234.5,"),
        ('"7"', "write 7,"),
        ("true", "(write 1)"),
        ("false", "(write 0)"),
        ("[1, 2, 3]", "{ pert = [1, 2, 3] }, in Python Pert(1, 2, 3)"),
        ("[1, 2]", "{ uniform = [1, 2] }, in Python Uniform(1, 2)"),
        ("{ low = 1, high = 2 }", "{ uniform = [1, 2] }"),
        ("{ min = 1, max = 2.5 }", "{ uniform = [1, 2.5] }"),
        ('{ min = 1, mode = 2, max = 3, source = "x" }', "{ pert = [1, 2, 3] }"),
        ("{ low = 1, mode = 2, high = 3 }", "{ pert = [1, 2, 3] }"),
        ("{ mean = 2, sd = 1 }", "{ normal = [2, 1] }"),
        ("2024-01-01", "this is a date, and a number is meant (vehicles per working day)"),
        ('{ value = "6 %" }', "write 0.06,"),
    ],
)
def test_a_number_in_another_notation_is_told_what_to_write(written: str, hint: str) -> None:
    """Percent, decimal commas, thousands, laws without their name, dates and true are refused with what is meant."""
    assert hint in only_fault(with_line("per_day = 10", f"per_day = {written}"), PER_DAY)


@pytest.mark.parametrize(
    "written", ['"ten"', '""', "[3, 2, 1]", "[]", "[[1]]", "{}", '"1.2.3,4,5"', "12:00:00", "[1, true]"]
)
def test_no_hint_is_made_up(written: str) -> None:
    """Where it is not plain what was meant, the fault has the rule and the value, and no hint at a number or a law."""
    text = only_fault(with_line("per_day = 10", f"per_day = {written}"), PER_DAY)
    assert "write" not in text
    assert "in Python" not in text


def test_slips_in_python_have_the_same_hints() -> None:
    """A percentage as text and three numbers for a law are answered alike in Python and in files."""
    assert "write 0.06" in faults_of(av.Partner, name="A", fill_rate="6 %")["partners.A.fill_rate"]
    assert "Pert(0, 0.5, 1)" in faults_of(av.Partner, name="A", fill_rate=[0, 0.5, 1])["partners.A.fill_rate"]


@pytest.mark.parametrize(
    ("old", "new", "address", "hint"),
    [
        ("targets = [100, 200]", "targets = 70000", "targets", "write a row in brackets: [70000]"),
        ("targets = [100, 200]", 'targets = "70 000"', "targets", "[70000]"),
        ("targets = [100, 200]", 'targets = ["70,000"]', "targets", "write 70000, without quotes"),
        ("targets = [100, 200]", "targets = { uniform = [1, 2] }", "targets", "write a row in brackets"),
        (
            "per_year = 1000",
            "per_year = 1000\nseason = { january = 1, february = 2 }",
            "markets.Russia.season",
            "write a row of 12 numbers, January to December)",
        ),
        (
            "per_year = 1000",
            f"per_year = 1000\nseason = {{ {', '.join(f'm{month} = {month}' for month in range(1, 13))} }}",
            "markets.Russia.season",
            "January to December: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])",
        ),
        ('"2024-01"', "2024-01-01", "calendar.first_month", 'put it in quotes: "2024-01-01"'),
        ('name = "Tiny"', "name = 2024", "name", 'put it in quotes: "2024"'),
    ],
)
def test_rows_and_texts_in_another_notation(old: str, new: str, address: str, hint: str) -> None:
    """A number for a row, months by name, and a date or a number for a text are refused with what to write."""
    assert hint in only_fault(with_line(old, new), address)


def test_months_is_called_duration() -> None:
    """The key of 0.1.0 in stops and windows is answered with today's name."""
    faults = faults_of(av.loads, with_line("duration = {", "months = {"))
    assert "did you mean 'duration'?" in faults["lines.Main.stops.months"]
    window = TINY + "[shocks.S.window]\nstart = 1\nmonths = 2\n[shocks.S.supply]\nBAIC = 0.5\n"
    assert "did you mean 'duration'?" in faults_of(av.loads, window)["shocks.S.window.months"]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("[partners.Кайи]", '[partners."Кайи"]'),
        ("[vehicles.U5 Plus]", '[vehicles."U5 Plus"]'),
        ("Цена = 3", '"Цена"'),
        ("x = 12 000", "write 12000"),
        ("x = 0,06", "write 0.06"),
        ("x = 6 %", "write 0.06"),
        ('x = { value = 6 %, source = "x" }', "write 0.06"),
        ("x = .5", "write 0.5"),
        ("x = 007", "write 7"),
        ("x = [70 000, 80 000]", "write 70000"),
        ("x = high", 'text stands in quotes: "high"'),
        ("x = 2024-01", 'text stands in quotes: "2024-01"'),
        ("x = True # yes", "write true"),
    ],
)
def test_a_syntax_error_says_what_to_write(line: str, hint: str) -> None:
    """Where the line of a syntax error shows what was meant, the error says how it is written."""
    text = only_fault(f"name = 'x'\n{line}\n", "TOML syntax")
    assert hint in text
    assert "at line 2" in text


@pytest.mark.parametrize("line", ["x = [0.50, 1", 'x = "abc', "x = = 3", "x = {", "= 3"])
def test_other_syntax_errors_have_no_hint(line: str) -> None:
    """A syntax error that is no slip of notation is told by its line alone."""
    assert "write" not in only_fault(f"{line}\n", "TOML syntax")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 100_000, "nested"),
        ("a = " + "{a = " * 60 + "1" + "}" * 60, "nested deeper than 32"),
        ("a = " + "[" * 60 + "]" * 60, "nested deeper than 32"),
        ("a." * 500_000 + "a = 1", "a key of more than fifty parts"),
        ('"a" . ' * 100_000 + "a = 1", "a key of more than fifty parts"),
        ("[" + "a." * 100_000 + "a]", "a key of more than fifty parts"),
        ("a = " + "9" * 5000, "digits"),
        ("a = \0", "line 1"),
        ('"' * 300_000, "line 1"),
        ("a" * 300_000, "Expected '='"),
        ("\"'" * 100_000, "line 1"),
    ],
    ids=["rows", "tables", "60 rows", "dots", "quoted dots", "heading", "digits", "null", "quotes", "letters", "mixed"],
)
def test_text_that_would_choke_a_reader_is_refused(text: str, words: str) -> None:
    """Deep nesting, endless keys and integers of thousands of digits are syntax faults, found at once."""
    assert words in only_fault(text, "TOML syntax")


@pytest.mark.parametrize("number", ["9" * 4000, "0x" + "f" * 5000, "-0b" + "1" * 9])
def test_huge_integers_are_numbers_that_break_their_rule(number: str) -> None:
    """An integer that can be read is judged by its field's rule, however large, or is no TOML."""
    faults = faults_of(av.loads, with_line("per_day = 10", f"per_day = {number}"))
    assert all(len(text) < 400 for text in faults.values())


def test_a_text_over_16_mb_is_refused() -> None:
    """Text is refused by its length before it is read."""
    assert "must be at most 16,000,000 characters" in only_fault("#" * 16_000_001, "size")


def test_a_byte_order_mark_is_read(folder: Path) -> None:
    """A byte order mark, as some editors write it, and line ends of any system change nothing."""
    (folder / "bom.toml").write_bytes(b"\xef\xbb\xbf" + TINY.replace("\n", "\r\n").encode())
    assert av.load("bom.toml") == av.loads("\ufeff" + TINY) == av.loads(TINY)


@pytest.mark.parametrize("content", [TINY.encode("utf-16"), 'name = "Кайи"'.encode("cp1251"), b"\x1f\x8b\x08\xff"])
def test_another_encoding_is_named(folder: Path, content: bytes) -> None:
    """A file in another encoding than UTF-8 is refused with what to do."""
    (folder / "other.toml").write_bytes(content)
    assert "save it in the encoding UTF-8" in faults_of(av.load, "other.toml")["file"]


def special(folder: Path, kind: str) -> str:
    """Make what is no regular file, or a file too large, and give its path."""
    path = folder / f"{kind}.toml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "large":
        with path.open("wb") as file:
            file.truncate(3_000_000_000)
    return "/dev/zero" if kind == "device" else path.name


KINDS = {
    "pipe": "it is a device, pipe or socket",
    "socket": "it is a device, pipe or socket",
    "device": "it is a device, pipe or socket",
    "folder": "it is a folder",
    "loop": "must be a file that can be read",
    "large": "must be a file of at most 16,000,000 bytes; it has 3,000,000,000",
}


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_ordinary_file_is_not_read(folder: Path, kind: str) -> None:
    """A pipe, a device, a socket, a folder, a link to itself or 3 GB is refused, by itself and when extended."""
    path = special(folder, kind)
    assert KINDS[kind] in faults_of(av.load, path)["file"]
    (folder / "child.toml").write_text(f'extends = "{path}"', encoding="utf-8")
    assert KINDS[kind] in faults_of(av.load, "child.toml")["extends"]


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        (123, TypeError, "source must be the name of a bundled scenario or the path of a file; got 123"),
        (None, TypeError, "source must be"),
        (b"x.toml", TypeError, "source must be"),
        (True, TypeError, "source must be"),
        ("", av.FactError, "must be the path of a file, not empty"),
        ("a\ud800", av.FactError, "without null bytes or lone surrogates"),
        ("a" * 5000, av.FactError, "must be a file that can be read"),
        ("x\udcff.toml", av.FactError, "must exist"),
        ("~/x.toml", av.FactError, "must exist"),
    ],
)
def test_a_source_that_is_no_path(folder: Path, source: Any, error: type[Exception], words: str) -> None:
    """What is neither text nor a path is a TypeError; text that names no file is a fault."""
    assert folder.exists()
    with pytest.raises(error, match=words):
        av.load(source)


@pytest.mark.parametrize("text", [3, None, b"name = 'x'", Path("x.toml")])
def test_text_must_be_text(text: Any) -> None:
    """Bytes, paths and numbers are no TOML text."""
    with pytest.raises(TypeError, match="text must be text, not "):
        av.loads(text)
    with pytest.raises(TypeError, match="where must be text, not int"):
        av.loads(TINY, where=3)  # type: ignore[arg-type]


def test_a_chain_of_extends_has_an_end(folder: Path) -> None:
    """Forty files that extend each other are read; sixty are refused, naming the first."""
    for place in range(60):
        (folder / f"c{place}.toml").write_text(f'extends = "c{place + 1}.toml"', encoding="utf-8")
    (folder / "c60.toml").write_text(TINY, encoding="utf-8")
    assert av.load("c20.toml") == av.loads(TINY)
    fault = faults_of(av.load, "c0.toml")["extends"]
    assert "must not lead through more than 50 files; the chain begins with " in fault
    assert "c0.toml" in fault


def test_a_fault_of_an_extended_file_names_both_files(folder: Path) -> None:
    """A syntax error in an extended file is headed by that file and the file that extends it."""
    (folder / "child.toml").write_text('extends = "broken.toml"', encoding="utf-8")
    (folder / "broken.toml").write_text("x = = 3", encoding="utf-8")
    with pytest.raises(av.FactError, match=r"^broken.toml, extended by .*child.toml: TOML syntax: .*line 1"):
        av.load("child.toml")
    (folder / "broken.toml").write_text("set = 3", encoding="utf-8")
    with pytest.raises(av.FactError, match=r"^broken.toml, extended by .*child.toml: set: must be a table"):
        av.load("child.toml")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('"vehicles.U5 Plus.plan" = 1', 'vehicles."U5 Plus".plan = 2'),
        ('"partners.BAIC" = { fill_rate = 1 }', '"partners.BAIC.fill_rate" = 0.5'),
        ('"partners.BAIC.fill_rate" = 0.5', '"partners.BAIC" = { lead_time = 1 }'),
        ('"lines.Main.stops" = { per_year = 1 }', '"lines.Main.stops.per_year" = 2'),
        ("calendar.working_days = [20]", '"calendar.working_days" = [21]'),
    ],
)
def test_lines_of_set_must_not_overlap(first: str, second: str) -> None:
    """Two lines of [set] that state the same, one inside the other or in another spelling, are a fault."""
    (text,) = faults_of(av.loads, f"{TINY}\n[set]\n{first}\n{second}\n").values()
    assert "must not state what another line of [set] states" in text


def test_lines_of_set_may_stand_side_by_side() -> None:
    """Lines about different numbers of one fact do not overlap, with quotes or without."""
    lines = 'partners.BAIC.fill_rate = 1\npartners.BAIC.lead_time = 1\n"vehicles.U5 Plus.plan" = 3\n'
    plant = av.loads(f'{TINY}\n[set]\n{lines}"vehicles.U5 Plus.flex" = 2\n')
    assert (plant["partners.BAIC.lead_time"], plant["vehicles.U5 Plus.flex"]) == (1.0, 2.0)


def test_set_in_a_family_that_is_no_table() -> None:
    """An address of [set] below a family that is no table is a fault of that line."""
    assert list(faults_of(av.loads, 'partners = 3\n[set]\n"partners.B.plan" = 1')) == ["set.partners.B.plan"]


@pytest.mark.parametrize("name", ["a\\u0000b", "a\\nb", "\\u202Eabc", "a.b", "", "a\\u001B[31m"])
def test_a_name_that_cannot_be_printed_is_a_fault(name: str) -> None:
    """Control characters and dots in a name are faults at the name's address, and are spelt out in the message."""
    with pytest.raises(av.FactError) as caught:
        av.loads(TINY.replace("[partners.BAIC]", f'[partners."{name}"]\n[partners.BAIC]'))
    assert [fault.address.rpartition(".")[2] for fault in caught.value.faults] == ["name"]
    assert str(caught.value).isprintable()


def test_a_name_of_any_length_is_cut() -> None:
    """A name of 100,000 letters does not drown the message, at its own address and in the hints of others."""
    with pytest.raises(av.FactError) as caught:
        av.loads(TINY.replace("[partners.BAIC]", f"[partners.{'x' * 100_000}]\nlead_tme = 3"))
    assert len(caught.value.faults) == 2
    assert len(str(caught.value)) < 1000


def test_tables_in_double_brackets_are_told() -> None:
    """A list of tables where tables by name are meant is refused with what to write."""
    faults = faults_of(av.loads, TINY.replace("[partners.BAIC]", "[[partners]]\n[partners.BAIC]"))
    assert "must hold tables [partners.NAME]" in faults["partners"]
    assert "name each in single brackets" in faults["partners"]


def test_thousands_of_faults_are_told_in_short() -> None:
    """Of a thousand misspelt names fifty are printed and all are kept; the first twenty have the nearest name."""
    partners = "".join(f'[partners."Partner {place:04d}"]\n' for place in range(5100))
    vehicles = "".join(
        f'[vehicles.V{place}]\npartner = "Partnr {place:04d}"\nline = "Main"\nmarket = "Russia"\nplan = 1\n'
        "market_share = 0\n"
        for place in range(1000)
    )
    with pytest.raises(av.FactError) as caught:
        av.loads(TINY + partners + vehicles)
    faults, lines = caught.value.faults, str(caught.value).splitlines()
    assert len(faults) == 1000
    assert [fault.hint for fault in faults[:20]] == [f"did you mean 'Partner {place:04d}'?" for place in range(20)]
    assert {fault.hint for fault in faults[20:]} == {""}
    assert lines[0] == "text: 1000 faults"
    assert lines[-1] == "  - and 950 more"
    assert len(lines) == 52
