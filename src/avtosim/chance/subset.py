"""Subset simulation with fixed levels: a small probability as a product of moderate ones, by walks in normal space.

A ``pilot`` chooses the thresholds on the way to the goal, and how far the walks step above each. Then independent
repeats ``walk`` from threshold to threshold. As they adapt nothing on the way, the product of a repeat's fractions is
an unbiased estimate of the probability, whatever the pilot chose: a fraction counts the points that reach the next
threshold, chains start at points chosen evenly from these, and their moves leave the law given the threshold as it is.
The pilot's points play no part in the estimate.

Sources: Au and Beck (2001), Probabilistic Engineering Mechanics 16(4); for fixed levels, and why they have no bias,
Cerou, Del Moral, Furon and Guyader (2012), Statistics and Computing 22(3); for chains of which every point counts, Dau
and Chopin (2022), J. R. Stat. Soc. B 84(1). The moves are preconditioned Crank-Nicolson ones (Cotter et al., 2013,
Statistical Science 28(3)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from .points import Floats
from .streams import Stream

#: From normal scores (dimension, points) to the quantity that must be high, (points,).
LimitState = Callable[[Floats], Floats]

#: Points of a chain, its first one included; one point in so many is to reach the next threshold.
LENGTH = 10
#: Thresholds after which a pilot gives up: a probability below 1e-20 is out of reach.
_MOST = 20
# The usual target is 0.44; longer steps, fewer of which are accepted, gave smaller errors in both cases known exactly.
_TARGET_ACCEPTANCE = 0.3


@attrs.frozen
class Plan:
    """The way to the goal: thresholds in rising order, and the size of the steps above each.

    A step size lies between 0 (no move) and 1 (an independent draw).
    """

    goal: float
    thresholds: tuple[float, ...] = ()
    step_sizes: tuple[float, ...] = ()

    def evaluations(self, particles: int) -> int:
        """Evaluations of the limit state by a repeat that does not die out."""
        return particles // LENGTH * (LENGTH + (LENGTH - 1) * len(self.thresholds))


@attrs.frozen(eq=False)
class Repeat:
    """What one repeat found."""

    fractions: Floats  # (thresholds + 1,): of the points, those that reach the next threshold; 0 once none does
    accepted: (
        Floats  # (thresholds,): of the moves above each threshold, those that were accepted; 0 where none was made
    )
    hits: Floats  # (dimension, kept or fewer): points that reach the goal, chosen evenly from all that do
    highest: float
    evaluations: int

    @property
    def probability(self) -> float:
        """The estimate."""
        return float(self.fractions.prod())


def pilot(
    limit_state: LimitState, dimension: int, goal: float, *, particles: int, stream: np.random.Generator
) -> Iterator[Plan]:
    """Plans as far as they have come, each before the step to the next threshold is taken; the last one is the plan.

    A threshold is what one point in ten reaches or, where so many tie at the lowest value, the next value above. The
    way ends where that is the goal, where no value is higher than another, and where the goal seems out of reach. A
    pilot takes as many evaluations as one repeat of its plan.
    """
    chains = particles // LENGTH
    points = stream.standard_normal((dimension, chains * LENGTH))
    values = limit_state(points)
    plan, step_size = Plan(goal), 0.6
    while True:
        yield plan
        threshold = np.sort(values)[-chains]
        if threshold <= values.min():
            threshold = values[values > values.min()].min(initial=math.inf)
        if threshold >= goal or _hopeless((*plan.thresholds, float(threshold)), goal):
            return
        survivors = _Reservoir(chains, dimension)
        survivors.see(points, values, threshold, stream)
        walked = [survivors.seeds()]
        for turn in range(1, LENGTH):
            draws = stream.standard_normal((dimension, chains))
            points, values, accepted = _moved(*walked[-1], draws, threshold, step_size, limit_state)
            walked.append((points, values))
            step_size *= math.exp((accepted.mean() - _TARGET_ACCEPTANCE) / math.sqrt(turn))
            step_size = min(max(step_size, 0.02), 0.999)
        points, values = _joined(walked)
        plan = Plan(goal, (*plan.thresholds, float(threshold)), (*plan.step_sizes, step_size))


def walk(
    limit_state: LimitState,
    dimension: int,
    plan: Plan,
    particles: int,
    kept: int,
    words: NDArray[np.uint64],
    numbers: Sequence[int],
) -> list[Repeat]:
    """Repeats of a plan, side by side, so that the limit state is evaluated at many points at a time.

    Each has a stream of its own, block ``number`` of ``words``: what walks beside it does not change a bit of it. Of
    the points that reach the goal ``kept`` are kept.
    """
    chains = particles // LENGTH
    every = [_Walker(Stream().at(words, number), dimension, chains) for number in numbers]
    walking = every
    points = np.concatenate([walker.draw() for walker in walking], axis=1)
    values = limit_state(points)
    # A step of size 1 with nothing to reach is an independent draw.
    levels = zip((-math.inf, *plan.thresholds), (1.0, *plan.step_sizes), (*plan.thresholds, plan.goal), strict=True)
    for level, (threshold, step_size, target) in enumerate(levels):
        if level:
            walking = [walker for walker in walking if walker.survivors.count]
            if not walking:
                break
            points, values = _joined([walker.survivors.seeds() for walker in walking])
        for walker in walking:
            walker.begin(kept if target == plan.goal else chains)
        for turn in range(LENGTH):
            accepted = np.zeros(values.size, dtype=np.bool_)
            if turn:
                draws = np.concatenate([walker.draw() for walker in walking], axis=1)
                points, values, accepted = _moved(points, values, draws, threshold, step_size, limit_state)
            for index, walker in enumerate(walking):
                own = slice(index * chains, (index + 1) * chains)
                walker.see(points[:, own], values[own], target, int(np.count_nonzero(accepted[own])))
    return [walker.repeat(plan) for walker in every]


def _hopeless(thresholds: Sequence[float], goal: float) -> bool:
    """Whether the goal seems out of reach: thresholds rise by less and less as a rule."""
    to_go = _MOST - len(thresholds)
    return to_go < 0 or (
        len(thresholds) > 1 and 3.0 * to_go * (thresholds[-1] - thresholds[-2]) < goal - thresholds[-1]
    )


def _joined(parts: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    points, values = zip(*parts, strict=True)
    return np.concatenate(points, axis=1), np.concatenate(values)


def _moved(
    points: Floats, values: Floats, draws: Floats, threshold: float, step_size: float, limit_state: LimitState
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """One move of each point, which stays where it is unless that reaches the threshold; and whether it moved."""
    proposed = math.sqrt(1.0 - step_size**2) * points + step_size * draws
    reached = limit_state(proposed)
    accept = reached >= threshold
    return np.where(accept, proposed, points), np.where(accept, reached, values), accept


class _Reservoir:
    """Up to ``size`` of the points that reach a threshold, chosen evenly from all it is shown, in random order."""

    def __init__(self, size: int, dimension: int) -> None:
        self.count = 0
        self.points, self._values, self._ranks = np.empty((dimension, 0)), np.empty(0), np.empty(0)
        self._size = size

    def see(self, points: Floats, values: Floats, threshold: float, stream: np.random.Generator) -> None:
        """Take those that reach the threshold; where there are too many the lowest random ranks stay.

        Every point has its rank, so that what is drawn next does not depend on which of them survive.
        """
        own = stream.random(values.size)
        reached = np.flatnonzero(values >= threshold)
        self.count += reached.size
        if reached.size:
            ranks = np.concatenate([self._ranks, own[reached]])
            first = np.argsort(ranks)[: self._size]
            self._ranks = ranks[first]
            self._values = np.concatenate([self._values, values[reached]])[first]
            self.points = np.concatenate([self.points, points[:, reached]], axis=1)[:, first]

    def seeds(self) -> tuple[Floats, Floats]:
        """As many points as there is room for, with their values; where fewer came, all come round again."""
        turns = np.arange(self._size) % self._values.size
        return self.points[:, turns], self._values[turns]


class _Walker:
    """A repeat on its way."""

    def __init__(self, stream: np.random.Generator, dimension: int, chains: int) -> None:
        self._stream, self._dimension, self._chains = stream, dimension, chains
        self._reached: list[int] = []
        self._accepted: list[int] = []
        self._highest = -math.inf

    def draw(self) -> Floats:
        """Fresh normal scores, one point a chain."""
        return self._stream.standard_normal((self._dimension, self._chains))

    def begin(self, kept: int) -> None:
        """Begin the next level, of whose survivors ``kept`` are kept."""
        self.survivors = _Reservoir(kept, self._dimension)
        self._reached.append(0)
        self._accepted.append(0)

    def see(self, points: Floats, values: Floats, target: float, accepted: int) -> None:
        """Count the present points of the chains, and how many of them have just moved."""
        self.survivors.see(points, values, target, self._stream)
        self._reached[-1] = self.survivors.count
        self._accepted[-1] += accepted
        self._highest = max(self._highest, float(values.max()))

    def repeat(self, plan: Plan) -> Repeat:
        """What was found on the way."""
        fractions, accepted = np.zeros(len(plan.thresholds) + 1), np.zeros(len(plan.thresholds))
        walked, moves = len(self._reached), self._chains * (LENGTH - 1)
        fractions[:walked] = np.array(self._reached) / (self._chains * LENGTH)
        accepted[: walked - 1] = np.array(self._accepted[1:]) / moves
        evaluations = self._chains + walked * moves
        return Repeat(fractions, accepted, self.survivors.points, self._highest, evaluations)
