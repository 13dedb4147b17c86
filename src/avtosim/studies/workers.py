"""Mapping work over processes, or over the workers of any executor."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

import attrs

from .guard import check_main_guard

T = TypeVar("T")
R = TypeVar("R")

# A second batch waits at each worker, so that none is idle while an answer is on its way.
_IN_FLIGHT = 2
#: Answers that this process works out and holds while one before them is still on its way, as where workers just start.
HELD = 16
#: What serves where workers do not.
ALONE = "or work in this process alone (workers=1, no executor)"


class Map(Protocol):
    """A function like ``map``: results in the order of the items."""

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Iterable[R]:
        """Results of ``work``, in order."""


@contextmanager
def workers(count: int, executor: Executor | None = None) -> Iterator[Map]:
    """A ``map`` in this process and, for more than one worker, in new ones; or over so many workers of an executor.

    What goes to workers is pickled: ``work`` must be a function of a module, or a ``partial`` of one. Whatever ends the
    block early, an error or an interrupt, ends the processes at once, and cancels what an executor has not begun.
    """
    if executor is not None:
        over = _MapOver(executor.submit, count, f"executor: {type(executor).__name__}")
        try:
            yield over
        finally:
            for future in over.waiting:
                future.cancel()
    elif count > 1:
        check_main_guard()
        # This process is one of them: it is at work while the others start.
        with _processes(count - 1) as submit:
            yield _MapBeside(submit, count - 1, "workers: a pool of processes")
    else:
        yield map


@attrs.frozen
class _Outcome:
    """What a worker sends back: an answer, or the error that the work raised and where."""

    answer: Any = None
    error: Exception | None = None
    trace: str = ""


class InWorker(Exception):  # noqa: N818 - never raised: the cause of an error, which says where in a worker it was
    """Where in a worker an error was raised."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


@attrs.frozen
class _MapOver:
    """A ``map`` over what runs the jobs that are submitted to it; ``who`` names it in an error."""

    submit: Callable[..., Future[Any]]
    count: int
    who: str
    waiting: deque[Future[Any]] = attrs.field(factory=deque)

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        for item in items:
            if len(self.waiting) >= _IN_FLIGHT * self.count:
                yield self._first()
            self._send(_packed(work, item))
        while self.waiting:
            yield self._first()

    def _send(self, packed: bytes) -> None:
        with self._losses():
            self.waiting.append(self.submit(_attempt, packed))

    def _first(self) -> Any:
        """The answer of the job that was submitted first."""
        with self._losses():
            outcome = self.waiting[0].result()
        self.waiting.popleft()
        if not isinstance(outcome, _Outcome):
            got = type(outcome).__name__
            raise RuntimeError(f"{self.who} must run what it is given; it answered a batch with {got}")  # noqa: TRY004
        if outcome.error is not None:
            raise outcome.error from InWorker(outcome.trace)
        return outcome.answer

    @contextmanager
    def _losses(self) -> Iterator[None]:
        """Say what happened where the jobs are not run, rather than end with an error of their own."""
        try:
            yield
        except Exception as error:
            what = f"{self.who} lost a batch, so there is no answer: {type(error).__name__}: {error}"
            if isinstance(error, BrokenExecutor):
                # It fails all futures itself, and trips over one that is cancelled at that moment.
                self.waiting.clear()
                what += "; a worker died: killed by the system, most often for want of memory, ended by code of the"
                what += " scenario, or unable to import the script; try fewer workers or more memory"
            raise RuntimeError(f"{what}; {ALONE}") from error


@attrs.frozen
class _MapBeside(_MapOver):
    """The same, with this process at work too while the others are busy or start: it is one more than ``count``."""

    def __call__(self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        rest = iter(items)
        begun = list(islice(rest, 2))
        # What cannot be sent is refused, however little there is to do; a single batch needs no other process.
        if len(begun) < 2:
            _ = [_packed(work, item) for item in begun]
            yield from map(work, begun)
            return
        # A second batch goes out when this process has one too, so that few and long ones are shared out evenly.
        room = self.count
        for item in chain(begun, rest):
            packed = _packed(work, item)
            while self.waiting and (self.waiting[0].done() or len(self.waiting) >= room + HELD):
                yield self._first()
            if sum(not future.done() for future in self.waiting) < room:
                self._send(packed)
            else:
                self.waiting.append(_here(work, item))
                room = _IN_FLIGHT * self.count
        while self.waiting:
            yield self._first()


def _packed(work: Callable[[T], R], item: T) -> bytes:
    try:
        return pickle.dumps((work, item))
    except Exception as error:
        rule = "the class of a design must stand at the top level of a module, without lambdas"
        raise TypeError(f"workers: a batch must be picklable to be sent to them: {error}; {rule}, {ALONE}") from error


def _attempt(packed: bytes) -> _Outcome:
    """In a worker: the work done, or the error that it raised, in a form that can be sent."""
    try:
        work, item = pickle.loads(packed)
    except Exception as error:  # noqa: BLE001 - reading runs code that is not ours
        rule = f"classes of laws and designs must stand in a module that the workers can import, {ALONE}"
        return _Outcome(error=RuntimeError(f"workers: what was sent to a worker cannot be read there: {error}; {rule}"))
    return _outcome(work, item)


def _here(work: Callable[[T], R], item: T) -> Future[_Outcome]:
    """The work done in this process, as if it had been sent: its error waits for its turn too."""
    done: Future[_Outcome] = Future()
    done.set_result(_outcome(work, item))
    return done


def _outcome(work: Callable[[T], R], item: T) -> _Outcome:
    try:
        return _Outcome(work(item))
    except Exception as error:  # noqa: BLE001 - it is raised again where the study was asked for
        return _Outcome(error=_sendable(error), trace=traceback.format_exc())


def _sendable(error: Exception) -> Exception:
    """An error as it is, or its text where it would not arrive."""
    with suppress(Exception):
        if type(pickle.loads(pickle.dumps(error))) is type(error):
            return error
    return RuntimeError(f"{type(error).__name__}: {error}")


@contextmanager
def _processes(count: int) -> Iterator[Callable[..., Future[Any]]]:
    """New processes, started as they are needed, as a function that submits work. None outlives the block."""
    # Never fork: NumPy has threads, and what they hold at that moment would be held in the copy forever.
    context = get_context("spawn")
    # Nothing is ever sent: each process ends when the other end is closed, by this process or by its own end.
    ended, end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(count, context, _begin, (ended,))

    def submit(*job: Any) -> Future[Any]:
        with _interrupts_held():
            return pool.submit(*job)

    try:
        yield submit
    finally:
        end.close()
        pool.shutdown(cancel_futures=True)
        ended.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C goes to all processes of a terminal: hold it, so that one just being started does not die of it aloud."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(ended: Connection) -> None:
    """In a process just started: leave interrupts to the one that started it, and end when that one says or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_after, args=(ended,), daemon=True).start()


def _end_after(ended: Connection) -> None:
    with suppress(EOFError, OSError):
        ended.recv()
    os._exit(1)
