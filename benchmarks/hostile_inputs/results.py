"""Saved results that were cut, changed, blown up or made by hand: refused, or read as they were."""

from __future__ import annotations

import copy
import io
import json
import math
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import avtosim as av
from avtosim.persistence import npz

from .judge import CLEAR, Case
from .plants import plant

__all__ = ["cases"]

_Change = Callable[[dict[str, Any], dict[str, Any]], Any]


@cache
def _result() -> av.Result:
    return av.simulate(plant(), runs=64, seed=3, keep="flows", progress=False)


@cache
def _bytes() -> bytes:
    """The saved result, as the library writes it."""
    kept: list[bytes] = []
    folder = Path.cwd()
    path = folder / "result-as-saved"
    _result().save(path)
    kept.append(path.read_bytes())
    path.unlink()
    return kept[0]


@cache
def _held() -> tuple[dict[str, Any], dict[str, Any]]:
    """Words and arrays of a saved result, caught on their way to the file."""
    caught: list[Mapping[str, Any]] = []
    original = npz.write
    npz.write = lambda *given, **named: caught.extend(  # type: ignore[assignment]
        item for item in (*given, *named.values()) if isinstance(item, Mapping)
    )
    try:
        _result().save("nowhere")
    finally:
        npz.write = original
    words, arrays = caught
    return dict(words), dict(arrays)


def _sealed(change: _Change) -> Callable[[Path], Any]:
    """Save a result whose words and arrays are changed on their way to the file, so that its digest fits; load it."""

    def call(folder: Path) -> Any:
        original = npz.write

        def write(path: Any, words: Any, arrays: Any, *rest: Any, **named: Any) -> Any:
            words = copy.deepcopy(dict(words))
            arrays = {name: np.array(array) for name, array in arrays.items()}
            change(words, arrays)
            return original(path, words, arrays, *rest, **named)

        npz.write = write  # type: ignore[assignment]
        try:
            _result().save(folder / "kept.npz")
        finally:
            npz.write = original
        return av.Result.load(folder / "kept.npz")

    return call


def _loading(make: Callable[[], bytes]) -> Callable[[Path], Any]:
    def call(folder: Path) -> Any:
        (folder / "kept.npz").write_bytes(make())
        return av.Result.load(folder / "kept.npz")

    return call


def _is_the_same(result: Any) -> bool:
    first = _result()
    return (
        np.array_equal(result.annual, first.annual)
        and result.run_info == first.run_info
        and tuple(result.targets) == tuple(first.targets)
        and all(np.array_equal(result.flows[name], first.flows[name]) for name in first.flows)
        and str(result) == str(first)
    )


def _case(name: str, call: Callable[[Path], Any], *says: str, **rest: Any) -> Case:
    return Case(part="results", name=name, call=call, says=(r"kept\.npz", *says), **{"hand": True, **rest})


