"""Announced plans and what was built: the bundled table, one statement a row, with its sources."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import attrs

#: Kinds of plant or programme, as the table has them.
KINDS = ("new_partner_assembly", "new_maker_or_plant", "mature")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_YEAR = re.compile(r"([0-9]{4})(?:/([0-9]{2}))?")
_DAYS_A_MONTH = 365.25 / 12.0


def _number(text: str | float | None) -> float | None:
    return None if text is None or text == "" else float(text)


@attrs.frozen(kw_only=True)
class AnnouncedPlan:
    """One statement: what a maker announced for a year, when, and what it built. A row of ``announced()``.

    Parameters
    ----------
    case_id, company, plant_or_programme, country : str
        The company-year, and whose it is. All statements of one company-year have the same ``case_id``.
    period : str
        The year planned for, such as "2024", or "2021/22" for one that ends on 20 March.
    stated_on : str
        When it was stated, as YYYY, YYYY-MM or YYYY-MM-DD.
    plan_low, plan_high : float, vehicles
        Lower and upper end of what was announced; ``plan_high`` is None where "at least" was said.
    quantity : {"built", "delivered", "sold", "shipped"}
        What is counted.
    kind : {"new_partner_assembly", "new_maker_or_plant", "mature"}
        Kind of plant or programme.
    last_year_value : float or None, vehicles
        What was built in the year before; None where it was not found.
    last_year_known_on : str
        When that became known; empty where this was not found.
    actual : float or None, vehicles
        What was built; None where it was not found.
    outcome_known_on : str
        When that became known.
    source_plan, source_actual : str
        Addresses of the pages that state plan and outcome.
    confidence : {"high", "medium", "low"}
        How well the row is founded.
    note : str
        Remarks.
    weight : float, default 1
        Its weight in a view: 1 divided by the number of statements of its company-year.
    """

    case_id: str
    company: str
    plant_or_programme: str
    country: str
    period: str
    stated_on: str
    plan_low: float = attrs.field(converter=float)
    #: None where "at least" was said.
    plan_high: float | None = attrs.field(converter=_number)
    quantity: str
    kind: str
    last_year_value: float | None = attrs.field(converter=_number)
    last_year_known_on: str
    actual: float | None = attrs.field(converter=_number)
    outcome_known_on: str
    source_plan: str
    source_actual: str
    confidence: str
    note: str
    weight: float = 1.0

    @property
    def plan(self) -> float:
        """The volume announced, in vehicles: the middle of a range, or the number named with "at least"."""
        return self.plan_low if self.plan_high is None else 0.5 * (self.plan_low + self.plan_high)

    @property
    def months_to_go(self) -> float:
        """Months from the statement to the end of the year."""
        return months_to_go(self.stated_on, self.period)

    @property
    def ratio(self) -> float:
        """What was built, divided by the plan; ``ValueError`` where the outcome was not found."""
        if self.actual is None:
            raise ValueError(f"ratio: must have an outcome; that of {self.case_id} was not found")
        return self.actual / self.plan

    @property
    def sources(self) -> tuple[str, ...]:
        """Addresses of the pages that state plan and outcome, as far as there are any."""
        return tuple(filter(None, [self.source_plan, self.source_actual]))

    def known_by(self, as_of: str | int) -> bool:
        """Tell whether the statement and its outcome were known by a date.

        Parameters
        ----------
        as_of : str or int
            As for ``last_year``.

        Returns
        -------
        bool

        Raises
        ------
        ValueError
            If ``as_of`` is no date.
        """
        return known_by(self.stated_on, as_of) and known_by(self.outcome_known_on, as_of)

    def last_year(self, as_of: str | int) -> float | None:
        """Give what was built in the year before, or None if that was not known by a date.

        Parameters
        ----------
        as_of : str or int
            A date as YYYY, YYYY-MM or YYYY-MM-DD; what was known by its end counts. Or the ordinal of a day.

        Returns
        -------
        float or None, vehicles

        Raises
        ------
        ValueError
            If ``as_of`` is no date.
        """
        return self.last_year_value if known_by(self.last_year_known_on, as_of) else None


@cache
def announced() -> tuple[AnnouncedPlan, ...]:
    """Give all rows of the bundled table of announced plans, with what was built where it is known.

    Returns
    -------
    tuple of AnnouncedPlan
        One for each statement; the page *Announced plans* lists them by kind.

    Examples
    --------
    >>> import avtosim
    >>> [(row.stated_on, row.plan, row.actual) for row in avtosim.announced() if row.case_id == "moskvich-2023"]
    [('2022-11-23', 50000.0, 27000.0), ('2023-10', 27000.0, 27000.0)]
    """
    text = resources.files(__package__).joinpath("announced.csv").read_text(encoding="utf-8")
    rows: Iterable[dict[str, Any]] = csv.DictReader(text.splitlines())
    return tuple(AnnouncedPlan(**row) for row in rows)


@cache
def days(text: str) -> tuple[int, int]:
    """First and last day of a date, month or year, as ordinals. Raises ``ValueError`` if it is none."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("must be a date as YYYY-MM-DD, YYYY-MM or YYYY")
    year, month, day = (int(part or 0) for part in found.groups())
    first = dt.date(year, month if found[2] else 1, day if found[3] else 1)
    if found[3]:
        return first.toordinal(), first.toordinal()
    last = first.replace(day=calendar.monthrange(year, month)[1]) if found[2] else dt.date(year, 12, 31)
    return first.toordinal(), last.toordinal()


def last_day(period: str) -> int:
    """Last day of a year such as "2024", or "2021/22", which ends on 20 March; raises ``ValueError`` if it is none."""
    found = _YEAR.fullmatch(period)
    if found is None or (found[2] and (int(found[1]) + 1) % 100 != int(found[2])):
        raise ValueError("must be a year such as 2024, or 2021/22 for one that ends on 20 March")
    year = int(found[1])
    return (dt.date(year + 1, 3, 20) if found[2] else dt.date(year, 12, 31)).toordinal()


def known_by(text: str, as_of: str | int) -> bool:
    """Whether what became known on a date, month or year was known by the end of another: its last day had come."""
    return bool(text) and days(text)[1] <= (as_of if isinstance(as_of, int) else days(as_of)[1])


def months_to_go(stated_on: str, period: str) -> float:
    """Months from the middle of the day, month or year of a statement to the end of the period."""
    first, last = days(stated_on)
    return (last_day(period) + 1 - 0.5 * (first + last + 1)) / _DAYS_A_MONTH
