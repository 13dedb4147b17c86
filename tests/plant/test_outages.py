"""Stops held against closed answers: opening states, lengths of any law, leaving, windows, and what slots neglect.

Tolerances are four standard errors of the estimate itself: a check fails once in 16,000 new seeds.
"""

from __future__ import annotations

import math

import numpy as np
import plants
import pytest
from scipy import special, stats

import avtosim as av
from avtosim.plant.outages import events_per_month

RUNS = 120_000
SEED = 11


def months_of(scenario: av.Scenario, runs: int = RUNS) -> np.ndarray:
    """Output of each month and run of the plant that builds one vehicle a month, (months, runs)."""
    return av.simulate(scenario, runs=runs, seed=SEED).by_month.array


def stopped(runs: int = RUNS, **stops: object) -> np.ndarray:
    """Share of each month and run in which a partner with these stops delivers."""
    return months_of(plants.one_vehicle(partner={"stops": av.Stops(**stops)}), runs)


def close(values: np.ndarray, exact: float, *, slack: float = 0.0) -> None:
    """The mean of independent values lies within four of its standard errors of the exact one."""
    values = np.asarray(values, dtype=float)
    error = values.std() / math.sqrt(values.size)
    assert abs(values.mean() - exact) <= 4.0 * error + slack, ((values.mean() - exact) / error, exact)


LENGTHS = {
    "exponential": av.Exponential(mean=0.8),
    "deterministic": 0.8,
    "uniform": av.Uniform(low=0, high=1.6),
    "lognormal": av.LogNormal(median=0.6, log_sd=0.8),
    "discrete": av.Discrete(values=(0.25, 2.5), weights=(3, 1)),
    "scipy gamma": stats.gamma(0.5, scale=1.6),
    "heavy tail": stats.pareto(1.05),
}


@pytest.mark.parametrize("law", LENGTHS)
def test_stationary_start_stays_stationary(law: str) -> None:
    """Begun in the stationary state, every month runs a share 1 / (1 + rate x mean length) on average."""
    length = LENGTHS[law]
    mean = length if isinstance(length, float) else float(length.mean())
    share = stopped(per_year=3, duration=length, at_start="stationary")
    for month in share:
        close(month, 1.0 / (1.0 + 0.25 * mean), slack=1e-5)


def test_stationary_start_with_a_rate_that_is_not_known() -> None:
    """Begun stationary, the share running is the mean of 1 / (1 + rate x length) over the law of the rate."""
    share = stopped(per_year=av.Uniform(low=1, high=7), duration=0.5, at_start="stationary")
    # The integral of 1 / (1 + r / 24) over r from 1 to 7, divided by 6.
    exact = 24.0 / 6.0 * math.log((1 + 7 / 24) / (1 + 1 / 24))
    for month in share[[0, 3, 11]]:
        close(month, exact, slack=1e-5)


def downtime_cdf(down: float, rate: float, span: float, of_sum: object) -> float:
    """Chance that the time lost in a span, begun running, is at most ``down``. Takacs (1957), Acta Math. Hung. 8.

    Stops begin in running time at a constant rate, so their number in ``span - down`` of running has a Poisson law;
    ``of_sum(n, down)`` is the chance that n stops last at most ``down`` together.
    """
    counts = np.arange(0, 80)
    log_weight = counts * math.log(rate * (span - down)) - rate * (span - down) - special.gammaln(counts + 1)
    return float(sum(math.exp(w) * of_sum(int(n), down) for n, w in zip(counts, log_weight, strict=True)))


SUMS = {
    "exponential": (av.Exponential(mean=0.5), lambda n, x: special.gammainc(n, x / 0.5) if n else 1.0),
    "deterministic": (0.5, lambda n, x: float(n * 0.5 <= x)),
    "gamma": (stats.gamma(2.0, scale=0.3), lambda n, x: special.gammainc(2.0 * n, x / 0.3) if n else 1.0),
}


@pytest.mark.parametrize("per_year", [2, 9])
@pytest.mark.parametrize("law", SUMS)
def test_time_lost_in_a_year(law: str, per_year: float) -> None:
    """The time lost in a year begun running has the law that Takacs gave, for lengths of several laws."""
    length, of_sum = SUMS[law]
    lost = 12.0 - stopped(per_year=per_year, duration=length).sum(axis=0)
    for down in (0.2, 0.7, 1.3, 2.2, 4.1):
        close(lost <= down, downtime_cdf(down, per_year / 12.0, 12.0, of_sum))


@pytest.mark.parametrize("per_year", [1, 5])
def test_chance_of_no_stop(per_year: float) -> None:
    """A year begun running has no stop with chance exp(-rate), and a month likewise, whatever the length."""
    share = stopped(per_year=per_year, duration=0.3)
    close(share.sum(axis=0) >= 12.0 - 1e-9, math.exp(-per_year))
    close(share[0] == 1.0, math.exp(-per_year / 12.0))


