"""Delays of launches from a log of launches, with those that have not come yet."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import attrs

from ..answers.readonly import ReadOnly
from ..answers.table import Column, Table
from ..declare.faults import FactError, Fault
from ..declare.rules import Law
from ..laws.bounded import Truncated
from ..laws.discrete import Discrete
from ..say import say
from .durations import Event, Fitted, digits, fitted, fitted_by, pooled
from .fits import Fit, Found, in_words, origin, ranking, warn_of_few
from .tables import ALL, Row, kinds_of, moment, moment_in, months, raise_all, require_one_kind, rows_of

#: Prior of the geometric mean of the delay of a launch that is late, in months: its median and log sd.
LATE = (3.0, 1.2)
_COLUMNS = ("name", "planned", "actual")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class DelayFit(Fit):
    """How late launches are, from a log of launches. Print it for a table.

    ``fit["E5"]`` is the law of the delay of a launch in the log that has not come, given how late it is already. The
    name of a kind ("all" where no kinds are stated), or of a launch that has come, gives the law of a new launch of
    this kind. ``fit_delay`` makes it.

    Parameters
    ----------
    found : mapping of str to Found
        What was found, by launch and by kind.
    kinds : mapping of str to sequence of str
        The launches of each kind.
    candidates : Table
        The laws of late launches that were tried, with their leave-one-out log scores. The first is the best and is
        used.
    events : mapping of str to sequence of (float, bool)
        How many months late each launch was, or is, and whether it has come; of one that was not due yet there is none.
    """

    field: ClassVar[str] = "delay"
    numbers: ClassVar[tuple[str, ...]] = ("delay",)
    candidates: Table
    events: Mapping[str, Sequence[tuple[float, bool]]] = attrs.field(converter=ReadOnly)

    def __getitem__(self, name: str) -> Law:
        """Return the law of a launch's delay in months.

        Parameters
        ----------
        name : str
            A launch in the log, or a kind for a new launch of this kind.

        Returns
        -------
        law
            Of the delay in months; 0 is on time or early.

        Raises
        ------
        FactError
            If there is no such name.
        """
        law: Law = super().__getitem__(name)
        return law

    @property
    def law(self) -> Law:
        """The law of a new launch's delay in months, where no kinds are stated; with kinds use ``fit[kind]``."""
        return self[ALL]

    @property
    def table(self) -> Table:
        """The chance of being on time, and quantiles of the delay, of new launches and of those that have not come."""
        names = (say("on time"), "P10", "P50", "P90", say("mean"))
        columns = (Column(say("launch")), *(Column(name, "plain") for name in names))

        def numbers(name: str) -> Iterator[float]:
            law: Any = self[name]
            yield from (law.cdf(0.0), *law.ppf([0.1, 0.5, 0.9]), law.mean())

        pending = {kind: [name for name in names if self[name] is not self[kind]] for kind, names in self.kinds.items()}
        notes = tuple(self.provenance(kind).note for kind in self.kinds)
        return Table(columns, self._rows(pending, numbers), say("chance of being on time; months of delay"), notes)


