"""Coverage: how often the 95 % intervals that the library prints hold the true value, over thousands of replications.

The truth comes from a much longer run of scrambled Sobol points. A small plant of 14 coordinates serves for most
replications, the bundled June scenario for fewer. Replications have the seeds 1, 2, 3 and so on; none (0) leave a part
out. Each share may lie one per cent, and two standard errors of so many replications, off what it should be.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial

import numpy as np
from tools import JUNE, arguments

import avtosim
from avtosim.answers.intervals import wilson
from avtosim.chance.design import BATCH, Batch, Design
from avtosim.chance.points import Points
from avtosim.chance.space import Space

DESIGNS = {
    "plain": avtosim.Plain(),
    "antithetic": avtosim.Antithetic(),
    "Latin hypercube": avtosim.LatinHypercube(),
    "Sobol": avtosim.Sobol(),
}
#: Played at fixed runs only: under a precision they are what Sobol points are.
FIXED = {"Sobol nets": avtosim.SobolNets()}
CHANCES = (0.5, 0.1, 0.01)
#: For each chance an absolute and a relative precision that takes some 10,000 to 40,000 plain runs.
PRECISIONS = {
    0.5: (0.01, avtosim.RelativePrecision(0.02)),
    0.1: (0.005, avtosim.RelativePrecision(0.05)),
    0.01: (0.002, avtosim.RelativePrecision(0.1)),
}
BUNDLED = "June"


@cache
def plant(name: str) -> avtosim.Scenario:
    """Give the small plant, whose output has no volume that several runs share, or the bundled scenario."""
    if name == BUNDLED:
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
        precise_replications=2000,
        truth_runs=1 << 22,
        bundled_runs=4096,
        bundled_replications=1000,
        bundled_precise_replications=0,
        bundled_truth_runs=1 << 20,
        designs=len(DESIGNS),
        workers=1,
    )
    for design in [*DESIGNS][options.designs :]:
        del DESIGNS[design]
    plants = {
        "small": (options.truth_runs, options.runs, options.replications, options.precise_replications),
        BUNDLED: (
            options.bundled_truth_runs,
            options.bundled_runs,
            options.bundled_replications,
            options.bundled_precise_replications,
        ),
    }
    with ProcessPoolExecutor(options.workers) as pool:
        for name, (truth_runs, runs, replications, precise_replications) in plants.items():
            if replications or precise_replications:
                volumes, truths = truth(name, truth_runs, options.workers)
            if replications:
                fixed(pool, name, runs, replications, volumes, truths)
            if precise_replications:
                promised(pool, name, precise_replications, volumes, truths)


def bar(count: int) -> str:
    """Give the bar of a share of 95 % that so many replications show."""
    off = 0.01 + 2.0 * float(np.sqrt(0.95 * 0.05 / count))
    return f"bar: {0.95 - off:.1%} to {min(0.95 + off, 1.0):.1%}"


def truth(name: str, runs: int, workers: int) -> tuple[tuple[float, ...], list[float]]:
    """Volumes whose chances are near the stated ones; and their chances, the mean and P10, from a long run."""
    result = avtosim.simulate(
        plant(name), runs=runs, seed=1_000_000, design=avtosim.Sobol(), keep="totals", workers=workers, progress=False
    )
    volumes = tuple(round(result.quantile(1.0 - chance).value, -2) for chance in CHANCES)
    found = [*(result.chance(volume) for volume in volumes), result.mean(), result.quantile(0.1)]
    print()
    print(
        f"{plant(name).name}, {avtosim.Model(plant(name)).space.dimension} coordinates; truth from {runs:,} Sobol runs:"
    )
    for estimate in found:
        digits = 6 if estimate.unit == "probability" else 1
        print(f"  {estimate.what}: {estimate.value:,.{digits}f} +-{estimate.standard_error:.{digits}f}")
    return volumes, [estimate.value for estimate in found]


def ends(name: str, design: str, runs: int, volumes: tuple[float, ...], seed: int) -> list[tuple[float, float]]:
    """Ends of all intervals of one result."""
    result = avtosim.simulate(
        plant(name), runs=runs, seed=seed, design=(DESIGNS | FIXED)[design], keep="totals", progress=False
    )
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
    for design in DESIGNS | FIXED:
        work = partial(ends, name, design, runs, volumes)
        found = np.array(list(pool.map(work, range(1, count + 1), chunksize=8)))
        held = ((found[:, :, 0] <= truths) & (found[:, :, 1] >= truths)).mean(axis=0)
        worst = min(worst[0], held.min()), max(held.max(), 0.0 if worst[1] == 1.0 else worst[1])
        print(f"{design:<18}" + "".join(f"{share:>14.1%}" for share in held) + f"  {bar(count)}", flush=True)
    low, high = wilson(0.95 * count, count)
    print(f"lowest {worst[0]:.1%}, highest {worst[1]:.1%}; true 95 % would mostly show as {low:.1%} to {high:.1%}")


class Counted(Design):
    """A design that counts the runs whose points are made, whether an answer keeps them or not."""

    def __init__(self, design: Design, made: list[int]) -> None:
        self.design, self.made = design, made
        self.extensible = design.extensible

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        """Admit the runs of the design."""
        return self.design.admissible_runs(runs)

    def replicate_size(self, runs: int) -> int:
        """Give the replicate size of the design."""
        return self.design.replicate_size(runs)

    def as_extensible(self) -> Design:
        """Go on counting what its extensible form makes."""
        return Counted(self.design.as_extensible(), self.made)

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Hand on the batches of the design; their runs count when their points are made."""
        for batch in self.design.batches(space, seed, first, runs, size):
            yield Batch(batch.start, batch.stop, partial(self._points, batch))

    def _points(self, batch: Batch) -> Points:
        self.made.append(batch.stop - batch.start)
        return batch.points()


