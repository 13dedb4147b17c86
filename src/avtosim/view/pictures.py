"""Which picture belongs to which answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import (
    comparison,
    exceedance,
    fan,
    fits,
    goal_seek,
    importance,
    layers,
    months,
    outside,
    partners,
    story,
    sweep,
    tornado,
    waterfall,
)
from .languages import Language, language_of
from .style import SIZE, Axes, Draw, kind_of, picture

#: Pictures of a result by their kind.
OF_RESULT: Mapping[str, Draw] = {
    "exceedance": exceedance.draw,
    "fan": fan.draw,
    "months": months.draw,
    "partners": partners.draw,
}
#: Pictures of the other answers, by the name of their class.
OF: Mapping[str, Draw] = {
    "Ledger": waterfall.draw,
    "Split": waterfall.draw,
    "GoalSeek": goal_seek.draw,
    "Comparison": comparison.draw,
    "Tornado": tornado.draw,
    "Importance": importance.draw,
    "Story": story.draw,
    "Layers": layers.draw,
    "Sweep": sweep.draw,
    "OutsideView": outside.draw,
    "FillRateFit": fits.fill_rate,
    "StopsFit": fits.stops,
    "DelayFit": fits.delay,
}
#: Sizes in inches of those that are not of the usual one.
SIZES: Mapping[str, Callable[[Any, Language], tuple[float, float]]] = {
    "Tornado": tornado.size,
    "Importance": importance.size,
    "Story": story.size,
    "Layers": layers.size,
    "OutsideView": outside.size,
    "FillRateFit": fits.size,
    "StopsFit": fits.size,
    "DelayFit": fits.size,
}


def of_result(result: Any, kind: str, ax: Axes | None, language: str) -> Axes:
    """A picture of a result; what ``Result.plot`` gives."""
    return picture(kind_of(kind, OF_RESULT), result, ax, language)


def of_answer(answer: Any, ax: Axes | None, language: str) -> Axes:
    """The picture of an answer; what its ``plot`` gives."""
    draw, size = drawn(answer, language_of(language))
    return picture(draw, answer, ax, language, size)


def drawn(answer: Any, language: Language) -> tuple[Draw, tuple[float, float]]:
    """What draws an answer, and the size in inches that it needs."""
    name = type(answer).__name__
    return OF[name], SIZES[name](answer, language) if name in SIZES else SIZE
