"""Reading: what every number of a scenario was in every run of a block, by address, and the kinds of number."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..chance.points import Points
from ..chance.space import RandomInput
from ..declare.faults import FactError, Fault, nearest
from ..declare.moments import Edge
from ..declare.rules import support_of
from ..facts.addresses import walk
from ..facts.beliefs import product
from ..facts.entities import Calendar
from ..facts.scenario import Scenario
from ..laws import tabulated
from ..laws.base import mean_of, months_of
from ..laws.varying import Named, Stepwise, Total, Varying

Floats = NDArray[np.float64]
T = TypeVar("T")


class Quantity(ABC):
    """A number of a scenario: how it is read from points, and what else is known of it.

    Arrays are (months or 1, runs or 1).
    """

    #: Addresses of other numbers that it is read from.
    depends: frozenset[str] = frozenset()

    @abstractmethod
    def read(self, reading: Reading) -> Floats:
        """Its values at the points of a block."""

    def reference(self, reading: Reading, values: Floats) -> Floats:  # noqa: ARG002 - what is redrawn needs it
        """What stands for it where luck of a single month must not count: ``values``, unless it is redrawn monthly."""
        return values

    @abstractmethod
    def expected(self, months: int) -> Floats:
        """Its mean in each month, (months or 1, 1); that of a product as if its parts were independent."""

    @property
    @abstractmethod
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest value that it can take; infinite where it has no bound."""

    @property
    def highest(self) -> float:
        """A number hardly ever exceeded: the upper end of its reach, or what one value in a million exceeds."""
        return self.reach[1]


@attrs.frozen(eq=False)
class Constant(Quantity):
    """A certain number."""

    value: float

    @property
    def reach(self) -> tuple[float, float]:
        """The number itself."""
        return self.value, self.value

    def expected(self, months: int) -> Floats:  # noqa: ARG002 - the same in all months
        """The number itself."""
        return np.full((1, 1), self.value)

    def read(self, reading: Reading) -> Floats:  # noqa: ARG002 - a certain number needs no points
        """The number, shape (1, 1)."""
        return np.full((1, 1), self.value)


@attrs.frozen(eq=False)
class PerRun(Quantity):
    """A number drawn once a run from a law."""

    law: Any
    source: RandomInput
    from_score: Callable[[Floats], Floats]

    @property
    def reach(self) -> tuple[float, float]:
        """The bounds of the law."""
        return support_of(self.law)

    @property
    def highest(self) -> float:
        """The upper bound of the law, or what one value in a million exceeds."""
        top = self.reach[1]
        return top if np.isfinite(top) else float(self.law.ppf(1.0 - 1e-6))

    def expected(self, months: int) -> Floats:  # noqa: ARG002 - the same in all months
        """The mean of the law."""
        return np.full((1, 1), mean_of(self.law))

    def read(self, reading: Reading) -> Floats:
        """The numbers, shape (1, runs)."""
        return self.from_score(reading.points.scores(self.source))


@attrs.frozen(eq=False)
class PerMonth(PerRun):
    """A number drawn anew each month: its scores are a stationary AR(1) and what lasts all year, so its law holds."""

    persistence: float
    lasting: float
    year: RandomInput | None

    def read(self, reading: Reading) -> Floats:
        """The numbers, shape (months, runs)."""
        scores = reading.points.scores(self.source)
        if self.persistence:
            scores[1:] *= np.sqrt(1.0 - self.persistence**2)
            for month in range(1, len(scores)):
                scores[month] += self.persistence * scores[month - 1]
        if self.year is not None:
            scores *= np.sqrt(1.0 - self.lasting)
            scores += np.sqrt(self.lasting) * reading.points.scores(self.year)
        return self.from_score(scores)

    def reference(self, reading: Reading, values: Floats) -> Floats:  # noqa: ARG002 - the law says it alone
        """The mean of the law."""
        return self.expected(1)


@attrs.frozen(eq=False)
class Steps(Quantity):
    """A number that steps from month to month; each step is a number of its own."""

    stated: Stepwise
    steps: Mapping[str, Quantity]
    addresses: Mapping[str, str]
    calendar: Calendar

    @property
    def depends(self) -> frozenset[str]:  # type: ignore[override]
        """The steps, and what they depend on."""
        return frozenset(self.addresses.values()).union(*(step.depends for step in self.steps.values()))

    @property
    def reach(self) -> tuple[float, float]:
        """From the lowest to the highest of all steps."""
        lows, highs = zip(*(step.reach for step in self.steps.values()), strict=True)
        return min(lows), max(highs)

    def read(self, reading: Reading) -> Floats:
        """The numbers, shape (months, runs or 1)."""
        return self.over(reading, self.calendar.months)

    def over(self, reading: Reading, months: int) -> Floats:
        """The numbers of so many months, which may lead beyond the calendar."""
        return self._laid_out(lambda key: reading[self.addresses[key]], months)

    def expected(self, months: int) -> Floats:
        """The means of the steps."""
        return self._laid_out(lambda key: self.steps[key].expected(1), months)

    def _laid_out(self, of: Callable[[str], Floats], months: int) -> Floats:
        keys = self.stated.at(self.calendar.labelled(months))
        known = {key: of(key) for key in dict.fromkeys(keys)}
        made = np.empty((months, max(values.shape[1] for values in known.values())))
        for month, key in enumerate(keys):
            made[month] = known[key]
        return made


