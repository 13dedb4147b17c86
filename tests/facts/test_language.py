"""What a planner may say of sources, orders, ends, dates and beliefs, and what of it is refused or warned of."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from tiny import faults_of

import avtosim as av

BASE = """
name = "Plant"
targets = [100]

[calendar]
first_month = "2024-01"

[lines.Main]
per_day = 10

[partners.A]
[partners.B]

[markets.Home]
per_year = 1000

[vehicles.V]
line = "Main"
"""
SOLD = 'market = "Home"\nmarket_share = 0.5\nplan = 500\n'
ORDERED = "orders = 500\n"
KITS = 'partner = "A"\n'


@pytest.mark.parametrize(
    ("text", "address", "rule"),
    [
        (SOLD + "partners = { A = 0.6, B = 0.5 }", "vehicles.V.partners", "must be parts that sum to 1"),
        (SOLD + 'partners = { A = "rest", B = "rest" }', "vehicles.V.partners", "the rest to more than one partner"),
        (SOLD + "partners = { A = 0.6, C = 0.4 }", "vehicles.V.partners.C", "must name a partner that exists"),
        (SOLD + "partners = { A = 1.2, B = 0.2 }", "vehicles.V.partners.A", "must lie in [0, 1]; got 1.2"),
        (SOLD + "needs = { Engine = { takeover = 0.5 } }", "vehicles.V.needs.Engine", "must have a partner"),
        (SOLD + "needs = { Engine = {} }", "vehicles.V.needs.Engine", "must have a partner"),
        (SOLD + 'needs = { Engine = "C" }', "vehicles.V.needs.Engine.partner", "must name a partner that exists"),
        (
            SOLD + 'needs = { Engine = { partner = "A", cover = 1 } }',
            "vehicles.V.needs.Engine.cover",
            "not a known key",
        ),
        (SOLD + 'needs = { Engine = "A" }\n' + KITS, "vehicles.V", "must have one of partner, partners and needs"),
        (SOLD + KITS + "takeover = 0.5", "vehicles.V.takeover", "must have a second partner"),
        (SOLD + KITS + 'start = "2024-06"\nend = "2024-03"', "vehicles.V.end", "must not lie before the start"),
        (SOLD + KITS + 'start = "2024-06"\nend = "2024-05"', "vehicles.V.end", "must not lie before the start"),
        (
            SOLD + KITS + 'start = "2024-06"\nend = { uniform = ["2024-01", "2024-08"] }',
            "vehicles.V.end",
            "must not lie before the start of production in more than half of the runs",
        ),
        (SOLD.replace("500", "[1, 2]") + KITS, "vehicles.V.plan", "must have one volume for each of the 12 months"),
        (ORDERED + KITS + f"plan = {[10] * 12}\nstart = 2", "vehicles.V.start", "beside a row of monthly volumes"),
        (ORDERED + KITS + f"plan = {[10] * 12}\nramp_up = 2", "vehicles.V.ramp_up", "beside a row of monthly volumes"),
        (
            ORDERED + KITS + 'plan = { stepwise = { "2024-02" = 5 } }',
            "vehicles.V.plan",
            "must have a step at or before the first month, 2024-01; got '2024-02'",
        ),
        (ORDERED + KITS + 'plan = { stepwise = { "2024-13" = 5 } }', "vehicles.V.plan.2024-13", "a month that exists"),
        (
            ORDERED + KITS + 'plan = { stepwise = { "2024-01-15" = 5 } }',
            "vehicles.V.plan.2024-01-15",
            "must be a month",
        ),
        (
            ORDERED + KITS + 'plan = { stepwise = { "2024-01" = -5 } }',
            "vehicles.V.plan.2024-01",
            "must be zero or more",
        ),
        (ORDERED + KITS + 'flex = { stepwise = { "2024-01" = 1 } }', "vehicles.V.flex", "must be a number or a law"),
        (
            ORDERED + KITS + 'start = "2024-02-30"',
            "vehicles.V.start",
            "must be a number, a date or a law; got '2024-02-30' (the calendar has no such day or month)",
        ),
        (ORDERED + KITS + 'delay = "2024-02-01"', "vehicles.V.delay", "must be a number or a law; got '2024-02-01'"),
        (ORDERED + KITS + 'start = { uniform = ["2024-02-30", 3] }', "vehicles.V.start.low", "must be a number"),
        (
            ORDERED + KITS + 'start = { uniform = ["2024-02", 3] }',
            "vehicles.V.start.high",
            "must be a date, as another",
        ),
        (ORDERED + KITS + 'flex = { uniform = ["2024-02", "2024-03"] }', "vehicles.V.flex", "must not be a date"),
        (
            ORDERED + KITS + 'flex = { named = "belief" }',
            "vehicles.V.flex",
            "that is declared in quantities; got 'belief'",
        ),
        (ORDERED + SOLD + KITS, "vehicles.V.orders", "must not stand beside a market"),
        (
            ORDERED + KITS + '[partners.A.stops]\nper_year = 1\nduration = { named = "q" }\n[quantities]\nq = 1',
            "partners.A.stops.duration",
            "what all stops of a year share is severity",
        ),
        ("plan = 500\n" + KITS, "vehicles.V.market", "must be given: who buys it (market and market_share, or orders)"),
        ('market = "Home"\nplan = 500\n' + KITS, "vehicles.V.market_share", "must be given: who buys it"),
        (SOLD.replace("plan = 500", "") + KITS, "vehicles.V.plan", "must be given: volume scheduled for a full year"),
        (ORDERED + 'start = "2030-01"\nplan = { total = 5 }', "vehicles.V.plan.total", "some time within the calendar"),
        (ORDERED + "backorder = 2", "vehicles.V.backorder", "must lie in [0, 1]; got 2"),
        (
            ORDERED + KITS + "[shocks.S]\nwindow = { start = 1, duration = 1 }\ndelay = { A = -1 }",
            "shocks.S.delay.A",
            "must be zero or more; got -1",
        ),
        (
            ORDERED + KITS + '[shocks.S]\nwindow = { start = 1 }\nholds = ["A"]',
            "shocks.S.window",
            "must have either a duration or an end",
        ),
        (
            ORDERED + KITS + '[shocks.S]\nwindow = { start = "2024-03", end = "2024-01" }\nspeed = 0',
            "shocks.S.window.end",
            "must not lie before its start",
        ),
        (
            ORDERED + KITS + '[shocks.S]\nwindow = { start = 1, duration = 1 }\nholds = ["C"]',
            "shocks.S.holds.0",
            "must name a partner that exists",
        ),
        (
            ORDERED + "[shocks.S]\nwindow = { start = 1, duration = 1 }\nsupply = { V = 0.5 }",
            "shocks.S.supply.V",
            "must name what needs kits; this vehicle needs none",
        ),
        (
            ORDERED + KITS + "[shocks.S]\nwindow = { start = 1, duration = 1 }",
            "shocks.S",
            "must do something: state supply, demand, speed, delay or holds",
        ),
    ],
)
def test_a_fault_has_its_place_rule_and_value(text: str, address: str, rule: str) -> None:
    """Each way to say something that cannot be is one fault, at its address, with its rule and value."""
    faults = faults_of(av.loads, BASE + text)
    assert list(faults) == [address], faults
    assert rule in faults[address]


@pytest.mark.parametrize(
    ("targets", "address", "rule"),
    [
        (
            '[{ volume = 5, of = "C" }]',
            "targets.0.of",
            "must name a partner, a vehicle, a line or a market that exists",
        ),
        (
            '[{ volume = 5, until = "2025-01" }]',
            "targets.0.until",
            "must be a month of the calendar, 2024-01 to 2024-12",
        ),
        ('[5, { volume = 5, until = "June" }]', "targets.1.until", "must be a month as YYYY-MM; got 'June'"),
        ("[{ volume = -5 }]", "targets.0.volume", "must be zero or more"),
        ('[{ volume = 5, of = ["A", "Main"] }]', "targets.0.of", "must name things of one kind"),
        ('[{ until = "2024-06" }]', "targets.0.volume", "must be given"),
    ],
)
def test_a_target_of_nothing_is_refused(targets: str, address: str, rule: str) -> None:
    """A target of a name that is not there, or until a month outside the calendar, is one fault."""
    faults = faults_of(av.loads, BASE.replace("[100]", targets) + ORDERED + KITS)
    assert list(faults) == [address]
    assert rule in faults[address]


@pytest.mark.parametrize(
    ("quantities", "share", "address", "rule"),
    [
        ("q = { uniform = [0.4, 0.8] }", "0.5", "quantities.q", "must be named by some number"),
        ('q = { named = "r" }\nr = { named = "q" }', '{ named = "q" }', "quantities.q", "must not lead back to itself"),
        (
            "q = { uniform = [0.4, 0.8] }",
            '{ named = "q", times = 2 }',
            "vehicles.V.market_share",
            "must lie in [0, 1]; this one reaches from 0.8 to 1.6",
        ),
        ("q = { normal = [0.4, 0.8] }", '{ named = "q" }', "vehicles.V.market_share", "reaches from -inf to inf"),
    ],
)
def test_a_quantity_that_cannot_be_is_refused(quantities: str, share: str, address: str, rule: str) -> None:
    """What is declared and not used, leads in a circle, or can break a rule is told at its place."""
    text = BASE + SOLD.replace("0.5", share) + KITS + f"[quantities]\n{quantities}\n"
    faults = faults_of(av.loads, text)
    assert address in faults, faults
    assert rule in faults[address]


def test_what_is_redrawn_monthly_cannot_be_a_plan() -> None:
    """A plan that follows a monthly quantity is refused, for call-offs would foresee what nobody knows."""
    text = BASE + SOLD.replace("500", '{ named = "q" }') + KITS
    text += "[quantities]\nq = { varying = { uniform = [4, 8] } }\n"
    assert "must hold all year" in faults_of(av.loads, text)["vehicles.V.plan"]


def vehicle(**fields: Any) -> av.Scenario:
    """Make a plant of one vehicle that a customer orders."""
    stated: dict[str, Any] = {"name": "V", "partner": "A", "line": "L", "orders": 12} | fields
    return av.Scenario(
        name="one",
        calendar=av.Calendar(first_month="2024-01"),
        lines=[av.Line(name="L", per_day=10)],
        partners=[av.Partner(name="A", surge=stated.pop("surge", 1.5)), av.Partner(name="B")],
        vehicles=[av.Vehicle(**stated)],
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"backorder": 1.0}, "flex is 1"),
        ({"backorder": av.Uniform(0, 1), "flex": 1.0}, "flex is 1"),
        ({"backorder": 0.5, "flex": 1.3, "surge": 1.0}, "surge is 1 and there are no kits to spare"),
    ],
)
def test_a_backorder_that_nothing_serves_is_warned_of(fields: dict[str, Any], why: str) -> None:
    """Unmet demand that is stated to wait, where no month can build more than its schedule, is warned of once."""
    with pytest.warns(UserWarning, match=r"vehicles.V.backorder: what waits can never be served") as told:
        vehicle(**fields)
    assert len(told) == 1
    assert why in str(told[0].message)


@pytest.mark.parametrize("fields", [{}, {"backorder": 0}, {"backorder": 1, "flex": 1.2}])
def test_what_can_be_served_is_not_warned_of(fields: dict[str, Any]) -> None:
    """Orders without a stated backorder, none that waits, and flex with surge bring no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vehicle(**fields)


