"""Importance of facts and numbers: closed shares of variance, what is not known and what is luck, limits, errors."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import numpy as np
import plants
import pytest
from scipy import special

import avtosim as av

HIT = next(
    case["values"]
    for case in json.loads((Path(__file__).parents[1] / "reference" / "exact.json").read_text(encoding="utf-8"))[
        "cases"
    ]
    if case["id"] == "sobol_indicator"
)
SHARES = (0.5, 0.3, 0.2)
KINDS = "first", "total", "shapley"
#: Three normal plans, and the target that their sum reaches once in ten times.
SUM, TENTH = plants.normal_sum(SHARES), 30_000 + 1_000 * special.ndtri(0.9)


def off(estimate: av.Estimate, truth: float) -> float:
    """How many of its standard errors an estimate lies off."""
    assert 0.0 < estimate.standard_error < 0.02
    return abs(estimate.value - truth) / estimate.standard_error


@pytest.mark.parametrize("kind", KINDS)
def test_shares_of_a_normal_sum(kind: str) -> None:
    """Of a sum, all shares of a term are its share of the variance; within four errors, once in 5,000 seeds not."""
    found = getattr(av.importance(SUM, runs=8192, seed=1), kind)
    for number, truth in enumerate(SHARES):
        assert off(found[f"vehicles.V{number}"], truth) <= 4.0


@pytest.mark.parametrize(("kind", "name"), [("first", "first order"), ("total", "total"), ("shapley", "Shapley")])
def test_shares_of_reaching_a_target(kind: str, name: str) -> None:
    """Of a sum above its upper 10 % point: the exact shares, within four errors; once in 5,000 new seeds not."""
    found = getattr(av.importance(SUM, TENTH, runs=16_384, seed=1), kind)
    for number, truth in enumerate(HIT[name]):
        assert off(found[f"vehicles.V{number}"], truth) <= 4.0


def test_single_numbers_of_a_normal_sum() -> None:
    """From plain runs: the shares of each plan, of the sum and of reaching the target; once in 2,000 new seeds not."""
    for target, truths in ((None, SHARES), (TENTH, HIT["first order"])):
        found = av.importance(SUM, target, by="number", seed=1)
        assert found.first.keys() == {f"vehicles.V{number}.plan" for number in range(3)}
        for number, truth in enumerate(truths):
            estimate = found.first[f"vehicles.V{number}.plan"]
            assert abs(estimate.value - truth) <= 0.003 + 4.0 * estimate.standard_error
        assert (dict(found.total), dict(found.shapley), found.model_runs) == ({}, {}, 16_384)


def test_what_is_not_known_and_what_is_luck() -> None:
    """Of twelve months of a normal fill rate the part w that lasts all year explains 12 w / (1 + 11 w) of the variance.

    It is what is not known of the partner, the rest is luck, and together they do no more: fails once in 5,000 seeds.
    """
    fill = av.Varying(av.Clipped(av.Normal(0.5, 0.05), low=0, high=1), lasting=0.25)
    found = av.importance(plants.one_vehicle(partner={"fill_rate": fill}), runs=4096, seed=1)
    truth = 12 * 0.25 / (1 + 11 * 0.25)
    assert off(found.not_known["partners.P"], truth) <= 4.0
    assert off(found.split["not known"], truth) <= 4.0
    assert off(found.split["luck"], 1.0 - truth) <= 4.0
    assert abs(found.split["both together"].value) <= 4.0 * found.split["both together"].standard_error
    assert sum(each.value for each in found.split.values()) == pytest.approx(1.0, abs=1e-12)
    assert found.first["partners.P"].value == found.total["partners.P"].value == pytest.approx(1.0, abs=1e-12)


def test_interaction_of_what_is_not_known_with_luck() -> None:
    """A belief times months that are drawn: each explains part alone, and the rest both together, by the law.

    Output is 12 q f, q of mean 1 and variance v, f a mean of monthly fill rates, here all of one month, of mean 0.5
    and variance u: alone v / 4 and u, together u v. Fails once in 5,000 new seeds.
    """
    q, f = av.Uniform(0.4, 1.6), av.Varying(av.Uniform(0.2, 0.8))
    named = {"quantities": {"q": q}, "vehicle": {"plan": 12 * av.Named("q")}}
    v, u = 1.2**2 / 12, 0.6**2 / 12
    found = av.importance(plants.one_vehicle(partner={"fill_rate": f}, days=(20,), **named), runs=4096, seed=1)
    assert off(found.first["quantities.q"], v / 4 / (v / 4 + u + u * v)) <= 4.0
    assert off(found.split["both together"], u * v / (v / 4 + u + u * v)) <= 4.0
    assert "partners.P" not in found.not_known
    assert off(found.shapley["partners.P"], (u + u * v / 2) / (v / 4 + u + u * v)) <= 4.0


def test_a_shared_quantity_is_a_fact_of_its_own() -> None:
    """What two vehicles follow stands under its own address; they themselves have nothing that varies."""
    base = plants.normal_sum((0.5, 0.5))
    vehicles = [attrs.evolve(vehicle, plan=200 * av.Named("trouble")) for vehicle in base.vehicles]
    stated = attrs.evolve(base, quantities={"trouble": av.Uniform(0, 1)}, vehicles=vehicles)
    found = av.importance(stated, runs=100)
    assert found.first.keys() == {"quantities.trouble"}
    assert found.shapley["quantities.trouble"].value == pytest.approx(1.0, abs=1e-12)


def test_laws_of_shares() -> None:
    """On a plant with everything: Shapley sums to 1, parts to facts, first order to at most total, each within errors.

    Of some thirty comparisons at four errors, one fails once in 500 new seeds.
    """
    found = av.importance(plants.busy(), 20_000, runs=1024, seed=2)
    assert found.sums["shapley"].value == pytest.approx(1.0, abs=1e-9)
    assert sum(share.value for share in found.shapley.values()) == pytest.approx(1.0, abs=1e-9)
    for fact, shapley in found.shapley.items():
        first, total = found.first[fact], found.total[fact]
        assert first.value - 4 * first.standard_error <= shapley.value + 4 * shapley.standard_error
        assert shapley.value - 4 * shapley.standard_error <= total.value + 4 * total.standard_error
        assert total.value >= 0.0
    assert found.not_known.keys() < found.shapley.keys()
    assert found.model_runs == 1024 * int(str(found).partition(" points")[0].rpartition(" ")[2])


@pytest.mark.parametrize("by", ["fact", "number"])
def test_same_bits_whatever_blocks_and_workers(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer has the same bits on two processes and in blocks of another size, and others under another seed."""
    fill = av.Varying(av.Uniform(0.6, 1), persistence=0.5, lasting=0.3)
    stated = plants.one_vehicle(
        partner={"fill_rate": fill, "stops": av.Stops(2, av.Exponential(1)), "chance_of_leaving": 0.1},
        vehicle={"plan": 12 * av.Named("mood"), "delay": av.Exponential(0.5)},
        quantities={"mood": av.Uniform(0.8, 1.2)},
    )
    some = {"runs": 1100, "by": by}
    one = av.importance(stated, 8, seed=1, **some)
    two = av.importance(stated, 8, seed=1, workers=2, **some)
    monkeypatch.setattr(av.Model, "block", 700)
    small = av.importance(stated, 8, seed=1, **some)
    assert str(one) == str(two) == str(small)
    assert dict(one.first) == dict(two.first) == dict(small.first)
    assert dict(one.first) != dict(av.importance(stated, 8, seed=2, **some).first)


