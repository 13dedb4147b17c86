"""Regions: the few conditions under which years of a kind come about."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ..say import Term, joined, say
from .estimate import Estimate
from .numbers import stated
from .result import RunInfo
from .table import Cell, Column, Table, Tabular


@attrs.frozen(kw_only=True)
class Condition:
    """A condition on one of what a year is made of: above ``low``, and at most ``high``.

    Parameters
    ----------
    what : str
        What is asked about, in words.
    address : str
        Address of the number, of the stops, or of the fact.
    low, high : float or None
        The bounds, rounded; None where there is none.
    unit : str
        Unit of the bounds; empty where they have none.
    luck : bool
        Whether it happens in the year, so that nobody can find it out before; else it is not known, and can be.
    without : Estimate
        Share of years of the kind where all other conditions hold, from fresh runs.
    """

    what: str
    address: str
    low: float | None
    high: float | None
    unit: str
    luck: bool
    without: Estimate

    @property
    def text(self) -> str:
        """The condition in words, such as "months that Kaiyi stood still above 1.4"."""
        text = self.what
        if self.low is not None and self.high is not None:
            low, high = stated(self.low), stated(self.high)
            text = say("{what} above {low} and at most {high}", what=self.what, low=low, high=high)
        elif self.low is not None:
            text = say("{what} above {low}", what=self.what, low=stated(self.low))
        elif self.high is not None:
            text = say("{what} at most {high}", what=self.what, high=stated(self.high))
        return joined(
            " ", [text, Term(self.unit if self.unit not in ("months", "ratio", "share", "multiplier") else "")]
        )


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Regions(Tabular):
    """The conditions, three at most, under which years of a kind come about. Print it for the whole answer.

    ``regions`` makes it.

    Parameters
    ----------
    kind : str
        The kind of years, such as "less than 70,000 vehicles".
    conditions : tuple of Condition
        The conditions, all of which hold in the region; none where no condition tells such years from others.
    density : Estimate
        Share of the region's years that are of the kind, from fresh runs.
    coverage : Estimate
        Share of the years of the kind that lie in the region, from fresh runs.
    base_rate : Estimate
        Share of all years that are of the kind, from fresh runs.
    found_density, found_coverage : float
        The same in the runs in which the conditions were found; they flatter.
    run_info : RunInfo
        What made the answer.
    """

    kind: str
    conditions: tuple[Condition, ...]
    density: Estimate
    coverage: Estimate
    base_rate: Estimate
    found_density: float
    found_coverage: float
    run_info: RunInfo

    @property
    def table(self) -> Table:
        """The conditions and what they give, as a table."""
        sections: dict[str, list[tuple[Cell, ...]]] = {"": [(found.what, found, found, "") for found in self._shares]}
        if self.conditions:
            sections[say("the region: all of these hold (density without each)")] = [
                (one.text, one.without, one.without, Term("luck" if one.luck else "not known"))
                for one in self.conditions
            ]
        columns = (
            Column(""),
            Column(say("share"), "value"),
            Column(say("95 % interval"), "interval"),
            Column(say("it is")),
        )
        title = say("{title}: where years of {kind} lie", title=self.run_info.title, kind=self.kind)
        return Table(columns, sections, title=title, notes=tuple(self._notes))

    @property
    def _shares(self) -> Sequence[Estimate]:
        """What is told: with no conditions there is no region that holds, or misses, anything."""
        return (self.base_rate, self.density, self.coverage) if self.conditions else (self.base_rate,)

    @property
    def _notes(self) -> list[str]:
        notes = []
        if self.conditions:
            notes.append(say("what is not known can be found out, or be made so; luck can only be prepared for"))
            density, coverage = (
                format(attrs.evolve(estimate, value=value), "plain")
                for estimate, value in ((self.density, self.found_density), (self.coverage, self.found_coverage))
            )
            text = say(
                "in the runs that the region was found in: density {density}, coverage {coverage}",
                density=density,
                coverage=coverage,
            )
            notes.append(text)
        elif self.base_rate.high == 1.0:
            notes.append(say("every year is of this kind: there is nothing to tell such years from others"))
        else:
            notes.append(say("no condition tells such years from others: none adds 2 points of density"))
        runs = say("{runs} fresh runs after as many to find the region", runs=self.base_rate.runs)
        return [*notes, joined(", ", [runs, self.run_info.summary])]

    def __repr__(self) -> str:
        return f"<Regions of years of {self.kind}: {len(self.conditions)} conditions>"
