"""Outages: an alternating renewal process in continuous time, with a fixed number of random inputs a month.

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

from ..chance.space import RandomInput
from ..declare.faults import FactError, Fault
from ..facts.entities import Stops
from ..laws import tabulated
from ..laws.base import mean_of
from .reading import Collector, Floats, Reading

#: Largest share of running time that the fixed number of slots may miss: one vehicle in a hundred thousand.
TRUNCATION_TOLERANCE = 1e-5
_CELLS = 128
# Months beyond which the end of a stop lies outside every calendar.
_BEYOND = 1200.0
#: Months that a stop costs at most, where its law has no finite mean: the longest calendar.
_LONGEST = 120.0
Indices = NDArray[np.intp]


@attrs.frozen(eq=False)
class StopsDriver:
    """The stops of one fact, compiled."""

    address: str
    months: int
    duration: tabulated.Reader | float
    begins: tuple[RandomInput, ...]
    durations: tuple[RandomInput, ...]
    opening: Opening | None

    def candidates(self, reading: Reading) -> Candidates:
        """The months and runs in which a stop may begin, with the gaps and durations of all slots there.

        A month's first stop can begin in it only if it would with the whole month to run, so all that is dense is one
        comparison a month and run.
        """
        points = reading.points
        runs, rate = points.runs, reading[f"{self.address}.per_year"][0] / 12.0
        first = points.uniforms(self.begins[0])
        index = np.flatnonzero(first < -np.expm1(-rate))
        bounds = np.searchsorted(index, runs * np.arange(self.months + 1))
        pace = rate if rate.size == 1 else rate[index - np.repeat(runs * np.arange(self.months), np.diff(bounds))]
        gaps, durations = [], []
        for slot, (begin, lasting) in enumerate(zip(self.begins, self.durations, strict=True)):
            uniforms = points.uniforms(begin) if slot else first
            gap = np.log(1.0 - uniforms.reshape(-1)[index]) / -pace
            uniforms = points.uniforms(lasting).reshape(-1)
            if slot == 0:
                duration = np.array(np.broadcast_to(self._duration(uniforms[index]), index.shape))
            else:
                # A gap longer than the month begins no stop in it, so its duration will not be needed.
                needed = np.flatnonzero(gap < 1.0)
                duration = np.zeros(index.size)
                duration[needed] = self._duration(uniforms[index[needed]])
            if not np.isfinite(duration).all():
                rule = "must be a finite time for every stop; its law gives others"
                raise FactError([Fault(f"{self.address}.duration", rule, None, "bound the law")])
            gaps.append(gap)
            durations.append(duration)
        remaining = None if self.opening is None else self.opening.remaining(reading, rate)
        return Candidates(index, gaps, durations, bounds, remaining)

    def _duration(self, uniforms: Floats) -> Floats | float:
        return self.duration if isinstance(self.duration, float) else self.duration(uniforms)


@attrs.frozen(eq=False)
class Candidates:
    """Where one set of stops may begin a stop: flat indices (month x runs + run), and each slot's gap and duration."""

    index: Indices
    gaps: list[Floats]  # one array (candidates,) a slot
    durations: list[Floats]
    bounds: Indices  # (months + 1,): the candidates of month m are those from bounds[m] to bounds[m + 1]
    remaining: Floats | None  # time the opening stop still lasts, (runs,)


