"""The result of a simulation: what came out of the runs, and what made them."""

from __future__ import annotations

import math
import os
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import attrs
import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from ..say import Number, Term, joined, say
from ..upward import upward
from . import intervals
from .breakdown import Breakdown
from .density import log_density_of_runs
from .estimate import Estimate, check_share, check_target, mean_estimate, quantile_estimate, worst_estimate
from .numbers import PROBABILITY, rough, stated
from .order_book import OrderBook
from .parts import PartOfOutput, Parts
from .readonly import ReadOnly, read_only, read_only_arrays
from .short_ledger import FIRST, in_one_line
from .table import Between, Cell, Column, Table, Tabular

Floats = NDArray[np.float64]

#: A target is reached when the output is not short of it by more than this: sums of twelve months leave a rounding.
ROUNDING = 1e-6

#: Shares of the runs at the ends of the ranges that hold 90, 80 and 50 % of them, and the median.
FAN = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

# With fewer hits than this a chance is too rare for plain runs.
_FEW = 10


def reached(annual: Floats, target: float) -> NDArray[np.bool_]:
    """Which runs reach a target."""
    return annual >= target - ROUNDING


def sizes_of(labels: Mapping[str, Sequence[str]], runs: int) -> dict[str, int]:
    """Length of each axis of what is kept of so many runs."""
    return {axis: len(names) for axis, names in labels.items()} | {"run": runs, "first": min(runs, FIRST)}


def _stated(
    target: float | PartOfOutput, until: str | None, of: str | Sequence[str] | None
) -> tuple[float, str | None, str | Sequence[str] | None]:
    """Volume of a target, the month until which it counts, and of what."""
    if isinstance(target, PartOfOutput):
        if until is not None or of is not None:
            raise ValueError(f"until, of: must not be given beside a Target, which says them itself; got {target!r}")
        return target.volume, target.until, target.of or None
    check_target("target", target)
    return target, until, of


