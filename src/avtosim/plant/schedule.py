"""The schedule: how a vehicle's plan spreads over the months, and what call-offs must look ahead for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from ..facts.beliefs import Beliefs
from ..facts.entities import Calendar, Vehicle
from ..facts.scenario import Scenario
from ..laws.base import months_of
from ..laws.varying import Stepwise, Total
from .kits import Account
from .multiplier import cut_all
from .reading import Collector, Floats, Reading

_NO_RAMP = 1e-9
#: Months beyond the calendar that a schedule is worked out for at most; later ones are like the last.
_FARTHEST = 60
_UNITS = ("flex", "delay", "ramp_up", "kit_cover", "stock_cover")


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


@attrs.frozen(eq=False)
class AccountNumbers:
    """What an account's schedule is made of beside its vehicle's, arrays (1, runs or 1) unless another shape is given."""

    part: float
    lead: Floats
    cover: Floats
    surge: Floats
    extra: Floats | None  # months (months, runs or 1) that the lead time looked ahead is longer by, in a delay
    opening: Floats | None


@attrs.frozen(eq=False)
class VehicleDriver:
    """A vehicle's numbers, read from points and laid out over the months."""

    vehicle: Vehicle
    calendar: Calendar
    days: NDArray[np.float64]  # share of a year of each month, beyond the calendar too

    @classmethod
    def of(cls, collector: Collector, vehicle: Vehicle) -> VehicleDriver:
        """Compile a vehicle."""
        address, stated = vehicle.address, vehicle.plan
        for name in _UNITS:
            collector.quantity(f"{address}.{name}", getattr(vehicle, name))
        collector.quantity(f"{address}.start", vehicle.start)
        if vehicle.end is not None:
            collector.quantity(f"{address}.end", vehicle.end, edge="closing")
        for name in ("orders", "market_share", "backorder", "opening_kits", "opening_stock"):
            if getattr(vehicle, name) is not None:
                collector.quantity(f"{address}.{name}", getattr(vehicle, name))
        if isinstance(stated, Total):
            collector.quantity(f"{address}.plan.total", stated.total)
        elif stated is not None and not isinstance(stated, tuple):
            collector.quantity(f"{address}.plan", stated)
        for name, component in vehicle.needs.items():
            for field in ("takeover", "kit_cover", "opening_kits"):
                if getattr(component, field) is not None:
                    collector.quantity(f"{address}.needs.{name}.{field}", getattr(component, field))
        if not vehicle.needs:
            collector.quantity(f"{address}.takeover", vehicle.takeover)
        return cls(vehicle, collector.calendar, _days(collector.calendar))

    def read(self, reading: Reading, beyond: int) -> dict[str, Floats]:
        """The numbers of its schedule, each (1, runs or 1), or (months and those beyond, runs or 1) for the plan."""
        address, stated = self.vehicle.address, self.vehicle.plan
        held = {name: reading[f"{address}.{name}"] for name in ("flex", "start", "delay", "ramp_up")}
        if self.vehicle.end is not None:
            held["end"] = reading[f"{address}.end"]
        months = self.calendar.months + beyond
        if isinstance(stated, Total):
            held["total"] = reading[f"{address}.plan.total"]
        elif isinstance(stated, tuple):
            row = np.array([*stated, *stated[-1:] * beyond])
            held["volumes"] = row[:, None]
        else:
            held["plan"] = reading.over(f"{address}.{'orders' if stated is None else 'plan'}", months)
        return held

    def account(self, reading: Reading, account: Account, extra: Floats | None) -> AccountNumbers:
        """The numbers of one of its accounts; ``extra`` is as in ``AccountNumbers``."""
        partner = f"partners.{account.partner}"
        lead, surge = reading[f"{partner}.lead_time"], reading[f"{partner}.surge"]
        opening = None if account.opening is None else reading[account.opening]
        return AccountNumbers(account.part, lead, reading[account.cover], surge, extra, opening)

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

    def schedule(self, read: Mapping[str, Floats], accounts: Sequence[AccountNumbers], longest: int) -> Schedule:
        """The schedule for what was read, for kits that take ``longest`` months at most."""
        months, start, delay = self.calendar.months, read["start"], read["delay"]
        launch = self._launch(start + delay, read, months + beyond_calendar(map(reach_of, accounts)))
        # What does not differ from the launch that was planned is not worked out again.
        late = bool(delay.any())
        planned = self._launch(start, read, len(launch)) if late and self._asks_planned(read) else launch
        days = self.days[: len(launch), None]
        if "volumes" in read:
            scheduled = _longer(read["volumes"], len(launch)) * launch
        elif "total" in read:
            within = (days[:months] * planned[:months]).sum(axis=0, keepdims=True)
            scheduled = read["total"] / np.where(within > 0.0, within, np.inf) * days * launch
        else:
            scheduled = _longer(read["plan"], len(launch)) * days * launch
        upto = np.zeros((len(scheduled) + 1, scheduled.shape[1]))
        # Row by row, which is several times as fast as a cumulative sum down the columns.
        for month, volume in enumerate(scheduled):
            np.add(upto[month], volume, out=upto[month + 1])
        spread = None
        if self.vehicle.orders is not None:
            spread = days[:months] * planned[:months]
            if "volumes" in read:
                row = read["volumes"][:months]
                spread = row / max(float(row.sum()) * 12.0 / months, 1e-300)
        running = start + delay <= 0.0
        return Schedule(
            scheduled[:months],
            scheduled[:months] * read["flex"],
            spread,
            running,
            [_asked(numbers, scheduled, upto, running, months, longest) for numbers in accounts],
        )

    def _asks_planned(self, read: Mapping[str, Floats]) -> bool:
        return "total" in read or self.vehicle.orders is not None

    def _launch(self, begin: Floats, read: Mapping[str, Floats], months: int) -> Floats:
        """Mean of the ramp over each month."""
        moments = np.arange(0.0, months + 1.0)[:, None]
        if "end" in read:
            moments = np.minimum(moments, read["end"])
        done = ramped(moments - begin, read["ramp_up"])
        launch: Floats = done[1:] - done[:-1]
        return launch

