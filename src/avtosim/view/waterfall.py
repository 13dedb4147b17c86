"""The waterfall: from what was planned, cause by cause, to what was built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..say import say
from .labels import axis_names
from .languages import Language
from .rows import beside, interval, rows, sure
from .style import GREY, INK, ORANGE, SKY, Axes, numbered

if TYPE_CHECKING:
    from ..answers.steps import Stepped

#: Colour and pattern of what a cause takes, of what one gives, and of the two ends.
TAKEN, GIVEN, ENDS = (ORANGE, "///"), (SKY, ""), ("#b9bdc3", "")
#: Vehicles below which an interval is what rounding leaves.
_SEEN = 1e-6


def draw(answer: Stepped, ax: Axes, language: Language) -> None:
    """Draw ``answer.steps()``: a bar from one level to the next for each, its interval at the end of the bar."""
    steps = answer.steps()
    level, ends, texts, levels = 0.0, [], [], []
    for row, (_, mean) in enumerate(steps):
        whole = row in (0, len(steps) - 1)
        start, level = 0.0 if whole else level, mean.value if whole else level + mean.value
        colour, pattern = ENDS if whole else GIVEN if mean.value > 0.0 else TAKEN
        ax.barh(row, level - start, left=start, height=0.66, color=colour, hatch=pattern, edgecolor=INK, lw=0.5)
        low, high = level + mean.low - mean.value, level + mean.high - mean.value
        if high - low > _SEEN:
            interval(ax, row, low, high)
        ends.append(max(start, level, high))
        texts.append(language(format(mean, "value" if whole else "difference")))
        levels.append(level)
    for row, at in enumerate(levels[:-1]):
        ax.plot([at, at], [row - 0.33, row + 1.33], color=GREY, lw=0.6, zorder=0.5)
    ax.set_xlim(min(0.0, *levels), max(*ends, 1.0) * 1.01)
    rows(ax, [text for text, _ in steps], language)
    beside(ax, ends, texts)
    numbered(ax.xaxis, language)
    axis_names(ax, language, say("vehicles, mean of all runs"), entries=[sure(language)])
