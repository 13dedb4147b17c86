"""What an eye would notice in a picture: texts that touch each other or are cut off; and the pictures' texts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

mpl.use("agg")

__all__ = ["closed", "faults", "texts"]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No test leaves a figure open."""
    yield
    plt.close("all")


def _seen(ax: Any) -> list[Any]:
    """All texts that are shown: labels, numbers of the axes, texts inside, legend."""
    legend = ax.get_legend()
    every = [*ax.texts, ax.xaxis.label, ax.yaxis.label, ax.title, *(legend.get_texts() if legend else ())]
    for axis, (low, high) in ((ax.xaxis, sorted(ax.get_xlim())), (ax.yaxis, sorted(ax.get_ylim()))):
        every += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [text for text in every if text.get_visible() and text.get_text().strip()]


def texts(ax: Any) -> list[str]:
    """All texts that are shown."""
    ax.figure.canvas.draw()
    return [text.get_text() for text in _seen(ax)]


def faults(ax: Any) -> list[str]:
    """Texts that touch another one by more than half a pixel, or leave the figure; the picture is drawn for it."""
    ax.figure.canvas.draw()
    whole = ax.figure.bbox
    boxes = [(text.get_text(), text.get_window_extent()) for text in _seen(ax)]
    found = [
        f"{text!r} is cut off"
        for text, box in boxes
        if box.x0 < whole.x0 - 0.5 or box.x1 > whole.x1 + 0.5 or box.y0 < whole.y0 - 0.5 or box.y1 > whole.y1 + 0.5
    ]
    for (one, first), (other, second) in combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        if wide > 0.5 and high > 0.5:
            found.append(f"{one!r} touches {other!r}")
    return found
