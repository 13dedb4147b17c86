"""Laws: what is known of a number that is not known. Each one is frozen, checked, and has ``ppf`` beside its ``cdf``.

A law of one's own needs ``ppf`` and ``cdf`` only; ``support()`` and ``mean()`` are used where they exist, and a frozen
``scipy.stats`` distribution has all four. Every method takes arrays of any shape and gives arrays of the same shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .faults import Fault
from .fields import ANY, NONNEGATIVE, POSITIVE, SHARE, Fact, Rule, inner_law, numbers, quantity, support_of

__all__ = [
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
    "ThreeQuantiles",
    "Triangular",
    "Truncated",
    "Uniform",
    "Varying",
    "mean_of",
]

Floats = NDArray[np.float64]
_PERSISTENCE = Rule("must lie in [0, 1)", 0.0, math.nextafter(1.0, 0.0))
_COVERAGE = Rule("must lie in (0, 1)", 0.0, math.nextafter(1.0, 0.0), open_low=True)


def _number(rule: Rule, meaning: str, default: object = attrs.NOTHING) -> Any:
    return quantity(rule, "unit of the quantity", meaning, default=default, law=False)


def _array(x: ArrayLike) -> Floats:
    return np.asarray(x, dtype=np.float64)


@attrs.frozen(kw_only=True, repr=False)
class LawBase(Fact):
    """What all of the library's laws share."""

    def ppf(self, u: ArrayLike) -> Floats:
        """Quantile: the value below which a share ``u`` of the law lies. ``u`` in [0, 1], any shape."""
        raise TypeError(f"{type(self).__name__} must say its ppf")

    def cdf(self, x: ArrayLike) -> Floats:
        """Share of the law at or below ``x``, any shape."""
        raise TypeError(f"{type(self).__name__} must say its cdf")

    def support(self) -> tuple[float, float]:
        """Lowest and highest value the law can give."""
        low, high = self.ppf(np.array([0.0, 1.0]))
        return float(low), float(high)

    def mean(self) -> float:
        """Expected value; a closed form where the law has one, else by ``mean_of``'s quadrature."""
        return _mean_by_quadrature(self)


def _mean_by_quadrature(law: Any) -> float:
    """Mean of ``law`` as the integral of its quantile, in normal scores; about six digits for a smooth law."""
    z = np.linspace(-8.0, 8.0, 8001)
    weight = np.exp(-0.5 * z * z)
    return float(np.sum(weight * law.ppf(special.ndtr(z))) / np.sum(weight))


def mean_of(law: Any) -> float:
    """Expected value of a law of any origin."""
    return float(law.mean()) if callable(getattr(law, "mean", None)) else _mean_by_quadrature(law)


def _ordered(law: LawBase, *names: str) -> Iterator[Fault]:
    """Faults of parameters that must not fall from left to right, the first lying below the last."""
    pairs = list(zip(names, names[1:], strict=False))
    if len(names) > 2:
        pairs.append((names[0], names[-1]))
    for left, right in pairs:
        a, b = getattr(law, left), getattr(law, right)
        strict = (left, right) == (names[0], names[-1])
        if a > b or (strict and a == b):
            word = "above" if strict else "at or above"
            yield Fault(f"{law.home}.{right}", f"must lie {word} {left} ({a:g})", b)


