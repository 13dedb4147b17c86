"""Law 4: kits and cars are kept, and no month builds more than it may."""

from __future__ import annotations

import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.chance.points import DrawnPoints, Keys

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
    """Every flow of 3,000 runs."""
    model = av.Model(scenario)
    return model(DrawnPoints(model.space, Keys(4), 0, 3000), keep="flows")


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
    came = before(flows["kits"], opening(scenario, "opening_kits")) + flows["arrived"]
    balanced(came, flows["built"] + flows["kits"], came)


def test_cars_are_kept(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """Stock and cars built were sold or are left, every vehicle, month and run."""
    came = before(flows["stock"], opening(scenario, "opening_stock")) + flows["built"]
    balanced(came, flows["sold"] + flows["stock"], came)


def test_nothing_is_built_beyond_its_bounds(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """Built is at most what is wanted, what kits there are and, in sum, what the line can do."""
    on_hand = before(flows["kits"], opening(scenario, "opening_kits")) + flows["arrived"]
    assert np.all(flows["built"] <= flows["required"])
    assert np.all(flows["built"] <= on_hand * (1.0 + ROUNDING))
    for at, line in enumerate(scenario.lines):
        rows = [v.line == line.name for v in scenario.vehicles]
        assert np.all(flows["built"][rows].sum(axis=0) <= flows["capacity"][at] * (1.0 + ROUNDING))


def test_a_bound_binds(scenario: av.Scenario, flows: dict[str, np.ndarray]) -> None:
    """No capacity idles while both kits and wishes are left: built meets one of its three bounds."""
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
    """No more is sold than is asked for, and what is asked for is sold while there is stock."""
    assert np.all(flows["sold"] <= flows["demand"])
    assert np.all((flows["sold"] == flows["demand"]) | (flows["stock"] == 0.0))


def test_nothing_is_negative(flows: dict[str, np.ndarray]) -> None:
    """No flow and no stock falls below nothing, and every one is a number."""
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
