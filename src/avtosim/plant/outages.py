"""Outages: an alternating renewal process in continuous time, with a fixed number of random inputs a month.

While running, the time to the next stop has no memory, so each month may draw it anew: slot 1 counts from the start of
the month (or the end of the stop it began in), slot 2 from the end of the stop of slot 1, and so on. A month has room
for as many stops as its slots; ``events_per_month`` bounds what one more in the same month would cost.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs
import numpy as np
from numpy.typing import NDArray

from ..chance.points import Indices, Places, Points
from ..chance.space import RandomInput
from ..declare.faults import FactError, Fault
from ..facts.entities import Stops
from ..laws import tabulated
from ..laws.base import mean_of, remembered
from .reading import Collector, Floats, PerRun, Quantity, Reading, all_finite

T = TypeVar("T", np.float64, np.intp)
#: Largest share of running time that the fixed number of slots may miss: one vehicle in a hundred thousand.
TRUNCATION_TOLERANCE = 1e-5
_CELLS = 128
# Months beyond which the end of a stop lies outside every calendar.
_BEYOND = 1200.0
#: Months that a stop costs at most, where its law has no finite mean: the longest calendar.
_LONGEST = 120.0


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
        """Where stops may begin, and how those of one month follow each other.

        A month's first stop can begin in it only if it would with the whole month to run; the next one only if it would
        though those before it began as early as they can. Nothing else is drawn.
        """
        points = reading.points
        rate, severity = reading[f"{self.address}.per_year"][0] / 12.0, reading[f"{self.address}.severity"][0]
        places, uniforms = points.below(self.begins[0], -np.expm1(-rate))
        bounds = np.searchsorted(places.month, np.arange(self.months + 1))
        index, pace = places.run, _of(rate, places.run)
        first = self._stops(points, 0, places, _gaps(uniforms, pace), severity)
        before, end, later = first, np.zeros(index.size), [_NONE]
        for slot in range(1, len(self.begins)):
            # Where the stop before ends if the month ran until the first one could begin.
            end = end + before.gap + before.duration
            near = np.flatnonzero(end < 1.0)
            if not near.size:
                break
            places, end, pace = places[near], end[near], _of(pace, near)
            gap = _gaps(points.at(self.begins[slot], places), pace)
            begun = np.flatnonzero(end + gap < 1.0)
            before.next[near[begun]] = sum(stops.gap.size for stops in later) + np.arange(begun.size)
            places, end, pace = places[begun], end[begun], _of(pace, begun)
            before = self._stops(points, slot, places, gap[begun], severity)
            later.append(before)
        remaining = None if self.opening is None else self.opening.remaining(reading, rate, severity)
        return Candidates(index, bounds, first, MonthStops.joined(later), remaining)

    def _stops(self, points: Points, slot: int, places: Places, gap: Floats, severity: Floats) -> MonthStops:
        """The stops of a slot that begin at these places, each the last of its month until more is known."""
        if isinstance(self.duration, float):
            duration = np.full(gap.size, self.duration)
        else:
            duration = self.duration(points.at(self.durations[slot], places))
        if severity.size > 1 or severity[0] != 1.0:
            duration = duration * _of(severity, places.run)
        if not all_finite(duration):
            rule = "must be a finite time for every stop; its law gives others"
            raise FactError([Fault(f"{self.address}.duration", rule, None, "bound the law")])
        return MonthStops(gap, duration, np.full(gap.size, -1))


def _gaps(uniforms: Floats, pace: Floats) -> Floats:
    """Running times before a stop, from uniform numbers, which are overwritten."""
    np.subtract(1.0, uniforms, out=uniforms)
    np.log(uniforms, out=uniforms)
    uniforms /= -pace
    return uniforms


def _of(numbers: Floats, chosen: Indices) -> Floats:
    return numbers if numbers.size == 1 else numbers[chosen]


@attrs.frozen(eq=False)
class MonthStops:
    """Stops that may begin in their months, and where the next one of the same month stands."""

    gap: Floats  # running time before the stop, from the beginning of the month or the end of the stop before
    duration: Floats
    next: Indices  # place among the later stops, -1 for none

    def at(self, chosen: Indices | slice) -> MonthStops:
        """Some of them."""
        return MonthStops(self.gap[chosen], self.duration[chosen], self.next[chosen])

    def after(self, others: int) -> MonthStops:
        """The same where the later stops stand after so many others."""
        if others == 0:
            return self
        return MonthStops(self.gap, self.duration, np.where(self.next < 0, -1, self.next + others))

    @staticmethod
    def joined(parts: Sequence[MonthStops]) -> MonthStops:
        """All of them, one after another; not the caller's to overwrite."""
        return MonthStops(
            _joined([part.gap for part in parts]),
            _joined([part.duration for part in parts]),
            _joined([part.next for part in parts]),
        )


