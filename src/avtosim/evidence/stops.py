"""Stops from a log of stops: how often a partner stops and for how long, with what the log leaves uncertain."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import attrs
import numpy as np
from scipy import optimize, special

from ..answers.readonly import ReadOnly
from ..answers.table import Column, Table
from ..declare.faults import FactError, Fault, nearest
from ..declare.rules import Law
from ..facts.entities import Stops
from ..laws.bounded import Truncated
from ..laws.continuous import Gamma, LogNormal
from ..say import say
from .durations import NEW, Event, Fitted, Floats, digits, fitted, pooled
from .fits import Fit, Found, in_words, origin, ranking, warn_of_few
from .tables import Row, kinds_of, moment, moment_in, months, raise_all, require_one_kind, rows_of

#: Prior of a class's mean rate, a year, and of the shape of its gamma law: the median and the log sd of each.
RATE, SHAPE = (1.0, 1.5), (3.0, 1.5)
#: Prior of the geometric mean of a stop's duration, in months: its median and log sd.
DURATION = (0.6, 1.2)
_MEANS, _SHAPES = np.geomspace(0.003, 400.0, 150), np.geomspace(0.1, 60.0, 14)[:, None]
_COLUMNS = ("partner", "start", "end")


@attrs.frozen
class Span:
    """What was observed of a partner: the first and the last moment, as stated and in months."""

    first: float
    last: float

    @property
    def begin(self) -> float:
        """When observation begins."""
        return months(self.first, "opening")

    @property
    def end(self) -> float:
        """When it ends."""
        return months(self.last, "closing")


@attrs.frozen
class _Stop:
    """A stop of the log in months, and its row; without an end it is still going on."""

    start: float
    end: float | None
    row: Row

    def seen(self, last: float) -> Event:
        """What was seen of it: a stop that outlasts observation is still going on at its end."""
        over = self.end is not None and self.end <= last
        return Event((self.end if over and self.end is not None else last) - self.start, over)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class StopsFit(Fit):
    """How often partners stop and for how long, from a log of stops. Print it for a table.

    ``fit["Kaiyi"]`` is a ``Stops`` fact; the name of a kind ("all" where no kinds are stated) gives that of a partner
    of this kind without records of its own. ``fit_stops`` makes it.

    Parameters
    ----------
    found : mapping of str to Found
        What was found, by partner and by kind.
    kinds : mapping of str to sequence of str
        The partners of each kind.
    candidates : Table
        The laws of durations that were tried, with their leave-one-out log scores. The first is the best and is used.
    fits : mapping of str to Fitted
        The best of them for each kind; ``duration`` uses it.
    events : mapping of str to sequence of (float, bool)
        How many months each partner's stops lasted as far as it was seen, and whether they are over.
    """

    field: ClassVar[str] = "stops"
    numbers: ClassVar[tuple[str, ...]] = ("stops.per_year", "stops.duration", "stops.severity")
    candidates: Table
    _fits: Mapping[str, Fitted] = attrs.field(converter=ReadOnly)
    events: Mapping[str, Sequence[tuple[float, bool]]] = attrs.field(converter=ReadOnly)

    def __getitem__(self, name: str) -> Stops:
        """Return the stops of a partner, or of a new one of a kind.

        Parameters
        ----------
        name : str
            The partner or the kind.

        Returns
        -------
        Stops
            Running at the start. The law of the rate, and ``severity``, hold what the log leaves uncertain.

        Raises
        ------
        FactError
            If there is no such name.
        """
        stops: Stops = super().__getitem__(name)
        return stops

    def duration(self, name: str) -> Law:
        """The law of a new stop's duration, including what is uncertain about its scale.

        Parameters
        ----------
        name : str
            A partner, or a kind for a new partner of it.

        Returns
        -------
        law
            In months: the law of ``duration * severity`` of the fact. Quantiles in the printed table are its quantiles.

        Raises
        ------
        FactError
            If there is no such name.
        """
        self._of(name)
        kind = next(kind for kind, names in self.kinds.items() if name == kind or name in names)
        return pooled(self._fits[kind].parts(NEW if name == kind else name))

    @property
    def table(self) -> Table:
        """Stops and months observed, and quantiles of the rate and of a stop's duration, partner by partner."""
        rates = (say("rate {share}", share=share) for share in ("P5", "P50", "P95"))
        times = (say("stop {share}", share=share) for share in ("P10", "P50", "P90"))
        columns = Column(say("partner")), Column(say("stops"), "count"), Column(say("months"), "plain")

        def numbers(name: str) -> Iterator[float]:
            yield from self[name].per_year.ppf([0.05, 0.5, 0.95])  # type: ignore[union-attr]
            yield from self.duration(name).ppf([0.1, 0.5, 0.9])

        title = say("stops and months observed; rate: stops a year of running; stop: months that a stop lasts")
        more = (Column(name, "plain") for name in (*rates, *times))
        return Table((*columns, *more), self._rows(self.kinds, numbers), title=title)


