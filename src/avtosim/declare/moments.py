"""Moments of the calendar: a month or a date, kept as it was stated, so that it stays where it is when time 0 moves."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from typing import Any, Literal, Self

_STATED = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")
#: What a whole month or day means as a moment: the moment at which it begins, or that at which it ends.
Edge = Literal["opening", "closing"]


class Date(float):
    """A month (YYYY-MM) or a date (YYYY-MM-DD): as a number, months since the year 0 at its beginning."""

    text: str
    #: Months since the year 0, and the shares of that month at which what is stated begins and ends.
    month: int
    opening: float
    closing: float

    def __new__(cls, text: str) -> Self:
        """Raise ``ValueError`` unless the text is a month or a date that exists."""
        found = _STATED.fullmatch(text)
        if found is None:
            raise ValueError("must be a month as YYYY-MM or a date as YYYY-MM-DD")
        year, month, day = (int(part or 0) for part in found.groups())
        dt.date(year, month, day or 1)
        days = calendar.monthrange(year, month)[1]
        opening = (day - 1) / days if day else 0.0
        made = super().__new__(cls, 12 * year + month - 1 + opening)
        made.text, made.month, made.opening, made.closing = text, 12 * year + month - 1, opening, day / days or 1.0
        return made

    def since(self, first_month: str, edge: Edge) -> float:
        """Months from the first month's beginning to the moment at which what is stated begins or ends."""
        year, month = map(int, first_month.split("-"))
        return self.month - (12 * year + month - 1) + (self.opening if edge == "opening" else self.closing)

    @property
    def is_month(self) -> bool:
        """Whether a whole month is stated."""
        return len(self.text) == 7

    def __add__(self, other: Any) -> Any:
        """Add whole months, the same day in another month; other numbers are added to the number that it is."""
        if type(other) is not int:
            return super().__add__(other)
        year, month = divmod(self.month + other, 12)
        day = min(int(self.text[8:] or 0), calendar.monthrange(year, month + 1)[1])
        return Date(f"{year:04d}-{month + 1:02d}" + (f"-{day:02d}" if day else ""))

    def __sub__(self, other: Any) -> Any:
        return self + -other if type(other) is int else super().__sub__(other)

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Date) else False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return repr(self.text)

    def __format__(self, form: str) -> str:
        return self.text

    def __reduce__(self) -> tuple[type[Date], tuple[str]]:
        return Date, (self.text,)


def as_date(value: Any) -> Any:
    """A month or date from its text, or from a date of Python's; anything else unchanged, for the check to judge."""
    text = value.isoformat() if type(value) is dt.date else value
    try:
        return Date(text) if isinstance(text, str) else value
    except ValueError:
        return value


def day_of(months: float) -> str:
    """The day of a moment in months since the year 0; the number itself where the calendar has no such day."""
    year, month = divmod(math.floor(months), 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return f"{months:.4g}"
    day = 1 + int((months - math.floor(months)) * calendar.monthrange(year, month + 1)[1])
    return f"{year:04d}-{month + 1:02d}-{day:02d}"


def in_months(value: float, first_month: str, edge: Edge) -> float:
    """A stated moment in months from the beginning of the first month."""
    return value.since(first_month, edge) if isinstance(value, Date) else value
