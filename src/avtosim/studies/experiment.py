"""What every study shares: how many runs are made, with which random numbers, and how they are worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice, tee
from typing import Self, TypeVar

import attrs

from ..answers.parts import PartialTarget
from ..answers.result import LaterText, Result, RunInfo
from ..answers.short_ledger import FIRST
from ..chance.blocks import Block, blocks, chosen_blocks
from ..chance.design import Batch, Design, covering
from ..chance.points import Indices
from ..chance.space import Space
from ..declare.faults import FactError
from ..facts.scenario import Scenario
from ..files.writer import to_toml
from ..plant.model import Model
from ..plant.record import RECORD, Floats, Keep, allocate, numbers_per_run
from ..plant.schedule import scheduled_months
from ..version import VERSION
from .arguments import (
    checked_count,
    checked_design,
    checked_executor,
    checked_keep,
    checked_progress,
    checked_runs,
    checked_seed,
    checked_workers,
)
from .memory import affordable_runs, check_memory
from .progress import bar
from .sent import SentModel
from .workers import HELD, Map, workers

T = TypeVar("T")
# What is kept is held twice while parts of it are joined, sorted or saved.
_COPIES = 2
#: Runs of a block below which the cost of a call shows.
_FEWEST = 1024


@attrs.frozen(kw_only=True)
class Experiment:
    """The runs of a study; ``checked`` makes one from a caller's arguments."""

    design: Design
    runs: int
    seed: int
    first_run: int
    keep: Keep
    workers: int
    executor: Executor | None
    progress: bool | None

    @classmethod
    def checked(
        cls,
        *,
        default_runs: int,
        design: object = None,
        runs: object = None,
        seed: object = 0,
        first_run: object = 0,
        keep: object = "totals",
        workers: object = None,
        executor: object = None,
        progress: object = None,
    ) -> Self:
        """An experiment from arguments as they came; raises ``ValueError`` or ``TypeError`` for what makes no sense."""
        design, executor = checked_design(design), checked_executor(executor)
        return cls(
            design=design,
            runs=checked_runs(runs, design, default_runs),
            seed=checked_seed(seed),
            first_run=checked_count("first_run", first_run, 0, 2**62),
            keep=checked_keep(keep),
            workers=checked_workers(workers, executor),
            executor=executor,
            progress=checked_progress(progress),
        )

    def model(self, scenario: Scenario) -> SentModel:
        """The model of a scenario; raises ``FactError`` where it cannot be sent to the workers that there are."""
        made = SentModel(scenario)
        if self.executor is not None or self.workers > 1:
            _ = made.packed
        return made

    def check_memory(self, models: Sequence[SentModel], *, runs: int | None = None, name: str = "runs") -> None:
        """Raise ``MemoryError`` where what is kept of all models' runs does not fit beside the blocks in flight."""
        runs = self.runs if runs is None else runs
        check_memory(name, runs, *self._bytes(models, runs), f"what keep={self.keep!r} keeps of {runs:,} runs")

    def affordable_runs(self, sent: SentModel, most: int) -> int:
        """Runs that fit the memory, up to ``most``."""
        return min(affordable_runs(*self._bytes([sent], most)), most)

    def check_room(self, sent: SentModel, numbers: int, *, copies: int = 2, beside: float = 1.0) -> None:
        """Raise ``MemoryError`` where so many numbers of each run do not fit, held ``copies`` times.

        ``beside`` says how many times the memory of a call of the model is held by each worker meanwhile.
        """
        block = 8 * self.workers * sent.model.numbers_in_flight(min(sent.model.block, self.runs))
        what = f"the answer from {self.runs:,} runs"
        check_memory("runs", self.runs, 8 * copies * numbers, int(beside * block), what)

    def _bytes(self, sent: Sequence[SentModel], runs: int) -> tuple[int, int]:
        """Bytes kept of each run, and of the blocks in flight."""
        models = [one.model for one in sent]
        kept = [numbers_per_run(self.keep, model.sizes(1)) for model in models]
        served = self.design.admissible_runs(runs)[1]
        size = min(model.block for model in models)
        batches = islice(covering(self.design, models[0].space, self.seed, self.first_run, served, size), 3)
        largest = max((batch.stop - batch.start for batch in batches), default=0)
        answer = max(kept) * largest
        block = max(model.numbers_in_flight(largest) for model in models) + answer
        held = HELD if self.workers > 1 and self.executor is None else 0
        return 8 * _COPIES * sum(kept), 8 * (self.workers * block + held * answer)

    def mapped(self) -> AbstractContextManager[Map]:
        """The workers of this study, as a function like ``map``."""
        return workers(self.workers, self.executor)

    def records(
        self, sent: Sequence[SentModel], mapped: Map, doing: str, *, first: int = 0, runs: int | None = None
    ) -> list[dict[str, Floats]]:
        """What is kept of ``runs`` runs of each model from ``first`` on, over the coordinates of all of them together.

        ``doing`` is what the progress bar says. Each batch is written to its own place, so neither workers nor batches
        change a bit.
        """
        runs = self.runs if runs is None else runs
        space = Space.union(one.model.space for one in sent)
        size = min(one.model.block for one in sent)
        records = [allocate(self.keep, one.model.sizes(runs, _of_first(first, runs))) for one in sent]
        jobs, places = tee(
            (one, batch, arrays)
            for one, arrays in zip(sent, records, strict=True)
            for batch in covering(self.design, space, self.seed, self.first_run + first, runs, size)
        )
        parts = mapped(partial(_worked, self.keep, first), ((one, batch) for one, batch, _ in jobs))
        with bar(runs * len(sent), self.progress, doing) as update:
            for part, (_, batch, arrays) in zip(parts, places, strict=True):
                _put(part, arrays, slice(batch.start, batch.stop))
                update(batch.stop - batch.start)
        return records

    def answers(
        self,
        sent: SentModel,
        mapped: Map,
        work: Callable[[Model, Block], T],
        doing: str,
        *,
        runs: int | None = None,
        chosen: Indices | None = None,
        calls: int = 1,
    ) -> list[T]:
        """What ``work`` finds in each block of plain runs, or of those at the places ``chosen``, block after block.

        It must be a function of a module, or a partial of one. ``doing`` is what the progress bar says, and ``calls``
        how many calls of the model a run takes, for the bar. Where blocks begin must change no run.
        """
        runs = self.runs if runs is None else runs
        runs = runs if chosen is None else chosen.size
        # Where runs are few and each takes many calls, every worker is to have some.
        size = min(sent.model.block, max(-(-runs // self.workers), _FEWEST))
        every = blocks(self.seed, self.first_run, runs, size)
        if chosen is not None:
            every = chosen_blocks(self.seed, self.first_run, chosen, size)
        found = mapped(partial(_answered, work), ((sent, block) for block in every))
        with bar(runs * calls, self.progress, doing) as update:
            made = []
            for answer, block in zip(found, every, strict=True):
                made.append(answer)
                update(block.runs * calls)
        return made

    def result(self, sent: SentModel, record: dict[str, Floats], stopped: str = "") -> Result:
        """The result that a record makes, with what is needed to make it again."""
        scenario = sent.scenario
        return Result(
            record=record,
            axes={quantity.name: quantity.axes for quantity in RECORD if quantity.name in record},
            labels={axis: names for axis, names in sent.model.labels.items() if names},
            targets=tuple(
                t if isinstance(t, float) else PartialTarget(t.volume, t.until, t.of) for t in scenario.targets
            ),
            run_info=self.run_info(scenario, record["annual"].size, stopped),
            groups=groups_of(scenario),
            schedule=tuple(scheduled_months(scenario).tolist()),
            announced=None if scenario.announced is None else scenario.announced.volumes,
        )

    def run_info(self, scenario: Scenario, runs: int, stopped: str = "") -> RunInfo:
        """What made an answer from so many runs of a scenario."""
        return RunInfo(
            title=scenario.name,
            scenario=LaterText(partial(_text_of, scenario), of=scenario),
            seed=self.seed,
            first_run=self.first_run,
            design=str(self.design),
            replicate_size=self.design.replicate_size(runs),
            version=VERSION,
            stopped=stopped,
        )


def groups_of(scenario: Scenario) -> dict[str, dict[str, tuple[str, ...]]]:
    """The vehicles of each partner, line and market, by their names."""
    found: dict[str, dict[str, tuple[str, ...]]] = {"partner": {}, "line": {}, "market": {}}
    for vehicle in scenario.vehicles:
        partners = dict.fromkeys(name for part in vehicle.components.values() for name in part.partner_names)
        for kind, names in (("partner", partners), ("line", (vehicle.line,)), ("market", (vehicle.market,))):
            for name in names:
                if name is not None:
                    found[kind][name] = (*found[kind].get(name, ()), vehicle.name)
    return found


def _of_first(start: int, runs: int) -> int:
    """How many of so many runs from ``start`` on are among the first, of which more is kept."""
    return min(max(FIRST - start, 0), runs)


def _worked(keep: Keep, start: int, job: tuple[SentModel, Batch]) -> dict[str, Floats]:
    """In a worker: what is kept of a batch of the runs from ``start`` on."""
    sent, batch = job
    return sent.model(batch.points(), keep=keep, first=_of_first(start + batch.start, batch.stop - batch.start))


def _answered(work: Callable[[Model, Block], T], job: tuple[SentModel, Block]) -> T:
    """In a worker: what ``work`` finds in a block."""
    sent, block = job
    return work(sent.model, block)


def _put(part: dict[str, Floats], arrays: dict[str, Floats], runs: slice) -> None:
    """Write what a worker sent to its place; raise ``RuntimeError`` where it has another shape."""
    places = {name: place for name, array in arrays.items() if (place := array[..., runs]).shape[-1]}
    wanted, got = ({name: array.shape for name, array in each.items()} for each in (places, part))
    if got != wanted:
        raise RuntimeError(
            f"workers: a batch must come back with {wanted}; got {got}: is avtosim of one version there?"
        )
    for name, place in places.items():
        place[...] = part[name]


def _text_of(scenario: Scenario) -> str:
    """The scenario as file text, or as Python text when it holds laws that no file can."""
    try:
        return to_toml(scenario)
    except FactError:
        return repr(scenario)
