"""The front door: whatever its functions and classes take or give can be imported from it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

import attrs
import pytest

import avtosim
from avtosim.chance.design import Batch
from avtosim.chance.points import Points
from avtosim.chance.space import Space
from avtosim.declare.containers import Converted
from avtosim.declare.faults import Nearest
from avtosim.declare.rules import Shared
from avtosim.facts.addresses import Leaf
from avtosim.plant.causes import Cause, Neutral
from avtosim.plant.makeup import Element
from avtosim.plant.reading import Reading
from avtosim.plant.year import Drivers

#: Classes of the package that stand in public signatures though nobody need name them, and why.
INTERNAL: dict[type[Any], str] = {
    Converted: "what a field takes and what it holds, for type checkers; both are looked at",
    Nearest: "a hint that is not worked out yet; the faults of an error hold text",
    Shared: "what follows a named quantity: users write Named",
    Leaf: "what Register.of reads a scenario by; users call Scenario.assumptions",
    **dict.fromkeys((Space, Points, Batch), "where the points of runs come from: for designs, which have a room"),
    **dict.fromkeys((Reading, Drivers), "what a model works with while it plays; users call simulate"),
    **dict.fromkeys(
        (Cause, Neutral, Element), "what explanations are made of; users call split, importance and others"
    ),
}
#: Methods with two underscores that users call by operators.
OPERATORS = ("__init__", "__getitem__", "__iter__", "__contains__", "__call__", "__enter__", "__format__")


class Hidden:
    """A class that no front door offers."""

    def back(self) -> Hidden:
        """Give itself."""
        return self


class Ways:
    """A class whose members take or give a hidden one, each in its own way."""

    field: Annotated[tuple[Hidden, ...], "declared"]
    _private: Hidden

    def method(self, *, give: Callable[[Hidden], int] | None = None) -> int:
        """Take it inside a function."""
        return 0 if give is None else 1

    @property
    def held(self) -> Mapping[str, list[Hidden]]:
        """Give it inside a table."""
        return {}

    @classmethod
    def of(cls, made: Hidden) -> None:
        """Take it where a class is called."""

    def __getitem__(self, key: int) -> Hidden | None:
        return None

    def _internal(self) -> Hidden | None:
        return None


def inside(hint: Any) -> Iterator[type[Any]]:
    """All classes that a type is built of."""
    if get_origin(hint) is ClassVar:  # neither taken nor given
        return
    if get_origin(hint) is Annotated:
        yield from inside(get_args(hint)[0])
    elif isinstance(hint, list):  # the arguments of a Callable
        for item in hint:
            yield from inside(item)
    elif isinstance(hint, TypeVar):
        yield from inside(hint.__bound__)
    elif get_args(hint):
        for item in (get_origin(hint), *get_args(hint)):
            yield from inside(item)
    elif isinstance(hint, type):
        yield hint


def callables(value: Any) -> Iterator[tuple[str, Any]]:
    """What a user can call or read: the function itself, or the public methods, properties and operators of a class."""
    yield "", value
    for name, member in inspect.getmembers_static(value) if isinstance(value, type) else ():
        if (name.startswith("_") and name not in OPERATORS) or (name == "__init__" and attrs.has(value)):
            continue  # the arguments of a class of attrs are its fields
        found = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if inspect.isfunction(found):
            yield f".{name}", found


def taken_or_given(name: str, value: Any) -> Iterator[tuple[str, type[Any]]]:
    """Each class in the public signatures and fields of ``value``, with the place where it stands."""
    for member, call in callables(value):
        for argument, hint in get_type_hints(call, include_extras=True).items():
            if not argument.startswith("_"):
                yield from ((f"{name}{member}: {argument}", cls) for cls in inside(hint))


def missing(public: Mapping[str, Any], package: str) -> dict[str, str]:
    """Classes of ``package`` that public names take or give though they are not public: each with one place."""
    known = {id(value) for value in public.values()} | {id(cls) for cls in INTERNAL}
    return {
        cls.__name__: place
        for name, value in public.items()
        if callable(value)
        for place, cls in taken_or_given(name, value)
        if cls.__module__.partition(".")[0] == package and id(cls) not in known
    }


PUBLIC = {name: getattr(avtosim, name) for name in avtosim.__all__}


def test_what_is_taken_or_given_can_be_imported() -> None:
    """Every class of the package in the signature or the fields of a public name is itself a public name."""
    assert missing(PUBLIC, "avtosim") == {}


def test_every_exception_is_needed() -> None:
    """A class that is excepted stands in a public signature and is not public."""
    met = {id(cls) for name, value in PUBLIC.items() if callable(value) for _, cls in taken_or_given(name, value)}
    assert [cls.__name__ for cls in INTERNAL if id(cls) not in met] == []
    assert [cls.__name__ for cls in INTERNAL if cls.__name__ in PUBLIC] == []


@pytest.mark.parametrize("way", ["field", "method", "held", "of", "__getitem__"])
def test_a_hidden_class_is_found(way: str) -> None:
    """A class that is not public is found in a field, an argument, a property, a class method and an operator."""
    places = [place for place, cls in taken_or_given("Ways", Ways) if cls is Hidden]
    assert any(way in place for place in places)
    assert not any("_private" in place or "_internal" in place for place in places)
    assert set(missing({"Ways": Ways}, __name__)) == {"Hidden"}
    assert missing({"Ways": Ways, "Hidden": Hidden}, __name__) == {}
