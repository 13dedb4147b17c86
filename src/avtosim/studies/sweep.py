"""Sweeps: one or more numbers varied over a grid, with common random numbers in all cells."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from ..answers.sweep import Sweep
from ..chance.design import Design, shown
from ..declare.faults import FactError, Fault
from ..facts.addresses import walk
from ..facts.scenario import Scenario
from ..facts.wording import in_words, unit_of
from ..say import joined
from .arguments import checked_flag, checked_scenario
from .compare import simulated
from .experiment import Experiment
from .levers import is_idle

#: Cells beyond which a sweep must be confirmed.
MOST_CELLS = 400


def sweep(
    scenario: Scenario,
    levers: Mapping[str, Sequence[Any]],
    *,
    runs: int | None = None,
    seed: int = 0,
    design: Design | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    confirm: bool = False,
    progress: bool | None = None,
) -> Sweep:
    """Estimate the chance of each target over a grid of values, with common random numbers in every cell.

    Parameters
    ----------
    scenario : Scenario
        The facts, of which each cell changes some.
    levers : mapping of str to sequence
        Addresses and the values to try, numbers or distributions: ``{"partners.BAIC.fill_rate": [0.7, 0.8, 0.9]}``.
        Two addresses make a frontier. No address may lie inside another.
    runs : int, optional
        Number of simulated years of each cell; 20,000 by default, or the next number above that the design can serve.
    seed : int, default 0
        As for `simulate`.
    design : Design, default `Plain()`
        As for `simulate`.
    workers, executor : optional
        As for `simulate`.
    confirm : bool, default False
        Must be True for a grid of more than 400 cells.
    progress : bool, optional
        As for `simulate`; one bar for all cells.

    Returns
    -------
    Sweep
        The result of every cell, the last lever running fastest, and arrays of chances and means over the grid.

    Raises
    ------
    FactError
        With all faults together, for an address that does not exist or a value that its rule forbids, before anything
        is run; and when a number or an output is not finite in some run, while it is running.
    TypeError, ValueError
        For a lever without a sequence of values, a large grid that is not confirmed, or an argument that makes no
        sense; before anything is run.
    MemoryError
        When the outputs of all cells do not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    Costs one simulation for each cell, and 8 bytes for each of its runs. All cells share their random numbers, so
    neighbouring cells differ by less than their intervals suggest; a sweep cannot say how sure the difference of two
    cells is, `compare` can.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06").replace({"targets": (25_000,)})
    >>> grid = avtosim.sweep(june, {"partners.BAIC.fill_rate": [0.6, 1.0]}, runs=1_000, seed=1)
    >>> grid.shape
    (2,)
    >>> low, high = grid.chance(25_000).value
    >>> bool(low < high)
    True
    """
    checked_scenario(scenario)
    if not isinstance(levers, Mapping) or not levers:
        raise ValueError(f"levers: must be a mapping of addresses to values to try; got {shown(levers)}")
    for address, values in levers.items():
        if not isinstance(address, str):
            raise TypeError(f"levers: addresses must be text; got {shown(address)}")
        if is_idle(address):
            raise ValueError(f"levers: {address} changes no output; vary numbers of the plant")
        if not _is_row(values):
            raise ValueError(f"levers: {address} must have a sequence of values to try; got {shown(values)}")
    for address, inner in itertools.permutations(levers, 2):
        if inner.startswith(f"{address}."):
            raise ValueError(f"levers: {inner} lies inside {address}: vary one of the two")
    shape = tuple(len(values) for values in levers.values())
    cells = math.prod(shape)
    if cells > MOST_CELLS and not checked_flag("confirm", confirm):
        raise ValueError(
            f"levers: a grid of {' x '.join(f'{n:,}' for n in shape)} has {cells:,} cells, each of them a simulation:"
            " say confirm=True if that is meant, or try fewer values"
        )
    checked_flag("confirm", confirm)
    experiment = Experiment.checked(
        default_runs=20_000,
        design=design,
        runs=runs,
        seed=seed,
        workers=workers,
        executor=executor,
        progress=progress,
    )
    _check_values(scenario, levers)
    changes = [dict(zip(levers, values, strict=True)) for values in itertools.product(*levers.values())]
    scenarios = {str(index): scenario.replace(change) for index, change in enumerate(changes)}

    def label(index: str) -> str:
        return ", ".join(f"{address} = {shown(value)}" for address, value in changes[int(index)].items())

    results = simulated(scenarios, experiment, label, "sweep")
    units = {leaf.address: leaf.spec.unit for leaf in walk(scenario)}
    return Sweep(
        {name: tuple(values) for name, values in levers.items()},
        tuple(results.values()),
        tuple(scenario.targets),
        {name: joined(", ", [in_words(name), unit_of(name, units[name])]) for name in levers if name in units},
    )


def _is_row(values: object) -> bool:
    """Whether these are values in an order, at least one."""
    if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__getitem__"):
        return False
    return getattr(values, "ndim", 1) == 1 and hasattr(values, "__len__") and len(values) > 0


def _check_values(scenario: Scenario, levers: Mapping[str, Sequence[Any]]) -> None:
    """Check each value alone first, so that all faults are raised together and not cell by cell."""
    faults: list[Fault] = []
    for address, values in levers.items():
        for value in values:
            try:
                scenario.replace({address: value})
            except FactError as error:
                faults += [fault for fault in error.faults if fault not in faults]
    if faults:
        raise FactError(faults, "levers")
