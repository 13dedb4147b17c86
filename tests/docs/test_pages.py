"""README and docs: every block runs, prints what stands below it, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from printed import PAGES, ROOT, blocks_of, printed, prose_of

from avtosim import bundled

WINGS = ("tutorial", "how-to", "reference", "background")


@pytest.fixture(params=PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def page(request: pytest.FixtureRequest) -> Path:
    """Each page a reader may open."""
    return request.param


def test_every_block_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    """Run in an empty folder, each python block of a page prints exactly the text block below it, or nothing."""
    text = page.read_text(encoding="utf-8")
    for block, shown, output in printed(text, page.name, tmp_path):
        place = f"{page.name}, line {block.line(text)}"
        assert output == (shown.code if shown else ""), place


def test_links_lead_to_files_that_exist(page: Path) -> None:
    """No link between pages is broken."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    inside = [target for target in targets if not target.startswith(("http://", "https://"))]
    assert [target for target in inside if not (page.parent / target).exists()] == []


def test_figures_in_prose_are_printed_or_sourced(page: Path) -> None:
    """Every volume and percentage in the prose of a page stands in a block of that page or in a bundled scenario.

    Two generated pages are left out: figures in docstrings are defaults and limits, those of plans stand in a table.
    """
    if page.name in {"questions.md", "announced-plans.md"}:
        return
    text = page.read_text(encoding="utf-8")
    scenarios = [(ROOT / "src/avtosim/scenarios" / f"{name}.toml").read_text(encoding="utf-8") for name in bundled()]
    shown = "\n".join([*(block.code for block in blocks_of(text)), *scenarios])
    known = set(map(float, re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d)[,_](?=\d{3})", "", shown))))
    known |= {round(100 * share, 6) for share in known}
    figures = re.findall(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?= %)", prose_of(text))
    assert [figure for figure in figures if float(figure.replace(",", "")) not in known] == []


def test_pages_name_no_machine(page: Path) -> None:
    """A page speaks of no path of a machine."""
    assert re.search(r"/work/|/home/|/tmp/|shared/", page.read_text(encoding="utf-8")) is None


def test_index_leads_to_every_page() -> None:
    """The index of the documents links to every page of the four wings."""
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / target).resolve() for target in re.findall(r"\]\(([^)#\s]+)", index)}
    pages = [page for page in PAGES if page.parent.name in WINGS and page.parent.name != "reference"]
    assert [str(page) for page in pages if page not in linked] == []


def test_a_wrong_output_is_noticed(tmp_path: Path) -> None:
    """The check would notice a block that prints something else than the page shows."""
    text = "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n"
    [(_, shown, output)] = printed(text, "page", tmp_path)
    assert shown is not None
    assert (shown.code, output) == ("3\n", "2\n")


def test_a_block_with_a_file_name_is_written(tmp_path: Path) -> None:
    """A block after a line with a file name is written to that file before the later blocks run."""
    code = 'from pathlib import Path\nprint(Path("a.toml").read_text(), end="")\n'
    text = f"<!-- file: a.toml -->\n```toml\nx = 1\n```\n\n```python\n{code}```\n"
    [(_, _, output)] = printed(text, "page", tmp_path)
    assert output == "x = 1\n"
