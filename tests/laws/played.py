"""What the laws look at: everything that is kept of the runs a model makes, by name."""

from __future__ import annotations

import numpy as np

import avtosim as av
from avtosim.chance.points import DrawnPoints, Keys, Points

__all__ = ["NEWCOMERS", "drawn", "played", "recorded"]

#: Facts that may be added to tests/plants.py busy() and change nothing: nobody uses them, or they multiply by 1.
NEWCOMERS = {
    "partners": [
        av.Partner(name="Idle", fill_rate=av.Uniform(low=0, high=1), stops=av.Stops(per_year=30, duration=0.1))
    ],
    "lines": [av.Line(name="three", per_day=av.Uniform(low=0, high=9), stops=av.Stops(per_year=3, duration=1))],
    "markets": [av.Market(name="moon", per_year=av.LogNormal(median=9, log_sd=1), elasticities={"rate": 2})],
    "factors": [av.Factor(name="sunspots", volatility=0.4, loads={"rate": 0.5})],
    "shocks": [
        av.Shock(
            name="nothing",
            stops=av.Stops(per_year=6, duration=av.Exponential(mean=1), at_start="stationary"),
            supply={"North": 1, "East": 1},
            demand={"home": 1, "beta": 1},
            speed={"one": 1, "two": 1},
        ),
        av.Shock(
            name="nothing at a stated time",
            window=av.Window(start=av.Uniform(low=1, high=9), duration=2.5),
            supply={"North": 1, "South": 1},
            demand={"abroad": 1, "gamma": 1},
            speed={"one": 1},
        ),
    ],
}


def recorded(model: av.Model, points: Points) -> dict[str, np.ndarray]:
    """Every flow and every total at these points, by name; runs are the last axis."""
    return model(points, keep="flows")


def drawn(model: av.Model, first: int, runs: int, *, seed: int = 17) -> dict[str, np.ndarray]:
    """Record the runs of a seed from number ``first`` on."""
    return recorded(model, DrawnPoints(model.space, Keys(seed), first, runs))


def played(scenario: av.Scenario, runs: int = 300, *, seed: int = 17) -> dict[str, np.ndarray]:
    """Record the first runs of a scenario."""
    return drawn(av.Model(scenario), 0, runs, seed=seed)
