"""Tables as a file holds them in, facts out; all faults and all origins of numbers are gathered on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from ..declare.checks import check_value
from ..declare.faults import FactError, Fault, nearest
from ..declare.fields import Fact, describe, plain, spec_of
from ..declare.rules import Spec
from ..declare.slips import law_meant
from ..facts.consistency import cross_faults, reference_faults
from ..facts.entities import Provenance
from ..facts.scenario import FAMILIES, Scenario
from ..laws.base import LawBase
from ..laws.registry import LAWS
from ..laws.varying import Varying

__all__ = ["ORIGIN", "scenario_of"]

#: The keys that state where a number comes from; they stand beside it.
ORIGIN = tuple(field.name for field in attrs.fields(Provenance))
#: Keys of version 0.1.0, and what they are called now.
_RENAMED = {"months": "duration"}
_Table = dict[str, Any]


def scenario_of(table: _Table, where: str) -> Scenario:
    """The scenario that these tables state. Raises ``FactError`` with all their faults, under the heading ``where``."""
    reader = _Reader()
    fields = describe(Scenario)
    known = [*fields, "extends", "set"]
    reader.faults += [Fault(key, "is not a known key", None, nearest(key, known)) for key in table if key not in fields]
    given: dict[str, Any] = {}
    for alias, attribute in fields.items():
        spec = spec_of(attribute)
        if spec.role == "family":
            given[alias] = reader.family(spec, table.get(alias, {}), alias)
        elif alias in table:
            given[alias] = reader.value(spec, table[alias], alias)
            if spec.role != "part":
                reader.check(spec, given[alias], alias)
        elif attribute.default is attrs.NOTHING:
            reader.faults.append(Fault(alias, f"must be given: {spec.meaning}"))
    if not reader.faults:
        try:
            return Scenario(**given, provenance=reader.provenance)
        except FactError as error:
            raise FactError(error.faults, where) from None
    stated = {kind: dict.fromkeys(names) for kind, names in reader.names.items()}
    for cls, address, member in reader.unsound:
        reader.faults += reference_faults(cls, address, member, stated)
    reader.faults += cross_faults(reader.names, given)
    raise FactError(reader.faults, where)


class _Reader:
    """Reads one scenario's tables."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.provenance: dict[str, Provenance] = {}
        self.names: dict[str, list[str]] = {kind: [] for kind in FAMILIES}
        self.unsound: list[tuple[type[Fact], str, _Table]] = []

    def family(self, spec: Spec, members: Any, kind: str) -> list[Fact]:
        """The sound facts of a family; its names and what is not sound are kept for the checks across facts."""
        cls = spec.of
        assert cls is not None
        if not isinstance(members, dict):
            hint = "name each in single brackets" if isinstance(members, list) else ""
            self.faults.append(Fault(kind, f"must hold tables [{kind}.NAME]", members, hint))
            return []
        sound = []
        for name, member in members.items():
            self.names[kind].append(name)
            fact = self.fact(cls, member, f"{kind}.{name}", name)
            if fact is not None:
                sound.append(fact)
            elif isinstance(member, dict):
                self.unsound.append((cls, f"{kind}.{name}", member))
        return sound

    def fact(self, cls: type[Fact], table: object, path: str, name: str | None = None) -> Any:
        """The fact at ``path``, or None if it has faults."""
        before = len(self.faults)
        if not isinstance(table, Mapping):
            self.faults.append(Fault(path, f"must be a table of {cls.__name__}'s fields", table))
            return None
        fields = {alias: a for alias, a in describe(cls).items() if alias != "name"}
        for key in table:
            if key not in fields:
                renamed = f"did you mean {_RENAMED[key]!r}?" if _RENAMED.get(key) in fields else nearest(key, fields)
                hint = "its name stands in the heading" if key == "name" and name else renamed
                self.faults.append(Fault(f"{path}.{key}", "is not a known key", None, hint))
        given: dict[str, Any] = {} if name is None else {"name": name}
        for alias, attribute in fields.items():
            spec, address = spec_of(attribute), f"{path}.{alias}"
            if alias in table:
                given[alias] = self.value(spec, table[alias], address)
            elif attribute.default is attrs.NOTHING:
                self.faults.append(Fault(address, f"must be given: {spec.meaning}"))
        if len(self.faults) == before:
            return self._made(cls, given, path)
        for alias in given.keys() & fields.keys():
            self.check(spec_of(fields[alias]), given[alias], f"{path}.{alias}")
        return None

    def _made(self, cls: type[Fact], given: _Table, path: str) -> Any:
        try:
            return cls(**given)
        except FactError as error:
            home = f"{cls.kind}.{given['name']}" if given.get("name") else cls.kind
            self.faults += [fault.moved(home, path) for fault in error.faults]
            return None

    def check(self, spec: Spec, value: Any, address: str) -> None:
        """Add the faults of a value whose fact could not be made for other faults."""
        if value is None:
            return
        ready = tuple(map(plain, value)) if spec.role == "numbers" and isinstance(value, list) else plain(value)
        if spec.role == "map" and isinstance(value, dict):
            ready = {key: plain(item) for key, item in value.items() if item is not None}
        self.faults += check_value(spec, ready, address)

    def value(self, spec: Spec, raw: Any, path: str) -> Any:
        """What a key of the role that ``spec`` declares holds; None if it has faults."""
        if spec.role == "part":
            assert spec.of is not None
            return self.fact(spec.of, raw, path)
        if spec.role == "map":
            if not isinstance(raw, dict):
                self.faults.append(Fault(path, "must be a table from names to numbers", raw))
                return None
            return {key: self._quantity(item, f"{path}.{key}") for key, item in raw.items()}
        if spec.role == "numbers" and isinstance(raw, dict) and "value" not in raw:
            self.check(spec, raw, path)
            return None
        return self._quantity(raw, path) if spec.role in ("quantity", "numbers") else raw

    def _quantity(self, raw: Any, path: str) -> Any:
        """A number, a row of numbers, a law or ``Varying``, with its origin put aside."""
        if not isinstance(raw, dict):
            return raw
        origin = {key: _as_text(raw[key]) for key in ORIGIN if key in raw}
        if origin:
            try:
                self.provenance[path] = Provenance(**origin)
            except FactError as error:
                self.faults += [fault.moved("provenance", path) for fault in error.faults]
                return None
        rest = {key: value for key, value in raw.items() if key not in ORIGIN}
        if set(rest) == {"value"} and not isinstance(rest["value"], dict):
            return rest["value"]
        return self._law(rest, path)

    def _law(self, words: _Table, path: str) -> Any:
        """The law or ``Varying`` that a table's one word names."""
        if "varying" in words and set(words) <= {"varying", "persistence"}:
            law = self._inner(words["varying"], f"{path}.law")
            given = {key: value for key, value in words.items() if key == "persistence"}
            return None if law is None else self._made(Varying, {"law": law, **given}, path)
        word = next(iter(words), "")
        if len(words) == 1 and word in LAWS:
            return self._named_law(LAWS[word], words[word], path)
        meant = law_meant(words)
        if meant:
            self.faults.append(Fault(path, "must name its law", words, meant))
            return None
        known = [*LAWS, "value", "varying", *ORIGIN]
        unknown = [key for key in words if key not in (*known, "persistence")]
        self.faults += [
            Fault(f"{path}.{key}", "is not a known key or law", None, nearest(key, known)) for key in unknown
        ]
        if not unknown:
            rule = f"must hold one law, one value or varying = {{...}}, beside {', '.join(ORIGIN)}"
            self.faults.append(Fault(path, rule, words))
        return None

    def _inner(self, raw: Any, path: str) -> Any:
        """The law inside another one."""
        if not isinstance(raw, dict):
            self.faults.append(Fault(path, "must be a law, such as { pert = [0.5, 0.9, 1] }", raw))
            return None
        inside = [key for key in ORIGIN if key in raw]
        if inside:
            rule = "must stand beside the whole number, not inside its law"
            self.faults += [Fault(f"{path}.{key}", rule, raw[key]) for key in inside]
            return None
        return self._law(raw, path)

    def _named_law(self, cls: type[LawBase], parameters: Any, path: str) -> Any:
        fields = describe(cls)
        required = [alias for alias, a in fields.items() if a.default is attrs.NOTHING]
        if not isinstance(parameters, dict):
            row = parameters if isinstance(parameters, list) else [parameters]
            if len(required) == 1 and spec_of(fields[required[0]]).role == "numbers":
                row = [row]
            if not len(required) <= len(row) <= len(fields):
                rule = f"{cls.kind} takes {', '.join(fields)}, in this order" + (
                    f"; the last {len(fields) - len(required)} may be left out" if len(required) < len(fields) else ""
                )
                self.faults.append(Fault(path, rule, parameters))
                return None
            parameters = dict(zip(fields, row, strict=False))
        before = len(self.faults)
        for key in parameters:
            if key not in fields:
                self.faults.append(
                    Fault(f"{path}.{key}", f"is not a known key of {cls.kind}", None, nearest(key, fields))
                )
        for alias in required:
            if alias not in parameters:
                self.faults.append(Fault(f"{path}.{alias}", f"must be given: {spec_of(fields[alias]).meaning}"))
        given = {k: self._inner(v, f"{path}.{k}") if k == "law" else v for k, v in parameters.items()}
        return self._made(cls, given, path) if len(self.faults) == before else None


def _as_text(value: object) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
