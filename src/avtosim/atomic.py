"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import time
from pathlib import Path

__all__ = ["check_path", "write_whole"]

#: Temporary files older than this, in seconds, are left-overs of a crash.
_STALE = 3600.0


def check_path(path: object) -> None:
    """Raise ``TypeError`` or ``ValueError`` if ``path`` cannot name a file to be written."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise TypeError(f"path must be the path of the file to write, such as 'plant.toml'; got {path!r:.80}")
    if not os.fspath(path) or re.search("[\0\ud800-\udc7f]", os.fspath(path)):
        raise ValueError(f"path must name the file to write, without null bytes or lone surrogates; got {path!r}")


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part of it.

    A link is followed; the permissions of a file that is replaced are kept. Raises ``OSError``, which names the path,
    when the file cannot be written or what stands there is no regular file.
    """
    check_path(path)
    target = Path(os.path.realpath(path))
    # The name has a fixed length, so that any name that the folder allows can be written.
    mark = f".avtosim-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}-"
    beside = target.parent / f"{mark}{secrets.token_hex(8)}"
    try:
        mode = _mode_of(target)
        _remove_stale(target.parent, mark)
        # Made as any new file is, so that its permissions are those the user has set.
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            if mode is not None:
                beside.chmod(mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        raise OSError(error.errno, f"can't write the file: {error.strerror}", str(target)) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    with contextlib.suppress(OSError):
        _sync_folder(target.parent)


def _mode_of(target: Path) -> int | None:
    """The permissions of the file that will be replaced; None where there is none yet."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a device, pipe or socket, not a regular file")
    return stat.S_IMODE(mode)


def _remove_stale(folder: Path, mark: str) -> None:
    """Remove the temporary files that earlier writers of the same target left behind when they crashed."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            own = path.name.startswith(mark) and re.fullmatch("[0-9a-f]{16}", path.name.removeprefix(mark))
            if own and time.time() - path.lstat().st_mtime > _STALE:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name of a file as durable as its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
