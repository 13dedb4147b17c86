"""Layers: the chances that whoever knew all that is not known would state, as dots, and their quantiles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..say import joined, say
from .labels import axis_names
from .languages import Language
from .rows import interval, rows, sure
from .style import BLUE, INK, SIZE, SKY, Axes, numbered

if TYPE_CHECKING:
    from ..answers.layers import Layers

#: Dots, each for as large a part of all that could be known; how far they are apart, in chances.
DOTS, _APART = 20, 0.025
#: Height of a pile of all dots, in rows.
_PILE = 6.0


def draw(layers: Layers, ax: Axes, language: Language) -> None:
    """Draw a dot for each twentieth of the distribution above its P5, P50, P95 and the chance as it stands."""
    named = {
        "P5": layers.quantile(0.05),
        "P50": layers.quantile(0.5),
        "P95": layers.quantile(0.95),
        say("as it stands"): layers.chance,
    }
    rows(ax, [joined("  ", [name, format(found, "value")]) for name, found in named.items()], language)
    for row, (name, found) in enumerate(named.items()):
        colour, mark = (BLUE, "o") if name.startswith("P") else (INK, "D")
        interval(ax, row, found.low, found.high, color=colour)
        ax.plot([found.value], [row], mark, color=colour, ms=5)
    piles: Counter[int] = Counter()
    places, heights = [], []
    for dot in range(DOTS):
        chance = layers.quantile((dot + 0.5) / DOTS).value
        piles[pile := round(chance / _APART)] += 1
        places.append(chance)
        heights.append(-0.6 - _PILE * piles[pile] / (DOTS + 1))
    ax.plot(places, heights, "o", color=SKY, mec=INK, mew=0.6, ms=4.5)
    ax.axvline(layers.chance.value, color=INK, lw=0.9, ls=":", zorder=0.9)
    ax.axhline(-0.6, color=INK, lw=0.6)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(3.6, -0.7 - _PILE)
    numbered(ax.xaxis, language, percent=True)
    each = say("each dot: one case in {cases} of what is not known", cases=DOTS)
    axis_names(ax, language, layers.chance.what, each, entries=[sure(language)])


def size(_layers: Layers, _: Language) -> tuple[float, float]:
    """Size in inches."""
    return SIZE[0], 3.5
