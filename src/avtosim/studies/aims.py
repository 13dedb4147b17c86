"""What a study asks of a year: to reach a target, or to be a year of at least, or below, some volume."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from ..answers.estimate import Estimate, check_target
from ..answers.intervals import proportion
from ..answers.numbers import PROBABILITY, stated
from ..answers.parts import PartOfOutput
from ..answers.result import ROUNDING, part_in_words, reached
from ..chance.design import shown
from ..facts.entities import Target
from ..facts.scenario import Scenario
from ..plant.record import Floats
from ..say import joined, say


@attrs.frozen
class Aim:
    """A volume to reach (``sign`` 1) or to stay below (-1), by the year or by a part of the output."""

    volume: float
    part: Target | None = None
    sign: float = 1.0

    @property
    def name(self) -> str:
        """The argument that states a side."""
        return "at_least" if self.sign > 0 else "below"

    @property
    def text(self) -> str:
        """The aim in words, such as "at least 30,000 vehicles of BAIC until 2024-06"."""
        volume, of = stated(self.volume), "" if self.part is None else part_in_words(self.part.until, self.part.of)
        if self.sign > 0:
            return say("at least {volume} vehicles{of}", volume=volume, of=of)
        return say("less than {volume} vehicles{of}", volume=volume, of=of)

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario with this as its only target, so that its model counts what is needed, in ``outputs``."""
        with warnings.catch_warnings():
            # What there is to warn of was said when the scenario was made.
            warnings.simplefilter("ignore")
            return scenario.replace({"targets": (self.volume if self.part is None else self.part,)})

    def outputs(self, record: Mapping[str, Floats]) -> Floats:
        """What counts for it in each run, from what the model keeps."""
        return record["annual"] if self.part is None else record["output"][0]

    def hits(self, outputs: Floats) -> NDArray[np.bool_]:
        """Which runs are as it asks."""
        met = reached(outputs, self.volume)
        return met if self.sign > 0 else ~met

    def chance(self, hits: NDArray[np.bool_], where: str = "") -> Estimate:
        """The chance of it from the runs that are as it asks; ``where`` says with what changed."""
        rest = {
            "method": "Wilson's",
            "what": joined("", [say("chance of {what}", what=self.text), where]),
            "unit": PROBABILITY,
        }
        return Estimate.of(proportion(hits, 1), runs=hits.size, **rest)

    def margin(self, outputs: Floats) -> Floats:
        """How far each run lies beyond what is asked, in vehicles: a run is as asked where it is 0 or more."""
        if self.sign > 0:
            return outputs - (self.volume - ROUNDING)
        return np.asarray(np.nextafter(self.volume - ROUNDING, -np.inf) - outputs)


def checked_aim(scenario: Scenario, target: object, *, name: str = "target") -> Aim:
    """The aim to reach a target, a number of vehicles or a ``Target``; raises ``ValueError`` or ``FactError``."""
    if isinstance(target, PartOfOutput):
        part = Target(volume=target.volume, until=target.until, of=target.of)
        made = Aim(part.volume, part if part.of or part.until else None)
        # The scenario says whether there are such names and months.
        made.applied(scenario)
        return made
    check_target(name, target)
    return Aim(float(cast("Any", target)))


def first_aim(scenario: Scenario, target: object) -> Aim | None:
    """The aim of ``target``, of the scenario's first one where none is given, or None where it has none either."""
    if target is None:
        return checked_aim(scenario, scenario.targets[0]) if scenario.targets else None
    return checked_aim(scenario, target)


def checked_side(at_least: object, below: object) -> Aim:
    """A year of at least, or below, a volume: exactly one of the two."""
    if (at_least is None) == (below is None):
        given = "neither" if at_least is None else "both"
        raise ValueError(f"target: give at_least or below, one of the two; got {given}")
    name, volume, sign = ("at_least", at_least, 1.0) if below is None else ("below", below, -1.0)
    if isinstance(volume, PartOfOutput):
        raise TypeError(f"{name}: must be a number of vehicles of the year; got {shown(volume)}")
    check_target(name, volume)
    return Aim(float(cast("Any", volume)), None, sign)
