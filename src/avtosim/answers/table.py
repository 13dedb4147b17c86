"""Tables: rows of labelled numbers; text, HTML and pandas all come from here."""

from __future__ import annotations

import csv
import html
import importlib
import io
import os
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

import attrs

from ..atomic import write_whole
from ..say import Number, Term, say
from ..upward import upward
from .estimate import Estimate
from .numbers import VEHICLES, figure, rounded, vehicles, with_unit
from .readonly import ReadOnly


@attrs.frozen
class Between:
    """A cell of a table: the range from one estimate to another.

    Parameters
    ----------
    low : Estimate
        Where the range begins.
    high : Estimate
        Where it ends.
    """

    low: Estimate
    high: Estimate


Cell = str | int | float | Estimate | Between | None
_LONG_CELL = "min-width:10em;overflow-wrap:anywhere"
#: Prose around a table is broken into lines, wherever it is shown.
_WRAPPED = 'style="text-align:left;white-space:normal;overflow-wrap:anywhere;max-width:60em"'


@attrs.frozen
class Column:
    """A column of a table: its name, and how its cells are shown.

    Parameters
    ----------
    name : str
        Head of the column.
    kind : str, default "text"
        "text", "plain" (a number as it was stated), "figure" (one in four digits), "count", "vehicles", or a format of
        estimates: "value", "interval", "error", "value with error", "difference" or "words", which is followed by the
        estimate's warning.
    """

    name: str
    kind: str = "text"

    def show(self, cell: Cell) -> str:
        """Text of a cell.

        Parameters
        ----------
        cell : str, int, float, Estimate, Between or None
            A cell of the column.

        Returns
        -------
        str
            As it is printed; empty for None.
        """
        if cell is None or isinstance(cell, str):
            return cell or ""
        if isinstance(cell, Between):
            # The unit is said once, behind both ends.
            counted = cell.low.unit == VEHICLES
            low = rounded(cell.low.value, cell.low.high - cell.low.low) if counted else self.show(cell.low)
            return say("{low} to {high}", low=low, high=self.show(cell.high))
        if isinstance(cell, Estimate):
            text = format(cell, self.kind)
            warned = cell.warning and self.kind == "words"
            return say("{text}: {warning}", text=text, warning=cell.warning) if warned else text
        if self.kind in ("plain", "figure"):
            return Number(f"{cell:g}", cell) if self.kind == "plain" else figure(cell)
        return with_unit(vehicles(cell), VEHICLES) if self.kind == "words" else vehicles(cell)

    def data(self, cell: Cell) -> dict[str, object]:
        """Numbers of a cell by name of a data frame's column.

        Parameters
        ----------
        cell : str, int, float, Estimate, Between or None
            A cell of the column.

        Returns
        -------
        dict from str to object
            One entry for each column of the data frame that the cell fills.
        """
        if isinstance(cell, Between):
            return {"low": cell.low.value, "high": cell.high.value}
        if not isinstance(cell, Estimate):
            return {self.name: None if isinstance(cell, str) and self.kind not in {"text", "plain"} else cell}
        ends: dict[str, object] = {"low": cell.low, "high": cell.high}
        if self.kind == "error":
            return {self.name: 0.5 * (cell.high - cell.low)}
        return ends if self.kind == "interval" else {self.name: cell.value} | (ends if self.kind == "words" else {})


