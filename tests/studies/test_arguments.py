"""Arguments: what makes no sense is refused before any work, with the name, the rule and the value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from multiprocessing.pool import ThreadPool

import numpy as np
import plants
import pytest
from executors import Pickling

import avtosim as av

FILL = "partners.P.fill_rate"
PLANT = plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0, high=1)}, targets=(6,))
PAIR = {"one": PLANT, "other": PLANT.replace({FILL: 0.5})}
STUDIES: dict[str, Callable[..., object]] = {
    "simulate": lambda **arguments: av.simulate(PLANT, **arguments),
    "compare": lambda **arguments: av.compare(PAIR, **arguments),
    "sweep": lambda **arguments: av.sweep(PLANT, {FILL: [0.5]}, **arguments),
    "rare_chance": lambda **arguments: av.rare_chance(PLANT, at_least=11, **arguments),
}
every_study = pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)


@pytest.fixture(autouse=True)
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where the model is run."""
    monkeypatch.setattr(av.Model, "__call__", lambda *_, **__: pytest.fail("the model was run"))


NO_COUNT = [
    "5",
    b"5",
    5.5,
    math.nan,
    math.inf,
    True,
    np.True_,
    -1,
    10**5000,
    np.array(5),
    np.array([5]),
    Decimal(5),
    [5],
]


@every_study
@pytest.mark.parametrize("value", [*NO_COUNT, 1.0, None], ids=lambda v: type(v).__name__)
def test_seeds(study: Callable, value: object) -> None:
    """A seed is a whole number of 0 or more; one of thousands of digits is refused, not printed."""
    with pytest.raises(
        ValueError, match=r"^seed: must be a whole number of 0 or more(, below 2\*\*256)?; got .{1,60}$"
    ):
        study(seed=value)


