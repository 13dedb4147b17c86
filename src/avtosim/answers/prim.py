"""Boxes that hold many years of a kind and few others: the patient rule induction method (PRIM), on plain arrays.

A box is a pair of arrays, low and high, with a number for each row of a table: a year lies in it where low < value <=
high in every row. A row without a bound has an infinite one.

References
----------
.. [1] Friedman, J. H. and Fisher, N. I. (1999). Bump hunting in high-dimensional data. Statistics and Computing 9(2),
   123-143.
.. [2] Bryant, B. P. and Lempert, R. J. (2010). Thinking inside the box: a participatory, computer-assisted approach to
   scenario discovery. Technological Forecasting and Social Change 77(1), 34-49.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Hits = NDArray[np.bool_]
Box = tuple[Floats, Floats]

#: Share of a box's years that one peel takes.
_PEEL = 0.05
#: Share of a box's years that may enter or leave it when a bound is rounded.
_ROUND = 0.02


def restricted(box: Box) -> list[int]:
    """The rows that a box restricts."""
    return np.flatnonzero(np.isfinite(box[0]) | np.isfinite(box[1])).tolist()


def inside(values: Floats, box: Box, *, free: int | None = None) -> Hits:
    """Which years lie in a box; row ``free`` is taken without its bounds."""
    made = np.ones(values.shape[1], dtype=np.bool_)
    for row in restricted(box):
        if row != free:
            made &= (values[row] > box[0][row]) & (values[row] <= box[1][row])
    return made


def density(hits: Hits, within: Hits) -> float:
    """Share of the years in a box that are of the kind."""
    return float(np.count_nonzero(hits & within) / np.count_nonzero(within))


def peeled(values: Floats, hits: Hits, least: float = 0.05) -> list[Box]:
    """The boxes on the way from all years down to a share ``least`` of them, each of which peels the one before [1]_.

    A peel takes 5 % of the years at one end of one row, with all that tie with the last of them: the one that gains
    most density for each year that it takes. Bounds stand midway between the values on both sides. Where the gain is
    the same, a row that is restricted already goes first. The way ends where no peel gains anything.
    """
    rows = np.arange(len(values))
    low, high = np.full(rows.size, -np.inf), np.full(rows.size, np.inf)
    made, order = [(low, high)], np.argsort(values, axis=1, kind="stable")
    ordered, keep = np.take_along_axis(values, order, axis=1), np.ones(hits.size, dtype=np.bool_)
    while rows.size:
        size, count = order.shape[1], np.zeros((rows.size, order.shape[1] + 1))
        np.cumsum(hits[order], axis=1, out=count[:, 1:])
        last = int((size - 1) * _PEEL)
        # Years below the lower cut and below the upper one; what lies between the ends of the row is kept.
        below = (ordered <= ordered[:, last, None]).sum(axis=1)
        upto = (ordered < ordered[:, size - 1 - last, None]).sum(axis=1)
        kept = np.stack([upto, size - below], axis=1)
        found = np.stack([count[rows, upto], count[:, -1] - count[rows, below]], axis=1)
        gain = (found / np.maximum(kept, 1) - count[:, -1:] / size) / np.maximum(size - kept, 1)
        gain[(kept == 0) | (kept == size)] = 0.0
        best = gain.max()
        if best <= 0.0:
            break
        known = (np.isfinite(low) | np.isfinite(high))[:, None] & (gain == best)
        row, side = np.argwhere(known if known.any() else gain == best)[0]
        if kept[row, side] < least * hits.size:
            break
        cut = int(below[row] if side else upto[row])
        keep[order[row, :cut] if side else order[row, cut:]] = False
        low, high = low.copy(), high.copy()
        (low if side else high)[row] = 0.5 * (ordered[row, cut - 1] + ordered[row, cut])
        made.append((low, high))
        stays = keep[order]
        order, ordered = order[stays].reshape(rows.size, -1), ordered[stays].reshape(rows.size, -1)
    return made


def balance(values: Floats, hits: Hits, box: Box) -> float:
    """The harmonic mean of a box's coverage and of its gain in density, as a share of the gain there could be."""
    base, within = float(hits.mean()), inside(values, box)
    if base == 1.0 or not within.any():
        return 0.0
    gain = (density(hits, within) - base) / (1.0 - base)
    coverage = np.count_nonzero(hits & within) / np.count_nonzero(hits)
    return 0.0 if gain <= 0.0 else float(2.0 * gain * coverage / (gain + coverage))


def pruned(values: Floats, hits: Hits, box: Box, most: int, gain: float) -> Box:
    """A box without the restrictions that add least density: ``most`` stay at most, each of which adds ``gain``."""
    low, high = (bounds.copy() for bounds in box)
    while rows := restricted((low, high)):
        whole = density(hits, inside(values, (low, high)))
        added = [whole - density(hits, inside(values, (low, high), free=row)) for row in rows]
        if len(rows) <= most and min(added) >= gain:
            break
        row = rows[int(np.argmin(added))]
        low[row], high[row] = -np.inf, np.inf
    return low, high


def rounded(values: Floats, box: Box) -> Box:
    """A box with each bound in as few digits as keep 98 % of its years in it, and as few others out."""
    low, high = (bounds.copy() for bounds in box)
    for row in restricted(box):
        near = values[row, inside(values, (low, high), free=row)]
        for bounds in (low, high):
            if np.isfinite(bounds[row]):
                above = near > bounds[row]
                most = _ROUND * np.count_nonzero(above if bounds is low else ~above)
                every = (0.0, *(float(f"{bounds[row]:.{digits}g}") for digits in range(1, 17)), bounds[row])
                bounds[row] = next(b for b in every if np.count_nonzero((near > b) != above) <= most)
    return low, high


def region(values: Floats, hits: Hits, *, most: int = 3, gain: float = 0.02, fewest: int = 50) -> Box:
    """At most so many restrictions, each of which adds ``gain`` of density, for years of a kind.

    Peels all rows, takes the box of the best balance, prunes it, peels the rows that are left once more by themselves,
    since what was peeled off others is theirs again, and takes, prunes and rounds the best of these boxes. No box holds
    fewer than ``fewest`` years.
    """
    least = max(min(0.05, 0.5 * float(hits.mean())), fewest / hits.size)
    low, high = (np.full(len(values), end) for end in (-np.inf, np.inf))
    rows = list(range(len(values)))
    for _ in range(2):
        own = values[rows]
        boxes = peeled(own, hits, least)
        box = pruned(own, hits, max(boxes, key=lambda box: balance(own, hits, box)), most, gain)
        rows, left = [rows[row] for row in restricted(box)], restricted(box)
        box = box[0][left], box[1][left]
    low[rows], high[rows] = rounded(values[rows], box)
    return low, high
