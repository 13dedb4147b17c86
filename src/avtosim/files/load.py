"""Scenario files: TOML in, a checked scenario out. A file is data; nothing in it is ever run."""

from __future__ import annotations

import os
import re
import stat
import sys
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from ..declare.faults import FactError, Fault, nearest
from ..declare.fields import Fact, describe, spec_of
from ..declare.rules import Spec
from ..declare.slips import number_meant
from ..facts.scenario import Scenario
from .reader import scenario_of

__all__ = ["bundled", "load", "loads"]

_Table = dict[str, Any]
_BUNDLE = "avtosim.scenarios"
#: Largest size of a file, longest chain of files that extend each other, deepest nesting of tables and rows in one.
_LARGEST, _LONGEST, _DEEPEST = 16_000_000, 50, 32
#: A key of very many parts, which takes the TOML reader a time quadratic in their number.
_LONG_KEY = re.compile(r"(?<![\w\"'-])(?:(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*\.[ \t]*){50}")


def bundled() -> tuple[str, ...]:
    """Names of the scenarios that come with the library.

    Returns
    -------
    tuple of str
        In alphabetical order; ``load`` takes each of them.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.bundled()
    ('avtotor-2024-02', 'avtotor-2024-04', 'avtotor-2024-06', 'avtotor-2024-base')
    """
    files = resources.files(_BUNDLE).iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


def load(source: str | os.PathLike[str]) -> Scenario:
    """Read a scenario: a bundled one by its name, any other by the path of its TOML file.

    Parameters
    ----------
    source : str or path
        A name that ``bundled()`` lists, or the path of a regular file of at most 16 MB in UTF-8.

    Returns
    -------
    Scenario
        The checked scenario.

    Raises
    ------
    FactError
        With all faults of the file together: unknown keys, broken rules, names that do not exist; or the one fault that
        keeps it from being read: no such file, a syntax error with its line, a loop of ``extends``. Nothing is computed
        before the file is sound.
    TypeError
        If ``source`` is neither text nor a path.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.load("avtotor-2024-06").targets
    (70000.0, 100000.0, 130000.0)
    """
    path: object = os.fspath(source) if isinstance(source, os.PathLike) else source
    if not isinstance(path, str):
        raise TypeError(f"source must be the name of a bundled scenario or the path of a file; got {source!r:.80}")
    return scenario_of(*_document(path, None, ()))


def loads(text: str, *, where: str = "text") -> Scenario:
    r"""Read a scenario from TOML text.

    Parameters
    ----------
    text : str
        TOML of at most 16 MB. Its ``extends`` may name bundled scenarios only, since text lies in no folder.
    where : str, default "text"
        What errors call the text.

    Returns
    -------
    Scenario
        The checked scenario.

    Raises
    ------
    FactError
        As for ``load``.
    TypeError
        If ``text`` or ``where`` is no text; bytes must be decoded first.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.loads('extends = "avtotor-2024-06"\ntargets = [60_000]').targets
    (60000.0,)
    """
    for name, value in (("text", text), ("where", where)):
        given: object = value
        if not isinstance(given, str):
            hint = "; decode it first: text.decode()" if isinstance(given, bytes) else ""
            raise TypeError(f"{name} must be text, not {type(given).__name__}{hint}; got {given!r:.80}")
    return scenario_of(*_extended(text, where, None, (where,)))


def _parsed(text: str, where: str) -> _Table:
    """The tables of a TOML text. Raises ``FactError`` for what cannot be read, under the heading ``where``."""
    place, rule, hint = "TOML syntax", "", ""
    if len(text) > _LARGEST:
        place, rule = "size", f"must be at most {_LARGEST:,} characters; it has {len(text):,}"
    elif _LONG_KEY.search(text):
        rule = "must not hold a key of more than fifty parts"
    else:
        try:
            table = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            rule, hint = str(error), _notation_hint(text, str(error))
        except RecursionError:
            rule = "must not be nested so deeply"
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            digits = sys.get_int_max_str_digits()
            rule = f"must be TOML that can be read, with integers of at most {digits:,} digits"
        else:
            if not _too_deep(table):
                return table
            rule = f"must not be nested deeper than {_DEEPEST} tables and rows"
    raise FactError([Fault(place, rule, None, hint)], where)


