"""The value of a number that gives the chance of reaching a target, or how near any value comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..say import joined, say
from .estimate import Estimate
from .numbers import figure, percent
from .readonly import ReadOnly
from .result import RunInfo
from .table import Cell, Column, Pictured, Table, Tabular

#: More runs than this share of those that turn at all, turning the wrong way, are worth a warning.
_MANY = 0.1


@attrs.frozen(kw_only=True, eq=False, repr=False)
class GoalSeek(Tabular, Pictured):
    """The value of a number at which the chance of a target is what was asked for. Print it for the whole answer.

    ``goal_seek`` makes it.

    Parameters
    ----------
    what : str
        The target in words.
    chance : float
        The chance that was asked for.
    address : str
        Address of the number.
    number : str, default ""
        The number in words.
    unit : str, default ""
        Unit of the values sought.
    lever : str
        The number in words as it stands before a value: with "at", or with "times" if it is multiplied.
    multiplied : bool
        Whether the values sought are factors of what is stated, as they are where that is uncertain; otherwise they
        replace a stated number.
    within : tuple of float
        The lowest and the highest value that were thought of.
    estimate : Estimate or None
        The value sought with its interval, in the number's unit or as a ratio; an end is infinite where the chance is
        not had within the range for certain. None where no value gives the chance.
    reached : Estimate or None
        The chance at the value sought: the one asked for, or a greater one where the chance jumps there.
    start : float
        The value that the search began with: the one stated, or the end of the range next to it.
    started : Estimate
        The chance there.
    curve : tuple of (float, Estimate), default ()
        The chance at each value that was tried, in rising order of the values. ``Estimate.runs`` says on how many runs:
        on a few over the whole range, on all of them around the value sought, where runs that agree at two values
        are taken to agree between them.
    best_at : float or None
        Where no value gives the chance: the value that comes nearest.
    best : Estimate or None
        The chance there.
    more : bool
        Whether more of the number makes the target likelier; otherwise less of it does.
    turned, other_way : int
        Runs that miss the target at the start and reach it at the value sought, or the reverse; and those that turn
        against the others.
    model_runs : int
        Runs of the model that it took.
    changes : mapping of str to number or law
        What ``Scenario.replace`` takes to put the number at the value sought; empty where there is none.
    note : str
        What is to be said of the range.
    run_info : RunInfo
        What made the answer.
    """

    what: str
    chance: float
    address: str
    lever: str
    multiplied: bool
    within: tuple[float, float]
    estimate: Estimate | None
    reached: Estimate | None
    start: float
    started: Estimate
    best_at: float | None
    best: Estimate | None
    more: bool
    turned: int
    other_way: int
    model_runs: int
    changes: Mapping[str, Any] = attrs.field(converter=ReadOnly)
    note: str
    run_info: RunInfo
    curve: tuple[tuple[float, Estimate], ...] = ()
    number: str = ""
    unit: str = ""

    @property
    def value(self) -> float | None:
        """The value sought; None where no value within the range gives the chance."""
        return None if self.estimate is None else self.estimate.value

    @property
    def low(self) -> float | None:
        """Lower end of its interval."""
        return None if self.estimate is None else self.estimate.low

    @property
    def high(self) -> float | None:
        """Upper end of its interval."""
        return None if self.estimate is None else self.estimate.high

    @property
    def warning(self) -> str:
        """Why the answer needs care; empty where it does not."""
        if self.other_way <= _MANY * (self.turned + self.other_way):
            return ""
        return say("the chance goes up and down with {number}, and other values may be better", number=self.number)

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        goal = {"what": self.what, "chance": percent(self.chance)}
        if self.estimate is not None:
            level = joined(" ", [self.lever, format(self.estimate, "value")])
            if self.reached and self.reached.low > self.chance:
                return say(
                    "{level} is where the chance of {what} passes {chance}, in a jump to {reached}",
                    level=level,
                    reached=format(self.reached, "value"),
                    **goal,
                )
            return say("{level} gives a chance of {chance} of {what}", level=level, **goal)
        best, low, high = self.best or self.started, *map(figure, self.within)
        shown = format(best, "value")
        over = say("for {lever} {low} to {high}", lever=self.lever, low=low, high=high)
        if best.value < self.chance:
            most = say("none of {runs} runs reaches it", runs=best.runs)
            most = say("{chance} at most", chance=shown) if best.value else most
            return say("a chance of {chance} of {what} is out of reach: {most}, {over}", most=most, over=over, **goal)
        least = say("each of {runs} runs reaches it", runs=best.runs)
        least = say("{chance} at least", chance=shown) if best.value < 1.0 else least
        return say("the chance of {what} is never as low as {chance}: {least}, {over}", least=least, over=over, **goal)

    @property
    def table(self) -> Table:
        """The value sought and the chance at the start, or the best chance there is, as a table."""
        rows: list[tuple[Cell, ...]] = []
        if self.estimate is not None:
            rows.append((self.lever, self.estimate, self.estimate))
        tried = {self.start: self.started} | ({} if self.best_at is None else {self.best_at: self.best})
        rows += [
            (say("chance, {lever} {level}", lever=self.lever, level=figure(level)), found, found)
            for level, found in tried.items()
        ]
        columns = Column(say("quantity")), Column(say("value"), "value"), Column(say("95 % interval"), "interval")
        return Table(columns, {"": rows}, title=self.run_info.title, notes=tuple(filter(None, self._notes())))

    def _notes(self) -> tuple[str, ...]:
        turns = {"runs": self.turned, "against": self.other_way}
        turn = say("over the values tried, less of it turns {runs} runs to a hit and {against} to a miss", **turns)
        if self.more:
            turn = say("over the values tried, more of it turns {runs} runs to a hit and {against} to a miss", **turns)
        runs = say("{runs} runs, {model_runs} of the model in all", runs=self.started.runs, model_runs=self.model_runs)
        foot = joined(", ", [runs, self.run_info.summary])
        care = say("do not rely on it: {warning}", warning=self.warning) if self.warning else ""
        return self.verdict, turn if self.turned else "", self.note, care, foot

    def __repr__(self) -> str:
        return f"<GoalSeek: {self.verdict}>"
