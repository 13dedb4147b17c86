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
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..atomic import write_whole

__all__ = ["read", "write"]

Floats = NDArray[np.float64]

_FORMAT = "avtosim result 2"
_HEADER = "header"
# A header holds the scenario's text, which is no longer than a scenario file may be.
_LONGEST_HEADER = 2**25
# What NumPy and zipfile raise for damage of one kind or another; RuntimeError where a bit says "encrypted".
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    AttributeError,
    RecursionError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


def write(path: str | os.PathLike[str], header: Mapping[str, Any], arrays: Mapping[str, Floats]) -> None:
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
    path: str | os.PathLike[str], shapes_of: Callable[[dict[str, Any]], Mapping[str, tuple[int, ...]]]
) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Header and arrays of a file; ``shapes_of(header)`` tells the shape of each array that must be there.

    Raises ``FileNotFoundError``, or ``ValueError`` for a damaged or foreign file.
    """
    where = checked_path(path)
    if not where.is_file():
        raise FileNotFoundError(f"{where}: there is no such file; a result is written with result.save(path)")
    try:
        with where.open("rb") as raw, zipfile.ZipFile(raw) as archive:
            return _members(archive, os.fstat(raw.fileno()).st_size, shapes_of)
    except _UNREADABLE as error:
        rule = "must be a result that avtosim saved, undamaged"
        raise ValueError(f"{where}: {rule}; {error or type(error).__name__}") from None


def _members(
    archive: zipfile.ZipFile, size: int, shapes_of: Callable[[dict[str, Any]], Mapping[str, tuple[int, ...]]]
) -> tuple[dict[str, Any], dict[str, Floats]]:
    infos = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    if len(infos) < len(archive.infolist()) or _HEADER not in infos:
        raise ValueError("it is a file of something else, or of a version before 0.2 (format 1)")
    info = infos.pop(_HEADER)
    longest = min(info.file_size, size, _LONGEST_HEADER)
    header = json.loads(_array(archive, info, (longest,), np.dtype(np.uint8), exact=False).tobytes())
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        found = header.get("format") if isinstance(header, dict) else header
        raise ValueError(f"this version reads the format {_FORMAT!r}; got {str(found)[:60]!r}")
    shapes = shapes_of(header)
    if shapes.keys() != infos.keys():
        odd = ", ".join(sorted(shapes.keys() ^ infos.keys()))
        raise ValueError(f"it must hold the arrays that its header names and no others; these differ: {odd[:200]}")
    if 8 * sum(map(math.prod, shapes.values())) > size:
        raise ValueError("it must hold as many numbers as its header says, uncompressed; it is too short")
    arrays = {name: _array(archive, infos[name], shape, np.dtype(np.float64)) for name, shape in shapes.items()}
    digest = header.pop("digest", None)
    if digest != _digest(header, arrays):
        raise ValueError("its digest does not fit what it holds; it was damaged or changed")
    return header, arrays


def _array(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, shape: tuple[int, ...], dtype: np.dtype[Any], *, exact: bool = True
) -> NDArray[Any]:
    """One member as an array, once its own header says what is expected of it."""
    size = dtype.itemsize * math.prod(shape)
    # The header of the member takes some bytes beside the numbers; NumPy never compresses with savez.
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.file_size > size + 4096:
        raise ValueError(f"the size of its array {info.filename!r} is not that of {shape} numbers, uncompressed")
    with archive.open(info) as member:
        version = npy.read_magic(member)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        found, fortran, kind = read_header(member)
        fits = found == shape if exact else len(found) == 1 and found[0] <= shape[0]
        if not fits or kind != dtype or (fortran and len(found) > 1):
            raise ValueError(f"its array {info.filename!r} must be {dtype} of shape {shape}; got {kind} of {found}")
        # One byte more than there should be, so that a member that is longer is noticed.
        data = member.read(dtype.itemsize * math.prod(found) + 1)
    if len(data) != dtype.itemsize * math.prod(found):
        raise ValueError(f"its array {info.filename!r} must be as long as its header says; it is not")
    return np.frombuffer(data, dtype).reshape(found)


def _digest(header: Mapping[str, Any], arrays: Mapping[str, Floats]) -> str:
    """SHA-256 over the header and all arrays, each with its name and shape."""
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()