@every_study
@pytest.mark.parametrize("value", [*NO_COUNT, 0, 257, 2.5, "2"], ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("executor", [None, Pickling()], ids=["processes", "executor"])
def test_workers(study: Callable, value: object, executor: Pickling | None) -> None:
    """Workers are a whole number from 1 to 256, processes and those of an executor alike."""
    with pytest.raises(ValueError, match=r"^workers: must be a whole number from 1 to 256; got .{1,60}$"):
        study(workers=value, executor=executor)


class Client:
    """What Dask calls a client, as far as it matters."""

    def get_executor(self) -> Pickling:
        """Give what is wanted."""
        return Pickling()


@every_study
@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("dask", ""),
        (2, ""),
        (ThreadPool, ""),
        (ThreadPoolExecutor, r"; did you mean ThreadPoolExecutor\(\)\?"),
        (Client(), r"; did you mean client.get_executor\(\)\?"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_executors(study: Callable, value: object, hint: str) -> None:
    """An executor is one of concurrent.futures; a class or Dask's client is answered with what was meant."""
    with pytest.raises(TypeError, match=rf"^executor: must be a concurrent.futures.Executor; got .{{1,90}}{hint}$"):
        study(executor=value)


@pytest.mark.parametrize(("study", "argument"), [("simulate", "runs"), ("compare", "runs"), ("sweep", "runs")])
@pytest.mark.parametrize("value", [*NO_COUNT, 0, 10**9 + 1], ids=lambda v: type(v).__name__)
def test_runs(study: str, argument: str, value: object) -> None:
    """Runs are a whole number from 1 to a billion."""
    rule = r"must be a whole number from 1 to 1,000,000,000; got .{1,60}$"
    with pytest.raises(ValueError, match=rf"^{argument}: {rule}"):
        STUDIES[study](**{argument: value})


@pytest.mark.parametrize("study", ["simulate", "compare", "sweep"])
@pytest.mark.parametrize("value", ["yes", "False", 1, 0, np.True_, []], ids=repr)
def test_progress(study: str, value: object) -> None:
    """Progress is True, False or None; nothing else is taken for one of them."""
    with pytest.raises(TypeError, match=r"^progress: must be True or False; got"):
        STUDIES[study](progress=value)


@pytest.mark.parametrize("study", ["simulate", "compare"])
@pytest.mark.parametrize("value", ["all", "Totals", None, b"totals", ["totals"], np.array(["totals"])], ids=repr)
def test_keep(study: str, value: object) -> None:
    """What is kept is one of four words."""
    with pytest.raises(ValueError, match=r"^keep: must be one of totals, breakdown, months, flows; got"):
        STUDIES[study](keep=value)


@pytest.mark.parametrize("study", ["simulate", "compare", "sweep"])
@pytest.mark.parametrize("value", [av.Plain, "plain", 1, [av.Plain()]], ids=repr)
def test_design(study: str, value: object) -> None:
    """A design is an object on the base class of designs; a class is answered with the call that makes one."""
    hint = r"; did you mean Plain\(\)\?$" if isinstance(value, type) else ""
    with pytest.raises(TypeError, match=rf"^design: must be a Design, such as avtosim.Plain\(\); got .*{hint}"):
        STUDIES[study](design=value)


@pytest.mark.parametrize(
    ("arguments", "error", "rule"),
    [
        ({"max_runs": 100}, ValueError, "max_runs: goes with precision only; for a number of runs say runs=100"),
        ({"max_runs": 100, "runs": 100}, ValueError, "max_runs: goes with precision only"),
        ({"precision": 0.1, "runs": 100}, ValueError, "precision: goes without runs"),
        ({"precision": np.array(0.1)}, ValueError, "precision: must lie above 0 and up to 0.5"),
        ({"precision": Decimal("0.1")}, ValueError, "precision: must lie above 0 and up to 0.5"),
        ({"precision": av.RelativePrecision}, ValueError, "precision: must lie above 0 and up to 0.5"),
        ({"precision": 0.1, "max_runs": 2.5}, ValueError, "max_runs: must be a whole number from 1 to"),
        (
            {"precision": 0.1, "max_runs": 10**4000},
            ValueError,
            "max_runs: must be .*; got a whole number of 4,001 digits",
        ),
        ({"first_run": 0.5}, ValueError, "first_run: must be a whole number from 0 to"),
        ({"first_run": 3, "design": av.Antithetic(), "runs": 4}, ValueError, "first_run: must be even"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_simulate(arguments: dict, error: type, rule: str) -> None:
    """Arguments that do not go together, or make no sense alone, are refused."""
    with pytest.raises(error, match=f"^{rule}"):
        av.simulate(PLANT, **arguments)


def test_a_precision_of_any_float_serves() -> None:
    """NumPy's numbers serve as precisions and shares."""
    assert av.RelativePrecision(np.float32(0.25)) == av.RelativePrecision(0.25)


STOPS = av.Stops(per_year=3, duration=av.Exponential(mean=1))


@pytest.mark.parametrize(
    ("levers", "error", "rule"),
    [
        ({1: [0.5]}, TypeError, "levers: addresses must be text; got 1"),
        ({"targets": [(1,), (2,)]}, ValueError, "levers: targets changes no output; vary numbers of the plant"),
        ({"name": ["a"]}, ValueError, "levers: name changes no output"),
        ({"announced.low": [1.0]}, ValueError, "levers: announced.low changes no output; vary numbers of the plant"),
        ({FILL: np.array(0.5)}, ValueError, rf"levers: {FILL} must have a sequence of values to try; got array\(0.5\)"),
        ({FILL: np.array([[0.5]])}, ValueError, f"levers: {FILL} must have a sequence"),
        ({FILL: (x for x in [0.5])}, ValueError, f"levers: {FILL} must have a sequence"),
        ({FILL: ["0.5"]}, av.FactError, "levers: partners.P.fill_rate: "),
        ({FILL: [True]}, av.FactError, "levers: partners.P.fill_rate: "),
        ({FILL: [math.nan]}, av.FactError, "levers: partners.P.fill_rate: "),
        ({"partners.P.fil_rate": [0.5]}, av.FactError, "levers: partners.P.fil_rate: .*fill_rate"),
        (
            {"partners.P.stops": [STOPS], "partners.P.stops.per_year": [1.0]},
            ValueError,
            "levers: partners.P.stops.per_year lies inside partners.P.stops: vary one of the two",
        ),
        (
            {"calendar.first_month": ["2024-01", "2024-02"]},
            ValueError,
            "scenarios: must run over the same months, .* got calendar.first_month = '2024-01' with 12 months",
        ),
    ],
    ids=lambda value: re.sub(" at 0x.*", "", str(value))[:60],
)
def test_levers(levers: dict, error: type, rule: str) -> None:
    """Levers are addresses of numbers, each with a sequence of values that its rule allows, none inside another."""
    with pytest.raises(error, match=f"^{rule}"):
        av.sweep(PLANT, levers, runs=10)


def test_a_result_is_no_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result where a scenario belongs is refused, with the way to its scenario."""
    monkeypatch.undo()
    result = av.simulate(PLANT, runs=10)
    hint = r"must be a Scenario; got Result; the scenario of a result is avtosim.loads\(result.run_info.scenario\)"
    for study in (
        av.simulate,
        lambda r: av.sweep(r, {FILL: [0.5]}),
        lambda r: av.rare_chance(r, at_least=1),
        lambda r: av.compare({"one": PLANT, "other": r}),
    ):
        with pytest.raises(TypeError, match=rf"^(scenario|scenarios\['other'\]): {hint}"):
            study(result)
