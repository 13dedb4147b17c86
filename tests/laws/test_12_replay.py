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
    ],
    ids=str,
)
def test_what_cannot_be_pinned_is_refused(model: av.Model, changes: dict[str, float], rule: str) -> None:
    """A number that the model does not read, or has no room for, is refused by its address."""
    reading = model.read(GivenPoints(model.space, np.full((model.space.dimension, 2), 0.5), scores=False))
    with pytest.raises(av.FactError, match=rule):
        reading.pin(changes)
