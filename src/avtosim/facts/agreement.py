"""Checks of numbers of several facts against each other and against the calendar."""

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..declare.containers import FrozenMap
from ..declare.faults import Fault, nearest
from ..declare.moments import Date, Edge
from ..declare.rules import is_law
from ..declare.slips import law_meant
from ..laws.base import months_of
from ..laws.varying import Named, Stepwise, Total
from .addresses import Leaf, leaves
from .beliefs import Beliefs, belief_faults
from .entities import Calendar, Partner, Shock, Target
from .vehicles import Vehicle

#: What the sum of mean market shares may exceed 1 by, since some means are found by quadrature.
_ROUNDING = 1e-6
#: Shares at which a law is looked at to compare two of them.
_GRID = (np.arange(64) + 0.5) / 64.0
#: Months beyond which nothing of a plant lies.
_FAR = 1200.0


def agreement_faults(names: Mapping[str, Sequence[str]], fields: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults that show only between facts; arguments as for ``consistency.cross_faults``."""
    calendar: Calendar | None = fields.get("calendar")
    stated = fields.get("quantities")
    beliefs = Beliefs(stated if isinstance(stated, Mapping) else {}, calendar.first_month if calendar else "2000-01")
    numbers = [leaf for kind in names for member in fields[kind] for leaf in leaves(member, f"{member.address}.")]
    complete = calendar is not None and all(len(names[kind]) == len(fields[kind]) for kind in names)
    found = [*belief_faults(beliefs, numbers, complete=complete)]
    yield from found
    yield from _kit_faults(fields["shocks"], fields["vehicles"])
    targets = fields.get("targets")
    yield from _target_faults(
        targets if isinstance(targets, (list, tuple)) else (), names, calendar, fields["vehicles"]
    )
    # What follows a faulty quantity cannot be compared.
    if calendar is None or found or beliefs.faulty:
        return
    yield from _step_faults(numbers, calendar)
    for vehicle in fields["vehicles"]:
        yield from _span_faults(vehicle, calendar, beliefs)
    yield from _share_faults(names["markets"], fields["vehicles"], calendar, beliefs)
    for shock in fields["shocks"]:
        yield from _window_faults(shock, calendar, beliefs)


def _step_faults(numbers: Sequence[Leaf], calendar: Calendar) -> Iterator[Fault]:
    for leaf in numbers:
        if isinstance(leaf.value, Stepwise) and min(leaf.value.steps) > calendar.first_month:
            rule = f"must have a step at or before the first month, {calendar.first_month}"
            yield Fault(leaf.address, rule, min(leaf.value.steps), "state what holds from the beginning")


def _span_faults(vehicle: Vehicle, calendar: Calendar, beliefs: Beliefs) -> Iterator[Fault]:
    """Faults of the time in which a vehicle is built, and of a plan that has no time in the calendar."""
    if vehicle.end is not None and _mostly_before(beliefs, vehicle.end, vehicle.start, calendar.first_month):
        uncertain = " in more than half of the runs" if is_law(vehicle.end) or is_law(vehicle.start) else ""
        rule = f"must not lie before the start of production{uncertain}"
        yield Fault(f"{vehicle.address}.end", rule, vehicle.end, f"the start is {vehicle.start!r}")
    if isinstance(vehicle.plan, tuple) and len(vehicle.plan) != calendar.months:
        rule = f"must have one volume for each of the {calendar.months} months, or be a number or a law"
        yield Fault(f"{vehicle.address}.plan", rule, vehicle.plan, law_meant(vehicle.plan))
    first, last = planned_span(vehicle, calendar, beliefs)
    if isinstance(vehicle.plan, Total) and (first >= calendar.months or last <= 0.0):
        rule = "must have some time within the calendar, by the planned start and end"
        yield Fault(f"{vehicle.address}.plan.total", rule, vehicle.plan.total, f"month {first:g} to {last:g}")


def _mostly_before(beliefs: Beliefs, end: Any, start: Any, first_month: str) -> bool:
    """Whether an end lies before a start in more than half of the runs, or a last day before a first."""
    if isinstance(end, Date) and isinstance(start, Date):
        return end.since(first_month, "closing") <= start.since(first_month, "opening")

    def looked_at(stated: Any, edge: Edge) -> Any:
        if isinstance(stated, Named):
            low, high = (min(max(end, -_FAR), _FAR) for end in beliefs.reach(stated))
            return np.linspace(low, high, _GRID.size)
        moment = months_of(stated, first_month, edge)
        return np.asarray(moment.ppf(_GRID) if is_law(moment) else moment, dtype=np.float64)

    ends, starts = looked_at(end, "closing"), looked_at(start, "opening")
    return bool(np.mean(np.less.outer(ends, starts)) > 0.5)


def planned_span(vehicle: Vehicle, calendar: Calendar, beliefs: Beliefs) -> tuple[float, float]:
    """The planned start and end of production, laws by their means; an end of infinity for none."""
    first = beliefs.mean(months_of(vehicle.start, calendar.first_month, "opening"))
    if vehicle.end is None:
        return first, float("inf")
    return first, beliefs.mean(months_of(vehicle.end, calendar.first_month, "closing"))


def _share_faults(
    markets: Sequence[str], vehicles: Sequence[Vehicle], calendar: Calendar, beliefs: Beliefs
) -> Iterator[Fault]:
    sold = [(vehicle, planned_span(vehicle, calendar, beliefs)) for vehicle in vehicles if vehicle.market is not None]
    labels = calendar.labels
    for market in dict.fromkeys(markets):
        for month, label in enumerate(labels):
            present = [v for v, (first, last) in sold if v.market == market and first < month + 1.0 and last > month]
            total = sum(_mean_in(beliefs, v.market_share, labels, month) for v in present)
            if total > 1.0 + _ROUNDING:
                rule = "mean market shares of its vehicles must not exceed 1 in sum"
                hint = f"first in {label}; reduce market_share of {', '.join(v.name for v in present[:8])}"
                yield Fault(f"markets.{market}", rule, round(total, 6), hint)
                break


def _mean_in(beliefs: Beliefs, stated: Any, labels: Sequence[str], month: int) -> float:
    """The mean of a number in a month."""
    if isinstance(stated, Stepwise):
        stated = stated.steps[stated.at(labels)[month]]
    return beliefs.mean(stated)


def _window_faults(shock: Shock, calendar: Calendar, beliefs: Beliefs) -> Iterator[Fault]:
    window = shock.window
    if window is None:
        return
    first, last = beliefs.reach(window.start)
    if window.end is not None:
        if _mostly_before(beliefs, window.end, window.start, calendar.first_month):
            yield Fault(f"{shock.address}.window.end", "must not lie before its start", window.end)
            return
        end = months_of(window.end, calendar.first_month, "closing")
        last = beliefs.reach(end)[1] if not isinstance(end, float) else end
    else:
        last += beliefs.reach(window.duration)[1]
    if last <= 0.0 or first >= calendar.months:
        span = f"month 0 to {calendar.months} ({calendar.labels[0]} to {calendar.labels[-1]})"
        hint = f"it lasts from month {first:g} at the earliest to month {last:g} at the latest"
        yield Fault(f"{shock.address}.window", f"must meet the calendar, {span}", window, hint)


def _kit_faults(shocks: Sequence[Shock], vehicles: Sequence[Vehicle]) -> Iterator[Fault]:
    """Faults of shocks on the kits of a vehicle that needs none."""
    without = {vehicle.name for vehicle in vehicles if not (vehicle.partner or vehicle.partners or vehicle.needs)}
    for shock in shocks:
        for name in shock.supply if isinstance(shock.supply, FrozenMap) else ():
            if name in without:
                yield Fault(
                    f"{shock.address}.supply.{name}", "must name what needs kits; this vehicle needs none", name
                )


def _twice_faults(index: int, target: Target, vehicles: Sequence[Vehicle]) -> Iterator[Fault]:
    """Faults of partners whose vehicles would count twice, as they send different components of the same one."""
    for vehicle in vehicles:
        senders = [set(part.partner_names).intersection(target.of) for part in vehicle.components.values()]
        if sum(map(bool, senders)) > 1 and len(set.union(*senders)) > 1:
            rule = f"must not name several partners that send components of {vehicle.name}, which would count twice"
            yield Fault(f"targets.{index}.of", rule, list(target.of), "name the vehicles instead")


def _target_faults(
    targets: Sequence[Any],
    names: Mapping[str, Sequence[str]],
    calendar: Calendar | None,
    vehicles: Sequence[Vehicle],
) -> Iterator[Fault]:
    for index, target in enumerate(targets):
        if not isinstance(target, Target):
            continue
        if target.until is not None and calendar is not None and target.until not in calendar.labels:
            rule = f"must be a month of the calendar, {calendar.labels[0]} to {calendar.labels[-1]}"
            yield Fault(f"targets.{index}.until", rule, target.until)
        families = ("partners", "vehicles", "lines", "markets")
        for name in target.of:
            homes = [family for family in families if name in names[family]]
            if len(homes) > 1:
                rule = f"must name one thing; {' and '.join(homes)} both have one of this name"
                yield Fault(f"targets.{index}.of", rule, name)
            elif not homes:
                known = list(itertools.chain.from_iterable(names[family] for family in families))
                rule = "must name a partner, a vehicle, a line or a market that exists"
                yield Fault(f"targets.{index}.of", rule, name, nearest(name, known))
        yield from _twice_faults(index, target, vehicles)
        kinds = {family for family in families for name in target.of if name in names[family]}
        if len(kinds) > 1:
            yield Fault(
                f"targets.{index}.of", "must name things of one kind", list(target.of), ", ".join(sorted(kinds))
            )


def outside() -> int:
    """How many calls up the first one outside the library lies, for warnings to name."""
    package, frame, level = __name__.partition(".")[0], sys._getframe(1), 1  # noqa: SLF001 - as warnings does
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in (package, "attr"):
        frame, level = frame.f_back, level + 1
    return level


def warn_of_idle_backorders(vehicles: Sequence[Vehicle], partners: Mapping[str, Partner]) -> None:
    """Warn where unmet demand is stated to wait though no month can ever build more than its schedule."""
    for vehicle in vehicles:
        if vehicle.backorder is None or vehicle.backorder == 0.0:
            continue
        why = "flex is 1, so no month builds more than its schedule" if vehicle.flex == 1.0 else ""
        senders = [partners[name] for part in vehicle.components.values() for name in part.partner_names]
        covered = any(part.kit_cover or part.opening_kits for part in vehicle.components.values())
        if not why and senders and not covered and all(partner.surge == 1.0 for partner in senders):
            why = "surge is 1 and there are no kits to spare, so nothing feeds what flex allows"
        if why:
            text = f"{vehicle.address}.backorder: what waits can never be served; got {vehicle.backorder!r} ({why})"
            warnings.warn(text, UserWarning, stacklevel=outside())
