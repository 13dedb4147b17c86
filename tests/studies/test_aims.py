"""What a study asks of a year."""

from __future__ import annotations

import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.studies.aims import checked_aim, checked_side, first_aim


def test_an_aim_counts_what_a_result_counts() -> None:
    """A volume, or a target of a part of the plant, is reached in the runs in which the result says so."""
    plant = plants.busy()
    for target in (20_000, av.Target(4_000, until="2024-09", of="North")):
        aim = checked_aim(plant, target)
        model = av.Model(aim.applied(plant))
        points = next(iter(av.Plain().batches(model.space, 1, 0, 500))).points()
        outputs = aim.outputs(model(points))
        result = av.simulate(aim.applied(plant), runs=500, seed=1)
        assert np.array_equal(aim.hits(outputs), result.reaches(target))
        assert aim.text == result.in_words(target)
        assert np.array_equal(aim.hits(outputs), aim.margin(outputs) >= 0.0)


def test_below_is_what_is_not_at_least() -> None:
    """A year below a volume is one that does not reach it, down to the rounding that counts as reached."""
    outputs = np.array([99.0, 100.0 - 2e-6, 100.0 - 5e-7, 100.0, 101.0])
    above, below = checked_side(100, None), checked_side(None, 100)
    assert np.array_equal(above.hits(outputs), ~below.hits(outputs))
    for aim in (above, below):
        assert np.array_equal(aim.hits(outputs), aim.margin(outputs) >= 0.0)


def test_the_first_target_of_the_scenario_counts_where_none_is_given() -> None:
    """Without a target it is the scenario's first, and none where the scenario has none."""
    assert first_aim(plants.one_vehicle(targets=(5, 9)), None) == checked_aim(plants.one_vehicle(), 5)
    assert first_aim(plants.one_vehicle(), None) is None


@pytest.mark.parametrize("wrong", [-1, float("nan"), "70000", True, None])
def test_no_number_is_no_target(wrong: object) -> None:
    """What is no number of vehicles is refused by the name of the argument."""
    with pytest.raises(ValueError, match="target: must be a number of vehicles"):
        checked_aim(plants.busy(), wrong)


def test_a_part_that_does_not_exist_is_refused() -> None:
    """A target of a name that the scenario does not have is refused."""
    with pytest.raises(av.FactError, match="Nobody"):
        checked_aim(plants.busy(), av.Target(10, of="Nobody"))


def test_one_direction_must_be_given() -> None:
    """Neither or both directions are refused, and so is a part of the output."""
    with pytest.raises(ValueError, match="got neither"):
        checked_side(None, None)
    with pytest.raises(ValueError, match="got both"):
        checked_side(1, 2)
    with pytest.raises(TypeError, match="at_least: must be a number"):
        checked_side(av.Target(10), None)
