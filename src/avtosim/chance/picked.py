"""Points made from other points: inputs picked from two sets by name (pick-freeze), runs in another order."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from .points import Floats, GivenPoints, Indices, Places, Points
from .space import RandomInput


class PickedPoints(Points):
    """The points ``base`` with the inputs of some names taken from ``other``, run by run.

    Parameters
    ----------
    base, other : Points
        Points of one space, as many of each.
    names : collection of str
        Names of the inputs that are taken from ``other``.
    """

    def __init__(self, base: Points, other: Points, names: Collection[str]) -> None:
        if (base.space, base.runs) != (other.space, other.runs):
            raise ValueError("points: must be as many points of one space, to be picked from by name")
        super().__init__(base.space, base.runs)
        self._base, self._other, self._names = base, other, frozenset(names)

    def _of(self, random_input: RandomInput) -> Points:
        return self._other if random_input.name in self._names else self._base

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        return self._of(random_input).uniforms(random_input), False

    def uniforms(self, random_input: RandomInput) -> Floats:
        """As the points that the input is taken from."""
        return self._of(random_input).uniforms(random_input)

    def scores(self, random_input: RandomInput) -> Floats:
        """As the points that the input is taken from."""
        return self._of(random_input).scores(random_input)

    def below(self, random_input: RandomInput, chance: Floats) -> tuple[Places, Floats]:
        """As the points that the input is taken from."""
        return self._of(random_input).below(random_input, chance)

    def at(self, random_input: RandomInput, places: Places) -> Floats:
        """As the points that the input is taken from."""
        return self._of(random_input).at(random_input, places)


class OrderedPoints(Points):
    """The points ``base`` with its runs in another order.

    Parameters
    ----------
    base : Points
        The points.
    order : array of int, shape (runs,)
        For each run the one of ``base`` that it is; each once.
    """

    def __init__(self, base: Points, order: Indices) -> None:
        super().__init__(base.space, base.runs)
        self._base, self._order = base, order
        self._place = np.empty_like(order)
        self._place[order] = np.arange(order.size)

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        return self.uniforms(random_input), False

    def uniforms(self, random_input: RandomInput) -> Floats:
        """As in the base."""
        return self._base.uniforms(random_input)[:, self._order]

    def scores(self, random_input: RandomInput) -> Floats:
        """As in the base."""
        return self._base.scores(random_input)[:, self._order]

    def below(self, random_input: RandomInput, chance: Floats) -> tuple[Places, Floats]:
        """As in the base, sorted by the new order."""
        places, numbers = self._base.below(random_input, chance if chance.size == 1 else chance[self._place])
        run = self._place[places.run]
        first = np.lexsort((run, places.month))
        return Places(places.month[first], run[first]), numbers[first]

    def at(self, random_input: RandomInput, places: Places) -> Floats:
        """As in the base."""
        return self._base.at(random_input, Places(places.month, self._order[places.run]))


def held(points: Points, names: Collection[str]) -> Points:
    """The points with the inputs of some names held at their medians."""
    if not names:
        return points
    medians = np.broadcast_to(0.0, (points.space.dimension, points.runs))
    return PickedPoints(points, GivenPoints(points.space, medians, scores=True), names)
