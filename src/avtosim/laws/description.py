"""What a law says in words, so that whoever stated it can see what they have said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from ..declare.containers import FrozenMap

#: The shares that are shown, each with what it means.
_TOLD = {
    0.01: "one {each} in a hundred below",
    0.1: "one {each} in ten below",
    0.5: "half of all above",
    0.9: "one {each} in ten above",
    0.99: "one {each} in a hundred above",
}


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
    """

    law: str
    quantiles: Mapping[float, float] = attrs.field(converter=_frozen)
    mean: float
    each: str

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
        return cls(repr(law), {share: float(law.ppf(np.array(share))) for share in _TOLD}, mean, each)

    def __str__(self) -> str:
        numbers = {f"P{100 * share:g}": _shown(value) for share, value in self.quantiles.items()}
        width = max(map(len, numbers.values()))
        lines = [
            f"{name:>3}  {number:>{width}}  {words.format(each=self.each)}"
            for (name, number), words in zip(numbers.items(), _TOLD.values(), strict=True)
        ]
        mean = f"mean {_shown(self.mean)}" if math.isfinite(self.mean) else "no finite mean"
        return "\n".join([self.law, *lines, mean])

    __repr__ = __str__


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"
