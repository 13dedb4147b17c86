"""Memory: the most that a process holds while it answers with very many runs, totals only."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

ASK = """
import resource, sys
import avtosim
result = avtosim.simulate(
    avtosim.load("avtotor-2024-06"), runs=int(sys.argv[1]), seed=1, keep="totals", workers=int(sys.argv[2])
)
print(result, file=sys.stderr)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    """Ask in a process of its own, print the answer and the most memory it held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000_000)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603  the code is above
        [sys.executable, "-c", ASK, str(options.runs), str(options.workers)], check=True, capture_output=True, text=True
    )
    print(done.stderr)
    unit = 1 if sys.platform == "darwin" else 1024
    most = int(done.stdout) * unit
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    took = time.perf_counter() - start
    print(f"{options.runs:,} runs, totals only, printed; {options.workers} workers, {took:.0f} s")
    print(f"peak memory {most / 1e6:,.0f} MB, bar: at most 500 MB (a bare Python: {mine / 1e6:,.0f} MB)")


if __name__ == "__main__":
    main()