def _damaged() -> Iterator[Case]:
    parts = 48
    for at in range(parts):
        yield _case(
            f"cut after {at}/{parts}", _loading(lambda at=at: _bytes()[: len(_bytes()) * at // parts]), hand=at % 8 == 0
        )
    for cut in (1, 2, 21, 22, 23, 100):
        yield _case(f"cut by {cut} bytes", _loading(lambda cut=cut: _bytes()[:-cut]), right=_is_the_same)
    flips = 160
    for at in range(flips):
        yield _case(
            f"a bit flipped at {at}/{flips}",
            _loading(lambda at=at: _flipped(len(_bytes()) * at // flips, at % 8)),
            right=_is_the_same,
            hand=at % 16 == 0,
        )
    for at in range(60):
        yield _case(
            f"a bit flipped in the directory, {at} from the end",
            _loading(lambda at=at: _flipped(len(_bytes()) - 1 - 7 * at, at % 8)),
            right=_is_the_same,
            hand=at % 20 == 0,
        )
    others: list[tuple[str, Callable[[], bytes]]] = [
        ("nothing", lambda: b""),
        ("a byte", lambda: b"P"),
        ("text", lambda: b"annual\n1\n2\n"),
        ("null bytes", lambda: bytes(10_000)),
        ("a scenario", lambda: plant().to_toml().encode()),
        ("a pickle", lambda: pickle.dumps({"annual": [1, 2]})),
        ("a pickle that would run code", lambda: pickle.dumps(_Runs())),
        ("an array alone", lambda: _npy(np.ones(5))),
        ("an array of objects alone", lambda: _npy(np.array([_Runs()], dtype=object))),
        ("an empty archive", lambda: _archive({})),
        ("an archive of text", lambda: _archive({"a.txt": b"x"})),
        ("arrays of another program", lambda: _savez(annual=np.ones(5))),
        ("arrays and words of another program", lambda: _savez(annual=np.ones(5), words=np.array("x"))),
        ("words that are no JSON", lambda: _savez(annual=np.ones(5), words=np.frombuffer(b"{", np.uint8))),
        ("words that are a number", lambda: _savez(annual=np.ones(5), words=np.frombuffer(b"5", np.uint8))),
        ("words that are null", lambda: _savez(annual=np.ones(5), words=np.frombuffer(b"null", np.uint8))),
        ("words nested 100,000 deep", lambda: _savez(words=np.frombuffer(b"[" * 100_000 + b"]" * 100_000, np.uint8))),
        ("words with a number of 5,000 digits", lambda: _savez(words=np.frombuffer(b"9" * 5000, np.uint8))),
        ("words of 300 MB of blanks", lambda: _bomb("words", "|u1", 300_000_000, b" ")),
        ("words that are no UTF-8", lambda: _savez(words=np.frombuffer(b"\xff\xfe{}", np.uint8))),
        ("the file turned round", lambda: _bytes()[::-1]),
        ("the file twice", lambda: _bytes() * 2),
        ("bytes before it", lambda: b"garbage" * 100 + _bytes()),
        ("bytes behind it", lambda: _bytes() + b"garbage" * 100),
    ]
    for kind, make in others:
        right = _is_the_same if kind in ("the file twice", "bytes before it", "bytes behind it") else None
        yield _case(f"a file that holds {kind}", _loading(make), right=right)


def _flipped(at: int, bit: int) -> bytes:
    changed = bytearray(_bytes())
    changed[at] ^= 1 << bit
    return bytes(changed)


class _Runs:
    """An object whose pickle leaves a mark when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("pickle-was-run",)


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def _savez(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _archive(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_bytes())) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist()}


def _header(descr: str, shape: tuple[int, ...] | str, fortran: str = "False") -> bytes:
    text = f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin-1")


def _bomb(name: str, descr: str, count: int, fill: bytes = b"\0") -> bytes:
    """An archive of a megabyte or two, one member of which holds ``count`` bytes; put together without packing them."""
    head, piece = _header(descr, (count // np.dtype(descr).itemsize,)), fill * 2**24
    packed, whole = _packed(piece), count // len(piece)
    rest = piece[: count - whole * len(piece)]
    content = b"".join([_packed(head), packed * whole, _packed(rest), zlib.compressobj(9, zlib.DEFLATED, -15).flush()])
    check = zlib.crc32(head)
    for part in [piece] * whole + [rest]:
        check = zlib.crc32(part, check)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, held in _members().items():
            if member.removesuffix(".npy") != name:
                archive.writestr(member, held)
        archive.writestr(f"{name}.npy", content)
        local = archive.infolist()[-1].header_offset
    made = bytearray(buffer.getvalue())
    directory = made.rfind(b"PK\x01\x02")
    for at in (local + 8, directory + 10):
        made[at : at + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    for at in (local + 14, directory + 16):
        made[at : at + 12] = struct.pack("<III", check, len(content), len(head) + count)
    return bytes(made)


def _packed(content: bytes) -> bytes:
    """Deflated so that it stands for itself: such pieces can be put one behind the other."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


def _archives() -> Iterator[Case]:
    """Archives whose members are not what they should be, put together without the library."""

    def changed(name: str, content: bytes) -> Callable[[], bytes]:
        return lambda: _archive({**_members(), name: content})

    def annual(header: bytes) -> Callable[[], bytes]:
        return lambda: _archive({**_members(), "annual.npy": header + _members()["annual.npy"][128:]})

    runs = 64
    made: list[tuple[str, Callable[[], bytes], bool]] = [
        ("the same members, packed", lambda: _archive(_members(), zipfile.ZIP_DEFLATED), True),
        ("the same members, in another order", lambda: _archive(dict(reversed(_members().items()))), True),
        ("one member less", lambda: _archive({k: v for k, v in _members().items() if k != "built.npy"}), False),
        ("no words", lambda: _archive({k: v for k, v in _members().items() if _is_array(k)}), False),
        ("no annual", lambda: _archive({k: v for k, v in _members().items() if "annual" not in k}), False),
        ("an unknown member", changed("other.npy", _npy(np.ones(3))), False),
        ("an unknown member that is text", changed("readme.txt", b"x"), False),
        ("a member that leads out of the folder", changed("../../evil.npy", _npy(np.ones(3))), False),
        ("annual doubled", changed("annual.npy", _npy(2.0 * _result().annual)), False),
        ("annual of objects", changed("annual.npy", _npy(np.array([_Runs()] * runs, dtype=object))), False),
        ("annual of text", changed("annual.npy", _npy(np.array(["1"] * runs))), False),
        ("annual of complex numbers", changed("annual.npy", _npy(_result().annual + 1j)), False),
        ("annual of 32 bits", changed("annual.npy", _npy(_result().annual.astype(np.float32))), False),
        ("annual of integers", changed("annual.npy", _npy(_result().annual.astype(np.int64))), False),
        ("annual the other way round in memory", changed("annual.npy", _npy(_result().annual.astype(">f8"))), True),
        ("annual of records", changed("annual.npy", _npy(np.zeros(runs, dtype=[("a", "f8")]))), False),
        ("annual of dates", changed("annual.npy", _npy(np.zeros(runs, dtype="M8[D]"))), False),
        ("annual as a column", changed("annual.npy", _npy(_result().annual[:, None])), False),
        ("annual without a dimension", changed("annual.npy", _npy(np.array(5.0))), False),
        ("annual of no run", changed("annual.npy", _npy(np.zeros(0))), False),
        ("annual one run short", changed("annual.npy", _npy(_result().annual[:-1])), False),
        ("annual that is no array", changed("annual.npy", b"not an array"), False),
        ("annual that is a pickle", changed("annual.npy", pickle.dumps([1, 2])), False),
        (
            "annual that ends early",
            lambda: _archive({**_members(), "annual.npy": _members()["annual.npy"][:-8]}),
            False,
        ),
        (
            "annual that goes on",
            lambda: _archive({**_members(), "annual.npy": _members()["annual.npy"] + b"x" * 8}),
            True,
        ),
        ("annual claimed to be of 10^15 runs", annual(_header("<f8", (10**15,))), False),
        ("annual claimed to be of 10^30 runs", annual(_header("<f8", (10**30,))), False),
        ("annual claimed to be of -1 runs", annual(_header("<f8", (-1,))), False),
        ("annual claimed to have no shape", annual(_header("<f8", "None")), False),
        ("annual whose header is an expression", annual(_header("<f8", "(__import__('os').getpid(),)")), False),
        ("annual of a type nobody knows", annual(_header("<q99", (runs,))), False),
        ("annual of text of 10^9 letters", annual(_header("<U1000000000", (1,))), False),
        ("annual with a header of 10 MB", changed("annual.npy", _header("<f8", "(" + " " * 60_000 + "64,)")), False),
        (
            "annual by a format of the future",
            lambda: _archive({**_members(), "annual.npy": b"\x93NUMPY\x09\x00" + bytes(200)}),
            False,
        ),
        ("a bomb: annual of 2 GB", lambda: _bomb("annual", "<f8", 2_000_000_000), False),
        ("a bomb: an unknown member of 2 GB", lambda: _bomb("other", "<f8", 2_000_000_000), False),
        ("a bomb: built of 1 GB", lambda: _bomb("built", "<f8", 1_000_000_000), False),
        ("70,000 members", lambda: _archive({**_members(), **{f"m{at}.npy": b"" for at in range(70_000)}}), False),
        ("a member twice", _twice, True),
        ("members said to be encrypted", _encrypted, False),
        ("a member said to be smaller than it is", lambda: _lied(8), False),
        ("a member said to be of 4 GB", lambda: _lied(2**32 - 2), False),
        ("words packed 1000 to 1", lambda: _bomb("words", "|u1", 1_000_000_000, b"\0"), False),
    ]
    for kind, make, same in made:
        yield _case(
            f"an archive with {kind}",
            _marked(make),
            right=_is_the_same if same else None,
            slow="bomb" in kind or "70,000" in kind,
        )


def _marked(make: Callable[[], bytes]) -> Callable[[Path], Any]:
    """Load what was made, and fail the case if reading it ran code."""
    load = _loading(make)

    def call(folder: Path) -> Any:
        try:
            return load(folder)
        except CLEAR:
            if (folder / "pickle-was-run").exists():
                raise RuntimeError("reading the file ran code") from None
            raise

    return call


def _is_array(member: str) -> bool:
    return member.removesuffix(".npy") in _held()[1]


def _twice() -> bytes:
    import warnings

    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in _members().items():
            archive.writestr(name, content)
        archive.writestr("annual.npy", _npy(np.zeros(64)))
    return buffer.getvalue()


def _encrypted() -> bytes:
    changed = bytearray(_bytes())
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 8] |= 1
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def _lied(size: int) -> bytes:
    """The first member's size in the directory is another one."""
    changed = bytearray(_archive(_members(), zipfile.ZIP_DEFLATED))
    at = changed.find(b"PK\x01\x02")
    changed[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(changed)


# --- Words and arrays changed, the digest made again ---------------------------------------------------------------

_FOR_TEXT: list[Any] = [None, 5, [], {}, True]
_FOR_WHOLE: list[Any] = ["5", None, -1, 1.5, True, [], {}, math.nan, 1e300]
_FOR_NUMBER: list[Any] = ["5", None, -1.0, [], {}, math.nan, math.inf]
_FOR_ROW: list[Any] = [5, None, {}, "text", True]
_FOR_TABLE: list[Any] = [5, None, [], "text", True]


def _leaves(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
    """Each word that can be changed, with values that it must not have; of a row its first item."""
    if isinstance(node, Mapping):
        if way:
            yield way, _FOR_TABLE
        for key, item in node.items():
            yield from _leaves(item, (*way, key))
    elif isinstance(node, (list, tuple)):
        yield way, _FOR_ROW
        if node:
            yield from _leaves(node[0], (*way, 0))
    elif isinstance(node, bool):
        yield way, [None, "yes", 5]
    elif isinstance(node, int):
        yield way, _FOR_WHOLE
    elif isinstance(node, float):
        yield way, _FOR_NUMBER
    elif isinstance(node, str):
        yield way, _FOR_TEXT


def _put(way: tuple[Any, ...], value: Any) -> _Change:
    def change(words: dict[str, Any], _arrays: dict[str, Any]) -> None:
        node: Any = words
        for segment in way[:-1]:
            node = node[segment]
        node[way[-1]] = value

    return change


def _removed(way: tuple[Any, ...]) -> _Change:
    def change(words: dict[str, Any], _arrays: dict[str, Any]) -> None:
        node: Any = words
        for segment in way[:-1]:
            node = node[segment]
        del node[way[-1]]

    return change


def _changed_words() -> Iterator[Case]:
    words, arrays = _held()
    for way, values in _leaves(words):
        place = ".".join(map(str, way))
        for value in values:
            if (place, value) != ("announced", None):
                yield _case(f"words: {place} = {value!r}", _sealed(_put(way, value)), hand=False)
        if way[0] != "targets":
            yield _case(f"words: {place} taken away", _sealed(_removed(way)), hand=False)
    yield _case("words: one too many", _sealed(_put(("nonsens",), 5)), right=_is_the_same)
    yield _case("words: one too many in what made it", _sealed(_put(("run_info", "nonsens"), 5)))
    yield _case("words: another format", _sealed(_put(("format",), "avtosim result 99")), right=_is_the_same)
    yield _case("words: a title with control characters", _sealed(_put(("run_info", "title"), "\x1b[2J")))
    yield _case("words: a target below zero", _sealed(_put(("targets",), [-5.0])))
    yield _case("words: a target that is NaN", _sealed(_put(("targets",), [math.nan])))
    yield _case("words: a target that is text", _sealed(_put(("targets",), ["70000"])))
    yield _case("words: 70,000 runs in a replicate", _sealed(_put(("run_info", "replicate_size"), 70_000)))
    yield _case("words: 7 runs in a replicate", _sealed(_put(("run_info", "replicate_size"), 7)))
    for name in arrays:
        faults: list[tuple[str, Callable[[Any], Any]]] = [
            ("NaN in one run", lambda a: _with(a, math.nan)),
            ("infinity in one run", lambda a: _with(a, math.inf)),
            ("minus infinity in one run", lambda a: _with(a, -math.inf)),
            ("a negative number in one run", lambda a: _with(a, -1.0)),
            ("32 bits", lambda a: a.astype(np.float32)),
            ("integers", lambda a: a.astype(np.int64)),
            ("complex numbers", lambda a: a + 0j),
            ("truth values", lambda a: a > 0),
            ("a run less", lambda a: a[..., :-1]),
            ("a run more", lambda a: np.concatenate([a, a[..., -1:]], axis=-1)),
            ("another dimension", lambda a: a[None]),
            ("axes the other way round", lambda a: np.ascontiguousarray(a.T) if a.ndim > 1 else a[:, None]),
            ("no run", lambda a: a[..., :0]),
            ("no numbers", lambda _: np.array("x")),
        ]
        for kind, fault in faults:
            yield _case(f"array {name}: {kind}", _sealed(_array(name, fault)), hand=name == "annual")
        yield _case(f"array {name}: taken away", _sealed(lambda _w, arrays, name=name: arrays.pop(name)), hand=False)
    for name in ("annual", "by_vehicle", "by_month", "built"):
        if name in arrays:
            yield _case(f"array {name}: not the sum of its parts", _sealed(_array(name, lambda a: a + 1.0)), hand=True)
            yield _case(
                f"array {name}: runs in another order",
                _sealed(_array(name, lambda a: np.ascontiguousarray(a[..., ::-1]))),
                hand=True,
            )
    yield _case("arrays: one too many", _sealed(lambda _w, arrays: arrays.update(other=np.ones(64))))


def _with(array: Any, value: float) -> Any:
    array = array.copy()
    array.flat[array.size // 2] = value
    return array


def _array(name: str, fault: Callable[[Any], Any]) -> _Change:
    def change(_words: dict[str, Any], arrays: dict[str, Any]) -> None:
        arrays[name] = fault(arrays[name])

    return change


# --- Other kinds of files, other arguments -------------------------------------------------------------------------


def _sources() -> Iterator[Case]:
    kinds: list[tuple[str, Any]] = [
        ("a number", 5),
        ("None", None),
        ("nothing", ""),
        ("bytes", b"\xff\xfe"),
        ("a row", []),
        ("a result", "result"),
        ("a scenario", plant()),
        ("true", True),
        ("a null byte", "a\0b"),
        ("this folder", "."),
        ("a file that is not there", "nowhere.npz"),
        ("a very long name", "x" * 5000),
        ("a bundled name", "avtotor-2024-06"),
        ("a surrogate", "a\ud800b"),
    ]
    for kind, value in kinds:
        yield Case(
            part="results",
            name=f"Result.load({kind})",
            call=lambda _f, v=value: av.Result.load(_result() if v == "result" else v),
            says=("path|file|load",),
            hand=True,
        )
    specials: list[tuple[str, Callable[[Path], Any]]] = [
        ("a folder", lambda folder: (folder / "kept.npz").mkdir()),
        ("a link to itself", lambda folder: (folder / "kept.npz").symlink_to(folder / "kept.npz")),
        ("a link to nothing", lambda folder: (folder / "kept.npz").symlink_to("nowhere")),
    ]
    if hasattr(os, "mkfifo"):
        specials.append(("a FIFO", lambda folder: os.mkfifo(folder / "kept.npz")))
        specials += [
            (f"a link to the device {name}", lambda folder, name=name: (folder / "kept.npz").symlink_to(f"/dev/{name}"))
            for name in ("zero", "null", "urandom", "full")
            if Path("/dev", name).exists()
        ]
    for kind, make in specials:
        yield _case(
            f"Result.load({kind})", lambda folder, make=make: (make(folder), av.Result.load(folder / "kept.npz"))
        )
    yield _case(
        "a file of 20 GB of nothing",
        lambda folder: (_sparse(folder / "kept.npz", 20 * 2**30), av.Result.load(folder / "kept.npz")),
    )
    yield _case(
        "a sound result is read as it was",
        lambda folder: (_result().save(folder / "kept.npz"), av.Result.load(folder / "kept.npz"))[1],
        raises=(),
        right=_is_the_same,
    )
    for version in ("0.0.1", "99.0"):
        for name in ("version", "numpy", "scipy", "numpy_version", "scipy_version"):
            words, _ = _held()
            if name in words.get("run_info", {}):
                yield _case(
                    f"merge across versions ({name} {version})",
                    lambda folder, name=name, version=version: _merged(folder, name, version),
                    raises=(ValueError,),
                )
    yield Case(
        part="results",
        name="what made a result includes versions of NumPy and SciPy",
        call=lambda _f: json.dumps(_held()[0]),
        raises=(),
        right=lambda text: np.__version__ in text and "scipy" in text.lower(),
        hand=True,
    )


def _merged(folder: Path, name: str, version: str) -> Any:
    first = _result()
    other = _sealed(lambda words, _a: words["run_info"].update({name: version, "first_run": 64}))(folder)
    try:
        return av.merge(first, other)
    except ValueError as error:
        raise ValueError(f"kept.npz: {error}") from None


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def cases() -> Iterator[Case]:
    """Give all cases of this kind."""
    yield from _damaged()
    yield from _archives()
    yield from _changed_words()
    yield from _sources()
