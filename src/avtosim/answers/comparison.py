"""A comparison: several scenarios with common random numbers, and the differences to the first of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import Number, joined, say
from . import paired
from .estimate import Estimate, check_share
from .intervals import Interval
from .numbers import DIFFERENCE, VEHICLES
from .parts import PartOfOutput
from .readonly import ReadOnly
from .result import Result
from .table import Cell, Column, Pictured, Table, Tabular

Floats = NDArray[np.float64]


@attrs.frozen
class Flips:
    """Runs whose outcome changes when one scenario takes the place of the base, with common random numbers.

    Parameters
    ----------
    to_hit : int
        Runs that miss the target under the base and reach it under the other scenario.
    to_miss : int
        Runs that reach the target under the base and miss it under the other scenario.
    runs : int
        All runs.
    """

    to_hit: int
    to_miss: int
    runs: int

    def __str__(self) -> str:
        return str(self.text)

    @property
    def text(self) -> str:
        """The runs in words."""
        return say(
            "{to_hit} of {runs} runs turn from miss to hit, {to_miss} from hit to miss",
            to_hit=self.to_hit,
            runs=self.runs,
            to_miss=self.to_miss,
        )


@attrs.frozen(eq=False, repr=False)
class Comparison(Tabular, Pictured, Mapping[str, Result]):
    """Results of several scenarios by name, the first of which is the base. Print it for the table.

    ``compare`` makes it. Differences are paired run by run: what common random numbers do to both scenarios cancels.

    Parameters
    ----------
    results : mapping of str to Result
        The results, of as many runs each, with common random numbers.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> late = june.replace({"vehicles.Dashing.start": june["vehicles.Dashing.start"] + 2})
    >>> found = avtosim.compare({"on time": june, "late": late}, runs=2000, seed=1)
    >>> print(found.mean_difference("late"))
    expected output, late less on time: -421, 95 % interval -437 to -404
    """

    results: Mapping[str, Result] = attrs.field(converter=ReadOnly)

    def __getitem__(self, name: str) -> Result:
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def base(self) -> str:
        """The name of the first scenario, from which differences are taken."""
        return next(iter(self.results))

    @property
    def targets(self) -> tuple[float | PartOfOutput, ...]:
        """The targets of the base."""
        return self[self.base].targets

    def chance_difference(self, name: str, target: float | PartOfOutput, *, confidence: float = 0.95) -> Estimate:
        """Chance of reaching a target under one scenario less that under the base.

        Parameters
        ----------
        name : str
            Name of the scenario.
        target : float, 0 or more, vehicles, or Target
            The target.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the paired interval.

        Returns
        -------
        Estimate
            A difference of probabilities (-0.04 is four percentage points less).

        Raises
        ------
        KeyError
            If no scenario of this name was compared.
        ValueError
            If ``target`` or ``confidence`` breaks its rule.
        """
        hits, what = self._hits(name, target), self[self.base].chance(target).what
        return self._estimate(name, confidence, what, DIFFERENCE, paired.chance_difference, *hits)

    def mean_difference(self, name: str, *, confidence: float = 0.95) -> Estimate:
        """Expected output under one scenario less that under the base.

        Parameters
        ----------
        name : str
            Name of the scenario.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the paired interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        KeyError
            If no scenario of this name was compared.
        ValueError
            If ``confidence`` breaks its rule.
        """
        pair = self._pair(name)
        what = self[self.base].mean().what
        return self._estimate(name, confidence, what, VEHICLES, paired.mean_difference, *pair)

    def quantile_difference(self, name: str, share: float, *, confidence: float = 0.95) -> Estimate:
        """A quantile of the output under one scenario less that under the base.

        Parameters
        ----------
        name : str
            Name of the scenario.
        share : float, strictly between 0 and 1
            Share of the runs below the quantile.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the paired interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        KeyError
            If no scenario of this name was compared.
        ValueError
            If ``share`` or ``confidence`` breaks its rule.
        """
        check_share("share", share)
        pair, what = self._pair(name), say("P{percent}{of}", percent=Number(f"{100 * share:g}", share), of="")
        ordered = self[self.base].ordered, self[name].ordered
        return self._estimate(name, confidence, what, VEHICLES, paired.quantile_difference, *pair, ordered, share)

    def flips(self, name: str, target: float | PartOfOutput) -> Flips:
        """Count the runs that turn from miss to hit, and from hit to miss, when a scenario replaces the base.

        Parameters
        ----------
        name : str
            Name of the scenario.
        target : float, 0 or more, vehicles, or Target
            The target.

        Returns
        -------
        Flips

        Raises
        ------
        KeyError
            If no scenario of this name was compared.
        ValueError
            If ``target`` breaks its rule.
        """
        first, second = self._hits(name, target)
        return Flips(int(np.count_nonzero(~first & second)), int(np.count_nonzero(first & ~second)), first.size)

    def _pair(self, name: str) -> tuple[Floats, Floats]:
        return self[self.base].annual, self[name].annual

    def _hits(self, name: str, target: float | PartOfOutput) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which runs reach the target, under the base and under ``name``."""
        return self[self.base].reaches(target), self[name].reaches(target)

    def _estimate(
        self, name: str, confidence: float, what: str, unit: str, difference: Callable[..., Interval], *arguments: Any
    ) -> Estimate:
        check_share("confidence", confidence)
        base = self[self.base]
        found = difference(*arguments, base.run_info.replicate_size, confidence)
        if np.array_equal(*self._pair(name)):
            # Equal in every run: the difference has no error.
            found = 0.0, 0.0, 0.0, 0.0
        said = say("{what}, {scenario} less {base}", what=what, scenario=name, base=self.base)
        rest = {"method": "paired run by run", "what": said, "unit": unit}
        return Estimate.of(found, runs=base.runs, confidence=confidence, **rest)

    @property
    def table(self) -> Table:
        """Each target's chance, the expected output and two quantiles under every scenario, as a table."""
        sections = {}
        for target in self.targets:
            heading = self[self.base].in_words(target)
            sections[say("chance of {what}", what=heading)] = self._rows(Result.chance, self.chance_difference, target)
        sections[say("expected output")] = self._rows(Result.mean, self.mean_difference)
        quantiles = {0.1: say("P10 (one year in ten is worse)"), 0.9: say("P90 (one year in ten is better)")}
        for share, heading in quantiles.items():
            sections[heading] = self._rows(Result.quantile, self.quantile_difference, share)
        columns = (
            Column(say("scenario")),
            Column(say("value"), "value"),
            Column(say("difference"), "difference"),
            Column(say("95 % interval"), "interval"),
            Column(say("to hit"), "count"),
            Column(say("to miss"), "count"),
        )
        return Table(columns, sections, notes=(self._foot(),))

    def _rows(
        self, answer: Callable[..., Estimate], difference: Callable[..., Estimate], *at: Any
    ) -> list[tuple[Cell, ...]]:
        """A row for each scenario: its answer, the difference to the base and, for a chance, the runs that turn."""
        rows: list[tuple[Cell, ...]] = [(self.base, answer(self[self.base], *at), say("(base)"), None, None, None)]
        for name in list(self)[1:]:
            change = difference(name, *at)
            turned = attrs.astuple(self.flips(name, *at))[:2] if answer is Result.chance else (None, None)
            rows.append((name, answer(self[name], *at), change, change, *turned))
        return rows

    def _foot(self) -> str:
        base = self[self.base]
        runs = say("{runs} runs each with common random numbers", runs=base.runs)
        return joined(", ", [runs, base.run_info.summary, base.span])

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self)}; {self._foot()}>"
