"""The one-partner case as a plain NumPy program: what the library's generality costs is measured against it.

Written for this case alone, as one who knows NumPy well writes it: arithmetic in place, a block of runs that stays in
cache, a stop looked at only where a month has one, kits called off, delivered and built month by month.
"""

from __future__ import annotations

import numpy as np

MONTHS, PLAN = 12, 130_000.0
#: Months that the partner runs between two stops, and that a stop lasts, on average.
GAP, LENGTH = 6.0, 1.0
BLOCK = 32_768


def years(runs: int, seed: int) -> np.ndarray:
    """Annual output of so many years."""
    generator = np.random.Generator(np.random.SFC64(seed))
    annual = np.empty(runs)
    for start in range(0, runs, BLOCK):
        play(annual[start : start + BLOCK], generator)
    return annual


def play(annual: np.ndarray, generator: np.random.Generator) -> None:
    """Play the years of a block."""
    runs, need = annual.size, PLAN / MONTHS
    kits, stopped = np.zeros(runs), np.zeros(runs)
    begin, running, scratch = np.empty(runs), np.empty(runs), np.empty(runs)
    annual[:] = 0.0
    for _ in range(MONTHS):
        # The stop that goes on, then the stops that begin in what is left of the month.
        np.minimum(stopped, 1.0, out=begin)
        np.subtract(1.0, begin, out=running)
        stopped -= begin
        generator.standard_exponential(out=scratch)
        scratch *= GAP
        begin += scratch
        hit = np.flatnonzero(begin < 1.0)
        start = begin[hit]
        while hit.size:
            end = start + LENGTH * generator.standard_exponential(hit.size)
            running[hit] -= np.minimum(end, 1.0) - start
            stopped[hit] = np.maximum(end - 1.0, 0.0)
            start = end + GAP * generator.standard_exponential(hit.size)
            again = start < 1.0
            hit, start = hit[again], start[again]
        # Call off what is missing, take in what arrives, build what the schedule and the kits allow.
        np.subtract(need, kits, out=scratch)
        np.maximum(scratch, 0.0, out=scratch)
        scratch *= running
        kits += scratch
        np.minimum(kits, need, out=scratch)
        kits -= scratch
        annual += scratch
