"""Scenario files that are no files, too large, broken, in circles, or with slips of notation; names of every kind."""

from __future__ import annotations

import contextlib
import copy
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import avtosim as av

from .judge import CLEAR, Case
from .plants import SOUND, Raw, document, long_text, plant, text_of

__all__ = ["cases"]

_SOUND_TEXT = text_of(document())


def _case(name: str, call: Callable[[Path], object], *says: str, part: str = "files", **rest: Any) -> Case:
    return Case(part=part, name=name, call=call, says=says, hand=True, **rest)


def _written(content: str | bytes, name: str = "plant.toml") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def _loading(content: str | bytes) -> Callable[[Path], Any]:
    return lambda folder: av.load(_written(content)(folder))


def _is_small(scenario: Any) -> bool:
    return isinstance(scenario, av.Scenario) and scenario.name == "Small" and len(scenario.vehicles) == 1


# --- What is no file -----------------------------------------------------------------------------------------------


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "plant.toml")
    return folder / "plant.toml"


def _socket(folder: Path) -> Path:
    bound = socket.socket(socket.AF_UNIX)
    bound.bind("plant.toml")
    bound.close()
    return folder / "plant.toml"


def _loop(folder: Path) -> Path:
    (folder / "plant.toml").symlink_to(folder / "other.toml")
    (folder / "other.toml").symlink_to(folder / "plant.toml")
    return folder / "plant.toml"


def _dangling(folder: Path) -> Path:
    (folder / "plant.toml").symlink_to(folder / "nowhere.toml")
    return folder / "plant.toml"


def _folder(folder: Path) -> Path:
    (folder / "plant.toml").mkdir()
    return folder / "plant.toml"


def _sparse(size: int) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        with (folder / "plant.toml").open("wb") as file:
            file.truncate(size)
        return folder / "plant.toml"

    return make


def _no_files() -> Iterator[Case]:
    kinds: list[tuple[str, Callable[[Path], Path]]] = [
        ("a folder", _folder),
        ("a symbolic link to itself", _loop),
        ("a symbolic link to nothing", _dangling),
        ("a file of 17 MB", _sparse(17 * 2**20)),
        ("a file of 3 GB", _sparse(3 * 2**30)),
        ("a file of 17 MB of comments", _written("# x\n" * (17 * 2**18 + 1))),
        ("a file that is not there", lambda folder: folder / "plant.toml"),
        ("a file in a folder that is not there", lambda folder: folder / "no" / "plant.toml"),
        ("a file below a file", lambda folder: _written("")(folder) / "plant.toml"),
        ("a very long path", lambda folder: folder / ("x" * 5000) / "plant.toml"),
    ]
    if hasattr(os, "mkfifo"):
        kinds += [("a FIFO", _fifo), ("a socket", _socket), ("a symbolic link to a FIFO", _linked_fifo)]
        kinds += [
            (f"the device {name}", lambda _folder, name=name: Path("/dev") / name)
            for name in ("zero", "null", "urandom", "full", "stdin", "tty", "fd")
            if Path("/dev", name).exists()
        ]
        kinds += [(f"the file {name}", lambda _folder, name=name: Path(name)) for name in ("/proc/self/mem", "/proc")]
    for kind, make in kinds:
        yield _case(f"load({kind})", lambda folder, make=make: av.load(make(folder)), "toml|dev|proc|/")
        yield _case(f"extends {kind}", _extending(make), "extends", "toml|dev|proc|/")


def _linked_fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    (folder / "plant.toml").symlink_to(folder / "pipe")
    return folder / "plant.toml"


def _extending(make: Callable[[Path], Path]) -> Callable[[Path], Any]:
    def call(folder: Path) -> Any:
        child = folder / "child.toml"
        child.write_text(f"extends = '{make(folder)}'\nname = 'Child'\n", encoding="utf-8")
        return av.load(child)

    return call


# --- What is no text, or no TOML -----------------------------------------------------------------------------------


