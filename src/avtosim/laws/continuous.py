"""Continuous laws: for each its ``ppf`` and its inverse ``cdf``, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, ClassVar

import attrs
import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..declare.faults import Fault
from ..declare.fields import fact, quantity
from ..declare.rules import ANY, POSITIVE, Rule
from .base import Floats, LawBase, ScoreLaw, as_array, ordered, parameter

__all__ = [
    "Beta",
    "Exponential",
    "LogNormal",
    "LogNormalRange",
    "Normal",
    "NormalRange",
    "Pert",
    "ThreeQuantiles",
    "Triangular",
    "Uniform",
]

_COVERAGE = Rule("must lie in (0, 1)", 0.0, math.nextafter(1.0, 0.0), open_low=True)
_LOG_SD = Rule("must lie in (0, 10]", 0.0, 10.0, open_low=True)


@fact(kw_only=False)
class Uniform(LawBase):
    """Every value between ``low`` and ``high`` alike."""

    kind: ClassVar[str] = "uniform"
    low: Annotated[float, parameter(ANY, "lowest value")]
    high: Annotated[float, parameter(ANY, "highest value, above low")]

    def _across(self) -> Iterator[Fault]:
        return ordered(self, "low", "high")

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * as_array(u)

    def cdf(self, x: ArrayLike) -> Floats:
        return np.clip((as_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)


@fact(kw_only=False)
class Triangular(LawBase):
    """A lowest, a likeliest and a highest value, straight lines between."""

    kind: ClassVar[str] = "triangular"
    low: Annotated[float, parameter(ANY, "lowest value")]
    mode: Annotated[float, parameter(ANY, "likeliest value")]
    high: Annotated[float, parameter(ANY, "highest value, above low")]

    def _across(self) -> Iterator[Fault]:
        return ordered(self, "low", "mode", "high")

    def ppf(self, u: ArrayLike) -> Floats:
        u = as_array(u)
        span, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(u * span * left)
        return np.where(u * span < left, rising, self.high - np.sqrt((1.0 - u) * span * right))

    def cdf(self, x: ArrayLike) -> Floats:
        x = np.clip(as_array(x), self.low, self.high)
        span, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = (x - self.low) ** 2 / (span * left) if left > 0 else np.zeros_like(x)
        falling = 1.0 - (self.high - x) ** 2 / (span * right) if right > 0 else np.ones_like(x)
        return np.where(x < self.mode, rising, falling)

    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3.0


@fact(kw_only=False)
class Pert(LawBase):
    """A lowest, a likeliest and a highest value, as a smooth beta law.

    Its mean is ``(low + weight mode + high) / (weight + 2)``.
    Source: Malcolm et al. (1959), Operations Research 7(5); ``weight`` 4 is theirs.
    """

    kind: ClassVar[str] = "pert"
    low: Annotated[float, parameter(ANY, "lowest value")]
    mode: Annotated[float, parameter(ANY, "likeliest value")]
    high: Annotated[float, parameter(ANY, "highest value, above low")]
    weight: Annotated[float, quantity(POSITIVE, "ratio", "how strongly the likeliest value pulls")] = 4.0

    def _across(self) -> Iterator[Fault]:
        return ordered(self, "low", "mode", "high")

    def _shapes(self) -> tuple[float, float]:
        at = (self.mode - self.low) / (self.high - self.low)
        return 1.0 + self.weight * at, 1.0 + self.weight * (1.0 - at)

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * special.betaincinv(*self._shapes(), as_array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        at = np.clip((as_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(special.betainc(*self._shapes(), at))

    def mean(self) -> float:
        return (self.low + self.weight * self.mode + self.high) / (self.weight + 2.0)


@fact(kw_only=False)
class Beta(LawBase):
    """The beta law with shapes ``a`` and ``b``, stretched from [0, 1] to [``low``, ``high``]."""

    kind: ClassVar[str] = "beta"
    a: Annotated[float, quantity(POSITIVE, "shape", "first shape")]
    b: Annotated[float, quantity(POSITIVE, "shape", "second shape")]
    low: Annotated[float, parameter(ANY, "lowest value")] = 0.0
    high: Annotated[float, parameter(ANY, "highest value, above low")] = 1.0

    def _across(self) -> Iterator[Fault]:
        return ordered(self, "low", "high")

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * special.betaincinv(self.a, self.b, as_array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        at = np.clip((as_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(special.betainc(self.a, self.b, at))

    def mean(self) -> float:
        return self.low + (self.high - self.low) * self.a / (self.a + self.b)


@fact(kw_only=False)
class Normal(ScoreLaw):
    """The bell curve. It reaches below zero: bound it with ``Truncated`` or ``Clipped`` where that makes no sense."""

    kind: ClassVar[str] = "normal"
    _mean: Annotated[float, parameter(ANY, "mean")] = attrs.field(alias="mean")
    sd: Annotated[float, parameter(POSITIVE, "standard deviation")]

    def from_score(self, z: Floats) -> Floats:
        return self._mean + self.sd * z

    def to_score(self, x: Floats) -> Floats:
        return (x - self._mean) / self.sd

    def mean(self) -> float:
        return self._mean


@fact(kw_only=False)
class LogNormal(ScoreLaw):
    """A positive quantity whose logarithm is normal: half of it lies below ``median``."""

    kind: ClassVar[str] = "lognormal"
    median: Annotated[float, parameter(POSITIVE, "median")]
    log_sd: Annotated[float, quantity(_LOG_SD, "log", "standard deviation of the logarithm")]

    def from_score(self, z: Floats) -> Floats:
        return self.median * np.exp(self.log_sd * z)

    def to_score(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.log(np.maximum(x, 0.0) / self.median) / self.log_sd

    def mean(self) -> float:
        return self.median * math.exp(0.5 * self.log_sd**2)


@fact(kw_only=False)
class NormalRange(ScoreLaw):
    """An expert's range: normal, a share ``coverage`` of it between ``low`` and ``high``, the rest outside alike."""

    kind: ClassVar[str] = "normal_range"
    low: Annotated[float, parameter(ANY, "lower end of the range")]
    high: Annotated[float, parameter(ANY, "upper end of the range, above low")]
    coverage: Annotated[float, quantity(_COVERAGE, "share", "share of the law inside the range")] = 0.9

    def _across(self) -> Iterator[Fault]:
        return ordered(self, "low", "high")

    def _sd(self) -> float:
        return (self.high - self.low) / (2.0 * float(special.ndtri(0.5 + 0.5 * self.coverage)))

    def from_score(self, z: Floats) -> Floats:
        return self.mean() + self._sd() * z

    def to_score(self, x: Floats) -> Floats:
        return (x - self.mean()) / self._sd()

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)


