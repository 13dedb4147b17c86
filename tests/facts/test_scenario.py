"""The scenario: faults across facts, told together, each with its address."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import attrs
import pytest
from scipy import stats
from tiny import faults_of, tiny

import avtosim as av

NOTE, OTHER = av.Provenance(note="old"), av.Provenance(note="new", standing="derived")
REFERENCES = ("partner", "line", "market")


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
    """Shares whose means exceed 1 in sum are refused, of Varying the mean of its law; a sum of exactly 1 is not."""
    law = av.Uniform(0.6, 0.9)
    for share in (law, av.Varying(law, persistence=0.5), 0.75, stats.uniform(0.6, 0.3)):
        faults = changed(vehicles=[vehicle("A", market_share=0.2501), vehicle("B", market_share=share)], provenance={})
        assert list(faults) == ["markets.Russia"]
        assert "got 1.0001" in faults["markets.Russia"]
        sound = [vehicle("A", market_share=0.25), vehicle("B", market_share=share)]
        assert len(attrs.evolve(tiny(), vehicles=sound, provenance={}).vehicles) == 2


def window_faults(start: Any, duration: Any) -> dict[str, str]:
    """Give the faults of a shock with this window in a calendar of twelve months."""
    shock = av.Shock(name="S", window=av.Window(start, duration), supply={"BAIC": 0})
    try:
        return changed(shocks=[shock])
    except AssertionError:
        return {}


@pytest.mark.parametrize(
    ("start", "duration"),
    [(12, 1), (-3, 2.9), (av.Uniform(12, 20), 3), (-4, av.Uniform(1, 3.9)), (av.Uniform(-9, -5), av.Uniform(0, 4))],
)
def test_a_shock_outside_the_calendar_is_refused(start: Any, duration: Any) -> None:
    """A window that cannot meet the calendar, whatever is drawn, is a fault that says the calendar's span."""
    faults = window_faults(start, duration)
    assert list(faults) == ["shocks.S.window"]
    assert "must meet the calendar, month 0 to 12 (2024-01 to 2024-12)" in faults["shocks.S.window"]


@pytest.mark.parametrize(
    ("start", "duration"),
    [(11.9, 1), (-3, 3.1), (av.Uniform(11, 20), 3), (-4, av.Exponential(0.1)), (av.Normal(-50, 1), 1), (5, 0)],
)
def test_a_shock_that_may_meet_the_calendar_is_accepted(start: Any, duration: Any) -> None:
    """A window that could meet the calendar is accepted, however unlikely that is."""
    assert window_faults(start, duration) == {}


@pytest.mark.parametrize("character", ["\n", "\t", "\x00", "\x1b", "\x7f", "\x9f", "\u202e", "\u2066", "\u2028"])
def test_control_characters_are_refused(character: str) -> None:
    """A title holds no control characters and no marks of direction; a description may hold line breaks and tabs."""
    assert list(changed(name=f"a{character}b")) == ["name"]
    if character in "\n\t":
        assert attrs.evolve(tiny(), description=f"a{character}b").description == f"a{character}b"
    else:
        assert list(changed(description=f"a{character}b")) == ["description"]


def test_families_are_indexed_by_name_and_position() -> None:
    """A family is a tuple that also finds facts by name; an unknown name is told with the nearest one."""
    plant = tiny()
    assert plant.vehicles["U5 Plus"] is plant.vehicles[0] is plant["vehicles.U5 Plus"]
    assert (len(plant.partners), list(plant.partners)) == (1, [plant.partners["BAIC"]])
    assert "BAIC" in plant.partners
    assert "Kaiyi" not in plant.partners
    assert plant.partners["BAIC"] in plant.partners
    assert plant.partners.names == ("BAIC",)
    assert plant.vehicles[:1] == plant.vehicles == tuple(plant.vehicles)
    with pytest.raises(KeyError, match="did you mean 'BAIC'"):
        plant.partners["BIAC"]
    with pytest.raises(IndexError):
        plant.partners[1]
    with pytest.raises(TypeError):
        plant.partners["BAIC"] = 3  # type: ignore[index]
    assert pickle.loads(pickle.dumps(plant)) == copy.deepcopy(plant) == plant
    assert type(pickle.loads(pickle.dumps(plant)).lines) is type(plant.lines)


