"""Quantities compiled: a number, a law drawn once a run, or a law redrawn each month, all read the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..chance.points import Points
from ..chance.space import Cause
from ..facts.fields import support_of
from ..facts.laws import Varying, mean_of
from . import quantile

__all__ = ["Collector", "Compiled", "Drawn", "Floats", "Monthly", "Value"]

Floats = NDArray[np.float64]
#: A certain number, one number a run (1, runs), or one a run and month (months, runs).
Value = float | Floats


@attrs.frozen
class Compiled:
    """A certain quantity, and the base of those that are not."""

    value: float

    def read(self, points: Points) -> Value:  # noqa: ARG002 - a certain number needs none
        """The quantity's values at these points."""
        return self.value

    @property
    def reference(self) -> float:
        """The number that stands for the quantity where a single one is needed: itself, or its law's mean."""
        return self.value

    def all_year(self, read: Value) -> Value:
        """The quantity's number of the year, given what was read: itself, or the reference where it changes monthly."""
        return read

    @property
    def highest(self) -> float:
        """A number the quantity hardly ever exceeds: a bound of its law, or what one value in a million exceeds."""
        return self.value


@attrs.frozen
class Drawn(Compiled):
    """A quantity drawn once a run from a law."""

    law: Any
    cause: Cause
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
class Monthly(Drawn):
    """A quantity redrawn each month; its scores are a stationary AR(1), so its law holds in every month."""

    persistence: float

    def all_year(self, read: Value) -> Value:  # noqa: ARG002 - what was read changes from month to month
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
        self.causes: list[Cause] = []
        #: For each set of stops the share of running time that its fixed number of coordinates can miss, at most.
        self.neglected: dict[str, float] = {}

    def cause(self, owner: str, what: str, *, monthly: bool, scores: bool) -> Cause:
        """A new cause of the fact at ``owner``; ``what`` says which of its chances it is."""
        name = "/".join(filter(None, [owner.replace(".", "/"), what]))
        cause = Cause(name, owner, monthly, scores)
        self.causes.append(cause)
        return cause

    def quantity(self, owner: str, stated: Any) -> Compiled:
        """The quantity stated at the address ``owner``."""
        if isinstance(stated, float):
            return Compiled(stated)
        if isinstance(stated, Varying):
            # A name of its own: the same number may be a law in one scenario and vary in the next.
            cause = self.cause(owner, "monthly", monthly=True, scores=True)
            law = stated.law
            return Monthly(0.0, law, cause, quantile.reader(law), stated.persistence)
        return Drawn(0.0, stated, self.cause(owner, "", monthly=False, scores=True), quantile.reader(stated))
