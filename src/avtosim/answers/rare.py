"""The chance of a rare target, from independent repeats, and whether it may be relied on."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from .estimate import Estimate
from .intervals import t_quantile, wilson
from .numbers import PROBABILITY
from .readonly import read_only
from .table import Between, Cell, Column, Table, Tabular

Floats = NDArray[np.float64]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class RareChance(Tabular):
    """A small chance with its interval. Print it for the whole answer.

    ``rare_chance`` makes it.

    Parameters
    ----------
    what : str
        What the chance is of.
    estimate : Estimate
        The chance with its interval; its warning says why it should not be relied on.
    repeats : array of float, shape (repeats,)
        The independent estimates whose mean it is; read-only.
    thresholds : tuple of float, vehicles
        Thresholds on the way to the target, step by step. Each is the mean over all repeats that have a threshold so
        far; a repeat that has reached the target keeps its last.
    highest : float, vehicles
        The output nearest the target, or furthest beyond it, that was met.
    model_runs : int
        Runs of the model that it took.
    seed : int
        Seed of the random numbers.
    title : str
        Name of the scenario.
    version : str
        Version of avtosim.
    """

    what: str
    estimate: Estimate
    repeats: Floats = attrs.field(converter=read_only)
    thresholds: tuple[float, ...]
    highest: float
    model_runs: int
    seed: int
    title: str
    version: str

    @property
    def chance(self) -> float:
        """The chance itself."""
        return self.estimate.value

    @property
    def warning(self) -> str:
        """Why the answer should not be relied on; empty if it may."""
        return self.estimate.warning

    @property
    def plain_runs(self) -> float:
        """Plain runs that the same standard error would take."""
        error = self.estimate.standard_error
        return math.inf if self.chance == 0.0 or error == 0.0 else self.chance * (1.0 - self.chance) / error**2

    @property
    def table(self) -> Table:
        """The chance, its interval and the thresholds on the way, as a table."""
        # The warning stands in the notes.
        found = attrs.evolve(self.estimate, warning="")
        rows: list[tuple[Cell, ...]] = [(self.what, found)]
        if f"{found:words}".startswith("about"):
            low, high = (attrs.evolve(found, value=end, low=end, high=end) for end in (found.low, found.high))
            rows.append((f"{100 * found.confidence:g} % interval", Between(low, high)))
        rows.append(("thresholds on the way", "; ".join(f"{t:,.0f}" for t in self.thresholds) or "none needed"))
        notes = [f"do not rely on it: {self.warning}"] if self.warning else []
        made = f"{self.model_runs:,} model runs in {self.repeats.size} independent repeats"
        notes.append(f"{made}, seed {self.seed}, avtosim {self.version}")
        columns = Column("quantity"), Column("value", "words")
        return Table(columns, {"": rows}, title=self.title, notes=tuple(notes), header=False)

    def __repr__(self) -> str:
        return f"<RareChance {self.what}: {self.chance:.2g}>"


def from_repeats(
    repeats: Floats, *, reach: Floats, particles: int, model_runs: int, what: str, notes: list[str], confidence: float
) -> Estimate:
    """The mean of independent estimates of a chance, with Student's interval on the scale of the logarithm.

    ``reach`` is the chance of the last threshold that each repeat came to. Where no repeat reached the target the
    interval ends at what so many points beyond the last threshold could have missed.
    """
    count = repeats.size
    value = float(repeats.mean())
    method = "subset simulation, Student's t over repeats"
    if value == 0.0:
        high = float(reach.mean()) * wilson(0, count * particles, confidence)[1]
        interval, method = (0.0, 0.0, high, high / 2.0), "subset simulation, target not reached"
    else:
        error = float(repeats.std(ddof=1)) / math.sqrt(count)
        relative = error / value
        factor = math.exp(min(t_quantile(confidence, count - 1) * relative, 700.0))
        low, high = value / factor, min(value * factor, 1.0)
        if error == 0.0:
            # All repeats alike, as where every point reaches the target: no spread to read an error from.
            low, high = wilson(value * count * particles, count * particles, confidence)
        interval = value, low, high, error
        if relative > 0.35:
            notes = [*notes, f"the repeats differ too much (standard error {100.0 * relative:.0f} % of the chance)"]
        if missed := np.count_nonzero(repeats == 0.0):
            notes = [*notes, f"{missed} of {count} repeats did not reach the target"]
    rest = {"method": method, "what": what, "unit": PROBABILITY, "warning": "; ".join(notes)}
    return Estimate.of(interval, runs=model_runs, confidence=confidence, **rest)
