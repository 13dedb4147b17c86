"""The reference pages say what the declarations check, and what they show loads."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from tiny import TINY, tiny

import avtosim as av
from avtosim.declare.fields import describe
from avtosim.laws.registry import LAWS

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
BLOCK = re.compile(r"(?:^<!-- file: (?P<file>\S+) -->\n)?^```toml\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def generator() -> Any:
    """Give the script that writes the page, as a module."""
    spec = importlib.util.spec_from_file_location("generate", FOLDER / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_declarations_say() -> None:
    """The committed page equals what the generator writes; if not, run python docs/reference/generate.py."""
    assert (FOLDER / "facts.md").read_text(encoding="utf-8") == generator().page()


def test_the_page_names_every_field_of_every_fact_and_law() -> None:
    """No field is left out: each stands on the page in a row of its own under its fact or law."""
    page = (FOLDER / "facts.md").read_text(encoding="utf-8")
    kinds = [av.Scenario, av.Calendar, av.Line, av.Partner, av.Vehicle, av.Market, av.Factor, av.Shock, av.Stops]
    for cls in [*kinds, av.Window, av.Provenance, av.Varying, *LAWS.values()]:
        (section,) = re.findall(rf"^###? {cls.__name__}(?:: [^\n]*)?$(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
        assert [alias for alias in describe(cls) if f"\n| `{alias}` |" not in section] == []


@pytest.mark.parametrize("word", [*LAWS, "varying"])
def test_the_law_that_is_shown_can_be_read(word: str) -> None:
    """The line of a file that is shown for a law gives that law."""
    line = generator().EXAMPLES[word]
    if word == "varying":
        assert isinstance(av.loads(TINY.replace("per_day = 10", f"per_day = {line}"))["lines.Main.per_day"], av.Varying)
    else:
        text = TINY.replace('yuan = { value = -0.3, source = "a book" }', f"yuan = {line}")
        assert type(av.loads(text)["markets.Russia.elasticities.yuan"]) is LAWS[word]


def test_the_files_that_are_shown_load_or_are_wrong_on_purpose(tmp_path: Path) -> None:
    """Each file on the page about files loads, but the one that shows errors; saved again it loads back equal."""
    blocks = list(BLOCK.finditer((FOLDER / "files.md").read_text(encoding="utf-8")))
    assert blocks
    assert all(block["file"] for block in blocks)
    for block in blocks:
        path = tmp_path / block["file"]
        path.write_text(block["code"], encoding="utf-8")
        if path.stem == "wrong":
            with pytest.raises(av.FactError, match="4 faults"):
                av.load(path)
        else:
            plant = av.load(path)
            plant.save(tmp_path / "again.toml")
            assert av.load(tmp_path / "again.toml") == plant


def test_the_numbers_that_are_shown_can_be_read() -> None:
    """Each way of writing a number in the table of the page about files is read as one."""
    page = (FOLDER / "files.md").read_text(encoding="utf-8")
    table = page[page.index("| what is written |") :].split("\n\n")[0]
    shown = re.findall(r"^\| `([^`]*)` \| (.*)", table, re.MULTILINE)
    assert len(shown) == 11
    plan = 'plan = { value = 500, source = "the press", stated_on = 2024-06-01 }'
    for number, meaning in shown:
        line, key = (plan, "plan") if "in `plan`" in meaning else ("per_day = 10", "per_day")
        text = TINY.replace(line, f"{key} = {number}")
        read = av.loads(text + "[quantities]\nmood = 0.5\n" if "named" in number else text)
        assert read.numbers().keys() - {"quantities.mood"} == tiny().numbers().keys()