def _texts() -> Iterator[Case]:
    broken: list[tuple[str, str | bytes, str]] = [
        ("nothing", "", "name"),
        ("a byte", b"\xff", "plant.toml"),
        ("UTF-16", _SOUND_TEXT.encode("utf-16"), "UTF-8"),
        ("UTF-32", _SOUND_TEXT.encode("utf-32"), "UTF-8|TOML"),
        ("Cyrillic of Windows", 'name = "Калининград"\n'.encode("cp1251"), "UTF-8"),
        ("Latin 1", 'name = "Käufer"\n'.encode("latin-1"), "UTF-8"),
        ("null bytes", b"name = 'a'\0\n", "TOML|null"),
        ("only null bytes", bytes(5000), "TOML|null"),
        ("a BOM in the middle", "name = 'a'\n\ufefftargets = [1]\n", "TOML"),
        ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "UTF-8"),
        ("a zip archive", b"PK\x03\x04" + bytes(100), "UTF-8|TOML"),
        ("JSON", '{"name": "x"}', "TOML"),
        ("YAML", "name: x\ncalendar:\n  - 1\n", "TOML"),
        ("Python", "import avtosim\n", "TOML"),
        ("an open bracket", "targets = [1, 2\n", "TOML"),
        ("an open quote", 'name = "x\n', "TOML"),
        ("a key twice", "name = 'a'\nname = 'b'\n", "TOML|overwrite"),
        ("a table twice", "[lines.A]\nper_day = 1\n[lines.A]\nper_day = 2\n", "TOML|declare"),
        ("a key without a value", "name =\n", "TOML"),
        ("carriage returns alone", "name = 'a'\rtargets = [1]\r", "TOML"),
        ("a decimal comma", "[lines.A]\nper_day = 0,5\n", "0[.]5|point"),
        ("a per cent", "[partners.A]\nfill_rate = 50 %\n", "0[.]5"),
        ("a blank in a number", "[lines.A]\nper_day = 12 000\n", "12_?000"),
        ("a leading zero", "targets = [070000]\n", "TOML"),
        ("a number with a unit", "targets = [70000 cars]\n", "TOML"),
        ("arrays 100,000 deep", "targets = " + "[" * 100_000 + "]" * 100_000, "TOML|nested"),
        ("arrays 900 deep", "targets = " + "[" * 900 + "]" * 900, "TOML|nested|targets"),
        ("arrays 300 deep", "targets = " + "[" * 300 + "]" * 300, "TOML|nested|targets"),
        ("tables 5,000 deep", "a = " + "{ a = " * 5000 + "1" + " }" * 5000, "TOML|nested"),
        ("tables 200 deep", "a = " + "{ a = " * 200 + "1" + " }" * 200, "TOML|nested|a:"),
        ("a key of 20,000 dots", "a" + ".a" * 20_000 + " = 1\n", "TOML|nested|a:|known key"),
        ("a heading of 20,000 dots", "[a" + ".a" * 20_000 + "]\n", "TOML|nested|a:|known key"),
        (
            "laws 300 deep",
            "[partners.A]\nfill_rate = " + "{ varying = " * 300 + "1" + " }" * 300,
            "TOML|nested|fill_rate",
        ),
        ("an integer of 5,000 digits", f"targets = [{'9' * 5000}]\n", "targets|digits"),
        ("an integer of 5,000 digits as quantity", f"[lines.A]\nper_day = {'9' * 5000}\n", "per_day|digits"),
        ("an integer of 400 digits", f"targets = [{'9' * 400}]\n", "targets"),
        ("a hexadecimal integer of 5,000 digits", f"targets = [0x{'F' * 5000}]\n", "targets"),
        ("a number of 100,000 decimals", f"targets = [0.{'0' * 100_000}1]\n", "name|calendar"),
        ("the exponent 10^9", "targets = [1e1000000000]\n", "targets"),
        (
            "a bare name in Cyrillic",
            "[partners.Кайи]\nfill_rate = 1\n",
            "TOML|Кайи",
        ),
        ("a bare key in Cyrillic", "[lines]\nЛиния = { per_day = 1 }\n", "TOML"),
        ("a bare name in Chinese", "[partners.奇瑞]\nfill_rate = 1\n", "TOML"),
        ("typographic quotes", "name = “x”\n", "TOML"),
        ("a non-breaking space", "name\u00a0= 'x'\n", "TOML"),
        ("an escape that is none", 'name = "a\\qb"\n', "TOML"),
        ("a surrogate", 'name = "\\ud800"\n', "TOML"),
    ]
    for kind, content, found in broken:
        yield _case(f"a file that holds {kind}", _loading(content), "plant.toml", found)
        if isinstance(content, str):
            yield _case(
                f"loads of {kind}", lambda _f, text=content: av.loads(text, where="given text"), "given text", found
            )
            yield (
                _case(
                    f"a file that extends one that holds {kind}",
                    lambda folder, text=content: _child(folder, text),
                    "base.toml",
                    "child.toml",
                    found,
                )
                if kind not in ("nothing", "a number of 100,000 decimals")
                else _case(
                    f"a file that extends one that holds {kind} ",
                    lambda folder, text=content: _child(folder, text),
                    "child",
                )
            )
    for name in ("Кайи", "奇瑞", "Škoda"):
        yield _case(
            f"a bare table name {name} is told to be put in quotes",
            _loading(f"[partners.{name}]\nfill_rate = 1\n"),
            "plant.toml",
            "quot",
        )
    for kind, content in (
        ("a BOM", b"\xef\xbb\xbf" + _SOUND_TEXT.encode()),
        ("Windows line ends", _SOUND_TEXT.replace("\n", "\r\n").encode()),
        ("a BOM and Windows line ends", b"\xef\xbb\xbf" + _SOUND_TEXT.replace("\n", "\r\n").encode()),
        ("no line end at the end", _SOUND_TEXT.rstrip().encode()),
        ("10,000 comments", ("# nothing\n" * 10_000 + _SOUND_TEXT).encode()),
        ("a comment in Cyrillic", ("# Калининград\n" + _SOUND_TEXT).encode()),
    ):
        yield _case(f"a file with {kind} is read", _loading(content), raises=(), right=_is_small)
    yield _case("loads of a BOM", lambda _f: av.loads("\ufeff" + _SOUND_TEXT), raises=(), right=_is_small)
    yield _case("an extended file with a BOM is read", _bom_child, raises=(), right=lambda s: s.name == "Child")


