"""The outside view: what became of each plan of the class, with this plan and its law on top."""

from __future__ import annotations

from typing import Any

from ..answers.numbers import percent, vehicles
from ..say import say
from .labels import above, axis_names, mark
from .languages import Language
from .rows import interval, rows
from .rows import size as size_of
from .style import BLUE, INK, ORANGE, Axes, numbered, shortened

_GOES_ON: dict[str, Any] = {"marker": "o", "color": BLUE, "ms": 4.5}
_DIES: dict[str, Any] = {"marker": "X", "color": ORANGE, "ms": 6.0}
_LAW: dict[str, Any] = {"marker": "o", "color": INK, "mfc": "white", "mew": 1.5, "ms": 7}
#: How much of the name of a company is printed, how much of a row, and in letters of which size.
_WIDTH, _ROW, _LETTERS = 35, 60, 7.0


def draw(view: Any, ax: Axes, language: Language) -> None:
    """Draw built over plan of each statement, a row for each company-year, below P10, P50 and P90 of this plan."""
    every = _by_company_year(view)
    rows(ax, [say("this plan, {year}", year=view.year), *every], language, width=_ROW, letters=_LETTERS)
    low, middle, high = view.ppf([0.1, 0.5, 0.9])
    interval(ax, 0, low / view.plan, high / view.plan, lw=4.0, marker="", solid_capstyle="butt")
    ax.plot([middle / view.plan], [0], **_LAW)
    for row, cases in enumerate(every.values(), 1):
        for case in cases:
            later = {"mfc": "white"} if case.months_to_go < view.months_to_go else {}
            ax.plot([case.ratio], [row], **{**(_DIES if case in view.dead else _GOES_ON), **later})
    ax.axvline(1.0, color=INK, lw=1.0, zorder=0.9)
    above(ax, language(say("the plan")), 1.0)
    ax.axhline(0.5, color=INK, lw=0.6)
    ax.set_xlim(left=-0.03)
    numbered(ax.xaxis, language, percent=True)
    # More than two digits would promise more than so few cases can tell.
    p10, p50, p90 = (vehicles(float(f"{end:.2g}")) for end in (low, middle, high))
    plan = vehicles(view.plan)
    law = say("this plan of {plan} vehicles: P10 {p10}, P50 {p50}, P90 {p90}", plan=plan, p10=p10, p50=p50, p90=p90)
    dies = say("less than a fifth of it (chance {chance})", chance=percent(view.chance_dies))
    entries = [
        mark(language(say("this plan, P10 to P90, P50")), ls="-", lw=4.0, **_LAW),
        mark(language(say("built of another plan")), **_GOES_ON),
        mark(language(say("stated with less of its year to go")), **{**_GOES_ON, "mfc": "white"}),
        mark(language(dies), **_DIES),
    ]
    axis_names(ax, language, say("built, share of the plan"), law, entries=entries)


def size(view: Any, _: Language) -> tuple[float, float]:
    """Size in inches that the company-years need."""
    return size_of(["", *_by_company_year(view)], each=0.165, besides=1.4, width=_ROW)


def _by_company_year(view: Any) -> dict[str, list[Any]]:
    """The statements of each company-year, those with the highest ratios first."""
    found: dict[str, list[Any]] = {}
    for case in sorted(view.cases, key=lambda case: -case.ratio):
        found.setdefault(f"{shortened(case.company, _WIDTH)} {case.period}", []).append(case)
    return found
