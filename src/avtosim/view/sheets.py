"""What stands on each sheet of the workbook of a result."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial

from ..answers.estimate import Estimate
from ..answers.ledger import Ledger
from ..answers.numbers import VEHICLES, decimals_for
from ..answers.parts import PartOfOutput
from ..answers.result import Result
from ..say import Number, Term, joined, say
from .workbook import CHANGE, PLAIN, WHOLE, Cell, Figure, Sheet

_SHARES = (0.1, 0.5, 0.9)
#: Whole numbers from here on lose digits in Excel.
_EXACT = 2**53
#: Address, value, unit, standing, source, date and note of a number.
RegisterRow = tuple[str, float | str, str, str, str, str, str]


def sheets_of(result: Result, ledger: Ledger | None, register: Sequence[RegisterRow] | None) -> list[Sheet]:
    """All sheets for which there is what they need; the last one says what is left out, and why."""
    made: list[Sheet] = [_answer(result)]
    left_out: list[tuple[str, str]] = []
    for name, make, needs, keep in _KEPT:
        if needs not in result.record:
            reason = say("left out: the result keeps too little; ask for simulate(..., keep='{keep}')", keep=keep)
            left_out.append((name, reason))
        elif rows := make(result):
            made.append(rows)
        else:
            left_out.append((name, say("left out: no partner sends kits")))
    if ledger is not None and register is not None:
        return [*made, _ledger(ledger), _register(register), _made_by(result, left_out)]
    reason = say("left out: the scenario cannot be read back from its text; write the workbook where it is simulated")
    return [*made, _made_by(result, [*left_out, *((name, reason) for name in (say("ledger"), say("register")))])]


def _percent(width: float) -> str:
    """The format of a chance: as many digits as its interval's width allows."""
    return f"0.{'0' * max(decimals_for(100.0 * width), 1)}%"


def _ends(estimate: Estimate, form: str = "") -> list[Cell]:
    """Value and interval; a value that is printed in words, as of a chance that was never hit, is in words here."""
    width = estimate.high - estimate.low
    if not form:
        decimals = decimals_for(width) if abs(estimate.value) < 100 else 0
        whole = f"{WHOLE}{'.' * bool(decimals)}{'0' * decimals}"
        form = whole if estimate.unit == VEHICLES else _percent(width)
    shown = format(estimate, "value")
    ends = (Figure(end, form) if abs(end) < float("inf") else say("unknown") for end in (estimate.low, estimate.high))
    return [Figure(estimate.value, form) if isinstance(shown, Number) else shown, *ends]


def _quantiles(of: Callable[[float], Estimate]) -> list[Cell]:
    return [_ends(of(share))[0] for share in _SHARES]


def _levels() -> list[str]:
    """What a mean and the quantiles are called in heads."""
    named = (say("P{percent}{of}", percent=Number(f"{100 * share:g}", share), of="") for share in _SHARES)
    return [say("on average"), *named]


def _answer(result: Result) -> Sheet:
    heads = [result.run_info.title, say("output, vehicles"), say("95 % from, vehicles"), say("95 % to, vehicles")]
    heads += [say("chance, %"), say("95 % from, %"), say("95 % to, %"), say("remark")]
    empty: list[Cell] = [None, None, None]
    answers = [result.mean(), *(result.quantile(share) for share in _SHARES), result.mean_of_worst()]
    rows: list[list[Cell]] = [[found.what, *_ends(found), *empty, found.warning] for found in answers]
    stated = [(say("the schedule holds"), result.scheduled)] if result.scheduled else []
    if result.announced is not None:
        names = say("announced, at least"), say("announced, at most")
        stated += zip(names, result.announced, strict=True)
    rows += [[what, Figure(volume), *empty, None, None, None] for what, volume in stated]
    for target in result.targets:
        chance = result.chance(target)
        volume = target.volume if isinstance(target, PartOfOutput) else target
        what = say("chance of {target}", target=result.in_words(target))
        rows.append([what, Figure(volume), None, None, *_ends(chance), chance.warning])
    return Sheet(say("answer"), heads, rows, result.table.notes)


def _months(result: Result) -> Sheet:
    parts, first = result.by_month, result.labels["month"][0]
    heads = [say("month"), say("the schedule, vehicles")]
    heads += [say("built in the month, {level}, vehicles", level=level) for level in _levels()]
    heads += [say("built since {first}, {level}, vehicles", first=first, level=level) for level in _levels()]
    rows: list[list[Cell]] = []
    for place, month in enumerate(parts.names):
        schedule = Figure(result.schedule[place]) if result.schedule else None
        single = [_ends(parts.mean(month))[0], *_quantiles(partial(parts.quantile, month))]
        since = _quantiles(partial(result.quantile, until=month))
        rows.append([month, schedule, *single, _ends(result.mean(until=month))[0], *since])
    return Sheet(say("months"), heads, rows, [_what_levels_are()])


