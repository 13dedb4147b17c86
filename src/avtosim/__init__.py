"""avtosim: how many vehicles an assembly plant will really build this year, and the chance that it reaches its target.

import avtosim

june = avtosim.load("avtotor-2024-06")
print(avtosim.simulate(june, seed=1))
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

from .upward import UPWARD
from .version import VERSION

#: Where each public name lives, as the stub beside this file says for type checkers too. A name is imported when it is
#: first used, so that importing avtosim stays cheap.
_HOME_OF = {
    alias.name: statement.module
    for statement in ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")).body
    if isinstance(statement, ast.ImportFrom) and statement.module
    for alias in statement.names
}

UPWARD.update(
    {
        "Scenario.save": "files.writer:save",
        "Scenario.to_toml": "files.writer:to_toml",
        "Register.table": "answers.table:of_assumptions",
        "Scenario.table": "answers.table:of_names",
        "Estimate.table": "answers.table:of_estimate",
        "Result.save": "persistence.results:save",
        "Result.load": "persistence.results:load",
        "Result.report": "studies.report:report",
        "Result.to_excel": "studies.workbook:workbook",
        "Tabular.text": "view.languages:text_of",
        "Result.plot": "view.pictures:of_result",
        "Pictured.plot": "view.pictures:of_answer",
    }
)

__version__ = VERSION

__all__ = sorted([*_HOME_OF, "__version__"])  # noqa: PLE0605 - the names stand in the stub


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'avtosim' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
