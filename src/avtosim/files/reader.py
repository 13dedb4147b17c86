"""Tables as a file holds them in, facts out; all faults and all origins of numbers are gathered on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

import attrs

from ..declare.checks import check_value
from ..declare.faults import FactError, Fault, Nearest, nearest
from ..declare.fields import Fact, describe, spec_of
from ..declare.rules import Spec
from ..declare.slips import law_meant
from ..facts.consistency import cross_faults, reference_faults
from ..facts.entities import Provenance
from ..facts.scenario import FAMILIES, Scenario
from ..facts.words import ORIGIN, is_one_number
from ..laws.base import LawBase
from ..laws.registry import LAWS
from ..laws.varying import Named, Stepwise, Total, Varying

_Table = dict[str, Any]


#: Words for what stands for a number beside a law, each with its class and the field that its value fills.
_WORDS: dict[str, tuple[type[Fact], str]] = {
    "varying": (Varying, "law"),
    "named": (Named, "name"),
    "stepwise": (Stepwise, "steps"),
    "total": (Total, "total"),
}


def scenario_of(table: _Table, where: str) -> Scenario:
    """The scenario that these tables state. Raises ``FactError`` with all their faults, under the heading ``where``."""
    reader = _Reader()
    scenario: Scenario = reader.fact(Scenario, table, "")
    if reader.faults:
        raise FactError(reader.faults, where)
    return scenario


class _Reader:
    """Reads one scenario's tables; what has faults is read as None."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.provenance: dict[str, Provenance] = {}
        self.names: dict[str, list[str]] = {kind: [] for kind in FAMILIES}
        self.unsound: list[tuple[type[Fact], str, Mapping[str, Any]]] = []

    def fault(self, address: str, rule: str, value: object = None, hint: str | Nearest = "") -> None:
        """Note a fault."""
        self.faults.append(Fault(address, rule, value, hint))

    def fact(self, cls: type[Fact], table: object, path: str, name: str | None = None) -> Any:
        """The fact, law or scenario at ``path``; ``name`` is that of its heading."""
        if not isinstance(table, Mapping):
            return self.fault(path, f"must be a table of {cls.__name__}'s fields", table)
        before, head = len(self.faults), f"{path}." if path else ""
        fields = {alias: a for alias, a in describe(cls).items() if spec_of(a).role != "name"}
        known = [*fields, *(("extends", "set") if cls is Scenario else ())]
        hints = {"name": "its name stands in the heading"} if name else {}
        hints |= {"months": "did you mean 'duration'?"} if "duration" in fields else {}
        for key in (key for key in table if key not in fields):
            self.fault(head + key, "is not a known key", None, hints.get(key) or nearest(key, known))
        given: dict[str, Any] = {} if name is None else {"name": name}
        for alias, attribute in fields.items():
            spec = spec_of(attribute)
            if alias in table or spec.role == "family":
                given[alias] = self.value(spec, table.get(alias, {}), head + alias, parameter=issubclass(cls, LawBase))
                self.check(attribute, given[alias], head + alias)
            elif attribute.default is attrs.NOTHING:
                self.fault(head + alias, f"must be given: {spec.meaning}")
        made = None
        if len(self.faults) == before:
            own = f"{cls.kind}.{name}" if name else cls.kind
            try:
                made = cls(**given, **({"provenance": self.provenance} if cls is Scenario else {}))
            except FactError as error:
                self.faults += [fault.moved(own, path) for fault in error.faults]
        elif cls is Scenario:
            self.across(given)
        if made is None and name is not None:
            self.unsound.append((cls, path, table))
        return made

    def across(self, given: _Table) -> None:
        """Note the faults across the facts of a scenario that has others."""
        stated = {kind: dict.fromkeys(names) for kind, names in self.names.items()}
        for cls, address, values in self.unsound:
            self.faults += reference_faults(cls, address, values, stated)
        convert: Any = describe(Scenario)["quantities"].converter
        held, faulty = convert(given.get("quantities")), tuple(f"{fault.address}." for fault in self.faults)
        if isinstance(held, Mapping):
            held = {k: None if any(at.startswith(f"quantities.{k}.") for at in faulty) else v for k, v in held.items()}
        self.faults += cross_faults(self.names, {**given, "quantities": held})

    def check(self, attribute: attrs.Attribute[Any], value: Any, address: str) -> None:
        """Note the faults of the value of a field, which is None where they are noted already."""
        if isinstance(value, dict):
            value = {key: item for key, item in value.items() if item is not None}
        if value is not None:
            convert: Any = attribute.converter
            self.faults += check_value(spec_of(attribute), convert(value) if convert else value, address)

    def value(self, spec: Spec, raw: Any, path: str, *, parameter: bool) -> Any:
        """What a key of the role that ``spec`` declares holds; a ``parameter`` of a law is a plain value or a law."""
        if spec.role in ("law", "laws"):
            named = spec.role == "laws" and isinstance(raw, dict)
            return {key: self.inner(v, f"{path}.{key}") for key, v in raw.items()} if named else self.inner(raw, path)
        if spec.role in ("family", "part"):
            return self.family(spec.of, raw, path) if spec.role == "family" else self.fact(spec.of, raw, path)
        if parameter or spec.role not in ("parts", "map", "numbers", "quantity"):
            return raw
        if spec.role in ("parts", "map") and isinstance(raw, dict) and not (spec.single and is_one_number(raw)):
            read = partial(self.component, spec.of) if spec.of else self.quantity
            return {key: read(item, f"{path}.{key}") for key, item in raw.items()}
        no_row = spec.role == "numbers" and isinstance(raw, dict) and "value" not in raw
        made = raw if no_row else self.quantity(raw, path)
        if spec.role == "numbers" and spec.of is not None and isinstance(made, list):
            before = len(self.faults)
            made = [self.fact(spec.of, v, f"{path}.{i}") if isinstance(v, dict) else v for i, v in enumerate(made)]
            return made if len(self.faults) == before else None
        return made

    def component(self, cls: type[Fact], raw: Any, path: str) -> Any:
        """A part of a table of parts, or the word that stands for one."""
        return self.fact(cls, raw, path) if isinstance(raw, dict) else raw

    def family(self, cls: type[Fact], members: Any, kind: str) -> tuple[Fact, ...]:
        """The sound facts of a family, whose names are kept for the checks across facts."""
        if not isinstance(members, dict):
            hint = "name each in single brackets" if isinstance(members, list) else ""
            self.fault(kind, f"must hold tables [{kind}.NAME]", members, hint)
            return ()
        self.names[kind] = list(members)
        facts = [self.fact(cls, member, f"{kind}.{name}", name) for name, member in members.items()]
        return tuple(fact for fact in facts if fact is not None)

    def quantity(self, raw: Any, path: str) -> Any:
        """A number, a row of numbers, a law or ``Varying``, with its origin put aside."""
        if not isinstance(raw, dict):
            return raw
        origin = {key: str(raw[key]) if isinstance(raw[key], dt.date) else raw[key] for key in ORIGIN if key in raw}
        if origin:
            self.provenance[path] = self.fact(Provenance, origin, path)
        rest = {key: value for key, value in raw.items() if key not in ORIGIN}
        if set(rest) == {"value"} and not isinstance(rest["value"], dict):
            return rest["value"]
        return self.law(rest, path)

    def law(self, words: _Table, path: str) -> Any:
        """The law that a table's one key names, or what else stands for a number."""
        for word, (cls, first) in _WORDS.items():
            if word in words and set(words) <= {word, *describe(cls)} - ({first} - {word}):
                renamed = {first if key == word else key: value for key, value in words.items()}
                return self.form(cls, renamed, path)
        key = next(iter(words), "")
        if len(words) == 1 and key in LAWS:
            parameters = self.parameters(LAWS[key], words[key], path)
            return None if parameters is None else self.fact(LAWS[key], parameters, path)
        beside = [alias for cls, _ in _WORDS.values() for alias in describe(cls)]
        meant, known = law_meant(words), [*LAWS, "value", *_WORDS, *ORIGIN]
        unknown = [] if meant else [key for key in words if key not in (*known, *beside)]
        for key in unknown:
            self.fault(f"{path}.{key}", "is not a known key or law", None, nearest(key, known))
        rule = f"must hold one law, one value or {', '.join(_WORDS)}, beside {', '.join(ORIGIN)}"
        return None if unknown else self.fault(path, rule, words, meant)

    def form(self, cls: type[Fact], stated: _Table, path: str) -> Any:
        """What stands for a number beside a law; its parts may be quantities, without sources of their own."""
        before = len(self.faults)
        for alias, attribute in describe(cls).items():
            spec, value = spec_of(attribute), stated.get(alias)
            if spec.role == "quantity" and isinstance(value, dict):
                stated = {**stated, alias: self.inner(value, f"{path}.{alias}")}
            elif spec.role == "map" and isinstance(value, dict):
                inside = {k: self.inner(v, f"{path}.{k}") if isinstance(v, dict) else v for k, v in value.items()}
                stated = {**stated, alias: inside}
        if len(self.faults) > before:
            return None
        if cls is not Named:
            return self.fact(cls, stated, path)
        try:
            return cls(**stated)
        except FactError as error:
            self.faults += [fault.moved(cls.kind, path) for fault in error.faults]
            return None

    def inner(self, raw: Any, path: str) -> Any:
        """The law inside another one."""
        if not isinstance(raw, dict):
            return self.fault(path, "must be a law, such as { pert = [0.5, 0.9, 1] }", raw)
        inside = [key for key in ORIGIN if key in raw]
        for key in inside:
            self.fault(f"{path}.{key}", "must stand beside the whole number, not inside its law", raw[key])
        return None if inside else self.law(raw, path)

    def parameters(self, cls: type[LawBase], stated: Any, path: str) -> Any:
        """The parameters of a law by name, which may be stated in their order or, if there is one, alone."""
        if isinstance(stated, dict):
            return stated
        fields = describe(cls)
        required = [alias for alias, a in fields.items() if a.default is attrs.NOTHING]
        alone = len(required) == 1 and spec_of(fields[required[0]]).role == "numbers"
        row = stated if isinstance(stated, list) and not alone else [stated]
        if len(required) <= len(row) <= len(fields):
            return dict(zip(fields, row, strict=False))
        optional = len(fields) - len(required)
        end = f"; the last {optional} may be left out" if optional else ""
        return self.fault(path, f"{cls.kind} takes {', '.join(fields)}, in this order{end}", stated)