def _joined(parts: Sequence[NDArray[T]]) -> NDArray[T]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


_NONE = MonthStops(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.intp))


@attrs.frozen(eq=False)
class Candidates:
    """Where one set of stops may begin a stop."""

    index: Indices  # run of each first stop of a month, month after month
    bounds: Indices  # (months + 1,): those of month m are the ones from bounds[m] to bounds[m + 1]
    first: MonthStops
    later: MonthStops
    remaining: Floats | None  # time the opening stop still lasts, (runs,)


@attrs.frozen(eq=False)
class Running:
    """What stops leave of each month, (months, runs) for each set of stops by its address."""

    share: dict[str, Floats]  # that is running
    going_on: Mapping[str, Floats]  # that belongs to a stop which goes on at the month's end, where it was asked for


def running(drivers: Sequence[StopsDriver], reading: Reading, ends: Collection[str] = ()) -> Running:
    """What each set of stops leaves of each month; ``ends`` are those of which it must be known how months end.

    All sets are walked through the months together: a call on many short rows costs as much as on one.
    """
    if not drivers:
        return Running({}, {})
    runs, months = reading.points.runs, drivers[0].months
    every = [driver.candidates(reading) for driver in drivers]
    before = np.cumsum([0, *(candidates.later.gap.size for candidates in every)])
    first = [c.first.after(others) for c, others in zip(every, before, strict=False)]
    later = MonthStops.joined([c.later.after(others) for c, others in zip(every, before, strict=False)])
    indices = [candidates.index + row * runs for row, candidates in enumerate(every)]
    share = np.empty((months, len(drivers) * runs))
    going_on = np.zeros(share.shape) if ends else None
    carried, lasting = _opening(every, runs)
    for month in range(months):
        left = share[month]
        left.fill(1.0)
        left[carried] = 1.0 - np.minimum(lasting, 1.0)
        # What ends with the month's last moment goes on at its end: kits that it holds come too late for the month.
        outlasts = np.flatnonzero(lasting >= 1.0)
        outlasting, still = [carried[outlasts]], [lasting[outlasts] - 1.0]
        if going_on is not None:
            going_on[month][outlasting[0]] = 1.0
        parts = [slice(*candidates.bounds[month : month + 2]) for candidates in every]
        index = _joined([own[part] for own, part in zip(indices, parts, strict=True)])
        stops = MonthStops.joined([own.at(part) for own, part in zip(first, parts, strict=True)])
        for outlasting_ones, time, start, which in _strike(left, index, stops, later):
            outlasting.append(outlasting_ones)
            still.append(time)
            if going_on is not None:
                going_on[month][outlasting_ones] = 1.0 - start[which]
        carried, lasting = np.concatenate(outlasting), np.concatenate(still)
    cuts = {driver.address: slice(row * runs, (row + 1) * runs) for row, driver in enumerate(drivers)}
    asked = {} if going_on is None else {address: going_on[:, cuts[address]] for address in ends if address in cuts}
    return Running({address: share[:, cut] for address, cut in cuts.items()}, asked)


