"""Law 3: names, not places. A draw belongs to its name, whatever other facts there are and in whatever order."""

from __future__ import annotations

import attrs
import numpy as np
import plants
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from played import NEWCOMERS, played

import avtosim as av
from avtosim.chance.points import DrawnPoints, Keys


def draws(scenario: av.Scenario) -> dict[str, np.ndarray]:
    """Every draw of a scenario by the name of its random input."""
    space = av.Model(scenario).space
    points = DrawnPoints(space, Keys(17), 90, 40)
    return {i.name: points.scores(i) for i in space.inputs}


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


def test_removed_facts_move_no_draw() -> None:
    """Removing any one vehicle, shock or shock's effect leaves every other draw as it was."""
    stated = plants.busy()
    whole = draws(stated)
    for family in ("vehicles", "shocks"):
        for fact in getattr(stated, family):
            left = {family: [other for other in getattr(stated, family) if other.name != fact.name]}
            if family == "vehicles":
                left["shocks"] = [
                    attrs.evolve(s, demand={k: v for k, v in s.demand.items() if k != fact.name}) for s in stated.shocks
                ]
            now = draws(attrs.evolve(stated, **left))
            assert all(np.array_equal(whole[name], numbers) for name, numbers in now.items()), fact.name
            assert all(fact.name in name.split("/") for name in whole.keys() - now.keys())


def test_no_two_names_share_their_draws() -> None:
    """Different names have different draws."""
    every = list(draws(plants.busy()).values())
    assert len({numbers.tobytes() for numbers in every}) == len(every)


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
    """Give a partner, line, market, vehicle, factor and shock that share nothing with those of other names."""
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
    whole, part = played(_plant(sorted(EVERY))), played(_plant(names))
    at = [sorted(EVERY).index(name) for name in names]
    for name, flow in part.items():
        if name not in ("annual", "by_month"):
            assert np.array_equal(whole[name][at], flow), name


@settings(max_examples=30)
@given(st.permutations(range(4)), st.permutations(range(3)), st.permutations(range(2)))
def test_order_of_facts_moves_no_output(vehicles: list[int], shocks: list[int], pair: list[int]) -> None:
    """Facts stated in another order give the same output, but for the rounding of sums and products."""
    stated = plants.busy()
    moved = attrs.evolve(
        stated,
        vehicles=[stated.vehicles[at] for at in vehicles],
        shocks=[stated.shocks[at] for at in shocks],
        lines=[stated.lines[at] for at in pair],
        markets=[stated.markets[at] for at in pair],
    )
    assert np.allclose(played(moved)["annual"], played(stated)["annual"], rtol=1e-12, atol=0.0)
    assert np.allclose(played(moved)["built"], played(stated)["built"][vehicles], rtol=1e-9, atol=1e-9)
