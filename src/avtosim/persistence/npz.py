"""Arrays and words in one file of NumPy's own format (npz): written whole or not at all, read without running code."""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..atomic import write_whole

__all__ = ["read", "write"]

_FORMAT = "avtosim result 1"
# What NumPy and zipfile raise for damage of one kind or another; RuntimeError where a bit says "encrypted".
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    AttributeError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


def write(path: str | os.PathLike[str], words: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write words (anything JSON holds) and arrays to ``path``."""
    text = json.dumps({"format": _FORMAT, **words, "arrays": sorted(arrays)}).encode()
    buffer = io.BytesIO()
    held: dict[str, Any] = {"words": np.frombuffer(text, dtype=np.uint8), **arrays}
    np.savez(buffer, **held)
    write_whole(path, buffer.getvalue())


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Words and arrays of a file. Raises ``FileNotFoundError``, or ``ValueError`` for a damaged or foreign file."""
    where = Path(path)
    if not where.is_file():
        raise FileNotFoundError(f"{where}: there is no such file; a result is written with result.save(path)")
    if not zipfile.is_zipfile(where):
        raise ValueError(f"{where}: must be a result that avtosim saved; it is something else, or was cut short")
    try:
        with where.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        words = json.loads(arrays.pop("words").tobytes())
    except _UNREADABLE as error:
        raise ValueError(
            f"{where}: must be a result that avtosim saved, undamaged; reading it failed: {error}"
        ) from None
    if not isinstance(words, dict) or words.get("format") != _FORMAT:
        raise ValueError(f"{where}: must be a result that avtosim saved ({_FORMAT}); it is something else")
    if words.get("arrays") != sorted(arrays):
        raise ValueError(f"{where}: must be a result that avtosim saved, undamaged; not all of its arrays are there")
    return words, arrays
