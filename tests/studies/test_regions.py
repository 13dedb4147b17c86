"""Regions: plants in which what decides is known, what is counted and printed, limits and arguments."""

from __future__ import annotations

import math

import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.chance.blocks import blocks
from avtosim.plant.model import Model

SURE = 3.9  # standard errors: 1 in 10,000


def plant(**more: object) -> av.Scenario:
    """Build a plant that makes 12 times a fill rate that is uniform."""
    return plants.one_vehicle(partner={"fill_rate": av.Uniform(0, 1)}, **more)


def two_causes() -> av.Scenario:
    """Build a plant that makes 9 or more where its fill rate and its buyers are above 3/4 of what is planned."""
    return plant(market={"per_year": av.Uniform(0, 24)})


def counted(scenario: av.Scenario, found: av.Regions, volume: float, seed: int, runs: int) -> tuple[int, int, int]:
    """Count the fresh years of at least a volume, those for which the conditions hold, and those of both."""
    model = av.Model(scenario)
    points = blocks(seed, 0, runs, runs)[0].points(model.space, copy=1)
    reading = model.read(points)
    hits = model.play(model.drivers(reading), runs)["annual"] >= volume
    rows = {element.address: row for element, row in zip(model.elements, model.makeup(reading), strict=True)}
    within = np.ones(runs, dtype=bool)
    for one in found.conditions:
        row = rows[one.address]
        within &= (row > (-math.inf if one.low is None else one.low)) & (
            row <= (math.inf if one.high is None else one.high)
        )
    return int(hits.sum()), int(within.sum()), int((hits & within).sum())


def test_both_causes_are_found() -> None:
    """Where two numbers must both be high, the region says so, bounds near the true ones; base rate 1/4 x 5/8."""
    found = av.regions(two_causes(), at_least=9, runs=8192, seed=1)
    assert {one.address for one in found.conditions} == {"partners.P.fill_rate", "markets.M.per_year"}
    lows = {one.address: one.low for one in found.conditions}
    assert lows["partners.P.fill_rate"] == pytest.approx(0.75, abs=0.03)
    assert lows["markets.M.per_year"] == pytest.approx(9.0, abs=1.0)
    assert found.density.value > 0.93
    assert found.coverage.value > 0.93
    truth = 0.25 * 15.0 / 24.0
    assert abs(found.base_rate.value - truth) <= SURE * found.base_rate.standard_error


def test_what_is_printed_is_what_was_counted() -> None:
    """Density, coverage and base rate are those of the rounded conditions in the fresh runs, and so is their text."""
    found = av.regions(two_causes(), at_least=9, runs=2000, seed=4)
    hits, within, both = counted(two_causes(), found, 9.0 - 1e-6, 4, 2000)
    assert found.density.value == both / within
    assert found.density.runs == within
    assert found.coverage.value == both / hits
    assert found.base_rate.value == hits / 2000
    assert found.base_rate.runs == 2000
    for one in found.conditions:
        assert one.text in str(found)
        assert float(one.text.split("above ")[1].split()[0].replace(",", "")) == one.low


def test_an_event_is_told_from_a_number() -> None:
    """A strike that comes or not is luck, found by any time of it; what it does is not known and nothing to add."""
    strike = av.Shock(name="strike", window=av.Window(3, 2, chance=0.4), supply={"P": av.Uniform(0, 0.2)})
    found = av.regions(plants.one_vehicle(shocks=[strike]), below=11.9, runs=2000)
    (one,) = found.conditions
    assert one.text == "months of strike above 0"
    assert one.luck
    assert (found.density.value, found.coverage.value) == (1.0, 1.0)
    assert one.without.value == found.base_rate.value
    assert abs(found.base_rate.value - 0.4) <= SURE * found.base_rate.standard_error
    found = av.regions(plant(), below=3, runs=2000)
    assert not found.conditions[0].luck
    assert found.conditions[0].high == pytest.approx(0.25, abs=0.03)


def test_the_move_of_a_factor_is_relative_to_today() -> None:
    """A condition on a factor is on how far it lies from today's level, not on logarithms."""
    rate = av.Factor(name="rate", volatility=0.5)
    market = {"per_year": 12.0, "elasticities": {"rate": 1.0}}
    found = av.regions(plants.one_vehicle(factors=[rate], market=market), below=4, runs=2000)
    (one,) = found.conditions
    assert one.text.startswith("move of rate at most -")
    assert one.text.endswith(" of today's level")
    # On average about a third of the level is left, a logarithm of -1.1.
    assert -0.8 < one.high < -0.5


