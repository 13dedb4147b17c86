"""Notebooks: every answer shows itself as HTML, and no text of a user is obeyed as a mark."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.answers.table import Column, Table

HOSTILE = "<script>alert(1)</script>&\"'"
#: Public classes that are no answers: facts, laws, designs, and the parts of which answers are made.
NO_ANSWERS = re.findall(
    r"\w+",
    """AnnouncedPlan Announcement Antithetic Assumption Bernoulli Beta Between Calendar Clipped Column Component
    Condition Description Design Difference Discrete Empirical Exponential FactError Factor Family Fault Flips Gamma
    Happening LatinHypercube Law Line LogNormal LogNormalRange LogStudentT Market Metalog Model Named Normal NormalRange
    PartOfOutput Partner Pert Plain Pooled ProbabilityGrid Provenance RelativePrecision RunInfo Scaled Shock Sobol
    SobolNets Stepwise Stops StoryMonth Target ThreeQuantiles TornadoBar Total Triangular Truncated Uniform Varying
    Vehicle Weibull Window""",
)


def june() -> av.Scenario:
    """Give a scenario with a hostile title and description."""
    return av.load("avtotor-2024-06").replace({"name": HOSTILE, "description": HOSTILE})


def log(folder: Path) -> av.ForecastLog:
    """Give a log with a settled forecast of a hostile case."""
    made = av.ForecastLog(folder / "log.jsonl")
    made.record(HOSTILE, av.LogNormal(50_000, 0.3), plan=60_000, entered_on="2024-02-01")
    made.settle(HOSTILE, 41_000, known_on="2025-01-20", entered_on="2025-02-01")
    return made


def late() -> list[dict[str, Any]]:
    """Give launches with a hostile name."""
    months = {HOSTILE: 2, "B": 0, "C": 5.5, "D": 1, "E": 9, "F": 3}
    return [{"name": name, "planned": 0, "actual": n, "seen_until": 12} for name, n in months.items()]


def stops() -> av.StopsFit:
    """Give a fit of stops of two partners."""
    dates = ("02-10", "02-20"), ("06-01", "06-25"), ("08-14", "08-31"), ("09-18", "10-09"), ("11-02", "11-30")
    found = [{"partner": "A", "start": f"2023-{start}", "end": f"2023-{end}"} for start, end in dates]
    year = ("2023-01", "2023-12")
    return av.fit_stops(found, observed={"A": year, "B": year})


def arrived() -> av.FillRateFit:
    """Give a fit of fill rates."""
    kits = [880, 940, 910, 790, 700, 760, 850, 930, 960, 900, 870, 920]
    return av.fit_fill_rate([{"partner": "A", "month": m, "due": 1000, "arrived": n} for m, n in enumerate(kits)])


def simulated() -> av.Result:
    """Give a result."""
    return av.simulate(june(), runs=200)


ANSWERS: dict[str, Callable[[Path], Any]] = {
    "Breakdown": lambda _: av.Breakdown("vehicle", (HOSTILE, "b"), np.ones((2, 9))),
    "BrierParts": lambda _: av.brier_parts([0.1, 0.1, 0.6], [False, True, True]),
    "Comparison": lambda _: av.compare({HOSTILE: june(), "b": june()}, runs=50),
    "DelayFit": lambda _: av.fit_delay(late()),
    "Estimate": lambda _: attrs.evolve(simulated().mean(), what=HOSTILE, warning=HOSTILE),
    "FillRateFit": lambda _: arrived(),
    "ForecastLog": log,
    "GoalSeek": lambda _: av.goal_seek(june(), "partners.BAIC.fill_rate", 25_000, runs=500),
    "Importance": lambda _: av.importance(june(), runs=100),
    "Layers": lambda _: av.layers(june(), 25_000, runs=1_000),
    "Ledger": lambda _: av.ledger(june(), runs=50),
    "LedgerPart": lambda _: attrs.evolve(av.ledger(june(), runs=50).by("month"), note=HOSTILE),
    "LogScores": lambda folder: log(folder).scores(),
    "OrderBook": lambda _: av.OrderBook(HOSTILE, ("2024-01",), *(np.ones((1, 9)) for _ in range(3))),
    "OutsideView": lambda _: av.outside_view(
        plan=90_000, stated_on="2024-04-15", year=2024, kind="mature", as_of="2024-04-30"
    ),
    "RareChance": lambda _: av.rare_chance(june(), at_least=35_000, particles=100, repeats=4),
    "Regions": lambda _: av.regions(june(), below=15_000, runs=1_000),
    "Register": lambda _: june().assumptions(),
    "Result": lambda _: simulated(),
    "Scenario": lambda _: june(),
    "Score": lambda _: av.score(av.LogNormal(50_000, 0.4), 38_000),
    "Split": lambda _: av.split(june(), runs=20),
    "StopsFit": lambda _: stops(),
    "Story": lambda _: av.story(june(), below=15_000, runs=1_000),
    "Sweep": lambda _: av.sweep(june(), {"partners.BAIC.fill_rate": [0.5, 0.9]}, runs=20),
    "Table": lambda _: Table((Column(HOSTILE), Column("n", "count")), {HOSTILE: [(HOSTILE, 3)]}, HOSTILE, (HOSTILE,)),
    "Tornado": lambda _: av.tornado(june(), 25_000, bars=2, runs=1_000),
    "WorthKnowing": lambda _: av.worth_knowing(june(), too_few=1, too_many=3, runs=2_000),
}
#: Answers in whose HTML the hostile text stands.
NAMED = re.findall(
    r"\w+", "Breakdown Comparison Estimate ForecastLog LedgerPart OrderBook Register Result Scenario Table"
)
#: Answers with numbers that are words, such as the value of an assumption or a year.
WORDED = ("Register", "Scenario", "Table", "Sweep", "OutsideView")


class Page(HTMLParser):
    """The tags and cells of a piece of HTML, which must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: set[str] = set()
        self.cells: list[tuple[str, str, str]] = []
        self.rows: list[int] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.open.append((tag, dict(attributes)))
        self.tags.add(tag)
        if tag in ("td", "th", "p", "caption"):
            self.cells.append((tag, str(dict(attributes).get("style")), ""))
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += int(dict(attributes).get("colspan") or 1)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        assert self.open.pop()[0] == tag

    def handle_data(self, text: str) -> None:
        """Note a text."""
        tag, style, said = self.cells[-1]
        self.cells[-1] = (tag, style, said + text)


