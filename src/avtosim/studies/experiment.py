"""What every study shares: how many runs are made, with which random numbers, and how they are worked out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Self

import attrs

from ..answers.result import LaterText, Result, RunInfo
from ..chance.design import Batch, Design, covering
from ..chance.space import Space
from ..declare.faults import FactError
from ..facts.scenario import Scenario
from ..files.writer import to_toml
from ..plant.model import Model
from ..plant.record import RECORD, Floats, Keep, allocate, numbers_per_run
from ..plant.schedule import scheduled_year
from ..version import VERSION
from .arguments import (
    checked_count,
    checked_design,
    checked_keep,
    checked_progress,
    checked_runs,
    checked_seed,
)
from .memory import affordable_runs, check_memory
from .workers import bar, workers

# What is kept is held twice while parts of it are joined, sorted or saved.
_COPIES = 2


@attrs.frozen(kw_only=True)
class Experiment:
    """The runs of a study; ``checked`` makes one from a caller's arguments."""

    design: Design
    runs: int
    seed: int
    first_run: int
    keep: Keep
    threads: int
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
        threads: object = 1,
        progress: object = None,
    ) -> Self:
        """An experiment from arguments as they came; raises ``ValueError`` or ``TypeError`` for what makes no sense."""
        design = checked_design(design)
        return cls(
            design=design,
            runs=checked_runs(runs, design, default_runs),
            seed=checked_seed(seed),
            first_run=checked_count("first_run", first_run, 0, 2**62),
            keep=checked_keep(keep),
            threads=checked_count("threads", threads, 1, 1024),
            progress=checked_progress(progress),
        )

    def check_memory(self, models: Sequence[Model], *, runs: int | None = None, name: str = "runs") -> None:
        """Raise ``MemoryError`` where what is kept of all models' runs does not fit beside the blocks in flight."""
        runs = self.runs if runs is None else runs
        check_memory(name, runs, *self._bytes(models, runs), f"what keep={self.keep!r} keeps of {runs:,} runs")

    def affordable_runs(self, model: Model, most: int) -> int:
        """Runs that fit the memory, up to ``most``."""
        return min(affordable_runs(*self._bytes([model], most)), most)

    def _bytes(self, models: Sequence[Model], runs: int) -> tuple[int, int]:
        """Bytes kept of each run, and of the blocks in flight."""
        kept = sum(numbers_per_run(self.keep, model.sizes(1)) for model in models)
        served = self.design.admissible_runs(runs)[1]
        size = min(model.block for model in models)
        batches = islice(covering(self.design, models[0].space, self.seed, self.first_run, served, size), 3)
        largest = max((batch.stop - batch.start for batch in batches), default=0)
        block = max(model.numbers_in_flight(largest) for model in models) + kept * largest
        return 8 * _COPIES * kept, 8 * self.threads * block

    def record(
        self, model: Model, *, first: int = 0, runs: int | None = None, space: Space | None = None
    ) -> dict[str, Floats]:
        """What is kept of ``runs`` runs from ``first`` on, over the coordinates of ``space`` or of the model.

        Each batch is written to its own place, so neither threads nor batches change a bit.
        """
        runs = self.runs if runs is None else runs
        arrays = allocate(self.keep, model.sizes(runs))

        def work(batch: Batch) -> int:
            for name, part in model(batch.points(), keep=self.keep).items():
                arrays[name][..., batch.start : batch.stop] = part
            return batch.stop - batch.start

        batches = covering(self.design, space or model.space, self.seed, self.first_run + first, runs, model.block)
        with bar(runs, self.progress) as update, workers(self.threads) as mapped:
            for done in mapped(work, batches):
                update(done)
        return arrays

    def result(self, scenario: Scenario, model: Model, record: dict[str, Floats], stopped: str = "") -> Result:
        """The result that a record makes, with what is needed to make it again."""
        return Result(
            record=record,
            axes={quantity.name: quantity.axes for quantity in RECORD},
            labels=model.labels,
            targets=tuple(scenario.targets),
            run_info=RunInfo(
                title=scenario.name,
                scenario=LaterText(partial(_text_of, scenario)),
                seed=self.seed,
                first_run=self.first_run,
                design=str(self.design),
                replicate_size=self.design.replicate_size(record["annual"].size),
                version=VERSION,
                stopped=stopped,
            ),
            partner_of={v.name: v.partner for v in scenario.vehicles},
            scheduled=scheduled_year(scenario),
        )


def _text_of(scenario: Scenario) -> str:
    """The scenario as file text, or as Python text when it holds laws that no file can."""
    try:
        return to_toml(scenario)
    except FactError:
        return repr(scenario)