def fit_stops(log: Any, *, observed: Any, like: Mapping[str, str] | None = None) -> StopsFit:
    """Find from a log of stops how often partners stop, and for how long.

    Parameters
    ----------
    log : path, data frame or rows
        A CSV file, a pandas data frame or mappings with ``partner``, ``start`` and ``end``: dates, months (of a start
        the first day, of an end the last) or numbers of months. A stop whose end is empty, or after the end of
        observation, was still going on then. A column ``source`` goes into the provenance; others are ignored.
    observed : mapping from str to pair, or one pair
        First and last moment at which each partner was watched. A partner that never stopped is named only here. One
        pair stands for all partners of the log; then partners that never stopped are left out, and rates come out too
        high.
    like : mapping from str to str, optional
        The kind of each partner; partners of one kind are taken to be alike. By default all are of one kind, "all".

    Returns
    -------
    StopsFit
        By partner and by kind: print it, or put it into a scenario by ``scenario.replace(**fit.changes({...}))``.

    Raises
    ------
    FactError
        For missing columns, a partner that is not observed, a stop that begins outside of what was observed,
        ends before it begins, or begins before another of the same partner has ended; each with its row, partner and
        value.
    OSError
        If the file cannot be read.

    Warns
    -----
    UserWarning
        If fewer than five stops of a kind have ended: durations then rest mostly on the prior.

    Notes
    -----
    A stop that begins with the first moment observed counts as one that was going on then: its duration and the time it
    takes count, not its beginning. The day of an end counts as stopped.

    Rates: n stops in T years of running have the likelihood ``rate**n exp(-rate T)``. The rates of a kind follow a
    gamma law; its mean and its shape are on a grid, weighted by the records and by lognormal priors (mean: median 1 a
    year, log sd 1.5; shape: median 3, log sd 1.5). The mixture of gamma laws that results is replaced by one gamma law
    with the same mean and the same mean logarithm, bounded by 365 a year.

    Durations: lognormal, Weibull, gamma and exponential laws. The geometric mean of a partner is normal in the
    logarithm about that of its kind (median 0.6 months, log sd 1.2; half-normal 0.5 between partners), the spread, the
    standard deviation of the logarithm, is common to the kind (median 0.9, log sd 0.4); all on a grid. A stop that is
    not over counts by the chance to last at least so long. The law with the best leave-one-out log score is used.
    ``severity``, drawn once a run, holds what is uncertain about the scale, so that ``duration`` times ``severity`` is
    the law of a new stop.

    The priors are guesses. They are wide, and matter where records are few. In a scenario the laws of the partners are
    independent, although what is uncertain about their kind is in fact common to them. The fit knows nothing of trends,
    of stops that nobody wrote down, or of whether a partner is stopped today: all are running at the start. It takes a
    few hundredths of a second for each kind. Sources: Gelman et al. (2013), Bayesian Data Analysis, chapter 5, for
    classes; Vehtari et al. (2017), Statistics and Computing 27(5), for the score.

    Examples
    --------
    >>> import avtosim
    >>> log = [
    ...     {"partner": "Kaiyi", "start": "2023-02-10", "end": "2023-02-20"},
    ...     {"partner": "Kaiyi", "start": "2023-06-01", "end": "2023-06-25"},
    ...     {"partner": "BAIC", "start": "2023-04-01", "end": "2023-04-12"},
    ...     {"partner": "BAIC", "start": "2023-08-14", "end": "2023-08-31"},
    ...     {"partner": "BAIC", "start": "2023-09-18", "end": "2023-10-09"},
    ...     {"partner": "Kaiyi", "start": "2023-12-11", "end": None},
    ... ]
    >>> year = ("2023-01", "2023-12")
    >>> fit = avtosim.fit_stops(log, observed={"Kaiyi": year, "BAIC": year, "SWM": year})
    >>> fit.provenance("Kaiyi").note
    '3 stops in 12 partner-months, 1 still going on; class of 3 partners'
    """
    rows = rows_of(log, "log", _COLUMNS)
    spans = _spans(observed, [row.cells["partner"] for row in rows])
    stops = _stops(rows, spans)
    events = {name: [stop.seen(spans[name].end) for stop in every] for name, every in stops.items()}
    kinds = kinds_of(spans, like)
    found: dict[str, Found] = {}
    ranked = {
        kind: fitted({name: events[name] for name in names}, median=DURATION[0], log_sd=DURATION[1])
        for kind, names in kinds.items()
    }
    for kind, names in kinds.items():
        watched = {name: spans[name].end - spans[name].begin for name in names}
        running = [watched[name] - sum(event.months for event in events[name]) for name in names]
        # A stop from the first moment on was going on already: it takes time, but did not begin under observation.
        begun = [sum(stop.start > spans[name].begin for stop in stops[name]) for name in names]
        rates = posterior_rates(begun, [time / 12.0 for time in running])
        for name, rate in zip([*names, kind], rates, strict=True):
            own = names if name == kind else [name]
            every = [event for one in own for event in events[one]]
            time = digits(sum(watched[one] for one in own))
            fact = Stops(
                per_year=Truncated(Gamma(digits(rate.shape), digits(rate.scale)), high=365.0),
                duration=ranked[kind][0].law(NEW if name == kind else name),
                severity=LogNormal(1.0, digits(ranked[kind][0].groups[NEW if name == kind else name].sd)),
            )
            note = f"{_note(every, time)}; class of {len(names)} partner{'s' if len(names) > 1 else ''}"
            source = [row for row in rows if row.cells["partner"] in own]
            found[name] = Found(
                fact, origin(note, source, [spans[one].last for one in own]), (len(every), digits(time, 3))
            )
    ended = {kind: sum(event.over for name in names for event in events[name]) for kind, names in kinds.items()}
    warn_of_few("fit_stops", ended, "stops that ended", f"durations rest mostly on the prior, {in_words(DURATION)}")
    pairs = {name: tuple((event.months, event.over) for event in every) for name, every in events.items()}
    fits = {kind: fits[0] for kind, fits in ranked.items()}
    return StopsFit(found=found, kinds=kinds, candidates=ranking(ranked, "stops"), fits=fits, events=pairs)


