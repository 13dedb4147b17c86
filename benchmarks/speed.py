"""Speed: June in yardsticks, small studies, Sobol points, workers, NumPy and SimPy programs of one case, the import.

All that is compared runs in turns in one process (the import: in fresh ones), and the best of several turns counts, so
that what else the machine does falls on both sides alike.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tools import APRIL, JUNE, best, row

import avtosim
from avtosim.chance.design import BATCH
from avtosim.chance.space import Space

TARGET = 100_000
#: Exact chance of the one-partner case; Takacs (1957), total up time of an alternating renewal process.
EXACT_MEAN, EXACT_CHANCE = 0.8673469303, 0.8041707956


def main() -> None:
    """Measure everything and print each figure beside its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=131_072, help="runs of the June scenario at a time")
    parser.add_argument("--repeats", type=int, default=7, help="turns of everything that is compared")
    parser.add_argument("--worker-runs", type=int, default=1_000_000, help="runs for one worker against two")
    parser.add_argument("--simpy-runs", type=int, default=10_000, help="runs of the SimPy program")
    parser.add_argument("--before", type=Path, help="folder of another version of the package (.../src/avtosim)")
    options = parser.parse_args()
    june(options.runs, options.repeats)
    small(options.repeats)
    sobol(options.repeats)
    workers(options.worker_runs, options.repeats)
    against_numpy(8 * options.runs, options.repeats)
    if options.before is not None:
        against_version(options.before, options.runs, options.repeats)
    against_simpy(options.simpy_runs, options.repeats)
    imports(options.repeats)


def simulated(scenario: Any, runs: int, package: Any = avtosim, **options: Any) -> Callable[[], Any]:
    """Give a study of annual totals to be timed."""
    return lambda: package.simulate(scenario, runs=runs, seed=1, keep="totals", progress=False, **options)


def yardstick() -> Callable[[], object]:
    """Give what draws 1,000 uniform numbers of SFC64 into the same memory, 2,000 times: time the 2,000th part of it."""
    generator, numbers = np.random.Generator(np.random.SFC64(1)), np.empty(1000)

    def draw() -> None:
        for _ in range(_YARDSTICKS):
            generator.random(out=numbers)

    return draw


_YARDSTICKS = 2000


