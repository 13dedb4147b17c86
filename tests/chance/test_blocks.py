"""Blocks of plain runs: chosen runs are those of a whole block, number by number."""

from __future__ import annotations

import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.chance.blocks import blocks, chosen_blocks


@pytest.mark.parametrize("copy", [0, 2])
def test_chosen_runs_are_those_of_the_whole(copy: int) -> None:
    """Whatever block a chosen run stands in, it is the run of its number, every flow of it."""
    model = av.Model(plants.busy())
    (whole,) = blocks(5, 1000, 200, 200)
    annual = model(whole.points(model.space, copy))["annual"]
    places = np.array([0, 3, 4, 70, 71, 150, 199])
    made = chosen_blocks(5, 1000, places, 3)
    assert [block.runs for block in made] == [3, 3, 1]
    found = np.concatenate([model(block.points(model.space, copy))["annual"] for block in made])
    assert np.array_equal(found, annual[places])
    assert chosen_blocks(5, 1000, places[:0], 3) == []
