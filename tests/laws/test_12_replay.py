"""Law 12. Replay equals a fresh run: a block read once, with a number changed, has the bits of a changed scenario."""

from __future__ import annotations

import attrs
import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.chance.points import DrawnPoints, GivenPoints, Keys, Points
from avtosim.chance.space import RandomInput
from avtosim.plant.record import allocate

RUNS = 600


@pytest.fixture(scope="module")
def model() -> av.Model:
    """Compile the plant with every feature on, once."""
    return av.Model(plants.busy())


@pytest.fixture(scope="module")
def whole() -> av.Model:
    """Compile the plant with every source, order, date and belief, once."""
    return av.Model(plants.whole())


def points(model: av.Model) -> DrawnPoints:
    """Give the points of some runs."""
    return DrawnPoints(model.space, Keys(11), 40, RUNS)


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    """Whether two records agree in every bit."""
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


#: Numbers of every kind, at every place that a driver reads, and what each is put at.
CHANGES = [
    {"partners.North.fill_rate": 0.75},
    {"partners.East.chance_of_leaving": 0.3},
    {"partners.East.lead_time": 1.0},
    {"partners.North.lead_time": 2.0},
    {"partners.South.stops.per_year": 3.0},
    {"lines.one.per_day": 45.0},
    # Another rate needs another number of slots unless it is near: then the two differ in what the slots may miss.
    {"lines.one.stops.per_year": 19.5},
    {"markets.home.per_year": 55_000.0},
    {"markets.home.elasticities.rate": -0.2},
    {"factors.income.persistence": 0.55},
    {"factors.rate.volatility": 0.08},
    {"factors.income.loads.rate": -0.5},
    {"vehicles.alpha.plan": 7000.0},
    {"vehicles.alpha.market_share": 0.12},
    {"vehicles.beta.delay": 1.5},
    {"vehicles.beta.kit_cover": 0.6},
    {"vehicles.gamma.flex": 1.2},
    {"vehicles.gamma.stock_cover": 0.3},
    {"vehicles.delta.opening_kits": 10.0},
    {"shocks.payments.supply.South": 0.5},
    {"shocks.fee.window.start": 5.25},
    {"shocks.fee.window.duration": 2.0},
    {"shocks.strike.speed.two": 0.25},
    {"partners.North.fill_rate": 0.6, "markets.home.per_year": 50_000.0, "shocks.fee.demand.home": 0.9},
]


@pytest.mark.parametrize("changes", CHANGES, ids=", ".join)
def test_pinning_a_number_is_stating_it(model: av.Model, changes: dict[str, float]) -> None:
    """A block read once, with numbers pinned, gives the bits of the scenario in which these numbers were stated."""
    before = model.read(points(model))
    as_it_was = model.play(model.drivers(before), RUNS, keep="flows")
    replayed = model.play(model.drivers(before.pin(changes)), RUNS, keep="flows")
    changed = av.Model(plants.busy().replace(changes))
    assert same(replayed, changed(points(changed), keep="flows"))
    assert not same(replayed, as_it_was)
    # The first reading is as it was.
    assert same(model.play(model.drivers(before), RUNS, keep="flows"), as_it_was)


#: Numbers that follow others, step, or belong to sources, orders and ends, and what each is put at.
OF_WHOLE = [
    {"quantities.mood": 0.9},
    {"quantities.trouble": 1.2},
    {"quantities.price": 0.8},
    {"quantities.both": 0.75},
    {"vehicles.truck.orders": 6_000.0},
    {"vehicles.truck.needs.Engine.takeover": 0.8},
    {"vehicles.truck.needs.Engine.kit_cover": 0.4},
    {"vehicles.truck.needs.Engine.opening_kits": 300.0},
    {"vehicles.bus.takeover": 0.2},
    {"vehicles.bus.backorder": 0.5},
    {"vehicles.bus.plan.2024-05": 2_000.0},
    {"vehicles.bus.end": 8.5},
    {"vehicles.van.plan.total": 2_500.0},
    {"vehicles.van.start": 2.25},
    {"vehicles.van.market_share.times": 0.3},
    {"partners.Weichai.surge": 1.5},
    {"partners.Yuchai.fill_rate.2024-08": 0.6},
    {"markets.home.per_year.2024-06": 12_000.0},
    {"lines.heavy.per_day.2024-01": 45.0},
    {"shocks.slow.delay": 0.8},
    {"shocks.slow.window.end": 6.5},
    {"shocks.perhaps.window.chance": 0.9},
    {"shocks.perhaps.speed": 0.7},
    {"shocks.perhaps.supply.Weichai": 0.0},
    {"shocks.year.demand.times": 1.1},
]