def test_density_is_stated_without_bias() -> None:
    """The density stated is within its error of that of the same region in many other years.

    Over 12 seeds the mean of the standardised differences stays within 1.1: fails once in 7,000 new seeds.
    """
    scenario = plants.busy()
    model, runs = av.Model(scenario), 16_384
    block = blocks(99, 0, runs, runs)[0]
    reading = model.read(block.points(model.space, copy=2))
    hits = model.play(model.drivers(reading), runs)["annual"] < 17_000
    rows = {(e.address, e.text): row for e, row in zip(model.elements, model.makeup(reading), strict=True)}
    off = []
    for seed in range(12):
        found = av.regions(scenario, below=17_000, runs=1000, seed=seed)
        within = np.ones(runs, dtype=bool)
        for one in found.conditions:
            row = rows[one.address, one.what]
            within &= (row > (-math.inf if one.low is None else one.low)) & (row <= (one.high or math.inf))
        off.append((found.density.value - hits[within].mean()) / found.density.standard_error)
    assert abs(np.mean(off)) < 1.1
    assert np.std(off) < 2.0


def test_every_year_is_of_the_kind() -> None:
    """Where all years are of the kind, or all but a few, nothing can be told apart, and the answer says so."""
    certain = av.regions(plants.one_vehicle(), at_least=12, runs=200)
    assert certain.conditions == ()
    assert (certain.base_rate.value, certain.density.value, certain.coverage.value) == (1.0, 1.0, 1.0)
    assert "every year is of this kind" in str(certain)
    nearly = av.regions(plant(), at_least=0.05, runs=2000)
    assert nearly.conditions == ()
    assert nearly.density.value == nearly.base_rate.value < 1.0
    assert "no condition tells such years from others" in str(nearly)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            {"at_least": 13},
            r"at_least: none of 1,000 years are of at least 13 vehicles, and regions need 50; the highest",
        ),
        ({"below": 0}, r"below: none of 1,000 years are of less than 0 vehicles"),
        ({"below": 0.2}, r"below: \d+ of 1,000 years are of less than 0.2 vehicles, and regions need 50; the lowest"),
    ],
)
def test_a_kind_that_too_few_runs_reached_is_refused(asked: dict, says: str) -> None:
    """A kind of year that no run reached, or fewer than 50, is refused with the nearest output."""
    with pytest.raises(ValueError, match=says):
        av.regions(plant(), runs=1000, **asked)


def test_blocks_and_workers_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed gives the same bits with two workers and with blocks of another size; another seed others."""
    asked = {"at_least": 18_000, "runs": 1200}
    one = av.regions(plants.busy(), seed=3, **asked)
    two = av.regions(plants.busy(), seed=3, workers=2, **asked)
    monkeypatch.setattr(Model, "block", 256)
    small = av.regions(plants.busy(), seed=3, **asked)
    for other in (two, small):
        assert str(other) == str(one)
        assert other.conditions == one.conditions
        assert (other.density, other.found_coverage) == (one.density, one.found_coverage)
    assert av.regions(plants.busy(), seed=4, **asked).density != one.density


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({}, "give at_least or below, one of the two; got neither"),
        ({"at_least": 1, "below": 2}, "give at_least or below, one of the two; got both"),
        ({"at_least": -1}, "at_least: must be a number of vehicles, 0 or more; got -1"),
        ({"below": "many"}, "below: must be a number of vehicles"),
        ({"below": 5, "runs": 0}, "runs: must be a whole number from 1"),
        ({"below": 5, "seed": -1}, "seed: must be a whole number of 0 or more"),
        ({"below": 5, "workers": 0}, "workers: must be a whole number from 1"),
        ({"below": 5, "executor": 3}, "executor: must be a concurrent.futures.Executor"),
        ({"below": 5, "progress": "yes"}, "progress: must be True or False"),
    ],
    ids=str,
)
def test_arguments_that_make_no_sense_are_refused(arguments: dict, rule: str) -> None:
    """Sides, runs, seeds, workers and progress that make no sense are refused before anything is run."""
    with pytest.raises((TypeError, ValueError), match=rule):
        av.regions(plant(), **arguments)


def test_a_target_of_a_part_is_no_side() -> None:
    """A kind of year is stated by the output of the year, and a scenario is not loaded in passing."""
    with pytest.raises(TypeError, match="below: must be a number of vehicles of the year"):
        av.regions(plant(), below=av.Target(3, of="P"))
    with pytest.raises(TypeError, match="load it first"):
        av.regions("avtotor-2024-06", below=5)
    with pytest.raises(MemoryError, match="runs: the answer from 1,000,000,000 runs"):
        av.regions(plants.busy(), below=5, runs=1_000_000_000)
