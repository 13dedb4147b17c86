"""The density of outputs at a value, from the runs around it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

#: Widths of the kernel beyond which a run adds nothing to a density.
_REACH = 9.0


def log_density_of_runs(ordered: Floats, x: Floats) -> Floats:
    """Logarithm of the density of sorted runs at each value, by normal kernels, reflected at zero if none is negative.

    Where all runs are equal it is the logarithm of a probability. Otherwise it is finite wherever runs can
    lie: beyond all of them it comes from the nearest one.
    """
    low, high = np.quantile(ordered, [0.25, 0.75])
    spread = min(float(np.std(ordered)), float(high - low) / 1.349) or float(np.std(ordered))
    width = 0.9 * spread * ordered.size**-0.2
    if width == 0.0:
        return np.where(x == ordered[0], 0.0, -np.inf)
    made, from_zero = np.full(x.shape, -np.inf), bool(ordered[0] >= 0.0)
    for at in np.ndindex(x.shape):
        if from_zero and x[at] < 0.0:
            continue
        centre = int(np.searchsorted(ordered, x[at]))
        reach = _REACH * width
        first = min(int(np.searchsorted(ordered, x[at] - reach)), max(centre - 1, 0))
        near = ordered[first : max(int(np.searchsorted(ordered, x[at] + reach, side="right")), centre + 1)]
        mirrored = ordered[: int(np.searchsorted(ordered, reach - x[at], side="right")) if from_zero else 0]
        distances = np.concatenate([x[at] - near, x[at] + mirrored]) / width
        made[at] = special.logsumexp(-0.5 * distances**2)
    return np.asarray(made - math.log(ordered.size * width * math.sqrt(2.0 * math.pi)))
