"""Plants for tests: the smallest one, where nothing binds but what is asked for, and one with every feature on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
from scipy import stats

import avtosim as av

#: Twelve equal months.
EVEN = (20.0,) * 12
AMPLE = 1e9


def one_vehicle(
    *,
    days: Sequence[float] = EVEN,
    partner: dict | None = None,
    line: dict | None = None,
    market: dict | None = None,
    vehicle: dict | None = None,
    factors: Sequence[av.Factor] = (),
    shocks: Sequence[av.Shock] = (),
    targets: Sequence[float] = (),
    quantities: Mapping[str, object] | None = None,
) -> av.Scenario:
    """Build one vehicle a month on schedule: one partner, line and market, all ample until said otherwise."""
    return av.Scenario(
        name="one vehicle",
        targets=targets,
        quantities=quantities or {},
        calendar=av.Calendar(first_month="2024-01", working_days=days),
        partners=[av.Partner(name="P", **(partner or {}))],
        lines=[av.Line(name="L", **({"per_day": AMPLE} | (line or {})))],
        markets=[av.Market(name="M", **({"per_year": AMPLE} | (market or {})))],
        vehicles=[
            av.Vehicle(
                name="V", partner="P", line="L", market="M", **({"plan": 12.0, "market_share": 1.0} | (vehicle or {}))
            )
        ],
        factors=factors,
        shocks=shocks,
    )


def busy() -> av.Scenario:
    """Every feature at once: stops in all three opening states, windows, laws of all kinds, everything shared."""
    return av.Scenario(
        name="busy",
        targets=(20_000, 24_000),
        calendar=av.Calendar(first_month="2024-03", working_days=(17, 20, 20, 21, 20, 19, 23, 22, 21, 23, 21, 21)),
        partners=[
            av.Partner(
                name="North",
                fill_rate=av.Varying(law=av.Beta(a=8, b=1.5), persistence=0.6),
                lead_time=av.Discrete(values=(0, 1, 3), weights=(2, 3, 1)),
                stops=av.Stops(per_year=4, duration=av.Exponential(mean=0.6)),
            ),
            av.Partner(
                name="East",
                fill_rate=av.Pert(low=0.5, mode=0.9, high=1.0),
                lead_time=2,
                chance_of_leaving=av.Uniform(low=0.05, high=0.5),
                stops=av.Stops(
                    per_year=2, duration=av.LogNormal(median=0.7, log_sd=0.8), at_start="stopped", stopped_for=0.5
                ),
            ),
            av.Partner(
                name="South",
                fill_rate=av.Varying(law=av.Uniform(low=0.7, high=1)),
                stops=av.Stops(
                    per_year=av.Uniform(low=1, high=9), duration=stats.gamma(0.7, scale=0.4), at_start="stationary"
                ),
            ),
        ],
        lines=[
            av.Line(
                name="one",
                per_day=av.Varying(law=av.Truncated(law=av.Normal(mean=55, sd=12), low=20), persistence=0.3),
                stops=av.Stops(per_year=20, duration=0.08),
            ),
            av.Line(name="two", per_day=stats.triang(0.5, loc=30, scale=40)),
        ],
        markets=[
            av.Market(
                name="home",
                per_year=av.Varying(law=av.LogNormal(median=60_000, log_sd=0.2), persistence=0.8),
                season=(6, 7, 9, 9, 8, 8, 8, 9, 9, 9, 9, 9),
                elasticities={"rate": av.Uniform(low=-1, high=0), "income": 0.8},
            ),
            av.Market(name="abroad", per_year=av.LogNormalRange(low=20_000, high=60_000), elasticities={"rate": 0.5}),
        ],
        factors=[
            av.Factor(name="rate", volatility=0.05),
            av.Factor(
                name="income",
                persistence=av.Uniform(low=0.5, high=0.9),
                volatility=0.03,
                loads={"rate": av.Normal(mean=-0.3, sd=0.1)},
            ),
        ],
        vehicles=[
            av.Vehicle(
                name="alpha",
                partner="North",
                line="one",
                market="home",
                plan=av.Triangular(low=6000, mode=9000, high=10_000),
                flex=1.3,
                market_share=av.Varying(law=av.Uniform(low=0.1, high=0.2)),
                stock_cover=0.7,
                opening_kits=300,
                opening_stock=200,
            ),
            av.Vehicle(
                name="beta",
                partner="East",
                line="two",
                market="abroad",
                plan=8000,
                market_share=0.3,
                start=2.5,
                delay=av.LogNormal(median=0.8, log_sd=0.7),
                ramp_up=av.Uniform(low=0, high=3),
                kit_cover=av.Bernoulli(chance=0.4, no=0.2, yes=0.9),
            ),
            av.Vehicle(
                name="gamma",
                partner="South",
                line="one",
                market="abroad",
                plan=9000,
                market_share=av.Clipped(law=av.Normal(mean=0.2, sd=0.05), low=0.1, high=0.3),
                flex=av.Uniform(low=1, high=1.5),
                stock_cover=av.Empirical(sample=(0.1, 0.4, 0.3)),
                ramp_up=2,
                start=-1,
            ),
            av.Vehicle(
                name="delta",
                partner="North",
                line="two",
                market="home",
                plan=7000,
                market_share=0.15,
                kit_cover=0.5,
                opening_kits=50,
            ),
        ],
        shocks=[
            av.Shock(
                name="payments",
                stops=av.Stops(per_year=1.5, duration=av.Uniform(low=0.2, high=2)),
                supply={"North": 0.4, "South": av.Uniform(low=0.2, high=0.8)},
            ),
            av.Shock(
                name="fee",
                window=av.Window(start=av.Uniform(low=4, high=7), duration=av.Exponential(mean=1.5)),
                demand={"home": 0.7, "beta": 1.2},
                speed={"one": 0.9},
            ),
            av.Shock(
                name="strike",
                stops=av.Stops(
                    per_year=0.8, duration=av.Discrete(values=(0.25, 1.5), weights=(3, 1)), at_start="stationary"
                ),
                speed={"one": 0, "two": 0.5},
                demand={"delta": 1.1},
            ),
        ],
    )


def with_facts(scenario: av.Scenario, **more: Sequence[object]) -> av.Scenario:
    """Add facts to families of a scenario, behind those that are there."""
    return attrs.evolve(scenario, **{family: (*getattr(scenario, family), *facts) for family, facts in more.items()})
