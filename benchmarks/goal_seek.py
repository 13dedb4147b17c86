"""Goal seek: coverage and cost on a case known exactly, and the chance of fresh runs on the bundled scenario."""

from __future__ import annotations

import math

import numpy as np
from tools import arguments, best, row

import avtosim
from avtosim.answers.intervals import wilson

#: Vehicles to reach in the case known exactly, and the least plan for each chance of it.
TARGET, EXACT = 9_000, {0.8: 15_000.0, 0.5: 12_000.0}
#: Levers of the bundled scenario, the chance of 70,000 that is sought with each.
LEVERS = {"markets.Russia.per_year": 0.2, "shocks.New brands.demand": 0.5, "quantities.supply trouble": 0.115}


def main() -> None:
    """Measure coverage, cost and fresh chances, and print each beside its bar."""
    options = arguments(
        __doc__, replicates=300, runs=20_000, seeds=20, fresh_runs=200_000, repeats=1, levers=len(LEVERS)
    )
    for chance, truth in EXACT.items():
        closed(chance, truth, options.replicates, options.runs)
    for lever, chance in list(LEVERS.items())[: options.levers]:
        bundled(lever, chance, options.seeds, options.runs, options.fresh_runs, options.repeats)


def within(count: int, share: float = 0.95) -> str:
    """Give the bar of a share that is counted so often: two of its standard errors to either side."""
    off = 2.0 * math.sqrt(share * (1.0 - share) / count)
    return f"{100.0 * (share - off):.1f} to {min(100.0 * (share + off), 100.0):.1f} %"


def closed(chance: float, truth: float, count: int, runs: int) -> None:
    """Ask for the plan of a plant that builds it times a fill rate between a half and 1."""
    plant = avtosim.Scenario(
        name="One partner",
        calendar=avtosim.Calendar(first_month="2024-01", working_days=(20.0,) * 12),
        lines=[avtosim.Line(name="Line", per_day=1_000_000)],
        partners=[avtosim.Partner(name="P", fill_rate=avtosim.Uniform(0.5, 1))],
        markets=[avtosim.Market(name="M", per_year=1_000_000_000)],
        vehicles=[avtosim.Vehicle(name="V", partner="P", line="Line", market="M", plan=10_000, market_share=1)],
    )
    made = [
        avtosim.goal_seek(plant, "vehicles.V.plan", TARGET, chance=chance, runs=runs, seed=seed, progress=False)
        for seed in range(1, count + 1)
    ]
    value, low, high, cost = (
        np.array([getattr(one, name) for one in made]) for name in ("value", "low", "high", "model_runs")
    )
    covered = float(np.mean((low <= truth) & (truth <= high)))
    ends = wilson(covered * count, count)
    print(f"plan for a chance of {chance:.0%} of {TARGET:,}: {truth:,.0f} exactly; {count} replicates of {runs:,} runs")
    row(f"  95 % interval covers ({ends[0]:.1%} to {ends[1]:.1%})", f"{covered:.1%}", f"bar: {within(count)}")
    row("  mean error", f"{value.mean() / truth - 1.0:+.2%}")
    row("  half an interval, mean", f"{np.mean(high - low) / 2.0 / truth:.2%}")
    row("  runs of the model for each run, mean", f"{cost.mean() / runs:.2f}")
    row("  the same, most of all replicates", f"{cost.max() / runs:.2f}", "bar: at most 5")


def bundled(lever: str, chance: float, seeds: int, runs: int, fresh_runs: int, repeats: int) -> None:
    """Ask for a lever of February, and look at the chance of fresh runs with the value found."""
    february = avtosim.load("avtotor-2024-02")
    scores, cost, values = [], [], []
    for seed in range(1, seeds + 1):
        found = avtosim.goal_seek(february, lever, 70_000, chance=chance, runs=runs, seed=seed, progress=False)
        values.append(found.value)
        cost.append(found.model_runs / runs)
        fresh = avtosim.simulate(
            february.replace(found.changes), runs=fresh_runs, seed=1_000_000 + seed, progress=False
        ).chance(70_000)
        own = math.sqrt(chance * (1.0 - chance) / runs)
        scores.append((fresh.value - chance) / math.hypot(fresh.standard_error, own))
    off = np.abs(scores)
    print(f"\n{february.name}, chance of {chance:.1%} of 70,000 by {lever}: {np.mean(values):.4g} times, {seeds} seeds")
    row("  fresh chance within 2 standard errors", f"{np.mean(off <= 2.0):.0%}", f"bar: {within(seeds)}")
    row("  standard errors off, root of the mean square", f"{np.sqrt(np.mean(off**2)):.2f}")
    row("  runs of the model for each run, most", f"{max(cost):.2f}", "bar: at most 5")
    if not repeats:
        return
    rest = {"runs": runs, "seed": 1, "progress": False}
    sought, plain = best(
        repeats,
        lambda: avtosim.goal_seek(february, lever, 70_000, chance=chance, **rest),
        lambda: avtosim.simulate(february, keep="totals", **rest),
    )
    row("  time over that of simulating as many runs", f"{sought / plain:.1f}")


if __name__ == "__main__":
    main()
