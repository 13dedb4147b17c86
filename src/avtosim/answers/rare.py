"""The chance of a rare target, from independent repeats, and whether it may be relied on."""

from __future__ import annotations

import math
from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import Number, joined, say
from .estimate import Estimate
from .intervals import t_quantile, wilson
from .numbers import PROBABILITY
from .readonly import read_only
from .table import Between, Cell, Column, Table, Tabular

Floats = NDArray[np.float64]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class RareChance(Tabular):
    """A small chance with its interval. Print it for the whole answer.

    ``rare_chance`` makes it.

    Parameters
    ----------
    what : str
        What the chance is of.
    estimate : Estimate
        The chance with its interval; its warning says why it should not be relied on.
    repeats : array of float, shape (repeats,)
        The independent estimates whose mean it is, each without bias of its own; 0 where a repeat died out; read-only.
    thresholds : tuple of float, vehicles
        Thresholds on the way to the target, chosen by the pilot; all repeats took the same.
    highest : float, vehicles
        The output nearest the target, or furthest beyond it, that a repeat met.
    points : array of float, shape (coordinates, years)
        The years that reached the target and were kept, for ``values``, as normal scores in the order of the model's
        space; read-only.
    read : callable
        From an address to what that number was in these years; asked by ``values``.
    model_runs : int
        Runs of the model that it took, those of the pilot included.
    seed : int
        Seed of the random numbers.
    title : str
        Name of the scenario.
    version : str
        Version of avtosim.
    """

    what: str
    estimate: Estimate
    repeats: Floats = attrs.field(converter=read_only)
    thresholds: tuple[float, ...]
    highest: float
    points: Floats = attrs.field(converter=read_only)
    _read: Callable[[str], Floats]
    model_runs: int
    seed: int
    title: str
    version: str

    @property
    def chance(self) -> float:
        """The chance itself."""
        return self.estimate.value

    @property
    def years(self) -> int:
        """Years that reached the target and were kept."""
        return int(self.points.shape[1])

    @property
    def warning(self) -> str:
        """Why the answer should not be relied on; empty if it may."""
        return self.estimate.warning

    @property
    def plain_runs(self) -> float:
        """Plain runs that the same standard error would take."""
        error = self.estimate.standard_error
        return math.inf if self.chance == 0.0 or error == 0.0 else self.chance * (1.0 - self.chance) / error**2

    def values(self, address: str) -> Floats:
        """What a number of the scenario was in years that reached the target.

        Parameters
        ----------
        address : str
            Address of a number, such as ``"partners.BAIC.fill_rate"``, or of stops, such as ``"partners.BAIC.stops"``,
            whose values are the share of each month that they leave running.

        Returns
        -------
        array of float, shape (months or 1, years)
            One row for each month, or one for the year.

        Raises
        ------
        FactError
            For an address that the model does not read; the error names the nearest ones.

        Notes
        -----
        The years are a sample of those in which the target is reached, all with the same weight, so means, shares and
        quantiles of them estimate those given that the target is reached. They are where the walks ended: from each
        repeat as many as its estimate of the chance is large, chosen evenly, up to about a thousand in all. Years of
        one repeat descend from few, and some are alike in part or in whole, so they say less than as many independent
        years: treat differences between small groups of them with care. Where no repeat reached the target there are
        none.

        Examples
        --------
        >>> import avtosim
        >>> june = avtosim.load("avtotor-2024-06")
        >>> rare = avtosim.rare_chance(june, at_least=60_000, particles=100, repeats=4, seed=1)
        >>> rare.values("partners.BAIC.stops").shape == (12, rare.years)
        True
        """
        return self._read(address)

    @property
    def table(self) -> Table:
        """The chance, its interval and the thresholds on the way, as a table."""
        # The warning stands in the notes.
        found = attrs.evolve(self.estimate, warning="")
        rows: list[tuple[Cell, ...]] = [(self.what, found)]
        if format(found, "words").startswith("about"):
            low, high = (attrs.evolve(found, value=end, low=end, high=end) for end in (found.low, found.high))
            percent = Number(f"{100 * found.confidence:g}", found.confidence)
            rows.append((say("{percent} % interval", percent=percent), Between(low, high)))
        way = joined("; ", [Number(f"{t:,.0f}", t) for t in self.thresholds]) or say("none needed")
        rows.append((say("thresholds on the way"), way))
        notes = [say("do not rely on it: {warning}", warning=self.warning)] if self.warning else []
        made = say(
            "{runs} model runs in a pilot and {repeats} independent repeats",
            runs=self.model_runs,
            repeats=Number(f"{self.repeats.size}", self.repeats.size),
        )
        seed = say("seed {seed}", seed=Number(f"{self.seed}", self.seed))
        notes.append(joined(", ", [made, seed, f"avtosim {self.version}"]))
        columns = Column(say("quantity")), Column(say("value"), "words")
        return Table(columns, {"": rows}, title=self.title, notes=tuple(notes), header=False)

    def __repr__(self) -> str:
        return f"<RareChance {self.what}: {self.chance:.2g}>"


def from_repeats(
    fractions: Floats,
    *,
    particles: int,
    chains: int,
    model_runs: int,
    what: str,
    notes: list[str],
    confidence: float,
) -> Estimate:
    """The mean of independent estimates of a chance, each the product of a row of ``fractions`` (repeats, levels).

    Products of many fractions are about log-normal, so the interval is the modified Cox interval of the mean of a
    log-normal law, about the mean of the repeats; Olsson (2005), Journal of Statistics Education 13(1). With one level
    the points are plain runs, and the interval is Wilson's. Where no repeat reached the target the interval ends at
    what the chains beyond the last threshold that was reached could have missed.
    """
    repeats = fractions.prod(axis=1)
    count, value = repeats.size, float(repeats.mean())
    error = float(repeats.std(ddof=1)) / math.sqrt(count)
    method = "subset simulation, log-normal law of the repeats"
    if value == 0.0:
        ways = np.cumprod(fractions, axis=1)
        reach, points = 1.0, count * particles
        for level in ways.T[ways.any(axis=0)]:
            reach, points = float(level.mean()), int(np.count_nonzero(level)) * chains
        low, high = 0.0, reach * wilson(0, points, confidence)[1]
        error, method = high / 2.0, "subset simulation, target not reached"
    elif fractions.shape[1] == 1 or error == 0.0:
        points = count * particles
        low, high = wilson(value * points, points, confidence)
        error, method = math.sqrt(value * (1.0 - value) / points), "Wilson's"
    else:
        relative = error / value
        # Logarithms have a steadier spread than the repeats; where a repeat is 0 it has none.
        spread = float(np.log(repeats).var(ddof=1)) if repeats.all() else math.log1p(count * relative**2)
        half = t_quantile(confidence, count - 1) * math.sqrt(spread / count + spread**2 / (2.0 * (count - 1)))
        factor = math.exp(min(half, 700.0))
        low, high = value / factor, min(value * factor, 1.0)
        if relative > 0.35:
            percent = Number(f"{100.0 * relative:.0f}", 100.0 * relative)
            text = say("the repeats differ too much (standard error {percent} % of the chance)", percent=percent)
            notes = [*notes, text]
        if missed := int(np.count_nonzero(repeats == 0.0)):
            counts = {"missed": Number(f"{missed}", missed), "repeats": Number(f"{count}", count)}
            notes = [*notes, say("{missed} of {repeats} repeats did not reach the target", **counts)]
    rest = {"method": method, "what": what, "unit": PROBABILITY, "warning": joined("; ", notes)}
    return Estimate.of((value, low, high, error), runs=model_runs, confidence=confidence, **rest)
