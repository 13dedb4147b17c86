"""Help from declarations: what a field takes, its rule and its default, in words, and the docstring of a fact."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from .rules import ANY, Spec

_RAISES = """Raises
------
FactError
    If an argument breaks its rule. All faults are reported together, each with its address, rule and value."""


def takes(spec: Spec) -> str:
    """What kinds of value a field takes."""
    kinds = ["number", *(["date"] if spec.edge else []), *(["law"] if spec.law else [])]
    kinds += ["Varying"] * spec.varying + [form.__name__ for form in spec.forms] + ["row of monthly numbers"] * spec.row
    number = _in_words(kinds)
    kind = spec.of.__name__ if spec.of is not None else ""
    named = _in_words([word.removesuffix("s") for word in spec.refers_to])
    key = named or ("share" if spec.keys else "name")
    return {
        "quantity": number,
        "numbers": f"row of numbers or {kind}" if kind else "row of numbers",
        "names": f"names of {_in_words(spec.refers_to)}",
        "parts": f"table from name to {kind}, the name of its one partner, or a table of its fields",
        "map": f"table from {key} to {_in_words([*kinds, *(f'``{word}``' for word in spec.words)])}"
        + (", or one for all" if spec.single else ""),
        "name": "name",
        "reference": f"name of a {named}",
        "choice": "one of " + ", ".join(f"``{word}``" for word in spec.choices if word),
        "text": "text in one line",
        "prose": "text",
        "part": kind,
        "family": f"list of {kind}",
        "law": "law",
        "laws": "table from name to law",
    }[spec.role]


def _in_words(words: Sequence[str]) -> str:
    """Words in a row, the last one after "or"."""
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def rule_text(spec: Spec) -> str:
    """The rule of a field's numbers, without its "must"; empty where any finite number will do."""
    if spec.role not in ("quantity", "numbers", "map") or spec.rule == ANY:
        return ""
    return spec.rule.text.removeprefix("must ") + (f" ({spec.length} numbers)" if spec.length else "")


def default_text(attribute: attrs.Attribute[Any]) -> str:
    """The default of a field; empty where it must be given."""
    default = attribute.default
    if default is attrs.NOTHING:
        return ""
    if default is None:
        return "none"
    if isinstance(default, tuple) and len(default) > 1 and len(set(default)) == 1:
        return f"{len(default)} times {default[0]:g}"
    if isinstance(default, float):
        return f"{default:g}"
    return f"``{default}``" if default else "none"


def documented(prose: str, attributes: Iterable[attrs.Attribute[Any]]) -> str:
    """A numpydoc docstring: the class's own prose, its parameters from their declarations, then its other sections."""
    head, *sections = re.split(r"\n\n(?=\w+\n---)", inspect.cleandoc(prose))
    rows = [row for attribute in attributes for row in _parameter(attribute)]
    if rows:
        sections = ["\n".join(["Parameters", "----------", *rows]), _RAISES, *sections]
    return "\n\n".join([head, *sections]) + "\n"


def _parameter(attribute: attrs.Attribute[Any]) -> list[str]:
    if "spec" not in attribute.metadata:
        return [f"{attribute.alias} : {attribute.type}, optional", f"    {attribute.metadata['help']}"]
    spec: Spec = attribute.metadata["spec"]
    default, rule = default_text(attribute), rule_text(spec)
    kind = takes(spec) + (f", default {default}" if default else "")
    text = spec.meaning[:1].upper() + spec.meaning[1:] + "."
    text += f" Unit: {spec.unit}." if spec.unit else ""
    text += f" Must {rule}." if rule else ""
    return [f"{attribute.alias} : {kind}", *textwrap.wrap(text, 116, initial_indent="    ", subsequent_indent="    ")]
