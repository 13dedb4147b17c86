"""The ledger: where planned output went, by cause, month, vehicle and partner, in tables that sum."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import Term, say
from . import intervals
from .estimate import Estimate, mean_estimate
from .readonly import ReadOnly, read_only, read_only_arrays
from .result import ROUNDING, RunInfo
from .short_ledger import adds_up
from .steps import Stepped
from .table import Cell, Column, Table, Tabular

Floats = NDArray[np.float64]


@attrs.frozen(eq=False, repr=False, kw_only=True)
class LedgerPart(Tabular):
    """A ledger along some labels, such as months or partners. Print it for means that sum, across and down.

    ``ledger.by(what)`` makes it.

    Parameters
    ----------
    what : str
        What the labels are: "month", "vehicle", "partner", "line" or "market".
    names : tuple of str
        The labels; the last one is "other" where something belongs to none, as what was not lost to kits belongs to no
        partner.
    causes : tuple of str
        The causes.
    per_run : array of float, shape (causes, labels, runs), vehicles
        What each cause took of each label; what was made up is negative. Read-only.
    planned, built : array of float, shape (labels, runs), vehicles
        What was planned and what was built; zero by partner, where only kits are counted. Read-only.
    note : str
        Runs, seed and version.

    Examples
    --------
    >>> import avtosim
    >>> part = avtosim.ledger(avtosim.load("avtotor-2024-06"), runs=500, seed=1).by("partner")
    >>> part.names[-2:]
    ('Jetour', 'other')
    >>> part.mean("Jetour", "kits: stops").value > 0
    True
    """

    what: str
    names: tuple[str, ...]
    causes: tuple[str, ...]
    per_run: Floats = attrs.field(converter=read_only)
    planned: Floats = attrs.field(converter=read_only)
    built: Floats = attrs.field(converter=read_only)
    note: str

    def mean(self, name: str, cause: str, *, confidence: float = 0.95) -> Estimate:
        """What a cause took of one label on average.

        Parameters
        ----------
        name : str
            The label.
        cause : str
            The cause.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            In vehicles; negative for what was made up.

        Raises
        ------
        ValueError
            If there is no such label or cause, or if ``confidence`` breaks its rule.
        """
        values = self.per_run[_place("cause", cause, self.causes), _place("name", name, self.names)]
        return mean_estimate(values, 1, confidence, say("lost to {cause}, {name}", cause=cause, name=name))

    @property
    def table(self) -> Table:
        """Means for each label and for all: planned, what each cause took (negative) or gave, built."""
        rows: list[tuple[Cell, ...]]
        rows = [(cause, *_changes(values)) for cause, values in zip(self.causes, self.per_run, strict=True)]
        if self.planned.any():
            rows = [(say("planned"), *_means(self.planned)), *rows, (say("built"), *_means(self.built))]
        else:
            rows.append((say("all causes"), *_changes(np.asarray(sum(self.per_run)))))
        kinds = (Column(name, "difference") for name in (*self.names, say("all")))
        notes = (say("means; vehicles are rounded"), self.note)
        return Table((Column(Term(f"by {self.what}")), *kinds), {"": rows}, notes=notes)

    def __repr__(self) -> str:
        return f"<LedgerPart by {self.what}: {', '.join(self.names)}; {self.note}>"


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Ledger(Tabular, Stepped):
    """Where planned output went, run by run. Print it for a table that sums: planned, less each cause, is built.

    ``ledger`` makes it. ``by("month")``, ``by("vehicle")``, ``by("partner")``, ``by("line")`` and ``by("market")`` give
    the same along labels.

    Parameters
    ----------
    causes : tuple of str
        What planned output can be lost to in this scenario: "late launch", "demand", the causes of missing kits ("kits:
        fill rate", "kits: stops", "kits: leaving", "kits: " with the name of a shock, "kits: not called off"), "line",
        and "made up", which counts as negative.
    arrays : mapping of str to array of float, shape (2 + causes, labels, runs), vehicles
        By "month", "vehicle" and "partner": what was planned, what each cause took, what was built.
    labels : mapping of str to tuple of str
        Names of the months, vehicles and partners.
    groups : mapping
        For "line" and "market" a mapping from each of their names to the names of its vehicles.
    run_info : RunInfo
        What made the runs.

    Examples
    --------
    >>> import avtosim
    >>> found = avtosim.ledger(avtosim.load("avtotor-2024-06"), runs=500, seed=1)
    >>> bool(abs(found.planned - found.per_run.sum(axis=0) - found.built).max() < 1e-6)
    True
    """

    causes: tuple[str, ...]
    arrays: Mapping[str, Floats] = attrs.field(converter=read_only_arrays)
    labels: Mapping[str, tuple[str, ...]] = attrs.field(converter=ReadOnly)
    groups: Mapping[str, Mapping[str, tuple[str, ...]]] = attrs.field(converter=ReadOnly)
    run_info: RunInfo

    @cached_property
    def _totals(self) -> tuple[Floats, Floats, Floats]:
        every = read_only(_summed(self.arrays["month"]))
        return every[0], every[1:-1], every[-1]

    @property
    def planned(self) -> Floats:
        """What was planned in each run, the schedule without launch delays, shape (runs,) in vehicles; read-only."""
        return self._totals[0]

    @property
    def built(self) -> Floats:
        """What was built in each run, shape (runs,) in vehicles; read-only."""
        return self._totals[2]

    @property
    def per_run(self) -> Floats:
        """What each cause took in each run, shape (causes, runs) in vehicles; what was made up is negative; read-only.

        ``planned`` less its sum is ``built``, but for rounding.
        """
        return self._totals[1]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.planned.size)

    @cached_property
    def mean(self) -> Mapping[str, Estimate]:
        """What each cause took on average, in vehicles, by cause; what was made up is negative."""
        every = zip(self.causes, self.per_run, strict=True)
        return ReadOnly(
            {cause: mean_estimate(values, 1, 0.95, say("lost to {cause}", cause=cause)) for cause, values in every}
        )

    def by(self, what: str) -> LedgerPart:
        """The ledger along labels; every sum over the labels is that of the whole.

        Parameters
        ----------
        what : {"month", "vehicle", "partner", "line", "market"}
            What the labels are. By partner it says whose kits were missing; all other causes stand under "other".

        Returns
        -------
        LedgerPart

        Raises
        ------
        ValueError
            For another word.
        """
        known = (*self.arrays, *self.groups)
        _place("what", what, known)
        if what in self.arrays:
            names, values = self.labels[what], self.arrays[what]
        else:
            names, vehicles = tuple(self.groups[what]), self.labels["vehicle"]
            members = [[vehicles.index(vehicle) for vehicle in of] for of in self.groups[what].values()]
            grouped = [_summed(self.arrays["vehicle"][:, own]) for own in members]
            values = np.array(grouped).reshape(len(names), 2 + len(self.causes), self.runs).swapaxes(0, 1)
        rest = _summed(self.arrays["month"]) - _summed(values)
        if what == "partner":
            rest[[0, -1]] = 0.0
        if not names or np.abs(rest).max() > ROUNDING:
            names, values = (*names, say("other")), np.concatenate([values, rest[:, None]], axis=1)
        held = {"planned": values[0], "per_run": values[1:-1], "built": values[-1]}
        return LedgerPart(what=what, names=names, causes=self.causes, note=self._foot(), **held)

    @property
    def _flows(self) -> tuple[Floats, ...]:
        return (self.planned, *self.per_run, self.built)

    @property
    def table(self) -> Table:
        """Mean of what was planned, of what each cause took (negative) or gave, and of what was built.

        Beside them stand 95 % intervals, and each cause's share of all that was lost.
        """
        # What rounding leaves of nothing is nothing.
        every = (self.planned, *(np.where(np.abs(self.per_run) > ROUNDING, 0.0 - self.per_run, 0.0)), self.built)
        planned, *changes, built = (mean_estimate(values, 1, 0.95, "") for values in every)
        lost = self.per_run.sum(axis=0)
        shares = [_share(values, lost, cause) for cause, values in zip(self.causes, self.per_run, strict=True)]
        rows: list[tuple[Cell, ...]] = [(say("planned"), planned.value, planned, None)]
        rows += [(cause, c, c, share) for cause, c, share in zip(self.causes, changes, shares, strict=True)]
        rows.append((say("built"), built.value, built, None))
        columns = (
            Column(""),
            Column(say("vehicles"), "difference"),
            Column(say("95 % interval"), "interval"),
            Column(say("share of the loss"), "value"),
        )
        whole = adds_up(planned.value, [change.value for change in changes], built.value)
        told = say("it tells what bound in each month; split(scenario) tells what would be built without a cause")
        rounded = [] if whole else [say("vehicles are rounded, each by itself")]
        notes = (*self.conventions, told, *rounded, self._foot())
        return Table(columns, {"": rows}, title=self.run_info.title, notes=notes)

    @property
    def conventions(self) -> tuple[str, ...]:
        """What the causes mean, and by which conventions, in sentences."""
        kits = [cause for cause in self.causes if cause.startswith("kits: ")]
        notes = [say("demand is what had no buyers")]
        if kits:
            notes = [
                say("demand is what had no buyers, kits what had no kits; what had neither is halved between the two")
            ]
        if len(kits) > 2:
            notes.append(
                say("cancelled kits are split over their causes by the logarithms of the shares that each let through")
            )
        if "made up" in self.causes:
            notes.append(say("made up is what was built beyond the schedule of a month, as flex allows"))
        return tuple(notes)

    def _foot(self) -> str:
        return self.run_info.of_runs(self.runs)

    def __repr__(self) -> str:
        return f"<Ledger of {self.run_info.title!r}: {self._foot()}>"


def _place(argument: str, value: object, known: tuple[str, ...]) -> int:
    """Where a word stands among those known."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{argument}: must be one of {', '.join(known)}; got {value!r:.60}")
    return known.index(value)


