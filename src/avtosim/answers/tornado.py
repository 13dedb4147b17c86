"""How far each uncertain number moves the chance of a target, and how well it stands: what is worth finding out."""

from __future__ import annotations

import attrs

from ..say import Number, Term, joined, say
from .estimate import Estimate
from .result import RunInfo
from .table import Cell, Column, Pictured, Table, Tabular

#: Standings of numbers that nothing but somebody's word stands behind, in the words of the register.
_WEAK = ("guess", "not stated", "no source")
#: A swing is large if it is this share of the largest or more.
_LARGE = 0.1
#: So many large swings are named in words.
_NAMED = 3


@attrs.frozen(kw_only=True)
class TornadoBar:
    """One uncertain number, and the chance with it low and with it high.

    Parameters
    ----------
    address : str
        Address of the number.
    text : str
        The number in words.
    unit : str
        Its unit.
    standing : str
        How well it stands, as in the register of assumptions: "guess", "assumption", "derived", "sourced", "no source".
    low_value, high_value : float
        The value that one year in ten is below, and the one that one year in ten is above: of the law of a number drawn
        once a year, of the mean over the months of one redrawn each month.
    low, high : Estimate
        The chance with the number there in every run.
    swing : Estimate
        ``high`` less ``low``, paired run by run.
    """

    address: str
    text: str
    unit: str
    standing: str
    low_value: float
    high_value: float
    low: Estimate
    high: Estimate
    swing: Estimate


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Tornado(Pictured, Tabular):
    """The chance of a target with each uncertain number low and high, the largest swing first. Print it for the table.

    ``tornado`` makes it.

    Parameters
    ----------
    what : str
        The target in words.
    base : Estimate
        The chance as stated.
    bars : tuple of TornadoBar
        The numbers that were played, the largest swing first.
    numbers : int
        How many uncertain numbers there are.
    expected : float
        The largest swing that a fit to the plain runs expects of a number that was not played; 0 where all were.
    model_runs : int
        Runs of the model that it took, replays among them.
    run_info : RunInfo
        What made the answer.
    """

    what: str
    base: Estimate
    bars: tuple[TornadoBar, ...]
    numbers: int
    expected: float
    model_runs: int
    run_info: RunInfo

    def __getitem__(self, address: str) -> TornadoBar:
        """Return the bar of a number.

        Parameters
        ----------
        address : str
            Address of a number that was played.

        Returns
        -------
        TornadoBar

        Raises
        ------
        KeyError
            If there is none.
        """
        for bar in self.bars:
            if bar.address == address:
                return bar
        raise KeyError(f"there is no bar of {address!r}; played: {', '.join(bar.address for bar in self.bars)}")

    @property
    def worth_finding_out(self) -> tuple[TornadoBar, ...]:
        """The large swings of numbers that are guesses or have no source, largest first."""
        largest = max((abs(bar.swing.value) for bar in self.bars), default=0.0)
        sure = (bar for bar in self.bars if bar.swing.low > 0.0 or bar.swing.high < 0.0)
        return tuple(bar for bar in sure if bar.standing in _WEAK and abs(bar.swing.value) >= _LARGE * largest)

    @property
    def verdict(self) -> str:
        """What is worth finding out, in a sentence."""
        if not self.numbers:
            return say("no number of the scenario is uncertain: there is no swing")
        if self.base.value in (0.0, 1.0):
            if self.base.value:
                return say("the target is reached in every run: there is no swing to be seen")
            return say("the target is reached in no run: there is no swing to be seen")
        named = [bar.text for bar in self.worth_finding_out[:_NAMED]]
        if not named:
            return say("no large swing rests on a guess or on a number without a source")
        return say("worth finding out first (guesses, or no source): {numbers}", numbers=joined("; ", named))

    @property
    def table(self) -> Table:
        """The bars as a table, the largest swing first."""
        rows: list[tuple[Cell, ...]] = [
            (bar.text, Term(bar.standing), bar.low_value, bar.high_value, bar.low, bar.high, bar.swing, bar.swing)
            for bar in self.bars
        ]
        columns = (
            Column(say("number")),
            Column(say("standing")),
            Column("P10", "figure"),
            Column("P90", "figure"),
            Column(say("chance at P10"), "value"),
            Column(say("at P90"), "value"),
            Column(say("swing"), "difference"),
            Column(say("95 % interval"), "interval"),
        )
        heading = say("chance of {what}, {chance} as stated", what=self.what, chance=format(self.base, "value"))
        return Table(columns, {heading: rows}, title=self.run_info.title, notes=(self.verdict, *self._notes()))

    def _notes(self) -> tuple[str, ...]:
        runs = say("{runs} runs", runs=self.base.runs)
        if self.bars:
            runs = say("{runs} runs with each number at its P10 and at its P90", runs=self.base.runs)
        foot = joined(", ", [runs, self.run_info.summary])
        if not self.bars or len(self.bars) == self.numbers:
            return (foot,)
        played = say(
            "{played} of {numbers} uncertain numbers were played; a fit expects {points} points at most of any other",
            played=Number(f"{len(self.bars)}", len(self.bars)),
            numbers=Number(f"{self.numbers}", self.numbers),
            points=Number(f"{100.0 * self.expected:.1f}", 100.0 * self.expected),
        )
        return played, foot

    def __repr__(self) -> str:
        return f"<Tornado of the chance of {self.what}: {len(self.bars)} bars; {self.verdict}>"
