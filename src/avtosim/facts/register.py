"""The register of assumptions: every stated number with its source, or the plain word that it has none."""

from __future__ import annotations

import itertools
import math
import os
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..declare.faults import FactError, Fault, nearest, typed_as
from ..declare.fields import Fact, describe, is_default
from ..say import Number, Term, joined, say
from ..upward import upward
from .addresses import Leaf
from .entities import STANDINGS, Provenance

#: All standings, worst first: those that are stated, those of numbers without one, and of what is left at its default.
_WORST_FIRST = ("guess", "assumption", "not stated", "no source", "derived", "sourced", "default")
#: Lines of a printed register, characters of a line, and the most that each column of its table takes.
_PAGE, _LINE, _VALUE = 60, 120, 34
_WIDEST = (48, 8, _VALUE, 26, 12)
_INDENTED = textwrap.TextWrapper(_LINE, 4 * " ", 4 * " ", break_long_words=False, break_on_hyphens=False)


@attrs.frozen
class Assumption:
    """One number of a scenario and what is known of its origin.

    Parameters
    ----------
    address : str
        Where it stands in the scenario.
    value : float, law or tuple of float
        What it is.
    unit : str
        Its unit.
    standing : str
        "sourced", "derived", "assumption" or "guess", as stated; "not stated" where a source, date or note is given but
        no standing; "default" for a number left at its default; "no source" where nothing is stated.
    source : str, default ""
        Who stated it.
    stated_on : str, default ""
        When.
    note : str, default ""
        Why it is taken as it is.
    weight : float, optional
        Its weight on the uncertainty of the answer, where ``Register.sorted_by`` was given it.
    """

    address: str
    value: object
    unit: str
    standing: str
    source: str = ""
    stated_on: str = ""
    note: str = ""
    weight: float | None = None


