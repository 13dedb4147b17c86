"""What experts state, views from outside, scores and logs, each with wrong values."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

import avtosim as av

from .judge import Case
from .plants import plant

__all__ = ["cases"]

_NOT_A_NUMBER: list[tuple[str, Any]] = [
    ("text", "5"),
    ("NaN", math.nan),
    ("infinity", math.inf),
    ("true", True),
    ("bytes", b"5"),
    ("a row", [5.0]),
    ("a table", {}),
    ("a complex number", 5j),
    ("10^4999", 10**4999),
    ("a date", dt.date(2024, 1, 1)),
]
_NOT_A_DATE: list[tuple[str, Any]] = [
    ("a word", "soon"),
    ("a day that is not there", "2023-02-30"),
    ("a month that is not there", "2023-13"),
    ("German", "15.04.2023"),
    ("a number", 5),
    ("NaN", math.nan),
    ("true", True),
    ("bytes", b"2023-01"),
    ("a row", ["2023-01"]),
    ("empty", ""),
    ("other digits", "\uff12\uff10\uff12\uff13-01"),
]
_NO_FORECAST: list[tuple[str, Any]] = [
    ("None", None),
    ("a number", 5.0),
    ("text", "Normal(0, 1)"),
    ("a class", av.Normal),
    ("a scenario", plant()),
    ("a row of laws", [av.Normal(0, 1)]),
    ("Varying", av.Varying(av.Uniform(0, 1))),
]
_VIEW = {"plan": 50_000, "stated_on": "2023-06", "year": 2023, "kind": "new_partner_assembly", "as_of": "2024-01"}


@cache
def _result() -> av.Result:
    return av.simulate(plant(), runs=64, seed=1, progress=False)


def _case(name: str, call: Callable[[Path], object], *says: str, **rest: Any) -> Case:
    return Case(part="evidence", name=name, call=call, says=says, hand=True, **rest)


def _experts() -> Iterator[Case]:
    sound = {0.1: 1.0, 0.5: 2.0, 0.9: 4.0}
    for name, value in [*_NOT_A_NUMBER, ("None", None)]:
        yield _case(f"metalog, a quantile: {name}", lambda _, v=value: av.Metalog({**sound, 0.5: v}), "quantiles")
        if value is not None:
            yield _case(f"metalog, low: {name}", lambda _, v=value: av.Metalog(sound, low=v), "low|must be a date")
    for name, share in [("0", 0), ("1", 1), ("10", 10), ("NaN", math.nan), ("text", "half"), ("None", None)]:
        yield _case(f"metalog, a share: {name}", lambda _, s=share: av.Metalog({s: 1, 0.5: 2, 0.9: 3}), "quantiles")
    for name, given in [
        ("a row", [1, 2, 3]),
        ("None", None),
        ("a number", 5),
        ("nothing", {}),
        ("two", {0.1: 1, 0.9: 2}),
    ]:
        yield _case(f"metalog, quantiles: {name}", lambda _, g=given: av.Metalog(g), "quantiles")
    for name, law in _NO_FORECAST[:-1]:
        yield _case(f"pool, a law: {name}", lambda _, x=law: av.Pooled({"a": av.Uniform(0, 1), "b": x}), r"laws\.b")
    for name, value in [*_NOT_A_NUMBER, ("below 0", -0.5), ("above 1", 1.5)]:
        laws = {"a": av.Uniform(0, 1), "b": av.Uniform(0, 2)}
        yield _case(
            f"pool, a weight: {name}", lambda _, v=value, x=laws: av.Pooled(x, {"a": v, "b": 0.5}), r"weights(\.a)?"
        )
    for name, given in [("nothing", {}), ("a row", [av.Uniform(0, 1)]), ("None", None), ("a law", av.Uniform(0, 1))]:
        yield _case(f"pool, laws: {name}", lambda _, g=given: av.Pooled(g), "laws")
    deep = av.Pooled({"a": av.Pooled({"a": av.Uniform(0, 1)}), "b": av.Uniform(0, 1)})
    yield _case("a pool in a pool", lambda _: deep.ppf(0.5), raises=(), right=lambda x: float(x) == 0.5)
    yield _case(
        "a pool with a result in a file",
        lambda folder: plant().replace({"lines.Main.per_day": av.Pooled({"a": _result()})}).save(folder / "p.toml"),
        "can't be written",
    )


def _views() -> Iterator[Case]:
    wrong: dict[str, list[tuple[str, Any]]] = {
        "plan": [*_NOT_A_NUMBER, ("nothing", 0), ("below 0", -5), ("1e300", 1e300), ("None", None)],
        "last_year": [*_NOT_A_NUMBER, ("below 0", -5)],
        "stated_on": [*_NOT_A_DATE, ("None", None), ("after the year", "2024-02"), ("100 years before", "1923")],
        "as_of": [*_NOT_A_DATE, ("before all cases", "1999"), ("before the statement", "2023-01")],
        "year": [
            ("None", None),
            ("a word", "soon"),
            ("true", True),
            ("NaN", math.nan),
            ("0", 0),
            ("10^4999", 10**4999),
        ],
        "kind": [("None", None), ("another", "new_partners"), ("a number", 5), ("a row", ["mature"])],
    }
    for argument, values in wrong.items():
        for name, value in values:
            given = {**_VIEW, argument: value}
            yield _case(f"outside view, {argument}: {name}", lambda _, g=given: av.outside_view(**g), argument)
    yield _case("outside view", lambda _: av.outside_view(**_VIEW), raises=(), right=lambda v: math.isfinite(v.mean()))


def _scores() -> Iterator[Case]:
    law = av.Normal(0, 1)
    for name, forecast in _NO_FORECAST:
        yield _case(f"score, forecast: {name}", lambda _, f=forecast: av.score(f, 1), "forecast")
    for name, runs in [("none", np.zeros(0)), ("NaN", np.array([1.0, math.nan])), ("two rows", np.zeros((2, 3)))]:
        yield _case(f"score, runs: {name}", lambda _, r=runs: av.score(r, 1), "forecast")
    for name, value in [*_NOT_A_NUMBER, ("None", None)]:
        yield _case(f"score, outcome: {name}", lambda _, v=value: av.score(law, v), "outcome")
        yield _case(f"score, volume: {name}", lambda _, v=value: av.score(law, 1).brier(v), "volume")
        yield _case(f"score, floor: {name}", lambda _, v=value: av.score(law, 1).crps_of_log(v), "floor")
        if value is not True:
            yield _case(
                f"Brier parts, a chance: {name}", lambda _, v=value: av.brier_parts([v, 0.5], [0, 1]), "chances"
            )
            yield _case(f"Brier parts, a hit: {name}", lambda _, v=value: av.brier_parts([0.5], [v]), "happened")
    for forecast in (law, av.Uniform(5, 6), av.Bernoulli(0.3), _result(), av.Pooled({"a": _result(), "b": law})):
        shown = f"score of {forecast!r:.60}"
        yield _case(shown, lambda _, f=forecast: str(av.score(f, 1e6)), raises=(), right=lambda text: "nan" not in text)


def _logs() -> Iterator[Case]:
    law = av.LogNormal(100, 0.5)

    def record(folder: Path, **given: Any) -> None:
        arguments: dict[str, Any] = {"case": "a", "forecast": law, "entered_on": "2024-01-01", **given}
        av.ForecastLog(folder / "log.jsonl").record(**arguments)

    def settle(folder: Path, **given: Any) -> None:
        record(folder)
        arguments = {"case": "a", "outcome": 5, "known_on": "2025-01-01", "entered_on": "2025-02-01", **given}
        av.ForecastLog(folder / "log.jsonl").settle(**arguments)

    texts: list[tuple[str, Any]] = [
        ("None", None),
        ("a number", 5),
        ("empty", ""),
        ("a null byte", "a\0"),
        ("a row", ["a"]),
    ]
    wrong: dict[Callable[..., None], dict[str, list[tuple[str, Any]]]] = {
        record: {
            "case": texts,
            "note": [t for t in texts if t[0] != "empty"],
            "forecast": [*_NO_FORECAST, ("a law below zero", av.Normal(0, 1))],
            "plan": [*_NOT_A_NUMBER, ("nothing", 0)],
            "last_year": [x for x in _NOT_A_NUMBER if x[1] != {}],
            "entered_on": _NOT_A_DATE,
            "volumes": [("NaN", [math.nan]), ("text", ["5"]), ("below 0", [-5]), ("a number", 5)],
        },
        settle: {
            "case": [*texts, ("another", "b")],
            "outcome": [*_NOT_A_NUMBER, ("None", None), ("below 0", -5)],
            "known_on": [*_NOT_A_DATE, ("None", None), ("later than the entry", "2026")],
            "entered_on": [*_NOT_A_DATE, ("before the forecast", "2023-01-01")],
            "source": [t for t in texts if t[0] != "empty"],
        },
    }
    for call, arguments in wrong.items():
        for argument, values in arguments.items():
            for name, value in values:
                title = f"log, {call.__name__}, {argument}: {name}"
                yield _case(title, lambda folder, c=call, g={argument: value}: c(folder, **g), argument)
    for name, path in [("None", None), ("a number", 5), ("empty", ""), ("a null byte", "a\0b"), ("bytes", b"a")]:
        yield _case(f"log, path: {name}", lambda _, p=path: av.ForecastLog(p), "path")
    yield _case("log, a folder", av.ForecastLog)
    for name, text in [
        ("nothing but a brace", b"{"),
        ("a row", b"[]\n"),
        ("zeros", bytes(100)),
        ("deep", b"[" * 10**5),
    ]:
        yield _case(f"log, a file of {name}", lambda folder, t=text: _of_file(folder, t), "line 1")


def _of_file(folder: Path, content: bytes) -> av.ForecastLog:
    path = folder / "log.jsonl"
    path.write_bytes(content)
    return av.ForecastLog(path)


_NO_CELL: list[tuple[str, Any]] = [
    *(value for value in _NOT_A_NUMBER if value[0] not in ("text", "NaN", "a date")),
    ("-inf", -math.inf),
    ("1e300", 1e300),
    ("a word", "soon"),
]
#: Each fit with a row that is right.
_FITS: dict[Callable[..., Any], dict[str, Any]] = {
    partial(av.fit_stops, observed={"A": (0, 12)}): {"partner": "A", "start": 1, "end": 2},
    av.fit_fill_rate: {"partner": "A", "month": 1, "due": 5, "arrived": 4},
    av.fit_delay: {"name": "A", "planned": 1, "actual": 2},
}


def _fits() -> Iterator[Case]:
    for number, (fit, row) in enumerate(_FITS.items()):
        name, *columns = row

        def case(title: str, log: object, says: str, fit: Any = fit, n: int = number, **more: object) -> Case:
            return _case(f"fit {n}, {title}", lambda _: fit(log, **more), says)

        for word, value in _NO_CELL:
            for column in columns:
                yield case(f"{column}: {word}", [{**row, column: value}], f"row 1, A, {column}")
            if not isinstance(value, str):
                yield case(f"{name}: {word}", [{**row, name: value}], "row 1")
                yield case(f"a kind: {word}", [row], "like", like={"A": value})
            # A row without cells is an empty one, as spreadsheets leave them.
            if value != {}:
                yield case(f"a row: {word}", [row, value], "log|table|row 2")
                yield case(f"like: {word}", [row], "like", like=value)
    for word, value in [*_NO_CELL, ("None", None), ("one", (1,)), ("backward", (12, 0))]:
        for of, given in (("all", value), ("one", {"A": value})):
            title = f"fit of stops, observed of {of}: {word}"
            row = {"partner": "A", "start": 1, "end": 2}
            yield _case(title, lambda _, g=given, r=row: av.fit_stops([r], observed=g), "observed")


def cases() -> Iterator[Case]:
    """Give all cases of this part."""
    yield from _fits()
    yield from _experts()
    yield from _views()
    yield from _scores()
    yield from _logs()