def test_orders_belong_to_names() -> None:
    """A fact that is added and does nothing leaves the others on their way: their shares stand as they stood."""
    idle = attrs.evolve(SUM, partners=(*SUM.partners, av.Partner(name="idle", fill_rate=av.Uniform(0, 1))))
    one, more = (av.importance(stated, runs=200, seed=3) for stated in (SUM, idle))
    assert more.total["partners.idle"].value == 0.0
    assert "1 of these changed nothing in any run" in str(more)
    for kind in ("first", "total"):
        before, after = ([share.value for share in getattr(each, kind).values() if share.value] for each in (one, more))
        assert np.allclose(np.divide(after, sum(after)), np.divide(before, sum(before)), rtol=1e-12)


@pytest.mark.parametrize("by", ["fact", "number"])
@pytest.mark.parametrize(("target", "words"), [(0, "every one"), (1e6, "none")])
def test_a_target_always_or_never_reached(by: str, target: float, words: str) -> None:
    """It is said, with the chance, and there are no shares."""
    found = av.importance(SUM, target, by=by, runs=100)
    assert f"the target is reached in {words} of" in str(found)
    assert (dict(found.first), dict(found.total), dict(found.weights)) == ({}, {}, {})


@pytest.mark.parametrize("by", ["fact", "number"])
def test_output_that_does_not_vary(by: str) -> None:
    """A certain plant, and one whose chance touches nothing, say that output is the same in every run."""
    untouched = plants.one_vehicle(market={"per_year": av.Uniform(1e8, 2e8)})
    for stated in (plants.one_vehicle(), untouched):
        found = av.importance(stated, by=by, runs=100)
        assert "output is the same in every run" in str(found)
        assert dict(found.first) == {}
    assert found.level.value == 12.0