def _note(events: Sequence[Event], months: float) -> str:
    going_on = sum(not event.over for event in events)
    also = f", {going_on} still going on" if going_on else ""
    return f"{len(events)} stop{'' if len(events) == 1 else 's'} in {months:g} partner-months{also}"


def _spans(observed: Any, names: Sequence[str]) -> dict[str, Span]:
    """What was observed of each partner."""
    if not isinstance(observed, Mapping):
        return dict.fromkeys(names, _span("observed", observed))
    if not observed:
        raise FactError([Fault("observed", "must name at least one partner, with what was observed of it", observed)])
    return {str(name): _span(f"observed[{name!r}]", stated) for name, stated in observed.items()}


def _span(where: str, stated: Any) -> Span:
    first, last = map(moment, stated) if isinstance(stated, (tuple, list)) and len(stated) == 2 else (None, None)
    if first is None or last is None or not months(first, "opening") < months(last, "closing"):
        rule = "must be a pair of moments, the first and the last that was observed"
        raise FactError([Fault(where, rule, stated, "one pair for all partners, or a table with a pair for each")])
    return Span(first, last)


def _stops(rows: Sequence[Row], spans: Mapping[str, Span]) -> dict[str, list[_Stop]]:
    """The stops of each partner that is observed, in the order of time."""
    faults: list[Fault] = []
    stated = [end for span in spans.values() for end in (span.first, span.last)]
    stops: dict[str, list[_Stop]] = {name: [] for name in spans}
    for row in rows:
        if row.cells["partner"] not in spans:
            hint = f"say in observed from when to when it was watched; {nearest(row.cells['partner'], spans)}"
            faults.append(row.fault("partner", "must be a partner that was observed", hint))
            continue
        start = moment_in(row, "start", faults)
        end = None if row.cells["end"] is None else moment_in(row, "end", faults)
        if start is not None:
            stated += [start] if end is None else [start, end]
            ends = months(start, "opening"), None if end is None else months(end, "closing")
            stops[row.cells["partner"]].append(_Stop(*ends, row))
    raise_all(faults)
    require_one_kind(stated, "log and observed")
    for name, every in stops.items():
        every.sort(key=lambda stop: stop.start)
        faults += _order_faults(every, spans[name])
    raise_all(faults)
    return stops