def test_addresses_are_found_by_words() -> None:
    """An address is found by parts of it in any case and order, names with blanks included."""
    plant = tiny()
    assert plant.find("FILL") == ("partners.BAIC.fill_rate",)
    assert plant.find("share plus u5") == ("vehicles.U5 Plus.market_share",)
    assert plant.find("") == tuple(plant.numbers())
    assert plant.find("no such word") == ()
    with pytest.raises(TypeError, match="words: must be text"):
        plant.find(3)  # type: ignore[arg-type]


def test_differences_are_all_that_was_changed() -> None:
    """Each changed address is told with its value here and there, None where there is nothing; the rest is not."""
    plant = tiny()
    other = plant.replace(
        {
            "name": "Other",
            "calendar.first_month": "2024-02",
            "targets": [1],
            "lines.Main.stops": None,
            "lines.Main.per_day": 12,
            "partners.BAIC.fill_rate.law.mode": 0.6,
            "markets.Russia.elasticities.yuan": -0.4,
            "vehicles": [plant.vehicles[0], vehicle("New")],
        }
    )
    found = plant.differences(other)
    added = {address: (None, value) for address, value in other.numbers().items() if ".New." in address}
    places = {f"vehicles.New.{field}": (None, getattr(other.vehicles[1], field)) for field in REFERENCES}
    assert found == {
        "name": ("Tiny", "Other"),
        "calendar.first_month": ("2024-01", "2024-02"),
        "targets": ((100.0, 200.0), (1.0,)),
        "lines.Main.stops.per_year": (3.0, None),
        "lines.Main.stops.duration": (av.Exponential(0.2), None),
        "lines.Main.stops.severity": (1.0, None),
        "lines.Main.stops.at_start": ("running", None),
        "lines.Main.stops.stopped_for": (0.0, None),
        "lines.Main.per_day": (10.0, 12.0),
        "partners.BAIC.fill_rate": (plant["partners.BAIC.fill_rate"], other["partners.BAIC.fill_rate"]),
        "markets.Russia.elasticities.yuan": (-0.3, -0.4),
        **added,
        **places,
    }
    assert other.differences(plant) == {address: (theirs, mine) for address, (mine, theirs) in found.items()}
    assert plant.differences(tiny()) == {}
    with pytest.raises(TypeError, match="other: must be a Scenario; got 3"):
        plant.differences(3)  # type: ignore[arg-type]


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


def test_changed_numbers_may_say_where_they_come_from() -> None:
    """A provenance given with a change stands in the register; others are kept, and that of the old number is gone."""
    old = attrs.evolve(
        tiny(), provenance={"vehicles.U5 Plus.plan": av.Provenance(note="kept"), "lines.Main.per_day": NOTE}
    )
    new = old.replace({"lines.Main": av.Line(name="Main", per_day=7)}, provenance={"lines.Main.per_day": OTHER})
    assert dict(new.provenance) == {"vehicles.U5 Plus.plan": av.Provenance(note="kept"), "lines.Main.per_day": OTHER}
    assert "lines.Main.per_day" not in old.replace({"lines.Main.per_day": 7}).provenance


@pytest.mark.parametrize(
    ("provenance", "text"),
    [
        (
            {"vehicles.U5 Plus.plan": av.Provenance()},
            "provenance of vehicles.U5 Plus.plan: must belong to a number that is changed",
        ),
        ({"lines.Main": av.Provenance()}, "provenance of lines.Main: must belong to a number that is changed (did you"),
        ({"lines.Main.per_day": "press"}, "provenance of lines.Main.per_day: must be Provenance(...); got 'press'"),
        ("press", "provenance: must be a table from addresses to Provenance(...); got 'press'"),
    ],
)
def test_a_provenance_of_no_changed_number_is_refused(provenance: Any, text: str) -> None:
    """An address that was not changed, one of a fact, and what is no provenance: one error each."""
    with pytest.raises(av.FactError) as raised:
        tiny().replace({"lines.Main.per_day": 7}, provenance=provenance)
    assert len(raised.value.faults) == 1
    assert str(raised.value).partition(": ")[2].startswith(text) or str(raised.value).startswith(text)
