"""What the plant does with severity, holds, chances and lasting luck, held against plainer ways to say the same."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import plants
import pytest

import avtosim as av

RUNS = 20_000


def outputs(**stated: Any) -> np.ndarray:
    """Give the months of the smallest plant, (months, runs)."""
    return av.simulate(plants.one_vehicle(**stated), runs=RUNS, seed=5, keep="breakdown").by_month.array


@pytest.mark.parametrize(
    "opening",
    [{}, {"at_start": "stationary"}, {"at_start": "stopped", "stopped_for": 0.5}],
    ids=["running", "any", "stopped"],
)
def test_severity_lengthens_stops_as_their_law_would(opening: dict[str, Any]) -> None:
    """Twice as severe stops are stops of twice the duration, in every state at the start."""
    severe = outputs(partner={"stops": av.Stops(3, av.Exponential(0.5), severity=2, **opening)})
    longer = outputs(partner={"stops": av.Stops(3, av.Exponential(1.0), **opening)})
    # Tables of the two laws differ by a hundred-thousandth of their range.
    assert np.allclose(severe, longer, atol=2e-4)
    milder = outputs(partner={"stops": av.Stops(3, av.Exponential(0.5), **opening)})
    assert milder.sum() > severe.sum()


def test_severity_is_drawn_once_a_year() -> None:
    """Stops of a severe year are longer together: the spread of the year's output grows, its mean hardly moves."""
    law = av.Exponential(0.5)
    plain = outputs(partner={"stops": av.Stops(3, law)}).sum(axis=0)
    mixed = outputs(partner={"stops": av.Stops(3, law, severity=av.Discrete([0.25, 1.75], [1, 1]))}).sum(axis=0)
    assert mixed.std() > 1.15 * plain.std()
    assert abs(mixed.mean() - plain.mean()) < 0.15


def test_a_hold_at_random_times_is_the_hold_of_a_window() -> None:
    """A stop that goes on at the start and never comes again holds kits as a window of the same time does."""
    for length in (0.4, 1.0, 1.5, 2.0, 2.5):
        stop = av.Stops(0, length + 1.0, at_start="stopped", stopped_for=1.0)
        months = [
            outputs(shocks=[av.Shock(name="S", holds=["P"], **when)])[:, 0]
            for when in ({"stops": stop}, {"window": av.Window(0, length)})
        ]
        assert months[0] == pytest.approx(months[1], abs=1e-12)


def test_held_kits_come_when_the_border_opens() -> None:
    """Kits of one and a half held months come in the month in which the hold ends; a month within one holds none."""
    plan = {"plan": 12.0, "flex": 4.0}
    held = outputs(
        shocks=[av.Shock(name="S", holds=["P"], window=av.Window(1.5, 1.25))], vehicle=plan, partner={"surge": 1}
    )
    # Half of February's kits wait for the end in March, whose own kits are called off beside them in part.
    assert held[:4, 0] == pytest.approx([1.0, 0.5, 1.0, 1.0])
    within = outputs(shocks=[av.Shock(name="S", holds=["P"], window=av.Window(1.2, 0.5))])
    assert (within == 1.0).all()
    whole = outputs(shocks=[av.Shock(name="S", holds=["P"], window=av.Window(1, 1))], partner={"lead_time": 2})
    assert whole[:4, 0] == pytest.approx([1.0, 0.0, 1.0, 1.0])


def test_holds_at_random_times_lose_nothing() -> None:
    """Kits held now and then arrive in the end: with a long lead time the year loses far less than by stops."""
    stops = av.Stops(4, av.Exponential(0.3))
    partner = {"lead_time": 2}
    held = outputs(shocks=[av.Shock(name="S", holds=["P"], stops=stops)], partner=partner)
    lost = outputs(shocks=[av.Shock(name="S", supply={"P": 0}, stops=stops)], partner=partner)
    assert held.sum(axis=0).mean() > lost.sum(axis=0).mean() + 0.3


def test_a_window_happens_as_often_as_it_is_said_to() -> None:
    """A strike of a month with chance 0.3 costs a month in three years of ten, and nothing in the others."""
    year = outputs(shocks=[av.Shock(name="S", window=av.Window(4, 1, chance=0.3), speed=0)]).sum(axis=0)
    assert set(year.round(9)) == {11.0, 12.0}
    share = np.mean(year < 11.5)
    # Fails once in 16,000 seeds.
    assert abs(share - 0.3) < 4 * np.sqrt(0.3 * 0.7 / RUNS)


def test_one_number_for_all_is_one_draw() -> None:
    """Under one law for all two partners fall together; under a table of two laws they do not."""
    base = plants.one_vehicle()
    law = av.Uniform(0, 1)

    def correlation(supply: Any) -> float:
        plant = attrs.evolve(
            base,
            partners=[av.Partner(name="P"), av.Partner(name="Q")],
            vehicles=[
                av.Vehicle(name=f"V{name}", partner=name, line="L", market="M", plan=12, market_share=0.5)
                for name in "PQ"
            ],
            shocks=[av.Shock(name="S", window=av.Window(0, 12), supply=supply)],
        )
        parts = av.simulate(plant, runs=4000, seed=1).by_partner
        return float(np.corrcoef(parts["P"], parts["Q"])[0, 1])

    assert correlation(law) == pytest.approx(1.0)
    assert abs(correlation({"P": law, "Q": law})) < 0.08


def test_shares_never_take_more_than_the_market() -> None:
    """Vehicles sold at the same time whose shares sum above 1 are scaled to 1; one that ended does not count."""
    base = plants.one_vehicle()

    def sold(**second: Any) -> np.ndarray:
        vehicles = [
            av.Vehicle(name="A", line="L", market="M", plan=1e6, market_share=av.Uniform(0.3, 0.9)),
            av.Vehicle(name="B", line="L", market="M", plan=1e6, market_share=av.Uniform(0.1, 0.7), **second),
        ]
        plant = attrs.evolve(base, vehicles=vehicles, markets=[av.Market(name="M", per_year=1200)])
        return av.simulate(plant, runs=500, seed=1, keep="flows").flows["demand"].sum(axis=0)

    assert sold().max() == pytest.approx(100.0)
    apart = sold(start="2024-07")
    assert apart[:6].max() > 100.0
    assert apart[6:].max() == pytest.approx(100.0)
