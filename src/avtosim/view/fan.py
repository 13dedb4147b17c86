"""The fan: what is built since the first month, with the ranges that hold most years, and the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..answers.result import FAN
from ..say import Number, say
from .labels import axis_names, months
from .languages import Language
from .style import BLUE, INK, ORANGE, Axes, numbered

if TYPE_CHECKING:
    from ..answers.result import Result

#: Lightness of the ranges, the widest first: they differ in grey print too.
_SHADES = ("#dbe9f4", "#a9cbe6", "#6ea8d3")


def draw(result: Result, ax: Axes, language: Language) -> None:
    """Draw ``result.since_start()`` month by month, with the sum of the schedule until each month."""
    found = result.since_start()
    at = np.arange(found.shape[1])
    for row, shade in enumerate(_SHADES):
        percent = 100.0 * (FAN[-1 - row] - FAN[row])
        share = Number(f"{percent:.0f} %", percent)
        text = say("{share} of years", share=share) if result.is_year else say("{share} of runs", share=share)
        low, high = found[row], found[-1 - row]
        ax.fill_between(at, low, high, color=shade, lw=0, label=language(text))
        ax.plot(at, low, color=BLUE, lw=0.5, marker="." if at.size == 1 else "")
        ax.plot(at, high, color=BLUE, lw=0.5, marker="." if at.size == 1 else "")
    middle = len(FAN) // 2
    ax.plot(at, found[middle], color=INK, marker="o", ms=3.0, label=language(say("median")))
    scheduled = np.cumsum(result.schedule)
    if result.schedule:
        ax.plot(at, scheduled, color=ORANGE, ls="--", marker="s", ms=3.0, label=language(say("schedule")))
    months(ax, result.labels["month"])
    numbered(ax.yaxis, language)
    ax.set_ylim(0.0, max(float(found.max()), *scheduled, 1.0) * 1.04)
    axis_names(ax, language, say("end of the month"), y=say("built since the first month, vehicles"))
