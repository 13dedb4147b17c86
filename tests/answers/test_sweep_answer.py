"""The grid of a sweep: its tables of one, two and three levers, and text that is safe in a notebook."""

from __future__ import annotations

import numpy as np
import plants
import pytest

import avtosim as av

FILL, LEAD, START = "partners.P.fill_rate", "partners.P.lead_time", "vehicles.V.start"


def plant(**more: object) -> av.Scenario:
    """Build a plant whose fill rate is uniform and whose targets are 6 and 13 of 12 vehicles."""
    return plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0, high=1)}, targets=(6, 13), **more)


@pytest.fixture(scope="module")
def two() -> object:
    """Sweep two levers."""
    law = av.Uniform(low=0.2, high=1)
    return av.sweep(plant(), {FILL: [0.25, law, 1.0], START: [0.0, 6.0]}, runs=1000, seed=1)


def test_a_table_of_one_lever() -> None:
    """One lever: a row for each value, with the chance and half its interval, then the expected output."""
    made = av.sweep(plant(), {START: [0.0, 3.0, 6.0]}, runs=1000, seed=1)
    lines = str(made).splitlines()
    at = lines.index("chance of at least 6")
    assert lines[0].split("  ")[0] == START
    for row, value, result in zip(lines[at + 1 : at + 4], ("0", "3", "6"), made.results, strict=True):
        assert row.split()[0] == value
        if 0 < result.chance(6).value < 1:
            assert f"{100 * result.chance(6).value:.1f} %" in row
            assert "+-" in row
    at = lines.index("expected output")
    for row, mean in zip(lines[at + 1 : at + 4], made.mean(), strict=True):
        assert float(row.split()[-2]) == pytest.approx(mean, abs=0.51)
    assert "1,000 runs in each of 3 cells with common random numbers, seed 1, plain runs, avtosim" in lines[-1]


def test_a_table_of_two_levers(two: object) -> None:
    """Two levers: the first goes down, the last across, and every cell stands where both values meet."""
    lines = str(two).splitlines()
    at = lines.index("expected output")
    head = lines[0]
    assert head.startswith(FILL)
    assert f"{START} = 0" in head
    assert head.endswith("6")
    for row, name, means in zip(lines[at + 1 : at + 4], ("0.25", "Uniform", "1"), two.mean(), strict=True):
        assert row.strip().startswith(name)
        assert [float(cell) for cell in row.split()[-4::2]] == pytest.approx(means, abs=0.51)


def test_never_and_always_are_said_as_bounds(two: object) -> None:
    """A target that no run, or every run, of a cell reached is shown by the end of its interval."""
    text = str(two)
    sure, beyond = text.split("chance of at least 13")
    assert "below 0.4 %" in beyond
    assert "above 99.6 %" in sure
    assert "+-" in text


def test_three_levers_are_printed() -> None:
    """Three levers: the first two go down together, and every cell is there."""
    made = av.sweep(plant(), {FILL: [0.5, 1.0], LEAD: [0, 1], START: [0.0, 3.0, 6.0]}, runs=50)
    assert made.shape == (2, 2, 3)
    lines = str(made).splitlines()
    at = lines.index("expected output")
    assert lines[0].split()[:2] == [FILL, LEAD]
    rows = lines[at + 1 : at + 5]
    assert [row.split()[:2] for row in rows] == [["0.5", "0"], ["0.5", "1"], ["1", "0"], ["1", "1"]]
    shown = np.array([[float(cell) for cell in row.split()[-6::2]] for row in rows]).reshape(2, 2, 3)
    assert shown == pytest.approx(made.mean(), abs=0.51)


def test_cells_are_found_by_place(two: object) -> None:
    """A cell is found by the position of its value in each lever; a position outside the grid is an error."""
    assert two.result(2, 1) is two.results[5]
    for place in ((3, 0), (-1, 0), (0,), (0, 0, 0)):
        with pytest.raises(IndexError, match=r"place: must be a cell of the grid \(3, 2\)"):
            two.result(*place)


def test_a_sweep_is_frozen(two: object) -> None:
    """Neither the levers of a sweep nor its grids can be changed."""
    with pytest.raises(TypeError):
        two.levers[FILL] = ()
    grid = two.chance(6)
    for array in (grid.value, grid.low, grid.high, two.mean()):
        assert not array.flags.writeable


def test_arguments_of_a_chance_are_checked(two: object) -> None:
    """Targets and confidences that make no sense are refused; a target need not be one of the scenario's."""
    assert two.chance(7.5).target == 7.5
    wide, narrow = two.chance(7.5, confidence=0.99), two.chance(7.5, confidence=0.5)
    assert np.all(wide.high - wide.low > narrow.high - narrow.low)
    with pytest.raises(ValueError, match="target: must be a number of vehicles"):
        two.chance(-1)
    with pytest.raises(ValueError, match="confidence: must be a number between 0 and 1"):
        two.chance(6, confidence=2)


def test_without_targets_the_expected_output_is_printed() -> None:
    """A scenario without targets still has a table of expected outputs."""
    scenario = plants.one_vehicle(partner={"fill_rate": 0.5})
    text = str(av.sweep(scenario, {FILL: [0.5, 1.0]}, runs=10))
    assert "chance" not in text
    assert "expected output" in text


def test_html_is_escaped() -> None:
    """A name that contains HTML is escaped in a notebook."""
    scenario = plants.one_vehicle(
        shocks=[av.Shock(name="fire & ice", stops=av.Stops(per_year=1, duration=0.5), speed={"L": 0.2})], targets=(11,)
    )
    made = av.sweep(scenario, {"shocks.fire & ice.stops.per_year": [1.0, 2.0]}, runs=100)
    page = made._repr_html_()
    assert "fire & ice" not in page
    assert "fire &amp; ice" in page
    assert page.count("<table>") == page.count("</table>") == 1
    assert repr(made).startswith("<Sweep of shocks.")
