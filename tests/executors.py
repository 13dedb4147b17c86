"""Executors for tests: what goes to them and comes back is pickled in this process, as between two."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

__all__ = ["Lazy", "Pickling"]


class Pickling(Executor):
    """Runs what it is given at once. ``sent`` holds the bytes of each job."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.down = False

    def submit(self, work: Callable, /, *given: Any, **named: Any) -> Future:
        """Pickle the job, run what is read back, pickle the answer."""
        packed = pickle.dumps((work, given, named))
        self.sent.append(len(packed))
        future = self.future()
        self.run(packed, future)
        return future

    def future(self) -> Future:
        """Make the future of a job."""
        return Future()

    def run(self, packed: bytes, future: Future) -> None:
        """Run a job and put its answer, or what it raised, into its future."""
        work, given, named = pickle.loads(packed)
        try:
            future.set_result(pickle.loads(pickle.dumps(work(*given, **named))))
        except Exception as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Remember it."""
        self.down = True


class Lazy(Pickling):
    """Runs nothing until an answer is waited for; then all that waits, the last first. ``most`` waited at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[bytes, Future]] = []
        self.most = 0

    def run(self, packed: bytes, future: Future) -> None:
        """Put it off."""
        self.waiting.append((packed, future))
        self.most = max(self.most, len(self.waiting))

    def future(self) -> Future:
        """Make a future that runs what waits when it is asked."""
        return _Asking(self)

    def work(self) -> None:
        """Run all that waits."""
        while self.waiting:
            super().run(*self.waiting.pop())


class _Asking(Future):
    """A future that has the jobs of its executor run when its result is wanted."""

    def __init__(self, executor: Lazy) -> None:
        super().__init__()
        self.executor = executor

    def result(self, timeout: float | None = None) -> Any:
        """Let them run first."""
        self.executor.work()
        return super().result(timeout)
