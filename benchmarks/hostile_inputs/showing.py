"""Pictures, pages, workbooks, printed answers and the command line: wrong kinds, axes, languages, paths and words."""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import avtosim as av

from .judge import Case
from .plants import plant, text_of

__all__ = ["cases"]

# Nobody looks at these pictures.
os.environ.setdefault("MPLBACKEND", "agg")

_NO_LANGUAGE: list[tuple[str, Any, str]] = [
    ("another", "de", "'de'"),
    ("capitals", "EN", "'EN'"),
    ("nothing", "", "''"),
    ("None", None, "None"),
    ("a number", 5, "5"),
    ("bytes", b"en", "en"),
    ("a row", ["en"], "en"),
    ("a table", {}, r"\{\}"),
    ("true", True, "True"),
    ("100,000 letters", "x" * 100_000, "xxx"),
    ("control characters", "\x1b[2J", "x1b"),
]
_NO_AXES: list[tuple[str, Any, str]] = [
    ("text", "ax", "ax"),
    ("a number", 5, "5|int"),
    ("true", True, "True|bool"),
    ("nothing", "", "str|''"),
    ("a row", [], r"\[\]|list"),
    ("an array", np.ones(2), "array|ndarray"),
    ("a class", Path, "Path|type"),
]
_NO_KIND: list[tuple[str, Any, str]] = [
    ("another", "pie", "'pie'"),
    ("capitals", "Fan", "'Fan'"),
    ("nothing", "", "''"),
    ("None", None, "None"),
    ("a number", 5, "5"),
    ("a row", ["fan"], "fan"),
    ("a table", {}, r"\{\}"),
    ("a hidden name", "__class__", "__class__"),
]
_SHARES: list[tuple[str, Any, str]] = [
    ("zero", [0.0], "0"),
    ("one", [0.5, 1.0], "1"),
    ("NaN", [math.nan], "nan"),
    ("per cent", [50], "50"),
    ("text", "0.5", "0.5"),
    ("a number", 0.5, "0.5|float"),
    ("None", None, "None"),
    ("a row with text", ["0.5"], "0.5"),
    ("true", [True], "True"),
    ("rows of rows", [[0.5]], r"0\.5"),
    ("a table", {0.5: 1}, "0.5|dict"),
    ("no share", [], "share"),
]
_MOST: list[tuple[str, Any, str]] = [
    ("one", 1, "1"),
    ("a negative number", -3, "-3"),
    ("a fraction", 2.5, "2.5"),
    ("text", "5", "'5'"),
    ("None", None, "None"),
    ("true", True, "True"),
    ("NaN", math.nan, "nan"),
    ("a row", [5], "5"),
]


def _case(name: str, call: Callable[[Path], object], *says: str, **rest: Any) -> Case:
    return Case(part="showing", name=name, call=call, says=says, **{"hand": True, **rest})


@cache
def _result(keep: str = "flows") -> av.Result:
    return av.simulate(plant(), runs=256, seed=1, keep=keep, progress=False)


@cache
def _answers() -> dict[str, Any]:
    """One answer of each kind that has a picture."""
    june = av.load("avtotor-2024-06")
    days = [(f"2024-{month:02d}-03", f"2024-{month:02d}-{month + 8:02d}") for month in (2, 4, 6, 8, 10)]
    stops = [{"partner": "A", "start": start, "end": end} for start, end in days]
    kits = [{"partner": "A", "month": at, "due": 1000, "arrived": 700 + 20 * (at * 7 % 12)} for at in range(12)]
    late = [{"name": f"L{at}", "planned": 0, "actual": at, "seen_until": 12} for at in range(6)]
    quiet: dict[str, Any] = {"progress": False}
    return {
        "result": _result(),
        "ledger": av.ledger(plant(), runs=100, **quiet),
        "split": av.split(plant(), runs=100, **quiet),
        "tornado": av.tornado(plant(), 400.0, bars=2, runs=500, **quiet),
        "importance": av.importance(plant(), runs=100, **quiet),
        "story": av.story(june, below=15_000, runs=500, **quiet),
        "layers": av.layers(plant(), 400.0, runs=500, **quiet),
        "sweep": av.sweep(plant(), {"lines.Main.per_day": [1.0, 2.0]}, runs=100, **quiet),
        "goal_seek": av.goal_seek(plant(), "partners.BAIC.lead_time", 400.0, runs=200, **quiet),
        "comparison": av.compare({"a": plant(), "b": plant()}, runs=100, **quiet),
        "outside_view": av.outside_view(plan=90_000, stated_on="2024-04-15", year=2024, kind="mature"),
        "fit_stops": av.fit_stops(stops, observed={"A": ("2024-01", "2024-12")}),
        "fit_fill_rate": av.fit_fill_rate(kits),
        "fit_delay": av.fit_delay(late),
    }


