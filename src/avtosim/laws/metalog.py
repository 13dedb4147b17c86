"""The metalog distribution: a smooth law through quantiles that an expert states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..declare.containers import Converted
from ..declare.faults import Fault
from ..declare.fields import fact, quantity
from ..declare.rules import ANY, Rule
from .base import Floats, Known, LawBase, as_array, parameter, remembered

Quantiles: TypeAlias = Converted[Mapping[float, Any], Mapping[float, float]]

_INSIDE = Rule("must lie strictly between 0 and 1", 1e-9, 1.0 - 1e-9)
_FEWEST, _MOST = 3, 10
#: Condition of the equations from which they say nothing; those of ten even shares have a million.
_SINGULAR = 1e10
#: A slope so small is none but for rounding, as in the tails of a law that ends by itself.
_FLAT = 1e-12
#: Each term by its powers of (y - 1/2) and of the logit, in the order in which terms are added.
_TERMS = ((0, 0), (0, 1), (1, 1), (1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0), (4, 1))
#: Logits beyond which no share is a float other than 0 and 1, and those at which slopes are looked at.
_FARTHEST, _LOOKED_AT = 700.0, np.linspace(-40.0, 40.0, 16_001)


@fact(kw_only=False)
class Metalog(LawBase):
    """Metalog distribution: a smooth law that goes through 3 to 10 stated quantiles, between bounds if there are any.

    Notes
    -----
    The quantile at the share y is ``a1 + a2 s + a3 (y - 1/2) s + a4 (y - 1/2) + ...`` with ``s = log(y / (1 - y))`` and
    as many terms as quantiles are stated. With one bound, the logarithm of the distance from the bound has this form
    (with a minus sign for an upper bound); with two, the logarithm of the ratio of the distances from both. Some rows
    of quantiles have no such law: for P10, P50 and P90 without bounds, the median must lie between 0.167 and 0.833 of
    the way from P10 to P90. With a lower bound alone the upper tail may be too heavy for a finite mean. Source: Keelin
    (2016), Decision Analysis 13(4).

    Examples
    --------
    >>> import avtosim
    >>> law = avtosim.Metalog({0.1: 10, 0.5: 20, 0.9: 50}, low=0)
    >>> law.ppf([0.1, 0.5, 0.9]).round(6).tolist()
    [10.0, 20.0, 50.0]
    >>> law.describe()
    Metalog(quantiles={0.1: 10.0, 0.5: 20.0, 0.9: 50.0}, low=0.0)
     P1  4.946  one year in a hundred below
    P10     10  one year in ten below
    P50     20  half of all above
    P90     50  one year in ten above
    P99  143.2  one year in a hundred above
    mean 27.88
    """

    kind: ClassVar[str] = "metalog"
    example: ClassVar[str] = '{ metalog = { quantiles = { "0.1" = 10, "0.5" = 20, "0.9" = 50 } } }'
    # The mean is a1 + a3 / 2, the quantile at 3/4 a1 + (a2 + a3 / 4) log 3.
    known: ClassVar[Known] = Known(25.688995165, ((0.1, 10.0), (0.75, 33.125)), "Keelin (2016), by hand")
    quantiles: Annotated[
        Quantiles, quantity(ANY, "unit of the quantity", "quantiles by their shares", edge="opening", keys=_INSIDE)
    ]
    low: Annotated[float | None, parameter(ANY, "lower bound")] = None
    high: Annotated[float | None, parameter(ANY, "upper bound")] = None

    def _across(self) -> Iterator[Fault]:
        at, count, values = f"{self.address}.quantiles", len(self.quantiles), list(self.quantiles.values())
        if not _FEWEST <= count <= _MOST:
            yield Fault(at, f"must hold {_FEWEST} to {_MOST} quantiles", count)
        elif any(left >= right for left, right in pairwise(values)):
            yield Fault(at, "must rise with their shares", self.quantiles)
        elif self.low is not None and self.low >= values[0]:
            yield Fault(f"{self.address}.low", f"must lie below the lowest quantile ({values[0]:g})", self.low)
        elif self.high is not None and self.high <= values[-1]:
            yield Fault(f"{self.address}.high", f"must lie above the highest quantile ({values[-1]:g})", self.high)
        elif self._fitted() is None:
            even = "seven shares that lie evenly about one half" if count == 7 else "these shares"
            hint = "leave one out, or move one"
            yield Fault(at, f"must determine the law; {even} leave it open", self.quantiles, hint)
        elif np.any(falling := (slopes := _slope(_LOOKED_AT, self._terms)) < -_FLAT * np.max(slopes)):
            share = float(special.expit(min(_LOOKED_AT[falling], key=abs)))
            bounds = [f"{end} {x:g}" for end, x in (("low", self.low), ("high", self.high)) if x is not None]
            between = f" with {' and '.join(bounds)}" if bounds else ""
            rule = f"must be quantiles that a metalog law can have{between}; it would fall near the share {share:.3g}"
            hint = f"state {'other bounds' if bounds else 'bounds'}, or quantiles that lie more evenly"
            yield Fault(at, rule, self.quantiles, hint)

    def _fitted(self) -> Floats | None:
        return _fit(tuple(self.quantiles.items()), self.low, self.high)

    @property
    def _terms(self) -> Floats:
        terms = self._fitted()
        assert terms is not None
        return terms

    def ppf(self, u: ArrayLike) -> Floats:
        u = as_array(u)
        ends = (u <= 0.0) | (u >= 1.0)
        logit = special.logit(np.where(ends, 0.5, u))
        with np.errstate(over="ignore"):
            inside = _from_line(_value(logit, self._terms), self.low, self.high)
        low, high = self.support()
        # Rounding may lead a little beyond a bound.
        return np.where(ends, np.where(u <= 0.0, low, high), np.clip(inside, low, high))

    def _logit(self, x: Floats) -> Floats:
        """The logit of the share below each value, which must lie between the bounds."""
        line, terms = _to_line(x, self.low, self.high), self._terms
        low, high = np.full_like(x, -_FARTHEST), np.full_like(x, _FARTHEST)
        for _ in range(64):
            middle = 0.5 * (low + high)
            below = _value(middle, terms) < line
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return 0.5 * (low + high)

    def cdf(self, x: ArrayLike) -> Floats:
        x, (low, high) = as_array(x), self.support()
        inside = (low < x) & (x < high)
        middle = next(iter(self.quantiles.values()))
        shares = special.expit(self._logit(np.where(inside, x, middle)))
        return np.where(inside, shares, np.where(x <= low, 0.0, 1.0))

    def logpdf(self, x: ArrayLike) -> Floats:
        x, (low, high) = as_array(x), self.support()
        inside = (low < x) & (x < high)
        x = np.where(inside, x, next(iter(self.quantiles.values())))
        logit = self._logit(x)
        made = (
            special.log_expit(logit)
            + special.log_expit(-logit)
            - np.log(np.maximum(_slope(logit, self._terms), 1e-300))
        )
        made -= np.log(x - low) if self.low is not None else 0.0
        made -= np.log(high - x) if self.high is not None else 0.0
        made += math.log(high - low) if math.isfinite(high - low) else 0.0
        return np.where(inside, made, -np.inf)

    def support(self) -> tuple[float, float]:
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high


def _to_line(x: Floats, low: float | None, high: float | None) -> Floats:
    """Values between the bounds as numbers without bounds."""
    if low is None:
        return x if high is None else -np.log(high - x)
    return np.log(x - low) if high is None else np.log((x - low) / (high - x))


def _from_line(line: Floats, low: float | None, high: float | None) -> Floats:
    if low is None:
        return line if high is None else high - np.exp(-line)
    return low + (np.exp(line) if high is None else (high - low) * special.expit(line))


def _value(logit: Floats, terms: Floats) -> Floats:
    """The quantile on the line without bounds, at logits of shares."""
    from_half = special.expit(logit) - 0.5
    parts = (a * from_half**power * logit**times for a, (power, times) in zip(terms, _TERMS, strict=False))
    return np.asarray(sum(parts))


def _slope(logit: Floats, terms: Floats) -> Floats:
    """The derivative of ``_value`` by the logit."""
    from_half, rise = special.expit(logit) - 0.5, special.expit(logit) * special.expit(-logit)
    parts = (
        a * (power * from_half ** max(power - 1, 0) * rise * logit**times + times * from_half**power)
        for a, (power, times) in zip(terms, _TERMS, strict=False)
    )
    return np.asarray(sum(parts))


@remembered
def _fit(quantiles: tuple[tuple[float, float], ...], low: float | None, high: float | None) -> Floats | None:
    """The terms of the law through these quantiles; None where the shares do not determine it."""
    shares, values = np.array(quantiles).T
    columns = np.array([_value(special.logit(shares), term) for term in np.eye(shares.size)]).T
    if np.linalg.cond(columns) > _SINGULAR:
        return None
    return np.linalg.solve(columns, _to_line(values, low, high))
