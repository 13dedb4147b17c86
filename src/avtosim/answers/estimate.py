"""Estimates: numbers with an interval, a standard error and the runs they came from."""

from __future__ import annotations

import math
import numbers
from typing import Any

import attrs

from .numbers import FORMATS

__all__ = ["Estimate", "check_share", "check_target"]


@attrs.frozen(kw_only=True)
class Estimate:
    """A number estimated from runs, with a confidence interval.

    Parameters
    ----------
    value : float
        The estimate.
    low, high : float
        Ends of the interval; infinite where the runs are too few to tell.
    standard_error : float
        Standard error of ``value``.
    runs : int
        Runs of the model behind it.
    confidence : float, default 0.95
        Probability, before the runs are made, that the interval covers the true value.
    method : str
        How the interval is made.
    what : str, default ""
        What is estimated.
    unit : str, default ""
        "vehicles", "probability" or "probability difference".
    warning : str, default ""
        Why the estimate needs care.

    Notes
    -----
    The interval covers the random error of the runs alone. It cannot know what is wrong in the scenario.

    ``str(estimate)`` gives the estimate with its interval. A format gives the value alone: a number's format
    (``f"{estimate:,.0f}"``, ``f"{estimate:.1%}"``), or one of "value", "interval", "error", "value with error",
    "difference" and "words", whose digits stop where the interval makes them meaningless.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> chance = avtosim.simulate(june, runs=2000, seed=1).chance(45_000)
    >>> print(chance)
    chance of at least 45,000: 54.3 %, 95 % interval 52.1 % to 56.5 %
    >>> print(f"{chance:value}; {chance:interval}; {chance:words}; {chance:.2%}")
    54.3 %; 52.1 % to 56.5 %; about even (54 %); 54.30 %
    """

    value: float
    low: float
    high: float
    standard_error: float
    runs: int
    confidence: float = 0.95
    method: str
    what: str = ""
    unit: str = ""
    warning: str = ""

    @classmethod
    def of(cls, interval: tuple[float, float, float, float], **rest: Any) -> Estimate:
        """Make an estimate from its numbers in a row.

        Parameters
        ----------
        interval : tuple of float
            Value, lower end, upper end, standard error.
        **rest
            The other parameters of ``Estimate``, by name.

        Returns
        -------
        Estimate
        """
        value, low, high, standard_error = interval
        return cls(value=value, low=low, high=high, standard_error=standard_error, **rest)

    def __format__(self, form: str) -> str:
        if not form:
            return str(self)
        if form in FORMATS:
            return FORMATS[form](self.value, self.low, self.high, self.unit)
        return format(self.value, form).replace("%", " %")

    def __str__(self) -> str:
        head = f"{self.what}: " if self.what else ""
        tail = f" ({self.warning})" if self.warning else ""
        return f"{head}{self:plain}, {100 * self.confidence:g} % interval {self:interval}{tail}"


def check_target(name: str, target: object) -> None:
    """Raise ``ValueError`` unless ``target`` is a number of vehicles."""
    rule = "a number of vehicles, 0 or more"
    if not 0.0 <= _number(name, target, rule) < math.inf:
        raise ValueError(f"{name}: must be {rule}; got {_shown(target)}")


def check_share(name: str, share: object) -> None:
    """Raise ``ValueError`` unless ``share`` is a number between 0 and 1, both excluded."""
    rule = "a number between 0 and 1, both excluded"
    number = _number(name, share, rule)
    if not 0.0 < number < 1.0:
        hint = f"; did you mean {number / 100.0:g}?" if 1.0 < number < 100.0 else ""
        raise ValueError(f"{name}: must be {rule}; got {_shown(share)}{hint}")


def _number(name: str, value: object, rule: str) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ValueError(f"{name}: must be {rule}; got {_shown(value)}")  # noqa: TRY004 - one error for all
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 200:
        return "a whole number of more than 60 digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
