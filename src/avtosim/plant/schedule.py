"""The schedule: how a vehicle's plan spreads over the months, and what call-offs must look ahead for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..declare.moments import Edge
from ..facts.beliefs import Beliefs
from ..facts.entities import Calendar
from ..facts.scenario import Scenario
from ..facts.vehicles import Vehicle
from ..laws.base import months_of
from ..laws.varying import Stepwise, Total
from .kits import Account
from .month import add_rows
from .multiplier import cut_all
from .reading import Floats, Reading

_NO_RAMP = 1e-9
#: Months beyond the calendar that a schedule is worked out for at most; later ones are like the last.
_FARTHEST = 60
_LAUNCH = ("flex", "start", "delay", "ramp_up")


def ramped(since: Floats, ramp_up: float | Floats) -> Floats:
    """Months of full production worth built until ``since`` months after the start, with a linear ramp-up.

    The integral of the ramp: nothing before the start, since**2 / (2 ramp) within the ramp, since - ramp / 2 after it.
    A ramp shorter than 1e-9 months is none.
    """
    ramp_up = np.asarray(ramp_up, dtype=np.float64)
    within = np.minimum(np.maximum(since, 0.0), ramp_up)
    within *= within
    # A ramp of nothing has nothing within it: any divisor will do.
    within *= 0.5 / np.where(ramp_up > _NO_RAMP, ramp_up, 1.0)
    after = since - ramp_up
    within += np.maximum(after, 0.0, out=after)
    return within


@attrs.frozen(eq=False)
class LongerAhead:
    """Months by which call-offs to a partner look further ahead, in the few months and runs in which they do."""

    most: float
    run: NDArray[np.intp]  # rising
    month: NDArray[np.intp]
    by: Floats
    runs: int  # 1: the same in all runs

    def of(self, runs: slice) -> LongerAhead:
        """The same in a slice of runs."""
        if self.runs == 1:
            return self
        low, high = np.searchsorted(self.run, (runs.start, runs.stop))
        part = slice(low, high)
        return LongerAhead(
            self.most, self.run[part] - runs.start, self.month[part], self.by[part], runs.stop - runs.start
        )

    def needed(self, need: Floats, upto: Floats, scheduled: Floats, ahead: Floats) -> Floats:
        """What the schedule needs over all that call-offs look ahead; ``need`` is that without delays."""
        made = np.array(np.broadcast_to(need, (len(need), max(need.shape[1], self.runs))))
        month, run, by = self.month, self.run, self.by
        if self.runs == 1:
            columns = made.shape[1]
            month, by, run = np.repeat(month, columns), np.repeat(by, columns), np.tile(np.arange(columns), run.size)

        def at(grid: Floats, months: NDArray[np.intp] | int) -> Floats:
            return np.asarray(grid[months, 0 if grid.shape[1] == 1 else run])

        looked = at(ahead, 0) + by
        whole = np.floor(looked)
        later = month + whole.astype(np.intp)
        last = np.minimum(later, len(scheduled) - 1)
        # Beyond what is worked out every month is like the last.
        until = at(upto, last) + (looked - whole + (later - last)) * at(scheduled, last)
        made[month, run] = until - at(upto, month)
        return made


def longer_ahead(delays: Sequence[tuple[Floats, Floats]]) -> LongerAhead | None:
    """By how much call-offs look further ahead while delays go on; None without delays.

    A delay goes on in the smaller of its active shares of last month and this one; nothing is known of the month before
    the first.
    """
    total: Floats | None = None
    for active, months in delays:
        both = np.zeros(active.shape)
        np.minimum(active[1:], active[:-1], out=both[1:])
        both = both * months
        total = both if total is None else total + both
    if total is None:
        return None
    run, month = np.nonzero(total.T)
    return LongerAhead(float(total.max()), run, month, total[month, run], total.shape[1])


@attrs.frozen(eq=False)
class AccountSchedule:
    """What the schedule asks of one account, arrays (months, runs or 1)."""

    order_up_to: Floats
    order_cap: Floats
    ordered_before: Floats  # (longest lead, runs or 1): what arrives in month 1, 2, ... was called off before it
    opening: Floats  # kits on hand at the start, (1, runs or 1)


@attrs.frozen(eq=False)
class Schedule:
    """A vehicle's schedule, arrays (months, runs or 1)."""

    scheduled: Floats
    schedule_ceiling: Floats
    spread: Floats | None  # share of a year's orders that falls in each month, where a customer orders
    running: NDArray[np.bool_]  # whether it was built before the first month, (1, runs or 1)
    accounts: Sequence[AccountSchedule]
    planned: Callable[[], Floats]  # what would be scheduled without a launch delay, worked out when it is asked for


