"""Products of arrays, put off until a slice of runs is needed, so that they are worked out in cache."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from .reading import Floats

__all__ = ["Multiplier", "ShockEffect", "cut_all"]


@attrs.frozen
class ShockEffect:
    """A factor 1 + active * change: what a shock multiplies by, in the share of each month in which it is active."""

    active: Floats  # (months, runs or 1)
    change: float | Floats  # a number, or (1, runs): the multiplier less 1
    months: slice  # those in which it can be active at all


@attrs.frozen(eq=False)
class Multiplier:
    """Arrays (months or 1, runs or 1) to be multiplied, and shocks that strike the product."""

    factors: Sequence[Floats]
    struck: Sequence[ShockEffect] = ()

    @property
    def one(self) -> bool:
        """Whether there is nothing to multiply."""
        return not self.factors and not self.struck

    def at(self, runs: slice) -> Floats:
        """The product in a slice of runs, (months or 1, runs or 1)."""
        factors = [cut_all(factor, runs) for factor in self.factors]
        struck = [(cut_all(s.active, runs), _cut(s.change, runs), s.months) for s in self.struck]
        shapes = [array.shape for array in factors]
        shapes += [np.broadcast_shapes(active.shape, np.shape(change)) for active, change, _ in struck]
        made = np.ones(np.broadcast_shapes((1, 1), *shapes))
        for factor in factors:
            made *= factor
        room = np.empty(made.shape)
        for active, change, months in struck:
            # Where a shock is not active the factor is exactly 1.
            factor = np.multiply(active[months], change, out=room[months])
            factor += 1.0
            made[months] *= factor
        return made


def _cut(value: float | Floats, runs: slice) -> float | Floats:
    return value if isinstance(value, float) else cut_all(value, runs)


def cut_all(grid: Floats, runs: slice) -> Floats:
    """All rows, cut to a slice of runs; a length of 1 serves all runs."""
    return grid[:, runs] if grid.shape[1] > 1 else grid
