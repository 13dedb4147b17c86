"""Stops: an alternating renewal process in continuous time, with a fixed number of coordinates a month.

While running, the time to the next stop has no memory, so each month may draw it anew: slot 1 counts from the start of
the month (or the end of the stop it began in), slot 2 from the end of the stop of slot 1, and so on. A month has room
for as many stops as its slots; one more in the same month is neglected, and ``slots_for`` bounds what that costs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..chance.space import Cause
from ..facts.entities import Stops
from ..facts.laws import mean_of
from . import quantile
from .quantities import Collector, Compiled, Floats, Reading

__all__ = ["NEGLECTED", "StopsDriver", "compile_stops", "running", "slots_for"]

#: Most share of running time that may be missed by the fixed number of slots: one vehicle in a hundred thousand.
NEGLECTED = 1e-5
_CELLS = 128
Places = NDArray[np.intp]


@attrs.frozen
class StopsDriver:
    """One set of stops, compiled."""

    owner: str
    months: int
    rate: Compiled  # per year of running
    length: quantile.Reader | float
    begins: tuple[Cause, ...]
    lengths: tuple[Cause, ...]
    opening: Opening | None

    def hits(self, points: Reading) -> Hits:
        """The months and runs in which a stop may begin, with the gaps and lengths of all slots there.

        A month's first stop can begin in it only if it would with the whole month to run, so all that is dense is one
        comparison a month and run.
        """
        rate = np.atleast_2d(self.rate.read(points))[0] / 12.0
        first = points.uniforms(self.begins[0])
        at = np.flatnonzero(first < -np.expm1(-rate))
        pace = rate if rate.size == 1 else rate[at % points.runs]
        gaps = np.empty((len(self.begins), at.size))
        lengths = np.zeros((len(self.begins), at.size))
        for slot, (begin, length) in enumerate(zip(self.begins, self.lengths, strict=True)):
            luck = points.uniforms(begin) if slot else first
            gaps[slot] = np.log(1.0 - luck.ravel()[at]) / -pace
            # A gap longer than the month begins no stop in it, so its length will not be asked for.
            asked = np.flatnonzero(gaps[slot] < 1.0)
            lengths[slot, asked] = self._length(points.uniforms(length).ravel()[at[asked]])
        left = None if self.opening is None else self.opening.left(points, rate)
        bounds = np.searchsorted(at, points.runs * np.arange(self.months + 1))
        return Hits(at, gaps, lengths, bounds, left)

    def _length(self, uniforms: Floats) -> Floats | float:
        return self.length if isinstance(self.length, float) else self.length(special.ndtri(uniforms))


@attrs.frozen
class Hits:
    """Where one set of stops may begin a stop: flat places (month x runs + run), and each slot's gap and length."""

    at: Places
    gaps: Floats  # (slots, places)
    lengths: Floats  # (slots, places)
    bounds: Places  # (months + 1,): the places of month m are those from bounds[m] to bounds[m + 1]
    left: Floats | None  # time the opening stop lasts, (runs,)


def running(drivers: Sequence[StopsDriver], points: Reading) -> dict[str, Floats]:
    """Share of each month that is running, (months, runs) for each set of stops by its owner.

    All sets are walked through the months together: a call on many short rows costs as much as on one.
    """
    if not drivers:
        return {}
    runs, months, sets = points.runs, drivers[0].months, len(drivers)
    every = [driver.hits(points) for driver in drivers]
    slots = max(len(hits.gaps) for hits in every)
    # A run of a set has its place at the set's first month; of the two arrays without months the rest lies idle.
    share = np.ones((sets, months, runs))
    left, clock = np.zeros(share.size), np.zeros(share.size)
    carried = np.zeros(0, dtype=np.intp)
    for place, hits in enumerate(every):
        if hits.left is not None:
            start = place * months * runs
            left[start : start + runs] = hits.left
            carried = np.concatenate([carried, start + np.flatnonzero(hits.left)])
    for month in range(months):
        now_running = share.reshape(-1)[month * runs :]
        at, gaps, lengths = _of_month(every, month, runs, slots)
        touched = carried, at
        now = np.minimum(left[carried], 1.0)
        now_running[carried] -= now
        clock[carried] = now
        left[carried] -= now
        carried = carried[left[carried] > 0.0]
        chosen = np.arange(at.size)
        for slot in range(slots):
            start = clock[at] + gaps[slot, chosen]
            strikes = np.flatnonzero(start < 1.0)
            if not strikes.size:
                break
            at, chosen, start = at[strikes], chosen[strikes], start[strikes]
            end = start + lengths[slot, chosen]
            now_running[at] -= np.minimum(end, 1.0) - start
            over = end >= 1.0
            outlasting = at[over]
            left[outlasting] = end[over] - 1.0
            carried = np.concatenate([carried, outlasting])
            again = np.flatnonzero(~over)
            at, chosen = at[again], chosen[again]
            clock[at] = end[again]
        for places in touched:
            clock[places] = 0.0
    # A month stopped from end to end may leave a rounding below nothing.
    np.maximum(share, 0.0, out=share)
    return {driver.owner: share[place] for place, driver in enumerate(drivers)}


