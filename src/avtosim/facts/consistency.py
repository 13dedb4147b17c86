"""Checks across facts: names that must exist and be unique, market shares, shocks and the calendar."""

from __future__ import annotations

from collections import ChainMap, Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ..declare.faults import Fault, nearest
from ..declare.fields import Fact, describe, spec_of
from ..declare.rules import support_of
from ..laws.base import mean_of
from ..laws.varying import Varying
from .entities import Calendar, Factor, Shock, Vehicle

#: What the sum of mean market shares may exceed 1 by, since some means are found by quadrature.
_ROUNDING = 1e-6
#: The names of each family.
_Known: TypeAlias = Mapping[str, dict[str, Any]]


def cross_faults(names: Mapping[str, Sequence[str]], fields: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults that show only between facts.

    ``names`` holds all stated names by family; ``fields`` holds the scenario's fields, of which a family may lack facts
    that are faulty themselves, and the calendar may be missing for the same reason.
    """
    yield from _name_faults(names)
    known = {kind: dict.fromkeys(stated) for kind, stated in names.items()}
    for kind in names:
        for member in fields[kind]:
            values = {alias: getattr(member, a.name) for alias, a in describe(type(member)).items()}
            yield from reference_faults(type(member), member.address, values, known)
    yield from _factor_order_faults(fields["factors"], names["factors"])
    yield from _share_faults(names["markets"], fields["vehicles"])
    yield from _shock_faults(fields["shocks"], names, fields.get("calendar"))


def _name_faults(names: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for kind, known in names.items():
        for name, count in Counter(known).items():
            if count > 1:
                yield Fault(f"{kind}.{name}", "a name may be used once in its family", f"{count} times")
    if not names["vehicles"]:
        yield Fault("vehicles", "must hold at least one vehicle: an empty plant builds nothing", 0)


def reference_faults(cls: type[Fact], address: str, values: Mapping[str, Any], known: _Known) -> Iterator[Fault]:
    """Faults of the names by which the fact at ``address`` refers to others; ``values`` are its fields, even faulty."""
    for alias, attribute in describe(cls).items():
        spec, value = spec_of(attribute), values.get(alias)
        if not spec.refers_to or not isinstance(value, (str, Mapping)):
            continue
        word = " or ".join(kind.removesuffix("s") for kind in spec.refers_to)
        choices = ChainMap(*(known[kind] for kind in reversed(spec.refers_to)))
        for name in [value] if isinstance(value, str) else value:
            if name not in choices:
                where = f"{address}.{alias}" if isinstance(value, str) else f"{address}.{alias}.{name}"
                yield Fault(where, f"must name a {word} that exists", name, nearest(name, choices))


def _factor_order_faults(factors: Sequence[Factor], names: Sequence[str]) -> Iterator[Fault]:
    for factor in factors:
        own = names.index(factor.name)
        for name in factor.loads:
            if name in names[own:]:
                hint = f"named before it: {', '.join(names[:own][:8]) or 'none'}"
                yield Fault(f"{factor.address}.loads.{name}", "may load only on factors named before it", name, hint)


def _share_faults(markets: Sequence[str], vehicles: Sequence[Vehicle]) -> Iterator[Fault]:
    totals: dict[str, float] = defaultdict(float)
    for vehicle in vehicles:
        share = vehicle.market_share
        law = share.law if isinstance(share, Varying) else share
        totals[vehicle.market] += law if isinstance(law, float) else mean_of(law)
    for market in dict.fromkeys(markets):
        if totals[market] > 1.0 + _ROUNDING:
            rule = "mean market shares of its vehicles must not exceed 1 in sum"
            yield Fault(f"markets.{market}", rule, round(totals[market], 6), "reduce market_share of its vehicles")


def _shock_faults(
    shocks: Sequence[Shock], names: Mapping[str, Sequence[str]], calendar: Calendar | None
) -> Iterator[Fault]:
    ambiguous = set(names["markets"]) & set(names["vehicles"])
    for shock in shocks:
        for name in shock.demand:
            if name in ambiguous:
                rule = "must name one fact; a market and a vehicle both have this name"
                yield Fault(f"{shock.address}.demand.{name}", rule)
        if shock.window is None or calendar is None:
            continue
        (first, last), (_, longest) = _reach(shock.window.start), _reach(shock.window.duration)
        if last + longest <= 0.0 or first >= calendar.months:
            span = f"month 0 to {calendar.months} ({calendar.labels[0]} to {calendar.labels[-1]})"
            hint = f"it lasts from month {first:g} at the earliest to month {last + longest:g} at the latest"
            yield Fault(f"{shock.address}.window", f"must meet the calendar, {span}", shock.window, hint)


def _reach(value: Any) -> tuple[float, float]:
    """The lowest and the highest value that a quantity can take."""
    return (value, value) if isinstance(value, float) else support_of(value)
