"""Plants of the examples: small enough to read at a glance, whole, and the same after writing and reading."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import avtosim as av

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PLANTS = sorted(EXAMPLES.glob("*.toml"))
MOST_LINES, MOST_COLUMNS = 60, 100

each_plant = pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.stem)


def test_every_plant_has_its_script() -> None:
    """There are plants, and each is used by a script of the same name that stands beside it."""
    assert PLANTS
    for plant in PLANTS:
        assert f'with_name("{plant.name}")' in plant.with_suffix(".py").read_text(encoding="utf-8"), plant.name


@each_plant
def test_plant_is_short(plant: Path) -> None:
    """A plant fits on a page, and its first line says that its numbers are invented."""
    lines = plant.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > MOST_COLUMNS] == []
    assert lines[0].startswith("# Invented numbers: ")


@each_plant
def test_plant_stands_alone(plant: Path) -> None:
    """A plant is whole in its one file: it extends no other."""
    assert "extends" not in tomllib.loads(plant.read_text(encoding="utf-8"))


@each_plant
def test_plant_reads_back_equal(plant: Path) -> None:
    """A plant loads, and its own text as a scenario file gives an equal one."""
    scenario = av.load(plant)
    again = av.loads(scenario.to_toml())
    assert again == scenario
    assert again.to_toml() == scenario.to_toml()