def _strike(
    left: Floats, index: Indices, stops: MonthStops, later: MonthStops
) -> Iterator[tuple[Indices, Floats, Floats, Indices]]:
    """Take the stops of a month off what is left of it, and give those that outlast it.

    Beside their indices stand the time left to each, when all of the month's stops began, and which of them these are.

    All first stops of the month are taken at once, then all second ones, and so on: no index stands twice among them.
    """
    running = left[index]
    # A stop that goes on into the month has taken its beginning.
    start = 1.0 - running
    while index.size:
        start += stops.gap
        # A stop that would begin after the month's end takes nothing from it, and is forgotten.
        begins = start < 1.0
        end = start + stops.duration
        outlasts, again = np.flatnonzero(begins & (end >= 1.0)), np.flatnonzero((stops.next >= 0) & (end < 1.0))
        yield index[outlasts], end[outlasts] - 1.0, start, outlasts
        after, following = end[again], later.at(stops.next[again])
        np.minimum(start, 1.0, out=start)
        np.minimum(end, 1.0, out=end)
        end -= start
        running -= end
        # Rounding takes no more than there is.
        left[index] = np.maximum(running, 0.0, out=running)
        index, running, start, stops = index[again], running[again], after, following


def _opening(every: Sequence[Candidates], runs: int) -> tuple[Indices, Floats]:
    """Indices (set x runs + run) that begin stopped, and the time their stop lasts."""
    indices, lasting = [np.zeros(0, dtype=np.intp)], [np.zeros(0)]
    for number, candidates in enumerate(every):
        if candidates.remaining is not None:
            stopped = np.flatnonzero(candidates.remaining)
            indices.append(stopped + number * runs)
            lasting.append(candidates.remaining[stopped])
    return np.concatenate(indices), np.concatenate(lasting)


@attrs.frozen(eq=False)
class Opening:
    """The state in which the first month begins, when it is not running for certain."""

    law: Any
    source: RandomInput
    stopped_for: float | None  # None: the stationary state
    table: tuple[Floats, Floats] | None  # of the stationary state

    def remaining(self, reading: Reading, rate: Floats, severity: Floats) -> Floats:
        """Time the opening stop still lasts, 0 where running, shape (runs,)."""
        uniforms = reading.points.uniforms(self.source)[0]
        if self.table is None:
            assert self.stopped_for is not None
            if isinstance(self.law, float):
                return np.maximum(np.full(uniforms.shape, self.law) * severity - self.stopped_for, 0.0)
            passed = np.asarray(self.law.cdf(self.stopped_for / severity), dtype=np.float64)
            shares = np.minimum(passed + (1.0 - passed) * uniforms, 1.0 - 2.0**-53)
            lasts = np.asarray(self.law.ppf(shares), dtype=np.float64) * severity
            return np.maximum(lasts - self.stopped_for, 0.0)
        load = rate * _mean(self.law) * severity
        stopped = load / (1.0 + load)
        within = np.minimum(uniforms / np.maximum(stopped, 1e-300), 1.0)
        return np.where(uniforms < stopped, np.interp(within, *self.table) * severity, 0.0)


def compile_stops(collector: Collector, address: str, stops: Stops, months: int) -> StopsDriver | None:
    """The driver of the stops stated at an address, or None if they never begin."""
    highest = collector.quantities[f"{address}.per_year"].highest / 12.0
    severity = collector.quantities[f"{address}.severity"]
    if highest == 0.0 and stops.at_start != "stopped":
        return None
    slots, missed = events_per_month(highest, stops.duration, *_severities(severity))
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


def _severities(severity: Quantity) -> tuple[float, float]:
    """The lowest and the highest that hardly any run passes."""
    low = severity.reach[0]
    if low > 0.0 or not isinstance(severity, PerRun):
        return max(low, 1e-3), severity.highest
    return float(severity.law.ppf(1e-6)), severity.highest


@remembered
def events_per_month(rate: float, duration: Any, least: float = 1.0, most: float = 1.0) -> tuple[int, float]:
    """Slots a month needs for stops at ``rate`` per month lasting ``duration``, and a bound on the share missed.

    Durations are those of the law times ``least`` to ``most``.

    The (K+1)-th stop of a month needs K whole stops and K+1 gaps inside it. With S the sum of K durations, its expected
    number is at most rate**(K+1) E[(1 - S)+ ** (K+1)] / (K+1)!, and each one missed costs at most the mean duration.
    Durations are rounded down to 1/128 month, which errs on the safe side.
    """
    cost = max(_mean(duration) * most, 1e-12)
    edges = np.arange(_CELLS + 1) / _CELLS
    times = edges if least == 1.0 else edges / least
    reached = (times > duration) * 1.0 if isinstance(duration, float) else np.asarray(duration.cdf(times))
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


@remembered
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
