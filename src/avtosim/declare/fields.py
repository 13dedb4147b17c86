"""Declarations: one line per field states its type, rule, unit and meaning; it serves checks, types, help and files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from collections.abc import Set as AbstractSet
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, dataclass_transform, get_args, get_origin, get_type_hints

import attrs
import numpy as np

from .checks import check_value
from .containers import Converted, Family, FrozenMap
from .faults import FactError, Fault, typed_as
from .help import documented
from .moments import Date, as_date
from .rules import Law, Role, Rule, Spec, StandsForLaw


def plain(value: object) -> object:
    """Numbers as float, NumPy scalars too, what stands for a law as that law; the rest unchanged, for the check."""
    if isinstance(value, (bool, np.timedelta64, Date)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return value.as_law if isinstance(value, StandsForLaw) else value
    try:
        return float(value)
    except OverflowError:
        return math.inf


def frozen(spec: Spec, value: Any) -> Any:
    """What a field so declared holds: plain numbers, dates and text, in containers that cannot change.

    A value of another kind stays as it is, and of one that cannot be read its name is left, for the check to refuse.
    """
    number = _moment if spec.edge else plain
    try:
        if isinstance(value, Mapping) and spec.role in ("map", "parts", "laws"):
            inner = spec.of.made if spec.of else _same if spec.role == "laws" else number
            table = {_share(key) if spec.keys else key: inner(item) for key, item in value.items()}
            by_number = spec.keys and all(isinstance(key, float) for key in table)
            return FrozenMap(dict(sorted(table.items())) if by_number else table)
        if spec.role in ("quantity", "law", "map"):
            return tuple(map(plain, value)) if spec.row and _in_order(value) else number(value)
        if spec.role == "names" and isinstance(value, str):
            return (value,)
        if spec.role in ("names", "numbers", "family") and _in_order(value):
            return Family(value) if spec.role == "family" else tuple(map(number, value))
    except FactError:
        raise
    except Exception as error:  # noqa: BLE001 - a container that is not ours may raise anything
        return f"{type(value).__name__} that raises {type(error).__name__}"
    return str(value) if isinstance(value, str) else value


def _moment(value: object) -> object:
    return plain(as_date(value))


def _same(value: object) -> object:
    return value


def _share(key: Any) -> Any:
    """A key that stands for a number, as a file's text too; left as it is where it does not."""
    try:
        return float(key)
    except (TypeError, ValueError):
        return key


def _in_order(value: object) -> bool:
    """Whether ``value`` holds items in an order and has an end, unlike generators, sets and arrays without axes."""
    if isinstance(value, (str, bytes, bytearray, Mapping, AbstractSet)) or getattr(value, "ndim", 1) == 0:
        return False
    return isinstance(value, Iterable) and isinstance(value, Sized)


def quantity(rule: Rule, unit: str, meaning: str, *refers_to: str, length: int | None = None, **more: Any) -> Spec:
    """Declare a number, a row of numbers or a table of numbers by name; the annotation tells which, and which laws.

    The keys of a table are names of facts of the families ``refers_to``. ``more`` are other fields of ``Spec``.
    """
    return Spec("quantity", meaning, unit, rule, length, refers_to, **more)


def stated(meaning: str, *refers_to: str, role: Role = "text") -> Spec:
    """Declare what is no number: text, the name of another fact, or what the annotation tells (a word, law or fact)."""
    return Spec("reference" if refers_to and role == "text" else role, meaning, refers_to=refers_to)


def _completed(spec: Spec, hint: Any) -> Spec:
    """``spec`` with what the type of the field tells: its role, and the kinds of value that it takes."""
    kinds = _kinds(hint)
    completed = partial(attrs.evolve, spec, optional=NoneType in kinds)
    (first, *_) = (kind for kind in kinds if kind is not NoneType)
    if get_origin(first) is Literal:
        return completed(role="choice", choices=get_args(first))
    if get_origin(first) is Converted:
        return completed(**_of_container(get_args(first)[1]))
    if first is Law:
        return completed(role="law", law=True)
    if first in (facts := _facts(kinds)):
        return completed(role="part", of=first)
    return completed(
        law=Law in kinds,
        varying=any(hasattr(kind, "redrawn") for kind in facts),
        forms=tuple(kind for kind in facts if not hasattr(kind, "redrawn")),
        row=any(get_origin(kind) is Sequence for kind in kinds),
    )


