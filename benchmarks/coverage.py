"""Coverage: how often the 95 % intervals that the library prints hold the true value, over thousands of replications.

The truth comes from a much longer run of scrambled Sobol points. A small plant of 14 coordinates serves for the many
replications; ``--bundled-replications`` does the same with the bundled June scenario, which takes much longer. No
replications (0) leave a part out.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial

import numpy as np
from tools import arguments

import avtosim
from avtosim.answers.intervals import wilson
from avtosim.chance.design import Batch, Design
from avtosim.chance.points import Points
from avtosim.chance.space import Space

DESIGNS = {
    "plain": avtosim.Plain(),
    "antithetic": avtosim.Antithetic(),
    "Latin hypercube": avtosim.LatinHypercube(),
    "Sobol": avtosim.Sobol(),
}
CHANCES = (0.5, 0.1, 0.01)
#: For each chance an absolute and a relative precision that takes some 10,000 to 40,000 plain runs.
PRECISIONS = {
    0.5: (0.01, avtosim.RelativePrecision(0.02)),
    0.1: (0.005, avtosim.RelativePrecision(0.05)),
    0.01: (0.002, avtosim.RelativePrecision(0.1)),
}
JUNE = "avtotor-2024-06"
BOX = "bar: 93.5 % to 97 %"


@cache
def plant(name: str) -> avtosim.Scenario:
    """Give the small plant, whose output has no volume that several runs share, or the bundled scenario."""
    if name == JUNE:
        return avtosim.load(JUNE)
    supply = avtosim.Varying(law=avtosim.Uniform(low=0.7, high=1), persistence=0.5)
    return avtosim.Scenario(
        name="Small plant",
        calendar=avtosim.Calendar(first_month="2025-01"),
        lines=[avtosim.Line(name="L", per_day=avtosim.Triangular(low=300, mode=450, high=600))],
        partners=[avtosim.Partner(name="P", fill_rate=supply)],
        markets=[avtosim.Market(name="M", per_year=avtosim.LogNormalRange(low=80_000, high=150_000))],
        vehicles=[avtosim.Vehicle(name="V", partner="P", line="L", market="M", plan=120_000, market_share=1)],
    )


def main() -> None:
    """Count how often each interval holds the truth, and print the shares beside their bars."""
    options = arguments(
        __doc__,
        runs=8192,
        replications=2000,
        bundled_replications=0,
        precise_replications=2000,
        truth_runs=1 << 22,
        bundled_truth_runs=1 << 21,
        designs=len(DESIGNS),
        workers=2,
    )
    for design in [*DESIGNS][options.designs :]:
        del DESIGNS[design]
    with ProcessPoolExecutor(options.workers) as pool:
        if options.replications or options.precise_replications:
            volumes, truths = truth("small", options.truth_runs, options.workers)
        if options.replications:
            fixed(pool, "small", options.runs, options.replications, volumes, truths)
        if options.precise_replications:
            promised(pool, options.precise_replications, volumes, truths)
        if options.bundled_replications:
            print()
            volumes, truths = truth(JUNE, options.bundled_truth_runs, options.workers)
            fixed(pool, JUNE, options.runs, options.bundled_replications, volumes, truths)


def truth(name: str, runs: int, threads: int) -> tuple[tuple[float, ...], list[float]]:
    """Volumes whose chances are near the stated ones; and their chances, the mean and P10, from a long run."""
    result = avtosim.simulate(
        plant(name), runs=runs, seed=1_000_000, design=avtosim.Sobol(), keep="totals", workers=threads, progress=False
    )
    volumes = tuple(round(result.quantile(1.0 - chance).value, -2) for chance in CHANCES)
    found = [*(result.chance(volume) for volume in volumes), result.mean(), result.quantile(0.1)]
    print(
        f"{plant(name).name}, {avtosim.Model(plant(name)).space.dimension} coordinates; truth from {runs:,} Sobol runs:"
    )
    for estimate in found:
        digits = 6 if estimate.unit == "probability" else 1
        print(f"  {estimate.what}: {estimate.value:,.{digits}f} +-{estimate.standard_error:.{digits}f}")
    return volumes, [estimate.value for estimate in found]


def ends(name: str, design: str, runs: int, volumes: tuple[float, ...], seed: int) -> list[tuple[float, float]]:
    """Ends of all intervals of one result."""
    result = avtosim.simulate(plant(name), runs=runs, seed=seed, design=DESIGNS[design], keep="totals", progress=False)
    found = [*(result.chance(volume) for volume in volumes), result.mean(), result.quantile(0.1)]
    return [(estimate.low, estimate.high) for estimate in found]


def fixed(
    pool: ProcessPoolExecutor, name: str, runs: int, count: int, volumes: tuple[float, ...], truths: list[float]
) -> None:
    """Print the coverage at a fixed number of runs: a row for each design, a column for each interval."""
    print(f"\n{plant(name).name}: coverage of 95 % intervals at {runs:,} runs, {count:,} replications")
    heads = [*(f"chance {chance:g}" for chance in CHANCES), "mean", "P10"]
    print(f"{'':<18}" + "".join(f"{head:>14}" for head in heads))
    worst = 1.0, 1.0
    for design in DESIGNS:
        work = partial(ends, name, design, runs, volumes)
        found = np.array(list(pool.map(work, range(count), chunksize=8)))
        held = ((found[:, :, 0] <= truths) & (found[:, :, 1] >= truths)).mean(axis=0)
        worst = min(worst[0], held.min()), max(held.max(), 0.0 if worst[1] == 1.0 else worst[1])
        print(f"{design:<18}" + "".join(f"{share:>14.1%}" for share in held) + f"  {BOX}", flush=True)
    low, high = wilson(0.95 * count, count)
    print(f"lowest {worst[0]:.1%}, highest {worst[1]:.1%}; true 95 % would mostly show as {low:.1%} to {high:.1%}")


class Counted(Design):
    """A design that counts the runs requested of it; one that is not extensible draws them anew at each look."""

    def __init__(self, design: Design) -> None:
        self.design, self.played = design, 0
        self.extensible = design.extensible

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Admit the runs of the design."""
        return self.design.admissible_runs(runs)

    def replicate_size(self, runs: int) -> int:
        """Give the replicate size of the design."""
        return self.design.replicate_size(runs)

    def batches(self, space: Space, seed: int, first: int, runs: int) -> Iterator[Batch]:
        """Hand on the batches of the design; their runs count when their points are made."""
        for batch in self.design.batches(space, seed, first, runs):
            yield Batch(batch.start, batch.stop, partial(self._points, batch))

    def _points(self, batch: Batch) -> Points:
        self.played += batch.stop - batch.start
        return batch.points()


