"""Regions and stories: boxes against the package prim, regions against the truth, how typical stories are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from tools import arguments, best, row

import avtosim
from avtosim.answers import prim
from avtosim.answers.intervals import wilson
from avtosim.chance.blocks import blocks
from avtosim.studies.years import played

#: Boxes that the package prim 1.0.0 finds on tables made by formulas.
RECORD = Path(__file__).parents[1] / "tests" / "reference" / "prim.json"
#: Kinds of years of bundled cases: the case, the side, the volume.
KINDS = (
    ("avtotor-2024-02", "below", 70_000),
    ("avtotor-2024-02", "at_least", 70_000),
    ("avtotor-2024-02", "below", 15_000),
    ("avtotor-2024-06", "at_least", 25_000),
    ("avtotor-2024-06", "below", 10_000),
)


def main() -> None:
    """Measure and print each figure beside its bar."""
    options = arguments(__doc__, runs=16_384, seeds=100, truth_runs=1_048_576, story_seeds=20, repeats=3)
    against_prim()
    for kind in KINDS:
        if options.seeds:
            stated(*kind, options.runs, options.seeds, options.truth_runs)
        if options.story_seeds:
            stories(*kind, options.runs, options.story_seeds)
    cost(options.runs, options.repeats)


def against_prim() -> None:
    """Compare every peel with the record."""
    for name, known in json.loads(RECORD.read_text(encoding="utf-8"))["tables"].items():
        a, b, c, d = values = np.array([(np.arange(1, 1001) * np.sqrt(prime)) % 1.0 for prime in (2, 3, 5, 7)])
        if name == "mostly zero":
            np.maximum(a - 0.4, 0.0, out=a)
        hits = {
            "corner": (a > 0.6) & (b < 0.55) & ((c * 7.0) % 1.0 < 0.8),
            "mostly zero": (a > 0.15) & (b < 0.6),
            "two ends": (a > 0.3) & (a < 0.7) & (b < 0.5) & (c * d > 0.1),
        }[name]
        boxes = prim.peeled(values, hits)
        dense = np.array([prim.density(hits, prim.inside(values, box)) for box in boxes])
        off = 0.0
        for step, (low, high) in known["boxes"].items():
            box = boxes[int(step)]
            # prim bounds the first box by the data.
            lows, highs = np.maximum(box[0], values.min(axis=1)) - low, np.minimum(box[1], values.max(axis=1)) - high
            off = max(off, float(np.abs([lows, highs]).max()))
        row(f"prim 1.0.0, table {name!r}: largest difference of a bound", f"{off:.0e}", "bar: 1e-12")
        difference = np.abs(dense - known["density"]).max()
        row(f"  of a density, over {known['peels']} boxes", f"{difference:.0e}", "bar: 1e-12")
        row("  steps that prim pastes on after the last peel, left out here", f"{known['pastes']}")


def of_kind(outputs: np.ndarray, side: str, volume: float) -> np.ndarray:
    """Which years are of a kind."""
    reached = outputs >= volume - 1e-6
    return reached if side == "at_least" else ~reached


def stated(name: str, side: str, volume: float, runs: int, seeds: int, truth_runs: int) -> None:
    """Ask for regions under many seeds, and hold what they state against very many other years."""
    scenario = avtosim.load(name)
    model = avtosim.Model(scenario)
    found = [avtosim.regions(scenario, **{side: volume}, runs=runs, seed=seed, progress=False) for seed in range(seeds)]
    hit, within, both = 0, np.zeros(seeds), np.zeros(seeds)
    for block in blocks(10**6, 0, truth_runs, model.block):
        outputs, made = played(model, block.points(model.space, 2))
        rows = {(element.address, element.text): values for element, values in zip(model.elements, made, strict=True)}
        hits = of_kind(outputs, side, volume)
        hit += np.count_nonzero(hits)
        for seed, one in enumerate(found):
            inside = np.ones(block.runs, dtype=bool)
            for condition in one.conditions:
                values = rows[condition.address, condition.what]
                inside &= condition.low is None or values > condition.low
                inside &= condition.high is None or values <= condition.high
            within[seed] += np.count_nonzero(inside)
            both[seed] += np.count_nonzero(inside & hits)
    inside = [one.density.low <= one.found_density <= one.density.high for one in found]
    higher = [one.found_density - density for one, density in zip(found, both / within, strict=True)]
    held = [
        [one.density.low <= density <= one.density.high, one.coverage.low <= coverage <= one.coverage.high]
        for one, density, coverage in zip(found, both / within, both / hit, strict=True)
    ]
    first = found[0]
    print(f"\n{scenario.name}, {first.kind}: {first.base_rate:value} of all years; seed 0:")
    for condition in first.conditions:
        print(f"  {condition.text}")
    row("density; coverage, from fresh runs", f"{first.density:value}; {first.coverage:value}")
    row("density where the region was found", f"{100.0 * first.found_density:.1f} %", f"bar: {first.density:interval}")
    row(f"the same over {seeds} seeds: inside the fresh interval", f"{np.mean(inside):.0%}", "without flattery: 83 %")
    row("  less the true density, mean", f"{100.0 * np.mean(higher):+.2f} points")
    least = 0.95 - 2.0 * np.sqrt(0.95 * 0.05 / seeds)
    for what, share in zip(("density", "coverage"), np.mean(held, axis=0), strict=True):
        low, high = wilson(share * seeds, seeds)
        row(f"true {what} inside the stated interval ({low:.0%} to {high:.0%})", f"{share:.0%}", f"bar: {least:.0%}")


def stories(name: str, side: str, volume: float, runs: int, seeds: int) -> None:
    """Tell years of a kind under many seeds, and measure how far what is built lies from what such years build."""
    scenario, off, unusual = avtosim.load(name), [], []
    for seed in range(seeds):
        told = avtosim.story(scenario, **{side: volume}, runs=runs, seed=seed, progress=False)
        outputs = avtosim.simulate(scenario, runs=runs, seed=seed, progress=False).annual
        such = outputs[of_kind(outputs, side, volume)]
        off.append(abs(float(np.mean(such < told.built)) - 0.5))
        unusual.append(len(told.unusual))
    print(f"{scenario.name}, {told.kind}: stories under {seeds} seeds")
    row("  share of such years between what is built and their median", f"{np.mean(off):.2f}", "a year by lot: 0.25")
    row("  unusual events that do not set such years apart, a story", f"{np.mean(unusual):.2f}")


def cost(runs: int, repeats: int) -> None:
    """Take the times of both studies against as many plain runs."""
    scenario, quiet = avtosim.load("avtotor-2024-02"), {"runs": runs, "progress": False}
    plain, told, found = best(
        repeats,
        lambda: avtosim.simulate(scenario, **quiet),
        lambda: avtosim.story(scenario, below=15_000, **quiet),
        lambda: avtosim.regions(scenario, below=15_000, **quiet),
    )
    print()
    row("time of a story, February, over as many plain runs", f"{told / plain:.1f}")
    row("time of regions, which make twice as many", f"{found / plain:.1f}")


if __name__ == "__main__":
    main()