_NAMES = re.findall(
    r"\w+",
    """result ledger split tornado importance story layers sweep goal_seek comparison outside_view fit_stops
    fit_fill_rate fit_delay""",
)


def _pictures() -> Iterator[Case]:
    for name in _NAMES:
        for kind, value, found in _NO_LANGUAGE:
            yield _case(
                f"{name}.plot(language={kind})",
                lambda _f, name=name, v=value: _answers()[name].plot(language=v),
                "language",
                found,
                hand=name in ("result", "sweep"),
            )
            yield _case(
                f"{name}.text({kind})",
                lambda _f, name=name, v=value: _answers()[name].text(v),
                "language",
                found,
                hand=name in ("result", "sweep"),
            )
        for kind, value, found in _NO_AXES:
            yield _case(
                f"{name}.plot(ax={kind})",
                lambda _f, name=name, v=value: _answers()[name].plot(ax=v),
                r"\bax\b",
                found,
                hand=name in ("result", "sweep"),
            )
        yield _case(
            f"{name}.plot(colour=...)", lambda _f, name=name: _answers()[name].plot(colour="red"), "colour", hand=False
        )
    for kind, value, found in _NO_KIND:
        yield _case(f"result.plot({kind})", lambda _f, v=value: _result().plot(v), "kind", found, "fan")
    for kind in ("fan", "months", "partners"):
        yield _case(f"plot({kind!r}) of totals", lambda _f, k=kind: _result("totals").plot(k), "keep", "breakdown")
    targets = [
        ("text", "400"),
        ("NaN", math.nan),
        ("true", True),
        ("a row", [400.0]),
        ("nothing", {}),
    ]
    for kind, value in targets:
        yield _case(f"sweep.plot(target={kind})", lambda _f, v=value: _answers()["sweep"].plot(target=v), "target")


def _numbers() -> Iterator[Case]:
    for kind, value, found in _SHARES:
        yield _case(f"since_start({kind})", lambda _f, v=value: _result().since_start(v), "share", found)
    yield _case("since_start() of totals", lambda _f: _result("totals").since_start(), "keep", "breakdown")
    for kind, value, found in _MOST:
        for name in ("ledger", "split"):
            yield _case(
                f"{name}.steps({kind})", lambda _f, name=name, v=value: _answers()[name].steps(v), "most", found
            )


def _left_alone(call: Callable[[], object], folder: Path) -> object:
    """Call, and fail the case if anything was written or is left behind."""
    before = sorted(folder.rglob("*"))
    try:
        return call()
    except Exception:
        if sorted(folder.rglob("*")) != before:
            raise RuntimeError("something was written") from None
        raise


def _files() -> Iterator[Case]:
    paths: list[tuple[str, Any, str]] = [
        ("another ending", "out.pdf", "end in"),
        ("no ending", "out", "end in"),
        ("nothing", "", "path"),
        ("None", None, "path"),
        ("a number", 5, "path"),
        ("true", True, "path"),
        ("bytes", b"out.html", "path"),
        ("a row", ["out.html"], "path"),
        ("a result", "RESULT", "path"),
        ("a null byte", "a\0.html", "path"),
        ("a surrogate", "a\ud800.html", "path"),
        ("this folder", ".", "end in"),
        ("a folder that is not there", "no/out.html", "no such folder|end in"),
        ("a very long name", "x" * 5000 + ".html", "long|end in|can't write"),
    ]
    for method, ending in (("report", ".html"), ("to_excel", ".xlsx")):
        for kind, value, found in paths:
            path: Any = value
            if isinstance(value, str) and value.endswith(".html"):
                path = value.removesuffix(".html") + ending
            yield _case(
                f"result.{method}({kind})",
                lambda f, m=method, p=path: _left_alone(
                    lambda: getattr(_result(), m)(_result() if p == "RESULT" else p), f
                ),
                found,
            )
        for kind, value, found in _NO_LANGUAGE:
            yield _case(
                f"result.{method}(language={kind})",
                lambda f, m=method, e=ending, v=value: _left_alone(
                    lambda: getattr(_result(), m)(f"out{e}", language=v), f
                ),
                "language",
                found,
            )
        makes: list[tuple[str, Callable[[Path], object]]] = [
            ("a folder", lambda path: path.mkdir()),
            ("a link to itself", lambda path: path.symlink_to(path)),
            ("a link to nowhere", lambda path: path.symlink_to(path.parent / "no" / path.name)),
        ]
        if hasattr(os, "mkfifo"):
            makes.append(("a FIFO", os.mkfifo))
            makes.append(("a device", lambda path: path.symlink_to("/dev/full")))
        for kind, make in makes:

            def over(folder: Path, method: str = method, ending: str = ending, make: Any = make) -> object:
                path = folder / f"out{ending}"
                make(path)
                return _left_alone(lambda: getattr(_result(), method)(path), folder)

            yield _case(f"result.{method}(over {kind})", over, "out|no|folder|device|loop|links")
    for kind, view in (("text", "mature"), ("a number", 5), ("a result", "RESULT"), ("a table", {})):
        yield _case(
            f"result.report(outside={kind})",
            lambda f, v=view: _left_alone(
                lambda: _result().report("out.html", outside=_result() if v == "RESULT" else v), f
            ),
            "outside",
        )


