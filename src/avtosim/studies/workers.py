"""Mapping work over threads, and the bar that shows how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.pool import ThreadPool
from typing import Any, Protocol, Self, TypeVar

__all__ = ["Map", "bar", "workers"]

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


class _NoBar:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, _: int) -> None:
        """Show nothing."""


def bar(total: int, progress: bool | None) -> Any:  # noqa: FBT001 - the caller's own argument, handed on
    """A progress bar of tqdm. ``None``: on a terminal, after two seconds, if tqdm is there."""
    if progress is False or (progress is None and not sys.stderr.isatty()):
        return _NoBar()
    try:
        import tqdm
    except ImportError:
        return _NoBar()
    return tqdm.tqdm(total=total, unit=" runs", unit_scale=True, delay=0.0 if progress else 2.0, leave=bool(progress))
