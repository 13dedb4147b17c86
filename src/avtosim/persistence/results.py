"""Results in files, and several results as one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from ..answers.parts import PartialTarget
from ..answers.result import ROUNDING, Result, RunInfo, sizes_of
from ..answers.short_ledger import FIRST
from . import npz

# What the annual output is the sum of, where it is kept.
_PARTS = ("by_vehicle", "by_month", "built")
_VERSIONS = ("version", "numpy", "scipy")
# Entries of the header, by their type.
_TYPES = {dict: ("run_info", "axes", "labels", "homes"), list: ("targets", "kept"), int: ("runs",)}


def save(result: Result, path: str | os.PathLike[str]) -> None:
    """Write a result, with what made it; what ``Result.save`` does."""
    if not isinstance(result, Result):
        raise TypeError(f"save: must be called on a result, result.save(path); got {type(result).__name__}")
    header = {
        "run_info": result.run_info.entries,
        "targets": [_plain(target) for target in result.targets],
        "runs": result.runs,
        "kept": list(result.record),
        "axes": {name: list(result.axes[name]) for name in result.record},
        "labels": {axis: list(names) for axis, names in result.labels.items()},
        "homes": {vehicle: _home(vehicle, result.groups) for vehicle in result.labels.get("vehicle", ())},
        "schedule": list(result.schedule),
        "announced": None if result.announced is None else list(result.announced),
    }
    npz.write(path, header, result.record)


#: What a vehicle belongs to.
_KINDS = ("partner", "line", "market")


def _home(vehicle: str, groups: Mapping[str, Mapping[str, tuple[str, ...]]]) -> dict[str, str]:
    """Names of a vehicle's partners, of its line and of its market, as JSON holds them; names hold no commas."""
    return {kind: ", ".join(name for name, of in groups.get(kind, {}).items() if vehicle in of) for kind in _KINDS}


def _groups(homes: dict[str, Any], vehicles: list[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """The vehicles of each partner, line and market."""
    groups: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in _KINDS}
    if homes.keys() != set(vehicles):
        raise ValueError(f"homes must name the partners, line and market of each vehicle; got {homes!r:.60}")
    for vehicle in vehicles:
        home = homes[vehicle]
        if not isinstance(home, dict) or home.keys() != set(_KINDS) or {*map(type, home.values())} != {str}:
            raise ValueError(f"homes of {vehicle!r:.60} must hold {', '.join(_KINDS)} as text; got {home!r:.60}")
        for kind in _KINDS:
            for name in filter(None, home[kind].split(", ")):
                groups[kind][name] = (*groups[kind].get(name, ()), vehicle)
    return groups


def _volumes(name: str, stated: Any) -> tuple[float, ...]:
    """Numbers of vehicles from what JSON holds."""
    if not isinstance(stated, list) or not all(type(volume) in (int, float) for volume in stated):
        raise ValueError(f"{name} must be a list of numbers; got {stated!r:.60}")
    return tuple(map(float, stated))


def _band(stated: Any) -> tuple[float, float] | None:
    """Both ends of what was announced, if something was."""
    if stated is None:
        return None
    low, high = _volumes("announced", stated)
    return low, high


def _plain(target: Any) -> Any:
    """A target as JSON holds it."""
    if isinstance(target, float):
        return target
    return {"volume": target.volume, "until": target.until, "of": list(target.of)}


def _target(stated: Any) -> Any:
    """A target from what JSON holds."""
    if not isinstance(stated, dict):
        return stated
    if stated.keys() != {"volume", "until", "of"}:
        raise ValueError(f"targets must hold volume, until and of; got {stated!r:.60}")
    sound = isinstance(stated["of"], list) and all(isinstance(name, str) for name in stated["of"])
    if not sound or not isinstance(stated["until"], (str, type(None))):
        raise ValueError(f"targets must hold until as text and of as names; got {stated!r:.60}")
    return PartialTarget(stated["volume"], stated["until"], tuple(stated["of"]))


def load(path: str | os.PathLike[str]) -> Result:
    """A result as ``result.save(path)`` wrote it; ``FileNotFoundError``, or ``ValueError`` for a foreign file."""
    return npz.read(path, _shapes, _result)


def _shapes(header: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Shape of each array that a header promises."""
    for kind, entries in _TYPES.items():
        for name in entries:
            if type(header.get(name)) is not kind:
                raise ValueError(f"{name} must be of type {kind.__name__}; got {header.get(name)!r:.60}")
    runs, labels, axes, kept = (header[name] for name in ("runs", "labels", "axes", "kept"))
    if axes.keys() != set(map(str, kept)):
        raise ValueError(f"axes must be those of what is kept, {kept!r:.60}; got {list(axes)!r:.60}")
    for what, names in [("kept", kept), *labels.items(), *axes.items()]:
        fit = isinstance(names, list) and all(isinstance(name, str) and name.isprintable() for name in names)
        if not fit or len(set(names)) < len(names):
            raise ValueError(f"{what} must be a list of names without control characters, each once; got {names!r:.60}")
    sizes = sizes_of(labels, runs)
    return {name: tuple(sizes[axis] for axis in axes[name]) for name in kept}


def _result(header: dict[str, Any], arrays: dict[str, Any]) -> Result:
    info = header["run_info"]
    fields = {str(field.alias) for field in attrs.fields(RunInfo)}
    if info.keys() != fields:
        raise ValueError(f"run_info must hold {', '.join(sorted(fields))}; got {info!r:.60}")
    made = Result(
        record=arrays,
        axes={name: tuple(axes) for name, axes in header["axes"].items()},
        labels={axis: tuple(names) for axis, names in header["labels"].items()},
        targets=tuple(_target(stated) for stated in header["targets"]),
        run_info=RunInfo(**info),
        groups=_groups(header["homes"], header["labels"].get("vehicle", [])),
        schedule=_volumes("schedule", header["schedule"]),
        announced=_band(header["announced"]),
    )
    for name in _PARTS:
        if name in made.record:
            parts = made.record[name]
            if not np.allclose(parts.sum(axis=tuple(range(parts.ndim - 1))), made.annual, rtol=1e-9, atol=ROUNDING):
                raise ValueError(f"annual must be the sum of {name} in every run")
    return made


def merge(*results: Result, across_versions: bool = False) -> Result:
    """Join results of one scenario and seed over ranges of runs that follow each other: bit for bit the long run.

    Parameters
    ----------
    *results : Result
        Two results or more, in any order.
    across_versions : bool, default False
        Whether to join results that other versions of avtosim, NumPy or SciPy made. The same seed may mean other
        random numbers there, so that the joined result cannot be made again in one piece.

    Returns
    -------
    Result
        All runs.

    Raises
    ------
    TypeError
        If something is not a result.
    ValueError
        If the results do not belong together (another scenario, seed, design, version or set of what was kept), or
        their runs overlap or leave a gap.

    Notes
    -----
    Needs memory for the joined result beside its parts.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> first = avtosim.simulate(june, runs=500, seed=1)
    >>> second = avtosim.simulate(june, runs=500, seed=1, first_run=500)
    >>> bool((avtosim.merge(first, second).annual == avtosim.simulate(june, runs=1000, seed=1).annual).all())
    True
    """
    stated: tuple[object, ...] = results
    for result in stated:
        if not isinstance(result, Result):
            hint = ": give each by itself, merge(*results)" if isinstance(result, (list, tuple)) else ""
            raise TypeError(f"merge: must be results of simulate; got {type(result).__name__}{hint}")
    if len(results) < 2:
        raise ValueError(f"merge: must be two results or more; got {len(results)}")
    every = sorted(results, key=lambda result: result.run_info.first_run)
    first = every[0]
    following = first.run_info.first_run
    for part in every:
        _check_alike(first, part, across_versions=across_versions)
        if part.run_info.first_run != following:
            word = "overlap" if part.run_info.first_run < following else "leave a gap"
            rule = "ranges of runs must follow each other"
            raise ValueError(f"merge: {rule}; they {word} at run {min(part.run_info.first_run, following):,}")
        following += part.runs
    versions: dict[str, Any] = {
        what: " and ".join(dict.fromkeys(getattr(result.run_info, what) for result in every)) for what in _VERSIONS
    }
    record = {name: np.concatenate([result.record[name] for result in every], axis=-1) for name in first.record}
    if "ledger" in record:
        record["ledger"] = record["ledger"][:, :FIRST]
    return attrs.evolve(first, record=record, run_info=attrs.evolve(first.run_info, stopped="", **versions))


def _check_alike(first: Result, other: Result, *, across_versions: bool) -> None:
    """Raise ``ValueError`` unless two results were made alike, save for their runs."""
    for what in ("title", "scenario", "seed", "design", "replicate_size", *(() if across_versions else _VERSIONS)):
        one, two = getattr(first.run_info, what), getattr(other.run_info, what)
        if one != two:
            shown = "" if what == "scenario" else f": {one!r} and {two!r}"
            hint = "; merge(..., across_versions=True) joins them all the same" if what in _VERSIONS else ""
            name = f"version of {what}" if what in ("numpy", "scipy") else what
            raise ValueError(f"merge: results must agree in their {name}; they differ{shown}{hint}")
    if first.record.keys() != other.record.keys() or first.labels != other.labels:
        raise ValueError("merge: results must have kept the same; they differ in what simulate's keep asked for")
