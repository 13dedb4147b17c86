"""A scenario as TOML text that reads back equal, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..atomic import write_whole
from ..declare.faults import FactError, Fault
from ..declare.fields import Fact, describe, is_default, spec_of
from ..declare.rules import is_law
from ..facts.addresses import walk
from ..facts.entities import Provenance
from ..facts.scenario import Scenario
from ..laws.registry import LAWS
from ..laws.varying import Varying


def to_toml(scenario: Scenario) -> str:
    """The scenario as TOML text, which reads back equal; raises ``FactError`` for laws that no file can hold."""
    given: object = scenario
    if not isinstance(given, Scenario):
        raise TypeError(f"scenario must be a Scenario, as in scenario.save(path); got {given!r:.80}")
    rule = "can't be written: only numbers and the library's own laws have words in a file"
    hint = "fit one of the library's laws, or give a sample as Empirical(sample=...)"
    strange = [leaf for leaf in walk(scenario) if not _has_words(leaf.value)]
    if strange:
        raise FactError([Fault(leaf.address, rule, leaf.value, hint) for leaf in strange], scenario.name)
    text = "\n\n".join(map("\n".join, _blocks(scenario, "", scenario.provenance))) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text[text.rfind("\n", 0, error.start) + 1 : error.end]
        fault = Fault(line.partition(" = ")[0], "must be text that UTF-8 can hold", line[-1:])
        raise FactError([fault], scenario.name) from None
    return text


def save(scenario: Scenario, path: str | os.PathLike[str]) -> None:
    """Write the scenario to a TOML file, whole or not at all. Whatever is raised, the old file is left as it was."""
    write_whole(path, to_toml(scenario).encode())


def _blocks(fact: Fact, head: str, origins: Mapping[str, Provenance]) -> Iterator[list[str]]:
    """The fact's own lines first, then a block for each table below it."""
    own = [f"[{_path(head)}]"] if head else []
    below: list[list[str]] = []
    for alias, attribute in describe(type(fact)).items():
        spec, value = spec_of(attribute), getattr(fact, attribute.name)
        address = f"{head}.{alias}" if head else alias
        if spec.role == "family":
            for member in value:
                below += _blocks(member, f"{address}.{member.name}", origins)
        elif spec.role == "part":
            below += [] if value is None else _blocks(value, address, origins)
        elif spec.role == "map":
            rows = [_line(key, item, f"{address}.{key}", origins) for key, item in value.items()]
            below += [[f"[{_path(address)}]", *rows]] if rows else []
        elif spec.role != "name" and (address in origins or not is_default(attribute, value)):
            own.append(_line(alias, value, address, origins))
    if own:
        yield own
    yield from below


def _has_words(value: object) -> bool:
    """Whether a file can hold a value: a number, row or text, or a law of the library with such laws inside."""
    if not isinstance(value, Fact):
        return not is_law(value)
    return type(value) in (Varying, LAWS.get(value.kind)) and _has_words(getattr(value, "law", None))


def _line(key: str, value: Any, address: str, origins: Mapping[str, Provenance]) -> str:
    """A quantity with its origin beside it."""
    if address not in origins:
        return _pair(key, value)
    origin = origins[address]
    stated = {word: getattr(origin, word) for word in ("standing", *describe(Provenance))}
    words = [_inner(value) if isinstance(value, Fact) else _pair("value", value)]
    words += [_pair(word, text) for word, text in stated.items() if text]
    return f"{_key(key)} = {{ {', '.join(words)} }}"


def _pair(key: str, value: Any) -> str:
    inner = _inner(value)
    return f"{_key(key)} = {{ {inner} }}" if isinstance(value, Fact) else f"{_key(key)} = {inner}"


def _inner(value: Any) -> str:
    """A number, text or row as a TOML value; a law as what stands between the braces of its table."""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_inner, value))}]"
    if isinstance(value, Varying):
        return f"{_pair('varying', value.law)}, {_pair('persistence', value.persistence)}"
    given = {alias: getattr(value, a.name) for alias, a in describe(type(value)).items()}
    if all(isinstance(item, float) for item in given.values()):
        return f"{value.kind} = {_inner(tuple(given.values()))}"
    words = [_pair(alias, item) for alias, item in given.items() if item is not None]
    return f"{value.kind} = {{ {', '.join(words)} }}"


def _path(address: str) -> str:
    return ".".join(map(_key, address.split(".")))


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