def _child(folder: Path, text: str) -> Any:
    (folder / "base.toml").write_text(text, encoding="utf-8")
    (folder / "child.toml").write_text("extends = 'base.toml'\nname = 'Child'\n", encoding="utf-8")
    return av.load(folder / "child.toml")


def _bom_child(folder: Path) -> Any:
    (folder / "base.toml").write_text("\ufeff" + _SOUND_TEXT, encoding="utf-8")
    (folder / "child.toml").write_text("\ufeffextends = 'base.toml'\nname = 'Child'\n", encoding="utf-8")
    return av.load(folder / "child.toml")


# --- extends and set -----------------------------------------------------------------------------------------------


def _chain(length: int) -> Callable[[Path], Any]:
    def call(folder: Path) -> Any:
        (folder / "f0.toml").write_text(_SOUND_TEXT, encoding="utf-8")
        for at in range(1, length + 1):
            (folder / f"f{at}.toml").write_text(f"extends = 'f{at - 1}.toml'\n", encoding="utf-8")
        return av.load(folder / f"f{length}.toml")

    return call


def _circle(length: int) -> Callable[[Path], Any]:
    def call(folder: Path) -> Any:
        for at in range(length):
            (folder / f"f{at}.toml").write_text(f"extends = 'f{(at + 1) % length}.toml'\n", encoding="utf-8")
        return av.load(folder / "f0.toml")

    return call


def _linked_circle(folder: Path) -> Any:
    (folder / "a.toml").write_text("extends = 'b.toml'\n", encoding="utf-8")
    (folder / "b.toml").symlink_to("a.toml")
    return av.load(folder / "a.toml")


def _relative_circle(folder: Path) -> Any:
    (folder / "sub").mkdir()
    (folder / "a.toml").write_text("extends = 'sub/../sub/../a.toml'\n", encoding="utf-8")
    return av.load("a.toml")


