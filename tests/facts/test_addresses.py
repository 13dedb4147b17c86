"""Addresses: reading and changing every number of a scenario."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from tiny import faults_of, scenarios, tiny

import avtosim as av


@settings(max_examples=25)
@given(scenarios())
def test_every_number_can_be_read_and_put_back(scenario: av.Scenario) -> None:
    """For each address of any scenario, get gives its value, and replace that value gives an equal plant."""
    numbers = scenario.numbers()
    assert [scenario[address] for address in numbers] == list(numbers.values())
    assert scenario.replace(numbers).numbers() == numbers


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("name", "Tiny"),
        ("targets.1", 200.0),
        ("calendar.working_days.3", 21.0),
        ("vehicles.U5 Plus.plan", 500.0),
        ("lines.Main.stops.per_year", 3.0),
        ("lines.Main.stops.duration.mean", 0.2),
        ("partners.BAIC.fill_rate.law.mode", 0.9),
        ("partners.BAIC.fill_rate.persistence", 0.5),
        ("markets.Russia.elasticities.yuan", -0.3),
        ("partners.BAIC.stops", None),
    ],
)
def test_get_reaches_numbers_rows_tables_and_laws(address: str, value: object) -> None:
    """An address goes through families, parts, tables, rows and the parameters of laws."""
    assert tiny()[address] == value


@pytest.mark.parametrize(
    ("address", "fault", "hint"),
    [
        ("partners.BIAC.fill_rate", "partners.BIAC", "did you mean 'BAIC'?"),
        ("partners.BAIC.fil_rate", "partners.BAIC.fil_rate", "did you mean 'fill_rate'?"),
        ("partners.BAIC.fill_rate.mode", "partners.BAIC.fill_rate.mode", "known: law, persistence"),
        ("partners.BAIC.stops.per_year", "partners.BAIC.stops.per_year", "is not stated"),
        ("targets.2", "targets.2", "known: 0, 1"),
        ("vehicles.U5 Plus.plan.low", "vehicles.U5 Plus.plan.low", "is 500.0"),
        ("", "address", "must be text"),
        ("partners..fill_rate", "address", "must be text"),
        (3, "address", "must be text"),
    ],
)
def test_an_address_of_nothing_is_told_with_what_there_is(address: Any, fault: str, hint: str) -> None:
    """Reading or changing what does not exist names the segment that fails and the nearest known one."""
    faults = faults_of(tiny().__getitem__, address)
    assert list(faults) == [fault]
    assert hint in faults[fault]
    assert faults_of(tiny().replace, {address: 1}) == faults


def test_changes_are_made_together() -> None:
    """Several changes are made and checked at once, and the old scenario stays as it was."""
    old = tiny()
    before = dict(old.numbers())
    new = old.replace(
        {
            "vehicles.U5 Plus.plan": av.Uniform(low=1, high=2),
            "partners.BAIC.fill_rate.law.mode": 0.6,
            "targets.1": 300,
            "calendar.working_days.0": 17,
            "markets.Russia.elasticities.yuan": 0.5,
            "lines.Main.stops": None,
        }
    )
    assert new["vehicles.U5 Plus.plan"] == av.Uniform(low=1, high=2)
    assert new["partners.BAIC.fill_rate"] == av.Varying(law=av.Pert(low=0.5, mode=0.6, high=1), persistence=0.5)
    assert new.targets == (100.0, 300.0)
    assert new.calendar.working_days == (17.0, *[21.0] * 11)
    assert new["markets.Russia.elasticities"] == {"yuan": 0.5}
    assert new["lines.Main"].stops is None
    assert old.numbers() == before
    assert old == tiny()


def test_changes_that_are_sound_only_together_are_accepted() -> None:
    """Low and high of a law may move past each other's old place in one call."""
    plant = tiny().replace({"vehicles.U5 Plus.plan": av.Uniform(low=1, high=2)})
    moved = plant.replace({"vehicles.U5 Plus.plan.low": 5, "vehicles.U5 Plus.plan.high": 6})
    assert moved["vehicles.U5 Plus.plan"] == av.Uniform(low=5, high=6)
    assert list(faults_of(plant.replace, {"vehicles.U5 Plus.plan.low": 5})) == ["vehicles.U5 Plus.plan.high"]