@attrs.frozen(eq=False)
class VehicleDriver:
    """A vehicle's numbers, read from points and laid out over the months."""

    vehicle: Vehicle
    accounts: tuple[Account, ...]
    calendar: Calendar
    days: NDArray[np.float64]  # share of a year of each month, beyond the calendar too
    longest_lead: int

    @classmethod
    def of(
        cls, vehicle: Vehicle, calendar: Calendar, accounts: tuple[Account, ...] = (), longest_lead: int = 0
    ) -> VehicleDriver:
        """The driver of a vehicle with these accounts of kits."""
        days, mean = list(calendar.working_days), math.fsum(calendar.working_days) / calendar.months
        for month in range(calendar.months, calendar.months + _FARTHEST):
            # Beyond the calendar the days are those of the same month a year before.
            days.append(days[month - 12] if month >= 12 else mean)
        return cls(vehicle, accounts, calendar, np.array(days) / (12.0 * mean), longest_lead)

    @property
    def addresses(self) -> list[str]:
        """Addresses of the numbers that its schedule is made of."""
        own = [f"{self.vehicle.address}.{name}" for name in (*_LAUNCH, "end", "plan", "plan.total", "orders")]
        sent = [f"partners.{account.partner}.lead_time" for account in self.accounts]
        return [*own, *sent, *(account.cover for account in self.accounts)]

    def read(self, reading: Reading, longer: Sequence[LongerAhead | None]) -> tuple[dict[str, Floats], int]:
        """The numbers of its schedule, (months or 1, runs or 1) each, those of its accounts by their place; and months.

        The months are those that call-offs look at, in all runs.
        """
        address, stated = self.vehicle.address, self.vehicle.plan
        held = {name: reading[f"{address}.{name}"] for name in _LAUNCH}
        if self.vehicle.end is not None:
            held["end"] = reading[f"{address}.end"]
        for place, account in enumerate(self.accounts):
            partner = f"partners.{account.partner}"
            held[f"{place}.lead"], held[f"{place}.surge"] = reading[f"{partner}.lead_time"], reading[f"{partner}.surge"]
            held[f"{place}.cover"] = reading[account.cover]
            if account.opening is not None:
                held[f"{place}.opening"] = reading[account.opening]
        months = self._months(held, longer)
        if isinstance(stated, Total):
            held["total"] = reading[f"{address}.plan.total"]
        elif isinstance(stated, tuple):
            held["volumes"] = _longer(np.array(stated)[:, None], months)
        else:
            held["plan"] = reading.over(f"{address}.{'orders' if stated is None else 'plan'}", months)
        return held, months

    def _months(self, read: Mapping[str, Floats], longer: Sequence[LongerAhead | None]) -> int:
        """Months that call-offs look at: those of the calendar and as many beyond it as kits and covers take."""
        reaches = [
            float(read[f"{place}.lead"].max() + read[f"{place}.cover"].max()) + (0.0 if more is None else more.most)
            for place, more in enumerate(longer)
        ]
        return self.calendar.months + min(math.ceil(max(reaches, default=0.0)) + 1, _FARTHEST)

    def presence(self, reading: Reading) -> NDArray[np.bool_]:
        """Whether each month has some time between the planned start and end, (months, runs or 1)."""
        month = np.arange(self.calendar.months)[:, None]
        present = reading[f"{self.vehicle.address}.start"] < month + 1.0
        if self.vehicle.end is not None:
            present = present & (reading[f"{self.vehicle.address}.end"] > month)
        return present

    def reference_demand(self, reading: Reading) -> Floats:
        """Vehicles that buyers want in an average month at reference conditions, (months or 1, runs or 1)."""
        address = self.vehicle.address
        if self.vehicle.orders is not None:
            return reading.reference(f"{address}.orders") / 12.0
        market = f"markets.{self.vehicle.market}.per_year"
        return reading.reference(market) * reading.reference(f"{address}.market_share") / 12.0

    def schedules(self, reading: Reading, longer: Mapping[str, LongerAhead | None]) -> Callable[[slice], Schedule]:
        """A function from a slice of runs to the schedule in it, worked out once where it is certain.

        ``longer`` says for each partner by how much call-offs look further ahead in a delay.
        """
        own = [longer.get(account.partner) for account in self.accounts]
        read, months = self.read(reading, own)
        if all(grid.shape[1] == 1 for grid in read.values()) and all(more is None or more.runs == 1 for more in own):
            known = self.schedule(read, months, own)
            return lambda _: known
        return lambda runs: self.schedule(
            {name: cut_all(grid, runs) for name, grid in read.items()}, months, [more and more.of(runs) for more in own]
        )

    def schedule(self, read: Mapping[str, Floats], until: int, longer: Sequence[LongerAhead | None] = ()) -> Schedule:
        """The schedule for what was read, ``until`` a month; ``longer`` belongs to its accounts, one after another."""
        months, begin = self.calendar.months, read["start"] + read["delay"]
        launch = planned = self._launch(begin, read, until)
        if read["delay"].any() and ("total" in read or self.vehicle.orders is not None):
            planned = self._launch(read["start"], read, until)
        days = self.days[: len(launch), None]
        if "total" in read:
            within = add_rows(days[:months] * planned[:months], np.empty(planned.shape[1]))
            full = read["total"] / np.where(within > 0.0, within, np.inf) * days
        else:
            full = read["volumes"] if "volumes" in read else read["plan"] * days
        scheduled = full * launch
        upto = np.zeros((len(scheduled) + 1, scheduled.shape[1]))
        # Row by row, which is several times as fast as a cumulative sum down the columns.
        for month, volume in enumerate(scheduled):
            np.add(upto[month], volume, out=upto[month + 1])
        spread = None
        if self.vehicle.orders is not None:
            row = read["volumes"][:months] if "volumes" in read else None
            spread = days[:months] * planned[:months] if row is None else row / max(row.mean() * 12.0, 1e-300)
        running = (begin <= 0.0) & (read["end"] > 0.0) if "end" in read else begin <= 0.0
        return Schedule(
            scheduled[:months],
            scheduled[:months] * read["flex"],
            spread,
            running,
            [self._asked(place, read, more, scheduled, upto, running) for place, more in enumerate(longer)],
            lambda: (full * self._launch(read["start"], read, until) if read["delay"].any() else scheduled)[:months],
        )

    def _launch(self, begin: Floats, read: Mapping[str, Floats], months: int) -> Floats:
        """Mean of the ramp over each of so many months."""
        moments = np.arange(0.0, months + 1.0)[:, None]
        if "end" in read:
            moments = np.minimum(moments, read["end"])
        done = ramped(moments - begin, read["ramp_up"])
        return np.asarray(done[1:] - done[:-1])

    def _asked(
        self,
        place: int,
        read: Mapping[str, Floats],
        longer: LongerAhead | None,
        scheduled: Floats,
        upto: Floats,
        running: NDArray[np.bool_],
    ) -> AccountSchedule:
        """What a schedule asks of an account; ``upto`` is the schedule summed up from the first month on."""
        months, part = self.calendar.months, self.accounts[place].part
        lead, surge, cover = (read[f"{place}.{name}"] for name in ("lead", "surge", "cover"))
        ahead, opening = 1.0 + lead + cover, read.get(f"{place}.opening")
        need = _upto(upto, scheduled, ahead, months) - upto[:months]
        if longer is not None:
            need = longer.needed(need, upto, scheduled, ahead)
        due = _month(scheduled, lead, months)
        if cover.any():
            # The month that begins a kit cover after the one in which it falls due.
            later = _upto(upto, scheduled, ahead, months) - _upto(upto, scheduled, ahead - 1.0, months)
            due = np.where(cover > 0.0, np.maximum(due, later), due)
        if opening is None:
            opening = np.where(running, _upto(upto, scheduled, cover, 1), 0.0)
        before = _longer(scheduled, self.longest_lead)
        # A whole part multiplies nothing: arrays of all runs are not gone through for it.
        need, before, opening = (grid if part == 1.0 else part * grid for grid in (need, before, opening))
        return AccountSchedule(need, surge * part * due, before, opening)


