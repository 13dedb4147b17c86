"""Working out many runs: batches of points through the model, on as many threads as asked for, into arrays."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Self

from ..chance.design import Batch, Design, covering
from ..chance.space import Space
from ..plant.model import ALONE, BESIDE_OTHERS, Model
from ..plant.record import Floats, Keep, allocate

__all__ = ["bar", "run"]


def run(
    model: Model,
    design: Design,
    *,
    seed: int,
    first: int,
    runs: int,
    keep: Keep,
    threads: int,
    progress: bool | None,
    space: Space | None = None,
) -> dict[str, Floats]:
    """All runs asked for. Each batch is written to its own place, so neither threads nor batches change a bit."""
    every = allocate(keep, model.sizes(runs))
    at_once = ALONE if threads == 1 else BESIDE_OTHERS

    def work(batch: Batch) -> int:
        points = batch.points()
        for name, part in model(points, keep=keep, at_once=at_once).items():
            every[name][..., batch.start : batch.stop] = part
        return batch.stop - batch.start

    with bar(runs, progress) as shown:
        for done in _worked(work, covering(design, space or model.space, seed, first, runs), threads):
            shown.update(done)
    return every


def _worked(work: Any, batches: Iterable[Batch], threads: int) -> Iterator[int]:
    """Results of ``work`` as they come; only a few batches wait at a time, so memory stays flat."""
    if threads == 1:
        yield from map(work, batches)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: set[Future[int]] = set()
        try:
            for batch in batches:
                waiting.add(pool.submit(work, batch))
                if len(waiting) >= 2 * threads:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in waiting)
        finally:
            for future in waiting:
                future.cancel()


class _NoBar:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, _: int) -> None:
        """Show nothing."""


def bar(total: int, progress: bool | None) -> Any:  # noqa: FBT001 - the caller's own argument, handed on
    """A progress bar of tqdm. ``None``: on a terminal, after two seconds, if tqdm is there; ``True``: it must be."""
    if progress is False or (progress is None and not sys.stderr.isatty()):
        return _NoBar()
    try:
        import tqdm
    except ImportError:
        if progress:
            raise ImportError("progress=True needs tqdm: pip install 'avtosim[progress]'") from None
        return _NoBar()
    return tqdm.tqdm(total=total, unit=" runs", unit_scale=True, delay=0.0 if progress else 2.0, leave=bool(progress))
