"""How good a forecast was, once the outcome is known: proper scores of laws and of runs."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import attrs
import numpy as np
from scipy import special

from ..answers.density import log_density_of_runs
from ..answers.result import Result, reached
from ..answers.table import Cell, Column, Table, Tabular
from ..declare.faults import FactError, Fault
from ..declare.rules import POSITIVE, dated, is_discrete, is_law, support_of
from ..laws.base import Floats, log_density
from ..laws.pooled import Pooled
from ..say import say
from . import arguments

#: Normal scores between whose quantiles a law is integrated, and the points of Gauss and Legendre in each cell.
_SCORES = np.linspace(-8.2, 8.2, 206)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
#: A tail that may hold more than this part of a score cannot be scored.
_NEGLIGIBLE = 1e-6
#: Share beyond which a discrete law of SciPy holds nothing, and the most of its values that are looked at.
_LEAST, _MOST = 1e-15, 2e6
#: Characters of a title that are printed.
_TITLE = 80


@attrs.frozen(eq=False, repr=False, slots=False)
class Score(Tabular):
    """How good a forecast was at an outcome. ``score`` makes it; print it for all scores.

    Parameters
    ----------
    forecast : Law or array of float
        The forecast: a law, or the sorted outputs of runs.
    outcome : float
        What happened, in the unit of the forecast.
    title : str
        What the forecast is.
    """

    forecast: Any
    outcome: float
    title: str

    @property
    def _runs(self) -> Floats | None:
        return self.forecast if isinstance(self.forecast, np.ndarray) else None

    def _share(self, value: float, *, below: bool) -> float:
        """Share of the forecast below a value, or up to it."""
        if self._runs is not None:
            return float(np.searchsorted(self._runs, value, side="left" if below else "right") / self._runs.size)
        return float(self.forecast.cdf(math.nextafter(value, -math.inf) if below else value))

    @cached_property
    def pit(self) -> float:
        """Probability that the forecast gave to values below the outcome, plus half of that of the outcome itself."""
        return 0.5 * (self._share(self.outcome, below=True) + self._share(self.outcome, below=False))

    @cached_property
    def crps(self) -> float:
        """Continuous ranked probability score, in the unit of the forecast: lower is better; 0 is perfect.

        For a forecast of one certain number it is the distance from the outcome. For runs it is the fair form, without
        the bias of their finite number. ``ValueError`` if the tail of the law is too heavy for it.
        """
        if self._runs is not None:
            return _fair(self._runs, self.outcome)
        return _integral(self.forecast, self.outcome)

    def crps_of_log(self, floor: float) -> float:
        """Continuous ranked probability score of the logarithm, so that small plants count as much as large ones.

        Parameters
        ----------
        floor : float, above zero
            Values below it count as this value, such as 1 % of the plan.

        Returns
        -------
        float
            The score, without unit: 0.1 is an error of about 10 %.

        Raises
        ------
        ValueError
            If ``floor`` is not above zero.
        """
        floor = arguments.number("floor", floor, POSITIVE)
        outcome = max(self.outcome, floor)
        if self._runs is not None:
            return _fair(np.log(np.maximum(self._runs, floor)), math.log(outcome))
        return _integral(self.forecast, outcome, floor)

    @property
    def log_score(self) -> float:
        """Natural logarithm of the density at the outcome, per unit of the forecast: higher is better.

        For a discrete law, of the probability. ``ValueError`` if the forecast ruled the outcome out.
        """
        if math.isinf(self._log):
            why = "ruled it out" if self._log < 0.0 else "has a density without end there"
            raise ValueError(f"log_score: must be finite; the forecast {why}; got the outcome {self.outcome:,.12g}")
        return self._log

    @cached_property
    def _log(self) -> float:
        if self._runs is not None:
            return float(log_density_of_runs(self._runs, np.array(self.outcome)))
        return float(log_density(self.forecast, self.outcome))

    def brier(self, volume: float) -> float:
        """Brier score of the chance to reach a volume: the squared distance from what happened, 1 or 0.

        Parameters
        ----------
        volume : float
            The volume, in the unit of the forecast.

        Returns
        -------
        float
            From 0, which is perfect, to 1. For runs it is the fair form, without the bias of their finite number; that
            may lie a little below zero.

        Raises
        ------
        ValueError
            If ``volume`` is not a finite number.
        """
        volume = arguments.number("volume", volume)
        if self._runs is None:
            return (1.0 - self._share(volume, below=True) - float(self.outcome >= volume)) ** 2
        hit = float(reached(np.array(self.outcome), volume))
        chance = float(np.mean(reached(self._runs, volume)))
        return (chance - hit) ** 2 - chance * (1.0 - chance) / max(self._runs.size - 1, 1)

    @property
    def table(self) -> Table:
        """The scores as a table."""
        try:
            crps: Cell = self.crps
        except ValueError:
            crps = say("too heavy a tail")
        log: Cell = self._log
        if math.isinf(self._log):
            log = say("ruled out") if self._log < 0.0 else say("without end")
        alone = self._runs is None and is_discrete(self.forecast)
        of = say("logarithm of the density per unit of the forecast, in nats; higher is better")
        if alone:
            of = say("logarithm of the probability, in nats; higher is better")
        rows: list[tuple[Cell, ...]] = [
            (say("outcome"), self.outcome, ""),
            ("PIT", self.pit, say("share of the forecast below the outcome")),
            ("CRPS", crps, say("error of the whole forecast, in its unit; lower is better")),
            (say("log score"), log, of),
        ]
        columns = Column(say("score")), Column(say("value"), "figure"), Column(say("meaning"))
        title = self.title if len(self.title) <= _TITLE else f"{self.title[:_TITLE]}..."
        return Table(columns, {"": rows}, title=say("score of {forecast}", forecast=title), header=False)

    def __repr__(self) -> str:
        return f"<Score of {self.title} at {self.outcome:,.12g}>"


def score(forecast: Any, outcome: float) -> Score:
    """Score a forecast against what happened.

    Parameters
    ----------
    forecast : Result, OutsideView, Law or array of float
        The forecast: what ``simulate`` or ``outside_view`` gives, a pool, any law, or the outputs of runs, such as
        ``result.outputs(until="2024-06")``.
    outcome : float
        What happened, in the unit of the forecast.

    Returns
    -------
    Score
        With ``pit``, ``crps``, ``log_score`` and ``brier(volume)``. Print it for all but the last.

    Raises
    ------
    TypeError, ValueError
        If ``forecast`` is none of these, or if a number is not finite.

    Warns
    -----
    UserWarning
        If the forecast, or a view pooled in it, was made without ``as_of`` and so with outcomes that became known after
        the plan was stated; the warning says whether this very outcome is among them.

    Notes
    -----
    Laws are scored exactly, by quadrature between their quantiles and jumps (about nine digits for smooth laws). Runs
    are scored by the fair forms, whose expectation is the score of the law that they come from (Ferro (2014), Quarterly
    Journal of the Royal Meteorological Society 140); a pool with a result in it is scored as a law. One score says
    little: a good forecast can be unlucky. Compare mean scores of many forecasts, as ``ForecastLog`` does. Source of
    the scores: Gneiting and Raftery (2007), Journal of the American Statistical Association 102(477).

    Examples
    --------
    >>> import avtosim
    >>> found = avtosim.score(avtosim.LogNormal(50_000, 0.4), 38_000)
    >>> print(found)
    score of LogNormal(median=50000.0, log_sd=0.4)
    outcome    38,000
    PIT        0.2463  share of the forecast below the outcome
    CRPS        7,795  error of the whole forecast, in its unit; lower is better
    log score  -10.78  logarithm of the density per unit of the forecast, in nats; higher is better
    >>> round(found.brier(60_000), 3)
    0.105
    """
    outcome = arguments.number("outcome", outcome)
    if isinstance(forecast, Result):
        return Score(forecast.ordered, outcome, forecast.run_info.title)
    if not is_law(forecast) and (isinstance(forecast, (list, tuple)) or hasattr(forecast, "__array__")):
        runs = np.sort(arguments.numbers("forecast", forecast))
        return Score(runs, outcome, say("{runs} {runs:run|runs}", runs=runs.size))
    check_forecast(forecast)
    if later := [case for view in views_in(forecast) for case in view.hindsight]:
        own = sorted({case.case_id for case in later if case.actual == outcome})
        among = f", {', '.join(own)} with this very outcome among them" if own else ""
        text = f"forecast: was made with {len(later)} outcomes that became known later{among}; state as_of"
        warnings.warn(text, stacklevel=2)
    return Score(forecast, outcome, repr(forecast))


def check_forecast(forecast: Any) -> None:
    """Raise unless it is a law of numbers."""
    if not is_law(forecast):
        raise TypeError(f"forecast: must be a Result, a law or an array of outputs; got {forecast!r:.60}")
    if dated(forecast):
        hint = "take law.since('2024-01', 'opening') and count months from there"
        raise FactError([Fault("forecast", "must be a law of numbers; this one is of dates", forecast, hint)])


def views_in(forecast: Any) -> Iterator[Any]:
    """The views from outside that a forecast is, or that are pooled in it."""
    if isinstance(forecast, Pooled):
        for law in forecast.laws.values():
            yield from views_in(law)
    elif hasattr(forecast, "cases"):
        yield forecast


def _fair(ordered: Floats, outcome: float) -> float:
    """The score of a sample, without the bias of its finite size."""
    count = ordered.size
    ranks = 2.0 * np.arange(1, count + 1) - count - 1.0
    apart = float(np.dot(ranks, ordered)) / (count * max(count - 1, 1))
    return float(np.mean(np.abs(ordered - outcome))) - apart


def _integral(law: Any, outcome: float, floor: float | None = None) -> float:
    """Integral of the squared distance of ``cdf`` from the step at the outcome, over values or their logarithms."""
    law = getattr(law, "as_law", law)
    into, back = (np.log, np.exp) if floor is not None else (np.asarray, np.asarray)
    edges = np.unique(np.append(_edges(law), outcome))
    edges = edges[np.isfinite(edges)]
    if floor is not None:
        edges = np.append(floor, edges[edges > floor])
    lines = into(edges)
    half = 0.5 * np.diff(lines)[:, None]
    x = back(lines[:-1, None] + half * (1.0 + _NODES))
    found = float(np.sum((law.cdf(x) - (x >= outcome)) ** 2 * _WEIGHTS * half))
    below = float(law.cdf(np.nextafter(edges[0], -np.inf))) if floor is None else 0.0
    rest = max(below, 1.0 - float(law.cdf(edges[-1]))) ** 2 * float(np.max(np.abs(lines)))
    if rest > _NEGLIGIBLE * found:
        raise ValueError(f"crps: the tail of the law is too heavy; bound it, or use crps_of_log; got {law!r:.120}")
    return found


def _edges(law: Any) -> Floats:
    """Values between which the cdf of a law is smooth: its jumps, its bounds, and quantiles close to each other."""
    if isinstance(law, Pooled):
        return np.concatenate([_edges(part) for part in law.laws.values()])
    if isinstance(law, Result):
        return law.ordered
    ends = np.array(support_of(law))
    if hasattr(law, "law"):
        return np.append(np.clip(_edges(law.law), *ends), ends)
    values = getattr(law, "sample", getattr(law, "values", None))
    if isinstance(values, tuple):
        return np.asarray(values)
    if callable(getattr(law, "pmf", None)):
        low, high = law.ppf([_LEAST, 1.0 - _LEAST])
        return np.arange(low, min(high, low + _MOST) + 1.0)
    shares = np.linspace(0.0, 1.0, 20_001) if is_discrete(law) else special.ndtr(_SCORES)
    return np.concatenate([law.ppf(shares), ends, np.atleast_1d(getattr(law, "mode", ends[0]))])