def availability(drivers: Sequence[StopsDriver], reading: Reading) -> dict[str, Floats]:
    """Share of each month that is running, (months, runs) for each set of stops by its address.

    All sets are walked through the months together: a call on many short rows costs as much as on one.
    """
    if not drivers:
        return {}
    runs, months, sets = reading.points.runs, drivers[0].months, len(drivers)
    every = [driver.candidates(reading) for driver in drivers]
    share = np.empty((sets, months, runs))
    # One month at a time in arrays that stay in cache: what is left of it, and the moment up to which it is settled.
    left_of_month, settled = np.empty(sets * runs), np.zeros(sets * runs)
    carried, lasting = _opening(every, runs)
    candidates, order = _by_month(every, runs)
    for month in range(months):
        left_of_month.fill(1.0)
        now = np.minimum(lasting, 1.0)
        left_of_month[carried] = 1.0 - now
        settled[carried] = now
        outlasts = np.flatnonzero(lasting > 1.0)
        going_on, still = [carried[outlasts]], [lasting[outlasts] - 1.0]
        chosen: Indices | slice = slice(candidates.bounds[month], candidates.bounds[month + 1])
        index = candidates.index[chosen]
        start = settled[index] + candidates.gaps[0][chosen]
        duration = candidates.durations[0][chosen]
        for slot in range(1, len(candidates.gaps) + 1):
            strikes = np.flatnonzero(start < 1.0)
            if not strikes.size:
                break
            index, start = index[strikes], start[strikes]
            end = start + duration[strikes]
            # No index stands twice in a slot.
            left_of_month[index] -= np.minimum(end, 1.0) - start
            outlasts, again = np.flatnonzero(end > 1.0), np.flatnonzero(end <= 1.0)
            whole = index[outlasts]
            # A month stopped to its end may be left with a rounding below nothing.
            left_of_month[whole] = np.maximum(left_of_month[whole], 0.0)
            going_on.append(whole)
            still.append(end[outlasts] - 1.0)
            if slot == len(candidates.gaps) or not again.size:
                break
            chosen = (order[chosen][strikes] if isinstance(chosen, slice) else chosen[strikes])[again]
            index = index[again]
            start = end[again] + candidates.gaps[slot][chosen]
            duration = candidates.durations[slot][chosen]
        settled[carried] = 0.0
        share[:, month] = left_of_month.reshape(sets, runs)
        carried, lasting = np.concatenate(going_on), np.concatenate(still)
    return {driver.address: share[row] for row, driver in enumerate(drivers)}


def _opening(every: Sequence[Candidates], runs: int) -> tuple[Indices, Floats]:
    """Indices (set x runs + run) that begin stopped, and the time their stop lasts."""
    indices, lasting = [np.zeros(0, dtype=np.intp)], [np.zeros(0)]
    for number, candidates in enumerate(every):
        if candidates.remaining is not None:
            stopped = np.flatnonzero(candidates.remaining)
            indices.append(stopped + number * runs)
            lasting.append(candidates.remaining[stopped])
    return np.concatenate(indices), np.concatenate(lasting)


def _by_month(every: Sequence[Candidates], runs: int) -> tuple[Candidates, Indices]:
    """The candidates of all sets as one, their index being set x runs + run.

    What belongs to the first slot goes by month; the order given beside leads to what belongs to later slots.
    """
    months = len(every[0].bounds) - 1
    starts = np.cumsum([0, *(candidates.index.size for candidates in every)])
    order = np.concatenate(
        [
            np.arange(candidates.bounds[month], candidates.bounds[month + 1]) + start
            for month in range(months)
            for candidates, start in zip(every, starts, strict=False)
        ]
    )
    index = np.concatenate([candidates.index + number * runs for number, candidates in enumerate(every)])[order]
    bounds = np.sum([candidates.bounds for candidates in every], axis=0)
    index -= np.repeat(runs * np.arange(months), np.diff(bounds))
    slots = range(max(len(candidates.gaps) for candidates in every))
    gaps = [_joined([candidates.gaps for candidates in every], slot, every) for slot in slots]
    durations = [_joined([candidates.durations for candidates in every], slot, every) for slot in slots]
    gaps[0], durations[0] = gaps[0][order], durations[0][order]
    return Candidates(index, gaps, durations, bounds, None), order


def _joined(rows: Sequence[Sequence[Floats]], slot: int, every: Sequence[Candidates]) -> Floats:
    """One slot of all sets; a set without that slot has gaps that never end."""
    return np.concatenate(
        [
            row[slot] if slot < len(row) else np.full(candidates.index.size, np.inf)
            for row, candidates in zip(rows, every, strict=True)
        ]
    )


