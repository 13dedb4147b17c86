"""Regions as they are printed: conditions in words, shares with intervals, notes."""

from __future__ import annotations

import pytest

from avtosim.answers.estimate import Estimate
from avtosim.answers.regions import Condition, Regions
from avtosim.answers.result import RunInfo

INFO = RunInfo(title="a plant", scenario="", seed=3, first_run=0, design="plain runs", replicate_size=1, version="9")


def share(value: float, what: str = "", runs: int = 4096) -> Estimate:
    """Make a share of years."""
    rest = {"standard_error": 0.01, "runs": runs, "method": "Wilson's", "unit": "probability"}
    return Estimate(value=value, low=value - 0.02 * (value < 1), high=min(value + 0.02, 1.0), what=what, **rest)


def condition(**more: object) -> Condition:
    """Make a condition."""
    rest = {"what": "months that P stood still", "address": "partners.P.stops", "low": 1.4, "high": None}
    return Condition(**(rest | {"unit": "months", "luck": True, "without": share(0.3)} | more))


def regions(**more: object) -> Regions:
    """Make regions of two conditions."""
    market = {"what": "demand of the market M", "low": None, "high": 1_250_000.0, "unit": "vehicles per year"}
    rest = {
        "kind": "less than 9,000 vehicles",
        "conditions": (condition(), condition(**market, luck=False)),
        "density": share(0.8, "density", 700),
        "coverage": share(0.6, "coverage", 900),
        "base_rate": share(0.2, "base rate"),
        "found_density": 0.81,
        "found_coverage": 0.62,
        "run_info": INFO,
    }
    return Regions(**(rest | more))


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ({}, "months that P stood still above 1.4"),
        ({"low": 0.0}, "months that P stood still above 0"),
        ({"high": 3.25}, "months that P stood still above 1.4 and at most 3.25"),
        ({"what": "speed of L", "unit": "vehicles per working day"}, "speed of L above 1.4 vehicles per working day"),
        ({"what": "fill rate of P", "unit": "share"}, "fill rate of P above 1.4"),
        ({"what": "plan", "unit": "vehicles", "low": 12_345.67}, "plan above 12,345.67 vehicles"),
    ],
)
def test_conditions_are_said_in_words(bounds: dict, text: str) -> None:
    """A condition says its bounds in all their digits, with units that are more than a ratio."""
    assert condition(**bounds).text == text


def test_the_printed_regions() -> None:
    """Base rate, density and coverage, the conditions with what the density would be without each, and notes."""
    assert str(regions()).splitlines() == [
        "a plant: where years of less than 9,000 vehicles lie",
        "                                                               share     95 % interval  it is",
        "  base rate                                                   20.0 %  18.0 % to 22.0 %",
        "  density                                                     80.0 %  78.0 % to 82.0 %",
        "  coverage                                                    60.0 %  58.0 % to 62.0 %",
        "the region: all of these hold (density without each)",
        "  months that P stood still above 1.4                         30.0 %  28.0 % to 32.0 %  luck",
        "  demand of the market M at most 1,250,000 vehicles per year  30.0 %  28.0 % to 32.0 %  not known",
        "what is not known can be found out, or be made so; luck can only be prepared for",
        "in the runs that the region was found in: density 81.0 %, coverage 62.0 %",
        "4,096 fresh runs after as many to find the region, seed 3, plain runs, avtosim 9",
    ]
    assert repr(regions()) == "<Regions of years of less than 9,000 vehicles: 2 conditions>"


def test_no_conditions_are_explained() -> None:
    """Where there is no condition, the answer says whether all years are of the kind or none can be told apart."""
    assert "no condition tells such years from others: none adds 2 points" in str(regions(conditions=()))
    assert "every year is of this kind" in str(regions(conditions=(), base_rate=share(1.0)))


def test_the_table_holds_unrounded_numbers() -> None:
    """The data frame has a row for each share and each condition, with the ends of its interval."""
    frame = regions().to_pandas()
    assert frame["share"].tolist() == [0.2, 0.8, 0.6, 0.3, 0.3]
    assert frame["low"].iloc[1] == pytest.approx(0.78)
    assert frame["it is"].tolist()[-2:] == ["luck", "not known"]
