"""Laws 3 and 10: draws belong to names, and facts that do nothing change nothing."""

from __future__ import annotations

import attrs
import numpy as np
import plants
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import avtosim as av
from avtosim.chance.points import DrawnPoints, Keys

KEYS = Keys(17)
RUNS = 300


def draws(scenario: av.Scenario) -> dict[str, np.ndarray]:
    """Every draw of a scenario by the name of its cause."""
    space = av.Model(scenario).space
    points = DrawnPoints(space, KEYS, 90, 40)
    return {cause.name: points.scores(cause) for cause in space.causes}


def flows(scenario: av.Scenario) -> dict[str, np.ndarray]:
    """Every flow of some runs, and the totals beside them."""
    model = av.Model(scenario)
    made = model(DrawnPoints(model.space, KEYS, 0, RUNS), keep="flows")
    return {**made, "annual": made["annual"], "by_month": made["by_month"], "by_vehicle": made["by_vehicle"]}


NEWCOMERS = {
    "partners": [
        av.Partner(name="Idle", fill_rate=av.Uniform(low=0, high=1), stops=av.Stops(per_year=30, duration=0.1))
    ],
    "lines": [av.Line(name="three", per_day=av.Uniform(low=0, high=9), stops=av.Stops(per_year=3, duration=1))],
    "markets": [av.Market(name="moon", per_year=av.LogNormal(median=9, log_sd=1), elasticities={"rate": 2})],
    "factors": [av.Factor(name="sunspots", volatility=0.4, loads={"rate": 0.5})],
    "shocks": [
        av.Shock(
            name="nothing",
            stops=av.Stops(per_year=6, duration=av.Exponential(mean=1), at_start="stationary"),
            supply={"North": 1, "East": 1},
            demand={"home": 1, "beta": 1},
            speed={"one": 1, "two": 1},
        ),
        av.Shock(
            name="nothing at a given time",
            window=av.Window(start=av.Uniform(low=1, high=9), duration=2.5),
            supply={"North": 1, "South": 1},
            demand={"abroad": 1, "gamma": 1},
            speed={"one": 1},
        ),
    ],
}


@pytest.mark.parametrize("family", NEWCOMERS)
def test_neutral_facts_are_neutral(family: str) -> None:
    """A partner, line or market without a vehicle, a factor nobody heeds, a shock times 1 change no output bit."""
    stated = plants.busy()
    as_it_was, more = flows(stated), flows(plants.with_facts(stated, **{family: NEWCOMERS[family]}))
    for name, flow in as_it_was.items():
        assert np.array_equal(flow, more[name][: len(stated.lines)] if name == "capacity" else more[name]), name


def test_an_elasticity_of_nothing_is_neutral() -> None:
    """A factor to which every market answers with elasticity 0 changes no output bit."""
    stated = plants.busy()
    more = plants.with_facts(stated, factors=NEWCOMERS["factors"])
    heeding = attrs.evolve(
        more, markets=[attrs.evolve(m, elasticities={"sunspots": 0, **m.elasticities}) for m in more.markets]
    )
    as_it_was, now = flows(stated), flows(heeding)
    for name, flow in as_it_was.items():
        assert np.array_equal(flow, now[name]), name


def test_a_load_of_nothing_is_neutral() -> None:
    """A load of 0 on another factor changes no output bit."""
    stated = plants.busy()
    factors = [av.Factor(name="sunspots", volatility=0.4), *stated.factors]
    factors[2] = attrs.evolve(factors[2], loads={"sunspots": 0, **factors[2].loads})
    as_it_was, now = flows(stated), flows(attrs.evolve(stated, factors=factors))
    for name, flow in as_it_was.items():
        assert np.array_equal(flow, now[name]), name


def test_neutral_facts_are_neutral_in_the_bundled_case() -> None:
    """In the June scenario a shock times 1 and a partner with no vehicle change no output bit."""
    stated = av.load("avtotor-2024-06")
    shock = av.Shock(
        name="nothing",
        stops=av.Stops(per_year=6, duration=0.5),
        supply={p.name: 1 for p in stated.partners},
        demand={m.name: 1 for m in stated.markets},
        speed={line.name: 1 for line in stated.lines},
    )
    as_it_was = flows(stated)
    now = flows(plants.with_facts(stated, shocks=[shock], partners=NEWCOMERS["partners"]))
    for name, flow in as_it_was.items():
        assert np.array_equal(flow, now[name]), name


@pytest.mark.parametrize("family", NEWCOMERS)
def test_new_facts_move_no_draw(family: str) -> None:
    """Facts added behind or before the others leave every other draw as it was."""
    stated = plants.busy()
    own, before = draws(stated), draws(attrs.evolve(stated, **{family: [*_free(family), *getattr(stated, family)]}))
    behind = draws(plants.with_facts(stated, **{family: NEWCOMERS[family]}))
    for name, numbers in own.items():
        assert np.array_equal(numbers, before[name]), name
        assert np.array_equal(numbers, behind[name]), name
    assert len(behind) > len(own)