class LaterText:
    """A text that is made when it is first asked for; copies and pickles hold the text itself.

    ``of`` is what it tells of, for whoever needs that and not its text.
    """

    def __init__(self, make: Callable[[], str], of: object = None) -> None:
        self._make, self.of = make, of

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
    def stated(self) -> object:
        """The scenario itself; None in a result that was loaded, or came from another process."""
        return self._scenario.of if isinstance(self._scenario, LaterText) else None

    @property
    def entries(self) -> dict[str, str | int]:
        """All entries by name."""
        return {str(field.alias): getattr(self, str(field.alias)) for field in attrs.fields(RunInfo)}

    @property
    def summary(self) -> str:
        """Seed, design and version in a few words."""
        seed = say("seed {seed}", seed=Number(str(self.seed), self.seed))
        return joined(", ", [seed, Term(self.design), f"avtosim {self.version}"])

    def of_runs(self, runs: int) -> str:
        """So many runs, and the summary.

        Parameters
        ----------
        runs : int
            How many runs the answer is made of.

        Returns
        -------
        str
            Such as "2,000 runs, seed 1, plain runs, avtosim 0.2.0".
        """
        return joined(", ", [say("{runs} {runs:run|runs}", runs=runs), self.summary])


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Result(Tabular):
    """Outputs of all runs, and the answers read from them. Print it for the forecast and the chance of each target.

    ``simulate`` makes it. It is frozen and its arrays are read-only.

    Parameters
    ----------
    record : mapping of str to array of float
        What was kept of every run, by name; always "annual", shape (runs,), in vehicles. All finite, 0 or more.
        "ledger", shape (entries, first runs), is of up to 4,096 runs: where planned output went.
    axes : mapping of str to tuple of str
        Axes of each name: ("vehicle", "month", "run") and the like; "first" stands for the first runs.
    labels : mapping of str to tuple of str
        Names along each axis but "run".
    targets : tuple of float or Target, 0 or more, vehicles
        Targets whose chances are printed.
    run_info : RunInfo
        What made the result.
    groups : mapping, default {}
        For "partner", "line" and "market" a mapping from each of their names to the names of its vehicles.
    schedule : tuple of float, 0 or more, vehicles, default ()
        What the schedule of each month holds if nothing slips; empty if it is not known.
    announced : tuple of two float, above 0, vehicles, optional
        Lower and upper end of what was announced.

    Raises
    ------
    TypeError, ValueError
        If something is not finite, negative, or does not fit the rest.

    Examples
    --------
    >>> import avtosim
    >>> result = avtosim.simulate(avtosim.load("avtotor-2024-06"), runs=2000, seed=1)
    >>> print(result.quantile(0.1))
    P10: 5,914, 95 % interval 5,202 to 6,446
    >>> result.by_vehicle["E5"].shape
    (2000,)
    """

    record: Mapping[str, Floats] = attrs.field(converter=read_only_arrays)
    axes: Mapping[str, tuple[str, ...]] = attrs.field(converter=ReadOnly)
    labels: Mapping[str, tuple[str, ...]] = attrs.field(converter=ReadOnly)
    targets: tuple[float | PartOfOutput, ...]
    run_info: RunInfo
    groups: Mapping[str, Mapping[str, tuple[str, ...]]] = attrs.field(factory=dict, converter=ReadOnly)
    schedule: tuple[float, ...] = ()
    announced: tuple[float, float] | None = None

    def __attrs_post_init__(self) -> None:
        if "annual" not in self.record or not self.annual.size:
            raise ValueError("record: must hold 'annual', the output of each run; there is none")
        sizes = sizes_of(self.labels, self.annual.size)
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
            check_target("targets", getattr(target, "volume", target))
        self._check_stated()

    def _check_stated(self) -> None:
        for name in ("schedule", "announced"):
            for volume in getattr(self, name) or ():
                check_target(name, volume)
        if self.schedule and len(self.schedule) != len(self.labels.get("month", self.schedule)):
            months = len(self.labels["month"])
            raise ValueError(f"schedule: must hold a volume for each of {months} months; got {len(self.schedule)}")
        if self.announced is not None and self.announced[0] > self.announced[1]:
            raise ValueError(f"announced: must be a lower and an upper end, which is no lower; got {self.announced}")

    @property
    def annual(self) -> Floats:
        """Output of each run, an array of shape (runs,) in vehicles; read-only."""
        return self.record["annual"]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.annual.size)

    @property
    def scheduled(self) -> float:
        """What the schedule of all months holds, vehicles; 0 if it is not known."""
        return float(sum(self.schedule))

    @cached_property
    def ordered(self) -> Floats:
        """The outputs of all runs, sorted; read-only."""
        return read_only(np.sort(self.annual))

    @cached_property
    def _parts(self) -> Parts:
        return Parts(self.record, self.labels, self.groups)

    def outputs(self, *, until: str | None = None, of: str | Sequence[str] | None = None) -> Floats:
        """Output of each run until the end of a month, or of some part of the plant.

        Parameters
        ----------
        until : str, optional
            Last month that counts, such as "2024-06"; the calendar's last by default.
        of : str or sequence of str, optional
            Partners, vehicles, lines or markets, of one kind, whose output counts; all of the plant by default. Where
            several partners send the same component, vehicles count for each in proportion to the kits that arrived.

        Returns
        -------
        array of float, shape (runs,), vehicles
            Read-only.

        Raises
        ------
        ValueError
            If there is no such month or name, or if the result does not keep what is needed.
        """
        return read_only(self._parts.outputs(until, of))

    def reaches(self, target: float | PartOfOutput) -> NDArray[np.bool_]:
        """Which runs reach a target.

        Parameters
        ----------
        target : float, 0 or more, vehicles, or Target
            The target.

        Returns
        -------
        array of bool, shape (runs,)

        Raises
        ------
        TypeError, ValueError
            As for ``chance``.
        """
        volume, until, of = _stated(target, None, None)
        return reached(self._outputs(until, of), volume)

    def in_words(self, target: float | PartOfOutput) -> str:
        """A target as it is printed.

        Parameters
        ----------
        target : float, 0 or more, vehicles, or Target
            The target.

        Returns
        -------
        str
            Such as "at least 30,000 vehicles of BAIC until 2024-06".
        """
        volume, until, of = _stated(target, None, None)
        return say("at least {volume} vehicles{of}", volume=stated(volume), of=part_in_words(until, of))

    @property
    def span(self) -> str:
        """The calendar in words where it has other than twelve months, such as "6 months from 2024-01"; else empty."""
        months = self.labels.get("month", ())
        if self.is_year:
            return ""
        return say("{months} {months:month|months} from {first}", months=len(months), first=months[0])

    def chance(
        self,
        target: float | PartOfOutput,
        *,
        until: str | None = None,
        of: str | Sequence[str] | None = None,
        confidence: float = 0.95,
        method: Literal["wilson", "exact"] = "wilson",
    ) -> Estimate:
        """Chance that the output is at least a target.

        Parameters
        ----------
        target : float, 0 or more, vehicles, or Target
            The target; it need not be one of the scenario's.
        until, of : optional
            As for ``outputs``, where ``target`` is a number.
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
            If an argument breaks its rule, if the result does not keep what is needed, or if "exact" is asked for where
            runs are not independent.

        Notes
        -----
        Outputs that fall short of the target by less than a millionth of a vehicle reach it. The interval covers the
        random error of the runs, not the assumptions of the scenario. Where the target was never reached the chance is
        not 0: quote the upper end, or use ``rare_chance``.

        Examples
        --------
        >>> import avtosim
        >>> result = avtosim.simulate(avtosim.load("avtotor-2024-06"), runs=2000, seed=1)
        >>> print(result.chance(3_000, until="2024-06", of="BAIC"))
        chance of at least 3,000 vehicles of BAIC until 2024-06: 38.9 %, 95 % interval 36.8 % to 41.1 %
        """
        volume, until, of = _stated(target, until, of)
        what = say("chance of at least {volume}", volume=stated(volume))
        hit = reached(self._outputs(until, of), volume)
        return self._chance(what, hit, until, of, confidence, method, reached_in)

    def chance_below(
        self,
        volume: float,
        *,
        until: str | None = None,
        of: str | Sequence[str] | None = None,
        confidence: float = 0.95,
        method: Literal["wilson", "exact"] = "wilson",
    ) -> Estimate:
        """Chance that the output falls short of a volume; all as for ``chance``.

        Parameters
        ----------
        volume : float, 0 or more, vehicles
            The volume.
        until, of : optional
            As for ``outputs``.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.
        method : {"wilson", "exact"}, default "wilson"
            As for ``chance``.

        Returns
        -------
        Estimate
            A probability; with that of ``chance`` it makes 1.

        Raises
        ------
        TypeError, ValueError
            As for ``chance``.
        """
        volume, until, of = _stated(volume, until, of)
        what = say("chance of less than {volume}", volume=stated(volume))
        below = ~reached(self._outputs(until, of), volume)
        return self._chance(what, below, until, of, confidence, method, so_in)

    def _chance(
        self,
        what: str,
        hit: NDArray[np.bool_],
        until: str | None,
        of: object,
        confidence: float,
        method: str,
        warned: Callable[[str, int], str],
    ) -> Estimate:
        check_share("confidence", confidence)
        if method not in ("wilson", "exact"):
            raise ValueError(f"method: must be 'wilson' or 'exact'; got {method!r}")
        size = self.run_info.replicate_size
        if until is not None or of:
            what = say("{what} vehicles", what=what)
        what = joined("", [what, self._what(until, of)])
        if method == "exact" and size > 1:
            raise ValueError(f"method: 'exact' must have independent runs; this design is {self.run_info.design}")
        found = intervals.proportion(hit, size, confidence, use_exact=method == "exact")
        hits = int(np.count_nonzero(hit))
        times = _times(hits, self.runs)
        warning = warned(times, self.runs) if times else ""
        if hits < min(_FEW, self.runs):
            warning = say("{warning}; rare_chance gives a sharper answer", warning=warning)
        name = method if size == 1 else "Wilson over independent replicates"
        rest = {"method": name, "what": what, "unit": PROBABILITY, "warning": warning}
        return Estimate.of(found, runs=self.runs, confidence=confidence, **rest)

    def _outputs(self, until: str | None, of: object) -> Floats:
        return self.annual if until is None and not of else self._parts.outputs(until, of)

    def _what(self, until: str | None, of: object) -> str:
        """The part of the output that is meant, in words; and the calendar, where it has other than twelve months."""
        part = part_in_words(until, of)
        if until is not None or not self.span:
            return part
        return joined("", [part, say(" in {span}", span=self.span)])

    def mean(
        self, *, until: str | None = None, of: str | Sequence[str] | None = None, confidence: float = 0.95
    ) -> Estimate:
        """Expected output.

        Parameters
        ----------
        until, of : optional
            As for ``outputs``.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        ValueError
            If an argument breaks its rule, or if the result does not keep what is needed.
        """
        what = joined("", [say("expected output"), self._what(until, of)])
        return mean_estimate(self._outputs(until, of), self.run_info.replicate_size, confidence, what)

    def quantile(
        self,
        share: float,
        *,
        until: str | None = None,
        of: str | Sequence[str] | None = None,
        confidence: float = 0.95,
    ) -> Estimate:
        """Smallest output that at least a share of the runs do not exceed.

        Parameters
        ----------
        share : float, strictly between 0 and 1
            Share of the runs: 0.1 gives the output that nine years in ten exceed.
        until, of : optional
            As for ``outputs``.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or if the result does not keep what is needed.
        """
        size, words = self.run_info.replicate_size, self._what(until, of)
        values = self._outputs(until, of)
        ordered = self.ordered if values is self.annual else None
        return quantile_estimate(values, share, size, confidence, words, ordered=ordered)

    def mean_of_worst(
        self,
        share: float = 0.1,
        *,
        until: str | None = None,
        of: str | Sequence[str] | None = None,
        confidence: float = 0.95,
    ) -> Estimate:
        """Mean output of the worst runs: what a bad year brings on average.

        Parameters
        ----------
        share : float, strictly between 0 and 1, default 0.1
            Share of the runs that count as the worst.
        until, of : optional
            As for ``outputs``.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule, or if the result does not keep what is needed.

        Notes
        -----
        Known as expected shortfall. The interval takes the error of the quantile into account: it rests on
        ``q - max(q - output, 0) / share`` of each run, whose mean is the estimate (Rockafellar and Uryasev (2000),
        Journal of Risk 2(3)).
        """
        values = self._outputs(until, of)
        what = ""
        if isinstance(share, float):
            percent = Number(f"{100 * share:g}", share)
            what = say("mean output of the worst {percent} %{of}", percent=percent, of=self._what(until, of))
        return worst_estimate(values, share, self.run_info.replicate_size, confidence, what)

    def cdf(self, x: ArrayLike) -> Floats:
        """Share of the runs whose output is at most a value. With ``ppf`` it makes a result a law.

        So a result can stand in ``Pooled`` beside other laws of the same year's output.

        Parameters
        ----------
        x : array_like
            Outputs in vehicles, any shape.

        Returns
        -------
        ndarray
            Shares in the shape of ``x``.
        """
        return np.asarray(np.searchsorted(self.ordered, np.asarray(x, dtype=np.float64), side="right") / self.runs)

    def ppf(self, u: ArrayLike) -> Floats:
        """Smallest output that at least this share of the runs do not exceed, without an interval.

        Parameters
        ----------
        u : array_like
            Shares in [0, 1], any shape.

        Returns
        -------
        ndarray
            Outputs in vehicles, in the shape of ``u``.
        """
        return np.asarray(self.ordered[self._ranks(u)])

    def _ranks(self, shares: ArrayLike) -> NDArray[np.intp]:
        """Places, among sorted runs, of the quantiles of these shares."""
        rank = np.ceil(np.asarray(shares, dtype=np.float64) * self.runs - 1e-9).astype(np.intp) - 1
        return np.clip(rank, 0, self.runs - 1)

    def since_start(self, shares: Sequence[float] = FAN) -> Floats:
        """Quantiles of what is built from the first month until the end of each month.

        Parameters
        ----------
        shares : sequence of float, strictly between 0 and 1
            Shares of the runs, as for ``quantile``; by default the ends of the ranges that hold 90, 80 and 50 % of all
            runs, and the median between them, from the lowest to the highest.

        Returns
        -------
        array of float, shape (shares, months), vehicles
            Equal to ``quantile(share, until=month).value`` for each of them; of all years together, so that no single
            year need run along a row.

        Raises
        ------
        TypeError, ValueError
            If a share breaks its rule, or if ``keep`` was less than "breakdown".

        Examples
        --------
        >>> import avtosim
        >>> result = avtosim.simulate(avtosim.load("avtotor-2024-06"), runs=2000, seed=1, keep="breakdown")
        >>> bool(result.since_start([0.5])[0, -1] == result.quantile(0.5).value)
        True
        """
        row: object = shares
        if isinstance(row, str) or not isinstance(row, (Sequence, np.ndarray)) or len(row) == 0:
            raise ValueError(f"shares: must be a row of numbers between 0 and 1, both excluded; got {shares!r:.60}")
        for share in shares:
            check_share("shares", share)
        self._kept("by_month", "breakdown", "since_start")
        ranks = self._ranks(shares)
        found = [np.partition(self.outputs(until=month), ranks)[ranks] for month in self.labels["month"]]
        return np.array(found).T

    def logpdf(self, x: ArrayLike) -> Floats:
        """Logarithm of the density of the output, smoothed over the runs around a value.

        Parameters
        ----------
        x : array_like
            Outputs in vehicles, any shape.

        Returns
        -------
        ndarray
            Natural logarithms of the density per vehicle, in the shape of ``x``.

        Notes
        -----
        A normal kernel of Silverman's width, reflected at zero. Beyond all runs the value rests on the nearest one and
        says little more than that no run came near it.
        """
        return log_density_of_runs(self.ordered, np.asarray(x, dtype=np.float64))

    def order_book(self, partner: str) -> OrderBook:
        """What is called off from a partner, what arrives, and what is built of it, month by month.

        Parameters
        ----------
        partner : str
            Name of the partner.

        Returns
        -------
        OrderBook
            Print it for means and quantiles of each month.

        Raises
        ------
        ValueError
            If there is no such partner, or if ``keep`` was less than "months".
        """
        return self._parts.order_book(partner, self.run_info.replicate_size)

    @cached_property
    def by_vehicle(self) -> Breakdown:
        """Output by vehicle; ``ValueError`` unless ``keep`` was "breakdown" or more."""
        return self._breakdown("vehicle", self.labels["vehicle"], self._kept("by_vehicle", "breakdown"))

    @cached_property
    def by_partner(self) -> Breakdown:
        """Output by partner; ``ValueError`` unless ``keep`` was "breakdown" or more.

        A vehicle counts for each partner that sends one of its components. Where partners share a component it counts
        for them in proportion to the kits that arrived; for one that shares several components, by the largest of these
        proportions.
        """
        names = tuple(self.groups.get("partner", ()))
        self._kept("by_vehicle", "breakdown", "by_partner")
        built = [self._parts.of_partner(name) for name in names]
        return self._breakdown("partner", names, np.array(built).reshape(len(names), self.runs))

    @cached_property
    def by_month(self) -> Breakdown:
        """Output by month, such as "2024-01"; ``ValueError`` unless ``keep`` was "breakdown" or more."""
        return self._breakdown("month", self.labels["month"], self._kept("by_month", "breakdown"))

    @cached_property
    def open_orders(self) -> Breakdown:
        """What still waits at the end, by vehicle; only vehicles whose unmet demand may wait are parts."""
        none = np.zeros((0, self.runs))
        return self._breakdown("vehicle", self.labels.get("waiting", ()), self.record.get("open_orders", none))

    def _breakdown(self, what: str, names: tuple[str, ...], values: Floats) -> Breakdown:
        return Breakdown(what, names, values, self.run_info.replicate_size)

    @property
    def months(self) -> Floats:
        """Output, shape (vehicles, months, runs); ``ValueError`` unless ``keep`` was "months" or more."""
        return self._kept("built", "months", "months")

    @property
    def flows(self) -> Mapping[str, Floats]:
        """All flows by name, each (rows, months, runs); ``ValueError`` unless ``keep`` was "flows".

        Rows are vehicles, lines, partners, or accounts of kits: a component of a vehicle from one partner.
        """
        self._kept("scheduled", "flows", "flows")
        return ReadOnly({name: values for name, values in self.record.items() if len(self.axes[name]) == 3})

    def _kept(self, name: str, keep: str, what: str = "") -> Floats:
        if name not in self.record:
            raise ValueError(f"{what or name}: not kept; ask for it with simulate(..., keep='{keep}')")
        return self.record[name]

    def flow(self, name: str, *, vehicle: str) -> Floats:
        """One flow of one vehicle, account, line or partner.

        Parameters
        ----------
        name : str
            Name of the flow, such as "built" or "capacity".
        vehicle : str
            Name of the vehicle, or of the row that the flow has instead: of the line for "capacity", of the account for
            "called", "arrived" and "kits" (``result.labels["account"]``; the vehicle itself where it has one account).

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
        found: Floats = self._breakdown(axis, self.labels[axis], values)[vehicle]
        return found

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
        year = self.is_year
        rows: list[tuple[Cell, ...]] = [
            (say("eight years in ten") if year else say("eight runs in ten"), Between(low, high)),
            (say("expected output"), self.mean()),
            (say("half of all years above") if year else say("half of all runs above"), middle),
        ]
        if self.scheduled:
            rows.append((say("the schedule holds"), self.scheduled))
        if "open_orders" in self.record and self.record["open_orders"].any():
            size = self.run_info.replicate_size
            left = mean_estimate(self.open_orders.array.sum(axis=0), size, 0.95, "orders left open at the end")
            rows.append((say("orders left open at the end"), left))
        chances = [(self.in_words(target), self._noted(self.chance(target))) for target in self.targets]
        sections = {say("forecast"): rows} | ({say("chance"): chances} if chances else {})
        columns = Column(say("quantity")), Column(say("value"), "words")
        title: str = self.run_info.title
        if self.span:
            title = say("{title} ({span})", title=title, span=self.span)
        return Table(columns, sections, title=title, notes=self._notes(), header=False)

    def report(self, path: str | os.PathLike[str], *, language: str = "en", outside: Any = None) -> None:
        """Write a page for the board: one HTML file that needs nothing from the net, two A4 pages when printed.

        Parameters
        ----------
        path : str or path
            The file, ending in .html. One that exists is replaced, whole or not at all.
        language : {"en", "ru"}, default "en"
            Language of the page. Names and notes that the scenario states stay as they are.
        outside : OutsideView, optional
            What became of such plans elsewhere (see ``outside_view``), to stand beside the answer.

        Returns
        -------
        None

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError, ValueError
            If ``path`` names no such file, or for a language that there is not.
        OSError
            If the file cannot be written.

        Notes
        -----
        What explains the answer is simulated for the page, with at most 32,768 runs for each study: for the bundled
        case and a result of 100,000 runs in about the time of eight simulations of as many. Sections for which the
        result lacks something, such as the months or a scenario that can be read back from text, are left out, and the
        page says so.
        """
        upward("Result.report")(self, path, language=language, outside=outside)

    def to_excel(self, path: str | os.PathLike[str], *, language: str = "en") -> None:
        """Write a workbook: the answer, months, partners, order books, the ledger, the register and what made it.

        Parameters
        ----------
        path : str or path
            The file, ending in .xlsx. One that exists is replaced, whole or not at all.
        language : {"en", "ru"}, default "en"
            Language of the sheets. Names and notes that the scenario states stay as they are.

        Returns
        -------
        None

        Raises
        ------
        ImportError
            If openpyxl is not installed.
        TypeError, ValueError
            If ``path`` names no such file, or for a language that there is not.
        OSError
            If the file cannot be written; ``PermissionError`` too where another program holds it open.

        Notes
        -----
        Numbers are unrounded, with their units in the heads. The ledger is simulated for its sheet: the same scenario
        and seed, as many runs, at most 4,096. Sheets for which the result keeps too little, or whose scenario cannot be
        read back from text, are left out, and the last sheet says what to ask for.
        """
        upward("Result.to_excel")(self, path, language)

    def plot(self, kind: str = "exceedance", *, ax: Any = None, language: str = "en") -> Any:
        """A picture of the result.

        Parameters
        ----------
        kind : {"exceedance", "fan", "months", "partners"}, default "exceedance"
            The chance to build at least so much, with the targets and what was announced; what is built since the first
            month, with the ranges that hold 50, 80 and 90 % of all years, and the schedule; output by month; output by
            partner.
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default on a figure of its own.
        language : {"en", "ru"}, default "en"
            Language of the labels.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on; ``ax.figure.savefig("output.png", dpi=200)`` writes the picture.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError, ValueError
            If ``ax`` is no Axes, for an unknown kind or language, or if the result does not keep what it takes.

        Notes
        -----
        All that is drawn can be had as numbers: ``ordered``, ``chance``, ``since_start``, ``schedule``, ``by_month``
        and ``by_partner``. Targets that count until a month or for a part of the plant are not on the axis of the
        first picture and are left out of it. The other pictures take ``keep="breakdown"`` or more.
        """
        return upward("Result.plot")(self, kind, ax, language)

    @property
    def is_year(self) -> bool:
        """Whether a run is called a year in print, as it is if it has twelve months."""
        return len(self.labels.get("month", ())) in (0, 12)

    def _noted(self, chance: Estimate) -> Estimate:
        times = _times(round(chance.value * self.runs), self.runs)
        if not times:
            return attrs.evolve(chance, warning="")
        played = say("{runs} years played", runs=self.runs)
        if self.runs == 1 or not self.is_year:
            played = say("one run") if self.runs == 1 else say("{runs} runs played", runs=self.runs)
        return attrs.evolve(chance, warning=say("{times} in {runs}", times=times, runs=played))

    def _notes(self) -> tuple[str, ...]:
        mean, notes = self.mean(), []
        if "ledger" in self.record:
            found = self.record["ledger"]
            means = dict(zip(self.labels["entry"], found.mean(axis=1).tolist(), strict=True))
            notes.append(in_one_line(means, found.shape[1], self.runs))
        volumes = [target for target in self.targets if not isinstance(target, PartOfOutput)]
        rare = [target for target in volumes if np.count_nonzero(reached(self.annual, target)) < _FEW]
        if rare:
            hint = say("take more runs, or use rare_chance(scenario, at_least={volume})", volume=f"{rare[0]:.12g}")
            names = joined_by_and([stated(target) for target in rare])
            text = say(
                "at least {volumes} vehicles were reached in fewer than ten runs: {hint}", volumes=names, hint=hint
            )
            if len(rare) == 1:
                text = say(
                    "at least {volume} vehicles was reached in fewer than ten runs: {hint}", volume=names, hint=hint
                )
            notes.append(text)
        sent = {vehicle for of in self.groups.get("partner", {}).values() for vehicle in of}
        alone = [vehicle for vehicle in self.labels.get("vehicle", ()) if vehicle not in sent]
        if sent and alone:
            names = joined(", ", alone)
            notes.append(say("no kits are stated for {names}: they never hold up what is built", names=names))
        return (*notes, self._error(mean), self._foot())

    def _error(self, mean: Estimate) -> str:
        """How far the runs alone leave the numbers open."""
        if not math.isfinite(mean.high):
            text = say("unknown from one replicate")
        else:
            half = rough(0.5 * (mean.high - mean.low))
            text = say("+-{half} vehicles on the expected output (95 %)", half=half)
            chances = [self.chance(target) for target in self.targets]
            if chances:
                points = rough(50.0 * max(chance.high - chance.low for chance in chances))
                text = say("+-{points} points on each chance at most, {rest}", points=points, rest=text)
        return say("error of the runs: {text}; it says nothing of the assumptions", text=text)

    def _foot(self) -> str:
        info = self.run_info
        text = say("{runs} {runs:run|runs}", runs=self.runs)
        if info.first_run:
            text = say("{runs}, from run {first}", runs=text, first=info.first_run)
        return joined("; ", [joined(", ", [text, info.summary]), info.stopped])

    def __repr__(self) -> str:
        return f"<Result of {self.run_info.title!r}: {self._foot()}>"


def part_in_words(until: str | None, of: object) -> str:
    """A part of the output in words: whose it is and until when it counts; empty for all of it."""
    names = [of] if isinstance(of, str) else list(of or ())  # type: ignore[call-overload]
    text = say(" of {names}", names=joined(", ", names)) if names else ""
    return text if until is None else joined("", [text, say(" until {month}", month=until)])


def joined_by_and(texts: Sequence[str]) -> str:
    """Texts with the word "and" between them."""
    first, *rest = texts
    for text in rest:
        first = say("{first} and {second}", first=first, second=text)
    return first


def reached_in(times: str, runs: int) -> str:
    """How often a target was reached."""
    return say("reached {times} in {runs} {runs:run|runs}", times=times, runs=runs)


def so_in(times: str, runs: int) -> str:
    """How often the output was so."""
    return say("so {times} in {runs} {runs:run|runs}", times=times, runs=runs)


def _times(hits: int, runs: int) -> str:
    """How often a target was reached, where that is worth a word."""
    if hits in (0, runs):
        return say("always") if hits else say("not once")
    if hits < _FEW:
        return say("once") if hits == 1 else say("{hits} times", hits=hits)
    return ""
