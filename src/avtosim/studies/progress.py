"""The bar that shows how far a study is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(total: int, progress: bool | None, doing: str) -> Iterator[Callable[[int], object]]:  # noqa: FBT001 - handed on
    """A progress bar of tqdm that says what is being done, as a function that takes how many more runs are done.

    ``progress=None`` shows one on a terminal, after two seconds, if tqdm is installed.
    """
    if progress is False or (progress is None and not sys.stderr.isatty()) or not has_tqdm():
        yield lambda _: None
        return
    import tqdm

    late = 0.0 if progress else 2.0
    leave = bool(progress)
    with tqdm.tqdm(desc=doing, total=total, unit=" runs", unit_scale=True, delay=late, leave=leave) as shown:
        yield shown.update


def has_tqdm() -> bool:
    """Whether tqdm can be imported."""
    try:
        import tqdm  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True
