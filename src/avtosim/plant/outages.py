"""Stops: an alternating renewal process in continuous time, with a fixed number of coordinates a month.

While running, the time to the next stop has no memory, so each month may draw it anew: slot 1 counts from the start of
the month (or the end of the stop it began in), slot 2 from the end of the stop of slot 1, and so on. A month has room
for as many stops as its slots; ``events_per_month`` bounds what one more in the same month would cost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..chance.points import Points
from ..chance.space import RandomInput
from ..facts.entities import Stops
from ..laws import tabulated
from ..laws.base import mean_of
from .reading import Collector, Constant, Floats

__all__ = ["TRUNCATION_TOLERANCE", "StopsDriver", "compile_stops", "events_per_month", "running"]

#: Most share of running time that may be missed by the fixed number of slots: one vehicle in a hundred thousand.
TRUNCATION_TOLERANCE = 1e-5
_CELLS = 128
Places = NDArray[np.intp]


@attrs.frozen
class StopsDriver:
    """One set of stops, compiled."""

    owner: str
    months: int
    rate: Constant  # per year of running
    length: tabulated.Reader | float
    begins: tuple[RandomInput, ...]
    lengths: tuple[RandomInput, ...]
    opening: Opening | None

    def hits(self, points: Points) -> Hits:
        """The months and runs in which a stop may begin, with the gaps and lengths of all slots there.

        A month's first stop can begin in it only if it would with the whole month to run, so all that is dense is one
        comparison a month and run.
        """
        runs, rate = points.runs, np.atleast_2d(self.rate.read(points))[0] / 12.0
        first = points.uniforms(self.begins[0])
        at = np.flatnonzero(first < -np.expm1(-rate))
        bounds = np.searchsorted(at, runs * np.arange(self.months + 1))
        pace = rate if rate.size == 1 else rate[at - np.repeat(runs * np.arange(self.months), np.diff(bounds))]
        gaps, lengths = [], []
        for slot, (begin, length) in enumerate(zip(self.begins, self.lengths, strict=True)):
            luck = points.uniforms(begin) if slot else first
            gap = np.log(1.0 - luck.reshape(-1)[at]) / -pace
            luck = points.uniforms(length).reshape(-1)
            if slot == 0:
                lasting = np.broadcast_to(self._length(luck[at]), at.shape)
            else:
                # A gap longer than the month begins no stop in it, so its length will not be asked for.
                asked = np.flatnonzero(gap < 1.0)
                lasting = np.zeros(at.size)
                lasting[asked] = self._length(luck[at[asked]])
            gaps.append(gap)
            lengths.append(lasting)
        left = None if self.opening is None else self.opening.left(points, rate)
        return Hits(at, gaps, lengths, bounds, left)

    def _length(self, uniforms: Floats) -> Floats | float:
        return self.length if isinstance(self.length, float) else self.length(uniforms)


@attrs.frozen
class Hits:
    """Where one set of stops may begin a stop: flat places (month x runs + run), and each slot's gap and length."""

    at: Places
    gaps: list[Floats]  # one array (places,) a slot
    lengths: list[Floats]
    bounds: Places  # (months + 1,): the places of month m are those from bounds[m] to bounds[m + 1]
    left: Floats | None  # time the opening stop lasts, (runs,)


def running(drivers: Sequence[StopsDriver], points: Points) -> dict[str, Floats]:
    """Share of each month that is running, (months, runs) for each set of stops by its owner.

    All sets are walked through the months together: a call on many short rows costs as much as on one.
    """
    if not drivers:
        return {}
    runs, months, sets = points.runs, drivers[0].months, len(drivers)
    every = [driver.hits(points) for driver in drivers]
    share = np.empty((sets, months, runs))
    # One month at a time in arrays that stay in cache: what is left of it, and the moment up to which it is settled.
    left_of_month, settled = np.empty(sets * runs), np.zeros(sets * runs)
    carried, lasting = _opening(every, runs)
    hits = _by_month(every, runs)
    for month in range(months):
        left_of_month.fill(1.0)
        now = np.minimum(lasting, 1.0)
        left_of_month[carried] = 1.0 - now
        settled[carried] = now
        outlasts = np.flatnonzero(lasting > 1.0)
        going_on, still = [carried[outlasts]], [lasting[outlasts] - 1.0]
        chosen: Places | slice = slice(hits.bounds[month], hits.bounds[month + 1])
        at = hits.at[chosen]
        start = settled[at] + hits.gaps[0][chosen]
        length = hits.lengths[0][chosen]
        for slot in range(1, len(hits.gaps) + 1):
            strikes = np.flatnonzero(start < 1.0)
            if not strikes.size:
                break
            at, start = at[strikes], start[strikes]
            end = start + length[strikes]
            np.subtract.at(left_of_month, at, np.minimum(end, 1.0) - start)
            outlasts, again = np.flatnonzero(end > 1.0), np.flatnonzero(end <= 1.0)
            whole = at[outlasts]
            # A month stopped to its end may be left with a rounding below nothing.
            left_of_month[whole] = np.maximum(left_of_month[whole], 0.0)
            going_on.append(whole)
            still.append(end[outlasts] - 1.0)
            if slot == len(hits.gaps) or not again.size:
                break
            chosen = (hits.order[chosen][strikes] if isinstance(chosen, slice) else chosen[strikes])[again]
            at = at[again]
            start = end[again] + hits.gaps[slot][chosen]
            length = hits.lengths[slot][chosen]
        settled[carried] = 0.0
        share[:, month] = left_of_month.reshape(sets, runs)
        carried, lasting = np.concatenate(going_on), np.concatenate(still)
    return {driver.owner: share[place] for place, driver in enumerate(drivers)}


