"""Rare targets: subset simulation against two cases known exactly, and against brute force on the bundled scenario."""

from __future__ import annotations

import math
from collections.abc import Callable

import attrs
import numpy as np
from scipy import stats
from tools import JUNE, arguments, row

import avtosim
from avtosim.answers.intervals import wilson
from avtosim.answers.rare import from_repeats
from avtosim.chance import subset
from avtosim.chance.streams import Stream, key

#: Sum of 324 standard normal numbers over 18, which is one standard normal number; quantiles of the normal law.
COORDINATES = 324
LEVELS = {3.719016485455709: 1e-4, 4.753424308822899: 1e-6}
#: Stops of the one partner a year, each a month long on average; vehicles planned in the year.
PER_YEAR, PLANNED = 3.0, 12_000

#: One whole answer: value, low, high, standard error, model runs, whether it warns.
Answer = tuple[float, float, float, float, int, bool]


@attrs.frozen
class Bars:
    """What is to be reached; bars that are left out are not held here."""

    bias: float = 0.03
    spread: float | None = None
    gain: float | None = None


def main() -> None:
    """Measure bias, spread, coverage and cost, and print each beside its bar."""
    options = arguments(
        __doc__, answers=200, scenario_answers=30, particles=1000, repeats=10, brute_runs=4_000_000, workers=1
    )
    if options.answers:
        linear(options.answers, options.particles, options.repeats)
        one_partner(options.answers, options.particles, options.repeats, options.workers)
    if options.scenario_answers:
        bundled(options.scenario_answers, options.particles, options.repeats, options.brute_runs, options.workers)


def judged(truth: float, truth_error: float, count: int, ask: Callable[[int], Answer], bars: Bars) -> None:
    """Ask with seeds 1 to ``count``, and print how the answers lie about the truth."""
    answers = [ask(seed) for seed in range(1, count + 1)]
    value, low, high, error, runs, warns = (np.array(column) for column in zip(*answers, strict=True))
    bias, spread = value.mean() / truth - 1.0, value.std(ddof=1) / truth
    # An answer is also right about a truth that is itself known only so well.
    covered = ((low <= truth * (1.0 + 2.0 * truth_error)) & (high >= truth * (1.0 - 2.0 * truth_error))).mean()
    ends = wilson(covered * count, count)
    plain = (1.0 - truth) / truth / spread**2
    unsure = math.hypot(spread / math.sqrt(count), truth_error)
    off = 0.01 + 2.0 * math.sqrt(0.95 * 0.05 / count)
    for measure, figure, bar in (
        (
            f"bias over seeds 1 to {count} (known to +-{2.0 * unsure:.1%})",
            f"{bias:+.1%}",
            f"at most {100.0 * (bars.bias + 2.0 * unsure):.1f} %",
        ),
        ("relative spread of the answers", f"{spread:.1%}", bars.spread and f"at most {100.0 * bars.spread:.0f} %"),
        ("relative standard error that the answers state, median", f"{np.median(error / value):.1%}", ""),
        (
            f"95 % interval covers ({ends[0]:.0%} to {ends[1]:.0%})",
            f"{covered:.1%}",
            f"{95.0 - 100.0 * off:.0f} to {min(95.0 + 100.0 * off, 100.0):.0f} %",
        ),
        ("intervals too low, too high", f"{(high < truth).mean():.1%}, {(low > truth).mean():.1%}", ""),
        ("upper end over lower end, median", f"{np.median(high / low):.1f}", ""),
        ("answers that warn", f"{warns.mean():.0%}", ""),
        ("model runs an answer, the pilot's included", f"{runs.mean():,.0f}", ""),
        (
            "plain runs for the same spread, over these",
            f"{plain / runs.mean():,.1f} times",
            bars.gain and f"at least {bars.gain:.0f} times",
        ),
    ):
        row(f"  {measure}", figure, f"bar: {bar}" if bar else "")


