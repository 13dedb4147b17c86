"""Targets of a scenario, read from what is kept of some runs before there is a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..answers.result import reached
from ..facts.scenario import Scenario
from ..plant.record import Floats

_Reach = Callable[[Mapping[str, Floats]], NDArray[np.bool_]]


def targets_reached(scenario: Scenario, parts: Sequence[str]) -> dict[str, _Reach]:
    """For each target by its words, a function that says which runs of a record reach it.

    ``parts`` are the words of the targets that count in part, in the order of the record.
    """
    found: dict[str, _Reach] = {}
    for target in scenario.targets:
        if isinstance(target, float):
            found[f"{target:,.0f}"] = partial(_reaches, target, None)
        else:
            place = parts.index(target.text)
            found[f"{target.volume:,.0f} {target.text}"] = partial(_reaches, target.volume, place)
    return found


def _reaches(volume: float, place: int | None, record: Mapping[str, Floats]) -> NDArray[np.bool_]:
    return reached(record["annual"] if place is None else record["output"][place], volume)
