"""Law 11: a certain plant with full supply, ample lines and ample demand builds exactly its schedule."""

from __future__ import annotations

import warnings

import numpy as np
import plants
import pytest
from certain import ample, uncertain
from played import played

import avtosim as av

BLOCKS, PLANTS_A_BLOCK = 10, 100

#: Of the largest month of each schedule: what a year of sums may leave as rounding.
ROUNDING = 1e-9

#: Working days of 2024 in Russia, from January on.
DAYS_OF_2024 = (17, 20, 20, 21, 20, 19, 23, 22, 21, 23, 21, 21)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_month_builds_its_schedule(block: int) -> None:
    """Full supply, flex 1, ample line and demand: every month of every vehicle builds exactly its schedule.

    Whatever covers, opening kits, surge (1 too), lead times, working days (none too), components, parts, forms of plan
    and orders, ends, ramps and delays of the launch are. Ample demand is at least the schedule of each month, before
    any delay. The law needs an opening stock that is at most the least target stock of any month before the end, or
    that the demand of the first month covers: where the target falls later, a month rightly sells stock that it no
    longer wants, and builds less than its schedule.
    """
    for number in range(block * PLANTS_A_BLOCK, (block + 1) * PLANTS_A_BLOCK):
        scenario = ample(f"law 11, plant {number}")
        record = played(scenario, 1)
        scheduled, built = record["scheduled"][..., 0], record["built"][..., 0]
        size = np.maximum(scheduled.max(axis=1, keepdims=True), 1.0)
        assert np.all(np.abs(built - scheduled) <= ROUNDING * size), f"plant {number}\n{scenario.to_toml()}"


def test_a_falling_target_lets_the_plant_build_less() -> None:
    """A target stock of 50 that falls to 20: the law's condition on the opening stock is needed, on paper.

    Market and plan are 1,200 a year and 480 from February on, the stock cover is half a month: targets 50 and 20, of
    which the first is the opening stock.
    January: 100 demanded, 50 in stock, 50 wanted: 100 built. February: 40 demanded and scheduled, 50 in stock, 20
    wanted: 10 built.
    """
    falling = av.Stepwise({"2024-01": 1200, "2024-02": 480})
    scenario = plants.one_vehicle(
        days=(20, 20), market={"per_year": falling}, vehicle={"plan": falling, "stock_cover": 0.5}
    )
    assert played(scenario, 1)["built"][0, :, 0] == pytest.approx([100, 10], abs=1e-9)


@pytest.mark.parametrize("lead", [0, 1, 3])
@pytest.mark.parametrize("cover", [0, 0.5, 1])
@pytest.mark.parametrize("surge", [1, 1.5])
def test_a_plan_over_real_working_days_is_built(lead: int, cover: float, surge: float) -> None:
    """A certain plant with the working days of 2024 builds its plan of 12,000, of which 0.1.0 lost 3 to 7 %.

    Then call-offs were a twelfth of the plan, in a month of 17 working days and in one of 23; now they follow the days.
    """
    scenario = plants.one_vehicle(
        days=DAYS_OF_2024,
        partner={"lead_time": lead, "surge": surge},
        vehicle={"plan": 12_000, "kit_cover": cover},
    )
    assert played(scenario, 1)["annual"] == pytest.approx(12_000, rel=1e-12)


@pytest.mark.parametrize("number", range(40))
def test_with_every_cause_neutral_a_plant_builds_its_schedule(number: int) -> None:
    """Whatever is uncertain: without stops, leaving, shocks, delays, limits and with buyers as planned, all is built.

    The schedule is the one of each run without the delay of a launch, so the parts of a shortfall leave no rest. A
    cause that is neutral in no run changes no bit.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scenario = uncertain(f"law 11, uncertain plant {number}")
    model = av.Model(scenario)
    reading = model.read(next(iter(av.Plain().batches(model.space, 1, 0, 40))).points())
    model.drivers(reading)
    every = np.ones(40, dtype=bool)
    drivers = model.drivers(model.without(reading, {cause.address: every for cause in model.causes}))
    built = model.play(drivers, 40)["annual"]
    scheduled = sum(schedule.scheduled.sum(axis=0) for schedule in drivers.schedules(slice(0, 40)))
    assert np.all(np.abs(built - scheduled) <= ROUNDING * np.maximum(scheduled, 1.0)), scenario.to_toml()
    unchanged = model.drivers(model.without(reading, {cause.address: ~every for cause in model.causes}))
    assert np.array_equal(model.play(unchanged, 40)["annual"], model.play(model.drivers(reading), 40)["annual"])
