"""Bounded distributions: what lies outside the bounds is spread over the inside, or put on the bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..declare.faults import Fault
from ..declare.fields import fact, stated
from ..declare.rules import ANY, Law, is_discrete, support_of
from .base import Floats, Known, LawBase, as_array, log_density, parameter


@fact(kw_only=False)
class _Bounded(LawBase):
    """What ``Truncated`` and ``Clipped`` share: a law and its bounds."""

    law: Annotated[Law, stated("the law to bound")]
    low: Annotated[float | None, parameter(ANY, "lower bound")] = None
    high: Annotated[float | None, parameter(ANY, "upper bound")] = None
    #: So large a part of the law up to the upper bound must lie above the lower one.
    _least: ClassVar[float] = 0.0

    @property
    def discrete(self) -> bool:  # type: ignore[override]
        """Whether the law inside gives separate values only."""
        return is_discrete(self.law)

    def _across(self) -> Iterator[Fault]:
        low, high = self._bounds()
        below, upto = self._shares()
        if isinstance(self.law, _Bounded):
            mend = f"state one pair of bounds around {self.law.law!r}"
            yield Fault(f"{self.address}.law", "must not be Truncated or Clipped itself", self.law, mend)
        elif low >= high:
            yield Fault(f"{self.address}.high", f"must lie above low ({low:g})", high)
        elif not upto - below > self._least * upto:
            rule = f"must have enough of its values between the bounds, {low:g} and {high:g}"
            yield Fault(f"{self.address}.law", rule, self.law)

    def _shares(self) -> tuple[float, float]:
        """Shares of the law below the lower bound, and up to the upper one."""
        low, high = self._bounds()
        # A value exactly on the lower bound is inside: a discrete law keeps it.
        below = 0.0 if low == -math.inf else float(self.law.cdf(math.nextafter(low, -math.inf)))
        return below, 1.0 if high == math.inf else float(self.law.cdf(high))

    def _bounds(self) -> tuple[float, float]:
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high

    def _inside(self, x: Floats, logs: Floats) -> Floats:
        low, high = self._bounds()
        return np.where((low <= x) & (x <= high), logs, -np.inf)

    def support(self) -> tuple[float, float]:
        low, high = support_of(self.law)
        return max(low, self._bounds()[0]), min(high, self._bounds()[1])


@fact(kw_only=False)
class Truncated(_Bounded):
    """A distribution restricted to an interval: the probability outside is spread over the inside in proportion.

    Examples
    --------
    >>> import avtosim
    >>> law = avtosim.Truncated(avtosim.Normal(0.9, 0.1), low=0, high=1)
    >>> law.support()
    (0.0, 1.0)
    >>> round(law.mean(), 3)
    0.871
    """

    kind: ClassVar[str] = "truncated"
    example: ClassVar[str] = "{ truncated = { law = { normal = [0.9, 0.1] }, low = 0, high = 1 } }"
    known: ClassVar[Known] = Known(0.87124, ((0.1, 0.76222126),), "scipy.stats.truncnorm(-9, 1, 0.9, 0.1)")
    #: The quantiles of less would be steps, since shares are rounded at 1e-16.
    _least: ClassVar[float] = 1e-9

    def support(self) -> tuple[float, float]:
        low, high = super().support()
        if self.discrete:
            below, upto = self._shares()
            inside = self.law.ppf(below + (upto - below) * np.array([1e-12, 1.0 - 1e-12]))
            low, high = max(low, float(inside[0])), high if math.isinf(high) else min(high, float(inside[1]))
        return low, high

    def ppf(self, u: ArrayLike) -> Floats:
        below, upto = self._shares()
        u = as_array(u)
        shares = below + (upto - below) * u
        # Rounding must not turn a share below 1 into 1, whose quantile may be infinite.
        shares = np.where(u < 1.0, np.minimum(shares, 1.0 - 2.0**-53), shares)
        return np.asarray(np.clip(self.law.ppf(shares), *self.support()))

    def cdf(self, x: ArrayLike) -> Floats:
        below, upto = self._shares()
        return np.asarray(np.clip((self.law.cdf(as_array(x)) - below) / (upto - below), 0.0, 1.0))

    def logpdf(self, x: ArrayLike) -> Floats:
        below, upto = self._shares()
        return self._inside(as_array(x), log_density(self.law, x) - math.log(upto - below))


@fact(kw_only=False)
class Clipped(_Bounded):
    """A distribution with the probability outside an interval put on the nearer bound.

    It suits a demand that can be zero but not negative.

    Examples
    --------
    >>> import avtosim
    >>> law = avtosim.Clipped(avtosim.Normal(50, 40), low=0)
    >>> float(law.cdf(0.0).round(3))
    0.106
    """

    kind: ClassVar[str] = "clipped"
    example: ClassVar[str] = "{ clipped = { law = { normal = [50, 40] }, low = 0 } }"
    # The mean is 50 Phi(1.25) + 40 phi(1.25).
    known: ClassVar[Known] = Known(52.023475, ((0.05, 0.0), (0.9, 101.26206)), "Johnson and Kotz (1970), ch. 13")

    def ppf(self, u: ArrayLike) -> Floats:
        return np.asarray(np.clip(self.law.ppf(as_array(u)), *self._bounds()))

    def cdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        low, high = self._bounds()
        return np.where(x < low, 0.0, np.where(x >= high, 1.0, self.law.cdf(np.clip(x, low, high))))

    def logpdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        low, high = self._bounds()
        below = float(self.law.cdf(high if math.isinf(high) else math.nextafter(high, -math.inf)))
        at_ends = np.where(x == low, self.law.cdf(x), np.where(x == high, 1.0 - below, 0.0))
        # Less than that is the rounding of a bound at which the law ends by itself.
        heaped = at_ends > 1e-12
        return np.where(heaped, np.log(np.where(heaped, at_ends, 1.0)), self._inside(x, log_density(self.law, x)))
