"""Scenario files: TOML in, a checked scenario out. A file is data; nothing in it is ever run."""

from __future__ import annotations

import datetime
import os
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import attrs

from .checks import check_value
from .entities import Provenance
from .faults import FactError, Fault, nearest
from .fields import Fact, Spec, describe, plain, spec_of
from .laws import LAWS, Varying
from .scenario import FAMILIES, Scenario, cross_faults, reference_faults

__all__ = ["bundled", "from_toml", "load"]

_SAID = ("source", "stated_on", "note")
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
    if not isinstance(source, (str, os.PathLike)):
        raise FactError([Fault("load", "takes the name of a bundled scenario or the path of a file", source)])
    where, table = _document(os.fspath(source), None, ())
    return _scenario(table, where)


def from_toml(text: str, *, where: str = "text") -> Scenario:
    """Read a scenario from TOML text; ``extends`` may name bundled scenarios only. Raises as ``load`` does."""
    return _scenario(_extended(_parsed(text, where), where, None, (where,)), where)


def _parsed(text: str, where: str) -> _Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FactError([Fault("TOML syntax", str(error))], where) from None


def _document(source: str, folder: Path | None, trail: tuple[str, ...]) -> tuple[str, _Table]:
    """The merged tables of a file and all that it extends, and how to call the file."""
    if source in bundled():
        where, below = source, None
        text = resources.files(_BUNDLE).joinpath(f"{source}.toml").read_text(encoding="utf-8")
    else:
        path = Path(source) if folder is None else folder / source
        where, below = str(path), path.parent
        if folder is None and trail:
            hint = f"a bundled scenario can extend only {', '.join(bundled())}"
            raise FactError([Fault("extends", "must name a bundled scenario", source, hint)], trail[-1])
        text = _text_of(path, where)
    mark = where if below is None else str(Path(where).resolve())
    if mark in trail:
        raise FactError([Fault("extends", "must not lead back to the file itself", " -> ".join((*trail, mark)))], where)
    return where, _extended(_parsed(text, where), where, below, (*trail, mark))


