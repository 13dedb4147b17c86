"""Fits: what was seen of each name, as dots, over the law that was fitted to it, as bands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from ..say import say
from .labels import axis_names, mark, of_all, patch
from .languages import Language
from .rows import MOST, interval, rows
from .rows import size as size_of
from .style import BLUE, INK, ORANGE, PALE, Axes, numbered

#: What is over, and what was still going on when it was last seen.
_OVER: dict[str, Any] = {"marker": "o", "color": INK, "ms": 3.2}
_OPEN: dict[str, Any] = {"marker": ">", "color": INK, "mfc": "white", "ms": 5.0}
_MIDDLE: dict[str, Any] = {"marker": "|", "color": BLUE, "ms": 12, "mew": 2.2}
#: Colours of the bands that hold 80 % and 50 % of a law.
_BANDS = {PALE: (0.1, 0.9), "#a9c6dd": (0.25, 0.75)}
#: The golden section, by which dots that lie one upon the other are set apart.
_ASIDE = 0.5 * (math.sqrt(5.0) - 1.0)


def fill_rate(fit: Any, ax: Axes, language: Language) -> None:
    """Draw months of deliveries over the law of a month, with the range of a year's mean below it."""
    names = _rows(
        fit, ax, language, lambda name: fit[name].law, lambda name: [(s, True) for s in fit.shares[name].values()]
    )
    for row, name in enumerate(names):
        interval(ax, row + 0.36, *fit.year(name).ppf([0.05, 0.95]), color=ORANGE, lw=2.0, marker="")
    ax.set_xlim(-0.01, 1.01)
    numbered(ax.xaxis, language, percent=True)
    year = mark(language(say("mean of a year, P5 to P95")), "", color=ORANGE, ls="-", lw=2.0)
    _words(fit, ax, language, say("share of the kits due that arrives in a month"), say("a month"), [year])


def stops(fit: Any, ax: Axes, language: Language) -> None:
    """Draw how long stops lasted over the law of a new one."""
    _rows(fit, ax, language, fit.duration, fit.events.__getitem__)
    going = mark(language(say("still going on")), **_OPEN)
    _months(fit, ax, language, say("months that a stop lasts"), say("a stop"), going)


def delay(fit: Any, ax: Axes, language: Language) -> None:
    """Draw how late launches were over the law of a new one."""
    _rows(fit, ax, language, fit.__getitem__, fit.events.__getitem__)
    coming = mark(language(say("still to come")), **_OPEN)
    _months(fit, ax, language, say("months that a launch is late"), say("a launch"), coming)


def _months(fit: Any, ax: Axes, language: Language, what: str, one: str, pending: Any) -> None:
    """Label an axis of months, with the mark of what is not over where there is such."""
    open_ended = any(not over for events in fit.events.values() for _, over in events)
    ax.set_xlim(left=-0.02 * ax.get_xlim()[1])
    numbered(ax.xaxis, language)
    _words(fit, ax, language, what, one, [pending] if open_ended else [])


def _words(fit: Any, ax: Axes, language: Language, what: str, one: str, more: Iterable[Any]) -> None:
    """Label the axis and say what bands and marks are; ``one`` is what a dot stands for."""
    every = len(_names(fit))
    words = say("P10 to P90"), say("P25 to P75")
    bands = [patch(language(text), colour, "") for text, colour in zip(words, _BANDS, strict=True)]
    marks = [mark("P50", **{**_MIDDLE, "ms": 8}), mark(language(one), **_OVER), *more]
    axis_names(ax, language, what, of_all(min(every, MOST), every), entries=[*bands, *marks])


def size(fit: Any, _: Language) -> tuple[float, float]:
    """Size in inches that the names need."""
    return size_of(_names(fit)[:MOST], each=0.32, besides=1.3)


def _names(fit: Any) -> list[str]:
    """The names that have a law of their own, those of each kind followed by the kind."""
    every = []
    for kind, names in fit.kinds.items():
        every += [*(name for name in names if fit[name] is not fit[kind]), kind]
    return every


def _rows(
    fit: Any,
    ax: Axes,
    language: Language,
    law: Callable[[str], Any],
    seen: Callable[[str], Iterable[tuple[float, bool]]],
) -> list[str]:
    """Bands of the law of each name, and over them what was seen of it; of a kind what was seen of all its names."""
    names = _names(fit)[:MOST]
    one, new = len(fit.kinds) == 1, {kind: say("a new one: {kind}", kind=kind) for kind in fit.kinds}
    rows(ax, [(say("a new one") if one else new[name]) if name in new else name for name in names], language)
    for row, name in enumerate(names):
        for colour, shares in _BANDS.items():
            low, high = law(name).ppf(list(shares))
            ax.barh(row, high - low, left=low, height=0.5, color=colour)
        ax.plot([float(law(name).ppf(0.5))], [row], **_MIDDLE)
        points = [point for member in fit.kinds.get(name, [name]) for point in seen(member)]
        for place, (value, over) in enumerate(points):
            ax.plot([value], [row + 0.34 * (place * _ASIDE % 1.0 - 0.5)], **(_OVER if over else _OPEN))
    return names
