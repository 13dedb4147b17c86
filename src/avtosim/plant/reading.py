"""Reading: what every number of a scenario was in every run of a block, by address, and the three kinds of number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..chance.points import Points
from ..chance.space import RandomInput
from ..declare.faults import FactError, Fault, nearest
from ..declare.rules import support_of
from ..laws import tabulated
from ..laws.base import mean_of
from ..laws.varying import Varying

Floats = NDArray[np.float64]
T = TypeVar("T")


@attrs.frozen(eq=False)
class Constant:
    """A certain number."""

    value: float

    @property
    def highest(self) -> float:
        """The number itself: it never exceeds it."""
        return self.value

    def read(self, points: Points) -> Floats:  # noqa: ARG002 - a certain number needs none
        """The number, shape (1, 1)."""
        return np.full((1, 1), self.value)

    def annual_value(self, values: Floats) -> Floats:
        """The number that stands for the whole year: itself."""
        return values


@attrs.frozen(eq=False)
class PerRun:
    """A number drawn once a run from a law."""

    law: Any
    source: RandomInput
    from_score: Callable[[Floats], Floats]

    @property
    def highest(self) -> float:
        """A number hardly ever exceeded: the upper bound of the law, or what one value in a million exceeds."""
        top = support_of(self.law)[1]
        return top if np.isfinite(top) else float(self.law.ppf(1.0 - 1e-6))

    def read(self, points: Points) -> Floats:
        """The numbers, shape (1, runs)."""
        return self.from_score(points.scores(self.source))

    def annual_value(self, values: Floats) -> Floats:
        """The number that stands for the whole year: the one drawn."""
        return values


@attrs.frozen(eq=False)
class PerMonth(PerRun):
    """A number drawn anew each month; its scores are a stationary AR(1), so its law holds in every month."""

    persistence: float

    def read(self, points: Points) -> Floats:
        """The numbers, shape (months, runs)."""
        scores = points.scores(self.source)
        if self.persistence:
            scores[1:] *= np.sqrt(1.0 - self.persistence**2)
            for month in range(1, len(scores)):
                scores[month] += self.persistence * scores[month - 1]
        return self.from_score(scores)

    def annual_value(self, values: Floats) -> Floats:  # noqa: ARG002 - what was read changes from month to month
        """The number that stands for the whole year: the mean of the law."""
        return np.full((1, 1), mean_of(self.law))


Quantity = Constant | PerRun


def mean_value(stated: Any) -> float:
    """The number that stands for a stated one where a single one is needed: itself, or the mean of its law."""
    law = stated.law if isinstance(stated, Varying) else stated
    return law if isinstance(law, float) else mean_of(law)


class Collector:
    """Gathers the numbers and the random inputs of a scenario while its facts are compiled."""

    def __init__(self) -> None:
        self.quantities: dict[str, Quantity] = {}
        self.inputs: list[RandomInput] = []
        #: For each set of stops the largest share of running time that its fixed number of coordinates can miss.
        self.truncation_bound: dict[str, float] = {}

    def random_input(self, address: str, what: str, *, monthly: bool, scores: bool) -> RandomInput:
        """A new random input of the fact at ``address``; ``what`` says which of the fact's it is."""
        name = "/".join(filter(None, [address.replace(".", "/"), what]))
        made = RandomInput(name, address, monthly, scores)
        self.inputs.append(made)
        return made

    def quantity(self, address: str, stated: Any) -> Quantity:
        """The number stated at an address; from now on it can be read there."""
        made: Quantity
        if isinstance(stated, float):
            made = Constant(stated)
        elif isinstance(stated, Varying):
            # A name of its own: the same number may be a law in one scenario and vary in the next.
            source = self.random_input(address, "monthly", monthly=True, scores=True)
            made = PerMonth(stated.law, source, tabulated.reader(stated.law), stated.persistence)
        else:
            source = self.random_input(address, "", monthly=False, scores=True)
            made = PerRun(stated, source, tabulated.reader(stated))
        self.quantities[address] = made
        return made


def all_finite(values: Floats) -> bool:
    """Whether all are finite numbers; what is not a number fails every comparison."""
    return bool(values.min(initial=0.0) > -np.inf and values.max(initial=0.0) < np.inf)


class Reading:
    """What every number was at the points of a block, by address: read when it is first needed, and remembered.

    Arrays are (months or 1, runs or 1) and not the reader's to overwrite.
    """

    def __init__(self, quantities: Mapping[str, Quantity], points: Points) -> None:
        self.points = points
        self._quantities = quantities
        self._values: dict[str, Floats] = {}
        self._pinned: frozenset[str] = frozenset()
        self._derived: dict[str, tuple[Any, frozenset[str]]] = {}
        self._used: set[str] = set()

    def __getitem__(self, address: str) -> Floats:
        self._used.add(address)
        if address not in self._values:
            values = self._known(address).read(self.points)
            if not all_finite(values):
                rule = "must be a finite number in every run; its law gives others"
                raise FactError([Fault(address, rule, float(values[~np.isfinite(values)][0]), "bound the law")])
            self._values[address] = values
        return self._values[address]

    def _known(self, address: str) -> Quantity:
        if address not in self._quantities:
            rule = "must be a number that the model reads"
            raise FactError([Fault(address, rule, None, nearest(address, self._quantities))])
        return self._quantities[address]

    def annual_value(self, address: str) -> Floats:
        """The number that stands for the whole year, (1, runs or 1): for one drawn anew each month the law's mean."""
        values = self[address]
        return values if address in self._pinned else self._known(address).annual_value(values)

    def derived(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` works out from this reading, remembered under ``name`` with the addresses that it read."""
        if name not in self._derived:
            before, self._used = self._used, set()
            made = make()
            self._derived[name] = made, frozenset(self._used)
            self._used = before
        value, used = self._derived[name]
        self._used |= used
        return value  # type: ignore[no-any-return]

    def pin(self, values: Mapping[str, ArrayLike]) -> Reading:
        """The same block with the numbers at these addresses put at stated values, (months or 1, runs or 1).

        What was read or derived without them is taken over, so a replay draws and reads only what they change. Raises
        ``FactError`` for an address that the model does not read, for values that are not finite, and for those above
        what room was made for: a lead time or a rate of stops above the highest that the scenario allows.
        """
        made = Reading(self._quantities, self.points)
        for address, stated in values.items():
            array = np.atleast_2d(np.asarray(stated, dtype=np.float64))
            highest = self._known(address).highest
            if not np.isfinite(array).all():
                raise FactError([Fault(address, "must be put at finite numbers", stated)])
            if address.endswith((".lead_time", ".stops.per_year")) and array.max() > highest:
                raise FactError([Fault(address, f"must not be put above {highest:g}, the scenario's highest", stated)])
            made._values[address] = array
        made._pinned = self._pinned | values.keys()
        made._values = {**self._values, **made._values}
        made._derived = {n: (v, used) for n, (v, used) in self._derived.items() if not used & values.keys()}
        return made
