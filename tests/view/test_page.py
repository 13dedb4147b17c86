"""The page: what it tells, what it leaves out, and what it refuses."""

from __future__ import annotations

import builtins
import html
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest
from nasty import MARKUP, nasty
from plants import one_vehicle

import avtosim as av
from avtosim.evidence.announced import known_by
from avtosim.studies.report import _asked, _telling, found
from avtosim.view.markup import clean
from avtosim.view.page import likelihood

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


def written(result: av.Result, folder: Path, language: str = "en") -> str:
    """Give the page of a result."""
    result.report(folder / "page.html", language=language)
    return (folder / "page.html").read_text(encoding="utf-8")


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
    # Nothing was announced for this plant.
    assert whole.count("Left out: ") == whole.count("Left out: the view from outside: ") == 1
    assert "<h2>What decides it" not in loaded
    assert loaded.count("its scenario holds laws that no file can") == 5
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
    page = written(av.simulate(plant, runs=500), tmp_path)
    assert ("Almost certainly not" if plan == 0.0 else "Almost certainly") in page
    assert f"Eight years in ten or more bring exactly {plan:,.0f} vehicles." in page
    assert page.count("nearly every run brings the same output") == 2
    assert page.count("no run misses the volume") == (plan > 0.0)


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


WORDS = (
    "almost certainly not",
    "very unlikely",
    "unlikely",
    "as likely as not",
    "likely",
    "very likely",
    "almost certainly",
)


@pytest.mark.parametrize("place", range(6))
def test_a_word_for_a_chance_begins_at_its_border(place: int, february: av.Result) -> None:
    """At each border of the scale the next word begins; just below it the word before still holds."""
    border = (0.01, 0.1, 0.33, 0.66, 0.9, 0.99)[place]
    for value, word in ((border, WORDS[place + 1]), (np.nextafter(border, 0.0), WORDS[place])):
        chance = attrs.evolve(february.chance(70_000), value=float(value), low=value - 0.005, high=value + 0.005)
        assert likelihood(chance) == word


@pytest.mark.parametrize(
    ("value", "low", "high", "word"),
    [
        (0.0, 0.0, 0.009, "almost certainly not"),
        (0.0, 0.0, 0.05, "very unlikely"),
        (1.0, 0.995, 1.0, "almost certainly"),
        (1.0, 0.95, 1.0, "very likely"),
        (0.5, 0.3, 0.6, "as likely as not"),
        (0.5, 0.3, 0.7, "too few runs to tell"),
        (1.0, 0.2, 1.0, "too few runs to tell"),
    ],
)
def test_no_word_says_more_than_the_runs_tell(
    value: float, low: float, high: float, word: str, february: av.Result
) -> None:
    """A chance that was never met is as likely as the end of its interval; over three words none is said."""
    assert likelihood(attrs.evolve(february.chance(70_000), value=value, low=low, high=high)) == word


def stub(chances: dict[float, float], quantiles: dict[float, float]) -> Any:
    """Give what tells the volume: chances of the volumes, quantiles of output."""
    return SimpleNamespace(
        targets=[av.Target(5.0, until="2024-03"), *list(chances)[1:]],
        announced=None,
        chance=lambda volume: SimpleNamespace(value=chances.get(volume, 0.5)),
        ppf=lambda share: quantiles[share],
    )


@pytest.mark.parametrize(
    ("chances", "quantiles", "looked_at"),
    [
        ({10.0: 0.02}, {}, 10.0),
        ({10.0: 0.98, 20.0: 0.5}, {}, 10.0),
        ({10.0: 0.0199, 20.0: 0.1, 30.0: 0.6, 40.0: 0.01}, {}, 30.0),
        ({10.0: 0.99, 20.0: 0.985}, {0.25: 34_567.0}, 35_000.0),
        ({10.0: 0.01}, {0.75: 34_567.0}, 35_000.0),
        ({10.0: 0.01, 99_000.0: 0.999}, {0.75: 99_441.0, 0.25: 0.0}, 99_400.0),
        ({10.0: 0.01, 12_000.0: 1.0}, {0.75: 12_000.0}, None),
    ],
)
def test_what_decides_it_is_told_of_a_volume_whose_chance_can_tell(
    chances: dict[float, float], quantiles: dict[float, float], looked_at: float | None
) -> None:
    """The volume asked for from 2 to 98 %, else the target nearest to even, else a quantile as round as can be."""
    assert _telling(stub(chances, quantiles), 10.0) == looked_at


