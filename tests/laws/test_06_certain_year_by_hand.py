"""Law 6: with all numbers certain the output is a year worked by hand.

The hand is ``plain_year``: written from the description of the model, one number at a time. It shares no code with the
library; ``certain.plain_plant`` reads the facts for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import plain_year
import plants
import pytest
from certain import accounts_of, certain, lawful, plain_plant, settled
from hypothesis import given, settings
from hypothesis import strategies as st
from played import drawn

import avtosim as av
from avtosim.chance.points import DrawnPoints, Keys
from avtosim.laws.base import mean_of

BLOCKS, PLANTS_A_BLOCK = 10, 30

#: Of the largest month of the plant, scheduled or demanded, or of the number itself where that is larger. Both ways
#: add up a few hundred numbers of that size, in another order.
ROUNDING = 1e-9


def by_hand(plant: plain_year.Plant, scenario: av.Scenario) -> Iterator[tuple[str, str, int, list[float]]]:
    """Work out every flow that the library keeps: its name, whose it is, the row in the record, and its months."""
    flows = plain_year.year(plant)
    for row, v in enumerate(scenario.vehicles):
        for flow, numbers in flows["vehicle"][v.name].items():
            yield flow, v.name, row, numbers
    for row, (name, key) in enumerate(accounts_of(scenario).items()):
        for flow, numbers in flows["account"][key].items():
            yield flow, name, row, numbers
    for row, partner in enumerate(scenario.partners):
        for flow, numbers in flows["sender"][partner.name].items():
            yield f"{flow}_by_partner", partner.name, row, numbers
    for row, line in enumerate(scenario.lines):
        yield "capacity", line.name, row, list(plant.capacity[line.name])


def differences(record: Mapping[str, np.ndarray], run: int, plant: plain_year.Plant, scenario: av.Scenario) -> str:
    """Say where a run is not the year of a plant worked out by hand, the earliest months first; nothing if it is."""
    found = list(by_hand(plant, scenario))
    size = max(1.0, *(max(numbers) for flow, _, _, numbers in found if flow in ("scheduled", "demand")))
    wrong = []
    for flow, name, row, numbers in found:
        got = record[flow][row, :, run]
        for month in np.flatnonzero(np.abs(got - numbers) > ROUNDING * np.maximum(size, numbers)):
            text = f"{flow} of {name} in month {month + 1}: {got[month]}, by hand {numbers[month]}"
            wrong.append((month, text))
    built = sum(sum(numbers) for flow, _, _, numbers in found if flow == "built")
    if abs(record["annual"][run] - built) > ROUNDING * max(size, built):
        wrong.append((len(plant.days), f"annual: {record['annual'][run]}, by hand {built}"))
    said = [text for _, text in sorted(wrong, key=lambda pair: pair[0])][:5]
    return "\n".join([*said, scenario.to_toml()]) if said else ""


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_certain_year_is_the_year_worked_by_hand(block: int) -> None:
    """Every flow of every vehicle, account, partner, line and month is the one worked out by hand, in every run."""
    for number in range(block * PLANTS_A_BLOCK, (block + 1) * PLANTS_A_BLOCK):
        scenario = certain(f"law 6, plant {number}")
        model = av.Model(scenario)
        assert model.labels["account"] == tuple(accounts_of(scenario))
        record = drawn(model, 0, 2)
        for flow in record.values():
            assert np.array_equal(flow[..., 0], flow[..., 1])
        wrong = differences(record, 0, plain_plant(scenario), scenario)
        assert not wrong, f"plant {number}: {wrong}"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_run_is_the_certain_year_of_what_it_drew(block: int) -> None:
    """With laws in every place each run is the year worked out by hand of the numbers that it drew."""
    for number in range(block * PLANTS_A_BLOCK // 3, (block + 1) * PLANTS_A_BLOCK // 3):
        scenario = lawful(f"law 6, lawful plant {number}")
        model = av.Model(scenario)
        reading = model.read(DrawnPoints(model.space, Keys(17), 0, 3))
        record = model.play(model.drivers(reading), 3, keep="flows")
        for run in range(3):
            wrong = differences(record, run, plain_plant(settled(scenario, reading, run)), scenario)
            assert not wrong, f"plant {number}, run {run}: {wrong}"


def test_a_year_on_paper() -> None:
    """A start in March with a ramp, a lead time of a month, lost kits, a short line in May, worked out on paper.

    Plan 1,200 a year is 100 a month; the ramp lasts 2 months from the end of February: the schedule says 0, 0, 25, 75,
    100, 100. Kits take a month: month 3's 25 were called off in month 2, and 80 % of what is due arrives.
    Month 3: the order-up-to level is the schedule of months 3 and 4, 100; nothing is on hand, 25 are on the way: 75
    are called off; 20 of the 25 arrive and are built.
    Month 4: level 75 + 100, nothing on hand, 75 on the way: 100; 60 arrive. Month 5: level 200, 100 on the way: 100;
    80 arrive, but the line does only 50: 30 kits are left. Month 6: level 200, 30 on hand and 100 on the way: 70; 80
    arrive, 110 on hand, 100 required and built, 10 left.
    """
    scenario = plants.one_vehicle(
        days=(20,) * 6,
        partner={"fill_rate": 0.8, "lead_time": 1},
        line={"per_day": 10},
        vehicle={"plan": 1200, "start": 2, "ramp_up": 2},
        shocks=[av.Shock(name="repair", window=av.Window(start=4, duration=1), speed={"L": 0.25})],
    )
    flows = av.simulate(scenario, runs=1, keep="flows").flows
    for flow, by_hand in {
        "scheduled": [0, 0, 25, 75, 100, 100],
        "called": [0, 25, 75, 100, 100, 70],
        "arrived": [0, 0, 20, 60, 80, 80],
        "built": [0, 0, 20, 60, 50, 100],
        "kits": [0, 0, 0, 0, 30, 10],
        "capacity": [200, 200, 200, 200, 50, 200],
    }.items():
        assert flows[flow][0, :, 0] == pytest.approx(by_hand), flow


def test_half_a_year_of_sales_on_paper() -> None:
    """Stock is built up to its cover, then sales lead: worked out on paper.

    Market 2,400 a year, half of it the share of this vehicle: 100 a month, in a season of 1, 1, 1, 2, 2, 2 over the
    half-years: a month is 1,200 x 1/18, or x 2/18. Stock cover half a month: 50.
    January: 66.67 + 50 - 20 = 96.67 required and built, 66.67 sold, 50 left. February: 66.67. March: 66.67.
    April: 133.33 required, but schedule times flex is 110: 160 on hand, 133.33 sold, 26.67 left.
    May: 133.33 + 50 - 26.67 = 156.67, 110 built: 136.67 on hand, 133.33 sold, 3.33 left. June: 110 built, 113.33 sold,
    and 20 are lost.
    """
    scenario = plants.one_vehicle(
        days=(20,) * 6,
        market={"per_year": 2400, "season": (1, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1)},
        vehicle={
            "plan": 1200,
            "flex": 1.1,
            "market_share": 0.5,
            "stock_cover": 0.5,
            "opening_stock": 20,
            "kit_cover": 1,
            "opening_kits": 100,
        },
    )
    flows = av.simulate(scenario, runs=1, keep="flows").flows
    third = 1 / 3
    for flow, by_hand in {
        "demand": [66 + 2 * third] * 3 + [133 + third] * 3,
        "built": [96 + 2 * third, 66 + 2 * third, 66 + 2 * third, 110, 110, 110],
        "sold": [66 + 2 * third] * 3 + [133 + third, 133 + third, 113 + third],
        "stock": [50, 50, 50, 26 + 2 * third, 3 + third, 0],
    }.items():
        assert flows[flow][0, :, 0] == pytest.approx(by_hand, abs=1e-9), flow


def test_one_month_by_hand() -> None:
    """The month's arithmetic alone, on plain numbers: two vehicles share a line that can do half of what they could."""
    from avtosim.plant.month import Layout, Month, State, Work, advance

    column = np.array([[1.0], [1.0]])
    opening = State(kits=column * 10, stock=column * 4, waiting=column * 0, due=(), on_order=column * 0)
    work = Work(opening, channels=2)
    month = Month(
        order_up_to=np.array([[30.0], [100.0]]),
        order_cap=np.array([[25.0], [40.0]]),
        schedule_ceiling=np.array([[50.0], [20.0]]),
        target_stock=np.array([[6.0], [0.0]]),
        supply=[np.array([0.5]), np.array([1.0])],
        demand=np.array([[28.0], [90.0]]),
        capacity=[np.array([20.0])],
    )
    layout = Layout(
        lines=[slice(0, 2)],
        account_of=(0, 1),
        vehicle_of=(0, 1),
        parts=(1.0, 1.0),
        components=(((0,),), ((1,),)),
        plain=True,
        waits=False,
    )
    advance(work, month, [[]], layout)
    # Called off 30 - 10 and at most 40; arrived a half and all; required 28 + 6 - 4 and at most 20; kits 20 and 50.
    assert work.called.ravel().tolist() == [20.0, 40.0]
    assert work.arrived.ravel().tolist() == [10.0, 40.0]
    assert work.required.ravel().tolist() == [30.0, 20.0]
    # 20 and 20 could be built, the line does 20: half of each.
    assert work.built.ravel().tolist() == [10.0, 10.0]
    assert work.kits.ravel().tolist() == [10.0, 40.0]
    assert work.sold.ravel().tolist() == [14.0, 14.0]
    assert work.stock.ravel().tolist() == [0.0, 0.0]


