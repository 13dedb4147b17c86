"""What the library's probability distributions share: a word for files, an example, support and mean."""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, wraps
from itertools import combinations
from typing import Any, ClassVar, TypeVar

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ..declare.containers import FrozenMap
from ..declare.faults import FactError, Fault, typed_as
from ..declare.fields import Fact, describe, fact, quantity, spec_of
from ..declare.inspection import quiet
from ..declare.moments import Date, Edge, in_months
from ..declare.rules import ANY, Law, Rule, Spec, is_discrete, is_law, support_of
from .description import Description

Floats = NDArray[np.float64]
T = TypeVar("T")


def parameter(rule: Rule, meaning: str) -> Spec:
    """Declare a parameter in the unit of the quantity that the law stands for; where that is free, it may be a date."""
    return quantity(rule, "unit of the quantity", meaning, edge="opening" if rule is ANY else None)


def as_array(x: ArrayLike) -> Floats:
    """Numbers of any kind as an array of floats."""
    return np.asarray(x, dtype=np.float64)


def remembered(work: Callable[..., T]) -> Callable[..., T]:
    """Remember what a function gives for its last arguments; for those that cannot be hashed it works anew."""
    known = lru_cache(maxsize=1024)(work)

    @wraps(work)
    def recalled(*arguments: Any) -> T:
        try:
            return known(*arguments)
        except TypeError:
            return work(*arguments)

    return recalled


@attrs.frozen
class Known:
    """What is known of a law's example from a source other than the law's own code."""

    mean: float
    #: Pairs of a share and its quantile.
    quantiles: tuple[tuple[float, float], ...]
    source: str