def _summed(values: Floats) -> Floats:
    """Sum over the labels, one after another."""
    return np.asarray(sum(values.swapaxes(0, 1), np.zeros((len(values), values.shape[-1]))))


def _with_sum(values: Floats) -> list[Floats]:
    return [*values, np.asarray(sum(values))]


def _means(values: Floats) -> list[float]:
    """Mean of each label, and of all together."""
    return [float(one.mean()) for one in _with_sum(values)]


def _changes(values: Floats) -> list[Estimate | None]:
    """What was taken of each label, and of all together, as a change; none where it never is."""
    every = _with_sum(values)
    return [mean_estimate(0.0 - one, 1, 0.95, "") if np.abs(one).max() > ROUNDING else None for one in every]


def _share(values: Floats, lost: Floats, cause: str) -> Estimate | None:
    """A cause's share of what was lost in the mean; none where nothing was lost in the mean."""
    mean = float(lost.mean())
    if mean <= ROUNDING:
        return None
    share = float(values.mean()) / mean
    # The mean of these is the share, and their spread that of the ratio of two means (delta method).
    found = intervals.mean(share + (values - share * lost) / mean, 1)
    rest = {
        "method": "delta method",
        "what": say("share of the loss to {cause}", cause=cause),
        "unit": "share of the loss",
    }
    return Estimate.of(found, runs=values.size, **rest)