def test_stating_an_alternative_lets_go_of_the_others() -> None:
    """Two partners replace one, a customer replaces a market, an end replaces a duration, a row replaces a start."""
    plant = vehicle(start=2, ramp_up=1)
    two = plant.replace({"vehicles.V.partners": {"A": 0.6, "B": "rest"}})
    assert (two.vehicles["V"].partner, dict(two.vehicles["V"].partners)) == (None, {"A": 0.6, "B": "rest"})
    needs = two.replace({"vehicles.V.needs": {"Engine": {"partners": {"A": 0.5, "B": 0.5}, "takeover": 0.2}}})
    assert not needs.vehicles["V"].partners
    assert needs["vehicles.V.needs.Engine.takeover"] == 0.2
    assert needs.replace({"vehicles.V.needs.Engine.partner": "B"})["vehicles.V.needs.Engine"] == av.Component(
        partner="B"
    )
    row = plant.replace({"vehicles.V.plan": [1] * 12})
    assert (row["vehicles.V.start"], row["vehicles.V.ramp_up"]) == (0.0, 0.0)
    text = 'extends = "avtotor-2024-06"\n[vehicles.E5]\norders = 8000\n'
    e5 = av.loads(text).vehicles["E5"]
    assert (e5.market, e5.market_share, e5.orders) == (None, None, 8000.0)


