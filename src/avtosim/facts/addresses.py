"""Addresses: every number of a scenario is named, read and replaced by a path such as ``partners.BAIC.fill_rate``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import attrs

from ..declare.containers import Family, FrozenMap
from ..declare.faults import FactError, Fault, nearest
from ..declare.fields import Fact, describe, is_default, spec_of
from ..declare.rules import Spec, is_law

__all__ = ["Leaf", "leaves", "look_up", "replaced", "walk"]

F = TypeVar("F", bound=Fact)


@attrs.frozen
class Leaf:
    """One quantity, row of numbers or text of a scenario, with its address and its declaration."""

    address: str
    value: Any
    spec: Spec
    default: bool


def walk(fact: Fact) -> Iterator[Leaf]:
    """All quantities below ``fact``, in the order of the declarations; parameters of laws are not walked."""
    return (leaf for leaf in leaves(fact) if leaf.spec.role in ("quantity", "numbers", "map"))


def leaves(fact: Fact, head: str = "") -> Iterator[Leaf]:
    """All quantities and texts below ``fact``, in the order of the declarations; its own name is in its address."""
    for alias, attribute in describe(type(fact)).items():
        spec, value = spec_of(attribute), getattr(fact, attribute.name)
        address = f"{head}{alias}"
        if spec.role == "family":
            for member in value:
                yield from leaves(member, f"{address}.{member.name}.")
        elif spec.role == "part":
            if value is not None:
                yield from leaves(value, f"{address}.")
        elif spec.role == "map":
            for key, item in value.items():
                yield Leaf(f"{address}.{key}", item, spec, default=False)
        elif spec.role != "name":
            yield Leaf(address, value, spec, is_default(attribute, value))


def _children(node: object) -> dict[str, Any]:
    """What can be named one step below ``node``."""
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
        what = f"a law of another library: {node!r}" if is_law(node) else repr(node)
        hint = f"{path} is {what}" if path else "the scenario is empty"
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
    path = ""
    for segment in segments:
        node = _step(node, segment, path)
        path = f"{path}.{segment}" if path else segment
    return node


def replaced(fact: F, changes: Mapping[str, object]) -> F:
    """A copy of ``fact`` with the values at these addresses changed, all at once, and checked.

    The addresses must exist, but for the last segment below a table from names to numbers, which may be new.
    """
    tree: dict[str, Any] = {}
    faults: list[Fault] = []
    for address, value in changes.items():
        try:
            *heads, last = _segments(address)
            holder = _reached(fact, heads)
            if not isinstance(holder, FrozenMap):
                _step(holder, last, ".".join(heads))
        except FactError as error:
            faults += error.faults
            continue
        branch = tree
        for segment in heads:
            branch = branch.setdefault(segment, {})
            if isinstance(branch, _Value):
                faults.append(Fault(address, "lies inside another address that is changed too"))
                branch = {}
        if last in branch:
            faults.append(Fault(address, "holds another address that is changed too"))
        branch[last] = _Value(value)
    made = _rebuilt(fact, tree, "", faults)
    if faults:
        raise FactError(faults)
    assert isinstance(made, type(fact))
    return made


@attrs.frozen
class _Value:
    value: object


def _rebuilt(node: Any, tree: Mapping[str, Any], path: str, faults: list[Fault]) -> Any:
    """``node`` with the changes in ``tree``; faults are added to ``faults``, under their full addresses."""
    new: dict[str, Any] = {}
    for segment, change in tree.items():
        if isinstance(change, _Value):
            new[segment] = change.value
        else:
            new[segment] = _rebuilt(_children(node)[segment], change, f"{path}.{segment}" if path else segment, faults)
    if isinstance(node, FrozenMap):
        return FrozenMap({**node, **new})
    if isinstance(node, tuple):
        return tuple(new.get(key, item) for key, item in _children(node).items())
    try:
        return attrs.evolve(node, **new)
    except FactError as error:
        faults += [fault.moved(node.address, path) for fault in error.faults]
        return node
