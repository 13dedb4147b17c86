"""Law 6: with all numbers certain the output is a year worked by hand.

The year below is written independently from the description of the model, one number at a time, and shares no code
with it.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import plants
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from played import drawn

import avtosim as av
from avtosim.laws.base import mean_of

FLOWS = ("scheduled", "called", "arrived", "demand", "required", "built", "sold", "kits", "stock")


def overlap(start: float, end: float, month: int) -> float:
    """Share of month 1, 2, ... that lies between two moments."""
    return max(0.0, min(end, month) - max(start, month - 1))


def launched(vehicle: av.Vehicle, until: float) -> float:
    """Months of full production in the schedule up to a moment, with the triangle of the ramp."""
    since = until - vehicle.start - vehicle.delay
    if since <= 0:
        return 0.0
    if since < vehicle.ramp_up:
        return since * (since / vehicle.ramp_up) / 2
    return since - vehicle.ramp_up / 2


def stopped_share(stops: av.Stops | None, month: int) -> float:
    """Share of a month lost to a stop that holds at the start and is never followed by another."""
    return 0.0 if stops is None else overlap(0.0, stops.duration - stops.stopped_for, month)


def shock_multiplier(scenario: av.Scenario, kind: str, name: str, month: int) -> float:
    """Multiplier of all windows on a supply, demand or speed in a month."""
    left = 1.0
    for shock in scenario.shocks:
        if name in getattr(shock, kind):
            active = overlap(shock.window.start, shock.window.start + shock.window.duration, month)
            left *= 1 - active + active * getattr(shock, kind)[name]
    return left


class Works:
    """The plant of a scenario without chance, month by month."""

    def __init__(self, scenario: av.Scenario) -> None:
        self.scenario = scenario
        self.days = scenario.calendar.working_days
        self.year = sum(self.days) * 12 / len(self.days)
        self.kits = {v.name: v.opening_kits for v in scenario.vehicles}
        self.stock = {v.name: v.opening_stock for v in scenario.vehicles}
        # What is on its way at the start: one entry for each month of the lead time, next to arrive first.
        self.coming = {}
        for v in scenario.vehicles:
            lead = int(scenario[f"partners.{v.partner}.lead_time"])
            self.coming[v.name] = deque(v.plan / 12 * (launched(v, k) - launched(v, k - 1)) for k in range(1, lead + 1))

    def arrive(self, v: av.Vehicle, month: int) -> tuple[float, float]:
        """Call off kits and take in those that are due."""
        partner = next(p for p in self.scenario.partners if p.name == v.partner)
        ahead = partner.lead_time + v.kit_cover
        position = self.kits[v.name] + sum(self.coming[v.name])
        level = v.plan / 12 * (launched(v, month + ahead) - launched(v, month - 1))
        most = 1.5 * v.plan / 12 * (launched(v, month + ahead) - launched(v, month - 1 + ahead))
        called = min(max(level - position, 0.0), most)
        self.coming[v.name].append(called)
        supply = partner.fill_rate * (1 - stopped_share(partner.stops, month))
        supply *= shock_multiplier(self.scenario, "supply", partner.name, month)
        if partner.chance_of_leaving == 1:
            supply = 0.0
        arrived = self.coming[v.name].popleft() * supply
        self.kits[v.name] += arrived
        return called, arrived

    def demand(self, v: av.Vehicle, month: int) -> tuple[float, float]:
        """Demand of a month, and of an average month at reference conditions."""
        market = next(m for m in self.scenario.markets if m.name == v.market)
        calendar_month = (int(self.scenario.calendar.first_month[-2:]) - 1 + month - 1) % 12
        weight = market.season[calendar_month] / sum(market.season) if market.season else 1 / 12
        demand = market.per_year * weight * v.market_share
        demand *= shock_multiplier(self.scenario, "demand", market.name, month) * shock_multiplier(
            self.scenario, "demand", v.name, month
        )
        return demand, market.per_year * v.market_share / 12

    def month(self, month: int) -> dict[str, dict[str, float]]:
        """One month of all vehicles."""
        flows = {flow: {} for flow in FLOWS}
        for v in self.scenario.vehicles:
            launch = launched(v, month) - launched(v, month - 1)
            scheduled = v.plan * self.days[month - 1] / self.year * launch
            flows["scheduled"][v.name] = scheduled
            flows["called"][v.name], flows["arrived"][v.name] = self.arrive(v, month)
            demand, usual = self.demand(v, month)
            flows["demand"][v.name] = demand
            required = min(max(demand + v.stock_cover * usual - self.stock[v.name], 0.0), scheduled * v.flex)
            flows["required"][v.name] = required
            flows["built"][v.name] = min(required, self.kits[v.name])
        for line in self.scenario.lines:
            on_it = [v.name for v in self.scenario.vehicles if v.line == line.name]
            capacity = line.per_day * self.days[month - 1] * (1 - stopped_share(line.stops, month))
            capacity *= shock_multiplier(self.scenario, "speed", line.name, month)
            together = sum(flows["built"][name] for name in on_it)
            for name in on_it:
                flows["built"][name] *= capacity / together if together > capacity else 1
        for v in self.scenario.vehicles:
            self.kits[v.name] -= flows["built"][v.name]
            self.stock[v.name] += flows["built"][v.name]
            flows["sold"][v.name] = min(self.stock[v.name], flows["demand"][v.name])
            self.stock[v.name] -= flows["sold"][v.name]
            flows["kits"][v.name], flows["stock"][v.name] = self.kits[v.name], self.stock[v.name]
        return flows


def eighths(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers in steps of an eighth."""
    return st.integers(round(low * 8), round(high * 8)).map(lambda n: n / 8)


