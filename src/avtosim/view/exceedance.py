"""The board picture: the chance that the year's output is at least so much, with targets and what was announced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..answers.numbers import stated
from ..answers.parts import PartOfOutput
from ..say import joined, say
from .labels import LINE, SMALL, apart, axis_names, gutter, height
from .languages import Language
from .style import BLUE, GREY, INK, ORANGE, Axes, numbered

if TYPE_CHECKING:
    from ..answers.result import Result

#: Points of the curve at most; more cannot be seen.
_POINTS = 500
#: Targets that are named at most.
_MOST = 12


def draw(result: Result, ax: Axes, language: Language) -> None:
    """Draw the share of runs that reach each output, and targets of the whole plant at their chances."""
    targets = sorted({float(target) for target in result.targets if not isinstance(target, PartOfOutput)})
    end = max([float(result.ordered[-1]), *targets, *(result.announced or ())]) or 1.0
    places = np.unique(np.linspace(0, result.runs - 1, min(result.runs, _POINTS)).round().astype(int))
    outputs = np.concatenate([[0.0], result.ordered[places], [result.ordered[-1]]])
    shares = np.concatenate([[1.0], 1.0 - places / result.runs, [0.0]])
    ax.plot(outputs, shares, color=BLUE, lw=2.0, drawstyle="steps-pre", zorder=3, clip_on=False)
    ax.plot(
        targets, [result.chance(target).value for target in targets], "o", color=INK, ms=4.5, zorder=4, clip_on=False
    )
    ax.set_ylim(0.0, 1.12 if result.announced else 1.04)
    ax.set_yticks(np.linspace(0.0, 1.0, 6))
    _label(result, ax, language, targets, end)
    numbered(ax.xaxis, language)
    numbered(ax.yaxis, language, percent=True)
    what = say("output of the year, vehicles") if result.is_year else say("output, vehicles")
    axis_names(ax, language, what, y=say("chance to build at least that"))


def _label(result: Result, ax: Axes, language: Language, targets: list[float], end: float) -> None:
    """Put all labels in a column to the right of all that is drawn, with a line from each to what it names."""
    # Of very many targets some are named, spread over all of them, the first and the last among them.
    named = np.unique(np.linspace(0, len(targets) - 1, min(len(targets), _MOST)).round().astype(int))
    chances = [(targets[place], result.chance(targets[place])) for place in named]
    band = _band(result, ax, language)
    made = []
    for target, chance in chances:
        text = say("{volume}: {chance}", volume=stated(target), chance=format(chance, "value"))
        made.append(ax.text(0.0, 0.0, language(text), fontsize=SMALL, va="center", zorder=5))
    elbow, top = end * 1.01, ax.get_ylim()[1]
    at = gutter(ax, [*made, *band], elbow)
    line, near = height(ax, LINE) * top, at - 0.008 * ax.get_xlim()[1]
    heights = [chance.value for _, chance in chances]
    wanted = apart(heights[::-1], line, 0.5 * line, top - (2.6 if band else 0.5) * line)[::-1]
    for text, place, (target, chance) in zip(made, wanted, chances, strict=True):
        text.set_position((at, place))
        ax.plot([target, target], [0.0, chance.value], color=GREY, lw=1.0, ls=":", zorder=2)
        ax.plot([target, elbow, near], [chance.value, chance.value, place], color=GREY, lw=0.6, zorder=2)
    for text in band:
        text.set_position((at, top))
        ax.plot([max(result.announced or ()), near], [top - 0.6 * line] * 2, color=ORANGE, lw=0.8, zorder=2)


def _band(result: Result, ax: Axes, language: Language) -> list[Any]:
    """Draw what was announced, a line where it is one volume; returns its label."""
    if result.announced is None:
        return []
    low, high = result.announced
    ax.axvspan(low, high, facecolor=ORANGE, alpha=0.2, lw=0, zorder=0)
    for volume in {low, high}:
        ax.axvline(volume, color=ORANGE, lw=1.4, zorder=1)
    one = stated(low) if low == high else say("{low} to {high}", low=stated(low), high=stated(high))
    return [ax.text(0.0, 0.0, language(joined("\n", [say("announced"), one])), fontsize=SMALL, va="top", zorder=5)]