def _of_container(hint: Any) -> dict[str, Any]:
    """What the type of the container that a field holds tells: its role, and what it holds."""
    held, *others = _kinds(hint)
    if get_origin(held) is Family:
        return {"role": "family", "of": get_args(held)[0]}
    inside = _kinds(get_args(held)[1 if get_origin(held) is Mapping else 0])
    of = next(iter(_facts(inside)), None)
    if get_origin(held) is Mapping:
        if any(hasattr(kind, "redrawn") for kind in _facts(inside)):
            return {"role": "map", "law": True, "varying": True}
        if inside == (Law,):
            return {"role": "laws"}
        return {"role": "parts", "of": of} if of else {"role": "map", "law": Law in inside, "single": bool(others)}
    return {"role": "names"} if inside == (str,) else {"role": "numbers", "of": of}


def _kinds(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if isinstance(hint, UnionType) else (hint,)


def _facts(kinds: tuple[Any, ...]) -> list[type[Fact]]:
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Fact)]


def _declared(cls: type[Any], attributes: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """The attributes of a fact class with declaration and converter, as their annotations say."""
    hints = get_type_hints(cls, include_extras=True)
    made = []
    for attribute in attributes:
        hint = hints[attribute.name]
        if get_origin(hint) is Annotated and attribute.name in cls.__annotations__:
            spec = _completed(hint.__metadata__[0], hint.__origin__)
            attribute = attribute.evolve(metadata={"spec": spec}, converter=partial(frozen, spec))  # noqa: PLW2901
        made.append(attribute)
    return made


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field,))
def fact(cls: Any = None, /, *, kw_only: bool = True) -> Any:
    """Make a frozen class of declared fields: each is checked, documented and typed by the one line that declares it.

    ``kw_only=False`` lets its fields be given in order too.
    """
    if cls is None:
        return partial(fact, kw_only=kw_only)
    made = attrs.frozen(cls, kw_only=kw_only, repr=False, field_transformer=_declared)
    made.__init__.__annotations__ = {}
    made.__doc__ = documented(made.__doc__ or "", attrs.fields(made))
    return made


def spec_of(attribute: attrs.Attribute[Any]) -> Spec:
    """The declaration of a field."""
    spec: Spec = attribute.metadata["spec"]
    return spec


def describe(cls: type[Any]) -> dict[str, attrs.Attribute[Any]]:
    """The declared fields of a fact class, in order, by the name a user types."""
    return {a.alias or a.name: a for a in attrs.fields(cls) if "spec" in a.metadata}


def is_default(attribute: attrs.Attribute[Any], value: object) -> bool:
    """Whether a field holds what it would hold if it had not been given."""
    default = plain(attribute.default)
    return default is not attrs.NOTHING and type(default) is type(value) and default == value


@fact
class Fact:
    """Base of everything stated: all its fields are checked together when it is made."""

    kind: ClassVar[str] = "fact"

    @property
    def address(self) -> str:
        """Address of the fact in its scenario; a part knows only its own word, not the fact that holds it."""
        own = getattr(self, "name", None)
        return f"{self.kind}.{own}" if isinstance(own, str) and own else self.kind

    def __attrs_post_init__(self) -> None:
        head = f"{self.address}." if self.address else ""
        fields = describe(type(self)).items()
        faults = [f for name, a in fields for f in check_value(spec_of(a), getattr(self, a.name), head + name)]
        if faults := faults or list(self._across()):
            raise FactError(faults)

    def __repr__(self) -> str:
        shown = [
            f"{alias}={typed_as(getattr(self, a.name))}"
            for alias, a in describe(type(self)).items()
            if not is_default(a, getattr(self, a.name))
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _across(self) -> Iterator[Fault]:
        """Faults that show only across fields; called when each field alone is sound."""
        return iter(())
