"""What fits have in common: a fact for each name and kind, where it comes from, and how it enters a scenario."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import attrs

from ..answers.readonly import ReadOnly
from ..answers.table import Column, Table, Tabular
from ..declare.faults import FactError, Fault, nearest
from ..declare.rules import Law
from ..facts.agreement import outside
from ..facts.entities import Provenance
from .durations import Fitted
from .tables import Row

#: Below so many events the prior says more than they do.
FEW = 5


@attrs.frozen
class Found:
    """What a fit says of one name: the fact or law, where it comes from, and the law of a new value."""

    fact: Any
    origin: Provenance
    predictive: Law


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Fit(Tabular):
    """Facts from records, by name; print it for a table of them."""

    #: The field of a partner or vehicle that the facts are for, and the numbers in it.
    field: ClassVar[str]
    numbers: ClassVar[tuple[str, ...]]
    _found: Mapping[str, Found] = attrs.field(converter=ReadOnly)
    _table: Table

    @property
    def table(self) -> Table:
        """What was found for each name, as a table."""
        return self._table

    def __getitem__(self, name: str) -> Any:
        return self._of(name).fact

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
            With standing "derived", a note that counts the records, and their sources where a column ``source`` has
            them.

        Raises
        ------
        FactError
            If there is no such name.
        """
        return self._of(name).origin

    def changes(self, at: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """What puts facts into a scenario, with where they come from: ``scenario.replace(**fit.changes({...}))``.

        Parameters
        ----------
        at : mapping from str to str
            For each name in the records, or kind, the address of the fact that it describes, such as
            ``{"Kaiyi": "partners.Kaiyi"}``.

        Returns
        -------
        dict
            The arguments ``changes`` and ``provenance`` of ``Scenario.replace``.

        Raises
        ------
        FactError
            If there is no such name.
        """
        changes = {f"{address}.{self.field}": self[name] for name, address in at.items()}
        origins = {f"{address}.{n}": self.provenance(name) for name, address in at.items() for n in self.numbers}
        return {"changes": changes, "provenance": origins}


def origin(note: str, rows: Iterable[Row]) -> Provenance:
    """What a number rests on, with the sources that the rows name."""
    sources = dict.fromkeys(str(row.cells["source"]) for row in rows if row.cells.get("source") is not None)
    return Provenance(standing="derived", source="; ".join(sources), note=note)


def ranking(fits: Mapping[str, Sequence[Fitted]], what: str) -> Table:
    """The candidates of each kind, the best first."""
    columns = Column("candidate"), Column("leave-one-out log score", "plain"), Column("below the best", "plain")
    sections = {
        kind if len(fits) > 1 else "": [
            (fit.candidate.name, round(fit.score, 2), round(fits[kind][0].score - fit.score, 2)) for fit in ranked
        ]
        for kind, ranked in fits.items()
    }
    note = f"natural logarithm, summed over {what}; what is not over is scored by its survival"
    return Table(columns, sections, notes=(note,))


def warn_of_few(call: str, counts: Mapping[str, int], what: str, prior: str) -> None:
    """Warn once of the kinds with so few events that their law is mostly the prior."""
    few = [f"{count} {what}" + (f" of kind {kind!r}" if len(counts) > 1 else "") for kind, count in counts.items() if count < FEW]
    if few:
        text = f"{call}: only {' and '.join(few)}: the law rests mostly on the prior, a guess ({prior})"
        warnings.warn(text, UserWarning, stacklevel=outside())


def digits(value: float, count: int = 4) -> float:
    """A number rounded to so many digits: those of a fit beyond these mean nothing."""
    return float(f"{value:.{count}g}")
