"""Law 10: neutral facts are neutral. What multiplies by 1, never happens or is used by nobody changes no bit."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
import plants
import pytest
from played import NEWCOMERS, drawn, played

import avtosim as av


def unchanged(stated: av.Scenario, more: av.Scenario, *, but: tuple[str, ...] = ()) -> None:
    """Check that all that was recorded of ``stated`` stands, bit for bit, in the record of ``more``."""
    was, now = played(stated), played(more)
    for name, numbers in was.items():
        if name not in but:
            rows = now[name] if numbers.ndim == 1 else now[name][: len(numbers)]
            assert np.array_equal(numbers, rows), name


@pytest.mark.parametrize("family", NEWCOMERS)
def test_neutral_facts_are_neutral(family: str) -> None:
    """A partner, line or market without a vehicle, a factor nobody uses, a shock times 1 change no output bit."""
    stated = plants.busy()
    unchanged(stated, plants.with_facts(stated, **{family: NEWCOMERS[family]}))


def test_an_elasticity_of_zero_is_neutral() -> None:
    """A factor to which every market has elasticity 0 changes no output bit."""
    stated = plants.busy()
    more = plants.with_facts(stated, factors=NEWCOMERS["factors"])
    more_factors = attrs.evolve(
        more, markets=[attrs.evolve(m, elasticities={"sunspots": 0, **m.elasticities}) for m in more.markets]
    )
    unchanged(stated, more_factors)


def test_a_load_of_zero_is_neutral() -> None:
    """A load of 0 on another factor changes no output bit."""
    stated = plants.busy()
    factors = [av.Factor(name="sunspots", volatility=0.4), *stated.factors]
    factors[2] = attrs.evolve(factors[2], loads={"sunspots": 0, **factors[2].loads})
    unchanged(stated, attrs.evolve(stated, factors=factors))


def test_neutral_facts_are_neutral_in_the_bundled_case() -> None:
    """In the June scenario a shock times 1 and a partner with no vehicle change no output bit."""
    stated = av.load("avtotor-2024-06")
    shock = av.Shock(
        name="nothing",
        stops=av.Stops(per_year=6, duration=0.5),
        supply={p.name: 1 for p in stated.partners},
        demand={m.name: 1 for m in stated.markets},
        speed={line.name: 1 for line in stated.lines},
    )
    unchanged(stated, plants.with_facts(stated, shocks=[shock], partners=NEWCOMERS["partners"]))


NEVER = av.Stops(per_year=0, duration=av.Exponential(mean=2))


def flat(stated: av.Scenario) -> av.Scenario:
    """Add a factor without volatility, to which every market has an elasticity."""
    more = plants.with_facts(stated, factors=[av.Factor(name="flat", volatility=0, persistence=0.9)])
    return attrs.evolve(
        more, markets=[attrs.evolve(m, elasticities={**m.elasticities, "flat": 3}) for m in more.markets]
    )


def never_stopping(stated: av.Scenario, family: str) -> av.Scenario:
    """Give stops at rate 0 to the facts of a family that have no stops."""
    facts = [attrs.evolve(f, stops=f.stops or NEVER) for f in getattr(stated, family)]
    assert any(f.stops is NEVER for f in facts)
    return attrs.evolve(stated, **{family: facts})


def never_active(stated: av.Scenario) -> av.Scenario:
    """Add shocks that would be hard, at rate 0 and in windows of no length."""
    hard = {"supply": {"North": 0}, "demand": {"home": 9, "delta": 0}, "speed": {"one": 0.1}}
    empty = [av.Window(start=start, duration=0) for start in (4, 4.5)]
    return plants.with_facts(
        stated,
        shocks=[
            av.Shock(name="never", stops=NEVER, **hard),
            *(av.Shock(name=f"empty {n}", window=window, **hard) for n, window in enumerate(empty)),
        ],
    )


def unplanned(stated: av.Scenario) -> av.Scenario:
    """Add, on every line, a vehicle with plan 0 and no opening stock."""
    idle = [
        attrs.evolve(
            next(v for v in stated.vehicles if v.line == line.name),
            name=f"idle {line.name}",
            plan=0,
            market_share=av.Uniform(low=0, high=0.05),
            opening_kits=0,
            opening_stock=0,
        )
        for line in stated.lines
    ]
    return plants.with_facts(stated, vehicles=idle)


def even_season(stated: av.Scenario) -> av.Scenario:
    """State twelve equal weights where no season is stated."""
    markets = [attrs.evolve(m, season=m.season or (7,) * 12) for m in stated.markets]
    return attrs.evolve(stated, markets=markets)


def never_leaving(stated: av.Scenario) -> av.Scenario:
    """Say by a law that partners who have no chance of leaving have none."""
    none = av.Discrete(values=(0,), weights=(1,))
    partners = [attrs.evolve(p, chance_of_leaving=p.chance_of_leaving or none) for p in stated.partners]
    return attrs.evolve(stated, partners=partners)


def other_words(stated: av.Scenario) -> av.Scenario:
    """Change the title, the description, the targets and the sources."""
    source = av.Provenance(source="a book", note="read twice")
    return attrs.evolve(
        stated, name="another", description="words", targets=(1,), provenance={"partners.North.fill_rate": source}
    )


@pytest.mark.parametrize(
    "change",
    [
        flat,
        lambda s: never_stopping(s, "lines"),
        never_active,
        unplanned,
        even_season,
        never_leaving,
        other_words,
    ],
    ids=["flat", "never_stopping", "never_active", "unplanned", "even_season", "never_leaving", "other_words"],
)
def test_what_never_acts_is_neutral(change: Callable[[av.Scenario], av.Scenario]) -> None:
    """A factor without volatility, stops at rate 0, shocks never active, a vehicle with plan 0: none changes a bit."""
    stated = plants.busy()
    changed = change(stated)
    assert changed != stated
    unchanged(stated, changed)


def test_a_partner_that_never_stops_has_no_stops() -> None:
    """Stops at rate 0 of a partner change no output bit."""
    stated = plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0.4, high=1)}, line={"per_day": 0.04})
    unchanged(stated, never_stopping(stated, "partners"))


def same_bits(stated: av.Scenario, changed: av.Scenario) -> None:
    """Both scenarios give every total and every flow of vehicles bit for bit."""
    assert changed != stated
    before, after = played(stated), played(changed)
    for name in ("annual", "by_vehicle", "by_month", "built", "called", "arrived", "kits", "demand", "sold", "stock"):
        assert np.array_equal(before[name], after[name]), name


#: For a vehicle of the busy plant, other words that say the same.
SAME = {
    "parts of one": {"partners": {"North": 1}},
    "parts of one, the rest": {"partners": {"North": "rest"}},
    "needs of one": {"needs": {"kit": "North"}},
    "needs of one with parts": {"needs": {"kit": {"partners": {"North": 1}}}},
    "needs with a cover of its own": {"needs": {"kit": {"partner": "North", "kit_cover": 0.5, "opening_kits": 50}}},
}


@pytest.mark.parametrize("words", SAME.values(), ids=list(SAME))
def test_neutral_forms_of_kits_change_no_bit(words: dict[str, object]) -> None:
    """Parts of one partner, needs of one component and a partner are the same plant."""
    stated = plants.busy()
    delta = attrs.evolve(stated.vehicles["delta"], partner=None, **words)
    same_bits(stated, stated.replace({"vehicles": [*stated.vehicles[:3], delta]}))


@pytest.mark.parametrize(
    "address",
    [
        "vehicles.delta.plan",
        "vehicles.alpha.plan",
        "lines.two.per_day",
        "partners.East.fill_rate",
        "markets.abroad.per_year",
    ],
)
def test_a_step_that_holds_from_the_first_month_changes_no_bit(address: str) -> None:
    """One value from the first month on, or from years before, is the value without steps, draw for draw."""
    stated = plants.busy()
    for month in ("2024-03", "2019-12"):
        same_bits(stated, stated.replace({address: av.Stepwise({month: stated[address]})}))


def test_a_step_after_the_calendar_changes_nothing_before_call_offs_see_it() -> None:
    """A fill rate that steps after the calendar is as without the step."""
    stated = plants.busy()
    later = av.Stepwise({"2024-01": stated["partners.East.fill_rate"], "2026-01": 0.1})
    same_bits(stated, stated.replace({"partners.East.fill_rate": later}))


def test_one_times_a_named_quantity_is_the_quantity() -> None:
    """Times 1 and plus 0 change no bit, however they are written."""
    base = plants.one_vehicle(
        partner={"fill_rate": av.Named("q")}, quantities={"q": av.Uniform(0.4, 1)}, line={"per_day": 0.04}
    )
    for same in (1 * av.Named("q") + 0, av.Named("q", times=1), av.Named("q", plus=av.Discrete([0], [1]))):
        assert np.array_equal(played(base)["built"], played(base.replace({"partners.P.fill_rate": same}))["built"])


@pytest.mark.parametrize(
    "changes",
    [
        {"vehicles.V.takeover": av.Discrete([0], [1])},
        {"vehicles.V.takeover": 1.0},
        {"partners.A.stops.severity": 1.0},
        {"partners.A.stops.severity": av.Discrete([1], [1])},
        {"vehicles.V.end": 12},
        {"vehicles.V.end": "2024-12"},
        {"vehicles.V.end": "2031-01-15"},
        {"vehicles.V.backorder": 0.0},
        {"shocks.S.delay.A": 0.0},
        {"shocks.S.window.chance": 0.0},
    ],
    ids=str,
)
def test_neutral_numbers_of_the_language_change_no_output(changes: dict[str, object]) -> None:
    """Nothing taken over or nobody idle, severity 1, an end with or after the year, no delay: the same output."""
    base = plants.one_vehicle()
    partners = [
        av.Partner(name="A", fill_rate=av.Uniform(0.5, 1), lead_time=1, stops=av.Stops(0, 1)),
        av.Partner(name="B"),
    ]
    late = av.Shock(name="S", window=av.Window(2, 3), delay={"A": 0.0})
    never = av.Shock(name="S", window=av.Window(2, 3, chance=0.0), delay={"A": 1.5}, supply={"B": 0.0})
    stated = av.Scenario(
        name="two sources",
        calendar=base.calendar,
        lines=base.lines,
        markets=base.markets,
        partners=partners,
        shocks=[never if "shocks.S.window.chance" in changes else late],
        vehicles=[av.Vehicle(name="V", partners={"A": 0.6, "B": 0.4}, line="L", market="M", plan=12, market_share=1)],
    )
    plain = av.Model(attrs.evolve(stated, shocks=()))
    changed = av.Model(stated.replace(changes))
    first, second = drawn(plain, 0, 300), drawn(changed, 0, 300)
    for name in ("annual", "built", "kits"):
        assert np.allclose(first[name], second[name], rtol=1e-13, atol=1e-13), name
