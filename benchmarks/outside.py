"""The view from outside: announced plans of companies that it has not seen, against the plan and one pooled class."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable

import attrs
import numpy as np
from scipy import stats
from tools import arguments, row

from avtosim.declare.faults import FactError
from avtosim.declare.rules import Law
from avtosim.evidence import outside
from avtosim.evidence.announced import KINDS, AnnouncedPlan, announced, days
from avtosim.evidence.outside import DIES_BELOW, MOST, case_weights, log_ratio, predictive, view_from, with_outcome
from avtosim.laws.continuous import LogNormal

__all__ = ["PLAN", "Scored", "crps", "mean", "paired", "scored"]

Floats = np.ndarray
#: The naive rival: the plan will be met, give or take; its median is 1, since all is told in ratios to the plan.
PLAN = LogNormal(1.0, 0.3)
#: Where laws bend, in logarithms of the ratio, and where their tails end.
_BENDS = (math.log(DIES_BELOW), math.log(MOST))
_FAR, _STEP = 40.0, 0.5
#: Constants of the view, and what each is.
CONSTANTS = {
    "_DEATHS": "deaths that each rate begins with",
    "_YEARS": "years that each rate begins with",
    "_SLOPE": "prior of the slope in the months to go",
    "_GO_ON": "distance of the invented cases that go on",
    "_DEAD": "distance of the invented cases that die",
}
#: One pooled class needs more company-years than this for a spread of its own.
LEAST = 2.5
_NODES = np.polynomial.legendre.leggauss(24)


@attrs.frozen
class Scored:
    """One statement with its scores: CRPS of ln output of the view, the plan and one pooled class, and the PIT."""

    statement: AnnouncedPlan
    view: float
    plan: float
    pooled: float
    pit: float


def main() -> None:
    """Score every statement with an outcome, its company left out, and print each measure beside its bar."""
    options = arguments(__doc__, most=1_000)
    report("leave one company out, all other outcomes known", scored(options.most), held=True)
    print()
    report("the same, and only what was known when the plan was stated", scored(options.most, of_its_time=True))
    print()
    constants(options.most)


def constants(most: int) -> None:
    """Print how far the score moves when a constant of the view is halved or doubled, its company left out."""
    as_stated = mean(scored(most), "view")
    for name, what in CONSTANTS.items():
        stated, moved = getattr(outside, name), []
        for factor in (0.5, 2.0):
            middle = np.mean(stated) if name == "_DEAD" else 0.0
            setattr(outside, name, middle + factor * (stated - middle))
            moved.append(mean(scored(most), "view") - as_stated)
        setattr(outside, name, stated)
        row(f"{what} halved; doubled: change of the CRPS", f"{moved[0]:+.4f}; {moved[1]:+.4f}")


def crps(cdf: Callable[[Floats], Floats], outcome: float) -> float:
    """CRPS of a law of a logarithm: the integral of ``(cdf - step)**2``, by Gauss's rule between all bends."""
    steps = np.concatenate([np.arange(-8.0, 4.0 + _STEP, _STEP), [-_FAR, -20.0, 10.0, _FAR]])
    ends = np.unique(np.concatenate([steps, _BENDS, outcome + np.array([-0.2, -0.05, 0.0, 0.05, 0.2])]))
    nodes, weights = _NODES
    total = 0.0
    for low, high in itertools.pairwise(ends):
        at = 0.5 * (low + high) + 0.5 * (high - low) * nodes
        total += 0.5 * (high - low) * float(weights @ (cdf(at) - (at > outcome)) ** 2)
    return total