@st.composite
def windows(draw: st.DrawFn, months: int) -> av.Window:
    """Draw windows of which some part lies within the calendar."""
    start = draw(eighths(-2, months - 0.125))
    return av.Window(start=start, duration=max(-start, 0.0) + draw(eighths(0.125, 6)))


def opening_stop() -> st.SearchStrategy[av.Stops | None]:
    """No stops, or a stop that holds at the start and is the only one."""
    made = st.builds(
        lambda lasted, left: av.Stops(per_year=0, duration=lasted + left, at_start="stopped", stopped_for=lasted),
        eighths(0, 2),
        eighths(0.125, 4),
    )
    return st.none() | made


@st.composite
def certain_scenarios(draw: st.DrawFn) -> av.Scenario:
    """Draw scenarios of any shape in which every number is certain."""
    months = draw(st.integers(1, 15))
    days = draw(st.lists(st.integers(0, 31), min_size=months, max_size=months).filter(any))
    lines, partners, markets = ("L1", "L2"), ("P1", "P2"), ("M1", "M2")
    vehicles = [f"V{n}" for n in range(1, draw(st.integers(1, 4)) + 1)]
    months_whole = st.integers(0, 4)
    some = st.sampled_from
    return av.Scenario(
        name="certain",
        calendar=av.Calendar(first_month=f"2024-{draw(st.integers(1, 12)):02}", working_days=days),
        lines=[av.Line(name=n, per_day=draw(eighths(0, 100)), stops=draw(opening_stop())) for n in lines],
        partners=[
            av.Partner(
                name=n,
                fill_rate=draw(eighths(0, 1)),
                lead_time=draw(months_whole),
                chance_of_leaving=draw(some([0, 0, 0, 1])),
                stops=draw(opening_stop()),
            )
            for n in partners
        ],
        factors=[av.Factor(name="F", volatility=0, persistence=0.5)],
        markets=[
            av.Market(
                name=n,
                per_year=draw(eighths(0, 30_000)),
                season=draw(st.just(()) | st.lists(st.integers(0, 9), min_size=12, max_size=12).filter(any).map(tuple)),
                elasticities={"F": draw(eighths(-2, 2))},
            )
            for n in markets
        ],
        vehicles=[
            av.Vehicle(
                name=n,
                partner=draw(some(partners)),
                line=draw(some(lines)),
                market=draw(some(markets)),
                plan=draw(eighths(0, 30_000)),
                flex=draw(eighths(1, 2)),
                start=draw(eighths(-3, 12)),
                delay=draw(eighths(0, 3)),
                ramp_up=draw(eighths(0, 6)),
                market_share=draw(some([0, 0.125, 0.25])),
                kit_cover=draw(eighths(0, 2)),
                stock_cover=draw(eighths(0, 2)),
                opening_kits=draw(eighths(0, 2000)),
                opening_stock=draw(eighths(0, 2000)),
            )
            for n in vehicles
        ],
        shocks=[
            av.Shock(
                name=n,
                window=draw(windows(months)),
                supply={draw(some(partners)): draw(eighths(0, 1))},
                demand={draw(some([*markets, *vehicles])): draw(eighths(0, 2))},
                speed={draw(some(lines)): draw(eighths(0, 2))},
            )
            for n in draw(some([(), ("S1",), ("S1", "S2")]))
        ],
    )


