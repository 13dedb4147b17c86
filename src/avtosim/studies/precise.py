"""Runs until a promised precision: looks at growing numbers of runs, and stops at the first that keeps the promise.

Looking at the data again and again and stopping when an interval happens to be short makes intervals too short. Looks
at geometrically growing numbers of runs keep that small: benchmarks/coverage.py measures what is left of 95 % and the
price.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import attrs
import numpy as np

from ..answers import intervals
from ..answers.estimate import percent
from ..answers.result import reached
from ..chance.design import Design
from ..plant.model import Output
from ..plant.quantities import Floats

__all__ = ["FIRST_LOOK", "GROWTH", "Relative", "joined", "until_precise"]

#: Runs of the first look, and how many times more each next one has. Chosen by measurement; see the benchmark.
FIRST_LOOK = 4096
GROWTH = 1.5


@attrs.frozen
class Relative:
    """A precision as a share of the chance itself: ``Relative(0.05)`` asks for an interval of +-5 % of each chance."""

    share: float

    def __attrs_post_init__(self) -> None:
        if isinstance(self.share, bool) or not isinstance(self.share, (int, float)) or not 0.0 < self.share <= 0.5:
            raise ValueError(f"Relative: must lie above 0 and up to 0.5; got {self.share!r}")


def checked_precision(precision: object) -> float | Relative:
    """A precision that can be kept."""
    if isinstance(precision, Relative):
        return precision
    if isinstance(precision, bool) or not isinstance(precision, (int, float)) or not 0.0 < precision <= 0.5:
        rule = "must lie above 0 and up to 0.5 (a probability), or be Relative(share)"
        raise ValueError(f"precision: {rule}; got {precision!r}")
    return float(precision)


def until_precise(
    work: Callable[[int, int], Output],
    design: Design,
    targets: Sequence[float],
    *,
    precision: float | Relative,
    max_runs: int,
) -> tuple[Output, str]:
    """Work until the interval of every target's chance is short enough, and say why it stopped.

    ``work(first, runs)`` gives the output of a range of runs. A design that does not grow is begun anew at each look.
    """
    parts: list[Output] = []
    runs, looks = 0, 0
    for looks, goal in enumerate(_looks(design, max_runs), 1):
        if not design.grows:
            parts, runs = [], 0
        parts.append(work(runs, goal - runs))
        runs = goal
        annual = np.concatenate([part.annual for part in parts])
        short = _short_of(annual, design.unit(runs), targets, precision)
        if short is None:
            wanted = (
                f"{precision.share:.0%} of itself" if isinstance(precision, Relative) else percent(precision, precision)
            )
            return joined(parts), f"stopped after look {looks}: every chance is within +-{wanted}"
    target, half = short  # type: ignore[misc]
    return joined(parts), (
        f"stopped at max_runs: the chance of at least {target:,.0f} is only within +-{percent(half, half)}"
    )


def _looks(design: Design, max_runs: int) -> Iterator[int]:
    """Growing numbers of runs that the design can serve, the last one being the most that ``max_runs`` allows."""
    most = design.fitting(max_runs)[0]
    if not most:
        least = design.fitting(max_runs)[1]
        raise ValueError(f"max_runs: {design} need at least {least:,} runs; got {max_runs:,}")
    goal, last = float(FIRST_LOOK), 0
    while last < most:
        runs = min(design.fitting(math.ceil(goal))[1], most)
        if runs > last:
            yield runs
        last, goal = runs, goal * GROWTH


def _short_of(
    annual: Floats,
    unit: int,
    targets: Sequence[float],
    precision: float | Relative,
) -> tuple[float, float] | None:
    """The target whose interval misses the precision most, and half its interval; None if all keep it."""
    worst: tuple[float, float, float] | None = None
    for target in targets:
        value, low, high, _ = intervals.counted(reached(annual, target), unit)
        half = 0.5 * (high - low)
        wanted = precision.share * value if isinstance(precision, Relative) else precision
        excess = math.inf if wanted == 0.0 else half / wanted
        if excess > 1.0 and (worst is None or excess > worst[0]):
            worst = excess, target, half
    return None if worst is None else worst[1:]


def joined(parts: Sequence[Output]) -> Output:
    """Outputs of consecutive runs as one."""
    if len(parts) == 1:
        return parts[0]
    flows = [part.flows for part in parts if part.flows is not None]
    return Output(
        np.concatenate([part.annual for part in parts]),
        _joined([part.by_vehicle for part in parts]),
        _joined([part.by_month for part in parts]),
        _joined([part.months for part in parts]),
        {name: np.concatenate([flow[name] for flow in flows], axis=-1) for name in flows[0]} if flows else None,
    )


def _joined(arrays: Sequence[Floats | None]) -> Floats | None:
    kept = [array for array in arrays if array is not None]
    return np.concatenate(kept, axis=-1) if kept else None