def kept(
    design: str, precision: float | avtosim.RelativePrecision, volume: float, truth: float, seed: int
) -> tuple[bool, int, int]:
    """Tell whether one answer under a promise holds the truth, its runs, and all runs that were played for it."""
    counted = Counted(DESIGNS[design])
    result = avtosim.simulate(
        plant("small").replace({"targets": (volume,)}),
        seed=seed,
        design=counted,
        keep="totals",
        precision=precision,
        progress=False,
    )
    estimate = result.chance(volume)
    return estimate.low <= truth <= estimate.high, result.runs, counted.played


def promised(pool: ProcessPoolExecutor, count: int, volumes: tuple[float, ...], truths: list[float]) -> None:
    """Print the coverage under ``precision=``, and the runs it takes against the least plain runs that could do."""
    print(f"\nSmall plant: coverage under precision=, {count:,} replications; runs over those of an oracle, who knows")
    print("the chance and plays just as many plain runs as its interval needs")
    print(
        f"{'':<18}{'chance':>8}  {'precision':<24}{'coverage':>10}{'oracle':>10}{'runs':>10}{'price':>8}{'played':>8}"
    )
    for design in DESIGNS:
        for chance, volume, share in zip(CHANCES, volumes, truths, strict=False):
            for precision in PRECISIONS[chance]:
                half = precision if isinstance(precision, float) else precision.share * share
                oracle = 1.959964**2 * share * (1.0 - share) / half**2
                work = partial(kept, design, precision, volume, share)
                found = np.array(list(pool.map(work, range(count), chunksize=8)))
                held, runs, played = found.mean(axis=0)
                print(
                    f"{design:<18}{share:>8.3f}  {precision!s:<24}{held:>10.1%}{oracle:>10,.0f}{runs:>10,.0f}"
                    f"{runs / oracle:>8.2f}{played / oracle:>8.2f}  bar: at least 94 %",
                    flush=True,
                )


if __name__ == "__main__":
    main()
