"""Python started in a process group of its own, which must be empty when it has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import avtosim

__all__ = ["nothing_is_left_of", "start"]

ROOT = Path(avtosim.__file__).parents[1]


def start(*command: object, folder: Path, **more: object) -> subprocess.Popen:
    """Start Python in a process group of its own."""
    path = os.pathsep.join([str(ROOT), str(folder), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-W", "error", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
        **more,
    )


def nothing_is_left_of(child: subprocess.Popen) -> bool:
    """Whether the process group of a child that has ended is empty, after at most some seconds."""
    if os.name != "posix":
        return True
    for _ in range(200):
        try:
            os.killpg(child.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGKILL)
    return False
