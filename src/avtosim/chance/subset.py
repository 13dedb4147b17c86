"""Subset simulation: chances too small for plain runs, as a product of moderate ones, by walks in normal space.

``init`` makes populations of normal scores, ``step`` takes them to the next level; the caller owns the loop. Several
independent repeats walk side by side, so that the limit state is asked about many points at a time and the
error can be read off the spread of the repeats. Sources: Au and Beck (2001), Probabilistic Engineering Mechanics 16(4);
the moves are preconditioned Crank-Nicolson ones (Cotter et al., 2013, Statistical Science 28(3)), with the step size
adapted as in Papaioannou et al. (2015), Probabilistic Engineering Mechanics 41.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

__all__ = ["LimitState", "Populations", "init", "step"]

Floats = NDArray[np.float64]
#: From normal scores (dimension, points) to what must be high, (points,).
LimitState = Callable[[Floats], Floats]

_WANTED_ACCEPTANCE = 0.44


@attrs.frozen
class Populations:
    """Repeats at their levels. A repeat that is done, or stuck on a level that no point exceeds, no longer walks."""

    points: Floats  # (dimension, repeats, particles), normal scores given that the level is reached
    values: Floats  # (repeats, particles)
    level: Floats  # (repeats,); minus infinity before the first step
    chance: Floats  # (repeats,): chance of reaching the level
    step_size: Floats  # (repeats,): how far a move goes, from 0 (not at all) to 1 (anywhere)
    accepted: Floats  # (repeats,): share of the last step's moves that were taken
    done: NDArray[np.bool_]  # (repeats,): chance holds that of the goal
    stuck: NDArray[np.bool_]  # (repeats,)
    evaluations: int  # points evaluations about so far, over all repeats


def init(
    score: LimitState, dimension: int, *, repeats: int, particles: int, stream: np.random.Generator
) -> Populations:
    """Populations of independent points."""
    points = stream.standard_normal((dimension, repeats, particles))
    values = score(points.reshape(dimension, repeats * particles)).reshape(repeats, particles)
    return Populations(
        points,
        values,
        level=np.full(repeats, -np.inf),
        chance=np.ones(repeats),
        step_size=np.full(repeats, 0.6),
        accepted=np.ones(repeats),
        done=np.zeros(repeats, dtype=np.bool_),
        stuck=np.zeros(repeats, dtype=np.bool_),
        evaluations=values.size,
    )


def step(now: Populations, score: LimitState, goal: float, *, share: float, stream: np.random.Generator) -> Populations:
    """Take every walking repeat to its next level: the best ``share`` of its points, from which new ones are walked.

    A repeat in which that share reaches ``goal`` is done: the share of its points at or above the goal is its last
    factor. Where more points than that tie at the level they stand on, the next higher value is the level; where there
    is none, the repeat is stuck.
    """
    particles = now.values.shape[1]
    seeds = max(round(share * particles), 1)
    level, chance = now.level.copy(), now.chance.copy()
    done, stuck = now.done.copy(), now.stuck.copy()
    points, values = now.points.copy(), now.values.copy()
    walking = []
    for repeat in np.flatnonzero(~(done | stuck)):
        own = now.values[repeat]
        threshold = np.sort(own)[particles - seeds]
        if threshold >= goal:
            chance[repeat] *= np.count_nonzero(own >= goal) / particles
            done[repeat] = True
            continue
        if threshold <= level[repeat]:
            above = own[own > level[repeat]]
            if not above.size:
                stuck[repeat] = True
                continue
            threshold = min(above.min(), goal)
        level[repeat] = threshold
        alive = np.flatnonzero(own >= threshold)
        chance[repeat] *= alive.size / particles
        if not alive.size:
            stuck[repeat] = True
            continue
        chosen = stream.choice(alive, seeds, replace=alive.size < seeds)
        points[:, repeat, :seeds], values[repeat, :seeds] = now.points[:, repeat, chosen], own[chosen]
        walking.append(repeat)
    moved = attrs.evolve(now, points=points, values=values, level=level, chance=chance, done=done, stuck=stuck)
    return _walk(moved, np.asarray(walking, dtype=np.intp), seeds, score, stream) if walking else moved


def _walk(
    now: Populations, repeats: NDArray[np.intp], seeds: int, score: LimitState, stream: np.random.Generator
) -> Populations:
    """Fill populations with chains that begin at their first ``seeds`` points; changes ``now``'s arrays."""
    dimension, _, particles = now.points.shape
    step_size, accepted = now.step_size.copy(), now.accepted.copy()
    accepted[repeats] = 0.0
    level = now.level[repeats, None]
    moves = 0
    for start in range(seeds, particles, seeds):
        count = min(seeds, particles - start)
        old = slice(start - seeds, start - seeds + count)
        standing, value = now.points[:, repeats, old], now.values[repeats, old]
        step_width = step_size[repeats, None]
        tried = np.sqrt(1.0 - step_width**2) * standing + step_width * stream.standard_normal(standing.shape)
        reached = score(tried.reshape(dimension, value.size)).reshape(value.shape)
        taken = reached >= level
        now.points[:, repeats, start : start + count] = np.where(taken, tried, standing)
        now.values[repeats, start : start + count] = np.where(taken, reached, value)
        moves += 1
        rate = taken.mean(axis=1)
        accepted[repeats] += rate
        log_step_size = np.log(step_size[repeats]) + (rate - _WANTED_ACCEPTANCE) / np.sqrt(moves)
        step_size[repeats] = np.clip(np.exp(log_step_size), 0.02, 0.999)
    accepted[repeats] /= max(moves, 1)
    evaluations = now.evaluations + len(repeats) * (particles - seeds)
    return attrs.evolve(now, step_size=step_size, accepted=accepted, evaluations=evaluations)
