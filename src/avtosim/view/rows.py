"""Pictures made of rows: named things one under the other, what lies in a row, and numbers beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from ..say import say
from .labels import SMALL, laid_out, locator, mark
from .languages import Language
from .style import INK, SIZE, Axes, shortened

#: Rows at most; a picture of more is not read. Rows that fill a picture.
MOST, _FEWEST = 20, 4
#: How much of a name is printed in a line, and in how many lines at most.
_WIDTH, _LINES = 29, 2
#: Inches that two lines of a name take, and what is still to come below the rows.
_BOTH, _BELOW = 0.28, 0.7
_INTERVAL: dict[str, Any] = {"color": INK, "lw": 1.1, "marker": "|", "ms": 5.0, "mew": 1.1}


def rows(ax: Axes, names: Sequence[str], language: Language, *, width: int = _WIDTH, letters: float = SMALL) -> None:
    """Name the rows of a picture, the first on top."""
    # A few rows stand together in the middle.
    blank = max(0.5 * (_FEWEST - len(names)), 0.0)
    ax.set_ylim(len(names) - 0.4 + blank, -0.6 - blank)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    each = (laid_out(ax).height / ax.figure.dpi - _BELOW) / max(len(names), 1)
    lines = _LINES if each > _BOTH else 1
    # Axes that were given may take names for formulas.
    every = [_broken(language(name), width, lines) for name in names]
    ax.set_yticks(range(len(names)), every, fontsize=letters, parse_math=False)


def size(
    names: Sequence[str], *, each: float = 0.2, besides: float = 1.3, more: float = 0.0, width: int = _WIDTH
) -> tuple[float, float]:
    """Size in inches of a picture with a row for each name, and room for some ``more``."""
    lines = max((_broken(name, width, _LINES).count("\n") for name in names), default=0)
    return SIZE[0], max(SIZE[1] - 1.0, besides + max(each, 0.3 if lines else 0.0) * (len(names) + more))


def _broken(name: str, width: int, most: int) -> str:
    lines = textwrap.wrap(name, width) or [""]
    return "\n".join([*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), width)]).strip()


def interval(ax: Axes, row: float, low: float, high: float, **style: Any) -> None:
    """A thin line from one end of an interval to the other."""
    ax.plot([low, high], [row, row], **{**_INTERVAL, **style})


def sure(language: Language, **style: Any) -> Any:
    """The entry of a legend for intervals of 95 %."""
    return mark(language(say("95 % interval")), **{**_INTERVAL, "marker": "", "ls": "-", **style})


def beside(ax: Axes, ends: Sequence[float], texts: Sequence[str]) -> None:
    """A text to the right of each end, row by row, and axes wide enough for all of them."""
    made = [
        ax.annotate(text, (end, row), (5, 0), textcoords="offset points", va="center", fontsize=SMALL)
        for row, (end, text) in enumerate(zip(ends, texts, strict=True))
    ]
    left, right = ax.get_xlim()
    whole = laid_out(ax).width
    ax.xaxis.set_major_locator(locator(ax, whole, right))
    for text, end in zip(made, ends, strict=True):
        taken = min((text.get_window_extent().width + 9.0 * ax.figure.dpi / 72.0) / whole + 0.02, 0.7)
        right = max(right, left + (end - left) / (1.0 - taken))
    ax.set_xlim(left, right)