def june(runs: int, repeats: int) -> None:
    """Time a run of June in yardsticks, against drawing its coordinates, and count the page faults of a block."""
    scenario = avtosim.load(JUNE)
    model = avtosim.Model(scenario)
    work = simulated(scenario, runs)
    generator = np.random.Generator(np.random.SFC64(1))
    took, unit, bare = best(repeats, work, yardstick(), lambda: drawn(model.space, runs, generator))
    print(f"{scenario.name}: {model.space.dimension} coordinates a run; {runs:,} runs, totals, one worker")
    row("yardstick: 1,000 uniform numbers of SFC64", f"{1e6 * unit / _YARDSTICKS:.2f} us")
    row("runs per second", f"{runs / took:,.0f}")
    row("time of a run", f"{took / runs / unit * _YARDSTICKS:.2f} yardsticks", "bar: at most 4.4")
    row("time over that of drawing all its coordinates (SFC64)", f"{took / bare:.2f}")
    blocks = -(-runs // model.block)
    before = page_faults()
    work()
    row("page faults a block", f"{(page_faults() - before) / blocks:,.0f}", "bar: below 200")


def page_faults() -> int:
    """Give the page faults of this process so far, where the system counts them."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def small(repeats: int) -> None:
    """Time a study of 1,000 runs of June."""
    scenario = avtosim.load(JUNE)
    took, unit = best(3 * repeats, simulated(scenario, 1000), yardstick())
    row("a study of 1,000 runs", f"{took / unit * _YARDSTICKS:,.0f} yardsticks", "bar: at most 16,000")


def sobol(repeats: int) -> None:
    """Time a run of April with Sobol points and with plain ones."""
    scenario, runs = avtosim.load(APRIL), 16_384
    took, plain, unit = best(
        repeats, simulated(scenario, runs, design=avtosim.Sobol()), simulated(scenario, runs), yardstick()
    )
    figure = f"{took / runs / unit * _YARDSTICKS:.2f} yardsticks"
    row("Sobol points, 16,384 runs of April: time of a run", figure, "bar: at most 7.5")
    row("the same over plain runs", f"{took / plain:.2f} times", "bar: at most 1.6")


def workers(runs: int, repeats: int) -> None:
    """Time one worker against two on June, the start of the pool included."""
    scenario = avtosim.load(JUNE)
    one, two = best(max(repeats // 3, 1), *(simulated(scenario, runs, workers=count) for count in (1, 2)))
    what = f"two workers against one, {runs:,} runs, pool start included"
    row(what, f"{one / two:.2f} times", "bar: at least 1.6, on a quiet machine of two cores")


def against_numpy(runs: int, repeats: int) -> None:
    """Time the one-partner case against a NumPy program of its own, and hold both answers to the exact one."""
    import by_hand  # here, since every worker imports this file

    case = one_partner()
    ours, theirs = simulated(case, runs), lambda: by_hand.years(runs, 1)
    took, other = best(2 * repeats, ours, theirs)
    print(f"\none partner, {runs:,} runs; exact: mean {EXACT_MEAN:.4f}, at least {TARGET:,} {EXACT_CHANCE:.4f}")
    for name, annual, taken in (("avtosim", ours().annual, took), ("NumPy by hand", theirs(), other)):
        figures = f"mean {annual.mean() / by_hand.PLAN:.4f}, at least {TARGET:,} {(annual >= TARGET - 1e-6).mean():.4f}"
        row(f"{name}: {figures}", f"{1e6 * taken / runs:.3f} us a run")
    row("time of a run against NumPy by hand", f"{took / other:.2f} times", "bar: at most 1.1")


def package_at(folder: Path) -> Any:
    """Import the version of avtosim in ``folder`` under another name, beside the installed one."""
    name = "avtosim_before"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None or not (folder / "__init__.py").is_file():
        raise SystemExit(f"--before: must be the folder of a package, with __init__.py in it; got {folder}")
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def scenario_of(package: Any, path: Path) -> Any:
    """Load a scenario with a version of the package; version 0.1.0 has no standing, and calls a duration months."""
    if not package.__version__.startswith("0.1."):
        return package.load(path)
    text = re.sub(r', standing = "[a-z]+"', "", path.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        older = Path(folder, "older.toml")
        older.write_text(re.sub(r"^duration = ", "months = ", text, flags=re.MULTILINE), encoding="utf-8")
        return package.load(older)


def against_version(folder: Path, runs: int, repeats: int) -> None:
    """Time ``simulate`` on two cases against another version, in turns, each going first every other time.

    The median of the ratios of neighbouring turns counts: a slow stretch of the machine is in both of a pair.
    """
    before = package_at(folder)
    with tempfile.TemporaryDirectory() as there:
        one = Path(there, "one-partner.toml")
        one_partner().save(one)
        for what, path, many in (("June", JUNE, runs), ("one partner", one, 8 * runs)):
            print()
            scenarios = {package: scenario_of(package, path) for package in (avtosim, before)}
            in_turns(f"{what}: time of a run against version {before.__version__}", scenarios, before, many, repeats)


def in_turns(what: str, scenarios: dict[Any, Any], before: Any, runs: int, repeats: int) -> None:
    """Print the ratio of the times that this version and another one take."""

    def took(package: Any) -> float:
        work = simulated(scenarios[package], runs, package)
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    ratios = []
    for turn in range(4 * repeats + 1):
        if turn % 2:
            now, then = took(avtosim), took(before)
        else:
            then, now = took(before), took(avtosim)
        if turn:
            ratios.append(now / then)
    low, middle, high = statistics.quantiles(ratios, n=4)
    row(what, f"{middle:.3f} times")
    row("half of the pairs lie between", f"{low:.3f} and {high:.3f}")


def drawn(space: Space, runs: int, generator: np.random.Generator) -> float:
    """Draw every coordinate of so many runs, a block at a time, and keep nothing."""
    last = 0.0
    for _ in range(runs // BATCH):
        for cause in space.inputs:
            shape = space.count(cause), BATCH
            made = generator.standard_normal(shape) if cause.scores else generator.random(shape)
            last = float(made[0, 0])
    return last


def one_partner() -> avtosim.Scenario:
    """Give the one-partner case: 2 stops a year of a month on average, 130,000 planned, nothing else binds."""
    return avtosim.Scenario(
        name="One partner",
        targets=(TARGET,),
        calendar=avtosim.Calendar(first_month="2024-01"),
        lines=[avtosim.Line(name="Line", per_day=1_000_000)],
        partners=[avtosim.Partner(name="P", stops=avtosim.Stops(per_year=2, duration=avtosim.Exponential(mean=1)))],
        markets=[avtosim.Market(name="M", per_year=1_000_000_000)],
        vehicles=[avtosim.Vehicle(name="V", partner="P", line="Line", market="M", plan=130_000, market_share=1)],
    )


def against_simpy(simpy_runs: int, repeats: int) -> None:
    """Time the one-partner case against the same in SimPy, and show that both give the same answer."""
    import by_simpy

    case = one_partner()
    runs = 100 * simpy_runs
    outputs: list[float] = []
    chance = random.Random(1)  # noqa: S311  a simulation, no secret

    def in_simpy() -> None:
        outputs.extend(by_simpy.year(chance) for _ in range(simpy_runs))

    def in_short_simpy() -> None:
        for _ in range(simpy_runs):
            by_simpy.short_year(chance)

    def here() -> avtosim.Result:
        return avtosim.simulate(case, runs=runs, seed=1, keep="totals", progress=False)

    took, other, short = best(max(repeats // 2, 1), here, in_simpy, in_short_simpy)
    result = here()
    theirs = np.array(outputs)
    print(f"\none partner, 2 stops a year of a month on average; exact mean {130_000 * EXACT_MEAN:,.0f}")
    print(f"{'':<12}{'mean':>10}{'+-':>6}{f'at least {TARGET:,}':>20}{'+-':>8}{'runs':>12}{'runs a second':>16}")
    for name, annual, speed in (("avtosim", result.annual, runs / took), ("SimPy", theirs, simpy_runs / other)):
        error = annual.std(ddof=1) / annual.size**0.5
        share = float((annual >= TARGET).mean())
        spread = (share * (1 - share) / annual.size) ** 0.5
        print(f"{name:<12}{annual.mean():>10,.0f}{error:>6.0f}{share:>20.4f}{spread:>8.4f}", end="")
        print(f"{annual.size:>12,}{speed:>16,.0f}")
    print(f"{'exact':<12}{130_000 * EXACT_MEAN:>10,.0f}{'':>6}{EXACT_CHANCE:>20.4f}")
    for what, theirs_took, bar in (
        ("throughput against the SimPy program, one worker", other, "bar: at least 100"),
        ("throughput against the same without a store of kits", short, ""),
    ):
        row(what, f"{(runs / took) / (simpy_runs / theirs_took):,.0f} times", bar)


def imports(repeats: int) -> None:
    """Time ``import avtosim`` against importing what it stands on, in fresh processes."""
    codes = (
        "import numpy, scipy.special, attrs",
        "import avtosim",
        "import avtosim; avtosim.load, avtosim.simulate, avtosim.Scenario",
    )
    times: dict[str, list[float]] = {code: [] for code in codes}
    for turn in range(3 * repeats + 1):
        for code in codes:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  the code is above
            if turn:
                times[code].append(time.perf_counter() - start)
    base, ours, used = (statistics.median(times[code]) for code in codes)
    print()
    row("import numpy, scipy.special, attrs, in a fresh process", f"{1000 * base:.0f} ms")
    row("import avtosim against it", f"{ours / base:.2f} times", "bar: at most 1.3")
    row("import avtosim and load what a first question needs, against it", f"{used / base:.2f} times")


if __name__ == "__main__":
    main()
