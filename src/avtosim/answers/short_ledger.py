"""The short ledger in one line: where planned output went, by the few causes that any plant has."""

from __future__ import annotations

from collections.abc import Mapping

from ..say import joined, say
from .numbers import vehicles

#: First runs of a result of which the short ledger is kept.
FIRST = 4096
#: The only entry that adds.
_ADDS = "made up"


def words_of(entry: str) -> str:
    """What an entry is called in print."""
    words = {
        "demand": say("no buyers"),
        "kits": say("no kits"),
        "late launch": say("late launches"),
        "line": say("line"),
        _ADDS: say("made up"),
    }
    return words[entry]


def adds_up(planned: float, changes: list[float], built: float) -> bool:
    """Whether whole numbers of vehicles, as they are printed, give what was built."""
    return round(planned) + sum(map(round, changes)) == round(built)


def in_one_line(means: Mapping[str, float], runs: int, of: int) -> str:
    """Mean entries of the first ``runs`` of a result's runs as a sum; what rounds to 0 is left out."""
    entries = [entry for entry in ("demand", "kits", "late launch", "line", _ADDS) if entry in means]
    changes = {entry: means[entry] * (1.0 if entry == _ADDS else -1.0) for entry in entries}
    built = means["planned"] + sum(changes.values())
    shown = {entry: change for entry, change in changes.items() if round(change)}
    parts = [joined(" ", [words_of(entry), signed(change)]) for entry, change in shown.items()]
    account = say("{planned} planned", planned=vehicles(means["planned"]))
    account = say("{planned}: {parts}", planned=account, parts=joined(", ", parts)) if parts else account
    said = say("means of the first {runs} {runs:run|runs}", runs=runs)
    if runs >= of:
        said = say("means of {runs} {runs:run|runs}", runs=runs)
    if not adds_up(means["planned"], [*shown.values()], built):
        said = say("{means}, rounded", means=said)
    return say("{account} = {built} built ({means})", account=account, built=vehicles(built), means=said)


def signed(change: float) -> str:
    """A change in whole vehicles, with its sign."""
    return say("+{number}", number=vehicles(change)) if change > 0.0 else vehicles(change)