@pytest.mark.parametrize("changes", OF_WHOLE, ids=", ".join)
def test_pinning_what_others_follow_is_stating_it(whole: av.Model, changes: dict[str, float]) -> None:
    """A named quantity, a step, a source, an order or an end, pinned, gives the bits of the scenario that states it."""
    before = whole.read(points(whole))
    as_it_was = whole.play(whole.drivers(before), RUNS, keep="flows")
    replayed = whole.play(whole.drivers(before.pin(changes)), RUNS, keep="flows")
    changed = av.Model(plants.whole().replace(changes))
    assert same(replayed, changed(points(changed), keep="flows"))
    assert not same(replayed, as_it_was)


@pytest.mark.parametrize("month", [0, 1, 4, 7, 11])
def test_late_and_held_kits_and_open_orders_are_in_the_state(whole: av.Model, month: int) -> None:
    """The state of the plant with delays, holds, takeover and waiting orders gives the rest of the year bit for bit."""
    drivers, runs = whole.drivers(whole.read(points(whole))), slice(0, RUNS)
    after = whole.play(drivers, RUNS, keep="flows")
    state = drivers.opening(runs)
    for done in drivers.year(runs):
        if done.month == month:
            break
        state = done.work.state()
    arrays = allocate("flows", whole.sizes(RUNS))
    recorder = whole._recorder("flows", arrays)
    for done in drivers.year(runs, month, state):
        recorder.see(done)
    for name in ("called", "arrived", "built", "sold", "kits", "stock", "waiting", "arrived_by_partner"):
        assert np.array_equal(arrays[name][:, month:], after[name][:, month:]), name


def test_a_delay_cannot_be_pinned_beyond_the_room_for_late_kits(whole: av.Model) -> None:
    """A longer delay than the scenario allows would bring kits too early, and is refused."""
    with pytest.raises(av.FactError, match=r"shocks\.slow\.delay: must not be put above 2"):
        whole.read(points(whole)).pin({"shocks.slow.delay": 2.5})


class CountedPoints(Points):
    """Points that count how often they are drawn."""

    def __init__(self, inner: DrawnPoints) -> None:
        super().__init__(inner.space, inner.runs)
        self.inner, self.drawn = inner, 0

    def _draw(self, random_input: RandomInput) -> tuple[np.ndarray, bool]:
        """Count and draw."""
        self.drawn += 1
        return self.inner._draw(random_input)


def test_a_replay_draws_only_what_a_pinned_number_changes(model: av.Model) -> None:
    """Another fill rate draws no stop again; a number that was drawn once is not drawn twice."""
    counted = CountedPoints(points(model))
    reading = model.read(counted)
    model.drivers(reading)
    first = counted.drawn
    model.drivers(reading.pin({"partners.North.fill_rate": 0.7}))
    # The moment of leaving alone is worked out anew with the supply of its partner.
    assert counted.drawn - first <= 1
    model.drivers(reading.pin({"lines.one.stops.per_year": 2.0}))
    assert counted.drawn - first > 10


def test_values_can_be_pinned_run_by_run(model: av.Model) -> None:
    """Pinning the very numbers that were read changes nothing; other runs' numbers give those runs' years."""
    reading = model.read(points(model))
    own = {address: reading[address].copy() for address in ("partners.East.fill_rate", "vehicles.alpha.plan")}
    made = model(points(model), keep="flows")
    assert same(model.play(model.drivers(reading.pin(own)), RUNS, keep="flows"), made)


def test_a_changed_driver_is_played(model: av.Model) -> None:
    """Drivers are a value: with those of a line exchanged, the year is that of the exchanged capacity."""
    drivers = model.drivers(model.read(points(model)))
    swapped = attrs.evolve(drivers, capacity=drivers.capacity[::-1])
    made = model.play(swapped, RUNS, keep="flows")
    plain = model.play(drivers, RUNS, keep="flows")
    assert np.array_equal(made["capacity"][::-1], plain["capacity"])
    assert not np.array_equal(made["annual"], plain["annual"])


