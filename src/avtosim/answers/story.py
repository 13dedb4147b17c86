"""A story: one typical year of a kind, month by month, and what sets such years apart from the others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

from ..say import Term, joined, say
from .estimate import Estimate
from .numbers import figure, vehicles
from .result import RunInfo
from .table import Column, Pictured, Table, TableLine, Tabular

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
        name, time = self.name, _time(self.months)
        if self.what == "launched":
            return say("{name} launched {time} late", name=name, time=time)
        if self.what in ("left", "gone"):
            return say("{name} left", name=name) if self.what == "left" else say("{name} gone", name=name)
        if self.what == "stopped":
            stopped = say("{name} stopped for {time}", name=name, time=time)
            return say("{name} stopped all month", name=name) if self.months >= _ALL else stopped
        shock = joined("", [name, self.does])
        return say("{name} all month", name=shock) if self.months >= _ALL else say_for(shock, time)

    @property
    def does(self) -> str:
        """What a shock does, in brackets."""
        return say(" ({effect})", effect=self.effect) if self.effect else ""


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
        total = [_total(name, what, _time(months)) for (name, what), months in self.totals.items()]
        if len(total) > _MOST + 1:
            total[_MOST:] = [say("{number} more for less", number=len(total) - _MOST)]
        required = sum(month.required for month in self.calendar)
        columns = (
            Column(say("month")),
            Column(say("planned"), "vehicles"),
            Column(say("required"), "vehicles"),
            Column(say("built"), "vehicles"),
            Column(say("what happened")),
        )
        return Table(
            columns,
            {"": [*rows, (say("year"), self.planned, required, self.built, joined("; ", total))]},
            title=say("{title}: a typical year of {kind}", title=self.run_info.title, kind=self.kind),
            notes=tuple(self._notes()),
        )

    def _notes(self) -> Iterable[str]:
        among = say("all years")
        if self.only is not None:
            among = say("years in which {only} varies and all else is at its median", only=Term(self.only))
        built = say("{built} built of {planned} planned", built=vehicles(self.built), planned=vehicles(self.planned))
        yield say("{built}; such years: {chance}", built=built, chance=_chance(self.chance, among))
        if self.chance.warning:
            yield say("do not rely on it: {warning}", warning=self.chance.warning)
        year = say("such a year is the ordinary one") if self.is_ordinary else say("the ordinary year is another")
        half = format(self.ordinary, "value")
        if not math.isfinite(self.ordinary.high):
            yield say("the runs are too few to tell the ordinary year")
        elif self.only is None:
            yield say("{year}: half of all years build {volume} at most", year=year, volume=half)
        else:
            yield say("{year}: half of these years build {volume} at most", year=year, volume=half)
        apart = say("what sets such years apart") if self.others else say("what sets better years apart")
        unusual = say("what else was unusual this year")
        for heading, differences in ((apart, self.differences), (unusual, self.unusual)):
            if differences:
                table = _compared(heading, differences, others=self.others)
                yield from (TableLine(table, line) for line in range(1 + len(differences)))
        runs = self.ordinary.runs
        if self.run is not None:
            told = say("run {run} of {runs} {runs:run|runs}", run=self.run, runs=runs)
        else:
            told = say(
                "too few such years in {runs} {runs:run|runs}: an end point of rare_chance, {model_runs} model runs",
                runs=runs,
                model_runs=self.chance.runs,
            )
        yield joined(", ", [told, self.run_info.summary])

    def __repr__(self) -> str:
        return f"<Story of a year of {self.kind}: {vehicles(self.built)} built>"


def _time(months: float) -> str:
    return say("{months} {months:month|months}", months=figure(round(months, 1)))


def say_for(name: str, time: str) -> str:
    """What went on for a time."""
    return say("{name} for {time}", name=name, time=time)


def _total(name: str, what: str, time: str) -> str:
    """For how long something went on in the year."""
    if what == "active":
        return say_for(name, time)
    stopped = say("{name} stopped for {time}", name=name, time=time)
    return stopped if what == "stopped" else say("{name} gone for {time}", name=name, time=time)


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
        times = [joined(" ", [h.name, figure(round(h.months, 1))]) for h in stopped]
        groups.append(say("stopped: {times} months", times=joined(", ", times)))
        told = [h for h in told if h not in stopped]
    if len(active) > 1:
        shocks = [joined("", [h.name, h.does]) for h in active]
        groups.append(say("all month: {shocks}", shocks=joined(", ", shocks)))
        told = [h for h in told if h not in active]
    return joined("; ", [*groups, *(h.text for h in told)])


def _chance(chance: Estimate, among: str) -> str:
    """How many years are such, with the interval; rare ones as odds."""
    if not 0.0 < chance.low <= chance.value < _RARE:
        share, ends = format(chance, "value"), format(chance, "interval")
        return say("{chance} of {among}, 95 % interval {ends}", chance=share, among=among, ends=ends)
    share, *both = (
        format(attrs.evolve(chance, value=at, low=at, high=at), "words")
        for at in (chance.value, chance.low, chance.high)
    )
    ends = say("{low} to {high}", low=both[0], high=both[1])
    return say("about {chance} of {among}, 95 % interval {ends}", chance=share, among=among, ends=ends)


def _compared(heading: str, differences: Iterable[Difference], *, others: bool) -> Table:
    """Numbers of this year beside those of all years, and of such years where there are others."""
    such = [Column(say("such years"), "figure")] if others else []
    columns = Column(heading), Column(say("this year"), "figure"), *such, Column(say("all years"), "figure")
    rows = [(d.what, d.value, *[d.such] * len(such), d.ordinary, Term(d.unit)) for d in differences]
    return Table((*columns, Column(say("unit"))), {"": rows})
