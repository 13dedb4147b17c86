"""What the benchmarks share: rows beside their bars, and times taken in turns."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["APRIL", "JUNE", "arguments", "best", "row"]

#: The bundled case as version 0.1.0 shipped it, so that figures of different versions can be compared.
JUNE, APRIL = (Path(__file__).parent / "scenarios" / f"{month}-0.1.0.toml" for month in ("june", "april"))


def arguments(about: str | None, **numbers: int) -> argparse.Namespace:
    """Whole numbers from the command line, each with its usual value, with which the tables were made."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    for name, usual in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=usual, help="whole number")
    return parser.parse_args()


def row(measure: str, figure: str, bar: str = "") -> None:
    """Print one measure, its figure and its bar."""
    print(f"{measure:<66} {figure:>14}  {bar}".rstrip(), flush=True)


def best(repeats: int, *works: Callable[[], object]) -> list[float]:
    """Give the shortest time of each work, all of them in turn, ``repeats`` times; one more turn warms up."""
    times: list[list[float]] = [[] for _ in works]
    for turn in range(repeats + 1):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            if turn:
                taken.append(time.perf_counter() - start)
    return [min(taken) for taken in times]
