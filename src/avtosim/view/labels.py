"""Words of a picture: what its axes count, the legend below them, notes, and labels that find their place."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..say import say
from .languages import NO_BREAK, Language
from .style import GREY, INK, Axes, matplotlib

#: Size of texts inside the axes, in points, and the height of a line of them.
SMALL, LINE = 8.0, 11.5
#: Size of the names of axes, in points.
_NAME = 9.0
#: Inches that the name of a month takes.
_MONTH = 0.33
#: Points between what is below the axes and the legend.
_GAP = 4.0


def axis_names(ax: Axes, language: Language, *x: str, y: str = "", entries: Iterable[Any] = ()) -> None:
    """What the numbers of both axes are, and below it the legend.

    Each text of ``x`` begins a line, and none is longer than the picture. In the legend stand the ``entries``, or else
    all that is drawn with a label, in as many columns as have room.
    """
    # Axes that were given may take names for formulas, and may have letters of another size.
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(parse_math=False, size=_NAME)
    room = float(laid_out(ax).x1 - ax.get_tightbbox().x0)
    ax.set_xlabel(
        "\n".join(line for text in x if text for line in _lines(ax.xaxis.label, language(text), room)), loc="right"
    )
    _legend(ax, list(entries) or ax.get_legend_handles_labels()[0], room)
    # The legend takes of the height.
    ax.set_ylabel("\n".join(_lines(ax.yaxis.label, language(y), laid_out(ax).height)))


def _lines(label: Any, text: str, room: float) -> list[str]:
    """A text, broken into lines that are no longer than so many pixels."""
    label.set_text(text.replace(" %", f"{NO_BREAK}%"))
    box = label.get_window_extent()
    share = 0.97 * room / max(box.width, box.height, 1.0)
    return textwrap.wrap(label.get_text(), max(int(share * len(text)), 12))


def _legend(ax: Axes, every: Sequence[Any], room: float) -> None:
    """A legend below the axes and what names them."""
    if not every:
        return
    foot = laid_out(ax).y0
    down = (ax.xaxis.get_tightbbox().y0 - foot) / ax.figure.dpi - _GAP / 72.0
    below = ax.transAxes + matplotlib(".transforms").ScaledTranslation(0.0, down, ax.figure.dpi_scale_trans)
    place = {"loc": "upper right", "bbox_to_anchor": (1.0, 0.0), "bbox_transform": below, "borderaxespad": 0.0}
    for lines in range(1, len(every) + 1):
        made = ax.legend(handles=every, ncols=-(-len(every) // lines), handlelength=1.8, columnspacing=1.2, **place)
        if made.get_window_extent().width <= room:
            return


def patch(label: str, colour: str, pattern: str) -> Any:
    """The entry of a legend for what has a colour and a pattern."""
    return matplotlib(".patches").Patch(facecolor=colour, hatch=pattern, edgecolor=INK, linewidth=0.6, label=label)


def mark(label: str, marker: str = "", **style: Any) -> Any:
    """The entry of a legend for a mark, or for a line where there is none."""
    return matplotlib(".lines").Line2D([], [], marker=marker, label=label, **{"color": INK, "ls": "", **style})


def note(ax: Axes, text: str) -> None:
    """A sentence in the middle of a picture that has nothing else to show."""
    style = {"ha": "center", "va": "center", "color": GREY, "backgroundcolor": "white"}
    ax.text(0.5, 0.5, textwrap.fill(text, 44), transform=ax.transAxes, **style)


def above(ax: Axes, text: str, at: float) -> None:
    """A text above the axes that names a line across them."""
    style = {"textcoords": "offset points", "ha": "center", "fontsize": SMALL}
    ax.annotate(text, (at, 1.0), (0, 3), xycoords=("data", "axes fraction"), **style)


def of_all(shown: int, numbers: int) -> str:
    """How many of all are shown; empty where it is all of them."""
    return "" if shown == numbers else say("{shown} of {numbers} are shown", shown=shown, numbers=numbers)


def months(ax: Axes, names: Sequence[str], first: float = 0.0) -> None:
    """Name months, such as "2024-01", along the axis: their numbers, with the year below the first of each."""
    every = -(-len(names) // int(max(laid_out(ax).width / ax.figure.dpi / _MONTH, 1.0)))
    shown = range(0, len(names), every)
    years = [names[place].partition("-")[0] for place in shown]
    below = [f"\n{year}" if year != before else "" for year, before in zip(years, ["", *years], strict=False)]
    texts = [names[place].partition("-")[2] + text for place, text in zip(shown, below, strict=True)]
    ax.set_xticks([first + place for place in shown], texts)


def apart(places: ArrayLike, least: float, low: float, high: float) -> NDArray[np.float64]:
    """Rising places, moved so that neighbours are at least so far apart and all lie between two ends, if they fit."""
    wanted = np.maximum(np.asarray(places, dtype=np.float64), low)
    steps = least * np.arange(wanted.size)
    up = np.maximum.accumulate(wanted - steps) + steps
    return np.asarray(np.minimum(up, high - steps[::-1]))


def height(ax: Axes, points: float) -> float:
    """The height of so many points, as a share of the axes."""
    return float(points / 72.0 * ax.figure.dpi / laid_out(ax).height)


def gutter(ax: Axes, texts: Sequence[Any], end: float, start: float = 0.0) -> float:
    """Move the right limit so that these texts have room to the right of ``end``; returns where they begin.

    The numbers of the axis end where the texts begin.
    """
    wide, whole = max((text.get_window_extent().width for text in texts), default=0.0), laid_out(ax).width
    # What the layout still moves when the numbers of the axis change, and a blank before and behind.
    share = min((wide + 0.03 * whole) / whole + 0.07, 0.7)
    right = start + (end - start) / (1.0 - share)
    ticks = locator(ax, whole * (1.0 - share), end).tick_values(start, end)
    ax.set_xticks([tick for tick in ticks if start <= tick <= end])
    ax.set_xlim(start, right)
    return float(end + 0.06 * (right - start))


def locator(ax: Axes, room: float, most: float) -> Any:
    """Where numbers stand along the axis, so few that they do not touch each other, up to a largest one."""
    one = (len(f"{most:,.0f}") + 2) * 0.55 * SMALL / 72.0 * ax.figure.dpi
    return matplotlib(".ticker").MaxNLocator(int(min(max(room / one, 1.0), 5.0)))


def laid_out(ax: Axes) -> Any:
    """Where the axes are, once the figure is laid out."""
    # The figure of a part of a figure is the whole one.
    ax.figure.figure.draw_without_rendering()
    return ax.get_window_extent()
