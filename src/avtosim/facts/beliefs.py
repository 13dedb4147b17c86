"""Named quantities: what numbers that follow them can be, and what is wrong with how they are named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..declare.faults import Fault, nearest
from ..declare.rules import Rule, Spec, support_of
from ..laws.base import mean_of, months_of
from ..laws.varying import Named, Stepwise, Varying
from .addresses import Leaf

#: The rule that a quantity breaks which no number follows.
UNUSED = "must be named by some number, else it says nothing"


class Beliefs:
    """The named quantities of a scenario, and what stated numbers can be with them.

    One whose value is faulty is held as None; ``first_month`` is where dates among the numbers are counted from.
    """

    def __init__(self, stated: Mapping[str, Any], first_month: str = "2000-01") -> None:
        self.stated, self.first_month = stated, first_month
        #: Those whose own value is faulty.
        self.faulty = frozenset(name for name, value in stated.items() if value is None)
        #: Those that lead back to themselves.
        self.circular = frozenset(name for name in stated if name in self._below(stated[name], frozenset()))

    def _below(self, value: Any, seen: frozenset[str]) -> frozenset[str]:
        """All names that a value follows, also by those that it follows."""
        for name in getattr(value, "uses", frozenset()) - seen:
            seen = self._below(self.stated.get(name), seen | {name})
        return seen

    def sound(self, value: Any) -> bool:
        """Whether all that a number follows is declared, has a value and leads nowhere back."""
        below = self._below(value, frozenset())
        return below <= self.stated.keys() and not below & (self.circular | self.faulty)

    def reach(self, value: Any) -> tuple[float, float]:
        """The lowest and the highest value that a number can take, moments at their beginning."""
        if isinstance(value, Stepwise):
            lows, highs = zip(*map(self.reach, value.steps.values()), strict=True)
            return min(lows), max(highs)
        if isinstance(value, Named):
            low, high = product(self.reach(value.times), self.reach(self.stated[value.name]))
            more = self.reach(value.plus)
            return low + more[0], high + more[1]
        law = value.law if isinstance(value, Varying) else months_of(value, self.first_month, "opening")
        return (law, law) if isinstance(law, float) else support_of(law)

    def mean(self, value: Any) -> float:
        """The number that stands for an uncertain one: its mean, factors and terms taken by theirs."""
        if isinstance(value, Named):
            return self.mean(value.times) * self.mean(self.stated[value.name]) + self.mean(value.plus)
        law = value.law if isinstance(value, Varying) else value
        return law if isinstance(law, float) else mean_of(law)

    def monthly(self, value: Any) -> bool:
        """Whether a number may change from month to month."""
        if isinstance(value, Named):
            return any(map(self.monthly, (value.times, value.plus, self.stated.get(value.name))))
        return isinstance(value, (Varying, Stepwise))

    def whole(self, value: Any) -> bool:
        """Whether all parts of a number that follows a quantity are certain whole numbers."""
        parts = (value.times, value.plus, self.stated[value.name])
        return all(isinstance(part, float) and part == int(part) for part in parts)


def product(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The interval that holds all products of a number from each of two."""
    corners = [0.0 if 0.0 in (a, b) else a * b for a in one for b in other]
    return min(corners), max(corners)


def _inside(value: Any) -> Iterable[Any]:
    """The numbers that a stated one is made of: its steps, its total, or itself."""
    inner = getattr(value, "inner", None)
    return inner.values() if isinstance(inner, Mapping) else (value,)


def _followers(value: Any) -> Iterator[Named]:
    """The numbers in a stated one that follow a named quantity."""
    for part in _inside(value):
        if isinstance(part, Named):
            yield part
            yield from _followers(part.times)
            yield from _followers(part.plus)


def belief_faults(beliefs: Beliefs, leaves: Iterable[Leaf], *, complete: bool) -> Iterator[Fault]:
    """Faults of the named quantities and of all numbers that follow them.

    ``complete`` says that no fact is missing from ``leaves`` for its own faults, so that what nobody names is a fault.
    """
    used: set[str] = set()
    every = [*leaves, *_own(beliefs.stated)]
    for leaf in every:
        for follower in _followers(leaf.value):
            used.add(follower.name)
            if follower.name not in beliefs.stated:
                hint = nearest(follower.name, beliefs.stated)
                yield Fault(leaf.address, "must follow a quantity that is declared in quantities", follower.name, hint)
    for name in sorted(beliefs.circular):
        yield Fault(f"quantities.{name}", "must not lead back to itself", beliefs.stated[name])
    for name in beliefs.stated if complete else ():
        if name not in used:
            yield Fault(f"quantities.{name}", UNUSED, beliefs.stated[name])
    for leaf in every:
        for part in _inside(leaf.value):
            if isinstance(part, Named) and beliefs.sound(part):
                yield from _range_faults(beliefs, leaf, part)


def _own(stated: Mapping[str, Any]) -> Iterator[Leaf]:
    spec = Spec("quantity", "a named quantity", law=True, varying=True)
    return (Leaf(f"quantities.{name}", value, spec, default=False) for name, value in stated.items())


def _range_faults(beliefs: Beliefs, leaf: Leaf, value: Named) -> Iterator[Fault]:
    """Faults of a number that can be what the rule of its field does not allow."""
    rule: Rule = leaf.spec.rule
    low, high = beliefs.reach(value)
    if beliefs.monthly(value) and not leaf.spec.varying:
        yield Fault(leaf.address, "must hold all year; what it follows is redrawn each month", value)
    elif rule.broken_by_support(low, high) or (rule.open_low and low == rule.low):
        mend = f"bound quantities.{value.name}, or change times or plus"
        yield Fault(leaf.address, f"{rule.text}; this one reaches from {low:g} to {high:g}", value, mend)
    elif rule.whole and not beliefs.whole(value):
        yield Fault(leaf.address, f"{rule.text}; one that follows a quantity may give fractions", value)
    elif not (math.isfinite(low) and math.isfinite(high)):
        try:
            beliefs.mean(value)
        except ValueError:
            mend = f"bound quantities.{value.name}: Truncated(law=..., high=...)"
            yield Fault(leaf.address, "must have a finite mean", value, mend)
