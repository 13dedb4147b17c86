"""The ramp's integral against the ramp itself, and quantities that persist from month to month."""

from __future__ import annotations

import numpy as np
import plants
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

import avtosim as av
from avtosim.chance.points import DrawnPoints, Keys
from avtosim.plant.schedule import longer_ahead, ramped

eighths = st.integers(-80, 160).map(lambda n: n / 8)


@given(since=eighths, ramp_up=st.integers(0, 80).map(lambda n: n / 8))
def test_ramped_is_the_area_under_the_ramp(since: float, ramp_up: float) -> None:
    """Production laid out until a moment is the area under a line that rises from 0 to 1 over the ramp."""
    grid = np.linspace(0.0, max(since, 0.0), 20_001)
    middle = 0.5 * (grid[1:] + grid[:-1])
    height = np.minimum(middle / ramp_up, 1.0) if ramp_up else np.ones_like(middle)
    area = float((height * np.diff(grid)).sum())
    assert float(ramped(np.array([[since]]), ramp_up)[0, 0]) == pytest.approx(area, abs=1e-5)


def test_ramped_of_arrays_is_ramped_of_each() -> None:
    """Moments and ramps broadcast against each other, with the bits of one at a time."""
    since = np.linspace(-2, 14, 50)[:, None]
    ramps = np.array([[0.0, 0.5, 3.0, 20.0]])
    together = ramped(since - np.zeros_like(ramps), ramps)
    for column, ramp_up in enumerate(ramps[0]):
        assert np.array_equal(together[:, column], ramped(since.copy(), float(ramp_up))[:, 0])


@pytest.mark.parametrize("ramp_up", [5e-324, 1e-310, 1e-300, 1e-9])
def test_a_ramp_of_next_to_nothing_is_none(ramp_up: float) -> None:
    """However short a ramp is, the schedule is the one without it but for the ramp's half."""
    assert float(ramped(np.array([[3.0]]), ramp_up)[0, 0]) == pytest.approx(3.0, abs=1e-8)


@pytest.mark.parametrize("persistence", [0.0, 0.5, 0.95])
def test_a_quantity_that_persists_keeps_its_law(persistence: float) -> None:
    """In every month a varying quantity has the stated law, and its scores the stated correlation with the last.

    Fails by chance under a new seed once in 1,000: 12 tests at 1 in 40,000 and 12 correlations at four errors.
    """
    runs = 40_000
    scenario = plants.one_vehicle(
        partner={"fill_rate": av.Varying(law=av.Uniform(low=0, high=1), persistence=persistence)}
    )
    months = av.simulate(scenario, runs=runs, seed=8).by_month.array
    scores = special.ndtri(np.clip(months, 1e-12, 1 - 1e-12))
    for month in range(12):
        assert stats.kstest(months[month], "uniform").pvalue > 1 / 40_000
        if month:
            found = np.corrcoef(scores[month], scores[month - 1])[0, 1]
            assert abs(found - persistence) <= 4.0 * (1.0 - persistence**2) / np.sqrt(runs) + 1e-4


def test_a_factor_moves_as_it_says() -> None:
    """A factor loads on an earlier one's move of the same month, and both paths fade as their persistence says."""
    scenario = plants.one_vehicle(
        factors=[
            av.Factor(name="A", persistence=0.5, volatility=0.2),
            av.Factor(name="B", persistence=0.9, volatility=0.1, loads={"A": -0.5}),
        ],
        market={"per_year": 1200, "elasticities": {"A": 0.3, "B": 2}},
        vehicle={"plan": 1e6},
    )
    model = av.Model(scenario)
    points = DrawnPoints(model.space, Keys(3), 0, 200)
    moves = {cause.name: points.scores(cause) for cause in model.space.inputs}
    by_name = {name.split("/")[1]: value for name, value in moves.items()}
    a = b = np.zeros(200)
    made = model(points, keep="breakdown")["by_month"]
    for month in range(12):
        move = 0.2 * by_name["A"][month]
        a = 0.5 * a + move
        b = 0.9 * b + 0.1 * by_name["B"][month] - 0.5 * move
        assert np.allclose(made[month], 100.0 * np.exp(0.3 * a + 2.0 * b), rtol=1e-12)


@pytest.mark.parametrize("runs", [1, 5])
@pytest.mark.parametrize("wide", [1, 5])
def test_a_longer_look_ahead_is_that_of_the_whole_schedule(runs: int, wide: int) -> None:
    """Where call-offs look further ahead, even beyond all that is worked out, they see the schedule summed up to there.

    The sum is taken with Python's own numbers: whole months, a part of one, and the last month again and again.
    """
    rng = np.random.default_rng(3)
    scheduled = rng.uniform(0, 100, (9, wide))
    upto = np.concatenate([np.zeros((1, wide)), np.cumsum(scheduled, axis=0)])
    active, late = rng.uniform(0, 1, (6, runs)) * (rng.random((6, runs)) < 0.8), rng.uniform(0, 12, (1, runs))
    longer = longer_ahead([(active, late)])
    ahead = np.full((1, 1), 1.5)
    need = np.zeros((6, wide))
    made = longer.needed(need, upto, scheduled, ahead)
    for month in range(6):
        for run in range(max(runs, wide)):
            at, own = min(run, runs - 1), min(run, wide - 1)
            extra = min(active[month - 1, at], active[month, at]) * late[0, at] if month else 0.0
            if not extra:
                assert made[month, min(run, made.shape[1] - 1)] == 0.0
                continue
            months = [float(scheduled[min(month + m, 8), own]) for m in range(40)]
            whole = int(1.5 + extra)
            expected = sum(months[:whole]) + (1.5 + extra - whole) * months[whole]
            assert made[month, run] == pytest.approx(expected, rel=1e-12)
