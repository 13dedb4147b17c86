"""What came out of plain runs and what they were made of, for questions about years of a kind."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..answers import intervals
from ..answers.estimate import Estimate
from ..answers.numbers import PROBABILITY
from ..chance.blocks import Block
from ..chance.picked import held
from ..chance.points import Points
from ..plant.makeup import Element
from ..plant.model import Model
from ..plant.record import Floats
from .experiment import Experiment
from .sent import SentModel
from .workers import Map

#: Fewest years of a kind, among the runs, from which anything is said of it.
FEWEST = 50


def years(
    experiment: Experiment,
    sent: SentModel,
    mapped: Map,
    doing: str,
    *,
    copy: int = 0,
    medians: frozenset[str] = frozenset(),
) -> tuple[Floats, Floats]:
    """The output of each run, and what the elements of its year were, (elements, runs).

    The random inputs named in ``medians`` are held there.
    """
    parts = experiment.answers(sent, mapped, partial(_of_block, copy, medians), doing)
    outputs, made = zip(*parts, strict=True)
    return np.concatenate(outputs), np.concatenate(made, axis=1)


def _of_block(copy: int, medians: frozenset[str], model: Model, block: Block) -> tuple[Floats, Floats]:
    return played(model, held(block.points(model.space, copy), medians))


def played(model: Model, points: Points) -> tuple[Floats, Floats]:
    """The output at each point, and what its year was made of; moves of factors relative to today's level."""
    reading = model.read(points)
    made = model.makeup(reading)
    moved = [row for row, element in enumerate(model.elements) if element.what == "moved"]
    made[moved] = np.expm1(made[moved])
    return model.play(model.drivers(reading), points.runs)["annual"], made


def share(hits: NDArray[np.bool_], what: str) -> Estimate:
    """The share of years that are as ``hits`` says."""
    found = intervals.proportion(hits, 1)
    return Estimate.of(found, runs=hits.size, method="Wilson's", what=what, unit=PROBABILITY)


def unit_of(element: Element) -> str:
    """The unit of an element as ``played`` gives it."""
    return "of today's level" if element.what == "moved" else element.unit
