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


def normal_sum(shares: Sequence[float], *, mean: float = 10_000.0, sd: float = 1_000.0) -> av.Scenario:
    """Build a plant whose output is a sum of independent normal plans, with these shares of the variance sd squared.

    A plan is clipped at 0, so far below its mean that no run comes there.
    """
    names = [f"V{number}" for number in range(len(shares))]
    return av.Scenario(
        name="normal sum",
        calendar=av.Calendar(first_month="2024-01", working_days=EVEN),
        partners=[av.Partner(name="P")],
        lines=[av.Line(name="L", per_day=AMPLE)],
        vehicles=[
            av.Vehicle(
                name=name,
                partner="P",
                line="L",
                orders=AMPLE,
                plan=av.Clipped(av.Normal(mean, sd * share**0.5), low=0),
            )
            for name, share in zip(names, shares, strict=True)
        ],
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


def whole() -> av.Scenario:
    """Every way to say sources, orders, ends, dates and beliefs at once, beside stops and laws of several kinds."""
    mood, trouble = av.Named("mood"), av.Named("trouble")
    return av.Scenario(
        name="whole",
        targets=(
            12_000,
            av.Target(5_000, until="2024-06"),
            av.Target(3_000, until="2024-09", of="Weichai"),
            av.Target(4_000, of=["truck", "bus"]),
        ),
        calendar=av.Calendar(first_month="2024-01", working_days=(17, 20, 20, 21, 20, 19, 23, 22, 21, 23, 21, 21)),
        quantities={
            "mood": av.Pert(0.6, 1, 1.2),
            "trouble": av.Uniform(0.8, 1.6),
            "price": av.Varying(av.Uniform(0.7, 1), persistence=0.5, lasting=0.4),
            "both": av.Uniform(0.5, 1) * mood,
        },
        lines=[
            av.Line(name="heavy", per_day=av.Stepwise({"2024-01": av.Uniform(30, 50), "2024-07": 60})),
            av.Line(name="light", per_day=av.Uniform(20, 60), stops=av.Stops(4, 0.1, severity=trouble)),
        ],
        partners=[
            av.Partner(
                name="Weichai",
                lead_time=av.Discrete([1, 2], [1, 2]),
                surge=av.Uniform(1, 2),
                stops=av.Stops(3, av.LogNormalRange(0.2, 2), severity=trouble),
            ),
            av.Partner(
                name="Yuchai",
                lead_time=1,
                fill_rate=av.Stepwise({"2023-01": av.Pert(0.7, 0.9, 1), "2024-08": av.Pert(0.4, 0.7, 1)}),
                chance_of_leaving=0.3,
            ),
            av.Partner(name="Bodies", lead_time=3, fill_rate=av.Varying(av.Beta(8, 2), persistence=0.4, lasting=0.5)),
            av.Partner(
                name="Far",
                fill_rate=av.Named("price"),
                lead_time=2,
                surge=1.0,
                stops=av.Stops(1, 1, "stationary", severity=av.Uniform(0.5, 2)),
            ),
        ],
        markets=[
            av.Market(name="home", per_year=av.Stepwise({"2024-01": av.Uniform(9_000, 12_000), "2024-06": 14_000})),
        ],
        vehicles=[
            av.Vehicle(
                name="truck",
                needs={
                    "Body": "Bodies",
                    "Engine": {
                        "partners": {"Weichai": 0.7, "Yuchai": "rest"},
                        "takeover": av.Uniform(0.3, 1),
                        "kit_cover": 0.8,
                        "opening_kits": av.Uniform(0, 900),
                    },
                },
                line="heavy",
                orders=av.LogNormalRange(5_000, 8_000),
                plan=6_500,
                flex=1.2,
                kit_cover=0.25,
            ),
            av.Vehicle(
                name="bus",
                partners={"Far": 0.5, "Yuchai": 0.3, "Bodies": "rest"},
                takeover=0.6,
                line="heavy",
                market="home",
                market_share=av.Uniform(0.1, 0.7),
                plan=av.Stepwise({"2024-01": 1_500, "2024-05": av.Uniform(1_000, 4_000)}),
                flex=1.3,
                backorder=av.Uniform(0, 1),
                end=av.Uniform("2024-07", "2024-11"),
                stock_cover=0.5,
            ),
            av.Vehicle(
                name="van",
                partner="Far",
                line="light",
                market="home",
                market_share=0.4 * mood,
                plan=av.Total(3_000),
                start=av.Uniform("2024-02-10", "2024-04-20"),
                delay=av.LogNormal(0.5, 0.8),
                ramp_up=2,
                kit_cover=av.Uniform(0, 2),
                opening_stock=100 - 50 * mood,
            ),
            av.Vehicle(
                name="cart", line="light", orders=av.Stepwise({"2024-01": 900, "2024-09": 1_400}), plan=[100] * 12
            ),
        ],
        shocks=[
            av.Shock(
                name="border",
                stops=av.Stops(2, av.LogNormalRange(0.2, 2)),
                holds=["Far", "Weichai"],
                delay={"Bodies": av.Uniform(0.2, 1.4)},
            ),
            av.Shock(
                name="slow", window=av.Window("2024-04", end=av.Uniform("2024-05", "2024-10")), delay=av.Uniform(0, 2)
            ),
            av.Shock(
                name="perhaps",
                window=av.Window(av.Uniform(2, 7), 2.5, chance=0.6),
                holds=["Far"],
                supply={"truck": 0.6, "Weichai": av.Bernoulli(0.5, 0.0, 0.8)},
                speed=av.Uniform(0.4, 1),
            ),
            av.Shock(name="year", window=av.Window(0, 12), demand=av.LogNormal(1, 0.2) * mood),
            av.Shock(name="strike", window=av.Window(8, 0.5), supply=0.0, demand={"home": av.Named("both")}),
        ],
    )


def with_facts(scenario: av.Scenario, **more: Sequence[object]) -> av.Scenario:
    """Add facts to families of a scenario, behind those that are there."""
    return attrs.evolve(scenario, **{family: (*getattr(scenario, family), *facts) for family, facts in more.items()})
