"""Sweeps: the grid's order, common random numbers in all cells, and what is refused before anything is run."""

from __future__ import annotations

import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.studies.sweep import MOST_CELLS

FILL, STOPS, START = "partners.P.fill_rate", "partners.P.stops.per_year", "vehicles.V.start"


def plant() -> av.Scenario:
    """Build a plant small enough to be run very often."""
    stops = av.Stops(per_year=3, duration=av.Exponential(mean=1))
    return plants.one_vehicle(partner={"fill_rate": 0.8, "stops": stops}, targets=(8, 9))


@pytest.mark.parametrize("design", [av.Plain(), av.Antithetic(), av.LatinHypercube(16), av.Sobol(8)], ids=str)
def test_cells_are_simulated_as_alone(design: object) -> None:
    """Every cell holds the bits that simulate gives for its scenario, seed and design, in the order of the grid."""
    levers = {FILL: (0.7, 0.9, 1.0), START: (0.0, 4.0)}
    made = av.sweep(plant(), levers, runs=512, seed=6, design=design)
    assert made.shape == (3, 2)
    assert len(made.results) == 6
    chance, mean = made.chance(9), made.mean()
    for one, fill in enumerate(levers[FILL]):
        for other, start in enumerate(levers[START]):
            alone = av.simulate(plant().replace({FILL: fill, START: start}), runs=512, seed=6, design=design)
            assert np.array_equal(made.result(one, other).annual, alone.annual)
            assert made.result(one, other).run_info == alone.run_info
            expected = alone.chance(9)
            assert chance.value[one, other] == expected.value
            assert (chance.low[one, other], chance.high[one, other]) == (expected.low, expected.high)
            assert mean[one, other] == alone.mean().value


@pytest.mark.parametrize("design", [av.Plain(), av.Antithetic(), av.LatinHypercube(16)], ids=str)
def test_levers_may_change_the_coordinates(design: object) -> None:
    """A lever that adds coordinates leaves the cells as alone where draws go by name; Sobol plays over all names."""
    made = av.sweep(plant(), {STOPS: (0.0, 1.0, 9.0)}, runs=512, seed=6, design=design)
    for result, rate in zip(made.results, (0.0, 1.0, 9.0), strict=True):
        alone = av.simulate(plant().replace({STOPS: rate}), runs=512, seed=6, design=design)
        assert np.array_equal(result.annual, alone.annual)
    assert np.all(np.diff(made.mean()) < 0)
    assert np.all(np.diff(av.sweep(plant(), {STOPS: (0.0, 1.0, 9.0)}, runs=512, design=av.Sobol()).mean()) < 0)


@pytest.mark.parametrize("counts", [(4,), (2, 3), (2, 1, 3)])
def test_arrays_have_the_shape_of_the_grid(counts: tuple[int, ...]) -> None:
    """Arrays have one axis a lever, in the order given, each as long as the lever has values."""
    levers = {
        name: tuple(values[:n])
        for (name, values), n in zip(
            {FILL: (0.5, 0.7, 0.9, 1.0), STOPS: (0.0, 1.0, 2.0), START: (0.0, 1.0, 2.0)}.items(), counts, strict=False
        )
    }
    made = av.sweep(plant(), levers, runs=100)
    chance = made.chance(8, confidence=0.5)
    for array in (chance.value, chance.low, chance.high, made.mean()):
        assert array.shape == made.shape == counts
    assert np.all((chance.low <= chance.value) & (chance.value <= chance.high))
    assert dict(made.levers) == levers
    assert made.targets == (8.0, 9.0)


def test_common_random_numbers_in_all_cells() -> None:
    """What is better in every year is better in every run: cells share their random numbers."""
    made = av.sweep(plant(), {FILL: (0.6, 0.7, 0.8, 0.9)}, runs=1000, seed=1)
    for worse, better in zip(made.results[:-1], made.results[1:], strict=True):
        assert np.all(better.annual >= worse.annual)


def test_values_may_be_laws() -> None:
    """A lever's values may be laws, alone or beside numbers, and each is played as if it stood in the scenario."""
    laws = (0.8, av.Uniform(low=0.6, high=1.0), av.Varying(law=av.Beta(a=8, b=2)))
    made = av.sweep(plant(), {FILL: laws}, runs=300, seed=2)
    for result, law in zip(made.results, laws, strict=True):
        assert np.array_equal(result.annual, av.simulate(plant().replace({FILL: law}), runs=300, seed=2).annual)
    assert "Uniform" in str(made)


