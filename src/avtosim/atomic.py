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

#: Temporary files older than this, in seconds, are left-overs of a crash.
_STALE = 3600.0


def file_path(path: object) -> Path:
    """The path of a file to write, or ``TypeError`` or ``ValueError`` for what cannot name one."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise TypeError(f"path must be the path of the file to write, such as 'plant.toml'; got {path!r:.80}")
    if not os.fspath(path) or re.search("[\0\ud800-\udc7f]", os.fspath(path)):
        raise ValueError(f"path must name the file to write, without null bytes or lone surrogates; got {path!r}")
    return Path(path)


def checked_place(path: object, *suffixes: str) -> Path:
    """The path of a file to write, before the work that fills it.

    Raises ``ValueError`` for a name that does not end as it must, and ``OSError`` where no file can be written.
    """
    place = file_path(path)
    if place.suffix.lower() not in suffixes:
        raise ValueError(f"path: must end in {' or '.join(suffixes)}; got {str(place)!r:.80}")
    folder = Path(os.path.realpath(place)).parent
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, "can't write the file: there is no such folder", str(folder))
    try:
        if place.exists():
            regular_file(place)
    except OSError as error:
        raise OSError(error.errno, f"can't write the file: {error.strerror}", str(place)) from None
    for written in (folder, place):
        if written.exists() and not os.access(written, os.W_OK):
            raise PermissionError(errno.EACCES, "can't write the file: no permission", str(written))
    return place


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part of it.

    A link is followed; the permissions of a file that is replaced are kept. Raises ``TypeError`` or ``ValueError`` for
    what can name no file, and ``OSError``, which names the path, when the file cannot be written or is no regular file.
    """
    target = Path(os.path.realpath(file_path(path)))
    # The name has a fixed length, so that any name that the folder allows can be written.
    mark = f".avtosim-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}-"
    beside = target.parent / f"{mark}{secrets.token_hex(8)}"
    try:
        mode = stat.S_IMODE(regular_file(target).st_mode) if os.path.lexists(target) else None
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
    # The new name is made as durable as the content, where the system can do that.
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        folder = os.open(target.parent, os.O_RDONLY)
        stack.callback(os.close, folder)
        os.fsync(folder)


def regular_file(path: Path) -> os.stat_result:
    """The status of a file, links followed. Raises ``OSError`` if there is none or it is no regular file."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is a device, pipe or socket, not a regular file")
    return status


def _remove_stale(folder: Path, mark: str) -> None:
    """Remove the temporary files that earlier writers of the same target left behind when they crashed."""
    with contextlib.suppress(OSError):
        for path in folder.glob(mark + 16 * "[0-9a-f]"):
            if time.time() - path.lstat().st_mtime > _STALE:
                path.unlink()