@attrs.frozen(eq=False)
class Opening:
    """The state in which the first month begins, when it is not running for certain."""

    law: Any
    source: RandomInput
    stopped_for: float | None  # None: the stationary state
    table: tuple[Floats, Floats] | None  # of the stationary state

    def remaining(self, reading: Reading, rate: Floats) -> Floats:
        """Time the opening stop still lasts, 0 where running, shape (runs,)."""
        uniforms = reading.points.uniforms(self.source)[0]
        if self.table is None:
            assert self.stopped_for is not None
            if isinstance(self.law, float):
                return np.full(uniforms.shape, self.law - self.stopped_for)
            passed = float(self.law.cdf(self.stopped_for))
            lasts = np.asarray(self.law.ppf(passed + (1.0 - passed) * uniforms), dtype=np.float64)
            return np.maximum(lasts - self.stopped_for, 0.0)
        load = rate * _mean(self.law)
        stopped = load / (1.0 + load)
        within = np.minimum(uniforms / np.maximum(stopped, 1e-300), 1.0)
        return np.where(uniforms < stopped, np.interp(within, *self.table), 0.0)


def compile_stops(collector: Collector, address: str, stops: Stops, months: int) -> StopsDriver | None:
    """The driver of the stops stated at an address, or None if they never begin."""
    highest = collector.quantity(f"{address}.per_year", stops.per_year).highest / 12.0
    if highest == 0.0 and stops.at_start != "stopped":
        return None
    slots, missed = events_per_month(highest, stops.duration)
    collector.truncation_bound[address] = missed
    inputs = [
        collector.random_input(address, f"{what}/{slot}", monthly=True, scores=False)
        for slot in range(1, slots + 1)
        for what in ("begin", "length")
    ]
    opening = None
    if stops.at_start == "stopped" or (stops.at_start == "stationary" and _mean(stops.duration) > 0.0):
        source = collector.random_input(address, "opening", monthly=False, scores=False)
        already = stops.stopped_for if stops.at_start == "stopped" else None
        table = _remaining(stops.duration) if already is None else None
        opening = Opening(stops.duration, source, already, table)
    duration = stops.duration if isinstance(stops.duration, float) else tabulated.share_reader(stops.duration)
    return StopsDriver(address, months, duration, tuple(inputs[::2]), tuple(inputs[1::2]), opening)


def events_per_month(rate: float, duration: Any) -> tuple[int, float]:
    """Slots a month needs for stops at ``rate`` per month lasting ``duration``, and a bound on the share missed.

    The (K+1)-th stop of a month needs K whole stops and K+1 gaps inside it. With S the sum of K durations, its expected
    number is at most rate**(K+1) E[(1 - S)+ ** (K+1)] / (K+1)!, and each one missed costs at most the mean duration.
    Durations are rounded down to 1/128 month, which errs on the safe side.
    """
    cost = max(_mean(duration), 1e-12)
    edges = np.arange(_CELLS + 1) / _CELLS
    reached = (edges > duration) * 1.0 if isinstance(duration, float) else np.asarray(duration.cdf(edges))
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


def _mean(duration: Any) -> float:
    if isinstance(duration, float):
        return duration
    try:
        return mean_of(duration)
    except ValueError:
        return _LONGEST


def _remaining(duration: Any) -> tuple[Floats, Floats]:
    """Table of the quantiles of the time a stop still lasts when met at a random moment (the equilibrium law).

    Its cdf is the integral of 1 - F over the mean duration; Cox (1962), Renewal Theory, section 5.2. Durations beyond
    what one stop in 1e9 exceeds are left out; where that is longer than any calendar, longer times count as the limit.
    """
    if isinstance(duration, float):
        return np.array([0.0, 1.0]), np.array([0.0, duration])
    top = float(duration.ppf(1.0 - 1e-9))
    times = min(top, _BEYOND) * np.linspace(0.0, 1.0, 20_001) ** 2
    survive = 1.0 - np.asarray(duration.cdf(times))
    area = np.concatenate([[0.0], np.cumsum(np.diff(times) * 0.5 * (survive[1:] + survive[:-1]))])
    return area / (area[-1] if top <= _BEYOND else mean_of(duration)), times
