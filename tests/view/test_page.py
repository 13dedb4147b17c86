"""The page: what it tells, what it leaves out, and what it refuses."""

from __future__ import annotations

import builtins
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nasty import MARKUP, nasty
from plants import one_vehicle

import avtosim as av

#: Words in Latin letters that a Russian page may hold beside the names of facts: products, quantiles.
_KEPT = {"avtosim", "numpy", "scipy", "python", "dev", "p"}


@pytest.fixture(scope="module")
def february() -> av.Result:
    """A short run of the bundled case of February."""
    return av.simulate(av.load("avtotor-2024-02"), runs=4_000, seed=1)


@pytest.fixture(scope="module")
def russian(february: av.Result, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Its page in Russian."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    february.report(path, language="ru")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def english(february: av.Result, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Its page in English."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    february.report(path)
    return path.read_text(encoding="utf-8")


def words_of(page: str) -> str:
    """Give what a reader reads: no markup, no scenario text, but the texts of pictures."""
    text = re.sub(r"<style>.*?</style>|<pre>.*?</pre>|<title>.*?</title>", " ", page, flags=re.DOTALL)
    alternative = " ".join(re.findall(r'alt="([^"]*)"', text))
    return html.unescape(re.sub(r"<[^>]*>", " ", text) + " " + alternative)


def test_no_word_of_the_russian_page_is_left_in_english(russian: str) -> None:
    """Beside names that the scenario states, hosts of sources and product names, no word is in Latin letters."""
    scenario = av.load("avtotor-2024-02")
    known = {word for name in _named(scenario) for word in re.findall(r"[a-z]+", name.lower())} | _KEPT
    # Hosts of sources, and the digest of the scenario.
    text = re.sub(r"<a [^>]*>.*?</a>|[0-9a-f]{16}", " ", russian)
    left = {word for word in re.findall(r"[a-z]+", words_of(text).lower()) if word not in known}
    assert left == set()


def _named(scenario: av.Scenario) -> Iterator[str]:
    """Give the texts that the scenario itself states and the page may print."""
    yield from (scenario.name, scenario.description)
    for family in (scenario.partners, scenario.vehicles, scenario.markets, scenario.lines, scenario.factors):
        yield from family.names
    yield from scenario.shocks.names
    yield from scenario.quantities
    yield from (row.stated_on for row in scenario.assumptions())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_loads_and_runs_nothing(language: str, english: str, russian: str) -> None:
    """The page holds no script, forbids all but its own style and pictures, and every picture has a text."""
    page = {"en": english, "ru": russian}[language]
    assert f'<html lang="{language}">' in page
    assert "default-src 'none'" in page
    assert re.search(r"<script|<link (?!rel=\"icon\" href=\"data:,\")|@import|url\(", page) is None
    sources = re.findall(r'src="([^"]*)"', page)
    assert sources
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert len(re.findall(r'<img [^>]*alt="[^"]{20,}"', page)) == len(sources) == 7
    assert len(page.encode()) < 1_500_000


def test_the_page_prints_the_answers_of_the_result(english: str, february: av.Result) -> None:
    """Chances, their intervals, the forecast and what made the page stand there as the result gives them."""
    text = words_of(english)
    for target in february.targets:
        chance = february.chance(target)
        for form in ("value", "interval", "words"):
            assert format(chance, form) in text
    assert f"chance to build at least 100,000 is {february.chance(100_000):words}" in text
    assert "seed 1" in text
    assert "4,000 runs" in text
    assert f"NumPy {np.__version__}" in text
    assert html.escape(february.run_info.scenario.strip())[:200] in english


def test_the_same_result_gives_the_same_page(february: av.Result, english: str, tmp_path: Path) -> None:
    """Written twice, the page has the same bytes."""
    february.report(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == english


def test_names_and_notes_are_escaped_everywhere(tmp_path: Path) -> None:
    """Markup in title, description and sources is shown as text; a source that is no web address is no link."""
    av.simulate(nasty(), runs=1_000, seed=1).report(tmp_path / "nasty.html")
    page = (tmp_path / "nasty.html").read_text(encoding="utf-8")
    assert MARKUP not in page
    assert html.escape(MARKUP) in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page
    tags = set(re.findall(r"</?([a-z0-9]+)", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)))
    known = "html head meta link title style body div header h1 h2 p section table thead tbody tr th td img ul li a"
    assert tags <= set(f"{known} details summary pre".split())


class Stepped:
    """A law that no file can hold."""

    def ppf(self, shares: Any) -> Any:
        """Give quantiles."""
        return 0.5 + 0.5 * np.asarray(shares)

    def cdf(self, values: Any) -> Any:
        """Give shares."""
        return np.clip(2.0 * np.asarray(values) - 1.0, 0.0, 1.0)

    def mean(self) -> float:
        """Give the mean."""
        return 0.75

    def support(self) -> tuple[float, float]:
        """Give both ends."""
        return 0.5, 1.0


def test_a_loaded_result_with_a_law_of_its_own_leaves_sections_out_and_says_so(tmp_path: Path) -> None:
    """In memory all sections are there; loaded, those that need the scenario are left out, each with its reason."""
    scenario = one_vehicle(partner={"fill_rate": Stepped()}, vehicle={"plan": 10_000.0}, targets=(7_000.0,))
    result = av.simulate(scenario, runs=1_000, seed=1)
    result.report(tmp_path / "whole.html")
    result.save(tmp_path / "result.npz")
    av.Result.load(tmp_path / "result.npz").report(tmp_path / "loaded.html")
    whole, loaded = ((tmp_path / f"{name}.html").read_text(encoding="utf-8") for name in ("whole", "loaded"))
    assert "What decides it" in whole
    assert "Left out" not in whole
    assert "<h2>What decides it" not in loaded
    assert loaded.count("its scenario holds laws that no file can") == 4
    assert loaded.count("<img") == 2


def test_a_loaded_result_of_a_file_gives_the_same_page(february: av.Result, english: str, tmp_path: Path) -> None:
    """A result that was saved and loaded gives the page of the one in memory."""
    february.save(tmp_path / "result.npz")
    av.Result.load(tmp_path / "result.npz").report(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == english


def test_a_result_of_totals_leaves_the_fan_out(tmp_path: Path) -> None:
    """Without months there is no fan, and the page says what to ask for."""
    av.simulate(av.load("avtotor-2024-06"), runs=500, keep="totals").report(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<img") == 6
    assert "keep=&#x27;breakdown&#x27;" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"targets": (), "announced": None}, "How many vehicles will the plant build?"),
        ({"announced": None}, "Will the plant build at least 70,000 vehicles?"),
        ({"announced": av.Announcement(low=70_000)}, "Will the plant build the 70,000 vehicles that were announced?"),
    ],
)
def test_the_question_is_that_of_the_scenario(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    """The page asks for what was announced, else for the first target, else how many."""
    scenario = av.load("avtotor-2024-06").replace(change)
    av.simulate(scenario, runs=500, seed=1).report(tmp_path / "page.html")
    assert words in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("plan", [0.0, 12_000.0])
def test_a_year_that_is_always_the_same_has_a_page_too(plan: float, tmp_path: Path) -> None:
    """Where all runs are equal, or nothing is built, the page says so and nothing fails."""
    plant = one_vehicle(vehicle={"plan": plan}, targets=(6_000.0,))
    av.simulate(plant, runs=200).report(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert ("Almost certainly not" if plan == 0.0 else "Almost certainly") in page


@pytest.mark.parametrize(
    ("name", "options", "error", "words"),
    [
        ("page.pdf", {}, ValueError, "path: must end in .html or .htm; got"),
        ("no/page.html", {}, FileNotFoundError, "can't write the file: there is no such folder"),
        ("page.html", {"language": "de"}, ValueError, "language: must be one of en, ru; got 'de'"),
        ("page.html", {"outside": 3}, TypeError, "outside: must be what outside_view gives; got 3"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(
    february: av.Result,
    name: str,
    options: dict[str, Any],
    error: type[Exception],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wrong suffix, folder, language or view is one error, raised before a study is run, and nothing is written."""
    monkeypatch.setattr("avtosim.studies.report.found", lambda *_: pytest.fail("work was done"))
    with pytest.raises(error, match=re.escape(words)):
        february.report(tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_the_error_names_the_extra(
    february: av.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where matplotlib is not installed the error says which extra to install, before anything is run or written."""
    given = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return given(name, *rest, **more)

    monkeypatch.setattr("importlib.import_module", lambda name, *_: without(name))
    monkeypatch.setattr("avtosim.studies.report.found", lambda *_: pytest.fail("work was done"))
    from avtosim.studies.report import report

    with pytest.raises(ImportError, match=re.escape("pip install 'avtosim[plots]'")):
        report(february, tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []
