"""Scenario files: TOML in, a checked scenario out. A file is data; nothing in it is ever run."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from ..declare.faults import FactError, Fault, nearest
from ..declare.fields import Fact, describe, spec_of
from ..declare.rules import Spec
from ..facts.scenario import Scenario
from .reader import scenario_of

__all__ = ["bundled", "load", "loads"]

_Table = dict[str, Any]
_BUNDLE = "avtosim.scenarios"


def bundled() -> tuple[str, ...]:
    """Names of the scenarios that come with the library."""
    files = resources.files(_BUNDLE).iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


def load(source: str | os.PathLike[str]) -> Scenario:
    """Read a scenario: a bundled one by its name, one's own by the path of its TOML file.

    Raises ``FactError`` with all faults of the file together (unknown keys, broken rules, names that do not exist, a
    missing file, a syntax error with its line, a loop of ``extends``); nothing is computed before the file is sound.
    """
    given: object = source
    if not isinstance(given, (str, os.PathLike)):
        raise FactError([Fault("load", "takes the name of a bundled scenario or the path of a file", given)])
    return scenario_of(*_document(os.fspath(source), None, ()))


def loads(text: str, *, where: str = "text") -> Scenario:
    """Read a scenario from TOML text; ``extends`` may name bundled scenarios only. Raises as ``load`` does."""
    given: object = text
    if not isinstance(given, str):
        raise FactError([Fault("loads", "takes TOML text", given)])
    return scenario_of(*_extended(_parsed(text, where), where, None, (where,)))


def _parsed(text: str, where: str) -> _Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FactError([Fault("TOML syntax", str(error))], where) from None
    except RecursionError:
        raise FactError([Fault("TOML syntax", "must not be nested so deeply")], where) from None


def _document(source: str, folder: Path | None, trail: tuple[str, ...]) -> tuple[_Table, str]:
    """The merged tables of a file and all that it extends, and what to call them."""
    if source in bundled():
        where, mark, below = source, source, None
        text = resources.files(_BUNDLE).joinpath(f"{source}.toml").read_text(encoding="utf-8")
    else:
        if trail and folder is None:
            hint = f"text and bundled scenarios can extend only {', '.join(bundled())}"
            raise FactError([Fault("extends", "must name a bundled scenario", source, hint)], trail[-1])
        if "\0" in source:
            raise FactError([Fault("extends" if trail else "file", "must be a path, without null bytes", source)])
        path = Path(source) if folder is None else folder / source
        where, mark, below = str(path), str(path.resolve()), path.parent
        text = "" if mark in trail else _text_of(path, trail)
    if mark in trail:
        way = " -> ".join((*trail[trail.index(mark) :], mark))
        raise FactError([Fault("extends", f"must not lead back to the file itself: {way}", source)], trail[-1])
    return _extended(_parsed(text, where), where, below, (*trail, mark))


def _text_of(path: Path, trail: tuple[str, ...]) -> str:
    """The text of a file that is asked for by the user or, at the end of ``trail``, by another file."""
    place, where = ("extends", trail[-1]) if trail else ("file", "")
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = _meant(path)
        fault = Fault(place, "must exist, or be the name of a bundled scenario", str(path), hint)
    except UnicodeDecodeError as error:
        fault = Fault(place, f"must be UTF-8 text ({error.reason} at byte {error.start})", str(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        fault = Fault(place, f"must be a file that can be read ({reason})", str(path))
    raise FactError([fault], where)


def _meant(path: Path) -> str:
    beside = path.with_name(f"{path.name}.toml")
    return f"did you mean {str(beside)!r}?" if beside.is_file() else nearest(path.name, bundled())


def _extended(table: _Table, where: str, folder: Path | None, trail: tuple[str, ...]) -> tuple[_Table, str]:
    """The tables of a file laid on those it extends, with its own ``[set]`` put last; and what to call them."""
    parent = table.pop("extends", None)
    changes = table.pop("set", {})
    whole = where
    if parent is not None:
        if not isinstance(parent, str):
            raise FactError([Fault("extends", "must be the name or path of a scenario file", parent)], where)
        base, below = _document(parent, folder, trail)
        table, whole = _merged(base, table, Scenario), f"{where}, which extends {below}"
    if not isinstance(changes, dict):
        raise FactError([Fault("set", "must be a table from addresses to values", changes)], where)
    faults: list[Fault] = []
    for address, value in changes.items():
        found = list(_set_faults(table, address, value))
        faults += found
        if not found:
            table = _merged(table, _nested(address.split("."), value), Scenario)
    if faults:
        raise FactError(faults, where)
    return table, whole


def _merged(base: _Table, over: _Table, cls: type[Fact]) -> _Table:
    """``over`` laid on ``base``, neither of which is changed: facts merge by field, a quantity is replaced whole."""
    specs = {alias: spec_of(a) for alias, a in describe(cls).items()}
    return {**base, **{key: _laid(specs.get(key), base.get(key), value) for key, value in over.items()}}


def _laid(spec: Spec | None, old: Any, new: Any) -> Any:
    if spec is None or not isinstance(old, dict) or not isinstance(new, dict):
        return new
    if spec.role == "map":
        return {**old, **new}
    if spec.of is None:
        return new
    if spec.role == "part":
        return _merged(old, new, spec.of)
    both = {
        n: _merged(old[n], t, spec.of) for n, t in new.items() if isinstance(old.get(n), dict) and isinstance(t, dict)
    }
    return {**old, **new, **both}


def _nested(segments: list[str], value: Any) -> _Table:
    for segment in reversed(segments):
        value = {segment: value}
    assert isinstance(value, dict)
    return value


def _set_faults(table: _Table, address: str, value: Any) -> Iterator[Fault]:
    """Faults of one line of ``[set]``: facts it names must exist, and a quantity is replaced whole, not in parts."""
    fields, segments = describe(Scenario), address.split(".")
    place = f"set.{address}"
    attribute = fields.get(segments[0])
    if attribute is None:
        yield Fault(place, f"there is nothing at {segments[0]}", None, nearest(segments[0], fields))
        return
    spec, rest, node = spec_of(attribute), segments[1:], table.get(segments[0], {})
    inside: type[Fact] | None = spec.of if spec.role == "part" else None
    if spec.role == "family" and spec.of is not None:
        for name in rest[:1] or (value if isinstance(value, dict) else ()):
            if not isinstance(node, dict) or name not in node:
                yield Fault(place, f"there is nothing at {segments[0]}.{name}", None, nearest(name, node))
                return
        rest = rest[1:]
        inside = spec.of
    yield from _depth_faults(place, segments[: len(segments) - len(rest)], rest, inside)


def _depth_faults(place: str, way: list[str], rest: list[str], cls: type[Fact] | None) -> Iterator[Fault]:
    """Faults of an address that goes on inside a quantity."""
    while rest and cls is not None:
        fields = describe(cls)
        attribute = fields.get(rest[0])
        way, rest = [*way, rest[0]], rest[1:]
        if attribute is None:
            yield Fault(place, f"there is nothing at {'.'.join(way)}", None, nearest(way[-1], fields))
            return
        spec = spec_of(attribute)
        if spec.role == "map" and rest:
            way, rest = [*way, rest[0]], rest[1:]
        cls = spec.of if spec.role == "part" else None
    if rest:
        hint = f"give {'.'.join(way)} a whole new value"
        yield Fault(place, "reaches inside a value, which is replaced whole", None, hint)
