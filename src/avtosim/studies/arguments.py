"""What may be asked: checks of arguments that several studies share, made before any work starts."""

from __future__ import annotations

import operator
import os
from typing import SupportsIndex

import numpy as np

from ..chance.design import Design
from ..chance.designs.plain import Plain
from ..facts.scenario import Scenario
from ..plant.model import Model
from ..plant.record import KEEPS, Keep, numbers_per_run

__all__ = [
    "MOST_RUNS",
    "affordable_runs",
    "check_memory",
    "checked_count",
    "checked_design",
    "checked_keep",
    "checked_runs",
    "checked_scenario",
    "checked_seed",
]

MOST_RUNS = 1_000_000_000


def checked_seed(seed: object) -> int:
    """``seed`` as an int; raises ``ValueError`` if it is no whole number or is negative."""
    try:
        number = -1 if isinstance(seed, (bool, np.bool_)) else operator.index(seed)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number < 0:
        raise ValueError(f"seed: must be a whole number of 0 or more; got {seed!r}")
    return number


def checked_scenario(scenario: object) -> Scenario:
    """``scenario`` if it is one; a name or path is not loaded in passing."""
    if isinstance(scenario, Scenario):
        return scenario
    hint = f"; load it first: avtosim.load({scenario!r})" if isinstance(scenario, (str, os.PathLike)) else ""
    raise TypeError(f"scenario: must be a Scenario; got {type(scenario).__name__}{hint}")


def checked_count(name: str, value: object, low: int, high: int) -> int:
    """A whole number between bounds; 1e6 counts as one."""
    number: int | None = None
    if isinstance(value, float) and value.is_integer():
        number = int(value)
    elif isinstance(value, SupportsIndex) and not isinstance(value, bool) and np.ndim(value) == 0:  # type: ignore[arg-type]
        number = operator.index(value)
    if number is None or not low <= number <= high:
        raise ValueError(f"{name}: must be a whole number from {low:,} to {high:,}; got {value!r}")
    return number


def checked_design(design: object) -> Design:
    """A design; plain runs unless one is given."""
    if design is None:
        return Plain()
    if isinstance(design, type) or not isinstance(design, Design):
        hint = f"; did you mean {design.__name__}()?" if isinstance(design, type) else ""
        raise TypeError(f"design: must be Plain(), Antithetic(), LatinHypercube() or Sobol(); got {design!r}{hint}")
    return design


def checked_runs(runs: object, design: Design, usual: int = 100_000) -> int:
    """A number of runs that the design can serve; ``None`` asks for the usual number or the next one that fits."""
    if runs is None:
        return design.admissible_runs(usual)[1]
    number = checked_count("runs", runs, 1, MOST_RUNS)
    below, above = design.admissible_runs(number)
    if not below == number == above:
        near = f"{below:,} or {above:,}" if below else f"{above:,} or more"
        raise ValueError(f"runs: {design} cannot serve {number:,} runs; ask for {near}")
    return number


def checked_keep(keep: object) -> Keep:
    """One of the words that say how much of each run is kept."""
    for word in KEEPS:
        if keep == word:
            return word
    raise ValueError(f"keep: must be one of {', '.join(KEEPS)}; got {keep!r}")


def check_memory(runs: int, model: Model, keep: Keep, *, name: str = "runs") -> None:
    """Raise ``MemoryError`` when what is to be kept of the runs does not fit the machine."""
    affordable = affordable_runs(model, keep)
    if runs > affordable:
        raise MemoryError(
            f"{name}: what keep={keep!r} keeps of {runs:,} runs does not fit this machine's memory;"
            f" {affordable:,} runs do: ask for fewer, or for keep='totals'"
        )


def affordable_runs(model: Model, keep: Keep) -> int:
    """Runs of which all that is to be kept fits the machine's memory."""
    per_run = numbers_per_run(keep, model.sizes(1))
    return min(_memory() // (8 * per_run), MOST_RUNS)


def _memory() -> int:
    """Bytes of memory of this machine, or of a large one where it cannot be told."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 2**37