def _extends() -> Iterator[Case]:
    for length in (51, 60, 500, 1500):
        yield _case(f"extends {length} deep", _chain(length), "extends", "50|deep", slow=length > 500)
    for length in (1, 5, 49):
        yield _case(f"extends {length} deep is read", _chain(length), raises=(), right=_is_small)
    for length in (1, 2, 3, 40):
        yield _case(f"extends in a circle of {length}", _circle(length), "extends", r"f0\.toml")
    yield _case("extends in a circle through a link", _linked_circle, "extends", r"a\.toml")
    yield _case("extends in a circle through folders", _relative_circle, "extends", r"a\.toml")
    for kind, value in (
        ("a number", "5"),
        ("a row", "['avtotor-2024-06']"),
        ("a table", "{ name = 'avtotor-2024-06' }"),
        ("nothing", "''"),
        ("true", "true"),
        ("a null byte", r'"a\u0000b"'),
        ("a misspelt bundled name", "'avtotor-2024-6'"),
        ("an address of the web", "'https://example.org/plant.toml'"),
        ("a home", "'~/plant.toml'"),
        ("the root", "'/'"),
        ("this folder", "'.'"),
        ("the folder above", "'..'"),
        ("a blank", "' '"),
        ("a very long name", f"'{'x' * 5000}'"),
        ("a date", "2024-01-01"),
        ("a newline", r'"a\nb"'),
    ):
        yield _case(f"extends = {kind}", _loading(f"extends = {value}\nname = 'x'\n"), "extends")
        yield _case(f"loads: extends = {kind}", lambda _f, v=value: av.loads(f"extends = {v}\nname = 'x'\n"), "extends")
    sets: list[tuple[str, str, tuple[str, ...]]] = [
        ("a number", "set = 5", ("set",)),
        ("a row", "set = ['a']", ("set",)),
        ("text", "set = 'x'", ("set",)),
        ("an unknown family", '[set]\n"partner.BAIC.fill_rate" = 1', ("partner", "partners")),
        ("an unknown name", '[set]\n"partners.BIAC.fill_rate" = 1', ("BIAC", "BAIC")),
        ("an unknown field", '[set]\n"partners.BAIC.fil_rate" = 1', ("fil_rate", "fill_rate")),
        ("inside a law", '[set]\n"partners.BAIC.fill_rate.low" = 1', (r"fill_rate",)),
        ("inside a row", '[set]\n"calendar.working_days.0" = 1', ("working_days",)),
        ("nothing", '[set]\n"" = 1', ("set",)),
        ("dots", '[set]\n"..." = 1', ("set",)),
        ("a dot at the end", '[set]\n"partners.BAIC.fill_rate." = 1', ("fill_rate",)),
        ("a whole family by a number", "[set]\npartners = 5", ("partners",)),
        ("a whole fact by a number", '[set]\n"partners.BAIC" = 5', ("partners.BAIC",)),
        ("NaN", '[set]\n"partners.BAIC.fill_rate" = nan', ("partners.BAIC.fill_rate", "nan")),
        ("above its rule", '[set]\n"partners.BAIC.fill_rate" = 1.5', ("partners.BAIC.fill_rate", "1.5")),
        ("extends", "[set]\nextends = 'avtotor-2024-06'", ("set", "extends")),
        ("set", "[set]\nset = 1", ("set",)),
        ("an unquoted address", "[set]\npartners.BAIC.fill_rat = 0.5", ("fill_rat", "fill_rate")),
        ("a misspelt section", '[sets]\n"partners.BAIC.fill_rate" = 0.5', ("sets",)),
        (
            "a fact and a number inside it",
            '[set]\n"partners.BAIC" = { fill_rate = 0.5 }\n"partners.BAIC.fill_rate" = 0.7',
            ("partners.BAIC",),
        ),
        (
            "a number and the fact around it",
            '[set]\n"partners.BAIC.fill_rate" = 0.7\n"partners.BAIC" = { fill_rate = 0.5 }',
            ("partners.BAIC",),
        ),
        (
            "a family and a number inside it",
            '[set]\npartners = { BAIC = { fill_rate = 0.5 } }\n"partners.BAIC.fill_rate" = 0.7',
            ("partners",),
        ),
        (
            "the same address in quotes and without",
            '[set]\npartners.BAIC.fill_rate = 0.5\n"partners.BAIC.fill_rate" = 0.7',
            ("partners.BAIC.fill_rate",),
        ),
        (
            "the same table by two ways",
            '[set]\n"shocks.Route.supply" = { BAIC = 0.1 }\n"shocks.Route.supply.BAIC" = 0.7',
            ("shocks.Route.supply",),
        ),
        (
            "the same stops by two ways",
            '[set]\n"lines.Main.stops" = { per_year = 1 }\n"lines.Main.stops.per_year" = 2',
            ("lines.Main.stops",),
        ),
        (
            "the calendar by two ways",
            '[set]\ncalendar = { first_month = "2024-02" }\n"calendar.first_month" = "2024-03"',
            ("calendar",),
        ),
    ]
    for kind, lines, found in sets:
        yield _case(f"[set] with {kind}", _loading(f"{_SOUND_TEXT}\n{lines}\n"), *found)
        yield _case(f"[set] with {kind}, on another file", lambda f, lines=lines: _set_child(f, lines), *found)


def _set_child(folder: Path, lines: str) -> Any:
    (folder / "base.toml").write_text(_SOUND_TEXT, encoding="utf-8")
    (folder / "child.toml").write_text(f"extends = 'base.toml'\n{lines}\n", encoding="utf-8")
    return av.load(folder / "child.toml")


# --- Slips in notation, and large files ----------------------------------------------------------------------------


