"""Fits from records: what the laws of rates, durations and fill rates cover, over sets of records of known plants."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import special, stats
from tools import arguments, row

import avtosim
from avtosim.answers.intervals import wilson

PARTNERS = tuple("ABCDEFG")
Generator = np.random.Generator
Draw = Callable[[Generator, int], np.ndarray]

#: How often partners of a class stop, a year of running; the first is what the prior has in mind.
RATES: Mapping[str, Draw] = {
    "gamma, mean 0.8 a year, shape 2": lambda rng, n: rng.gamma(2.0, 0.4, n),
    "nearly alike, 0.8 a year": lambda rng, n: rng.gamma(50.0, 0.016, n),
    "half of them 0.2, half 4 a year": lambda rng, n: np.where(rng.random(n) < 0.5, 0.2, 4.0),
}
#: How long stops last in months, before the partner's own factor.
DURATIONS: Mapping[str, Draw] = {
    "lognormal, median 0.5 months, log sd 0.8": lambda rng, n: rng.lognormal(math.log(0.5), 0.8, n),
    "exponential, mean 2 months": lambda rng, n: rng.exponential(2.0, n),
    "lognormal, median 2 months, log sd 1.2": lambda rng, n: rng.lognormal(math.log(2.0), 1.2, n),
}
#: Months of a fill rate: the law, persistence, and the share of variance that lasts all year.
FILLS: Mapping[str, tuple[float, float, float, float]] = {
    "beta(8, 1.5), persistence 0.6, lasting 0.2": (8.0, 1.5, 0.6, 0.2),
    "beta(8, 1.5), persistence 0.8, lasting 0.3": (8.0, 1.5, 0.8, 0.3),
    "beta(3, 3), persistence 0.6, lasting 0.2": (3.0, 3.0, 0.6, 0.2),
}


def main() -> None:
    """Measure what the laws cover, and print each figure beside its bar."""
    options = arguments(__doc__, sets=1000, fill_sets=300)
    # Sets of few records warn; here that is what is looked at.
    warnings.simplefilter("ignore", UserWarning)
    rates(options.sets)
    durations(options.sets)
    fills(options.fill_sets)


def shown(name: str, hits: Sequence[bool], bar: str) -> None:
    """Print a share with the interval that the number of sets leaves it."""
    low, high = wilson(sum(hits), len(hits))
    row(f"  {name} ({low:.1%} to {high:.1%})", f"{np.mean(hits):.1%}", f"bar: {bar}" if bar else "")


def stops_of(rng: Generator, rate: float, factor: float, duration: Draw) -> list[tuple[float, float | None]]:
    """One partner's stops within twelve months, the last without an end if it goes on."""
    found: list[tuple[float, float | None]] = []
    at = rng.exponential(12.0 / rate)
    while at < 12.0:
        end = at + factor * float(duration(rng, 1)[0])
        found.append((at, end if end < 12.0 else None))
        at = end + rng.exponential(12.0 / rate)
    return found


def rates(sets: int) -> None:
    """Fit the stops of seven partners in a year; do the 90 % laws of their rates hold the true ones."""
    print(f"rates of 7 partners watched for a year, {sets:,} sets: true rate inside the 90 % law")
    duration = DURATIONS["lognormal, median 0.5 months, log sd 0.8"]
    for name, draw in RATES.items():
        rng = np.random.default_rng(1)
        hits, unseen = [], []
        for _ in range(sets):
            true = np.maximum(draw(rng, len(PARTNERS) + 1), 1e-3)
            log = [
                {"partner": partner, "start": start, "end": end}
                for partner, rate in zip(PARTNERS, true, strict=False)
                for start, end in stops_of(rng, rate, rng.lognormal(0.0, 0.3), duration)
            ]
            fit = avtosim.fit_stops(log, observed=dict.fromkeys(PARTNERS, (0, 12)))
            inside = [
                bool(low <= rate <= high)
                for partner, rate in zip((*PARTNERS, "all"), true, strict=True)
                for low, high in [fit[partner].per_year.ppf([0.05, 0.95])]
            ]
            hits += inside[:-1]
            unseen.append(inside[-1])
        shown(name, hits, "87 to 93 %" if name.startswith("gamma") else "")
        shown("  a partner that was not seen", unseen, "")


def durations(sets: int) -> None:
    """Fit five stops of seven partners; how often does the next one last longer than the P90 that is stated for it."""
    print(f"\ndurations from 5 stops, {sets:,} sets: the next one above its stated P90")
    for name, draw in DURATIONS.items():
        rng = np.random.default_rng(2)
        hits, plug_in = [], []
        for _ in range(sets):
            factors = rng.lognormal(0.0, 0.3, len(PARTNERS))
            whose, lasts = rng.integers(len(PARTNERS), size=6), draw(rng, 6)
            lasts = lasts * factors[whose]
            log = [
                {"partner": PARTNERS[at], "start": 100.0 * place, "end": 100.0 * place + last}
                for place, (at, last) in enumerate(zip(whose[:5], lasts, strict=False))
            ]
            fit = avtosim.fit_stops(log, observed=dict.fromkeys(PARTNERS, (0, 1000)))
            hits.append(bool(lasts[5] > fit.duration(PARTNERS[whose[5]]).ppf(0.9)))
            logs = np.log(lasts[:5])
            plug_in.append(bool(math.log(lasts[5]) > logs.mean() + stats.norm.ppf(0.9) * logs.std()))
        shown(name, hits, "6 to 13 %" if name.endswith("0.8") else "")
        shown("  lognormal law, its parameters taken for certain", plug_in, "")


def fills(sets: int) -> None:
    """Fit twelve months of one partner; does the 90 % law of the next year's mean hold it."""
    print(f"\nfill rate from 12 months, {sets:,} sets: next year's mean inside its 90 % law")
    for name, (a, b, persistence, lasting) in FILLS.items():
        rng = np.random.default_rng(3)
        hits, plug_in = [], []
        for _ in range(sets):
            path = rng.standard_normal(24)
            for month in range(1, 24):
                path[month] = persistence * path[month - 1] + math.sqrt(1.0 - persistence**2) * path[month]
            scores = math.sqrt(lasting) * np.repeat(rng.standard_normal(2), 12) + math.sqrt(1.0 - lasting) * path
            seen, coming = np.split(special.betaincinv(a, b, special.ndtr(scores)), 2)
            table = [
                {"partner": "A", "month": month, "due": 1000, "arrived": 1000.0 * share}
                for month, share in enumerate(seen)
            ]
            low, high = avtosim.fit_fill_rate(table).year("A").ppf([0.05, 0.95])
            hits.append(bool(low <= coming.mean() <= high))
            half = stats.norm.ppf(0.95) * seen.std(ddof=1) / math.sqrt(12.0)
            plug_in.append(bool(abs(coming.mean() - seen.mean()) <= half))
        shown(name, hits, "at least 80 %")
        shown("  mean and spread of the months taken for certain", plug_in, "")


if __name__ == "__main__":
    main()
