"""In which order the random inputs of a plant meet the quasi-random numbers, of which the first are the best."""

from __future__ import annotations

import attrs

import avtosim as av
from avtosim.plant.model import Model


def test_what_moves_most_of_a_plant_comes_first() -> None:
    """The first coordinates belong to beliefs and shocks, then come partners and lines, vehicles last."""
    law = av.Uniform(0.4, 0.8)
    plant = av.load("avtotor-2024-06")
    plant = attrs.evolve(plant, vehicles=[attrs.evolve(v, delay=law) for v in plant.vehicles])
    kinds = [random_input.name.split("/")[0] for random_input in Model(plant).space.inputs]
    assert list(dict.fromkeys(kinds)) == ["quantities", "shocks", "factors", "partners", "lines", "markets", "vehicles"]
    facts = ["/".join(random_input.name.split("/")[:2]) for random_input in Model(plant).space.inputs]
    together = [fact for fact, before in zip(facts, [None, *facts], strict=False) if fact != before]
    assert len(together) == len(set(together))
