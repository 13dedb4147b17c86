"""Designs for tests: those of the package, found by themselves, and their points as one array."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np

from avtosim.chance import designs as room
from avtosim.chance.design import Batch, Design
from avtosim.chance.designs.latin_hypercube import LatinHypercube
from avtosim.chance.designs.sobol import Sobol
from avtosim.chance.points import Points
from avtosim.chance.space import RandomInput, Space

SPACE = Space(
    3,
    (
        RandomInput("level", "a", monthly=False, scores=True),
        RandomInput("moves", "a", monthly=True, scores=True),
        RandomInput("moment", "b", monthly=False, scores=False),
        RandomInput("moments", "b", monthly=True, scores=False),
    ),
)


def found() -> list[type[Design]]:
    """All classes of designs in the modules of the package's folder of designs."""
    modules = [
        importlib.import_module(f"{room.__name__}.{module.name}") for module in pkgutil.iter_modules(room.__path__)
    ]
    every = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return sorted({c for c in every if issubclass(c, Design) and c is not Design}, key=lambda c: c.__name__)


#: The example of every design, and more of those whose parameter changes much.
DESIGNS = [
    *(design() for design in found()),
    LatinHypercube(2),
    LatinHypercube(37),
    LatinHypercube(4200),
    Sobol(8),
    Sobol(40),
]


def batches(design: Design, runs: int, *, seed: int = 1, first: int = 0, space: Space = SPACE) -> list[Batch]:
    """All batches of a design."""
    return list(design.batches(space, seed, first, runs))


def put(some: list[Batch], runs: int, *, scores: bool = False, space: Space = SPACE) -> np.ndarray:
    """All coordinates of all runs, input by input, (dimension, runs); what no batch writes is NaN."""
    every = np.full((space.dimension, runs), np.nan)
    for batch in some:
        every[:, batch.start : batch.stop] = values(batch.points(), scores=scores, space=space)
    return every


def values(points: Points, *, scores: bool = False, space: Space = SPACE) -> np.ndarray:
    """All coordinates of some points, input by input."""
    return np.concatenate(
        [(points.scores if scores else points.uniforms)(random_input) for random_input in space.inputs]
    )


def uniforms(design: Design, runs: int, *, seed: int = 1, first: int = 0, space: Space = SPACE) -> np.ndarray:
    """All uniform numbers, (dimension, runs), input by input."""
    return put(batches(design, runs, seed=seed, first=first, space=space), runs, space=space)