def _commanded(*words: str) -> Callable[[Path], object]:
    """Run the command line beside a plant; its one error is raised, and so is a traceback, a second line, or a file."""

    def call(folder: Path) -> object:
        from avtosim.__main__ import main

        (folder / "plant.toml").write_text(text_of({"extends": "avtotor-2024-06"}), encoding="utf-8")
        (folder / "folder.html").mkdir()
        before = sorted(folder.iterdir())
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code: Any = main(words)
            except SystemExit as error:
                code = error.code
        if code == 0:
            return out.getvalue()
        said = err.getvalue()
        lines = said.splitlines() if code == 1 else said[said.index("error: ") :].splitlines()
        if code not in (1, 2) or out.getvalue() or len(lines) != 1 or sorted(folder.iterdir()) != before:
            raise RuntimeError(f"exit code {code}, {len(lines)} lines of errors, or something was printed or written")
        raise ValueError(lines[0])

    return call


def _commands() -> Iterator[Case]:
    ask = ("plant.toml", "--runs", "20")
    wrong: list[tuple[tuple[str, ...], str]] = [
        ((), "plant"),
        (("new",), "new"),
        (("new", "plant.toml"), "exists already"),
        (("new", "no/plant.toml"), "can't write"),
        (("new", "folder.html"), "exists already"),
        (("new", "x.toml", "--runs", "5"), "new takes nothing"),
        (("plant.toml", "other.toml"), "one file"),
        (("plnt.toml",), "plnt.toml"),
        (("folder.html",), "folder.html"),
        (("",), "file"),
        (("x" * 5000,), "file"),
        (("plant.toml", "--runs", "0"), "runs: .*0"),
        (("plant.toml", "--runs", "-5"), "runs: .*-5"),
        (("plant.toml", "--runs", "1e5"), "--runs: .*1e5"),
        (("plant.toml", "--runs", "20,000"), "--runs: .*20,000"),
        (("plant.toml", "--runs", "9" * 30), "runs: .*999"),
        (("plant.toml", "--runs", "9" * 5000), "--runs: .*999"),
        (("plant.toml", "--runs", ""), "--runs: .*''"),
        ((*ask, "--seed", "-1"), "seed: .*-1"),
        ((*ask, "--seed", "1.5"), "--seed: .*1.5"),
        ((*ask, "--target", "70,000"), "--target: .*70,000"),
        ((*ask, "--target", "many"), "--target: .*many"),
        ((*ask, "--target", "nan"), "targets.*nan"),
        ((*ask, "--target", "inf"), "targets.*inf"),
        ((*ask, "--target", "-1"), "targets.*-1"),
        ((*ask, "--target"), "--target"),
        ((*ask, "--language", "de"), "--language.*de"),
        ((*ask, "--language", ""), "--language"),
        ((*ask, "--report", "out.pdf"), "--report.*out.pdf"),
        ((*ask, "--report", ""), "--report"),
        ((*ask, "--report", "."), "--report"),
        ((*ask, "--report", "no/out.html"), "no such folder"),
        ((*ask, "--report", "folder.html"), "folder"),
        ((*ask, "--report", "a\0b.html"), "--report"),
        ((*ask, "--excel", "out.xls"), "--excel.*out.xls"),
        ((*ask, "--excel", "out.html"), "--excel.*out.html"),
        ((*ask, "--compare", "none.toml"), "none.toml"),
        ((*ask, "--compare", "moskvich-2023"), "same months"),
        ((*ask, "--compare", "folder.html"), "folder.html"),
        ((*ask, "--nonsens"), "--nonsens"),
        ((*ask, "--r", "x"), "--r"),
        ((*ask, "\x1b[2J"), r"unrecognized arguments: \\x1b"),
    ]
    for words, found in wrong:
        yield _case(
            f"python -m avtosim {[word[:20] for word in words]} ({sum(map(len, words))})", _commanded(*words), found
        )
    for words in (ask, (*ask, "--target", "70000"), (*ask, "--compare", "plant.toml", "--language", "ru"), ("--help",)):
        yield _case(
            f"python -m avtosim {' '.join(words)}", _commanded(*words), raises=(), right=lambda said: len(said) > 99
        )


def cases() -> Iterator[Case]:
    """Give all cases of this kind."""
    yield from _pictures()
    yield from _numbers()
    yield from _files()
    yield from _commands()