@pytest.mark.parametrize("month", [0, 1, 5, 11])
def test_a_state_can_be_taken_and_gone_on_from(model: av.Model, month: int) -> None:
    """The state before any month, taken and gone on from, gives the rest of the year bit for bit."""
    drivers = model.drivers(model.read(points(model)))
    runs = slice(0, RUNS)
    whole = model.play(drivers, RUNS, keep="flows")
    state = drivers.opening(runs)
    for done in drivers.year(runs):
        if done.month == month:
            break
        state = done.work.state()
    arrays = allocate("flows", model.sizes(RUNS))
    recorder = model._recorder("flows", arrays)
    for done in drivers.year(runs, month, state):
        recorder.see(done)
    for name in ("called", "arrived", "built", "sold", "kits", "stock"):
        assert np.array_equal(arrays[name][:, month:], whole[name][:, month:]), name


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"partners.North.fil_rate": 1}, "partners.North.fil_rate: must be a number that the model reads"),
        ({"partners.North.fill_rate": np.nan}, "partners.North.fill_rate: must be put at finite numbers"),
        ({"partners.East.lead_time": 5}, "partners.East.lead_time: must not be put above 2"),
        ({"lines.one.stops.per_year": 50}, "lines.one.stops.per_year: must not be put above 20"),
        ({"partners.North.chance_of_leaving": 0.1}, "chance_of_leaving: must be a number that the model reads"),
        ({"vehicles.alpha.takeover": 0.1}, "vehicles.alpha.takeover: must be a number that the model reads"),
        ({"shocks.fee.window.chance": 0.1}, "shocks.fee.window.chance: must be a number that the model reads"),
    ],
    ids=str,
)
def test_what_cannot_be_pinned_is_refused(model: av.Model, changes: dict[str, float], rule: str) -> None:
    """A number that the model does not read, or has no room for, is refused by its address."""
    reading = model.read(GivenPoints(model.space, np.full((model.space.dimension, 2), 0.5), scores=False))
    with pytest.raises(av.FactError, match=rule):
        reading.pin(changes)


#: Causes, and what a scenario without them states.
WITHOUT = {
    "partners.North.fill_rate": {"partners.North.fill_rate": 1.0},
    "partners.North.stops": {"partners.North.stops": None},
    "partners.East.chance_of_leaving": {"partners.East.chance_of_leaving": 0.0},
    "vehicles.beta.delay": {"vehicles.beta.delay": 0.0},
}


@pytest.mark.parametrize("address", WITHOUT)
def test_a_cause_made_neutral_is_a_scenario_without_it(model: av.Model, address: str) -> None:
    """Where a cause is neutral in some runs, these have the bits of a scenario without it, and the others their own."""
    reading = model.read(points(model))
    plain = model.play(model.drivers(reading), RUNS, keep="flows")
    where = np.arange(RUNS) % 3 == 0
    made = model.play(model.drivers(model.without(reading, {address: where})), RUNS, keep="flows")
    changed = av.Model(plants.busy().replace(WITHOUT[address]))
    alone = changed(points(changed), keep="flows")
    for name, values in made.items():
        assert np.array_equal(values[..., where], alone[name][..., where]), name
        assert np.array_equal(values[..., ~where], plain[name][..., ~where]), name
    assert not np.array_equal(made["annual"], plain["annual"])


def test_what_is_derived_is_kept_as_long_as_nothing_below_it_changes(model: av.Model) -> None:
    """A derived value falls with a number or a derived value that it was made of, by way of others too, and only so."""
    reading = model.read(points(model))
    made: list[str] = []

    def first(block: object) -> float:
        made.append("first")
        return float(block["lines.one.per_day"].sum())

    def second(block: object) -> float:
        made.append("second")
        return block.derived("first", lambda: first(block)) + 1.0

    def asked(block: object) -> float:
        return block.derived("second", lambda: second(block))

    asked(reading)
    assert asked(reading.pin({"partners.East.fill_rate": 0.5})) == asked(reading)
    assert made == ["second", "first"]
    assert asked(reading.pin({"lines.one.per_day": 2.0})) == 3.0
    assert made == ["second", "first"] * 2
    assert asked(reading.put({}, {}, {"first": 7.0})) == 8.0
    assert made == ["second", "first"] * 2 + ["second"]
    same = reading.derived("first", lambda: first(reading))
    assert asked(reading.put({}, {}, {"first": same})) == asked(reading)
    assert made == ["second", "first"] * 2 + ["second"]