def _slips() -> Iterator[Case]:
    slips: list[tuple[tuple[str, ...], Any, str]] = [
        (("partners", "BAIC", "fill_rate"), "6 %", r"0\.06"),
        (("partners", "BAIC", "fill_rate"), "6%", r"0\.06"),
        (("partners", "BAIC", "fill_rate"), "97.5 %", r"0\.975"),
        (("partners", "BAIC", "fill_rate"), "0,06", r"0\.06"),
        (("partners", "BAIC", "fill_rate"), "0.9", r"\b0\.9\b"),
        (("partners", "BAIC", "fill_rate"), [0.5, 0.9, 1.0], r"pert|triangular"),
        (("partners", "BAIC", "fill_rate"), [0.5, 0.9], r"uniform"),
        (("partners", "BAIC", "fill_rate"), {"low": 0.5, "high": 0.9}, r"uniform"),
        (("partners", "BAIC", "fill_rate"), {"min": 0.5, "max": 0.9}, r"uniform"),
        (("partners", "BAIC", "fill_rate"), {"low": 0.5, "mode": 0.8, "high": 0.9}, r"pert|triangular"),
        (("partners", "BAIC", "fill_rate"), {"min": 0.5, "mode": 0.8, "max": 0.9}, r"pert|triangular"),
        (("vehicles", "U5 Plus", "plan"), "12 000", r"12_?000\b"),
        (("vehicles", "U5 Plus", "plan"), "12,000", r"12_?000\b"),
        (("vehicles", "U5 Plus", "plan"), "12\u00a0000", r"12_?000\b"),
        (("vehicles", "U5 Plus", "plan"), "12'000", r"12_?000\b|number"),
        (("vehicles", "U5 Plus", "plan"), [400, 500, 600], r"pert|triangular"),
        (("targets",), 70000, r"\[70_?000"),
        (("targets",), "70000", r"70_?000"),
        (("targets",), "70 000", r"70_?000"),
        (("markets", "Russia", "season"), {"january": 1, "february": 2}, r"twelve|12"),
        (("markets", "Russia", "season"), {"1": 1}, r"twelve|12"),
        (("calendar", "working_days"), 21, r"\[21|row|twelve|12"),
        (("calendar", "working_days"), {"january": 21}, r"row|list|twelve|12"),
        (("calendar", "first_month"), Raw("2024-01-01"), r"2024-01\b"),
        (("calendar", "first_month"), "January 2024", r"YYYY-MM"),
        (("calendar", "first_month"), "01.2024", r"YYYY-MM"),
        (("lines", "Main", "stops", "duration"), Raw("07:00:00"), r"months|number"),
    ]
    for way, value, found in slips:
        yield _case(f"{'.'.join(way)} = {value!r}", _changed(way, value), _place(way), found)
    for way, old, new in (
        (("lines", "Main", "stops"), "duration", "months"),
        (("shocks", "Border", "window"), "duration", "months"),
        (("lines", "Main", "stops"), "duration", "length"),
        (("vehicles", "U5 Plus"), "market_share", "share"),
        (("vehicles", "U5 Plus"), "plan", "planned"),
        (("partners", "BAIC"), "fill_rate", "fill rate"),
        (("partners", "BAIC"), "fill_rate", "fillrate"),
        (("markets", "Russia"), "elasticities", "elasticity"),
        (("markets", "Russia"), "per_year", "per_month"),
        (("calendar",), "working_days", "workdays"),
        (("factors", "yuan"), "volatility", "sigma"),
    ):
        yield _case(f"{'.'.join(way)}.{new} for {old}", _renamed(way, old, new), rf"\b{new}\b", rf"\b{old}\b")


def _place(way: tuple[str, ...]) -> str:
    return r"\.".join(way)


def _changed(way: tuple[str, ...], value: Any) -> Callable[[Path], Any]:
    tables = copy.deepcopy(document())
    node = tables
    for segment in way[:-1]:
        node = node[segment]
    node[way[-1]] = value
    return _loading(text_of(tables))


def _renamed(way: tuple[str, ...], old: str, new: str) -> Callable[[Path], Any]:
    tables = copy.deepcopy(document())
    node = tables
    for segment in way:
        node = node[segment]
    node[new] = node.pop(old, 1)
    return _loading(text_of(tables))


def _large() -> Iterator[Case]:
    """Files with thousands of facts or faults: an answer in time, and a text that ends."""
    many = {f"P{at}": {"fil_rate": 1} for at in range(5000)}
    loading = {f"f{at}": {"volatility": 1, "loads": {f"f{at + 1}": 1}} for at in range(2000)}
    text = long_text(5000, "BIAC")
    large: list[tuple[str, Callable[[], str], str]] = [
        ("5,000 vehicles of a misspelt partner", lambda: text, "BAIC"),
        ("5,000 misspelt keys", lambda: text_of({**document(), "partners": many}), "fill_rate"),
        ("5,000 unknown tables", lambda: _SOUND_TEXT + "".join(f"[x{at}]\n" for at in range(5000)), "known"),
        ("3,000 targets that are NaN", lambda: _SOUND_TEXT.replace("[100, 400]", f"[{'nan, ' * 3000}]"), "targets"),
        ("a row of 200,000 numbers", lambda: _SOUND_TEXT.replace("[100, 400]", f"[{'-1, ' * 200_000}]"), "targets"),
        (
            "working days of 200,000 months",
            lambda: _SOUND_TEXT + f"[set]\n'calendar.working_days' = [{'20, ' * 200_000}]\n",
            "working_days",
        ),
        (
            "a name of 100,000 letters",
            lambda: text_of({**document(), "partners": {"x" * 100_000: {"fil_rate": 1}}}),
            "fil_rate|name",
        ),
        ("a text of 1,000,000 letters for a number", lambda: _renamed_text("x" * 1_000_000), "fill_rate"),
        ("a name misspelt, 100,000 letters", lambda: _SOUND_TEXT + f"{'y' * 100_000} = 1\n", "known|mean"),
        (
            "2,000 factors that load on each other",
            lambda: text_of({**document(), "factors": loading}),
            "loads",
        ),
        (
            "a law of 100,000 values that do not rise",
            lambda: _renamed_text(
                Raw(f"{{ discrete = {{ values = [{'1, ' * 100_000}], weights = [{'1, ' * 100_000}] }} }}")
            ),
            "values",
        ),
        (
            "3,000 lines of [set]",
            lambda: _SOUND_TEXT + "[set]\n" + "".join(f'"a{n}.b" = 1\n' for n in range(3000)),
            "set",
        ),
    ]
    for kind, make, found in large:
        yield _case(f"a file with {kind}", lambda _f, make=make: av.loads(make()), found, slow="00,000" in kind)
    yield _case(
        "5,000 sound vehicles are read",
        lambda _f: av.loads(long_text(5000)),
        raises=(),
        right=lambda s: len(s.vehicles) == 5000,
        slow=True,
    )
    yield _case("a text of 17 MB", lambda _f: av.loads("# x\n" * (17 * 2**18 + 1)), "16|large")


