"""Checks of the arguments of this room's functions: each fault names the argument, its rule and its value."""

from __future__ import annotations

import datetime as dt

import numpy as np

from ..declare.checks import CONTROL_PATTERN
from ..declare.faults import FactError, Fault
from ..declare.fields import plain
from ..declare.moments import Date
from ..declare.rules import ANY, Rule
from ..laws.base import Floats


def number(name: str, value: object, rule: Rule = ANY) -> float:
    """A number that obeys a rule."""
    found = plain(value)
    if not isinstance(found, float) or rule.broken_by(found):
        raise FactError([Fault(name, rule.text_for(found) if isinstance(found, float) else rule.text, value)])
    return found


def numbers(name: str, values: object) -> Floats:
    """A row of one finite number or more."""
    try:
        row = np.asarray(values)
        found = row.astype(np.float64) if row.dtype.kind in "biuf" else np.full((), np.nan)
    except (TypeError, ValueError, OverflowError):
        found = np.full((), np.nan)
    if found.ndim != 1 or not found.size or not np.isfinite(found).all():
        raise FactError([Fault(name, "must be a row of one finite number or more", values)])
    return found


def text(name: str, value: object, *, least: int = 1) -> str:
    """A line of text."""
    if not isinstance(value, str) or len(value) < least or value != value.strip() or CONTROL_PATTERN.search(value):
        empty = ", not empty" if least else ""
        raise FactError([Fault(name, f"must be text without control characters or blanks at its ends{empty}", value)])
    return value


def day(name: str, value: object, *, whole: bool = False) -> str:
    """A date, or the first day of a month unless a whole date is asked for, as YYYY-MM-DD."""
    text = value.isoformat()[:10] if isinstance(value, dt.date) else value
    try:
        stated = Date(text).text if isinstance(text, str) else ""
    except ValueError:
        stated = ""
    if len(stated) < (10 if whole else 7):
        also = "" if whole else ", or a month as YYYY-MM"
        raise FactError([Fault(name, f"must be a date that exists as YYYY-MM-DD{also}", value)])
    return f"{stated}-01"[:10]
