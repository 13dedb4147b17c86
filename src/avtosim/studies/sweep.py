"""Sweeps: one or more numbers varied over a grid, with one luck for all its cells."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..answers.sweep import Sweep
from ..chance.design import Design
from ..declare.faults import FactError, Fault
from ..facts.scenario import Scenario
from .arguments import checked_design, checked_runs, checked_scenario
from .compare import played

__all__ = ["MOST_CELLS", "sweep"]

#: Cells beyond which a sweep must be confirmed.
MOST_CELLS = 400


def sweep(
    scenario: Scenario,
    levers: Mapping[str, Sequence[Any]],
    *,
    runs: int | None = None,
    seed: int = 0,
    design: Design | None = None,
    threads: int = 1,
    confirm: bool = False,
    progress: bool | None = None,
) -> Sweep:
    """Chance of each target over a grid of values, played with the same luck in every cell.

    levers: addresses and the values to try, ``{"partners.BAIC.fill_rate": [0.7, 0.8, 0.9]}``; two of them make a
    frontier. Values may be laws. runs are those of each cell, 20,000 unless said otherwise, or the next number that the
    design can serve; the other arguments are those of ``simulate``. A grid of more than 400 cells needs
    ``confirm=True``: it costs as much as that many simulations.

    Raises ``FactError`` with all faults together for an address that does not exist or a value its rule forbids, before
    anything is run.
    """
    checked_scenario(scenario)
    if not isinstance(levers, Mapping) or not levers:
        raise ValueError(f"levers: must be a table of addresses and values to try; got {levers!r}")
    for address, values in levers.items():
        if not _is_row(values):
            raise ValueError(f"levers: {address} must have a row of values to try; got {values!r}")
    shape = tuple(len(values) for values in levers.values())
    cells = math.prod(shape)
    if cells > MOST_CELLS and confirm is not True:
        raise ValueError(
            f"levers: a grid of {' x '.join(f'{n:,}' for n in shape)} has {cells:,} cells, each of them a simulation:"
            " say confirm=True if that is meant, or try fewer values"
        )
    design = checked_design(design)
    runs = checked_runs(runs, design, usual=20_000)
    _check_values(scenario, levers)
    names = list(levers)
    scenarios = {
        str(place): scenario.replace(dict(zip(names, values, strict=True)))
        for place, values in enumerate(itertools.product(*levers.values()))
    }
    results = played(scenarios, runs=runs, seed=seed, design=design, keep="totals", threads=threads, progress=progress)
    return Sweep(
        {name: tuple(values) for name, values in levers.items()}, tuple(results.values()), tuple(scenario.targets)
    )


def _is_row(values: object) -> bool:
    """Whether these are values in an order, at least one."""
    if (
        isinstance(values, (str, bytes, Mapping))
        or not hasattr(values, "__len__")
        or not hasattr(values, "__getitem__")
    ):
        return False
    return getattr(values, "ndim", 1) == 1 and len(values) > 0


def _check_values(scenario: Scenario, levers: Mapping[str, Sequence[Any]]) -> None:
    """Every value alone first, so that all that is wrong is told at once and not cell by cell."""
    faults: list[Fault] = []
    for address, values in levers.items():
        for value in values:
            try:
                scenario.replace({address: value})
            except FactError as error:
                faults += [fault for fault in error.faults if fault not in faults]
    if faults:
        raise FactError(faults, "levers")
