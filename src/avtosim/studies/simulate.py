"""The question itself: what will the plant build this year, and what is the chance that it reaches its targets?"""

from __future__ import annotations

from ..answers.result import Origin, Result
from ..chance.designs import Design, Plain
from ..chance.streams import checked_seed
from ..facts.faults import FactError
from ..facts.scenario import Scenario
from ..facts.writer import to_toml
from ..plant.model import Keep, Model, Output
from ..version import VERSION
from .asked import checked_count, checked_keep, checked_runs, checked_scenario, needed_bytes
from .runner import run

__all__ = ["result_of", "simulate"]


def simulate(
    scenario: Scenario,
    *,
    runs: int = 100_000,
    seed: int = 0,
    design: Design | None = None,
    keep: Keep = "parts",
    threads: int = 1,
    first_run: int = 0,
    progress: bool | None = None,
) -> Result:
    """Run the plant's year many times over and say how often it reaches its targets.

    scenario: the facts. runs: how many years are played (the error of a chance falls with the square root of it).
    seed: a whole number; the same seed gives the same bits, whatever ``threads``, and two scenarios with one seed share
    their luck. design: how points are chosen, ``Plain()`` unless given. keep: "totals" (annual output of each run, flat in
    memory), "parts" (by vehicle and by month too), "months" (every vehicle's months), "flows" (everything). threads: how
    many work at once. first_run: number of the first run, to go on where another result ended. progress: True shows a
    bar, False never, None on a terminal when it takes long.

    Raises ``TypeError`` or ``ValueError`` for an argument that makes no sense and ``MemoryError`` when what is to be kept
    does not fit, before anything is run.
    """
    checked_scenario(scenario)
    seed = checked_seed(seed)
    design = Plain() if design is None else design
    runs = checked_runs(runs, design)
    keep = checked_keep(keep)
    threads = checked_count("threads", threads, 1, 1024)
    first_run = checked_count("first_run", first_run, 0, 2**62)
    model = Model(scenario)
    needed_bytes(runs, len(model.vehicles), len(model.lines), model.months, keep)
    output = run(model, design, seed=seed, first=first_run, runs=runs, keep=keep, threads=threads, progress=progress)
    return result_of(scenario, output, seed=seed, first_run=first_run, design=design)


def result_of(
    scenario: Scenario, output: Output, *, seed: int, first_run: int, design: Design, stopped: str = ""
) -> Result:
    """The result that belongs to an output."""
    origin = Origin(
        title=scenario.name,
        scenario=text_of(scenario),
        seed=seed,
        first_run=first_run,
        design=str(design),
        unit=design.unit(output.annual.size),
        version=VERSION,
        stopped=stopped,
    )
    return Result(
        annual=output.annual,
        targets=tuple(scenario.targets),
        origin=origin,
        vehicle_names=tuple(v.name for v in scenario.vehicles),
        month_names=scenario.calendar.labels,
        line_names=tuple(line.name for line in scenario.lines),
        partner_of={v.name: v.partner for v in scenario.vehicles},
        vehicle_outputs=output.by_vehicle,
        month_outputs=output.by_month,
        month_by_vehicle=output.months,
        all_flows=output.flows,
    )


def text_of(scenario: Scenario) -> str:
    """The scenario as file text, or as Python text when it holds laws that no file can."""
    try:
        return to_toml(scenario)
    except FactError:
        return repr(scenario)