def fit_delay(log: Any, *, like: Mapping[str, str] | None = None) -> DelayFit:
    """Find from a log of launches how late launches are.

    Parameters
    ----------
    log : path, data frame or rows
        A CSV file, a pandas data frame or mappings with ``name``, ``planned`` and ``actual``: dates, months (their
        first day) or numbers of months. Where ``actual`` is empty the launch has not come, and ``seen_until`` says up
        to when this is known. A column ``source`` goes into the provenance; others are ignored.
    like : mapping from str to str, optional
        The kind of each launch; launches of one kind are taken to be alike. By default all are of one kind, "all".

    Returns
    -------
    DelayFit
        By launch and by kind: print it, or put it into a scenario by ``scenario.replace(**fit.changes({...}))``.

    Raises
    ------
    FactError
        For missing columns, a name that comes twice, a value that is no moment, a launch with neither ``actual`` nor
        ``seen_until``, or one that came after ``seen_until``; each with its row, name and value.
    OSError
        If the file cannot be read.

    Warns
    -----
    UserWarning
        If fewer than five launches of a kind have come late: the law then rests mostly on the prior.

    Notes
    -----
    Early counts as on time. The chance of being on time has a uniform prior. How late the others are follows a
    lognormal, Weibull, gamma or exponential law. Its geometric mean (prior median 3 months, log sd 1.2) and its spread,
    the standard deviation of the logarithm (prior median 0.9, log sd 0.4), are on a grid; the priors are guesses. A
    launch that is late and has not come counts by the chance of a delay at least so long; one that is not due yet does
    not count. The law with the best leave-one-out log score is used, pooled over what is uncertain about its scale. A
    programme that was given up would count as a launch that has not come, but the law knows no delay without end: leave
    such programmes out of the log, and state the chance of giving up elsewhere in the scenario. There the delay counts
    from ``start``, which must be the planned start. Sources as for ``fit_stops``.

    Examples
    --------
    >>> import avtosim
    >>> late = {"A": 2, "B": 0, "C": 5.5, "D": 1, "E": 9, "F": 3}
    >>> log = [{"name": name, "planned": 0, "actual": months, "seen_until": 12} for name, months in late.items()]
    >>> log.append({"name": "G", "planned": 6, "actual": None, "seen_until": 12})
    >>> fit = avtosim.fit_delay(log)
    >>> fit.provenance("all").note
    '7 launches: 1 on time, 5 late, 1 late and still to come'
    >>> fit["G"].support()[0]
    6.0
    """
    rows = rows_of(log, "log", _COLUMNS, ("seen_until", "source"))
    events = _events(rows)
    kinds = kinds_of(events, like)
    found: dict[str, Found] = {}
    ranked: dict[str, list[Fitted]] = {}
    came_late: dict[str, int] = {}
    for kind, names in kinds.items():
        said = [event for name in names if (event := events[name]) is not None]
        late = [event for event in said if event.months > 0.0]
        ranked[kind] = fitted({kind: late}, median=LATE[0], log_sd=LATE[1])
        came_late[kind] = sum(event.over for event in late)
        parts = ranked[kind][0].parts(kind)
        # A uniform prior of the chance of being on time.
        on_time = (len(said) - len(late) + 1.0) / (len(said) + 2.0)
        every = {f"late {part}": ((1.0 - on_time) * weight, law) for part, (weight, law) in parts.items()}
        law = pooled({"on time": (on_time, Discrete([0.0], [1.0])), **every})
        note = _note(len(names), said)
        of_kind = [row for row in rows if row.cells["name"] in names]
        until = [moment(row.cells.get(column)) for row in of_kind for column in ("actual", "seen_until")]
        new = Found(law, origin(note, of_kind, until))
        for name in names:
            found[name] = new
            if (event := events[name]) is not None and not event.over:
                given = f"{note}; {digits(event.months, 3):g} months late already"
                # Its own waiting is in the bound, so it must not be in what the law is fitted to.
                rest = {kind: [other for other in late if other is not event]}
                fit = fitted_by(ranked[kind][0].candidate, rest, median=LATE[0], log_sd=LATE[1])
                left = Truncated(pooled(fit.parts(kind)), low=digits(event.months))
                found[name] = Found(left, origin(given, [r for r in of_kind if r.cells["name"] == name], until))
        found[kind] = new
    warn_of_few("fit_delay", came_late, "launches that came late", f"delays rest mostly on the prior, {in_words(LATE)}")
    seen = {name: () if event is None else ((event.months, event.over),) for name, event in events.items()}
    return DelayFit(found=found, kinds=kinds, candidates=ranking(ranked, "late launches"), events=seen)


def _note(launches: int, said: Sequence[Event]) -> str:
    counts = {
        "on time": sum(event.months == 0.0 for event in said),
        "late": sum(event.months > 0.0 and event.over for event in said),
        "late and still to come": sum(not event.over for event in said),
        "not due yet": launches - len(said),
    }
    words = ", ".join(f"{count} {words}" for words, count in counts.items() if count)
    return f"{launches} launch{'es' if launches > 1 else ''}: {words}"


def _events(rows: Sequence[Row]) -> dict[str, Event | None]:
    """The delay of each launch; None where its day has not come."""
    faults: list[Fault] = []
    stated: list[tuple[Row, dict[str, float]]] = []
    for row in rows:
        given = [column for column in ("planned", "actual", "seen_until") if row.cells.get(column) is not None]
        at = {column: moment_in(row, column, faults) for column in dict.fromkeys(["planned", *given])}
        stated.append((row, {column: value for column, value in at.items() if value is not None}))
        if not {"actual", "seen_until"}.intersection(given):
            rule = "must be given; if the launch has not come, give seen_until, up to when that is known"
            faults.append(row.fault("actual", rule))
    raise_all(faults)
    require_one_kind((value for _, at in stated for value in at.values()), "log")
    events: dict[str, Event | None] = {}
    for row, known in stated:
        inside = {c: months(value, "closing" if c == "seen_until" else "opening") for c, value in known.items()}
        if row.cells["name"] in events:
            faults.append(row.fault("name", "must be stated once"))
        elif inside.get("actual", -math.inf) >= inside.get("seen_until", math.inf):
            faults.append(row.fault("actual", f"must lie before seen_until ({known['seen_until']})"))
        over = "actual" in inside
        late = inside["actual" if over else "seen_until"] - inside["planned"]
        events[row.cells["name"]] = Event(max(late, 0.0), over) if over or late > 0.0 else None
    raise_all(faults)
    if not events:
        raise FactError([Fault("log", "must hold at least one launch")])
    return events
