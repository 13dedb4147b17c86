"""The question itself: how many vehicles this year, and what chance that the plant reaches its targets."""

from __future__ import annotations

from ..answers.result import Result, RunInfo
from ..chance.design import Design
from ..declare.faults import FactError
from ..facts.scenario import Scenario
from ..files.writer import to_toml
from ..plant.model import Model
from ..plant.record import RECORD, Floats, Keep
from ..plant.schedule import scheduled_year
from ..version import VERSION
from .arguments import (
    MOST_RUNS,
    affordable_runs,
    check_memory,
    checked_count,
    checked_design,
    checked_keep,
    checked_runs,
    checked_scenario,
    checked_seed,
)
from .runner import run
from .stopping import RelativePrecision, checked_precision, until_precise

__all__ = ["result_of", "simulate"]


# Runs at which precision= gives up unless told otherwise.
_USUAL_MOST = 10_000_000


def simulate(
    scenario: Scenario,
    *,
    runs: int | None = None,
    seed: int = 0,
    design: Design | None = None,
    keep: Keep = "breakdown",
    threads: int = 1,
    first_run: int = 0,
    precision: float | RelativePrecision | None = None,
    max_runs: int | None = None,
    progress: bool | None = None,
) -> Result:
    """Run the plant's year many times over and say how often it reaches its targets.

    scenario: the facts. runs: how many years are played, 100,000 unless said otherwise, or the next number that the
    design can serve (the error of a chance falls with the square root of it). seed: a whole number; the same seed
    gives the same bits, whatever ``threads``, and two scenarios with one seed share their luck. design: how points are
    chosen, ``Plain()`` unless given. keep: "totals" (annual output of each run, flat in memory), "breakdown" (by
    vehicle and by month too), "months" (every vehicle's months), "flows" (everything). threads: how many work at once.
    first_run: number of the first run, to go on where another result ended. precision: instead of a number of runs, go
    on until the 95 % interval of every target's chance is within +-precision (0.005: half a per cent), or
    ``RelativePrecision(0.05)`` of the chance itself, or until ``max_runs`` (ten million, or what fits the memory, if
    not given); the result says why it stopped. progress: True shows a bar, False never, None on a terminal when it
    takes long.

    Raises ``TypeError`` or ``ValueError`` for an argument that makes no sense and ``MemoryError`` when what is to be
    kept does not fit, before anything is run.
    """
    checked_scenario(scenario)
    seed = checked_seed(seed)
    design = checked_design(design)
    keep = checked_keep(keep)
    threads = checked_count("threads", threads, 1, 1024)
    first_run = checked_count("first_run", first_run, 0, 2**62)
    max_runs = None if max_runs is None else checked_count("max_runs", max_runs, 1, MOST_RUNS)
    if precision is not None:
        precision = checked_precision(precision)
        if runs is not None:
            raise ValueError("precision: goes without runs; it finds their number (max_runs bounds it)")
        if not scenario.targets:
            raise ValueError("precision: this scenario has no targets whose chances could be precise")
    runs = checked_runs(runs, design)
    model = Model(scenario)
    if precision is None:
        check_memory(runs, model, keep)
    elif max_runs is None:
        max_runs = min(_USUAL_MOST, affordable_runs(model, keep))
    else:
        check_memory(max_runs, model, keep, name="max_runs")

    def work(first: int, count: int) -> dict[str, Floats]:
        return run(
            model,
            design,
            seed=seed,
            first=first_run + first,
            runs=count,
            keep=keep,
            threads=threads,
            progress=progress,
        )

    stopped = ""
    if precision is None or max_runs is None:
        record = work(0, runs)
    else:
        record, stopped = until_precise(work, design, scenario.targets, precision=precision, max_runs=max_runs)
    return result_of(scenario, record, seed=seed, first_run=first_run, design=design, stopped=stopped)


def result_of(
    scenario: Scenario, record: dict[str, Floats], *, seed: int, first_run: int, design: Design, stopped: str = ""
) -> Result:
    """The result that belongs to an output."""
    run_info = RunInfo(
        title=scenario.name,
        scenario=text_of(scenario),
        seed=seed,
        first_run=first_run,
        design=str(design),
        replicate_size=design.replicate_size(record["annual"].size),
        version=VERSION,
        stopped=stopped,
    )
    return Result(
        record=record,
        axes={quantity.name: quantity.axes for quantity in RECORD},
        labels={
            "vehicle": tuple(v.name for v in scenario.vehicles),
            "month": scenario.calendar.labels,
            "line": tuple(line.name for line in scenario.lines),
        },
        targets=tuple(scenario.targets),
        run_info=run_info,
        partner_of={v.name: v.partner for v in scenario.vehicles},
        scheduled=scheduled_year(scenario),
    )


def text_of(scenario: Scenario) -> str:
    """The scenario as file text, or as Python text when it holds laws that no file can."""
    try:
        return to_toml(scenario)
    except FactError:
        return repr(scenario)
