"""The workbook: sheets of texts and numbers written as a file that Excel opens."""

from __future__ import annotations

import importlib
import io
import os
import re
import textwrap
from collections.abc import Sequence
from typing import Any

import attrs

from ..atomic import checked_place, write_whole
from .languages import Language, language_of

#: Thousands separated; the same with a sign, for what was taken or given; and numbers that only name something.
WHOLE, CHANGE, PLAIN = "#,##0", "+#,##0;-#,##0;0", "0"
#: Signs that no file of Excel may hold.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Widths of columns in letters, the last one up to twice as wide; heights of rows in points.
_NARROWEST, _WIDEST = 9, 48
_LINE, _TALLEST = 15, 409


@attrs.frozen
class Figure:
    """A number on a sheet, and the format in which Excel shows it."""

    value: float
    form: str = WHOLE


Cell = str | Figure | None


@attrs.frozen
class Sheet:
    """A sheet: its name, the heads of its columns, the rows, and notes below them."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def openpyxl(part: str = "") -> Any:
    """Openpyxl, or a module of it; raises ``ImportError`` where it is not installed."""
    try:
        return importlib.import_module(f"openpyxl{part}")
    except ImportError:
        raise ImportError("to_excel: needs openpyxl; install it with: pip install 'avtosim[tables]'") from None


def checked(path: object, language: object) -> Language:
    """The language of a workbook that can be written; an error for what makes no sense, before any work is done."""
    openpyxl()
    checked_place(path, ".xlsx")
    return language_of(language)


def write(path: str | os.PathLike[str], sheets: Sequence[Sheet], language: Language) -> None:
    """Write a workbook, whole or not at all."""
    book, file = openpyxl().Workbook(), io.BytesIO()
    book.remove(book.active)
    book.properties.creator = "avtosim"
    for sheet in sheets:
        _fill(book.create_sheet(language(sheet.name)), sheet, language)
    book.save(file)
    try:
        write_whole(path, file.getvalue())
    except PermissionError as error:
        rule = "can't write the workbook: its place may not be written to, or another program, such as Excel, has it"
        raise PermissionError(error.errno, f"{rule} open: close it there and write again", error.filename) from None


def _fill(page: Any, sheet: Sheet, language: Language) -> None:
    styles, letter = openpyxl(".styles"), openpyxl(".utils").get_column_letter
    top, widths = styles.Alignment(vertical="top"), []
    for place, head in enumerate(sheet.heads, 1):
        cell = _put(page.cell(1, place), language(head), styles)
        cell.font, cell.fill = styles.Font(bold=True), styles.PatternFill("solid", fgColor="E6E8EB")
        shown = [_shown(row[place - 1], language) for row in sheet.rows]
        longest = max(map(len, [*cell.value.split(), *(line for text in shown for line in text.split("\n"))]))
        widest = _WIDEST if place < len(sheet.heads) else 2 * _WIDEST
        widths.append(min(max(longest + 2, _NARROWEST), widest))
        page.column_dimensions[letter(place)].width = widths[-1]
    for at, row in enumerate(sheet.rows, 2):
        for place, value in enumerate(row, 1):
            if isinstance(value, Figure):
                cell = page.cell(at, place, value.value)
                cell.number_format, cell.alignment = value.form, top
            elif value:
                _put(page.cell(at, place), language(value), styles)
    # Not all programs that open a workbook fit the rows to their texts.
    for at, cells in enumerate(page.iter_rows(values_only=True), 1):
        lines = (_lines(value, width) for value, width in zip(cells, widths, strict=True) if isinstance(value, str))
        page.row_dimensions[at].height = min(_LINE * max(lines, default=1), _TALLEST)
    for at, note in enumerate(sheet.notes, len(sheet.rows) + 3):
        _put(page.cell(at, 1), language(note), styles).alignment = styles.Alignment(wrap_text=False)
    page.freeze_panes = "B2"
    page.auto_filter.ref = f"A1:{letter(len(sheet.heads))}{len(sheet.rows) + 1}"
    # In print all columns on one page, with the heads on each.
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage, page.print_title_rows = True, "1:1"


def _shown(cell: Cell, language: Language) -> str:
    """About what a cell takes, in letters."""
    return f"{cell.value:,.0f} %" if isinstance(cell, Figure) else language(cell or "")


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column; bold letters are wider than those that widths count in."""
    return sum(max(len(textwrap.wrap(line, width - 2)), 1) for line in text.split("\n"))


def _put(cell: Any, text: str, styles: Any) -> Any:
    """Put a text in a cell so that it stays a text, whatever it begins with and whenever the cell is edited."""
    cell.value = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
    return cell