@fact(kw_only=False)
class LawBase(Fact, abc.ABC):
    """Base of the library's laws: each has a word for files, one example, ``ppf`` and ``cdf``."""

    #: Whether the law gives separate values only, so that nothing lies between two of its quantiles.
    discrete: ClassVar[bool] = False
    #: One instance of the law as a file states it.
    example: ClassVar[str]
    known: ClassVar[Known]
    #: Parameters that, where a law has them, must not fall in this order; the first must lie below the last.
    in_order: ClassVar[tuple[str, ...]] = ("low", "mode", "high")

    def __attrs_post_init__(self) -> None:
        with quiet():
            if faults := list(self._date_faults()):
                raise FactError(faults)
            super().__attrs_post_init__()
            if not self._can_be_computed():
                rule = "must have parameters less extreme; its quantiles cannot be computed with these"
                raise FactError([Fault(self.address, rule, self)])

    def _can_be_computed(self) -> bool:
        try:
            values = self.ppf(_EXTREMES)
            return bool(np.isfinite([values, self.cdf(values)]).all())
        except (ArithmeticError, ValueError):
            return False

    def _across(self) -> Iterator[Fault]:
        names = [name for name in self.in_order if hasattr(self, name)]
        for left, right in combinations(names, 2):
            a, b = getattr(self, left), getattr(self, right)
            above = "above" if (left, right) == (names[0], names[-1]) else "at or above"
            if a > b or (a == b and above == "above"):
                yield Fault(f"{self.address}.{right}", f"must lie {above} {left} ({a:g})", b)

    def _within(self, mean: float) -> float:
        """A mean that rounding may have moved beyond the values that the law gives, within them."""
        return float(np.clip(mean, *self.support()))

    def _places(self) -> dict[str, Any]:
        """The parameters that say where the law lies, by name, and the laws inside, if any."""
        every = {alias: (spec_of(a), getattr(self, a.name)) for alias, a in describe(type(self)).items()}
        stated = {alias: value for alias, (spec, value) in every.items() if spec.edge or spec.role in ("law", "laws")}
        return {alias: value for alias, value in stated.items() if value is not None}

    @property
    def dates(self) -> tuple[float, ...]:
        """The dates among its parameters, those of the law inside too; empty for a law of plain numbers."""
        items = (item for value in self._places().values() for item in _items(value) if not isinstance(item, type))
        return tuple(date for item in items for date in getattr(item, "dates", (item,)) if isinstance(date, Date))

    def since(self, first_month: str, edge: Edge) -> Law:
        """The same law with its dates as months from the beginning of a month.

        Parameters
        ----------
        first_month : str
            The month, as YYYY-MM.
        edge : {"opening", "closing"}
            Whether a whole month or day among its dates means its beginning or its end.

        Returns
        -------
        Law
            A law of plain numbers.
        """
        moved = {alias: _moved(value, first_month, edge) for alias, value in self._places().items()}
        return type(self)(**{alias: getattr(self, a.name) for alias, a in describe(type(self)).items()} | moved)

    def _date_faults(self) -> Iterator[Fault]:
        if self.dates:
            for alias, value in self._places().items():
                if not all(isinstance(item, Date) or getattr(item, "dates", ()) for item in _items(value)):
                    rule = "must be a date, as another parameter of the law is"
                    yield Fault(f"{self.address}.{alias}", rule, value)

    @abc.abstractmethod
    def ppf(self, u: ArrayLike) -> Floats:
        """Quantile function: the inverse of ``cdf``.

        Parameters
        ----------
        u : array_like
            Shares in [0, 1], any shape.

        Returns
        -------
        ndarray
            For each share the lowest value that is not exceeded with at least that probability, in the shape of ``u``.
        """

    @abc.abstractmethod
    def cdf(self, x: ArrayLike) -> Floats:
        """Cumulative distribution function.

        Parameters
        ----------
        x : array_like
            Values in the unit of the quantity, any shape.

        Returns
        -------
        ndarray
            The probability of a value at or below each ``x``, in the shape of ``x``.
        """

    def logpdf(self, x: ArrayLike) -> Floats:
        """Logarithm of the density; of the probability, for a value whose probability is above zero.

        Parameters
        ----------
        x : array_like
            Values in the unit of the quantity, any shape.

        Returns
        -------
        ndarray
            Natural logarithms of the density per unit of the quantity, in the shape of ``x``; ``-inf`` where the
            density is zero. From a closed form if there is one, otherwise from differences of ``cdf``, to about eight
            digits.
        """
        return _by_differences(self, as_array(x))

    def describe(self, each: str = "year") -> Description:
        """Describe the law in words, so that you can see what you have stated.

        Parameters
        ----------
        each : str, default "year"
            What there is one value for: a "year" of an output, a "stop" of a duration.

        Returns
        -------
        Description
            Print it for the quantiles at 1, 10, 50, 90 and 99 % and the mean; ``quantiles`` holds them as numbers.

        Raises
        ------
        TypeError
            If ``each`` is not text.

        Examples
        --------
        >>> import avtosim
        >>> avtosim.LogNormal(0.5, 1).describe("stop")
        LogNormal(median=0.5, log_sd=1.0)
         P1  0.04883  one stop in a hundred below
        P10   0.1388  one stop in ten below
        P50      0.5  half of all above
        P90    1.801  one stop in ten above
        P99     5.12  one stop in a hundred above
        mean 0.8244
        """
        return Description.of(self, self.mean(), each)

    def support(self) -> tuple[float, float]:
        """Ends of the distribution.

        Returns
        -------
        tuple of float
            The lowest and the highest value that it can give; ``-inf`` or ``inf`` where it has no end.
        """
        low, high = self.ppf(np.array([0.0, 1.0]))
        return float(low), float(high)

    def mean(self) -> float:
        """Expected value.

        Returns
        -------
        float
            The mean in the unit of the quantity, from a closed form where there is one. Otherwise it is a quadrature of
            the quantiles: about six digits for a smooth distribution, up to a thousandth of the height of each jump
            for one with jumps, and ``inf`` where the mean is infinite or rests on the outermost tail.
        """
        return _mean_by_quadrature(self)


def _items(value: Any) -> tuple[Any, ...]:
    """The values of a row or table, or the one value."""
    return tuple(value.values()) if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)


def _moved(value: Any, first_month: str, edge: Edge) -> Any:
    if isinstance(value, tuple):
        return tuple(in_months(item, first_month, edge) for item in value)
    if isinstance(value, Mapping):
        return FrozenMap({key: months_of(item, first_month, edge) for key, item in value.items()})
    return months_of(value, first_month, edge)


def months_of(stated: Any, first_month: str, edge: Edge) -> Any:
    """A moment, or the law of one, in months from the beginning of the first month."""
    if isinstance(stated, LawBase):
        return stated.since(first_month, edge) if stated.dates else stated
    return in_months(stated, first_month, edge)


