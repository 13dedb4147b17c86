"""A log of forecasts that only grows: what was forecast, when and by what, and the outcomes."""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from ..answers.result import Result
from ..answers.table import Cell, Column, Table, Tabular
from ..atomic import file_path, regular_file, write_whole
from ..declare.faults import FactError, Fault, nearest
from ..declare.rules import NONNEGATIVE, POSITIVE, support_of
from ..laws.base import Floats
from ..laws.continuous import LogNormal
from ..say import say
from ..version import VERSION
from . import arguments
from .announced import known_by
from .log_scores import LogScores, is_late, outcomes_of
from .outside import first_day, outside_view
from .scores import check_forecast, views_in

#: Shares whose quantiles stand for a forecast, each the middle of a part of equal probability.
_SHARES = (np.arange(99) + 0.5) / 99.0
#: Standard deviation of the logarithm around a naive forecast.
_NAIVE_SD = 0.3
_START = "0" * 64


@attrs.frozen(repr=False, eq=False)
class ForecastLog(Tabular):
    """Forecasts on disk, each fixed before its outcome, and their scores. Print it for what is open and settled.

    Parameters
    ----------
    path : str or path
        A file with one JSON object in each line; the first entry makes it. Entries are only added, never changed.

    Raises
    ------
    TypeError, ValueError
        If ``path`` cannot name a file, or if a line was altered or is missing.

    Notes
    -----
    Every line holds the hash of the line before it and its own, so that a line that was edited, moved or taken out of
    the middle is noticed. Whole lines missing at the end, or a file written anew with new hashes, are not: keep
    ``last_hash`` where others can see it, which also proves that the line existed by then. The file is read and checked
    before every use, and written whole or not at all. Two programs must not write to it at the same time.

    Examples
    --------
    >>> import avtosim, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "forecasts.jsonl")
    >>> log = avtosim.ForecastLog(path)
    >>> log.record("plant-2024", avtosim.LogNormal(50_000, 0.3), plan=60_000, entered_on="2024-02-01")
    >>> log.settle("plant-2024", 41_000, known_on="2025-01-20", entered_on="2025-02-01")
    >>> print(log)
    case        entered on     P10     P50     P90  outcome  remark
    plant-2024  2024-02-01  34,037  50,000  73,455   41,000
    """

    path: Path = attrs.field(converter=file_path)

    def __attrs_post_init__(self) -> None:
        self.entries()

    def entries(self) -> tuple[Mapping[str, Any], ...]:
        """Read all entries, checked against their hashes.

        Returns
        -------
        tuple of dict
            The entries in the order in which they were made.

        Raises
        ------
        ValueError
            If a line was altered, left out, moved or cut off; the error names the first line that does not fit.
        OSError
            If the file cannot be read.
        """
        if not self.path.exists():
            return ()
        try:
            regular_file(self.path)
            content = self.path.read_bytes().removeprefix(codecs.BOM_UTF8)
        except OSError as error:
            raise OSError(error.errno, f"can't read the log: {error.strerror}", str(self.path)) from None
        made, previous = [], _START
        for number, line in enumerate(content.splitlines(), 1):
            # Other programs change the ends of lines, and add empty ones.
            entry = _entry_of(line) if line.strip() else {}
            if entry == {}:
                continue
            if entry is None or entry.get("previous") != previous or entry.get("hash") != _hash(entry):
                rule = "must be as the log wrote it; it was altered, moved or cut off, or a line before it is missing"
                raise ValueError(f"{self.path}, line {number}: {rule}")
            made.append(entry)
            previous = entry["hash"]
        return tuple(made)

    def record(
        self,
        case: str,
        forecast: Any,
        *,
        plan: float | None = None,
        last_year: float | None = None,
        kind: str | None = None,
        year: int | None = None,
        stated_on: str | None = None,
        volumes: Sequence[float] | None = None,
        note: str = "",
        entered_on: str | None = None,
    ) -> None:
        """Add a forecast, with the naive forecasts (rivals) that it will be compared with.

        Parameters
        ----------
        case : str
            The plant and year, such as "avtotor-2024"; all forecasts of a case count together as one.
        forecast : Result, OutsideView or Law
            The forecast of the year's output in vehicles.
        plan : float, above zero, vehicles, optional
            What was announced, for the rival "plan".
        last_year : float, 0 or more, vehicles, optional
            What was built in the year before, for the rival "last year"; if that was 0 there is no such rival.
        kind, year, stated_on : str, int, str, optional
            As for ``outside_view``, for the rival "plan times class" as of the first day of ``stated_on``, which must
            not lie after that of the entry; it needs these three and ``plan``.
        volumes : sequence of float, vehicles, optional
            Volumes whose chances are recorded; by default the targets of a result, and the plan.
        note : str, default ""
            Any remark.
        entered_on : str, default today
            Date of the entry, YYYY-MM-DD; not after today, and not before the date of the last entry.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule; then nothing is written.

        Warns
        -----
        UserWarning
            If the outcome of the case is in the log already, or if a view in the forecast was made with outcomes that
            became known after the day of the entry: the forecast is marked as late, and kept out of all scores.
        """
        check_forecast(forecast)
        low, high = support_of(forecast)
        if low < 0.0:
            raise FactError([Fault("forecast", f"must be of vehicles, 0 or more; it reaches from {low:g} to {high:g}")])
        plan = None if plan is None else arguments.number("plan", plan, POSITIVE)
        last_year = None if last_year is None else arguments.number("last_year", last_year, NONNEGATIVE)
        targets = [t for t in getattr(forecast, "targets", ()) if isinstance(t, float)] + ([plan] if plan else [])
        asked = targets if volumes is None else arguments.numbers("volumes", volumes).tolist()
        entries = self.entries()
        entry: dict[str, Any] = {"entry": "forecast", "case": arguments.text("case", case), "title": _title(forecast)}
        entry["entered_on"] = entered = _entered(entered_on, entries)
        entry |= {"made_by": _made_by(forecast), "note": arguments.text("note", note, least=0)}
        volumes = sorted({arguments.number("volumes", v, POSITIVE) for v in asked})
        entry["chances"] = [[volume, _chance(forecast, volume)] for volume in volumes]
        entry["quantiles"] = _quantiles(forecast)
        entry |= {name: v for name, v in {"plan": plan, "last_year": last_year}.items() if v is not None}
        rivals: dict[str, Any] = {} if not last_year else {"last year": LogNormal(last_year, _NAIVE_SD)}
        rivals |= {} if plan is None else {"plan": LogNormal(plan, _NAIVE_SD)}
        about = {"kind": kind, "year": year, "stated_on": stated_on}
        if any(value is not None for value in about.values()):
            missing = [name for name, value in {"plan": plan, **about}.items() if value is None]
            if missing:
                rule = f"must be given too: {', '.join(about)} and plan go together, for the rival 'plan times class'"
                raise FactError([Fault(name, rule) for name in missing])
            opening = first_day("stated_on", stated_on)
            if opening > entered:
                raise FactError([Fault("stated_on", f"must not lie after the day of the entry, {entered}", stated_on)])
            view = outside_view(**about, plan=plan, last_year=last_year, as_of=opening)  # type: ignore[arg-type]
            entry |= {name: getattr(view, name) for name in about}
            rivals["plan times class"] = view
        entry["rivals"] = {name: _quantiles(rival) for name, rival in rivals.items()}
        settled = any(e["entry"] == "outcome" and e["case"] == case for e in entries)
        later = {c.case_id for v in views_in(forecast) for c in v.cases if not known_by(c.outcome_known_on, entered)}
        if settled or later:
            why = f"the outcome of {case} is in the log already"
            if later:
                name = case if case in later else min(later)
                why = f"it was made with outcomes known after {entered}, such as that of {name}"
            warnings.warn(f"forecast: {why}; it is marked as late and kept out of all scores", stacklevel=2)
        self._add(entries, entry | {"late": bool(settled or later)})

    def settle(
        self, case: str, outcome: float, *, known_on: str, source: str = "", entered_on: str | None = None
    ) -> None:
        """Add the outcome of a case.

        Parameters
        ----------
        case : str
            A case with a forecast in the log.
        outcome : float, 0 or more, vehicles
            What was built.
        known_on : str
            First day on which it was known, as YYYY-MM-DD or YYYY-MM (its first day); forecasts entered on that day or
            later are kept out of the scores.
        source : str, default ""
            Who stated it.
        entered_on : str, default today
            Date of the entry; not before ``known_on``, nor before the date of the last entry.

        Raises
        ------
        ValueError
            If there is no forecast of the case, or if an argument breaks its rule.

        Warns
        -----
        UserWarning
            If the case has an outcome already. The new one corrects it; the day on which it was first known stays.
        """
        entries = self.entries()
        own = [entry for entry in entries if entry["case"] == arguments.text("case", case)]
        if not own:
            hint = nearest(case, sorted({entry["case"] for entry in entries}))
            raise FactError([Fault("case", "must have a forecast before it has an outcome", case, hint)])
        before = [entry["outcome"] for entry in own if entry["entry"] == "outcome"]
        day, entered = arguments.day("known_on", known_on), _entered(entered_on, entries)
        if day > entered:
            raise FactError([Fault("known_on", f"must not lie after the day of the entry, {entered}", known_on)])
        entry = {"entry": "outcome", "case": case, "outcome": arguments.number("outcome", outcome, NONNEGATIVE)}
        rest = {"known_on": day, "source": arguments.text("source", source, least=0), "entered_on": entered}
        if before:
            warnings.warn(f"{case}: its outcome was {before[-1]:,.12g} so far; this entry corrects it", stacklevel=2)
        self._add(entries, entry | rest)

    def scores(self) -> LogScores:
        """Score all forecasts whose outcome is in the log, beside the naive forecasts.

        Returns
        -------
        LogScores
            Print it for the comparison, the parts of the Brier score, and the outcomes below P10 and above P90.

        Raises
        ------
        ValueError
            If the file was altered.
        """
        return LogScores.of(self.entries())

    def _add(self, entries: Sequence[Mapping[str, Any]], entry: dict[str, Any]) -> None:
        entry["previous"] = entries[-1]["hash"] if entries else _START
        entry["hash"] = _hash(entry)
        write_whole(self.path, b"".join(map(_as_line, [*entries, entry])))

    @property
    def table(self) -> Table:
        """The forecasts as a table, in the order in which they were entered, with the outcome of each case."""
        entries = self.entries()
        outcomes = outcomes_of(entries)
        rows: list[tuple[Cell, ...]] = []
        for entry in (entry for entry in entries if entry["entry"] == "forecast"):
            at = np.quantile(entry["quantiles"], [0.1, 0.5, 0.9], method="hazen").tolist()
            outcome = outcomes.get(entry["case"])
            late = say("late: kept out") if is_late(entry, outcome) else ""
            rows.append((entry["case"], entry["entered_on"], *at, outcome["outcome"] if outcome else say("open"), late))
        quantiles = (Column(name, "vehicles") for name in ("P10", "P50", "P90"))
        more = Column(say("outcome"), "vehicles"), Column(say("remark"))
        return Table((Column(say("case")), Column(say("entered on")), *quantiles, *more), {"": rows})

    @property
    def last_hash(self) -> str:
        """Hash of the last entry, to be kept where others can see it; empty without entries."""
        entries = self.entries()
        return str(entries[-1]["hash"]) if entries else ""

    def __repr__(self) -> str:
        entries = self.entries()
        last = f", the last with hash {entries[-1]['hash'][:12]}..." if entries else ""
        return f"<ForecastLog {str(self.path)!r}: {len(entries)} entries{last}>"


