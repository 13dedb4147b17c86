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
#: Moments lie within so many months.
_FARTHEST = 1e6


@attrs.frozen
class Row:
    """One row of a table: its number, counted from 1 below the head, and its cells; None where a cell is empty."""

    number: int
    cells: Mapping[str, Any]

    def fault(self, column: str, rule: str, hint: Any = "") -> Fault:
        """What is wrong with a cell, with the row, the name in its first column and the value."""
        place = f"row {self.number}, {next(iter(self.cells.values()))}, {column}"
        return Fault(place, rule, self.cells[column], hint)


def rows_of(table: Any, what: str, columns: Sequence[str], optional: Sequence[str] = ("source",)) -> list[Row]:
    """The rows of a table with the ``columns`` that it must have, the one of names first, and the ``optional`` ones."""
    found, stated = _read(table, what, columns)
    missing = [column for column in columns if found and column not in found]
    if missing:
        lacks = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        rule = f"must have the columns {', '.join(columns)}; {lacks}"
        raise FactError([Fault(what, rule, hint=f"found: {', '.join(map(str, found)) or 'none'}")])
    wanted = [*columns, *(column for column in optional if column in found)]
    rows = [Row(n, {column: _cell(row.get(column)) for column in wanted}) for n, row in enumerate(stated, 1)]
    nameless = [row for row in rows if not isinstance(row.cells[columns[0]], str)]
    raise_all([row.fault(columns[0], "must be a name, as text") for row in nameless])
    return rows


def _read(table: Any, what: str, columns: Sequence[str]) -> tuple[list[Any], list[Mapping[str, Any]]]:
    """The names of the columns, and the rows by them."""
    if isinstance(table, (str, os.PathLike)):
        try:
            text = Path(table).read_text(encoding="utf-8-sig")
            # Spreadsheets of countries with decimal commas write semicolons between the cells.
            reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
            return list(reader.fieldnames or ()), list(reader)
        except (ValueError, csv.Error) as error:
            raise FactError([Fault(what, f"must be a CSV file in UTF-8: {error}", table)]) from None
    if callable(getattr(table, "to_dict", None)) and hasattr(table, "columns"):
        return list(table.columns), table.to_dict("records")
    rows: list[Any] = list(table) if isinstance(table, Iterable) and not isinstance(table, Mapping) else [None]
    if not all(isinstance(row, Mapping) for row in rows):
        rule = f"must be the path of a CSV file, a data frame, or rows such as {{{columns[0]!r}: ..., ...}}"
        raise FactError([Fault(what, rule, table)])
    return list(dict.fromkeys(name for row in rows for name in row)), rows


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
    stated = plain(as_date(value.isoformat()[:10] if isinstance(value, dt.date) else value))
    found = stated if isinstance(stated, Date) else _float(stated)
    return found if abs(found) <= _FARTHEST else None


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