def test_a_stop_without_memory_forgets_how_long_it_has_lasted() -> None:
    """Begun stopped, an exponential stop lasts its mean on, however long it has lasted already."""
    for already in (0.0, 0.7, 5.0):
        share = stopped(per_year=0, duration=av.Exponential(mean=1.5), at_start="stopped", stopped_for=already)
        close(12.0 - share.sum(axis=0), 1.5 * (1.0 - math.exp(-8.0)), slack=1e-4)
        close(share[0] > 0.0, 1.0 - math.exp(-1 / 1.5))


def test_a_stop_with_memory_has_the_rest_to_go() -> None:
    """Begun stopped for a month, a stop of 0 to 3 months lasts 0 to 2 more, all alike; a certain one lasts its rest."""
    lost = 12.0 - stopped(per_year=0, duration=av.Uniform(low=0, high=3), at_start="stopped", stopped_for=1).sum(axis=0)
    close(lost, 1.0, slack=1e-5)
    for end in (0.5, 1.0, 1.7):
        close(lost <= end, end / 2.0, slack=1e-5)
    certain = stopped(10, per_year=0, duration=2.25, at_start="stopped", stopped_for=1)
    assert np.allclose(certain.sum(axis=0), 10.75)
    assert np.array_equal(certain[0], np.zeros(10))


def test_stops_begin_again_after_an_opening_stop() -> None:
    """After a certain opening stop of 0.4 months, the rest of the year is one begun running."""
    share = stopped(per_year=6, duration=0.4, at_start="stopped")
    lost = 12.0 - share.sum(axis=0) - 0.4
    for down in (0.0, 0.9, 1.7):
        close(lost <= down + 1e-9, downtime_cdf(down + 1e-9, 0.5, 11.6, lambda n, x: float(n * 0.4 <= x)))


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_leaving_for_good(chance: float) -> None:
    """A partner stays the year with chance 1 - c, and its months follow from the constant rate that this means."""
    output = months_of(plants.one_vehicle(partner={"chance_of_leaving": chance}))
    year = output.sum(axis=0)
    if chance in (0.0, 1.0):
        assert np.array_equal(year, np.full(RUNS, 12.0 * (1.0 - chance)))
        return
    pace = -math.log(1.0 - chance) / 12.0
    close(year >= 12.0 - 1e-9, 1.0 - chance)
    close(year, chance / pace)
    # Once gone, gone: no month after one that was cut short brings anything.
    assert not np.any(output[1:][output[:-1] < 1.0])


def test_leaving_is_by_the_year_however_long_the_calendar() -> None:
    """Over half a year a partner stays with chance sqrt(1 - c), over two years with (1 - c) squared."""
    for months, power in ((6, 0.5), (24, 2.0)):
        output = months_of(plants.one_vehicle(days=(20,) * months, partner={"chance_of_leaving": 0.3}), 40_000)
        close(output[-1] == 1.0, 0.7**power)


def test_share_of_a_month_within_a_window() -> None:
    """A window from 2.25 for 1.5 months takes three quarters of the third month and of the fourth."""
    shock = av.Shock(name="S", window=av.Window(start=2.25, duration=1.5), supply={"P": 0.2})
    output = months_of(plants.one_vehicle(shocks=[shock]), 3)
    exact = np.ones(12)
    exact[2:4] = 1.0 - 0.75 * 0.8
    assert np.allclose(output, exact[:, None], rtol=1e-14)


def test_a_window_at_a_moment_not_known() -> None:
    """A window of a month that begins anywhere in 0 to 11 takes a month of the year, and of each month its part."""
    window = av.Window(start=av.Uniform(low=0, high=11), duration=1)
    output = months_of(plants.one_vehicle(shocks=[av.Shock(name="S", window=window, supply={"P": 0})]))
    assert np.allclose(output.sum(axis=0), 11.0)
    for month in range(12):
        close(1.0 - output[month], (0.5 if month in (0, 11) else 1.0) / 11.0, slack=1e-5)


def test_a_stop_of_the_line_and_of_the_partner_are_the_same_process() -> None:
    """Stops of a line cost capacity as stops of a partner cost kits: the same law of the year."""
    stops = av.Stops(per_year=4, duration=av.Exponential(mean=0.5))
    line = plants.one_vehicle(line={"per_day": 1 / 20, "stops": stops}, vehicle={"plan": 1200})
    lost = 12.0 - months_of(line).sum(axis=0)
    for down in (0.2, 1.3, 2.2):
        close(lost <= down, downtime_cdf(down, 4 / 12.0, 12.0, SUMS["exponential"][1]))