def test_values_may_come_as_arrays() -> None:
    """Values may be any row of numbers: lists, ranges, NumPy's arrays."""
    for values in ([0.5, 0.75], np.array([0.5, 0.75]), np.linspace(0.5, 0.75, 2)):
        made = av.sweep(plant(), {FILL: values}, runs=50)
        assert [float(v) for v in made.levers[FILL]] == [0.5, 0.75]
        assert str(made)
    assert av.sweep(plant(), {START: range(3)}, runs=50).shape == (3,)


def test_a_sweep_of_one_cell() -> None:
    """One lever with one value is a sweep of one cell."""
    made = av.sweep(plant(), {FILL: [0.8]}, runs=200)
    assert np.array_equal(made.result(0).annual, av.simulate(plant(), runs=200).annual)


def test_all_faults_are_told_together() -> None:
    """Addresses that do not exist and values that their rules forbid are all told in one error, each once."""
    with pytest.raises(av.FactError) as caught:
        av.sweep(
            plant(),
            {"partners.Q.fill_rate": [0.5, 0.6], FILL: [0.5, 1.5, -1.0], STOPS: [-2.0]},
            runs=10**9,
        )
    text = str(caught.value)
    assert "levers: " in text
    for part in ("partners.Q", "1.5", "-1", "-2"):
        assert part in text
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize(
    ("levers", "rule"),
    [
        ({}, "must be a mapping of addresses to values to try"),
        ([FILL], "must be a mapping of addresses to values to try"),
        (None, "must be a mapping of addresses to values to try"),
        ({FILL: []}, "must have a sequence of values to try; got"),
        ({FILL: 0.5}, "must have a sequence of values to try; got 0.5"),
        ({FILL: "0.5"}, "must have a sequence of values to try; got '0.5'"),
        ({FILL: np.array([])}, "must have a sequence of values to try"),
        ({FILL: np.array(0.5)}, "must have a sequence of values to try"),
        ({FILL: {0.5, 0.6}}, "must have a sequence of values to try"),
    ],
    ids=str,
)
def test_levers_that_are_none_are_refused(levers: object, rule: str) -> None:
    """Nothing to sweep, or no row of values (a set has no order), is refused."""
    with pytest.raises(ValueError, match=rule):
        av.sweep(plant(), levers, runs=10)


def test_a_grid_of_a_million_cells_must_be_confirmed() -> None:
    """A large grid is refused before any of it is built, unless it is confirmed; a word is no confirmation."""
    values = np.linspace(0.1, 1.0, 1000)
    with pytest.raises(ValueError, match=r"1,000 x 1,000 has 1,000,000 cells, .*: say confirm=True"):
        av.sweep(plant(), {FILL: values, STOPS: values})
    for confirm in ("yes", 1, None):
        with pytest.raises(TypeError, match="confirm: must be True or False; got"):
            av.sweep(plant(), {FILL: values, STOPS: values}, confirm=confirm)
    small = {FILL: np.linspace(0.1, 1.0, MOST_CELLS + 1)}
    with pytest.raises(ValueError, match="401 cells"):
        av.sweep(plant(), small, runs=1)
    assert av.sweep(plant(), small, runs=1, confirm=True).shape == (MOST_CELLS + 1,)


@pytest.mark.parametrize(
    ("arguments", "error", "rule"),
    [
        ({"runs": 0}, ValueError, "runs: must be a whole number"),
        ({"runs": 1000, "design": av.Sobol()}, ValueError, "ask for 512 or 1,024"),
        ({"seed": 1.5}, ValueError, "seed: must be"),
        ({"workers": -1}, ValueError, "workers: must be"),
        ({"executor": "dask"}, TypeError, "executor: must be"),
        ({"keep": "breakdown"}, TypeError, "keep"),
    ],
    ids=str,
)
def test_arguments_that_make_no_sense_are_refused(arguments: dict, error: type, rule: str) -> None:
    """An argument that makes no sense is refused, and so is one that is not known."""
    with pytest.raises(error, match=rule):
        av.sweep(plant(), {FILL: [0.5]}, **arguments)


def test_the_usual_runs_suit_every_design() -> None:
    """Without a number of runs, every design sweeps with a number that it can serve."""
    for design in (av.Plain(), av.Antithetic(), av.LatinHypercube(), av.Sobol()):
        made = av.sweep(plant(), {FILL: [0.5]}, design=design)
        assert design.admissible_runs(made.result(0).runs)[0] == made.result(0).runs


def test_a_scenario_is_needed() -> None:
    """A name is not loaded in passing."""
    with pytest.raises(TypeError, match="load it first"):
        av.sweep("avtotor-2024-06", {FILL: [0.5]})
