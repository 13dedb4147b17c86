"""How closely a metalog law follows a law from a few of its quantiles, with that law's own bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats
from tools import arguments, row

import avtosim

__all__ = ["BARS", "LAWS", "largest_error"]

#: Each law with its own bounds.
LAWS: dict[str, tuple[Any, dict[str, float]]] = {
    "lognormal(0, 0.5)": (stats.lognorm(0.5), {"low": 0.0}),
    "beta(8, 1.5)": (stats.beta(8, 1.5), {"low": 0.0, "high": 1.0}),
    "gamma(0.7)": (stats.gamma(0.7), {"low": 0.0}),
}
#: Shares of the quantiles, and the largest error of a share that is allowed.
BARS = {(0.1, 0.5, 0.9): 0.017, tuple(np.linspace(0.05, 0.95, 5)): 0.005, tuple(np.linspace(0.01, 0.99, 9)): 0.001}


def largest_error(law: Any, bounds: dict[str, float], shares: tuple[float, ...], points: int) -> float:
    """Give the largest difference of the shares below any value, looked at so many quantiles of the law."""
    made = avtosim.Metalog(dict(zip(shares, map(float, law.ppf(shares)), strict=True)), **bounds)
    tails = np.geomspace(1e-9, 1e-3, points // 10)
    at = law.ppf(np.concatenate([tails, np.linspace(0.001, 0.999, points), 1.0 - tails]))
    return float(np.max(np.abs(made.cdf(at) - law.cdf(at))))


def main() -> None:
    """Print the largest error of each law and number of quantiles beside its bar."""
    options = arguments(__doc__, points=100_000)
    for shares, bar in BARS.items():
        for name, (law, bounds) in LAWS.items():
            error = largest_error(law, bounds, shares, options.points)
            row(
                f"{name} through {len(shares)} quantiles: largest error of a share",
                f"{error:.5f}",
                f"bar: at most {bar}",
            )


if __name__ == "__main__":
    main()
