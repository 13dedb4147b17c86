"""Declarations: one line per field says its meaning, unit and rule, and serves checks, files and documents alike."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import attrs
import numpy as np
from numpy.typing import NDArray

from .faults import FactError, Fault, nearest

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
    "spec_of",
    "support_of",
]

Floats = NDArray[np.float64]


@runtime_checkable
class Law(Protocol):
    """A distribution: anything with ``ppf`` and ``cdf``, so a frozen ``scipy.stats`` distribution fits as it is."""

    def ppf(self, u: Any, /) -> Any:
        """Value below which a share ``u`` of the law lies; arrays in, arrays of the same shape out."""

    def cdf(self, x: Any, /) -> Any:
        """Share of the law at or below ``x``; arrays in, arrays of the same shape out."""


@attrs.frozen
class Rule:
    """What a number must be: an interval, perhaps open below, perhaps whole numbers only."""

    text: str
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    whole: bool = False

    def broken_by(self, value: float) -> bool:
        """Whether ``value`` breaks the rule; NaN and infinity always do."""
        if not math.isfinite(value):
            return True
        if value < self.low or value > self.high or (self.open_low and value == self.low):
            return True
        return self.whole and value != int(value)

    def broken_by_support(self, low: float, high: float) -> bool:
        """Whether a law that reaches from ``low`` to ``high`` can break the rule."""
        return math.isnan(low) or math.isnan(high) or low < self.low or high > self.high


ANY = Rule("must be a finite number")
SHARE = Rule("must lie in [0, 1]", 0.0, 1.0)
NONNEGATIVE = Rule("must be zero or more", 0.0)
POSITIVE = Rule("must be above zero", 0.0, open_low=True)
AT_LEAST_ONE = Rule("must be 1 or more", 1.0)

Role = Literal["quantity", "numbers", "map", "name", "reference", "choice", "text", "part", "family", "law"]


@attrs.frozen
class Spec:
    """The declaration of one field, kept in its attrs metadata."""

    role: Role
    meaning: str
    unit: str = ""
    rule: Rule = ANY
    law: bool = False
    varying: bool = False
    refers_to: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    length: int | None = None
    of: type[Any] | None = None
    optional: bool = False
    default_text: str | None = None


class FrozenMap(Mapping[str, Any]):
    """A mapping that cannot change and can be hashed, compared and pickled."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Any] | None = None) -> None:
        object.__setattr__(self, "_items", dict(items or {}))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a scenario is frozen: make a changed one with scenario.with_({address: value})")

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
    made: object = default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]
    return plain(made)


def is_default(attribute: attrs.Attribute[Any], value: object) -> bool:
    """Whether a field holds what it would hold if it had not been given."""
    default = default_of(attribute)
    return default is not attrs.NOTHING and type(default) is type(value) and default == value


NAME_PATTERN = re.compile(r"[^\W][\w \-+&]*")


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
            f"{alias}={getattr(self, a.name)!r}"
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


def check_value(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    """Faults of a value against the declaration ``spec``."""
    if spec.role == "quantity":
        yield from _check_quantity(spec, value, address)
    elif spec.role == "law":
        if not is_law(value):
            yield Fault(address, "must be a law (something with ppf and cdf)", value)
    elif spec.role == "numbers":
        yield from _check_numbers(spec, value, address)
    elif spec.role == "map":
        if not isinstance(value, Mapping):
            yield Fault(address, "must be a table from names to numbers", value)
            return
        for key, item in value.items():
            yield from _check_quantity(spec, item, f"{address}.{key}")
    elif spec.role in ("name", "reference"):
        if not isinstance(value, str) or not NAME_PATTERN.fullmatch(value):
            rule = "must be a name: a letter or digit, then letters, digits, blanks, - + & _"
            yield Fault(address, rule, value)
    elif spec.role == "choice":
        if value not in spec.choices:
            yield Fault(address, f"must be one of {', '.join(spec.choices)}", value, nearest(str(value), spec.choices))
    elif spec.role == "text":
        if not isinstance(value, str):
            yield Fault(address, "must be text", value)
    elif spec.role == "part":
        yield from _check_part(spec, value, address)
    else:
        yield from _check_family(spec, value, address)


def _check_quantity(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if value is None and spec.optional:
        return
    if isinstance(value, float):
        if spec.rule.broken_by(value):
            yield Fault(address, spec.rule.text + (", whole" if spec.rule.whole else ""), value)
        return
    inner = getattr(value, "law", None) if getattr(value, "redrawn", None) == "monthly" else None
    if inner is not None and not spec.varying:
        yield Fault(address, "must be a number or a law; it cannot be redrawn each month", value)
        return
    law = value if inner is None else inner
    if not is_law(law) or not spec.law:
        allowed = "a number, a law or Varying" if spec.varying else "a number or a law" if spec.law else "a number"
        yield Fault(address, f"must be {allowed}", value)
        return
    low, high = support_of(law)
    if spec.rule.broken_by_support(low, high):
        mend = "bound it: Truncated(law=..., low=..., high=...) or Clipped(law=..., low=..., high=...)"
        yield Fault(address, f"{spec.rule.text}; this law reaches from {low:g} to {high:g}", value, mend)


def _check_numbers(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if not isinstance(value, tuple) or not all(isinstance(v, float) for v in value):
        yield Fault(address, "must be a row of plain numbers", value)
        return
    if spec.length is not None and len(value) not in (0, spec.length):
        yield Fault(address, f"must have {spec.length} numbers", len(value))
    for place, item in enumerate(value):
        if spec.rule.broken_by(item):
            yield Fault(f"{address}.{place}", spec.rule.text, item)


def _check_part(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    assert spec.of is not None
    if value is None and spec.optional:
        return
    if not isinstance(value, spec.of):
        yield Fault(address, f"must be {spec.of.__name__}(...)", value)


def _check_family(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    assert spec.of is not None
    if not isinstance(value, tuple):
        yield Fault(address, f"must be a list of {spec.of.__name__}(...)", value)
        return
    for place, item in enumerate(value):
        if not isinstance(item, spec.of):
            yield Fault(f"{address}.{place}", f"must be {spec.of.__name__}(...)", item)


def is_law(value: object) -> bool:
    """Whether ``value`` is a law: it has ``ppf`` and ``cdf`` that can be called."""
    return (
        not isinstance(value, type) and callable(getattr(value, "ppf", None)) and callable(getattr(value, "cdf", None))
    )


def support_of(law: Any) -> tuple[float, float]:
    """Lowest and highest value a law can give; laws without ``support`` are asked for their extreme quantiles."""
    if callable(getattr(law, "support", None)):
        low, high = law.support()
    else:
        low, high = law.ppf(np.array([0.0, 1.0]))
    return float(low), float(high)
