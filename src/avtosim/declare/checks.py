"""Checks of a value against the declaration of its field; every fault has its address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from .containers import FrozenMap
from .faults import Fault, nearest
from .inspection import flaw_of, quiet
from .moments import Date
from .rules import Role, Rule, Shared, Spec, dated, gives_fractions, is_law, support_of
from .slips import slip

#: Names are segments of addresses, so they hold no dots; blanks stand inside only.
NAME_PATTERN = re.compile(r"\w(?:[\w \-+&]*[\w\-+&])?")
#: Control characters, line separators, and marks that change the direction of writing.
CONTROL_PATTERN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
#: Months beyond which no moment of a plant lies.
_CENTURY = 1200
_NAME_RULE = "must be a name: letters, digits, - + & _, and blanks between them"


def check_value(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    """Faults of a value against the declaration ``spec``."""
    return iter(()) if value is None and spec.optional else _CHECKS[spec.role](spec, value, address)


def _check_law(_spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if is_law(value):
        yield from _flaws(value, address)
    else:
        yield Fault(address, "must be a law (something with ppf and cdf)", value)


def _share_hint(key: object) -> str:
    """What a key that is no share may mean: per cent, or the "0" of a share that a file has without quotes."""
    percent = re.fullmatch(r"[Pp]?(\d{1,2}(?:\.\d+)?) ?%?", f"{key:g}" if isinstance(key, float) else str(key))
    if percent and float(percent[1]) > 0:
        return f"did you mean {float(percent[1]) / 100:g}?"
    return 'write a share such as 0.1; in a file in quotes, "0.1"'


def _check_laws(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if not isinstance(value, FrozenMap):
        yield Fault(address, "must be a table from names to laws", value)
        return
    for key, item in value.items():
        yield from _check_name(spec, key, address)
        yield from _check_law(spec, item, f"{address}.{key}")


def _flaws(law: object, address: str) -> Iterator[Fault]:
    """What is wrong with a user's law. The library's own check themselves when made, and the tests hold them."""
    flaw = None if type(law).__module__.startswith(_LIBRARY) else flaw_of(law)
    if flaw is not None:
        rule, mend = flaw
        yield Fault(address, f"must be a sound law of one number: {rule}", law, mend)


def _check_map(spec: Spec, value: Any, address: str) -> Iterator[Fault]:
    rule = f"must be a table from names to {spec.of.__name__ if spec.of else 'numbers'}"
    if spec.single and not isinstance(value, FrozenMap):
        yield from _check_quantity(spec, value, address)
        return
    if not isinstance(value, FrozenMap):
        yield Fault(address, rule, value)
        return
    table: Any = value
    for key, item in table.items():
        if spec.keys:
            wrong = not isinstance(key, float) or spec.keys.broken_by(key)
            fault = Fault(f"{address}.{key}", f"{spec.keys.text}: it stands for a share", key, _share_hint(key))
            yield from [fault] if wrong else _check_quantity(spec, item, f"{address}.{key:g}")
        elif not isinstance(key, str):
            yield Fault(address, f"{rule}; this is no name", key)
        # Names of facts are checked where the facts are; those that a table makes itself stand in addresses.
        elif not spec.refers_to and not NAME_PATTERN.fullmatch(key):
            yield Fault(f"{address}.{key}", _NAME_RULE, key)
        elif spec.of or not isinstance(item, str) or item not in spec.words:
            yield from (_check_part if spec.of else _check_quantity)(spec, item, f"{address}.{key}")


def _check_names(_spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if not isinstance(value, tuple):
        yield Fault(address, "must be a row of names", value)
        return
    for index, item in enumerate(value):
        yield from _check_name(_spec, item, f"{address}.{index}")


def _check_name(_spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if not isinstance(value, str) or not NAME_PATTERN.fullmatch(value):
        yield Fault(address, _NAME_RULE, value)


def _check_choice(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if not isinstance(value, str) or value not in spec.choices:
        words = [word for word in spec.choices if word]
        yield Fault(address, f"must be one of {', '.join(words)}", value, nearest(str(value), words))


def _check_text(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(address, "must be text", value, slip(value, spec))
    elif found := CONTROL_PATTERN.search(value if spec.role == "text" else re.sub("[\n\t]", " ", value)):
        breaks = " other than line breaks and tabs" if spec.role == "prose" else ""
        yield Fault(address, f"must not hold control characters{breaks}", found.group())


def _check_quantity(spec: Spec, value: Any, address: str) -> Iterator[Fault]:
    redrawn = getattr(type(value), "redrawn", None) == "monthly"
    law = value.law if redrawn and spec.varying else value
    if isinstance(value, float):
        faults = [Fault(address, spec.rule.text_for(value), value)] if spec.rule.broken_by(value) else []
        if spec.edge and spec.law and not isinstance(value, Date) and abs(value) > _CENTURY:
            rule = f"must lie within {_CENTURY} months of the beginning, or be a date in quotes"
            faults = [Fault(address, rule, value)]
    elif spec.forms and isinstance(value, spec.forms):
        alone = attrs.evolve(spec, varying=False, forms=())
        inner: Any = value
        faults = [f for key, item in inner.inner.items() for f in _check_quantity(alone, item, f"{address}.{key}")]
    elif spec.row and isinstance(value, tuple):
        faults = [*_check_numbers(attrs.evolve(spec, law=False, forms=()), value, address)]
    elif spec.law and isinstance(value, Shared):
        faults = []
    elif dated(law) and not spec.edge:
        faults = [Fault(address, f"must not be a date; a number is meant ({spec.unit})", value)]
    elif not spec.law or not is_law(law):
        hint = "it cannot be redrawn each month" if redrawn else _form_hint(value) or slip(value, spec)
        faults = [Fault(address, f"must be {allowed(spec)}", value, hint)]
    else:
        with quiet():
            faults = [*_flaws(law, address)] or [*_reach_faults(spec.rule, law, value, address)]
    yield from faults


def _reach_faults(rule: Rule, law: Any, value: object, address: str) -> Iterator[Fault]:
    """Faults of a law that can give what the rule of its field does not allow."""
    low, high = support_of(law)
    if rule.broken_by_support(low, high):
        mend = "bound it: Truncated(law=..., low=..., high=...) or Clipped(law=..., low=..., high=...)"
        yield Fault(address, f"{rule.text}; this law reaches from {low:g} to {high:g}", value, mend)
    elif rule.open_low and low == rule.low and float(law.cdf(low)) > 0.0:
        share = float(law.cdf(low))
        mend = f"bound it: Truncated(law=..., low=...) with low above {low:g}"
        yield Fault(address, f"{rule.text}; this law gives {low:g} with probability {share:g}", value, mend)
    elif rule.whole and gives_fractions(law):
        mend = "give the whole numbers their weights: Discrete(values=..., weights=...)"
        yield Fault(address, f"{rule.text}; this law gives fractions", value, mend)


def _form_hint(value: object) -> str:
    form = getattr(type(value), "form", "")
    return f"{form} does not go with this number" if isinstance(form, str) and form else ""


def allowed(spec: Spec) -> str:
    """What kinds of value a quantity may be, in words."""
    kinds = ["a number", *(["a date"] if spec.edge and spec.law else []), *(["a law"] if spec.law else [])]
    kinds += ["Varying"] if spec.varying else []
    kinds += [form.__name__ for form in spec.forms] + (["a row of monthly numbers"] if spec.row else [])
    return " or ".join([", ".join(kinds[:-1]), kinds[-1]] if len(kinds) > 1 else kinds)


def _check_numbers(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    kinds = (float, spec.of) if spec.of else float
    if not isinstance(value, tuple) or not all(isinstance(v, kinds) for v in value):
        row = f"a row of numbers or {spec.of.__name__}(...)" if spec.of else "a row of plain numbers"
        yield Fault(address, f"must be {row}", value, slip(value, spec))
        return
    if spec.length is not None and len(value) not in (0, spec.length):
        yield Fault(address, f"must have {spec.length} numbers", len(value))
    for index, item in enumerate(value):
        if isinstance(item, float):
            yield from _check_quantity(spec, item, f"{address}.{index}")


def _check_part(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if not isinstance(value, spec.of):
        yield Fault(address, f"must be {spec.of.__name__}(...)", value)


def _check_family(spec: Spec, value: object, address: str) -> Iterator[Fault]:
    if not isinstance(value, tuple):
        yield Fault(address, f"must be a list of {spec.of.__name__}(...)", value)
        return
    for index, item in enumerate(value):
        yield from _check_part(spec, item, f"{address}.{index}")


#: Modules of the library itself.
_LIBRARY = f"{__name__.partition('.')[0]}."
_CHECKS: dict[Role, Callable[[Spec, object, str], Iterator[Fault]]] = {
    "quantity": _check_quantity,
    "law": _check_law,
    "laws": _check_laws,
    "numbers": _check_numbers,
    "map": _check_map,
    "name": _check_name,
    "names": _check_names,
    "reference": _check_name,
    "choice": _check_choice,
    "text": _check_text,
    "prose": _check_text,
    "part": _check_part,
    "parts": _check_map,
    "family": _check_family,
}
