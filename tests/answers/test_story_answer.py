"""A story as it is told: what happened in words, months and the year as a table, notes."""

from __future__ import annotations

import math

import attrs
import pytest

from avtosim.answers.estimate import Estimate
from avtosim.answers.result import RunInfo
from avtosim.answers.story import Difference, Happening, Story, StoryMonth

INFO = RunInfo(title="a plant", scenario="", seed=3, first_run=0, design="plain runs", replicate_size=1, version="9")
CHANCE = Estimate(
    value=0.74, low=0.73, high=0.75, standard_error=0.005, runs=16_384, method="Wilson's", unit="probability"
)
MEDIAN = Estimate(
    value=8_000.0, low=7_900.0, high=8_100.0, standard_error=50.0, runs=16_384, method="", unit="vehicles"
)


def difference(what: str, **more: object) -> Difference:
    """Make what sets years apart."""
    rest = {"address": "a.b", "value": 1.5, "such": 1.25, "ordinary": 0.5, "unit": "months", "luck": True, "apart": 0.4}
    return Difference(what=what, **(rest | more))


def story(**more: object) -> Story:
    """Make a story of two months."""
    stop, leave = Happening("P", "stopped", 0.8), Happening("Q", "left", 0.3)
    months = (
        StoryMonth(month="2024-01", planned=9_500, required=5_000, built=4_100, happenings=(stop, leave)),
        StoryMonth(
            month="2024-02",
            planned=9_500,
            required=6_000,
            built=3_000.4,
            happenings=(Happening("P", "stopped", 0.45), Happening("Q", "gone", 1.0), Happening("V", "launched", 1.0)),
        ),
    )
    rest = {
        "kind": "less than 9,000 vehicles",
        "only": None,
        "run": 1_234,
        "chance": CHANCE,
        "ordinary": MEDIAN,
        "is_ordinary": True,
        "others": True,
        "calendar": months,
        "differences": (difference("months that P stood still"),),
        "unusual": (),
        "run_info": INFO,
    }
    return Story(**(rest | more))


@pytest.mark.parametrize(
    ("happening", "text"),
    [
        (("P", "stopped", 0.77), "P stopped for 0.8 months"),
        (("P", "stopped", 0.97), "P stopped all month"),
        (("P", "left", 0.4), "P left"),
        (("P", "gone", 1.0), "P gone"),
        (("route", "active", 0.3, "late kits"), "route (late kits) for 0.3 months"),
        (("route", "active", 1.0, "late kits"), "route (late kits) all month"),
        (("V", "launched", 1.04), "V launched 1 month late"),
    ],
)
def test_what_happened_is_said_in_words(happening: tuple, text: str) -> None:
    """Each kind of happening has its words, and times are in tenths of a month."""
    assert Happening(*happening).text == text


def test_the_printed_story() -> None:
    """A row for each month and one for the year, what it is, how it differs, and what made it."""
    assert str(story()).splitlines() == [
        "a plant: a typical year of less than 9,000 vehicles",
        "month    planned  required  built  what happened",
        "2024-01    9,500     5,000  4,100  P stopped for 0.8 months; Q left",
        "2024-02    9,500     6,000  3,000  P stopped for 0.5 months; Q gone; V launched 1 month late",
        "year      19,000    11,000  7,100  Q gone for 1.3 months; P stopped for 1.2 months",
        "7,100 built of 19,000 planned; such years: 74.0 % of all years, 95 % interval 73.0 % to 75.0 %",
        "such a year is the ordinary one: half of all years build 8,000 at most",
        "what sets such years apart  this year  such years  all years  unit",
        "months that P stood still         1.5        1.25        0.5  months",
        "run 1,234 of 16,384 runs, seed 3, plain runs, avtosim 9",
    ]
    assert repr(story()) == "<Story of a year of less than 9,000 vehicles: 7,100 built>"


def test_other_stories_say_what_they_are() -> None:
    """A story of supply alone, of an end point, of a kind that is not the ordinary one, with a warning, says so."""
    chance = attrs.evolve(CHANCE, runs=40_700, warning="the walks hardly moved")
    text = str(
        story(only="supply", run=None, chance=chance, is_ordinary=False, unusual=(difference("months of route"),))
    )
    assert "74.0 % of years in which supply varies and all else is at its median" in text
    assert "do not rely on it: the walks hardly moved" in text
    assert "the ordinary year is another: half of these years build 8,000 at most" in text
    assert "what else was unusual this year" in text
    assert "too few such years in 16,384 runs: an end point of rare_chance, 40,700 model runs, seed 3" in text


def test_many_stops_are_told_together() -> None:
    """Partners that stopped for a part of a month share a sentence, and the year tells the three longest of many."""
    stops = tuple(Happening(f"P{number}", "stopped", 0.1 * number) for number in range(1, 7))
    month = StoryMonth(
        month="2024-01", planned=9, required=9, built=9, happenings=(*stops, Happening("Q", "stopped", 1.0))
    )
    lines = str(story(calendar=(month,))).splitlines()
    assert lines[2].endswith("stopped: P1 0.1, P2 0.2, P3 0.3, P4 0.4, P5 0.5, P6 0.6 months; Q stopped all month")
    assert lines[3].endswith(
        "9  Q stopped for 1 month; P6 stopped for 0.6 months; P5 stopped for 0.5 months; 4 more for less"
    )


def test_shocks_are_explained_once() -> None:
    """What a shock does is said in its first month, and shocks that go on all month share a sentence."""
    shocks = (Happening("A", "active", 1.0, "late kits"), Happening("B", "active", 1.0, "demand"))
    months = [
        StoryMonth(month=f"2024-0{at}", planned=9, required=9, built=9, happenings=some)
        for at, some in enumerate((shocks[:1], shocks, (*shocks, Happening("P", "stopped", 0.2))), 1)
    ]
    lines = str(story(calendar=tuple(months))).splitlines()
    assert [line.split("9  ")[-1] for line in lines[2:5]] == [
        "A (late kits) all month",
        "all month: A, B (demand)",
        "all month: A, B; P stopped for 0.2 months",
    ]


def test_rare_years_are_told_as_odds() -> None:
    """A chance that per cent would show as a row of zeros is said as 1 in so many, with the ends of its interval."""
    rare = attrs.evolve(CHANCE, value=8e-8, low=4e-8, high=1.4e-7)
    told = "such years: about 1 in 13,000,000 of all years, 95 % interval 1 in 25,000,000 to 1 in 7,000,000"
    assert told in str(story(chance=rare))


def test_too_few_runs_tell_no_ordinary_year() -> None:
    """Where the median has no interval nothing is said of the ordinary year."""
    text = str(story(ordinary=attrs.evolve(MEDIAN, high=math.inf, runs=1), run=None))
    assert "the runs are too few to tell the ordinary year" in text
    assert "half of" not in text
    assert "too few such years in 1 run: " in text


def test_where_all_years_are_such() -> None:
    """Where hardly a year is not of the kind nothing sets such years apart: better years stand against worse ones."""
    text = str(story(others=False))
    assert "what sets better years apart  this year  all years  unit" in text
    assert "such years apart" not in text


def test_the_table_holds_unrounded_numbers() -> None:
    """The data frame has a row for each month and the year, with numbers as they are."""
    frame = story().to_pandas()
    assert frame["built"].tolist() == [4_100, 3_000.4, 7_100.4]
    assert frame["month"].tolist() == ["2024-01", "2024-02", "year"]
    assert "<td" in story()._repr_html_()