def _renamed_text(value: Any) -> str:
    tables = document()
    tables["partners"]["BAIC"]["fill_rate"] = value
    return text_of(tables)


# --- Arguments of load, loads, save --------------------------------------------------------------------------------


def _arguments() -> Iterator[Case]:
    sources: list[tuple[str, Any]] = [
        ("a number", 123),
        ("None", None),
        ("nothing", ""),
        ("bytes", b"avtotor-2024-06"),
        ("a row", ["avtotor-2024-06"]),
        ("true", True),
        ("a scenario", plant()),
        ("a file number", 0),
        ("a table", {}),
        ("text of a file", _SOUND_TEXT),
        ("a null byte", "a\0b"),
        ("a misspelt name", "avtotor-2024-07"),
        ("a name in capitals", "AVTOTOR-2024-06"),
        ("a name with its ending", "avtotor-2024-06.toml"),
        ("this folder", "."),
        ("a surrogate", "a\ud800b"),
        ("a newline", "a\nb"),
    ]
    for kind, value in sources:
        yield _case(f"load({kind})", lambda _f, v=value: av.load(v), "load|file|path")
    for kind, value in sources:
        if not isinstance(value, str):
            yield _case(f"loads({kind})", lambda _f, v=value: av.loads(v), "loads|text")
    yield _case("loads(a name)", lambda _f: av.loads("avtotor-2024-06"), "TOML")
    yield _case("loads(a path)", lambda _f: av.loads("plant.toml"), "TOML")
    targets: list[tuple[str, Any]] = [
        ("a number", 5),
        ("None", None),
        ("nothing", ""),
        ("a scenario", plant()),
        ("a row", []),
        ("a null byte", "a\0b"),
        ("this folder", "."),
        ("a folder that is not there", "no/plant.toml"),
        ("a very long name", "x" * 5000),
        ("true", True),
        ("the root", "/"),
    ]
    result = av.simulate(plant(), runs=32, progress=False)
    for what, thing in (("scenario", plant()), ("result", result)):
        for kind, value in targets:
            yield _case(
                f"{what}.save({kind})",
                lambda _f, thing=thing, v=value: thing.save(v),
                "path|file|folder|can't write|save",
            )
        yield _case(f"{what}.save()", lambda _f, thing=thing: thing.save(), "path")
        for kind, make in _special_targets():
            yield _case(
                f"{what}.save(over {kind})",
                lambda f, thing=thing, make=make: _save_over(thing, make(f)),
                "plant",
            )
        yield _case(
            f"{what}.save keeps the mode bits of what it replaces",
            lambda f, thing=thing: _mode_after(thing, f, 0o640),
            raises=(),
            right=lambda mode: mode == 0o640,
        )
        yield _case(
            f"{what}.save leaves a file to the world as private as it was",
            lambda f, thing=thing: _mode_after(thing, f, 0o600),
            raises=(),
            right=lambda mode: mode == 0o600,
        )
        yield _case(
            f"{what}.save leaves nothing beside the file",
            lambda f, thing=thing: _beside(thing, f),
            raises=(),
            right=lambda names: names == ["plant"],
        )
        yield _case(
            f"{what}.save through a link writes where it leads",
            lambda f, thing=thing: _through_link(thing, f),
            raises=(),
            right=lambda kept: kept == (True, True),
        )
        yield _case(
            f"{what}.save in a folder that forbids it",
            lambda f, thing=thing: _forbidden(thing, f),
            "plant",
            right=lambda done: done == "root",
        )
        yield _case(
            f"{what}.save where no file may grow so large leaves what stood there",
            lambda f, thing=thing: _no_room(thing, f),
            raises=(),
            right=lambda kept: kept == ("OSError", b"before", ["plant"]),
        )
    yield _case("Scenario.save(path, scenario)", lambda _f: av.Scenario.save("plant.toml", plant()), "scenario|path")
    yield _case("Result.save(path, result)", lambda _f: av.Result.save("plant", result), "result|path")
    yield _case("result.save(result)", lambda _f: result.save(result), "path")
    yield _case("result.save(scenario)", lambda _f: result.save(plant()), "path")
    yield _case("scenario.save(result)", lambda _f: plant().save(result), "path")


