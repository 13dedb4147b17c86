"""The answer of a sweep: chances over a grid, as arrays and as a table."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from numbers import Real
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import Number, joined, say
from .estimate import Estimate
from .parts import PartOfOutput
from .readonly import ReadOnly, read_only
from .result import Result
from .table import Cell, Column, Pictured, Table, Tabular

Floats = NDArray[np.float64]


@attrs.frozen(eq=False)
class ProbabilityGrid:
    """Chances of a target over the grid, with their intervals.

    Parameters
    ----------
    target : float or Target, vehicles
        The target.
    value, low, high : array of float, of the grid's shape
        Chance and the ends of its interval in each cell; read-only.
    """

    target: float | PartOfOutput
    value: Floats = attrs.field(converter=read_only)
    low: Floats = attrs.field(converter=read_only)
    high: Floats = attrs.field(converter=read_only)


@attrs.frozen(eq=False, repr=False)
class Sweep(Pictured, Tabular):
    """Results over a grid of values, with common random numbers in all cells. Print it for the table.

    ``sweep`` makes it.

    Parameters
    ----------
    levers : mapping of str to tuple
        The values that each address takes.
    results : tuple of Result
        The cells; the last lever changes fastest.
    targets : tuple of float or Target, vehicles
        The targets whose chances are printed.
    words : mapping of str to str, optional
        Addresses in words, each with its unit; one that is left out stays as it is.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.sweep(june, {"partners.BAIC.fill_rate": [0.7, 0.8, 0.9]}, runs=500, seed=1)
    >>> found.shape
    (3,)
    >>> found.chance(25_000).value.round(2)
    array([0.49, 0.5 , 0.5 ])
    """

    levers: Mapping[str, tuple[object, ...]] = attrs.field(converter=ReadOnly)
    results: tuple[Result, ...]
    targets: tuple[float | PartOfOutput, ...]
    words: Mapping[str, str] = attrs.field(factory=dict, converter=ReadOnly)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each lever."""
        return tuple(len(values) for values in self.levers.values())

    def result(self, *place: int) -> Result:
        """The result of one cell.

        Parameters
        ----------
        *place : int
            Position of the cell's value in each lever, from 0.

        Returns
        -------
        Result

        Raises
        ------
        TypeError
            If the positions are not whole numbers.
        IndexError
            If there is no such cell.
        """
        if len(place) != len(self.shape) or not all(0 <= at < size for at, size in zip(place, self.shape, strict=True)):
            raise IndexError(f"place: must be a cell of the grid {self.shape}, counted from 0; got {place}")
        return self.results[int(np.ravel_multi_index(place, self.shape))]

    def chance(self, target: float | PartOfOutput, *, confidence: float = 0.95) -> ProbabilityGrid:
        """Chance of reaching a target in every cell.

        Parameters
        ----------
        target : float, 0 or more, vehicles, or Target
            The target; it need not be one of the scenario's.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of each cell's interval.

        Returns
        -------
        ProbabilityGrid

        Raises
        ------
        ValueError
            If ``target`` or ``confidence`` breaks its rule.
        """
        found = [result.chance(target, confidence=confidence) for result in self.results]
        ends = ([getattr(estimate, end) for estimate in found] for end in ("value", "low", "high"))
        return ProbabilityGrid(target, *map(self._grid, ends))

    def mean(self) -> Floats:
        """Expected output in every cell.

        Returns
        -------
        array of float, of the grid's shape, vehicles
            Read-only.
        """
        return self._grid([result.mean().value for result in self.results])

    def plot(self, *, target: float | PartOfOutput | None = None, ax: Any = None, language: str = "en") -> Any:
        """A picture of the chance of a target: along one lever with its intervals, or over two with contours.

        Parameters
        ----------
        target : float, 0 or more, vehicles, or Target, optional
            The target; by default the scenario's first.
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default on a figure of its own.
        language : {"en", "ru"}, default "en"
            Language of the labels.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on. All that is drawn can be had from ``chance``.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError, ValueError
            For more than two levers, a target that breaks its rule, or none where the scenario has none; if ``ax`` is
            no Axes, or for a language that there is not.
        """
        if len(self.levers) > 2:
            what = f"got {len(self.levers)}: {', '.join(self.levers)}"
            raise ValueError(f"levers: must be one or two for a picture; {what}; sweep two, or read chance(target)")
        if target is None and not self.targets:
            raise ValueError("target: must be given, since the scenario has none, as in plot(target=70_000)")
        shown = self if target is None else attrs.evolve(self, targets=(self.chance(target).target,))
        return Pictured.plot(shown, ax=ax, language=language)

    def _grid(self, values: list[float]) -> Floats:
        return read_only(np.reshape(values, self.shape))

    @property
    def table(self) -> Table:
        """Each target's chance and the expected output over the grid; the last lever goes across."""
        *down, across = self.levers if len(self.levers) > 1 else (*self.levers, "")
        heads = [_plain(value) for value in self.levers[across]] if across else [say("value")]
        heads[0] = say("{address} = {value}", address=across, value=heads[0]) if across else heads[0]
        columns = (*(Column(name, "plain") for name in down), *(Column(head, "value with error") for head in heads))
        sections = {}
        for target in self.targets:
            chances = [result.chance(target) for result in self.results]
            sections[chances[0].what] = self._rows(down, chances)
        means = [result.mean() for result in self.results]
        sections[means[0].what] = self._rows(down, means)
        return Table(columns, sections, notes=(self._foot(),))

    def _rows(self, down: list[str], answers: list[Estimate]) -> list[tuple[Cell, ...]]:
        """Values of the levers that go down, then the answers across."""
        values = list(itertools.product(*(map(_cell, self.levers[name]) for name in down)))
        width = len(answers) // len(values)
        return [(*row, *answers[at * width : (at + 1) * width]) for at, row in enumerate(values)]

    def _foot(self) -> str:
        first = self.results[0]
        cells = Number(f"{len(self.results)}", len(self.results))
        text = say("{runs} runs in each of {cells} cells with common random numbers", runs=first.runs, cells=cells)
        if first.span:
            text = say(
                "{runs} runs in each of {cells} cells of {span} with common random numbers",
                runs=first.runs,
                cells=cells,
                span=first.span,
            )
        return joined("; ", [joined(", ", [text, first.run_info.summary]), say("+- is half a 95 % interval")])

    def __repr__(self) -> str:
        return f"<Sweep of {', '.join(self.levers)}; {self._foot()}>"


def _cell(value: object) -> Cell:
    return float(value) if isinstance(value, Real) else repr(value)


def _plain(value: object) -> str:
    return Column("", "plain").show(_cell(value))
