"""The smallest plants that facts are tested with: one as TOML text, and a random one of any make."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

import avtosim as av

TINY = """
name = "Tiny"
targets = [100, 200]

[calendar]
first_month = "2024-01"

[lines.Main]
per_day = 10

[lines.Main.stops]
per_year = 3
duration = { exponential = 0.2 }

[partners.BAIC]
fill_rate = { varying = { pert = [0.5, 0.9, 1.0] }, persistence = 0.5, source = "a survey", note = "a guess" }

[markets.Russia]
per_year = 1000

[markets.Russia.elasticities]
yuan = { value = -0.3, source = "a book" }

[factors.yuan]
volatility = 0.02

[vehicles."U5 Plus"]
partner = "BAIC"
line = "Main"
market = "Russia"
plan = { value = 500, source = "the press", stated_on = 2024-06-01 }
market_share = 0.5
"""


def tiny() -> av.Scenario:
    """Give the small plant as a scenario."""
    return av.loads(TINY)


def faults_of(call: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
    """Call what must fail for its facts, and give each fault's whole text by its address."""
    try:
        call(*args, **kwargs)
    except av.FactError as error:
        return {fault.address: str(fault) for fault in error.faults}
    raise AssertionError("no fault was found")


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers between bounds, without those so near to zero that they are no quantity of a plant."""
    return st.floats(low, high).map(lambda x: 0.0 if abs(x) < 1e-9 else x)


def _rising(count: int, low: float, high: float) -> st.SearchStrategy[list[float]]:
    """Rows of numbers that rise by a visible step."""
    steps = st.lists(st.floats(0.01, 1.0), min_size=count, max_size=count)
    start, span = numbers(low, low + 0.5 * (high - low)), 0.5 * (high - low) / count
    return st.builds(lambda a, s: [float(x) for x in a + span * np.cumsum([0.0, *s[1:]])], start, steps)


@st.composite
def continuous_laws(draw: st.DrawFn, low: float = -1000.0, high: float = 1000.0) -> Any:
    """Any continuous law of the library, bounds inside [low, high] where it has any."""
    a, b, c = draw(_rising(3, low, high))
    above = max(a, 0.0) + 0.01
    coverage = draw(st.floats(0.5, 0.98))
    made = [
        av.Uniform(low=a, high=c),
        av.Triangular(low=a, mode=b, high=c),
        av.Triangular(low=a, mode=a, high=c),
        av.Pert(low=a, mode=b, high=c),
        av.Pert(low=a, mode=c, high=c, weight=draw(st.floats(0.5, 20.0))),
        av.Beta(a=draw(st.floats(0.5, 20.0)), b=draw(st.floats(0.5, 20.0)), low=a, high=c),
        av.Normal(mean=b, sd=c - a),
        av.LogNormal(median=above, log_sd=draw(st.floats(0.01, 2.0))),
        av.NormalRange(low=a, high=c, coverage=coverage),
        av.LogNormalRange(low=above, high=above * draw(st.floats(1.01, 20.0)), coverage=coverage),
        av.ThreeQuantiles(
            low=a, median=draw(st.floats(a + 0.1 * (c - a), a + 0.9 * (c - a))), high=c, coverage=coverage
        ),
        av.Exponential(mean=above),
        av.Gamma(shape=draw(st.floats(0.3, 50.0)), scale=above),
        av.Weibull(shape=draw(st.floats(0.3, 10.0)), scale=above),
        av.LogStudentT(median=above, log_scale=draw(st.floats(0.01, 0.5)), degrees_of_freedom=draw(st.floats(6, 100))),
    ]
    return draw(st.sampled_from(made))


@st.composite
def bounded_laws(draw: st.DrawFn, low: float, high: float) -> Any:
    """Any law of the library, cut or clipped to [low, high] where it would reach beyond."""
    a, b, c = draw(_rising(3, low, high))
    cut = draw(st.sampled_from([av.Truncated, av.Clipped]))
    made = [
        av.Bernoulli(chance=draw(st.floats(0.0, 1.0)), no=a, yes=c),
        av.Discrete(values=[a, b, c], weights=[1.0, 0.0, draw(st.floats(0.1, 5.0))]),
        av.Empirical(sample=draw(st.permutations([a, b, c, c]))),
        cut(law=av.Normal(mean=b, sd=c - a), low=low, high=high),
        cut(law=av.Uniform(low=a, high=c), low=b),
        av.Triangular(low=a, mode=b, high=c),
        av.Pert(low=a, mode=b, high=c),
    ]
    return draw(st.sampled_from(made))


def quantities(low: float, high: float, *, varying: bool = False) -> st.SearchStrategy[Any]:
    """Numbers and laws inside [low, high], and those redrawn each month if asked for."""
    plain = st.one_of(numbers(low, high), bounded_laws(low, high))
    if not varying:
        return plain
    redrawn = st.builds(av.Varying, law=bounded_laws(low, high), persistence=st.floats(0.0, 0.99))
    return st.one_of(plain, redrawn)


#: Categories of characters that texts must not hold: controls, formats such as bidi marks, surrogates, line separators.
UNPRINTED = ("Cc", "Cf", "Cs", "Zl", "Zp")
TITLES = st.text(st.characters(exclude_categories=UNPRINTED))
PROSE = st.text(st.sampled_from("a\n\t") | st.characters(exclude_categories=UNPRINTED))
NAMES = ["BAIC", "U5 Plus", "Кайи", "A-1", "X & Y", "7", "_x", "plan", "b+w"]


@st.composite
def scenarios(draw: st.DrawFn) -> av.Scenario:
    """Sound scenarios of every make: odd names, laws in every place, sources with any text."""
    lists = {kind: draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)) for kind in "plmf"}
    vehicles = draw(st.lists(st.sampled_from([f"v{n}" for n in NAMES]), min_size=1, max_size=3, unique=True))
    stops = st.builds(av.Stops, per_year=quantities(0.0, 12.0), duration=quantities(0.1, 3.0))
    window = av.Window(start=draw(numbers(-3.0, 0.9)), duration=draw(quantities(3.0, 9.0)))
    share = 1.0 / len(vehicles)
    made = av.Scenario(
        name=draw(TITLES),
        description=draw(PROSE),
        targets=draw(st.lists(numbers(0.0, 1e6), max_size=3)),
        calendar=av.Calendar(first_month="2023-11", working_days=draw(st.lists(numbers(1.0, 31.0), min_size=1))),
        lines=[
            av.Line(
                name=n,
                per_day=draw(quantities(0.0, 1e3, varying=True)),
                stops=draw(st.none() | stops),
            )
            for n in lists["l"]
        ],
        partners=[
            av.Partner(
                name=n,
                fill_rate=draw(quantities(0.0, 1.0, varying=True)),
                lead_time=draw(st.sampled_from([0, 2, av.Discrete(values=[1, 3], weights=[1, 2])])),
                stops=draw(st.none() | stops),
            )
            for n in lists["p"]
        ],
        markets=[
            av.Market(
                name=n,
                per_year=draw(quantities(0.0, 1e6, varying=True)),
                season=draw(st.sampled_from([(), range(1, 13)])),
                elasticities=draw(st.dictionaries(st.sampled_from(lists["f"]), quantities(-2.0, 2.0))),
            )
            for n in lists["m"]
        ],
        factors=[av.Factor(name=n, volatility=draw(quantities(0.0, 0.5))) for n in lists["f"]],
        vehicles=[
            av.Vehicle(
                name=n,
                partner=draw(st.sampled_from(lists["p"])),
                line=draw(st.sampled_from(lists["l"])),
                market=draw(st.sampled_from(lists["m"])),
                plan=draw(quantities(0.0, 1e6)),
                market_share=draw(quantities(0.0, share, varying=True)),
            )
            for n in vehicles
        ],
        shocks=[
            av.Shock(
                name="strike",
                window=window,
                supply={lists["p"][0]: draw(quantities(0.0, 1.0))},
                speed={lists["l"][0]: 0.5},
            )
        ],
    )
    said = st.builds(av.Provenance, source=PROSE, stated_on=PROSE, note=PROSE)
    filled = said.filter(lambda p: bool(p.source or p.stated_on or p.note))
    where = draw(st.dictionaries(st.sampled_from(sorted(made.numbers())), filled, max_size=4))
    return attrs.evolve(made, provenance=where)