def _special_targets() -> list[tuple[str, Callable[[Path], Path]]]:
    made: list[tuple[str, Callable[[Path], Path]]] = [("a folder", _plain_folder), ("a link to itself", _plain_loop)]
    if hasattr(os, "mkfifo"):
        made += [("a FIFO", _plain_fifo), ("a link to a FIFO", _plain_linked_fifo), ("a socket", _plain_socket)]
    if hasattr(os, "mknod") and hasattr(os, "geteuid") and os.geteuid() == 0:
        made += [("a device", _plain_device), ("a link to a device", _plain_linked_device)]
    return made


def _plain_folder(folder: Path) -> Path:
    (folder / "plant").mkdir()
    return folder / "plant"


def _plain_loop(folder: Path) -> Path:
    (folder / "plant").symlink_to(folder / "plant")
    return folder / "plant"


def _plain_fifo(folder: Path) -> Path:
    os.mkfifo(folder / "plant")
    return folder / "plant"


def _plain_linked_fifo(folder: Path) -> Path:
    os.mkfifo(folder / "plant-pipe")
    (folder / "plant").symlink_to("plant-pipe")
    return folder / "plant"


def _plain_socket(folder: Path) -> Path:
    bound = socket.socket(socket.AF_UNIX)
    bound.bind("plant")
    bound.close()
    return folder / "plant"


