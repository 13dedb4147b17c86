"""Workers: what is sent to them, what is refused before, and what comes of one that fails. All in this process."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import numpy as np
import plants
import pytest
from executors import Lazy, Pickling

import avtosim as av
from avtosim.chance.design import BATCH
from avtosim.studies import sent, workers
from avtosim.studies.guard import _guarded
from avtosim.studies.sent import SentModel

#: Runs of a batch of the smallest plant.
ONE_BATCH = av.Model(plants.one_vehicle()).block


class Own:
    """A law of the user's own between a half and one; ``told`` is asked before each quantile."""

    def __init__(self, told: object = None) -> None:
        self.told = told

    def ppf(self, u: Any) -> np.ndarray:
        """Quantiles."""
        if callable(self.told):
            self.told()
        return 0.5 + 0.5 * np.asarray(u, dtype=float)

    def cdf(self, x: Any) -> np.ndarray:
        """Probabilities."""
        return np.clip(2.0 * np.asarray(x, dtype=float) - 1.0, 0.0, 1.0)

    def mean(self) -> float:
        """Three quarters."""
        return 0.75

    def __repr__(self) -> str:
        return "Own()"


class Unreadable(Own):
    """A law that can be pickled, but not be read again."""

    def __reduce__(self) -> tuple:
        return unreadable, ()


def unreadable() -> None:
    """Fail where something is read."""
    raise OSError("the file that it was read from is gone")


def studies(address: str, law: object) -> dict[str, Callable[..., object]]:
    """Every study of the busy plant with a law at an address."""
    stated = plants.busy().replace({address: law})
    return {
        "simulate": lambda **given: av.simulate(stated, runs=40, **given),
        "precision": lambda **given: av.simulate(stated, precision=0.5, max_runs=40, **given),
        "compare": lambda **given: av.compare({"one": plants.busy(), "other": stated}, runs=40, **given),
        "sweep": lambda **given: av.sweep(plants.busy(), {address: [0.7, law]}, runs=40, **given),
        "rare_chance": lambda **given: av.rare_chance(stated, at_least=1, particles=100, repeats=4, **given),
    }


