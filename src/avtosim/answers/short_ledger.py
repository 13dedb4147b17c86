"""The short ledger in one line: where planned output went, by the few causes that any plant has."""

from __future__ import annotations

from collections.abc import Mapping

from .numbers import vehicles

#: First runs of a result of which the short ledger is kept.
FIRST = 4096
#: What each entry is called in print; what was made up is the only one that adds.
_WORDS = {
    "demand": "no buyers",
    "kits": "no kits",
    "late launch": "late launches",
    "line": "line",
    "made up": "made up",
}


def adds_up(planned: float, changes: list[float], built: float) -> bool:
    """Whether whole numbers of vehicles, as they are printed, give what was built."""
    return round(planned) + sum(map(round, changes)) == round(built)


def in_one_line(means: Mapping[str, float], runs: int, of: int) -> str:
    """Mean entries of the first ``runs`` of a result's runs as a sum; what rounds to 0 is left out."""
    changes = {words: means[entry] * (1.0 if entry == "made up" else -1.0) for entry, words in _WORDS.items()}
    built = means["planned"] + sum(changes.values())
    shown = {words: change for words, change in changes.items() if round(change)}
    parts = ", ".join(f"{words} {'+' if change > 0.0 else ''}{vehicles(change)}" for words, change in shown.items())
    said = f"means of {f'the first {runs:,}' if runs < of else f'{runs:,}'} run{'' if runs == 1 else 's'}"
    rounded = "" if adds_up(means["planned"], [*shown.values()], built) else ", rounded"
    return f"{vehicles(means['planned'])} planned{parts and ': '}{parts} = {vehicles(built)} built ({said}{rounded})"