@pytest.mark.parametrize("family", ["supply", "demand", "speed"])
def test_what_a_shock_multiplies(family: str) -> None:
    """A shock that holds a share of the month takes that share of what it multiplies, once on each kind."""
    stops = av.Stops(per_year=5, duration=0.4, at_start="stationary")
    tight = {"supply": {}, "demand": {"market": {"per_year": 12}}, "speed": {"line": {"per_day": 1 / 20}}}[family]
    name = {"supply": "P", "demand": "M", "speed": "L"}[family]
    plan = {"vehicle": {"plan": 12 if family == "supply" else 24}}
    output = months_of(
        plants.one_vehicle(**tight, **plan, shocks=[av.Shock(name="S", stops=stops, **{family: {name: 0.25}})])
    )
    for month in output[[0, 5, 11]]:
        close(month, 1.0 - 0.75 * (1.0 - 1.0 / (1.0 + 5 / 12 * 0.4)), slack=1e-5)


def renewal_counts(rate: float, length: object, months: int, rng: np.random.Generator) -> np.ndarray:
    """How many stops begin in a month that opens running: brute force, gap by gap and stop by stop."""
    clock, count = np.zeros(months), np.zeros(months, dtype=int)
    alive = np.arange(months)
    while alive.size:
        clock[alive] += rng.exponential(1.0 / rate, alive.size)
        alive = alive[clock[alive] < 1.0]
        count[alive] += 1
        lasted = length if isinstance(length, float) else length.ppf(rng.random(alive.size))
        clock[alive] += lasted
        alive = alive[clock[alive] < 1.0]
    return count


@pytest.mark.parametrize("law", LENGTHS)
@pytest.mark.parametrize("rate", [0.3, 2.0, 6.0])
def test_what_slots_miss_is_bounded(law: str, rate: float) -> None:
    """Stops beyond the slots, each at its mean length, cost no more than the bound says, by brute force."""
    length = LENGTHS[law]
    mean = length if isinstance(length, float) else float(length.mean())
    slots, bound = events_per_month(rate, length)
    assert bound <= 1e-5
    counts = renewal_counts(rate, length, 400_000, np.random.default_rng(3))
    missed = np.maximum(counts - slots, 0) * mean
    assert missed.mean() <= bound + 4.0 * math.sqrt(mean * max(bound, 1e-6) / counts.size)
    # One slot fewer must be found out, or the brute force sees nothing: stops do reach the last slot.
    if slots > 1 and rate >= 2.0:
        assert counts.max() >= slots - 3


def test_what_slots_miss_in_closed_form() -> None:
    """For stops of certain length the number beyond the slots is a sum of gamma chances; the bound lies above it."""
    for rate, length in ((0.5, 0.25), (3.0, 0.125), (8.0, 0.0625), (20.0, 0.03125)):
        slots, bound = events_per_month(rate, length)
        later = np.arange(slots + 1, slots + 60)
        room = 1.0 - (later - 1) * length
        missed = length * float(special.gammainc(later, rate * np.maximum(room, 0.0)).sum())
        assert missed <= bound
        # The bound leaves out only that gaps fill the room less and less likely: e^-rate.
        assert bound <= max(missed, 1e-300) * math.exp(rate) * 4.0 or bound < 1e-9


def test_frequent_short_stops_are_all_counted() -> None:
    """Thirty stops a year of a tenth of a month: mean and distribution of the time lost are exact but for the bound."""
    scenario = plants.one_vehicle(partner={"stops": av.Stops(per_year=30, duration=0.1)})
    truncation_bound = sum(av.Model(scenario).truncation_bound.values())
    lost = 12.0 - months_of(scenario).sum(axis=0)
    for down in (1.55, 2.35, 3.05):
        close(
            lost <= down, downtime_cdf(down, 2.5, 12.0, lambda n, x: float(n * 0.1 <= x)), slack=12 * truncation_bound
        )


def test_the_model_says_what_it_neglects() -> None:
    """Every set of stops has its bound, and no bound is above one vehicle in a hundred thousand."""
    truncation_bound = av.Model(plants.busy()).truncation_bound
    assert set(truncation_bound) == {
        "partners.North.stops",
        "partners.East.stops",
        "partners.South.stops",
        "lines.one.stops",
        "shocks.payments.stops",
        "shocks.strike.stops",
    }
    assert all(0.0 <= bound <= 1e-5 for bound in truncation_bound.values())


@pytest.mark.parametrize("at_start", ["running", "stationary"])
def test_stops_of_almost_no_time_cost_almost_nothing(at_start: str) -> None:
    """A law of durations that gives nothing but the smallest leaves the year as it is, however it begins."""
    nothing = av.Discrete(values=(1e-12,), weights=(1,))
    running = stopped(50, per_year=20, duration=nothing, at_start=at_start)
    assert np.allclose(running, 1.0, rtol=0, atol=1e-9)
