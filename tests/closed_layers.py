"""Plants of two layers, what is not known and luck, whose chance given what is not known has a closed law."""

from __future__ import annotations

import math
from collections.abc import Callable

import attrs
import numpy as np
import plants
from scipy import stats

import avtosim as av

#: Standard deviation of luck, the sum of twelve normal months of 100 each; of what is not known.
LUCK, UNKNOWN = math.sqrt(12.0) * 100.0, 360.0


@attrs.frozen
class Closed:
    """A plant, its target, and the chance that ``given`` numbers of equal weight leave, in rising order."""

    scenario: av.Scenario
    target: float
    chances: np.ndarray

    @property
    def sd(self) -> float:
        """Standard deviation of the chance."""
        return float(self.chances.std())

    def quantile(self, share: float) -> float:
        """Quantile of the chance."""
        return float(np.quantile(self.chances, share, method="inverted_cdf"))


def added(belief: object, luck: float = 100.0, lasting: float = 0.0) -> av.Scenario:
    """Build a year of a belief, and of 7,200 more whose months are normal with standard deviation ``luck``.

    Clips lie six standard deviations away or more.
    """
    plant = plants.one_vehicle(market={"per_year": belief}, vehicle={"plan": 1e6})
    monthly = av.Varying(av.Clipped(av.Normal(7200, 12 * luck), low=0), lasting=lasting) if luck else 7200.0
    return plants.with_facts(
        plant,
        markets=[av.Market(name="monthly", per_year=monthly)],
        vehicles=[av.Vehicle(name="W", partner="P", line="L", market="monthly", plan=1e6, market_share=1)],
    )


def even(count: int = 200_000) -> np.ndarray:
    """Give evenly spaced shares."""
    return (np.arange(count) + 0.5) / count


def normal() -> Closed:
    """A normal belief and normal luck: the chance is the normal image of a normal number."""
    belief = av.Clipped(av.Normal(7200, UNKNOWN), low=0)
    known = stats.norm.ppf(even(), 14_400, UNKNOWN)
    return Closed(added(belief), 14_600, stats.norm.sf(14_600, known, LUCK))


def three_values() -> Closed:
    """A belief of three values: the chance is 0.022, 0.386 or 0.958."""
    values, weights = np.array([6700.0, 7300.0, 8000.0]), np.array([7, 7, 6])
    chances = stats.norm.sf(14_600, 7200 + values, LUCK)
    return Closed(added(av.Discrete(list(values), list(weights))), 14_600, np.repeat(chances, weights))


def late_launch() -> Closed:
    """A uniform plan and an exponential delay: no chance in a fifth of all cases, 0.8 at most."""
    plan = 10_000.0 + 10_000.0 * even()
    chances = np.where(plan > 12_000.0, 1.0 - np.exp(-4.0 * (1.0 - 12_000.0 / plan)), 0.0)
    vehicle = {"plan": av.Uniform(10_000, 20_000), "delay": av.Exponential(mean=3)}
    return Closed(plants.one_vehicle(vehicle=vehicle), 12_000, chances)


CASES: dict[str, Callable[[], Closed]] = {case.__name__: case for case in (normal, three_values, late_launch)}


def worth(too_few: float, too_many: float, known: float, rest: float) -> float:
    """Value of learning a normal part with standard deviation ``known`` of a normal output whose rest has ``rest``."""
    density = stats.norm.pdf(stats.norm.ppf(too_few / (too_few + too_many)))
    return float((too_few + too_many) * density * (math.hypot(known, rest) - rest))
