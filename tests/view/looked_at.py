"""What an eye would notice in a picture: texts that touch each other or are cut off; and the pictures' texts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

mpl.use("agg")

__all__ = ["closed", "faults", "texts", "touching"]


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


def touching(ax: Any) -> list[str]:
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


def faults(ax: Any) -> list[str]:
    """Texts that touch another one, are cut off, leave the axes they stand in or hide what is drawn."""
    found = touching(ax)
    found += [f"{text.get_text()!r} leaves the axes" for text in ax.texts if _beyond(ax, text.get_window_extent())]
    legend = ax.get_legend()
    covers = [(text.get_text(), text.get_window_extent().padded(-1.0)) for text in ax.texts]
    covers += [("the legend", legend.get_window_extent())] if legend else []
    return found + [f"{what!r} hides what is drawn" for what, box in covers if _inside(ax, box)]


def _beyond(ax: Any, box: Any) -> bool:
    room = ax.get_window_extent()
    return box.x1 > room.x1 + 1.0 or box.x0 < room.x0 - 1.0 or box.y1 > room.y1 + 1.0 or box.y0 < room.y0 - 1.0


def _inside(ax: Any, box: Any) -> bool:
    """Whether a point of a line, a bar or an area lies in a box of pixels; lines across the axes do not count."""
    drawn = [line.get_xydata() for line in ax.lines if line.get_transform() == ax.transData]
    drawn += [path.vertices for area in ax.collections for path in area.get_paths()]
    drawn += [bar.get_corners() for bar in ax.patches if bar.get_data_transform() == ax.transData]
    pixels = ax.transData.transform(np.concatenate([np.asarray(each, dtype=float).reshape(-1, 2) for each in drawn]))
    return bool(((pixels > box.min) & (pixels < box.max)).all(axis=1).any())