@attrs.frozen(kw_only=True, repr=False)
class Uniform(LawBase):
    """Every value between ``low`` and ``high`` alike."""

    kind: ClassVar[str] = "uniform"
    low: float = _number(ANY, "lowest value")
    high: float = _number(ANY, "highest value, above low")

    def _across(self) -> Iterator[Fault]:
        return _ordered(self, "low", "high")

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * _array(u)

    def cdf(self, x: ArrayLike) -> Floats:
        return np.clip((_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)


@attrs.frozen(kw_only=True, repr=False)
class Triangular(LawBase):
    """A lowest, a likeliest and a highest value, straight lines between."""

    kind: ClassVar[str] = "triangular"
    low: float = _number(ANY, "lowest value")
    mode: float = _number(ANY, "likeliest value")
    high: float = _number(ANY, "highest value, above low")

    def _across(self) -> Iterator[Fault]:
        return _ordered(self, "low", "mode", "high")

    def ppf(self, u: ArrayLike) -> Floats:
        u = _array(u)
        span, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(u * span * left)
        return np.where(u * span < left, rising, self.high - np.sqrt((1.0 - u) * span * right))

    def cdf(self, x: ArrayLike) -> Floats:
        x = np.clip(_array(x), self.low, self.high)
        span, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = (x - self.low) ** 2 / (span * left) if left > 0 else np.zeros_like(x)
        falling = 1.0 - (self.high - x) ** 2 / (span * right) if right > 0 else np.ones_like(x)
        return np.where(x < self.mode, rising, falling)

    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3.0


@attrs.frozen(kw_only=True, repr=False)
class Pert(LawBase):
    """A lowest, a likeliest and a highest value, as a smooth beta law (mean ``(low + weight mode + high) / (weight + 2)``).

    Source: Malcolm et al. (1959), Operations Research 7(5); ``weight`` 4 is theirs.
    """

    kind: ClassVar[str] = "pert"
    low: float = _number(ANY, "lowest value")
    mode: float = _number(ANY, "likeliest value")
    high: float = _number(ANY, "highest value, above low")
    weight: float = _number(POSITIVE, "how strongly the likeliest value pulls", default=4.0)

    def _across(self) -> Iterator[Fault]:
        return _ordered(self, "low", "mode", "high")

    def _shapes(self) -> tuple[float, float]:
        at = (self.mode - self.low) / (self.high - self.low)
        return 1.0 + self.weight * at, 1.0 + self.weight * (1.0 - at)

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * special.betaincinv(*self._shapes(), _array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        at = np.clip((_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(special.betainc(*self._shapes(), at))

    def mean(self) -> float:
        return (self.low + self.weight * self.mode + self.high) / (self.weight + 2.0)


@attrs.frozen(kw_only=True, repr=False)
class Beta(LawBase):
    """The beta law with shapes ``a`` and ``b``, stretched from [0, 1] to [``low``, ``high``]."""

    kind: ClassVar[str] = "beta"
    a: float = _number(POSITIVE, "first shape")
    b: float = _number(POSITIVE, "second shape")
    low: float = _number(ANY, "lowest value", default=0.0)
    high: float = _number(ANY, "highest value, above low", default=1.0)

    def _across(self) -> Iterator[Fault]:
        return _ordered(self, "low", "high")

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * special.betaincinv(self.a, self.b, _array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        at = np.clip((_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(special.betainc(self.a, self.b, at))

    def mean(self) -> float:
        return self.low + (self.high - self.low) * self.a / (self.a + self.b)


@attrs.frozen(kw_only=True, repr=False)
class ScoreLaw(LawBase):
    """A law that is a rising function of a standard normal score, so it can be read without a detour through ``u``."""

    def from_score(self, z: Floats) -> Floats:
        """Value at the normal score ``z``; the inverse of ``to_score``."""
        raise TypeError(f"{type(self).__name__} must say its from_score")

    def to_score(self, x: Floats) -> Floats:
        """Normal score of the value ``x``; the inverse of ``from_score``."""
        raise TypeError(f"{type(self).__name__} must say its to_score")

    def ppf(self, u: ArrayLike) -> Floats:
        return self.from_score(special.ndtri(_array(u)))

    def cdf(self, x: ArrayLike) -> Floats:
        return np.asarray(special.ndtr(self.to_score(_array(x))))


@attrs.frozen(kw_only=True, repr=False)
class Normal(ScoreLaw):
    """The bell curve. It reaches below zero: bound it with ``Truncated`` or ``Clipped`` where that makes no sense."""

    kind: ClassVar[str] = "normal"
    _mean: float = quantity(ANY, "unit of the quantity", "mean", law=False)
    sd: float = _number(POSITIVE, "standard deviation")

    def from_score(self, z: Floats) -> Floats:
        return self._mean + self.sd * z

    def to_score(self, x: Floats) -> Floats:
        return (x - self._mean) / self.sd

    def mean(self) -> float:
        return self._mean


@attrs.frozen(kw_only=True, repr=False)
class LogNormal(ScoreLaw):
    """A positive quantity whose logarithm is normal: half of it lies below ``median``."""

    kind: ClassVar[str] = "lognormal"
    median: float = _number(POSITIVE, "median")
    log_sd: float = quantity(POSITIVE, "log", "standard deviation of the logarithm", law=False)

    def from_score(self, z: Floats) -> Floats:
        return self.median * np.exp(self.log_sd * z)

    def to_score(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.log(np.maximum(x, 0.0) / self.median) / self.log_sd

    def mean(self) -> float:
        return self.median * math.exp(0.5 * self.log_sd**2)


@attrs.frozen(kw_only=True, repr=False)
class NormalRange(ScoreLaw):
    """An expert's range: normal, a share ``coverage`` of it between ``low`` and ``high``, the rest outside alike."""

    kind: ClassVar[str] = "normal_range"
    low: float = _number(ANY, "lower end of the range")
    high: float = _number(ANY, "upper end of the range, above low")
    coverage: float = quantity(_COVERAGE, "share", "share of the law inside the range", default=0.9, law=False)

    def _across(self) -> Iterator[Fault]:
        return _ordered(self, "low", "high")

    def _sd(self) -> float:
        return (self.high - self.low) / (2.0 * float(special.ndtri(0.5 + 0.5 * self.coverage)))

    def from_score(self, z: Floats) -> Floats:
        return self.mean() + self._sd() * z

    def to_score(self, x: Floats) -> Floats:
        return (x - self.mean()) / self._sd()

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)


@attrs.frozen(kw_only=True, repr=False)
class LogNormalRange(ScoreLaw):
    """An expert's range of a positive quantity ("5 % to 95 %: 0.5 to 4"): lognormal, ``coverage`` of it inside."""

    kind: ClassVar[str] = "lognormal_range"
    low: float = _number(POSITIVE, "lower end of the range")
    high: float = _number(POSITIVE, "upper end of the range, above low")
    coverage: float = quantity(_COVERAGE, "share", "share of the law inside the range", default=0.9, law=False)

    def _across(self) -> Iterator[Fault]:
        return _ordered(self, "low", "high")

    def _as_lognormal(self) -> LogNormal:
        score = float(special.ndtri(0.5 + 0.5 * self.coverage))
        return LogNormal(median=math.sqrt(self.low * self.high), log_sd=0.5 * math.log(self.high / self.low) / score)

    def from_score(self, z: Floats) -> Floats:
        return self._as_lognormal().from_score(z)

    def to_score(self, x: Floats) -> Floats:
        return self._as_lognormal().to_score(x)

    def mean(self) -> float:
        return self._as_lognormal().mean()


@attrs.frozen(kw_only=True, repr=False)
class ThreeQuantiles(ScoreLaw):
    """A law through three stated quantiles: the median, and two that enclose a share ``coverage`` of it.

    A shifted lognormal (or normal, when the median lies in the middle), so it has one finite end at most: bound it
    where the quantity has bounds. Source: Myerson (2005), Probability Models for Economic Decisions, ch. 4.
    """

    kind: ClassVar[str] = "three_quantiles"
    low: float = _number(ANY, "lower quantile")
    median: float = _number(ANY, "median")
    high: float = _number(ANY, "upper quantile")
    coverage: float = quantity(_COVERAGE, "share", "share of the law between low and high", default=0.9, law=False)

    def _across(self) -> Iterator[Fault]:
        if not self.low < self.median < self.high:
            value = (self.low, self.median, self.high)
            yield Fault(f"{self.home}.median", "must lie between low and high", value)

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


@attrs.frozen(kw_only=True, repr=False)
class Exponential(LawBase):
    """A time without memory: however long it has lasted, it lasts ``mean`` more on average."""

    kind: ClassVar[str] = "exponential"
    _mean: float = quantity(POSITIVE, "unit of the quantity", "mean", law=False)

    def ppf(self, u: ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return -self._mean * np.log1p(-_array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        return -np.expm1(-np.maximum(_array(x), 0.0) / self._mean)

    def mean(self) -> float:
        return self._mean


@attrs.frozen(kw_only=True, repr=False)
class Bernoulli(LawBase):
    """``yes`` with probability ``chance``, else ``no``."""

    kind: ClassVar[str] = "bernoulli"
    chance: float = quantity(SHARE, "probability", "probability of yes", law=False)
    no: float = _number(ANY, "value when it does not happen", default=0.0)
    yes: float = _number(ANY, "value when it happens, above no", default=1.0)

    def _across(self) -> Iterator[Fault]:
        return _ordered(self, "no", "yes")

    def ppf(self, u: ArrayLike) -> Floats:
        return np.where(_array(u) > 1.0 - self.chance, self.yes, self.no)

    def cdf(self, x: ArrayLike) -> Floats:
        x = _array(x)
        return np.where(x >= self.yes, 1.0, np.where(x >= self.no, 1.0 - self.chance, 0.0))

    def support(self) -> tuple[float, float]:
        return self.no, self.yes

    def mean(self) -> float:
        return self.no + self.chance * (self.yes - self.no)


@attrs.frozen(kw_only=True, repr=False)
class Discrete(LawBase):
    """One of several values, each with its weight; the weights need not sum to 1."""

    kind: ClassVar[str] = "discrete"
    values: tuple[float, ...] = numbers(ANY, "unit of the quantity", "the values, rising")
    weights: tuple[float, ...] = numbers(NONNEGATIVE, "weight", "how likely each is, in any scale")

    def _across(self) -> Iterator[Fault]:
        if not self.values:
            yield Fault(f"{self.home}.values", "must hold at least one value", self.values)
        elif len(self.weights) != len(self.values):
            yield Fault(
                f"{self.home}.weights", f"must have as many numbers as values ({len(self.values)})", self.weights
            )
        elif sum(self.weights) <= 0:
            yield Fault(f"{self.home}.weights", "must not all be zero", self.weights)
        if any(a >= b for a, b in zip(self.values, self.values[1:], strict=False)):
            yield Fault(f"{self.home}.values", "must rise from left to right", self.values)

    def _reached(self) -> Floats:
        total = np.cumsum(self.weights)
        return np.asarray(total / total[-1])

    def ppf(self, u: ArrayLike) -> Floats:
        # A u of exactly 0 asks for the lowest value that can happen at all.
        at = np.searchsorted(self._reached(), np.maximum(_array(u), 5e-324), side="left")
        return _array(self.values)[at]

    def cdf(self, x: ArrayLike) -> Floats:
        reached = np.concatenate([[0.0], self._reached()])
        return np.asarray(reached[np.searchsorted(_array(self.values), _array(x), side="right")])

    def mean(self) -> float:
        return float(np.dot(self.values, self.weights) / np.sum(self.weights))


@attrs.frozen(kw_only=True, repr=False)
class Empirical(LawBase):
    """A sample that was observed, each value as likely as it was seen."""

    kind: ClassVar[str] = "empirical"
    sample: tuple[float, ...] = numbers(ANY, "unit of the quantity", "the observed values, in any order")

    def _across(self) -> Iterator[Fault]:
        if not self.sample:
            yield Fault(f"{self.home}.sample", "must hold at least one value", self.sample)

    def ppf(self, u: ArrayLike) -> Floats:
        count = len(self.sample)
        at = np.clip(np.ceil(_array(u) * count - 1e-9).astype(np.intp) - 1, 0, count - 1)
        return np.asarray(np.sort(self.sample)[at])

    def cdf(self, x: ArrayLike) -> Floats:
        return np.searchsorted(np.sort(self.sample), _array(x), side="right") / len(self.sample)

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
        elif not float(self.law.cdf(high)) > float(self.law.cdf(low)):
            yield Fault(f"{self.home}.high", "must leave some of the law between low and high", (low, high))

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
        return float(self.law.cdf(low)), float(self.law.cdf(high))

    def ppf(self, u: ArrayLike) -> Floats:
        below, upto = self._shares()
        return np.clip(self.law.ppf(below + (upto - below) * _array(u)), *self.support())

    def cdf(self, x: ArrayLike) -> Floats:
        below, upto = self._shares()
        return np.clip((self.law.cdf(_array(x)) - below) / (upto - below), 0.0, 1.0)


@attrs.frozen(kw_only=True, repr=False)
class Clipped(_Bounded):
    """A law with what lies outside the bounds put on the nearer bound (a demand that can be nil, but not negative)."""

    kind: ClassVar[str] = "clipped"

    def ppf(self, u: ArrayLike) -> Floats:
        return np.clip(self.law.ppf(_array(u)), *self._bounds())

    def cdf(self, x: ArrayLike) -> Floats:
        x = _array(x)
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