def reach_of(numbers: AccountNumbers) -> float:
    """Months that an account's call-offs look beyond their own at most."""
    extra = 0.0 if numbers.extra is None else float(numbers.extra.max())
    return float(numbers.lead.max()) + float(numbers.cover.max()) + extra


def beyond_calendar(reaches: Iterable[float]) -> int:
    """Months beyond the calendar to work out, for call-offs that look so far."""
    return min(math.ceil(max(reaches, default=0.0)) + 1, _FARTHEST)


def _asked(
    numbers: AccountNumbers, scheduled: Floats, upto: Floats, running: NDArray[np.bool_], months: int, longest: int
) -> AccountSchedule:
    """What a schedule asks of an account; ``upto`` is the schedule summed up from the first month on."""
    part, lead, cover = numbers.part, numbers.lead, numbers.cover
    ahead = 1.0 + lead + cover
    begun = upto[:months]
    need = _upto(upto, scheduled, ahead if numbers.extra is None else ahead + numbers.extra, months) - begun
    due = _month(scheduled, lead, months)
    if cover.any():
        # The month that begins a kit cover after the one in which it falls due.
        due = np.maximum(due, _upto(upto, scheduled, ahead, months) - _upto(upto, scheduled, ahead - 1.0, months))
    opening = numbers.opening
    if opening is None:
        opening = np.where(running, _upto(upto, scheduled, cover, 1), 0.0)
    before = _longer(scheduled[:longest], longest)
    return AccountSchedule(
        order_up_to=part * need,
        order_cap=numbers.surge * part * due,
        ordered_before=part * before,
        opening=part * opening,
    )


def _upto(upto: Floats, scheduled: Floats, ahead: Floats, months: int) -> Floats:
    """The schedule summed up to ``ahead`` months from the beginning of each month, even within a month."""
    whole = np.floor(ahead)
    part = ahead - whole
    first = int(whole[0, 0])
    if ahead.size == 1 and first + months <= len(scheduled):
        made = upto[first : first + months]
        return made if part[0, 0] == 0.0 else made + part * scheduled[first : first + months]
    at = np.arange(months)[:, None] + whole.astype(np.intp)
    last = np.minimum(at, len(scheduled) - 1)
    # Beyond what is worked out every month is like the last.
    part = part + (at - last)
    if scheduled.shape[1] == 1:
        return np.asarray(upto[last, 0] + part * scheduled[last, 0])
    runs = np.arange(scheduled.shape[1])
    return np.asarray(upto[last, runs] + part * scheduled[last, runs])


