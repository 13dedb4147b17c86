"""Laws of durations from few events: candidates with a scale for each group, on a grid; unfinished ones censored."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from ..laws.base import LawBase
from ..laws.continuous import Exponential, Gamma, LogNormal, Weibull
from ..laws.pooled import Pooled

Floats = NDArray[np.float64]
#: Standard deviation of the logarithm of an exponential time.
_EXPONENTIAL = math.pi / math.sqrt(6.0)
#: Prior of the spread, the standard deviation of the logarithm: its median, and the log sd about it.
SPREAD = (0.9, 0.4)
#: How far groups lie apart, as standard deviations of log scales, and the scale of their half-normal prior.
_APART, _APART_SCALE = np.arange(0.1, 1.4, 0.2), 0.5
#: Points of the quadrature over an uncertain scale.
_NODES = 7
#: Name of a group without events.
NEW = ""
_SPREADS = np.geomspace(0.2, 3.0, 33)


@attrs.frozen
class Event:
    """A duration in months, of a stop or of a delay, and whether it is over."""

    months: float
    over: bool


@attrs.frozen
class Candidate:
    """A family of laws, each by its geometric mean and the standard deviation of its logarithm, the spread."""

    name: str
    #: The law with a geometric mean and a spread.
    law: Callable[[float, float], LawBase]
    #: Log density and log survival at x, for log geometric means (N, 1) and spreads (S,).
    logs: Callable[[float, Floats, Floats], tuple[Floats, Floats]]
    spreads: Floats


def digits(value: float, count: int = 4) -> float:
    """A number rounded to so many digits: further digits of a fit mean nothing."""
    return float(f"{value:.{count}g}")


def _lognormal(x: float, center: Floats, spread: Floats) -> tuple[Floats, Floats]:
    z = (math.log(x) - center) / spread
    return -0.5 * z**2 - np.log(x * spread * math.sqrt(2.0 * math.pi)), special.log_ndtr(-z)


def _weibull(x: float, center: Floats, spread: Floats) -> tuple[Floats, Floats]:
    shape = _EXPONENTIAL / spread
    log = shape * (math.log(x) - center) - np.euler_gamma
    return np.log(shape / x) + log - np.exp(log), -np.exp(log)


def _gamma(x: float, center: Floats, spread: Floats) -> tuple[Floats, Floats]:
    shape = np.array([_gamma_shape(s) for s in spread])
    log = math.log(x) - center + special.digamma(shape)
    with np.errstate(divide="ignore"):
        return shape * log - np.exp(log) - special.gammaln(shape) - math.log(x), np.log(
            special.gammaincc(shape, np.exp(log))
        )


@lru_cache(maxsize=1024)
def _gamma_shape(spread: float) -> float:
    """Shape of the gamma law whose logarithm has this standard deviation."""
    return float(optimize.brentq(lambda a: special.polygamma(1, a) - spread**2, 1e-3, 1e4))


def _made_lognormal(center: float, spread: float) -> LogNormal:
    return LogNormal(digits(center), digits(spread))


def _made_exponential(center: float, _spread: float) -> Exponential:
    return Exponential(digits(center * math.exp(np.euler_gamma)))


def _made_weibull(center: float, spread: float) -> Weibull:
    shape = _EXPONENTIAL / spread
    return Weibull(digits(shape), digits(center * math.exp(np.euler_gamma / shape)))


def _made_gamma(center: float, spread: float) -> Gamma:
    shape = _gamma_shape(spread)
    return Gamma(digits(shape), digits(center / math.exp(special.digamma(shape))))


CANDIDATES = (
    Candidate("lognormal", _made_lognormal, _lognormal, _SPREADS),
    Candidate("Weibull", _made_weibull, _weibull, _SPREADS),
    Candidate("gamma", _made_gamma, _gamma, _SPREADS),
    Candidate("exponential", _made_exponential, _weibull, np.array([_EXPONENTIAL])),
)


@attrs.frozen
class Known:
    """What is known of one group's durations: log geometric mean, its standard deviation, and the spread."""

    center: float
    sd: float
    spread: float


