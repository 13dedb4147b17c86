"""The page: its cost in simulations, its size, and what a simulation imports."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from tools import arguments, best, row

import avtosim

CASES = ("avtotor-2024-02", "avtotor-2024-04", "avtotor-2024-06")
#: Libraries that nobody needs for a simulation.
OPTIONAL = ("matplotlib", "pandas", "openpyxl", "tqdm", "distributed", "PIL")
_LOADED = """
import sys, avtosim
avtosim.simulate(avtosim.load("avtotor-2024-06"), runs=100)
print(sum(name.startswith("avtosim") for name in sys.modules), sum(name in sys.modules for name in sys.argv[1:]))
"""


def main() -> None:
    """Print each figure beside its bar."""
    sizes = arguments(__doc__, runs=100_000, repeats=3)
    with tempfile.TemporaryDirectory() as folder:
        for name in CASES:
            scenario = avtosim.load(name)
            result = avtosim.simulate(scenario, runs=sizes.runs, seed=1)
            print(f"{scenario.name}, {sizes.runs:,} runs")
            for language in ("en", "ru"):
                path = Path(folder) / f"{name}-{language}.html"
                took, one = best(
                    sizes.repeats,
                    partial(result.report, path, language=language),
                    partial(avtosim.simulate, scenario, runs=sizes.runs, seed=1),
                )
                row(f"page in {language!r}, in simulations", f"{took / one:.1f}", "bar: at most 40")
                row(f"size of the page in {language!r}, MB", f"{path.stat().st_size / 1e6:.2f}", "bar: at most 1.5")
            took, one = best(
                sizes.repeats,
                partial(result.to_excel, Path(folder) / f"{name}.xlsx"),
                partial(avtosim.simulate, scenario, runs=sizes.runs, seed=1),
            )
            row("workbook, in simulations", f"{took / one:.1f}")
    command = [sys.executable, "-c", _LOADED, *OPTIONAL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    own, optional = done.stdout.split()
    row("modules of avtosim after a simulation", own)
    row("optional libraries after a simulation", optional, "bar: 0")


if __name__ == "__main__":
    main()
