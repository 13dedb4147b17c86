"""Small tables of records: a CSV file, rows or a data frame; their columns, names and moments, and their faults."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from ..declare.faults import FactError, Fault, nearest
from ..declare.fields import plain
from ..declare.moments import Date, Edge, as_date
from ..declare.rules import NONNEGATIVE

#: The kind of all names where no kinds are stated.
ALL = "all"
#: What an empty cell of a file or a data frame holds, as text.
_NOTHING = ("", "nan", "NaT", "<NA>")
#: Numbers of months beyond a century are years, or months written as numbers.
_FARTHEST = 1200.0


@attrs.frozen
class Row:
    """One row of a table: its number, in a file that of its line, and its cells; None where a cell is empty."""

    number: int
    cells: Mapping[str, Any]

    def fault(self, column: str, rule: str, hint: Any = "") -> Fault:
        """What is wrong with a cell, with the row, the name in its first column and the value."""
        place = f"row {self.number}, {next(iter(self.cells.values()))}, {column}"
        return Fault(place, rule, self.cells[column], hint)


def rows_of(table: Any, what: str, columns: Sequence[str], optional: Sequence[str] = ("source",)) -> list[Row]:
    """The rows of a table with the ``columns`` that it must have, the one of names first, and the ``optional`` ones."""
    found, stated, first = _read(table, what, columns)
    missing = [column for column in columns if found and column not in found]
    if missing:
        lacks = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        rule = f"must have the columns {', '.join(columns)}; {lacks}"
        raise FactError([Fault(what, rule, hint=f"found: {', '.join(map(str, found)) or 'none'}")])
    wanted = [*columns, *(column for column in optional if column in found)]
    rows = [Row(n, {column: _cell(row.get(column)) for column in wanted}) for n, row in enumerate(stated, first)]
    # Spreadsheets leave empty rows at the end.
    rows = [row for row in rows if any(cell is not None for cell in row.cells.values())]
    nameless = [row for row in rows if not isinstance(row.cells[columns[0]], str)]
    raise_all([row.fault(columns[0], "must be a name, as text") for row in nameless])
    return rows


def _read(table: Any, what: str, columns: Sequence[str]) -> tuple[list[Any], list[Mapping[str, Any]], int]:
    """The names of the columns, the rows by them, and the number of the first row."""
    if isinstance(table, (str, os.PathLike)):
        try:
            text = Path(table).read_text(encoding="utf-8-sig")
            lines = list(csv.reader(io.StringIO(text), delimiter=_between(text)))
        except (ValueError, csv.Error) as error:
            raise FactError([Fault(what, f"must be a CSV file in UTF-8: {error}", table)]) from None
        at = 1 if lines and lines[0] and lines[0][0].startswith("sep=") else 0
        head = [name.strip().casefold() for name in (lines[at] if len(lines) > at else [])]
        rule = f"must have as many cells as the head, {len(head)}: {', '.join(head)}"
        cells = {n: line for n, line in enumerate(lines[at + 1 :], at + 2) if any(map(str.strip, line))}
        raise_all([Fault(f"{what}, line {n}", rule, line) for n, line in cells.items() if len(line) != len(head)])
        return head, [dict(zip(head, cells.get(n, ()), strict=False)) for n in range(at + 2, len(lines) + 1)], at + 2
    if callable(getattr(table, "to_dict", None)) and hasattr(table, "columns"):
        return list(table.columns), table.to_dict("records"), 1
    rows: list[Any] = list(table) if isinstance(table, Iterable) and not isinstance(table, Mapping) else [None]
    if not all(isinstance(row, Mapping) for row in rows):
        rule = f"must be the path of a CSV file, a data frame, or rows such as {{{columns[0]!r}: ..., ...}}"
        raise FactError([Fault(what, rule, table)])
    return list(dict.fromkeys(name for row in rows for name in row)), rows, 1


def _between(text: str) -> str:
    """What stands between the cells of a file: semicolons in countries with decimal commas, tabs in copied ranges."""
    head = text.partition("\n")[0]
    return next((mark for mark in ";\t" if mark in head), ",")


def _cell(value: Any) -> Any:
    """A cell's value, None where it is empty."""
    found = value.strip() if isinstance(value, str) else plain(value)
    return None if found is None or str(found) in _NOTHING else found


def _float(value: Any) -> float:
    """A number, or one that is written as text; NaN for what is neither."""
    try:
        return float(value) if isinstance(value, (str, float)) else math.nan
    except ValueError:
        return math.nan


def number(row: Row, column: str, faults: list[Fault]) -> float:
    """The number in a cell, of zero or more; NaN where there is none, which is noted."""
    value = _float(row.cells[column])
    if NONNEGATIVE.broken_by(value):
        faults.append(row.fault(column, "must be a number of zero or more"))
        return math.nan
    return value


def moment(value: Any) -> float | None:
    """A month or date, a number of months, or None for what is neither."""
    text = value.isoformat() if isinstance(value, dt.date) else value
    # A time of day says nothing here.
    text = text[:10] if isinstance(text, str) and text[10:11] in ("T", " ") else text
    stated = plain(as_date(text))
    found = stated if isinstance(stated, Date) else _float(stated)
    return found if isinstance(found, Date) or abs(found) <= _FARTHEST else None


def moment_in(row: Row, column: str, faults: list[Fault]) -> float | None:
    """The moment in a cell; None where there is none, which is noted."""
    found = moment(row.cells[column])
    if found is None:
        faults.append(row.fault(column, "must be a date as YYYY-MM-DD, a month as YYYY-MM, or a number of months"))
    return found


def months(stated: float, edge: Edge) -> float:
    """A moment in months from one origin for all dates; a number of months as it is."""
    return stated.since("0001-01", edge) if isinstance(stated, Date) else stated


def require_one_kind(moments: Iterable[float], what: str) -> None:
    """Raise ``FactError`` where dates stand beside plain numbers of months, which have no common origin."""
    every = list(moments)
    plain_ones = [value for value in every if not isinstance(value, Date)]
    if plain_ones and len(plain_ones) < len(every):
        rule = "must hold dates throughout or plain numbers of months throughout"
        raise FactError([Fault(what, rule, plain_ones[0], "it stands beside dates")])


def kinds_of(names: Iterable[str], like: Mapping[str, str] | None) -> dict[str, list[str]]:
    """The names of each kind, as ``like`` tells; all of one kind where it is None."""
    names = list(dict.fromkeys(names))
    given: Any = dict.fromkeys(names, ALL) if like is None else like
    if not isinstance(given, Mapping):
        raise FactError([Fault("like", "must be a table from names to the kind of each", given)])
    rule = f"must name its kind; without like all are of one kind, {ALL!r}"
    faults = [Fault(f"like[{name!r}]", rule, None, nearest(name, given)) for name in names if name not in given]
    faults += [
        Fault(f"like[{name!r}]", "must be the name of a kind, and not a name in the records", given[name])
        for name in names
        if name in given and (not isinstance(given[name], str) or given[name] in names)
    ]
    raise_all(faults)
    return {kind: [name for name in names if given[name] == kind] for kind in dict.fromkeys(given[n] for n in names)}


def raise_all(faults: Sequence[Fault]) -> None:
    """Raise what was noted, if anything."""
    if faults:
        raise FactError(faults)
