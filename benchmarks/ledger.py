"""The ledger: how exactly it sums in every run, what it costs, and what the line that simulate prints costs."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from tools import arguments, best, row

import avtosim
from avtosim.chance.blocks import blocks

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from certain import uncertain

CASES = ("avtotor-2024-06", "avtotor-2024-02")


def main() -> None:
    """Print each figure beside its bar."""
    sizes = arguments(__doc__, runs=16_384, line_runs=100_000, plants=60, plant_runs=1_000, repeats=7)
    worst = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(sizes.plants):
            worst = max(worst, error(uncertain(f"ledger {number}"), sizes.plant_runs))
    row(f"largest error of a run's sum, {sizes.plants} random plants", f"{worst:.1e}", "bar: at most 1e-6 vehicles")
    for name in CASES:
        scenario = avtosim.load(name)
        model = avtosim.Model(scenario)
        found = avtosim.ledger(scenario, runs=sizes.runs)
        print(f"\n{scenario.name}, {sizes.runs:,} runs")
        row("largest error of a run's sum", f"{error(scenario, sizes.runs):.1e}", "bar: at most 1e-6 vehicles")
        call = played(model, sizes.runs)
        took, one = best(sizes.repeats, lambda scenario=scenario: avtosim.ledger(scenario, runs=sizes.runs), call)
        row("ledger, in model calls", f"{took / one:.2f}", "bar: at most 3")
        runs = sizes.line_runs
        took, bare = best(sizes.repeats, played(model, runs, line=True), played(model, runs))
        row(f"line of simulate, share of {runs:,} runs", f"{took / bare - 1.0:.1%}", "bar: at most 5 %")
        print(found)


def error(scenario: avtosim.Scenario, runs: int) -> float:
    """Give the largest difference, in any run, of planned less all causes to what simulate built."""
    found, plain = avtosim.ledger(scenario, runs=runs), avtosim.simulate(scenario, runs=runs, keep="totals")
    return float(abs(found.planned - found.per_run.sum(axis=0) - plain.annual).max())


def played(model: avtosim.Model, runs: int, *, line: bool = False) -> Callable[[], None]:
    """Give plain runs of a model to be timed, with what the line needs of the first of them or without."""

    def play() -> None:
        for block in blocks(0, 0, runs, model.block):
            first = min(max(4096 - block.first, 0), block.runs) if line else 0
            model(block.points(model.space), keep="months", first=first)

    return play


if __name__ == "__main__":
    main()
