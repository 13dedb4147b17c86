"""Estimates: numbers with an interval, a standard error and the runs they came from."""

from __future__ import annotations

import numbers
import os
import sys
from typing import Any, TypeGuard

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import Number, say
from ..upward import upward
from . import intervals
from .numbers import FORMATS, VEHICLES

Floats = NDArray[np.float64]


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
        "vehicles", "probability", "probability difference" or "units of cost".
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
    >>> chance = avtosim.simulate(june, runs=2000, seed=1).chance(25_000)
    >>> print(chance)
    chance of at least 25,000: 47.3 %, 95 % interval 45.2 % to 49.5 %
    >>> print(f"{chance:value}; {chance:interval}; {chance:words}; {chance:.2%}")
    47.3 %; 45.2 % to 49.5 %; about even (47 %); 47.35 %
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
    def of(cls, interval: intervals.Interval, **rest: Any) -> Estimate:
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

    def to_pandas(self) -> Any:
        """The estimate as a data frame of one row.

        Returns
        -------
        pandas.DataFrame
            With value, low, high, unit and what made them, unrounded.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        return upward("Estimate.table")(self).to_pandas()

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the estimate as comma-separated values: a head and a line, unrounded.

        Parameters
        ----------
        path : str or path
            The file. One that exists is replaced, whole or not at all.

        Raises
        ------
        TypeError, ValueError
            If ``path`` can name no file.
        OSError
            If the file cannot be written.
        """
        upward("Estimate.table")(self).to_csv(path)

    def __float__(self) -> float:
        return self.value

    def __format__(self, form: str) -> str:
        if not form:
            return str(self)
        if form in FORMATS:
            return FORMATS[form](self.value, self.low, self.high, self.unit)
        return format(self.value, form).replace("%", " %")

    def __str__(self) -> str:
        return str(self.text)

    def _repr_html_(self) -> str:
        shown: str = upward("Estimate.table")(self)._repr_html_()
        return shown

    @property
    def text(self) -> str:
        """What it is, its value, its interval and its warning."""
        percent, ends = Number(f"{100 * self.confidence:g}", self.confidence), format(self, "interval")
        text = say("{value}, {percent} % interval {ends}", value=format(self, "plain"), percent=percent, ends=ends)
        text = say("{what}: {value}", what=self.what, value=text) if self.what else text
        return say("{text} ({warning})", text=text, warning=self.warning) if self.warning else text


def mean_estimate(values: Floats, replicate_size: int, confidence: float, what: str) -> Estimate:
    """The mean of outputs, which ``what`` names."""
    check_share("confidence", confidence)
    found = intervals.mean(values, replicate_size, confidence)
    rest = {"method": "Student's t", "what": what, "unit": VEHICLES}
    return Estimate.of(found, runs=values.size, confidence=confidence, **rest)


def quantile_estimate(
    values: Floats, share: float, replicate_size: int, confidence: float, of: str = "", *, ordered: Floats | None = None
) -> Estimate:
    """A quantile of outputs; ``of`` names them, and ``ordered`` are the same outputs sorted, where that is done."""
    check_share("share", share)
    check_share("confidence", confidence)
    ordered = np.sort(values) if ordered is None else ordered
    value, low, high, error = intervals.quantile(ordered, values, share, replicate_size, confidence)
    method = "order statistics" if replicate_size == 1 else "Woodruff's, over independent replicates"
    what = say("P{percent}{of}", percent=Number(f"{100 * share:g}", share), of=of)
    rest = {"method": method, "what": what, "unit": VEHICLES}
    # Output cannot be negative.
    return Estimate.of((value, max(low, 0.0), high, error), runs=values.size, confidence=confidence, **rest)


def worst_estimate(values: Floats, share: float, replicate_size: int, confidence: float, what: str) -> Estimate:
    """The mean of the lowest ``share`` of outputs; see ``Result.mean_of_worst``."""
    check_share("share", share)
    check_share("confidence", confidence)
    at = float(np.quantile(values, share, method="inverted_cdf"))
    found = intervals.mean(at - np.maximum(at - values, 0.0) / share, replicate_size, confidence)
    rest = {"method": "Student's t", "what": what, "unit": VEHICLES}
    value, low, high, error = found
    return Estimate.of((value, max(low, 0.0), high, error), runs=values.size, confidence=confidence, **rest)


def check_target(name: str, target: object) -> None:
    """Raise ``ValueError`` unless ``target`` is a number of vehicles."""
    if not _is_number(target) or not 0.0 <= target <= sys.float_info.max:
        raise ValueError(f"{name}: must be a number of vehicles, 0 or more; got {_shown(target)}")


def check_share(name: str, share: object) -> None:
    """Raise ``ValueError`` unless ``share`` is a number between 0 and 1, both excluded."""
    if not _is_number(share) or not 0.0 < share < 1.0:
        hint = f"; did you mean {share / 100.0:g}?" if _is_number(share) and 1.0 < share < 100.0 else ""
        raise ValueError(f"{name}: must be a number between 0 and 1, both excluded; got {_shown(share)}{hint}")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 200:
        return "a whole number of more than 60 digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
