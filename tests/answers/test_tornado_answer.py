"""The answer of a tornado, its words and its table; and the screen, against odds that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

import avtosim as av
from avtosim.answers.estimate import Estimate
from avtosim.answers.numbers import DIFFERENCE, PROBABILITY
from avtosim.answers.result import RunInfo
from avtosim.answers.screen import expected_swings

INFO = RunInfo(
    title="A plant", scenario="", seed=3, first_run=0, design="plain runs", replicate_size=1, version="1", stopped=""
)


def estimate(value: float, unit: str) -> Estimate:
    """Make an estimate with an error of 0.01."""
    rest = {"runs": 1_000, "method": "made", "unit": unit}
    return Estimate.of((value, value - 0.02, value + 0.02, 0.01), **rest)


def bar(name: str, swing: float, standing: str) -> av.TornadoBar:
    """Make a bar."""
    low, high = estimate(0.3, PROBABILITY), estimate(0.3 + swing, PROBABILITY)
    ends = {"low_value": 1.0, "high_value": 2500.0, "low": low, "high": high, "swing": estimate(swing, DIFFERENCE)}
    return av.TornadoBar(address=f"a.{name}", text=name, unit="share", standing=standing, **ends)


def made(*bars: av.TornadoBar, base: float = 0.3, numbers: int = 9, expected: float = 0.0123) -> av.Tornado:
    """Make an answer."""
    stated = {"what": "at least 9 vehicles", "numbers": numbers, "expected": expected, "run_info": INFO}
    return av.Tornado(base=estimate(base, PROBABILITY), bars=bars, model_runs=5_000, **stated)


def test_the_whole_answer() -> None:
    """Bars with values, chances and swings, then what is worth finding out, what was left out, and the runs."""
    assert str(made(bar("north", 0.31, "sourced"), bar("south", -0.21, "guess"))).splitlines() == [
        "A plant",
        "number   standing  P10    P90  chance at P10  at P90         swing          95 % interval",
        "chance of at least 9 vehicles, 30.0 % as stated",
        "  north  sourced     1  2,500         30.0 %  61.0 %  +31.0 points    29.0 to 33.0 points",
        "  south  guess       1  2,500         30.0 %   9.0 %  -21.0 points  -23.0 to -19.0 points",
        "worth finding out first (guesses, or no source): south",
        "2 of 9 uncertain numbers were played; a fit expects 1.2 points at most of any other",
        "1,000 runs with each number at its P10 and at its P90, seed 3, plain runs, avtosim 1",
    ]


def test_what_is_worth_finding_out() -> None:
    """Guesses and numbers without a source, whose swing is a tenth of the largest or more and not lost in its error."""
    every = made(
        bar("a", 0.5, "sourced"),
        bar("b", 0.4, "no source"),
        bar("c", -0.3, "guess"),
        bar("d", 0.2, "assumption"),
        bar("e", 0.06, "not stated"),
        bar("f", 0.04, "guess"),
    )
    assert [one.text for one in every.worth_finding_out] == ["b", "c", "e"]
    assert made(bar("a", 0.01, "guess")).worth_finding_out == ()
    assert "no large swing rests on a guess" in made(bar("a", 0.5, "sourced")).verdict


def test_bars_by_address() -> None:
    """A bar is had by its address; another is refused with those there are."""
    both = made(bar("north", 0.3, "guess"), bar("south", 0.2, "guess"), numbers=2)
    assert both["a.south"].text == "south"
    assert "were played" not in str(both)
    with pytest.raises(KeyError, match=r"no bar of 'a.west'; played: a.north, a.south"):
        both["a.west"]


def test_numbers_are_unrounded_in_a_data_frame() -> None:
    """The data frame holds a row for each bar with its unrounded numbers."""
    pytest.importorskip("pandas")
    frame = made(bar("north", 0.3, "guess"), bar("south", 0.2, "guess")).to_pandas()
    assert frame["swing"].tolist() == [0.3, 0.2]
    assert frame.loc[0, ["P10", "P90", "low", "high"]].tolist() == pytest.approx([1.0, 2500.0, 0.28, 0.32])


def test_the_screen_finds_known_odds() -> None:
    """Odds that are linear in the scores of three numbers: the expected swings are the exact ones, in their order.

    The scores are of skewed values and of one with two values only. Tolerance three times the spread over seeds.
    """
    stream = np.random.default_rng(5)
    scores = stream.standard_normal((3, 20_000))
    hit = stream.random(20_000) < special.expit(-0.5 + np.array([1.0, -0.5, 0.0]) @ scores)
    values = np.array([np.exp(scores[0]), scores[1] ** 3, scores[2] > 0.0])
    ends = np.array([np.exp([-1.2816, 1.2816]), np.array([-1.2816, 1.2816]) ** 3, [0.0, 1.0]])
    found = expected_swings(hit, values, ends)
    nodes = stream.standard_normal(400_000)
    exact = []
    for slope, rest in ((1.0, -0.5), (-0.5, 1.0)):
        low, high = (special.expit(-0.5 + slope * end + rest * nodes).mean() for end in (-1.2816, 1.2816))
        exact.append(high - low)
    assert found[:2] == pytest.approx(exact, abs=0.025)
    assert abs(found[2]) < 0.025


def test_the_screen_stays_finite_where_a_number_decides() -> None:
    """A number that separates hits from misses has a swing near 1, one that is the same in all runs has none."""
    values = np.array([np.linspace(0.0, 1.0, 500), np.full(500, 3.0)])
    found = expected_swings(values[0] > 0.5, values, np.array([[0.1, 0.9], [3.0, 3.0]]))
    assert found[0] > 0.9
    assert found[1] == 0.0
