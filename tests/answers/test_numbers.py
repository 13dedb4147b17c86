"""Formats of numbers: digits that their error allows, and chances as one would say them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from avtosim.answers.intervals import wilson
from avtosim.answers.numbers import FORMATS, decimals_for, odds, percent, rough, rounded, vehicles

RUNS = 100_000


def words(hits: int, runs: int = RUNS) -> str:
    """Say the chance of so many hits in independent runs."""
    return FORMATS["words"](hits / runs, *wilson(hits, runs), "probability")


@pytest.mark.parametrize(
    ("value", "width", "shown"),
    [
        (0.5, 0.1, "50.0 %"),
        (0.0, 3.8e-5, "0.000 %"),
        (1.0, 3.8e-5, "100.000 %"),
        (0.00533, 0.0009, "0.53 %"),
        (1e-6, 4e-7, "0.00010 %"),
    ],
)
def test_percent_has_the_digits_that_its_interval_allows(value: float, width: float, shown: str) -> None:
    """A probability shows one digit of half its interval's width, and one decimal at least."""
    assert percent(value, width) == shown


def test_vehicles_have_decimals_only_where_they_mean_something() -> None:
    """Small outputs show decimals if their interval allows them; large ones never."""
    assert vehicles(12.34, 0.1) == "12.34"
    assert vehicles(12.34) == "12"
    assert vehicles(1234.4, 0.1) == "1,234"
    assert vehicles(math.inf, 1.0) == "unbounded"
    assert decimals_for(0.0) == decimals_for(math.inf) == decimals_for(math.nan) == 0


@pytest.mark.parametrize(
    ("value", "half", "shown"),
    [
        (56_837.2, 111.5, "56,800"),
        (56_837.2, 99.0, "56,840"),
        (56_837.2, 1_000.0, "57,000"),
        (56_837.2, 90_000.0, "60,000"),
        (56_837.2, 0.3, "56,837"),
        (56_837.2, 0.0, "56,837"),
        (56_837.2, math.inf, "56,837"),
        (12.34, 0.05, "12.34"),
        (12.34, 0.5, "12.3"),
        (4.0, 15.0, "4"),
        (0.0, 15.0, "0"),
    ],
)
def test_outputs_are_rounded_to_their_error(value: float, half: float, shown: str) -> None:
    """An output keeps the digits down to the leading one of its error, and its own leading digit always."""
    assert rounded(value, 2.0 * half) == shown


@pytest.mark.parametrize(("half", "shown"), [(0.2653, "0.27"), (111.5, "110"), (14_321.0, "14,000"), (0.0, "0")])
def test_errors_have_two_digits(half: float, shown: str) -> None:
    """The error of the runs is printed with two significant digits."""
    assert rough(half) == shown


@pytest.mark.parametrize(
    ("hits", "text"),
    [
        (0, "less than 1 in 25,000"),
        (3, "between 1 in 100,000 and 1 in 11,000 (0.0010 % to 0.0088 %)"),
        (780, "about 1 in 130 (0.78 %)"),
        (24_100, "about 1 in 4 (24 %)"),
        (41_000, "about 2 in 5 (41 %)"),
        (50_000, "about even (50 %)"),
        (76_000, "about 3 in 4 (76 %)"),
        (90_100, "about 9 in 10 (90.1 %)"),
        (99_220, "about 129 in 130 (99.22 %)"),
        (99_997, "between 10,999 in 11,000 and 99,999 in 100,000 (99.9912 % to 99.9990 %)"),
        (100_000, "more than 24,999 in 25,000"),
    ],
)
def test_chances_in_words(hits: int, text: str) -> None:
    """A chance in words is odds with per cent, a range where its error is large, a bound where no or every run hit."""
    assert words(hits) == text


@pytest.mark.parametrize("runs", [1, 2, 10, 100, 3_000])
def test_words_rise_with_the_chance(runs: int) -> None:
    """More hits never give smaller odds: single odds rise, and ranges rise at both ends and overlap or touch."""
    ends = [bounds(hits, runs) for hits in range(runs + 1)]
    single = [low for low, high in ends if low == high]
    assert single == sorted(single)
    for side in (0, 1):
        ranges = [pair[side] for pair in ends if pair[0] < pair[1]]
        assert ranges == sorted(ranges)
    assert all(first[0] <= second[1] for first, second in pairwise(ends))


def bounds(hits: int, runs: int) -> tuple[float, float]:
    """Read the odds of a sentence as one or two numbers."""
    text = words(hits, runs).partition(" (")[0]
    if text == "about even":
        return 0.5, 0.5
    pieces = [piece.split() for piece in text.replace(",", "").split(" and ")]
    shares = [int(piece[-3]) / int(piece[-1]) for piece in pieces]
    if "less" in text:
        return 0.0, shares[0]
    if "more" in text:
        return shares[0], 1.0
    return shares[0], shares[-1]


@pytest.mark.parametrize("runs", [1, 7, 50, 1_000, 40_000])
def test_words_never_promise_more_than_the_interval(runs: int) -> None:
    """Single odds are given only where the interval is narrow; a range or a bound contains the interval."""
    for hits in sorted({0, 1, 2, 3, 5, 9, 20, 60, runs // 3, runs // 2, runs - 1, runs} & set(range(runs + 1))):
        low, high = wilson(hits, runs)
        value, text = hits / runs, words(hits, runs)
        first, second = bounds(hits, runs)
        if text.startswith("about"):
            assert high - low <= 0.5 * min(value, 1.0 - value)
            assert abs(first - value) < 0.15 * min(value, 1.0 - value)
            shown = text.partition("(")[2].removesuffix(" %)")
            unit = 10.0 ** -len(shown.partition(".")[2])
            assert unit >= 0.1 * 100 * (high - low) / 2 or len(shown.replace(".", "").lstrip("0")) <= 2
            assert low - 1e-9 <= float(shown) / 100 <= high + 1e-9
        else:
            assert first <= low + 1e-12
            assert second >= high - 1e-12


def test_odds_stay_on_their_side() -> None:
    """Odds rounded down are not above the chance, those rounded up not below it; the nearest are one of the two."""
    for chance in (1e-19, 3e-7, 0.0123, 0.1, 0.24, 0.3, 0.5, 0.51, 0.77, 0.99, 1 - 1e-6):
        below, nearest, above = (hits / of for hits, of in (odds(chance, -1), odds(chance), odds(chance, 1)))
        assert below <= chance + 1e-15
        assert chance - 1e-15 <= above
        assert nearest in (below, above)


def test_a_chance_without_hits_has_no_digits() -> None:
    """In tables a chance that no run, or every run, met is shown by the end of its interval."""
    never, always = ((hits / 500, *wilson(hits, 500), "probability") for hits in (0, 500))
    assert FORMATS["value"](*never) == FORMATS["value with error"](*never) == "below 0.8 %"
    assert FORMATS["value"](*always) == "above 99.2 %"


def test_differences_of_chances_are_in_points() -> None:
    """A difference of chances is in percentage points, with its sign, so that it is not taken for a share."""
    numbers = -0.0432, -0.046, -0.0404, "probability difference"
    assert FORMATS["difference"](*numbers) == "-4.3 points"
    assert FORMATS["interval"](*numbers) == "-4.6 to -4.0 points"
    assert FORMATS["difference"](0.0432, 0.0404, 0.046, "probability difference") == "+4.3 points"
