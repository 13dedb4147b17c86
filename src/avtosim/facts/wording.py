"""Addresses in words: what a reader calls a number of a scenario."""

from __future__ import annotations

#: What a field of a fact is called before the name of the fact; what is not here is its own name with blanks.
_WORDS = {
    "markets.per_year": "demand of the market",
    "lines.per_day": "speed of",
    "partners.per_year": "stops a year of",
    "lines.per_year": "breakdowns a year of",
    "shocks.per_year": "times a year of",
    "partners.duration": "length of the stops of",
    "lines.duration": "length of the breakdowns of",
    "severity": "severity of the stops of",
    "delay": "launch delay of",
    "start": "start of",
    "end": "end of",
    "orders": "orders of",
    "plan": "plan of",
}
#: Parts of an address that say how a number is stated and not what it is.
_SILENT = {"stops", "window", "total"}
_EFFECTS = {"supply", "demand", "speed", "delay"}


def in_words(address: str) -> str:
    """A number's address in words, such as "fill rate of BAIC" for ``partners.BAIC.fill_rate``."""
    if address.endswith((".times", ".plus")) and not address.startswith("quantities."):
        stated, _, how = address.rpartition(".")
        return f"{in_words(stated)} ({'factor' if how == 'times' else 'what is added'})"
    family, _, rest = address.partition(".")
    name, *inner = rest.split(".")
    words = [word for word in inner if word not in _SILENT]
    if not words or family == "quantities":
        return " ".join([name, *words])
    field, *more = words
    if family == "shocks" and field in _EFFECTS:
        return f"{field} of {', '.join(more)} under {name}" if more else f"{field} under {name}"
    if field in ("elasticities", "loads"):
        return f"effect of {more[0]} on {name}"
    if field == "needs":
        return f"{_called(family, more[-1])} {', '.join(more[:-1])} of {name}"
    since = f" from {more[0]} on" if more else ""
    return f"{_called(family, field)} {name}{since}"


def _called(family: str, field: str) -> str:
    return _WORDS.get(f"{family}.{field}") or _WORDS.get(field) or f"{field.replace('_', ' ')} of"