def _upto(upto: Floats, scheduled: Floats, ahead: Floats, months: int) -> Floats:
    """The schedule summed up to ``ahead`` months from the beginning of each month, even within a month."""
    whole = np.floor(ahead)
    part, first = ahead - whole, int(whole[0, 0])
    if ahead.size == 1 and first + months <= len(scheduled):
        made = upto[first : first + months]
        return made if part[0, 0] == 0.0 else made + part * scheduled[first : first + months]
    at = np.arange(months)[:, None] + whole.astype(np.intp)
    last = np.minimum(at, len(scheduled) - 1)
    # Beyond what is worked out every month is like the last.
    return _at(upto, last) + (part + (at - last)) * _at(scheduled, last)


def _month(scheduled: Floats, ahead: Floats, months: int) -> Floats:
    """The schedule of the month that is so many whole months after each month."""
    first = int(ahead[0, 0])
    if ahead.size == 1 and first + months <= len(scheduled):
        return scheduled[first : first + months]
    return _at(scheduled, np.minimum(np.arange(months)[:, None] + ahead.astype(np.intp), len(scheduled) - 1))


def _at(grid: Floats, month: NDArray[np.intp]) -> Floats:
    """The numbers of these months, (months, runs or 1), in each run."""
    return np.asarray(grid[month, 0 if grid.shape[1] == 1 else np.arange(grid.shape[1])])


