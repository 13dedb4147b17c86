"""Law 13: numbers that are drawn only where they are needed are those that would be there if all were drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import plants
import pytest
from sampling import DESIGNS, SPACE, batches

import avtosim as av
from avtosim.chance.design import Design
from avtosim.chance.points import DrawnPoints, GivenPoints, Keys, Places, Points
from avtosim.chance.space import RandomInput, Space

RNG = np.random.default_rng(7)
CHANCES = [np.array([chance]) for chance in (0.0, 1e-300, 2.0**-53, 0.004, 0.25, 0.5, 1.0 - 2.0**-53, 1.0)]


class Dense(Points):
    """The same points, all of whose numbers are drawn."""

    def __init__(self, inner: Points) -> None:
        super().__init__(inner.space, inner.runs)
        self._inner = inner

    def _draw(self, random_input: RandomInput) -> tuple[np.ndarray, bool]:
        return self._inner._draw(random_input)


def given(space: Space, *, scores: bool) -> GivenPoints:
    """Make a matrix of points."""
    rng = np.random.default_rng(3)
    shape = space.dimension, 900
    return GivenPoints(space, rng.standard_normal(shape) if scores else rng.random(shape), scores=scores)


def first_batch(design: Design, space: Space) -> Points:
    """Make the points of a design's first batch."""
    return batches(design, design.admissible_runs(900)[1], space=space)[0].points()


KINDS: dict[str, Callable[[Space], Points]] = {
    "drawn": lambda space: DrawnPoints(space, Keys(5), 12_345, 900),
    "uniform matrix": lambda space: given(space, scores=False),
    "matrix of scores": lambda space: given(space, scores=True),
    **{repr(design): partial(first_batch, design) for design in DESIGNS},
}


def check(points: Points) -> None:
    """Hold everything that is drawn sparsely against all numbers."""
    for random_input in points.space.inputs:
        every = points.uniforms(random_input)
        for chance in [*CHANCES, RNG.random(points.runs), RNG.random(points.runs) * (RNG.random(points.runs) < 0.5)]:
            places, numbers = points.below(random_input, chance)
            month, run = np.nonzero(every < chance)
            assert np.array_equal(places.month, month)
            assert np.array_equal(places.run, run)
            assert np.array_equal(numbers, every[month, run])
        some = np.flatnonzero(RNG.random(every.size) < 0.1)
        assert np.array_equal(points.at(random_input, Places.of(some, points.runs)), every.reshape(-1)[some])


@pytest.mark.parametrize("kind", KINDS)
def test_sparse_numbers_are_dense_ones(kind: str) -> None:
    """Whatever the points, below a chance and at places stand the very numbers of all of them."""
    check(KINDS[kind](SPACE))


@pytest.mark.parametrize("kind", KINDS)
def test_years_are_those_of_dense_points(kind: str) -> None:
    """A plant with every feature has the same flows, bit for bit, where its points are all drawn."""
    model = av.Model(plants.busy())
    points = KINDS[kind](model.space)
    sparse, dense = model(points, keep="flows"), model(Dense(points), keep="flows")
    for name, numbers in dense.items():
        assert np.array_equal(sparse[name], numbers), name


class Shifted(DrawnPoints):
    """Points that look up their sparse numbers one run too far."""

    def at(self, random_input: RandomInput, places: Places) -> np.ndarray:
        """Numbers of the wrong runs."""
        return super().at(random_input, Places(places.month, (places.run + 1) % self.runs))


class Careless(DrawnPoints):
    """Points that take all numbers of a word's interval to be below the chance."""

    def below(self, random_input: RandomInput, chance: np.ndarray) -> tuple[Places, np.ndarray]:
        """One number too many here and there."""
        return super().below(random_input, chance * (1.0 + 1e-3))


@pytest.mark.parametrize("wrong", [Shifted, Careless])
def test_wrong_sparse_numbers_are_noticed(wrong: type[DrawnPoints]) -> None:
    """Numbers of other runs, or too many of them, fail this law."""
    with pytest.raises(AssertionError):
        check(wrong(SPACE, Keys(5), 12_345, 900))
