"""Designs: variance and time of each against plain runs, and paired differences against unpaired ones.

The variance comes from many independent seeds with equal numbers of runs, not from what a result says of itself. What
plain runs would show is known better than from so few: the variance of one run, over all seeds, divided by the runs.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from scipy import special
from tools import JUNE, arguments, best, row

import avtosim

DESIGNS = {
    "plain": avtosim.Plain(),
    "antithetic": avtosim.Antithetic(),
    "Latin hypercube": avtosim.LatinHypercube(),
    "Sobol": avtosim.Sobol(),
    "Sobol nets": avtosim.SobolNets(),
}
CHANCES = (0.5, 0.1, 0.01)
#: Gains of version 0.1.0 for the mean and the chances, from so many seeds; its hypercubes had 256 runs.
RECORDED = {
    "antithetic": (3.48, 2.03, 1.23, 0.95),
    "Latin hypercube": (6.70, 2.13, 1.35, 1.11),
    "Sobol": (9.88, 2.89, 1.75, 1.06),
}
RECORDED_SEEDS = 200
BARS = {("Sobol", "mean"): "6", ("Sobol", "0.5"): "1.5"}
STOPS = "partners.BAIC.stops.per_year"


def main() -> None:
    """Measure variance, time and pairing, and print each beside its bar."""
    options = arguments(
        __doc__,
        runs=16_384,
        seeds=200,
        pilot_runs=400_000,
        workers=2,
        repeats=5,
        time_runs=131_072,
        replicates=2048,
        paired_runs=100_000,
    )
    volumes = gains(options.runs, options.seeds, options.pilot_runs, options.workers)
    sizes(options.replicates, volumes)
    times(options.time_runs, options.repeats)
    pairing(options.paired_runs)


def answers(name: str, runs: int, volumes: tuple[float, ...], seed: int) -> list[float]:
    """Mean, chances of the volumes, and the variance of a run, under one seed."""
    result = avtosim.simulate(
        avtosim.load(JUNE), runs=runs, seed=seed, design=DESIGNS[name], keep="totals", progress=False
    )
    return [
        result.mean().value,
        *(result.chance(volume).value for volume in volumes),
        float(result.annual.var(ddof=1)),
    ]


def gains(runs: int, seeds: int, pilot_runs: int, workers: int) -> tuple[float, ...]:
    """Print how many times smaller each design's variance is, with the 95 % interval that so many seeds allow.

    Gives the volumes whose chances are near the stated ones.
    """
    june = avtosim.load(JUNE)
    pilot = avtosim.simulate(june, runs=pilot_runs, seed=1_000_000, keep="totals", workers=workers, progress=False)
    volumes = tuple(round(pilot.quantile(1.0 - chance).value, -2) for chance in CHANCES)
    found: dict[str, np.ndarray] = {}
    with ProcessPoolExecutor(workers) as pool:
        for name in DESIGNS:
            work = partial(answers, name, runs, volumes)
            found[name] = np.array(list(pool.map(work, range(1, seeds + 1), chunksize=4)))
    every = np.concatenate(list(found.values())).mean(axis=0)
    one_run = np.array([every[-1], *(every[1:-1] * (1.0 - every[1:-1]))])
    print(f"{june.name}: {runs:,} runs under each of {seeds} seeds")
    print("variance of plain runs over that of the design, and its 95 % interval")
    heads = ["mean", *(f"{volume:,.0f} ({chance:.1%})" for volume, chance in zip(volumes, every[1:-1], strict=True))]
    print(f"{'':<18}" + "".join(f"{head:>24}" for head in heads))
    for name, values in found.items():
        gain = one_run / runs / values[:, :-1].var(axis=0, ddof=1)
        # (seeds - 1) variances over the true one follow the chi-square law with seeds - 1 degrees of freedom.
        ends = [special.chdtri(seeds - 1, tail) / (seeds - 1) for tail in (0.975, 0.025)]
        cells = (f"{g:.2f}, {g * ends[0]:.2f} to {g * ends[1]:.2f}" for g in gain)
        print(f"{name:<18}" + "".join(f"{cell:>24}" for cell in cells), flush=True)
        if name in RECORDED:
            # Not worse than recorded, within two standard errors of both variances.
            least = 1.0 - 2.0 * np.sqrt(2.0 / (seeds - 1) + 2.0 / (RECORDED_SEEDS - 1))
            cells = (f"{max(least, 0.0) * g:.2f} (was {g:.2f})" for g in RECORDED[name])
            print(f"{'  bar: at least':<18}" + "".join(f"{cell:>24}" for cell in cells))
        for at, what in enumerate(["mean", *map(str, CHANCES)]):
            if (name, what) in BARS:
                bar = f"bar: at least {BARS[name, what]} times"
                row(
                    f"  {name}, variance of {'the mean' if what == 'mean' else 'a chance near ' + what}",
                    f"{gain[at]:.2f} times",
                    bar,
                )
    return volumes


def sizes(replicates: int, volumes: tuple[float, ...]) -> None:
    """Print the same gains by the size of the replicate, from the spread of many replicates of one long study."""
    june = avtosim.load(JUNE)
    known = 2.0 * np.sqrt(2.0 / (replicates - 1))
    print(f"\nvariance of plain runs over that of replicates, {replicates:,} of each size; known to +-{known:.0%}")
    print(f"{'':<26}{'mean':>8}" + "".join(f"{f'chance {chance:g}':>14}" for chance in CHANCES))
    for kind in (avtosim.LatinHypercube, avtosim.SobolNets):
        for size in (16, 64, 128, 256, 512):
            design = kind(size)
            result = avtosim.simulate(
                june, runs=replicates * size, seed=1, design=design, keep="totals", progress=False
            )
            every = [result.annual, *(result.annual >= volume for volume in volumes)]
            gain = [values.var() / size / values.reshape(-1, size).mean(axis=1).var(ddof=1) for values in every]
            print(f"{design!s:<26}{gain[0]:>8.2f}" + "".join(f"{one:>14.2f}" for one in gain[1:]), flush=True)


def times(runs: int, repeats: int) -> None:
    """Print the time of a run under each design, all of them in turn, the best of several turns."""
    june = avtosim.load(JUNE)
    taken = best(
        repeats,
        *(
            lambda design=design: avtosim.simulate(
                june, runs=runs, seed=1, design=design, keep="totals", progress=False
            )
            for design in DESIGNS.values()
        ),
    )
    print(f"\ntime of a run, {runs:,} runs, totals, one worker, the best of {repeats} turns")
    for name, took in zip(DESIGNS, taken, strict=True):
        bar = "bar: at most 1.6" if name == "Sobol" else ""
        row(f"{name}: {1e6 * took / runs:.1f} microseconds; over plain", f"{took / taken[0]:.2f}", bar)


def pairing(runs: int) -> None:
    """Print the error of a difference in a chance, paired and not, when one partner's stops change."""
    june = avtosim.load(JUNE)
    law = june[STOPS]
    scenarios = {"as stated": june}
    for times in (1.25, 1.5, 2.0):
        more = avtosim.Pert(low=law.low * times, mode=law.mode * times, high=law.high * times)
        scenarios[f"stops times {times:g}"] = june.replace({STOPS: more})
    found = avtosim.compare(scenarios, runs=runs, seed=1, progress=False)
    print(f"\n{STOPS} multiplied, {runs:,} runs each: standard error of the difference, unpaired over paired")
    for share in (0.5, 0.1):
        volume = round(found["as stated"].quantile(1.0 - share).value, -2)
        for name in [*found][1:]:
            difference = found.chance_difference(name, volume)
            apart = np.hypot(*(found[which].chance(volume).standard_error for which in ("as stated", name)))
            row(
                f"{name}, at least {volume:,.0f}: {difference.value:+.2%}, unpaired {apart:.3%}",
                f"{apart / difference.standard_error:.1f} times",
                "bar: at least 3 times",
            )


if __name__ == "__main__":
    main()
