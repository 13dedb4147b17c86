"""The one image from uniform numbers to standard normal scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .hashing import CHUNK

Floats = NDArray[np.float64]

# The image is a straight line in each of 256 cells between neighbouring powers of two.
_SHIFT = np.uint64(44)
#: Largest error of a score.
ERROR = 1e-6
# Each cell ends so far before the next begins that rounding cannot turn their order.
_GAP = 1e-13


def _lines() -> tuple[Floats, Floats]:
    """Intercept and slope of the image, in the order of the bits of u, or of u - 1 where u lies above one half.

    The signs of the two halves are part of their bits. What lies between is never read, nor is its memory touched.
    """
    first, last = (int(np.float64(u).view(np.uint64) >> _SHIFT) for u in (2.0**-54, 0.5))
    edges = (np.arange(first, last + 2, dtype=np.uint64) << _SHIFT).view(np.float64)
    scores = special.ndtri(np.minimum(edges, 0.5))
    intercept, slope = np.zeros((2, 1 << (64 - int(_SHIFT))))
    lower, upper = (slice(first + half, last + 1 + half) for half in (0, slope.size // 2))
    slope[lower] = slope[upper] = np.maximum(np.diff(scores) - _GAP, 0.0) / np.diff(edges)
    intercept[lower] = scores[:-1] - slope[lower] * edges[:-1]
    intercept[upper] = -intercept[lower]
    return intercept, slope


_INTERCEPT, _SLOPE = _lines()


def scores_of(uniforms: Floats) -> Floats:
    """Standard normal scores of uniform numbers, in place: within ``ERROR`` of the inverse of the normal cdf.

    The image rises with its argument, and the scores of u and 1 - u differ in their sign only.

    Parameters
    ----------
    uniforms : array of float
        Numbers from 2**-54 to 1 - 2**-53, contiguous; overwritten.

    Returns
    -------
    array of float
        The same array, holding the scores.

    Notes
    -----
    Costs about a quarter of the exact inverse. The error comes from the straight lines and is largest in the middle of
    the cells next to a score of 1; it has the same sign in all of a half.
    """
    flat = uniforms.reshape(-1)
    size = min(flat.size, CHUNK)
    tail, slope, cell = np.empty(size), np.empty(size), np.empty(size, dtype=np.uint64)
    for start in range(0, flat.size, CHUNK):
        part = flat[start : start + CHUNK]
        if part.size < size:
            tail, slope, cell = tail[: part.size], slope[: part.size], cell[: part.size]
        # u, or u - 1 above one half: exact either way.
        np.rint(part, out=tail)
        np.subtract(part, tail, out=tail)
        np.right_shift(tail.view(np.uint64), _SHIFT, out=cell)
        # Places are in range; "clip" only spares take a second look.
        places = cell.view(np.intp)
        _INTERCEPT.take(places, mode="clip", out=part)
        _SLOPE.take(places, mode="clip", out=slope)
        slope *= tail
        part += slope
    return uniforms
