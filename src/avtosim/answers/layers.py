"""How far a chance depends on what is not known, and how far on luck that nobody could know."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..say import Number, joined, say
from . import intervals
from .estimate import Estimate, check_share
from .layered import GROUPS, Variance, laws, variance
from .numbers import DIFFERENCE, PROBABILITY, SHARE
from .readonly import ReadOnly, read_only
from .result import ROUNDING, RunInfo
from .smooth import expected, normal_scores
from .table import Cell, Column, Pictured, Table, Tabular

Floats = NDArray[np.float64]

# Fewer runs than this, of those that reached the target or of those that missed it, tell little; nor do fewer in all.
_FEW, _FEW_IN_ALL = 50, 1000


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Layers(Pictured, Tabular):
    """How far a chance depends on what is not known, against luck. Print it for the whole answer.

    ``layers`` makes it.

    Parameters
    ----------
    what : str
        What the chance is of, such as "at least 70,000 vehicles".
    chance : Estimate
        The chance as it stands, over both layers.
    sd : Estimate
        Standard deviation of the chance that whoever knew all that is not known would state.
    share_not_known : mapping of str to Estimate
        Share of the variance that is there because of what is not known, under "output" and "target" (whether a run
        reaches it); the rest is luck. What has no variance is not there.
    laws : array of float, shape (1 + groups, quantiles)
        Evenly spaced quantiles of that chance: from all runs, and with each group of runs left out; read-only.
    unknown : int
        How many numbers are not known.
    luck : bool
        Whether there is luck in the scenario at all.
    draws : int
        Runs at each draw of what is not known.
    run_info : RunInfo
        What made the answer.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.layers(june, 25_000, runs=2_000, seed=1)
    >>> found.quantile(0.1).value < found.chance.value < found.quantile(0.9).value
    True
    """

    what: str
    chance: Estimate
    sd: Estimate
    share_not_known: Mapping[str, Estimate] = attrs.field(converter=ReadOnly)
    laws: Floats = attrs.field(converter=read_only)
    unknown: int
    luck: bool
    draws: int
    run_info: RunInfo

    def quantile(self, share: float, *, confidence: float = 0.95) -> Estimate:
        """Chance that is not exceeded with a probability of ``share``, given what is not known.

        Parameters
        ----------
        share : float, strictly between 0 and 1
            0.05 is the chance that whoever knew more would state, or less, in one case of twenty.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            A probability.

        Raises
        ------
        ValueError
            If ``share`` or ``confidence`` is not a number strictly between 0 and 1.

        Notes
        -----
        The interval comes from leaving out each group of runs in turn, on the scale of normal scores. It does not cover
        what the form of the curve may miss where the chance changes abruptly. Where all runs, or none, reached the
        target it ends where a larger part of the chances could not lie without more runs of the other kind.
        """
        check_share("share", share)
        check_share("confidence", confidence)
        chance, method = self.chance, "leaving out each group of runs"
        value, *others = np.quantile(self.laws, share, axis=1)
        if chance.value in (0.0, 1.0):
            # Markov's inequality: a chance exceeds a multiple of its mean only so often.
            high = min(chance.high / (1.0 - share), 1.0) if chance.value == 0.0 else 1.0
            low = max(1.0 - (1.0 - chance.low) / share, 0.0) if chance.value == 1.0 else 0.0
            method = "Markov's inequality"
        elif not self.luck:
            value, low, high = (float(share > 1.0 - each) for each in (chance.value, chance.low, chance.high))
            method = "that of the chance"
        else:
            at, *scores = special.ndtri(np.clip([value, *others], 1e-15, 1.0 - 1e-15))
            error = math.sqrt((GROUPS - 1) * np.var(scores))
            t = intervals.t_quantile(confidence, GROUPS - 1)
            # So many runs do not tell a smaller chance from none.
            least = 1.0 / chance.runs
            value, low, high = (_snapped(end, least) for end in special.ndtr([at, at - t * error, at + t * error]))
            low, high = min(low, 1.0 - least), max(high, least)
        error = (high - low) / (2.0 * intervals.t_quantile(confidence, math.inf))
        percent = Number(f"{100 * share:g}", share)
        what = say("P{percent} of the chance of {what}, given what is not known", percent=percent, what=self.what)
        rest = {"method": method, "what": what, "unit": PROBABILITY, "runs": chance.runs, "confidence": confidence}
        return Estimate.of((float(value), float(low), float(high), error), warning=chance.warning, **rest)

    @property
    def table(self) -> Table:
        """The chance, how it depends on what is not known, and the shares of the variance, as a table."""
        low, middle, high = map(self.quantile, (0.05, 0.5, 0.95))
        names = ("P5", low), ("P50", middle), ("P95", high), (say("standard deviation"), self.sd)
        sections: dict[str, list[tuple[Cell, ...]]] = {say("chance"): [(say("as it stands"), self.chance, self.chance)]}
        sections[say("to whoever knew all that is not known")] = [(name, found, found) for name, found in names]
        shares = {"output": say("of output"), "target": say("of reaching the target")}
        rows: list[tuple[Cell, ...]] = [(shares[n], each, each) for n, each in self.share_not_known.items()]
        if rows:
            sections[say("share of the variance that is not knowing; the rest is luck")] = rows
        columns = Column(self.what), Column(say("value"), "value"), Column(say("95 % interval"), "interval")
        warned = [say("do not rely on it: {warning}", warning=self.sd.warning)] if self.sd.warning else []
        notes = *warned, *self._said(low, high), self._made
        return Table(columns, sections, title=self.run_info.title, notes=notes)

    def _said(self, low: Estimate, high: Estimate) -> Sequence[str]:
        """The answer in a sentence, and how far its quantiles hold."""
        if self.chance.value in (0.0, 1.0):
            if self.chance.value:
                return [say("always reached in {runs} runs, whatever was not known", runs=self.chance.runs)]
            return [say("never reached in {runs} runs, whatever was not known", runs=self.chance.runs)]
        if not self.unknown:
            return [
                say("nothing in this scenario is unknown from the start: all is luck, and the chance is what it is")
            ]
        if not self.luck:
            return [say("there is no luck in this scenario: whoever knew all that is not known would know the year")]
        numbers = say("the number that is")
        if self.unknown > 1:
            numbers = say("the {numbers} numbers that are", numbers=Number(f"{self.unknown}", self.unknown))
        return [
            say(
                "whoever knew {numbers} not known would, in nine cases of ten, state a chance between {low} and {high},"
                " not {chance}; the rest is luck",
                numbers=numbers,
                low=Number("0 %", 0.0) if low.value == 0.0 else format(low, "plain"),
                high=Number("100 %", 1.0) if high.value == 1.0 else format(high, "plain"),
                chance=format(self.chance, "plain"),
            ),
            say("P5, P50 and P95 come from a fitted curve: where the chance leaps they may be some points further off"),
        ]

    @property
    def _made(self) -> str:
        runs, draws = self.chance.runs, self.draws
        made = say("{runs} runs, {draws} at each of {points} points", runs=runs, draws=draws, points=runs // draws)
        return joined(", ", [made, self.run_info.summary])

    def __repr__(self) -> str:
        return f"<Layers of the chance of {self.what}; {self._made}>"


def _snapped(chance: float, least: float) -> float:
    return 0.0 if chance < least else 1.0 if chance > 1.0 - least else float(chance)


def from_draws(
    output: Floats, hit: NDArray[np.bool_], unknown: Floats, *, what: str, luck: bool, run_info: RunInfo
) -> Layers:
    """The answer from outputs, and which of them reach the target, both (points, draws).

    ``unknown`` is what is not known (numbers, columns) at the points and, set by set, at others like them. ``luck``
    says whether draws at a point may differ.
    """
    (points, draws), hits, numbers = hit.shape, int(hit.sum()), len(unknown)
    rare, warning = min(hits, hit.size - hits), ""
    if 0 < rare < _FEW:
        warning = say("only {few} of {runs} runs missed it", few=rare, runs=hit.size)
        if hits < hit.size - hits:
            warning = say("only {few} of {runs} runs reached it", few=rare, runs=hit.size)
    elif rare and hit.size < _FEW_IN_ALL:
        warning = say("{runs} runs say little of how a chance depends on what is not known", runs=hit.size)
    rest = {"runs": hit.size, "warning": warning}
    found = intervals.proportion(hit.ravel(), draws)
    chance = Estimate.of(
        found, what=say("chance of {what}", what=what), unit=PROBABILITY, method="Wilson, over points", **rest
    )
    guess = np.zeros((1, points))
    if numbers:
        guess = expected(normal_scores(unknown), output.mean(axis=1)).reshape(-1, points)
    whole, between = variance(output, guess), variance(hit.astype(np.float64), np.zeros((1, points)))
    group = np.arange(points) % GROUPS
    law = np.array([[hit[group != g].mean()] for g in (-1, *range(GROUPS))])
    if numbers and luck and rare:
        between, law = laws(hit, guess.ravel())
    # Where all is luck, or none, the shares are certain.
    known = numbers and luck
    return Layers(
        what=what,
        chance=chance,
        sd=_deviation(between if numbers else None, chance, rest),
        share_not_known={
            name: _share(*(each.share if known else (float(not luck), 0.0)), named, rest)
            for name, named, each in (
                ("output", say("share of the variance of output that is not knowing"), whole),
                ("target", say("share of the variance of target that is not knowing"), between),
            )
            if each.total > ROUNDING**2
        },
        laws=law,
        unknown=numbers,
        luck=luck,
        draws=draws,
        run_info=run_info,
    )


def _deviation(between: Variance | None, chance: Estimate, rest: Mapping[str, Any]) -> Estimate:
    """The standard deviation of a chance; 0 where nothing is unknown."""
    value = half = 0.0
    if between is not None:
        value, half = between.value, intervals.t_quantile(0.95, math.inf) * between.error
    if between is not None and chance.value in (0.0, 1.0):
        # As large as it is where the chance is 0 or 1 by what is not known.
        half = (end := chance.low + chance.high - chance.value) * (1.0 - end)
    middle, low, high = (math.sqrt(min(max(value + by, 0.0), 0.25)) for by in (0.0, -half, half))
    what = say("standard deviation of the {chance}, given what is not known", chance=chance.what)
    error = (high - low) / (2.0 * intervals.t_quantile(0.95, math.inf))
    return Estimate.of((middle, low, high, error), what=what, unit=DIFFERENCE, method="products of draws", **rest)


def _share(value: float, error: float, what: str, rest: Mapping[str, Any]) -> Estimate:
    half = intervals.t_quantile(0.95, math.inf) * error
    value, low, high = (min(max(value + by, 0.0), 1.0) for by in (0.0, -half, half))
    return Estimate.of((value, low, high, error), what=what, unit=SHARE, method="products of draws", **rest)