def busy_in_means() -> av.Scenario:
    """Give the plant with every feature on, each law replaced by its mean (whole for lead times)."""
    stated = plants.busy()
    changes = {}
    for address, value in stated.numbers().items():
        law = getattr(value, "law", value) if getattr(value, "redrawn", None) else value
        if not isinstance(law, float) and hasattr(law, "ppf") and ".stops." not in address:
            changes[address] = 1.0 if address.endswith("lead_time") else float(mean_of(law))
    return stated.replace(changes)


CERTAIN = busy_in_means()


def as_law(address: str, value: float, *, monthly: bool) -> object | None:
    """A law that gives one value only, or None where the address takes no law."""
    law = av.Discrete(values=(value,), weights=(1,))
    one_value = av.Varying(law=law) if monthly else law
    try:
        CERTAIN.replace({address: one_value})
    except av.FactError:
        return None
    return one_value


def outputs(scenario: av.Scenario) -> np.ndarray:
    """Output by vehicle and month of a few runs."""
    return av.simulate(scenario, runs=40, seed=1, keep="months").months


@pytest.mark.parametrize("monthly", [False, True])
@pytest.mark.parametrize("address", [a for a, value in CERTAIN.numbers().items() if isinstance(value, float)])
def test_a_law_of_one_value_is_that_value(address: str, *, monthly: bool) -> None:
    """Each number alone may be stated as a law with one value, drawn once or monthly, and nothing changes."""
    law = as_law(address, CERTAIN[address], monthly=monthly)
    if law is not None:
        assert np.allclose(outputs(CERTAIN.replace({address: law})), outputs(CERTAIN), rtol=1e-9, atol=1e-9)