def scored(most: int = 1_000, *, of_its_time: bool = False) -> list[Scored]:
    """Score every statement with an outcome and confidence above low, by what is known of other companies."""
    statements, made = with_outcome(announced()), []
    for s in statements[:most]:
        # A month or year may have begun when the plan was stated, so only what was known at its beginning counts.
        as_of = dt.date.fromordinal(days(s.stated_on)[0]).isoformat() if of_its_time else None
        others = [other for other in statements if other.company != s.company]
        try:
            view = view_from(others, plan=1.0, stated_on=s.stated_on, year=s.period, kind=s.kind, as_of=as_of)
        except FactError:
            # No case of the kind was known yet, so there is no view to score.
            continue
        cases, outcome = with_outcome(others, as_of), log_ratio(s)
        weights = case_weights(cases)
        laws: list[Law] = [view, PLAN]
        if weights.sum() > LEAST:
            laws.append(predictive(np.array([log_ratio(case) for case in cases]), weights))
        rates = [crps(lambda t, law=law: law.cdf(np.exp(t)), outcome) for law in laws]
        made.append(
            Scored(s, rates[0], rates[1], rates[2] if rates[2:] else math.nan, float(view.cdf(math.exp(outcome))))
        )
    return made


def paired(rows: list[Scored], rival: str) -> tuple[float, float, float]:
    """Mean of a rival's CRPS less the view's, and its standard errors clustered by company-year and by company."""
    rows = [r for r in rows if not math.isnan(getattr(r, rival))]
    weights = case_weights([r.statement for r in rows])
    better = np.array([getattr(r, rival) - r.view for r in rows])
    total = weights.sum()
    mean = float(weights @ better / total)
    errors = []
    for cluster in ("case_id", "company"):
        sums: dict[str, float] = {}
        for r, part in zip(rows, weights * (better - mean), strict=True):
            sums[getattr(r.statement, cluster)] = sums.get(getattr(r.statement, cluster), 0.0) + part
        count = len(sums)
        errors.append(math.sqrt(sum(s * s for s in sums.values()) * count / (count - 1)) / total)
    return mean, errors[0], errors[1]


def report(title: str, rows: list[Scored], *, held: bool = False) -> None:
    """Print the scores of all statements, and by kind, beside the bars."""
    weights = case_weights([r.statement for r in rows])
    total = weights.sum()
    print(f"{title}: {len(rows)} statements, {total:.0f} company-years")
    means = {name: mean(rows, name) for name in ("view", "plan", "pooled")}
    row(
        "CRPS of ln output", f"{means['view']:.3f}", f"plan {means['plan']:.3f}, one pooled class {means['pooled']:.3f}"
    )
    for rival, bar in (("plan", 2), ("pooled", 1)):
        better, error, by_company = paired(rows, rival)
        figure = f"{better:.3f}, {better / error:.1f} errors"
        row(f"below {rival} by, in standard errors of company-years", figure, f"bar: at least {bar}" if held else "")
        row("  in standard errors of companies", f"{better / by_company:.1f} errors")
    for kind in KINDS:
        alike = [r for r in rows if r.statement.kind == kind]
        if alike:
            years = case_weights([r.statement for r in alike]).sum()
            rivals = f"plan {mean(alike, 'plan'):.3f}, one pooled class {mean(alike, 'pooled'):.3f}"
            row(f"  {kind}, {years:.0f} company-years", f"{mean(alike, 'view'):.3f}", rivals)
    pits = np.array([r.pit for r in rows])
    low, high = (float(weights @ beyond) for beyond in (pits < 0.1, pits > 0.9))
    ends = stats.binom.ppf([0.025, 0.975], round(total), 0.1)
    expected = f"{ends[0]:.0f} to {ends[1]:.0f} if the views are right"
    row("company-years below P10", f"{low:.1f} of {total:.0f}", expected)
    row("company-years above P90", f"{high:.1f} of {total:.0f}", expected)
    row("80 % intervals that hold the outcome", f"{1.0 - (low + high) / total:.0%}")


def mean(rows: list[Scored], name: str) -> float:
    """Give the mean of a score, each company-year with the same weight, over the rows that have it."""
    rows = [r for r in rows if not math.isnan(getattr(r, name))]
    weights = case_weights([r.statement for r in rows])
    return float(weights @ [getattr(r, name) for r in rows] / weights.sum())


if __name__ == "__main__":
    main()
