"""Pictures made of rows: named things one under the other, what lies in a row, and the legend below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..say import say
from .languages import Language
from .style import GREY, INK, SIZE, Axes, matplotlib, shortened

#: Rows at most; a picture of more is not read. How much of a name is printed, in how many lines at most.
MOST, _WIDTH, _LINES = 20, 29, 2
#: Letters in a line below a picture.
_LABEL = 66


def rows(ax: Axes, names: Sequence[str], *, width: int = _WIDTH, letters: float = 8.0) -> None:
    """One row for each name, the first on top."""
    # Axes that were given may take names for formulas.
    every = [_broken(name, width) for name in names]
    ax.set_yticks(range(len(names)), every, fontsize=letters, parse_math=False)
    ax.set_ylim(max(len(names), 1) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")


def size(
    names: Sequence[str], *, each: float = 0.2, besides: float = 1.3, more: float = 0.0, width: int = _WIDTH
) -> tuple[float, float]:
    """Size in inches of a picture with a row for each name, and room for some ``more``."""
    lines = max((_broken(name, width).count("\n") for name in names), default=0)
    return SIZE[0], max(SIZE[1] - 1.0, besides + max(each, 0.3 if lines else 0.0) * (len(names) + more))


def _broken(name: str, width: int) -> str:
    lines = textwrap.wrap(name, width) or [""]
    return "\n".join([*lines[: _LINES - 1], shortened(" ".join(lines[_LINES - 1 :]), width)]).strip()


def interval(ax: Axes, row: float, low: float, high: float, **style: Any) -> None:
    """A quiet line from one end of an interval to the other."""
    ax.plot([low, high], [row, row], **{"color": GREY, "lw": 1.2, "solid_capstyle": "butt", **style})


def legend(ax: Axes, handles: Iterable[Any]) -> None:
    """A legend below the axes, their ticks and their label."""
    every = list(handles)
    if every:
        ticks = 1 + max((tick.get_text().count("\n") for tick in ax.get_xticklabels()), default=0)
        points = 12.0 + 9.6 * ticks + 10.8 * (1 + ax.get_xlabel().count("\n"))
        down = matplotlib(".transforms").ScaledTranslation(0.0, -(points + 4.0) / 72.0, ax.figure.dpi_scale_trans)
        place = {"loc": "upper right", "bbox_to_anchor": (1.0, 0.0), "bbox_transform": ax.transAxes + down}
        ax.legend(handles=every, **place, borderaxespad=0.0, handlelength=1.8, columnspacing=1.2, ncols=_columns(every))


def _columns(handles: Sequence[Any]) -> int:
    """The most columns of a legend that fit the usual width, as letters are wide on average, in points."""
    widths = [31.0 + (4.0 if text.isascii() else 4.6) * len(text) for text in (each.get_label() for each in handles)]
    for columns in range(len(widths), 1, -1):
        if sum(part.max() for part in np.array_split(widths, columns)) <= 72.0 * SIZE[0] - 20.0:
            return columns
    return 1


def patch(label: str, colour: str, pattern: str) -> Any:
    """The entry of a legend for what has a colour and a pattern."""
    return matplotlib(".patches").Patch(facecolor=colour, hatch=pattern, edgecolor=INK, linewidth=0.6, label=label)


def mark(label: str, marker: str = "", **style: Any) -> Any:
    """The entry of a legend for a mark, or for a line where there is none."""
    return matplotlib(".lines").Line2D([], [], marker=marker, label=label, **{"color": INK, "ls": "", **style})


def note(ax: Axes, text: str) -> None:
    """A sentence in the middle of a picture that has nothing else to show."""
    ax.text(
        0.5,
        0.5,
        textwrap.fill(text, 44),
        transform=ax.transAxes,
        ha="center",
        va="center",
        color=GREY,
        backgroundcolor="white",
    )


def label(ax: Axes, language: Language, *texts: str) -> None:
    """What is counted along a picture, and what else is to be said of it, each text from a new line on."""
    lines = "\n".join(textwrap.fill(language(text), _LABEL) for text in texts if text)
    ax.set_xlabel(lines, loc="right", parse_math=False)


def of_all(shown: int, numbers: int) -> str:
    """How many of all are shown; empty where it is all of them."""
    return "" if shown == numbers else say("{shown} of {numbers} are shown", shown=shown, numbers=numbers)
