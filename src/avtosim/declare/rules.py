"""Rules of numbers, and the declaration of a field: its rule, its unit, its meaning, the kinds of value it takes."""

from __future__ import annotations

import abc
import math
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import attrs
import numpy as np

from .moments import Date, Edge

#: Largest size of a number: sums and products of such numbers stay far from overflow.
LARGEST = 1e15


@runtime_checkable
class Law(Protocol):
    """A probability distribution: any object with ``ppf`` and ``cdf``, such as a frozen one of ``scipy.stats``."""

    def ppf(self, u: Any, /) -> Any:
        """Evaluate the quantile function.

        Parameters
        ----------
        u : array_like of float
            Probabilities in [0, 1], in any shape.

        Returns
        -------
        ndarray of float
            The values below which a share ``u`` of the distribution lies, in the shape of ``u``.
        """

    def cdf(self, x: Any, /) -> Any:
        """Evaluate the cumulative distribution function.

        Parameters
        ----------
        x : array_like of float
            Values, in any shape.

        Returns
        -------
        ndarray of float
            The probabilities of a value of at most ``x``, in the shape of ``x``.
        """


class StandsForLaw(abc.ABC):
    """Base of what is a law among other things, such as a view with its cases: a fact holds the law alone."""

    __slots__ = ()

    @property
    @abc.abstractmethod
    def as_law(self) -> Law:
        """The law alone, of the library, so that a file can hold it."""


@runtime_checkable
class Shared(Protocol):
    """A number that follows a named quantity of the scenario, such as ``2 * Named("belief") + 1``."""

    #: Names of the quantities that it follows.
    uses: frozenset[str]


#: A number, the law of an uncertain one, or what follows a named quantity.
Quantity: TypeAlias = float | Law | Shared
#: A quantity on the time axis: months from the beginning of the first month, a month or a date.
Moment: TypeAlias = Quantity | str


@attrs.frozen
class Rule:
    """What a number must be: inside an interval, which may be open below, or a whole number in it."""

    text: str
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    whole: bool = False

    def broken_by(self, value: float) -> bool:
        """Whether ``value`` breaks the rule; NaN, infinity and sizes beyond the largest always do."""
        inside = abs(value) <= LARGEST and self.low <= value <= self.high
        return not inside or (self.open_low and value == self.low) or (self.whole and value != int(value))

    def text_for(self, value: float) -> str:
        """The rule in words, as ``value`` breaks it."""
        return self.text if abs(value) <= LARGEST else f"must be a finite number of at most {LARGEST:g} in size"

    def broken_by_support(self, low: float, high: float) -> bool:
        """Whether a law that reaches from ``low`` to ``high`` can break the rule."""
        return not (self.low <= low and high <= self.high)


ANY = Rule("must be a finite number")
SHARE = Rule("must lie in [0, 1]", 0.0, 1.0)
NONNEGATIVE = Rule("must be zero or more", 0.0)
POSITIVE = Rule("must be above zero", 0.0, open_low=True)
AT_LEAST_ONE = Rule("must be 1 or more", 1.0)

Role = Literal[
    "quantity",
    "numbers",
    "map",
    "name",
    "reference",
    "names",
    "choice",
    "text",
    "prose",
    "part",
    "parts",
    "family",
    "law",
    "laws",
]


@attrs.frozen
class Spec:
    """The declaration of one field, kept in its attrs metadata; the decorator adds what the annotation says."""

    role: Role
    meaning: str
    unit: str = ""
    rule: Rule = ANY
    length: int | None = None
    refers_to: tuple[str, ...] = ()
    law: bool = False
    varying: bool = False
    #: Facts that may stand in place of a number, such as one number after another; and whether a row of numbers may.
    forms: tuple[type[Any], ...] = ()
    row: bool = False
    #: Whether a month or a date may stand for the number, and which edge of it is meant.
    edge: Edge | None = None
    #: Whether one number may stand for a whole table of them.
    single: bool = False
    #: The rule of a table's keys, where these are numbers.
    keys: Rule | None = None
    #: Words that may stand in place of a number.
    words: tuple[str, ...] = ()
    optional: bool = False
    choices: tuple[str, ...] = ()
    of: Any = None


def is_law(value: object) -> bool:
    """Whether ``value`` is a law: it has ``ppf`` and ``cdf`` that can be called."""
    try:
        return not isinstance(value, type) and all(callable(getattr(value, method, None)) for method in ("ppf", "cdf"))
    except Exception:  # noqa: BLE001 - an attribute of a stranger's object may raise anything
        return False


def dated(value: object) -> bool:
    """Whether a number is a date, or a law is one of dates."""
    return isinstance(value, Date) or (is_law(value) and bool(getattr(value, "dates", ())))


def support_of(law: Any) -> tuple[float, float]:
    """Lowest and highest value a law can give: its ``support()``, or else its quantiles at 0 and 1."""
    low, high = law.support() if callable(getattr(law, "support", None)) else law.ppf(np.array([0.0, 1.0]))
    return float(low), float(high)


def is_discrete(law: Any) -> bool:
    """Whether a law gives separate values only: it says so itself, or has SciPy's ``pmf``."""
    return bool(getattr(law, "discrete", hasattr(law, "pmf")))


def gives_fractions(law: Any) -> bool:
    """Whether any of 999 quantiles of a law is not a whole number."""
    return bool(np.any(np.asarray(law.ppf(np.arange(1, 1000) / 1000.0), dtype=np.float64) % 1.0))