def test_stating_a_takeover_lets_go_of_no_partner() -> None:
    """The share taken over, stated anew, leaves the kits where they come from."""
    plant = vehicle()
    assert plant.replace({"vehicles.V.takeover": 0.0}) == plant
    engine = plant.replace({"vehicles.V.needs": {"Engine": {"partners": {"A": 0.5, "B": 0.5}}}})
    assert engine.replace({"vehicles.V.needs.Engine.takeover": 0.4})["vehicles.V.needs.Engine.partners.A"] == 0.5
    with pytest.raises(av.FactError, match=r"vehicles\.V\.takeover: must have a second partner"):
        plant.replace({"vehicles.V.takeover": 0.5})


def test_steps_and_beliefs_have_addresses() -> None:
    """A step, a named quantity, its factor and a component's part are read and replaced by their addresses."""
    plant = av.loads(
        BASE
        + KITS
        + 'plan = { stepwise = { "2024-07" = 24, "2024-01" = 12 } }\norders = { named = "q", times = 2, plus = 1 }\n'
        + '[quantities]\nq = { value = 7, source = "a talk" }\n'
    )
    assert plant["vehicles.V.plan.2024-07"] == 24.0
    assert plant["vehicles.V.orders.times"] == 2.0
    assert plant.replace({"vehicles.V.plan.2024-07": 36})["vehicles.V.plan"] == av.Stepwise(
        {"2024-01": 12, "2024-07": 36}
    )
    assert plant.replace({"quantities.q": 9})["quantities.q"] == 9.0
    assert plant.provenance["quantities.q"].source == "a talk"
    assert av.loads(plant.to_toml()) == plant
    assert "quantities.q" in plant.numbers()
    swept = av.sweep(plant, {"quantities.q": [3, 6], "vehicles.V.plan.2024-07": [12, 24]}, runs=10)
    assert swept.mean().shape == (2, 2)


