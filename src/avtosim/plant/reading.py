"""Quantities compiled: a number, a law drawn once a run, or a law redrawn each month, all read the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..chance.points import Points
from ..chance.space import RandomInput
from ..declare.fields import support_of
from ..laws import tabulated
from ..laws.base import mean_of
from ..laws.varying import Varying

__all__ = ["Collector", "Constant", "Floats", "PerMonth", "PerRun", "Value"]

Floats = NDArray[np.float64]
#: A certain number, one number a run (1, runs), or one a run and month (months, runs).
Value = float | Floats


@attrs.frozen
class Constant:
    """A certain quantity, and the base of those that are not."""

    value: float

    def read(self, points: Points) -> Value:  # noqa: ARG002 - a certain number needs none
        """The quantity's values at these points."""
        return self.value

    @property
    def reference(self) -> float:
        """The number that stands for the quantity where a single one is needed: itself, or its law's mean."""
        return self.value

    def annual_value(self, read: Value) -> Value:
        """The quantity's number of the year, given what was read: itself, or the reference where it changes monthly."""
        return read

    @property
    def highest(self) -> float:
        """A number the quantity hardly ever exceeds: a bound of its law, or what one value in a million exceeds."""
        return self.value


@attrs.frozen
class PerRun(Constant):
    """A quantity drawn once a run from a law."""

    law: Any
    cause: RandomInput
    from_score: Callable[[Floats], Floats]

    def read(self, points: Points) -> Value:
        return self.from_score(points.scores(self.cause))

    @property
    def reference(self) -> float:
        return mean_of(self.law)

    @property
    def highest(self) -> float:
        top = support_of(self.law)[1]
        return top if np.isfinite(top) else float(self.law.ppf(1.0 - 1e-6))


@attrs.frozen
class PerMonth(PerRun):
    """A quantity redrawn each month; its scores are a stationary AR(1), so its law holds in every month."""

    persistence: float

    def annual_value(self, read: Value) -> Value:  # noqa: ARG002 - what was read changes from month to month
        return self.reference

    def read(self, points: Points) -> Value:
        scores = points.scores(self.cause)
        if self.persistence:
            fresh = np.sqrt(1.0 - self.persistence**2)
            scores[1:] *= fresh
            for month in range(1, len(scores)):
                scores[month] += self.persistence * scores[month - 1]
        return self.from_score(scores)


class Collector:
    """Gathers the causes of a scenario while its facts are compiled; a cause belongs to the address of its fact."""

    def __init__(self) -> None:
        self.causes: list[RandomInput] = []
        #: For each set of stops the share of running time that its fixed number of coordinates can miss, at most.
        self.truncation_bound: dict[str, float] = {}

    def cause(self, owner: str, what: str, *, monthly: bool, scores: bool, stream: str = "") -> RandomInput:
        """A new cause of the fact at ``owner``; ``what`` says which of its chances it is.

        ``stream`` names its random numbers where they do not have the name of the address.
        """
        name = "/".join(filter(None, [(stream or owner).replace(".", "/"), what]))
        cause = RandomInput(name, owner, monthly, scores)
        self.causes.append(cause)
        return cause

    def quantity(self, owner: str, stated: Any, *, stream: str = "") -> Constant:
        """The quantity stated at the address ``owner``."""
        if isinstance(stated, float):
            return Constant(stated)
        if isinstance(stated, Varying):
            # A name of its own: the same number may be a law in one scenario and vary in the next.
            cause = self.cause(owner, "monthly", monthly=True, scores=True, stream=stream)
            law = stated.law
            return PerMonth(0.0, law, cause, tabulated.reader(law), stated.persistence)
        cause = self.cause(owner, "", monthly=False, scores=True, stream=stream)
        return PerRun(0.0, stated, cause, tabulated.reader(stated))
