"""Continuous distributions: each has its ``ppf`` and its ``cdf`` side by side, and most a closed mean."""

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
from ..declare.rules import ANY, AT_LEAST_ONE, POSITIVE, Rule
from .base import Floats, Known, LawBase, ScoreLaw, as_array, parameter

_COVERAGE = Rule("must lie in [0.001, 0.999999]", 0.001, 0.999999)
#: Logarithms are cut here, beyond which their exponentials are no floats.
_FARTHEST_LOG = 600.0
#: The smallest number that floats hold in full.
_TINY = float(np.finfo(np.float64).tiny)
_LOG_SD = Rule("must lie in (0, 10]", 0.0, 10.0, open_low=True)
#: Above, SciPy's quantiles of beta laws are no longer in order.
_SHAPES = Rule("must lie in (0, 1e11]", 0.0, 1e11, open_low=True)
#: Below, the lowest quantiles are rounded to zero; not far above, SciPy's incomplete gamma function loses its tails.
_SHAPE = Rule("must lie in [0.05, 100000]", 0.05, 1e5)


@fact(kw_only=False)
class Uniform(LawBase):
    """Uniform distribution: every value between ``low`` and ``high`` is equally likely."""

    kind: ClassVar[str] = "uniform"
    example: ClassVar[str] = "{ uniform = [1, 3] }"
    known: ClassVar[Known] = Known(2.0, ((0.25, 1.5),), "scipy.stats.uniform(1, 2)")
    low: Annotated[float, parameter(ANY, "lowest value")]
    high: Annotated[float, parameter(ANY, "highest value, above low")]

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * as_array(u)

    def logpdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        return np.where((self.low <= x) & (x <= self.high), -math.log(self.high - self.low), -np.inf)

    def cdf(self, x: ArrayLike) -> Floats:
        return np.clip((as_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)


@fact(kw_only=False)
class Triangular(LawBase):
    """Triangular distribution: the density rises in a straight line from ``low`` to ``mode`` and falls to ``high``."""

    kind: ClassVar[str] = "triangular"
    example: ClassVar[str] = "{ triangular = [1, 2, 4] }"
    known: ClassVar[Known] = Known(7.0 / 3.0, ((0.1, 1.5477226), (0.9, 3.2254033)), "scipy.stats.triang(1 / 3, 1, 3)")
    low: Annotated[float, parameter(ANY, "lowest value")]
    mode: Annotated[float, parameter(ANY, "likeliest value")]
    high: Annotated[float, parameter(ANY, "highest value, above low")]

    def ppf(self, u: ArrayLike) -> Floats:
        u = as_array(u)
        span, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(u * span * left)
        falling = self.high - np.sqrt((1.0 - u) * span * right)
        return np.clip(np.where(u * span < left, rising, falling), self.low, self.high)

    def cdf(self, x: ArrayLike) -> Floats:
        x = np.clip(as_array(x), self.low, self.high)
        span, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        below, above = np.minimum(x, self.mode) - self.low, self.high - np.maximum(x, self.mode)
        # A side so short that floats do not hold it is a step.
        rising = below**2 / (span * left) if span * left > _TINY else np.zeros_like(x)
        falling = 1.0 - above**2 / (span * right) if span * right > _TINY else np.ones_like(x)
        return np.where(x < self.mode, rising, falling)

    def logpdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        below, above = (x - self.low, self.mode - self.low), (self.high - x, self.high - self.mode)
        with np.errstate(divide="ignore", invalid="ignore"):
            height = np.where(x < self.mode, below[0] / below[1], above[0] / above[1])
            at_mode = np.where(x == self.mode, 1.0, height)
            return np.asarray(np.log(2.0 * np.maximum(at_mode, 0.0) / (self.high - self.low)))

    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3.0

    def _can_be_computed(self) -> bool:
        return (self.high - self.low) ** 2 > _TINY and super()._can_be_computed()


@fact(kw_only=False)
class Pert(LawBase):
    """PERT distribution: a beta distribution from a lowest, a most likely and a highest value.

    Its mean is ``(low + weight * mode + high) / (weight + 2)``. Source: Malcolm et al. (1959), Operations Research
    7(5), who use a ``weight`` of 4.

    Examples
    --------
    >>> import avtosim
    >>> round(avtosim.Pert(0.5, 0.9, 1).mean(), 3)
    0.85
    """

    kind: ClassVar[str] = "pert"
    example: ClassVar[str] = "{ pert = [0.5, 0.9, 1] }"
    known: ClassVar[Known] = Known(0.85, ((0.05, 0.68936164),), "scipy.stats.beta(4.2, 1.8, 0.5, 0.5)")
    low: Annotated[float, parameter(ANY, "lowest value")]
    mode: Annotated[float, parameter(ANY, "likeliest value")]
    high: Annotated[float, parameter(ANY, "highest value, above low")]
    weight: Annotated[float, quantity(_SHAPES, "ratio", "how strongly the likeliest value pulls")] = 4.0

    def _shapes(self) -> tuple[float, float]:
        at = (self.mode - self.low) / (self.high - self.low)
        return 1.0 + self.weight * at, 1.0 + self.weight * (1.0 - at)

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * special.betaincinv(*self._shapes(), as_array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        at = np.clip((as_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(special.betainc(*self._shapes(), at))

    def logpdf(self, x: ArrayLike) -> Floats:
        return _log_beta(*self._shapes(), self.low, self.high, as_array(x))

    def mean(self) -> float:
        return (self.low + self.weight * self.mode + self.high) / (self.weight + 2.0)


@fact(kw_only=False)
class Beta(LawBase):
    """Beta distribution with shape parameters ``a`` and ``b`` on the interval from ``low`` to ``high``."""

    kind: ClassVar[str] = "beta"
    example: ClassVar[str] = "{ beta = [2, 5] }"
    known: ClassVar[Known] = Known(2.0 / 7.0, ((0.1, 0.092595259), (0.9, 0.51031631)), "scipy.stats.beta(2, 5)")
    a: Annotated[float, quantity(_SHAPES, "shape", "first shape")]
    b: Annotated[float, quantity(_SHAPES, "shape", "second shape")]
    low: Annotated[float, parameter(ANY, "lowest value")] = 0.0
    high: Annotated[float, parameter(ANY, "highest value, above low")] = 1.0

    def ppf(self, u: ArrayLike) -> Floats:
        return self.low + (self.high - self.low) * special.betaincinv(self.a, self.b, as_array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        at = np.clip((as_array(x) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(special.betainc(self.a, self.b, at))

    def logpdf(self, x: ArrayLike) -> Floats:
        return _log_beta(self.a, self.b, self.low, self.high, as_array(x))

    def mean(self) -> float:
        return self._within(self.low + (self.high - self.low) * self.a / (self.a + self.b))


def _log_beta(a: float, b: float, low: float, high: float, x: Floats) -> Floats:
    """Logarithm of the density of a beta law."""
    at = (x - low) / (high - low)
    inside = (at >= 0.0) & (at <= 1.0)
    at = np.where(inside, at, 0.5)
    with np.errstate(divide="ignore"):
        made = special.xlogy(a - 1.0, at) + special.xlog1py(b - 1.0, -at) - special.betaln(a, b)
    return np.where(inside, made - math.log(high - low), -np.inf)


@fact(kw_only=False)
class Normal(ScoreLaw):
    """Normal distribution.

    It has no ends: where a quantity cannot be negative, bound it with ``Truncated`` or ``Clipped``.
    """

    kind: ClassVar[str] = "normal"
    example: ClassVar[str] = "{ normal = [100, 15] }"
    known: ClassVar[Known] = Known(100.0, ((0.05, 75.327196), (0.975, 129.39946)), "scipy.stats.norm(100, 15)")
    _mean: Annotated[float, parameter(ANY, "mean")] = attrs.field(alias="mean")
    sd: Annotated[float, parameter(POSITIVE, "standard deviation")]

    def from_score(self, z: Floats) -> Floats:
        return self._mean + self.sd * z

    def to_score(self, x: Floats) -> Floats:
        return (x - self._mean) / self.sd

    def _log_slope(self, x: Floats) -> Floats:
        return np.full_like(x, -math.log(self.sd))

    def mean(self) -> float:
        return self._mean


@fact(kw_only=False)
class LogNormal(ScoreLaw):
    """Lognormal distribution: positive values whose logarithm is normal."""

    kind: ClassVar[str] = "lognormal"
    example: ClassVar[str] = "{ lognormal = [0.4, 0.8] }"
    known: ClassVar[Known] = Known(0.55085111, ((0.05, 0.10729496),), "scipy.stats.lognorm(0.8, scale=0.4)")
    median: Annotated[float, parameter(POSITIVE, "median")]
    log_sd: Annotated[float, quantity(_LOG_SD, "log", "standard deviation of the logarithm")]

    def from_score(self, z: Floats) -> Floats:
        return self.median * np.exp(self.log_sd * z)

    def to_score(self, x: Floats) -> Floats:
        return np.log(np.maximum(x, 0.0) / self.median) / self.log_sd

    def _log_slope(self, x: Floats) -> Floats:
        return -np.log(self.log_sd * x)

    def mean(self) -> float:
        return self.median * math.exp(0.5 * self.log_sd**2)


@fact(kw_only=False)
class LogStudentT(LawBase):
    """Student's t distribution on the logarithm: the law of a new value, as a few past ones foretell it.

    If logarithms are normal, and all that is known of their mean and variance are ``n`` past values, a new value has
    ``n - 1`` degrees of freedom, the exponential of the logarithms' mean as ``median``, and their standard deviation
    times ``sqrt(1 + 1 / n)`` as ``log_scale``. Source: Gelman et al. (2013), Bayesian Data Analysis, section 3.2.

    It has no finite mean: where one is needed, bound it with ``Truncated`` or ``Clipped``. Since every value that a run
    can draw must be finite, values end at ``exp(600)`` times the median, far beyond any quantity of a plant.

    Examples
    --------
    >>> import avtosim
    >>> import numpy as np
    >>> logs = np.log([31, 36, 27, 40, 35, 29, 33, 38])
    >>> scale = logs.std(ddof=1) * np.sqrt(1 + 1 / logs.size)
    >>> avtosim.LogStudentT(np.exp(logs.mean()), scale, logs.size - 1).ppf([0.05, 0.5, 0.95]).round(1).tolist()
    [25.4, 33.4, 43.8]
    """

    kind: ClassVar[str] = "log_student_t"
    example: ClassVar[str] = "{ log_student_t = [0.4, 0.3, 7] }"
    known: ClassVar[Known] = Known(
        math.inf, ((0.05, 0.22657839), (0.99, 0.98323683)), "exp of scipy.stats.t(7, log(0.4), 0.3)"
    )
    median: Annotated[float, parameter(POSITIVE, "median")]
    log_scale: Annotated[float, quantity(_LOG_SD, "log", "scale of the logarithm")]
    degrees_of_freedom: Annotated[float, quantity(AT_LEAST_ONE, "count", "degrees of freedom: past values less one")]

    def ppf(self, u: ArrayLike) -> Floats:
        u = as_array(u)
        # One tail is the mirror of the other; some versions of SciPy give no quantile at 0 and at 1.
        tail = np.minimum(u, 1.0 - u)
        t = np.where(tail == 0.0, np.inf, np.abs(special.stdtrit(self.degrees_of_freedom, tail)))
        log = self.log_scale * np.copysign(t, u - 0.5)
        return self.median * np.exp(np.where(tail == 0.0, log, np.clip(log, -_FARTHEST_LOG, _FARTHEST_LOG)))

    def cdf(self, x: ArrayLike) -> Floats:
        with np.errstate(divide="ignore", over="ignore"):
            t = np.log(np.maximum(as_array(x), 0.0) / self.median) / self.log_scale
        return np.asarray(special.stdtr(self.degrees_of_freedom, t))

    def logpdf(self, x: ArrayLike) -> Floats:
        x, df = as_array(x), self.degrees_of_freedom
        log = np.log(np.where(x > 0.0, x, 1.0) / self.median) / self.log_scale
        norm = special.gammaln(0.5 * (df + 1.0)) - special.gammaln(0.5 * df) - 0.5 * math.log(df * math.pi)
        made = norm - 0.5 * (df + 1.0) * np.log1p(log**2 / df) - np.log(self.log_scale * np.where(x > 0.0, x, 1.0))
        return np.where(x > 0.0, made, -np.inf)

    def mean(self) -> float:
        return math.inf


@fact(kw_only=False)
class NormalRange(ScoreLaw):
    """Normal distribution from an expert's range.

    A value falls between ``low`` and ``high`` with probability ``coverage``, and on either side with equal probability.
    """

    kind: ClassVar[str] = "normal_range"
    example: ClassVar[str] = "{ normal_range = [900, 1100] }"
    known: ClassVar[Known] = Known(1000.0, ((0.25, 958.99393),), "scipy.stats.norm(1000, 100 / 1.6448536)")
    low: Annotated[float, parameter(ANY, "lower end of the range")]
    high: Annotated[float, parameter(ANY, "upper end of the range, above low")]
    coverage: Annotated[float, quantity(_COVERAGE, "share", "share of the law inside the range")] = 0.9

    def _sd(self) -> float:
        return (self.high - self.low) / (2.0 * float(special.ndtri(0.5 + 0.5 * self.coverage)))

    def from_score(self, z: Floats) -> Floats:
        return self.mean() + self._sd() * z

    def to_score(self, x: Floats) -> Floats:
        return (x - self.mean()) / self._sd()

    def _log_slope(self, x: Floats) -> Floats:
        return np.full_like(x, -math.log(self._sd()))

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)


@fact(kw_only=False)
class LogNormalRange(ScoreLaw):
    """Lognormal distribution from an expert's range of a positive quantity ("5 % to 95 %: 0.5 to 4").

    A value falls between ``low`` and ``high`` with probability ``coverage``, and on either side with equal probability.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.LogNormalRange(0.5, 4).ppf([0.05, 0.95]).round(6).tolist()
    [0.5, 4.0]
    """

    kind: ClassVar[str] = "lognormal_range"
    example: ClassVar[str] = "{ lognormal_range = [0.5, 4] }"
    known: ClassVar[Known] = Known(1.7269419, ((0.25, 0.92332408),), "scipy.stats.lognorm(0.63210535, 0, sqrt(2))")
    low: Annotated[float, parameter(POSITIVE, "lower end of the range")]
    high: Annotated[float, parameter(POSITIVE, "upper end of the range, above low")]
    coverage: Annotated[float, quantity(_COVERAGE, "share", "share of the law inside the range")] = 0.9

    def _across(self) -> Iterator[Fault]:
        yield from super()._across()
        if self.low < self.high and self._log_sd() > _LOG_SD.high:
            rule = f"must not be so far above low that the standard deviation of the logarithm exceeds {_LOG_SD.high:g}"
            yield Fault(f"{self.address}.high", rule, self.high)

    def _log_sd(self) -> float:
        return 0.5 * math.log(self.high / self.low) / float(special.ndtri(0.5 + 0.5 * self.coverage))

    def from_score(self, z: Floats) -> Floats:
        return math.sqrt(self.low * self.high) * np.exp(self._log_sd() * z)

    def to_score(self, x: Floats) -> Floats:
        return np.log(np.maximum(x, 0.0) / math.sqrt(self.low * self.high)) / self._log_sd()

    def _log_slope(self, x: Floats) -> Floats:
        return -np.log(self._log_sd() * x)

    def mean(self) -> float:
        return math.sqrt(self.low * self.high) * math.exp(0.5 * self._log_sd() ** 2)


@fact(kw_only=False)
class ThreeQuantiles(ScoreLaw):
    """Distribution through three stated quantiles: the median, and two with probability ``coverage`` between them.

    A shifted lognormal distribution, or a normal one if the median lies in the middle. It has at most one finite end:
    where the quantity has bounds, bound it. Source: Myerson (2005), Probability Models for Economic Decisions, ch. 4.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.ThreeQuantiles(80, 100, 150).ppf([0.05, 0.5, 0.95]).round(6).tolist()
    [80.0, 100.0, 150.0]
    """

    kind: ClassVar[str] = "three_quantiles"
    example: ClassVar[str] = "{ three_quantiles = [80, 100, 150] }"
    known: ClassVar[Known] = Known(105.59486, ((0.25, 89.559482),), "scipy.stats.lognorm(0.55706521, 200/3, 100/3)")
    low: Annotated[float, parameter(ANY, "lower quantile")]
    median: Annotated[float, parameter(ANY, "median")]
    high: Annotated[float, parameter(ANY, "upper quantile")]
    coverage: Annotated[float, quantity(_COVERAGE, "share", "share of the law between low and high")] = 0.9

    def _across(self) -> Iterator[Fault]:
        if not self.low < self.median < self.high:
            rule = f"must lie between low ({self.low:g}) and high ({self.high:g})"
            yield Fault(f"{self.address}.median", rule, self.median)
        elif abs(self._shape()[1]) / self._shape()[2] > _LOG_SD.high:
            rule = f"must lie less far from the middle: the logarithm's standard deviation exceeds {_LOG_SD.high:g}"
            yield Fault(f"{self.address}.median", rule, self.median)

    def _shape(self) -> tuple[float, float, float]:
        """Scale, log of the skew, and the score of the upper quantile; a skew nearer to none than 1e-9 is none."""
        up, down = self.high - self.median, self.median - self.low
        return up, math.log(max(up / down, 5e-324)), float(special.ndtri(0.5 + 0.5 * self.coverage))

    def from_score(self, z: Floats) -> Floats:
        up, skew, at = self._shape()
        if abs(skew) < 1e-9:
            return self.median + up * z / at
        return self.median + up * np.expm1(skew * z / at) / math.expm1(skew)

    def to_score(self, x: Floats) -> Floats:
        up, skew, at = self._shape()
        if abs(skew) < 1e-9:
            return (x - self.median) * at / up
        return np.log1p(np.maximum((x - self.median) * math.expm1(skew) / up, -1.0)) * at / skew

    def _log_slope(self, x: Floats) -> Floats:
        up, skew, at = self._shape()
        if abs(skew) < 1e-9:
            return np.full_like(x, math.log(at / up))
        rise = math.expm1(skew) / up
        return math.log(rise * at / skew) - np.log1p((x - self.median) * rise)

    def mean(self) -> float:
        up, skew, at = self._shape()
        if abs(skew) < 1e-9:
            return self.median
        return self.median + up * math.expm1(0.5 * (skew / at) ** 2) / math.expm1(skew)


@fact(kw_only=False)
class Exponential(LawBase):
    """Exponential distribution: a time that, however long it has lasted, lasts ``mean`` longer on average."""

    kind: ClassVar[str] = "exponential"
    example: ClassVar[str] = "{ exponential = 0.5 }"
    known: ClassVar[Known] = Known(0.5, ((0.5, 0.34657359), (0.99, 2.3025851)), "scipy.stats.expon(scale=0.5)")
    _mean: Annotated[float, parameter(POSITIVE, "mean")] = attrs.field(alias="mean")

    def ppf(self, u: ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return -self._mean * np.log1p(-as_array(u))

    def cdf(self, x: ArrayLike) -> Floats:
        return -np.expm1(-np.maximum(as_array(x), 0.0) / self._mean)

    def logpdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        return np.where(x >= 0.0, -x / self._mean - math.log(self._mean), -np.inf)

    def mean(self) -> float:
        return self._mean


@fact(kw_only=False)
class Gamma(LawBase):
    """Gamma distribution: positive values with mean ``shape * scale`` and variance ``shape * scale**2``.

    For a whole ``shape`` it is a time of so many steps, each of them exponential with mean ``scale``.
    """

    kind: ClassVar[str] = "gamma"
    example: ClassVar[str] = "{ gamma = [2, 0.5] }"
    known: ClassVar[Known] = Known(1.0, ((0.1, 0.2659058), (0.99, 3.319176)), "scipy.stats.gamma(2, scale=0.5)")
    shape: Annotated[float, quantity(_SHAPE, "shape", "shape: the mean in units of scale")]
    scale: Annotated[float, parameter(POSITIVE, "scale: the mean for a shape of 1")]

    def ppf(self, u: ArrayLike) -> Floats:
        return np.asarray(self.scale * special.gammaincinv(self.shape, as_array(u)))

    def cdf(self, x: ArrayLike) -> Floats:
        with np.errstate(over="ignore"):
            return np.asarray(special.gammainc(self.shape, np.maximum(as_array(x), 0.0) / self.scale))

    def logpdf(self, x: ArrayLike) -> Floats:
        at = as_array(x) / self.scale
        inside = np.maximum(at, 0.0)
        with np.errstate(divide="ignore"):
            made = special.xlogy(self.shape - 1.0, inside) - inside - special.gammaln(self.shape) - math.log(self.scale)
        return np.where(at >= 0.0, made, -np.inf)

    def mean(self) -> float:
        return self.shape * self.scale


@fact(kw_only=False)
class Weibull(LawBase):
    """Weibull distribution: a time whose chance to end rises with its age if ``shape`` is above 1, and falls if below.

    With a ``shape`` of 1 it is exponential. Source: Weibull (1951), Journal of Applied Mechanics 18(3).
    """

    kind: ClassVar[str] = "weibull"
    example: ClassVar[str] = "{ weibull = [1.5, 2] }"
    known: ClassVar[Known] = Known(
        1.8054906, ((0.1, 0.44615105), (0.99, 5.5359707)), "scipy.stats.weibull_min(1.5, scale=2)"
    )
    shape: Annotated[float, quantity(_SHAPE, "shape", "shape")]
    scale: Annotated[float, parameter(POSITIVE, "scale: the mean for a shape of 1")]

    def ppf(self, u: ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(self.scale * (-np.log1p(-as_array(u))) ** (1.0 / self.shape))

    def cdf(self, x: ArrayLike) -> Floats:
        with np.errstate(over="ignore"):
            return -np.expm1(-((np.maximum(as_array(x), 0.0) / self.scale) ** self.shape))

    def logpdf(self, x: ArrayLike) -> Floats:
        at = as_array(x) / self.scale
        inside = np.maximum(at, 0.0)
        with np.errstate(divide="ignore", over="ignore"):
            made = special.xlogy(self.shape - 1.0, inside) - inside**self.shape + math.log(self.shape / self.scale)
        return np.where(at >= 0.0, made, -np.inf)

    def mean(self) -> float:
        return self.scale * math.gamma(1.0 + 1.0 / self.shape)
