"""Runs until a promised precision: when it stops, why, at what price, and whether the promise is kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import plants
import pytest
from executors import Lazy
from sampling import uniforms
from scipy import special, stats

import avtosim as av
from avtosim.answers import intervals
from avtosim.answers.result import reached
from avtosim.studies.stopping import FIRST_LOOK, next_look, until_precise

TARGETS = (8.5, 9.0)


def plant(targets: tuple[float, ...] = TARGETS) -> av.Scenario:
    """Build a plant small enough to be run very often."""
    stops = av.Stops(per_year=3, duration=av.Exponential(mean=1))
    return plants.one_vehicle(partner={"fill_rate": 0.8, "stops": stops}, targets=targets)


def widest(made: av.Result) -> float:
    """Half the widest interval of the targets' chances."""
    return max((made.chance(t).high - made.chance(t).low) / 2 for t in made.targets)


class Anew(av.Sobol):
    """A design of the user's own that cannot be extended in any form."""

    def as_extensible(self) -> av.Design:
        """This design all the same."""
        return self


DESIGNS = [av.Plain(), av.Antithetic(), av.LatinHypercube(128), av.Sobol(), av.Sobol(8), av.SobolNets(64), Anew()]


@pytest.mark.parametrize("design", DESIGNS, ids=repr)
@pytest.mark.parametrize("precision", [0.05, 0.005])
def test_it_stops_when_every_chance_is_precise(design: av.Design, precision: float) -> None:
    """It stops with every target's interval within the precision, says so, and has the bits of as many fixed runs."""
    made = av.simulate(plant(), precision=precision, seed=2, design=design)
    assert widest(made) <= precision
    assert "every chance is within +-" in made.run_info.stopped
    assert f"{100 * precision:g}" in made.run_info.stopped
    assert made.run_info.stopped in str(made)
    fixed = av.simulate(plant(), runs=made.runs, seed=2, design=design.as_extensible())
    assert np.array_equal(made.annual, fixed.annual)
    assert np.array_equal(made.by_month.array, fixed.by_month.array)
    assert (made.run_info.replicate_size, made.run_info.seed, made.run_info.design) == (
        fixed.run_info.replicate_size,
        fixed.run_info.seed,
        fixed.run_info.design,
    )
    assert fixed.run_info.stopped == ""


@pytest.mark.parametrize("keep", ["totals", "breakdown", "months", "flows"])
def test_everything_kept_is_joined(keep: str) -> None:
    """Whatever is kept is that of one run of the same length, bit for bit, with an executor and from a later run."""
    some = {"seed": 3, "keep": keep, "first_run": 100}
    made = av.simulate(plant(), precision=0.012, max_runs=20_000, executor=Lazy(), **some)
    assert made.runs > FIRST_LOOK
    fixed = av.simulate(plant(), runs=made.runs, **some)
    assert np.array_equal(made.annual, fixed.annual)
    if keep != "totals":
        assert np.array_equal(made.by_vehicle.array, fixed.by_vehicle.array)
        assert np.array_equal(made.by_month.array, fixed.by_month.array)
    if keep in ("months", "flows"):
        assert np.array_equal(made.months, fixed.months)
    if keep == "flows":
        assert all(np.array_equal(flow, fixed.flows[name]) for name, flow in made.flows.items())


@pytest.mark.parametrize("max_runs", [100, FIRST_LOOK, 5000, 50_001])
def test_max_runs_is_kept(max_runs: int) -> None:
    """It never runs more than max_runs, and says which target was not precise and how near it came."""
    made = av.simulate(plant(), precision=0.001, max_runs=max_runs)
    assert made.runs == max_runs
    assert made.run_info.stopped.startswith("stopped at max_runs: the chance of at least")
    worst = max(TARGETS, key=lambda t: made.chance(t).high - made.chance(t).low)
    assert f"at least {worst:,.0f} is only within" in made.run_info.stopped


@pytest.mark.parametrize(
    ("design", "max_runs", "runs"),
    [
        (av.Antithetic(), 5001, 5000),
        (av.LatinHypercube(100), 5099, 5000),
        (av.Sobol(8), 8191, 7936),
        (Anew(8), 8191, 4096),
    ],
    ids=str,
)
def test_max_runs_is_kept_by_what_the_design_can_serve(design: object, max_runs: int, runs: int) -> None:
    """A design that cannot serve max_runs runs stops at the number below it that it can."""
    assert av.simulate(plant(), precision=0.0001, max_runs=max_runs, design=design).runs == runs


