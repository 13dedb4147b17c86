"""Arrays and a header in one file of NumPy's own format (npz): written whole or not at all, read without running code.

Nothing of an array is read before its size is known to be what the header says, and the header is bounded itself: a
small file cannot make the reader allocate much.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..atomic import write_whole

T = TypeVar("T")
Header = dict[str, Any]
Arrays = dict[str, NDArray[np.float64]]

_FORMAT = "avtosim result 4"
_HEADER = "header"
# A header holds the scenario's text, which is no longer than a scenario file may be.
_LONGEST_HEADER = 2**25
# What NumPy and zipfile raise for damage of one kind or another; RuntimeError where a bit says "encrypted".
_BADLY_FORMED = (ValueError, LookupError, TypeError, AttributeError, EOFError)
_UNREADABLE = (*_BADLY_FORMED, OSError, RuntimeError, tokenize.TokenError, zipfile.BadZipFile, zlib.error)


def write(path: str | os.PathLike[str], header: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float64]]) -> None:
    """Write a header (anything JSON holds) and arrays of float64 to ``path``."""
    checked_path(path)
    held = {"format": _FORMAT, **header}
    text = json.dumps(held | {"digest": _digest(held, arrays)}).encode()
    buffer = io.BytesIO()
    every: dict[str, Any] = {_HEADER: np.frombuffer(text, dtype=np.uint8), **arrays}
    np.savez(buffer, **every)
    write_whole(path, buffer.getvalue())


def checked_path(path: object) -> Path:
    """The path of a result file, or ``TypeError``."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path: must be the path of a result file; got {type(path).__name__}")
    return Path(path)


def read(
    path: str | os.PathLike[str],
    shapes_of: Callable[[Header], Mapping[str, tuple[int, ...]]],
    build: Callable[[Header, Arrays], T],
) -> T:
    """What ``build(header, arrays)`` makes of a file; ``shapes_of(header)`` tells the arrays that must be there.

    Raises ``FileNotFoundError``, or ``ValueError`` for a damaged or foreign file.
    """
    where = checked_path(path)
    if not where.exists():
        raise FileNotFoundError(f"{where}: there is no such file; a result is written with result.save(path)")
    if not where.is_file():
        raise ValueError(f"{where}: must be a regular file, as result.save(path) writes it; it is a folder or a device")
    try:
        with where.open("rb") as raw, zipfile.ZipFile(raw) as archive:
            return build(*_members(archive, os.fstat(raw.fileno()).st_size, shapes_of))
    except _UNREADABLE as error:
        reason = f"{error} is missing in it" if isinstance(error, KeyError) else error or type(error).__name__
        raise ValueError(f"{where}: must be a result that avtosim saved, undamaged; {reason}") from None


def _members(
    archive: zipfile.ZipFile, size: int, shapes_of: Callable[[Header], Mapping[str, tuple[int, ...]]]
) -> tuple[Header, Arrays]:
    infos = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    if len(infos) < len(archive.infolist()) or _HEADER not in infos:
        raise ValueError("it is a file of something else, or of a version before 0.2 (format 1)")
    header = json.loads(_array(archive, infos.pop(_HEADER), np.uint8, _LONGEST_HEADER).tobytes())
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        found = header.get("format") if isinstance(header, dict) else header
        raise ValueError(f"this version reads the format {_FORMAT!r}; got {str(found)[:60]!r}")
    shapes = shapes_of(header)
    if shapes.keys() != infos.keys():
        odd = ", ".join(sorted(shapes.keys() ^ infos.keys()))
        raise ValueError(f"it must hold the arrays that its header names and no others; these differ: {odd[:200]}")
    if 8 * sum(map(math.prod, shapes.values())) > size:
        raise ValueError("it must hold as many numbers as its header says, uncompressed; it is too short")
    arrays: Arrays = {}
    for name, shape in shapes.items():
        arrays[name] = _array(archive, infos[name], np.float64, 8 * math.prod(shape))
        if arrays[name].shape != shape:
            raise ValueError(f"its array {name!r} must be of shape {shape}; got {arrays[name].shape}")
    if header.pop("digest", None) != _digest(header, arrays):
        raise ValueError("its digest does not fit what it holds; it was damaged or changed")
    return header, arrays


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, dtype: type[np.generic], most: int) -> NDArray[Any]:
    """One member as an array, if its numbers take no more than ``most`` bytes."""
    # The header of the member takes some bytes beside the numbers; NumPy never compresses with savez.
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.file_size > most + 4096:
        raise ValueError(f"the size of its array {info.filename!r} must be at most {most:,} bytes, uncompressed")
    with archive.open(info) as member:
        version = npy.read_magic(member)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, kind = read_header(member)
        data = member.read()
    if kind != dtype or (fortran and len(shape) > 1) or len(data) != kind.itemsize * math.prod(shape):
        raise ValueError(f"its array {info.filename!r} must hold {dtype.__name__}; got {kind} of shape {shape}")
    return np.frombuffer(data, dtype).reshape(shape)


def _digest(header: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float64]]) -> str:
    """SHA-256 over the header and all arrays, each with its name and shape."""
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()
