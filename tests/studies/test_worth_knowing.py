"""Worth knowing: closed answers of plants, what can be learned, bits, and questions that make no sense."""

from __future__ import annotations

import json
import math
from pathlib import Path

import closed_layers
import plants
import pytest

import avtosim as av

EXACT = json.loads((Path(__file__).parents[1] / "reference" / "exact.json").read_text(encoding="utf-8"))["cases"]


def test_the_exact_case() -> None:
    """Knowing e of annual = e + l is worth 532.6 at costs of 3 and 7: within three standard errors, which are below 12.

    Fails once in 370 new seeds.
    """
    exact = next(case["values"]["expected value of knowing e"] for case in EXACT if case["id"] == "information")
    found = av.worth_knowing(closed_layers.normal().scenario, too_few=3, too_many=7, seed=1)
    assert list(found.value) == ["markets.M.per_year"]
    value = found.value["markets.M.per_year"]
    assert abs(value.value - exact) < 3.0 * value.standard_error < 36.0
    assert value.runs == 16_384


@pytest.mark.parametrize(("too_few", "too_many"), [(1, 1), (1, 3), (5, 1)])
def test_numbers_of_few_values(too_few: float, too_many: float) -> None:
    """A plan of 6,000 or 12,000 without luck: the loss is that of the better promise, and to know it is worth it all.

    Within four standard errors, and all of it but 1 in 1,000: fails once in 5,000 new seeds.
    """
    plan = av.Discrete(values=(6000, 12_000), weights=(1, 1))
    found = av.worth_knowing(
        plants.one_vehicle(vehicle={"plan": plan}), too_few=too_few, too_many=too_many, runs=1_000, seed=1
    )
    loss = found.expected_loss
    assert abs(loss.value - 3_000.0 * min(too_few, too_many)) < 4.0 * loss.standard_error + 50.0 * (too_few == too_many)
    assert found.together.value == pytest.approx(loss.value, rel=1e-3)
    assert found.value["vehicles.V.plan"].value == pytest.approx(loss.value, rel=1e-3)


def test_only_what_is_not_known_can_be_learned() -> None:
    """Of a monthly law the lasting part alone is worth something; months, stops and delays are not asked about.

    Lasting 0.3 of the variance of months of 100: sqrt(0.3) 12 100 known, sqrt(0.7 12) 100 luck. Within three standard
    errors: fails once in 370 new seeds.
    """
    found = av.worth_knowing(closed_layers.added(7200, lasting=0.3), too_few=1, too_many=2, seed=2)
    truth = closed_layers.worth(1, 2, math.sqrt(0.3) * 1200.0, math.sqrt(0.7 * 12.0) * 100.0)
    assert list(found.value) == ["markets.monthly.per_year"]
    assert abs(found.value["markets.monthly.per_year"].value - truth) < 3.0 * found.together.standard_error
    busy = av.worth_knowing(plants.busy(), too_few=1, too_many=2, runs=300)
    assert "vehicles.beta.delay" not in busy.value
    assert "partners.North.fill_rate" not in busy.value
    assert "partners.East.chance_of_leaving" in busy.value
    whole = av.worth_knowing(plants.whole(), too_few=1, too_many=2, runs=300)
    assert {"quantities.mood", "quantities.price", "partners.Yuchai.fill_rate.2023-01"} <= set(whole.value)


def test_the_same_seed_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers, and blocks of another size, change no bit; the runs are those of ``simulate``."""
    scenario, some = plants.busy(), {"too_few": 2, "too_many": 1, "runs": 1_000, "seed": 3}
    one = av.worth_knowing(scenario, **some)
    monkeypatch.setattr(av.Model, "block", 96)
    other = av.worth_knowing(scenario, workers=2, **some)
    assert dict(other.value) == dict(one.value)
    assert (other.together, other.expected_loss) == (one.together, one.expected_loss)
    plain = av.simulate(scenario, runs=1_000, seed=3, keep="totals").quantile(2 / 3)
    assert one.commitment == plain


@pytest.mark.parametrize("cost", [0, -1, 1e-300, 1e300, math.nan, math.inf, True, "3", None, [3.0], 5j])
@pytest.mark.parametrize("name", ["too_few", "too_many"])
def test_a_promise_that_loses_nothing_is_refused(name: str, cost: object) -> None:
    """Costs that are not above 0, or beyond all measure, are refused, by name, with what is wrong."""
    with pytest.raises(ValueError, match=rf"{name}: must be a number above 0, from 1e-06 to 1e\+09, else a promise"):
        av.worth_knowing(plants.busy(), **({"too_few": 1, "too_many": 1} | {name: cost}))


@pytest.mark.parametrize(
    ("arguments", "kind", "rule"),
    [
        ({"runs": 63}, ValueError, "runs: must be 64 or more; got 63"),
        ({"runs": "many"}, ValueError, "runs: must be a whole number"),
        ({"seed": -1}, ValueError, "seed: must be a whole number of 0 or more"),
        ({"workers": 0}, ValueError, "workers: must be a whole number from 1"),
        ({"executor": "pool"}, TypeError, "executor: must be"),
        ({"progress": "yes"}, TypeError, "progress: must be True or False"),
        ({"scenario": "avtotor-2024-06"}, TypeError, "load it first"),
        ({"runs": 10**9}, MemoryError, "runs"),
    ],
    ids=str,
)
def test_questions_that_make_no_sense_are_refused(arguments: dict, kind: type[Exception], rule: str) -> None:
    """Scenarios, runs, seeds and workers that make no sense are refused, and what does not fit the memory."""
    with pytest.raises(kind, match=rule):
        av.worth_knowing(**({"scenario": plants.busy(), "too_few": 1, "too_many": 1} | arguments))