def _month(scheduled: Floats, ahead: Floats, months: int) -> Floats:
    """The schedule of the month that is so many whole months after each month."""
    if ahead.size == 1:
        first = int(ahead[0, 0])
        return _longer(scheduled[first : first + months], months)
    whole = np.minimum(np.arange(months)[:, None] + ahead.astype(np.intp), len(scheduled) - 1)
    if scheduled.shape[1] == 1:
        return np.asarray(scheduled[whole, 0])
    return np.asarray(scheduled[whole, np.arange(scheduled.shape[1])])


def _longer(rows: Floats, months: int) -> Floats:
    """Rows of so many months: the first ones, or the last one repeated; a single row serves all."""
    if len(rows) in (1, months):
        return rows
    return rows[:months] if len(rows) > months else rows[np.minimum(np.arange(months), len(rows) - 1)]


def _days(calendar: Calendar) -> NDArray[np.float64]:
    """Working days of each month as a share of a year's; beyond the calendar those of the same month a year before."""
    stated = list(calendar.working_days)
    mean = math.fsum(stated) / len(stated)
    for month in range(len(stated), len(stated) + _FARTHEST):
        stated.append(stated[month - 12] if month >= 12 else mean)
    return np.array(stated) / (12.0 * mean)


def schedules_of(
    driver: VehicleDriver, read: Mapping[str, Floats], accounts: Sequence[AccountNumbers], longest: int
) -> Schedule | _Drawn:
    """A vehicle's schedule if it is certain, else what is needed to work it out in a slice of runs."""
    grids = [*read.values(), *(g for a in accounts for g in attrs.astuple(a, recurse=False)[1:] if g is not None)]
    drawn = _Drawn(driver, read, accounts, longest)
    return drawn if any(grid.shape[1] > 1 for grid in grids) else drawn.of(slice(0, 1))


@attrs.frozen(eq=False)
class _Drawn:
    """A schedule that differs from run to run."""

    driver: VehicleDriver
    read: Mapping[str, Floats]
    accounts: Sequence[AccountNumbers]
    longest: int

    def of(self, runs: slice) -> Schedule:
        """The schedule in a slice of runs."""
        read = {name: cut_all(grid, runs) for name, grid in self.read.items()}
        accounts = [
            AccountNumbers(a.part, *(None if g is None else cut_all(g, runs) for g in attrs.astuple(a, recurse=False)[1:]))
            for a in self.accounts
        ]
        return self.driver.schedule(read, accounts, self.longest)


def scheduled_year(scenario: Scenario) -> float:
    """Vehicles that the schedule holds if nothing slips: plans, starts, ramps and ends, laws by their means."""
    calendar, total = scenario.calendar, 0.0
    beliefs = Beliefs(scenario.quantities)

    def mean(stated: object, edge: str = "opening") -> Floats:
        return np.full((1, 1), beliefs.mean(months_of(stated, calendar.first_month, edge)))  # type: ignore[arg-type]

    for vehicle in scenario.vehicles:
        plan = vehicle.orders if vehicle.plan is None else vehicle.plan
        read = {"start": mean(vehicle.start), "delay": np.zeros((1, 1)), "ramp_up": mean(vehicle.ramp_up)}
        read["flex"] = np.ones((1, 1))
        if vehicle.end is not None:
            read["end"] = mean(vehicle.end, "closing")
        if isinstance(plan, Total):
            read["total"] = mean(plan.total)
        elif isinstance(plan, tuple):
            read["volumes"] = np.array(plan)[:, None]
        elif isinstance(plan, Stepwise):
            read["plan"] = np.array([[beliefs.mean(plan.steps[key])] for key in plan.at(calendar.labels)])
        else:
            read["plan"] = mean(plan)
        total += float(VehicleDriver(vehicle, calendar, _days(calendar)).schedule(read, (), 0).scheduled.sum())
    return total
