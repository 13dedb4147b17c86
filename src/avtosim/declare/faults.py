"""What is wrong with a fact: where, which rule, which value, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import attrs

__all__ = ["FactError", "Fault", "nearest", "typed_as"]


@attrs.frozen
class Fault:
    """One broken rule: the address, the rule, the value that broke it and, where one is known, the mend."""

    address: str
    rule: str
    value: object = attrs.field(default=None)
    hint: str = ""

    def __str__(self) -> str:
        got = "" if self.value is None else f"; got {_short(self.value)}"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.address}: {self.rule}{got}{hint}"

    def moved(self, old: str, new: str) -> Fault:
        """The same fault with the head ``old`` of its address replaced by ``new``."""
        if self.address == old or self.address.startswith(old + "."):
            return attrs.evolve(self, address=new + self.address[len(old) :])
        return attrs.evolve(self, address=f"{new}.{self.address}" if new else self.address)


def typed_as(value: object) -> str:
    """The value as it would be typed; a frozen distribution of SciPy by its name, which its own repr leaves out."""
    name, given = getattr(getattr(value, "dist", None), "name", None), getattr(value, "args", None)
    if not isinstance(name, str) or not isinstance(given, tuple):
        return repr(value)
    words = [*map(repr, given), *(f"{word}={item!r}" for word, item in getattr(value, "kwds", {}).items())]
    return f"scipy.stats.{name}({', '.join(words)})"


def _short(value: object) -> str:
    """The value as it would be typed, cut where it would drown the message."""
    typed = typed_as(value)
    return typed if len(typed) <= 200 else f"{typed[:120]} ... {typed[-60:]}"


class FactError(ValueError):
    """Facts that break their rules. ``faults`` holds all of them, found together; nothing was computed."""

    def __init__(self, faults: Iterable[Fault], where: str = "") -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        self.where = where
        super().__init__(self._text())

    def __reduce__(self) -> tuple[type[FactError], tuple[tuple[Fault, ...], str]]:
        return type(self), (self.faults, self.where)

    def _text(self) -> str:
        head = f"{self.where}: " if self.where else ""
        if len(self.faults) == 1:
            return f"{head}{self.faults[0]}"
        return "\n  - ".join([f"{head}{len(self.faults)} faults", *map(str, self.faults)])


def nearest(name: str, known: Sequence[str] | Iterable[str]) -> str:
    """A hint that names the known name nearest to ``name``, or lists what is known."""
    names = [str(k) for k in known]
    if not names:
        return "there is none to name"
    lower = {n.lower(): n for n in reversed(names)}
    close = difflib.get_close_matches(str(name).lower(), list(lower), n=1, cutoff=0.5)
    if close:
        return f"did you mean {lower[close[0]]!r}?"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"known: {shown}"
