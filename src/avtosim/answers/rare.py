"""The answer about a rare target: its chance, from independent repeats, and whether it can be trusted."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from .estimate import Estimate
from .intervals import t_quantile, wilson

__all__ = ["RareChance", "from_repeats"]

Floats = NDArray[np.float64]


@attrs.frozen(kw_only=True, repr=False)
class RareChance:
    """A small chance with its interval. ``repeats`` are the independent estimates it is the mean of."""

    what: str
    estimate: Estimate
    repeats: Floats
    levels: tuple[float, ...]  # mean level of the repeats, in vehicles, step by step
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
        """Why the answer should not be trusted; empty if it may."""
        return self.estimate.warning

    @property
    def plain_runs(self) -> float:
        """Plain runs that the same standard error would take."""
        error = self.estimate.standard_error
        return math.inf if self.chance == 0.0 or error == 0.0 else self.chance * (1.0 - self.chance) / error**2

    def __repr__(self) -> str:
        return f"<RareChance {self.what}: {self.chance:.2g}>"

    def __str__(self) -> str:
        found = self.estimate
        ends = f"{100 * found.confidence:g} % interval {_small(found.low)} to {_small(found.high)}"
        lines = [self.title, f"{self.what}: {_small(found.value)}, {ends}"]
        if 0.0 < found.value < 1.0 and math.isfinite(self.plain_runs):
            lines[1] += f" (about one year in {1.0 / found.value:,.0f})"
        if found.warning:
            lines.append(f"do not rely on it: {found.warning}")
        steps = "; ".join(f"{level:,.0f}" for level in self.levels)
        lines.append(f"levels on the way: {steps or 'none needed'}")
        lines.append(
            f"{self.model_runs:,} model runs in {self.repeats.size} independent repeats, seed {self.seed},"
            f" avtosim {self.version}"
        )
        return "\n".join(lines)


def _small(chance: float) -> str:
    if chance == 0.0:
        return "0"
    return f"{chance:.1%}".replace("%", " %") if chance >= 0.01 else f"{chance:.1e}"


def from_repeats(
    repeats: Floats, *, reach: Floats, particles: int, model_runs: int, what: str, notes: list[str], confidence: float
) -> Estimate:
    """The mean of independent estimates of a chance, its interval by Student's law on the scale of the logarithm.

    ``reach`` is the chance of the last level each repeat came to. Where no repeat came to the target the interval ends
    at what so many points on the last level could have missed.
    """
    count = repeats.size
    value = float(repeats.mean())
    if value == 0.0:
        high = float(reach.mean()) * wilson(0, count * particles, confidence)[1]
        return Estimate.of(
            (0.0, 0.0, high, high / 2.0),
            runs=model_runs,
            confidence=confidence,
            method="subset simulation, target not reached",
            what=what,
            unit="probability",
            warning="; ".join(notes),
        )
    error = float(repeats.std(ddof=1)) / math.sqrt(count)
    relative = error / value
    factor = math.exp(min(t_quantile(confidence, count - 1) * relative, 700.0))
    low, high = value / factor, min(value * factor, 1.0)
    if error == 0.0:
        # All repeats alike, as where every point reaches the target: no spread to read an error from.
        low, high = wilson(value * count * particles, count * particles, confidence)
    if relative > 0.35:
        notes = [*notes, f"the repeats differ too much (standard error {relative:.0%} of the chance)"]
    if np.count_nonzero(repeats == 0.0):
        notes = [*notes, f"{np.count_nonzero(repeats == 0.0)} of {count} repeats did not reach the target"]
    return Estimate.of(
        (value, low, high, error),
        runs=model_runs,
        confidence=confidence,
        method="subset simulation, Student's t over repeats",
        what=what,
        unit="probability",
        warning="; ".join(notes),
    )