def _quantiles(forecast: Any) -> list[float]:
    values: Floats = np.asarray(forecast.ppf(_SHARES), dtype=np.float64)
    return [float(f"{value:.7g}") for value in values]


def _chance(forecast: Any, volume: float) -> float:
    if isinstance(forecast, Result):
        return forecast.chance(volume).value
    # What is just below a volume does not reach it.
    return round(1.0 - float(forecast.cdf(np.nextafter(volume, 0.0))), 9)


def _title(forecast: Any) -> str:
    return forecast.run_info.title if isinstance(forecast, Result) else repr(forecast)[:400]


def _made_by(forecast: Any) -> dict[str, Any]:
    """What made a forecast: enough to make it again, if the scenario is kept."""
    if not isinstance(forecast, Result):
        return {"version": VERSION}
    info = dict(forecast.run_info.entries)
    return info | {"scenario": hashlib.sha256(str(info["scenario"]).encode()).hexdigest(), "runs": forecast.runs}


def _entered(stated: Any, entries: Sequence[Mapping[str, Any]]) -> str:
    today = dt.datetime.now().astimezone().date().isoformat()
    day = today if stated is None else arguments.day("entered_on", stated, whole=True)
    if day > today:
        raise FactError([Fault("entered_on", f"must not lie after today, {today}", day)])
    if entries and day < entries[-1]["entered_on"]:
        rule = f"must not lie before the date of the last entry, {entries[-1]['entered_on']}"
        raise FactError([Fault("entered_on", rule, day)])
    return day


def _hash(entry: Mapping[str, Any]) -> str:
    text = json.dumps({key: value for key, value in entry.items() if key != "hash"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _entry_of(line: bytes) -> dict[str, Any] | None:
    """The entry of a line; None if it is not one that a log writes."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and entry.get("entry") in ("forecast", "outcome") else None
