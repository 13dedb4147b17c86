"""Mapping work over threads, and the bar that shows how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.pool import ThreadPool
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Map(Protocol):
    """A function like ``map``: results in the order of the items."""

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Iterable[R]:
        """Results of ``work``, in order."""


@contextmanager
def workers(threads: int) -> Iterator[Map]:
    """A ``map`` over so many threads.

    When the study ends early, by an error or an interrupt, the work in flight is abandoned, not waited for: its threads
    are daemons, which do not keep a program from ending.
    """
    if threads == 1:
        yield map
        return
    pool = ThreadPool(threads)
    try:
        yield pool.imap
    finally:
        pool.terminate()


@contextmanager
def bar(total: int, progress: bool | None) -> Iterator[Callable[[int], object]]:  # noqa: FBT001 - handed on
    """A progress bar of tqdm, as a function that takes how many more runs are done.

    ``progress=None`` shows one on a terminal, after two seconds, if tqdm is installed.
    """
    if progress is False or (progress is None and not sys.stderr.isatty()) or not has_tqdm():
        yield lambda _: None
        return
    import tqdm

    late = 0.0 if progress else 2.0
    with tqdm.tqdm(total=total, unit=" runs", unit_scale=True, delay=late, leave=bool(progress)) as shown:
        yield shown.update


def has_tqdm() -> bool:
    """Whether tqdm can be imported."""
    try:
        import tqdm  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True