@pytest.mark.parametrize("study", studies("partners.East.fill_rate", 0.5))
def test_a_law_that_cannot_be_sent_is_refused_by_its_address(study: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lambda in a law and a local class are refused by address before any work, and work with one worker."""

    class Local(Own):
        pass

    for law, why in ((Own(lambda: None), "lambda"), (Local(), "local object"), (Unreadable(), "is gone")):
        ask = studies("partners.East.fill_rate", law)[study]
        ask()
        with monkeypatch.context() as patch:
            patch.setattr(av.Model, "__call__", lambda *_, **__: pytest.fail("the model was run"))
            for given in ({"workers": 2}, {"executor": Pickling()}, {"executor": Pickling(), "workers": 1}):
                with pytest.raises(av.FactError, match=f"^partners.East.fill_rate: must be .*{why}") as caught:
                    ask(**given)
                (fault,) = caught.value.faults
                assert "or work in this process alone (workers=1, no executor)" in str(fault)


@pytest.mark.parametrize(
    "address", ["partners.North.stops.duration", "markets.home.elasticities.rate", "vehicles.alpha.plan"]
)
def test_the_address_is_that_of_the_law(address: str) -> None:
    """Laws of all kinds of fields, inside others too, are refused by the address where they stand, all together."""
    bad = Own(lambda: None)
    stated = plants.busy().replace({address: bad, "partners.East.fill_rate": av.Varying(law=bad)})
    with pytest.raises(av.FactError) as caught:
        av.simulate(stated, runs=40, workers=2)
    assert {fault.address for fault in caught.value.faults} == {address, "partners.East.fill_rate"}


def test_a_design_that_cannot_be_sent_is_refused() -> None:
    """A design of a local class serves one worker; with more, the error says what to do, before a process starts."""

    class Local(av.Plain):
        pass

    assert av.simulate(plants.busy(), runs=40, design=Local()).runs == 40
    for given in ({"workers": 2}, {"executor": Pickling()}):
        with pytest.raises(
            TypeError, match=r"a batch must be picklable to be sent to them: .*Local.*design must stand.*workers=1"
        ):
            av.simulate(plants.busy(), runs=40, design=Local(), **given)


@pytest.mark.parametrize("design", [av.Plain(), av.Antithetic(), av.LatinHypercube(), av.Sobol()], ids=str)
def test_jobs_carry_what_they_need_and_nothing_else(design: object) -> None:
    """Beyond the scenario without its sources, a job of the bundled case takes less than 20 kB."""
    june = av.load("avtotor-2024-06")
    executor = Pickling()
    av.simulate(june, runs=4 * BATCH, keep="totals", design=design, executor=executor)
    bare = len(SentModel(june).packed)
    print(design, bare, max(executor.sent))  # noqa: T201 - shown by pytest -s
    assert len(executor.sent) >= 2
    assert max(executor.sent) < bare + 20_000


def test_a_worker_compiles_a_scenario_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many batches there are, a worker makes the model of a scenario once, and forgets all but a few."""
    made = []
    sent._compiled.cache_clear()
    monkeypatch.setattr(sent, "Model", lambda scenario: made.append(scenario.name) or av.Model(scenario))
    av.simulate(plants.busy(), runs=4 * BATCH, keep="totals", executor=Pickling())
    assert made == ["busy", "busy"]  # here, and where the batches are worked out
    av.sweep(plants.busy(), {"partners.East.fill_rate": np.linspace(0.5, 1, 40)}, runs=4, executor=Lazy())
    assert len(made) == 2 + 2 * 40
    assert sent._compiled.cache_info().currsize <= 16


def nothing(*_: object) -> None:
    """Take anything, for nothing."""


def raising(error: Exception) -> Callable[..., None]:
    """A function that raises an error."""

    def told(*_: object, **__: object) -> None:
        raise error

    return told


class Odd(Exception):  # noqa: N818
    """An error that cannot be read once it was pickled."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


@pytest.mark.parametrize(
    "executor", [Pickling, Lazy, lambda: ThreadPoolExecutor(2)], ids=["pickling", "lazy", "threads"]
)
@pytest.mark.parametrize(
    "error",
    [
        av.FactError([av.Fault("lines.L1.per_day", "must be finite", Own(), "look"), av.Fault("b", "c")], "a file"),
        ValueError("design: no"),
        MemoryError("all is full"),
        KeyError("x"),
        Odd("a", "b"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_the_model_arrives_as_it_is(
    monkeypatch: pytest.MonkeyPatch, executor: Callable[[], Executor], error: Exception
) -> None:
    """What the model raises in a worker is raised with kind, text and faults; what cannot travel, as its text."""
    monkeypatch.setattr(av.Model, "__call__", raising(error))
    with executor() as pool, pytest.raises(Exception) as caught:  # noqa: PT011
        av.simulate(plants.busy(), runs=3 * BATCH, keep="totals", executor=pool)
    if isinstance(error, Odd):
        assert (type(caught.value), str(caught.value)) == (RuntimeError, "Odd: a and b")
        return
    assert (type(caught.value), str(caught.value)) == (type(error), str(error))
    if isinstance(error, av.FactError):
        assert list(map(str, caught.value.faults)) == list(map(str, error.faults))
        assert caught.value.where == "a file"
    # Where in the worker it was raised is told as its cause.
    assert "in told" in str(caught.value.__cause__)


class Failing(Pickling):
    """An executor that fails in some way."""

    def __init__(self, on_submit: Exception | None = None, on_result: Exception | None = None) -> None:
        super().__init__()
        self.on_submit, self.on_result = on_submit, on_result

    def run(self, packed: bytes, future: Future) -> None:  # noqa: ARG002
        """Fail."""
        if self.on_submit:
            raise self.on_submit
        if self.on_result:
            future.set_exception(self.on_result)
        else:
            future.cancel()


def closed() -> ThreadPoolExecutor:
    """Give an executor that was shut down."""
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    return pool


@pytest.mark.parametrize(
    ("executor", "what"),
    [
        (closed, "ThreadPoolExecutor lost a batch, .*: RuntimeError: cannot schedule new futures after shutdown"),
        (lambda: Failing(OSError("no way")), "Failing lost a batch, .*: OSError: no way"),
        (lambda: Failing(on_result=KeyError("x")), "Failing lost a batch, .*: KeyError: 'x'"),
        (Failing, "Failing lost a batch, .*: CancelledError"),
        (
            lambda: Failing(on_result=BrokenExecutor("gone")),
            "Failing lost a batch, .*: BrokenExecutor: gone; a worker died: .*memory",
        ),
        (
            lambda: Failing(BrokenExecutor("gone")),
            "Failing lost a batch, .*: BrokenExecutor: gone; a worker died: .*memory",
        ),
    ],
    ids=["shut down", "submit", "result", "cancelled", "died", "dead"],
)
def test_an_executor_that_fails(executor: Callable[[], Executor], what: str) -> None:
    """An executor that takes nothing, loses a batch or whose worker dies is one error with what to do; no answer."""
    with pytest.raises(RuntimeError, match=f"^executor: {what}.*; or work in this process alone"):
        av.simulate(plants.busy(), runs=3 * BATCH, keep="totals", executor=executor())


class Changing(Pickling):
    """An executor that changes what comes back."""

    def __init__(self, change: Callable) -> None:
        super().__init__()
        self.change = change

    def run(self, packed: bytes, future: Future) -> None:
        """Change the answer."""
        honest: Future = Future()
        super().run(packed, honest)
        future.set_result(self.change(honest.result()))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda _: None, "executor: Changing must run what it is given; it answered a batch with NoneType"),
        (lambda done: done.answer, "executor: Changing must run what it is given; it answered a batch with dict"),
        (lambda _: workers._Outcome({}), "workers: a batch must come back with .*annual.*; got {}: is avtosim"),
        (
            lambda done: workers._Outcome({name: part[:1] for name, part in done.answer.items()}),
            r"workers: a batch must come back with .*; got {.*'annual': \(1,\)}: is avtosim of one version there",
        ),
        (
            lambda done: workers._Outcome(done.answer | {"more": np.ones(1)}),
            r"workers: a batch must come back with .*; got .*'more': \(1,\)",
        ),
    ],
    ids=["nothing", "bare", "no record", "short", "more"],
)
def test_an_answer_of_another_shape_is_refused(change: Callable, what: str) -> None:
    """What comes back is a record of the batch, or the study ends with an error that says what came."""
    with pytest.raises(RuntimeError, match=f"^{what}"):
        av.simulate(plants.busy(), runs=3 * BATCH, keep="totals", executor=Changing(change))


class Held(Lazy):
    """Fails at its third batch, with the others not begun."""

    futures: list[Future]

    def run(self, packed: bytes, future: Future) -> None:  # noqa: ARG002
        """Hold two, then fail."""
        self.futures = [*getattr(self, "futures", []), future]
        if len(self.futures) == 3:
            raise OSError("no way")


def test_what_is_not_begun_is_cancelled_and_the_executor_is_left_alone() -> None:
    """When a study ends early, its batches that an executor has not begun are cancelled; it is not shut down."""
    executor = Held()
    with pytest.raises(RuntimeError, match="no way"):
        av.simulate(plants.busy(), runs=8 * BATCH, keep="totals", executor=executor)
    assert [future.cancelled() for future in executor.futures] == [True, True, False]
    assert not executor.down


def test_nothing_of_an_executor_is_kept_busy_beyond_its_workers() -> None:
    """Two batches for each worker are in flight, of eight workers unless a number is stated."""
    for stated, most in ((1, 2), (3, 6), (None, 16)):
        executor = Lazy()
        av.simulate(plants.one_vehicle(), runs=20 * ONE_BATCH, keep="totals", executor=executor, workers=stated)
        assert executor.most == most
        assert len(executor.sent) == 20


SCRIPT = """
import avtosim
def main():
    avtosim.simulate()
if __name__ == "__main__":
    main()
    avtosim.simulate(
        1,
    )
elif x:
    main()
if "__main__" == __name__ and x: main()
if __name__ != "__main__":
    main()
if name == "__main__":
    main()
main()
"""


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Lazy:
    """Stand an executor that is slow to answer in for the other processes."""
    executor = Lazy()
    monkeypatch.setattr(workers, "_processes", lambda count: nullcontext(executor.submit))  # noqa: ARG005
    return executor


@pytest.mark.parametrize(("batches", "sent_away"), [(1, 0), (2, 1), (3, 2), (18, 2), (19, 3)])
def test_this_process_works_while_the_others_start(pool: Lazy, batches: int, sent_away: int) -> None:
    """With two workers this process is one: it works out and holds 16 batches before it waits for the other's first."""
    given = {"runs": batches * ONE_BATCH, "keep": "totals", "seed": 3}
    shared, alone = (av.simulate(plants.one_vehicle(), workers=count, **given) for count in (2, 1))
    assert np.array_equal(shared.annual, alone.annual)
    assert len(pool.sent) == sent_away


@pytest.mark.usefixtures("pool")
def test_an_error_in_this_process_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is that of the first batch that fails, though a later one failed in this process before."""
    order = iter(["this process, batch two", "the other, batch one"])

    def fail(*_: object, **__: object) -> None:
        raise ValueError(next(order))

    monkeypatch.setattr(av.Model, "__call__", fail)
    with pytest.raises(ValueError, match="the other, batch one"):
        av.simulate(plants.one_vehicle(), runs=2 * ONE_BATCH, keep="totals", workers=2)


def test_a_line_under_a_main_guard_is_known() -> None:
    """Lines in the body of a test of ``__name__`` against "__main__" are guarded, no others."""
    lines = {line for line in range(1, 20) if _guarded(inspect.cleandoc(SCRIPT), line)}
    assert lines == {5, 6, 7, 8, 11}


def test_a_process_that_imports_its_script_starts_none() -> None:
    """Where the guard of a script could not be seen, its import in a worker ends with the same error."""
    code = compile("ask()", "own_script.py", "exec")
    with pytest.raises(RuntimeError, match=r"every worker process imports own_script\.py again"):
        exec(code, {"__name__": "__mp_main__", "ask": lambda: av.simulate(plants.busy(), runs=40, workers=2)})  # noqa: S102
