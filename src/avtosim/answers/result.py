"""The result of a simulation: what came out of the runs, and what made them."""

from __future__ import annotations

import math
import os
import platform
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Literal

import attrs
import numpy as np
import scipy
from numpy.typing import NDArray

from ..upward import upward
from . import intervals
from .breakdown import Breakdown
from .estimate import Estimate, check_share, check_target, mean_estimate, quantile_estimate
from .numbers import PROBABILITY, rough
from .readonly import ReadOnly, read_only, read_only_arrays
from .table import Between, Cell, Column, Table, Tabular

Floats = NDArray[np.float64]

#: A target is reached when the output is not short of it by more than this: sums of twelve months leave a rounding.
ROUNDING = 1e-6

# With fewer hits than this a chance is too rare for plain runs.
_FEW = 10


def reached(annual: Floats, target: float) -> NDArray[np.bool_]:
    """Which runs reach a target."""
    return annual >= target - ROUNDING


class LaterText:
    """A text that is made when it is first asked for; copies and pickles hold the text itself."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    @cached_property
    def text(self) -> str:
        """The text."""
        return self._make()

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (self.text,)


def _text_of(stated: object) -> object:
    return stated.text if isinstance(stated, LaterText) else stated


@attrs.frozen(kw_only=True)
class RunInfo:
    """What made a result: enough to make it again, bit for bit, with the same versions on the same kind of machine.

    Parameters
    ----------
    title : str
        Name of the scenario.
    scenario : str
        The scenario as the text of a scenario file.
    seed : int, 0 or more
        Seed of the random numbers.
    first_run : int, 0 or more
        Number of the first run.
    design : str
        The design that chose the points.
    replicate_size : int, 1 or more
        Consecutive runs that belong together; replicates are independent of each other.
    version : str
        Version of avtosim.
    stopped : str, default ""
        Why runs until a precision came to their end.
    numpy, scipy, python : str
        Versions, by default those in use.
    """

    title: str
    _scenario: str | LaterText = attrs.field(alias="scenario", eq=_text_of)
    seed: int
    first_run: int
    design: str
    replicate_size: int
    version: str
    stopped: str = ""
    numpy: str = np.__version__
    scipy: str = scipy.__version__
    python: str = platform.python_version()

    def __attrs_post_init__(self) -> None:
        least = {"seed": 0, "first_run": 0, "replicate_size": 1}
        for field in attrs.fields(RunInfo):
            name, value = field.alias, getattr(self, field.name)
            if name in least:
                if type(value) is not int or value < least[name]:
                    raise ValueError(f"{name}: must be a whole number, {least[name]} or more; got {value!r:.60}")
            elif name == "scenario" and isinstance(value, (str, LaterText)):
                continue
            elif not isinstance(value, str) or re.search("[\0-\x1f\x7f-\x9f]", value):
                raise ValueError(f"{name}: must be text without control characters; got {value!r:.60}")

    @property
    def scenario(self) -> str:
        """The scenario as the text of a scenario file, or as Python text where it holds laws that no file can."""
        return str(_text_of(self._scenario))

    @property
    def entries(self) -> dict[str, str | int]:
        """All entries by name."""
        return {str(field.alias): getattr(self, str(field.alias)) for field in attrs.fields(RunInfo)}

    @property
    def summary(self) -> str:
        """Seed, design and version in a few words."""
        return f"seed {self.seed}, {self.design}, avtosim {self.version}"


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Result(Tabular):
    """Outputs of all runs, and the answers read from them. Print it for the forecast and the chance of each target.

    ``simulate`` makes it. It is frozen and its arrays are read-only.

    Parameters
    ----------
    record : mapping of str to array of float
        What was kept of every run, by name; always "annual", shape (runs,), in vehicles. All finite, 0 or more.
    axes : mapping of str to tuple of str
        Axes of each name: ("vehicle", "month", "run") and the like.
    labels : mapping of str to tuple of str
        Names along each axis but "run".
    targets : tuple of float, 0 or more, vehicles
        Targets whose chances are printed.
    run_info : RunInfo
        What made the result.
    partner_of : mapping of str to str, default {}
        Partner of each vehicle.
    scheduled : float, 0 or more, vehicles, default 0
        What the schedule holds; 0 if it is not known.

    Raises
    ------
    TypeError, ValueError
        If something is not finite, negative, or does not fit the rest.

    Examples
    --------
    >>> import avtosim
    >>> result = avtosim.simulate(avtosim.load("avtotor-2024-06"), runs=2000, seed=1)
    >>> print(result.quantile(0.1))
    P10: 33,177, 95 % interval 32,206 to 33,788
    >>> result.by_vehicle["E5"].shape
    (2000,)
    """

    record: Mapping[str, Floats] = attrs.field(converter=read_only_arrays)
    axes: Mapping[str, tuple[str, ...]] = attrs.field(converter=ReadOnly)
    labels: Mapping[str, tuple[str, ...]] = attrs.field(converter=ReadOnly)
    targets: tuple[float, ...]
    run_info: RunInfo
    partner_of: Mapping[str, str] = attrs.field(factory=dict, converter=ReadOnly)
    scheduled: float = 0.0

    def __attrs_post_init__(self) -> None:
        if "annual" not in self.record or not self.annual.size:
            raise ValueError("record: must hold 'annual', the output of each run; there is none")
        sizes = {axis: len(names) for axis, names in self.labels.items()} | {"run": self.annual.size}
        for name, values in self.record.items():
            shape = tuple(sizes[axis] for axis in self.axes[name])
            if values.shape != shape:
                raise ValueError(f"record: {name!r} must have the shape {shape} of its axes; got {values.shape}")
            # A NaN makes both ends NaN.
            if values.size and not (values.min() >= -ROUNDING and values.max() < math.inf):
                wrong = np.argwhere(~((values >= -ROUNDING) & (values < math.inf)))[0]
                place = f"run {self.run_info.first_run + wrong[-1]:,}"
                raise ValueError(f"record: {name!r} must be finite, 0 or more; got {values[tuple(wrong)]} in {place}")
        if self.runs % self.run_info.replicate_size:
            size = self.run_info.replicate_size
            raise ValueError(f"record: runs must be a multiple of replicate_size, {size:,}; got {self.runs:,} runs")
        for target in self.targets:
            check_target("targets", target)
        check_target("scheduled", self.scheduled)

    @property
    def annual(self) -> Floats:
        """Output of each run, an array of shape (runs,) in vehicles; read-only."""
        return self.record["annual"]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.annual.size)

    @cached_property
    def ordered(self) -> Floats:
        """The outputs of all runs, sorted; read-only."""
        return read_only(np.sort(self.annual))

    def chance(
        self, target: float, *, confidence: float = 0.95, method: Literal["wilson", "exact"] = "wilson"
    ) -> Estimate:
        """Chance that the output is at least a target.

        Parameters
        ----------
        target : float, 0 or more, vehicles
            The target; it need not be one of the scenario's.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.
        method : {"wilson", "exact"}, default "wilson"
            Wilson's score interval, or that of Clopper and Pearson, which never covers less than ``confidence`` and is
            wider for it. "exact" takes independent runs.

        Returns
        -------
        Estimate
            A probability, with a warning if the target was reached in fewer than ten runs, or in all.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or "exact" is asked for where runs are not independent.

        Notes
        -----
        Outputs that fall short of the target by less than a millionth of a vehicle reach it. The interval covers the
        random error of the runs, not the assumptions of the scenario. Where the target was never reached the chance is
        not 0: quote the upper end, or use ``rare_chance``.
        """
        check_share("confidence", confidence)
        check_target("target", target)
        if method not in ("wilson", "exact"):
            raise ValueError(f"method: must be 'wilson' or 'exact'; got {method!r}")
        size, what = self.run_info.replicate_size, f"chance of at least {target:,.12g}"
        if method == "exact" and size > 1:
            raise ValueError(f"method: 'exact' must have independent runs; this design is {self.run_info.design}")
        hit = reached(self.annual, target)
        found = intervals.proportion(hit, size, confidence, use_exact=method == "exact")
        times = _times(int(np.count_nonzero(hit)), self.runs)
        warning = f"reached {times} in {self.runs:,} runs" if times else ""
        if np.count_nonzero(hit) < min(_FEW, self.runs):
            warning += "; rare_chance gives a sharper answer"
        name = method if size == 1 else "Wilson over independent replicates"
        rest = {"method": name, "what": what, "unit": PROBABILITY, "warning": warning}
        return Estimate.of(found, runs=self.runs, confidence=confidence, **rest)

    def mean(self, *, confidence: float = 0.95) -> Estimate:
        """Expected output.

        Parameters
        ----------
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        ValueError
            If ``confidence`` breaks its rule.
        """
        return mean_estimate(self.annual, self.run_info.replicate_size, confidence, "expected output")

    def quantile(self, share: float, *, confidence: float = 0.95) -> Estimate:
        """Smallest output that at least a share of the runs do not exceed.

        Parameters
        ----------
        share : float, strictly between 0 and 1
            Share of the runs: 0.1 gives the output that nine years in ten exceed.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule.
        """
        size = self.run_info.replicate_size
        return quantile_estimate(self.annual, share, size, confidence, ordered=self.ordered)

    @cached_property
    def by_vehicle(self) -> Breakdown:
        """Output by vehicle; ``ValueError`` unless ``keep`` was "breakdown" or more."""
        return self._breakdown("vehicle", self.labels["vehicle"], self._kept("by_vehicle", "breakdown"))

    @cached_property
    def by_partner(self) -> Breakdown:
        """Output by partner, the sum over its vehicles; ``ValueError`` unless ``keep`` was "breakdown" or more."""
        outputs = self._kept("by_vehicle", "breakdown", "by_partner")
        partners = [self.partner_of[vehicle] for vehicle in self.labels["vehicle"]]
        names = tuple(dict.fromkeys(partners))
        summed = [outputs[[partner == name for partner in partners]].sum(axis=0) for name in names]
        return self._breakdown("partner", names, np.array(summed))

    @cached_property
    def by_month(self) -> Breakdown:
        """Output by month, such as "2024-01"; ``ValueError`` unless ``keep`` was "breakdown" or more."""
        return self._breakdown("month", self.labels["month"], self._kept("by_month", "breakdown"))

    def _breakdown(self, what: str, names: tuple[str, ...], values: Floats) -> Breakdown:
        return Breakdown(what, names, values, self.run_info.replicate_size)

    @property
    def months(self) -> Floats:
        """Output, shape (vehicles, months, runs); ``ValueError`` unless ``keep`` was "months" or "flows"."""
        return self._kept("built", "months", "months")

    @property
    def flows(self) -> Mapping[str, Floats]:
        """All flows by name, each (vehicles or lines, months, runs); ``ValueError`` unless ``keep`` was "flows"."""
        return ReadOnly(
            {name: self._kept(name, "flows", "flows") for name, axes in self.axes.items() if len(axes) == 3}
        )

    def _kept(self, name: str, keep: str, what: str = "") -> Floats:
        if name not in self.record:
            raise ValueError(f"{what or name}: not kept; ask for it with simulate(..., keep='{keep}')")
        return self.record[name]

    def flow(self, name: str, *, vehicle: str) -> Floats:
        """One flow of one vehicle, or of one line for a flow of lines.

        Parameters
        ----------
        name : str
            Name of the flow, such as "built" or "capacity".
        vehicle : str
            Name of the vehicle; of the line for "capacity".

        Returns
        -------
        array of float, shape (months, runs)
            Read-only.

        Raises
        ------
        KeyError
            If there is no such flow, vehicle or line.
        ValueError
            If flows were not kept.
        """
        values, axis = self.flows[name], self.axes[name][0]
        return self._breakdown(axis, self.labels[axis], values)[vehicle]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the result, with what made it, to a file in NumPy's npz format.

        Parameters
        ----------
        path : str or path
            The file. One that exists is replaced, whole or not at all.

        Returns
        -------
        None

        Raises
        ------
        TypeError
            If ``path`` is not a path.
        OSError
            If the file cannot be written.
        """
        upward("Result.save")(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Result:
        """Read a result that ``save`` wrote.

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        Result
            Equal to the saved one in every bit.

        Raises
        ------
        TypeError
            If ``path`` is not a path.
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, of another format, not a result, or no regular file.

        Notes
        -----
        Everything in the file is checked, by a digest too, and no code in it is run.
        """
        loaded: Result = upward("Result.load")(path)
        return loaded

    @property
    def table(self) -> Table:
        """The forecast, then the chance of each target, as a table.

        In a data frame ``low`` and ``high`` of the range that holds eight years in ten are its two quantiles.
        """
        low, middle, high = (self.quantile(share) for share in (0.1, 0.5, 0.9))
        rows: list[tuple[Cell, ...]] = [
            (f"eight {self._times} in ten", Between(low, high)),
            ("expected output", self.mean()),
            (f"half of all {self._times} above", middle),
        ]
        if self.scheduled:
            rows.append(("the schedule holds", self.scheduled))
        chances = [(f"at least {target:,.12g} vehicles", self._noted(self.chance(target))) for target in self.targets]
        sections = {"forecast": rows} | ({"chance": chances} if chances else {})
        months = self.labels.get("month", ())
        span = "" if self._times == "years" else f" ({len(months)} months from {months[0]})"
        columns = Column("quantity"), Column("value", "words")
        return Table(columns, sections, title=self.run_info.title + span, notes=self._notes(), header=False)

    @property
    def _times(self) -> str:
        """What a run is called in print: a year, if it has twelve months."""
        return "years" if len(self.labels.get("month", ())) in (0, 12) else "runs"

    def _noted(self, chance: Estimate) -> Estimate:
        times = _times(round(chance.value * self.runs), self.runs)
        played = f"{self.runs:,} {self._times} played" if self.runs > 1 else "one run"
        return attrs.evolve(chance, warning=f"{times} in {played}" if times else "")

    def _notes(self) -> tuple[str, ...]:
        chances, mean = [self.chance(target) for target in self.targets], self.mean()
        text = "unknown from one replicate"
        if math.isfinite(mean.high):
            text = f"+-{rough(0.5 * (mean.high - mean.low))} vehicles on the expected output (95 %)"
            if chances:
                widest = max(chance.high - chance.low for chance in chances)
                text = f"+-{rough(50.0 * widest)} points on each chance at most, {text}"
        notes = [f"error of the runs: {text}; it says nothing of the assumptions"]
        rare = [target for target in self.targets if np.count_nonzero(reached(self.annual, target)) < _FEW]
        if rare:
            names, were = " and ".join(f"{target:,.12g}" for target in rare), "was" if len(rare) == 1 else "were"
            better = f"take more runs, or use rare_chance(scenario, at_least={rare[0]:.12g})"
            notes.insert(0, f"at least {names} vehicles {were} reached in fewer than ten runs: {better}")
        return (*notes, self._foot())

    def _foot(self) -> str:
        info = self.run_info
        first = f", from run {info.first_run:,}" if info.first_run else ""
        stopped = f"; {info.stopped}" if info.stopped else ""
        return f"{self.runs:,} run{'' if self.runs == 1 else 's'}{first}, {info.summary}{stopped}"

    def __repr__(self) -> str:
        return f"<Result of {self.run_info.title!r}: {self._foot()}>"


def _times(hits: int, runs: int) -> str:
    """How often a target was reached, where that is worth a word."""
    if hits in (0, runs):
        return "always" if hits else "not once"
    if hits < _FEW:
        return "once" if hits == 1 else f"{hits} times"
    return ""
