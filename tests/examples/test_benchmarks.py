"""Benchmarks: they run, at small sizes, and name every bar. What they measure is not judged here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rooms import SRC

import avtosim

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def output(script: str, **numbers: object) -> str:
    """Give what a benchmark prints."""
    options = [word for name, number in numbers.items() for word in (f"--{name.replace('_', '-')}", str(number))]
    done = subprocess.run(
        [sys.executable, BENCHMARKS / script, *options], capture_output=True, text=True, check=False, cwd=BENCHMARKS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def missing(text: str, *bars: str) -> list[str]:
    """Give the bars that a benchmark did not print."""
    return [bar for bar in bars if f"bar: {bar}" not in text]


def test_speed_prints_every_bar() -> None:
    """The benchmark of speed prints June, workers, cases by hand and in SimPy, imports, another version; with bars."""
    pytest.importorskip("simpy")
    text = output("speed.py", runs=8192, repeats=1, worker_runs=8192, simpy_runs=50, before=SRC)
    bars = ("at most 4.4", "below 200", "at most 16,000", "at most 7.5", "at least 1.6", "at most 1.1", "at least 100")
    assert missing(text, *bars, "at most 1.3") == []
    assert f"time of a run against version {avtosim.__version__}" in text


def test_house_prints_every_bar() -> None:
    """The benchmark of the house prints the lines, the largest room, loops, directions and what newcomers touch."""
    text = output("house.py", before=SRC)
    assert missing(text, "at most 11,300", "at most 19 %", "0") == []
    assert text.count("bar: at most 2\n") == 3


def test_page_prints_every_bar() -> None:
    """The benchmark of the page prints its cost and size in both languages, and what a simulation imports."""
    text = output("page.py", runs=500, repeats=1)
    assert missing(text, "at most 40", "at most 1.5", "0") == []
    assert text.count("page in 'ru', in simulations") == 3


def test_metalog_prints_every_bar() -> None:
    """The benchmark of metalog laws prints the errors through 3, 5 and 9 quantiles of three laws, with their bars."""
    text = output("metalog.py", points=1_000)
    assert missing(text, "at most 0.017", "at most 0.005", "at most 0.001") == []
    assert text.count("largest error of a share") == 9


def test_ledger_prints_every_bar() -> None:
    """The benchmark of the ledger prints sums, cost and the cost of the line, of June and February, with their bars."""
    text = output("ledger.py", runs=200, line_runs=200, plants=2, plant_runs=10, repeats=1)
    assert missing(text, "at most 1e-6 vehicles", "at most 3", "at most 5 %") == []
    assert text.count("bar: ") == 7
    assert text.count("kits: not called off") == 2


def test_memory_prints_its_bar() -> None:
    """The benchmark of memory prints the answer, the peak and its bar."""
    pytest.importorskip("resource")
    text = output("memory.py", runs=4096)
    assert "expected output" in text
    assert missing(text, "at most 500 MB") == []


def test_designs_prints_every_bar() -> None:
    """The benchmark of designs prints each design's gains and time, and the pairing, with their bars."""
    text = output(
        "designs.py",
        runs=8192,
        seeds=2,
        pilot_runs=2000,
        workers=1,
        repeats=1,
        time_runs=8192,
        replicates=8,
        paired_runs=500,
    )
    bars = ("at least 6 times", "at least 1.5 times", "at most 1.6", "at least 3 times")
    assert missing(text, *bars) == []
    assert text.count("(was ") == 12
    designs = (
        "plain",
        "antithetic",
        "Latin hypercube",
        "Sobol",
        "Sobol nets",
        "Latin hypercubes of 512",
        "Sobol nets of 16",
    )
    assert [name for name in designs if f"\n{name} " not in text] == []


def test_coverage_prints_every_bar() -> None:
    """The benchmark of coverage prints both plants and both kinds of answers, with their bars."""
    text = output(
        "coverage.py",
        runs=4096,
        replications=2,
        precise_replications=2,
        truth_runs=1 << 13,
        bundled_runs=4096,
        bundled_replications=1,
        bundled_precise_replications=0,
        bundled_truth_runs=1 << 11,
        workers=1,
    )
    assert text.count("coverage of 95 % intervals") == 2
    assert text.count("coverage under precision=") == 1
    assert text.count("bar: 63.2% to 100.0%") == 5 + 24
    assert text.count("; at most 1.") == 18


