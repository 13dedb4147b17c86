"""Records of stops that tests of fits share, and the one fault that a call raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import avtosim as av

__all__ = ["STOPS", "YEAR", "fault_of"]

STOPS: list[dict[str, Any]] = [
    {"partner": "Kaiyi", "start": "2023-02-10", "end": "2023-02-20"},
    {"partner": "Kaiyi", "start": "2023-06-01", "end": "2023-06-25"},
    {"partner": "BAIC", "start": "2023-04-01", "end": "2023-04-12"},
    {"partner": "BAIC", "start": "2023-08-14", "end": "2023-08-31"},
    {"partner": "BAIC", "start": "2023-09-18", "end": "2023-10-09"},
    {"partner": "Kaiyi", "start": "2023-12-11", "end": None},
]
YEAR = dict.fromkeys(("Kaiyi", "BAIC", "SWM"), ("2023-01", "2023-12"))


def fault_of(call: Callable[..., Any], *given: Any, **more: Any) -> str:
    """Give the text of the one fault that a call raises."""
    with pytest.raises(av.FactError) as raised:
        call(*given, **more)
    assert len(raised.value.faults) == 1, str(raised.value)
    return str(raised.value)
