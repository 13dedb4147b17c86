"""The workbook: what stands on its sheets is what the result answers, as numbers that Excel shows with their units."""

from __future__ import annotations

import ast
import errno
import math
import os
import re
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import plants
import pytest
from rooms import SRC

import avtosim as av
from avtosim.facts.register import shown
from avtosim.view.languages import language_of, parts_of

openpyxl = pytest.importorskip("openpyxl")

SHEETS = ["answer", "months", "partners", "order books", "ledger", "register", "what made it"]
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "#N/A", "2024-01-05", "1e5", "TRUE", "<b>&"]


def read(path: Path) -> dict[str, list[list[Any]]]:
    """All cells of a workbook, row by row."""
    return {page.title: [[cell.value for cell in row] for row in page.rows] for page in openpyxl.load_workbook(path)}


def exactly(numbers: Any) -> Any:
    """Numbers to the 16 digits that a workbook holds."""
    return pytest.approx(numbers, rel=1e-15, abs=0.0)


def row_of(rows: list[list[Any]], first: str) -> list[Any]:
    """The row that begins with a text."""
    (found,) = [row for row in rows if row[0] == first]
    return found


@pytest.fixture(scope="module")
def february() -> av.Result:
    """Simulate a bundled scenario."""
    return av.simulate(av.load("avtotor-2024-02"), runs=5_000, seed=3)


@pytest.fixture(scope="module")
def path(february: av.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write its workbook."""
    path = tmp_path_factory.mktemp("book") / "out.xlsx"
    february.to_excel(path)
    return path


def test_the_answer_holds_the_numbers_of_the_result(february: av.Result, path: Path) -> None:
    """Means, quantiles, schedule, what was announced and chances stand as unrounded numbers under heads with units."""
    rows = read(path)["answer"]
    assert rows[0][1:7] == [
        "output, vehicles",
        "95 % from, vehicles",
        "95 % to, vehicles",
        "chance, %",
        "95 % from, %",
        "95 % to, %",
    ]
    assert rows[0][0] == "Avtotor 2024 as of February"
    for found in (february.mean(), february.quantile(0.1), february.quantile(0.9), february.mean_of_worst()):
        assert row_of(rows, found.what)[1:4] == exactly([found.value, found.low, found.high])
    assert row_of(rows, "the schedule holds")[1] == exactly(february.scheduled)
    assert [row_of(rows, f"announced, at {end}")[1] for end in ("least", "most")] == [100_000, 130_000]
    for target in february.targets[:2]:
        chance = february.chance(target)
        row = row_of(rows, f"chance of at least {target:,.0f} vehicles")
        assert row[1] == target
        assert row[4:7] == exactly([chance.value, chance.low, chance.high])
    assert [row[0] for row in rows[-len(february.table.notes) :]] == list(february.table.notes)


def test_a_chance_never_hit_is_no_zero(february: av.Result, path: Path) -> None:
    """It shows its upper end as it is printed, and keeps both ends as numbers."""
    chance = february.chance(130_000)
    assert chance.value == 0.0
    row = row_of(read(path)["answer"], "chance of at least 130,000 vehicles")
    assert row[4] == format(chance, "value") == f"below {100 * chance.high:.2f} %"
    assert row[5:7] == exactly([0.0, chance.high])
    assert "not once" in row[7]


def test_months_partners_and_order_books_are_those_of_the_result(february: av.Result, path: Path) -> None:
    """Every row is read back to the last digit."""
    sheets = read(path)
    for place, month in enumerate(february.by_month.names):
        row = row_of(sheets["months"], month)
        parts = [february.by_month.quantile(month, share).value for share in (0.1, 0.5, 0.9)]
        since = [february.quantile(share, until=month).value for share in (0.1, 0.5, 0.9)]
        mean = february.by_month.mean(month).value, february.mean(until=month).value
        assert row[1:] == exactly([february.schedule[place], mean[0], *parts, mean[1], *since])
    for name in february.by_partner.names:
        row, mean = row_of(sheets["partners"], name), february.by_partner.mean(name)
        quantiles = [february.by_partner.quantile(name, share).value for share in (0.1, 0.5, 0.9)]
        assert row[1:7] == exactly([mean.value, mean.low, mean.high, *quantiles])
        assert row[7] == ", ".join(february.groups["partner"][name])
    books = iter(sheets["order books"][1:])
    for name in february.labels["partner"]:
        flows = february.order_book(name).by_month
        for month in february.labels["month"]:
            numbers: list[float] = []
            for flow in flows.values():
                numbers += [flow.mean(month).value, *(flow.quantile(month, s).value for s in (0.1, 0.5, 0.9))]
            row = next(books)
            assert row[:2] == [name, month]
            assert row[2:] == exactly(numbers)
    heads = sheets["order books"][0]
    assert [heads[place].split()[-1] for place in (2, 6, 10)] == ["kits", "kits", "vehicles"]


def test_the_ledger_is_that_of_the_same_runs(february: av.Result, path: Path) -> None:
    """The ledger of the result's seed and at most 4,096 runs; planned and all changes make what was built."""
    rows = read(path)["ledger"]
    found = av.ledger(av.load("avtotor-2024-02"), runs=4_096, seed=3)
    assert row_of(rows, "planned")[1] == exactly(found.planned.mean())
    assert row_of(rows, "built")[1] == exactly(found.built.mean())
    at = rows[0].index("2024-05, vehicles"), rows[0].index("BAIC, vehicles")
    for cause in found.causes:
        row, change = row_of(rows, cause), -found.mean[cause].value
        assert row[1] == pytest.approx(change, abs=1e-9)
        if any(row[place] is not None for place in at):
            month, partner = found.by("month").mean("2024-05", cause), found.by("partner").mean("BAIC", cause)
            assert [row[place] or 0.0 for place in at] == pytest.approx([-month.value, -partner.value], abs=1e-9)
    numbers = [row[1] for row in rows[1 : len(found.causes) + 3]]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1])
    assert february.runs > 4_096
    assert any("4,096 runs, seed 3" in (row[0] or "") for row in rows)


