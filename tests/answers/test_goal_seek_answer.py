"""The answer of a goal seek: its words, its table, units, and what cannot be changed."""

from __future__ import annotations

import math

import attrs
import pytest

import avtosim as av
from avtosim.answers.estimate import Estimate
from avtosim.answers.intervals import wilson
from avtosim.answers.numbers import PROBABILITY
from avtosim.answers.result import RunInfo

INFO = RunInfo(
    title="A plant", scenario="", seed=3, first_run=0, design="plain runs", replicate_size=1, version="1", stopped=""
)


def chance(hits: int, runs: int = 1_000) -> Estimate:
    """Make an estimate of a chance."""
    low, high = wilson(hits, runs)
    rest = {"runs": runs, "method": "Wilson's", "what": "chance", "unit": PROBABILITY}
    return Estimate.of((hits / runs, low, high, 0.01), **rest)


def level(value: float, low: float, high: float, unit: str) -> Estimate:
    """Make an estimate of a level."""
    error = (high - low) / 3.92
    return Estimate.of((value, low, high, error), runs=1_000, method="order statistics", what="fill rate", unit=unit)


def made(**more: object) -> av.GoalSeek:
    """Make an answer."""
    stated = {
        "what": "at least 9,000 vehicles",
        "chance": 0.5,
        "address": "partners.P.fill_rate",
        "number": "fill rate of P",
        "lever": "fill rate of P times",
        "multiplied": True,
        "within": (0.1, 10.0),
        "estimate": level(1.1234, 1.1012, 1.1456, "ratio"),
        "reached": chance(500),
        "start": 1.0,
        "started": chance(241),
        "best_at": None,
        "best": None,
        "more": True,
        "turned": 259,
        "other_way": 0,
        "model_runs": 3_700,
        "changes": {"partners.P.fill_rate": 0.9},
        "note": "",
        "run_info": INFO,
    }
    return av.GoalSeek(**(stated | more))


def test_the_whole_answer() -> None:
    """Value with its interval in as many digits as it allows, the chance at the start, the answer in words, runs."""
    assert str(made()).splitlines() == [
        "A plant",
        "quantity                         value     95 % interval",
        "fill rate of P times              1.12      1.10 to 1.15",
        "chance, fill rate of P times 1  24.1 %  21.6 % to 26.8 %",
        "fill rate of P times 1.12 gives a chance of 50.0 % of at least 9,000 vehicles",
        "over the values tried, more of it turns 259 runs to a hit and 0 to a miss",
        "1,000 runs, 3,700 of the model in all, seed 3, plain runs, avtosim 1",
    ]
    assert repr(made()) == ("<GoalSeek: fill rate of P times 1.12 gives a chance of 50.0 % of at least 9,000 vehicles>")


@pytest.mark.parametrize(
    ("best", "words"),
    [
        (290, "is out of reach: 29.0 % at most, for fill rate of P times 0.1 to 10"),
        (0, "is out of reach: none of 1,000 runs reaches it, for fill rate of P times 0.1 to 10"),
        (610, "the chance of at least 9,000 vehicles is never as low as 50.0 %: 61.0 % at least, for"),
        (1_000, "is never as low as 50.0 %: each of 1,000 runs reaches it, for"),
    ],
)
def test_no_value(best: int, words: str) -> None:
    """Where no value gives the chance, the nearest one is said with its chance, and nothing is to be changed."""
    none = made(estimate=None, best_at=2.5, best=chance(best), changes={})
    assert words in none.verdict
    assert (none.value, none.low, none.high) == (None, None, None)
    assert "chance, fill rate of P times 2.5" in str(none)
    assert "fill rate of P times  " not in str(none)


def test_many_runs_the_other_way_are_warned_of() -> None:
    """A tenth of the runs that turn may turn back without a warning, more may not."""
    assert made(turned=90, other_way=10).warning == ""
    assert "the chance goes up and down with fill rate of P" in made(turned=90, other_way=11).warning
    assert "over the values tried, less of it turns 90 runs to a hit and 11 to a miss" in str(
        made(turned=90, other_way=11, more=False)
    )


@pytest.mark.parametrize(
    ("estimate", "shown"),
    [
        (level(15_012.3, 14_950.1, 15_070.9, "vehicles per year"), "15,012  14,950 to 15,071"),
        (level(6.0, 5.0, 7.0, "months"), "6  5 to 7"),
        (level(0.8234, 0.8201, 0.8266, "share"), "0.823  0.820 to 0.827"),
        (level(1.1234, 1.1012, math.inf, "ratio"), "1.123  1.101 to unbounded"),
    ],
)
def test_values_are_shown_in_their_unit(estimate: Estimate, shown: str) -> None:
    """A value is no percentage, whatever its unit; whole numbers stay whole; an end may be infinite."""
    row = str(made(estimate=estimate)).splitlines()[2]
    assert "  ".join(row.split("  ")[1:]).split() == shown.split()
    assert f"{estimate:words}".endswith(estimate.unit if math.isfinite(estimate.high) else "error unknown")


def test_numbers_are_unrounded_in_a_data_frame_and_a_file(tmp_path: object) -> None:
    """The data frame and the file hold the numbers with their unit."""
    pytest.importorskip("pandas")
    frame = made().to_pandas()
    assert frame.loc[0, ["value", "low", "high", "unit"]].tolist() == [1.1234, 1.1012, 1.1456, "ratio"]
    assert frame.loc[1, "unit"] == PROBABILITY
    path = tmp_path / "found.csv"
    made().to_csv(path)
    assert "1.1234,1.1012,1.1456,ratio" in path.read_text()


def test_it_cannot_be_changed() -> None:
    """The answer and its changes are frozen."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made().chance = 0.6
    with pytest.raises(TypeError):
        made().changes["partners.P.fill_rate"] = 1.0
