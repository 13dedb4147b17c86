"""The outside view: what became of each plan of the class, with this plan and its law on top."""

from __future__ import annotations

from typing import Any

from ..answers.numbers import percent, vehicles
from ..say import say
from .languages import Language
from .rows import interval, label, legend, mark, rows
from .rows import size as size_of
from .style import BLUE, INK, ORANGE, Axes, numbered

_GOES_ON: dict[str, Any] = {"marker": "o", "color": BLUE, "ms": 4.5}
_DIES: dict[str, Any] = {"marker": "X", "color": ORANGE, "mec": INK, "mew": 0.5, "ms": 6.0}


def draw(view: Any, ax: Axes, language: Language) -> None:
    """Draw built over plan of each statement, a row for each company-year, below P10, P50 and P90 of this plan."""
    every = _by_company_year(view)
    rows(ax, [language(say("this plan, {year}", year=view.year)), *every])
    low, middle, high = (end / view.plan for end in view.ppf([0.1, 0.5, 0.9]))
    interval(ax, 0, low, high, color=INK, lw=4.0)
    ax.plot([middle], [0], "o", color=INK, mfc="white", mew=1.5, ms=7)
    for row, cases in enumerate(every.values(), 1):
        for case in cases:
            ax.plot([case.ratio], [row], **(_DIES if case in view.dead else _GOES_ON))
    ax.axvline(1.0, color=INK, lw=1.0, zorder=0.9)
    ax.axhline(0.5, color=INK, lw=0.6)
    ax.set_xlim(left=-0.02)
    numbered(ax.xaxis, language, percent=True)
    # More than two digits would promise more than so few cases can tell.
    ends = {
        f"p{share}": vehicles(float(f"{end * view.plan:.2g}")) for share, end in ((10, low), (50, middle), (90, high))
    }
    law = say("this plan of {plan} vehicles: P10 {p10}, P50 {p50}, P90 {p90}", plan=vehicles(view.plan), **ends)
    label(ax, language, say("built, share of the plan"), law)
    goes_on, dies = (say("goes on"), say("dies: {chance}", chance=percent(view.chance_dies)))
    law_line = mark(language(say("P10 to P90, P50")), "o", ls="-", lw=4.0, mfc="white", mew=1.5, ms=7)
    legend(ax, [law_line, mark(language(goes_on), **_GOES_ON), mark(language(dies), **_DIES)], below=6.0)


def size(view: Any, _: Language) -> tuple[float, float]:
    """Size in inches that the company-years need."""
    return size_of(["", *_by_company_year(view)], each=0.19, width=60)


def _by_company_year(view: Any) -> dict[str, list[Any]]:
    """The statements of each company-year, those with the highest ratios first."""
    found: dict[str, list[Any]] = {}
    for case in sorted(view.cases, key=lambda case: -case.ratio):
        found.setdefault(f"{case.company} {case.period}", []).append(case)
    return found
