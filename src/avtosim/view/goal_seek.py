"""The curve of the chance over the values of a number, with the chance asked for and the value found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..answers.numbers import percent
from ..say import joined, say
from .labels import axis_names
from .languages import Language
from .style import BLUE, GREY, INK, ORANGE, Axes, matplotlib, numbered

if TYPE_CHECKING:
    from ..answers.goal_seek import GoalSeek

#: Ranges with a larger ratio of their ends are drawn in ratios.
_WIDE = 8.0


def draw(answer: GoalSeek, ax: Axes, language: Language) -> None:
    """Draw ``answer.curve``: hollow dots where a few runs were tried, a line where all were, each with its interval."""
    levels = np.array([level for level, _ in answer.curve])
    chances = np.array([(chance.value, chance.low, chance.high) for _, chance in answer.curve]).reshape(-1, 3)
    whole = np.array([chance.runs == answer.started.runs for _, chance in answer.curve], dtype=bool)
    ax.plot(levels, chances[:, 0], color=GREY, lw=0.8, zorder=1)
    if not whole.all():
        few, (shown, low, high) = levels[~whole], chances[~whole].T
        runs = next(chance.runs for _, chance in answer.curve if chance.runs != answer.started.runs)
        ax.vlines(few, low, high, color=GREY, lw=1.0, zorder=2)
        ax.plot(few, shown, "o", color=GREY, mfc="white", ms=4.5, zorder=3, label=language(_runs(runs)))
    # No line is drawn between values that others lie between.
    shown, low, high = np.where(whole, chances.T, np.nan)
    ax.fill_between(levels, low, high, color=BLUE, alpha=0.25, lw=0)
    ax.plot(levels, shown, ".-", color=BLUE, ms=5.0, zorder=3, label=language(_runs(answer.started.runs)))
    first, last = answer.within
    if first > 0.0 and last / first > _WIDE:
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(matplotlib(".ticker").LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.xaxis.set_minor_locator(matplotlib(".ticker").NullLocator())
    asked = language(say("{chance} asked for", chance=percent(answer.chance)))
    ax.axhline(answer.chance, color=INK, ls="--", lw=1.0, label=asked)
    ax.plot([answer.start], [answer.started.value], "D", color=INK, ms=5.0, zorder=4, label=language(say("as stated")))
    _mark(answer, ax, language)
    numbered(ax.xaxis, language)
    numbered(ax.yaxis, language, percent=True)
    top = 1.06 * max([answer.chance, answer.started.high, *chances[:, 2]])
    ticks = matplotlib(".ticker").MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0.0, top)
    ax.set_yticks([tick for tick in ticks if 0.0 <= tick <= min(top, 1.0)])
    ax.set_ylim(0.0, min(top, 1.03))
    x = joined(", ", [answer.number, answer.unit])
    if answer.multiplied:
        x = say("{number}, times what is stated", number=answer.number)
    axis_names(ax, language, x, y=say("chance of {what}", what=answer.what))


def _mark(answer: GoalSeek, ax: Axes, language: Language) -> None:
    """Mark the value found with its interval, or the one that comes nearest."""
    if answer.estimate is not None:
        low, high = max(answer.estimate.low, answer.within[0]), min(answer.estimate.high, answer.within[1])
        ax.axvspan(low, high, facecolor=ORANGE, alpha=0.3, lw=0)
        ax.axvline(answer.estimate.value, color=ORANGE, lw=1.2)
        at, chance = answer.estimate.value, answer.reached.value if answer.reached else answer.chance
        text = say("found: {value}, 95 % interval shaded", value=format(answer.estimate, "value"))
    elif answer.best is not None and answer.best_at is not None:
        at, chance = answer.best_at, answer.best.value
        text = say("comes nearest: {chance}", chance=format(answer.best, "value"))
    else:
        return
    ax.plot([at], [chance], "s", color=ORANGE, ms=5.5, zorder=5, clip_on=False, label=language(text))


def _runs(runs: int) -> str:
    return say("tried in {runs} {runs:run|runs}, 95 % interval", runs=runs)
