"""The question: what simulate answers, what it refuses, and what it leaves alone."""

from __future__ import annotations

import builtins
import sys
import tracemalloc
import types
from typing import Any

import attrs
import numpy as np
import plants
import pytest
from executors import Lazy
from scipy import stats

import avtosim as av
from avtosim.chance.design import BATCH


@pytest.fixture(scope="module")
def made() -> av.Result:
    """Simulate the busy plant with everything kept."""
    return av.simulate(plants.busy(), runs=1500, seed=3, keep="flows")


def test_annual_is_an_array_of_runs(made: av.Result) -> None:
    """The raw outputs are one number a run."""
    assert made.annual.shape == (1500,)
    assert made.annual.dtype == np.float64
    assert made.runs == 1500


def test_parts_sum_to_the_year(made: av.Result) -> None:
    """Outputs by vehicle, by partner, by month, and by vehicle and month all sum to the year's, run by run."""
    for parts in (made.by_vehicle, made.by_partner, made.by_month):
        assert np.allclose(sum(parts.array[at] for at in range(len(parts))), made.annual, rtol=1e-13)
    assert np.allclose(made.months.sum(axis=(0, 1)), made.annual, rtol=1e-13)
    assert np.allclose(made.months.sum(axis=1), made.by_vehicle.array, rtol=1e-13)
    assert np.allclose(made.months.sum(axis=0), made.by_month.array, rtol=1e-13)
    assert np.array_equal(made.flows["built"], made.months)


def test_parts_go_by_the_names_of_the_scenario(made: av.Result) -> None:
    """Vehicles come in the scenario's order, partners by first mention, months by the calendar."""
    assert list(made.by_vehicle) == ["alpha", "beta", "gamma", "delta"]
    assert list(made.by_partner) == ["North", "East", "South"]
    assert np.allclose(made.by_partner["North"], made.by_vehicle["alpha"] + made.by_vehicle["delta"], rtol=1e-13)
    assert [*made.by_month][0::11] == ["2024-03", "2025-02"]
    # Production of beta starts in the middle of the third month, at the earliest.
    assert not made.months[1, :2].any()


def test_flows_have_their_shapes(made: av.Result) -> None:
    """Every flow is (rows, months, runs); rows are vehicles, accounts of kits, lines or partners."""
    assert {name: flow.shape for name, flow in made.flows.items()} == {
        **dict.fromkeys(
            ("scheduled", "called", "arrived", "demand", "required", "built", "sold", "kits", "stock", "waiting"),
            (4, 12, 1500),
        ),
        "capacity": (2, 12, 1500),
        "called_by_partner": (3, 12, 1500),
        "arrived_by_partner": (3, 12, 1500),
    }


def test_the_result_says_what_made_it(made: av.Result) -> None:
    """Seed, first run, design and version stand in the result, and the scenario's targets are judged."""
    assert (made.run_info.seed, made.run_info.first_run, made.run_info.replicate_size) == (3, 0, 1)
    assert made.run_info.version == av.__version__
    assert made.run_info.title == "busy"
    assert made.targets == (20_000.0, 24_000.0)


def test_the_scenario_behind_a_result_can_be_read_again() -> None:
    """The scenario text in a result loads back as the scenario it was made from."""
    stated = av.load("avtotor-2024-06")
    assert av.loads(av.simulate(stated, runs=5).run_info.scenario) == stated


def test_the_table_holds_the_answers() -> None:
    """What the table prints is what chance, mean and quantile answer."""
    made = av.simulate(av.load("avtotor-2024-06"), runs=3000, seed=1)
    text = str(made)
    for target in made.targets:
        chance = made.chance(target)
        line = next(line for line in text.splitlines() if line.startswith(f"  at least {target:,.0f} vehicles"))
        assert f"{chance:words}" in line
    for number in (made.mean(), made.quantile(0.5)):
        assert f"{number:words}" in text


def test_the_same_call_gives_the_same_bits() -> None:
    """Runs, seed and scenario decide the answer, whole numbers of any kind alike."""
    one = av.simulate(plants.busy(), runs=300, seed=7)
    other = av.simulate(plants.busy(), runs=np.int64(300), seed=np.uint8(7), workers=np.int16(1))
    assert np.array_equal(one.annual, other.annual)
    assert np.array_equal(av.simulate(plants.busy(), runs=3e2, seed=7).annual, one.annual)


