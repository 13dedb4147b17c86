"""The scenario that a result was made from."""

from __future__ import annotations

from ..answers.result import RunInfo
from ..declare.faults import FactError
from ..facts.scenario import Scenario
from ..files.load import loads


def scenario_of(run_info: RunInfo) -> Scenario | None:
    """The scenario of a result, read back from its text where the result was loaded.

    None where the text cannot be read, as where a law of the user's own stands in it.
    """
    if isinstance(run_info.stated, Scenario):
        return run_info.stated
    try:
        return loads(run_info.scenario, where="scenario of the result")
    except FactError:
        return None
