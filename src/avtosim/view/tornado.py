"""The tornado: how far each uncertain number moves the chance, and by colour and pattern how well it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..answers.numbers import figure
from ..say import Term, joined, say
from .labels import above, axis_names, mark, note, patch
from .languages import Language
from .rows import MOST, interval, rows, sure
from .rows import size as size_of
from .style import GREY, INK, PALE, STANDING, Axes, matplotlib, numbered

if TYPE_CHECKING:
    from ..answers.tornado import Tornado, TornadoBar

#: Units that go without saying.
_BARE = ("", "share", "ratio", "multiplier", "probability")
#: Room for the values at the ends of bars, in parts of the span.
_ROOM = 0.2


def draw(tornado: Tornado, ax: Axes, language: Language) -> None:
    """Draw a bar from the chance at P10 to that at P90 of each number, the interval of the swing at the latter."""
    bars, base = tornado.bars[:MOST], tornado.base
    rows(ax, _names(bars, language), language)
    for row, bar in enumerate(bars):
        colour, pattern = STANDING.get(bar.standing, (PALE, ""))
        start, end = bar.low.value, bar.high.value
        style = {"color": colour, "hatch": pattern, "edgecolor": INK, "lw": 0.6}
        ax.barh(row, abs(end - start), left=min(start, end), height=0.66, **style)
        reach = start + bar.swing.low, start + bar.swing.high
        interval(ax, row, *reach)
        ax.plot([start], [row], "o", color=INK, mfc="white", ms=4.0, mew=1.0)
        ax.plot([end], [row], "o", color=INK, ms=4.0)
        rises = end >= start
        _value(ax, row, min(start, *reach) if rises else max(start, *reach), bar.low_value, language, right=not rises)
        _value(ax, row, max(end, *reach) if rises else min(end, *reach), bar.high_value, language, right=rises)
    if not bars:
        note(ax, language(tornado.verdict))
    ax.axvline(base.value, color=INK, lw=1.0, zorder=0.9)
    above(ax, language(say("as stated: {chance}", chance=format(base, "value"))), base.value)
    _scale(ax)
    numbered(ax.xaxis, language, percent=True)
    many = say(
        "{shown} of {numbers} uncertain {numbers:number|numbers}, each from its P10 to its P90",
        shown=len(bars),
        numbers=tornado.numbers,
    )
    standings = [standing for standing in STANDING if standing in {bar.standing for bar in bars}]
    ends = [mark(language(say("at P10")), "o", mfc="white", ms=4.0), mark(language(say("at P90")), "o", ms=4.0)]
    shown = [patch(language(Term(standing)), *STANDING[standing]) for standing in standings]
    entries = [*shown, *ends, sure(language)] if bars else []
    axis_names(ax, language, base.what, many if bars else "", entries=entries)


def size(tornado: Tornado, language: Language) -> tuple[float, float]:
    """Size in inches that the bars need."""
    return size_of(_names(tornado.bars[:MOST], language), each=0.23, besides=1.4)


def _names(bars: Sequence[TornadoBar], language: Language) -> list[str]:
    return [language(joined(", ", [bar.text, "" if bar.unit in _BARE else Term(bar.unit)])) for bar in bars]


def _value(ax: Axes, row: int, place: float, value: float, language: Language, *, right: bool) -> None:
    """What the number is at an end of its bar, in three digits."""
    style = {"ha": "left" if right else "right", "va": "center", "fontsize": 7, "color": GREY}
    text = language(figure(float(f"{value:.3g}")))
    ax.annotate(text, (place, row), (4 if right else -4, 0), textcoords="offset points", **style)


def _scale(ax: Axes) -> None:
    """Limits with room for values at the ends, and ticks where there are chances."""
    low, high = ax.dataLim.intervalx
    room = _ROOM * (high - low) or 0.05
    ax.set_xlim(low - room, high + room)
    ticks = matplotlib(".ticker").MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low - room, high + room)
    ax.set_xticks([tick for tick in ticks if max(low - room, 0.0) <= tick <= min(high + room, 1.0)])
