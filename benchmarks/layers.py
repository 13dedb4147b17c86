"""Layers: the law of the chance given what is not known, against closed laws and against nested runs by brute force."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from nested import nested
from scipy import stats
from tools import arguments, best, row

import avtosim
from avtosim.answers.intervals import wilson

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from closed_layers import CASES, Closed

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Bundled scenarios and targets whose chance is neither small nor nearly certain.
BUNDLED = (
    ("avtotor-2024-02", 70_000),
    ("avtotor-2024-02", 40_000),
    ("avtotor-2023-01", 40_000),
    ("moskvich-2023", 25_000),
)


def main() -> None:
    """Measure errors and coverage on closed cases, errors on bundled scenarios, and the cost."""
    options = arguments(__doc__, seeds=200, runs=16_384, bundled_seeds=10, points=4096, draws=256, repeats=3)
    for name, case in CASES.items():
        closed(name, case(), options.seeds, options.runs)
    for name, target in BUNDLED if options.bundled_seeds else ():
        bundled(avtosim.load(name), target, options.bundled_seeds, options.runs, options.points, options.draws)
    cost(options.runs, options.repeats)


def closed(name: str, case: Closed, seeds: int, runs: int) -> None:
    """Ask a closed case with seeds 1 to ``seeds``, and print how the answers lie about the truth."""
    print(f"{name.replace('_', ' ')}, at least {case.target:,.0f}: {runs:,} runs, seeds 1 to {seeds}")
    answers = asked(case.scenario, case.target, seeds, runs)
    errors = np.array([one.sd.value / case.sd - 1.0 for one in answers])
    row(f"  sd of the chance, {case.sd:.4f} exactly: bias", f"{errors.mean():+.2%}")
    row("    error of an answer, root mean square", f"{rms(errors):.2%}", "bar: within 4 %")
    row("    largest error; answers within 4 %", f"{abs(errors).max():.2%}", f"{np.mean(abs(errors) < 0.04):.1%}")
    row("    95 % intervals that hold it", held([one.sd for one in answers], case.sd))
    beta = of_moments(float(case.chances.mean()), case.sd)
    for share in SHARES:
        truth, found = case.quantile(share), [one.quantile(share) for one in answers]
        off = np.array([q.value - truth for q in found])
        row(
            f"  P{100 * share:g}, {truth:.4f} exactly: bias; error, root mean square",
            f"{off.mean():+.4f}; {rms(off):.4f}",
        )
        row(
            "    largest error",
            f"{abs(off).max():.3f}",
            f"a beta law of the exact moments: {beta.ppf(share) - truth:+.3f}",
        )
        row("    95 % intervals that hold it", held(found, truth))
    print()


def bundled(scenario: avtosim.Scenario, target: float, seeds: int, runs: int, points: int, draws: int) -> None:
    """Ask a bundled scenario, and compare with many draws of luck at each of many points."""
    output = nested(scenario, points, draws)
    hit = output >= target
    chances = np.sort(hit.mean(axis=1))
    within = chances * (1.0 - chances) / (draws - 1)
    sd = np.sqrt(chances.var(ddof=1) - within.mean())
    share = 1.0 - output.var(axis=1, ddof=1).mean() / output.var()
    print(f"{scenario.name}, at least {target:,}: by {points:,} points with {draws} draws of luck each")
    answers = asked(scenario, target, seeds, runs)
    values = np.array([one.sd.value for one in answers])
    row(f"  sd of the chance, {sd:.4f}: error, root mean square", f"{rms(values / sd - 1.0):.1%}")
    of_output = np.array([one.share_not_known["output"].value for one in answers])
    row(f"  share of output not known, {share:.1%}: mean", f"{of_output.mean():.1%}")
    beta = of_moments(float(chances.mean()), float(sd))
    grid = np.linspace(0.02, 0.98, 49)
    below = np.searchsorted(chances, grid, side="right") / points
    for at in (0.05, 0.5, 0.95):
        found = np.array([one.quantile(at).value for one in answers])
        truth = float(np.quantile(chances, at))
        row(
            f"  P{100 * at:g}, {truth:.3f}: mean",
            f"{found.mean():.3f}",
            f"a beta law of these moments: {beta.ppf(at):.3f}",
        )
    off = np.mean([np.searchsorted(one.laws[0], grid, side="right") / one.laws.shape[1] for one in answers], axis=0)
    mean, most = np.mean(abs(off - below)), np.max(abs(off - below))
    rival = abs(beta.cdf(grid) - below)
    row("  shares of points below a chance of 2, 4, ... 98 %: mean error", f"{mean:.3f}", f"beta {rival.mean():.3f}")
    row("    largest error", f"{most:.3f}", f"beta {rival.max():.3f}")
    print()


def cost(runs: int, repeats: int) -> None:
    """Time the study against plain runs of the same scenario, in turns."""
    scenario = avtosim.load("avtotor-2024-02")
    taken, plain = best(
        repeats,
        lambda: avtosim.layers(scenario, 40_000, runs=runs),
        lambda: avtosim.simulate(scenario, runs=runs, keep="totals", progress=False),
    )
    row(f"{scenario.name}: layers, {runs:,} runs", f"{taken:.2f} s", f"{taken / plain:.1f} times plain runs")


def asked(scenario: avtosim.Scenario, target: float, seeds: int, runs: int) -> list[avtosim.Layers]:
    """Give the answers under seeds 1 to ``seeds``."""
    return [avtosim.layers(scenario, target, runs=runs, seed=seed, progress=False) for seed in range(1, seeds + 1)]


def rms(errors: np.ndarray) -> float:
    """Give the root mean square."""
    return float(np.sqrt(np.mean(errors**2)))


def held(found: list[avtosim.Estimate], truth: float) -> str:
    """Give the share of intervals that hold the truth, to a thousandth, and what so many say of it."""
    count = sum(one.low <= truth + 1e-3 and one.high >= truth - 1e-3 for one in found)
    low, high = wilson(count, len(found))
    return f"{count / len(found):.1%} ({low:.0%} to {high:.0%})"


def of_moments(mean: float, sd: float) -> stats.rv_continuous:
    """Give the beta law with this mean and standard deviation."""
    weight = mean * (1.0 - mean) / sd**2 - 1.0
    return stats.beta(mean * weight, (1.0 - mean) * weight)


if __name__ == "__main__":
    main()