def test_every_public_class_is_an_answer_that_shows_itself_or_none() -> None:
    """Each public class either has an HTML form, and is tried here, or is known to be no answer."""
    classes = {name for name in av.__all__ if isinstance(getattr(av, name), type)}
    shown = {name for name in classes if hasattr(getattr(av, name), "_repr_html_")}
    assert shown == set(ANSWERS)
    assert classes - shown == set(NO_ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_in_a_notebook(name: str, tmp_path: Path) -> None:
    """Its HTML is whole, escaped, has equal rows, numbers on the right, and prose that is broken into lines."""
    answer = ANSWERS[name](tmp_path)
    assert type(answer).__name__ == name
    page = answer._repr_html_()
    read = Page(page)
    assert read.tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
    assert "script" not in read.tags
    if name in (*NAMED, "Scenario", "Table"):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#x27;" in page
    assert len(set(read.rows)) == 1
    for tag, style, text in read.cells:
        if tag in ("p", "caption"):
            assert "white-space:normal" in style
            assert "max-width" in style
        elif tag == "td" and re.fullmatch(r"[+-]?[\d,.]+( %)?", text) and (tag, style, text) != read.cells[0]:
            assert "text-align:right" in style or name in WORDED, text
        else:
            assert "text-align:" in style


def test_the_html_of_a_table_has_its_title_sections_and_notes() -> None:
    """Whatever a printed answer says is in its HTML."""
    result = simulated()
    cells = [text for _, _, text in Page(result._repr_html_()).cells]
    table = result.table
    assert cells[0] == table.title
    assert [heading for heading in table.sections if heading not in cells] == []
    assert tuple(cells[-len(table.notes) :]) == table.notes


def test_a_scenario_shows_what_it_is_made_of() -> None:
    """Its months, the names of its facts and how its numbers stand."""
    plant = plants.busy()
    text = plant._repr_html_()
    for name in (*plant.partners.names, *plant.vehicles.names, *plant.shocks.names, "2024-03 to 2025-02"):
        assert name in text
    assert plant.assumptions().summary() in text
