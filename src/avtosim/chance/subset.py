"""Subset simulation: probabilities too small for plain runs, as products of moderate ones, by walks in normal space.

``init`` makes populations of normal scores, ``step`` takes them to the next threshold; the caller owns the loop.
Several independent repeats walk side by side, so that the limit state is evaluated at many points at a time and the
error can be read off the spread of the repeats. Sources: Au and Beck (2001), Probabilistic Engineering Mechanics 16(4);
the moves are preconditioned Crank-Nicolson ones (Cotter et al., 2013, Statistical Science 28(3)), with the step size
adapted as in Papaioannou et al. (2015), Probabilistic Engineering Mechanics 41.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

from .points import Floats

#: From normal scores (dimension, points) to the quantity that must be high, (points,).
LimitState = Callable[[Floats], Floats]

_TARGET_ACCEPTANCE = 0.44


@attrs.frozen
class Populations:
    """Repeats at their thresholds. A repeat no longer walks when it is done, or stuck where no point gets higher."""

    points: Floats  # (dimension, repeats, particles), normal scores given that the threshold is reached
    values: Floats  # (repeats, particles)
    threshold: Floats  # (repeats,); minus infinity before the first step
    probability: Floats  # (repeats,), of reaching the threshold
    step_size: Floats  # (repeats,), from 0 (no move) to 1 (an independent draw)
    accepted: Floats  # (repeats,): fraction of the last step's moves that were accepted
    done: NDArray[np.bool_]  # (repeats,): probability is that of the goal
    stuck: NDArray[np.bool_]  # (repeats,)
    evaluations: int  # points at which the limit state was evaluated, over all repeats


def init(
    limit_state: LimitState, dimension: int, *, repeats: int, particles: int, stream: np.random.Generator
) -> Populations:
    """Populations of independent points."""
    points = stream.standard_normal((dimension, repeats, particles))
    values = limit_state(points.reshape(dimension, repeats * particles)).reshape(repeats, particles)
    return Populations(
        points,
        values,
        threshold=np.full(repeats, -np.inf),
        probability=np.ones(repeats),
        step_size=np.full(repeats, 0.6),
        accepted=np.ones(repeats),
        done=np.zeros(repeats, dtype=np.bool_),
        stuck=np.zeros(repeats, dtype=np.bool_),
        evaluations=values.size,
    )


def step(
    now: Populations, limit_state: LimitState, goal: float, *, fraction: float, stream: np.random.Generator
) -> Populations:
    """Take each walking repeat to its next threshold: its best ``fraction`` of points, from which new ones are walked.

    A repeat in which that fraction reaches ``goal`` is done: the fraction of its points at or above the goal is its
    last factor. Where more points than that tie at the present threshold, the next higher value is the threshold; where
    there is none, the repeat is stuck.
    """
    particles = now.values.shape[1]
    seeds = max(round(fraction * particles), 1)
    threshold, probability = now.threshold.copy(), now.probability.copy()
    done, stuck = now.done.copy(), now.stuck.copy()
    points, values = now.points.copy(), now.values.copy()
    walking = []
    for repeat in np.flatnonzero(~(done | stuck)):
        own = now.values[repeat]
        candidate = np.sort(own)[particles - seeds]
        if candidate >= goal:
            probability[repeat] *= np.count_nonzero(own >= goal) / particles
            done[repeat] = True
            continue
        if candidate <= threshold[repeat]:
            above = own[own > threshold[repeat]]
            if not above.size:
                stuck[repeat] = True
                continue
            candidate = min(above.min(), goal)
        threshold[repeat] = candidate
        alive = np.flatnonzero(own >= candidate)
        probability[repeat] *= alive.size / particles
        if not alive.size:
            stuck[repeat] = True
            continue
        chosen = stream.choice(alive, seeds, replace=alive.size < seeds)
        points[:, repeat, :seeds], values[repeat, :seeds] = now.points[:, repeat, chosen], own[chosen]
        walking.append(repeat)
    moved = attrs.evolve(
        now, points=points, values=values, threshold=threshold, probability=probability, done=done, stuck=stuck
    )
    return _walk(moved, np.asarray(walking, dtype=np.intp), seeds, limit_state, stream) if walking else moved


def _walk(
    now: Populations, repeats: NDArray[np.intp], seeds: int, limit_state: LimitState, stream: np.random.Generator
) -> Populations:
    """Fill populations with chains that begin at their first ``seeds`` points; changes the arrays of ``now``."""
    dimension, _, particles = now.points.shape
    step_size, accepted = now.step_size.copy(), now.accepted.copy()
    accepted[repeats] = 0.0
    threshold = now.threshold[repeats, None]
    moves = 0
    for start in range(seeds, particles, seeds):
        count = min(seeds, particles - start)
        old = slice(start - seeds, start - seeds + count)
        standing, value = now.points[:, repeats, old], now.values[repeats, old]
        width = step_size[repeats, None]
        proposed = np.sqrt(1.0 - width**2) * standing + width * stream.standard_normal(standing.shape)
        reached = limit_state(proposed.reshape(dimension, value.size)).reshape(value.shape)
        accept = reached >= threshold
        now.points[:, repeats, start : start + count] = np.where(accept, proposed, standing)
        now.values[repeats, start : start + count] = np.where(accept, reached, value)
        moves += 1
        rate = accept.mean(axis=1)
        accepted[repeats] += rate
        log_step_size = np.log(step_size[repeats]) + (rate - _TARGET_ACCEPTANCE) / np.sqrt(moves)
        step_size[repeats] = np.clip(np.exp(log_step_size), 0.02, 0.999)
    accepted[repeats] /= max(moves, 1)
    evaluations = now.evaluations + len(repeats) * (particles - seeds)
    return attrs.evolve(now, step_size=step_size, accepted=accepted, evaluations=evaluations)
