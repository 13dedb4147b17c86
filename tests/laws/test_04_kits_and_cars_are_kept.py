"""Law 4: kits and cars are kept, and no month builds more than line, kits and requirement allow."""

from __future__ import annotations

import numpy as np
import plants
import pytest
from played import played

import avtosim as av

NAMES = [*av.bundled(), "busy"]

#: Sums of a few numbers leave a rounding of this size, relative to the largest of them.
ROUNDING = 1e-12


@pytest.fixture(params=NAMES)
def scenario(request: pytest.FixtureRequest) -> av.Scenario:
    """Each bundled scenario, and the plant with every feature on; openings made certain so that they are known."""
    stated = plants.busy() if request.param == "busy" else av.load(request.param)
    certain = {
        f"vehicles.{v.name}.{what}": 100.0
        for v in stated.vehicles
        for what in ("opening_kits", "opening_stock")
        if not isinstance(getattr(v, what), float)
    }
    return stated.replace(certain) if certain else stated


@pytest.fixture
def flows(scenario: av.Scenario) -> dict[str, np.ndarray]:
    """Every flow and total of 3,000 runs."""
    return played(scenario, 3000, seed=4)


def opening(scenario: av.Scenario, what: str) -> np.ndarray:
    """State what each vehicle opens with, (vehicles, 1)."""
    return np.array([[getattr(v, what)] for v in scenario.vehicles])


def balanced(left: np.ndarray, right: np.ndarray, size: np.ndarray) -> None:
    """Both sides agree but for rounding."""
    assert np.all(np.abs(left - right) <= ROUNDING * np.maximum(size, 1.0))


def before(ends: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Give the level at the start of each month, from those at the ends."""
    return np.concatenate([np.broadcast_to(first[:, None], ends[:, :1].shape), ends[:, :-1]], axis=1)


def test_kits_are_kept(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """Kits on hand and kits arrived were built or are left, every vehicle, month and run."""
    available = before(flows["kits"], opening(scenario, "opening_kits")) + flows["arrived"]
    balanced(available, flows["built"] + flows["kits"], available)


def test_cars_are_kept(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """Stock and cars built were sold or are left, every vehicle, month and run."""
    available = before(flows["stock"], opening(scenario, "opening_stock")) + flows["built"]
    balanced(available, flows["sold"] + flows["stock"], available)


def test_nothing_is_built_beyond_its_bounds(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """Built is at most what is required, the kits on hand and, in sum over a line, its capacity."""
    on_hand = before(flows["kits"], opening(scenario, "opening_kits")) + flows["arrived"]
    assert np.all(flows["built"] <= flows["required"])
    assert np.all(flows["built"] <= on_hand * (1.0 + ROUNDING))
    for at, line in enumerate(scenario.lines):
        rows = [v.line == line.name for v in scenario.vehicles]
        assert np.all(flows["built"][rows].sum(axis=0) <= flows["capacity"][at] * (1.0 + ROUNDING))


def test_no_more_is_required_than_the_schedule_allows(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """Required is at most the schedule times the highest flex."""
    for row, vehicle in enumerate(scenario.vehicles):
        flex = vehicle.flex if isinstance(vehicle.flex, float) else float(vehicle.flex.ppf(1.0))
        assert np.all(flows["required"][row] <= flows["scheduled"][row] * flex * (1.0 + ROUNDING)), vehicle.name


def test_a_bound_binds(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """No capacity stays idle while kits and requirement are left: built meets one of its three bounds."""
    kits = before(flows["kits"], opening(scenario, "opening_kits")) + flows["arrived"]
    most = np.minimum(kits, flows["required"])
    lines = [line.name for line in scenario.lines]
    full = np.stack(
        [
            flows["built"][[v.line == line for v in scenario.vehicles]].sum(axis=0) >= flows["capacity"][at] - 1e-6
            for at, line in enumerate(lines)
        ]
    )
    of_line = full[[lines.index(v.line) for v in scenario.vehicles]]
    assert np.all(of_line | (flows["built"] >= most - 1e-6))


def test_sold_is_at_most_demand(flows: dict[str, np.ndarray]) -> None:
    """Sales are at most demand, and meet it while there is stock."""
    assert np.all(flows["sold"] <= flows["demand"])
    assert np.all((flows["sold"] == flows["demand"]) | (flows["stock"] == 0.0))


def test_nothing_is_negative(flows: dict[str, np.ndarray]) -> None:
    """No flow and no stock is negative or not finite."""
    for name, flow in flows.items():
        assert np.all(flow >= 0.0), name
        assert np.all(np.isfinite(flow)), name


def test_no_more_arrives_than_was_called_off(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """What arrives is at most what was called off a lead time before."""
    for row, vehicle in enumerate(scenario.vehicles):
        lead = scenario[f"partners.{vehicle.partner}.lead_time"]
        if isinstance(lead, float):
            called = flows["called"][row, : 12 - int(lead)]
            assert np.all(flows["arrived"][row, int(lead) :] <= called), vehicle.name


def test_totals_are_sums_of_the_flows(flows: dict[str, np.ndarray]) -> None:
    """Output by vehicle, by month and of the year are sums of what was built."""
    built = flows["built"]
    for name, total in (
        ("by_vehicle", built.sum(axis=1)),
        ("by_month", built.sum(axis=0)),
        ("annual", built.sum(axis=(0, 1))),
    ):
        balanced(flows[name], total, total)
