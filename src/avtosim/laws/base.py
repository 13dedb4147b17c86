"""What the library's laws share: a name for the file, ``ppf`` beside ``cdf``, a support, a mean."""

from __future__ import annotations

import abc
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ..declare.faults import Fault
from ..declare.fields import Fact, fact, quantity
from ..declare.rules import Rule, Spec

__all__ = ["Floats", "LawBase", "ScoreLaw", "as_array", "mean_of", "ordered", "parameter"]

Floats = NDArray[np.float64]


def parameter(rule: Rule, meaning: str) -> Spec:
    """Declare a parameter in the unit of the quantity that the law stands for."""
    return quantity(rule, "unit of the quantity", meaning)


def as_array(x: ArrayLike) -> Floats:
    """Numbers of any kind as an array of floats."""
    return np.asarray(x, dtype=np.float64)


@fact(kw_only=False)
class LawBase(Fact, abc.ABC):
    """What all of the library's laws share."""

    @abc.abstractmethod
    def ppf(self, u: ArrayLike) -> Floats:
        """Quantile: the value below which a share ``u`` of the law lies. ``u`` in [0, 1], any shape."""

    @abc.abstractmethod
    def cdf(self, x: ArrayLike) -> Floats:
        """Share of the law at or below ``x``, any shape."""

    def support(self) -> tuple[float, float]:
        """Lowest and highest value the law can give."""
        low, high = self.ppf(np.array([0.0, 1.0]))
        return float(low), float(high)

    def mean(self) -> float:
        """Expected value; a closed form where the law has one, else by ``mean_of``'s quadrature."""
        return _mean_by_quadrature(self)


def _mean_by_quadrature(law: Any) -> float:
    """Mean of ``law`` as the integral of its quantile, in normal scores; about six digits for a smooth law.

    A jump of the quantile costs up to a thousandth of its height.
    """
    z = np.linspace(-8.0, 8.0, 8001)
    weight = np.exp(-0.5 * z * z)
    return float(np.sum(weight * law.ppf(special.ndtr(z))) / np.sum(weight))


def mean_of(law: Any) -> float:
    """Expected value of a law of any origin."""
    return float(law.mean()) if callable(getattr(law, "mean", None)) else _mean_by_quadrature(law)


def ordered(law: LawBase, *names: str) -> Iterator[Fault]:
    """Faults of parameters that must not fall from left to right, the first lying below the last."""
    pairs = list(pairwise(names))
    if len(names) > 2:
        pairs.append((names[0], names[-1]))
    for left, right in pairs:
        a, b = getattr(law, left), getattr(law, right)
        strict = (left, right) == (names[0], names[-1])
        if a > b or (strict and a == b):
            word = "above" if strict else "at or above"
            yield Fault(f"{law.address}.{right}", f"must lie {word} {left} ({a:g})", b)


@fact(kw_only=False)
class ScoreLaw(LawBase):
    """A law that is a rising function of a standard normal score, so it can be read without a detour through ``u``."""

    @abc.abstractmethod
    def from_score(self, z: Floats) -> Floats:
        """Value at the normal score ``z``; the inverse of ``to_score``."""

    @abc.abstractmethod
    def to_score(self, x: Floats) -> Floats:
        """Normal score of the value ``x``; the inverse of ``from_score``."""

    def ppf(self, u: ArrayLike) -> Floats:
        return self.from_score(special.ndtri(as_array(u)))

    def cdf(self, x: ArrayLike) -> Floats:
        return np.asarray(special.ndtr(self.to_score(as_array(x))))
