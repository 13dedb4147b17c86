"""Products of arrays, put off until a slice of runs is needed, so that they are worked out in cache."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from .quantities import Floats

__all__ = ["Product", "Struck", "cut_all"]


@attrs.frozen
class Struck:
    """A factor 1 + active * change: what a shock multiplies by, in the share of each month in which it is active."""

    active: Floats  # (months, runs or 1)
    change: float | Floats  # a number, or (1, runs): the multiplier less 1


@attrs.frozen(eq=False)
class Product:
    """Arrays (months or 1, runs or 1) to be multiplied, and shocks that strike the product."""

    factors: Sequence[Floats]
    struck: Sequence[Struck] = ()

    @property
    def one(self) -> bool:
        """Whether there is nothing to multiply."""
        return not self.factors and not self.struck

    def at(self, runs: slice) -> Floats:
        """The product in a slice of runs, (months or 1, runs or 1); a fresh array, unless there is one factor only."""
        made, *others = [cut_all(factor, runs) for factor in self.factors] or [np.ones((1, 1))]
        for other in others:
            made = made * other
        for shock in self.struck:
            change = shock.change if isinstance(shock.change, float) else cut_all(shock.change, runs)
            # Where a shock is not active the factor is exactly 1.
            factor = cut_all(shock.active, runs) * change
            factor += 1.0
            made = made * factor
        return made


def cut_all(grid: Floats, runs: slice) -> Floats:
    """All rows, cut to a slice of runs; a length of 1 serves all runs."""
    return grid[:, runs] if grid.shape[1] > 1 else grid
