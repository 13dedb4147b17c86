"""A log of forecasts that only grows: what was forecast, when and by what, and the outcomes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from ..answers.result import Result
from ..answers.table import Cell, Column, Table, Tabular
from ..atomic import regular_file, write_whole
from ..declare.faults import FactError, Fault, nearest
from ..declare.rules import NONNEGATIVE, POSITIVE, is_law, support_of
from ..laws.base import Floats
from ..laws.continuous import LogNormal
from ..version import VERSION
from . import arguments
from .log_scores import LogScores
from .outside import outside_view
from .scores import cases_of

#: Shares whose quantiles stand for a forecast, each the middle of a part of equal probability.
_SHARES = (np.arange(99) + 0.5) / 99.0
#: Standard deviation of the logarithm around a naive forecast.
_NAIVE_SD = 0.3
_START = "0" * 64


def _as_path(path: Any) -> Path:
    if not isinstance(path, (str, os.PathLike)) or not str(path) or "\0" in str(path):
        raise TypeError(f"path: must be the path of a file, such as 'forecasts.jsonl'; got {path!r:.80}")
    return Path(path)


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
    Every line holds the hash of the line before it and its own, so that a line that was edited, left out or moved is
    noticed. Whole lines missing at the end, or a file written anew with new hashes, are not: publish the last hash
    where others can see it, which also proves that the line existed by then. The file is read and checked before every
    use, and written whole or not at all. Two programs must not write to it at the same time.

    Examples
    --------
    >>> import avtosim, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "forecasts.jsonl")
    >>> log = avtosim.ForecastLog(path)
    >>> log.record("plant-2025", avtosim.LogNormal(50_000, 0.3), plan=60_000, entered_on="2025-02-01")
    >>> log.settle("plant-2025", 41_000, known_on="2026-01-20", entered_on="2026-02-01")
    >>> print(log)
    case        forecasts  entered on     P10     P50     P90  outcome
    plant-2025          1  2025-02-01  34,037  50,000  73,455   41,000
    """

    path: Path = attrs.field(converter=_as_path)

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
            content = self.path.read_bytes()
        except OSError as error:
            raise OSError(error.errno, f"can't read the log: {error.strerror}", str(self.path)) from None
        made, previous = [], _START
        for number, line in enumerate(content.splitlines(keepends=True), 1):
            entry = _entry_of(line)
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
            As for ``outside_view``, for the rival "plan times class" as of ``stated_on``; it needs these three and
            ``plan``.
        volumes : sequence of float, vehicles, optional
            Volumes whose chances are recorded; by default the targets of a result, and the plan.
        note : str, default ""
            Any remark.
        entered_on : str, default today
            Date of the entry, YYYY-MM-DD; not before the date of the last entry.

        Raises
        ------
        TypeError, ValueError
            If an argument breaks its rule; then nothing is written.

        Warns
        -----
        UserWarning
            If the outcome of the case is in the log already, or the forecast was made with it: the forecast is marked
            as late, and kept out of all scores.
        """
        if not isinstance(forecast, Result) and not is_law(forecast):
            raise TypeError(f"forecast: must be a Result or a law; got {forecast!r:.60}")
        low, high = support_of(forecast)
        if low < 0.0:
            raise ValueError(f"forecast: must be of vehicles, 0 or more; this law reaches from {low:g} to {high:g}")
        plan = None if plan is None else arguments.number("plan", plan, POSITIVE)
        last_year = None if last_year is None else arguments.number("last_year", last_year, NONNEGATIVE)
        targets = [t for t in getattr(forecast, "targets", ()) if isinstance(t, float)] + ([plan] if plan else [])
        asked = targets if volumes is None else arguments.numbers("volumes", volumes).tolist()
        entries = self.entries()
        entry: dict[str, Any] = {"entry": "forecast", "case": arguments.text("case", case), "title": _title(forecast)}
        entry["entered_on"] = _entered(entered_on, entries)
        entry |= {"made_by": _made_by(forecast), "note": arguments.text("note", note, least=0)}
        # What is just below a volume does not reach it.
        entry["chances"] = [
            [v, round(1.0 - float(forecast.cdf(np.nextafter(v, 0.0))), 9)]
            for v in sorted({arguments.number("volumes", v, POSITIVE) for v in asked})
        ]
        entry["quantiles"] = _quantiles(forecast)
        entry |= {name: v for name, v in {"plan": plan, "last_year": last_year}.items() if v is not None}
        rivals: dict[str, Any] = {} if not last_year else {"last year": LogNormal(last_year, _NAIVE_SD)}
        rivals |= {} if plan is None else {"plan": LogNormal(plan, _NAIVE_SD)}
        if plan is not None and kind is not None and year is not None and stated_on is not None:
            rivals["plan times class"] = outside_view(
                plan=plan, stated_on=stated_on, year=year, kind=kind, last_year=last_year, as_of=stated_on
            )
        entry["rivals"] = {name: _quantiles(rival) for name, rival in rivals.items()}
        settled = any(e["entry"] == "outcome" and e["case"] == case for e in entries)
        late = "is in the log already" if settled else "went into this forecast" if case in cases_of(forecast) else ""
        if late:
            text = f"the outcome of {case} {late}: the forecast is marked as late and kept out of all scores"
            warnings.warn(text, stacklevel=2)
        self._add(entries, entry | {"late": bool(late)})

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
            If there is no forecast of the case, if it is settled already, or if an argument breaks its rule.
        """
        entries = self.entries()
        own = [entry for entry in entries if entry["case"] == arguments.text("case", case)]
        if not own:
            hint = nearest(case, sorted({entry["case"] for entry in entries}))
            raise FactError([Fault("case", "must have a forecast before it has an outcome", case, hint)])
        if any(entry["entry"] == "outcome" for entry in own):
            raise FactError([Fault("case", "must not be settled twice; it has its outcome already", case)])
        day, entered = arguments.day("known_on", known_on), _entered(entered_on, entries)
        if day > entered:
            raise FactError([Fault("known_on", f"must not lie after the day of the entry, {entered}", known_on)])
        entry = {"entry": "outcome", "case": case, "outcome": arguments.number("outcome", outcome, NONNEGATIVE)}
        rest = {"known_on": day, "source": arguments.text("source", source, least=0), "entered_on": entered}
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
        before = self.path.read_bytes() if entries else b""
        write_whole(self.path, before + _as_line(entry))

    @property
    def table(self) -> Table:
        """The cases as a table, with the last forecast of each."""
        entries = self.entries()
        outcomes = {entry["case"]: entry["outcome"] for entry in entries if entry["entry"] == "outcome"}
        rows: list[tuple[Cell, ...]] = []
        for case in dict.fromkeys(entry["case"] for entry in entries):
            own = [entry for entry in entries if entry["case"] == case and entry["entry"] == "forecast"]
            at = np.quantile(own[-1]["quantiles"], [0.1, 0.5, 0.9], method="hazen").tolist()
            rows.append((case, len(own), own[-1]["entered_on"], *at, outcomes.get(case, "open")))
        names = ("case", "text"), ("forecasts", "count"), ("entered on", "text"), ("P10", "vehicles")
        more = ("P50", "vehicles"), ("P90", "vehicles"), ("outcome", "vehicles")
        return Table(tuple(Column(*name) for name in (*names, *more)), {"": rows})

    def __repr__(self) -> str:
        return f"<ForecastLog {str(self.path)!r}: {len(self.entries())} entries>"


def _quantiles(forecast: Any) -> list[float]:
    values: Floats = np.asarray(forecast.ppf(_SHARES), dtype=np.float64)
    return [float(f"{value:.7g}") for value in values]


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
    day = today if stated is None else arguments.day("entered_on", stated)
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
    whole = line.endswith(b"\n") and isinstance(entry, dict) and entry.get("entry") in ("forecast", "outcome")
    return entry if whole and _as_line(entry) == line else None
