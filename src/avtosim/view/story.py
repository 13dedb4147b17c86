"""A story as a calendar: what happened to whom in each month, below what was planned and built."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..say import say
from .labels import SMALL, axis_names, months, of_all, patch
from .languages import Language
from .rows import MOST, rows
from .rows import size as size_of
from .style import BLUE, GREY, INK, ORANGE, PALE, SKY, Axes, matplotlib, numbered

if TYPE_CHECKING:
    from ..answers.story import Happening, Story

#: What happened -> its colour and pattern; who left is gone from then on.
LOOKS = {
    "stopped": (SKY, "////"),
    "gone": (INK, ""),
    "active": (ORANGE, "..."),
    "launched": ("#ffffff", "\\\\\\\\"),
}
#: Height of the strip of what was built, in rows, and of a row in inches; how much of a name is printed.
_STRIP, _ROW, _WIDTH = 5.5, 0.21, 20
Rows = dict[tuple[str, str], dict[int, "Happening"]]


def happened(story: Story) -> Rows:
    """What happened by name and kind, and by month; what went on for longest first."""
    found: Rows = defaultdict(dict)
    for place, month in enumerate(story.calendar):
        for one in month.happenings:
            kind = one.what if one.what in ("active", "launched") else "stood still"
            found[one.name, kind][place] = one
    return dict(sorted(found.items(), key=lambda row: -sum(one.months for one in row[1].values())))


def draw(story: Story, ax: Axes, language: Language) -> None:
    """Draw a bar in each month, as long as the part of it; a late launch from the month planned to its own."""
    every = happened(story)
    shown = list(every.items())[:MOST]
    rows(ax, [name for (name, _), _ in shown], language, width=_WIDTH)
    end, bottom = len(story.calendar), max(len(shown), 1) - 0.4
    for row, (_, cells) in enumerate(shown):
        for place, one in cells.items():
            what = "gone" if one.what == "left" else one.what
            colour, pattern = LOOKS[what]
            # A launch ends in the middle of its month, since the day is not told.
            start = place if what != "launched" else place + 0.5 - one.months
            style = {"color": colour, "hatch": pattern, "edgecolor": INK, "lw": 0.5}
            ax.barh(row, one.months, left=start, height=0.72, **style)
    for place in range(end + 1):
        ax.plot([place, place], [-0.6, bottom], color=PALE, lw=0.7, zorder=0.5)
    ax.set_xlim(0, end)
    ax.set_ylim(bottom, -1.2 - _STRIP)
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    if not shown:
        ax.text(0.5 * end, 0.0, language(say("nothing happened")), ha="center", va="center", color=GREY)
    months(ax, [month.month for month in story.calendar], 0.5)
    ax.tick_params(axis="x", length=0)
    built = say("{built} built of {planned} planned", built=round(story.built), planned=round(story.planned))
    typical = say("a typical year of {kind}", kind=story.kind)
    _strip(story, ax, language)
    words = {"stopped": say("stopped"), "gone": say("gone"), "active": say("shock"), "launched": say("launched late")}
    seen = {"gone" if one.what == "left" else one.what for _, cells in shown for one in cells.values()}
    looks = [patch(language(words[what]), *LOOKS[what]) for what in LOOKS if what in seen]
    strip = [patch(language(say("planned")), "white", ""), patch(language(say("built")), BLUE, "")]
    left = of_all(len(shown), len(every))
    axis_names(ax, language, typical, built, left, entries=[*strip, *looks])


def _strip(story: Story, ax: Axes, language: Language) -> None:
    """What was planned and built in each month, above the calendar."""
    bottom, top = ax.get_ylim()
    share = _STRIP / (bottom - top)
    strip = ax.inset_axes([0.0, 1.0 - share, 1.0, share])
    middle = [place + 0.5 for place in range(len(story.calendar))]
    strip.bar(middle, [m.planned for m in story.calendar], width=0.8, color="white", edgecolor=GREY, lw=0.8)
    strip.bar(middle, [m.built for m in story.calendar], width=0.8, color=BLUE)
    strip.set_xlim(0, len(middle))
    strip.set_xticks([])
    strip.yaxis.set_major_locator(matplotlib(".ticker").MaxNLocator(3))
    numbered(strip.yaxis, language)
    strip.set_ylabel(language(say("vehicles")), fontsize=SMALL)


def size(story: Story, _: Language) -> tuple[float, float]:
    """Size in inches that the rows need."""
    names = [name for name, _ in happened(story)][:MOST]
    return size_of(names, each=_ROW, more=_STRIP + 1.0, width=_WIDTH)
