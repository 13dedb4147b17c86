"""Output by partner: the mean and the range that holds eight years in ten, largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..say import say
from .labels import axis_names
from .languages import Language
from .rows import beside, interval, rows
from .style import INK, SKY, Axes, numbered

if TYPE_CHECKING:
    from ..answers.result import Result

#: Partners that are named at most.
_MOST = 12


def draw(result: Result, ax: Axes, language: Language) -> None:
    """Draw the mean, P10 and P90 of ``result.by_partner``; of many, the largest ones.

    Raises ``ValueError`` where there is no partner.
    """
    found = result.by_partner
    if not found.names:
        raise ValueError("kind: 'partners' must have partners to show; this plant has none")
    means = {name: found.mean(name) for name in found.names}
    named = sorted(means, key=lambda name: -means[name].value)
    named, rest = (named, []) if len(named) <= _MOST else (named[: _MOST - 1], named[_MOST - 1 :])
    ranges = [(found.quantile(name, 0.1).value, found.quantile(name, 0.9).value) for name in named]
    values = [means[name].value for name in named]
    at = range(len(named))
    ax.barh(at, values, height=0.62, color=SKY, edgecolor=INK, lw=0.5)
    for row, both in enumerate(ranges):
        interval(ax, row, *both)
    ends = [max(value, high) for value, (_, high) in zip(values, ranges, strict=True)]
    texts = [language(format(means[name], "value")) for name in named]
    ax.set_xlim(0.0, max(*ends, 1.0) * 1.02)
    names: list[str] = [*named]
    if rest:
        names.append(say("{count} more", count=len(rest)))
        ends.append(0.0)
        most = format(means[rest[0]], "value")
        texts.append(language(say("no more than {most} each", most=most)))
    rows(ax, names, language)
    beside(ax, ends, texts)
    numbered(ax.xaxis, language)
    year = say("mean, and the range of eight years in ten, vehicles")
    axis_names(ax, language, year if result.is_year else say("mean, and the range of eight runs in ten, vehicles"))
