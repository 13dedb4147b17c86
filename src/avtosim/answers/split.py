"""The split of a shortfall over its causes: what would have been built without them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import joined, say
from . import intervals, paired
from .estimate import Estimate, mean_estimate
from .numbers import DIFFERENCE, PROBABILITY
from .readonly import ReadOnly, read_only
from .result import RunInfo
from .steps import Stepped
from .table import Cell, Column, Table, Tabular

Floats = NDArray[np.float64]


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Split(Tabular, Stepped):
    """A shortfall split over its causes, and with it the chance to miss a target. Print it for the table.

    ``split`` makes it. In every run the parts sum to what is planned less what is built.

    Parameters
    ----------
    causes : tuple of str
        Addresses of the causes, or names of kinds or groups.
    texts : tuple of str
        The same in words.
    planned, built : array of float, shape (runs,), vehicles
        What the schedule holds without a delay, and what is built; read-only.
    per_run : array of float, shape (causes, runs), vehicles
        What each cause costs in each run; below 0 where it helps; read-only.
    target : str, default ""
        The target in words; empty if there is none.
    turned : array of int, shape (causes, runs x orders)
        1 where a cause turns a run from one that reaches the target into one that misses it, -1 the other way; in each
        order that a run took, run after run; read-only.
    met : tuple of array of bool, shape (runs,) each
        Which runs reach the target: as planned, and as built.
    run_info : RunInfo
        What made it.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.split(june, runs=500, seed=1)
    >>> bool(abs(found.shortfall - found.per_run.sum(axis=0)).max() < 1e-6)
    True
    """

    causes: tuple[str, ...]
    texts: tuple[str, ...]
    planned: Floats = attrs.field(converter=read_only)
    built: Floats = attrs.field(converter=read_only)
    per_run: Floats = attrs.field(converter=read_only)
    target: str = ""
    turned: NDArray[np.int8] = attrs.field(converter=read_only)
    met: tuple[NDArray[np.bool_], ...]
    run_info: RunInfo

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.built.size)

    @property
    def shortfall(self) -> Floats:
        """What is planned less what is built, in each run; (runs,), vehicles."""
        return self.planned - self.built

    @cached_property
    def mean(self) -> Mapping[str, Estimate]:
        """What each cause costs on average, in vehicles, by its name."""
        every = zip(self.causes, self.texts, self.per_run, strict=True)
        return ReadOnly(
            {name: mean_estimate(lost, 1, 0.95, say("lost to {cause}", cause=text)) for name, text, lost in every}
        )

    @cached_property
    def miss(self) -> Mapping[str, Estimate]:
        """What each cause adds to the chance of missing the target, by its name; empty without a target.

        The parts sum to the chance of a miss less that of the schedule itself.
        """
        if not self.target:
            return ReadOnly({})
        rest = {"runs": self.runs, "method": "Newcombe's, of runs turned either way", "unit": DIFFERENCE}
        orders = self.turned.shape[1] // self.runs
        made = {}
        for name, text, turned in zip(self.causes, self.texts, self.turned, strict=True):
            each = turned.reshape(-1, orders)
            # Where the second order of a run never tells more than the first, a run counts once.
            counted = each[:, :1] if (each == each[:, :1]).all() else each
            found = paired.chance_difference((counted < 0).ravel(), (counted > 0).ravel(), counted.shape[1])
            made[name] = Estimate.of(found, what=say("chance of a miss added by {cause}", cause=text), **rest)
        return ReadOnly(made)

    @property
    def _order(self) -> list[int]:
        """Places of the causes, largest first."""
        return sorted(range(len(self.causes)), key=lambda place: -abs(self.mean[self.causes[place]].value))

    @property
    def _flows(self) -> tuple[Floats, ...]:
        return (self.planned, *(self.per_run[place] for place in self._order), self.built)

    @property
    def table(self) -> Table:
        """What is planned, what each cause takes (below 0) or brings, largest first, and what is built, as a table."""
        rows: list[tuple[Cell, ...]] = [(say("planned"), float(self.planned.mean()), None, None, None)]
        for place in self._order:
            name, text = self.causes[place], self.texts[place]
            mean, miss = self.mean[name], self.miss.get(name)
            gained = attrs.evolve(mean, value=0.0 - mean.value, low=0.0 - mean.high, high=0.0 - mean.low)
            rows.append((text, gained, gained, miss, miss))
        rows.append((say("built"), float(self.built.mean()), mean_estimate(self.built, 1, 0.95, ""), None, None))
        columns = [Column(say("cause")), Column(say("vehicles"), "difference"), Column("95 %", "error")]
        if self.target:
            columns += [Column(say("chance of a miss"), "difference"), Column("95 %", "interval")]
        cut = [row[: len(columns)] for row in rows]
        return Table(tuple(columns), {"": cut}, title=self.run_info.title, notes=self._notes())

    def _notes(self) -> tuple[str, ...]:
        signs = say("vehicles of the whole plant: below 0 the cause takes them, above 0 it brings them")
        if self.target:
            signs = joined("; ", [signs, say("chance of a miss: above 0 the cause adds to it")])
        return (
            *([self._missed()] if self.target else []),
            signs,
            say("a part is what would change without its cause, on average over all orders of removing the causes"),
            say(
                "ledger(scenario) differs, for it tells what bound: missing kits cost nothing where buyers are missing"
                " too"
            ),
            self.run_info.of_runs(self.runs),
        )

    def _missed(self) -> str:
        """The chance of a miss in words: as built, and of the schedule alone where that is not 0."""
        possible, reached = self.met
        if not self.turned.any() and possible.all() == possible.any():
            if reached.all():
                return say(
                    "{target}: always built, as the schedule alone would; no cause decides it", target=self.target
                )
            return say("{target}: never built, as the schedule alone would; no cause decides it", target=self.target)
        rest = {"runs": self.runs, "method": "wilson", "unit": PROBABILITY}
        missed, own = (Estimate.of(intervals.proportion(~met, 1), **rest) for met in (reached, possible))
        chance = format(missed, "value")
        if possible.all():
            return say("chance to miss the target, {target}: {chance}", target=self.target, chance=chance)
        return say(
            "chance to miss the target, {target}: {chance}, and {own} if the schedule were built; the causes share the"
            " difference",
            target=self.target,
            chance=chance,
            own=format(own, "value"),
        )

    def __repr__(self) -> str:
        runs = say("{runs} {runs:run|runs}", runs=self.runs)
        return f"<Split of {self.run_info.title!r} over {len(self.causes)} causes; {runs}>"