def linear(count: int, particles: int, repeats: int) -> None:
    """Ask for levels of a sum of normal numbers."""

    def summed(points: np.ndarray) -> np.ndarray:
        return np.asarray(points.sum(axis=0) / math.sqrt(COORDINATES))

    for goal, truth in LEVELS.items():

        def ask(seed: int, goal: float = goal) -> Answer:
            start = Stream().at(key(seed, "rare benchmark, pilot"), 0)
            *_, plan = subset.pilot(summed, COORDINATES, goal, particles=particles, stream=start)
            words = key(seed, "rare benchmark")
            walked = subset.walk(summed, COORDINATES, plan, particles, 1, words, range(repeats))
            found = from_repeats(
                np.array([repeat.fractions for repeat in walked]),
                particles=particles,
                chains=particles // subset.LENGTH,
                model_runs=plan.evaluations(particles) + sum(repeat.evaluations for repeat in walked),
                what="",
                notes=[],
                confidence=0.95,
            )
            return found.value, found.low, found.high, found.standard_error, found.runs, bool(found.warning)

        print(
            f"sum of {COORDINATES} normal numbers: chance {truth:g} exactly; {repeats} repeats of {particles} particles"
        )
        judged(truth, 0.0, count, ask, Bars(spread=0.25, gain=400.0) if truth < 1e-5 else Bars())


def answered(scenario: avtosim.Scenario, **asked: object) -> Answer:
    """Ask ``rare_chance``."""
    found = avtosim.rare_chance(scenario, **asked)
    own = found.estimate
    return own.value, own.low, own.high, own.standard_error, found.model_runs, bool(own.warning)


def up_at_most(months: float, year: float = 12.0) -> float:
    """Chance that the partner runs so many months at most: the stops in so much running time fill the rest of the year.

    Their number is Poisson's, the sum of so many lengths a gamma law's; Takacs (1957), total up time of an alternating
    renewal process.
    """
    stops = np.arange(1, 100)
    return float(np.sum(stats.poisson.pmf(stops, PER_YEAR / 12.0 * months) * stats.gamma.sf(year - months, stops)))


def one_partner(count: int, particles: int, repeats: int, workers: int) -> None:
    """Ask for years in which the one partner is stopped nearly throughout."""
    stops = avtosim.Stops(per_year=PER_YEAR, duration=avtosim.Exponential(mean=1))
    case = avtosim.Scenario(
        name="One partner",
        calendar=avtosim.Calendar(first_month="2024-01", working_days=(20.0,) * 12),
        lines=[avtosim.Line(name="Line", per_day=1_000_000)],
        partners=[avtosim.Partner(name="P", stops=stops)],
        markets=[avtosim.Market(name="M", per_year=1_000_000_000)],
        vehicles=[avtosim.Vehicle(name="V", partner="P", line="Line", market="M", plan=PLANNED, market_share=1)],
    )
    for most in (1000, 2000):
        truth = up_at_most(12.0 * most / PLANNED)
        # No year builds exactly so many.
        print(f"\none partner, at most {most:,} of {PLANNED:,} built: chance {truth:.4g} exactly")

        def ask(seed: int, most: int = most) -> Answer:
            return answered(case, below=most, particles=particles, repeats=repeats, seed=seed, workers=workers)

        judged(truth, 0.0, count, ask, Bars())


def bundled(count: int, particles: int, repeats: int, brute_runs: int, workers: int) -> None:
    """Ask the bundled scenario for volumes that plain runs exceed, or stay below, once in about 10,000 times."""
    june = avtosim.load(JUNE)
    brute = avtosim.simulate(june, runs=brute_runs, seed=1_000_000, keep="totals", workers=workers, progress=False)
    rarest = max(1e-4, 10.0 / brute_runs)
    for direction, share in (("at_least", 1.0 - rarest), ("below", rarest)):
        volume = round(brute.quantile(share).value, -2)
        hits = brute.annual >= volume if direction == "at_least" else brute.annual < volume
        truth = max(float(hits.mean()), 1.0 / brute_runs)
        error = 1.0 / math.sqrt(max(hits.sum(), 1))
        print(f"\n{june.name}, {direction.replace('_', ' ')} {volume:,.0f}: chance {truth:.2e} +-{error:.0%}", end=" ")
        print(f"by {brute_runs:,} plain runs")

        def ask(seed: int, direction: str = direction, volume: float = volume) -> Answer:
            rest = {"particles": particles, "repeats": repeats, "seed": seed, "workers": workers}
            return answered(june, **{direction: volume}, **rest)

        judged(truth, error, count, ask, Bars())


if __name__ == "__main__":
    main()
