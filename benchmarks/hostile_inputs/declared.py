# ruff: noqa: C901, PLR0911, PLR0912 - lists of cases
"""Every field of every fact and law with wrong values, read from the declarations, in Python and in files."""

from __future__ import annotations

import copy
import datetime as dt
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from scipy import stats

import avtosim as av
from avtosim.declare.fields import describe, spec_of
from avtosim.laws.registry import LAWS

from .judge import CLEAR, Case
from .plants import SOUND, Raw, document, plant, text_of

__all__ = ["cases"]

#: Sound parameters of every law by its word; a law that is not here is left to the law suite.
PARAMETERS: dict[str, dict[str, Any]] = {
    "uniform": {"low": 1.0, "high": 2.0},
    "triangular": {"low": 1.0, "mode": 1.5, "high": 2.0},
    "pert": {"low": 1.0, "mode": 1.5, "high": 2.0},
    "normal": {"mean": 1.0, "sd": 0.1},
    "lognormal": {"median": 1.0, "log_sd": 0.1},
    "normal_range": {"low": 1.0, "high": 2.0},
    "lognormal_range": {"low": 1.0, "high": 2.0},
    "three_quantiles": {"low": 1.0, "median": 1.6, "high": 2.0},
    "beta": {"a": 2.0, "b": 3.0},
    "exponential": {"mean": 1.0},
    "bernoulli": {"chance": 0.5},
    "discrete": {"values": [1.0, 2.0], "weights": [1.0, 1.0]},
    "empirical": {"sample": [1.0, 2.0, 3.0]},
    "truncated": {"law": av.Normal(mean=1.0, sd=0.1), "low": 0.5},
    "clipped": {"law": av.Normal(mean=1.0, sd=0.1), "low": 0.5},
}
_TEXTS = {
    "bell": "a\x07b",
    "null": "a\0b",
    "newline": "a\nb",
    "escape": "\x1b[31mred",
    "right-to-left override": "a\u202eb",
    "isolate": "a\u2066b",
    "C1 control": "a\x85b",
    "tab": "a\tb",
}
# Values that need not be tried in every parameter of every law.
_ENOUGH_ONCE = {
    "minus infinity",
    "NumPy's NaN",
    "bytes",
    "a date",
    "a class of a law",
    "a function",
    "a complex number",
}
#: A wrong value, and the pattern by which an error shows that it was seen.
Wrong = tuple[str, Any, str]


def _anything(*, optional: bool) -> list[Wrong]:
    """Values that are no number, no law and nothing else that a quantity may be."""
    made: list[Wrong] = [
        ("NaN", math.nan, "nan"),
        ("infinity", math.inf, "inf"),
        ("minus infinity", -math.inf, "inf"),
        ("NumPy's NaN", np.float32("nan"), "nan"),
        ("1e300", 1e300, r"1e\+?300"),
        ("an integer of 401 digits", 10**400, r"inf|10{3}|1e\+?400|digits"),
        ("text", "0.5x", "0.5x"),
        ("bytes", b"0.5", "0.5"),
        ("a truth value", True, "True"),
        ("a row", [0.1, 0.2], "0.1"),
        ("a table", {"low": 0.1}, "low"),
        ("a complex number", 0.5 + 1j, "1j"),
        ("a date", dt.date(2024, 1, 1), "2024"),
        ("a class of a law", av.Uniform, "Uniform"),
        ("a function", len, "len"),
        ("a law with unsound parameters", stats.norm(1.0, -1.0), "norm"),
        ("a law of rows", stats.uniform([0.1, 0.2], [0.1, 0.1]), "uniform"),
        ("a law over two numbers", stats.multivariate_normal([0, 0]), "multivariate"),
    ]
    return made if optional else [*made, ("None", None, "")]


def _numbers(spec: Any) -> list[Wrong]:
    made: list[Wrong] = [
        ("a number", 5.0, "5"),
        ("text", "1, 2", "1, 2"),
        ("None", None, ""),
        ("a table", {"1": 2}, ""),
        ("a row with text", [1.0, "two"], "two"),
        ("a row with NaN", [math.nan] * (spec.length or 2), "nan"),
        ("a row with infinity", [math.inf] * (spec.length or 2), "inf"),
        ("a row with None", [1.0, None], "None"),
        ("a row with a truth value", [1.0, True], "True"),
        ("a row of rows", [[1.0], [2.0]], "1"),
        ("an array of no dimension", np.array(0.5), "0.5"),
        ("an array of two dimensions", np.ones((2, 2)), "1"),
        ("a row with a law", [av.Uniform(low=0, high=1)], "Uniform"),
    ]
    if spec.rule.low >= 0:
        made.append(("a row below its rule", [-1.0] * (spec.length or 2), "-1"))
    if spec.length:
        made.append(("a row too short", [1.0] * (spec.length - 1), str(spec.length - 1)))
    return made


