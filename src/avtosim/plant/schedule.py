"""The schedule: how a vehicle's plan spreads over the months, and what call-offs must look ahead for."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from ..facts.entities import Vehicle
from ..facts.scenario import Scenario
from .reading import Collector, Constant, Floats, Quantity, Reading, mean_value

#: What a schedule is made of, and what else of a vehicle holds all year.
SCHEDULED = ("plan", "flex", "start", "delay", "ramp_up", "kit_cover")
_HELD = ("stock_cover", "opening_kits", "opening_stock")


_NO_RAMP = 1e-9


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


@attrs.frozen
class Schedule:
    """A vehicle's schedule, arrays (months, runs or 1)."""

    scheduled: Floats
    order_up_to: Floats
    order_cap: Floats
    schedule_ceiling: Floats
    ordered_before: Floats  # (lead, runs or 1): what arrives in month 1, 2, ... was called off before the first month


@attrs.frozen
class VehicleDriver:
    """A vehicle's numbers, read from points and laid out over the months."""

    vehicle: Vehicle
    days: NDArray[np.float64]

    @classmethod
    def of(cls, collector: Collector, vehicle: Vehicle, days: NDArray[np.float64]) -> VehicleDriver:
        """Compile a vehicle; ``days`` are the working days of each month."""
        for name in (*SCHEDULED, *_HELD, "market_share"):
            collector.quantity(f"{vehicle.address}.{name}", getattr(vehicle, name))
        return cls(vehicle, days)

    def read(self, reading: Reading) -> dict[str, Floats]:
        """The numbers that hold all year, its partner's lead time among them, each (1, runs or 1)."""
        held = {name: reading[f"{self.vehicle.address}.{name}"] for name in (*SCHEDULED, *_HELD)}
        return held | {"lead_time": reading[f"partners.{self.vehicle.partner}.lead_time"]}

    def is_drawn(self, quantities: Mapping[str, Quantity]) -> bool:
        """Whether the schedule differs between runs."""
        lead = f"partners.{self.vehicle.partner}.lead_time"
        addresses = [lead, *(f"{self.vehicle.address}.{name}" for name in SCHEDULED)]
        return not all(isinstance(quantities[address], Constant) for address in addresses)

    def reference_demand(self, reading: Reading) -> Floats:
        """Vehicles that buyers want in an average month at reference conditions, (1, runs or 1)."""
        market, share = f"markets.{self.vehicle.market}.per_year", f"{self.vehicle.address}.market_share"
        return reading.annual_value(market) * reading.annual_value(share) / 12.0

    def schedule(self, read: Mapping[str, Floats], longest: int) -> Schedule:
        """The schedule for what was read, for kits that take ``longest`` months at most."""
        begin, ramp_up, cover = read["start"] + read["delay"], read["ramp_up"], read["kit_cover"]
        months = len(self.days)
        share_of_year = (self.days / (self.days.sum() * 12.0 / months))[:, None]
        moments = np.arange(0.0, months + 1.0)[:, None]
        done = ramped(moments - begin, ramp_up)
        ahead = ramped(moments + (read["lead_time"] + cover - begin), ramp_up)
        launch = done[1:] - done[:-1]
        scheduled = read["plan"] * share_of_year * launch
        average = read["plan"] / 12.0
        early = ramped(np.arange(0.0, longest + 1.0)[:, None] - begin, ramp_up)
        return Schedule(
            scheduled,
            order_up_to=average * (ahead[1:] - done[:-1]),
            order_cap=1.5 * average * (ahead[1:] - ahead[:-1]),
            schedule_ceiling=scheduled * read["flex"],
            ordered_before=average * (early[1:] - early[:-1]),
        )


def scheduled_year(scenario: Scenario) -> float:
    """Vehicles that the schedule holds if nothing slips: plans, starts and ramps, laws by their means."""
    days, total = np.asarray(scenario.calendar.working_days), 0.0
    for vehicle in scenario.vehicles:
        means = {name: np.full((1, 1), mean_value(getattr(vehicle, name))) for name in SCHEDULED}
        means["delay"] = means["lead_time"] = np.zeros((1, 1))
        total += float(VehicleDriver(vehicle, days).schedule(means, 0).scheduled.sum())
    return total
