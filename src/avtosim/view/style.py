"""The one style of all pictures: sizes, axes, numbers, and colours that stay apart in grey and to the colour-blind."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from ..answers.numbers import stated
from ..say import Number
from .languages import Language, language_of

#: Width and height of a picture in inches: one column of a page, from which it is legible down to 400 pixels.
SIZE = 5.2, 3.4
#: Colours of Okabe and Ito (2008), which the colour-blind tell apart, and their lightness in grey print too.
BLUE, ORANGE, GREEN, PURPLE, SKY, INK, GREY, PALE = (
    "#0072b2",
    "#d55e00",
    "#007a5a",
    "#aa4f87",
    "#56b4e9",
    "#1a1a1a",
    "#5f6368",
    "#d9dce1",
)
#: How well a number stands -> colour and pattern of what is drawn of it: the weaker, the darker and the denser.
STANDING: Mapping[str, tuple[str, str]] = {
    "guess": (ORANGE, "xxx"),
    "no source": (ORANGE, "..."),
    "not stated": (ORANGE, "ooo"),
    "assumption": (SKY, "///"),
    "derived": (PALE, ""),
    "sourced": ("#ffffff", ""),
    "default": ("#ffffff", ".."),
}
_STYLE = {
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e8eb",
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "path",
    # Names of facts are text and never formulas.
    "text.parse_math": False,
}

Axes = Any
Draw = Callable[[Any, Axes, Language], None]


def matplotlib(part: str = "") -> Any:
    """Matplotlib, or a module of it; raises ``ImportError`` where it is not installed."""
    try:
        return importlib.import_module(f"matplotlib{part}")
    except ImportError:
        raise ImportError("plot: needs matplotlib; install it with: pip install 'avtosim[plots]'") from None


@contextmanager
def styled() -> Iterator[None]:
    """The style of all pictures, for what is drawn meanwhile."""
    with matplotlib().rc_context(_STYLE):
        yield


def picture(draw: Draw, answer: Any, ax: Axes | None, language: str, size: tuple[float, float] = SIZE) -> Axes:
    """A picture of an answer, on axes of its own where none are given; returns its axes.

    Raises ``TypeError`` if ``ax`` is no Axes, and ``ValueError`` for a language that there is not.
    """
    tongue = language_of(language)
    axes = matplotlib(".axes").Axes
    if ax is not None and not isinstance(ax, axes):
        raise TypeError(f"ax: must be an Axes of matplotlib, as plt.subplots() gives; got {ax!r:.60}")
    with styled():
        if ax is not None:
            ax.tick_params(labelsize=_STYLE["xtick.labelsize"])
            draw(answer, ax, tongue)
            return ax
        figure, ax = matplotlib(".pyplot").subplots(figsize=size, layout="constrained")
        try:
            draw(answer, ax, tongue)
        except BaseException:
            matplotlib(".pyplot").close(figure)
            raise
    return ax


def kind_of(kind: object, known: Mapping[str, Any]) -> Any:
    """What is known under the name of a kind of picture; raises ``ValueError`` for another name."""
    if not isinstance(kind, str) or kind not in known:
        raise ValueError(f"kind: must be one of {', '.join(known)}; got {kind!r:.60}")
    return known[kind]


@cache
def _tick(language: Language, percent: bool) -> Callable[[float, int], str]:  # noqa: FBT001 - part of the key
    def text(value: float, _: int) -> str:
        shown = 100.0 * value if percent else value
        return language(Number(f"{stated(shown)} %", shown) if percent else stated(shown))

    return text


def numbered(axis: Any, language: Language, *, percent: bool = False) -> None:
    """Print the numbers of an axis as the language does; shares in per cent."""
    axis.set_major_formatter(matplotlib(".ticker").FuncFormatter(_tick(language, percent)))


def shortened(text: str, most: int = 34) -> str:
    """A name that fits beside a picture."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
