"""Hints for common slips: a value that breaks the notation, though what it means is plain."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal

from .rules import Spec

#: Laws that are stated without their names, by their parameters in order; a bare row means the first of its length.
_LAWS = {("low", "high"): "uniform", ("low", "mode", "high"): "pert", ("mean", "sd"): "normal"}
_OTHER_WORDS = {"min": "low", "max": "high"}


def slip(value: object, spec: Spec) -> str:
    """What to write instead of ``value`` in a field so declared; empty where it is not plain what was meant."""
    if spec.role in ("text", "prose"):
        text = str(value) if isinstance(value, dt.date) else number_meant(value)
        return f'put it in quotes: "{text}"' if text else ""
    if spec.role == "numbers":
        return _row_meant(value, spec)
    if isinstance(value, dt.date):
        return f"this is a date, and a number is meant ({spec.unit})"
    if spec.edge and isinstance(value, str) and not number_meant(value):
        return date_meant(value)
    return _one_meant(value) or (law_meant(value) if spec.law else "")


def date_meant(text: str) -> str:
    """What is wrong with a text that should be a date and is none."""
    if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text):
        return "the calendar has no such day or month"
    return "write a month as YYYY-MM, a date as YYYY-MM-DD"


def _one_meant(value: object) -> str:
    if isinstance(value, bool):
        return f"write {int(value)}"
    number = number_meant(value) if isinstance(value, str) else ""
    return f"write {number}, without quotes" if number else ""


def _row_meant(value: object, spec: Spec) -> str:
    if isinstance(value, Mapping) and spec.length:
        items = list(value.values())
        shown = f": {_row(items)}" if len(items) == spec.length and all(map(_is_number, items)) else ""
        return f"write a row of {spec.length} numbers, January to December{shown}"
    if isinstance(value, (tuple, list)):
        return next(filter(None, map(_one_meant, value)), "")
    number = "100, 200" if isinstance(value, Mapping) else number_meant(value)
    return f"write a row in brackets: [{number}]" if number else ""


def number_meant(value: object) -> str:
    """The number that a number or a text such as "6 %", "0,06" or "12 000" means, as it would be typed, or nothing."""
    if not isinstance(value, str):
        return f"{value:.12g}" if _is_number(value) else ""
    found = re.fullmatch(r"([-+]?[\d\s.,_']{0,40}\d)\s*(%?)", value[:60].strip())
    digits = re.sub(r"[\s_']", "", found[1]) if found else ""
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"[-+]?[\d.]*,\d+", digits):
        digits = digits.replace(".", "").replace(",", ".")
    if not found or not re.fullmatch(r"[-+]?\d*\.?\d+", digits):
        return ""
    return f"{(Decimal(digits) / (100 if found[2] else 1)).normalize():f}"


def law_meant(value: object) -> str:
    """The law that a row of numbers or a table without the name of a law means; empty if it means none."""
    if isinstance(value, Mapping):
        words = {_OTHER_WORDS.get(key, key): item for key, item in value.items()}
        keys = next((keys for keys in _LAWS if set(keys) == set(words)), ())
        row = [words[key] for key in keys]
    else:
        row = list(value) if isinstance(value, (tuple, list)) else []
        keys = next((keys for keys in _LAWS if len(keys) == len(row)), ())
    kind = _LAWS.get(keys, "")
    if not kind or not all(map(_is_number, row)) or (kind != "normal" and row != sorted(row)):
        return ""
    return f"in a file {{ {kind} = {_row(row)} }}, in Python {kind.capitalize()}({_row(row)[1:-1]})"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300


def _row(numbers: list[object]) -> str:
    return f"[{', '.join(map(number_meant, numbers))}]"