_NAMES: list[Wrong] = [
    ("nothing", "", "''"),
    ("a blank", " ", "' '"),
    ("a dot", "a.b", "a.b"),
    ("a blank at the end", "a ", "'a '"),
    ("a number", 5, "5"),
    ("None", None, ""),
    ("bytes", b"a", "a"),
    ("a row", ["a"], "a"),
    ("quotes", 'a"b', "b"),
    ("a bracket", "a]b", "]"),
    ("zero width", "a\u200bb", "200b"),
    ("lone surrogate", "a\ud800", "ud800"),
    *((kind, text, r"\\") for kind, text in _TEXTS.items()),
]
_PARTS: list[Wrong] = [
    ("a number", 5, "5"),
    ("text", "x", "x"),
    ("a table", {"per_year": 1}, "per_year"),
    ("a class", av.Stops, "Stops"),
    ("another fact", av.Factor(name="f", volatility=0.1), "Factor"),
    ("a row", [], r"\[\]|\(\)"),
    ("a truth value", True, "True"),
]
_FAMILIES: list[Wrong] = [
    ("a number", 5, "5"),
    ("text", "abc", "abc"),
    ("None", None, ""),
    ("a table", {"a": 1}, "a"),
    ("a row of numbers", [1.0], "1"),
    ("a row with None", [None], "must be"),
    ("a class", av.Partner, "Partner"),
    ("one fact without its row", av.Factor(name="f", volatility=0.1), "Factor"),
    ("facts of another kind", [av.Window(start=1, duration=1)], "Window"),
]
_CHOICES: list[Wrong] = [
    ("another word", "sometimes", "sometimes"),
    ("a capital", "Running", "Running"),
    ("nothing", "", "''"),
    ("None", None, ""),
    ("a number", 1, "1"),
    ("a row", ["running"], "running"),
    ("a truth value", True, "True"),
    ("NaN", math.nan, "nan"),
    ("an array", np.array(["running", "stopped"]), "running"),
]
_MAPS: list[Wrong] = [
    ("a number", 5, "5"),
    ("text", "BAIC", "BAIC"),
    ("None", None, ""),
    ("a row", [0.5], "0.5"),
    ("a name that is a number", {1: 0.5}, "1"),
    ("NaN", {"BAIC": math.nan}, "nan"),
    ("text for a number", {"BAIC": "half"}, "half"),
    ("None for a number", {"BAIC": None}, ""),
    ("a truth value", {"BAIC": True}, "True"),
    ("a row for a number", {"BAIC": [1.0, 2.0]}, "1"),
]


def _outside(spec: Any) -> Iterator[Wrong]:
    """Numbers and laws that break the rule of a quantity."""
    rule = spec.rule
    if math.isfinite(rule.low):
        below = rule.low if rule.open_low else rule.low - 0.25
        yield "below its rule", below, f"{below:g}"
        if spec.law:
            yield "a law below its rule", av.Uniform(low=rule.low - 1.0, high=rule.low + 0.5), "Uniform"
            yield "an unbounded law", av.Normal(mean=rule.low + 0.5, sd=1.0), "Normal"
    if math.isfinite(rule.high) and rule.high < 1e15:
        above = math.nextafter(rule.high, math.inf) if rule.whole is False else rule.high + 1.0
        yield "just above its rule", above, f"{above:g}"
        far = 1000.0 * math.ceil(rule.high) + 7.0
        yield "far above its rule", far, f"{far:.0f}"
    if rule.whole:
        yield "a fraction", rule.low + 0.5, "0.5"
        if spec.law:
            yield "a law of fractions", av.Uniform(low=0.0, high=2.0), "Uniform"
    if not spec.varying:
        yield "Varying", av.Varying(law=av.Uniform(low=0.1, high=0.9)), "Varying"
    if not spec.law:
        yield "a law", av.Uniform(low=0.1, high=0.9), "Uniform"


def _may_be(spec: Any, kind: str) -> bool:
    """Whether a kind of value that most fields refuse is sound for one so declared."""
    return (
        (kind == "a date" and spec.edge is not None)
        or (kind == "None" and spec.optional)
        or (kind == "a row" and (spec.row or spec.role == "names"))
        or (kind == "a number" and spec.single)
        or (kind == "nothing" and "" in spec.choices)
    )


