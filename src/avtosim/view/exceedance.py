"""The board picture: the chance that the year's output is at least so much, with targets and what was announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..answers.numbers import stated
from ..answers.parts import PartOfOutput
from ..say import say
from .languages import Language
from .style import BLUE, GREY, INK, ORANGE, Axes, numbered

if TYPE_CHECKING:
    from ..answers.result import Result

#: Points of the curve at most; more cannot be seen.
_POINTS = 500


def draw(result: Result, ax: Axes, language: Language) -> None:
    """Draw ``result.ordered`` against the share of runs above, and targets of the whole plant at their chances."""
    places = np.unique(np.linspace(0, result.runs - 1, min(result.runs, _POINTS)).round().astype(int))
    ax.plot(result.ordered[places], 1.0 - places / result.runs, color=BLUE, label=None)
    targets = [target for target in result.targets if not isinstance(target, PartOfOutput)]
    chances = [result.chance(target) for target in targets]
    if result.announced is not None:
        low, high = result.announced
        ax.axvspan(low, high, color=ORANGE, alpha=0.25, lw=0, zorder=0, label=language(say("announced")))
        ax.axvline(low, color=ORANGE, lw=1.0, zorder=0)
        ax.axvline(high, color=ORANGE, lw=1.0, zorder=0)
    for target, chance in zip(targets, chances, strict=True):
        ax.plot([target, target], [0.0, chance.value], color=GREY, lw=1.0, ls=":")
        ax.plot([target], [chance.value], "o", color=INK, ms=5)
        text = say("{volume}: {chance}", volume=stated(target), chance=format(chance, "value"))
        ax.annotate(
            language(text),
            (target, chance.value),
            (4, 5),
            textcoords="offset points",
            fontsize=8,
            rotation=25,
            color=INK,
        )
    ax.set_ylim(0.0, 1.0)
    ax.set_xlim(0.0, max([float(result.ordered[-1]), *targets, *(result.announced or ())]) * 1.04 or 1.0)
    ax.set_xlabel(language(say("output of the year, vehicles") if result.is_year else say("output, vehicles")))
    ax.set_ylabel(language(say("chance to build at least that")))
    numbered(ax.xaxis, language)
    numbered(ax.yaxis, language, percent=True)
    if result.announced is not None:
        ax.legend(loc="upper right")