def test_rare_prints_every_bar() -> None:
    """The benchmark of rare targets prints the cases known exactly and the bundled scenario, with their bars."""
    text = output("rare.py", answers=2, scenario_answers=2, particles=100, repeats=4, brute_runs=5000, workers=1)
    assert missing(text, "at most", "63 to 100 %", "at most 25 %", "at least 400 times") == []
    assert text.count("1.131e-05 exactly") == text.count("0.0001086 exactly") == 1
    assert text.count("by 5,000 plain runs") == 2


def test_importance_prints_every_bar() -> None:
    """The benchmark of importance prints coverage, variance, single numbers and its price, with their bars."""
    text = output("importance.py", replicates=3, runs=100, seeds=2, number_runs=500, june_runs=100, repeats=1)
    assert missing(text, "at most 0.25", "at most 0.4", "at most 0.002") == []
    assert text.count("coverage of each") == text.count("bar: 69.8% to 100.0%") == 6
    assert "time of the study over" in text


def test_goal_seek_prints_every_bar() -> None:
    """The benchmark of goal seek prints two closed cases and levers of February, with their bars."""
    text = output("goal_seek.py", replicates=2, runs=500, seeds=1, fresh_runs=1000, repeats=0, levers=1)
    assert missing(text, "64.2 to 100.0 %", "51.4 to 100.0 %", "at most 5") == []
    assert text.count("exactly; 2 replicates of 500 runs") == 2
    assert text.count("fresh chance within 2 standard errors") == 1


def test_tornado_prints_every_bar() -> None:
    """The benchmark of the tornado prints cases with what the screen misses and what pairing gains."""
    text = output("tornado.py", runs=512, seeds=1, repeats=1, cases=1)
    assert missing(text, "0", "at most 0.4") == []
    assert text.count("of the 10 largest swings of a full run the screen misses") == 1


def test_layers_prints_every_bar() -> None:
    """The benchmark of layers prints three closed cases with the bar, four bundled ones, and the cost."""
    text = output("layers.py", seeds=2, runs=256, bundled_seeds=1, points=16, draws=8, repeats=1)
    assert text.count("bar: within 4 %") == 3
    assert text.count("by 16 points with 8 draws of luck each") == 4
    assert "times plain runs" in text


def test_worth_knowing_prints_every_bar() -> None:
    """The benchmark of the worth of knowing prints closed cases, with the bar, the bundled one and the cost."""
    text = output("worth_knowing.py", seeds=2, runs=256, points=16, draws=8, repeats=1)
    assert missing(text, "at least 92 %") == []
    assert text.count("intervals that hold it") == 4
    assert "times plain runs" in text


def test_regions_prints_every_bar() -> None:
    """The benchmark of regions and stories prints prim's boxes, five kinds of years, with their bars, and the cost."""
    text = output("regions.py", runs=1024, seeds=2, truth_runs=4096, story_seeds=1, repeats=1)
    assert text.count("bar: 1e-12") == 6
    assert text.count("inside the stated interval") == text.count("bar: 64%") == 10
    assert text.count("density where the region was found") == text.count("stories under 1 seeds") == 5
    assert "time of a story" in text


def test_fits_prints_every_bar() -> None:
    """The benchmark of fits prints rates, durations and fill rates, each beside its bar, and set-ups without one."""
    text = output("fits.py", sets=3, fill_sets=3)
    assert missing(text, "87 to 93 %", "6 to 13 %", "at least 80 %") == []
    assert text.count("a partner that was not seen") == text.count("parameters taken for certain") == 3


def test_outside_prints_every_bar() -> None:
    """The benchmark of the view from outside prints scores, bars, and counts beyond P10 and P90."""
    text = output("outside.py")
    assert missing(text, "at least 2", "at least 1") == []
    assert text.count("if the views are right") == 4
    assert text.count("halved; doubled: change of the CRPS") == 5