def _wrong(cls: type[Any], alias: str, attribute: Any) -> list[Wrong]:
    """Give the wrong values of a field, by what its declaration says it holds."""
    return [wrong for wrong in _wrong_values(cls, alias, attribute) if not _may_be(spec_of(attribute), wrong[0])]


def _wrong_values(cls: type[Any], alias: str, attribute: Any) -> list[Wrong]:
    spec = spec_of(attribute)
    role = spec.role
    if role == "quantity":
        return [*_anything(optional=spec.optional), *_outside(spec)]
    if role == "law":
        # A law inside another must be a law; a number is none.
        return [*_anything(optional=False), ("a number", 0.5, "0.5")]
    if role == "numbers":
        return _numbers(spec)
    if role in ("name", "reference"):
        return _NAMES
    if role == "choice":
        return _CHOICES
    if role == "map":
        return _MAPS
    if role == "part":
        return [wrong for wrong in _PARTS if not isinstance(wrong[1], spec.of)]
    if role == "family":
        return _FAMILIES
    made: list[Wrong] = [("a number", 5, "5"), ("None", None, ""), ("bytes", b"x", "x"), ("a row", ["x"], "x")]
    if cls is av.Scenario and alias == "name":
        made += [(kind, text, r"\\") for kind, text in _TEXTS.items()]
    elif alias == "description":
        made += [(kind, text, r"\\") for kind, text in _TEXTS.items() if kind not in ("newline", "tab")]
    elif alias == "first_month":
        months = ["2024", "2024-13", "2024-00", "24-01", "2024-1", "2024-01-01", "January 2024", "", "2024-01\n"]
        made += [
            (f"the month {month!r}", month, month.removesuffix("\n") if month.isprintable() and month else r"''|\\n")
            for month in months
        ]
        made.append(("digits of another alphabet", "\u0662\u0660\u0662\u0664-01", "-01"))
    return made


def _python_cases() -> Iterator[Case]:
    classes: list[tuple[type[Any], dict[str, Any]]] = [(getattr(av, name), sound) for name, sound in SOUND.items()]
    classes += [(LAWS[word], sound) for word, sound in PARAMETERS.items() if word in LAWS]
    classes.append((av.Varying, {"law": av.Uniform(low=0.1, high=0.9)}))
    for cls, sound in classes:
        for alias, attribute in describe(cls).items():
            for kind, value, found in _wrong(cls, alias, attribute):
                if cls.kind in LAWS and kind in _ENOUGH_ONCE:
                    continue
                given = {**sound, alias: value}
                yield Case(
                    part="facts",
                    name=f"{cls.__name__}({alias}={kind})",
                    call=_made(cls, given),
                    says=(rf"\b{alias}\b", *([found] if found else [])),
                    quotes=kind == "a law of rows",
                )
    for alias, attribute in describe(av.Scenario).items():
        for kind, value, found in _wrong(av.Scenario, alias, attribute):
            yield Case(
                part="facts",
                name=f"Scenario({alias}={kind})",
                call=_made(plant, {alias: value}),
                says=(rf"\b{alias}\b", *([found] if found else [])),
            )


def _made(cls: Callable[..., Any], given: dict[str, Any]) -> Callable[[Path], Any]:
    return lambda _folder: cls(**given)


# --- Files ---------------------------------------------------------------------------------------------------------