@settings(max_examples=40)
@given(st.data())
def test_laws_of_one_value_in_any_company(data: st.DataObject) -> None:
    """Any set of numbers may be stated as laws with one value, and nothing changes."""
    numbers = [a for a, value in CERTAIN.numbers().items() if isinstance(value, float)]
    chosen = data.draw(st.lists(st.sampled_from(numbers), unique=True, max_size=30))
    laws = {a: as_law(a, CERTAIN[a], monthly=data.draw(st.booleans())) for a in chosen}
    laws = {address: law for address, law in laws.items() if law is not None}
    assert np.allclose(outputs(CERTAIN.replace(laws)), outputs(CERTAIN), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("family", ["supply", "demand", "demand of a vehicle", "speed"])
def test_a_single_month_feels_its_shocks(family: str) -> None:
    """A year of one month in which a window halves supply, demand or speed builds half."""
    kind, name = {
        "supply": ("supply", "P"),
        "demand": ("demand", "M"),
        "demand of a vehicle": ("demand", "V"),
        "speed": ("speed", "L"),
    }[family]
    shock = av.Shock(name="S", window=av.Window(start=-1, duration=5), **{kind: {name: 0.5}})
    scenario = plants.one_vehicle(
        days=(20,), market={"per_year": 12}, line={"per_day": 0.05}, vehicle={"plan": 12}, shocks=[shock]
    )
    assert av.simulate(scenario, runs=3).annual == pytest.approx(0.5)