def _too_deep(table: _Table) -> bool:
    level: list[Any] = [table]
    for _ in range(_DEEPEST):
        inner = (item for node in level for item in (node.values() if isinstance(node, dict) else node))
        level = [item for item in inner if isinstance(item, (dict, list))]
    return bool(level)


def _notation_hint(text: str, message: str) -> str:
    """What to write on the line that a syntax error names, where it is plain what is meant."""
    number = re.search(r"at line (\d+)", message)
    line = text.split("\n")[int(number[1]) - 1].strip()[:200] if number else ""
    heading = re.fullmatch(r"\[+([^\]\"']+)\]+.*", line)
    key, _, value = line.partition("=")
    name = heading[1] if heading else key.strip()
    if not re.fullmatch(r"[A-Za-z0-9_.-]*", name) and '"' not in name:
        quoted = ".".join(f'"{part}"' if re.search(r"[^A-Za-z0-9_-]", part) else part for part in name.split("."))
        rule = "names with blanks or with letters other than A to Z stand in quotes"
        return f"{rule}: {f'[{quoted}]' if heading else quoted}"
    for piece in re.split(r"[={}\[\]#]|,\s+", value):
        if number_meant(piece) and not re.fullmatch(r"\s*[-+]?(0|[1-9][\d_]*)(\.[\d_]+)?\s*", piece):
            return f"write {number_meant(piece)}"
    word = value.partition("#")[0].strip()
    if word.lower() in ("true", "false"):
        return f"write {word.lower()}"
    return f'text stands in quotes: "{word}"' if re.fullmatch(r"[^\W\d][\w .-]*|\d{4}-\d\d", word) else ""


def _document(source: str, folder: Path | None, trail: tuple[str, ...]) -> tuple[_Table, str]:
    """The merged tables of a file and all that it extends, and what to call them."""
    place, child = ("extends", trail[-1]) if trail else ("file", "")
    if len(trail) > _LONGEST:
        rule = f"must not lead through more than {_LONGEST} files; the chain begins with {trail[0]}"
        raise FactError([Fault(place, rule, source)], child)
    if source in bundled():
        where, mark, below = source, source, None
        text = resources.files(_BUNDLE).joinpath(f"{source}.toml").read_text(encoding="utf-8")
    else:
        if trail and folder is None:
            hint = f"text and bundled scenarios can extend only {', '.join(bundled())}"
            raise FactError([Fault(place, "must name a bundled scenario", source, hint)], child)
        if not source or re.search("[\0\ud800-\udc7f]", source):
            rule = "must be the path of a file, not empty and without null bytes or lone surrogates"
            raise FactError([Fault(place, rule, source)], child)
        path = Path(source) if folder is None else folder / source
        where, mark, below = str(path), os.path.realpath(path), path.parent
        text = "" if mark in trail else _text_of(path, place, child)
    if mark in trail:
        way = " -> ".join((*trail[trail.index(mark) :], mark))
        raise FactError([Fault(place, f"must not lead back to the file itself: {way}", source)], child)
    return _extended(text, where, below, (*trail, mark))


def _text_of(path: Path, place: str, child: str) -> str:
    """The text of a file that the user names or, in its key ``place``, another file ``child``."""
    hint = ""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a device, pipe or socket"
            rule = f"must be a file that can be read; it is {kind}"
        elif status.st_size > _LARGEST:
            rule = f"must be a file of at most {_LARGEST:,} bytes; it has {status.st_size:,}"
        else:
            with open(path, "rb", opener=_open_at_once) as file:
                # Some files of the system state no size, so no more is read than may be.
                content: object = file.read(_LARGEST + 1)
            if isinstance(content, bytes):
                return content.decode("utf-8")
            rule = "must be a file that can be read; it has nothing to read yet"
    except FileNotFoundError:
        rule, hint = "must exist, or be the name of a bundled scenario", _meant(path)
    except UnicodeDecodeError as error:
        rule, hint = f"must be UTF-8 text ({error.reason} at byte {error.start})", "save it in the encoding UTF-8"
    except (OSError, ValueError) as error:
        rule = f"must be a file that can be read ({getattr(error, 'strerror', None) or error})"
    raise FactError([Fault(place, rule, str(path), hint)], child)