def _text_of(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = nearest(where, bundled()) + f"; bundled: {', '.join(bundled())}"
        raise FactError([Fault("file", "must exist, or be the name of a bundled scenario", where, hint)]) from None
    except UnicodeDecodeError as error:
        raise FactError([Fault("file", f"must be UTF-8 text ({error.reason} at byte {error.start})")], where) from None
    except OSError as error:
        raise FactError([Fault("file", f"must be a file that can be read ({error.strerror})", where)]) from None


def _extended(table: _Table, where: str, folder: Path | None, trail: tuple[str, ...]) -> _Table:
    parent = table.pop("extends", None)
    changes = table.pop("set", {})
    if parent is not None:
        if not isinstance(parent, str):
            raise FactError([Fault("extends", "must be the name or path of a scenario file", parent)], where)
        _, base = _document(parent, folder, trail)
        table = _merged(base, table, Scenario)
    if not isinstance(changes, dict):
        raise FactError([Fault("set", "must be a table from addresses to values", changes)], where)
    faults = [fault for address, value in changes.items() for fault in _set(table, address, value)]
    if faults:
        raise FactError(faults, where)
    return table


def _merged(base: _Table, over: _Table, cls: type[Fact]) -> _Table:
    """``over`` laid on ``base``: facts merge field by field, a quantity is replaced whole."""
    specs = {alias: spec_of(a) for alias, a in describe(cls).items()}
    merged = dict(base)
    for key, value in over.items():
        spec, old = specs.get(key), base.get(key)
        if spec is None or not isinstance(value, dict) or not isinstance(old, dict):
            merged[key] = value
        elif spec.role == "family" and spec.of is not None:
            of = spec.of
            both = {n: _merged(old[n], t, of) for n, t in value.items() if _both_tables(old.get(n), t)}
            merged[key] = {**old, **value, **both}
        elif spec.role == "part" and spec.of is not None:
            merged[key] = _merged(old, value, spec.of)
        elif spec.role == "map":
            merged[key] = {**old, **value}
        else:
            merged[key] = value
    return merged


def _both_tables(old: object, new: object) -> bool:
    return isinstance(old, dict) and isinstance(new, dict)


def _set(table: _Table, address: str, value: object) -> list[Fault]:
    """Put ``value`` at ``address`` of the raw tables; the way there must exist, the last key may be new."""
    *heads, last = address.split(".")
    node: Any = table
    for depth, segment in enumerate(heads):
        if not isinstance(node, dict) or segment not in node:
            known = node if isinstance(node, dict) else ()
            place = ".".join(heads[: depth + 1])
            return [Fault(f"set.{address}", f"there is nothing at {place}", None, nearest(segment, known))]
        below = node[segment]
        # The tables may be shared with what was extended: change a copy.
        node[segment] = below = dict(below) if isinstance(below, dict) else below
        node = below
    if not isinstance(node, dict) or _is_quantity_table(node):
        hint = f"give {'.'.join(heads)} a whole new value"
        return [Fault(f"set.{address}", "reaches inside a value, which is replaced whole", None, hint)]
    node[last] = value
    return []


def _is_quantity_table(node: _Table) -> bool:
    return bool(set(node) & {"value", "varying", *LAWS, *_SAID})


class _Reader:
    """Reads tables into facts and gathers every fault and every source on the way."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.provenance: dict[str, Provenance] = {}

    def fact(self, cls: type[Fact], table: object, path: str, name: str | None = None) -> Fact | None:
        """The fact at ``path``, or None if it has faults."""
        before = len(self.faults)
        if not isinstance(table, Mapping):
            self.faults.append(Fault(path, f"must be a table of {cls.__name__}'s fields", table))
            return None
        fields = describe(cls)
        given = {} if name is None else {"name": name}
        for key in table:
            if key not in fields or (key == "name" and name is not None):
                known = [f for f in fields if f != "name"]
                self.faults.append(Fault(_join(path, key), "is not a known key", None, nearest(key, known)))
        for alias, attribute in fields.items():
            spec, address = spec_of(attribute), _join(path, alias)
            if alias in table and not (alias == "name" and name is not None):
                given[alias] = self._value(spec, table[alias], address)
            elif alias not in given and attribute.default is attrs.NOTHING:
                self.faults.append(Fault(address, f"must be given: {spec.meaning}"))
        if len(self.faults) == before:
            try:
                return cls(**given)
            except FactError as error:
                home = f"{cls.kind}.{name}" if name is not None else cls.kind
                self.faults += [fault.moved(home, path) for fault in error.faults]
                return None
        for alias, value in given.items():
            if value is not None and alias in fields:
                spec = spec_of(fields[alias])
                value = tuple(map(plain, value)) if spec.role == "numbers" and isinstance(value, list) else plain(value)
                found = check_value(spec, value, _join(path, alias))
                self.faults += [fault for fault in found if fault not in self.faults]
        return None

    def _value(self, spec: Spec, raw: Any, path: str) -> Any:
        if spec.role == "part":
            assert spec.of is not None
            return self.fact(spec.of, raw, path)
        if spec.role == "map":
            if not isinstance(raw, dict):
                self.faults.append(Fault(path, "must be a table from names to numbers", raw))
                return None
            return {key: self.quantity(item, f"{path}.{key}") for key, item in raw.items()}
        if spec.role in ("quantity", "numbers", "law"):
            return self.quantity(raw, path)
        return raw

    def quantity(self, raw: Any, path: str) -> Any:
        """A number, a row of numbers, a law or ``Varying``, with what is said of it put aside."""
        if not isinstance(raw, dict):
            return raw
        said = {key: _as_text(raw[key]) for key in _SAID if key in raw}
        for key, value in said.items():
            if not isinstance(value, str):
                self.faults.append(Fault(f"{path}.{key}", "must be text", value))
                return None
        if said:
            self.provenance[path] = Provenance(**said)
        rest = {key: value for key, value in raw.items() if key not in _SAID}
        if set(rest) == {"value"} and not isinstance(rest["value"], dict):
            return rest["value"]
        if "varying" in rest and set(rest) <= {"varying", "persistence"}:
            return self._varying(rest, path)
        if len(rest) == 1:
            word, parameters = next(iter(rest.items()))
            if word in LAWS:
                return self._law(word, parameters, path)
        self._unknown_words(rest, path)
        return None

    def _varying(self, rest: _Table, path: str) -> Varying | None:
        before = len(self.faults)
        law = self.quantity(rest["varying"], path)
        try:
            return Varying(law=law, persistence=rest.get("persistence", 0.0))
        except FactError as error:
            if len(self.faults) == before:
                self.faults += [fault.moved("varying", path) for fault in error.faults]
            return None

    def _unknown_words(self, rest: _Table, path: str) -> None:
        words = [*LAWS, "value", "varying", *_SAID]
        unknown = [word for word in rest if word not in (*words, "persistence")]
        for word in unknown:
            self.faults.append(Fault(f"{path}.{word}", "is not a known key or law", None, nearest(word, words)))
        if not unknown:
            rule = "must hold one law, one value or varying = {...}, beside source, stated_on and note"
            self.faults.append(Fault(path, rule, rest or None))

    def _law(self, word: str, parameters: Any, path: str) -> Any:
        cls = LAWS[word]
        fields = describe(cls)
        if not isinstance(parameters, dict):
            row = parameters if isinstance(parameters, list) else [parameters]
            required = [alias for alias, a in fields.items() if a.default is attrs.NOTHING]
            if len(required) == 1 and spec_of(fields[required[0]]).role == "numbers":
                row = [row]
            if not len(required) <= len(row) <= len(fields):
                rule = f"takes {', '.join(fields)}, in this order"
                self.faults.append(Fault(f"{path}.{word}", rule, parameters))
                return None
            parameters = dict(zip(fields, row, strict=False))
        before = len(self.faults)
        for key in parameters:
            if key not in fields:
                self.faults.append(Fault(f"{path}.{word}.{key}", "is not a known key", None, nearest(key, fields)))
        for alias, a in fields.items():
            if alias not in parameters and a.default is attrs.NOTHING:
                self.faults.append(Fault(f"{path}.{word}.{alias}", f"must be given: {spec_of(a).meaning}"))
        given = {
            key: self.quantity(value, f"{path}.{word}") if key == "law" else value for key, value in parameters.items()
        }
        if len(self.faults) > before:
            return None
        try:
            return cls(**given)
        except FactError as error:
            self.faults += [fault.moved(cls.kind, path) for fault in error.faults]
            return None


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _as_text(value: object) -> object:
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value


def _scenario(table: _Table, where: str) -> Scenario:
    reader = _Reader()
    fields = describe(Scenario)
    top: dict[str, Any] = {}
    families: dict[str, list[Fact]] = {kind: [] for kind in FAMILIES}
    names: dict[str, list[str]] = {kind: [] for kind in FAMILIES}
    unsound: list[tuple[type[Fact], str, _Table]] = []
    for key, value in table.items():
        if key not in fields:
            known = [*fields, "extends", "set"]
            reader.faults.append(Fault(key, "is not a known key", None, nearest(key, known)))
    for alias, attribute in fields.items():
        spec = spec_of(attribute)
        if spec.role == "family":
            assert spec.of is not None
            members = table.get(alias, {})
            if not isinstance(members, dict):
                reader.faults.append(Fault(alias, f"must hold tables [{alias}.NAME]", members))
                members = {}
            for name, member in members.items():
                names[alias].append(name)
                fact = reader.fact(spec.of, member, f"{alias}.{name}", name)
                if fact is not None:
                    families[alias].append(fact)
                elif isinstance(member, dict):
                    unsound.append((spec.of, f"{alias}.{name}", member))
        elif alias in table:
            top[alias] = reader._value(spec, table[alias], alias)
        elif attribute.default is attrs.NOTHING:
            reader.faults.append(Fault(alias, f"must be given: {spec.meaning}"))
    if not reader.faults:
        try:
            return Scenario(**top, **families, provenance=reader.provenance)
        except FactError as error:
            raise FactError(error.faults, where) from None
    for cls, home, member in unsound:
        reader.faults += reference_faults(cls, home, member, names)
    raise FactError([*reader.faults, *cross_faults(names, families)], where)
