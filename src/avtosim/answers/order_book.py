"""The order book of a partner: what it is asked for, what it sends, and what is built of it, month by month."""

from __future__ import annotations

from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import say
from .breakdown import Breakdown
from .readonly import read_only
from .table import Cell, Column, Table, Tabular

Floats = NDArray[np.float64]


@attrs.frozen(eq=False, repr=False, slots=False)
class OrderBook(Tabular):
    """Kits called off from a partner, kits arrived, and vehicles built with them, by month in every run.

    ``result.order_book(partner)`` makes it. Print it for the mean and three quantiles of each month.

    Parameters
    ----------
    partner : str
        Name of the partner.
    months : tuple of str
        The months.
    called_off, arrived : array of float, shape (months, runs), kits
        Kits of all its components for all vehicles: those called off in the month, and those arrived in it.
    built : array of float, shape (months, runs), vehicles
        Vehicles built with its kits. Where partners share a component, vehicles count in proportion to the kits that
        arrived since the first month.
    replicate_size : int, default 1
        Consecutive runs that belong together; replicates are independent of each other.

    Examples
    --------
    >>> import avtosim
    >>> result = avtosim.simulate(avtosim.load("avtotor-2024-06"), runs=2000, seed=1)
    >>> book = result.order_book("BAIC")
    >>> book.called_off.shape
    (12, 2000)
    """

    partner: str
    months: tuple[str, ...]
    called_off: Floats = attrs.field(converter=read_only)
    arrived: Floats = attrs.field(converter=read_only)
    built: Floats = attrs.field(converter=read_only)
    replicate_size: int = 1

    @cached_property
    def by_month(self) -> dict[str, Breakdown]:
        """The three flows by name, each by month, with means and quantiles that know their error."""
        flows = {say("called off"): self.called_off, say("arrived"): self.arrived, say("built"): self.built}
        return {name: Breakdown("month", self.months, flow, self.replicate_size) for name, flow in flows.items()}

    @property
    def table(self) -> Table:
        """Mean and three quantiles of each flow by month, as a table."""
        columns, rows = [Column(say("month"))], {month: [month] for month in self.months}
        made: dict[str, list[Cell]] = {month: list(cells) for month, cells in rows.items()}
        for name, flow in self.by_month.items():
            whats = (say("mean"), "P10", "P50", "P90")
            columns += [Column(say("{flow}, {what}", flow=name, what=what), "value") for what in whats]
            for month in self.months:
                made[month] += [flow.mean(month), *(flow.quantile(month, share) for share in (0.1, 0.5, 0.9))]
        title = say("order book of {partner}: kits called off and arrived, vehicles built", partner=self.partner)
        return Table(tuple(columns), {"": [tuple(cells) for cells in made.values()]}, title=title)

    def __repr__(self) -> str:
        return f"<OrderBook of {self.partner}: {len(self.months)} months, {self.called_off.shape[1]:,} runs>"
