"""Checks across facts: names that must exist and be unique; what facts say of each other is checked beside it."""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ..declare.containers import FrozenMap
from ..declare.faults import Fault, nearest
from ..declare.fields import Fact, describe, spec_of
from ..declare.rules import Spec
from .agreement import agreement_faults
from .entities import Factor, Shock
from .words import is_one_number

#: The names of each family.
_Known: TypeAlias = Mapping[str, dict[str, Any]]


def cross_faults(names: Mapping[str, Sequence[str]], fields: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults that show only between facts.

    ``names`` holds all stated names by family; ``fields`` holds the scenario's fields, of which a family may lack facts
    that are faulty themselves, and the calendar may be missing for the same reason.
    """
    yield from _name_faults(names)
    known = {kind: dict.fromkeys(stated) for kind, stated in names.items()}
    for kind in names:
        for member in fields[kind]:
            yield from reference_faults(type(member), member.address, _fields_of(member), known)
    yield from _factor_order_faults(fields["factors"], names["factors"])
    yield from _ambiguous_faults(fields["shocks"], names)
    yield from agreement_faults(names, fields)


def _name_faults(names: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for kind, known in names.items():
        for name, count in Counter(known).items():
            if count > 1:
                yield Fault(f"{kind}.{name}", "a name may be used once in its family", f"{count} times")
    if not names["vehicles"]:
        yield Fault("vehicles", "must hold at least one vehicle: an empty plant builds nothing", 0)


def reference_faults(cls: type[Fact], address: str, values: Mapping[str, Any], known: _Known) -> Iterator[Fault]:
    """Faults of the names by which the fact at ``address`` refers to others; ``values`` are its fields, even faulty."""
    for alias, attribute in describe(cls).items():
        spec, value, where = spec_of(attribute), values.get(alias), f"{address}.{alias}"
        if spec.role == "parts" and isinstance(value, Mapping):
            for name, part in value.items():
                inner = {"partner": part} if isinstance(part, str) else part
                yield from reference_faults(spec.of, f"{where}.{name}", _fields_of(inner), known)
        if not spec.refers_to:
            continue
        word = " or ".join(kind.removesuffix("s") for kind in spec.refers_to)
        choices = ChainMap(*(known[kind] for kind in reversed(spec.refers_to)))
        for place, name in _named(spec, value, where):
            if isinstance(name, str) and name not in choices:
                yield Fault(place, f"must name a {word} that exists", name, nearest(name, choices))


def _fields_of(fact: Any) -> Mapping[str, Any]:
    """The fields of a fact by name, or those of a table that states one."""
    if isinstance(fact, Fact):
        return {alias: getattr(fact, a.name) for alias, a in describe(type(fact)).items()}
    return fact if isinstance(fact, Mapping) else {}


def _named(spec: Spec, value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Each name in the value of a field that refers to other facts, with its address."""
    if spec.role == "map":
        if isinstance(value, FrozenMap) or (isinstance(value, Mapping) and not (spec.single and is_one_number(value))):
            yield from ((f"{where}.{name}", name) for name in value)
    elif isinstance(value, (tuple, list)):
        yield from ((f"{where}.{index}", name) for index, name in enumerate(value))
    else:
        yield where, value


def _factor_order_faults(factors: Sequence[Factor], names: Sequence[str]) -> Iterator[Fault]:
    for factor in factors:
        own = names.index(factor.name)
        for name in factor.loads:
            if name in names[own:]:
                hint = f"named before it: {', '.join(names[:own][:8]) or 'none'}"
                yield Fault(f"{factor.address}.loads.{name}", "may load only on factors named before it", name, hint)


def _ambiguous_faults(shocks: Sequence[Shock], names: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for shock in shocks:
        for kind, families in (("supply", ("partners", "vehicles")), ("demand", ("markets", "vehicles"))):
            both = set(names[families[0]]) & set(names[families[1]])
            stated = getattr(shock, kind)
            for name in both.intersection(stated) if isinstance(stated, Mapping) else ():
                rule = f"must name one fact; a {families[0].removesuffix('s')} and a vehicle both have this name"
                yield Fault(f"{shock.address}.{kind}.{name}", rule)