@pytest.mark.parametrize("share", [0.2, 0.03])
def test_relative_precision(share: float) -> None:
    """RelativePrecision(share) stops when every interval is within that share of its own chance."""
    made = av.simulate(plant(), precision=av.RelativePrecision(share), seed=1)
    for target in TARGETS:
        chance = made.chance(target)
        assert (chance.high - chance.low) / 2 <= share * chance.value
    assert f"{share:.0%}".replace("%", "") in made.run_info.stopped
    assert "of itself" in made.run_info.stopped
    assert made.runs >= av.simulate(plant(), precision=av.RelativePrecision(0.5), seed=1).runs


def test_a_chance_of_nought_is_never_relatively_precise() -> None:
    """A target that is never hit keeps a relative precision from being reached: it stops at max_runs and says so."""
    made = av.simulate(plant((9.0, 11.999)), precision=av.RelativePrecision(0.5), max_runs=20_000)
    assert made.runs == 20_000
    assert "at least 12 " in made.run_info.stopped
    # An absolute precision has no such trouble.
    assert av.simulate(plant((9.0, 11.999)), precision=0.05).runs == FIRST_LOOK


def test_the_hardest_target_decides() -> None:
    """With several targets it runs as long as the hardest of them needs."""
    runs = [av.simulate(plant(targets), precision=0.008, seed=4).runs for targets in ((9.5,), (7.5,), (9.5, 7.5))]
    assert runs[2] == max(runs)


def coins(chance: float, seed: int, asked: list[tuple[int, int]] | None = None) -> object:
    """Work whose outputs are 1 with a chance and 0 otherwise, in one stream."""
    rng = np.random.default_rng([seed, round(1e6 * chance)])

    def work(first: int, runs: int) -> dict[str, np.ndarray]:
        if asked is not None:
            asked.append((first, runs))
        return {"annual": (rng.random(runs) < chance).astype(float)}

    return work


def test_looks_grow_and_go_on() -> None:
    """Each look adds the runs that are missing; looks grow by their factor up to max_runs."""
    asked: list[tuple[int, int]] = []
    until_precise(coins(0.5, 1, asked), av.Plain(), (1.0,), precision=0.0001, max_runs=100_000)
    ends = [first + runs for first, runs in asked]
    assert [first for first, _ in asked] == [0, *ends[:-1]]
    assert ends[0] == FIRST_LOOK
    assert ends[-1] == 100_000
    for one, other in pairwise(ends[:-1]):
        assert 1.05 * one <= other <= 4 * one + 1


def test_a_design_that_does_not_grow_begins_anew() -> None:
    """The points of a design that cannot be extended are made anew at each look, each of a number of runs that fits."""
    asked: list[tuple[int, int]] = []
    until_precise(coins(0.5, 1, asked), Anew(), (1.0,), precision=0.0001, max_runs=70_000)
    assert {first for first, _ in asked} == {0}
    runs = [runs for _, runs in asked]
    assert runs == [8192, 32_768, 65_536]


def test_the_next_look_is_a_tenth_beyond_what_is_needed() -> None:
    """The next look has the runs that should do and a tenth more: a twentieth at least, four times as many at most."""
    assert next_look(10_000, 1.2) == 15_840
    assert next_look(10_000, 1.001) == 11_023
    assert next_look(10_000, 50.0) == next_look(10_000, math.inf) == 40_000


def oracle(chance: float, precision: float | av.RelativePrecision) -> int:
    """Least number of runs at which Wilson's interval is short enough, if the share is the chance itself."""
    wanted = precision.share * chance if isinstance(precision, av.RelativePrecision) else precision
    low, high = 1, 10**9
    while low < high:
        middle = (low + high) // 2
        ends = intervals.wilson(chance * middle, middle)
        low, high = (low, middle) if ends[1] - ends[0] <= 2 * wanted else (middle + 1, high)
    return low


CASES = [
    (0.5, 0.01),
    (0.1, 0.005),
    (0.01, 0.002),
    (0.01, 0.001),
    (0.001, 0.0005),
    (0.5, av.RelativePrecision(0.02)),
    (0.1, av.RelativePrecision(0.05)),
    (0.01, av.RelativePrecision(0.1)),
    (0.003, av.RelativePrecision(0.2)),
]


def measured(chance: float, precision: float | av.RelativePrecision, replications: int) -> tuple[float, float]:
    """Coverage of the interval where it stopped, and mean runs."""
    held, runs = 0, 0
    for seed in range(replications):
        made, why = until_precise(coins(chance, seed), av.Plain(), (1.0,), precision=precision, max_runs=10**7)
        assert "every chance" in why
        _, low, high, _ = intervals.proportion(reached(made["annual"], 1.0), 1)
        held += low <= chance <= high
        runs += made["annual"].size
    return held / replications, runs / replications