def test_the_page_asks_for_what_was_announced_or_the_first_target_of_the_whole_plant() -> None:
    """The lower end of what was announced goes before targets, and a target of a part is no volume of the plant."""
    result = stub({0.0: 0.5, 7.0: 0.5, 8.0: 0.5}, {})
    assert _asked(result) == 7.0
    result.announced = (3.0, 4.0)
    assert _asked(result) == 3.0
    result.announced, result.targets = None, result.targets[:1]
    assert _asked(result) is None


def test_another_volume_is_said_with_why(tmp_path: Path) -> None:
    """A volume that is reached too rarely, and one that is reached almost always, are told apart."""
    plant = one_vehicle(vehicle={"plan": av.Uniform(0.0, 10_000.0)}, targets=(9_990.0,))
    assert "9,990 vehicles are built too rarely to tell what decides it; so this is about the chance to build at " in (
        written(av.simulate(plant, runs=1_000, seed=1), tmp_path)
    )
    assert "10 vehicles are built almost always, so nothing can be told to decide it; this is about the chance to " in (
        written(av.simulate(plant.replace({"targets": (10.0,)}), runs=1_000, seed=1), tmp_path)
    )


def test_years_of_the_kind_stand_beside_all_years_where_there_are_others(english: str, tmp_path: Path) -> None:
    """Where hardly any year is of another kind, it is told what sets better years apart, without such years."""
    plant = one_vehicle(vehicle={"plan": av.Uniform(0.0, 10_000.0)}, targets=(5_000.0,))
    page = written(av.simulate(plant, runs=1_000, seed=1), tmp_path)
    assert "<th>what sets such years apart</th>" in page
    assert ">such years</th>" in page
    assert "<th>what sets better years apart</th>" in english
    assert ">such years</th>" not in english


def test_the_studies_are_told_from_the_result(tmp_path: Path) -> None:
    """A result of later runs of another design: the page says which runs its studies are, and both chances agree."""
    plant = one_vehicle(vehicle={"plan": av.Uniform(0.0, 10_000.0)}, targets=(5_000.0,))
    result = av.simulate(plant, runs=2_000, seed=3, first_run=500, design=av.LatinHypercube(100))
    text = words_of(written(result, tmp_path))
    assert "2,000 runs, seed 3, Latin hypercubes of 100, from run 500, avtosim" in text
    assert "studies on this page play 2,000 plain runs each, from run 0 under the same seed; their chances" in text
    assert result.chance(5_000).value + result.chance_below(5_000).value == 1.0
    assert f"{result.chance_below(5_000):value} of all years are of this kind" in text


def test_the_largest_loss_is_a_share_of_the_shortfall_unless_more_is_made_up(english: str, tmp_path: Path) -> None:
    """Where more is built than planned the largest loss is told without a share."""
    assert re.search(r"the largest loss is demand: [0-9,]+, [0-9.]+ % of the shortfall", english, re.IGNORECASE)
    border = av.load(Path(__file__).parents[2] / "examples" / "border.toml")
    page = words_of(written(av.simulate(border, runs=2_048, seed=1), tmp_path))
    assert re.search(r"The largest loss is missing kits: [0-9,]+\.", page)
    # Its strip has an end that these runs do not tell.
    assert "2,048 runs say little of how a chance depends on what is not known." in page


def test_the_median_may_be_the_most_that_can_be_built(tmp_path: Path) -> None:
    """Where half of all years build all that is planned, none of them is said to build more."""
    plant = one_vehicle(vehicle={"plan": 12_000.0, "market_share": av.Uniform(0.2, 1.0)}, market={"per_year": 24_000.0})
    assert "half of all years bring 12,000 or more." in written(av.simulate(plant, runs=1_000, seed=1), tmp_path)


def test_a_period_of_other_than_twelve_months_is_called_so(tmp_path: Path) -> None:
    """Two years are no year: runs are spoken of, and what a year stands for is said."""
    plant = one_vehicle(days=(20.0,) * 24, vehicle={"plan": av.Uniform(0.0, 10_000.0)}, targets=(5_000.0,))
    page = words_of(written(av.simulate(plant, runs=1_000, seed=1), tmp_path))
    assert "Eight runs in ten bring" in page
    assert "The whole period" in page
    assert "A year stands here for the whole period, 24 months from 2024-01." in page


