"""The curve of a goal seek: chances at the values that were tried, from as many runs as it says."""

from __future__ import annotations

import numpy as np
import plants
import pytest
from looked_at import closed, faults, texts

import avtosim as av

__all__ = ["closed"]

FEBRUARY = av.load("avtotor-2024-02")
PLAN = "vehicles.V.plan"
PLANT = plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0.2, high=1.0)}, vehicle={"plan": 12_000.0})


@pytest.fixture(scope="module")
def found() -> av.GoalSeek:
    """Seek a plan."""
    return av.goal_seek(PLANT, PLAN, 9_000, chance=0.63, runs=2_000, seed=3)


@pytest.fixture(scope="module")
def never() -> av.GoalSeek:
    """Seek what is out of reach, of a part of the plant, by a factor."""
    part = av.Target(volume=8_000, until="2024-10", of=("BAIC",))
    return av.goal_seek(FEBRUARY, "partners.BAIC.fill_rate", part, chance=0.75, runs=1_000)


def test_the_curve_is_what_simulations_give(found: av.GoalSeek) -> None:
    """At each value the chance is that of the first runs of a simulation at it, as many as the estimate says."""
    counts = {chance.runs for _, chance in found.curve}
    assert counts == {50, 2_000}
    for level, chance in found.curve[:: len(found.curve) // 6]:
        result = av.simulate(PLANT.replace({PLAN: level}), runs=chance.runs, seed=3)
        assert (chance.value, chance.low, chance.high) == pytest.approx(
            [getattr(result.chance(9_000), name) for name in ("value", "low", "high")]
        )
    levels = [level for level, _ in found.curve]
    assert levels == sorted(set(levels))
    assert (levels[0], levels[-1]) == found.within
    assert dict(found.curve)[found.start] == found.started
    assert dict(found.curve)[found.value] == found.reached


def test_the_picture_is_the_curve(found: av.GoalSeek) -> None:
    """Few runs are hollow dots with bars, all runs a line with its interval; nothing is drawn that is not known."""
    ax = found.plot()
    drawn = {line.get_label(): line for line in ax.lines}
    few = [(level, chance) for level, chance in found.curve if chance.runs == 50]
    every = [(level, chance) for level, chance in found.curve if chance.runs == 2_000]
    hollow = drawn["tried in 50 runs, 95 % interval"].get_xydata()
    assert hollow.tolist() == [[level, chance.value] for level, chance in few]
    bars = [path.vertices[:, 1].tolist() for path in ax.collections[0].get_paths()]
    assert bars == [[chance.low, chance.high] for _, chance in few]
    line = drawn["tried in 2,000 runs, 95 % interval"].get_xydata()
    assert line[~np.isnan(line[:, 1])].tolist() == [[level, chance.value] for level, chance in every]
    assert line.shape == (len(found.curve), 2)
    heights = {y for path in ax.collections[1].get_paths() for y in path.vertices[:, 1]}
    assert {end for _, chance in every[1:-1] for end in (chance.low, chance.high)} <= heights
    (band,) = ax.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((found.low, found.high))
    assert drawn["as stated"].get_xydata().tolist() == [[found.start, found.started.value]]
    there = drawn[f"found: {found.estimate:value}, 95 % interval shaded"].get_xydata()
    assert there.tolist() == [[found.value, found.reached.value]]
    assert list(drawn["63.0 % asked for"].get_ydata()) == [0.63, 0.63]


def test_out_of_reach_shows_the_nearest(never: av.GoalSeek) -> None:
    """Where no value gives the chance, the level is drawn above the curve and the best value is marked."""
    ax = never.plot()
    drawn = {line.get_label(): line for line in ax.lines}
    nearest = drawn[f"comes nearest: {never.best:value}"]
    assert nearest.get_xydata().tolist() == [[never.best_at, never.best.value]]
    assert not ax.patches
    assert ax.get_ylim()[1] > 0.75
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "fill rate of BAIC, times what is stated"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_text_can_be_read(found: av.GoalSeek, never: av.GoalSeek, language: str) -> None:
    """No text touches another or is cut off, with a value found or none; units stand at the axis."""
    assert faults(never.plot(language=language)) == []
    ax = found.plot(language=language)
    assert faults(ax) == []
    assert language == "ru" or any(text.endswith(found.estimate.unit) for text in texts(ax))
