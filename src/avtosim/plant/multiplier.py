"""Products of arrays, put off until a slice of runs is needed, so that they are worked out in cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from ..declare.faults import FactError, Fault
from .reading import Floats

#: No product may be larger: two of them multiplied stay finite.
LARGEST_PRODUCT = 1e150


@attrs.frozen(eq=False)
class Columns:
    """A factor that differs from 1 in a few runs only."""

    index: NDArray[np.intp]  # those runs, rising
    values: Floats  # (months, runs that differ)
    runs: int

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the factor written out, (months, runs)."""
        return len(self.values), self.runs

    def of(self, runs: slice) -> Columns:
        """The factor in a slice of runs."""
        low, high = np.searchsorted(self.index, (runs.start, runs.stop))
        return Columns(self.index[low:high] - runs.start, self.values[:, low:high], runs.stop - runs.start)

    def outside(self, runs: NDArray[np.bool_]) -> Columns:
        """The factor where it is 1 in these runs, (runs,)."""
        left = np.flatnonzero(~runs[self.index])
        return Columns(self.index[left], self.values[:, left], self.runs)


@attrs.frozen(eq=False)
class ShockEffect:
    """A factor 1 + active * change: what a shock multiplies by, in the share of each month in which it is active."""

    shock: str  # its address
    active: Floats  # (months, runs or 1)
    change: Floats  # (1, runs or 1): the multiplier less 1
    months: slice  # those in which it can be active at all


@attrs.frozen(eq=False)
class Multiplier:
    """Arrays (months or 1, runs or 1) to be multiplied, and the shocks that act on the product.

    ``address`` is the fact it belongs to; an error names it.
    """

    address: str
    factors: Sequence[Floats | Columns]
    shocks: Sequence[ShockEffect] = ()
    names: Sequence[str] = ()  # what each factor stands for, where somebody asks

    @property
    def is_one(self) -> bool:
        """Whether there is nothing to multiply."""
        return not self.factors and not self.shocks

    def of(self, runs: slice) -> Floats:
        """The product in a slice of runs, (months or 1, runs or 1); not the caller's to overwrite.

        Raises ``FactError`` where it is no number below ``LARGEST_PRODUCT``.
        """
        plain = [cut_all(f, runs) for f in self.factors if not isinstance(f, Columns)]
        # What is 1 in all months and runs changes nothing.
        factors = [factor for factor in plain if factor.size > 1 or factor[0, 0] != 1.0]
        columns = [f.of(runs) for f in self.factors if isinstance(f, Columns)]
        shocks = [(cut_all(shock.active, runs), cut_all(shock.change, runs), shock.months) for shock in self.shocks]
        shapes = [*(factor.shape for factor in factors), *(few.shape for few in columns)]
        shapes += [np.broadcast_shapes(active.shape, change.shape) for active, change, _ in shocks]
        if len(factors) == 1 and not (columns or shocks):
            return self._checked(factors[0])
        made = np.empty(np.broadcast_shapes((1, 1), *shapes))
        made[...] = factors[0] if factors else 1.0
        # What overflows is found below.
        with np.errstate(over="ignore", invalid="ignore"):
            for factor in factors[1:]:
                made *= factor
            for few in columns:
                made[:, few.index] *= few.values
            room = np.empty(made.shape) if shocks else made
            for active, change, months in shocks:
                # Where a shock is not active the factor is exactly 1.
                factor = np.multiply(active[months], change, out=room[months])
                factor += 1.0
                made[months] *= factor
        return self._checked(made)

    def parts(self, runs: slice) -> Iterator[tuple[str, Floats]]:
        """Each factor in a slice of runs, (months or 1, runs or 1), by what it stands for: a name, or a shock."""
        for name, factor in zip(self.names, self.factors, strict=True):
            if isinstance(factor, Columns):
                few = factor.of(runs)
                whole = np.ones(few.shape)
                whole[:, few.index] = few.values
                yield name, whole
            else:
                yield name, cut_all(factor, runs)
        for effect in self.shocks:
            yield effect.shock, 1.0 + cut_all(effect.active, runs) * cut_all(effect.change, runs)

    def _checked(self, made: Floats) -> Floats:
        largest = float(made.max())
        # The negation catches what is not a number too.
        if not largest <= LARGEST_PRODUCT:
            rule = f"must stay below {LARGEST_PRODUCT:g} in every run, with its elasticities, factors and shocks"
            hint = "lower the elasticities, the volatility of the factors or the multipliers of the shocks"
            raise FactError([Fault(self.address, rule, largest, hint)])
        return made


def cut_all(grid: Floats, runs: slice) -> Floats:
    """All rows, cut to a slice of runs; a length of 1 serves all runs."""
    return grid[:, runs] if grid.shape[1] > 1 else grid
