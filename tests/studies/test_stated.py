"""The scenario of a result: as it was stated, or read back from the result's text."""

from __future__ import annotations

from pathlib import Path

import attrs
import plants
import pytest

import avtosim as av
from avtosim.studies.stated import scenario_of


def test_the_scenario_itself_where_it_is_at_hand() -> None:
    """A result that was just simulated gives the very scenario, and so does one that was changed or merged."""
    plant = plants.busy()
    first, second = (av.simulate(plant, runs=10, first_run=start) for start in (0, 10))
    assert scenario_of(first.run_info) is plant
    assert scenario_of(av.merge(first, second).run_info) is plant


def test_an_equal_scenario_from_a_loaded_result(tmp_path: Path) -> None:
    """A loaded result has only its text, which is read."""
    plant = plants.one_vehicle(targets=(5.0,))
    av.simulate(plant, runs=10).save(tmp_path / "result.npz")
    info = av.Result.load(tmp_path / "result.npz").run_info
    assert info.stated is None
    assert scenario_of(info) == plant


@pytest.mark.parametrize("text", ["", "<Scenario 'x'>", "name = 3", 'extends = "nowhere"', "a = [" * 100])
def test_none_from_a_text_that_is_no_scenario(text: str) -> None:
    """Whatever else the text is, there is no scenario and no error."""
    info = av.simulate(plants.one_vehicle(), runs=10).run_info
    assert scenario_of(attrs.evolve(info, scenario=text)) is None