def test_a_changed_number_loses_its_source_and_no_other_does() -> None:
    """The source of a number speaks for that number only: changed as a whole or in a parameter, it is dropped."""
    said = set(tiny().provenance)
    assert said == {"partners.BAIC.fill_rate", "markets.Russia.elasticities.yuan", "vehicles.U5 Plus.plan"}
    for address in (
        "partners.BAIC.fill_rate",
        "partners.BAIC.fill_rate.law.mode",
        "partners.BAIC.fill_rate.persistence",
    ):
        value = 0.7 if address != "partners.BAIC.fill_rate.persistence" else 0.1
        assert said - set(tiny().replace({address: value}).provenance) == {"partners.BAIC.fill_rate"}
    whole = tiny().replace({"markets": (av.Market(name="Russia", per_year=3),)})
    assert said - set(whole.provenance) == {"markets.Russia.elasticities.yuan"}
    assert set(tiny().replace({"partners.BAIC.chance_of_leaving": 0.1}).provenance) == said


def test_all_faults_of_changes_are_told_together() -> None:
    """Wrong values and wrong addresses in one call are told at once, under full addresses."""
    faults = faults_of(
        tiny().replace,
        {
            "partners.BAIC.fill_rate": 2,
            "partners.BAIC.fil": 2,
            "lines.Main.stops.duration.mean": -1,
            "targets.0": float("nan"),
            "markets.Russia.elasticities.gold": 1,
        },
    )
    assert set(faults) == {
        "partners.BAIC.fill_rate",
        "partners.BAIC.fil",
        "lines.Main.stops.duration.mean",
        "targets.0",
    }
    named = faults_of(tiny().replace, {"markets.Russia.elasticities.gold": 1})
    assert named["markets.Russia.elasticities.gold"].endswith(
        "must name a factor that exists; got 'gold' (known: yuan)"
    )


def test_addresses_inside_each_other_are_refused() -> None:
    """A number and a part of it can't be changed in one call, in either order; the fault names both."""
    inner, outer = "partners.BAIC.fill_rate.law.mode", "partners.BAIC.fill_rate"
    for changes in ({outer: 1, inner: 0.6}, {inner: 0.6, outer: 1}):
        faults = faults_of(tiny().replace, changes)
        assert list(faults) == [inner]
        assert outer in faults[inner]


def test_a_table_from_names_to_numbers_takes_new_names() -> None:
    """A factor that a market did not answer to can be given an elasticity by its address."""
    plant = tiny().replace({"factors": (*tiny().factors, av.Factor(name="rate", volatility=0.1))})
    assert plant.replace({"markets.Russia.elasticities.rate": -1})["markets.Russia.elasticities.rate"] == -1.0


def test_with_takes_a_table() -> None:
    """Anything but a table from addresses to values is refused; no change gives an equal plant."""
    assert list(faults_of(tiny().replace, 3)) == ["replace"]
    assert tiny().replace({}) == tiny()


def test_a_fact_is_replaced_by_one_of_its_kind() -> None:
    """What is put in the place of a fact must be a fact of its kind; the fault is at its name, not at its number."""
    for value in (3, None, tiny().vehicles[0]):
        faults = faults_of(tiny().replace, {"partners.BAIC": value, "lines.Main.per_day": -1})
        assert list(faults) == ["partners.BAIC", "lines.Main.per_day"]
        assert "must be Partner(...)" in faults["partners.BAIC"]
    assert tiny().replace({"partners.BAIC": av.Partner(name="BAIC", fill_rate=0.5)})["partners.BAIC.fill_rate"] == 0.5