def test_two_scenarios_have_common_random_numbers() -> None:
    """With one seed a better fill rate is never worse in any run, and the difference is far sharper than its parts."""
    base = plants.one_vehicle(
        partner={"fill_rate": 0.8, "stops": av.Stops(per_year=3, duration=av.Exponential(mean=1))}
    )
    better = base.replace({"partners.P.fill_rate": 0.85})
    one, other = (av.simulate(s, runs=2000, seed=1).annual for s in (base, better))
    assert np.all(other >= one)
    assert (other - one).std() < 0.1 * one.std()


@pytest.mark.parametrize("runs", [0, 1e18, 10**18, -1, 2.5, "many", True, float("nan"), float("inf"), [5]])
def test_runs_that_make_no_sense(runs: object) -> None:
    """Runs are a whole number from 1 on; the error names the argument, the rule and the value."""
    with pytest.raises(ValueError, match=r"runs: must be a whole number from 1 to .*; got"):
        av.simulate(plants.one_vehicle(), runs=runs)


@pytest.mark.parametrize("argument", ["runs", "workers", "first_run"])
def test_rows_of_numbers_are_no_number(argument: str) -> None:
    """An array where a number belongs is refused with the argument's name."""
    with pytest.raises((ValueError, TypeError), match=f"{argument}: must be a whole number"):
        av.simulate(plants.one_vehicle(), **{argument: np.array([5, 6])})


@pytest.mark.parametrize("seed", [1.5, "a", True, -1, None])
def test_seeds_that_make_no_sense(seed: object) -> None:
    """A seed is a whole number of 0 or more; the error says so and shows what came."""
    with pytest.raises(ValueError, match="seed: must be a whole number of 0 or more; got"):
        av.simulate(plants.one_vehicle(), seed=seed)


@pytest.mark.parametrize("keep", ["everything", "", None, 3, ["breakdown"], "PARTS"])
def test_keeps_that_do_not_exist(keep: object) -> None:
    """What is to be kept is one of four words, which the error lists."""
    with pytest.raises(ValueError, match="keep: must be one of totals, breakdown, months, flows; got"):
        av.simulate(plants.one_vehicle(), keep=keep)


@pytest.mark.parametrize("first_run", [-1, 0.5, "a", None])
def test_first_runs_that_make_no_sense(first_run: object) -> None:
    """The first run is a whole number from 0 on."""
    with pytest.raises(ValueError, match="first_run: must be a whole number from 0 to"):
        av.simulate(plants.one_vehicle(), first_run=first_run)


@pytest.mark.parametrize("design", ["plain", 3, av.Plain])
def test_designs_that_are_none(design: object) -> None:
    """A design is an object such as Plain(); a name or a class is refused, and the error says so."""
    with pytest.raises((ValueError, TypeError), match="design: "):
        av.simulate(plants.one_vehicle(), design=design)


def test_unknown_keywords_are_errors() -> None:
    """A keyword that does not exist is an error, and so is a second argument by place."""
    with pytest.raises(TypeError, match="sead"):
        av.simulate(plants.one_vehicle(), sead=1)
    with pytest.raises(TypeError):
        av.simulate(plants.one_vehicle(), 1000)


def test_a_name_is_no_scenario() -> None:
    """A name where a scenario belongs is an error that shows how to load it."""
    with pytest.raises(
        TypeError, match=r"must be a Scenario; got str; load it first: avtosim.load\('avtotor-2024-06'\)"
    ):
        av.simulate("avtotor-2024-06")
    with pytest.raises(TypeError, match=r"scenario: must be a Scenario; got NoneType$"):
        av.simulate(None)


