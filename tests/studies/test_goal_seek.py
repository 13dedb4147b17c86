"""Goal seek: closed answers, kinds of levers, runs that go the other way, what is out of reach, what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path

import attrs
import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.plant.model import Model

CASES = json.loads((Path(__file__).parents[1] / "reference" / "exact.json").read_text(encoding="utf-8"))["cases"]
EXACT = next(case["values"] for case in CASES if case["id"] == "goal_seek")
FILL, PLAN, RATE = "partners.P.fill_rate", "vehicles.V.plan", "partners.P.stops.per_year"
HALF = av.Uniform(0.5, 1)


def plant(law: object = HALF, **more: object) -> av.Scenario:
    """Build a plant whose output is its plan times a fill rate."""
    return plants.one_vehicle(partner={"fill_rate": law}, **({"vehicle": {"plan": 10_000}} | more))


def stopping(rate: float = 2.0) -> av.Scenario:
    """Build a plant that builds all 12 vehicles of its plan in years without a stop, whose chance is exp(-rate)."""
    return plants.one_vehicle(partner={"stops": av.Stops(rate, av.Exponential(1))})


@pytest.mark.parametrize("chance", [0.8, 0.5])
def test_the_least_plan_of_the_exact_case(chance: float) -> None:
    """The least plan with chance p of 9,000 is 9,000 / (1 - p/2): in the interval, and within 4 standard errors of it.

    Two intervals of 95 %: fails once in 10 new seeds. It takes less than 5 runs of the model for each run.
    """
    found = av.goal_seek(plant(), PLAN, 9_000, chance=chance, runs=5_000, seed=3)
    truth = EXACT[f"T = 9000, p = {chance:g}"]
    assert found.low <= truth <= found.high
    assert abs(found.value - truth) < 4.0 * found.estimate.standard_error < 0.03 * truth
    assert found.more
    assert not found.multiplied
    assert found.other_way == 0
    assert not found.warning
    assert found.model_runs <= 5 * 5_000


def test_the_interval_covers() -> None:
    """Of 12 intervals of 95 %, 9 or more hold the truth, and are as wide as the answers spread.

    Fails once in 400 new seeds or less; the benchmark takes 300 of them.
    """
    made = [av.goal_seek(plant(), PLAN, 9_000, chance=0.5, runs=300, seed=seed) for seed in range(12)]
    assert sum(found.low <= 12_000 <= found.high for found in made) >= 9
    error = np.mean([found.estimate.standard_error for found in made])
    assert np.std([found.value for found in made]) == pytest.approx(error, rel=0.7)


def test_less_of_it_may_be_what_helps() -> None:
    """The stop rate with an even chance of no stop is log 2, found as less of it: fails once in 20 new seeds."""
    found = av.goal_seek(stopping(), RATE, 12, runs=4_000, seed=2)
    assert found.low <= math.log(2) <= found.high
    assert not found.more
    assert found.within == (0.0, 365.0)
    assert "over the values tried, less of it turns 2,212 runs to a hit and 0 to a miss" in str(found)


def test_a_law_is_multiplied_and_kept_within_its_rule() -> None:
    """A fill rate uniform from 0.5 to 1 must be multiplied by 0.75 / (1 - p/2), and is 1 where it would be above."""
    found = av.goal_seek(plant(vehicle={"plan": 12_000}), FILL, 9_000, chance=0.8, runs=4_000, seed=5)
    assert found.low <= 1.25 <= found.high
    assert found.multiplied
    assert found.estimate.unit == "ratio"
    assert found.changes[FILL] == av.Clipped(av.Scaled(HALF, found.value), high=1.0)
    assert "fill rate of P times 1.2" in found.verdict


BUILT = {
    "a monthly law": (plant(av.Varying(HALF, persistence=0.5, lasting=0.4)), FILL, 7_800, 0.6),
    "steps": (plant(av.Stepwise({"2024-01": HALF, "2024-07": av.Uniform(0.2, 0.9)})), FILL, 7_800, 0.6),
    "one step": (plant(av.Stepwise({"2024-01": HALF, "2024-07": 0.6})), f"{FILL}.2024-07", 7_800, 0.4),
    "what follows a belief": (
        plant(av.Named("q", times=HALF, plus=0.1), quantities={"q": av.Uniform(0.4, 0.6)}), FILL, 6_000, 0.4
    ),
    "a belief": (plant(0.5 * av.Named("q"), quantities={"q": HALF}), "quantities.q", 4_000, 0.6),
    "a total": (plant(vehicle={"plan": av.Total(10_000)}), PLAN, 9_000, 0.5),
    "a monthly market share": (
        plants.one_vehicle(
            market={"per_year": 20_000},
            vehicle={"plan": 10_000, "market_share": av.Varying(av.Uniform(0.2, 0.5)), "stock_cover": 1, "flex": 1.2},
        ),
        "vehicles.V.market_share", 8_000, 0.5,
    ),
    "durations of stops": (stopping(), "partners.P.stops.duration", 11, 0.5),
    "a number that never acts as stated": (plant(), "partners.P.chance_of_leaving", 7_000, 0.4),
    "a moment": (plant(vehicle={"plan": 10_000, "start": "2024-03"}), "vehicles.V.start", 7_000, 0.5),
}  # fmt: skip


@pytest.mark.parametrize("kind", BUILT)
def test_the_changes_give_the_chance_in_the_same_runs(kind: str) -> None:
    """With the changes, simulate gives the chance in the runs of the search, and in fresh runs within 4 errors.

    Two runs may turn back where stops are longer. Ten fresh chances: one fails in 1,600 new seeds.
    """
    stated, address, target, chance = BUILT[kind]
    found = av.goal_seek(stated, address, target, chance=chance, runs=500, seed=7)
    assert found.value is not None
    assert found.other_way <= 2
    same = av.simulate(stated.replace(found.changes), runs=500, seed=7).chance(target)
    assert same.value == pytest.approx(chance, abs=0.004 * found.other_way + 1e-9)
    fresh = av.simulate(stated.replace(found.changes), runs=20_000, seed=8).chance(target)
    assert abs(fresh.value - chance) < 4.0 * math.sqrt(chance * (1.0 - chance) / 500)


def test_whole_numbers_are_sought_over_whole_values() -> None:
    """The longest lead time with which late orders are still made up for in half of the years, by trying each."""
    lead = "partners.P.lead_time"
    base = plants.one_vehicle(partner={"fill_rate": HALF, "lead_time": 6, "surge": 3})
    vehicle = av.Vehicle(name="V", partner="P", line="L", orders=10_000, flex=1.5)
    stated = attrs.evolve(base, markets=(), vehicles=[vehicle])
    found = av.goal_seek(stated, lead, 9_000, runs=400, seed=1)
    each = [av.simulate(stated.replace({lead: n}), runs=400, seed=1).chance(9_000).value for n in range(7)]
    assert found.value == max(n for n, chance in enumerate(each) if chance >= 0.5) > 0
    assert found.low == int(found.low) <= found.value <= found.high == int(found.high)
    assert found.changes == {lead: found.value}
    assert {type(found.value), type(found.low), type(found.high)} == {float}
    assert found.reached.value == each[int(found.value)]
    assert f"lead time of P at {found.value:.0f} is where the chance" in str(found)


def test_a_target_of_part_of_the_year() -> None:
    """Half the volume until June asks for the same plan as the whole until December."""
    half, year = (
        av.goal_seek(plant(), PLAN, target, runs=500, seed=4).value
        for target in (av.Target(4_500, until="2024-06", of="P"), 9_000)
    )
    assert half == pytest.approx(year)


def test_runs_that_go_the_other_way_are_counted() -> None:
    """Where more of a belief takes vehicles away in three runs of ten, these are counted and warned of.

    The value found still has the chance in the runs of the search, for all that turns there is tried.
    """
    stated = plants.one_vehicle(
        market={"per_year": 12},
        vehicle={"market_share": av.Named("q", times=av.Bernoulli(0.7, -0.1, 0.1), plus=av.Uniform(0.4, 0.6))},
        quantities={"q": 1.0},
    )
    found = av.goal_seek(stated, "quantities.q", 6, chance=0.6, within=(-2, 2), runs=2_000, seed=1)
    assert found.more
    assert found.other_way > 100
    assert f"{found.turned:,} runs to a hit and {found.other_way:,} to a miss" in str(found)
    assert "the chance goes up and down with q" in found.warning
    assert "do not rely on it" in str(found)
    there = av.simulate(stated.replace(found.changes), runs=2_000, seed=1).chance(6)
    assert there.value == pytest.approx(0.6, abs=0.002)


def test_out_of_reach_is_said_with_the_best_chance() -> None:
    """A fill rate within factors up to 1.2 reaches 0.75 of a plan with chance 0.75: 0.9 is out of reach."""
    found = av.goal_seek(
        plant(vehicle={"plan": 12_000}), FILL, 9_000, chance=0.9, within=(0.5, 1.2), runs=2_000, seed=1
    )
    assert (found.value, found.low, found.high, found.estimate, found.changes) == (None, None, None, None, {})
    assert found.best_at == 1.2
    assert found.best.low <= 0.75 <= found.best.high
    assert "is out of reach: 7" in found.verdict
    assert "at most, for fill rate of P times 0.5 to 1.2" in found.verdict


def test_a_chance_that_is_always_had_is_said() -> None:
    """Where the chance is never as low as asked for, the lowest is given."""
    found = av.goal_seek(plant(vehicle={"plan": 12_000}), PLAN, 9_000, chance=0.3, within=(11_000, 15_000), runs=2_000)
    assert found.value is None
    assert found.best_at == 11_000
    assert found.best.low <= 2 * (1 - 9 / 11) <= found.best.high
    assert "is never as low as 30.0 %: 3" in found.verdict


@pytest.mark.parametrize(("target", "words"), [(1e8, "none of 300 runs reaches it"), (0, "each of 300 runs reaches")])
def test_a_target_always_or_never_met_is_said(target: float, words: str) -> None:
    """A target that no run reaches, or each, with any value, gives no value and says so."""
    found = av.goal_seek(plant(), FILL, target, runs=300)
    assert found.value is None
    assert words in found.verdict
    assert found.turned == found.other_way == 0


def test_an_end_beyond_the_range_is_infinite() -> None:
    """Where a chance is had for sure at no value of the range, the interval has no end there."""
    stated = plant(vehicle={"plan": 12_000})
    most = av.simulate(stated, runs=500, seed=1).chance(9_000).value
    found = av.goal_seek(stated, PLAN, 9_000, chance=most - 0.004, within=(9_000, 12_000), runs=500, seed=1)
    assert found.low < found.value <= 12_000
    assert found.high == math.inf
    assert "unbounded" in str(found)


def test_the_range_ends_where_the_facts_would_disagree() -> None:
    """Mean shares of a market cannot exceed 1 in sum: beside a share of 0.3 the range ends at 0.7, which is said."""
    base = plants.one_vehicle(market={"per_year": 20_000}, vehicle={"plan": 9_000, "market_share": 0.4})
    other = av.Vehicle(name="W", partner="P", line="L", market="M", plan=12, market_share=0.3)
    found = av.goal_seek(plants.with_facts(base, vehicles=[other]), "vehicles.V.market_share", 1e6, runs=100)
    assert found.within == (0.0, pytest.approx(0.7, abs=1e-6))
    assert "no value above 0.7 was tried: M: mean market shares of its vehicles must" in found.note


def test_same_bits_whatever_the_workers_and_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers, and blocks of 64 runs, change no bit of the answer; another seed does."""

    def asked(**more: object) -> tuple[object, ...]:
        found = av.goal_seek(plant(), PLAN, 9_000, runs=300, **{"seed": 2, **more})
        return found.estimate, found.started, found.model_runs, found.turned

    alone = asked()
    assert asked(workers=2) == alone
    assert asked(seed=3) != alone
    monkeypatch.setattr(Model, "block", 64)
    assert asked() == alone


