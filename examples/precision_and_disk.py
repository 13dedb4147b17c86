"""As many runs as a stated precision takes; results on disk; two halves that are one long run."""

import tempfile
from pathlib import Path

import numpy as np

import avtosim

april = avtosim.load("avtotor-2024-04").replace({"targets": (60_000,)})
for precision in (0.01, avtosim.RelativePrecision(0.05)):
    result = avtosim.simulate(april, precision=precision, seed=1)
    print(result.chance(60_000))
    print(f"{result.runs:,} runs; {result.run_info.stopped}")
print()

with tempfile.TemporaryDirectory() as folder:
    for name, first_run in (("first", 0), ("second", 10_000)):
        avtosim.simulate(april, runs=10_000, first_run=first_run, seed=1).save(Path(folder) / f"{name}.npz")
    halves = [avtosim.Result.load(Path(folder) / f"{name}.npz") for name in ("first", "second")]

merged = avtosim.merge(*halves)
long = avtosim.simulate(april, runs=20_000, seed=1)
print(merged)
print(f"the same as one long run, bit for bit: {np.array_equal(merged.annual, long.annual)}")

other = avtosim.simulate(april, runs=10_000, first_run=10_000, seed=2)
try:
    avtosim.merge(halves[0], other)
except ValueError as error:
    print(error)