def _plain_device(folder: Path) -> Path:
    # A null device of our own: the machine's stands elsewhere.
    with contextlib.suppress(PermissionError):
        os.mknod(folder / "plant", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        return folder / "plant"
    return _plain_fifo(folder)


def _plain_linked_device(folder: Path) -> Path:
    made = _plain_device(folder).rename(folder / "plant-device")
    (folder / "plant").symlink_to(made)
    return folder / "plant"


def _save_over(thing: Any, path: Path) -> Any:
    """Save over what is no regular file: refused, and it still stands."""
    before = _seen(path)
    try:
        thing.save(path)
    except CLEAR:
        assert _seen(path) == before, "what stood there was replaced"
        raise
    return f"saved; what stood there is {'kept' if _seen(path) == before else 'gone'}"


def _seen(path: Path) -> tuple[int, ...]:
    """Kind and number of what stands there, and of what it leads to."""
    try:
        end = path.stat()
    except (OSError, RuntimeError):
        end = path.lstat()
    return path.lstat().st_mode, path.lstat().st_ino, end.st_mode, end.st_ino


def _mode_after(thing: Any, folder: Path, mode: int) -> int:
    path = folder / "plant"
    path.write_bytes(b"before")
    path.chmod(mode)
    thing.save(path)
    return stat.S_IMODE(path.stat().st_mode)


def _beside(thing: Any, folder: Path) -> list[str]:
    thing.save(folder / "plant")
    thing.save(folder / "plant")
    return sorted(item.name for item in folder.iterdir())


def _through_link(thing: Any, folder: Path) -> tuple[bool, bool]:
    (folder / "real").write_bytes(b"before")
    (folder / "plant").symlink_to("real")
    thing.save(folder / "plant")
    return (folder / "plant").is_symlink(), (folder / "real").read_bytes() != b"before"


def _forbidden(thing: Any, folder: Path) -> str:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return "root"
    shut = folder / "shut"
    shut.mkdir(mode=0o500)
    thing.save(shut / "plant")
    return "saved"


def _no_room(thing: Any, folder: Path) -> tuple[str, bytes, list[str]]:
    import resource
    import signal

    path = folder / "plant"
    path.write_bytes(b"before")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    came = "nothing"
    try:
        thing.save(path)
    except OSError:
        came = "OSError"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    return came, path.read_bytes(), sorted(item.name for item in folder.iterdir())


# --- Names ---------------------------------------------------------------------------------------------------------

_BAD_NAMES = {
    "nothing": "",
    "a blank": " ",
    "blanks around": " a ",
    "a dot": "a.b",
    "a dot alone": ".",
    "two dots": "..",
    "a slash": "a/b",
    "a quote": 'a"b',
    "a newline": "a\nb",
    "a newline at the end": "a\n",
    "a tab": "a\tb",
    "a null byte": "a\0b",
    "a bell": "a\x07",
    "an escape": "\x1b[2J",
    "delete": "a\x7fb",
    "C1": "a\x9bb",
    "next line": "a\x85b",
    "right-to-left override": "a\u202eb",
    "left-to-right embedding": "a\u202ab",
    "isolate": "a\u2067b",
    "right-to-left mark": "a\u200fb",
    "zero width space": "a\u200bb",
    "zero width joiner": "a\u200db",
    "a BOM": "\ufeffa",
    "line separator": "a\u2028b",
    "non-breaking space": "a\u00a0b",
    "ideographic space": "a\u3000b",
    "a soft hyphen": "a\u00adb",
    "a surrogate": "a\ud800b",
    "a tag": "a\U000e0041b",
    "brackets": "a[0]",
    "an equals sign": "a=b",
    "a comment sign": "a#b",
    "a comma": "a,b",
    "markup": "<b>a</b>",
    "an emoji": "car\U0001f697",
}
_GOOD_NAMES = ("BAIC", "U5 Plus", "Кайи", "奇瑞", "Škoda", "A-1", "X & Y".replace(" & ", " & "), "7", "b+w", "x" * 200)
_KINDS = ("lines", "partners", "markets", "vehicles", "factors", "shocks")
_FACT_OF = dict(zip(_KINDS, ("Line", "Partner", "Market", "Vehicle", "Factor", "Shock"), strict=True))


def _names() -> Iterator[Case]:
    for kind, name in _BAD_NAMES.items():
        for family in _KINDS:
            sound = SOUND[_FACT_OF[family]]
            yield Case(
                part="names",
                name=f"{_FACT_OF[family]} with {kind} for a name",
                call=lambda _f, family=family, sound=sound, name=name: getattr(av, _FACT_OF[family])(
                    **{**sound, "name": name}
                ),
                says=("name",),
                hand=family == "partners",
            )
            if "\ud800" not in name:
                yield Case(
                    part="names",
                    name=f"a file with {kind} for the name of one of its {family}",
                    call=_loading(_named_text(family, name)),
                    says=(family, "name"),
                    hand=family == "vehicles",
                )
        for field, shown in (("name", "title"), ("description", "description")):
            if kind in _CONTROL or (kind in _BREAKS and field == "name"):
                yield _case(
                    f"a scenario whose {shown} holds {kind}",
                    lambda _f, field=field, name=name: plant(**{field: name}),
                    field,
                    part="names",
                )
                yield _case(
                    f"a file whose {shown} holds {kind}",
                    _loading(text_of({**document(), field: _escaped(name)})),
                    field,
                    part="names",
                )
    for name in _GOOD_NAMES:
        yield _case(
            f"the name {name[:20]!r} goes round through a file",
            lambda f, name=name: _round(f, name),
            part="names",
            raises=(),
            right=bool,
        )
    for length in (1000, 100_000):
        yield _case(
            f"a name of {length:,} letters is taken, or refused",
            lambda _f, length=length: av.Partner(name="x" * length),
            "name",
            part="names",
            right=lambda made: len(str(made)) < 1_000_000,
        )
    for family in _KINDS:
        fact = _FACT_OF[family]
        yield _case(
            f"the same name twice among {family}",
            lambda _f, family=family, fact=fact: plant(**{family: [getattr(av, fact)(**SOUND[fact])] * 2}),
            family,
            "once",
            part="names",
        )


_CONTROL = {
    "a null byte", "a bell", "an escape", "delete", "C1", "next line", "right-to-left override",
    "left-to-right embedding", "isolate",
}  # fmt: skip
_BREAKS = {"a newline", "a newline at the end", "a tab"}


def _escaped(text: str) -> Raw:
    return Raw('"' + "".join(c if c.isalnum() else f"\\U{ord(c):08X}" for c in text) + '"')


def _named_text(family: str, name: str) -> str:
    tables = document()
    text = text_of({key: value for key, value in tables.items() if key != family})
    first = next(iter(tables[family].values()))
    return f"{text}\n[{family}]\n{_escaped(name)} = {text_of({'x': first}).removeprefix('x = ')}"


def _round(folder: Path, name: str) -> bool:
    scenario = plant(
        partners=[av.Partner(name=name)],
        vehicles=[av.Vehicle(**{**SOUND["Vehicle"], "partner": name, "name": f"{name} 1"})],
        shocks=(),
    )
    scenario.save(folder / "plant.toml")
    again = av.load(folder / "plant.toml")
    return again == scenario and again[f"partners.{name}.fill_rate"] == 1.0


def cases() -> Iterator[Case]:
    """Give all cases of this kind."""
    yield from _no_files()
    yield from _texts()
    yield from _extends()
    yield from _slips()
    yield from _large()
    yield from _arguments()
    yield from _names()
