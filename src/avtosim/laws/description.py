"""What a law says in words, so that whoever stated it can see what they have said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from ..declare.containers import FrozenMap
from ..declare.moments import day_of
from ..declare.rules import dated

#: The shares that are shown, each with what it means, and the side that is meant.
_TOLD = {
    0.01: ("one {each} in a hundred", "below"),
    0.1: ("one {each} in ten", "below"),
    0.5: ("half of all", "above"),
    0.9: ("one {each} in ten", "above"),
    0.99: ("one {each} in a hundred", "above"),
}
#: The same sides where a value has a probability of its own, and among dates.
_AT = {"below": "at most that", "above": "at least that"}
_DATES = {"below": "before", "above": "after"}


def _frozen(quantiles: Mapping[float, float]) -> Any:
    by_share: Any = quantiles
    return FrozenMap(by_share)


@attrs.frozen(repr=False)
class Description:
    """What a law says: print it. ``law.describe()`` makes it.

    Parameters
    ----------
    law : str
        The law as it would be typed.
    quantiles : mapping from float to float
        Quantiles by their share, in the unit of the quantity.
    mean : float
        Expected value; infinite where there is no finite one.
    each : str
        What there is one value for: a "year" of an output, a "stop" of a duration.
    dated : bool, default False
        Whether the law is one of dates; its numbers are then months since the year 0, and days are printed.
    steps : frozenset of float, default empty
        Shares whose quantiles have a probability of their own: "at most that" is said of them, not "below".
    """

    law: str
    quantiles: Mapping[float, float] = attrs.field(converter=_frozen)
    mean: float
    each: str
    dated: bool = False
    steps: frozenset[float] = frozenset()

    @classmethod
    def of(cls, law: Any, mean: float, each: str) -> Description:
        """Describe a law.

        Parameters
        ----------
        law : Law
            The law.
        mean : float
            Its mean.
        each : str
            What there is one value for, such as "year".

        Returns
        -------
        Description

        Raises
        ------
        TypeError
            If ``each`` is not text.
        """
        given: object = each
        if not isinstance(given, str):
            raise TypeError(f"each: must be text, such as 'year'; got {given!r:.80}")
        quantiles = {share: float(law.ppf(np.array(share))) for share in _TOLD}
        # Where the share up to a quantile is larger than its own, the quantile has a probability.
        steps = frozenset(share for share, x in quantiles.items() if float(law.cdf(x)) > share + 1e-6)
        return cls(repr(law), quantiles, mean, each, dated(law), steps)

    def __str__(self) -> str:
        shown = day_of if self.dated else _shown
        numbers = {f"P{100 * share:g}": shown(value) for share, value in self.quantiles.items()}
        width = max(map(len, numbers.values()))
        lines = []
        for (name, number), (share, (words, side)) in zip(numbers.items(), _TOLD.items(), strict=True):
            told = _AT[side] if share in self.steps else _DATES[side] if self.dated else side
            lines.append(f"{name:>3}  {number:>{width}}  {words.format(each=self.each)} {told}")
        mean = f"mean {shown(self.mean)}" if math.isfinite(self.mean) else "no finite mean"
        return "\n".join([self.law, *lines, mean])

    __repr__ = __str__


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"
