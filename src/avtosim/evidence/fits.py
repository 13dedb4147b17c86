"""What fits have in common: a fact for each name and kind, its provenance, and how it enters a scenario."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import attrs

from ..answers.readonly import ReadOnly
from ..answers.table import Cell, Column, Pictured, Table, Tabular
from ..declare.faults import FactError, Fault, nearest
from ..declare.moments import Date
from ..facts.agreement import outside
from ..facts.entities import Provenance
from ..say import Term, say
from .durations import Fitted, digits
from .tables import Row, months, raise_all

#: With fewer events than this the answer rests mostly on the prior.
FEW = 5


@attrs.frozen
class Found:
    """What a fit says of one name: the fact or law, its provenance, and the first cells of its row."""

    fact: Any
    origin: Provenance
    cells: tuple[Cell, ...] = ()


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Fit(Pictured, Tabular):
    """Facts from records, by name; print it for a table of them."""

    #: The field of a partner or vehicle that the facts are for, and the numbers in it.
    field: ClassVar[str]
    numbers: ClassVar[tuple[str, ...]]
    _found: Mapping[str, Found] = attrs.field(converter=ReadOnly)
    #: The names of each kind.
    kinds: Mapping[str, Sequence[str]] = attrs.field(converter=ReadOnly)

    def __getitem__(self, name: str) -> Any:
        return self._of(name).fact

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __contains__(self, name: object) -> bool:
        return name in self._found

    def __repr__(self) -> str:
        names = [name for of_kind in self.kinds.values() for name in of_kind]
        return f"<{type(self).__name__} of {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}>"

    def _of(self, name: str) -> Found:
        if name not in self._found:
            rule = "must be one of the names in the records, or a kind"
            raise FactError([Fault("name", rule, name, nearest(name, self._found))])
        found: Found = self._found[name]
        return found

    def provenance(self, name: str) -> Provenance:
        """What the numbers of a name rest on.

        Parameters
        ----------
        name : str
            A name in the records, or a kind.

        Returns
        -------
        Provenance
            With standing "derived", a note that counts the records, the date up to which they reach, and their sources
            from a column ``source`` if there is one.

        Raises
        ------
        FactError
            If there is no such name.
        """
        return self._of(name).origin

    def changes(self, at: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Put facts and their provenance into a scenario: ``scenario.replace(**fit.changes({...}))``.

        Parameters
        ----------
        at : mapping from str to str
            For a name in the records, or a kind, the address of the partner or vehicle in the scenario, such as
            ``{"Kaiyi": "partners.Kaiyi"}``.

        Returns
        -------
        dict
            The arguments ``changes`` and ``provenance`` of ``Scenario.replace``.

        Raises
        ------
        FactError
            If there is no such name, or ``at`` is no table.

        Notes
        -----
        Stops are replaced as a whole, with ``at_start``: the partner is running at the start.
        """
        given: object = at
        if not isinstance(given, Mapping):
            raise FactError([Fault("at", "must be a table such as {'Kaiyi': 'partners.Kaiyi'}", given)])
        wrong = [name for name, address in at.items() if not isinstance(address, str)]
        wrong += [name for name, address in at.items() if [*at.values()].count(address) > 1 and name not in wrong]
        rule = "must be the address of one fact, of no other name's, such as 'partners.Kaiyi'"
        raise_all([Fault(f"at[{name!r}]", rule, at[name]) for name in wrong])
        changes = {f"{address}.{self.field}": self[name] for name, address in at.items()}
        origins = {f"{address}.{n}": self.provenance(name) for name, address in at.items() for n in self.numbers}
        return {"changes": changes, "provenance": origins}

    def _rows(
        self, names_of: Mapping[str, Sequence[str]], numbers: Callable[[str], Iterable[float]]
    ) -> dict[str, list[tuple[Cell, ...]]]:
        """For each kind, the rows of its names and last that of a new one: the cells of each, then its numbers."""
        return {
            kind if len(self.kinds) > 1 else "": [
                (
                    say("a new one of this kind") if name == kind else name,
                    *self._of(name).cells,
                    *(digits(float(x), 3) for x in numbers(name)),
                )
                for name in [*names, kind]
            ]
            for kind, names in names_of.items()
        }


def origin(note: str, rows: Iterable[Row], until: Iterable[float | None]) -> Provenance:
    """The provenance of a number, with the sources that the rows name, as of the last of some moments."""
    sources = dict.fromkeys(str(row.cells["source"]) for row in rows if row.cells.get("source") is not None)
    last = max((date for date in until if isinstance(date, Date)), key=lambda date: months(date, "closing"), default="")
    return Provenance(standing="derived", source="; ".join(sources), stated_on=f"{last}", note=note)


def ranking(fits: Mapping[str, Sequence[Fitted]], what: str) -> Table:
    """The candidates of each kind, the best first."""
    columns = (
        Column(say("candidate")),
        Column(say("leave-one-out log score"), "plain"),
        Column(say("below the best"), "plain"),
    )
    sections = {
        kind if len(fits) > 1 else "": [
            (Term(fit.candidate.name), round(fit.score, 2), round(ranked[0].score - fit.score, 2)) for fit in ranked
        ]
        for kind, ranked in fits.items()
    }
    note = say(
        "natural logarithm, summed over {what}; what is not over counts by the chance to last at least so long",
        what=Term(what),
    )
    return Table(columns, sections, notes=(note,))


def warn_of_few(call: str, counts: Mapping[str, int], what: str, prior: str) -> None:
    """Warn once of the kinds with so few events that the answer rests mostly on the ``prior``."""
    few = [
        f"{count or 'none'}" + (f" of kind {kind!r}" if len(counts) > 1 else "")
        for kind, count in counts.items()
        if count < FEW
    ]
    if few:
        text = f"{call}: few {what}: {', '.join(few)}; with fewer than five, {prior}"
        warnings.warn(text, UserWarning, stacklevel=outside())


def in_words(prior: tuple[float, float]) -> str:
    """The prior of a geometric mean, lognormal with this median and log sd."""
    low, high = (digits(prior[0] * math.exp(side * 1.645 * prior[1]), 2) for side in (-1, 1))
    return f"a guess: geometric mean {low:g} to {high:g} months (90 %)"
