"""What other scenarios build more or less than the base, paired run by run, and the chance of the first target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..say import joined, say
from .labels import SMALL, axis_names, gutter
from .languages import Language
from .rows import interval, rows, sure
from .style import BLUE, INK, ORANGE, Axes, numbered, shortened

if TYPE_CHECKING:
    from ..answers.comparison import Comparison

#: Scenarios beside the base that are shown at most.
_MOST = 8


def draw(answer: Comparison, ax: Axes, language: Language) -> None:
    """Draw ``mean_difference`` of each scenario with its paired interval, and print the chance of the first target."""
    others = list(answer)[1:]
    changes = {name: answer.mean_difference(name) for name in others}
    largest = sorted(others, key=lambda name: -abs(changes[name].value))
    named = others if len(others) <= _MOST else [name for name in others if name in largest[: _MOST - 1]]
    ends = [end for name in named for end in (changes[name].low, changes[name].high)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    ax.axvline(0.0, color=INK, lw=1.0)
    ax.plot([0.0], [0], "D", color=INK, ms=5.0)
    for row, name in enumerate(named, 1):
        change = changes[name]
        # Told apart by shape and by side of the line, too.
        colour, marker = (BLUE, "o") if change.value >= 0.0 else (ORANGE, "s")
        interval(ax, row, change.low, change.high, color=colour, lw=2.0, ms=7.0)
        ax.plot([change.value], [row], marker, color=colour, ms=5.5)
        text = language(format(change, "difference"))
        # From its dot a number reaches towards the middle, where there is room.
        side, shift = ("left", -6) if 2.0 * change.value < low + high else ("right", 6)
        above = {"xytext": (shift, 6), "textcoords": "offset points", "ha": side, "fontsize": SMALL}
        ax.annotate(text, (change.value, row), **above, bbox={"fc": "white", "lw": 0, "pad": 0.5})
    names: list[str] = [answer.base, *named]
    if len(named) < len(others):
        names.append(say("{count} more, nearer to the base", count=len(others) - len(named)))
    pad = 0.2 * (high - low) or 1.0
    ax.set_xlim(low - pad, high + pad)
    rows(ax, names, language)
    texts = _chances(answer, [answer.base, *named])
    texts += [""] * (len(names) - len(texts))
    if answer.targets:
        ax.set_ylim(len(names) - 0.4, -1.8)
        target = shortened(language(answer[answer.base].in_words(answer.targets[0])))
        head = joined("\n", [say("chance of"), target])
        made = [ax.text(0.0, row, language(text), fontsize=SMALL, va="center") for row, text in enumerate(texts)]
        made.append(ax.text(0.0, -1.2, language(head), fontsize=SMALL, va="center"))
        at = gutter(ax, made, high + pad, low - pad)
        for text in made:
            text.set_x(at)
    numbered(ax.xaxis, language)
    what = say('expected output minus that of "{base}", vehicles', base=shortened(answer.base, 24))
    axis_names(ax, language, what, entries=[sure(language)])


def _chances(answer: Comparison, names: list[str]) -> list[str]:
    """The chance of the first target under each scenario, and how it differs from that under the base."""
    texts = []
    for name in names if answer.targets else ():
        chance = format(answer[name].chance(answer.targets[0]), "value")
        if name == answer.base:
            texts.append(chance)
            continue
        change = format(answer.chance_difference(name, answer.targets[0]), "difference")
        texts.append(say("{chance} ({change})", chance=chance, change=change))
    return texts
