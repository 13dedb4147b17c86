"""Addresses in words: what a reader calls a number of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ..say import Term, joined, say

#: What the number in a field is called, by the field, with the family before it where families differ.
TEXTS: Mapping[str, Callable[..., str]] = {
    "announced.low": partial(say, "low"),
    "announced.high": partial(say, "high"),
    "announced.last_year": partial(say, "last_year"),
    "calendar.working_days": partial(say, "working_days"),
    "lines.per_day": partial(say, "speed of {name}"),
    "fill_rate": partial(say, "fill rate of {name}"),
    "lead_time": partial(say, "lead time of {name}"),
    "surge": partial(say, "surge of {name}"),
    "chance_of_leaving": partial(say, "chance of leaving of {name}"),
    "markets.per_year": partial(say, "demand of the market {name}"),
    "season": partial(say, "season of {name}"),
    "persistence": partial(say, "persistence of {name}"),
    "volatility": partial(say, "volatility of {name}"),
    "partners.per_year": partial(say, "stops a year of {name}"),
    "lines.per_year": partial(say, "breakdowns a year of {name}"),
    "shocks.per_year": partial(say, "times a year of {name}"),
    "partners.duration": partial(say, "length of the stops of {name}"),
    "lines.duration": partial(say, "length of the breakdowns of {name}"),
    "shocks.duration": partial(say, "duration of {name}"),
    "stopped_for": partial(say, "stopped for of {name}"),
    "severity": partial(say, "severity of the stops of {name}"),
    "start": partial(say, "start of {name}"),
    "end": partial(say, "end of {name}"),
    "chance": partial(say, "chance of {name}"),
    "takeover": partial(say, "takeover of {name}"),
    "plan": partial(say, "plan of {name}"),
    "flex": partial(say, "flex of {name}"),
    "delay": partial(say, "launch delay of {name}"),
    "ramp_up": partial(say, "ramp up of {name}"),
    "market_share": partial(say, "market share of {name}"),
    "orders": partial(say, "orders of {name}"),
    "backorder": partial(say, "backorder of {name}"),
    "kit_cover": partial(say, "kit cover of {name}"),
    "stock_cover": partial(say, "stock cover of {name}"),
    "opening_kits": partial(say, "opening kits of {name}"),
    "opening_stock": partial(say, "opening stock of {name}"),
}
#: What a shock does: to all, and to what is named.
EFFECTS: Mapping[str, tuple[Callable[..., str], Callable[..., str]]] = {
    "supply": (partial(say, "supply under {name}"), partial(say, "supply of {of} under {name}")),
    "demand": (partial(say, "demand under {name}"), partial(say, "demand of {of} under {name}")),
    "speed": (partial(say, "speed under {name}"), partial(say, "speed of {of} under {name}")),
    "delay": (partial(say, "delay under {name}"), partial(say, "delay of {of} under {name}")),
}
#: What a number that follows a quantity takes it times, and what it adds.
_HOW: Mapping[str, Callable[..., str]] = {
    "times": partial(say, "{number} (factor)"),
    "plus": partial(say, "{number} (what is added)"),
}
#: Parts of an address that say how a number is stated and not what it is.
_SILENT = {"stops", "window", "total"}


def in_words(address: str) -> str:
    """A number's address in words, such as "fill rate of BAIC" for ``partners.BAIC.fill_rate``."""
    family, _, rest = address.partition(".")
    stated, _, how = address.rpartition(".")
    if how in _HOW and family != "quantities":
        return _HOW[how](number=in_words(stated))
    name, *inner = rest.split(".")
    words = [word for word in inner if word not in _SILENT]
    if family == "quantities":
        return joined(" ", [name, *map(Term, words)])
    if not words:
        return TEXTS[address]() if address in TEXTS else name
    return _field_in_words(family, name, *words)


def unit_of(address: str, unit: str) -> str:
    """The unit of a number; none for a quantity, which takes that of whatever follows it."""
    return "" if address.startswith("quantities.") else Term(unit)


def _field_in_words(family: str, name: str, field: str, *more: str) -> str:
    """The number in a field of a fact; ``more`` names its row in a table, or the month from which it holds."""
    if family == "shocks" and field in EFFECTS:
        to_all, to_some = EFFECTS[field]
        return to_some(of=joined(", ", more), name=name) if more else to_all(name=name)
    if field == "needs":
        *component, last = more
        if "partners" in component:
            return say("{partner} of {component}, partners of {name}", partner=last, component=component[0], name=name)
        return _called(family, last, say("{component} of {name}", component=joined(", ", component), name=name))
    if not more:
        return _called(family, field, name)
    if field in ("elasticities", "loads"):
        return say("effect of {factor} on {name}", factor=more[0], name=name)
    parts = say("partners of {name} from {partner} on", name=name, partner=more[0])
    since = say("{number} from {month} on", number=_called(family, field, name), month=more[0])
    return parts if field == "partners" else since


def _called(family: str, field: str, name: str) -> str:
    text = TEXTS.get(f"{family}.{field}") or TEXTS.get(field)
    return text(name=name) if text else say("{field} of {name}", field=field.replace("_", " "), name=name)