def test_a_part_of_the_output() -> None:
    """A target of one vehicle until June hangs on that vehicle alone; its chance is that of simulate."""
    target = av.Target(5_200, of="V1", until="2024-06")
    found = av.importance(SUM, target, runs=500, seed=1)
    assert found.first["vehicles.V1"].value == pytest.approx(1.0, abs=1e-12)
    assert found.first["vehicles.V0"].value == 0.0
    assert "reaching at least 5,200 vehicles of V1 until 2024-06" in str(found)
    simulated = av.simulate(SUM.replace({"targets": (target,)}), runs=500, seed=1).chance(target)
    assert found.level.value == simulated.value


def test_weights_for_the_register() -> None:
    """What stands below a stated number counts for it; events, which are stated nowhere, have no weight."""
    stated = plants.one_vehicle(
        quantities={"mood": av.Uniform(0.8, 1.2)},
        vehicle={"plan": av.Uniform(10, 12) * av.Named("mood")},
        partner={"stops": av.Stops(av.Uniform(1, 2), 0.5), "fill_rate": av.Uniform(0.9, 1)},
    )
    found = av.importance(stated, by="number", runs=2000, seed=1)
    assert "partners.P.stops" in found.luck
    assert found.first.keys() >= {"partners.P.stops", "vehicles.V.plan.times", "quantities.mood"}
    assert found.weights.keys() == {
        "quantities.mood",
        "vehicles.V.plan",
        "partners.P.stops.per_year",
        "partners.P.fill_rate",
    }
    assert found.weights["vehicles.V.plan"] == max(found.first["vehicles.V.plan.times"].value, 0.0)
    ranked = stated.assumptions().sorted_by(found.weights)
    assert ranked.rows[0].address == "quantities.mood"


def test_facts_of_one_name_are_told_apart() -> None:
    """A partner and a vehicle of one name stand under their families in the table."""
    base = plants.one_vehicle(partner={"fill_rate": av.Uniform(0.5, 1)}, vehicle={"plan": av.Uniform(10, 12)})
    stated = attrs.evolve(
        base,
        partners=[attrs.evolve(base.partners[0], name="BAIC")],
        vehicles=[attrs.evolve(base.vehicles[0], name="BAIC", partner="BAIC")],
    )
    text = str(av.importance(stated, runs=100))
    assert "BAIC (partners)" in text
    assert "BAIC (vehicles)" in text


WRONG = {
    "by": [("facts", ValueError), (None, ValueError), (["fact"], ValueError), (1, ValueError)],
    "target": [("12", ValueError), (-1, ValueError), (np.nan, ValueError), ([5], ValueError), (True, ValueError)],
    "runs": [(99, ValueError), (0, ValueError), ("many", ValueError), (10.5, ValueError), (10**10, ValueError)],
    "seed": [(-1, ValueError), ("1", ValueError), (1.5, ValueError)],
    "workers": [(0, ValueError), ("two", ValueError)],
    "executor": [(4, TypeError), ("threads", TypeError)],
    "progress": [("yes", TypeError)],
}


@pytest.mark.parametrize(
    ("name", "value", "error"), [(name, *case) for name, cases in WRONG.items() for case in cases], ids=repr
)
def test_wrong_arguments(name: str, value: object, error: type[Exception]) -> None:
    """Each wrong argument is refused by its name before anything is run."""
    with pytest.raises(error, match=name):
        av.importance(SUM, **{name: value})


def test_what_is_no_scenario_or_no_target_of_it() -> None:
    """A name is no scenario; a target of an unknown vehicle is refused with the nearest name."""
    with pytest.raises(TypeError, match="load it first"):
        av.importance("avtotor-2024-06")
    with pytest.raises(av.FactError, match="V0"):
        av.importance(SUM, av.Target(5, of="V00"))


def test_too_many_runs_for_the_memory() -> None:
    """More runs than the memory holds are refused before anything is run."""
    with pytest.raises(MemoryError, match="runs"):
        av.importance(SUM, runs=10**9)
