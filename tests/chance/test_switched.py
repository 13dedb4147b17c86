"""Points whose groups of inputs are taken from one of two sets of runs, run by run."""

from __future__ import annotations

import numpy as np

from avtosim.chance.blocks import blocks
from avtosim.chance.space import RandomInput, Space
from avtosim.chance.switched import SwitchedPoints


def test_switched_points_take_groups_run_by_run() -> None:
    """Each run takes a group of inputs from the points that it is told to, in every way points are read."""
    block = blocks(1, 0, 500, 500)[0]
    kinds = {"a": (False, True), "b": (True, False), "c": (False, False)}
    space = Space(3, tuple(RandomInput(name, name, monthly=m, scores=s) for name, (m, s) in kinds.items()))
    base, other = block.points(space), block.points(space, 1)
    taken = np.random.default_rng(1).random((2, 500)) < np.array([[0.3], [0.6]])
    group = {"a": 0, "b": 1, "c": 1}
    switched = SwitchedPoints(base, other, group, taken)
    for random_input in space.inputs:
        chosen = taken[group[random_input.name]]
        for read in ("uniforms", "scores"):
            one, two = (getattr(points, read)(random_input) for points in (base, other))
            assert np.array_equal(getattr(switched, read)(random_input), np.where(chosen, two, one))
        uniforms = switched.uniforms(random_input)
        places, numbers = switched.below(random_input, np.array([0.3]))
        assert np.array_equal(np.argwhere(uniforms < 0.3), np.stack([places.month, places.run], axis=1))
        assert np.array_equal(numbers, uniforms[places.month, places.run])
        assert np.array_equal(switched.at(random_input, places), numbers)
