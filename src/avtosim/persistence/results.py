"""Results from files, and several results as one."""

from __future__ import annotations

import os

import attrs
import numpy as np

from ..answers.result import Result, RunInfo
from . import npz

__all__ = ["load", "merge", "save"]


def save(result: Result, path: str | os.PathLike[str]) -> None:
    """Write a result, with what made it; what ``Result.save`` does."""
    words = {
        "run_info": attrs.asdict(result.run_info),
        "targets": list(result.targets),
        "axes": {name: list(axes) for name, axes in result.axes.items()},
        "labels": {axis: list(names) for axis, names in result.labels.items()},
        "partner_of": dict(result.partner_of),
        "scheduled": result.scheduled,
    }
    npz.write(path, words, result.record)


def load(path: str | os.PathLike[str]) -> Result:
    """A result as ``result.save(path)`` wrote it; ``FileNotFoundError``, or ``ValueError`` for a foreign file."""
    words, arrays = npz.read(path)
    try:
        made = Result(
            record=arrays,
            axes={name: tuple(axes) for name, axes in words["axes"].items()},
            labels={axis: tuple(names) for axis, names in words["labels"].items()},
            targets=tuple(map(float, words["targets"])),
            run_info=RunInfo(**words["run_info"]),
            partner_of=words["partner_of"],
            scheduled=float(words["scheduled"]),
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
    runs, size = made.annual.size, made.run_info.replicate_size
    if made.annual.ndim != 1 or not runs:
        return f"it must hold one output a run, but holds an array of shape {made.annual.shape}"
    if isinstance(size, bool) or not isinstance(size, int) or size < 1 or runs % size:
        return f"its {runs:,} runs do not come in replicates of {size!r}"
    sizes = {**{axis: len(names) for axis, names in made.labels.items()}, "run": runs}
    for name, array in made.record.items():
        shape = tuple(sizes[axis] for axis in made.axes[name])
        if array.shape != shape or array.dtype != np.float64:
            return f"{name} must be numbers of shape {shape}, but has {array.dtype} of shape {array.shape}"
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
    record = {name: np.concatenate([result.record[name] for result in every], axis=-1) for name in first.record}
    return attrs.evolve(first, record=record, run_info=attrs.evolve(first.run_info, stopped=""))


def _check_alike(first: Result, other: Result) -> None:
    """Raise ``ValueError`` unless two results were made alike, save for their runs."""
    for what in ("title", "scenario", "seed", "design", "replicate_size", "version"):
        own, wanted = getattr(other.run_info, what), getattr(first.run_info, what)
        if own != wanted:
            shown = "" if what == "scenario" else f": {own!r} and {wanted!r}"
            raise ValueError(f"merge: results must agree in their {what}; they differ{shown}")
    if first.record.keys() != other.record.keys():
        raise ValueError("merge: results must have kept the same; they differ in what simulate's keep asked for")
