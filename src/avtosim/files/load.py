"""Scenario files: TOML in, a checked scenario out. A file is data; nothing in it is ever run."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from ..atomic import regular_file
from ..declare.faults import FactError, Fault, Nearest, nearest
from ..declare.fields import Fact, describe, spec_of
from ..declare.rules import Spec
from ..declare.slips import number_meant
from ..facts.addresses import released
from ..facts.scenario import FAMILIES, Scenario
from ..facts.words import is_one_number
from .reader import scenario_of

_Table = dict[str, Any]
#: What declares a table: a class of facts, or the field that holds a family or a table from names to numbers.
_Declared = type[Fact] | Spec
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
    >>> avtosim.bundled()[:3]
    ('avtotor-2023-01', 'avtotor-2023-03', 'avtotor-2023-06')
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
    arguments: dict[str, object] = {"text": text, "where": where}
    for name, value in arguments.items():
        if not isinstance(value, str):
            hint = "; decode it first: text.decode()" if isinstance(value, bytes) else ""
            raise TypeError(f"{name} must be text, not {type(value).__name__}{hint}; got {value!r:.80}")
    return scenario_of(*_extended(text, where, None, (where,)))


def _parsed(text: str, where: str) -> _Table:
    """The tables of a TOML text. Raises ``FactError`` for what cannot be read, under the heading ``where``."""
    place, rule, hint = "TOML syntax", f"must not be nested deeper than {_DEEPEST} tables and rows", ""
    if len(text) > _LARGEST:
        place, rule = "size", f"must be at most {_LARGEST:,} characters; it has {len(text):,}"
    elif _LONG_KEY.search(text):
        rule = "must not hold a key of more than fifty parts"
    else:
        try:
            table = tomllib.loads(text.removeprefix("\ufeff"))
            if _depth(table) <= _DEEPEST:
                return table
        except tomllib.TOMLDecodeError as error:
            rule, hint = str(error), _notation_hint(text, str(error))
        except RecursionError:
            pass
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            digits = sys.get_int_max_str_digits()
            rule = f"must be TOML that can be read, with integers of at most {digits:,} digits"
    raise FactError([Fault(place, rule, None, hint)], where)


def _depth(value: Any) -> int:
    """How many tables and rows lie one inside the other."""
    if not isinstance(value, (dict, list)):
        return 0
    return 1 + max(map(_depth, value.values() if isinstance(value, dict) else value), default=0)


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
    known, rule, hint = source in bundled(), "", ""
    if len(trail) > _LONGEST:
        rule = f"must not lead through more than {_LONGEST} files; the chain begins with {trail[0]}"
    elif trail and folder is None and not known:
        rule = "must name a bundled scenario"
        hint = f"text and bundled scenarios can extend only {', '.join(bundled())}"
    elif not source or re.search("[\0\ud800-\udc7f]", source):
        rule = "must be the path of a file, not empty and without null bytes or lone surrogates"
    if rule:
        raise FactError([Fault(place, rule, source, hint)], child)
    path = (folder or Path()) / source
    where, mark, below = (source, source, None) if known else (str(path), os.path.realpath(path), path.parent)
    if mark in trail:
        way = " -> ".join((*trail[trail.index(mark) :], mark))
        raise FactError([Fault(place, f"must not lead back to the file itself: {way}", source)], child)
    bundle = resources.files(_BUNDLE)
    text = (bundle / f"{source}.toml").read_text(encoding="utf-8") if known else _text_of(path, place, child)
    return _extended(text, where, below, (*trail, mark))


def _text_of(path: Path, place: str, child: str) -> str:
    """The text of a file that the user names or, in its key ``place``, another file ``child``."""
    hint: str | Nearest = ""
    try:
        size = regular_file(path).st_size
        if size <= _LARGEST:
            # Some files of the system state no size, so no more is read than may be, and what is not there yet is not.
            with open(path, "rb", opener=_open_at_once) as file:
                return (file.read(_LARGEST + 1) or b"").decode("utf-8")
        rule = f"must be a file of at most {_LARGEST:,} bytes; it has {size:,}"
    except FileNotFoundError:
        beside = path.parent / f"{path.name}.toml"
        rule = "must exist, or be the name of a bundled scenario"
        hint = f"did you mean {str(beside)!r}?" if beside.is_file() else nearest(path.name, bundled())
    except UnicodeDecodeError as error:
        rule, hint = f"must be UTF-8 text ({error.reason} at byte {error.start})", "save it in the encoding UTF-8"
    except (OSError, ValueError) as error:
        rule = f"must be a file that can be read ({getattr(error, 'strerror', None) or error})"
    raise FactError([Fault(place, rule, str(path), hint)], child)


def _open_at_once(path: str, flags: int) -> int:
    """Open a file so that reading never waits."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


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
        names = value if address in FAMILIES and isinstance(value, dict) else ()
        ways = [address, *(f"{address}.{name}" for name in names)]
        faults += filter(None, (_set_fault(table, address, way.split(".")) for way in ways))
        table = table if faults else _put(table, Scenario, address.split("."), value)
    if faults:
        raise FactError(faults, heading)
    return table, whole


#: Roles of fields whose tables hold things by name.
_TABLES = ("family", "map", "parts")


def _inside(declared: _Declared, key: str) -> _Declared | None:
    """What declares the table at ``key`` of a table; None where a value stands, which is replaced whole."""
    if isinstance(declared, Spec):
        held: type[Fact] | None = declared.of
        return held
    field = describe(declared).get(key)
    spec = spec_of(field) if field else None
    return spec.of if spec and spec.role == "part" else spec if spec and spec.role in _TABLES else None


def _merged(base: Any, over: Any, declared: _Declared | None) -> Any:
    """``over`` laid on ``base``, neither of which is changed: facts merge by field, a quantity is replaced whole.

    Of fields that are alternatives, those stated anew let go of the others.
    """
    if declared is None or not isinstance(base, dict) or not isinstance(over, dict):
        return over
    if isinstance(declared, type):
        base = {key: value for key, value in base.items() if key not in released(declared, over)}
    elif declared.words or (declared.single and (is_one_number(base) or is_one_number(over))):
        return over
    return {**base, **{key: _merged(base.get(key), value, _inside(declared, key)) for key, value in over.items()}}


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


def _put(table: Any, declared: _Declared | None, way: list[str], value: Any) -> Any:
    """``table`` with what lies at the end of a way replaced, or merged where it is a fact."""
    key, *rest = way
    if not isinstance(table, dict):
        table = {}
    if not rest:
        one = isinstance(declared, Spec) and declared.words
        return {**table, key: value} if one else _merged(table, {key: value}, declared)
    inner = _put(table.get(key), _inside(declared, key) if declared else None, rest, value)
    return _merged({**table, key: None}, {key: inner}, declared)


def _set_fault(table: _Table, address: str, way: list[str]) -> Fault | None:
    """The fault of one line of ``[set]``: facts it names must exist, and a quantity is replaced whole, not in parts."""
    declared: _Declared | None = Scenario
    node: Any = table
    for depth, key in enumerate(way):
        if declared is None:
            rule = "reaches inside a value, which is replaced whole"
            return Fault(f"set.{address}", rule, None, f"give {'.'.join(way[:depth])} a whole new value")
        members = node if isinstance(node, dict) else {}
        known = describe(declared) if isinstance(declared, type) else members if declared.of else [key]
        if key not in known:
            rule = f"there is nothing at {'.'.join(way[: depth + 1])}"
            return Fault(f"set.{address}", rule, None, nearest(key, known))
        declared, node = _inside(declared, key), members.get(key)
    return None