def _of_month(every: Sequence[Hits], month: int, runs: int, slots: int) -> tuple[Places, Floats, Floats]:
    """Places (set x months x runs + run) of a month's hits over all sets, with their gaps and lengths, (slots, places)."""
    cuts = [slice(hits.bounds[month], hits.bounds[month + 1]) for hits in every]
    step = (len(every[0].bounds) - 1) * runs
    at = [
        hits.at[cut] + (place * step - month * runs) for place, (hits, cut) in enumerate(zip(every, cuts, strict=True))
    ]
    gaps = np.full((slots, sum(map(len, at))), np.inf)
    lengths = np.zeros_like(gaps)
    start = 0
    for hits, cut, places in zip(every, cuts, at, strict=True):
        stop = start + len(places)
        gaps[: len(hits.gaps), start:stop] = hits.gaps[:, cut]
        lengths[: len(hits.gaps), start:stop] = hits.lengths[:, cut]
        start = stop
    return np.concatenate(at), gaps, lengths


@attrs.frozen
class Opening:
    """The state in which the first month begins, when it is not running for certain."""

    law: Any
    cause: Cause
    stopped_for: float | None  # None: the stationary state
    table: tuple[NDArray[np.float64], NDArray[np.float64]]

    def left(self, points: Reading, rate: Floats) -> Floats:
        """Time the opening stop still lasts, 0 where running, shape (runs,)."""
        luck = points.uniforms(self.cause)[0]
        if self.stopped_for is not None:
            if isinstance(self.law, float):
                return np.full(luck.shape, self.law - self.stopped_for)
            passed = float(self.law.cdf(self.stopped_for))
            return np.maximum(self.law.ppf(passed + (1.0 - passed) * luck) - self.stopped_for, 0.0)
        load = rate * _mean(self.law)
        stopped = load / (1.0 + load)
        within = np.minimum(luck / np.maximum(stopped, 1e-300), 1.0)
        return np.where(luck < stopped, np.interp(within, *self.table), 0.0)


def compile_stops(collector: Collector, owner: str, stops: Stops, months: int) -> StopsDriver | None:
    """The driver of the stops stated at ``owner``, or None if they never begin."""
    rate = collector.quantity(f"{owner}.per_year", stops.per_year)
    highest = rate.highest / 12.0
    if highest == 0.0 and stops.at_start != "stopped":
        return None
    slots, missed = slots_for(highest, stops.months)
    collector.neglected[owner] = missed
    pairs = [
        (
            collector.cause(owner, f"begin/{slot}", monthly=True, scores=False),
            collector.cause(owner, f"length/{slot}", monthly=True, scores=False),
        )
        for slot in range(1, slots + 1)
    ]
    opening = None
    if stops.at_start != "running":
        cause = collector.cause(owner, "opening", monthly=False, scores=False)
        already = stops.stopped_for if stops.at_start == "stopped" else None
        opening = Opening(stops.months, cause, already, _remaining(stops.months))
    length = stops.months if isinstance(stops.months, float) else quantile.reader(stops.months)
    begins, lengths = zip(*pairs, strict=True)
    return StopsDriver(owner, months, rate, length, begins, lengths, opening)


def slots_for(rate: float, months: Any) -> tuple[int, float]:
    """Slots a month needs for stops at ``rate`` per month lasting ``months``, and a bound on the share missed.

    The (K+1)-th stop of a month needs K whole stops and K+1 gaps inside it. With S the sum of K lengths, its expected
    number is at most rate**(K+1) E[(1 - S)+ ** (K+1)] / (K+1)!, and each one missed costs at most the mean length.
    Lengths are rounded down to 1/128 month, which errs on the safe side.
    """
    cost = max(_mean(months), 1e-12)
    edges = np.arange(_CELLS + 1) / _CELLS
    reached = (edges > months) * 1.0 if isinstance(months, float) else np.asarray(months.cdf(edges))
    mass = np.diff(reached, prepend=0.0)[1:]
    mass[0] += reached[0]
    total = np.zeros(_CELLS)
    total[0] = 1.0
    room = 1.0 - edges[:-1]
    for slots in range(1, 200):
        total = np.convolve(total, mass)[:_CELLS]
        log_weight = (slots + 1) * math.log(max(rate, 1e-300)) - math.lgamma(slots + 2)
        missed = cost * math.exp(min(log_weight, 700.0)) * float(total @ room ** (slots + 1))
        if missed <= NEGLECTED:
            break
    return slots, missed


def _mean(months: Any) -> float:
    return months if isinstance(months, float) else mean_of(months)


def _remaining(months: Any) -> tuple[Floats, Floats]:
    """Table of the quantiles of the time a stop still lasts when met at a random moment (the equilibrium law).

    Its cdf is the integral of 1 - F over the mean length; Cox (1962), Renewal Theory, section 5.2. Lengths beyond
    what one stop in 1e9 exceeds are left out.
    """
    if isinstance(months, float):
        return np.array([0.0, 1.0]), np.array([0.0, months])
    top = float(months.ppf(1.0 - 1e-9))
    times = top * np.linspace(0.0, 1.0, 20_001) ** 2
    survive = 1.0 - np.asarray(months.cdf(times))
    area = np.concatenate([[0.0], np.cumsum(np.diff(times) * 0.5 * (survive[1:] + survive[:-1]))])
    return area / area[-1], times