@attrs.frozen(repr=False)
class Register:
    """All numbers of a scenario with what is known of their origin: print it, or iterate over it.

    Parameters
    ----------
    rows : tuple of Assumption
        One for each number, in the order of the scenario, or by weight after ``sorted_by``.
    title : str, default ""
        Name of the scenario.

    Notes
    -----
    It prints a page of those rows that deserve a look first: by weight where weights are known, and by standing, worst
    first: guess, assumption, not stated, no source, derived, sourced, default. ``full()`` gives all of them as text.

    Examples
    --------
    >>> import avtosim
    >>> register = avtosim.load("avtotor-2024-06").assumptions()
    >>> register
    <Register of 'Avtotor 2024 as of June': 244 numbers: 14 sourced, 42 derived, 78 assumption, 57 guess, 53 default>
    >>> register.standing("guess")[0].address
    'quantities.fee rises'
    """

    rows: tuple[Assumption, ...]
    title: str = ""

    @classmethod
    def of(cls, leaves: Iterable[Leaf], provenance: Mapping[str, Provenance], *, title: str = "") -> Register:
        """The register of these numbers.

        Parameters
        ----------
        leaves : iterable of Leaf
            The numbers of a scenario.
        provenance : mapping from address to Provenance
            What is stated of the origin of each.
        title : str, default ""
            Name of the scenario.

        Returns
        -------
        Register
            With a row for each number, in their order.
        """
        rows = []
        for leaf in leaves:
            origin = provenance.get(leaf.address, Provenance())
            words = origin.source, origin.stated_on, origin.note
            unstated = "not stated" if any(words) else "default" if leaf.default else "no source"
            rows.append(Assumption(leaf.address, leaf.value, leaf.spec.unit, origin.standing or unstated, *words))
        return cls(tuple(rows), title)

    def __iter__(self) -> Iterator[Assumption]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def standing(self, *words: str) -> tuple[Assumption, ...]:
        """The rows whose standing is one of ``words``.

        Parameters
        ----------
        *words : str
            Standings, such as "guess"; see ``Assumption``.

        Returns
        -------
        tuple of Assumption
            In the order of the register.

        Raises
        ------
        ValueError
            If one of them is no standing.
        """
        for word in words:
            if word not in _WORST_FIRST:
                raise ValueError(f"words must be of {', '.join(_WORST_FIRST)}; got {word!r}")
        return tuple(row for row in self.rows if row.standing in words)

    @property
    def without_source(self) -> tuple[Assumption, ...]:
        """Stated numbers that have neither a source nor a note nor a standing."""
        return self.standing("no source")

    def sorted_by(self, weights: Mapping[str, float]) -> Register:
        """The same register with the weightiest numbers first.

        Parameters
        ----------
        weights : mapping from address to number
            How much each number matters for the uncertainty of the answer: zero or more, in any scale. Numbers that are
            left out come last.

        Returns
        -------
        Register
            A new one, whose rows have their ``weight``.

        Raises
        ------
        FactError
            If an address is not in the register or a weight is no finite number of zero or more.
        TypeError
            If ``weights`` is no mapping.
        """
        given: object = weights
        if not isinstance(given, Mapping):
            raise TypeError(f"weights must be a table from addresses to numbers; got {given!r:.80}")
        known = {row.address: row for row in self.rows}
        rule = "there is no number at this address"
        faults = [Fault(f"weights[{a!r}]", rule, None, nearest(a, known)) for a in weights if a not in known]
        faults += [
            Fault(f"weights[{address!r}]", "must be a finite number of zero or more", weight)
            for address, weight in weights.items()
            if not (isinstance(weight, (int, float)) and 0.0 <= weight < math.inf)
        ]
        if faults:
            raise FactError(faults)
        rows = (attrs.evolve(row, weight=weights.get(row.address)) for row in self.rows)
        return attrs.evolve(self, rows=tuple(sorted(rows, key=_urgency)))

    def summary(self) -> str:
        """How many numbers there are of each standing.

        Returns
        -------
        str
            One line.
        """
        counts = Counter(row.standing for row in self.rows)
        words = (*reversed(STANDINGS), "not stated", "no source", "default")
        said = [
            say("{count} {standing}", count=Number(f"{counts[word]}", counts[word]), standing=Term(word))
            for word in words
            if counts[word]
        ]
        every = Number(f"{len(self.rows)}", len(self.rows))
        return say("{numbers} numbers: {standings}", numbers=every, standings=joined(", ", said))

    def to_pandas(self) -> Any:
        """The register as a data frame, in its order.

        Returns
        -------
        pandas.DataFrame
            One row for each number: address, value in words, unit, standing, source, date, note and weight.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        return upward("Register.table")(self.rows, shown).to_pandas()

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the register as comma-separated values, with the columns of ``to_pandas``.

        Parameters
        ----------
        path : str or path
            The file. One that exists is replaced, whole or not at all.

        Raises
        ------
        TypeError, ValueError
            If ``path`` can name no file.
        OSError
            If the file cannot be written.
        """
        upward("Register.table")(self.rows, shown).to_csv(path)

    def full(self) -> str:
        """All rows, each with its whole value, source and note.

        Returns
        -------
        str
            Three lines or more for each number.
        """
        return "\n".join(itertools.chain(self._head(), *self._blocks(whole=True)))

    def __repr__(self) -> str:
        return f"<Register of {self.title!r}: {self.summary()}>"

    def __str__(self) -> str:
        head, blocks = self._head(), list(itertools.islice(self._blocks(whole=False), _PAGE))
        fitting = sum(len(head) + lines < _PAGE for lines in itertools.accumulate(map(len, blocks)))
        rest = [_more(len(self.rows) - fitting)] if fitting < len(self.rows) else []
        return "\n".join(itertools.chain(head, *blocks[:fitting], rest))

    def _head(self) -> list[str]:
        return [*textwrap.wrap(self.title, _LINE), self.summary(), ""]

    def _blocks(self, *, whole: bool) -> Iterator[list[str]]:
        """The lines of each row, those that deserve a look first: its cells, and below them its source and note."""
        rows = [_cells(row, whole=whole) for row in sorted(self.rows, key=_urgency)]
        columns = zip(_WIDEST, zip(*rows, strict=True), strict=False)
        widths = [min(widest, max(map(len, column))) for widest, column in columns]
        for cells in rows:
            fitted = (f"{_cut(cell, width):{width}}" for cell, width in zip(cells, widths, strict=False) if width)
            value = cells[2] if whole and len(cells[2]) > _VALUE else ""
            origin = " | ".join(filter(None, [value, *cells[len(_WIDEST) :]]))
            yield ["  ".join(fitted).rstrip(), *_INDENTED.wrap(origin)]

    def _repr_html_(self) -> str:
        rows = [attrs.evolve(row, source=_short(row.source)) for row in sorted(self.rows, key=_urgency)]
        left = [_more(len(rows) - _PAGE)] if len(rows) > _PAGE else []
        made = upward("Register.table")(rows[:_PAGE], shown, f"{self.title}: {self.summary()}", *left)
        page: str = made._repr_html_()
        return page


def _more(left: int) -> str:
    return f"and {left} more: iterate over it, or print(register.full())"


def _urgency(row: Assumption) -> tuple[float, int]:
    """What rows are sorted by: the weightiest first, then the worst standing."""
    return math.inf if row.weight is None else -row.weight, _WORST_FIRST.index(row.standing)


def _cells(row: Assumption, *, whole: bool = False) -> list[str]:
    """The cells of a printed row, from the address to the note; a web address is cut to its host, unless ``whole``."""
    weight, source = "" if row.weight is None else f"{row.weight:.3g}", row.source if whole else _short(row.source)
    return [row.address, weight, shown(row.value), row.unit, row.standing, source, row.stated_on, row.note]


def _short(source: str) -> str:
    """A source; of a web address only its host."""
    host = re.match(r"https?://(?:www\d?\.(?=[^/]+\.))?([^/]+)", source)
    return host[1] if host else source


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def shown(value: object) -> str:
    """A value as a reader would write it, laws with their parameters in order."""
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    if not isinstance(value, Fact):
        return typed_as(value)
    words: list[str] = []
    for place, (alias, attribute) in enumerate(describe(type(value)).items()):
        item = getattr(value, attribute.name)
        if not is_default(attribute, item):
            words.append(shown(item) if len(words) == place else f"{alias}={shown(item)}")
    return f"{type(value).__name__}({', '.join(words)})"
