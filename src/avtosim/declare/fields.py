"""Declarations: one line per field says its meaning, unit and rule, and serves checks, files and documents alike."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import attrs
import numpy as np

from .checks import check_value
from .faults import FactError, Fault, typed_as
from .rules import ANY, AT_LEAST_ONE, NONNEGATIVE, POSITIVE, SHARE, Law, Rule, Spec, is_law, support_of

__all__ = [
    "ANY",
    "AT_LEAST_ONE",
    "NONNEGATIVE",
    "POSITIVE",
    "SHARE",
    "Fact",
    "FrozenMap",
    "Law",
    "Rule",
    "Spec",
    "describe",
    "is_law",
    "plain",
    "spec_of",
    "support_of",
]


class FrozenMap(Mapping[str, Any]):
    """A mapping that cannot change and can be hashed, compared and pickled."""

    __slots__ = ("_items",)
    _items: dict[str, Any]

    def __init__(self, items: Mapping[str, Any] | None = None) -> None:
        object.__setattr__(self, "_items", dict(items or {}))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a scenario is frozen: make a changed one with scenario.replace({address: value})")

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[type[FrozenMap], tuple[dict[str, Any]]]:
        return FrozenMap, (dict(self._items),)


def plain(value: object) -> object:
    """Numbers as float, NumPy scalars too; anything else unchanged for the check to judge."""
    if isinstance(value, (bool, np.bool_)):
        return value
    if isinstance(value, (int, float, np.integer, np.floating)):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    return value


def _plain_tuple(value: object) -> object:
    if isinstance(value, (str, bytes, Mapping)) or not hasattr(value, "__iter__"):
        return value
    return tuple(plain(v) for v in value)


def _plain_map(value: object) -> object:
    return FrozenMap({k: plain(v) for k, v in value.items()}) if isinstance(value, Mapping) else value


def _tuple(value: object) -> object:
    if isinstance(value, (str, bytes, Mapping)) or not hasattr(value, "__iter__"):
        return value
    return tuple(value)


def _field(spec: Spec, default: object, converter: Any = None) -> Any:
    return attrs.field(default=default, converter=converter, metadata={"spec": spec})


def quantity(
    rule: Rule,
    unit: str,
    meaning: str,
    *,
    default: object = attrs.NOTHING,
    law: bool = True,
    varying: bool = False,
    optional: bool = False,
) -> Any:
    """Declare a number, a law or, if ``varying``, a monthly redrawn law; if ``optional``, it may be None."""
    spec = Spec("quantity", meaning, unit, rule, law=law, varying=varying, optional=optional)
    return _field(spec, default, plain)


def numbers(
    rule: Rule,
    unit: str,
    meaning: str,
    *,
    default: object = attrs.NOTHING,
    length: int | None = None,
    default_text: str | None = None,
) -> Any:
    """Declare a row of plain numbers, certain by nature."""
    spec = Spec("numbers", meaning, unit, rule, length=length, default_text=default_text)
    return _field(spec, default, _plain_tuple)


def quantities_by_name(rule: Rule, unit: str, meaning: str, refers_to: tuple[str, ...]) -> Any:
    """Declare a table from names of other facts to quantities; empty unless given."""
    spec = Spec("map", meaning, unit, rule, law=True, refers_to=refers_to, default_text="none")
    return _field(spec, attrs.Factory(FrozenMap), _plain_map)


def name(meaning: str) -> Any:
    """Declare the name by which other facts speak of this one."""
    return _field(Spec("name", meaning), attrs.NOTHING)


def reference(meaning: str, refers_to: str) -> Any:
    """Declare the name of another fact of the kind ``refers_to``."""
    return _field(Spec("reference", meaning, refers_to=(refers_to,)), attrs.NOTHING)


def choice(meaning: str, choices: tuple[str, ...], default: str) -> Any:
    """Declare one word out of a fixed few."""
    return _field(Spec("choice", meaning, choices=choices), default)


def text(meaning: str, *, default: object = attrs.NOTHING) -> Any:
    """Declare free text."""
    return _field(Spec("text", meaning), default)


def part(of: type[Any], meaning: str, *, default: object = attrs.NOTHING) -> Any:
    """Declare a fact that belongs to this one; ``default=None`` makes it optional."""
    return _field(Spec("part", meaning, of=of, optional=default is None), default)


def inner_law(meaning: str) -> Any:
    """Declare a law inside another one."""
    return _field(Spec("law", meaning, law=True), attrs.NOTHING, plain)


def family(of: type[Any], meaning: str, *, default: object = attrs.NOTHING) -> Any:
    """Declare named facts of one kind."""
    return _field(Spec("family", meaning, of=of), default, _tuple)


def spec_of(attribute: attrs.Attribute[Any]) -> Spec:
    """The declaration of a field."""
    found = attribute.metadata["spec"]
    assert isinstance(found, Spec)
    return found


def describe(cls: type[Any]) -> dict[str, attrs.Attribute[Any]]:
    """The declared fields of a fact class, in order, by the name a user types."""
    return {a.alias or a.name: a for a in attrs.fields(cls) if "spec" in a.metadata}


def default_of(attribute: attrs.Attribute[Any]) -> object:
    """The value a field has when it is not given; ``attrs.NOTHING`` where it must be given."""
    default = attribute.default
    factory = getattr(default, "factory", None)
    return plain(default if factory is None else factory())


def is_default(attribute: attrs.Attribute[Any], value: object) -> bool:
    """Whether a field holds what it would hold if it had not been given."""
    default = default_of(attribute)
    return default is not attrs.NOTHING and type(default) is type(value) and default == value


@attrs.frozen(kw_only=True, repr=False)
class Fact:
    """Base of everything stated: all its fields are checked together when it is made."""

    kind: ClassVar[str] = "fact"

    @property
    def home(self) -> str:
        """Where the fact lives in a scenario, as far as it can know."""
        own = getattr(self, "name", None)
        return f"{self.kind}.{own}" if isinstance(own, str) and own else self.kind

    def __attrs_post_init__(self) -> None:
        faults = [f for a in describe(type(self)).values() for f in check_field(self, a)]
        if not faults:
            faults = list(self._across())
        if faults:
            raise FactError(faults)

    def __repr__(self) -> str:
        shown = [
            f"{alias}={typed_as(getattr(self, a.name))}"
            for alias, a in describe(type(self)).items()
            if not is_default(a, getattr(self, a.name))
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _across(self) -> Iterator[Fault]:
        """Faults that show only across fields; asked when each field alone is sound."""
        return iter(())


def check_field(fact: Fact, attribute: attrs.Attribute[Any]) -> Iterator[Fault]:
    """Faults of one field of ``fact``."""
    spec = spec_of(attribute)
    value = getattr(fact, attribute.name)
    home = fact.home
    yield from check_value(spec, value, f"{home}.{attribute.alias}" if home else str(attribute.alias))
