"""Formats of numbers: one for each kind, so that a chance or an output looks the same wherever it is printed.

Digits stop where the interval of a number makes them meaningless.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Mapping
from typing import Final

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


def percent(value: float, width: float = 0.01) -> str:
    """A probability in per cent, with as many digits as its interval's width allows, one decimal at least."""
    return f"{100.0 * value:z.{max(decimals_for(100.0 * width), 1)}f} %"


def vehicles(value: float, width: float = math.inf) -> str:
    """A number of vehicles, with thousands separated and decimals only where they mean something."""
    if math.isinf(value):
        return "unbounded"
    return f"{value:z,.{decimals_for(width) if abs(value) < 100 else 0}f}"


def amount(value: float, width: float) -> str:
    """A number of any unit, in as many digits as its interval's width allows, and with thousands separated."""
    if math.isinf(value):
        return "unbounded"
    if value == math.floor(value):
        return f"{value:z,.0f}"
    return f"{value:z,.{decimals_for(width)}f}" if math.isfinite(width) and width > 0.0 else figure(value)


def figure(value: float) -> str:
    """A number of any unit, in four digits and with thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"


def stated(value: float) -> str:
    """A number in the digits in which it was stated, up to twelve, with thousands separated."""
    return f"{value:,.12g}"


def rounded(value: float, width: float) -> str:
    """A number of vehicles rounded to the leading digit of half its interval's width."""
    if min(abs(value), width) < 1e-300 or not math.isfinite(width):
        return vehicles(value)
    place = math.floor(min(math.log10(width / 2.0), math.log10(abs(value))))
    return vehicles(round(value, -place), 2.0 * 10.0**place)


def rough(value: float) -> str:
    """A half width in two significant digits."""
    place = math.floor(math.log10(value)) - 1 if value > 0.0 else 0
    return f"{round(value, -place):,.{max(-place, 0)}f}"


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
    return f"{hits:,} in {of:,}"


def _short_percent(probability: float, half: float = 0.0) -> str:
    """Per cent with two significant digits of the chance or its complement, fewer if the interval is wide."""
    rarer = 100.0 * min(probability, 1.0 - probability)
    decimals = 1 - math.floor(math.log10(rarer))
    if half:
        decimals = min(-math.floor(math.log10(100.0 * half)), decimals)
    return f"{100.0 * probability:.{max(decimals, 0)}f} %"


def _number(number: float, width: float, unit: str, points: str = "") -> str:
    """A number with its unit; ``points`` stands behind a difference of probabilities in place of per cent."""
    if unit in (VEHICLES, COST):
        return vehicles(number, width)
    if unit not in _IN_PERCENT:
        return amount(number, width)
    # Of shares of variance less than a tenth of a per cent is of no interest.
    text = percent(number, 0.01 if unit == SHARE else width)
    return text.removesuffix(" %") + points if unit == DIFFERENCE else text


def _plain(value: float, low: float, high: float, unit: str) -> str:
    return _number(value, high - low, unit, " points")


def _value(value: float, low: float, high: float, unit: str) -> str:
    """The value; for a chance that no run, or every run, met the end of its interval."""
    if unit == PROBABILITY and value == low == 0.0 < high:
        return f"below {percent(high, high)}"
    if unit == PROBABILITY and value == high == 1.0 > low:
        return f"above {percent(low, high - low)}"
    return _plain(value, low, high, unit)


def _interval(_: float, low: float, high: float, unit: str) -> str:
    if math.isinf(low) and math.isinf(high):
        return "unknown"
    return f"{_number(low, high - low, unit)} to {_number(high, high - low, unit, ' points')}"


def _error(_: float, low: float, high: float, unit: str) -> str:
    return f"+-{_number(0.5 * (high - low), high - low, unit)}" if math.isfinite(high - low) else ""


def _with_error(value: float, low: float, high: float, unit: str) -> str:
    exact = value in (low, high) if unit == PROBABILITY else unit == SHARE and high - low < 1e-9 * abs(value)
    error = "" if exact else _error(value, low, high, unit)
    return f"{_value(value, low, high, unit)} {error}".rstrip()


def _difference(value: float, low: float, high: float, unit: str) -> str:
    text = _value(value, low, high, unit)
    return f"+{text}" if value > 0.0 and any(digit in text for digit in "123456789") else text


def _words(value: float, low: float, high: float, unit: str) -> str:
    """A number as one would say it: a chance as odds, an output rounded to what its error allows."""
    half = 0.5 * (high - low)
    if unit != PROBABILITY:
        text = amount(value, high - low) if unit not in (VEHICLES, COST, *_IN_PERCENT) else rounded(value, high - low)
        return f"{text} {unit or VEHICLES}{'' if math.isfinite(half) else ', error unknown'}"
    if half == 0.0:
        return _odds_text(value)
    if half >= 0.5:
        return f"{_odds_text(value)}, error unknown"
    if low <= 0.0:
        return f"less than {_odds_text(high, 1)}"
    if high >= 1.0:
        return f"more than {_odds_text(low, -1)}"
    rarer = min(value, 1.0 - value)
    if half > _TOO_WIDE * rarer:
        text = f"between {_odds_text(low, -1)} and {_odds_text(high, 1)}"
        shown = f"{_short_percent(low)} to {_short_percent(high)}"
    else:
        text = "about even" if odds(value) == (1, 2) else f"about {_odds_text(value)}"
        shown = _short_percent(value, half)
    return text if rarer < _NO_PERCENT else f"{text} ({shown})"


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