def _order_faults(stops: Sequence[_Stop], span: Span) -> Iterator[Fault]:
    """Faults in the stops of one partner, which are in the order of their starts."""
    outside = [stop for stop in stops if not span.begin <= stop.start < span.end]
    backward = [stop for stop in stops if stop.end is not None and stop.end <= stop.start]
    for stop in outside:
        hint = "enter one that was going on from the first moment on" if stop.start < span.begin else ""
        yield stop.row.fault("start", f"must lie within what was observed, {span.first} to {span.last}", hint)
    for stop in backward:
        yield stop.row.fault("end", f"must lie after the start ({stop.row.cells['start']})")
    if outside or backward:
        return
    for before, stop in pairwise(stops):
        if before.end is None:
            rule = f"must not begin while the stop of row {before.row.number} is still going on"
            yield stop.row.fault("start", rule, f"give row {before.row.number} its end")
        elif stop.start < before.end:
            yield stop.row.fault("start", f"must not begin before the stop of row {before.row.number} has ended")


def posterior_rates(
    counts: Sequence[int], years: Sequence[float], means: Floats = _MEANS, shapes: Floats = _SHAPES
) -> list[Gamma]:
    """The laws of the rates of the partners of a class, and last that of a new one.

    ``means`` and ``shapes`` (a column) of the class's gamma law span the grid; if it has one point the laws are exact.
    """
    every = [*zip(counts, years, strict=True), (0, 0.0)]
    inverse = shapes / means
    logs = -0.5 * (np.log(means / RATE[0]) / RATE[1]) ** 2 - 0.5 * (np.log(shapes / SHAPE[0]) / SHAPE[1]) ** 2
    for count, time in every:
        logs = logs + special.gammaln(shapes + count) - special.gammaln(shapes) + shapes * np.log(inverse)
        logs = logs - (shapes + count) * np.log(inverse + time)
    weights = special.softmax(logs)
    return [_nearest_gamma(weights, shapes + count, inverse + time) for count, time in every]


def _nearest_gamma(weights: Floats, shapes: Floats, inverse_scales: Floats) -> Gamma:
    """The gamma law with the mean and the mean logarithm of a mixture of gamma laws."""
    mean = float(np.sum(weights * shapes / inverse_scales))
    gap = math.log(mean) - float(np.sum(weights * (special.digamma(shapes) - np.log(inverse_scales))))
    shape = optimize.brentq(lambda a: math.log(a) - special.digamma(a) - gap, 0.05, 1e5)
    return Gamma(shape, mean / shape)
