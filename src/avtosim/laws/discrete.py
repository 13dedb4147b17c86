"""Discrete distributions: each has its ``ppf`` and its ``cdf`` side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..declare.containers import Row
from ..declare.faults import Fault
from ..declare.fields import fact, quantity
from ..declare.rules import ANY, NONNEGATIVE, SHARE
from .base import Floats, Known, LawBase, as_array, parameter


@fact(kw_only=False)
class Bernoulli(LawBase):
    """Bernoulli distribution: ``yes`` with probability ``chance``, otherwise ``no``."""

    kind: ClassVar[str] = "bernoulli"
    discrete: ClassVar[bool] = True
    example: ClassVar[str] = "{ bernoulli = 0.3 }"
    in_order: ClassVar[tuple[str, ...]] = ("no", "yes")
    known: ClassVar[Known] = Known(0.3, ((0.5, 0.0), (0.71, 1.0)), "scipy.stats.bernoulli(0.3)")
    chance: Annotated[float, quantity(SHARE, "probability", "probability of yes")]
    no: Annotated[float, parameter(ANY, "value when it does not happen")] = 0.0
    yes: Annotated[float, parameter(ANY, "value when it happens, above no")] = 1.0

    def ppf(self, u: ArrayLike) -> Floats:
        return np.where(as_array(u) > 1.0 - self.chance, self.yes, self.no)

    def cdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        return np.where(x >= self.yes, 1.0, np.where(x >= self.no, 1.0 - self.chance, 0.0))

    def support(self) -> tuple[float, float]:
        return self.no, self.yes

    def mean(self) -> float:
        return self._within(self.no + self.chance * (self.yes - self.no))


@fact(kw_only=False)
class Discrete(LawBase):
    """Discrete distribution: one of several values, each as likely as its weight; weights need not sum to 1."""

    kind: ClassVar[str] = "discrete"
    discrete: ClassVar[bool] = True
    example: ClassVar[str] = "{ discrete = { values = [1, 2, 3], weights = [2, 5, 1] } }"
    known: ClassVar[Known] = Known(1.875, ((0.2, 1.0), (0.5, 2.0), (0.9, 3.0)), "by hand: (2 * 1 + 5 * 2 + 1 * 3) / 8")
    values: Annotated[Row, parameter(ANY, "the values, rising")]
    weights: Annotated[Row, quantity(NONNEGATIVE, "weight", "how likely each is, in any scale")]

    def _across(self) -> Iterator[Fault]:
        if not self.values or any(a >= b for a, b in pairwise(self.values)):
            yield Fault(f"{self.address}.values", "must be one value or more, rising from left to right", self.values)
        if len(self.weights) != len(self.values):
            rule = f"must have as many numbers as values ({len(self.values)})"
            yield Fault(f"{self.address}.weights", rule, self.weights)
        elif self.values and sum(self.weights) <= 0:
            yield Fault(f"{self.address}.weights", "must not all be zero", self.weights)

    def _reached(self) -> Floats:
        total = np.cumsum(self.weights)
        return np.asarray(total / total[-1])

    def ppf(self, u: ArrayLike) -> Floats:
        # The quantile at exactly 0 is the lowest value that has a weight.
        at = np.searchsorted(self._reached(), np.maximum(as_array(u), 5e-324), side="left")
        return as_array(self.values)[at]

    def cdf(self, x: ArrayLike) -> Floats:
        reached = np.concatenate([[0.0], self._reached()])
        return np.asarray(reached[np.searchsorted(as_array(self.values), as_array(x), side="right")])

    def mean(self) -> float:
        return self._within(np.dot(self.values, np.divide(self.weights, np.sum(self.weights))))


@fact(kw_only=False)
class Empirical(LawBase):
    """Empirical distribution of an observed sample: each observation is equally likely.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Empirical([3, 5, 4, 4]).mean()
    4.0
    """

    kind: ClassVar[str] = "empirical"
    discrete: ClassVar[bool] = True
    example: ClassVar[str] = "{ empirical = [3, 5, 4, 4] }"
    known: ClassVar[Known] = Known(4.0, ((0.2, 3.0), (0.5, 4.0), (0.9, 5.0)), "by hand: (3 + 5 + 4 + 4) / 4")
    sample: Annotated[Row, parameter(ANY, "the observed values, in any order")]

    def _across(self) -> Iterator[Fault]:
        if not self.sample:
            yield Fault(f"{self.address}.sample", "must hold at least one value", self.sample)

    def ppf(self, u: ArrayLike) -> Floats:
        count = len(self.sample)
        at = np.clip(np.ceil(as_array(u) * count - 1e-9).astype(np.intp) - 1, 0, count - 1)
        return np.asarray(np.sort(self.sample)[at])

    def cdf(self, x: ArrayLike) -> Floats:
        return np.asarray(np.searchsorted(np.sort(self.sample), as_array(x), side="right") / len(self.sample))

    def mean(self) -> float:
        return math.fsum(self.sample) / len(self.sample)
