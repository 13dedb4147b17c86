"""What may be asked: checks of arguments that several studies share, made before any work starts."""

from __future__ import annotations

import operator
import os
import sys
from typing import SupportsIndex

import numpy as np

from ..chance.design import Design
from ..chance.designs.plain import Plain
from ..facts.scenario import Scenario
from ..plant.model import FLOWS, Keep

__all__ = ["checked_count", "checked_design", "checked_keep", "checked_runs", "checked_scenario", "needed_bytes"]

_KEEPS = ("totals", "parts", "months", "flows")
MOST_RUNS = 1_000_000_000


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
        return design.fitting(usual)[1]
    number = checked_count("runs", runs, 1, MOST_RUNS)
    below, above = design.fitting(number)
    if not below == number == above:
        near = f"{below:,} or {above:,}" if below else f"{above:,} or more"
        raise ValueError(f"runs: {design} cannot serve {number:,} runs; ask for {near}")
    return number


def checked_keep(keep: object) -> Keep:
    """One of the words that say how much of each run is kept."""
    for word in _KEEPS:
        if keep == word:
            return word  # type: ignore[return-value]
    raise ValueError(f"keep: must be one of {', '.join(_KEEPS)}; got {keep!r}")


def needed_bytes(runs: int, vehicles: int, lines: int, months: int, keep: Keep) -> int:
    """Memory that what is kept of the runs will take; raises ``MemoryError`` when the machine does not have it."""
    per_run = 1
    if keep != "totals":
        per_run += vehicles + months
    if keep in ("months", "flows"):
        per_run += vehicles * months
    if keep == "flows":
        per_run += ((len(FLOWS) - 1) * vehicles + lines) * months
    needed = 8 * runs * per_run
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names and sys.platform != "darwin":
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if needed > memory:
            raise MemoryError(
                f"runs: keeping {keep!r} of {runs:,} runs needs {needed / 1e9:,.1f} GB; this machine has"
                f" {memory / 1e9:,.1f} GB: ask for fewer runs or keep='totals'"
            )
    return needed
