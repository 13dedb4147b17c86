"""The scores of a log of forecasts beside naive rivals, and whether there are enough cases to tell."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import numpy as np
from scipy import special

from ..answers import intervals
from ..answers.estimate import Estimate
from ..answers.readonly import ReadOnly
from ..answers.table import Cell, Column, Table, Tabular
from ..laws.discrete import Empirical
from ..say import Number, joined, say
from .brier import BrierParts, brier_parts
from .scores import score

#: With fewer cases than the first nothing can be told; with fewer than the second, nothing about reliability.
_FEW, _ENOUGH = 8, 30
TOO_FEW = say("too few to tell")
_FLOOR = say(
    "in logarithms, less than 1 % of the plan counts as 1 %, and less than one vehicle as one where there is no plan"
)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class LogScores(Tabular):
    """How good the forecasts of a log were. ``ForecastLog.scores`` makes it; print it for a table.

    Parameters
    ----------
    scored : int
        Number of forecasts with an outcome that was not known when they were entered.
    open : int
        Number of forecasts without an outcome yet.
    late : int
        Number of forecasts entered when their outcome was known; they are kept out of all scores.
    crps : mapping of str to Estimate
        For each rival, the CRPS of the logarithm of the log's forecasts minus that of the rival, mean over cases; below
        zero the log is better. The ``runs`` of the estimate are cases.
    mean_crps : float
        The log's own CRPS of the logarithm, mean over cases; 0 where nothing is scored.
    brier : BrierParts or None
        The Brier score of all recorded chances, and its parts; the chances of one case weigh 1 together. None where
        there are no chances.
    outside : tuple of int
        Number of cases; how many of their outcomes were below P10 of the first forecast; how many above P90.
    """

    scored: int
    open: int
    late: int
    crps: Mapping[str, Estimate] = attrs.field(converter=ReadOnly)
    mean_crps: float
    brier: BrierParts | None
    outside: tuple[int, int, int]

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]]) -> LogScores:
        """Score the entries of a log.

        Parameters
        ----------
        entries : iterable of mapping
            As ``ForecastLog.entries`` gives them.

        Returns
        -------
        LogScores
        """
        every = list(entries)
        outcomes = outcomes_of(every)
        forecasts = [entry for entry in every if entry["entry"] == "forecast"]
        late = [e for e in forecasts if is_late(e, outcomes.get(e["case"]))]
        scored = [e for e in forecasts if e["case"] in outcomes and not any(e is other for other in late)]
        own: dict[str, list[float]] = defaultdict(list)
        paired: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for entry in scored:
            outcome = outcomes[entry["case"]]["outcome"]
            mine = _crps(entry["quantiles"], outcome, entry.get("plan"))
            own[entry["case"]].append(mine)
            for rival, quantiles in entry["rivals"].items():
                paired[rival][entry["case"]].append(mine - _crps(quantiles, outcome, entry.get("plan")))
        return cls(
            scored=len(scored),
            open=sum(e["case"] not in outcomes for e in forecasts),
            late=len(late),
            crps={rival: _difference(by_case.values()) for rival, by_case in paired.items()},
            mean_crps=float(np.mean([np.mean(values) for values in own.values()])) if own else 0.0,
            brier=_brier(scored, outcomes),
            outside=_outside(scored, outcomes),
        )

    @property
    def table(self) -> Table:
        """The scores as a table."""
        cases, below, above = self.outside
        rows: list[tuple[Cell, ...]] = [(say("forecasts scored"), self.scored, say("for {cases}", cases=_cases(cases)))]
        rows += [(say("open"), self.open, "")] if self.open else []
        late = say("entered, or made, with what became known later; not scored")
        rows += [(say("late"), self.late, late)] if self.late else []
        sections: dict[str, list[tuple[Cell, ...]]] = {say("log"): rows}
        if cases:
            sections[say("CRPS of the logarithm")] = [
                (say("this log"), self.mean_crps, say("lower is better; mean over cases")),
                *((say("against {rival}", rival=rival), e.value, _verdict(e)) for rival, e in self.crps.items()),
            ]
            counts = {say("outcomes below P10"): below, say("outcomes above P90"): above}
            rows = [(name, count, _allowed(cases)) for name, count in counts.items()]
            sections[say("first forecast of each case")] = rows
        if self.brier is not None:
            parts = self.brier.table.sections[""]
            few = TOO_FEW if cases < _ENOUGH else ""
            sections[say("chances")] = [
                (name, value, joined("; ", [text, few if name == "reliability" else ""]))
                for name, value, text in parts
                if isinstance(text, str)
            ]
        notes = (_FLOOR,) if cases else ()
        columns = Column(say("what")), Column(say("value"), "figure"), Column(say("meaning"))
        return Table(columns, sections, "", notes, header=False)

    def __repr__(self) -> str:
        return f"<LogScores: {self.scored} scored, {self.open} open, {self.late} late>"


def outcomes_of(entries: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The outcome of each case: the last that was entered, as known on the first day on which one was."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        if entry["entry"] == "outcome":
            first = found.get(entry["case"], entry)["known_on"]
            found[entry["case"]] = {**entry, "known_on": min(first, entry["known_on"])}
    return found


def is_late(forecast: Mapping[str, Any], outcome: Mapping[str, Any] | None) -> bool:
    """Whether a forecast was entered when its outcome was known, or was made with what became known later."""
    return forecast["late"] or (outcome is not None and forecast["entered_on"] >= outcome["known_on"])


def _crps(quantiles: list[float], outcome: float, plan: float | None) -> float:
    return score(Empirical(quantiles), outcome).crps_of_log(0.01 * plan if plan else 1.0)


def _difference(by_case: Iterable[list[float]]) -> Estimate:
    values = np.array([np.mean(each) for each in by_case])
    what = say("CRPS of the logarithm, less that of the rival")
    return Estimate.of(intervals.mean(values, 1), runs=values.size, method="Student's t", what=what)


def _cases(count: int) -> str:
    return say("{cases} {cases:case|cases}", cases=Number(f"{count}", count))


def _verdict(difference: Estimate) -> str:
    if difference.runs < _FEW or difference.low <= 0.0 <= difference.high:
        word = TOO_FEW
    else:
        word = say("better") if difference.high < 0.0 else say("worse")
    low, high = (Number(f"{end:+.3f}", end) for end in (difference.low, difference.high))
    ends = "" if math.isinf(difference.low) else say("(95 %: {low} to {high})", low=low, high=high)
    return joined("; ", [joined(" ", [word, ends]), _cases(difference.runs)])


def _brier(scored: list[Mapping[str, Any]], outcomes: Mapping[str, Mapping[str, Any]]) -> BrierParts | None:
    """The Brier score of all chances; those of one case weigh 1 together."""
    stated = [(entry["case"], *pair) for entry in scored for pair in entry["chances"]]
    if not stated:
        return None
    counts = Counter(case for case, _, _ in stated)
    hits = [outcomes[case]["outcome"] >= volume for case, volume, _ in stated]
    return brier_parts([chance for _, _, chance in stated], hits, [1.0 / counts[case] for case, _, _ in stated])


def _outside(scored: list[Mapping[str, Any]], outcomes: Mapping[str, Mapping[str, Any]]) -> tuple[int, int, int]:
    first = {entry["case"]: entry for entry in reversed(scored)}
    ends = {case: np.quantile(entry["quantiles"], [0.1, 0.9], method="hazen") for case, entry in first.items()}
    below = sum(outcomes[case]["outcome"] < low for case, (low, _) in ends.items())
    return len(first), int(below), int(sum(outcomes[case]["outcome"] > high for case, (_, high) in ends.items()))


def _allowed(cases: int) -> str:
    """How many of so many cases lie beyond P10, or P90, in 95 of 100 logs of right forecasts."""
    reached = special.bdtr(np.arange(cases + 1), cases, 0.1)
    low, high = (int(np.searchsorted(reached, share)) for share in (0.025, 0.975))
    numbers = {"cases": Number(f"{cases}", cases), "low": Number(f"{low}", low), "high": Number(f"{high}", high)}
    right = say("of {cases}; {low} to {high} if forecasts are right", **numbers)
    return joined(": ", [right, TOO_FEW if cases < _ENOUGH else ""])
