"""Blocks of plain runs with their independent copies, and points picked from two sets by name."""

from __future__ import annotations

import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.chance.blocks import blocks
from avtosim.chance.picked import OrderedPoints, PickedPoints, held
from avtosim.chance.points import Points
from avtosim.chance.space import RandomInput, Space

SPACE = Space(3, (RandomInput("a", "a", monthly=False, scores=True), RandomInput("b", "b", monthly=True, scores=False)))


def test_blocks_hold_every_run_once_whatever_their_size() -> None:
    """Blocks of any size give the points of one long block, bit for bit."""
    whole = blocks(5, 7, 1000, 1000)[0].points(SPACE)
    for size in (1, 300, 999, 4000):
        parts = [block.points(SPACE) for block in blocks(5, 7, 1000, size)]
        for random_input in SPACE.inputs:
            joined = np.concatenate([part.uniforms(random_input) for part in parts], axis=1)
            assert np.array_equal(joined, whole.uniforms(random_input))


def test_a_block_is_the_runs_of_simulate() -> None:
    """The model at a block's points gives what simulate gives under the same seed."""
    model = av.Model(plants.busy())
    annual = np.concatenate([model(block.points(model.space))["annual"] for block in blocks(3, 0, 700, 256)])
    assert np.array_equal(annual, av.simulate(plants.busy(), runs=700, seed=3).annual)


def test_copies_are_other_runs() -> None:
    """Copies of a block share no number with it or with each other, and look independent of it."""
    block = blocks(1, 0, 20_000, 20_000)[0]
    drawn = [block.points(SPACE, copy).uniforms(SPACE.inputs[0])[0] for copy in range(4)]
    assert np.unique(np.concatenate(drawn)).size == 80_000
    # By chance one correlation in 15,000 of independent numbers lies outside four standard errors.
    assert np.abs(np.corrcoef(drawn)[np.triu_indices(4, 1)]).max() < 4.0 / np.sqrt(20_000)


def test_picked_points_take_inputs_by_name() -> None:
    """Inputs that are named come from the other points, all others from the base, in every way points are read."""
    block = blocks(1, 0, 500, 500)[0]
    base, other = block.points(SPACE), block.points(SPACE, 1)
    picked = PickedPoints(base, other, {"b"})
    for random_input, source in zip(SPACE.inputs, (base, other), strict=True):
        assert np.array_equal(picked.uniforms(random_input), source.uniforms(random_input))
        assert np.array_equal(picked.scores(random_input), source.scores(random_input))
        places, numbers = picked.below(random_input, np.array([0.3]))
        expected, others = source.below(random_input, np.array([0.3]))
        assert np.array_equal(places.run, expected.run)
        assert np.array_equal(numbers, others)
        assert np.array_equal(picked.at(random_input, places), numbers)


def test_inputs_are_held_at_their_medians() -> None:
    """Inputs that are named have scores of 0 and uniform numbers of 1/2 throughout; the others their own."""
    points = blocks(1, 0, 500, 500)[0].points(SPACE)
    still = held(points, {"b"})
    assert np.array_equal(still.scores(SPACE.inputs[1]), np.zeros((3, 500)))
    assert np.array_equal(still.uniforms(SPACE.inputs[1]), np.full((3, 500), 0.5))
    assert np.array_equal(still.uniforms(SPACE.inputs[0]), points.uniforms(SPACE.inputs[0]))
    assert still.below(SPACE.inputs[1], np.array([0.4]))[1].size == 0
    assert held(points, frozenset()) is points


def test_points_of_two_spaces_are_not_mixed() -> None:
    """Points of another space, or of other runs, are refused."""
    block = blocks(1, 0, 500, 500)[0]
    with pytest.raises(ValueError, match="as many points of one space"):
        PickedPoints(block.points(SPACE), blocks(1, 0, 499, 499)[0].points(SPACE), {"b"})


def test_ordered_points_are_the_same_runs_in_another_order() -> None:
    """Whatever is read of ordered points, each run has the numbers of the run that it is."""
    base = blocks(1, 0, 500, 500)[0].points(SPACE)
    order = np.random.default_rng(1).permutation(500)
    made = OrderedPoints(base, order)
    chance = np.linspace(0.1, 0.6, 500)
    for random_input in SPACE.inputs:
        assert np.array_equal(made.uniforms(random_input), base.uniforms(random_input)[:, order])
        assert np.array_equal(made.scores(random_input), base.scores(random_input)[:, order])
        for given in (np.array([0.3]), chance):
            places, numbers = made.below(random_input, given)
            expected, others = Points.below(made, random_input, given)
            assert np.array_equal(places.month, expected.month)
            assert np.array_equal(places.run, expected.run)
            assert np.array_equal(numbers, others)
            assert np.array_equal(made.at(random_input, places), numbers)