@pytest.mark.slow
@pytest.mark.parametrize(("chance", "precision"), CASES, ids=str)
def test_coverage_under_precision(chance: float, precision: float | av.RelativePrecision) -> None:
    """Where it stops, the interval covers the chance in 94 % or more of 8,000 replications, for 2.7 times the runs.

    The runs are those of an oracle that knows the chance, or of the first look where that is more. Coverage is known
    within 0.25 %; what is exactly 94.8 % falls below 94 % once in 1,000 new seeds for each case.
    """
    coverage, runs = measured(chance, precision, 8000)
    price = runs / max(oracle(chance, precision), FIRST_LOOK)
    print(chance, precision, f"coverage {coverage:.4f} price {price:.2f} oracle {oracle(chance, precision)}")  # noqa: T201
    assert coverage >= 0.94
    assert price <= 2.7


@pytest.mark.parametrize(("chance", "precision"), [CASES[0], CASES[3], CASES[7]], ids=str)
def test_coverage_under_precision_is_roughly_right(chance: float, precision: float | av.RelativePrecision) -> None:
    """Over 300 replications the interval where it stopped covers the chance in 90 % or more, for 2.7 times the runs.

    Fails by chance once in 10,000 new seeds for each case.
    """
    coverage, runs = measured(chance, precision, 300)
    assert coverage >= 0.9
    assert 1.0 <= runs / max(oracle(chance, precision), FIRST_LOOK) <= 2.7


def sum_of_waits(matrix: np.ndarray, chance: float) -> np.ndarray:
    """Whether a sum of exponential waits, to which each coordinate adds, is among its highest."""
    return -np.log1p(-matrix).sum(axis=0) >= special.gammainccinv(len(matrix), chance)


def least_of_all(matrix: np.ndarray, chance: float) -> np.ndarray:
    """Whether the least of all coordinates is high, which they only decide together."""
    return matrix.min(axis=0) >= 1.0 - chance ** (1.0 / len(matrix))


def played(
    design: av.Design,
    function: Callable[[np.ndarray, float], np.ndarray],
    chance: float,
    precision: float | av.RelativePrecision,
    replications: int,
) -> tuple[float, np.ndarray]:
    """Coverage of the interval where it stopped, and all runs that were made for it under each seed, 1 and up."""
    held, runs = 0, np.zeros(replications)
    for at in range(replications):

        def work(first: int, count: int, at: int = at) -> dict[str, np.ndarray]:
            runs[at] += count
            return {"annual": function(uniforms(design, count, seed=1 + at, first=first), chance).astype(float)}

        made, _ = until_precise(work, design, (1.0,), precision=precision, max_runs=10**7)
        _, low, high, _ = intervals.proportion(reached(made["annual"], 1.0), design.replicate_size(len(made["annual"])))
        held += low <= chance <= high
    return held / replications, runs


def over_plain(design: av.Design, *case: object, replications: int) -> tuple[float, float, float]:
    """Coverage, the runs that were made over those that plain ones take, and the standard error of this ratio."""
    coverage, runs = played(design, *case, replications)
    _, plain = played(av.Plain(), *case, replications)
    ratio = runs.mean() / plain.mean()
    error = ratio * math.sqrt(sum(made.var(ddof=1) / made.mean() ** 2 for made in (runs, plain)) / replications)
    return coverage, ratio, error


@pytest.mark.parametrize("design", [av.LatinHypercube(), av.Sobol().as_extensible()], ids=str)
@pytest.mark.parametrize("function", [sum_of_waits, least_of_all])
@pytest.mark.parametrize(("chance", "precision"), [CASES[0], CASES[2]], ids=str)
def test_designs_take_no_more_runs_than_plain(
    design: av.Design, function: Callable, chance: float, precision: float
) -> None:
    """To a precision Latin hypercubes and Sobol nets take no more runs than plain ones, where they gain and where not.

    Two per cent are left for whole replicates and for Student's quantile. Fails by chance once in 300 new seeds for
    each case where they gain nothing.
    """
    _, ratio, error = over_plain(design, function, chance, precision, replications=20)
    assert ratio <= 1.02 + 2.7 * error


@pytest.mark.slow
@pytest.mark.parametrize("design", [av.LatinHypercube(), av.Sobol().as_extensible(), Anew()], ids=repr)
@pytest.mark.parametrize("function", [sum_of_waits, least_of_all])
@pytest.mark.parametrize(("chance", "precision"), [CASES[0], CASES[6], CASES[2]], ids=str)
def test_price_and_coverage_of_designs(
    design: av.Design, function: Callable, chance: float, precision: float | av.RelativePrecision
) -> None:
    """Over 500 replications designs take no more runs than plain ones, and their intervals cover 95 %, within 1 %.

    Two per cent of the runs are left for whole replicates and Student's quantile; each figure has two standard errors.
    Only a design that cannot be extended may take more, for what it throws away: a quarter.
    Fails by chance once in 300 new seeds for a case that covers just 95 %, once in 40 for one that covers just 94 %.
    """
    replications = 500
    coverage, ratio, error = over_plain(design, function, chance, precision, replications=replications)
    print(f"{design}, {function.__name__}, {chance}, {precision}: covers {coverage:.1%}, {ratio:.3f} +-{error:.3f}")  # noqa: T201
    assert abs(coverage - 0.95) <= 0.01 + 2.0 * math.sqrt(0.95 * 0.05 / replications)
    assert ratio <= (1.02 if design.extensible else 1.25) + 2.0 * error


