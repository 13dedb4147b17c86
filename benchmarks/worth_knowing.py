"""Worth of knowing: bias and coverage on closed cases, all numbers together against nested runs, and the cost."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from nested import nested
from tools import arguments, best, row

import avtosim
from avtosim.answers.intervals import wilson
from avtosim.chance.blocks import blocks

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
import plants
from closed_layers import LUCK, UNKNOWN, normal, worth

#: Cost of each vehicle promised too few, and too many.
COSTS = {"too_few": 3.0, "too_many": 7.0}
SHARE = 0.3


def main() -> None:
    """Print bias, coverage and cost beside their bars."""
    options = arguments(__doc__, seeds=200, runs=16_384, points=4096, draws=256, repeats=3)
    one_number(options.seeds, options.runs)
    two_numbers(options.seeds, options.runs)
    bundled(options.runs, options.points, options.draws)
    cost(options.runs, options.repeats)


def asked(scenario: avtosim.Scenario, seeds: int, runs: int) -> list[avtosim.WorthKnowing]:
    """Give the answers under seeds 1 to ``seeds``."""
    some = {"runs": runs, "progress": False, **COSTS}
    return [avtosim.worth_knowing(scenario, seed=seed, **some) for seed in range(1, seeds + 1)]


def judged(what: str, found: list[avtosim.Estimate], truth: float, bar: str = "") -> None:
    """Print how estimates lie about the truth."""
    values, errors = (np.array(each) for each in zip(*((f.value, f.standard_error) for f in found), strict=True))
    unsure = values.std(ddof=1) / math.sqrt(len(found)) / truth
    held = sum(f.low <= truth <= f.high for f in found)
    low, high = wilson(held, len(found))
    row(f"  {what}, {truth:.1f} exactly: bias (known to +-{2.0 * unsure:.1%})", f"{values.mean() / truth - 1.0:+.2%}")
    row("    spread of the answers; error that they state", f"{values.std(ddof=1):.1f}; {errors.mean():.1f}")
    row(f"    95 % intervals that hold it ({low:.0%} to {high:.0%})", f"{held / len(found):.1%}", bar)


def one_number(seeds: int, runs: int) -> None:
    """Ask about e of annual = e + l; beside it, quantiles in bins of e, fitted and judged on the same runs."""
    scenario, truth = normal().scenario, worth(*COSTS.values(), UNKNOWN, LUCK)
    print(f"annual = e + l, e N(14,400, 360) knowable, l N(0, 346.41) luck: {runs:,} runs, seeds 1 to {seeds}")
    answers = asked(scenario, seeds, runs)
    judged("worth of knowing e", [one.value["markets.M.per_year"] for one in answers], truth, "bar: at least 92 %")
    model = avtosim.Model(scenario)
    for bins in (20, 200):
        found = [binned(model, seed, min(runs, 16_384), bins) for seed in range(1, min(seeds, 20) + 1)]
        row(f"    bias of {bins} bins, judged on their own runs", f"{np.mean(found) / truth - 1.0:+.2%}")
    print()


def binned(model: avtosim.Model, seed: int, runs: int, bins: int) -> float:
    """Give the value by quantiles in bins of equal count."""
    reading = model.read(blocks(seed, 0, runs, runs)[0].points(model.space))
    output = model.play(model.drivers(reading), runs)["annual"]
    order = np.argsort(model.unknown(reading)[0])
    return loss(output) - sum(loss(output[part]) * part.size for part in np.array_split(order, bins)) / runs


def loss(output: np.ndarray) -> float:
    """Give the mean loss of promising the best quantile of these outputs."""
    over = output - np.quantile(output, SHARE)
    return float(np.mean(np.where(over > 0.0, COSTS["too_few"] * over, -COSTS["too_many"] * over)))


def two_numbers(seeds: int, runs: int) -> None:
    """Ask about two numbers, both together, and one that does nothing."""
    second = 250.0
    orders = avtosim.Clipped(avtosim.Normal(5000, second), low=0)
    idle = avtosim.Line(name="idle", per_day=avtosim.Uniform(1e8, 1e9))
    scenario = plants.with_facts(
        normal().scenario,
        lines=[idle],
        vehicles=[avtosim.Vehicle(name="X", partner="P", line="idle", orders=orders, plan=1e6)],
    )
    print(f"the same with a second number, N(5,000, {second:g}), and one that does nothing")
    answers, costs = asked(scenario, seeds, runs), COSTS.values()
    for address, known, rest in (("markets.M.per_year", UNKNOWN, second), ("vehicles.X.orders", second, UNKNOWN)):
        truth = worth(*costs, known, math.hypot(rest, LUCK))
        judged(f"worth of knowing {address}", [one.value[address] for one in answers], truth)
    both = worth(*costs, math.hypot(UNKNOWN, second), LUCK)
    judged("worth of knowing all, at least", [one.together for one in answers], both)
    nothing = [one.value["lines.idle.per_day"] for one in answers]
    row(
        "  worth of what does nothing: mean; highest upper end",
        f"{np.mean([n.value for n in nothing]):.2f}; {max(n.high for n in nothing):.1f}",
    )
    print()


def bundled(runs: int, points: int, draws: int) -> None:
    """Compare the worth of knowing all of February's numbers with nested runs."""
    scenario = avtosim.load("avtotor-2024-02")
    output = nested(scenario, points, draws)
    whole = loss(output.ravel())
    stays = float(np.mean([loss(row_of_luck) for row_of_luck in output]))
    found = avtosim.worth_knowing(scenario, runs=runs, seed=1, progress=False, **COSTS)
    print(f"{scenario.name}: by {points:,} points with {draws} draws of luck each")
    row(f"  expected loss, {whole:,.0f}", f"{found.expected_loss:,.0f}")
    row(
        f"  worth of knowing all, {whole - stays:,.0f}",
        f"{found.together:,.0f}",
        f"{found.together:interval}, at least",
    )
    for address, value in list(found.value.items())[:5]:
        row(f"  worth of knowing {address}", f"{value:,.0f}", f"{value:interval}")
    print()


def cost(runs: int, repeats: int) -> None:
    """Time the study against plain runs of the same scenario, in turns."""
    scenario = avtosim.load("avtotor-2024-02")
    taken, plain = best(
        repeats,
        lambda: avtosim.worth_knowing(scenario, runs=runs, progress=False, **COSTS),
        lambda: avtosim.simulate(scenario, runs=runs, keep="totals", progress=False),
    )
    row(
        f"{scenario.name}: worth of 57 numbers, {runs:,} runs",
        f"{taken:.2f} s",
        f"{taken / plain:.1f} times plain runs",
    )


if __name__ == "__main__":
    main()
