"""The scenario: faults across facts, told together, each with its address."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tiny import faults_of, tiny

import avtosim as av


def changed(**families: Any) -> dict[str, str]:
    """Give the faults of the small plant with whole fields exchanged."""
    return faults_of(attrs.evolve, tiny(), **families)


def vehicle(name: str = "V", **fields: Any) -> av.Vehicle:
    """Give a vehicle of the small plant."""
    given: dict[str, Any] = {"partner": "BAIC", "line": "Main", "market": "Russia", "plan": 5, "market_share": 0.1}
    return av.Vehicle(name=name, **{**given, **fields})


def test_an_empty_scenario_is_an_error() -> None:
    """A plant without vehicles builds nothing and is refused."""
    faults = changed(vehicles=[], provenance={})
    assert faults == {"vehicles": "vehicles: must hold at least one vehicle: an empty plant builds nothing; got 0"}


def test_unknown_names_are_told_with_the_nearest_known_one() -> None:
    """A vehicle on a line, of a partner or for a market that does not exist: three faults, each with a hint."""
    faults = changed(vehicles=[vehicle(partner="BIAC", line="Mian", market="Rusia")], provenance={})
    assert list(faults) == ["vehicles.V.partner", "vehicles.V.line", "vehicles.V.market"]
    assert faults["vehicles.V.line"].endswith("must name a line that exists; got 'Mian' (did you mean 'Main'?)")


def test_a_name_is_used_once() -> None:
    """Two facts of one family with one name are refused; in two families the same name is fine."""
    faults = changed(vehicles=[vehicle(), vehicle()], provenance={})
    assert faults == {"vehicles.V": "vehicles.V: a name may be used once in its family; got '2 times'"}
    assert attrs.evolve(tiny(), vehicles=[vehicle("BAIC")], provenance={})["vehicles.BAIC.plan"] == 5


def test_elasticities_and_loads_name_factors_before_them() -> None:
    """An elasticity to an unknown factor, and a load on a later one or on itself, are refused."""
    market = av.Market(name="Russia", per_year=1, elasticities={"yuan": 1, "rate": 1})
    factors = [
        av.Factor(name="yuan", volatility=1, loads={"oil": 1}),
        av.Factor(name="oil", volatility=1, loads={"oil": 1, "gas": 1}),
    ]
    faults = changed(markets=[market], factors=factors, provenance={})
    assert list(faults) == [
        "markets.Russia.elasticities.rate",
        "factors.oil.loads.gas",
        "factors.yuan.loads.oil",
        "factors.oil.loads.oil",
    ]


def test_shocks_name_what_they_multiply() -> None:
    """Shocks on unknown partners, markets or lines are refused, and a name that could be either of two facts."""
    window = av.Window(start=1, duration=1)
    shock = av.Shock(name="S", window=window, supply={"X": 1}, demand={"U5 Plus": 1, "Y": 1}, speed={"Z": 1})
    assert list(changed(shocks=[shock])) == ["shocks.S.supply.X", "shocks.S.demand.Y", "shocks.S.speed.Z"]
    both = av.Shock(name="S", window=window, demand={"Russia": 0.5})
    faults = changed(vehicles=[vehicle("Russia")], shocks=[both], provenance={})
    assert list(faults) == ["shocks.S.demand.Russia"]


def test_market_shares_do_not_exceed_the_market() -> None:
    """Shares that exceed 1 in sum whatever is drawn are refused; those that can stay below are not."""
    law = av.Uniform(low=0.6, high=0.9)
    faults = changed(vehicles=[vehicle("A", market_share=0.5), vehicle("B", market_share=law)], provenance={})
    assert list(faults) == ["markets.Russia"]
    attrs.evolve(tiny(), vehicles=[vehicle("A", market_share=0.4), vehicle("B", market_share=law)], provenance={})


def test_sources_belong_to_numbers() -> None:
    """A source for an address that holds no number is refused with the nearest one."""
    faults = changed(provenance={"partners.BAIC.fil_rate": av.Provenance(source="x")})
    assert "did you mean 'partners.BAIC.fill_rate'?" in faults["provenance of partners.BAIC.fil_rate"]
    assert list(changed(provenance=3)) == ["provenance"]
    assert list(changed(provenance={"targets": "press"})) == ["provenance of targets"]


def test_negative_targets_and_wrong_families_are_refused() -> None:
    """A target below zero and families of the wrong kind are faults with their place."""
    assert list(changed(targets=[10, -5])) == ["targets.1"]
    assert list(changed(targets=70_000)) == ["targets"]
    assert list(changed(lines={"Main": 3}, vehicles=[3])) == ["lines", "vehicles.0"]


def test_what_is_missing_and_what_is_unknown_are_errors() -> None:
    """Missing and unknown keywords are Python's own errors."""
    with pytest.raises(TypeError, match="calendar"):
        av.Scenario(name="x")
    with pytest.raises(TypeError, match="prtners"):
        attrs.evolve(tiny(), prtners=[])  # type: ignore[call-arg]


def test_a_scenario_prints_in_one_line() -> None:
    """The repr counts what the scenario holds."""
    shown = "<Scenario 'Tiny': 1 line, 1 partner, 1 market, 1 vehicle, 1 factor, 12 months>"
    assert repr(tiny()) == shown