@attrs.frozen(eq=False)
class Follows(Quantity):
    """A number that follows a named quantity: times it, and plus."""

    times: str
    named: str
    plus: str
    parts: tuple[Quantity, Quantity, Quantity]

    @property
    def depends(self) -> frozenset[str]:  # type: ignore[override]
        """The quantity, what it is multiplied by and what is added, and what these depend on."""
        return frozenset({self.times, self.named, self.plus}).union(*(part.depends for part in self.parts))

    @property
    def reach(self) -> tuple[float, float]:
        """From the lowest to the highest that the three together allow."""
        times, named, plus = (part.reach for part in self.parts)
        low, high = product(times, named)
        return low + plus[0], high + plus[1]

    @property
    def highest(self) -> float:
        """What the highest of its parts allow."""
        times, named, plus = (part.highest for part in self.parts)
        return max(self.parts[0].reach[0] * named, times * named, times * self.parts[1].reach[0]) + plus

    def expected(self, months: int) -> Floats:
        """The product of the means, plus the mean of what is added."""
        return _followed(*(part.expected(months) for part in self.parts))

    def read(self, reading: Reading) -> Floats:
        """The numbers, (months or 1, runs or 1)."""
        return _followed(reading[self.times], reading[self.named], reading[self.plus])

    def reference(self, reading: Reading, values: Floats) -> Floats:  # noqa: ARG002 - its parts say it
        """The same of what stands for its parts."""
        return _followed(*(reading.reference(address) for address in (self.times, self.named, self.plus)))


def _followed(times: Floats, named: Floats, plus: Floats) -> Floats:
    made = named if times.size == 1 and times[0, 0] == 1.0 else times * named
    return made if plus.size == 1 and plus[0, 0] == 0.0 else made + plus


#: Fields with the number at which what they state never acts, or always does.
_NEVER = {("chance_of_leaving", 0.0), ("chance", 1.0), ("takeover", 0.0), ("backorder", 0.0)}
#: Kinds of facts, those that move most of a plant first.
_BY_REACH = ("quantities", "shocks", "factors", "partners", "lines", "markets", "vehicles")
#: Ends of addresses of numbers for which room is made when a scenario is compiled.
_ROOM = (".lead_time", ".stops.per_year", ".takeover")


