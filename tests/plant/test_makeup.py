"""What a year was made of: numbers and events, as the runs had them."""

from __future__ import annotations

import numpy as np
import plants

import avtosim as av
from avtosim.chance.blocks import blocks
from avtosim.plant.makeup import Element, not_known


def made(scenario: av.Scenario, runs: int = 400) -> tuple[av.Model, dict[tuple[str, str], np.ndarray], object]:
    """Read the elements of some runs, by address and kind."""
    model = av.Model(scenario)
    reading = model.read(blocks(1, 0, runs, runs)[0].points(model.space))
    rows = model.makeup(reading)
    return model, {(e.address, e.what): row for e, row in zip(model.elements, rows, strict=True)}, reading


def test_numbers_are_what_the_reading_says() -> None:
    """A number drawn once is its value, a monthly one its mean over the months; certain ones are no elements."""
    _, rows, reading = made(plants.busy())
    assert np.array_equal(rows["partners.East.fill_rate", "number"], reading["partners.East.fill_rate"][0])
    monthly = reading["partners.North.fill_rate"]
    assert np.allclose(rows["partners.North.fill_rate", "number"], monthly.mean(axis=0), rtol=1e-12)
    assert ("partners.North.stops.per_year", "number") not in rows
    assert all(np.isfinite(row).all() for row in rows.values())


def test_months_of_stops_and_of_leaving_add_up() -> None:
    """Months stopped are what availability lacks of a year, and a partner that left is gone to its end."""
    model, rows, reading = made(plants.busy())
    running = model.availability(reading)["partners.South.stops"]
    assert np.allclose(rows["partners.South.stops", "stopped"], 12.0 - running.sum(axis=0), atol=1e-12)
    gone = rows["partners.East", "gone"]
    assert ((gone >= 0.0) & (gone <= 12.0)).all()
    assert 0.0 < (gone > 0.0).mean() < 0.6


def test_months_of_a_shock_are_its_window() -> None:
    """A window from the middle of a month lasts as long as it says."""
    shock = av.Shock(name="strike", window=av.Window(3.5, 2.25), supply={"P": 0})
    _, rows, _ = made(plants.one_vehicle(shocks=[shock]))
    assert np.allclose(rows["shocks.strike", "active"], 2.25)


def test_what_is_luck_and_what_is_not_known() -> None:
    """Laws drawn once a run, and monthly ones with a lasting part, are not known; the rest of the year is luck."""
    lasting = av.Varying(av.Uniform(0.7, 1), lasting=0.4)
    plant = plants.one_vehicle(
        partner={"fill_rate": lasting, "chance_of_leaving": av.Uniform(0, 0.1), "stops": av.Stops(1, 0.5)},
        vehicle={"delay": av.Exponential(1)},
        line={"per_day": av.Varying(av.Uniform(1, 2))},
    )
    model, _, _ = made(plant)
    luck = {(e.address, e.what): e.luck for e in model.elements}
    assert not luck["partners.P.fill_rate", "number"]
    assert not luck["partners.P.chance_of_leaving", "number"]
    assert luck["lines.L.per_day", "number"]
    assert luck["vehicles.V.delay", "number"]
    assert luck["partners.P.stops", "stopped"]
    inputs = {random_input.name: not_known(random_input) for random_input in model.space.inputs}
    assert {name for name, unknown in inputs.items() if unknown} == {
        "partners/P/fill_rate/lasting",
        "partners/P/chance_of_leaving",
    }


def test_what_could_be_known() -> None:
    """Of what is no luck it is the value, as among the elements; of a monthly law with a lasting part, its score."""
    lasting = av.Varying(av.Uniform(0.7, 1), lasting=0.4)
    some = plants.one_vehicle(partner={"fill_rate": lasting}, market={"per_year": av.Uniform(5, 9)})
    for plant in (some, plants.busy()):
        model, rows, reading = made(plant)
        addresses = [element.address for element in model.elements if not element.luck]
        known = model.unknown(reading)
        assert len(known) == len(addresses) > 1
        for address, row in zip(addresses, known, strict=True):
            if address == "partners.P.fill_rate":
                score = next(i for i in model.space.inputs if i.name == "partners/P/fill_rate/lasting")
                assert np.array_equal(row, reading.points.scores(score)[0])
            else:
                assert np.array_equal(row, rows[address, "number"])
    model, _, reading = made(plants.one_vehicle())
    assert model.unknown(reading).shape == (0, 400)


def test_elements_are_said_in_words() -> None:
    """An element says what it is in plain words."""
    assert Element("partners.BAIC.stops", "stopped", "months", luck=True).text == "months that BAIC stood still"
    assert Element("partners.BAIC.fill_rate", "number", "share", luck=False).text == "fill rate of BAIC"


def test_months_are_those_that_the_year_adds_up() -> None:
    """By month, an element is a number, or the share of the month that an event took; these make the year."""
    model, rows, reading = made(plants.busy())
    for element, grid in zip(model.elements, model.by_month(reading), strict=True):
        months = np.broadcast_to(grid, (12, 400))
        year = months.sum(axis=0) if element.is_event else months.mean(axis=0)
        assert np.allclose(year, rows[element.address, element.what], atol=1e-12)
        assert not element.is_event or (months.min() >= 0.0 and months.max() <= 1.0)
    assert {element.what for element in model.elements if element.is_event} == {"stopped", "gone", "active"}