_RAW: list[Wrong] = [
    ("NaN", Raw("nan"), "nan"),
    ("infinity", Raw("inf"), "inf"),
    ("minus infinity", Raw("-inf"), "inf"),
    ("1e300", Raw("1e300"), r"1e\+?300"),
    ("1e999", Raw("1e999"), "inf|1e999"),
    ("text", "0.5x", "0.5x"),
    ("per cent", "6 %", r"6 %.*0\.06"),
    ("a decimal comma", "0,06", r"0,06.*0\.06"),
    ("true", True, "True"),
    ("a row", [0.1, 0.2], "0.1"),
    ("an empty row", [], r"\[\]|\(\)"),
    ("an empty table", {}, ""),
    ("a date", Raw("2024-01-01"), "2024"),
    ("a time", Raw("07:32:00"), "7"),
    ("no such law", {"gaussian": [0, 1]}, "gaussian"),
    ("two laws", {"uniform": [0, 1], "pert": [0, 0.5, 1]}, "uniform"),
    ("a law that lacks parameters", {"uniform": [1]}, "uniform"),
    ("a law with too many parameters", {"uniform": [0, 1, 2]}, "uniform"),
    ("a law of NaN", {"uniform": [Raw("nan"), 1]}, "nan"),
    ("a law upside down", {"uniform": [1, 0]}, "high"),
    ("a law of text", {"uniform": ["0", "1"]}, "'0'"),
    ("a value that is NaN", {"value": Raw("nan"), "source": "x"}, "nan"),
    ("a value that is text", {"value": "half"}, "half"),
    ("a source without a value", {"source": "x"}, ""),
    ("a source that is a number", {"value": 0.5, "source": 5}, "source"),
    ("an unknown word beside the value", {"value": 0.5, "sorce": "x"}, "sorce"),
    ("Varying of a number", {"varying": 0.5}, "0.5"),
    ("Varying without a law", {"persistence": 0.5}, "persistence"),
    ("an array of tables", [{"value": 0.5}], "0.5"),
]
_RAW_NUMBERS: list[Wrong] = [
    ("a number", 70000, "70000"),
    ("text", "1, 2", "1, 2"),
    ("a table", {"january": 1, "february": 2}, "january|february"),
    ("a row with text", [1, "two"], "two"),
    ("a row with NaN", [Raw("nan")] * 12, "nan"),
    ("a row with infinity", [Raw("inf")] * 12, "inf"),
    ("a row of rows", [[1], [2]], "1"),
    ("a row with true", [1, True], "True"),
    ("a date", Raw("2024-01-01"), "2024"),
    ("a row of minus one", [-1] * 12, "-1"),
]
_RAW_OTHER: list[Wrong] = [
    ("a number", 5, "5"),
    ("a row", ["x"], "x"),
    ("true", True, "True"),
    ("a date", Raw("2024-01-01"), "2024"),
    ("NaN", Raw("nan"), "nan"),
]


def _places(
    tables: dict[str, Any], cls: type[Any], way: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], type[Any], str, Any]]:
    """Give the tables that hold facts in a document, with the fields of each."""
    for alias, attribute in describe(cls).items():
        spec = spec_of(attribute)
        if spec.role != "name":
            yield way, cls, alias, attribute
        inner = tables.get(alias)
        if spec.role == "family":
            for name in inner or ():
                yield from _places(inner[name], spec.of, (*way, alias, name))
        elif spec.role == "part" and inner:
            yield from _places(inner, spec.of, (*way, alias))


def _in_file(way: tuple[str, ...], alias: str, value: Any) -> str:
    """Give the text of the small plant with one field changed."""
    tables = copy.deepcopy(document())
    node = tables
    for segment in way:
        node = node[segment]
    node[alias] = value
    return text_of(tables)


def _file_cases() -> Iterator[Case]:
    for way, _, alias, attribute in _places(document(), av.Scenario):
        spec = spec_of(attribute)
        if spec.role == "quantity":
            wrongs = list(_RAW)
            if math.isfinite(spec.rule.low):
                below = spec.rule.low if spec.rule.open_low else spec.rule.low - 1
                wrongs.append(("below its rule", below, f"{below:g}"))
            if not spec.law:
                wrongs.append(("a law", {"uniform": [0.1, 0.2]}, "Uniform|uniform"))
            if not spec.varying:
                wrongs.append(("Varying", {"varying": {"uniform": [0.1, 0.2]}}, "Varying|varying"))
        elif spec.role == "numbers":
            wrongs = list(_RAW_NUMBERS)
        elif spec.role == "map":
            wrongs = [*_RAW_OTHER, ("a name that does not exist", {"Nobody": 0.5}, "Nobody"), ("text", "x", "x")]
            wrongs.append(("a number that is text", {"BAIC": "half"}, "half"))
        elif spec.role in ("part", "family"):
            wrongs = [*_RAW_OTHER, ("text", "x", "x"), ("rows of numbers", [1, 2], "1")]
            wrongs.append(("a table with an unknown key", {"nonsens": {"nonsens": 1}}, "nonsens"))
        elif spec.role == "reference":
            wrongs = [*_RAW_OTHER, ("a name that does not exist", "Nobody", "Nobody"), ("nothing", "", "''")]
        elif spec.role == "choice":
            wrongs = [*_RAW_OTHER, ("another word", "sometimes", "sometimes"), ("nothing", "", "''")]
        else:
            wrongs = _RAW_OTHER
        place = ".".join((*way, alias))
        for kind, value, found in wrongs:
            if _may_be(spec, kind):
                continue
            yield Case(
                part="files",
                name=f"{place} = {kind}",
                call=_loaded(_in_file(way, alias, value)),
                says=(_as_pattern((*way, alias)), *([found] if found else [])),
            )
        for slip in _misspelt(alias):
            yield Case(
                part="files",
                name=f"{place} misspelt as {slip}",
                call=_loaded(_in_file(way, slip, 1)),
                says=(slip, alias),
            )


