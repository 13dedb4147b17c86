"""The model: a scenario compiled to a space of named coordinates and one pure function from points to output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..chance.points import Points
from ..chance.space import Space
from ..facts.scenario import Scenario
from .drivers import ActiveShocks, FactorDriver, LineDriver, MarketDriver, PartnerDriver, ShockDriver
from .multiplier import Multiplier, cut_all
from .outages import running as running_shares
from .reading import Collector, Floats
from .record import Keep, Recorder, allocate
from .schedule import SCHEDULED, Schedule, VehicleDriver
from .year import Block

__all__ = ["ALONE", "BESIDE_OTHERS", "Model"]

#: Numbers (vehicles x runs) worked out at a time: few enough for a core's cache, enough to hide the cost of a call.
ALONE = 24_576
#: The same beside other threads, which wait for each other at every call: fewer and longer ones serve them better.
BESIDE_OTHERS = 98_304


class Model:
    """A scenario made ready to be run: ``space`` says which coordinates there are, a call turns points into output.

    Calling it is pure: the same points give the same bits, run by run, whatever other runs stand beside them. The cost
    is about that of drawing the coordinates once more.
    """

    def __init__(self, scenario: Scenario) -> None:
        collector = Collector()
        calendar = scenario.calendar
        days = np.asarray(calendar.working_days)
        self.months = calendar.months
        self._shocks = [ShockDriver.of(collector, s, self.months) for s in scenario.shocks]
        self._factors = [FactorDriver.of(collector, f) for f in scenario.factors]
        self._partners = {p.name: PartnerDriver.of(collector, p, self.months) for p in scenario.partners}
        self._lines = [LineDriver.of(collector, line, days) for line in scenario.lines]
        self._markets = {
            m.name: MarketDriver.of(collector, m, calendar.first_month, self.months) for m in scenario.markets
        }
        stated = [shock.stops for shock in self._shocks]
        stated += [partner.stops for partner in self._partners.values()]
        stated += [line.stops for line in self._lines]
        self._stops = [stops for stops in stated if stops is not None]
        # The vehicles of a line stand together, so that a line's sum is a sum of neighbours.
        place = {line.name: at for at, line in enumerate(scenario.lines)}
        self._order = sorted(range(len(scenario.vehicles)), key=lambda v: place[scenario.vehicles[v].line])
        self._stated = [scenario.vehicles[v] for v in self._order]
        self._vehicles = [VehicleDriver.of(collector, v, days) for v in self._stated]
        self._rows = [self._rows_of(line.name) for line in scenario.lines]
        self._longest_lead = max(int(self._partners[v.partner].lead_time.highest) for v in self._stated)
        #: Names along each axis of what is kept, but for the runs.
        self.labels = {
            "vehicle": tuple(v.name for v in scenario.vehicles),
            "month": calendar.labels,
            "line": tuple(line.name for line in scenario.lines),
        }
        self.space = Space(self.months, tuple(collector.causes))
        #: For each set of stops, a bound on the share of running time missed by its fixed number of coordinates.
        self.truncation_bound = dict(collector.truncation_bound)

    def __call__(self, points: Points, *, keep: Keep = "totals", at_once: int = ALONE) -> dict[str, Floats]:
        """What is kept under ``keep`` of the year at each point, by name.

        ``at_once`` is how many numbers are worked out at a time; it changes the speed and no bit of the answer.
        """
        block = self._read(points)
        arrays = allocate(keep, self.sizes(points.runs))
        recorder = Recorder(
            keep, arrays, {"vehicle": self._order, "line": range(len(self.labels["line"]))}, self.months
        )
        size = max(at_once // len(self._order), 256)
        for done in block.year([slice(at, min(at + size, points.runs)) for at in range(0, points.runs, size)]):
            recorder.see(done)
        return arrays

    def sizes(self, runs: int) -> dict[str, int]:
        """Lengths of the axes of what is kept of ``runs`` runs."""
        return {**{axis: len(names) for axis, names in self.labels.items()}, "run": runs}

    def _read(self, points: Points) -> Block:
        """Everything the block needs, each cause read once."""
        running = running_shares(self._stops, points)
        strikes = ActiveShocks(self._shocks, points, running)
        moves: dict[str, Floats] = {}
        paths: dict[str, Floats] = {}
        for factor in self._factors:
            moves[factor.name] = factor.move(points, moves)
            paths[factor.name] = factor.path(points, moves[factor.name])
        supply = {name: partner.supply(points, running, strikes) for name, partner in self._partners.items()}
        lead = {name: np.atleast_2d(partner.lead_time.read(points)) for name, partner in self._partners.items()}
        level = {name: market.level.read(points) for name, market in self._markets.items()}
        demand = {name: m.demand(points, level[name], paths, strikes) for name, m in self._markets.items()}
        reference = {name: market.level.annual_value(level[name]) for name, market in self._markets.items()}
        share = [driver.market_share.read(points) for driver in self._vehicles]
        held = [driver.read(points) for driver in self._vehicles]
        return Block(
            months=self.months,
            schedules=self._schedules(held, lead),
            lead=[lead[v.partner] for v in self._stated],
            kits=[read["opening_kits"] for read in held],
            stock=[read["opening_stock"] for read in held],
            stock_cover=[read["stock_cover"] for read in held],
            longest_lead=self._longest_lead,
            supply=[supply[v.partner] for v in self._stated],
            market_demand=[demand[v.market] for v in self._stated],
            share=[np.atleast_2d(read) for read in share],
            extra=[Multiplier((), strikes.on("demand", driver.name)) for driver in self._vehicles],
            reference_demand=[
                np.atleast_2d(reference[v.market] * driver.market_share.annual_value(read) / 12.0)
                for driver, v, read in zip(self._vehicles, self._stated, share, strict=True)
            ],
            capacity=[line.capacity(points, running, strikes) for line in self._lines],
            lines=self._rows,
        )

    def _schedules(
        self, read: Sequence[Mapping[str, Floats]], lead: Mapping[str, Floats]
    ) -> Callable[[slice], list[Schedule]]:
        """A function from a slice of runs to the vehicles' schedules; those that are certain are worked out once."""
        every = list(zip(self._vehicles, read, [lead[v.partner] for v in self._stated], strict=True))
        random = [kits.size > 1 or any(values[name].size > 1 for name in SCHEDULED) for _, values, kits in every]
        certain = [
            None if varies else driver.schedule(values, kits, self._longest_lead)
            for (driver, values, kits), varies in zip(every, random, strict=True)
        ]

        def cut(runs: slice) -> list[Schedule]:
            return [
                known
                or driver.schedule(
                    {name: cut_all(values[name], runs) for name in SCHEDULED},
                    cut_all(kits, runs),
                    self._longest_lead,
                )
                for known, (driver, values, kits) in zip(certain, every, strict=True)
            ]

        return cut

    def _rows_of(self, line: str) -> slice:
        rows = [at for at, v in enumerate(self._stated) if v.line == line]
        return slice(rows[0], rows[-1] + 1) if rows else slice(0, 0)