def _longer(rows: Floats, months: int) -> Floats:
    """Rows of so many months: the first ones, and then the last one repeated."""
    return rows[:months] if len(rows) >= months else rows[np.minimum(np.arange(months), len(rows) - 1)]


def scheduled_months(scenario: Scenario) -> Floats:
    """Vehicles that the schedule of each month holds if nothing slips: plans, starts, ramps and ends, laws by means."""
    calendar, beliefs = scenario.calendar, Beliefs(scenario.quantities)
    total = np.zeros(calendar.months)

    def mean(stated: Any, edge: Edge = "opening") -> Floats:
        return np.full((1, 1), beliefs.mean(months_of(stated, calendar.first_month, edge)))

    for vehicle in scenario.vehicles:
        plan = vehicle.orders if vehicle.plan is None else vehicle.plan
        read = {name: mean(getattr(vehicle, name)) for name in ("flex", "start", "ramp_up")} | {"delay": mean(0.0)}
        if vehicle.end is not None:
            read["end"] = mean(vehicle.end, "closing")
        driver = VehicleDriver.of(vehicle, calendar)
        if isinstance(plan, Total):
            read["total"] = mean(plan.total)
        elif isinstance(plan, tuple):
            read["volumes"] = _longer(np.array(plan)[:, None], calendar.months + 1)
        elif isinstance(plan, Stepwise):
            keys = plan.at(calendar.labelled(calendar.months + 1))
            read["plan"] = np.array([[beliefs.mean(plan.steps[key])] for key in keys])
        else:
            read["plan"] = mean(plan)
        total += driver.schedule(read, calendar.months + 1).scheduled[: calendar.months, 0]
    return total
