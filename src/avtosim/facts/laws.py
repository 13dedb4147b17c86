"""Laws: what is known of a number that is not known. Each one is frozen, checked, and has ``ppf`` beside its ``cdf``.

Here are the laws of separate values, those made of other laws, and the table of all by the word that a file uses.
A law of one's own needs ``ppf`` and ``cdf`` only; ``support()`` and ``mean()`` are used where they exist, and a frozen
``scipy.stats`` distribution has all four. Every method takes arrays of any shape and gives arrays of the same shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import attrs
import numpy as np
from numpy.typing import ArrayLike

from .faults import Fault
from .fields import ANY, NONNEGATIVE, SHARE, Fact, Rule, inner_law, numbers, quantity, support_of
from .lawbase import Floats, LawBase, ScoreLaw, as_array, mean_of, ordered, parameter
from .shapes import (
    Beta,
    Exponential,
    LogNormal,
    LogNormalRange,
    Normal,
    NormalRange,
    Pert,
    ThreeQuantiles,
    Triangular,
    Uniform,
)

__all__ = [
    "LAWS",
    "Bernoulli",
    "Beta",
    "Clipped",
    "Discrete",
    "Empirical",
    "Exponential",
    "LawBase",
    "LogNormal",
    "LogNormalRange",
    "Normal",
    "NormalRange",
    "Pert",
    "ScoreLaw",
    "ThreeQuantiles",
    "Triangular",
    "Truncated",
    "Uniform",
    "Varying",
    "mean_of",
]

_PERSISTENCE = Rule("must lie in [0, 1)", 0.0, math.nextafter(1.0, 0.0))


@attrs.frozen(kw_only=True, repr=False)
class Bernoulli(LawBase):
    """``yes`` with probability ``chance``, else ``no``."""

    kind: ClassVar[str] = "bernoulli"
    chance: float = quantity(SHARE, "probability", "probability of yes", law=False)
    no: float = parameter(ANY, "value when it does not happen", default=0.0)
    yes: float = parameter(ANY, "value when it happens, above no", default=1.0)

    def _across(self) -> Iterator[Fault]:
        return ordered(self, "no", "yes")

    def ppf(self, u: ArrayLike) -> Floats:
        return np.where(as_array(u) > 1.0 - self.chance, self.yes, self.no)

    def cdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        return np.where(x >= self.yes, 1.0, np.where(x >= self.no, 1.0 - self.chance, 0.0))

    def support(self) -> tuple[float, float]:
        return self.no, self.yes

    def mean(self) -> float:
        return self.no + self.chance * (self.yes - self.no)


@attrs.frozen(kw_only=True, repr=False)
class Discrete(LawBase):
    """One of several values, each with its weight; the weights need not sum to 1."""

    kind: ClassVar[str] = "discrete"
    values: Sequence[float] = numbers(ANY, "unit of the quantity", "the values, rising")
    weights: Sequence[float] = numbers(NONNEGATIVE, "weight", "how likely each is, in any scale")

    def _across(self) -> Iterator[Fault]:
        if not self.values:
            yield Fault(f"{self.home}.values", "must hold at least one value", self.values)
        elif len(self.weights) != len(self.values):
            yield Fault(
                f"{self.home}.weights", f"must have as many numbers as values ({len(self.values)})", self.weights
            )
        elif sum(self.weights) <= 0:
            yield Fault(f"{self.home}.weights", "must not all be zero", self.weights)
        if any(a >= b for a, b in pairwise(self.values)):
            yield Fault(f"{self.home}.values", "must rise from left to right", self.values)

    def _reached(self) -> Floats:
        total = np.cumsum(self.weights)
        return np.asarray(total / total[-1])

    def ppf(self, u: ArrayLike) -> Floats:
        # A u of exactly 0 asks for the lowest value that can happen at all.
        at = np.searchsorted(self._reached(), np.maximum(as_array(u), 5e-324), side="left")
        return as_array(self.values)[at]

    def cdf(self, x: ArrayLike) -> Floats:
        reached = np.concatenate([[0.0], self._reached()])
        return np.asarray(reached[np.searchsorted(as_array(self.values), as_array(x), side="right")])

    def mean(self) -> float:
        return float(np.dot(self.values, self.weights) / np.sum(self.weights))


@attrs.frozen(kw_only=True, repr=False)
class Empirical(LawBase):
    """A sample that was observed, each value as likely as it was seen."""

    kind: ClassVar[str] = "empirical"
    sample: Sequence[float] = numbers(ANY, "unit of the quantity", "the observed values, in any order")

    def _across(self) -> Iterator[Fault]:
        if not self.sample:
            yield Fault(f"{self.home}.sample", "must hold at least one value", self.sample)

    def ppf(self, u: ArrayLike) -> Floats:
        count = len(self.sample)
        at = np.clip(np.ceil(as_array(u) * count - 1e-9).astype(np.intp) - 1, 0, count - 1)
        return np.asarray(np.sort(self.sample)[at])

    def cdf(self, x: ArrayLike) -> Floats:
        return np.asarray(np.searchsorted(np.sort(self.sample), as_array(x), side="right") / len(self.sample))

    def mean(self) -> float:
        return math.fsum(self.sample) / len(self.sample)


@attrs.frozen(kw_only=True, repr=False)
class _Bounded(LawBase):
    """What ``Truncated`` and ``Clipped`` share: a law and its bounds."""

    law: Any = inner_law("the law to bound")
    low: float | None = quantity(ANY, "unit of the quantity", "lower bound", default=None, law=False, optional=True)
    high: float | None = quantity(ANY, "unit of the quantity", "upper bound", default=None, law=False, optional=True)

    def _across(self) -> Iterator[Fault]:
        low, high = self._bounds()
        if low >= high:
            yield Fault(f"{self.home}.high", f"must lie above low ({low:g})", high)
        elif not float(self.law.cdf(high)) > float(self.law.cdf(math.nextafter(low, -math.inf))):
            reach = "{:g} to {:g}".format(*support_of(self.law))
            rule = f"must leave some of the law, which reaches from {reach}, between the bounds"
            yield Fault(f"{self.home}.law", rule, (low, high))

    def _bounds(self) -> tuple[float, float]:
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high

    def support(self) -> tuple[float, float]:
        low, high = support_of(self.law)
        return max(low, self._bounds()[0]), min(high, self._bounds()[1])


@attrs.frozen(kw_only=True, repr=False)
class Truncated(_Bounded):
    """A law given that it falls between bounds: what lies outside is spread over the inside in proportion."""

    kind: ClassVar[str] = "truncated"

    def _shares(self) -> tuple[float, float]:
        low, high = self._bounds()
        # What lies exactly on the lower bound is inside: a law of separate values keeps it.
        return float(self.law.cdf(math.nextafter(low, -math.inf))), float(self.law.cdf(high))

    def ppf(self, u: ArrayLike) -> Floats:
        below, upto = self._shares()
        return np.asarray(np.clip(self.law.ppf(below + (upto - below) * as_array(u)), *self.support()))

    def cdf(self, x: ArrayLike) -> Floats:
        below, upto = self._shares()
        return np.asarray(np.clip((self.law.cdf(as_array(x)) - below) / (upto - below), 0.0, 1.0))


@attrs.frozen(kw_only=True, repr=False)
class Clipped(_Bounded):
    """A law with what lies outside the bounds put on the nearer bound (a demand that can be nil, but not negative)."""

    kind: ClassVar[str] = "clipped"

    def ppf(self, u: ArrayLike) -> Floats:
        return np.asarray(np.clip(self.law.ppf(as_array(u)), *self._bounds()))

    def cdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        low, high = self._bounds()
        return np.where(x < low, 0.0, np.where(x >= high, 1.0, self.law.cdf(np.clip(x, low, high))))


@attrs.frozen(kw_only=True, repr=False)
class Varying(Fact):
    """A law redrawn each month; with ``persistence`` r, this month's normal score is correlated r with the last one's.

    The marginal law stays exact in every month: the scores are a stationary AR(1).
    """

    kind: ClassVar[str] = "varying"
    redrawn: ClassVar[str] = "monthly"
    law: Any = inner_law("the law of each month")
    persistence: float = quantity(
        _PERSISTENCE, "correlation", "how much of a month's luck stays into the next", default=0.0, law=False
    )


LAWS: dict[str, type[LawBase]] = {
    law.kind: law
    for law in (
        Uniform,
        Triangular,
        Pert,
        Normal,
        LogNormal,
        NormalRange,
        LogNormalRange,
        ThreeQuantiles,
        Beta,
        Exponential,
        Bernoulli,
        Discrete,
        Empirical,
        Truncated,
        Clipped,
    )
}