@settings(max_examples=300)
@given(certain_scenarios())
def test_a_certain_year_is_the_year_worked_by_hand(scenario: av.Scenario) -> None:
    """Every flow of every vehicle and month is the one worked out by hand, in every run alike."""
    model = av.Model(scenario)
    record = drawn(model, 0, 3)
    works = Works(scenario)
    total = 0.0
    for month in range(model.months):
        by_hand = works.month(month + 1)
        for flow in FLOWS:
            for row, name in enumerate(model.labels["vehicle"]):
                got = record[flow][row, month]
                assert got == pytest.approx(by_hand[flow][name], rel=1e-9, abs=1e-6), (flow, name, month + 1)
                assert got[0] == got[1] == got[2]
        total += sum(by_hand["built"].values())
    assert record["annual"] == pytest.approx(total, rel=1e-9, abs=1e-6)


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
    from avtosim.plant.month import Month, State, Work, advance

    column = np.array([[1.0], [1.0]])
    work = Work(State(kits=column * 10, stock=column * 4, due=(), on_order=column * 0))
    month = Month(
        order_up_to=np.array([[30.0], [100.0]]),
        order_cap=np.array([[25.0], [40.0]]),
        schedule_ceiling=np.array([[50.0], [20.0]]),
        target_stock=np.array([[6.0], [0.0]]),
        supply=[np.array([0.5]), np.array([1.0])],
        demand=np.array([[28.0], [90.0]]),
        capacity=[np.array([20.0])],
    )
    advance(work, month, [None], [slice(0, 2)])
    # Called off 30 - 10 and at most 40; arrived a half and all; required 28 + 6 - 4 and at most 20; kits 20 and 50.
    assert work.called.ravel().tolist() == [20.0, 40.0]
    assert work.arrived.ravel().tolist() == [10.0, 40.0]
    assert work.required.ravel().tolist() == [30.0, 20.0]
    # 20 and 20 could be built, the line does 20: half of each.
    assert work.built.ravel().tolist() == [10.0, 10.0]
    assert work.kits.ravel().tolist() == [10.0, 40.0]
    assert work.sold.ravel().tolist() == [14.0, 14.0]
    assert work.stock.ravel().tolist() == [0.0, 0.0]


def certain() -> av.Scenario:
    """Give the plant with every feature on, each law replaced by its mean (whole for lead times)."""
    stated = plants.busy()
    changes = {}
    for address, value in stated.numbers().items():
        law = getattr(value, "law", value) if getattr(value, "redrawn", None) else value
        if not isinstance(law, float) and hasattr(law, "ppf") and ".stops." not in address:
            changes[address] = 1.0 if address.endswith("lead_time") else float(mean_of(law))
    return stated.replace(changes)


CERTAIN = certain()


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
