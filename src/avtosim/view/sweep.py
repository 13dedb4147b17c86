"""Sweeps: the chance of a target along one lever, or over two of them with contours."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from ..answers.numbers import stated
from ..say import Number, say
from .labels import SMALL, axis_names
from .languages import NO_BREAK, Language
from .style import BLUE, INK, Axes, matplotlib, numbered, shortened

if TYPE_CHECKING:
    from ..answers.sweep import ProbabilityGrid, Sweep

#: Chances at which there is a contour.
CONTOURS = 0.05, 0.25, 0.5, 0.75, 0.95
#: The darker end of a colour scale is left out, so that what is written on it is legible.
_LIGHT = 0.62
#: Rows and columns at most of cells whose chances are printed in them, where no contour passes.
_FEW = 9, 4
#: Letters of such a chance in a line.
_WIDE = 9
#: The chance up to which a line's axis reaches at least.
_LEAST = 0.1
#: Ends of the colour scale, which begins at 0; the least that holds all chances is taken.
_SCALES = 0.1, 0.2, 0.5, 1.0
#: Lines of text that have room along an axis from below to above, and letters from left to right.
_LINES, _LETTERS = 14, 52


def draw(sweep: Sweep, ax: Axes, language: Language) -> None:
    """Draw the chance of the first target: a line with its intervals, or a map."""
    grid = sweep.chance(sweep.targets[0])
    what = say("chance of {what}", what=sweep.results[0].in_words(grid.target))
    names = list(sweep.levers)
    words = [sweep.words.get(name, name) for name in names]
    places = [_places(sweep.levers[name]) for name in names]
    if len(names) == 1:
        _line(grid, places[0], ax)
        numbered(ax.yaxis, language, percent=True)
    else:
        bar = _map(sweep, grid, places, ax, language)
        numbered(bar.ax.yaxis, language, percent=True)
        axis_names(bar.ax, language, y=what)
        _axis(ax.yaxis, sweep.levers[names[0]], places[0], language)
    _axis(ax.xaxis, sweep.levers[names[-1]], places[-1], language)
    axis_names(ax, language, words[-1], y=what if len(names) == 1 else words[0])


def _line(grid: ProbabilityGrid, at: Any, ax: Axes) -> None:
    order = np.argsort(at)
    ax.fill_between(at[order], grid.low[order], grid.high[order], color=BLUE, alpha=0.2, lw=0)
    ax.errorbar(
        at, grid.value, (grid.value - grid.low, grid.high - grid.value), fmt="none", ecolor=BLUE, lw=1.0, capsize=2
    )
    ax.plot(at[order], grid.value[order], "o-", color=BLUE, ms=4)
    # What is never reached lies along the foot and fills no picture.
    ax.set_ylim(0.0, min(1.0, max(_LEAST, 1.15 * float(grid.high.max()))))


def _map(sweep: Sweep, grid: ProbabilityGrid, places: Sequence[Any], ax: Axes, language: Language) -> Any:
    """Draw the map with its contours; returns its colour scale."""
    down, across = (np.argsort(at) for at in places)
    y, x, chance = places[0][down], places[1][across], grid.value[np.ix_(down, across)]
    colours = matplotlib(".colors").ListedColormap(matplotlib().colormaps["Blues"](np.linspace(0.0, _LIGHT, 256)))
    most = next(end for end in _SCALES if end >= chance.max())
    drawn = ax.pcolormesh(_edges(x), _edges(y), chance, cmap=colours, vmin=0.0, vmax=most)
    levels = [level for level in CONTOURS if chance.min() < level < chance.max()]
    # Between values that are no numbers there is nothing that a contour could pass.
    if levels and min(chance.shape) > 1 and all(map(_are_numbers, sweep.levers.values())):
        lines = ax.contour(x, y, chance, levels=levels, colors=INK, linewidths=1.1)
        ax.clabel(lines, fmt=lambda level: language(Number(f"{100.0 * level:.0f} %", level)), fontsize=8)
    elif chance.shape[0] <= _FEW[0] and chance.shape[1] <= _FEW[1]:
        for row, column in np.ndindex(chance.shape):
            text = language(format(sweep.result(int(down[row]), int(across[column])).chance(grid.target), "value"))
            text = textwrap.fill(text.replace(" %", f"{NO_BREAK}%"), _WIDE)
            ax.text(x[column], y[row], text, ha="center", va="center", fontsize=7)
    ax.grid(visible=False)
    return ax.figure.colorbar(drawn, ax=ax)


def _places(values: Sequence[object]) -> Any:
    """Where the values of a lever lie: at themselves, or one after the other where they are no different numbers."""
    return np.array(values if _are_numbers(values) else range(len(values)), dtype=np.float64)


def _are_numbers(values: Sequence[object]) -> bool:
    return all(isinstance(value, Real) for value in values) and len(set(values)) == len(values)


def _edges(at: Any) -> Any:
    """Edges of cells about these places, midway between them."""
    if at.size == 1:
        return at[0] + np.array([-0.5, 0.5]) * (abs(at[0]) or 1.0)
    middle = 0.5 * (at[1:] + at[:-1])
    return np.concatenate([[1.5 * at[0] - 0.5 * at[1]], middle, [1.5 * at[-1] - 0.5 * at[-2]]])


def _axis(axis: Any, values: Sequence[object], places: Any, language: Language) -> None:
    """Values of a lever along its axis, as many as have room."""
    texts = [
        language(stated(float(v))) if isinstance(v, Real) else shortened(v if isinstance(v, str) else repr(v), 22)
        for v in values
    ]
    laws = not all(isinstance(value, Real) for value in values)
    turned = {"rotation": 20, "ha": "right"} if laws and axis.axis_name == "x" else {}
    shown: list[int] = []
    for at in np.argsort(places, kind="stable"):
        width = 1.0 / _LINES if axis.axis_name == "y" or laws else (len(texts[at]) + 2.0) / _LETTERS
        if not shown or places[at] - places[shown[-1]] >= width * np.ptp(places):
            shown.append(int(at))
    axis.set_ticks(
        places[shown], [texts[at] for at in shown], fontsize=7.0 if laws else SMALL, parse_math=False, **turned
    )
