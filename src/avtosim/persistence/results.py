"""Results from files, and several results as one."""

from __future__ import annotations

import os

import attrs
import numpy as np

from ..answers.result import KEPT, Result, RunInfo
from . import npz

__all__ = ["load", "merge", "save"]


def save(result: Result, path: str | os.PathLike[str]) -> None:
    """Write a result, with what made it; what ``Result.save`` does."""
    words = {
        "run_info": attrs.asdict(result.run_info),
        "targets": list(result.targets),
        "vehicles": list(result.vehicle_names),
        "months": list(result.month_names),
        "lines": list(result.line_names),
        "partner_of": dict(result.partner_of),
        "scheduled": result.scheduled,
    }
    kept = {name: getattr(result, name) for name in KEPT if getattr(result, name) is not None}
    flows = {f"flow {name}": values for name, values in (result.all_flows or {}).items()}
    npz.write(path, words, {"annual": result.annual, **kept, **flows})


def load(path: str | os.PathLike[str]) -> Result:
    """A result as ``result.save(path)`` wrote it; ``FileNotFoundError``, or ``ValueError`` for a foreign file."""
    words, arrays = npz.read(path)
    try:
        flows = {name.removeprefix("flow "): a for name, a in arrays.items() if name.startswith("flow ")}
        made = Result(
            annual=arrays["annual"],
            targets=tuple(map(float, words["targets"])),
            run_info=RunInfo(**words["run_info"]),
            vehicle_names=tuple(words["vehicles"]),
            month_names=tuple(words["months"]),
            line_names=tuple(words["lines"]),
            partner_of=words["partner_of"],
            scheduled=float(words["scheduled"]),
            all_flows=flows or None,
            **{name: arrays[name] for name in KEPT if name in arrays},
        )
        misfit = _misfit(made)
    except (KeyError, TypeError, ValueError) as error:
        rule = "must be a result that avtosim saved; something is missing or wrong in it"
        raise ValueError(f"{path}: {rule}: {error}") from None
    if misfit:
        raise ValueError(f"{path}: must be a result that avtosim saved; {misfit}")
    return made


def _misfit(made: Result) -> str:
    """What in a result does not fit together; empty if all does."""
    vehicles, months, runs = len(made.vehicle_names), len(made.month_names), made.annual.size
    size = made.run_info.replicate_size
    if made.annual.ndim != 1 or not runs:
        return f"it must hold one output a run, but holds an array of shape {made.annual.shape}"
    if isinstance(size, bool) or not isinstance(size, int) or size < 1 or runs % size:
        return f"its {runs:,} runs do not come in replicates of {size!r}"
    shapes = {"annual": (runs,), "vehicle_outputs": (vehicles, runs), "month_outputs": (months, runs)}
    shapes["month_by_vehicle"] = vehicles, months, runs
    held = {name: getattr(made, name) for name in shapes}
    for name, flow in (made.all_flows or {}).items():
        held[name] = flow
        shapes[name] = len(made.line_names) if name == "capacity" else vehicles, months, runs
    for name, array in held.items():
        if array is not None and (array.shape != shapes[name] or array.dtype != np.float64):
            return f"{name} must be numbers of shape {shapes[name]}, but has {array.dtype} of shape {array.shape}"
    return ""


def merge(*results: Result) -> Result:
    """Results of one scenario and seed over ranges of runs that follow each other, as one: bit for bit the long run.

    The order given does not matter. Raises ``ValueError`` for results that do not belong together (another scenario,
    seed, design, version or set of what was kept) and for ranges that overlap or leave a gap.
    """
    every = list(results)
    for result in every:
        if not isinstance(result, Result):
            raise TypeError(f"merge: takes results of simulate; got {result!r}")
    if not every:
        raise ValueError("merge: must be given at least one result; got none")
    every.sort(key=lambda result: result.run_info.first_run)
    first = every[0]
    following = first.run_info.first_run
    for result in every:
        _check_alike(first, result)
        if result.run_info.first_run != following:
            word = "overlap" if result.run_info.first_run < following else "leave a gap"
            rule = "ranges of runs must follow each other"
            raise ValueError(f"merge: {rule}; they {word} at run {min(result.run_info.first_run, following):,}")
        following += result.runs
    kept = {
        name: np.concatenate([getattr(result, name) for result in every], axis=-1)
        for name in KEPT
        if getattr(first, name) is not None
    }
    flows = {name: np.concatenate([result.flows[name] for result in every], axis=-1) for name in first.all_flows or ()}
    return Result(
        annual=np.concatenate([result.annual for result in every]),
        targets=first.targets,
        run_info=attrs.evolve(first.run_info, stopped=""),
        vehicle_names=first.vehicle_names,
        month_names=first.month_names,
        line_names=first.line_names,
        partner_of=first.partner_of,
        scheduled=first.scheduled,
        all_flows=flows or None,
        **kept,
    )


def _check_alike(first: Result, other: Result) -> None:
    """Raise ``ValueError`` unless two results were made alike, save for their runs."""
    for what in ("title", "scenario", "seed", "design", "replicate_size", "version"):
        own, wanted = getattr(other.run_info, what), getattr(first.run_info, what)
        if own != wanted:
            shown = "" if what == "scenario" else f": {own!r} and {wanted!r}"
            raise ValueError(f"merge: results must agree in their {what}; they differ{shown}")
    for name in (*KEPT, "all_flows"):
        if (getattr(first, name) is None) != (getattr(other, name) is None):
            raise ValueError("merge: results must have kept the same; they differ in what simulate's keep asked for")