def _opening(every: Sequence[Hits], runs: int) -> tuple[Places, Floats]:
    """Places (set x runs + run) that begin stopped, and the time their stop lasts."""
    places, lasting = [np.zeros(0, dtype=np.intp)], [np.zeros(0)]
    for number, hits in enumerate(every):
        if hits.left is not None:
            stopped = np.flatnonzero(hits.left)
            places.append(stopped + number * runs)
            lasting.append(hits.left[stopped])
    return np.concatenate(places), np.concatenate(lasting)


@attrs.frozen
class _Merged:
    """The hits of all sets. ``at``, ``gaps[0]`` and ``lengths[0]`` go by month; ``order`` leads to the later slots'."""

    at: Places  # set x runs + run
    order: Places
    bounds: Places
    gaps: list[Floats]
    lengths: list[Floats]


def _by_month(every: Sequence[Hits], runs: int) -> _Merged:
    months = len(every[0].bounds) - 1
    starts = np.cumsum([0, *(hits.at.size for hits in every)])
    order = np.concatenate(
        [
            np.arange(hits.bounds[month], hits.bounds[month + 1]) + start
            for month in range(months)
            for hits, start in zip(every, starts, strict=False)
        ]
    )
    at = np.concatenate([hits.at + number * runs for number, hits in enumerate(every)])[order]
    bounds = np.sum([hits.bounds for hits in every], axis=0)
    at -= np.repeat(runs * np.arange(months), np.diff(bounds))
    slots = range(max(len(hits.gaps) for hits in every))
    gaps = [_joined([hits.gaps for hits in every], slot, every) for slot in slots]
    lengths = [_joined([hits.lengths for hits in every], slot, every) for slot in slots]
    gaps[0], lengths[0] = gaps[0][order], lengths[0][order]
    return _Merged(at, order, bounds, gaps, lengths)


def _joined(rows: Sequence[Sequence[Floats]], slot: int, every: Sequence[Hits]) -> Floats:
    """One slot of all sets; a set without that slot has gaps that never end."""
    return np.concatenate(
        [row[slot] if slot < len(row) else np.full(hits.at.size, np.inf) for row, hits in zip(rows, every, strict=True)]
    )


@attrs.frozen
class Opening:
    """The state in which the first month begins, when it is not running for certain."""

    law: Any
    cause: RandomInput
    stopped_for: float | None  # None: the stationary state
    table: tuple[Floats, Floats] | None  # of the stationary state

    def left(self, points: Points, rate: Floats) -> Floats:
        """Time the opening stop still lasts, 0 where running, shape (runs,)."""
        luck = points.uniforms(self.cause)[0]
        if self.table is None:
            assert self.stopped_for is not None
            if isinstance(self.law, float):
                return np.full(luck.shape, self.law - self.stopped_for)
            passed = float(self.law.cdf(self.stopped_for))
            lasts = np.asarray(self.law.ppf(passed + (1.0 - passed) * luck), dtype=np.float64)
            return np.maximum(lasts - self.stopped_for, 0.0)
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
    slots, missed = events_per_month(highest, stops.duration)
    collector.truncation_bound[owner] = missed
    pairs = [
        (
            collector.cause(owner, f"begin/{slot}", monthly=True, scores=False),
            collector.cause(owner, f"length/{slot}", monthly=True, scores=False),
        )
        for slot in range(1, slots + 1)
    ]
    opening = None
    if stops.at_start == "stopped" or (stops.at_start == "stationary" and _mean(stops.duration) > 0.0):
        cause = collector.cause(owner, "opening", monthly=False, scores=False)
        already = stops.stopped_for if stops.at_start == "stopped" else None
        table = _remaining(stops.duration) if already is None else None
        opening = Opening(stops.duration, cause, already, table)
    length = stops.duration if isinstance(stops.duration, float) else tabulated.share_reader(stops.duration)
    begins, lengths = zip(*pairs, strict=True)
    return StopsDriver(owner, months, rate, length, begins, lengths, opening)


def events_per_month(rate: float, months: Any) -> tuple[int, float]:
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
        if missed <= TRUNCATION_TOLERANCE:
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