def test_errors_come_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong argument is found before the model is run."""
    monkeypatch.setattr(av.Model, "__call__", lambda *_, **__: pytest.fail("the model was run"))
    for wrong in ({"runs": 0}, {"seed": -1}, {"keep": "x"}, {"workers": 0}, {"first_run": -1}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))}: "):
            av.simulate(plants.one_vehicle(), **wrong)


def test_more_than_the_memory_is_refused() -> None:
    """Keeping every flow of a billion runs is refused before it is tried, with what it needs and what to do."""
    rule = r"runs: what keep='flows' keeps of 1,000,000,000 runs would take .* GiB and may take .*; [\d,]+ do"
    with pytest.raises(MemoryError, match=rule):
        av.simulate(plants.busy(), runs=10**9, keep="flows")


@pytest.mark.parametrize("executor", [None, Lazy()])
def test_progress_counts_every_run(bars: list[Any], executor: Lazy | None) -> None:
    """A bar that was asked for counts all runs and is closed."""
    runs = 2 * av.Model(plants.one_vehicle()).block + 9
    av.simulate(plants.one_vehicle(), runs=runs, progress=True, executor=executor, keep="totals")
    (bar,) = bars
    assert bar.options["total"] == bar.done == runs
    assert bar.closed


def test_no_progress_where_none_is_wanted(bars: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no bar when it is refused, nor unasked when nobody looks; on a terminal there is."""
    av.simulate(plants.one_vehicle(), runs=10, progress=False)
    monkeypatch.setattr(sys, "stderr", types.SimpleNamespace(isatty=lambda: False, write=len, flush=int))
    av.simulate(plants.one_vehicle(), runs=10)
    assert not bars
    monkeypatch.setattr(sys, "stderr", types.SimpleNamespace(isatty=lambda: True, write=len, flush=int))
    av.simulate(plants.one_vehicle(), runs=10)
    assert len(bars) == 1


def test_progress_without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without tqdm nothing is shown, and a bar that was asked for is an error that says what to install."""
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", types.SimpleNamespace(isatty=lambda: True, write=len, flush=int))
    assert av.simulate(plants.one_vehicle(), runs=10).runs == 10
    with pytest.raises(ImportError, match=r"progress=True needs tqdm: pip install 'avtosim\[progress\]'"):
        av.simulate(plants.one_vehicle(), runs=10, progress=True)


def test_the_real_tqdm_takes_what_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    """The bar works with tqdm itself, and draws on the error stream only."""
    pytest.importorskip("tqdm")
    av.simulate(plants.one_vehicle(), runs=10, progress=True)
    shown = capsys.readouterr()
    assert not shown.out
    assert "10.0" in shown.err


def beyond_annual(blocks: int, executor: Lazy | None) -> int:
    """Most memory in use during a simulation of so many blocks, beyond the outputs themselves."""
    stops = av.Stops(per_year=2, duration=av.Exponential(mean=1))
    scenario = plants.one_vehicle(partner={"stops": stops, "fill_rate": av.Varying(law=av.Uniform(low=0, high=1))})
    runs = blocks * av.Model(scenario).block
    av.simulate(scenario, runs=10, keep="totals")
    tracemalloc.start()
    av.simulate(scenario, runs=runs, keep="totals", executor=executor, workers=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - 8 * runs


@pytest.mark.parametrize("executor", [None, Lazy()])
def test_memory_stays_flat_in_runs(executor: Lazy | None) -> None:
    """Totals of ten times the runs take no more memory beyond the outputs themselves."""
    few, many = (beyond_annual(blocks, executor) for blocks in (1, 10))
    assert many < 1.25 * few


def test_nobodys_random_state_is_touched() -> None:
    """NumPy's global generator is where it was, and setting it changes no answer."""
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()  # noqa: NPY002
    one = av.simulate(plants.busy(), runs=50, seed=1).annual
    after = np.random.get_state()  # noqa: NPY002
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    np.random.seed(6)  # noqa: NPY002
    assert np.array_equal(av.simulate(plants.busy(), runs=50, seed=1).annual, one)


def test_a_scenario_is_left_as_it_was() -> None:
    """Simulating changes nothing in the scenario."""
    stated = plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0, high=1)})
    kept = attrs.evolve(stated)
    av.simulate(stated, runs=100)
    assert stated == kept


def test_frozen_scipy_laws_serve_as_they_are() -> None:
    """A frozen scipy distribution gives, bit for bit or nearly, what the library's own law of the same kind gives."""
    own, theirs = (
        av.simulate(plants.one_vehicle(partner={"fill_rate": law}), runs=2000, seed=2).annual
        for law in (av.Beta(a=2, b=3), stats.beta(2, 3))
    )
    assert np.allclose(own, theirs, rtol=1e-9)


def test_an_error_in_a_worker_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails on the way stops the simulation with its own error, with any executor."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the model failed")

    monkeypatch.setattr(av.Model, "__call__", fail)
    for executor in (None, Lazy()):
        with pytest.raises(RuntimeError, match="the model failed"):
            av.simulate(plants.one_vehicle(), runs=5 * BATCH, executor=executor)


def test_no_input_is_asked_and_nothing_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A simulation neither prints nor asks."""
    monkeypatch.setattr(builtins, "input", lambda *_: pytest.fail("asked"))
    av.simulate(plants.busy(), runs=10)
    assert capsys.readouterr() == ("", "")
