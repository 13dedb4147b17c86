"""What a year was made of: every number that may differ between runs, and how long what happened went on.

The methods that look for reasons in runs (which numbers decide, which years are typical) read it as a table of one row
for each element and one column for each run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

import attrs
import numpy as np

from ..chance.space import RandomInput
from ..facts.wording import in_words
from ..say import say
from .drivers import ActiveShocks, FactorDriver, LineDriver, PartnerDriver, ShockDriver
from .multiplier import Columns
from .outages import Running
from .reading import Floats, PerMonth, PerRun, Quantity, Reading

#: A number drawn from a law; months in which stops left nothing running; months for which a partner was gone; months in
#: which a shock was active; the mean deviation of a factor.
What = Literal["number", "stopped", "gone", "active", "moved"]
_TEXTS: Mapping[What, Callable[..., str]] = {
    "stopped": partial(say, "months that {name} stood still"),
    "gone": partial(say, "months after {name} left"),
    "active": partial(say, "months of {name}"),
    "moved": partial(say, "move of {name}"),
}


@attrs.frozen
class Element:
    """One of what a year is made of.

    ``address`` is that of the number, of the stops, or of the fact. ``luck`` says that it happens in the year, rather
    than being what it is from the start and not known.
    """

    address: str
    what: What
    unit: str
    luck: bool

    @property
    def is_event(self) -> bool:
        """Whether it goes on for some time of the year, rather than being a number."""
        return self.what in ("stopped", "gone", "active")

    @property
    def text(self) -> str:
        """The element in words."""
        words = in_words(self.address)
        return _TEXTS[self.what](name=words) if self.what in _TEXTS else words


def not_known(random_input: RandomInput) -> bool:
    """Whether an input stands for what is not known; the others are luck.

    Not known are laws drawn once a run, with the part of a monthly law that lasts all year. Luck are stops, leaving,
    whether a shock comes, draws of single months, moves of factors, and delays of launches.
    """
    return random_input.scores and not random_input.monthly and not _is_delay(random_input.address)


def _is_delay(address: str) -> bool:
    return address.startswith("vehicles.") and address.endswith(".delay")


@attrs.frozen(eq=False)
class Makeup:
    """The elements of a model's year, and how they are read."""

    elements: tuple[Element, ...]
    shocks: Sequence[ShockDriver]
    partners: Sequence[PartnerDriver]
    #: Of numbers that are redrawn each month, what stands for the part that lasts, by address.
    lasting: Mapping[str, RandomInput]

    @classmethod
    def of(
        cls,
        quantities: Mapping[str, Quantity],
        units: Mapping[str, str],
        shocks: Sequence[ShockDriver],
        factors: Sequence[FactorDriver],
        partners: Sequence[PartnerDriver],
        lines: Sequence[LineDriver],
    ) -> Makeup:
        """The elements of these drivers, numbers first."""
        made = [
            Element(address, "number", _unit(address, units), _is_luck(address, quantity))
            for address, quantity in quantities.items()
            if isinstance(quantity, PerRun)
        ]
        stops = [fact.stops for fact in partners] + [fact.stops for fact in lines]
        made += [Element(one.address, "stopped", "months", luck=True) for one in stops if one is not None]
        made += [Element(p.address, "gone", "months", luck=True) for p in partners if p.leaving is not None]
        made += [Element(shock.address, "active", "months", luck=True) for shock in shocks]
        made += [Element(factor.address, "moved", "log", luck=True) for factor in factors]
        years = {address: q.year for address, q in quantities.items() if isinstance(q, PerMonth) and q.year is not None}
        return cls(tuple(made), tuple(shocks), tuple(partners), years)

    def unknown(self, reading: Reading) -> Floats:
        """What could be known of each element that is not luck, (elements, runs); its score for a part that lasts."""
        made = [
            reading.points.scores(self.lasting[one.address]) if one.address in self.lasting else reading[one.address]
            for one in self.elements
            if not one.luck
        ]
        return np.concatenate(made) if made else np.empty((0, reading.points.runs))

    def by_month(
        self, reading: Reading, running: Running, active: ActiveShocks, paths: Mapping[str, Floats]
    ) -> Iterator[Floats]:
        """What each element was in each month, (months or 1, runs or 1): a number, or the share that an event took."""
        stays = {partner.address: partner for partner in self.partners}
        for element in self.elements:
            address = element.address
            if element.what == "number":
                yield reading[address]
            elif element.what == "stopped":
                yield np.maximum(1.0 - running.share[address], 0.0)
            elif element.what == "gone":
                yield _gone(stays[address].stays(reading))
            elif element.what == "active":
                yield active.shares.get(address, np.zeros((1, 1)))
            else:
                yield paths[address.partition(".")[2]]

    def read(
        self, reading: Reading, running: Running, active: ActiveShocks, paths: Mapping[str, Floats], months: int
    ) -> Floats:
        """What the elements were in each run, (elements, runs); a redrawn number by its mean over the months."""
        made = np.empty((len(self.elements), reading.points.runs))
        for row, element, grid in zip(made, self.elements, self.by_month(reading, running, active, paths), strict=True):
            row[:] = _mean(grid) * (months if element.is_event else 1.0)
        return made


def _is_luck(address: str, quantity: PerRun) -> bool:
    monthly = isinstance(quantity, PerMonth) and quantity.year is None
    return monthly or _is_delay(address)


def _unit(address: str, units: Mapping[str, str]) -> str:
    """The unit of a number: that of the field it stands in, however deep."""
    if address.endswith(".times"):
        return "ratio"
    while address and address not in units:
        address = address.rpartition(".")[0]
    return "" if address.startswith("quantities.") else units.get(address, "")


def _mean(grid: Floats) -> Floats:
    """Mean over the months, row by row, so that a run's mean does not depend on the runs beside it."""
    total = grid[0].copy()
    for row in grid[1:]:
        total += row
    return np.asarray(total / len(grid))


def _gone(stays: Columns) -> Floats:
    made = np.zeros(stays.shape)
    made[:, stays.index] = np.maximum(1.0 - stays.values, 0.0)
    return made
