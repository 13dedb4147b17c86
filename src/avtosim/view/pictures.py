"""Which picture belongs to which answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import comparison, exceedance, fan, goal_seek, months, partners, waterfall
from .style import Axes, Draw, kind_of, picture

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
}


def of_result(result: Any, kind: str, ax: Axes | None, language: str) -> Axes:
    """A picture of a result; what ``Result.plot`` gives."""
    return picture(kind_of(kind, OF_RESULT), result, ax, language)


def of_answer(answer: Any, ax: Axes | None, language: str) -> Axes:
    """The picture of an answer; what its ``plot`` gives."""
    return picture(OF[type(answer).__name__], answer, ax, language)
