"""A scenario as TOML text that reads back equal, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .entities import Provenance
from .faults import FactError, Fault
from .fields import Fact, Spec, describe, is_default, spec_of
from .laws import LawBase, Varying
from .scenario import Scenario

__all__ = ["save", "to_toml", "write_whole"]


def to_toml(scenario: Scenario) -> str:
    """The scenario as TOML text; ``from_toml`` gives back an equal one.

    Raises ``FactError`` when it holds a law of another library: a file is data, so only the library's laws have words.
    """
    said: dict[str, Provenance] = dict(scenario.provenance)
    blocks = list(_blocks(scenario, "", said))
    faults = [line for block in blocks for line in block if isinstance(line, Fault)]
    if faults:
        raise FactError(faults, scenario.name)
    return "\n\n".join("\n".join(map(str, block)) for block in blocks) + "\n"


def save(scenario: Scenario, path: str | os.PathLike[str]) -> None:
    """Write the scenario to a TOML file, whole or not at all; ``load`` gives back an equal one."""
    write_whole(path, to_toml(scenario).encode())


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part of it."""
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _blocks(fact: Fact, head: str, said: Mapping[str, Provenance]) -> Iterator[list[str | Fault]]:
    """The fact's own lines first, then a block for each table below it."""
    own: list[str | Fault] = [f"[{_path(head)}]"] if head else []
    below: list[list[str | Fault]] = []
    for alias, attribute in describe(type(fact)).items():
        spec, value = spec_of(attribute), getattr(fact, attribute.name)
        address = f"{head}.{alias}" if head else alias
        if spec.role == "family":
            for member in value:
                below += _blocks(member, f"{address}.{member.name}", said)
        elif spec.role == "part":
            below += [] if value is None else _blocks(value, address, said)
        elif spec.role == "map":
            if value:
                rows = [_line(key, item, f"{address}.{key}", spec, said) for key, item in value.items()]
                below.append([f"[{_path(address)}]", *rows])
        elif spec.role != "name" or not head:
            if not is_default(attribute, value) or address in said:
                own.append(_line(alias, value, address, spec, said))
    if own:
        yield own
    yield from below


def _line(key: str, value: Any, address: str, spec: Spec, said: Mapping[str, Provenance]) -> str | Fault:
    try:
        inner = _inner(value)
    except TypeError:
        rule = "can't be written: only numbers and the library's own laws have words in a file"
        return Fault(address, rule, value, "fit one of the library's laws, or give a sample as Empirical(sample=...)")
    words = [inner if "=" in inner and not inner.startswith(("[", '"')) else f"value = {inner}"]
    origin = said.get(address)
    if origin is None:
        return f"{_key(key)} = {'{ ' + inner + ' }' if words[0] is inner else inner}"
    for word in ("source", "stated_on", "note"):
        text = getattr(origin, word)
        if text:
            words.append(f"{word} = {_quoted(text)}")
    return f"{_key(key)} = {{ {', '.join(words)} }}"


def _inner(value: Any) -> str:
    """A number, text or row as a TOML value; a law as what stands between the braces of its table."""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_inner, value)) + "]"
    if isinstance(value, Varying):
        return f"varying = {{ {_inner(value.law)} }}, persistence = {_inner(value.persistence)}"
    if isinstance(value, LawBase):
        given = {alias: getattr(value, a.name) for alias, a in describe(type(value)).items()}
        words = [
            f"{alias} = {{ {_inner(item)} }}" if alias == "law" else f"{alias} = {_inner(item)}"
            for alias, item in given.items()
            if item is not None
        ]
        if all(isinstance(item, float) for item in given.values()):
            return f"{value.kind} = [{', '.join(map(_inner, given.values()))}]"
        return f"{value.kind} = {{ {', '.join(words)} }}"
    raise TypeError(f"no words for {value!r}")


def _path(address: str) -> str:
    return ".".join(map(_key, address.split(".")))


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
