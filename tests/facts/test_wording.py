"""Addresses in words."""

from __future__ import annotations

import pytest

from avtosim.facts.wording import in_words

CASES = {
    "partners.BAIC.fill_rate": "fill rate of BAIC",
    "partners.BAIC.stops": "BAIC",
    "partners.BAIC.stops.per_year": "stops a year of BAIC",
    "partners.BAIC.stops.per_year.times": "stops a year of BAIC (factor)",
    "partners.BAIC.fill_rate.2024-07": "fill rate of BAIC from 2024-07 on",
    "markets.Russia.per_year": "demand of the market Russia",
    "markets.Russia.elasticities.key rate": "effect of key rate on Russia",
    "lines.Cars.per_day": "speed of Cars",
    "vehicles.E5.delay": "launch delay of E5",
    "vehicles.E5.plan.total": "plan of E5",
    "vehicles.Truck.needs.Engine.kit_cover": "kit cover of Engine of Truck",
    "quantities.supply trouble": "supply trouble",
    "quantities.left.times": "left times",
    "shocks.Route.window.start": "start of Route",
    "shocks.Route.delay": "delay under Route",
    "shocks.Route.supply.BAIC": "supply of BAIC under Route",
}


@pytest.mark.parametrize("address", CASES)
def test_an_address_is_said_in_words(address: str) -> None:
    """A reader gets the name of the number and of its fact, and no dots."""
    assert in_words(address) == CASES[address]