@fact(kw_only=False)
class LogNormalRange(ScoreLaw):
    """An expert's range of a positive quantity ("5 % to 95 %: 0.5 to 4"): lognormal, ``coverage`` of it inside."""

    kind: ClassVar[str] = "lognormal_range"
    low: Annotated[float, parameter(POSITIVE, "lower end of the range")]
    high: Annotated[float, parameter(POSITIVE, "upper end of the range, above low")]
    coverage: Annotated[float, quantity(_COVERAGE, "share", "share of the law inside the range")] = 0.9

    def _across(self) -> Iterator[Fault]:
        faults = list(ordered(self, "low", "high"))
        if not faults and self._log_sd() > _LOG_SD.high:
            rule = f"must not be so far above low that the standard deviation of the logarithm exceeds {_LOG_SD.high:g}"
            faults.append(Fault(f"{self.address}.high", rule, self.high))
        return iter(faults)

    def _log_sd(self) -> float:
        score = float(special.ndtri(0.5 + 0.5 * self.coverage))
        return 0.5 * math.log(self.high / self.low) / score

    def _as_lognormal(self) -> LogNormal:
        return LogNormal(median=math.sqrt(self.low * self.high), log_sd=self._log_sd())

    def from_score(self, z: Floats) -> Floats:
        return self._as_lognormal().from_score(z)

    def to_score(self, x: Floats) -> Floats:
        return self._as_lognormal().to_score(x)

    def mean(self) -> float:
        return self._as_lognormal().mean()


@fact(kw_only=False)
class ThreeQuantiles(ScoreLaw):
    """A law through three stated quantiles: the median, and two that enclose a share ``coverage`` of it.

    A shifted lognormal (or normal, when the median lies in the middle), so it has one finite end at most: bound it
    where the quantity has bounds. Source: Myerson (2005), Probability Models for Economic Decisions, ch. 4.
    """

    kind: ClassVar[str] = "three_quantiles"
    low: Annotated[float, parameter(ANY, "lower quantile")]
    median: Annotated[float, parameter(ANY, "median")]
    high: Annotated[float, parameter(ANY, "upper quantile")]
    coverage: Annotated[float, quantity(_COVERAGE, "share", "share of the law between low and high")] = 0.9

    def _across(self) -> Iterator[Fault]:
        if not self.low < self.median < self.high:
            value = (self.low, self.median, self.high)
            yield Fault(f"{self.address}.median", "must lie between low and high", value)
        elif abs(self._shape()[1]) / self._shape()[2] > _LOG_SD.high:
            rule = f"must lie less far from the middle: the logarithm's standard deviation exceeds {_LOG_SD.high:g}"
            yield Fault(f"{self.address}.median", rule, self.median)

    def _shape(self) -> tuple[float, float, float]:
        """Scale, log of the skew, and the score of the upper quantile; a skew nearer to none than 1e-9 is none."""
        up, down = self.high - self.median, self.median - self.low
        return up, math.log(up / down), float(special.ndtri(0.5 + 0.5 * self.coverage))

    def from_score(self, z: Floats) -> Floats:
        up, skew, at = self._shape()
        if abs(skew) < 1e-9:
            return self.median + up * z / at
        return self.median + up * np.expm1(skew * z / at) / math.expm1(skew)

    def to_score(self, x: Floats) -> Floats:
        up, skew, at = self._shape()
        if abs(skew) < 1e-9:
            return (x - self.median) * at / up
        with np.errstate(divide="ignore"):
            inner = np.maximum((x - self.median) * math.expm1(skew) / up, -1.0)
            return np.log1p(inner) * at / skew

    def mean(self) -> float:
        up, skew, at = self._shape()
        if abs(skew) < 1e-9:
            return self.median
        return self.median + up * math.expm1(0.5 * (skew / at) ** 2) / math.expm1(skew)


@fact(kw_only=False)
class Exponential(LawBase):
    """A time without memory: however long it has lasted, it lasts ``mean`` more on average."""

    kind: ClassVar[str] = "exponential"
    _mean: Annotated[float, parameter(POSITIVE, "mean")] = attrs.field(alias="mean")

    def ppf(self, u: ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return -self._mean * np.log1p(-as_array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        return -np.expm1(-np.maximum(as_array(x), 0.0) / self._mean)

    def mean(self) -> float:
        return self._mean