@pytest.mark.parametrize(
    ("change", "runs"), [({"targets": ()}, 200), ({}, 200), ({}, 1), ({"vehicles.V.plan": 0.0}, 200)]
)
def test_what_is_left_out_is_said_in_the_language_of_the_page(
    change: dict[str, Any], runs: int, tmp_path: Path
) -> None:
    """Each study that is missing, and the view from outside, has its reason, in Russian on the Russian page."""
    plant = one_vehicle(vehicle={"plan": 12_000.0}, targets=(6_000.0,)).replace(change)
    text = words_of(written(av.simulate(plant, runs=runs), tmp_path, "ru"))
    assert text.count("Пропущено: ") == {1: 5, 200: 3 if "vehicles.V.plan" in change else 4}[runs]
    left = set(re.findall(r"[a-z]+", re.sub(r"[0-9a-f]{16}", " ", text).lower())) - _KEPT
    assert left == {"one", "vehicle"}


def test_a_sentence_begins_with_a_capital_behind_its_quotes(russian: str) -> None:
    """No sentence begins with a small letter, behind a quotation mark neither."""
    assert "«Спрос»" in russian
    assert re.search(">«?[\u0430-\u044f]", re.sub(r"<t[hd].*?</t[hd]>", "", russian)) is None


def test_a_source_that_is_no_address_is_printed_whole(tmp_path: Path) -> None:
    """Strokes in a source do not make it an address."""
    source = av.Provenance(source="Minutes 3/4/5", standing="guess")
    plant = one_vehicle(vehicle={"plan": 1.0}, targets=(5_000.0,)).replace(
        {"vehicles.V.plan": av.Uniform(0.0, 10_000.0)}, provenance={"vehicles.V.plan": source}
    )
    assert ">Minutes 3/4/5</td>" in written(av.simulate(plant, runs=200, seed=1), tmp_path)


def test_no_mark_of_direction_passes() -> None:
    """What steers a terminal or turns the direction of a text is left out; letters of all scripts stay."""
    assert clean("a\x1b[31m\u061c\u200f\u202eж\u2066ע\ud800\x00\x9b") == "a[31mжע"


def test_few_runs_are_not_said_to_tell_more(tmp_path: Path) -> None:
    """Ten runs tell no spread of output; below 64 no study is played, at 64 all are."""
    partner = {"fill_rate": av.Uniform(0.2, 1.0)}
    plant = one_vehicle(partner=partner, vehicle={"plan": av.Uniform(0.0, 10_000.0)}, targets=(3_000.0,))
    ten, below, least = (words_of(written(av.simulate(plant, runs=n, seed=5), tmp_path)) for n in (10, 63, 64))
    assert "10 runs are too few to tell how far output spreads." in ten
    assert below.count("63 runs are too few for it.") == 4
    assert least.count("Left out: ") == least.count("Left out: the view from outside: ") == 1
    assert "64 plain runs each, from run 0 under the same seed" in least
    assert "fill rate of P, share" in least
    judged = len(plant.assumptions().standing("guess", "assumption", "not stated", "no source"))
    assert f"{judged} of the numbers that the scenario states rest on judgement" in least


def test_units_are_said_once(tmp_path: Path) -> None:
    """A unit that the words of a number hold already is not said again."""
    market = {"per_year": 24_000.0}
    plant = one_vehicle(
        vehicle={"plan": 12_000.0, "market_share": av.Uniform(0.2, 1.0)}, market=market, targets=(9_000.0,)
    )
    page = written(av.simulate(plant, runs=200, seed=1), tmp_path)
    assert ">market share of V</td>" in page
    assert "market share of V, share" not in page


@pytest.mark.parametrize("seed", [1, 7])
def test_the_studies_play_the_seed_of_the_result(seed: int) -> None:
    """The ledger of the page is the one of the result's own seed."""
    plant = one_vehicle(vehicle={"plan": av.Uniform(0.0, 10_000.0)}, targets=(5_000.0,))
    told = found(av.simulate(plant, runs=200, seed=seed))
    assert told.ledger is not None
    assert told.ledger.built.mean() == av.ledger(plant, runs=200, seed=seed).built.mean()


@pytest.mark.parametrize("month", ["02", "04", "06"])
def test_the_view_from_outside_knows_nothing_later_than_the_announcement(month: str) -> None:
    """Beside an announcement of the past stand only plans whose outcome was known when it was stated."""
    scenario = av.load(f"avtotor-2024-{month}")
    view = found(av.simulate(scenario, runs=8, seed=1)).outside
    stated_on = scenario["announced.stated_on"]
    assert (view.as_of, view.stated_on, view.plan) == (stated_on, stated_on, np.mean(scenario.announced.volumes))
    assert view.cases
    assert all(known_by(case.outcome_known_on, stated_on) for case in view.cases)