REFUSED = {
    "no such number": ({"address": "partners.P.fil_rate"}, "partners.P.fil_rate: must be a number that is stated"),
    "not stated": ({"address": "vehicles.V.opening_kits"}, "vehicles.V.opening_kits: must be a number that is stated"),
    "a step that is not there": ({"address": f"{FILL}.2024-07"}, "must be a number that is stated"),
    "not text": ({"address": 5}, "address: must be text"),
    "a row": ({"address": "calendar.working_days"}, "must be a single number"),
    "targets": ({"address": "targets"}, "must be a single number"),
    "a chance of 1": ({"chance": 1}, "chance: must be a number between 0 and 1"),
    "per cent": ({"chance": 50}, "did you mean 0.5"),
    "text for a chance": ({"chance": "0.5"}, "chance"),
    "one number": ({"within": 3}, "within: must be the lowest and the highest factor, two numbers; got 3"),
    "three numbers": ({"within": (1, 2, 3)}, "within"),
    "ends reversed": ({"within": (2, 1)}, "the lower first"),
    "not a number": ({"within": (0.5, math.nan)}, "two finite numbers"),
    "a factor of 0": ({"within": (0, 2)}, "within: .*above zero"),
    "beyond the rule": ({"address": "partners.P.surge", "within": (0.5, 2)}, "within: partners.P.surge: must be 1"),
    "a fraction of a month": ({"address": "partners.P.lead_time", "within": (0.5, 2)}, "two finite whole numbers"),
    "nothing to multiply": ({"address": "vehicles.V.delay"}, "within: must be given, since vehicles.V.delay is 0"),
    "no target": ({"target": None}, "target"),
    "a target below 0": ({"target": -1}, "target"),
    "a target of nobody": ({"target": av.Target(5, of="Nobody")}, "Nobody"),
    "no scenario": ({"scenario": "avtotor-2024-06"}, "load it first"),
    "no runs": ({"runs": 0}, "runs"),
    "a seed below 0": ({"seed": -1}, "seed"),
    "workers in words": ({"workers": "two"}, "workers"),
    "no executor": ({"executor": 3}, "executor"),
    "progress in words": ({"progress": "yes"}, "progress"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused(kind: str) -> None:
    """Wrong arguments of every kind are refused before anything is run, by their name."""
    given, words = REFUSED[kind]
    asked = {"scenario": plant(), "address": FILL, "target": 9_000, "runs": 100} | given
    with pytest.raises((TypeError, ValueError), match=words):
        av.goal_seek(**asked)


def test_moments_and_whole_numbers_that_are_uncertain_are_refused() -> None:
    """A law of moments or of whole numbers cannot be multiplied, which is said."""
    stated = plants.one_vehicle(
        partner={"lead_time": av.Discrete([1, 2], [1, 1])}, vehicle={"start": av.Uniform("2024-02", "2024-04")}
    )
    for address in ("partners.P.lead_time", "vehicles.V.start"):
        with pytest.raises(av.FactError, match="must be certain to be put at other values"):
            av.goal_seek(stated, address, 5, runs=100)


def test_what_changes_no_output_is_refused() -> None:
    """What was announced may be another number, and nothing would be built for it."""
    stated = plants.one_vehicle().replace({"announced": av.Announcement(low=5)})
    with pytest.raises(av.FactError, match=r"announced\.low: must be a number of the plant, for this one changes no"):
        av.goal_seek(stated, "announced.low", 5, runs=100)


def test_too_many_runs_for_the_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit the memory is refused before anything is run."""
    monkeypatch.setattr("avtosim.studies.memory.available", lambda: 1 << 20)
    with pytest.raises(MemoryError, match="runs"):
        av.goal_seek(plant(), PLAN, 9_000, runs=1_000_000)


def test_a_chance_that_jumps_is_said() -> None:
    """Where no value gives the chance since it jumps past it, the answer is where, and how far it jumps."""
    found = av.goal_seek(plants.one_vehicle(vehicle={"plan": 12_000.0}), "vehicles.V.plan", 13_000, runs=100)
    assert found.value == pytest.approx(13_000, rel=2e-5)
    assert found.reached.value == 1.0
    assert "plan of V at 13,000 is where the chance of at least 13,000 vehicles passes 50.0 %, in a jump to" in str(
        found
    )


def test_a_law_that_is_kept_within_its_rule_is_said() -> None:
    """A factor that would lift a fill rate above 1 is told to be without effect there."""
    scarce = plants.one_vehicle(vehicle={"plan": 12_000.0}, partner={"fill_rate": av.Uniform(0.6, 1.0)})
    found = av.goal_seek(scarce, "partners.P.fill_rate", 10_500, runs=200, seed=1)
    assert found.value > 1.0
    assert "fill rate of P is kept within 0 to 1, whatever the factor" in str(found)
    less = av.goal_seek(scarce, "partners.P.fill_rate", 8_000, runs=200, seed=1)
    assert less.value < 1.0
    assert "kept within" not in str(less)


def test_what_stands_open_cannot_be_sought() -> None:
    """An address of which nothing is stated is refused with what to do, not with another name."""
    plant = plants.one_vehicle()
    for address in ("vehicles.V.opening_kits", "partners.P.stops.per_year"):
        with pytest.raises(av.FactError, match="it is left open"):
            av.goal_seek(plant, address, 12)
    with pytest.raises(av.FactError, match=r"ask for markets\.M\.per_year"):
        av.goal_seek(plant, "markets.M", 12)
    with pytest.raises(av.FactError, match=r"takeover: must have a second partner"):
        av.goal_seek(plant, "vehicles.V.takeover", 12)
