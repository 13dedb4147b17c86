"""Scenarios side by side, played with the same luck, so that their difference is sharp."""

from __future__ import annotations

from collections.abc import Mapping

from ..answers.comparison import Comparison
from ..answers.result import Result
from ..chance.design import Design
from ..chance.space import Space
from ..facts.scenario import Scenario
from ..plant.model import Model
from ..plant.record import Keep
from .arguments import (
    check_memory,
    checked_count,
    checked_design,
    checked_keep,
    checked_runs,
    checked_scenario,
    checked_seed,
)
from .runner import run
from .simulate import result_of

__all__ = ["compare"]


def compare(
    scenarios: Mapping[str, Scenario],
    *,
    runs: int | None = None,
    seed: int = 0,
    design: Design | None = None,
    keep: Keep = "totals",
    threads: int = 1,
    progress: bool | None = None,
) -> Comparison:
    """Play every scenario with the same luck and take the differences to the first of them, run by run.

    Draws belong to names, so whatever the scenarios have in common happens alike in each of them: a partner that is in
    both stops at the same moments. Designs whose points belong to places (Sobol) run over all coordinate names of all
    scenarios together. The other arguments are those of ``simulate``. Costs as much as simulating each scenario.

    Raises ``TypeError`` or ``ValueError`` for fewer than two scenarios or an argument that makes no sense, before
    anything is run.
    """
    if not isinstance(scenarios, Mapping):
        raise TypeError(f"scenarios: must be a table of names and scenarios; got {type(scenarios).__name__}")
    if len(scenarios) < 2:
        raise ValueError(f"scenarios: must be at least two to be compared; got {len(scenarios)}")
    for name, scenario in scenarios.items():
        if not isinstance(name, str) or not name:
            raise TypeError(f"scenarios: names must be text; got {name!r}")
        checked_scenario(scenario)
    results = played(scenarios, runs=runs, seed=seed, design=design, keep=keep, threads=threads, progress=progress)
    return Comparison(results)


def played(
    scenarios: Mapping[str, Scenario],
    *,
    runs: int | None,
    seed: int,
    design: Design | None,
    keep: Keep,
    threads: int,
    progress: bool | None,
) -> dict[str, Result]:
    """Every scenario played over the coordinates of all of them."""
    seed = checked_seed(seed)
    design = checked_design(design)
    runs = checked_runs(runs, design)
    keep = checked_keep(keep)
    threads = checked_count("threads", threads, 1, 1024)
    models = {name: Model(scenario) for name, scenario in scenarios.items()}
    for model in models.values():
        check_memory(runs * len(models), model, keep)
    space = Space.union(model.space for model in models.values())
    return {
        name: result_of(
            scenarios[name],
            run(
                model,
                design,
                seed=seed,
                first=0,
                runs=runs,
                keep=keep,
                threads=threads,
                progress=progress,
                space=space,
            ),
            seed=seed,
            first_run=0,
            design=design,
        )
        for name, model in models.items()
    }
