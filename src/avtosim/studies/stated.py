"""The scenario that an answer came from."""

from __future__ import annotations

import warnings

from ..answers.result import RunInfo
from ..declare.faults import FactError
from ..facts.scenario import Scenario
from ..files.load import loads


def scenario_of(run_info: RunInfo) -> Scenario | None:
    """The scenario that an answer came from; None where only its text is left, and it holds laws that no file can."""
    stated = run_info.stated
    if isinstance(stated, Scenario):
        return stated
    try:
        with warnings.catch_warnings():
            # What there is to warn of was said when the scenario was made.
            warnings.simplefilter("ignore")
            return loads(run_info.scenario)
    except FactError:
        return None
