"""Output by month: the median and the range that holds eight years in ten, beside the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..say import say
from .labels import axis_names, months
from .languages import Language
from .style import BLUE, GREY, PALE, Axes, numbered

if TYPE_CHECKING:
    from ..answers.result import Result


def draw(result: Result, ax: Axes, language: Language) -> None:
    """Draw P10, P50 and P90 of ``result.by_month``, before bars of ``result.schedule``."""
    found, names = result.by_month, result.labels["month"]
    low, middle, high = ([found.quantile(name, share).value for name in names] for share in (0.1, 0.5, 0.9))
    at = np.arange(len(names))
    if result.schedule:
        bars = {"color": PALE, "edgecolor": GREY, "lw": 0.6, "width": 0.8}
        ax.bar(at, result.schedule, **bars, label=language(say("schedule")))
    ax.vlines(
        at,
        low,
        high,
        color=BLUE,
        lw=4.0 if at.size <= 12 else 2.5,
        label=language(say("eight years in ten") if result.is_year else say("eight runs in ten")),
    )
    ax.plot(at, middle, "o", color=BLUE, mfc="white", ms=5.0, clip_on=False, zorder=3, label=language(say("median")))
    months(ax, names)
    ax.grid(visible=False, axis="x")
    numbered(ax.yaxis, language)
    ax.set_ylim(0.0, max(*high, *result.schedule, 1.0) * 1.04)
    axis_names(ax, language, say("month"), y=say("output of the month, vehicles"))
