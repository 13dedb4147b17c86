"""Formats of numbers: one for each kind, so that a chance or an output looks the same wherever it is printed.

Digits stop where the interval of a number makes them meaningless.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Mapping
from typing import Final

from ..say import Number, Term, joined, say

PROBABILITY: Final = "probability"
DIFFERENCE: Final = "probability difference"
VEHICLES: Final = "vehicles"
SHARE: Final = "share of variance"
COST: Final = "units of cost"
#: Units of numbers that are printed in per cent; where there is none, too.
_IN_PERCENT = (PROBABILITY, DIFFERENCE, SHARE, "share of the loss", "")

# Beyond this half width, relative to the chance or its complement, one number would promise too much.
_TOO_WIDE = 0.25
# Chances so small, or so near to certain, are read as odds; per cent would be a row of zeros.
_NO_PERCENT = 1e-6

_STEPS = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.2, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0)
_RARE = [(1, round(step * 10**power)) for power in range(20, 0, -1) for step in reversed(_STEPS)]
# Odds that are printed, up to even ones, in rising order.
_ODDS = [*_RARE, *((1, n) for n in range(9, 3, -1)), (3, 10), (1, 3), (2, 5), (1, 2)]
_SHARES = [hits / of for hits, of in _ODDS]


def decimals_for(width: float, most: int = 8) -> int:
    """Decimals that show about one digit of half an interval's width."""
    if not math.isfinite(width) or width <= 0.0:
        return 0
    return int(min(max(-math.floor(math.log10(width / 2.0)), 0), most))


def percent(value: float, width: float = 0.01) -> Number:
    """A probability in per cent, with as many digits as its interval's width allows, one decimal at least."""
    return Number(f"{100.0 * value:z.{max(decimals_for(100.0 * width), 1)}f} %", value)


def vehicles(value: float, width: float = math.inf) -> str:
    """A number of vehicles, with thousands separated and decimals only where they mean something."""
    if math.isinf(value):
        return say("unbounded")
    return Number(f"{value:z,.{decimals_for(width) if abs(value) < 100 else 0}f}", value)


def amount(value: float, width: float) -> str:
    """A number of any unit, in as many digits as its interval's width allows, and with thousands separated."""
    if math.isinf(value):
        return say("unbounded")
    if value == math.floor(value):
        return Number(f"{value:z,.0f}", value)
    if not (math.isfinite(width) and width > 0.0):
        return figure(value)
    return Number(f"{value:z,.{decimals_for(width)}f}", value)


def figure(value: float) -> Number:
    """A number of any unit, in four digits and with thousands separated."""
    return Number(f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}", value)


def stated(value: float) -> Number:
    """A number in the digits in which it was stated, up to twelve, with thousands separated."""
    return Number(f"{value:,.12g}", value)


def rounded(value: float, width: float) -> str:
    """A number of vehicles rounded to the leading digit of half its interval's width."""
    if min(abs(value), width) < 1e-300 or not math.isfinite(width):
        return vehicles(value)
    place = math.floor(min(math.log10(width / 2.0), math.log10(abs(value))))
    return vehicles(round(value, -place), 2.0 * 10.0**place)


def rough(value: float) -> Number:
    """A half width in two significant digits."""
    place = math.floor(math.log10(value)) - 1 if value > 0.0 else 0
    return Number(f"{round(value, -place):,.{max(-place, 0)}f}", value)


def odds(probability: float, direction: int = 0) -> tuple[int, int]:
    """The nearest odds that are printed, as (hits, of); below the probability with direction -1, above it with 1."""
    if probability > 0.5:
        misses, of = odds(1.0 - probability, -direction)
        return of - misses, of
    below = max(bisect.bisect_right(_SHARES, probability) - 1, 0)
    above = min(bisect.bisect_left(_SHARES, probability), len(_SHARES) - 1)
    if direction:
        return _ODDS[below if direction < 0 else above]
    return _ODDS[below if probability - _SHARES[below] < _SHARES[above] - probability else above]


def _odds_text(probability: float, direction: int = 0) -> str:
    hits, of = odds(probability, direction)
    return say("{hits} in {of}", hits=hits, of=of)


def _short_percent(probability: float, half: float = 0.0) -> Number:
    """Per cent with two significant digits of the chance or its complement, fewer if the interval is wide."""
    rarer = 100.0 * min(probability, 1.0 - probability)
    decimals = 1 - math.floor(math.log10(rarer))
    if half:
        decimals = min(-math.floor(math.log10(100.0 * half)), decimals)
    return Number(f"{100.0 * probability:.{max(decimals, 0)}f} %", probability)


