"""A story: one typical year of a kind, month by month, and what sets such years apart from the others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

from .estimate import Estimate
from .numbers import figure, vehicles
from .result import RunInfo
from .table import Column, Pictured, Table, Tabular

What = Literal["stopped", "left", "gone", "active", "launched"]
# Nearly all of a month, which is told as all of it; the longest of a year that are told in its last row.
_ALL, _MOST = 0.95, 3
# Years rarer than this are told as odds.
_RARE = 0.001


@attrs.frozen
class Happening:
    """What happened to a fact in a month.

    Parameters
    ----------
    name : str
        Name of the partner, line, shock or vehicle.
    what : {"stopped", "left", "gone", "active", "launched"}
        A partner or line stood still; a partner left for good, or had left; a shock was active; a vehicle was launched.
    months : float
        For how long; how late, for a launch.
    effect : str, default ""
        What a shock does, in words.
    """

    name: str
    what: What
    months: float
    effect: str = ""

    @property
    def text(self) -> str:
        """The happening in words, such as "Kaiyi stopped for 0.8 months"."""
        if self.what == "launched":
            return f"{self.name} launched {_time(self.months)} late"
        if self.what in ("left", "gone"):
            return f"{self.name} {self.what}"
        effect = " stopped" if self.what == "stopped" else self.does
        return f"{self.name}{effect} {'all month' if self.months >= _ALL else f'for {_time(self.months)}'}"

    @property
    def does(self) -> str:
        """What a shock does, in brackets."""
        return f" ({self.effect})" if self.effect else ""


@attrs.frozen(kw_only=True)
class StoryMonth:
    """A month of the year that is told.

    Parameters
    ----------
    month : str
        The month, as YYYY-MM.
    planned : float, vehicles
        What the schedule holds, with all launches on time.
    required : float, vehicles
        What buyers, and the stock aimed at, asked for, as far as the schedule allowed.
    built : float, vehicles
        What was built.
    happenings : tuple of Happening
        What happened.
    """

    month: str
    planned: float
    required: float
    built: float
    happenings: tuple[Happening, ...]


@attrs.frozen(kw_only=True)
class Difference:
    """One of what a year is made of: what it was in the year that is told, and what it mostly is.

    Parameters
    ----------
    what : str
        What it is, in words.
    address : str
        Address of the number, of the stops, or of the fact.
    value : float
        What it was in the year that is told.
    such, ordinary : float
        Its median in years of the kind, and in all years; the mean of months that an event went on.
    unit : str
        Unit of the three.
    luck : bool
        Whether it happens in the year, rather than being what it is from the start and not known.
    apart : float
        How far years of the kind stand apart from the others in it: the chance that it is higher in one of them than in
        one of the others, less the chance that it is lower.
    """

    what: str
    address: str
    value: float
    such: float
    ordinary: float
    unit: str
    luck: bool
    apart: float


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Story(Pictured, Tabular):
    """One typical year of a kind as a calendar. Print it for the whole answer.

    ``story`` makes it.

    Parameters
    ----------
    kind : str
        The kind of years, such as "less than 70,000 vehicles".
    only : str or None
        "supply" where everything else was held at its median.
    run : int or None
        Number of the run that is told among those of ``simulate`` under the same seed; None where the year is one of
        the end points of ``rare_chance``.
    chance : Estimate
        Chance of such a year.
    ordinary : Estimate
        Median output of all years, that of the ordinary year.
    is_ordinary : bool
        Whether the ordinary year is of the kind.
    others : bool
        Whether enough years are not of the kind to compare with; else the better half of all years is compared with the
        worse one.
    calendar : tuple of StoryMonth
        The months.
    differences : tuple of Difference
        What sets years of the kind apart from the others most.
    unusual : tuple of Difference
        What else happened in this year that lies outside the middle 80 % of all years.
    run_info : RunInfo
        What made the answer.
    """

    kind: str
    only: str | None
    run: int | None
    chance: Estimate
    ordinary: Estimate
    is_ordinary: bool
    others: bool
    calendar: tuple[StoryMonth, ...]
    differences: tuple[Difference, ...]
    unusual: tuple[Difference, ...]
    run_info: RunInfo

    @property
    def planned(self) -> float:
        """Vehicles that the schedule of the year holds, with all launches on time."""
        return sum(month.planned for month in self.calendar)

    @property
    def built(self) -> float:
        """Vehicles built in the year."""
        return sum(month.built for month in self.calendar)

    @property
    def totals(self) -> dict[tuple[str, str], float]:
        """Months for which each stop, absence and shock went on, by name and "stopped", "gone" or "active"."""
        found: dict[tuple[str, str], float] = {}
        for happening in (h for month in self.calendar for h in month.happenings if h.what != "launched"):
            key = happening.name, "gone" if happening.what == "left" else happening.what
            found[key] = found.get(key, 0.0) + happening.months
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @property
    def table(self) -> Table:
        """The calendar as a table, with the year in its last row."""
        known: set[str] = set()
        rows = [(m.month, m.planned, m.required, m.built, _told(m.happenings, known)) for m in self.calendar]
        total = [
            f"{name} {'' if what == 'active' else f'{what} '}for {_time(months)}"
            for (name, what), months in self.totals.items()
        ]
        if len(total) > _MOST + 1:
            total[_MOST:] = [f"{len(total) - _MOST} more for less"]
        required = sum(month.required for month in self.calendar)
        names, kinds = ("month", "planned", "required", "built", "what happened"), ("text", *["vehicles"] * 3, "text")
        return Table(
            tuple(map(Column, names, kinds)),
            {"": [*rows, ("year", self.planned, required, self.built, "; ".join(total))]},
            title=f"{self.run_info.title}: a typical year of {self.kind}",
            notes=tuple(self._notes()),
        )

    def _notes(self) -> Iterable[str]:
        among = "all years" if self.only is None else f"years in which {self.only} varies and all else is at its median"
        built = f"{vehicles(self.built)} built of {vehicles(self.planned)} planned"
        yield f"{built}; such years: {_chance(self.chance, among)}"
        if self.chance.warning:
            yield f"do not rely on it: {self.chance.warning}"
        ordinary = "such a year is the ordinary one" if self.is_ordinary else "the ordinary year is another"
        years = "all years" if self.only is None else "these years"
        enough = math.isfinite(self.ordinary.high)
        yield (
            f"{ordinary}: half of {years} build {self.ordinary:value} at most"
            if enough
            else ("the runs are too few to tell the ordinary year")
        )
        apart = "what sets such years apart" if self.others else "what sets better years apart"
        for heading, differences in ((apart, self.differences), ("what else was unusual this year", self.unusual)):
            if differences:
                yield from str(_compared(heading, differences, others=self.others)).splitlines()
        runs = f"{self.ordinary.runs:,} run{'s' * (self.ordinary.runs > 1)}"
        told = (
            f"run {self.run:,} of {runs}" if self.run is not None else f"too few such years in {runs}: an end point of"
        )
        more = "" if self.run is not None else f" rare_chance, {self.chance.runs:,} model runs"
        yield f"{told}{more}, {self.run_info.summary}"

    def __repr__(self) -> str:
        return f"<Story of a year of {self.kind}: {vehicles(self.built)} built>"


def _time(months: float) -> str:
    text = figure(round(months, 1))
    return f"{text} month{'' if text == '1' else 's'}"


def _told(happenings: Sequence[Happening], known: set[str]) -> str:
    """What happened in a month: several that stopped for a part of it, or shocks all month, are told together.

    Shocks that are ``known`` need not be told again what they do.
    """
    here = [attrs.evolve(h, effect="") if h.name in known else h for h in happenings]
    known |= {h.name for h in happenings if h.what == "active"}
    stopped = [h for h in here if h.what == "stopped" and h.months < _ALL]
    active = [h for h in here if h.what == "active" and h.months >= _ALL]
    told, groups = list(here), []
    if len(stopped) > 1:
        groups.append("stopped: " + ", ".join(f"{h.name} {figure(round(h.months, 1))}" for h in stopped) + " months")
        told = [h for h in told if h not in stopped]
    if len(active) > 1:
        groups.append("all month: " + ", ".join(h.name + h.does for h in active))
        told = [h for h in told if h not in active]
    return "; ".join([*groups, *(h.text for h in told)])


def _chance(chance: Estimate, among: str) -> str:
    """How many years are such, with the interval; rare ones as odds."""
    if not 0.0 < chance.low <= chance.value < _RARE:
        return f"{chance:value} of {among}, 95 % interval {chance:interval}"
    value, low, high = (
        f"{attrs.evolve(chance, value=at, low=at, high=at):words}" for at in (chance.value, chance.low, chance.high)
    )
    return f"about {value} of {among}, 95 % interval {low} to {high}"


def _compared(heading: str, differences: Iterable[Difference], *, others: bool) -> Table:
    """Numbers of this year beside those of all years, and of such years where there are others."""
    such = ["such years"] if others else []
    names, kinds = (heading, "this year", *such, "all years", "unit"), ("text", *["figure"] * (2 + len(such)), "text")
    rows = [(d.what, d.value, *[d.such] * len(such), d.ordinary, d.unit) for d in differences]
    return Table(tuple(map(Column, names, kinds)), {"": rows})
