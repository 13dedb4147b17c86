"""One certain year of an assembly plant, worked out one number at a time.

This is an oracle: plain, slow, and written from the description of the model alone. It shares no code with the library
that it tests. Moments are months from the beginning of the first month; month t = 1, 2, ... covers (t - 1, t]. Every
list with one number per month starts with month 1.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

__all__ = ["Component", "Partner", "Plant", "Vehicle", "launch", "overlap", "share_of_year", "year"]

#: By vehicle: fresh demand is that of the month alone, the last two are those after the month.
VEHICLE_FLOWS = ("scheduled", "demand", "required", "built", "sold", "stock", "waiting")
ACCOUNT_FLOWS = ("called", "arrived", "kits")
SENDER_FLOWS = ("called", "arrived")


# What the plant is ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Partner:
    """One that sends kits."""

    name: str
    #: Share of what comes in each month that arrives: running x fill rate x shocks x share before leaving.
    supply: Sequence[float]
    #: Whole months between an order and the month in which it falls due.
    lead: int = 0
    #: Most that is asked of it in a month, as a ratio to its own part of what the schedule needs.
    surge: float = 1.5
    #: Share of each month in which it sends nothing at all; empty: never.
    idle: Sequence[float] = ()
    #: For each shock that delays its kits: by how many months, and the shock's active share of each month.
    delays: Sequence[tuple[float, Sequence[float]]] = ()
    #: Share of the kits due in each month that is held past the end of that month; empty: none.
    held: Sequence[float] = ()
    #: Whether no hold goes on through the whole of each month, so that what was held before comes; empty: always.
    freed: Sequence[bool] = ()


@dataclass(frozen=True)
class Component:
    """One thing of which every vehicle needs one."""

    name: str
    #: Part of each partner whose account it has; they sum to 1.
    parts: dict[str, float]
    #: Share of a silent partner's part that the others take over.
    takeover: float = 0.0
    #: Months of schedule for which kits are kept beyond the lead time.
    cover: float = 0.0
    #: Kits on hand at the start, split by parts.
    opening: float = 0.0
    #: What multiplies the kits of this vehicle in each month, whoever sends them; empty: 1.
    supply: Sequence[float] = ()


@dataclass(frozen=True)
class Vehicle:
    """One vehicle that is built."""

    name: str
    line: str
    #: None: own production, and kits never bind.
    components: Sequence[Component] = ()
    #: Plan: vehicles per year in force in each month, of which the last goes on. Or a row of volumes of the months of
    #: the calendar, of which the last goes on; then there is no start, ramp or end.
    rates: Sequence[float] = ()
    row: Sequence[float] = ()
    #: Most that is built in a month, as a ratio to the schedule.
    flex: float = 1.0
    start: float = 0.0
    #: Of the launch; the end is not moved by it.
    delay: float = 0.0
    ramp_up: float = 0.0
    end: float = math.inf
    #: Fresh demand of each month. Or orders: the yearly rate of each month, times the shocks on demand, to be spread
    #: like the schedule.
    demand: Sequence[float] = ()
    orders: Sequence[float] = ()
    #: Share of unmet demand that waits.
    backorder: float = 0.0
    #: Stock wished for at the end of each month; what is stated for months at or after the end does not count.
    stock_target: Sequence[float] = ()
    opening_stock: float = 0.0


@dataclass(frozen=True)
class Plant:
    """The whole plant."""

    #: As "2024-01".
    first_month: str
    #: Working days of each month of the calendar.
    days: Sequence[float]
    #: For each line, vehicles it can do in each month.
    capacity: dict[str, Sequence[float]]
    partners: Sequence[Partner]
    vehicles: Sequence[Vehicle]


def of_month(numbers: Sequence[float], month: int, usual: float) -> float:
    """Give the number of a month, or the usual one where no numbers are stated at all."""
    return numbers[month - 1] if numbers else usual


# Launch and schedule ----------------------------------------------------------------------------------------------


def overlap(start: float, end: float, month: int) -> float:
    """Share of a month that lies between two moments."""
    return max(0.0, min(end, month) - max(start, month - 1))


def ramp_area(since: float, ramp_up: float) -> float:
    """Months of full production between the launch and a moment so many months after it."""
    if since <= 0:
        return 0.0
    if since < ramp_up:
        return since * (since / ramp_up) / 2
    return since - ramp_up / 2


def launch(v: Vehicle, month: int, delay: float) -> float:
    """Mean of the ramp over a month: 0 before start and delay, linear, then 1, and 0 after the end."""
    begin = v.start + delay
    month_start, month_end = min(month - 1, v.end), min(month, v.end)
    return ramp_area(month_end - begin, v.ramp_up) - ramp_area(month_start - begin, v.ramp_up)


def share_of_year(plant: Plant, month: int) -> float:
    """Working days of a month as a share of those of a year.

    Beyond the calendar they are those of the latest same calendar month in it, or else the mean.
    """
    months = len(plant.days)
    mean = sum(plant.days) / months
    same = [plant.days[m - 1] for m in range(1, months + 1) if (month - m) % 12 == 0]
    days = plant.days[month - 1] if month <= months else same[-1] if same else mean
    return days / (12 * mean)


class Schedule:
    """The schedule of a vehicle, within the calendar and beyond."""

    def __init__(self, plant: Plant, v: Vehicle) -> None:
        self.plant, self.v = plant, v
        self.known: dict[int, float] = {}

    def of(self, month: int) -> float:
        """Volume of any month from the first on."""
        if month not in self.known:
            v = self.v
            volumes = v.row or v.rates
            volume = volumes[min(month, len(volumes)) - 1] * launch(v, month, v.delay)
            self.known[month] = volume if v.row else volume * share_of_year(self.plant, month)
        return self.known[month]

    def between(self, start: float, end: float) -> float:
        """Give what it needs between two moments, a fraction of a month being that fraction of its volume."""
        months = range(math.floor(start) + 1, math.ceil(end) + 1)
        return sum(overlap(start, end, month) * self.of(month) for month in months)


def fresh_demand(plant: Plant, v: Vehicle, month: int) -> float:
    """Demand that is new in a month: as stated, or orders spread like the schedule without the launch delay."""
    if not v.orders:
        return v.demand[month - 1]
    if v.row:
        row_per_year = sum(v.row) * 12 / len(v.row)
        return v.orders[month - 1] * v.row[month - 1] / row_per_year if row_per_year > 0 else 0.0
    return v.orders[month - 1] * share_of_year(plant, month) * launch(v, month, 0.0)


# Orders and what is under way -------------------------------------------------------------------------------------


@dataclass
class OrderLine:
    """What one sender owes to one account."""

    #: Kits by the month in which they fall due.
    due: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    #: Kits that were due, by the month in which they come.
    late: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    #: Kits that were due and wait until nothing holds them.
    held: float = 0.0

    def in_all(self) -> float:
        """Give all that is on order: not due yet, late, and held."""
        return sum(self.due.values()) + sum(self.late.values()) + self.held


def lateness(partner: Partner, month: int) -> list[tuple[float, float]]:
    """Give, for each set of the delaying shocks, how late it makes kits due in a month and the share it strikes."""
    ways = [(0.0, 1.0)]
    for months_late, active in partner.delays:
        struck = [(late + months_late, share * active[month - 1]) for late, share in ways]
        spared = [(late, share * (1 - active[month - 1])) for late, share in ways]
        ways = spared + struck
    return ways


def longer_lead(partner: Partner, month: int) -> float:
    """Months by which the lead time looked ahead is longer while delays go on."""
    if month == 1:
        return 0.0
    return sum(late * min(active[month - 2], active[month - 1]) for late, active in partner.delays)


def what_comes(partner: Partner, line: OrderLine, month: int) -> float:
    """Take out of an order line what comes in a month; put aside what is due and made late or held."""
    due = line.due.pop(month, 0.0)
    kept = due * of_month(partner.held, month, 0.0)
    for months_late, share in lateness(partner, month):
        whole = math.floor(months_late)
        part = months_late - whole
        line.late[month + whole] += (due - kept) * share * (1 - part)
        line.late[month + whole + 1] += (due - kept) * share * part
    comes = line.late.pop(month, 0.0)  # what is late by nothing comes now
    if of_month(partner.freed, month, usual=True):
        comes += line.held
        line.held = 0.0
    line.held += kept
    return comes


# The year ---------------------------------------------------------------------------------------------------------


class Works:
    """The plant as it runs, month by month."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.partners = {p.name: p for p in plant.partners}
        self.schedules = {v.name: Schedule(plant, v) for v in plant.vehicles}
        self.stock = {v.name: v.opening_stock for v in plant.vehicles}
        self.waiting = {v.name: 0.0 for v in plant.vehicles}
        # By vehicle, component, and the partner whose account it is; order lines by the partner that sends, too.
        self.kits: dict[tuple[str, str, str], float] = {}
        self.lines: dict[tuple[str, str, str, str], OrderLine] = {}
        for v in plant.vehicles:
            for c in v.components:
                for i, part in c.parts.items():
                    self.kits[v.name, c.name, i] = part * c.opening
                    for j in c.parts:
                        self.lines[v.name, c.name, i, j] = OrderLine()
                    for month in range(1, self.partners[i].lead + 1):
                        self.lines[v.name, c.name, i, i].due[month] = part * self.schedules[v.name].of(month)

    @cached_property
    def flows(self) -> dict[str, dict[Any, dict[str, list[float]]]]:
        """What happened so far."""
        return {
            "vehicle": {v.name: {flow: [] for flow in VEHICLE_FLOWS} for v in self.plant.vehicles},
            "account": {account: {flow: [] for flow in ACCOUNT_FLOWS} for account in self.kits},
            "sender": {name: {flow: [] for flow in SENDER_FLOWS} for name in self.partners},
        }

    def wanted(self, v: Vehicle, c: Component, account: str, month: int) -> float:
        """Give what lifts the position of an account to its level."""
        partner = self.partners[account]
        ahead = 1 + partner.lead + longer_lead(partner, month) + c.cover
        need = self.schedules[v.name].between(month - 1, month - 1 + ahead)
        level = c.parts[account] * (need + min(self.waiting[v.name], (v.flex - 1) * need))
        on_order = sum(self.lines[v.name, c.name, account, sender].in_all() for sender in c.parts)
        return max(level - self.kits[v.name, c.name, account] - on_order, 0.0)

    def asked(self, v: Vehicle, c: Component, month: int) -> dict[tuple[str, str], float]:
        """Give what is asked for, by account and sender, with takeover and before any cut."""
        # Nobody knows in the first month who is idle.
        idle = {j: of_month(self.partners[j].idle, month - 1, 0.0) if month > 1 else 0.0 for j in c.parts}
        asked = {}
        for i in c.parts:
            wanted = self.wanted(v, c, i, month)
            others = {j: c.parts[j] * (1 - idle[j]) for j in c.parts if j != i}
            able = sum(others.values())
            moved = wanted * c.takeover * idle[i] if able > 0 else 0.0
            asked[i, i] = wanted - moved
            for j, weight in others.items():
                asked[i, j] = moved * weight / able if able > 0 else 0.0
        return asked

    def most(self, v: Vehicle, c: Component, sender: str, month: int) -> float:
        """Give the most that is asked of a sender for a component in a month."""
        partner, schedule = self.partners[sender], self.schedules[v.name]
        due = month + partner.lead
        a_cover_later = schedule.between(due - 1 + c.cover, due + c.cover)
        return partner.surge * c.parts[sender] * max(schedule.of(due), a_cover_later)

    def call_off(self, v: Vehicle, c: Component, month: int) -> None:
        """Place the orders of a component."""
        asked = self.asked(v, c, month)
        called = dict.fromkeys(c.parts, 0.0)
        for j in c.parts:
            in_all = sum(asked[i, j] for i in c.parts)
            most = self.most(v, c, j, month)
            kept = most / in_all if in_all > most else 1.0
            for i in c.parts:
                self.lines[v.name, c.name, i, j].due[month + self.partners[j].lead] += asked[i, j] * kept
                called[i] += asked[i, j] * kept
                self.flows["sender"][j]["called"][-1] += asked[i, j] * kept
        for i in c.parts:
            self.flows["account"][v.name, c.name, i]["called"].append(called[i])

    def receive(self, v: Vehicle, c: Component, month: int) -> None:
        """Take in what comes for a component; the rest is cancelled."""
        for i in c.parts:
            arrived = 0.0
            for j in c.parts:
                comes = what_comes(self.partners[j], self.lines[v.name, c.name, i, j], month)
                supply = self.partners[j].supply[month - 1] * of_month(c.supply, month, 1.0)
                arrived += comes * supply
                self.flows["sender"][j]["arrived"][-1] += comes * supply
            self.kits[v.name, c.name, i] += arrived
            self.flows["account"][v.name, c.name, i]["arrived"].append(arrived)

    def take(self, v: Vehicle, c: Component, built: float) -> None:
        """Take the kits of what is built: its part of each account, what one lacks from what the others have left."""
        kits = {i: self.kits[v.name, c.name, i] for i in c.parts}
        used = {i: min(part * built, kits[i]) for i, part in c.parts.items()}
        lack = built - sum(used.values())
        left = {i: kits[i] - used[i] for i in c.parts}
        left_in_all = sum(left.values())
        for i in c.parts:
            if lack > 0 and left_in_all > 0:
                used[i] += min(lack, left_in_all) * left[i] / left_in_all
            self.kits[v.name, c.name, i] = kits[i] - used[i]
            self.flows["account"][v.name, c.name, i]["kits"].append(kits[i] - used[i])

    def required(self, v: Vehicle, month: int, demand: float) -> float:
        """Give what is to be built for demand and target stock, within the schedule and its flex."""
        target = 0.0 if month - 1 >= v.end else of_month(v.stock_target, month, 0.0)
        wish = demand + target - self.stock[v.name]
        return min(max(wish, 0.0), self.schedules[v.name].of(month) * v.flex)

    def sell(self, v: Vehicle, month: int, demand: float, built: float) -> None:
        """Sell what there is; let wait or lose what is unmet.

        A customer's order stays open, but buyers in a market do not wait in a month without planned production.
        """
        on_hand = self.stock[v.name] + built
        sold = min(on_hand, demand)
        self.stock[v.name] = on_hand - sold
        stays = bool(v.orders) or overlap(v.start, v.end, month) > 0
        self.waiting[v.name] = v.backorder * (demand - sold) if stays else 0.0
        now = {"built": built, "sold": sold, "stock": self.stock[v.name], "waiting": self.waiting[v.name]}
        for flow, number in now.items():
            self.flows["vehicle"][v.name][flow].append(number)

    def month(self, month: int) -> None:
        """Run one month of the whole plant."""
        for flows in self.flows["sender"].values():
            flows["called"].append(0.0)
            flows["arrived"].append(0.0)
        demand, built = {}, {}
        for v in self.plant.vehicles:
            for c in v.components:
                self.call_off(v, c, month)
                self.receive(v, c, month)
            fresh = fresh_demand(self.plant, v, month)
            demand[v.name] = fresh + self.waiting[v.name]
            required = self.required(v, month, demand[v.name])
            kits = [sum(self.kits[v.name, c.name, i] for i in c.parts) for c in v.components]
            built[v.name] = min([required, *kits])
            now = {"scheduled": self.schedules[v.name].of(month), "demand": fresh, "required": required}
            for flow, number in now.items():
                self.flows["vehicle"][v.name][flow].append(number)
        for line, capacity in self.plant.capacity.items():
            on_it = [v.name for v in self.plant.vehicles if v.line == line]
            together = sum(built[name] for name in on_it)
            if together > capacity[month - 1]:
                for name in on_it:
                    built[name] *= capacity[month - 1] / together
        for v in self.plant.vehicles:
            for c in v.components:
                self.take(v, c, built[v.name])
            self.sell(v, month, demand[v.name], built[v.name])


def year(plant: Plant) -> dict[str, dict[Any, dict[str, list[float]]]]:
    """Work out a year.

    Returns
    -------
    dict
        "vehicle": by name, the flows of VEHICLE_FLOWS; "account": by (vehicle, component, partner whose account it is),
        those of ACCOUNT_FLOWS; "sender": by partner, those of SENDER_FLOWS. A flow is a list with a number per month.

    """
    works = Works(plant)
    for month in range(1, len(plant.days) + 1):
        works.month(month)
    return works.flows
