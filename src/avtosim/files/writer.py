"""A scenario as TOML text that reads back equal, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

from ..atomic import write_whole
from ..declare.faults import FactError, Fault
from ..declare.fields import Fact, describe, is_default
from ..declare.moments import Date
from ..declare.rules import is_law
from ..facts.addresses import leaves
from ..facts.entities import Provenance, Target
from ..facts.scenario import Scenario
from ..laws.registry import LAWS
from ..laws.varying import Named, Stepwise, Total, Varying


def to_toml(scenario: Scenario) -> str:
    """The scenario as TOML text, which reads back equal; raises ``FactError`` for laws that no file can hold."""
    given: object = scenario
    if not isinstance(given, Scenario):
        raise TypeError(f"scenario must be a Scenario, as in scenario.save(path); got {given!r:.80}")
    rule = "can't be written: only numbers and the library's own laws have words in a file"
    hint = "fit one of the library's laws, or give a sample as Empirical(sample=...)"
    strange = [leaf for leaf in leaves(scenario) if not _has_words(leaf.value)]
    if strange:
        raise FactError([Fault(leaf.address, rule, leaf.value, hint) for leaf in strange], scenario.name)
    # The lines of each table under its heading; the scenario's own come first, under none.
    tables: dict[str, list[str]] = {}
    for leaf in leaves(scenario):
        head, _, key = leaf.address.rpartition(".")
        lines = tables.setdefault(head, [f"[{'.'.join(map(_key, head.split('.')))}]"] if head else [])
        origin = scenario.provenance.get(leaf.address)
        if origin or not leaf.default:
            lines.append(_line(key, leaf.value, origin))
    text = "\n\n".join(map("\n".join, tables.values())) + "\n"
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


def _has_words(value: object) -> bool:
    """Whether a file can hold a value: a number, row or text, or a law of the library with such laws inside."""
    if not isinstance(value, Fact):
        return not is_law(value)
    if type(value) not in (Varying, Named, Stepwise, Total, Target, LAWS.get(value.kind)):
        return False
    inside = (getattr(value, a.name) for a in describe(type(value)).values())
    return all(
        _has_words(item) for part in inside for item in (part.values() if isinstance(part, Mapping) else (part,))
    )


def _line(key: str, value: Any, origin: Provenance | None) -> str:
    """A number or text, with its origin beside it if that is known."""
    if origin is None:
        return _pair(key, value)
    stated = {word: getattr(origin, word) for word in ("standing", *describe(Provenance))}
    words = [_inner(value) if isinstance(value, Fact) else _pair("value", value)]
    words += [_pair(word, text) for word, text in stated.items() if text]
    return f"{_key(key)} = {{ {', '.join(words)} }}"


def _pair(key: str, value: Any) -> str:
    inner = _inner(value)
    return f"{_key(key)} = {{ {inner} }}" if isinstance(value, Fact) else f"{_key(key)} = {inner}"


def _inner(value: Any) -> str:
    """A number, text or row as a TOML value; a law as what stands between the braces of its table."""
    if isinstance(value, (str, Date)):
        return _quoted(value.text if isinstance(value, Date) else value)
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_item, value))}]"
    return _table(value)


def _table(value: Any) -> str:
    """A table of numbers by name, or what stands between the braces of that of a law or a target."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pair(key, item) for key, item in value.items())} }}"
    given = {alias: getattr(value, a.name) for alias, a in describe(type(value)).items()}
    word = _WORDS.get(type(value))
    if word is None and all(isinstance(item, float) for item in given.values()):
        return f"{value.kind} = {_inner(tuple(given.values()))}"
    stated = {k: item for k, item in given.items() if not is_default(describe(type(value))[k], item)}
    if word is None:
        return f"{value.kind} = {{ {', '.join(_pair(alias, item) for alias, item in stated.items())} }}"
    # What gives the word its sense stands behind it, the rest beside it.
    return ", ".join(
        _pair(word or alias if alias == next(iter(given)) else alias, item) for alias, item in stated.items()
    )


def _item(value: Any) -> str:
    """An item of a row."""
    return f"{{ {_inner(value)} }}" if isinstance(value, Fact) else _inner(value)


#: Words for what stands for a number beside a law; the first of its fields stands behind the word.
_WORDS: dict[type[Fact], str] = {
    Varying: "varying",
    Named: "named",
    Stepwise: "stepwise",
    Total: "total",
    Target: "volume",
}


def _key(key: str | float) -> str:
    text = str(key)
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
