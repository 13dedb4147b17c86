"""A scenario as TOML text that reads back equal, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..atomic import check_path, write_whole
from ..declare.faults import FactError, Fault
from ..declare.fields import Fact, describe, is_default, spec_of
from ..facts.entities import Provenance
from ..facts.scenario import Scenario
from ..laws.base import LawBase
from ..laws.registry import LAWS
from ..laws.varying import Varying

__all__ = ["save", "to_toml"]


def to_toml(scenario: Scenario) -> str:
    """The scenario as TOML text, which reads back equal; raises ``FactError`` for laws that no file can hold."""
    given: object = scenario
    if not isinstance(given, Scenario):
        raise TypeError(f"scenario must be a Scenario, as in scenario.save(path); got {given!r:.80}")
    blocks = list(_blocks(scenario, "", scenario.provenance))
    faults = [line for block in blocks for line in block if isinstance(line, Fault)]
    if faults:
        raise FactError(faults, scenario.name)
    text = "\n\n".join("\n".join(map(str, block)) for block in blocks) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text[text.rfind("\n", 0, error.start) + 1 : error.end]
        fault = Fault(line.partition(" = ")[0], "must be text that UTF-8 can hold", line[-1:])
        raise FactError([fault], scenario.name) from None
    return text


def save(scenario: Scenario, path: str | os.PathLike[str]) -> None:
    """Write the scenario to a TOML file, whole or not at all. Whatever is raised, the old file is left as it was."""
    check_path(path)
    write_whole(path, to_toml(scenario).encode())


def _blocks(fact: Fact, head: str, origins: Mapping[str, Provenance]) -> Iterator[list[str | Fault]]:
    """The fact's own lines first, then a block for each table below it."""
    own: list[str | Fault] = [f"[{_path(head)}]"] if head else []
    below: list[list[str | Fault]] = []
    for alias, attribute in describe(type(fact)).items():
        spec, value = spec_of(attribute), getattr(fact, attribute.name)
        address = f"{head}.{alias}" if head else alias
        if spec.role == "family":
            for member in value:
                below += _blocks(member, f"{address}.{member.name}", origins)
        elif spec.role == "part":
            below += [] if value is None else _blocks(value, address, origins)
        elif spec.role == "map":
            if value:
                rows = [_line(key, item, f"{address}.{key}", origins) for key, item in value.items()]
                below.append([f"[{_path(address)}]", *rows])
        elif spec.role != "name" and (address in origins or not is_default(attribute, value)):
            own.append(_line(alias, value, address, origins))
    if own:
        yield own
    yield from below


def _line(key: str, value: Any, address: str, origins: Mapping[str, Provenance]) -> str | Fault:
    try:
        inner = _inner(value)
    except TypeError:
        rule = "can't be written: only numbers and the library's own laws have words in a file"
        return Fault(address, rule, value, "fit one of the library's laws, or give a sample as Empirical(sample=...)")
    origin, is_table = origins.get(address), isinstance(value, Fact)
    if origin is None:
        return f"{_key(key)} = {{ {inner} }}" if is_table else f"{_key(key)} = {inner}"
    words = [inner if is_table else f"value = {inner}"]
    stated = {word: getattr(origin, word) for word in ("standing", *describe(Provenance))}
    words += [f"{word} = {_quoted(text)}" for word, text in stated.items() if text]
    return f"{_key(key)} = {{ {', '.join(words)} }}"


def _inner(value: Any) -> str:
    """A number, text or row as a TOML value; a law as what stands between the braces of its table."""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_inner, value)) + "]"
    if isinstance(value, Varying):
        return f"varying = {{ {_law(value.law)} }}, persistence = {_inner(value.persistence)}"
    return _law(value)


def _law(law: object) -> str:
    if not isinstance(law, LawBase) or LAWS.get(law.kind) is not type(law):
        raise TypeError(f"no words for {law!r}")
    given = {alias: getattr(law, a.name) for alias, a in describe(type(law)).items()}
    if all(isinstance(item, float) for item in given.values()):
        return f"{law.kind} = [{', '.join(map(_inner, given.values()))}]"
    words = [
        f"{alias} = {{ {_law(item)} }}" if alias == "law" else f"{alias} = {_inner(item)}"
        for alias, item in given.items()
        if item is not None
    ]
    return f"{law.kind} = {{ {', '.join(words)} }}"


def _path(address: str) -> str:
    return ".".join(map(_key, address.split(".")))


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
