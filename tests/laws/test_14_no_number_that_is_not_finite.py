"""Law 14. No output is ever anything but a finite number: there is an error that names the facts, or a number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import plants
import pytest

import avtosim as av


class Runaway:
    """A law that is sound wherever it is looked at beforehand, and infinite in a narrow band."""

    def ppf(self, u: object) -> np.ndarray:
        """Give 1 + u, but infinity between 0.615 and 0.635."""
        u = np.asarray(u, dtype=float)
        return np.where((u > 0.615) & (u < 0.635), np.inf, 1.0 + u)

    def cdf(self, x: object) -> np.ndarray:
        """Give the share below."""
        return np.clip(np.asarray(x, dtype=float) - 1.0, 0.0, 1.0)

    def support(self) -> tuple[float, float]:
        """Give the ends."""
        return 1.0, 2.0

    def mean(self) -> float:
        """Give the mean."""
        return 1.5


def shaken(elasticity: float, volatility: float, multiplier: float) -> av.Scenario:
    """Give a plant whose demand answers a factor, and a shock on its demand."""
    return plants.one_vehicle(
        market={"per_year": 100.0, "elasticities": {"rate": elasticity}},
        factors=[av.Factor(name="rate", volatility=volatility)],
        shocks=[av.Shock(name="S", window=av.Window(start=3, duration=2), demand={"M": multiplier})],
        targets=(10,),
    )


@pytest.mark.parametrize("multiplier", [0.0, 1.0, 1e15])
def test_a_demand_beyond_all_numbers_is_an_error(multiplier: float) -> None:
    """Elasticity 30 times volatility 8 moves demand beyond all numbers: an error names the elasticities and factor."""
    with pytest.raises(av.FactError, match=r"markets\.M\.elasticities: must not move demand by more than.*rate"):
        av.simulate(shaken(30.0, 8.0, multiplier), runs=2000)


def test_a_demand_that_is_only_large_is_a_number() -> None:
    """The same plant with an elasticity of 2 answers with finite numbers."""
    made = av.simulate(shaken(2.0, 8.0, 0.0), runs=2000, keep="flows")
    assert all(np.isfinite(flow).all() for flow in made.flows.values())


def test_shocks_that_multiply_beyond_all_numbers_are_an_error() -> None:
    """Eleven shocks that multiply demand by 1e15 at the same time are an error that names the market."""
    window = av.Window(start=3, duration=2)
    shocks = [av.Shock(name=f"S{n}", window=window, demand={"M": 1e15}) for n in range(11)]
    with pytest.raises(av.FactError, match=r"markets\.M: must stay below 1e\+150 in every run"):
        av.simulate(plants.one_vehicle(shocks=shocks), runs=100)


@pytest.mark.parametrize(
    ("change", "address"),
    [
        (lambda law: {"market": {"per_year": av.Varying(law=law)}}, "markets.M.per_year"),
        (lambda law: {"vehicle": {"plan": law}}, "vehicles.V.plan"),
        (lambda law: {"partner": {"stops": av.Stops(per_year=30, duration=law)}}, "partners.P.stops.duration"),
    ],
    ids=["demand", "plan", "duration"],
)
def test_a_law_that_runs_away_while_running_is_named(change: Callable[[Runaway], dict], address: str) -> None:
    """A law that gives infinity now and then stops the run with an error at its address; it never counts as a miss."""
    with pytest.raises(av.FactError, match=rf"{address.replace('.', '[.]')}: must be a finite"):
        av.simulate(plants.one_vehicle(targets=(5,), **change(Runaway())), runs=20_000)


@pytest.mark.parametrize("study", ["compare", "sweep", "rare_chance"])
def test_every_study_stops(study: str) -> None:
    """The other questions stop with the same error."""
    bad = shaken(30.0, 8.0, 0.0)
    ask = {
        "compare": lambda: av.compare({"a": bad, "b": bad.replace({"partners.P.fill_rate": 0.5})}, runs=500),
        "sweep": lambda: av.sweep(bad, {"partners.P.fill_rate": [0.5, 1]}, runs=500),
        "rare_chance": lambda: av.rare_chance(bad, at_least=11.9, particles=200),
    }[study]
    with pytest.raises(av.FactError, match=r"markets\.M\.elasticities"):
        ask()