class Collector:
    """Gathers the numbers and the random inputs of a scenario while its facts are compiled."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
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

    def by_reach(self) -> tuple[RandomInput, ...]:
        """All random inputs, fact by fact, with those that move most first: the first quasi-random numbers are best."""
        facts = [tuple(made.name.split("/")[:2]) for made in self.inputs]
        first = {fact: index for index, fact in reversed(list(enumerate(facts)))}
        order = sorted(range(len(facts)), key=lambda i: (_BY_REACH.index(facts[i][0]), first[facts[i]], i))
        return tuple(self.inputs[index] for index in order)

    def quantity(self, address: str, stated: Any, *, edge: Edge = "opening", owner: str = "") -> Quantity:
        """The number stated at an address; from now on it can be read there.

        ``owner`` is the address that its draws are named after, by default its own.
        """
        stated, owner = months_of(stated, self.calendar.first_month, edge), owner or address
        made: Quantity
        if isinstance(stated, float):
            made = Constant(stated)
        elif isinstance(stated, Varying):
            # A name of its own: the same number may be a law in one scenario and vary in the next.
            source = self.random_input(owner, "monthly", monthly=True, scores=True)
            year = self.random_input(owner, "lasting", monthly=False, scores=True) if stated.lasting else None
            read = tabulated.reader(stated.law)
            made = PerMonth(stated.law, source, read, stated.persistence, stated.lasting, year)
        elif isinstance(stated, Stepwise):
            where = {key: f"{address}.{key}" for key in stated.steps}
            # The draw of the first step is that of a number without steps.
            names = dict.fromkeys(stated.steps, "") | {next(iter(stated.steps)): owner}
            steps = {k: self.quantity(where[k], value, owner=names[k]) for k, value in stated.steps.items()}
            made = Steps(stated, steps, where, self.calendar)
        elif isinstance(stated, Named):
            named = f"quantities.{stated.name}"
            parts = self.quantity(f"{address}.times", stated.times), self.quantity(f"{address}.plus", stated.plus)
            made = Follows(f"{address}.times", named, f"{address}.plus", (parts[0], self.quantities[named], parts[1]))
        else:
            source = self.random_input(owner, "", monthly=False, scores=True)
            made = PerRun(stated, source, tabulated.reader(stated))
        self.quantities[address] = made
        return made

    def scenario(self, scenario: Scenario) -> None:
        """All numbers of a scenario, named quantities first, those that others follow before them.

        Left out are durations of stops, which are drawn for each stop.
        """
        left = dict(scenario.quantities)
        while left:
            ready = [name for name, value in left.items() if not getattr(value, "uses", frozenset()) & left.keys()]
            for name in ready:
                self.quantity(f"quantities.{name}", left.pop(name))
        for leaf in walk(scenario):
            known = leaf.address in self.quantities or leaf.address.endswith((".stops.duration", ".stopped_for"))
            # What never acts as it is stated has no room in the model, and cannot be pinned either.
            idle = isinstance(leaf.value, float) and (leaf.address.rpartition(".")[2], leaf.value) in _NEVER
            if known or idle or leaf.spec.role == "numbers" or leaf.spec.words or isinstance(leaf.value, tuple):
                continue
            if isinstance(leaf.value, Total):
                self.quantity(f"{leaf.address}.total", leaf.value.total)
            else:
                self.quantity(leaf.address, leaf.value, edge=leaf.spec.edge or "opening")


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
        self._references: dict[str, Floats] = {}
        self._derived: dict[str, tuple[Any, frozenset[str]]] = {}
        self._used: set[str] = set()

    def __getitem__(self, address: str) -> Floats:
        self._used.add(address)
        depends = self._known(address).depends
        if depends:
            self._used |= depends
        if address not in self._values:
            values = self._known(address).read(self)
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

    def highest(self, address: str) -> float:
        """The highest value that a number can take, or does take where it is pinned."""
        if address in self._pinned:
            return float(self[address].max())
        return self._known(address).reach[1]

    def reference(self, address: str) -> Floats:
        """What stands for a number where luck of a single month must not count, (months or 1, runs or 1)."""
        if address in self._references:
            return self._references[address]
        return self._known(address).reference(self, self[address])

    def over(self, address: str, months: int) -> Floats:
        """What a number is in so many months, which may lead beyond the calendar; (months or 1, runs or 1)."""
        values, quantity = self[address], self._known(address)
        if isinstance(quantity, Steps) and address not in self._pinned:
            return quantity.over(self, months)
        if len(values) == 1:
            return values
        return values[np.minimum(np.arange(months), len(values) - 1)]

    def derived(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` works out from this reading, remembered under ``name`` with what it read and derived."""
        if name not in self._derived:
            before, self._used = self._used, set()
            made = make()
            self._derived[name] = made, frozenset(self._used)
            self._used = before
        self._used.add(name)
        return self._derived[name][0]  # type: ignore[no-any-return]

    def pin(self, values: Mapping[str, ArrayLike]) -> Reading:
        """The same block with the numbers at these addresses put at stated values, (months or 1, runs or 1).

        What was read or derived without them is taken over, so a replay draws and reads only what they change. Raises
        ``FactError`` for an address that the model does not read, for values that are not finite, and for those above
        what room was made for: a lead time or a rate of stops above the highest that the scenario allows.
        """
        stated = {}
        for address, value in values.items():
            array = np.atleast_2d(np.asarray(value, dtype=np.float64))
            highest = self._known(address).highest
            if not np.isfinite(array).all():
                raise FactError([Fault(address, "must be put at finite numbers", value)])
            room = address.endswith(_ROOM) or re.match(r"shocks\.[^.]*\.delay", address)
            if room and array.max() > highest:
                raise FactError([Fault(address, f"must not be put above {highest:g}, the scenario's highest", value)])
            stated[address] = array
        return self.put(stated, {}, {})

    def put(
        self, values: Mapping[str, Floats], references: Mapping[str, Floats], derived: Mapping[str, Any]
    ) -> Reading:
        """The same block with numbers at these values, what stands for them, and what is derived under names put anew.

        Arrays are taken as they are; nothing is checked.
        """
        made = Reading(self._quantities, self.points)
        made._pinned = self._pinned | values.keys()
        known = {
            address: known
            for address, known in self._values.items()
            if address in self._pinned or not self._quantities[address].depends & values.keys()
        }
        made._values = {**known, **values}
        made._references = {**self._references, **{address: values[address] for address in values}, **references}
        made._derived = self._kept(values, derived) | {n: (value, frozenset()) for n, value in derived.items()}
        return made

    def _kept(self, values: Mapping[str, Any], derived: Mapping[str, Any]) -> dict[str, tuple[Any, frozenset[str]]]:
        """What was derived and depends on none of these numbers and of what is derived anew, not by way of others."""
        kept = {name: known for name, known in self._derived.items() if name not in derived}
        changed = set(values) | {n for n in derived if n not in self._derived or self._derived[n][0] is not derived[n]}
        while gone := {name for name, (_, used) in kept.items() if used & changed}:
            changed |= gone
            kept = {name: known for name, known in kept.items() if name not in gone}
        return kept
