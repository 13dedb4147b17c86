"""Nested runs by brute force: many draws of luck at each of many draws of what is not known."""

from __future__ import annotations

import numpy as np

import avtosim
from avtosim.chance.blocks import blocks
from avtosim.chance.picked import PickedPoints
from avtosim.chance.points import Floats, Points
from avtosim.chance.space import RandomInput
from avtosim.plant.makeup import not_known

__all__ = ["nested"]

#: Runs that are worked out together.
_TOGETHER = 8192


class _Repeated(Points):
    """Points that each stand for several runs."""

    def __init__(self, base: Points, times: int) -> None:
        super().__init__(base.space, base.runs * times)
        self._base, self._times = base, times

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        return np.repeat(self._base.uniforms(random_input), self._times, axis=1), False


def nested(scenario: avtosim.Scenario, points: int, draws: int, seed: int = 1_000_000) -> Floats:
    """Give the output of the year, (points, draws)."""
    model = avtosim.Model(scenario)
    names = {random_input.name for random_input in model.space.inputs if not_known(random_input)}
    size = max(_TOGETHER // draws, 1)
    made = np.empty((points, draws))
    for known, luck in zip(
        blocks(seed, 0, points, size), blocks(seed + 1, 0, points * draws, size * draws), strict=True
    ):
        shared = _Repeated(known.points(model.space), draws)
        picked = PickedPoints(luck.points(model.space), shared, names)
        made[known.first : known.first + known.runs] = model(picked)["annual"].reshape(known.runs, draws)
    return made
