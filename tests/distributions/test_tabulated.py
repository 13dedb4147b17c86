"""Laws read through normal scores: what the fast reader gives is what the law's own quantile gives."""

from __future__ import annotations

import numpy as np
import plants
import pytest
from scipy import special, stats

import avtosim as av
from avtosim.laws.base import ScoreLaw
from avtosim.laws.tabulated import CELLS, ENDS, TOLERANCE, reader

SMOOTH = {
    "uniform": av.Uniform(low=-2, high=3),
    "triangular": av.Triangular(low=0, mode=1, high=4),
    "pert": av.Pert(low=0.5, mode=0.9, high=1),
    "beta": av.Beta(a=0.7, b=2.5),
    "steep beta": av.Beta(a=0.05, b=0.05),
    "exponential": av.Exponential(mean=2),
    "gamma": av.Gamma(shape=2.5, scale=3),
    "steep gamma": av.Gamma(shape=0.05, scale=1),
    "weibull": av.Weibull(shape=1.5, scale=2),
    "steep weibull": av.Weibull(shape=0.3, scale=1),
    "log student t": av.LogStudentT(median=3, log_scale=0.3, degrees_of_freedom=7),
    "wide log student t": av.LogStudentT(median=3, log_scale=1.5, degrees_of_freedom=20),
    "normal": av.Normal(mean=3, sd=2),
    "lognormal": av.LogNormal(median=2, log_sd=1.5),
    "lognormal range": av.LogNormalRange(low=0.5, high=4),
    "normal range": av.NormalRange(low=-1, high=4, coverage=0.8),
    "three quantiles": av.ThreeQuantiles(low=1, median=2, high=6),
    "truncated": av.Truncated(law=av.Normal(mean=0, sd=1), low=0.5),
    "clipped": av.Clipped(law=av.Normal(mean=1, sd=1), low=0, high=2),
    "scipy gamma": stats.gamma(0.5, scale=3),
    "scipy t": stats.t(5),
    "scipy pareto": stats.pareto(2.5),
}
JUMPING = {
    "bernoulli": av.Bernoulli(chance=0.3, no=1, yes=4),
    "rare bernoulli": av.Bernoulli(chance=1e-4),
    "discrete": av.Discrete(values=(0, 1, 2, 5), weights=(1, 2, 3, 1)),
    "empirical": av.Empirical(sample=(3, 1, 4, 1, 5, 9, 2, 6)),
    "scipy poisson": stats.poisson(3.3),
    "truncated discrete": av.Truncated(law=av.Discrete(values=(1, 2, 3), weights=(1, 1, 1)), low=2),
}


def scores() -> np.ndarray:
    """Scores as they are drawn, and an even grid into both tails."""
    return np.concatenate([np.random.default_rng(1).standard_normal(100_000), np.linspace(-8.1, 8.1, 40_001)])


@pytest.mark.parametrize("law", SMOOTH)
def test_smooth_laws_are_read_within_tolerance(law: str) -> None:
    """A smooth law is read within the stated share of its own 1 % to 99 % range, tails and all."""
    # Above 6 the detour of ``exact`` through u is coarser than the tolerance.
    z = scores()
    z = z[z < 6.0]
    low, high = SMOOTH[law].ppf(np.array([0.01, 0.99]))
    exact = SMOOTH[law].ppf(special.ndtr(z))
    error = np.abs(reader(SMOOTH[law])(z.copy()) - exact)
    assert error.max() <= 1.05 * TOLERANCE * (high - low) + 1e-6 * np.abs(exact).max()


class Bent:
    """A law whose quantile is a straight line in the score, with a bend."""

    def __init__(self, at: float, by: float) -> None:
        self.at, self.by = at, by

    def ppf(self, u: np.ndarray) -> np.ndarray:
        """Quantiles."""
        z = special.ndtri(np.clip(u, 1e-300, 1.0 - 2.0**-53))
        return z + self.by * np.maximum(z - self.at, 0.0)


@pytest.mark.parametrize("by", [1e-3, 3e-3, 5e-3, 1e-2, 5e-2])
def test_a_bend_is_read_within_tolerance(by: float) -> None:
    """Wherever in a pair of cells a law has a bend, and however sharp, the error stays within what is stated."""
    cell = 2 * ENDS / CELLS
    z = np.linspace(-2 * cell, 4 * cell, 2001)
    for at in np.linspace(0.0, 2 * cell, 41):
        law = Bent(at, by)
        low, high = law.ppf(np.array([0.01, 0.99]))
        error = np.abs(reader(law)(z.copy()) - law.ppf(special.ndtr(z))).max()
        assert error <= 1.001 * TOLERANCE * (high - low), at