def _free(family: str) -> list[object]:
    """Newcomers that may stand first: a factor may not load on one named after it."""
    return [attrs.evolve(f, loads={}) for f in NEWCOMERS[family]] if family == "factors" else NEWCOMERS[family]


@settings(max_examples=30)
@given(st.data())
def test_order_and_company_move_no_draw(data: st.DataObject) -> None:
    """Any part of the facts in any order draws for each name what it draws in the whole."""
    stated = plants.busy()
    vehicles = data.draw(st.permutations(stated.vehicles).flatmap(_some))
    changed = attrs.evolve(
        stated,
        vehicles=vehicles,
        partners=data.draw(st.permutations(stated.partners)),
        lines=data.draw(st.permutations(stated.lines)),
        markets=data.draw(st.permutations(stated.markets)),
        shocks=[
            attrs.evolve(shock, demand={k: v for k, v in shock.demand.items() if k in _known(stated, vehicles)})
            for shock in data.draw(st.permutations(stated.shocks).flatmap(_some))
        ],
    )
    own, now = draws(stated), draws(changed)
    for name in own.keys() & now.keys():
        assert np.array_equal(own[name], now[name]), name
    gone = {name for name in own.keys() - now.keys() if not name.startswith(("vehicles/", "shocks/"))}
    assert not gone


def _some(facts: list[object]) -> st.SearchStrategy[list[object]]:
    return st.integers(1, len(facts)).map(lambda count: facts[:count])


def _known(stated: av.Scenario, vehicles: list[av.Vehicle]) -> set[str]:
    return {m.name for m in stated.markets} | {v.name for v in vehicles}


def _alone(name: str) -> dict[str, list[object]]:
    """Give a partner, line, market, vehicle, factor and shock that have nothing to do with anybody else's."""
    return {
        "partners": [
            av.Partner(
                name=name,
                fill_rate=av.Varying(law=av.Uniform(low=0.5, high=1), persistence=0.4),
                lead_time=av.Discrete(values=(0, 2), weights=(1, 1)),
                chance_of_leaving=0.2,
                stops=av.Stops(per_year=5, duration=av.Exponential(mean=0.3), at_start="stationary"),
            )
        ],
        "lines": [av.Line(name=name, per_day=av.Uniform(low=30, high=60), stops=av.Stops(per_year=9, duration=0.2))],
        "markets": [av.Market(name=name, per_year=av.LogNormal(median=9000, log_sd=0.3), elasticities={name: 1})],
        "factors": [av.Factor(name=name, volatility=0.1)],
        "vehicles": [
            av.Vehicle(
                name=f"{name} car",
                partner=name,
                line=name,
                market=name,
                plan=av.Uniform(low=6000, high=12_000),
                market_share=0.8,
                delay=av.Exponential(mean=1),
            )
        ],
        "shocks": [av.Shock(name=name, stops=av.Stops(per_year=2, duration=1), supply={name: 0.5}, speed={name: 0.8})],
    }


EVERY = {name: _alone(name) for name in ("A", "B", "C", "D")}


def _plant(names: list[str]) -> av.Scenario:
    families = {
        family: [fact for name in names for fact in EVERY[name][family]]
        for family in ("partners", "lines", "markets", "factors", "vehicles", "shocks")
    }
    return av.Scenario(name="side by side", calendar=av.Calendar(first_month="2024-01"), **families)


@settings(max_examples=40)
@given(st.permutations(sorted(EVERY)).flatmap(_some))
def test_vehicles_that_share_nothing_do_not_feel_each_other(names: list[str]) -> None:
    """A vehicle that shares no line, partner or market builds the same, bit for bit, in any company and order."""
    whole, part = flows(_plant(sorted(EVERY))), flows(_plant(names))
    at = [sorted(EVERY).index(name) for name in names]
    for name, flow in part.items():
        if name not in ("annual", "by_month"):
            assert np.array_equal(whole[name][at], flow), name


@settings(max_examples=30)
@given(st.permutations(range(4)), st.permutations(range(3)), st.permutations(range(2)))
def test_order_of_facts_moves_no_output(vehicles: list[int], shocks: list[int], pair: list[int]) -> None:
    """Facts told in another order give the same output, but for the rounding of sums and products."""
    stated = plants.busy()
    told = attrs.evolve(
        stated,
        vehicles=[stated.vehicles[at] for at in vehicles],
        shocks=[stated.shocks[at] for at in shocks],
        lines=[stated.lines[at] for at in pair],
        markets=[stated.markets[at] for at in pair],
    )
    assert np.allclose(flows(told)["annual"], flows(stated)["annual"], rtol=1e-12, atol=0.0)
    assert np.allclose(flows(told)["built"], flows(stated)["built"][vehicles], rtol=1e-9, atol=1e-9)
