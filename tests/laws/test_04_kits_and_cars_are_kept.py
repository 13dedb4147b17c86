"""Law 4: kits, orders, cars and demand are kept, and no month builds more than line, kits and requirement allow.

Looked at are the bundled scenarios, the plant with every feature on, and 1,000 uncertain plants in the whole language
of facts, of each of them a few runs.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
import plants
import pytest
from certain import accounts_of, uncertain

import avtosim as av
from avtosim.chance.points import DrawnPoints, Keys
from avtosim.plant.reading import Floats, Reading

NAMED = [*av.bundled(), "busy"]
BLOCKS, PLANTS_A_BLOCK = 10, 100

#: A sum of a few numbers leaves a rounding of 1e-16 of the largest of them; a year of such sums stays far below this.
ROUNDING = 1e-12


@attrs.frozen(eq=False)
class Played:
    """A scenario, what its runs were, and what the year began with; everything in the order of the facts."""

    scenario: av.Scenario
    model: av.Model
    reading: Reading
    flows: Mapping[str, Floats]
    opening_kits: Floats  # (accounts, runs)
    opening_stock: Floats  # (vehicles, runs)
    on_order: Floats  # (accounts, months + 1, runs): before the first month, and after each; as the state has it
    heaps: Floats  # the same, added up from the heaps of orders: not due, late and held
    full: Floats  # (accounts, months, runs): 1 where all that comes for the account arrives

    @property
    def components(self) -> dict[tuple[str, str], list[int]]:
        """The accounts of each component, by vehicle and component."""
        found: dict[tuple[str, str], list[int]] = {}
        for row, (vehicle, component, _) in enumerate(accounts_of(self.scenario).values()):
            found.setdefault((vehicle, component), []).append(row)
        return found

    def built(self, vehicle: str) -> Floats:
        """What was built of a vehicle, (months, runs)."""
        return np.asarray(self.flows["built"][self.model.labels["vehicle"].index(vehicle)])

    def available(self) -> Floats:
        """Kits to build with in each month, (accounts, months, runs)."""
        return before(self.flows["kits"], self.opening_kits) + self.flows["arrived"]

    def said(self) -> str:
        """The scenario, to be told where something is wrong with it."""
        return "\n".join(f"{a.name} = {getattr(self.scenario, a.name)}" for a in attrs.fields(av.Scenario))


def play(scenario: av.Scenario, runs: int, *, seed: int = 4) -> Played:
    """Play the first runs of a seed, and look at the state between the months."""
    model = av.Model(scenario)
    reading = model.read(DrawnPoints(model.space, Keys(seed), 0, runs))
    drivers = model.drivers(reading)
    kept = model.play(drivers, runs, keep="flows")
    # A plant that makes all its kits itself has no accounts to keep anything of.
    nothing = dict.fromkeys(("called", "arrived", "kits"), np.zeros((0, model.months, runs)))
    labels = [account.label for account in model.kits.accounts]
    stated = [labels.index(label) for label in model.labels["account"]]
    of = [[c for c, (a, _) in enumerate(model.kits.channels) if a == row] for row in stated]
    opening = drivers.opening(slice(0, runs))
    states, full = [opening], []
    for done in drivers.year(slice(0, runs)):
        states.append(done.work.state())
        supply = [np.broadcast_to(share, runs) for share in done.given.supply]
        full.append(np.array([np.all([supply[c] == 1.0 for c in own], axis=0) for own in of]).reshape(len(of), runs))
    heaps = [
        sum([*s.due, *s.late, *([] if s.held is None else [s.held])], np.zeros((len(supply), runs))) for s in states
    ]
    return Played(
        scenario,
        model,
        reading,
        nothing | kept,
        opening.kits[stated],
        opening.stock[[model._order.index(row) for row in range(len(scenario.vehicles))]],
        np.stack([state.on_order[stated] for state in states], axis=1),
        np.stack([np.array([heap[own].sum(axis=0) for own in of]).reshape(len(of), runs) for heap in heaps], axis=1),
        np.stack(full, axis=1),
    )


def named(name: str) -> av.Scenario:
    """Give a bundled scenario or the busy plant; openings made certain so that they are known."""
    stated = plants.busy() if name == "busy" else av.load(name)
    certain = {
        f"vehicles.{v.name}.{what}": 100.0
        for v in stated.vehicles
        for what in ("opening_kits", "opening_stock")
        if not isinstance(getattr(v, what), float)
    }
    return stated.replace(certain) if certain else stated


@pytest.fixture(
    scope="module", params=[*NAMED, *range(BLOCKS)], ids=lambda p: p if isinstance(p, str) else f"block {p}"
)
def every(request: pytest.FixtureRequest) -> list[Played]:
    """3,000 runs of a scenario with a name, or 8 runs each of 100 uncertain plants."""
    if isinstance(request.param, str):
        return [play(named(request.param), 3000)]
    numbers = range(request.param * PLANTS_A_BLOCK, (request.param + 1) * PLANTS_A_BLOCK)
    return [play(uncertain(f"law 4, plant {number}"), 8) for number in numbers]


def balanced(left: Floats, right: Floats, size: Floats, p: Played) -> None:
    """Both sides agree but for rounding."""
    assert np.all(np.abs(left - right) <= ROUNDING * np.maximum(size, 1.0)), p.said()


def before(ends: Floats, first: Floats) -> Floats:
    """Give the level at the start of each month, from those at the ends."""
    return np.concatenate([first[:, None], ends[:, :-1]], axis=1)


def test_what_is_stated_is_there_at_the_start(every: list[Played]) -> None:
    """Opening kits are split by parts over the accounts of each component, and the opening stock is as stated."""
    for p in every:
        for row, v in enumerate(p.scenario.vehicles):
            if v.opening_stock is not None:
                stated = p.reading[f"{v.address}.opening_stock"][0]
                balanced(p.opening_stock[row], stated, stated, p)
        for (vehicle, component), rows in p.components.items():
            v = p.scenario.vehicles[vehicle]
            own = v.needs.get(component)
            if own is not None and own.opening_kits is not None:
                stated = p.reading[f"{v.address}.needs.{component}.opening_kits"][0]
            elif v.opening_kits is not None:
                stated = p.reading[f"{v.address}.opening_kits"][0]
            else:
                continue
            balanced(p.opening_kits[rows].sum(axis=0), stated, stated, p)


def test_kits_are_kept(every: list[Played]) -> None:
    """Kits on hand and kits arrived were used or are left; of each component as many were used as cars were built."""
    for p in every:
        available = p.available()
        used = available - p.flows["kits"]
        assert np.all(used >= -ROUNDING * np.maximum(available, 1.0)), p.said()
        for (vehicle, _), rows in p.components.items():
            balanced(used[rows].sum(axis=0), p.built(vehicle), available[rows].sum(axis=0), p)


def test_orders_are_kept(every: list[Played]) -> None:
    """What is called off is on order until it arrives or is cancelled; full supply cancels nothing, however late."""
    for p in every:
        size = p.on_order[:, :-1] + p.flows["called"]
        balanced(p.on_order, p.heaps, np.maximum(p.heaps, np.max(size, axis=1, keepdims=True, initial=0.0)), p)
        cancelled = size - p.flows["arrived"] - p.on_order[:, 1:]
        assert np.all(cancelled >= -ROUNDING * np.maximum(size, 1.0)), p.said()
        balanced(cancelled * p.full, np.zeros_like(cancelled), size, p)


def test_no_more_arrives_than_was_called_off(every: list[Played]) -> None:
    """What has arrived is at most what was on order at the start, and called off the shortest lead time before."""
    for p in every:
        accounts = list(accounts_of(p.scenario).values())
        called, arrived = np.cumsum(p.flows["called"], axis=1), np.cumsum(p.flows["arrived"], axis=1)
        months = np.arange(called.shape[1])[:, None]
        for rows in p.components.values():
            leads = [p.reading[f"partners.{accounts[row][2]}.lead_time"][0] for row in rows]
            shortest = np.min(np.broadcast_arrays(*leads), axis=0).astype(int)
            for row in rows:
                until = np.broadcast_to(months - shortest, called[row].shape)
                due = np.where(until >= 0, np.take_along_axis(called[row], np.maximum(until, 0), axis=0), 0.0)
                most = p.on_order[row, 0] + due
                assert np.all(arrived[row] <= most + ROUNDING * np.maximum(most, 1.0)), p.said()


def test_calls_and_arrivals_of_accounts_are_those_of_partners(every: list[Played]) -> None:
    """Summed over all, accounts and partners agree every month; without takeover those of each partner do."""
    for p in every:
        accounts, partners = list(accounts_of(p.scenario).values()), p.model.labels["partner"]
        shared = {p.model.kits.channels[c] for c in range(len(p.model.kits.accounts), len(p.model.kits.channels))}
        for flow in ("called", "arrived"):
            by_account, by_partner = p.flows[flow], p.flows[f"{flow}_by_partner"]
            balanced(by_account.sum(axis=0), by_partner.sum(axis=0), by_account.sum(axis=0), p)
            for at, partner in enumerate(partners):
                own = by_account[[row for row, (_, _, sender) in enumerate(accounts) if sender == partner]].sum(axis=0)
                if not shared:
                    balanced(by_partner[at], own, own, p)


def test_cars_are_kept(every: list[Played]) -> None:
    """Stock and cars built were sold or are left, every vehicle, month and run."""
    for p in every:
        available = before(p.flows["stock"], p.opening_stock) + p.flows["built"]
        balanced(available, p.flows["sold"] + p.flows["stock"], available, p)


def wanted(p: Played) -> Floats:
    """Demand of each month, and what waited before it, (vehicles, months, runs)."""
    return before(p.flows["waiting"], np.zeros_like(p.opening_stock)) + p.flows["demand"]


def test_demand_is_kept(every: list[Played]) -> None:
    """What waited and fresh demand were sold, wait or are lost; orders all of which wait are never lost."""
    for p in every:
        asked = wanted(p)
        lost = asked - p.flows["sold"] - p.flows["waiting"]
        assert np.all(lost >= -ROUNDING * np.maximum(asked, 1.0)), p.said()
        for row, v in enumerate(p.scenario.vehicles):
            if v.orders is not None and v.backorder in (None, 1.0):
                balanced(lost[row], np.zeros_like(lost[row]), asked[row], p)
            if v.backorder == 0.0 or (v.orders is None and v.backorder is None):
                assert not p.flows["waiting"][row].any(), p.said()


def test_sold_is_at_most_demand(every: list[Played]) -> None:
    """Sales are at most demand and what waited, and meet them while there is stock."""
    for p in every:
        asked = wanted(p)
        assert np.all(p.flows["sold"] <= asked), p.said()
        assert np.all((p.flows["sold"] == asked) | (p.flows["stock"] == 0.0)), p.said()


def kits_for(p: Played) -> Floats:
    """Kits of the scarcest component of each vehicle, (vehicles, months, runs); endless for own production."""
    made = np.full_like(p.flows["built"], np.inf)
    available = p.available()
    for (vehicle, _), rows in p.components.items():
        row = p.model.labels["vehicle"].index(vehicle)
        made[row] = np.minimum(made[row], available[rows].sum(axis=0))
    return made


def lines(p: Played) -> tuple[Floats, list[int]]:
    """What each line built in all, (lines, months, runs), and the line of each vehicle."""
    names = [line.name for line in p.scenario.lines]
    own = [names.index(v.line) for v in p.scenario.vehicles]
    return np.stack([p.flows["built"][np.equal(own, at)].sum(axis=0) for at in range(len(names))]), own


def test_nothing_is_built_beyond_its_bounds(every: list[Played]) -> None:
    """Built is at most what is required, the kits of every component and, in sum over a line, its capacity."""
    for p in every:
        assert np.all(p.flows["built"] <= p.flows["required"]), p.said()
        assert np.all(p.flows["built"] <= kits_for(p) * (1.0 + ROUNDING)), p.said()
        assert np.all(lines(p)[0] <= p.flows["capacity"] * (1.0 + ROUNDING)), p.said()


def test_no_more_is_required_than_the_schedule_allows(every: list[Played]) -> None:
    """Required is at most the schedule times flex, in every run."""
    for p in every:
        for row, v in enumerate(p.scenario.vehicles):
            most = p.flows["scheduled"][row] * p.reading[f"{v.address}.flex"]
            assert np.all(p.flows["required"][row] <= most * (1.0 + ROUNDING)), p.said()


def test_a_bound_binds(every: list[Played]) -> None:
    """No capacity stays idle while kits and requirement are left: built meets one of its three bounds."""
    for p in every:
        most = np.minimum(kits_for(p), p.flows["required"])
        together, own = lines(p)
        small = ROUNDING * np.maximum(most, 1.0)
        full = together >= p.flows["capacity"] * (1.0 - ROUNDING)
        assert np.all(full[own] | (p.flows["built"] >= most - small)), p.said()


def test_nothing_is_negative(every: list[Played]) -> None:
    """No flow and no stock is negative or not finite."""
    for p in every:
        for name, flow in p.flows.items():
            assert np.all(flow >= 0.0), (name, p.said())
            assert np.all(np.isfinite(flow)), (name, p.said())


def test_totals_are_sums_of_the_flows(every: list[Played]) -> None:
    """Output by vehicle, by month and of the year are sums of what was built."""
    for p in every:
        built = p.flows["built"]
        for name, total in (
            ("by_vehicle", built.sum(axis=1)),
            ("by_month", built.sum(axis=0)),
            ("annual", built.sum(axis=(0, 1))),
        ):
            balanced(p.flows[name], total, total, p)
