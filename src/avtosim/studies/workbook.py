"""The workbook of a result, with the ledger and the register that it needs."""

from __future__ import annotations

import os

from ..answers.result import Result
from ..answers.short_ledger import FIRST
from ..facts.register import Assumption, shown
from ..view.sheets import sheets_of
from ..view.workbook import checked, write
from .ledger import ledger
from .stated import scenario_of


def workbook(result: Result, path: str | os.PathLike[str], language: str) -> None:
    """Write the workbook of a result; what ``Result.to_excel`` does."""
    tongue = checked(path, language)
    scenario, found, register = scenario_of(result.run_info), None, None
    if scenario is not None:
        found = ledger(scenario, runs=min(result.runs, FIRST), seed=result.run_info.seed)
        register = [(row.address, _value(row.value), *_words(row)) for row in scenario.assumptions()]
    write(path, sheets_of(result, found, register), tongue)


def _value(value: object) -> float | str:
    """A number as a number; a date, which counts months, as it is stated, and a law in words."""
    return value if type(value) is float else shown(value)


def _words(row: Assumption) -> tuple[str, str, str, str, str]:
    return row.unit, row.standing, row.source, row.stated_on, row.note
