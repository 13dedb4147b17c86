"""Distributions with bounds laid on: the rest spread over the inside, or put on the bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..declare.faults import Fault
from ..declare.fields import fact, stated
from ..declare.rules import ANY, Law, support_of
from .base import Floats, LawBase, as_array, parameter

__all__ = ["Clipped", "Truncated"]


@fact(kw_only=False)
class _Bounded(LawBase):
    """What ``Truncated`` and ``Clipped`` share: a law and its bounds."""

    law: Annotated[Law, stated("the law to bound")]
    low: Annotated[float | None, parameter(ANY, "lower bound")] = None
    high: Annotated[float | None, parameter(ANY, "upper bound")] = None

    def _across(self) -> Iterator[Fault]:
        low, high = self._bounds()
        if low >= high:
            yield Fault(f"{self.address}.high", f"must lie above low ({low:g})", high)
        elif not float(self.law.cdf(high)) > float(self.law.cdf(math.nextafter(low, -math.inf))):
            reach = "{:g} to {:g}".format(*support_of(self.law))
            rule = f"must leave some of the law, which reaches from {reach}, between the bounds"
            yield Fault(f"{self.address}.law", rule, (low, high))

    def _bounds(self) -> tuple[float, float]:
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high

    def support(self) -> tuple[float, float]:
        low, high = support_of(self.law)
        return max(low, self._bounds()[0]), min(high, self._bounds()[1])


@fact(kw_only=False)
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


@fact(kw_only=False)
class Clipped(_Bounded):
    """A law with what lies outside the bounds put on the nearer bound (a demand that can be nil, but not negative)."""

    kind: ClassVar[str] = "clipped"

    def ppf(self, u: ArrayLike) -> Floats:
        return np.asarray(np.clip(self.law.ppf(as_array(u)), *self._bounds()))

    def cdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        low, high = self._bounds()
        return np.where(x < low, 0.0, np.where(x >= high, 1.0, self.law.cdf(np.clip(x, low, high))))
