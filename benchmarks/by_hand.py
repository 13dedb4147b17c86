"""The one-partner case as a plain NumPy program: what the library's generality may cost is measured against it.

Written for this case alone, as one who knows NumPy well would write it: a block of runs that stays in a core's cache,
arithmetic in place, a stop drawn only where a month has one, kits called off, delivered and built month by month.
"""

from __future__ import annotations

import numpy as np

MONTHS, PLAN = 12, 130_000.0
PER_MONTH, MEAN = 2.0 / 12.0, 1.0
BLOCK = 8192


def years(runs: int, seed: int) -> np.ndarray:
    """Annual output of so many years; the partner stops twice a year, for a month on average."""
    generator = np.random.Generator(np.random.SFC64(seed))
    annual = np.empty(runs)
    for start in range(0, runs, BLOCK):
        block(annual[start : start + BLOCK], generator)
    return annual


def block(built_in_year: np.ndarray, generator: np.random.Generator) -> None:
    """Play the years of a block."""
    runs = built_in_year.size
    need = PLAN / MONTHS
    begins = -np.expm1(-PER_MONTH)
    kits, scratch, running, uniform = np.zeros(runs), np.empty(runs), np.empty(runs), np.empty(runs)
    settled = np.zeros(runs)
    stopped, left = np.zeros(0, dtype=np.intp), np.zeros(0)
    built_in_year[:] = 0.0
    for _ in range(MONTHS):
        # Share of the month in which the partner runs.
        running.fill(1.0)
        now = np.minimum(left, 1.0)
        running[stopped] -= now
        settled[stopped] = now
        on = left > 1.0
        still, still_left = [stopped[on]], [left[on] - 1.0]
        generator.random(out=uniform)
        runs_hit = np.flatnonzero(uniform < begins)
        begin = settled[runs_hit] - np.log1p(-uniform[runs_hit]) / PER_MONTH
        settled[stopped] = 0.0
        while runs_hit.size:
            inside = begin < 1.0
            runs_hit, begin = runs_hit[inside], begin[inside]
            end = begin + MEAN * generator.standard_exponential(runs_hit.size)
            running[runs_hit] -= np.minimum(end, 1.0) - begin
            over = end > 1.0
            still.append(runs_hit[over])
            still_left.append(end[over] - 1.0)
            runs_hit, end = runs_hit[~over], end[~over]
            begin = end + generator.standard_exponential(runs_hit.size) / PER_MONTH
        stopped, left = np.concatenate(still), np.concatenate(still_left)
        # Call off what is missing, take in what arrives, build what the schedule and the kits allow.
        np.subtract(need, kits, out=scratch)
        np.maximum(scratch, 0.0, out=scratch)
        scratch *= running
        kits += scratch
        np.minimum(kits, need, out=scratch)
        kits -= scratch
        built_in_year += scratch
