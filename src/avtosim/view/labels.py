"""Labels that find their place: apart from each other, inside the axes, and named rows."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .languages import NO_BREAK, Language
from .style import Axes, matplotlib, shortened

#: Rows that are named at most; more cannot be read in one picture.
MOST = 12
#: Size of texts inside the axes, in points, and the height of a line of them.
SMALL, LINE = 8.0, 11.5
#: Inches that the name of a month takes.
_MONTH = 0.33
#: Rows that fill a picture.
_FEWEST = 4


def apart(places: ArrayLike, least: float, low: float, high: float) -> NDArray[np.float64]:
    """Rising places, moved so that neighbours are at least so far apart and all lie between two ends, if they fit."""
    wanted = np.maximum(np.asarray(places, dtype=np.float64), low)
    steps = least * np.arange(wanted.size)
    up = np.maximum.accumulate(wanted - steps) + steps
    return np.asarray(np.minimum(up, high - steps[::-1]))


def height(ax: Axes, points: float) -> float:
    """The height of so many points, as a share of the axes."""
    return float(points / 72.0 * ax.figure.dpi / _laid_out(ax).height)


def gutter(ax: Axes, texts: Sequence[Any], end: float, start: float = 0.0) -> float:
    """Move the right limit so that these texts have room to the right of ``end``; returns where they begin.

    The numbers of the axis end where the texts begin.
    """
    wide, whole = max((text.get_window_extent().width for text in texts), default=0.0), _laid_out(ax).width
    # What the layout still moves when the numbers of the axis change, and a blank before and behind.
    share = min((wide + 0.03 * whole) / whole + 0.07, 0.7)
    right = start + (end - start) / (1.0 - share)
    ticks = _locator(ax, whole * (1.0 - share), end).tick_values(start, end)
    ax.set_xticks([tick for tick in ticks if start <= tick <= end])
    ax.set_xlim(start, right)
    return float(end + 0.06 * (right - start))


def beside(ax: Axes, ends: Sequence[float], texts: Sequence[str]) -> None:
    """A text to the right of each end, row by row, and axes wide enough for all of them."""
    made = [
        ax.annotate(text, (end, row), (5, 0), textcoords="offset points", va="center", fontsize=SMALL)
        for row, (end, text) in enumerate(zip(ends, texts, strict=True))
    ]
    left, right = ax.get_xlim()
    whole = _laid_out(ax).width
    ax.xaxis.set_major_locator(_locator(ax, whole, right))
    for text, end in zip(made, ends, strict=True):
        taken = min((text.get_window_extent().width + 9.0 * ax.figure.dpi / 72.0) / whole + 0.02, 0.7)
        right = max(right, left + (end - left) / (1.0 - taken))
    ax.set_xlim(left, right)


def rows(ax: Axes, names: Sequence[str], language: Language) -> None:
    """Name the rows of a picture, the first on top."""
    ax.set_yticks(range(len(names)), [shortened(language(name)) for name in names])
    # A few rows stand together in the middle.
    blank = max(0.5 * (_FEWEST - len(names)), 0.0)
    ax.set_ylim(len(names) - 0.4 + blank, -0.6 - blank)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    for label in ax.get_yticklabels():
        # Axes of the caller's own may read formulas.
        label.set_parse_math(False)


def axis_names(ax: Axes, x: str, y: str = "") -> None:
    """What the numbers of both axes are, broken into lines that are no longer than the axes."""
    for label, text, side in ((ax.xaxis.label, x, "width"), (ax.yaxis.label, y, "height")):
        label.set_parse_math(False)
        label.set_text(text.replace(" %", f"{NO_BREAK}%"))
        room, ends = getattr(_laid_out(ax), side), label.get_window_extent()
        most = int(0.97 * len(text) * room / max(getattr(ends, side), 1.0))
        label.set_text("\n".join(textwrap.wrap(label.get_text(), max(most, 12))))


def months(ax: Axes, names: Sequence[str]) -> None:
    """Name months, such as "2024-01", along the axis: their numbers, with the year below the first of each."""
    every = -(-len(names) // int(max(_laid_out(ax).width / ax.figure.dpi / _MONTH, 1.0)))
    shown = list(range(0, len(names), every))
    years = [names[place].partition("-")[0] for place in shown]
    fresh = [place == 0 or years[place] != years[place - 1] for place in range(len(shown))]
    below = [f"\n{year}" if new else "" for year, new in zip(years, fresh, strict=True)]
    ax.set_xticks(shown, [names[place].partition("-")[2] + text for place, text in zip(shown, below, strict=True)])


def room_for_legend(ax: Axes, top: float, columns: int) -> None:
    """A legend above all that is drawn, inside the axes."""
    ax.set_ylim(0.0, top)
    legend = ax.legend(loc="upper left", ncols=columns, borderaxespad=0.2, columnspacing=1.2, handlelength=1.8)
    legend.set_frame_on(True)
    legend.get_frame().set(facecolor="white", edgecolor="none", alpha=1.0)
    whole = _laid_out(ax).height
    if columns > 1 and legend.get_window_extent().width > ax.get_window_extent().width:
        room_for_legend(ax, top, columns - 1)
        return
    share = min(legend.get_window_extent().height / whole + 0.04, 0.7)
    ax.set_ylim(0.0, top / (1.0 - share))


def _locator(ax: Axes, room: float, most: float) -> Any:
    """Where numbers stand along the axis, so few that they do not touch each other, up to a largest one."""
    one = (len(f"{most:,.0f}") + 2) * 0.55 * SMALL / 72.0 * ax.figure.dpi
    return matplotlib(".ticker").MaxNLocator(int(min(max(room / one, 1.0), 5.0)))


def _laid_out(ax: Axes) -> Any:
    """Where the axes are, once the figure is laid out."""
    ax.figure.draw_without_rendering()
    return ax.get_window_extent()