def test_the_register_holds_every_number(path: Path) -> None:
    """Each assumption has its row; plain numbers are numbers, laws are worded as the register words them."""
    rows = read(path)["register"][1:]
    register = av.load("avtotor-2024-02").assumptions()
    for row, held in zip(rows, register, strict=True):
        value = held.value if type(held.value) is float else shown(held.value)
        words = (held.unit, held.standing, held.source, held.stated_on, held.note)
        assert row == [held.address, value, *(word or None for word in words)]


def test_what_made_it_gives_it_back(february: av.Result, path: Path) -> None:
    """Runs, seed, versions and the scenario, whose lines make the same scenario when they are copied."""
    rows = read(path)["what made it"]
    numbers = {row[0]: row[1] for row in rows}
    assert [numbers[name] for name in ("runs", "seed", "design", "avtosim")] == [5_000, 3, "plain runs", av.__version__]
    begin = next(place for place, row in enumerate(rows) if row[0] == "scenario as text")
    text = "\n".join(row[1] or "" for row in rows[begin:])
    assert av.loads(text) == av.load("avtotor-2024-02")
    assert text == february.run_info.scenario.rstrip("\n")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_sheets_are_made_for_reading(february: av.Result, language: str, tmp_path: Path) -> None:
    """Heads are frozen, bold and filtered, numbers have formats, columns are wide enough, names are legal."""
    february.to_excel(tmp_path / "out.xlsx", language=language)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == [language_of(language)(_said(name)) for name in SHEETS]
    for page in book:
        assert re.fullmatch(r"[^\[\]:*?/\\]{1,31}", page.title)
        assert page.freeze_panes == "B2"
        written = [at for at in range(1, page.max_row + 1) if page.row_dimensions[at].height]
        assert page.auto_filter.ref == f"A1:{page.dimensions.partition(':')[2].rstrip('0123456789')}{len(written)}"
        assert page.print_title_rows == "$1:$1"
        assert (page.page_setup.orientation, page.page_setup.fitToHeight) == ("landscape", 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        *widths, last = (page.column_dimensions[cell.column_letter].width for cell in page[1])
        assert max(widths) <= 48
        assert last <= 96
        assert all(cell.font.bold and cell.alignment.wrap_text for cell in page[1])
        for column in page.columns:
            letter = column[0].column_letter
            words = [word for word in column[0].value.split() if len(word) < 40]
            assert page.column_dimensions[letter].width >= max(map(len, words)) + 1
            for cell in column[1:]:
                if isinstance(cell.value, (int, float)):
                    assert math.isfinite(cell.value)
                    assert page.column_dimensions[letter].width > len(f"{cell.value:,.0f}")
                    units = {"%": ("%",), "vehicles": ("#,##0",), "kits": ("#,##0",)}
                    head = column[0].value.split()[-1]
                    assert any(part in cell.number_format for part in units.get(head, ("",)))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_rows_are_as_high_as_their_texts(february: av.Result, language: str, tmp_path: Path) -> None:
    """No wrapped text is cut off or runs into the next row, in programs that do not fit the rows themselves either."""
    february.to_excel(tmp_path / "out.xlsx", language=language)
    tall = 0
    for page in openpyxl.load_workbook(tmp_path / "out.xlsx"):
        for cell in (cell for row in page.rows for cell in row if isinstance(cell.value, str)):
            if cell.alignment.wrap_text:
                width, height = page.column_dimensions[cell.column_letter].width, page.row_dimensions[cell.row].height
                letters = [max(len(line), 1) for line in cell.value.split("\n")]
                # Bold letters are wider than those that widths count in; a blank goes where a line is broken.
                assert height == 409 or height >= 15 * sum(math.ceil(n / (width - 1)) for n in letters)
                assert height % 15 == 0 or height == 409
                assert cell.alignment.vertical == "top"
                tall += height > 15
        heights = [page.row_dimensions[at].height for at in range(2, page.max_row + 1)]
        if page.max_row > 1 and page.title in ("months", "order books"):
            assert set(heights[:-2]) == {15}
        assert all(
            cell.alignment.vertical == "top"
            for row in page.iter_rows(2)
            for cell in row
            if cell.data_type == "n" and cell.value is not None
        )
        if page.title in ("register", "what made it"):
            assert page.column_dimensions[page[1][-1].column_letter].width > 80
    assert tall > 100


def test_numbers_are_shown_with_the_digits_that_are_printed(february: av.Result, path: Path) -> None:
    """Chances as the answer prints them, small averages with their decimals, what was taken or given with its sign."""
    book = openpyxl.load_workbook(path)
    cells = {row[0].value: row for page in ("answer", "ledger") for row in book[page].rows}
    for target in february.targets[:2]:
        shown = cells[f"chance of at least {target:,.0f} vehicles"]
        digits = len(format(february.chance(target), "value").split()[0].partition(".")[2])
        assert [cell.number_format for cell in shown[4:7]] == [f"0.{'0' * digits}%"] * 3
    assert {cell.number_format for cell in cells["expected output"][1:4]} == {"#,##0"}
    assert {cell.number_format for name in ("planned", "built") for cell in cells[name][1:4]} == {"#,##0"}
    found = av.ledger(av.load("avtotor-2024-02"), runs=4_096, seed=3)
    rows = {row[0]: row for rows in found.table.sections.values() for row in rows}
    for cause in found.causes:
        assert cells[cause][1].number_format == "+#,##0;-#,##0;0"
        share = rows[cause][3]
        assert cells[cause][4].value == (exactly(share.value) if isinstance(share, av.Estimate) else None)
    small = [c for row in book["order books"].iter_rows(2, min_col=3) for c in row if c.value and abs(c.value) < 1]
    assert any(re.fullmatch(r"#,##0\.0+", cell.number_format) for cell in small)
    values = [row[1] for row in book["register"].iter_rows(2) if row[1].data_type == "n"]
    assert {cell.number_format for cell in values if cell.value % 1} == {"General"}
    assert {cell.number_format for cell in values if not cell.value % 1} == {"#,##0"}


def test_why_it_stopped_and_where_it_began_are_told(tmp_path: Path) -> None:
    """The first run's number, and for a promised precision whether it was reached; the ledger has no more runs."""
    made = av.simulate(plants.busy(), precision=0.3, max_runs=4_096, progress=False)
    made.to_excel(tmp_path / "out.xlsx")
    assert made.run_info.stopped
    assert row_of(read(tmp_path / "out.xlsx")["what made it"], "why it stopped")[1] == made.run_info.stopped
    av.simulate(plants.busy(), runs=50, first_run=70).to_excel(tmp_path / "out.xlsx")
    sheets = read(tmp_path / "out.xlsx")
    assert row_of(sheets["what made it"], "number of the first run")[1] == 70
    assert any("50 runs" in str(row[0]) for row in sheets["ledger"])
    assert "why it stopped" not in [row[0] for row in sheets["what made it"]]


def _said(name: str) -> str:
    """A text that is looked up as it stands."""
    from avtosim.say import Said

    return Said(name, {})


def test_every_text_is_said_in_russian(february: av.Result, tmp_path: Path) -> None:
    """All templates of the sheets have a Russian one with the same parts, and no head is left in English."""
    templates = tomllib.loads((SRC / "view" / "ru.toml").read_text(encoding="utf-8"))["templates"]
    tree = ast.parse((SRC / "view" / "sheets.py").read_text(encoding="utf-8"))
    said = [n.args[0] for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "say"]
    assert len(said) > 40
    for node in said:
        assert isinstance(node, ast.Constant)
        assert parts_of(templates[node.value]) == parts_of(node.value)
    february.to_excel(tmp_path / "out.xlsx", language="ru")
    sheets = read(tmp_path / "out.xlsx")
    heads = {head for rows in sheets.values() for head in rows[0]} - {february.run_info.title}
    names = {f"{name}, автомобилей" for name in (*february.labels["partner"], "other")}
    assert [head for head in heads - names if re.search("[a-zA-Z]{3}", head)] == []
    assert "не менее 130\N{NO-BREAK SPACE}000 автомобилей" in sheets["ответ"][11][0]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(text: str, tmp_path: Path) -> None:
    """What begins like a formula, an error or a number stays the text that it is, also when its cell is edited."""
    plant = plants.one_vehicle().replace(
        {"name": text, "lines.L.per_day": 5.0}, provenance={"lines.L.per_day": av.Provenance(note=text)}
    )
    av.simulate(plant, runs=100).to_excel(tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [cell for page in book for row in page.rows for cell in row if cell.value == text]
    assert len(cells) == 3
    assert all(cell.data_type == "s" for cell in cells)
    assert all(cell.quotePrefix == (text[0] in "=+-@") for cell in cells)
    with zipfile.ZipFile(tmp_path / "out.xlsx") as file:
        assert not any(b"<f" in file.read(name).replace(b"<fo", b"") for name in file.namelist() if "sheets" in name)


def test_signs_that_excel_refuses_do_not_pass(february: av.Result, tmp_path: Path) -> None:
    """Control characters and halves of characters are replaced, and the file is read back."""
    info = attrs.evolve(february.run_info, scenario='name = "a\x00\x1b[31m\x0b\ud800\uffff b"')
    attrs.evolve(february, run_info=info).to_excel(tmp_path / "out.xlsx")
    sheets = read(tmp_path / "out.xlsx")
    assert sheets["what made it"][-1][1].startswith('name = "a\ufffd\ufffd[31m')
    assert list(sheets) == [name for name in SHEETS if name not in ("ledger", "register")]


def test_a_loaded_result_writes_the_same(tmp_path: Path) -> None:
    """A result that was saved and loaded reads its scenario from the text, and all cells are equal."""
    made = av.simulate(av.load("avtotor-2024-06"), runs=300, seed=5)
    made.to_excel(tmp_path / "one.xlsx")
    made.save(tmp_path / "result.npz")
    av.Result.load(tmp_path / "result.npz").to_excel(tmp_path / "two.XLSX")
    assert read(tmp_path / "one.xlsx") == read(tmp_path / "two.XLSX")


class Flat:
    """A law of the user's own, which no file can hold."""

    def ppf(self, u: Any) -> Any:
        """Give ten."""
        return np.full(np.shape(u), 10.0)

    def cdf(self, x: Any) -> Any:
        """Step at ten."""
        return np.where(np.asarray(x) >= 10.0, 1.0, 0.0)


def test_sheets_that_need_the_scenario_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    """With a law of one's own the sheets are there while the scenario is at hand, and left out once it is loaded."""
    made = av.simulate(plants.one_vehicle(vehicle={"plan": Flat()}), runs=50)
    made.to_excel(tmp_path / "one.xlsx")
    assert list(read(tmp_path / "one.xlsx")) == SHEETS
    made.save(tmp_path / "result.npz")
    av.Result.load(tmp_path / "result.npz").to_excel(tmp_path / "two.xlsx")
    sheets = read(tmp_path / "two.xlsx")
    assert list(sheets) == [name for name in SHEETS if name not in ("ledger", "register")]
    for name in ("ledger", "register"):
        assert "write the workbook where it is simulated" in row_of(sheets["what made it"], f"sheet “{name}”")[1]


@pytest.mark.parametrize(
    ("keep", "lacking"),
    [("totals", ["months", "partners", "order books"]), ("breakdown", ["order books"]), ("flows", [])],
)
def test_what_the_result_does_not_keep_is_left_out_and_said(keep: Any, lacking: list[str], tmp_path: Path) -> None:
    """The last sheet names each sheet that is left out, and what to ask for."""
    av.simulate(plants.busy(), runs=60, keep=keep).to_excel(tmp_path / "out.xlsx")
    sheets = read(tmp_path / "out.xlsx")
    assert list(sheets) == [name for name in SHEETS if name not in lacking]
    told = {row[0]: row[1] for row in sheets["what made it"] if str(row[0]).startswith("sheet")}
    assert list(told) == [f"sheet “{name}”" for name in lacking]
    for name in lacking:
        wanted = "months" if name == "order books" else "breakdown"
        assert told[f"sheet “{name}”"].endswith(f"simulate(..., keep='{wanted}')")


def plant_alone() -> av.Scenario:
    """Build a plant without partners."""
    return av.Scenario(
        name="alone",
        calendar=av.Calendar(first_month="2024-01", working_days=(20.0,) * 3),
        lines=[av.Line(name="L", per_day=1.0)],
        vehicles=[av.Vehicle(name="V", line="L", orders=1e9, plan=30.0)],
    )


@pytest.mark.parametrize("runs", [1, 2, 40])
@pytest.mark.parametrize("plant", [plants.one_vehicle, plants.busy, plant_alone])
def test_few_runs_and_bare_plants_have_their_sheets(
    plant: Callable[[], av.Scenario], runs: int, tmp_path: Path
) -> None:
    """Of one run intervals are unknown and no cell holds what is no number; without partners it is said."""
    av.simulate(plant(), runs=runs).to_excel(tmp_path / "out.xlsx")
    sheets = read(tmp_path / "out.xlsx")
    lacking = ["partners", "order books"] if plant is plant_alone else []
    assert list(sheets) == [name for name in SHEETS if name not in lacking]
    for name in lacking:
        assert row_of(sheets["what made it"], f"sheet “{name}”")[1] == "left out: no partner sends kits"
    if runs == 1:
        assert sheets["answer"][1][0].startswith("expected output")
        assert sheets["answer"][1][2:4] == ["unknown", "unknown"]


def test_a_seed_beyond_what_excel_counts_is_a_text(tmp_path: Path) -> None:
    """Not a digit of a long seed is lost."""
    av.simulate(plants.one_vehicle(), runs=10, seed=2**53 + 1).to_excel(tmp_path / "out.xlsx")
    assert row_of(read(tmp_path / "out.xlsx")["what made it"], "seed")[1] == "9007199254740993"


@pytest.fixture
def no_study(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no ledger be run."""
    monkeypatch.setattr("avtosim.studies.workbook.ledger", lambda *_, **__: pytest.fail("the ledger was run"))


@pytest.mark.usefixtures("no_study")
@pytest.mark.parametrize(
    ("name", "language", "error", "told"),
    [
        ("out.xls", "en", ValueError, r"path: must end in \.xlsx; got '"),
        ("out", "en", ValueError, r"must end in \.xlsx"),
        ("", "en", ValueError, "path must"),
        ("no/out.xlsx", "en", FileNotFoundError, "there is no such folder: '.*no'"),
        ("folder.xlsx", "en", IsADirectoryError, "can't write the file: it is a folder: '.*folder.xlsx'"),
        ("out.xlsx", "de", ValueError, "language: must be one of en, ru; got 'de'"),
        ("out.xlsx", None, ValueError, "language: must be one of en, ru; got None"),
    ],
)
def test_bad_input_is_refused_before_anything_is_run(
    february: av.Result, name: str, language: Any, error: type[Exception], told: str, tmp_path: Path
) -> None:
    """One clear error, and nothing is written."""
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(error, match=told):
        february.to_excel(tmp_path / name if name else name, language=language)
    assert os.listdir(tmp_path) == ["folder.xlsx"]  # noqa: PTH208 - names are enough


@pytest.mark.usefixtures("no_study")
def test_a_folder_that_may_not_be_written_to_is_told_first(
    february: av.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system says so the error comes before any work."""
    (tmp_path / "out.xlsx").write_bytes(b"mine")
    for closed in (tmp_path, tmp_path / "out.xlsx"):
        monkeypatch.setattr(os, "access", lambda path, _, closed=closed: Path(path) != closed)
        with pytest.raises(PermissionError, match="no permission") as caught:
            february.to_excel(tmp_path / "out.xlsx")
        assert caught.value.filename == str(closed)


@pytest.mark.usefixtures("no_study")
def test_without_openpyxl_the_error_says_what_to_install(
    february: av.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command stands in the error."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        ImportError, match=r"to_excel: needs openpyxl; install it with: pip install 'avtosim\[tables\]'"
    ):
        february.to_excel(tmp_path / "out.xlsx")


def test_a_file_that_is_held_open_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another program holds the file, one error says to close it, and neither it nor its folder changes."""

    def held(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Access is denied")

    made = av.simulate(plants.one_vehicle(), runs=10)
    (tmp_path / "out.xlsx").write_bytes(b"mine")
    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(PermissionError, match="another program, such as Excel, has it open: close it there") as caught:
        made.to_excel(tmp_path / "out.xlsx")
    assert caught.value.filename == str(tmp_path / "out.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    assert (tmp_path / "out.xlsx").read_bytes() == b"mine"