@pytest.mark.parametrize("law", JUMPING)
def test_jumping_laws_are_read_exactly(law: str) -> None:
    """A law with jumps gives its own values and no other."""
    z = scores()
    assert np.array_equal(reader(JUMPING[law])(z.copy()), JUMPING[law].ppf(special.ndtr(z)))


@pytest.mark.parametrize("at", [0.25, 0.5, 0.77])
@pytest.mark.parametrize("width", [1e-4, 1e-3])
def test_two_jumps_close_together_are_read_exactly(at: float, width: float) -> None:
    """A value between two others gives no value in between, however little room it has."""
    for nudge in np.linspace(-0.004, 0.004, 41):
        low = float(special.ndtr(special.ndtri(at) + nudge))
        law = av.Discrete(values=(0, 1, 2), weights=(low, width, 1 - low - width))
        z = special.ndtri(np.linspace(low - 3 * width, low + 4 * width, 301))
        assert set(np.unique(reader(law)(z.copy()))) <= {0.0, 1.0, 2.0}, law


def test_a_rare_lead_time_is_a_whole_number_of_months() -> None:
    """A lead time of one month, rare between none and two, gives the output of one of the three and nothing else."""
    weights = (0.4979042, 0.001, 0.5010958)
    kits = {"vehicle": {"plan": 1200, "ramp_up": 6, "kit_cover": 1, "opening_kits": 0}}
    stated = plants.one_vehicle(
        partner={"lead_time": av.Discrete(values=(0, 1, 2), weights=weights), "fill_rate": 0.8}, **kits
    )
    outputs = np.unique(av.simulate(stated, runs=20_000, seed=1, keep="totals").annual)
    certain = [plants.one_vehicle(partner={"lead_time": lead, "fill_rate": 0.8}, **kits) for lead in (0, 1, 2)]
    assert np.array_equal(outputs, np.sort([av.simulate(s, runs=1).annual[0] for s in certain]))


def test_long_samples_give_their_own_values() -> None:
    """A long sample is read as it stands: nothing between two of its values is made up."""
    sample = np.random.default_rng(2).normal(size=3000).round(2)
    law = av.Empirical(sample=tuple(sample))
    z = scores()
    assert np.all(np.isin(reader(law)(z.copy()), sample))


def test_a_value_does_not_depend_on_its_neighbours() -> None:
    """A score gives the same bits alone, among others, in any shape."""
    z = np.random.default_rng(3).standard_normal((7, 501))
    for law in (*SMOOTH.values(), *JUMPING.values()):
        read = reader(law)
        whole = read(z.copy())
        assert whole.shape == z.shape
        assert np.array_equal(read(z[3:4, 100:103].copy()), whole[3:4, 100:103])
        assert np.array_equal(read(z[:, ::-1].copy())[:, ::-1], whole)


def test_a_users_law_needs_ppf_and_cdf_only() -> None:
    """Anything with ppf and cdf is a law, even one that cannot be hashed; the mean fails once in 16,000 new seeds."""

    class Root:
        __hash__ = None

        def ppf(self, u):
            return np.sqrt(u)

        def cdf(self, x):
            return np.clip(x, 0, 1) ** 2

    z = np.linspace(-5, 5, 1001)
    assert np.allclose(reader(Root())(z.copy()), np.sqrt(special.ndtr(z)), atol=2e-5)
    made = av.simulate(_filled(Root()), runs=20_000, seed=1).annual
    assert abs(made.mean() - 8.0) <= 4 * made.std() / np.sqrt(made.size)


def _filled(law: object) -> av.Scenario:
    return plants.one_vehicle(partner={"fill_rate": law})


@pytest.mark.parametrize("law", [name for name, law in SMOOTH.items() if not isinstance(law, ScoreLaw)])
def test_tables_rise_and_stay_within_the_ends(law: str) -> None:
    """Across the edges of cells read from straight lines a value never falls back, and none lies beyond the ends."""
    table = reader(SMOOTH[law])
    edges = np.linspace(-ENDS, ENDS, CELLS + 1)
    fine = np.flatnonzero(~(table._coarse[1:-2] | table._coarse[2:-1])) + 1
    assert fine.size > CELLS / 4
    before, at, after = (table(z[fine]) for z in (np.nextafter(edges, -9), edges, np.nextafter(edges, 9)))
    # An ulp is allowed where values are so flat that the lines are level, and SciPy falls back next to nothing.
    ulp = np.spacing(np.abs(at)) + 1e-300
    assert (before <= at + ulp).all()
    assert (at <= after + ulp).all()
    low, high = table(np.array([-8.2, 8.2]))
    assert np.allclose(table(np.array([-30.0, -9.0, 9.0, 30.0])), [low, low, high, high], rtol=1e-12)
    bottom, top = SMOOTH[law].ppf(np.array([0.0, 1.0]))
    assert bottom <= before.min() <= after.max() <= top