def _number(number: float, width: float, unit: str) -> str:
    """A number in the digits of its unit; of a difference of probabilities the points, without that word."""
    if unit in (VEHICLES, COST):
        return vehicles(number, width)
    if unit not in _IN_PERCENT:
        return amount(number, width)
    # Of shares of variance less than a tenth of a per cent is of no interest.
    text = percent(number, 0.01 if unit == SHARE else width)
    return Number(text.removesuffix(" %"), 100.0 * number) if unit == DIFFERENCE else text


def _with_unit(number: str, unit: str) -> str:
    """A number followed by the word points, if it is a difference of probabilities."""
    return say("{number} points", number=number) if unit == DIFFERENCE else number


def _plain(value: float, low: float, high: float, unit: str) -> str:
    return _with_unit(_number(value, high - low, unit), unit)


def _value(value: float, low: float, high: float, unit: str) -> str:
    """The value; for a chance that no run, or every run, met the end of its interval."""
    if unit == PROBABILITY and value == low == 0.0 < high:
        return say("below {percent}", percent=percent(high, high))
    if unit == PROBABILITY and value == high == 1.0 > low:
        return say("above {percent}", percent=percent(low, high - low))
    return _plain(value, low, high, unit)


def _interval(_: float, low: float, high: float, unit: str) -> str:
    if math.isinf(low) and math.isinf(high):
        return say("unknown")
    ends = [_number(end, high - low, unit) for end in (low, high)]
    return say("{low} to {high}", low=ends[0], high=_with_unit(ends[1], unit))


def _error(_: float, low: float, high: float, unit: str) -> str:
    if not math.isfinite(high - low):
        return ""
    return say("+-{half}", half=_number(0.5 * (high - low), high - low, unit))


def _with_error(value: float, low: float, high: float, unit: str) -> str:
    exact = value in (low, high) if unit == PROBABILITY else unit == SHARE and high - low < 1e-9 * abs(value)
    error = "" if exact else _error(value, low, high, unit)
    return joined(" ", [_value(value, low, high, unit), error])


def _difference(value: float, low: float, high: float, unit: str) -> str:
    text = _value(value, low, high, unit)
    return say("+{number}", number=text) if value > 0.0 and any(digit in text for digit in "123456789") else text


def _words(value: float, low: float, high: float, unit: str) -> str:
    """A number as one would say it: a chance as odds, an output rounded to what its error allows."""
    half = 0.5 * (high - low)
    if unit != PROBABILITY:
        text = amount(value, high - low) if unit not in (VEHICLES, COST, *_IN_PERCENT) else rounded(value, high - low)
        return with_unit(text, unit or VEHICLES, unknown=not math.isfinite(half))
    if half == 0.0:
        return _odds_text(value)
    if half >= 0.5:
        return say("{number}, error unknown", number=_odds_text(value))
    if low <= 0.0:
        return say("less than {odds}", odds=_odds_text(high, 1))
    if high >= 1.0:
        return say("more than {odds}", odds=_odds_text(low, -1))
    rarer = min(value, 1.0 - value)
    if half > _TOO_WIDE * rarer:
        text = say("between {low} and {high}", low=_odds_text(low, -1), high=_odds_text(high, 1))
        shown = say("{low} to {high}", low=_short_percent(low), high=_short_percent(high))
    else:
        even = odds(value) == (1, 2)
        text = say("about even") if even else say("about {odds}", odds=_odds_text(value))
        shown = _short_percent(value, half)
    return text if rarer < _NO_PERCENT else say("{chance} ({percent})", chance=text, percent=shown)


def with_unit(number: str, unit: str, *, unknown: bool = False) -> str:
    """A number with its unit behind it, and whether its error is unknown."""
    number = say("{number} vehicles", number=number) if unit == VEHICLES else joined(" ", [number, Term(unit)])
    return say("{number}, error unknown", number=number) if unknown else number


#: Name of a format -> how it shows a value, the ends of its interval and its unit.
FORMATS: Mapping[str, Callable[[float, float, float, str], str]] = {
    "plain": _plain,
    "value": _value,
    "interval": _interval,
    "error": _error,
    "value with error": _with_error,
    "difference": _difference,
    "words": _words,
}