@attrs.frozen
class Fitted:
    """A candidate with its leave-one-out log score, and what it says of each group; of a new one under NEW."""

    candidate: Candidate
    score: float
    groups: Mapping[str, Known]

    def law(self, group: str) -> LawBase:
        """The law of a duration whose scale is known to be the middle one."""
        known = self.groups[group]
        return self.candidate.law(math.exp(known.center), known.spread)

    def parts(self, group: str) -> dict[str, tuple[float, LawBase]]:
        """The law of a new duration in parts with their weights: its scale is lognormal about the middle one."""
        known = self.groups[group]
        if self.candidate.law is _made_lognormal:
            return {"scale": (1.0, self.candidate.law(math.exp(known.center), math.hypot(known.sd, known.spread)))}
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        return {
            f"scale {i}": (weight, self.candidate.law(math.exp(known.center + known.sd * z), known.spread))
            for i, (z, weight) in enumerate(zip(nodes.tolist(), (weights / weights.sum()).tolist(), strict=True), 1)
        }


def pooled(parts: Mapping[str, tuple[float, LawBase]]) -> LawBase:
    """One law of several parts with their weights."""
    if len(parts) == 1:
        return next(law for _, law in parts.values())
    return Pooled(
        {name: law for name, (_, law) in parts.items()}, {name: weight for name, (weight, _) in parts.items()}
    )


def fitted(groups: Mapping[str, Sequence[Event]], *, median: float, log_sd: float) -> list[Fitted]:
    """All candidates, the best leave-one-out log score first; ``median`` and ``log_sd`` are the prior of the scale."""
    made = [fitted_by(candidate, groups, median=median, log_sd=log_sd) for candidate in CANDIDATES]
    return sorted(made, key=lambda fit: -fit.score)


def fitted_by(candidate: Candidate, groups: Mapping[str, Sequence[Event]], *, median: float, log_sd: float) -> Fitted:
    """One candidate, with the same prior as ``fitted``."""
    prior = math.log(median)
    logs = [math.log(event.months) for events in groups.values() for event in events]
    centers = np.linspace(*_range(logs, prior, log_sd), max(121, int(15 * math.sqrt(len(logs)))))[:, None]
    apart = np.concatenate([special.softmax(-0.5 * ((centers - centers.T) / sd) ** 2, axis=1) for sd in _APART])
    # Log weights of the hyper-parameters: how far groups lie apart, the class's scale, the spread.
    weights = (
        np.repeat(-0.5 * (_APART / _APART_SCALE) ** 2, centers.size)[:, None]
        - 0.5 * np.tile((centers - prior) / log_sd, (_APART.size, 1)) ** 2
        - 0.5 * (np.log(candidate.spreads / SPREAD[0]) / SPREAD[1]) ** 2
    )
    each = {
        name: [
            # Cut where it is as good as impossible, so that it can be taken out again.
            np.maximum(candidate.logs(event.months, centers, candidate.spreads)[0 if event.over else 1], -1e6)
            for event in events
        ]
        for name, events in {**groups, NEW: ()}.items()
        if events or name == NEW
    }
    likelihood = {name: sum(rows, np.zeros((centers.size, candidate.spreads.size))) for name, rows in each.items()}
    scaled = {name: np.exp(rows - rows.max()) for name, rows in likelihood.items()}
    marginal = {name: np.maximum(apart @ rows, 1e-300) for name, rows in scaled.items()}
    hyper = special.softmax(weights + sum(np.log(rows) for rows in marginal.values()))
    known, score = {}, 0.0
    for name, rows in scaled.items():
        prior_here = apart.T @ (hyper / marginal[name])
        known[name] = _moments(rows * prior_here, centers, candidate.spreads)
        # The chance of an event given all others: the harmonic mean of its density over the posterior, exactly.
        with np.errstate(divide="ignore"):
            logs_here = likelihood[name] + np.log(prior_here)
        for log in each[name]:
            score += float(special.logsumexp(logs_here) - special.logsumexp(logs_here - log))
    return Fitted(candidate, score, {name: known.get(name, known[NEW]) for name in [*groups, NEW]})


def _range(logs: Sequence[float], prior: float, log_sd: float) -> tuple[float, float]:
    return min([prior - 4.0 * log_sd, *(log - 2.0 for log in logs)]), max(
        [prior + 4.0 * log_sd, *(log + 3.0 for log in logs)]
    )


def _moments(posterior: Floats, centers: Floats, spreads: Floats) -> Known:
    mean = float(np.sum(posterior * centers))
    sd = math.sqrt(np.sum(posterior * (centers - mean) ** 2))
    return Known(mean, sd, math.sqrt(np.sum(posterior * spreads**2)))
