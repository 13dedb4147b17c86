"""Results from files, and several results as one."""

from __future__ import annotations

import os
from collections.abc import Iterable

import attrs
import numpy as np

from . import store
from .result import KEPT, Origin, Result

__all__ = ["load_result", "merge"]


def load_result(path: str | os.PathLike[str]) -> Result:
    """A result as ``result.save(path)`` wrote it; ``FileNotFoundError``, or ``ValueError`` for a foreign file."""
    words, arrays = store.read(path)
    try:
        flows = {name.removeprefix("flow "): a for name, a in arrays.items() if name.startswith("flow ")}
        made = Result(
            annual=arrays["annual"],
            targets=tuple(words["targets"]),
            origin=Origin(**words["origin"]),
            vehicle_names=tuple(words["vehicles"]),
            month_names=tuple(words["months"]),
            line_names=tuple(words["lines"]),
            partner_of=words["partner_of"],
            scheduled=float(words["scheduled"]),
            all_flows=flows or None,
            **{name: arrays[name] for name in KEPT if name in arrays},
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: must be a result that avtosim saved; something is missing in it: {error}") from None
    if made.annual.ndim != 1 or made.annual.size == 0 or made.annual.size % made.origin.unit:
        raise ValueError(f"{path}: must hold one output a run; it holds an array of shape {made.annual.shape}")
    return made


def merge(results: Iterable[Result]) -> Result:
    """Results of one scenario and seed over ranges of runs that follow each other, as one: bit for bit the long run.

    The order given does not matter. Raises ``ValueError`` for results that do not belong together (another scenario,
    seed, design, version or set of what was kept) and for ranges that overlap or leave a gap.
    """
    every = sorted(results, key=lambda result: result.origin.first_run)
    if not every:
        raise ValueError("merge: must be given at least one result; got none")
    first = every[0]
    following = first.origin.first_run
    for result in every:
        for what in ("title", "scenario", "seed", "design", "unit", "version"):
            own, wanted = getattr(result.origin, what), getattr(first.origin, what)
            if own != wanted:
                shown = "" if what == "scenario" else f": {own!r} and {wanted!r}"
                raise ValueError(f"merge: results must agree in their {what}; they differ{shown}")
        if result.origin.first_run != following:
            word = "overlap" if result.origin.first_run < following else "leave a gap"
            rule = "ranges of runs must follow each other"
            raise ValueError(f"merge: {rule}; they {word} at run {min(result.origin.first_run, following):,}")
        following += result.runs
    kept = {}
    for name in KEPT:
        arrays = [getattr(result, name) for result in every]
        if any((a is None) != (arrays[0] is None) for a in arrays):
            raise ValueError("merge: results must have kept the same; they differ in what simulate's keep asked for")
        kept[name] = None if arrays[0] is None else np.concatenate(arrays, axis=-1)
    if any((result.all_flows is None) != (first.all_flows is None) for result in every):
        raise ValueError("merge: results must have kept the same; some have flows and some have none")
    flows = {name: np.concatenate([result.flows[name] for result in every], axis=-1) for name in first.all_flows or ()}
    return Result(
        annual=np.concatenate([result.annual for result in every]),
        targets=first.targets,
        origin=attrs.evolve(first.origin, stopped=""),
        vehicle_names=first.vehicle_names,
        month_names=first.month_names,
        line_names=first.line_names,
        partner_of=first.partner_of,
        scheduled=first.scheduled,
        all_flows=flows or None,
        **kept,
    )
