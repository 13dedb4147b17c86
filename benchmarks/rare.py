"""Rare targets: subset simulation against brute force on the bundled scenario, and against a case known exactly."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from tools import arguments, row

import avtosim
from avtosim.answers.intervals import wilson
from avtosim.answers.rare import from_repeats
from avtosim.chance.streams import Stream, key
from avtosim.studies.rare import climb

JUNE = "avtotor-2024-06"
#: Sum of 324 standard normal numbers over 18, which is one standard normal number; quantiles of the normal law.
COORDINATES = 324
EXACT = {3.719016485455709: 1e-4, 4.753424308822899: 1e-6}

#: One whole answer: value, low, high, standard error, model runs, whether it warns.
Answer = tuple[float, float, float, float, int, bool]


def main() -> None:
    """Measure bias, spread, coverage and cost, and print each beside its bar."""
    evaluations = arguments(
        __doc__, answers=50, scenario_answers=30, particles=1000, repeats=10, brute_runs=4_000_000, threads=2
    )
    if evaluations.answers:
        linear(evaluations.answers, evaluations.particles, evaluations.repeats)
    if evaluations.scenario_answers:
        bundled(
            evaluations.scenario_answers,
            evaluations.particles,
            evaluations.repeats,
            evaluations.brute_runs,
            evaluations.threads,
        )


def judged(truth: float, truth_error: float, count: int, ask: Callable[[int], Answer], *, bars: bool) -> None:
    """Ask many times with other seeds, and print how the answers lie about the truth."""
    answers = [ask(seed) for seed in range(count)]
    value, low, high, error, runs, warns = (np.array(column) for column in zip(*answers, strict=True))
    bias, spread = value.mean() / truth - 1.0, value.std(ddof=1) / truth
    # An answer is also right about a truth that is itself known only so well.
    covered = ((low <= truth * (1.0 + 2.0 * truth_error)) & (high >= truth * (1.0 - 2.0 * truth_error))).mean()
    ends = wilson(covered * count, count)
    plain = (1.0 - truth) / truth / spread**2
    unsure = math.hypot(spread / math.sqrt(count), truth_error)
    for measure, figure, bar in (
        (f"bias of {count} answers (known to +-{2.0 * unsure:.0%})", f"{bias:+.1%}", "at most 10 %"),
        ("relative spread of the answers", f"{spread:.1%}", "at most 30 %"),
        ("relative standard error that the answers state, median", f"{np.median(error / value):.1%}", ""),
        (f"95 % interval covers ({ends[0]:.0%} to {ends[1]:.0%})", f"{covered:.0%}", "at least 90 %"),
        ("answers that warn", f"{warns.mean():.0%}", ""),
        ("model runs an answer", f"{runs.mean():,.0f}", ""),
        ("plain runs for the same spread, over these", f"{plain / runs.mean():,.1f} times", "at least 150 times"),
    ):
        shown = bars and bar and (truth < 1e-5 or "times" not in bar)
        row(f"  {measure}", figure, f"bar: {bar}" if shown else "")


def linear(count: int, particles: int, repeats: int) -> None:
    """Ask the known case."""

    def score(points: np.ndarray) -> np.ndarray:
        return np.asarray(points.sum(axis=0) / math.sqrt(COORDINATES))

    for goal, truth in EXACT.items():

        def ask(seed: int, goal: float = goal) -> Answer:
            stream = Stream().at(key(seed, "rare benchmark"), 0)
            *_, last = climb(score, COORDINATES, goal, repeats, particles, stream)
            found = from_repeats(
                np.where(last.done, last.probability, 0.0),
                reach=last.probability,
                particles=particles,
                model_runs=last.evaluations,
                what="",
                notes=[],
                confidence=0.95,
            )
            return found.value, found.low, found.high, found.standard_error, last.evaluations, bool(found.warning)

        print(
            f"sum of {COORDINATES} normal numbers: chance {truth:g} exactly; {repeats} repeats of {particles} particles"
        )
        judged(truth, 0.0, count, ask, bars=True)


def bundled(count: int, particles: int, repeats: int, brute_runs: int, threads: int) -> None:
    """Ask the bundled scenario for volumes that plain runs exceed, or stay below, once in about 10,000 times."""
    june = avtosim.load(JUNE)
    brute = avtosim.simulate(june, runs=brute_runs, seed=1_000_000, keep="totals", workers=threads, progress=False)
    rarest = max(1e-4, 10.0 / brute_runs)
    for direction, share in (("at_least", 1.0 - rarest), ("below", rarest)):
        volume = round(brute.quantile(share).value, -2)
        hits = brute.annual >= volume if direction == "at_least" else brute.annual <= volume
        truth = max(float(hits.mean()), 1.0 / brute_runs)
        error = 1.0 / math.sqrt(max(hits.sum(), 1))
        print(f"\n{june.name}, {direction.replace('_', ' ')} {volume:,.0f}: chance {truth:.2e} +-{error:.0%}", end=" ")
        print(f"by {brute_runs:,} plain runs")

        def ask(seed: int, direction: str = direction, volume: float = volume) -> Answer:
            found = avtosim.rare_chance(
                june, **{direction: volume}, particles=particles, repeats=repeats, seed=seed, workers=threads
            )
            own = found.estimate
            return own.value, own.low, own.high, own.standard_error, found.model_runs, bool(own.warning)

        judged(truth, error, count, ask, bars=True)


if __name__ == "__main__":
    main()