def test_dates_stay_when_the_calendar_moves() -> None:
    """A start given as a date is the same day in another calendar; one given in months moves with it."""
    dated, counted = vehicle(start="2024-03"), vehicle(start=2)
    assert (av.simulate(dated, runs=1).annual == av.simulate(counted, runs=1).annual).all()
    months = {
        name: plant.replace({"calendar.first_month": "2024-03"}) for name, plant in (("d", dated), ("c", counted))
    }
    built = {name: av.simulate(plant, runs=1).by_month.array[:, 0] for name, plant in months.items()}
    assert built["d"][0] > 0
    assert built["c"][0] == 0


def test_arithmetic_of_beliefs() -> None:
    """Factors and terms add up in any order; a law may be one of them, once."""
    q = av.Named("q")
    assert 3 - 2 * (q + 1) == av.Named("q", times=-2, plus=1)
    assert av.Pert(1, 2, 3) * q + 4 == av.Named("q", times=av.Pert(1, 2, 3), plus=4)
    assert q - av.Named("r") == av.Named("q", plus=av.Named("r", times=-1))
    assert (av.Pert(1, 2, 3) * q).uses == {"q"}
    with pytest.raises(TypeError, match="can be multiplied by a number alone"):
        (q + 1) * av.Pert(1, 2, 3)
    with pytest.raises(TypeError, match="has something added to it already"):
        q + av.Pert(1, 2, 3) + av.Pert(1, 2, 3)
    with pytest.raises(TypeError):
        q * "two"


def test_a_quantity_has_a_name_that_an_address_can_hold() -> None:
    """A dot in the name of a quantity is refused: it would be two steps of an address."""
    with pytest.raises(av.FactError, match=r"quantities\.a\.b: must be a name"):
        av.loads(BASE + ORDERED + '[quantities]\n"a.b" = 1\n')


def test_a_quantity_goes_with_the_last_number_that_follows_it() -> None:
    """Fixing all that follows a belief lets go of the belief, and of what it alone followed."""
    text = BASE + KITS + 'plan = { total = { named = "sold" } }\norders = 12\n'
    plant = av.loads(
        text + '[quantities]\nmade = { value = 9, source = "x" }\nsold = { named = "made", times = 0.5 }\n'
    )
    fixed = plant.replace({"vehicles.V.plan.total": 7})
    assert (dict(fixed.quantities), dict(fixed.provenance)) == ({}, {})
    assert dict(plant.replace({"quantities.sold": 4}).quantities) == {"sold": 4.0}


def test_whole_months_are_added_to_a_date() -> None:
    """A date plus whole months is the same day of another month; a fraction makes a number that is no moment."""
    start = vehicle(start="2024-01-31")["vehicles.V.start"]
    assert [repr(start + 1), repr(start - 2), repr(start + 12)] == ["'2024-02-29'", "'2023-11-30'", "'2025-01-31'"]
    assert vehicle(start=start + 1)["vehicles.V.start"] == start + 1
    assert repr(vehicle(start="2024-11")["vehicles.V.start"] + 2) == "'2025-01'"
    with pytest.raises(av.FactError, match="must lie within 1200 months of the beginning, or be a date in quotes"):
        vehicle(start=start + 0.5)