def _misspelt(alias: str) -> list[str]:
    """Give slips that a hint should see through."""
    middle = len(alias) // 2
    swapped = alias[: middle - 1] + alias[middle] + alias[middle - 1] + alias[middle + 1 :]
    return [alias.upper(), *([swapped] if swapped != alias and len(alias) > 3 else [])]


def _as_pattern(way: tuple[str, ...]) -> str:
    return r"\.".join(map(_escaped, way))


def _escaped(segment: str) -> str:
    return segment.replace("+", r"\+").replace(".", r"\.")


def _loaded(text: str) -> Callable[[Path], Any]:
    return lambda _folder: av.loads(text)


# --- Numbers of other kinds ----------------------------------------------------------------------------------------


def _sound_cases() -> Iterator[Case]:
    """Numbers as other libraries give them, which must count as numbers."""
    numbers: list[tuple[str, Any]] = [
        ("a NumPy integer", np.int64(1)),
        ("a NumPy float of 32 bits", np.float32(0.5)),
        ("a NumPy float", np.float64(0.5)),
        ("a small unsigned integer", np.uint8(1)),
        ("an int", 1),
        ("minus zero", -0.0),
        ("the smallest number", 5e-324),
    ]
    for kind, value in numbers:
        yield Case(
            part="facts",
            name=f"Partner(fill_rate={kind}) is a number",
            call=_made(av.Partner, {"name": "P", "fill_rate": value}),
            raises=(),
            right=lambda made, value=value: made.fill_rate == float(value) and type(made.fill_rate) is float,
            hand=True,
        )
    for kind, value in (("Decimal", Decimal("0.5")), ("Fraction", Fraction(1, 2)), ("an array", np.array(0.5))):
        yield Case(
            part="facts",
            name=f"Partner(fill_rate={kind}) is a half or an error",
            call=_made(av.Partner, {"name": "P", "fill_rate": value}),
            says=("fill_rate", "0.5|1"),
            right=lambda made: made.fill_rate == 0.5,
            hand=True,
        )
    rows: list[tuple[str, Any]] = [
        ("an array", np.full(12, 20)),
        ("a tuple", (20,) * 12),
        ("a range", range(10, 22)),
        ("a generator", (20 for _ in range(12))),
    ]
    for kind, value in rows:
        if kind == "a generator":
            call = _made(lambda: av.Calendar(first_month="2024-01", working_days=(20 for _ in range(12))), {})
        else:
            call = _made(av.Calendar, {"first_month": "2024-01", "working_days": value})
        yield Case(
            part="facts",
            name=f"Calendar(working_days={kind}) is a row",
            call=call,
            says=("working_days", "generator"),
            raises=CLEAR if kind == "a generator" else (),
            right=lambda made: len(made.working_days) == 12 and all(type(d) is float for d in made.working_days),
            hand=True,
        )


def _missing_cases() -> Iterator[Case]:
    """Each argument that must be given, left out; each fact with an argument it does not have; by place, by name."""
    for cls_name, sound in SOUND.items():
        cls = getattr(av, cls_name)
        for alias, attribute in describe(cls).items():
            if attribute.default is attrs.NOTHING:
                given = {key: value for key, value in sound.items() if key != alias}
                yield Case(
                    part="facts", name=f"{cls_name} without {alias}", call=_made(cls, given), says=(alias,), hand=True
                )
        for slip in ("nonsens", "Name", "per_years"):
            yield Case(
                part="facts",
                name=f"{cls_name}({slip}=1)",
                call=_made(cls, {**sound, slip: 1}),
                says=(slip,),
                hand=True,
            )
    for way, alias in (
        (("calendar",), "first_month"),
        (("vehicles", "U5 Plus"), "plan"),
        (("vehicles", "U5 Plus"), "market_share"),
        (("markets", "Russia"), "per_year"),
        (("lines", "Main"), "per_day"),
        (("factors", "yuan"), "volatility"),
        (("lines", "Main", "stops"), "duration"),
        ((), "name"),
        ((), "calendar"),
        ((), "vehicles"),
    ):
        tables = document()
        node = tables
        for segment in way:
            node = node[segment]
        del node[alias]
        yield Case(
            part="files",
            name=f"{'.'.join((*way, alias))} is missing",
            call=_loaded(text_of(tables)),
            says=(_as_pattern((*way, alias)),),
            hand=True,
        )


def cases() -> Iterator[Case]:
    """Give all cases of this kind."""
    yield from _python_cases()
    yield from _file_cases()
    yield from _sound_cases()
    yield from _missing_cases()
