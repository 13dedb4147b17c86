"""Addresses: every number of a scenario is named, read and replaced by a path such as ``partners.BAIC.fill_rate``."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import attrs

from ..declare.containers import Family, FrozenMap
from ..declare.faults import FactError, Fault, nearest, typed_as
from ..declare.fields import Fact, describe, is_default, spec_of
from ..declare.rules import Spec

F = TypeVar("F", bound=Fact)
#: Stands for an entry of a table that a change leaves out.
DROPPED = object()


@attrs.frozen
class Leaf:
    """One quantity, row of numbers or text of a scenario, with its address and its declaration."""

    address: str
    value: Any
    spec: Spec
    default: bool


def walk(fact: Fact) -> Iterator[Leaf]:
    """All quantities below ``fact``, in the order of the declarations; parameters of laws are not walked."""
    numbers = (leaf for leaf in leaves(fact) if leaf.spec.role in ("quantity", "numbers", "map"))
    # A number that is not stated and has no value of its own is none.
    return (leaf for leaf in numbers if leaf.value is not None)


def leaves(fact: Fact, head: str = "") -> Iterator[Leaf]:
    """All quantities and texts below ``fact``, in the order of the declarations; its own name is in its address."""
    for alias, attribute in describe(type(fact)).items():
        spec, value = spec_of(attribute), getattr(fact, attribute.name)
        address = f"{head}{alias}"
        if spec.role == "family":
            for member in value:
                yield from leaves(member, f"{address}.{member.name}.")
        elif spec.role == "part" and value is not None:
            yield from leaves(value, f"{address}.")
        elif spec.role == "parts":
            for key, part in value.items():
                yield from leaves(part, f"{address}.{key}.")
        elif spec.role == "map" and isinstance(value, FrozenMap):
            for key, item in value.items():
                yield Leaf(f"{address}.{key}", item, spec, default=False)
        elif spec.role not in ("name", "part"):
            yield Leaf(address, value, spec, is_default(attribute, value))


def _children(node: object) -> dict[str, Any]:
    """What can be named one step below ``node``."""
    if isinstance(getattr(node, "inner", None), Mapping):
        return dict(node.inner)  # type: ignore[attr-defined]
    if isinstance(node, Fact):
        return {alias: getattr(node, a.name) for alias, a in describe(type(node)).items()}
    if isinstance(node, FrozenMap):
        return dict(node)
    if isinstance(node, Family):
        return dict(zip(node.names, node, strict=True))
    if isinstance(node, tuple):
        return {str(index): item for index, item in enumerate(node)}
    return {}


def _step(node: object, segment: str, path: str) -> Any:
    children = _children(node)
    if segment in children:
        return children[segment]
    address = f"{path}.{segment}" if path else segment
    if node is None:
        hint = f"{path} is not stated: give it as a whole first"
    elif not children:
        hint = f"{path} is {typed_as(node)}, which has no addresses below it"
    else:
        hint = str(nearest(segment, children))
    raise FactError([Fault(address, "there is nothing at this address", None, hint)])


def _segments(address: object) -> list[str]:
    if not isinstance(address, str) or "" in address.split("."):
        raise FactError([Fault("address", "must be text such as partners.NAME.fill_rate", address)])
    return address.split(".")


def look_up(fact: Fact, address: str) -> Any:
    """The value at ``address`` below ``fact``."""
    return _reached(fact, _segments(address))


def _reached(fact: Fact, segments: list[str]) -> Any:
    node: Any = fact
    for depth, segment in enumerate(segments):
        node = _step(node, segment, ".".join(segments[:depth]))
    return node


def replaced(fact: F, changes: Mapping[str, object]) -> F:
    """A copy of ``fact`` with the values at these addresses changed, all at once, and checked.

    The addresses must exist, but for the last segment below a table from names to numbers, which may be new.
    """
    sound: dict[str, object] = {}
    faults: list[Fault] = []
    for address, value in changes.items():
        try:
            *heads, last = _segments(address)
            holder = _reached(fact, heads)
            old = None if isinstance(holder, FrozenMap) else _step(holder, last, ".".join(heads))
        except FactError as error:
            faults += error.faults
            continue
        above = [outer for outer in itertools.accumulate(heads, "{}.{}".format) if outer in changes]
        if above:
            faults.append(Fault(address, f"lies inside another address that is changed too, {above[0]}"))
        elif isinstance(holder, Family) and not isinstance(value, type(old)):
            faults.append(Fault(address, f"must be {type(old).__name__}(...)", value))
        else:
            sound[address] = value
    made: F = _rebuilt(fact, sound, "", faults)
    if faults:
        raise FactError(faults)
    return made


def _rebuilt(node: Any, changes: Mapping[str, object], path: str, faults: list[Fault]) -> Any:
    """``node`` with changes by their addresses below it; faults are added to ``faults``, under their full addresses."""
    children, inner = _children(node), defaultdict[str, dict[str, object]](dict)
    for address, value in changes.items():
        segment, _, rest = address.partition(".")
        if rest:
            inner[segment][rest] = value
    new = {address: value for address, value in changes.items() if "." not in address}
    for segment, below in inner.items():
        new[segment] = _rebuilt(children[segment], below, f"{path}.{segment}" if path else segment, faults)
    if isinstance(node, FrozenMap):
        return FrozenMap({key: value for key, value in (children | new).items() if value is not DROPPED})
    if isinstance(node, tuple):
        return tuple((children | new).values())
    try:
        return attrs.evolve(node, **_whole(node, new))
    except FactError as error:
        faults += [fault.moved(node.address, path) for fault in error.faults]
        return node


def _whole(node: Any, new: dict[str, Any]) -> dict[str, Any]:
    """Changes of a fact, completed: what they state anew lets go of its alternatives."""
    inner = getattr(node, "inner", None)
    if isinstance(inner, Mapping):
        only = next(iter(describe(type(node))))
        return {only: {**inner, **new}} if isinstance(getattr(node, only), Mapping) else new
    fields = describe(type(node))
    return {alias: fields[alias].default for alias in released(type(node), new) if alias not in new} | new


def released(cls: type[Any], stated: Mapping[str, object]) -> set[str]:
    """Fields of a fact that cannot stand beside those ``stated``, group of alternatives by group."""
    gone: set[str] = set()
    for group in getattr(cls, "alternatives", ()):
        # What is taken over goes with partners, but does not tell that there are some.
        chosen = [f for f in group if any(stated.get(field) is not None for field in f if field != "takeover")]
        if chosen:
            gone |= {field for fields in group if fields not in chosen for field in fields}
    plan = stated.get("plan")
    if isinstance(plan.get("value") if isinstance(plan, Mapping) else plan, (list, tuple)):  # a row, sourced or not
        gone |= {"start", "ramp_up", "end"}
    return gone - {field for field in stated if stated[field] is not None}
