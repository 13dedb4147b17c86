"""A linear pool: several laws of the same number, each with its weight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..declare.containers import NO_TABLE, Converted
from ..declare.faults import Fault, nearest
from ..declare.fields import fact, quantity, stated
from ..declare.rules import SHARE, Law, StandsForLaw, is_discrete, support_of
from .base import Floats, Known, LawBase, as_array, log_density, mean_of

#: Most halvings of the range in which a quantile is searched; some fifty close a range of usual width.
_HALVINGS = 100

Laws: TypeAlias = Converted[Mapping[str, Law], Mapping[str, Law]]
Weights: TypeAlias = Converted[Mapping[str, float] | None, Mapping[str, float]]


@fact(kw_only=False)
class Pooled(LawBase, StandsForLaw):
    """Linear pool of several laws of the same number: what experts, data and simulations say, each with its weight.

    Notes
    -----
    Density and ``cdf`` are the weighted means of those of the laws. If the logarithms of the densities were pooled
    instead, the narrowest law would dominate. What ``simulate`` and ``outside_view`` give are laws too. A pool of one
    law is that law. ``ppf`` is found by search, so it takes some fifty evaluations of each ``cdf``. Source: Stone
    (1961), Annals of Mathematical Statistics 32(4).

    Examples
    --------
    >>> import avtosim
    >>> pool = avtosim.Pooled(
    ...     {"planner": avtosim.Pert(60, 80, 90), "dealer": avtosim.Pert(30, 50, 70)},
    ...     weights={"planner": 0.25, "dealer": 0.75},
    ... )
    >>> round(pool.mean(), 6)
    57.083333
    >>> float(pool.cdf(60.0).round(3))
    0.672
    """

    kind: ClassVar[str] = "pooled"
    example: ClassVar[str] = (
        "{ pooled = { laws = { planner = { normal = [1, 1] }, dealer = { normal = [3, 1] } }, "
        "weights = { planner = 0.5, dealer = 0.5 } } }"
    )
    known: ClassVar[Known] = Known(2.0, ((0.5, 2.0), (0.025, -0.64614555)), "brentq on scipy.stats.norm")
    laws: Annotated[Laws, stated("the laws by name")]
    weights: Annotated[Weights, quantity(SHARE, "share", "weight of each law; equal ones where none are stated")] = (
        NO_TABLE
    )

    @property
    def discrete(self) -> bool:  # type: ignore[override]
        """Whether all the laws are discrete."""
        return all(map(is_discrete, self.laws.values()))

    def __attrs_post_init__(self) -> None:
        given: Any = self.weights
        if given is None:
            object.__setattr__(self, "weights", NO_TABLE)
        super().__attrs_post_init__()

    def _across(self) -> Iterator[Fault]:
        if not self.laws:
            yield Fault(f"{self.address}.laws", "must hold at least one law", self.laws)
        if self.weights:
            for name in self.laws.keys() ^ self.weights.keys():
                rule = "must have a weight" if name in self.laws else "must be the name of one of the laws"
                yield Fault(f"{self.address}.weights", rule, name, nearest(name, self.laws.keys() - {name}))
            total = math.fsum(self.weights.values())
            if self.laws.keys() == self.weights.keys() and abs(total - 1.0) > 1e-9:
                yield Fault(f"{self.address}.weights", f"must sum to 1; these sum to {total:g}", self.weights)

    @property
    def parts(self) -> tuple[tuple[float, Any], ...]:
        """The laws whose weight is above zero, as pairs of weight and law."""
        equal = 1.0 / len(self.laws)
        every = ((self.weights[name] if self.weights else equal, law) for name, law in self.laws.items())
        return tuple((weight, law) for weight, law in every if weight > 0.0)

    @property
    def as_law(self) -> Pooled:
        """The pool with the law alone of whatever stands for one: what a fact holds of it."""
        alone = {name: law.as_law if isinstance(law, StandsForLaw) else law for name, law in self.laws.items()}
        return self if all(law is self.laws[name] for name, law in alone.items()) else Pooled(alone, self.weights)

    def _averaged(self, of: Callable[[Any], Any]) -> Any:
        return sum(weight * of(law) for weight, law in self.parts)

    def cdf(self, x: ArrayLike) -> Floats:
        return np.asarray(self._averaged(lambda law: law.cdf(as_array(x))))

    def logpdf(self, x: ArrayLike) -> Floats:
        nothing, made = np.full(np.shape(x), -np.inf), []
        for discrete in (True, False):
            logs = [math.log(w) + log_density(law, x) for w, law in self.parts if is_discrete(law) == discrete]
            made.append(np.asarray(special.logsumexp([nothing, *logs], axis=0)))
        # Beside a probability a density is nothing.
        return np.where(made[0] > -np.inf, made[0], made[1])

    def ppf(self, u: ArrayLike) -> Floats:
        u = as_array(u)
        parts = [law for _, law in self.parts]
        every = np.array([law.ppf(u) for law in parts])
        low, high = every.min(axis=0), every.max(axis=0)
        # At the ends of all shares the quantiles are those of the outermost law.
        first = self.support()[0]
        high, low = np.where(u == 0.0, first, high), np.where(u == 0.0, first, np.where(u == 1.0, high, low))
        with np.errstate(invalid="ignore"):
            span = high - low
        # Where the lowest of the quantiles is enough it is the one: a value with a probability of its own.
        high = np.where(self.cdf(low) >= u, low, high)
        for _ in range(_HALVINGS):
            if not np.any(np.nextafter(low, np.inf) < high):
                break
            middle = np.where(low < high, 0.5 * low + 0.5 * high, high)
            enough = (self.cdf(middle) >= u) | (low == high)
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        # Halving a range around zero comes near to a probability at zero, but never to it.
        high = np.where((high > 0.0) & (high < 1e-25 * span) & (self.cdf(0.0) >= u), 0.0, high)
        return self._snapped(high, parts) if self.discrete else high

    def _snapped(self, x: Floats, laws: list[Any]) -> Floats:
        """The largest value of the laws that is not above ``x``: a search leaves the last digit open."""
        # A share that is rounded to 1 would lead to the end of a law that has none.
        shares = [np.minimum(law.cdf(x), 1.0 - 2.0**-53) for law in laws]
        values = (np.where(at > 0.0, law.ppf(at), -np.inf) for law, at in zip(laws, shares, strict=True))
        return np.asarray(np.max(list(values), axis=0))

    def support(self) -> tuple[float, float]:
        lows, highs = zip(*(support_of(law) for _, law in self.parts), strict=True)
        return min(lows), max(highs)

    def mean(self) -> float:
        try:
            return float(self._averaged(mean_of))
        except ValueError:
            return math.inf