def kept(
    name: str, design: str, precision: float | avtosim.RelativePrecision, volume: float, truth: float, seed: int
) -> tuple[bool, int]:
    """Tell whether one answer under a promise holds the truth, and all runs that were played for it."""
    made: list[int] = []
    result = avtosim.simulate(
        plant(name).replace({"targets": (volume,)}),
        seed=seed,
        design=Counted(DESIGNS[design], made),
        keep="totals",
        precision=precision,
        progress=False,
    )
    estimate = result.chance(volume)
    return estimate.low <= truth <= estimate.high, sum(made)


def promised(pool: ProcessPoolExecutor, name: str, count: int, volumes: tuple[float, ...], truths: list[float]) -> None:
    """Print the coverage under ``precision=``, and the runs played against those of an oracle and of plain runs."""
    print(
        f"\n{plant(name).name}: coverage under precision=, {count:,} replications; all runs played; these over those of"
    )
    print("an oracle, who knows the chance and plays as many plain runs as its interval needs, and over those of plain")
    print(f"{'':<16}{'chance':>7}  {'precision':<30}{'coverage':>8}{'played':>9}{'/ oracle':>9}{'/ plain':>15}")
    plain: dict[tuple[float, object], tuple[float, float]] = {}
    for design in DESIGNS:
        for chance, volume, share in zip(CHANCES, volumes, truths, strict=False):
            for precision in PRECISIONS[chance]:
                half = precision if isinstance(precision, float) else precision.share * share
                oracle = 1.959964**2 * share * (1.0 - share) / half**2
                work = partial(kept, name, design, precision, volume, share)
                found = np.array(list(pool.map(work, range(1, count + 1), chunksize=8)))
                held, played = found.mean(axis=0)
                spread = float(found[:, 1].std() / np.sqrt(count) / played)
                over, bars = "", bar(count)
                if design == "plain":
                    plain[chance, precision] = played, spread
                else:
                    others, other_spread = plain[chance, precision]
                    ratio = played / others
                    error = ratio * float(np.hypot(spread, other_spread))
                    over, bars = f"{ratio:.3f} +-{error:.3f}", f"{bars}; at most {1.0 + 2.0 * error:.3f}"
                print(
                    f"{design:<16}{share:>7.3f}  {precision!s:<30}{held:>8.1%}{played:>9,.0f}{played / oracle:>9.2f}"
                    f"{over:>15}  {bars}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
