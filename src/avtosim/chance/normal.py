"""The one image from uniform numbers to standard normal scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .hashing import CHUNK

Floats = NDArray[np.float64]

# The image is a straight line in each of 256 cells between neighbouring powers of two.
_SHIFT = 44
#: Largest error of a score.
ERROR = 1e-6
# Each cell ends so far before the next begins that rounding cannot turn their order.
_GAP = 1e-13


def _lines() -> tuple[Floats, Floats]:
    """Intercept and slope of the lower half of the image, in the order of the bits of the uniform number.

    What lies before the smallest uniform number is never read, nor is its memory touched.
    """
    first, last = (int(np.float64(u).view(np.int64)) >> _SHIFT for u in (2.0**-54, 0.5))
    edges = (np.arange(first, last + 2, dtype=np.int64) << _SHIFT).view(np.float64)
    scores = special.ndtri(np.minimum(edges, 0.5))
    intercept, slope = np.zeros((2, last + 1))
    slope[first:] = np.maximum(np.diff(scores) - _GAP, 0.0) / np.diff(edges)
    intercept[first:] = scores[:-1] - slope[first:] * edges[:-1]
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
    spare, tail, slope, cell = np.empty(size), np.empty(size), np.empty(size), np.empty(size, dtype=np.int64)
    for start in range(0, flat.size, CHUNK):
        part = flat[start : start + CHUNK]
        if part.size < size:
            size = part.size
            spare, tail, slope, cell = spare[:size], tail[:size], slope[:size], cell[:size]
        np.subtract(1.0, part, out=spare)
        np.minimum(part, spare, out=tail)
        # What is left in ``spare`` has the sign of the score.
        np.subtract(part, spare, out=spare)
        np.right_shift(tail.view(np.int64), _SHIFT, out=cell)
        # Places are in range; "clip" only spares take a second look.
        _INTERCEPT.take(cell, mode="clip", out=part)
        _SLOPE.take(cell, mode="clip", out=slope)
        slope *= tail
        part += slope
        np.copysign(part, spare, out=part)
    return uniforms
