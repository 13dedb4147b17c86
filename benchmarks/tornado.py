"""Tornado: how much pairing gains, and whether the screen misses a large swing, on the bundled scenarios."""

from __future__ import annotations

import math

import numpy as np
from tools import arguments, best, row

import avtosim

#: Bundled scenarios and a target of each.
CASES = (("avtotor-2024-02", 70_000), ("avtotor-2024-06", 25_000), ("avtotor-2024-04", 70_000))
#: Swings below this are small; so many of the largest must be played.
SMALL, LARGEST = 0.05, 10


def main() -> None:
    """Measure pairing and screen in every case, and print each beside its bar."""
    options = arguments(__doc__, runs=16_384, seeds=3, repeats=3, cases=len(CASES))
    for name, target in CASES[: options.cases]:
        case(name, target, options.runs, options.seeds, options.repeats)


def gain(bar: avtosim.TornadoBar) -> float:
    """Give the paired standard error of a swing over that of two independent simulations."""
    return bar.swing.standard_error / math.hypot(bar.low.standard_error, bar.high.standard_error)


def least(bar: avtosim.TornadoBar) -> float:
    """Give the same where no run turns against the others: what no pairing of such chances can beat."""
    low, high, swing = bar.low.value, bar.high.value, abs(bar.swing.value)
    return math.sqrt((swing - swing**2) / (low * (1.0 - low) + high * (1.0 - high)))


def case(name: str, target: float, runs: int, seeds: int, repeats: int) -> None:
    """Play all numbers, then those that the screen chooses."""
    scenario = avtosim.load(name)
    missed, errors, gains, floors, unlike = [], [], [], [], []
    for seed in range(1, seeds + 1):
        rest = {"runs": runs, "seed": seed, "progress": False}
        full = avtosim.tornado(scenario, target, bars=None, **rest)
        screened = avtosim.tornado(scenario, target, **rest)
        played = {bar.address for bar in screened.bars}
        missed.append(sum(bar.address not in played for bar in full.bars[:LARGEST]))
        left = [abs(bar.swing.value) for bar in full.bars if bar.address not in played]
        errors.append(max(left, default=0.0))
        unlike.append(screened.expected)
        small = [bar for bar in full.bars if abs(bar.swing.value) < SMALL and bar.swing.standard_error > 0.0]
        gains += [gain(bar) for bar in small]
        floors += [least(bar) for bar in small if gain(bar) == max(map(gain, small))]
    print(f"\n{scenario.name}, {target:,}: {full.base:value} as stated; {full.numbers} numbers, seeds 1 to {seeds}")
    row(f"  of the {LARGEST} largest swings of a full run the screen misses, most", f"{max(missed)}", "bar: 0")
    row("  largest swing that was not played", f"{100.0 * max(errors):.1f} points")
    row("  largest that the screen expects of those", f"{100.0 * max(unlike):.1f} points")
    row("  paired over unpaired error of swings below 0.05, mean", f"{np.mean(gains):.2f}", "bar: at most 0.4")
    row("  the same, largest", f"{max(gains):.2f}")
    row("  the same if no run turned against the others", f"{max(floors):.2f}")
    rest = {"runs": runs, "seed": 1, "progress": False}
    asked, plain = best(
        repeats,
        lambda: avtosim.tornado(scenario, target, **rest),
        lambda: avtosim.simulate(scenario, keep="totals", **rest),
    )
    row("  time of 15 bars over that of simulating as many runs", f"{asked / plain:.1f}")


if __name__ == "__main__":
    main()
