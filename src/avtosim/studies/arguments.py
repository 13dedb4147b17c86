"""Checks of the arguments of studies, made before any work starts."""

from __future__ import annotations

import os
from concurrent.futures import Executor

import numpy as np

from ..answers.result import Result
from ..chance.design import Design, shown, whole_number
from ..chance.designs.plain import Plain
from ..facts.scenario import Scenario
from ..plant.record import KEEPS, Keep
from .progress import has_tqdm

MOST_RUNS = 1_000_000_000
#: Workers of an executor that are kept busy unless a number is stated.
_OF_EXECUTOR = 8


def checked_scenario(scenario: object, name: str = "scenario") -> Scenario:
    """``scenario`` if it is one; a name or path is not loaded in passing."""
    if isinstance(scenario, Scenario):
        return scenario
    hint = ""
    if isinstance(scenario, (str, os.PathLike)):
        hint = f"; load it first: avtosim.load({shown(scenario)})"
    elif isinstance(scenario, Result):
        hint = "; the scenario of a result is avtosim.loads(result.run_info.scenario)"
    raise TypeError(f"{name}: must be a Scenario; got {type(scenario).__name__}{hint}")


def checked_count(name: str, value: object, low: int, high: int) -> int:
    """A whole number between bounds; 1e6 counts as one."""
    return whole_number(name, int(value) if isinstance(value, float) and value.is_integer() else value, low, high)


def checked_seed(seed: object) -> int:
    """A seed as an int."""
    try:
        return whole_number("seed", seed, 0, 2**256 - 1)
    except ValueError:
        limit = ", below 2**256" if isinstance(seed, int) and seed >= 2**256 else ""
        raise ValueError(f"seed: must be a whole number of 0 or more{limit}; got {shown(seed)}") from None


def checked_half_width(name: str, value: object) -> float:
    """Half the width of the interval of a probability: above 0 and up to 0.5."""
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not number or not 0.0 < value <= 0.5:  # type: ignore[operator]
        raise ValueError(f"{name}; got {shown(value)}")
    return float(value)  # type: ignore[arg-type]


def checked_design(design: object) -> Design:
    """A design; plain runs unless one is given."""
    if design is None:
        return Plain()
    if not isinstance(design, Design):
        hint = f"; did you mean {design.__name__}()?" if isinstance(design, type) else ""
        raise TypeError(f"design: must be a Design, such as avtosim.Plain(); got {shown(design)}{hint}")
    return design


def checked_runs(runs: object, design: Design, default: int) -> int:
    """A number of runs that the design can serve; ``None`` means the default or the next one above that fits."""
    number = default if runs is None else checked_count("runs", runs, 1, MOST_RUNS)
    served = design.admissible_runs(number)
    if not isinstance(served, tuple) or [type(n) for n in served] != [int, int]:
        raise TypeError(f"design: admissible_runs of {design} must give two whole numbers; got {shown(served)}")
    below, above = served
    if runs is None:
        return above
    if not below == number == above:
        near = f"{below:,} or {above:,}" if below else f"{above:,} or more"
        raise ValueError(f"runs: {design} cannot serve {number:,} runs; ask for {near}")
    return number


def checked_keep(keep: object) -> Keep:
    """One of the words that say how much of each run is kept."""
    for word in KEEPS:
        if isinstance(keep, str) and keep == word:
            return word
    raise ValueError(f"keep: must be one of {', '.join(KEEPS)}; got {shown(keep)}")


def checked_flag(name: str, value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: must be True or False; got {shown(value)}")
    return value


def checked_executor(executor: object) -> Executor | None:
    """An executor of the standard library's kind, or None."""
    if executor is None or isinstance(executor, Executor):
        return executor
    hint = "; did you mean client.get_executor()?" if hasattr(executor, "get_executor") else ""
    if isinstance(executor, type) and issubclass(executor, Executor):
        hint = f"; did you mean {executor.__name__}()?"
    raise TypeError(f"executor: must be a concurrent.futures.Executor; got {shown(executor)}{hint}")


def checked_workers(workers: object, executor: Executor | None) -> int:
    """A number of workers; ``None`` means one, or the default for an executor."""
    if workers is None:
        return 1 if executor is None else _OF_EXECUTOR
    # Windows lets a pool of processes have so many at most.
    most = 61 if executor is None and os.name == "nt" else 256
    return checked_count("workers", workers, 1, most)


def checked_progress(progress: object) -> bool | None:
    """True (with tqdm installed), False or None."""
    if progress is True and not has_tqdm():
        raise ImportError("progress=True needs tqdm: pip install 'avtosim[progress]'")
    return None if progress is None else checked_flag("progress", progress)
