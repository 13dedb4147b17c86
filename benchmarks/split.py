"""The split of a shortfall: sums per run, cost of a coalition and of a split, coverage of its intervals.

The scenario is the bundled one of February. The truth comes from a much longer run. Replicates have the seeds 1, 2, 3
and so on. A share may lie one per cent, and two standard errors of so many replicates, off what it should be.
"""

from __future__ import annotations

import math

import numpy as np
from tools import arguments, best, row

import avtosim
from avtosim.chance.blocks import blocks

#: Seed of the long run.
LONG = 1_000_003


def main() -> None:
    """Print each figure beside its bar."""
    options = arguments(__doc__, runs=16_384, replicates=160, replicate_runs=4_096, long_runs=524_288, repeats=5)
    february = avtosim.load("avtotor-2024-02")
    for causes in ("kind", "fact"):
        found = avtosim.split(february, causes=causes, runs=options.runs, seed=1)
        off = float(np.abs(found.shortfall - found.per_run.sum(axis=0)).max())
        row(
            f"by {causes}, {len(found.causes)} causes: sums per run are off by at most",
            f"{off:.1e}",
            "bar: at most 1e-6",
        )
    cost(february, options.runs, options.repeats)
    for causes in ("kind", "fact"):
        coverage(february, causes, options.replicates, options.replicate_runs, options.long_runs)


def cost(scenario: avtosim.Scenario, runs: int, repeats: int) -> None:
    """Time of one coalition over that of a call of the model, and of a split over a simulation of as many runs."""
    model = avtosim.Model(scenario)
    block = blocks(1, 0, model.block, model.block)[0]
    reading = model.read(block.points(model.space))
    stops = {cause.address: np.ones(block.runs, np.bool_) for cause in model.causes if cause.kind == "stops"}
    half = [np.random.default_rng(n).random(block.runs) < 0.5 for n, _ in enumerate(model.causes)]
    mixed = {cause.address: where for cause, where in zip(model.causes, half, strict=True)}
    model.play(model.drivers(reading), block.runs)
    call, *coalitions = best(
        4 * repeats,
        lambda: model(block.points(model.space)),
        lambda: model.play(model.drivers(model.without(reading, stops)), block.runs),
        lambda: model.play(model.drivers(model.without(reading, mixed)), block.runs),
    )
    for name, seconds in zip(("all stops neutral", "half of the causes in every run"), coalitions, strict=True):
        row(f"one coalition, {name}, in calls of the model", f"{seconds / call:.2f}", "bar: at most 0.35")
    plain, kinds, facts = best(
        repeats,
        lambda: avtosim.simulate(scenario, runs=runs, seed=1, keep="totals"),
        lambda: avtosim.split(scenario, runs=runs, seed=1),
        lambda: avtosim.split(scenario, causes="fact", runs=runs, seed=1),
    )
    row(f"split by kind, {runs:,} runs, in simulations of as many", f"{kinds / plain:.1f}")
    row(f"split by fact, {runs:,} runs, in simulations of as many", f"{facts / plain:.1f}", "bar: at most 18")


def coverage(scenario: avtosim.Scenario, causes: str, replicates: int, runs: int, long_runs: int) -> None:
    """How often the intervals hold what a long run says."""
    if not replicates:
        return
    truth = avtosim.split(scenario, causes=causes, runs=long_runs, seed=LONG)
    held: dict[str, list[list[bool]]] = {"mean": [], "miss": []}
    for seed in range(1, replicates + 1):
        found = avtosim.split(scenario, causes=causes, runs=runs, seed=seed)
        for what, rows in held.items():
            pairs = [(getattr(found, what)[name], getattr(truth, what)[name]) for name in found.causes]
            # The truth has an error of its own.
            rows.append([e.low - 2 * t.standard_error <= t.value <= e.high + 2 * t.standard_error for e, t in pairs])
    for what, words, bar in (("mean", "vehicles", "95 %"), ("miss", "the chance", "at least 93 %")):
        shares = np.mean(held[what], axis=0)
        error = math.sqrt(0.95 * 0.05 / replicates)
        row(f"by {causes}: coverage of {words}, mean over the causes", f"{shares.mean():.1%}", f"bar: {bar}")
        worst = truth.causes[int(shares.argmin())]
        row(f"the lowest, +- {200 * error:.0f} points: {worst}", f"{shares.min():.1%}")


if __name__ == "__main__":
    main()
