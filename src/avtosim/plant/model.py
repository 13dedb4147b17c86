"""The model: a scenario compiled to a space of named coordinates and one pure function from points to output."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np

from ..chance.points import Points
from ..chance.space import Space
from ..declare.faults import FactError, Fault
from ..facts.addresses import walk
from ..facts.entities import Target
from ..facts.scenario import Scenario
from .causes import LAUNCH, Cause, Causes, Mask, Neutral
from .drivers import ActiveShocks, FactorDriver, LineDriver, MarketDriver, PartnerDriver, ShockDriver
from .kits import Kits
from .ledger import ENTRIES, LedgerBook, LedgerRecorder
from .makeup import Element, Makeup
from .month import Layout
from .multiplier import Multiplier
from .outages import Running, running
from .reading import Collector, Constant, Floats, PerRun, Reading
from .record import Book, Keep, Recorder, allocate
from .schedule import Schedule, VehicleDriver, longer_ahead
from .year import Demand, Drivers, MonthDone, TakeoverGroup

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
        calendar = scenario.calendar
        collector = Collector(calendar)
        self.months = calendar.months
        collector.scenario(scenario)
        self._shocks = [ShockDriver.of(collector, shock) for shock in scenario.shocks]
        self._factors = [FactorDriver.of(collector, factor) for factor in scenario.factors]
        self._partners = {p.name: PartnerDriver.of(collector, p) for p in scenario.partners}
        self._lines = [LineDriver.of(collector, line) for line in scenario.lines]
        self._markets = {m.name: MarketDriver.of(collector, m) for m in scenario.markets}
        stops = [shock.stops for shock in self._shocks]
        stops += [partner.stops for partner in self._partners.values()]
        stops += [line.stops for line in self._lines]
        self._stops = [driver for driver in stops if driver is not None]
        self._ends = [shock.stops.address for shock in self._shocks if shock.stops is not None and shock.holds]
        # The vehicles of a line stand together, so that a line's sum is a sum of neighbours.
        position = {line.name: index for index, line in enumerate(scenario.lines)}
        self._order = sorted(range(len(scenario.vehicles)), key=lambda v: position[scenario.vehicles[v].line])
        self.kits = Kits.of([scenario.vehicles[v] for v in self._order])
        self._quantities = collector.quantities
        leads = [self._quantities[f"partners.{partner}.lead_time"] for _, partner in self.kits.channels]
        self._longest_lead = max((int(lead.highest) for lead in leads), default=0)
        self._vehicles = [
            VehicleDriver.of(scenario.vehicles[v], calendar, self.kits.of_vehicle(row), self._longest_lead)
            for row, v in enumerate(self._order)
        ]
        self.layout = self._layout()
        self._longest_delay = self._most_late()
        #: Targets until a month or of some part of the plant, which are counted in every run.
        self.targets = tuple(target for target in scenario.targets if isinstance(target, Target))
        #: Names along each axis of what is kept, but for the runs.
        self.labels = {
            "vehicle": tuple(v.name for v in scenario.vehicles),
            "month": calendar.labels,
            "line": tuple(line.name for line in scenario.lines),
            "partner": tuple(self._partners),
            "account": tuple(self.kits.accounts[row].label for row in self._stated_accounts()),
            "source": self.kits.shared,
            "waiting": tuple(scenario.vehicles[self._order[row]].name for row in self._waiting()),
            "target": tuple(dict.fromkeys(target.text for target in self.targets)),
            "entry": ENTRIES,
        }
        self.space = Space(self.months, collector.by_reach())
        self._units = {leaf.address: leaf.spec.unit for leaf in walk(scenario)}
        #: For each set of stops, a bound on the share of running time missed by its fixed number of coordinates.
        self.truncation_bound = dict(collector.truncation_bound)
        reuse_memory()

    def __call__(
        self, points: Points, *, keep: Keep = "totals", first: int = 0, at_once: int = SLICE
    ) -> dict[str, Floats]:
        """What is kept under ``keep`` of the year at each point, by name. Raises as ``play`` does."""
        return self.play(self.drivers(self.read(points)), points.runs, keep=keep, first=first, at_once=at_once)

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
        run, shocks = self._running(reading), self._active(reading)
        shared = {account.partner for i, account in enumerate(self.kits.accounts) if i in self._standing_in}
        senders = {n: p.sender(reading, run, shocks, shares=n in shared) for n, p in self._partners.items()}
        return Drivers(
            months=self.months,
            layout=self.layout,
            schedules=reading.derived("schedules", lambda: self._schedules(reading)),
            flex=[reading[f"{driver.vehicle.address}.flex"] for driver in self._vehicles],
            senders=senders,
            channels=self._channels(reading, shocks),
            groups=self._groups(reading),
            longest_lead=self._longest_lead,
            longest_delay=self._longest_delay,
            demand=self._demand(
                reading,
                {n: m.demand(reading, self._response(reading, m), shocks) for n, m in self._markets.items()},
                shocks,
            ),
            capacity=[line.capacity(reading, run, shocks) for line in self._lines],
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
        return self._running(reading).share

    @cached_property
    def _makeup(self) -> Makeup:
        facts = self._shocks, self._factors, list(self._partners.values()), self._lines
        return Makeup.of(self._quantities, self._units, *facts)

    @cached_property
    def _causes(self) -> Causes:
        vehicles = [driver.vehicle for driver in self._vehicles]
        facts = self._shocks, self._partners.values(), self._lines, self._markets.values()
        return Causes.of(self._quantities, vehicles, *facts, self.months)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What can keep the plant from building its schedule."""
        return self._causes.causes

    def without(self, reading: Reading, off: Mapping[str, Mask]) -> Reading:
        """The same block in which some causes are neutral in some runs; nothing is drawn or read anew.

        Parameters
        ----------
        reading : Reading
            What ``read`` gave.
        off : mapping of str to array of bool, shape (runs,)
            The runs in which each cause is neutral, by its address; where all are, the plant builds its schedule.

        Returns
        -------
        Reading
            For ``drivers``.
        """
        neutral = self.neutral(reading)
        for address, where in off.items():
            neutral.put(address, np.flatnonzero(where))
        return neutral.reading

    def neutral(self, reading: Reading) -> Neutral:
        """A block in which causes can be made neutral one after another, in some runs each.

        Parameters
        ----------
        reading : Reading
            What ``read`` gave.

        Returns
        -------
        Neutral
        """
        return Neutral(self._causes, reading, self._running(reading), self._active(reading))

    def acting(self, reading: Reading) -> Mask:
        """In which runs of a block each cause may make a difference to what is built.

        Parameters
        ----------
        reading : Reading
            What ``read`` gave.

        Returns
        -------
        array of bool, shape (causes, runs)
        """
        runs = reading.points.runs
        late = {cause.address: np.ones(runs, dtype=np.bool_) for cause in self.causes if cause.kind == LAUNCH}
        schedules = self.drivers(self.without(reading, late)).schedules(slice(0, runs))
        rows = [self._rows_of(line.name) for line in self._lines]
        ceilings = [sum((one.schedule_ceiling for one in schedules[own]), np.zeros((1, 1))) for own in rows]
        return self._causes.acting(reading, self._running(reading), self._active(reading), ceilings)

    @property
    def elements(self) -> tuple[Element, ...]:
        """What a year is made of: the numbers and events that may differ between runs."""
        return self._makeup.elements

    def makeup(self, reading: Reading) -> Floats:
        """What the elements were in each run of a block.

        Parameters
        ----------
        reading : Reading
            What ``read`` gave, or the same with numbers pinned.

        Returns
        -------
        array of float, shape (elements, runs)
            Numbers, those that are redrawn by their mean over the months; months that events went on.
        """
        return self._makeup.read(reading, *self._happened(reading), self.months)

    def by_month(self, reading: Reading) -> tuple[Floats, ...]:
        """What the elements were in each month of a block.

        Parameters
        ----------
        reading : Reading
            What ``read`` gave, or the same with numbers pinned.

        Returns
        -------
        tuple of array of float, shape (months or 1, runs or 1)
            For each element the number, or the share of the month that the event went on.
        """
        return tuple(self._makeup.by_month(reading, *self._happened(reading)))

    def _happened(self, reading: Reading) -> tuple[Running, ActiveShocks, dict[str, Floats]]:
        return self._running(reading), self._active(reading), self._moves(reading)

    def law_of_year(self, address: str) -> Any:
        """The law of a number that is drawn once a run.

        Parameters
        ----------
        address : str
            Address of a number.

        Returns
        -------
        Law or None
            None where the number is certain, drawn anew each month, or made of others.
        """
        quantity = self._quantities.get(address)
        return quantity.law if type(quantity) is PerRun else None

    def unknown(self, reading: Reading) -> Floats:
        """What could be known of the elements that are not luck, in each run of a block.

        Parameters
        ----------
        reading : Reading
            What ``read`` gave.

        Returns
        -------
        array of float, shape (elements that are not luck, runs)
            Numbers; of those that are redrawn, the normal score of the part that lasts all year.
        """
        return self._makeup.unknown(reading)

    def _active(self, reading: Reading) -> ActiveShocks:
        return reading.derived("shocks", lambda: ActiveShocks.of(self._shocks, reading, self._running(reading)))

    def _moves(self, reading: Reading) -> dict[str, Floats]:
        return reading.derived("factors", lambda: self._paths(reading))

    def _response(self, reading: Reading, market: MarketDriver) -> Floats | None:
        name = f"{market.address} response"
        return reading.derived(name, lambda: market.response(reading, self._moves(reading)))

    def _running(self, reading: Reading) -> Running:
        return reading.derived("running", lambda: running(self._stops, reading, self._ends))

    def play(
        self, drivers: Drivers, runs: int, *, keep: Keep = "totals", first: int = 0, at_once: int = SLICE
    ) -> dict[str, Floats]:
        """Work out the year of a block of runs.

        Parameters
        ----------
        drivers : Drivers
            What ``drivers`` gave.
        runs : int
            Number of runs in the block.
        keep : {"totals", "breakdown", "months", "flows"}, default "totals"
            How much of each run is kept.
        first : int, default 0
            Of how many of the first runs the short ledger is kept too.
        at_once : int, default 131,072
            How many numbers are worked out at a time; it changes the speed and no bit of the answer.

        Returns
        -------
        dict of ndarray
            What is kept, by name; runs are the last axis, of "ledger" the first ones.

        Raises
        ------
        FactError
            If an output is not a finite number.
        """
        arrays = allocate(keep, self.sizes(runs, first))
        self._watch(drivers, runs, self._recorder(keep, arrays).see, at_once)
        return _checked(arrays)

    def ledger(self, drivers: Drivers, runs: int, *, at_once: int = SLICE) -> dict[str, Floats]:
        """Where planned output went in a block of runs.

        Parameters
        ----------
        drivers : Drivers
            What ``drivers`` gave.
        runs : int
            Number of runs in the block.
        at_once : int, default 131,072
            As for ``play``.

        Returns
        -------
        dict of array, shape (2 + causes, labels, runs)
            By "month", "vehicle" and "partner": what was planned, what each of ``ledger_causes`` took, what was built.
        """
        recorder = LedgerRecorder(self._ledger, drivers, runs)
        self._watch(drivers, runs, recorder.see, at_once)
        return _checked(recorder.arrays)

    @property
    def ledger_causes(self) -> tuple[str, ...]:
        """What planned output can be lost to, in the order of the ledger's rows."""
        return self._ledger.causes

    @cached_property
    def _ledger(self) -> LedgerBook:
        return LedgerBook.of(self.kits, self._vehicles, self._partners, self._shocks, self._quantities, self._order)

    def _watch(self, drivers: Drivers, runs: int, see: Callable[[MonthDone], None], at_once: int) -> None:
        """Work out a block slice by slice, and show each month to ``see``."""
        slices = -(-runs // max(at_once // self._rows, 256))
        size = max(-(-runs // max(slices, 1)), 1)
        for start in range(0, runs, size):
            for done in drivers.year(slice(start, min(start + size, runs))):
                see(done)

    def _recorder(self, keep: Keep, arrays: Mapping[str, Floats]) -> Recorder:
        """What writes down months of a block into ``arrays``."""
        waiting = {row: place for place, row in enumerate(self._waiting())}
        rows = {
            "vehicle": dict(enumerate(self._order)),
            "line": {row: row for row in range(len(self._lines))},
            "account": {row: place for place, row in enumerate(self._stated_accounts())},
            "waiting": waiting,
        }
        return Recorder(keep, arrays, rows, self.months, self._book)

    def sizes(self, runs: int, first: int = 0) -> dict[str, int]:
        """Lengths of the axes of what is kept.

        Parameters
        ----------
        runs : int
            Number of runs.
        first : int, default 0
            Number of the first runs of which more is kept.

        Returns
        -------
        dict of int
            The length of each axis, by name.
        """
        return {**{axis: len(names) for axis, names in self.labels.items()}, "run": runs, "first": first}

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
        rows = self._rows
        drawn = sum(0.6 + 0.4 * len(v.accounts) for v in self._vehicles if self._is_drawn(v))
        late = (1 + self._longest_delay) * len(self.kits.channels) if self._longest_delay else 0
        sliced = self.months * (9 * drawn + self._multipliers) + 16 * rows + 2 * late
        return int(whole * runs + sliced * min(max(at_once // rows, 256), runs))

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

    @cached_property
    def _rows(self) -> int:
        """Rows of arrays that a month works with."""
        return max(len(self._order), len(self.kits.channels))

    def _is_drawn(self, driver: VehicleDriver) -> bool:
        """Whether the schedule of a vehicle differs between runs."""
        every = (self._quantities.get(address) for address in driver.addresses)
        return any(not isinstance(quantity, Constant) for quantity in every if quantity is not None)

    @cached_property
    def _standing_in(self) -> frozenset[int]:
        """The accounts of components whose partners stand in for each other."""
        return frozenset(account for group in self.kits.groups for account in group.accounts)

    def _schedules(self, reading: Reading) -> Callable[[slice], list[Schedule]]:
        """A function from a slice of runs to the vehicles' schedules, which keeps the last slice's for a replay."""
        shocks = self._active(reading)
        delays = {name: shocks.delays(name, reading) for name in self._partners}
        # What one shock does to many partners is worked out once.
        keys = {name: tuple(id(grid) for pair in own for grid in pair) for name, own in delays.items()}
        known = {keys[name]: longer_ahead(own) for name, own in {keys[n]: (n, delays[n]) for n in delays}.values()}
        made = [driver.schedules(reading, {n: known[key] for n, key in keys.items()}) for driver in self._vehicles]
        last: dict[tuple[int, int], list[Schedule]] = {}

        def of(runs: slice) -> list[Schedule]:
            at = runs.start, runs.stop
            if at not in last:
                last.clear()
                last[at] = [schedule(runs) for schedule in made]
            return last[at]

        return of

    def _channels(self, reading: Reading, shocks: ActiveShocks) -> list[tuple[str, Multiplier]]:
        """The sender of each channel, and what strikes the kits of its vehicle."""
        struck = [
            Multiplier(driver.vehicle.address, (), shocks.on("supply", "vehicles", driver.vehicle.name, reading))
            for driver in self._vehicles
        ]
        return [(partner, struck[self.kits.accounts[account].vehicle]) for account, partner in self.kits.channels]

    def _groups(self, reading: Reading) -> list[TakeoverGroup]:
        made = []
        for group in self.kits.groups:
            own = [self.kits.accounts[account] for account in group.accounts]
            partners, parts = tuple(a.partner for a in own), tuple(a.part for a in own)
            made.append(TakeoverGroup(group, partners, parts, reading[group.takeover]))
        return made

    def _demand(self, reading: Reading, markets: Mapping[str, Multiplier], shocks: ActiveShocks) -> list[Demand]:
        """What buyers want of each vehicle."""
        shares, planned = self._shares(reading), reading.derived("as scheduled", dict[str, Mask])
        made = []
        for driver in self._vehicles:
            vehicle, address = driver.vehicle, driver.vehicle.address
            ordered = vehicle.market is None
            present = driver.presence(reading)
            stated = None if vehicle.opening_stock is None else reading[f"{address}.opening_stock"]
            waits = np.full((1, 1), float(ordered if vehicle.backorder is None else 0.0))
            if vehicle.backorder not in (None, 0.0):
                waits = reading[f"{address}.backorder"]
            struck = shocks.on("demand", "demand" if ordered else "vehicles", vehicle.name, reading)
            made.append(
                Demand(
                    market=None if vehicle.market is None else markets[vehicle.market],
                    own=reading[f"{address}.orders"] if ordered else shares[vehicle.name],
                    shocks=Multiplier(address, (), struck),
                    reference=driver.reference_demand(reading),
                    # Buyers do not wait for what is not yet, or no longer, to be had; an order stays open.
                    backorder=waits if ordered or not waits.any() else waits * present,
                    stock_cover=reading[f"{address}.stock_cover"],
                    opening_stock=stated,
                    end=None if vehicle.end is None else reading[f"{address}.end"],
                    as_scheduled=planned.get(address),
                )
            )
        return made

    def _shares(self, reading: Reading) -> dict[str, Floats]:
        """Market share of each vehicle; those built at the same time never take more than their market holds."""
        made: dict[str, Floats] = {}
        for market in self._markets:
            own = [driver for driver in self._vehicles if driver.vehicle.market == market]
            shares = {driver.vehicle.name: reading[f"{driver.vehicle.address}.market_share"] for driver in own}
            most = sum(reading.highest(f"{driver.vehicle.address}.market_share") for driver in own)
            if most > 1.0:
                present = {driver.vehicle.name: driver.presence(reading) for driver in own}
                total = sum(np.where(present[name], share, 0.0) for name, share in shares.items())
                down = 1.0 / np.maximum(total, 1.0)
                shares = {name: share * np.where(present[name], down, 1.0) for name, share in shares.items()}
            made |= shares
        return made

    def _layout(self) -> Layout:
        lines = [line.name for line in self._lines]
        return Layout(
            lines=[self._rows_of(line) for line in lines],
            account_of=tuple(account for account, _ in self.kits.channels),
            vehicle_of=tuple(account.vehicle for account in self.kits.accounts),
            parts=tuple(account.part for account in self.kits.accounts),
            components=self.kits.components,
            plain=self.kits.plain,
            waits=bool(self._waiting()),
        )

    def _waiting(self) -> list[int]:
        """Rows of the vehicles whose unmet demand may wait."""
        stated = [(row, driver.vehicle) for row, driver in enumerate(self._vehicles)]
        return [row for row, v in stated if (v.orders is not None if v.backorder is None else v.backorder != 0.0)]

    def _stated_accounts(self) -> list[int]:
        """Rows of the accounts in the order in which their vehicles are stated."""
        accounts = self.kits.accounts
        return sorted(range(len(accounts)), key=lambda row: (self._order[accounts[row].vehicle], row))

    def _most_late(self) -> int:
        """Months that kits can come late, as far as the year may see them."""
        late = dict.fromkeys(self._partners, 0.0)
        for shock in self._shocks:
            names = shock.effects["delay"]
            for name in self._partners if names is None else names:
                address = f"{shock.address}.delay" + ("" if names is None else f".{name}")
                late[name] += self._quantities[address].reach[1]
        return min(math.ceil(min(max(late.values(), default=0.0), 1e6)), self.months)

    @cached_property
    def _book(self) -> Book:
        """How what is kept of the months is added up by partner and by target."""
        rows = [driver.vehicle for driver in self._vehicles]
        return Book.of(self.kits, rows, tuple(self._partners), self.labels["month"], self.targets)

    def _rows_of(self, line: str) -> slice:
        rows = [row for row, driver in enumerate(self._vehicles) if driver.vehicle.line == line]
        return slice(rows[0], rows[-1] + 1) if rows else slice(0, 0)


def _checked(arrays: dict[str, Floats]) -> dict[str, Floats]:
    """What is kept of a block, where all of it is finite; raises ``FactError`` where it is not."""
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            rule = f"must lead to finite numbers, but {name} is not finite in every run"
            raise FactError([Fault("vehicles", rule, None, "look for numbers far too large: print(scenario)")])
    return arrays