def test_looking_often_at_short_intervals_is_noticed() -> None:
    """The same measure finds a naive rule, Wald's interval looked at every 100 runs, far below its promise."""
    held, replications = 0, 100
    for seed in range(replications):
        rng = np.random.default_rng(seed)
        hits = runs = 0
        while True:
            hits, runs = hits + rng.binomial(100, 0.001), runs + 100
            half = 1.96 * math.sqrt(hits * (runs - hits) / runs**3)
            if half <= 0.0005:
                break
        held += abs(hits / runs - 0.001) <= half
    assert stats.binomtest(held, replications, 0.9, alternative="less").pvalue < 1e-6


@pytest.mark.parametrize("precision", [0, 0.0, -0.1, 0.51, 1, math.nan, math.inf, True, "0.01", [0.01]])
def test_precisions_that_make_no_sense_are_refused(precision: object) -> None:
    """A precision lies above 0 and up to 0.5."""
    with pytest.raises(ValueError, match="precision: must lie above 0 and up to "):
        av.simulate(plant(), precision=precision)


@pytest.mark.parametrize("share", [0, -0.1, 0.6, math.nan, True, "0.1", None])
def test_relative_precisions_that_make_no_sense_are_refused(share: object) -> None:
    """A relative precision lies above 0 and up to 0.5, too."""
    with pytest.raises(ValueError, match="RelativePrecision: must lie above 0 and up to "):
        av.RelativePrecision(share)


@pytest.mark.parametrize(
    ("scenario", "arguments", "rule"),
    [
        (plant(), {"runs": 1000}, "precision: goes without runs"),
        (plant(()), {}, "precision: this scenario has no targets"),
        (plant(), {"max_runs": 0}, "max_runs: must be a whole number"),
        (plant(), {"max_runs": 100, "design": av.LatinHypercube()}, "max_runs: .* need at least 512 runs; got 100"),
        (plant(), {"max_runs": 999, "design": av.Sobol()}, "max_runs: .* of 128 need at least 1,024 runs; got 999"),
        (plant(), {"max_runs": 15, "design": Anew()}, "max_runs: .* need at least 16 runs; got 15"),
        (plant(), {"first_run": 16, "design": av.Sobol()}, "first_run: must be a multiple of 128"),
        (plant(), {"first_run": 16, "design": Anew()}, "first_run: must be 0"),
    ],
)
def test_questions_that_make_no_sense_are_refused(scenario: av.Scenario, arguments: dict, rule: str) -> None:
    """Runs beside a precision, no targets, and too few runs for the design are refused before anything is run."""
    with pytest.raises(ValueError, match=rule):
        av.simulate(scenario, precision=0.01, **arguments)


class Formless(av.Plain):
    """A design whose extensible form is none."""

    def as_extensible(self) -> av.Design:
        """Forget to give it back."""


def test_an_extensible_form_that_is_no_design_is_refused() -> None:
    """What a design of the user's own gives as its extensible form must be a design."""
    with pytest.raises(TypeError, match="design: as_extensible of plain runs must give a Design; got None"):
        av.simulate(plant(), precision=0.01, design=Formless())


def test_what_was_made_to_a_precision_can_be_extended() -> None:
    """The runs that Sobol points make to a precision merge with following ones, which go on with the same nets."""
    made = av.simulate(plant(), precision=0.01, seed=2, design=av.Sobol())
    more = av.simulate(plant(), runs=1280, seed=2, design=av.SobolNets(128), first_run=made.runs)
    every = av.simulate(plant(), runs=made.runs + 1280, seed=2, design=av.SobolNets(128))
    assert np.array_equal(av.merge(made, more).annual, every.annual)


def test_a_share_of_nothing_is_not_waited_for() -> None:
    """Under a relative promise a target that 100,000 runs never hit is left out, and the reason names it."""
    asked: list[tuple[int, int]] = []
    work = coins(0.5, 1, asked)
    output, stopped = until_precise(
        work, av.Plain(), (1.0, 2.0), precision=av.RelativePrecision(0.05), max_runs=10_000_000
    )
    assert output["annual"].size < 500_000
    assert stopped.endswith("within +-5 % of itself; never hit and left out: 2")