def _open_at_once(path: str, flags: int) -> int:
    """Open a file so that reading never waits."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _meant(path: Path) -> str:
    beside = path.parent / f"{path.name}.toml"
    return f"did you mean {str(beside)!r}?" if beside.is_file() else str(nearest(path.name, bundled()))


def _extended(text: str, where: str, folder: Path | None, trail: tuple[str, ...]) -> tuple[_Table, str]:
    """The tables of a file laid on those it extends, with its own ``[set]`` put last; and what to call them."""
    heading = f"{where}, extended by {trail[-2]}" if len(trail) > 1 else where
    table = _parsed(text, heading)
    parent = table.pop("extends", None)
    changes = table.pop("set", {})
    whole = where
    if parent is not None:
        if not isinstance(parent, str):
            raise FactError([Fault("extends", "must be the name or path of a scenario file", parent)], heading)
        base, below = _document(parent, folder, trail)
        table, whole = _merged(base, table, Scenario), f"{where}, which extends {below}"
    if not isinstance(changes, dict):
        raise FactError([Fault("set", "must be a table from addresses to values", changes)], heading)
    faults = list(_overlap_faults(changes))
    for address, value in changes.items():
        fault = _set_fault(table, address, value)
        faults += [fault] if fault else []
        if not faults:
            table = _merged(table, _nested(address.split("."), value), Scenario)
    if faults:
        raise FactError(faults, heading)
    return table, whole


def _merged(base: _Table, over: _Table, cls: type[Fact]) -> _Table:
    """``over`` laid on ``base``, neither of which is changed: facts merge by field, a quantity is replaced whole."""
    specs = {alias: spec_of(a) for alias, a in describe(cls).items()}
    return {**base, **{key: _laid(specs.get(key), base.get(key), value) for key, value in over.items()}}


def _laid(spec: Spec | None, old: Any, new: Any) -> Any:
    if spec is None or not isinstance(old, dict) or not isinstance(new, dict):
        return new
    if spec.role == "map":
        return {**old, **new}
    if spec.of is None:
        return new
    if spec.role == "part":
        return _merged(old, new, spec.of)
    both = {
        n: _merged(old[n], t, spec.of) for n, t in new.items() if isinstance(old.get(n), dict) and isinstance(t, dict)
    }
    return {**old, **new, **both}


def _nested(segments: list[str], value: Any) -> _Table:
    for segment in reversed(segments):
        value = {segment: value}
    assert isinstance(value, dict)
    return value


def _lines(changes: _Table, head: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The addresses that ``[set]`` states, in segments; one without quotes is a table inside a table."""
    for key, value in changes.items():
        way = (*head, *key.split("."))
        if isinstance(value, dict) and value and "." not in key:
            yield from _lines(value, way)
        else:
            yield way


def _overlap_faults(changes: _Table) -> Iterator[Fault]:
    """Faults of lines of ``[set]`` one of which states what another states too."""
    outer: tuple[str, ...] = ()
    for way in sorted(_lines(changes)):
        if outer and way[: len(outer)] == outer:
            rule = f"must not state what another line of [set] states: set.{'.'.join(outer)}"
            yield Fault(f"set.{'.'.join(way)}", rule, None, "keep one of the two lines")
        else:
            outer = way


def _set_fault(table: _Table, address: str, value: Any) -> Fault | None:
    """The fault of one line of ``[set]``: facts it names must exist, and a quantity is replaced whole, not in parts."""
    cls: type[Fact] | None = Scenario
    way, rest = "", address.split(".")
    while rest and cls is not None:
        fields, key = describe(cls), rest.pop(0)
        way = f"{way}.{key}" if way else key
        if key not in fields:
            return Fault(f"set.{address}", f"there is nothing at {way}", None, nearest(key, fields))
        spec = spec_of(fields[key])
        if spec.role == "family":
            stated = table.get(key)
            members = stated if isinstance(stated, dict) else {}
            for name in rest[:1] or (value if isinstance(value, dict) else ()):
                if name not in members:
                    return Fault(f"set.{address}", f"there is nothing at {way}.{name}", None, nearest(name, members))
        if spec.role in ("family", "map") and rest:
            way = f"{way}.{rest.pop(0)}"
        cls = spec.of if spec.role in ("family", "part") else None
    if rest:
        rule = "reaches inside a value, which is replaced whole"
        return Fault(f"set.{address}", rule, None, f"give {way} a whole new value")
    return None
