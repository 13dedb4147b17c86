"""The model: a scenario compiled to a space of named coordinates and one pure function from points to output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property

import numpy as np

from ..chance.points import Points
from ..chance.space import Space
from ..declare.faults import FactError, Fault
from ..facts.scenario import Scenario
from .drivers import ActiveShocks, FactorDriver, LineDriver, MarketDriver, PartnerDriver, ShockDriver
from .multiplier import Multiplier, cut_all
from .outages import availability
from .reading import Collector, Floats, Reading
from .record import Keep, Recorder, allocate
from .schedule import SCHEDULED, Schedule, VehicleDriver
from .year import Drivers

#: Numbers (vehicles x runs) worked out at a time: few enough for a core's cache, enough to hide the cost of a call.
SLICE = 131_072
#: Bytes that a block of runs may take, and the most runs of one: what is longer brings no more speed.
_BLOCK_BYTES, _BLOCK_RUNS = 10 << 23, 131_072


@cache
def reuse_memory() -> None:
    """Let the allocator keep the memory of a block for the next one, instead of giving it back to the system.

    The GNU allocator raises its thresholds, up to 32 and 64 MiB, when a large array is freed; the array takes no time,
    since its memory is never touched. Others keep memory by themselves.
    """
    np.empty((1 << 25) - (1 << 14), dtype=np.uint8)


class Model:
    """A scenario made ready to be run: ``space`` says which coordinates there are, a call turns points into output.

    Calling it is pure: the same points give the same bits, run by run, whatever other runs stand beside them. A call is
    three steps that can be taken one by one: ``read`` the points, work out the ``drivers``, ``play`` the year.

    Parameters
    ----------
    scenario : Scenario
        The facts.

    Examples
    --------
    >>> import avtosim
    >>> model = avtosim.Model(avtosim.load("avtotor-2024-06"))
    >>> model.labels["line"]
    ('Cars', 'SKD and trucks')
    """

    def __init__(self, scenario: Scenario) -> None:
        if not isinstance(scenario, Scenario):
            raise TypeError(f"scenario: must be a Scenario; got {type(scenario).__name__}")
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
        stops = [shock.stops for shock in self._shocks]
        stops += [partner.stops for partner in self._partners.values()]
        stops += [line.stops for line in self._lines]
        self._stops = [driver for driver in stops if driver is not None]
        # The vehicles of a line stand together, so that a line's sum is a sum of neighbours.
        position = {line.name: index for index, line in enumerate(scenario.lines)}
        self._order = sorted(range(len(scenario.vehicles)), key=lambda v: position[scenario.vehicles[v].line])
        self._vehicles = [VehicleDriver.of(collector, scenario.vehicles[v], days) for v in self._order]
        self._rows = [self._rows_of(line.name) for line in scenario.lines]
        self._quantities = collector.quantities
        leads = [self._quantities[f"partners.{driver.vehicle.partner}.lead_time"] for driver in self._vehicles]
        self._longest_lead = max(int(lead.highest) for lead in leads)
        #: Names along each axis of what is kept, but for the runs.
        self.labels = {
            "vehicle": tuple(v.name for v in scenario.vehicles),
            "month": calendar.labels,
            "line": tuple(line.name for line in scenario.lines),
        }
        self.space = Space(self.months, tuple(collector.inputs))
        #: For each set of stops, a bound on the share of running time missed by its fixed number of coordinates.
        self.truncation_bound = dict(collector.truncation_bound)
        reuse_memory()

    def __call__(self, points: Points, *, keep: Keep = "totals", at_once: int = SLICE) -> dict[str, Floats]:
        """What is kept under ``keep`` of the year at each point, by name. Raises as ``play`` does."""
        return self.play(self.drivers(self.read(points)), points.runs, keep=keep, at_once=at_once)

    def read(self, points: Points) -> Reading:
        """Values of all numbers of the scenario at these points, by address.

        Parameters
        ----------
        points : Points
            Points of the model's space.

        Returns
        -------
        Reading
            Values of each number, read when first used and kept; a number can be pinned to a value.
        """
        return Reading(self._quantities, points)

    def drivers(self, reading: Reading) -> Drivers:
        """What the year needs, month by month; what does not depend on a pinned number is reused.

        Parameters
        ----------
        reading : Reading
            What ``read`` gave, or the same with numbers pinned.

        Returns
        -------
        Drivers
            Schedules, supply, demand and capacity of each month.
        """
        running = self.availability(reading)
        shocks = reading.derived("shocks", lambda: ActiveShocks(self._shocks, reading, running))
        paths = reading.derived("factors", lambda: self._paths(reading))
        supply = {name: p.supply(reading, running, shocks) for name, p in self._partners.items()}
        demand = {name: m.demand(reading, paths, shocks) for name, m in self._markets.items()}
        held, stated = zip(*((driver.read(reading), driver.vehicle) for driver in self._vehicles), strict=True)
        return Drivers(
            months=self.months,
            schedules=self._schedules(held),
            lead=[values["lead_time"] for values in held],
            kits=[values["opening_kits"] for values in held],
            stock=[values["opening_stock"] for values in held],
            stock_cover=[values["stock_cover"] for values in held],
            longest_lead=self._longest_lead,
            supply=[supply[v.partner] for v in stated],
            market_demand=[demand[v.market] for v in stated],
            share=[reading[f"{v.address}.market_share"] for v in stated],
            extra=[Multiplier(v.address, (), shocks.on("demand", v.name, reading)) for v in stated],
            reference_demand=[driver.reference_demand(reading) for driver in self._vehicles],
            capacity=[line.capacity(reading, running, shocks) for line in self._lines],
            lines=self._rows,
        )

    def availability(self, reading: Reading) -> Mapping[str, Floats]:
        """Share of each month that each set of stops leaves running, by its address.

        Parameters
        ----------
        reading : Reading
            What ``read`` gave, or the same with numbers pinned.

        Returns
        -------
        mapping of str to array, shape (months, runs)
        """
        return reading.derived("availability", lambda: availability(self._stops, reading))

    def play(self, drivers: Drivers, runs: int, *, keep: Keep = "totals", at_once: int = SLICE) -> dict[str, Floats]:
        """Work out the year of a block of runs.

        Parameters
        ----------
        drivers : Drivers
            What ``drivers`` gave.
        runs : int
            Number of runs in the block.
        keep : {"totals", "breakdown", "months", "flows"}, default "totals"
            How much of each run is kept.
        at_once : int, default 131,072
            How many numbers are worked out at a time; it changes the speed and no bit of the answer.

        Returns
        -------
        dict of ndarray
            What is kept, by name; runs are the last axis.

        Raises
        ------
        FactError
            If an output is not a finite number.
        """
        arrays = allocate(keep, self.sizes(runs))
        recorder = Recorder(keep, arrays, {"vehicle": self._order, "line": range(len(self._lines))}, self.months)
        slices = -(-runs // max(at_once // len(self._order), 256))
        size = max(-(-runs // max(slices, 1)), 1)
        for start in range(0, runs, size):
            for done in drivers.year(slice(start, min(start + size, runs))):
                recorder.see(done)
        for name, values in arrays.items():
            if not np.isfinite(values).all():
                rule = f"must lead to finite numbers, but {name} is not finite in every run"
                raise FactError([Fault("vehicles", rule, None, "look for numbers far too large: print(scenario)")])
        return arrays

    def sizes(self, runs: int) -> dict[str, int]:
        """Lengths of the axes of what is kept.

        Parameters
        ----------
        runs : int
            Number of runs.

        Returns
        -------
        dict of int
            The length of each axis, by name.
        """
        return {**{axis: len(names) for axis, names in self.labels.items()}, "run": runs}

    @cached_property
    def block(self) -> int:
        """Runs to work out together, a power of two: as many as memory that is used again and again has room for."""
        runs = _BLOCK_RUNS
        while runs > 256 and 8 * self.numbers_in_flight(runs) > _BLOCK_BYTES:
            runs //= 2
        return runs

    def numbers_in_flight(self, runs: int, *, at_once: int = SLICE) -> int:
        """Estimate of how many numbers are held at a time while a block is worked out.

        Parameters
        ----------
        runs : int
            Number of runs in the block.
        at_once : int, default 131,072
            As for ``play``.

        Returns
        -------
        int
            Numbers of eight bytes.
        """
        monthly = self.months * sum(i.monthly and i.scores for i in self.space.inputs)
        yearly = sum(not i.monthly for i in self.space.inputs)
        # Numbers as they are drawn and as they are read; of each set of stops what runs in every month, and its stops.
        whole = 1.2 * monthly + 3 * yearly + 1.6 * self.months * len(self._stops)
        # Schedules drawn anew in every run, multipliers, and what a month works with.
        vehicles, drawn = len(self._order), sum(driver.is_drawn(self._quantities) for driver in self._vehicles)
        sliced = self.months * (9 * drawn + self._multipliers) + 16 * vehicles
        return int(whole * runs + sliced * min(max(at_once // vehicles, 256), runs))

    @cached_property
    def _multipliers(self) -> int:
        """How many multipliers may differ from run to run, and two to work in."""
        addresses = [partner.address for partner in self._partners.values()]
        addresses += [market.address for market in self._markets.values()]
        addresses += [line.address for line in self._lines]
        if self._shocks or self._factors:
            return len(addresses) + 2
        drawn = [f"{random_input.address}." for random_input in self.space.inputs]
        return sum(any(of.startswith(f"{address}.") for of in drawn) for address in addresses) + 2

    def _paths(self, reading: Reading) -> dict[str, Floats]:
        moves: dict[str, Floats] = {}
        return {factor.name: factor.path(reading, moves) for factor in self._factors}

    def _schedules(self, held: Sequence[Mapping[str, Floats]]) -> Callable[[slice], list[Schedule]]:
        """A function from a slice of runs to the vehicles' schedules; those that are certain are worked out once."""
        every = [
            (driver, {name: values[name] for name in (*SCHEDULED, "lead_time")})
            for driver, values in zip(self._vehicles, held, strict=True)
        ]
        certain = [
            None if any(grid.size > 1 for grid in values.values()) else driver.schedule(values, self._longest_lead)
            for driver, values in every
        ]

        def cut(runs: slice) -> list[Schedule]:
            return [
                known or driver.schedule({n: cut_all(grid, runs) for n, grid in values.items()}, self._longest_lead)
                for known, (driver, values) in zip(certain, every, strict=True)
            ]

        return cut

    def _rows_of(self, line: str) -> slice:
        rows = [row for row, driver in enumerate(self._vehicles) if driver.vehicle.line == line]
        return slice(rows[0], rows[-1] + 1) if rows else slice(0, 0)