def _what_levels_are() -> str:
    return say("P10, P50 and P90: one run in ten, half of the runs, and nine runs in ten do not exceed it")


def _partners(result: Result) -> Sheet | None:
    parts, vehicles = result.by_partner, result.groups.get("partner", {})
    heads = [say("partner"), say("built on average, vehicles"), say("95 % from, vehicles"), say("95 % to, vehicles")]
    heads += [*(say("built, {level}, vehicles", level=level) for level in _levels()[1:]), say("its vehicles")]
    rows: list[list[Cell]] = []
    for name in parts.names:
        quantiles = _quantiles(partial(parts.quantile, name))
        rows.append([name, *_ends(parts.mean(name)), *quantiles, joined(", ", vehicles[name])])
    note = say("a vehicle with components of several partners counts for each of them")
    return Sheet(say("partners"), heads, rows, [_what_levels_are(), note]) if rows else None


def _order_books(result: Result) -> Sheet | None:
    heads = [say("partner"), say("month")]
    heads += [say("called off, {level}, kits", level=level) for level in _levels()]
    heads += [say("arrived, {level}, kits", level=level) for level in _levels()]
    heads += [say("built, {level}, vehicles", level=level) for level in _levels()]
    rows: list[list[Cell]] = []
    for partner in result.labels.get("partner", ()):
        flows = result.order_book(partner).by_month.values()
        for month in result.labels["month"]:
            rows.append([partner, month])
            for flow in flows:
                levels = _quantiles(partial(flow.quantile, month))
                rows[-1] += [_ends(flow.mean(month))[0], *levels]
    return Sheet(say("order books"), heads, rows, [_what_levels_are()]) if rows else None


#: Sheets of what a result keeps of its runs: the name, who makes it, what it needs, and which keep has that.
_KEPT: tuple[tuple[str, Callable[[Result], Sheet | None], str, str], ...] = (
    (say("months"), _months, "by_month", "breakdown"),
    (say("partners"), _partners, "by_vehicle", "breakdown"),
    (say("order books"), _order_books, "built", "months"),
)


def _ledger(ledger: Ledger) -> Sheet:
    parts = [ledger.by(what).table for what in ("month", "partner")]
    heads = [say("where planned output went"), say("output, vehicles"), say("95 % from, vehicles")]
    heads += [say("95 % to, vehicles"), say("share of the loss, %")]
    # The last column of each table is the sum of all, which stands already.
    heads += [say("{name}, vehicles", name=column.name) for table in parts for column in table.columns[1:-1]]
    along = [{row[0]: row[1:-1] for rows in table.sections.values() for row in rows} for table in parts]
    rows: list[list[Cell]] = []
    whole = next(iter(ledger.table.sections.values()))
    for label, _, found, share in whole:
        assert isinstance(label, str)
        assert isinstance(found, Estimate)
        form = WHOLE if label in (whole[0][0], whole[-1][0]) else CHANGE
        rows.append([label, *_ends(found, form), _ends(share)[0] if isinstance(share, Estimate) else None])
        for table, cells in zip(parts, along, strict=True):
            empty = [None] * (len(table.columns) - 2)
            taken = (getattr(cell, "value", cell) for cell in cells.get(label, empty))
            rows[-1] += [Figure(number, form) if isinstance(number, float) else None for number in taken]
    return Sheet(say("ledger"), heads, rows, ledger.table.notes)


def _register(register: Sequence[RegisterRow]) -> Sheet:
    heads = [say("address"), say("value"), say("unit"), say("standing"), say("source"), say("stated on"), say("note")]
    rows: list[list[Cell]] = []
    for address, value, unit, standing, *words in register:
        number = value if isinstance(value, str) else Figure(value, WHOLE if value == round(value) else "General")
        rows.append([address, number, Term(unit), Term(standing), *words])
    return Sheet(say("register"), heads, rows)


def _made_by(result: Result, left_out: Sequence[tuple[str, str]]) -> Sheet:
    info = result.run_info
    numbers = (say("runs"), result.runs), (say("number of the first run"), info.first_run), (say("seed"), info.seed)
    rows: list[tuple[Cell, ...]] = [(say("scenario"), info.title)]
    rows += [(name, Figure(number, PLAIN) if number < _EXACT else str(number)) for name, number in numbers]
    rows += [(say("design"), Term(info.design)), ("avtosim", info.version), ("NumPy", info.numpy)]
    rows += [("SciPy", info.scipy), ("Python", info.python)]
    rows += [(say("why it stopped"), info.stopped)] if info.stopped else []
    rows += [(say("sheet “{name}”", name=name), reason) for name, reason in left_out]
    texts = (say("scenario as text") if place == 0 else None for place in itertools.count())
    rows += zip(texts, info.scenario.rstrip("\n").split("\n"), strict=False)
    return Sheet(say("what made it"), [say("entry"), say("content")], rows)
