"""How much memory there is, and a check that a study fits before it starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

# Share of the available memory that a study may plan for: estimates are rough, and others need some.
_SHARE = 0.5
_UNKNOWN = 2**37


def available() -> int:
    """Bytes that this process may still take, as far as the system tells; of a large machine where it does not."""
    return min(_limits(), default=_physical())


def affordable_runs(per_run: int, beside: int) -> int:
    """Runs that fit where each takes ``per_run`` bytes and the study takes ``beside`` bytes at any number of runs."""
    return max(int(_SHARE * available()) - beside, 0) // per_run


def check_memory(name: str, runs: int, per_run: int, beside: int, what: str) -> None:
    """Raise ``MemoryError`` where the study does not fit; ``what`` says what takes the memory."""
    affordable = affordable_runs(per_run, beside)
    if runs > affordable:
        advice = f"{affordable:,} do" if affordable else "nor would a single one"
        need = (runs * per_run + beside) / 2**30
        raise MemoryError(
            f"{name}: {what} would take {need:,.2g} GiB and may take {_SHARE * available() / 2**30:,.2g}"
            f" (half of what is available); {advice}"
        )


def _limits() -> Iterator[int]:
    """Bytes left under every limit that Linux tells of."""
    meminfo = _words("/proc/meminfo")
    if "MemAvailable:" in meminfo:
        yield 1024 * int(meminfo[meminfo.index("MemAvailable:") + 1])
    for folder, limit, used in _groups():
        most, now, stat = _words(f"{folder}/{limit}"), _words(f"{folder}/{used}"), _words(f"{folder}/memory.stat")
        if most and now and most[0] != "max":
            # Cached files count as used, but make room when it is needed.
            cached = next((int(n) for word, n in pairwise(stat) if word == "inactive_file"), 0)
            yield max(int(most[0]) - int(now[0]) + cached, 0)
    limits, size = _words("/proc/self/limits"), _words("/proc/self/statm")
    if "address" in limits and size:
        most_space = limits[limits.index("address") + 2]
        if most_space != "unlimited":
            yield max(int(most_space) - int(size[0]) * os.sysconf("SC_PAGE_SIZE"), 0)


def _groups() -> Iterator[tuple[str, str, str]]:
    """Folder, limit and use of the control groups of this process, versions 1 and 2, up to the root."""
    for line in _words("/proc/self/cgroup"):
        _, controllers, path = f"{line}::".split(":", 2)
        inside = Path(path.strip(":/"))
        for group in (inside, *inside.parents):
            if controllers == "memory":
                yield f"/sys/fs/cgroup/memory/{group}", "memory.limit_in_bytes", "memory.usage_in_bytes"
            elif not controllers:
                yield f"/sys/fs/cgroup/{group}", "memory.max", "memory.current"


def _words(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").split()
    except OSError:
        return []


def _physical() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return _UNKNOWN