def log_density(law: Any, x: ArrayLike) -> Floats:
    """Logarithm of the density of a law of any origin, or of its probabilities where it is discrete."""
    for method in ("logpdf", "logpmf"):
        if callable(getattr(law, method, None)):
            with np.errstate(divide="ignore"):
                return as_array(getattr(law, method)(as_array(x)))
    return _by_differences(law, as_array(x))


def _by_differences(law: Any, x: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        if is_discrete(law):
            return np.asarray(np.log(law.cdf(x) - law.cdf(np.nextafter(x, -np.inf))))
        low, high = law.ppf(np.array([0.01, 0.99]))
        step = 1e-4 * (high - low)
        one, two = (np.asarray(law.cdf(x + k * step) - law.cdf(x - k * step)) for k in (1, 2))
        return np.asarray(np.log(np.maximum(8.0 * one - two, 0.0) / (12.0 * step)))


#: The shares at which a law must be finite: the outermost that a run can draw, and the middle.
_EXTREMES = np.array([2.0**-53, 0.5, 1.0 - 2.0**-53])


@remembered
def _mean_by_quadrature(law: Any) -> float:
    """Mean of ``law`` as the integral of its quantiles over normal scores; infinite if the tails do not fade."""
    far, near = (np.abs(law.ppf(np.array([tail, 1.0 - tail]))) for tail in (2.0**-48, 2.0**-28))
    # In a tail without end, probability times value must go to zero; 2**-20 is the ratio of the probabilities.
    heavy = np.isinf(support_of(law)) & (far * 2.0**-20 >= 0.5 * near)
    if heavy.any():
        return math.inf if heavy[1] else -math.inf
    z = np.linspace(-8.0, 8.0, 8001)
    return float(np.average(law.ppf(special.ndtr(z)), weights=np.exp(-0.5 * z * z)))


def mean_of(law: Any) -> float:
    """Expected value of a law of any origin. Raises ``ValueError`` if it has no finite mean."""
    mean = _mean(law)
    if not math.isfinite(mean):
        raise ValueError(f"{typed_as(law)} has no finite mean")
    return mean


def _mean(law: Any) -> float:
    return float(law.mean()) if callable(getattr(law, "mean", None)) else _mean_by_quadrature(law)


def mean_faults(address: str, stated: Any) -> Iterator[Fault]:
    """The fault of a quantity of which a mean is needed, if its law has none."""
    law = getattr(stated, "law", stated) if getattr(type(stated), "redrawn", None) == "monthly" else stated
    if is_law(law) and np.isinf(support_of(law)).any() and not math.isfinite(_mean(law)):
        mend = "bound it: Truncated(law=..., high=...)"
        yield Fault(address, "must have a finite mean, which is needed here", stated, mend)


#: Logarithm of the square root of 2 pi.
_LOG_ROOT = 0.5 * math.log(2.0 * math.pi)


@fact(kw_only=False)
class ScoreLaw(LawBase):
    """A law whose value is an increasing function of a standard normal score."""

    @abc.abstractmethod
    def from_score(self, z: Floats) -> Floats:
        """Value at a standard normal score; the inverse of ``to_score``.

        Parameters
        ----------
        z : ndarray
            Scores, any shape.

        Returns
        -------
        ndarray
            Values in the unit of the quantity, in the shape of ``z``.
        """

    @abc.abstractmethod
    def to_score(self, x: Floats) -> Floats:
        """Standard normal score of a value; the inverse of ``from_score``.

        Parameters
        ----------
        x : ndarray
            Values in the unit of the quantity, any shape.

        Returns
        -------
        ndarray
            Scores in the shape of ``x``; ``-inf`` or ``inf`` beyond the ends of the distribution.
        """

    @abc.abstractmethod
    def _log_slope(self, x: Floats) -> Floats:
        """Logarithm of the derivative of ``to_score``."""

    def logpdf(self, x: ArrayLike) -> Floats:
        x = as_array(x)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = self.to_score(x)
            made = self._log_slope(x) - 0.5 * z**2 - _LOG_ROOT
        return np.where(np.isinf(z), -np.inf, made)

    def ppf(self, u: ArrayLike) -> Floats:
        return self.from_score(special.ndtri(as_array(u)))

    def cdf(self, x: ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(special.ndtr(self.to_score(as_array(x))))
