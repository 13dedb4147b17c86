"""Importance: shares of the variance as dots with their intervals, the largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..say import say
from .labels import axis_names, mark, note, of_all
from .languages import Language
from .rows import interval, rows, sure
from .rows import size as size_of
from .style import BLUE, GREEN, INK, ORANGE, Axes, numbered

if TYPE_CHECKING:
    from ..answers.importance import Importance

#: Facts or numbers at most: those that are left out account for next to nothing.
_MOST = 12
_SHAPLEY: dict[str, Any] = {"marker": "o", "color": BLUE, "ms": 5.5}
_FIRST: dict[str, Any] = {"marker": "o", "color": GREEN, "mfc": "white", "ms": 4.5}
_TOTAL: dict[str, Any] = {"marker": "D", "color": ORANGE, "mfc": "white", "ms": 4.0}


def draw(importance: Importance, ax: Axes, language: Language) -> None:
    """Draw the shares of each fact or number, those of facts under each other."""
    every = importance.ranked
    addresses = every[:_MOST]
    rows(ax, [importance.words[address] for address in addresses], language)
    kinds = [
        (importance.shapley, say("even part (Shapley)"), _SHAPLEY, -0.26),
        (importance.first, say("alone (first order)"), _FIRST, 0.0),
        (importance.total, say("with all others (total)"), _TOTAL, 0.26),
    ]
    by_fact = bool(importance.shapley)
    if not by_fact:
        kinds = [
            ({a: s for a, s in importance.first.items() if (a in importance.luck) == luck}, text, style, 0.0)
            for luck, text, style in ((False, say("not known"), _SHAPLEY), (True, say("luck"), _TOTAL))
        ]
    for shares, _, style, aside in kinds:
        for row, address in enumerate(addresses):
            if share := shares.get(address):
                interval(ax, row + aside, share.low, share.high, color=style["color"])
                ax.plot([share.value], [row + aside], **style)
    ax.axvline(0.0, color=INK, lw=0.8, zorder=0.9)
    if not addresses:
        same = say("nothing varies: there is no variance to share out")
        note(ax, language(say("no share can be told from nothing") if importance.first else same))
    numbered(ax.xaxis, language, percent=True)
    aim = say("share of the variance of reaching {aim}", aim=importance.aim) if importance.aim else ""
    there = [mark(language(text), **style) for shares, text, style, _ in kinds if any(a in shares for a in addresses)]
    left = of_all(len(addresses), len(importance.first))
    entries = [*there, sure(language)] if there else []
    axis_names(ax, language, aim or say("share of the variance of output"), left, entries=entries)


def size(importance: Importance, language: Language) -> tuple[float, float]:
    """Size in inches that the shares need."""
    names = [language(importance.words[address]) for address in importance.ranked[:_MOST]]
    return size_of(names, each=0.3 if importance.shapley else 0.21)
