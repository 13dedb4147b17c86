"""A law times a number, and any stated number times one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..declare.faults import Fault
from ..declare.fields import fact, quantity, stated
from ..declare.rules import ANY, POSITIVE, Law, Rule, is_discrete, support_of
from .base import Floats, Known, LawBase, as_array, log_density, mean_of
from .bounded import Clipped
from .varying import Named, Stepwise, Varying


@fact(kw_only=False)
class Scaled(LawBase):
    """A law times a number: the same uncertainty at another level.

    Notes
    -----
    A value of the law comes from the same draw as before, times the number. So a scenario in which a law is scaled can
    be compared run by run with the one in which it is not.

    Examples
    --------
    >>> import avtosim
    >>> law = avtosim.Scaled(avtosim.Pert(50, 80, 90), 1.1)
    >>> [round(end, 6) for end in law.support()]
    [55.0, 99.0]
    """

    kind: ClassVar[str] = "scaled"
    example: ClassVar[str] = "{ scaled = { law = { uniform = [1, 3] }, times = 1.5 } }"
    known: ClassVar[Known] = Known(3.0, ((0.25, 2.25),), "scipy.stats.uniform(1.5, 3)")
    law: Annotated[Law, stated("the law to multiply")]
    times: Annotated[float, quantity(POSITIVE, "ratio", "what its values are multiplied by")]

    @property
    def discrete(self) -> bool:  # type: ignore[override]
        """Whether the law inside gives separate values only."""
        return is_discrete(self.law)

    def _across(self) -> Iterator[Fault]:
        if getattr(self.law, "dates", ()):
            yield Fault(f"{self.address}.law", "must be a law of numbers; a date cannot be multiplied", self.law)

    def _unscaled(self, x: ArrayLike) -> Floats:
        at = as_array(x) / self.times
        # A value that has a probability must be met, whichever way the division was rounded.
        return at + 4.0 * np.spacing(np.abs(at)) if self.discrete else at

    def ppf(self, u: ArrayLike) -> Floats:
        return np.asarray(self.times * as_array(self.law.ppf(as_array(u))))

    def cdf(self, x: ArrayLike) -> Floats:
        return as_array(self.law.cdf(self._unscaled(x)))

    def logpdf(self, x: ArrayLike) -> Floats:
        at = self._unscaled(x)
        if not self.discrete:
            return log_density(self.law, at) - math.log(self.times)
        value = as_array(self.law.ppf(self.law.cdf(at)))
        return np.where(np.abs(value - at) <= 8.0 * np.spacing(np.abs(at)), log_density(self.law, value), -np.inf)

    def support(self) -> tuple[float, float]:
        low, high = support_of(self.law)
        return self.times * low, self.times * high

    def mean(self) -> float:
        try:
            return self.times * mean_of(self.law)
        except ValueError:
            return math.inf


def scaled(value: Any, times: float, rule: Rule) -> Any:
    """A stated number of any kind times a number; a law is kept within the rule, its probability beyond put on the end.

    What follows a named quantity has no ends of its own, and may break the rule.
    """
    if times == 1.0:
        return value
    if isinstance(value, float):
        made: Any = min(max(times * value, rule.low), rule.high)
    elif isinstance(value, Varying):
        law = scaled(value.law, times, rule)
        made = law if isinstance(law, float) else Varying(law, value.persistence, value.lasting)
    elif isinstance(value, Stepwise):
        made = Stepwise({month: scaled(step, times, rule) for month, step in value.steps.items()})
    elif isinstance(value, Named):
        made = Named(value.name, *(scaled(part, times, ANY) for part in (value.times, value.plus)))
    else:
        law = Scaled(value.law, times * value.times) if isinstance(value, Scaled) else Scaled(value, times)
        made = _kept(law, rule)
    return made


def _kept(law: Scaled, rule: Rule) -> Any:
    """A law kept within a rule; a number where nothing of it lies inside."""
    low, high = law.support()
    if low >= rule.high or high <= rule.low:
        return rule.high if low >= rule.high else rule.low
    ends = rule.low if low < rule.low else None, rule.high if high > rule.high else None
    return law if ends == (None, None) else Clipped(law, *ends)