@attrs.frozen(repr=False)
class Table:
    """Rows of labelled numbers in sections, with a title above and notes below.

    Print it for text; notebooks show it as HTML; ``to_pandas`` gives a data frame.

    Parameters
    ----------
    columns : tuple of Column
        Name of each column, and how its cells are shown.
    sections : mapping of str to list of tuple
        Rows under each heading; an empty heading is not printed.
    title : str, default ""
        Printed above.
    notes : tuple of str, default ()
        Printed below.
    header : bool, default True
        Whether the names of the columns are printed.
    """

    columns: tuple[Column, ...]
    sections: Mapping[str, Sequence[tuple[Cell, ...]]] = attrs.field(converter=ReadOnly)
    title: str = ""
    notes: tuple[str, ...] = ()
    header: bool = True

    def _shown(self) -> Iterator[tuple[str, list[str]]]:
        """Rows as text: a heading with no cells, or cells."""
        for heading, rows in self.sections.items():
            if heading:
                yield heading, []
            for row in rows:
                yield "", [column.show(cell) for column, cell in zip(self.columns, row, strict=True)]

    @property
    def _names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def _sides(self) -> list[str]:
        """The side to which each column is set: the left for the first, and for those of text."""
        kinds = ["text", *(column.kind for column in self.columns[1:])]
        return ["left" if kind in {"text", "words"} else "right" for kind in kinds]

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        indent = "  " if any(self.sections) else ""
        lines = [("", self._names)] if self.header else []
        lines += [(heading, [indent + cells[0], *cells[1:]] if cells else []) for heading, cells in self._shown()]
        widths = [max(map(len, column)) for column in zip(*(cells for _, cells in lines if cells), strict=True)]
        text = [self.title] if self.title else []
        for heading, cells in lines:
            every = zip(cells, widths, self._sides, strict=False)
            line = "  ".join(cell.ljust(width) if side == "left" else cell.rjust(width) for cell, width, side in every)
            text.append(heading or line.rstrip())
        return "\n".join([*text, *self.notes])

    def _repr_html_(self) -> str:
        def row(cells: list[str], tag: str) -> str:
            every = zip(cells, self._sides, strict=True)
            # Long addresses in prose are broken, so that a table stays as wide as its page.
            sides = ((cell, f"{side};{_LONG_CELL}" if len(cell) > 60 else side) for cell, side in every)
            text = (f'<{tag} style="text-align:{side}">{html.escape(cell)}</{tag}>' for cell, side in sides)
            return f"<tr>{''.join(text)}</tr>"

        wide = f'<tr><th colspan="{len(self.columns)}" style="text-align:left">'
        lines = (row(cells, "td") if cells else f"{wide}{html.escape(head)}</th></tr>" for head, cells in self._shown())
        body = "".join(lines)
        caption = f"<caption {_WRAPPED}>{html.escape(self.title)}</caption>" if self.title else ""
        head = f"<thead>{row(self._names, 'th')}</thead>" if self.header else ""
        notes = "".join(f"<p {_WRAPPED}>{html.escape(note)}</p>" for note in self.notes)
        return f"<table>{caption}{head}<tbody>{body}</tbody></table>{notes}"

    def records(self) -> list[dict[str, object]]:
        """The rows as unrounded numbers by name of their columns.

        Returns
        -------
        list of dict
            One for each row of the table. The heading of a section stands under ``section``, the unit of the row's
            numbers under ``unit``. An interval takes two columns, ``low`` and ``high``.
        """
        made: list[dict[str, object]] = []
        for heading, rows in self.sections.items():
            for cells in rows:
                made.append({"section": heading} if heading else {})
                for column, cell in zip(self.columns, cells, strict=True):
                    made[-1] |= column.data(cell)
                units = (part.unit for cell in cells for part in _estimates(cell))
                every = zip(self.columns[1:], cells[1:], strict=True)
                numbers = any(
                    isinstance(cell, float) and column.kind not in ("plain", "figure") for column, cell in every
                )
                made[-1].setdefault("unit", next(units, VEHICLES if numbers else ""))
        return made

    def to_pandas(self) -> Any:
        """The table as a data frame of unrounded numbers.

        Returns
        -------
        pandas.DataFrame
            One row for each row of the table, with the columns of ``records``.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        try:
            pandas = importlib.import_module("pandas")
        except ImportError:
            raise ImportError("to_pandas: needs pandas; install it with: pip install 'avtosim[tables]'") from None
        return pandas.DataFrame(self.records())

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the table as a file of comma-separated values in UTF-8: a head, then a line for each row.

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
        rows = self.records()
        names = list(dict.fromkeys(name for row in rows for name in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_whole(path, text.getvalue().encode())


class TableLine(str):
    """A line of a table as text: a table may stand among the notes of another, line by line.

    Parameters
    ----------
    table : Table
        The table.
    line : int
        Number of the line, from 0.
    """

    __slots__ = ("line", "table")
    table: Table
    line: int

    def __new__(cls, table: Table, line: int) -> Self:
        """Print the table, and keep it beside the line."""
        made = super().__new__(cls, str(table).splitlines()[line])
        made.table, made.line = table, line
        return made

    def __reduce__(self) -> tuple[type[TableLine], tuple[Table, int]]:
        return TableLine, (self.table, self.line)


def _estimates(cell: Cell) -> tuple[Estimate, ...]:
    if isinstance(cell, Between):
        return cell.low, cell.high
    return (cell,) if isinstance(cell, Estimate) else ()


def of_estimate(estimate: Estimate) -> Table:
    """An estimate as a table of one row; what ``Estimate.table`` gives."""
    rest = (estimate.standard_error, estimate.confidence, estimate.runs, estimate.method, estimate.warning)
    columns = (
        Column(say("quantity")),
        Column(say("value"), "words"),
        Column(say("interval"), "interval"),
        Column(say("standard error"), "plain"),
        Column(say("confidence"), "plain"),
        Column(say("runs"), "count"),
        Column(say("method")),
        Column(say("warning")),
    )
    return Table(columns, {"": [(estimate.what, attrs.evolve(estimate, warning=""), estimate, *rest)]})


def of_assumptions(rows: Iterable[Any], shown: Callable[[object], str], title: str = "", *notes: str) -> Table:
    """The rows of a register as a table; what ``Register.table`` gives. ``shown`` words a value."""
    columns = (
        Column(say("address")),
        Column(say("value")),
        Column(say("unit")),
        Column(say("standing")),
        Column(say("source")),
        Column(say("stated on")),
        Column(say("note")),
        Column(say("weight"), "plain"),
    )
    cells = [
        (r.address, shown(r.value), Term(r.unit), Term(r.standing), r.source, r.stated_on, r.note, r.weight)
        for r in rows
    ]
    return Table(columns, {"": cells}, title, notes)


def of_names(rows: Sequence[tuple[Cell, ...]], title: str, *notes: str) -> Table:
    """What a scenario is made of, as a table of kinds, numbers and names; what ``Scenario.table`` gives."""
    columns = Column(say("facts")), Column(say("number"), "count"), Column(say("names"))
    return Table(columns, {"": rows}, title, notes)


class Pictured:
    """An answer that has a picture."""

    __slots__ = ()

    def plot(self, *, ax: Any = None, language: str = "en") -> Any:
        """The picture of the answer. All that is drawn can be had from it as numbers.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default on a figure of its own.
        language : {"en", "ru"}, default "en"
            Language of the labels.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on; ``ax.figure.savefig("picture.png", dpi=200)`` writes the picture.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError, ValueError
            If ``ax`` is no Axes, or for a language that there is not.
        """
        return upward("Pictured.plot")(self, ax, language)


class Tabular:
    """An answer that is printed as a table."""

    __slots__ = ()

    @property
    @abstractmethod
    def table(self) -> Table:
        """The answer as a table."""

    @property
    def _whole(self) -> Table:
        """The table with the rows that would be too many to print."""
        return self.table

    def to_pandas(self) -> Any:
        """The table as a data frame of unrounded numbers, with all rows where too many to print are left out.

        Returns
        -------
        pandas.DataFrame
            One row for each row of the table; an interval takes the columns ``low`` and ``high``, and ``unit`` is the
            unit of the row's numbers.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        return self._whole.to_pandas()

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the table as comma-separated values: all rows, numbers unrounded, with named columns and units.

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
        self._whole.to_csv(path)

    def text(self, language: str = "en") -> str:
        """The printed answer in a language.

        Parameters
        ----------
        language : {"en", "ru"}, default "en"
            English or Russian. Names that the scenario states stay as they are.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            For another language.

        Examples
        --------
        >>> import avtosim
        >>> result = avtosim.simulate(avtosim.load("avtotor-2024-06"), runs=2000, seed=1)
        >>> print(result.text("ru").splitlines()[1])
        прогноз
        """
        text: str = upward("Tabular.text")(self.table, language)
        return text

    def __str__(self) -> str:
        return str(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()
