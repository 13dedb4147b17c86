"""Rare targets: the chance of a year so good, or so bad, that plain runs hardly ever meet it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..answers.estimate import check_share, check_target
from ..answers.rare import RareChance, from_repeats
from ..answers.result import ROUNDING
from ..chance import subset
from ..chance.points import Floats, GivenPoints
from ..chance.streams import Stream, key
from ..facts.scenario import Scenario
from ..plant.model import Model
from ..version import VERSION
from .arguments import checked_count, checked_scenario, checked_seed

__all__ = ["climb", "rare_chance"]

#: A chance below ``_FRACTION`` to this power is out of reach.
_MOST_LEVELS = 20
_FRACTION = 0.1
# Points given to the model at a time, so that memory stays flat.
_PIECE = 4096


def rare_chance(
    scenario: Scenario,
    *,
    at_least: float | None = None,
    below: float | None = None,
    particles: int = 1000,
    repeats: int = 10,
    seed: int = 0,
    threads: int = 1,
    confidence: float = 0.95,
) -> RareChance:
    """Chance of an output of at least, or at most, so many vehicles, when it is too small for plain runs.

    Subset simulation: ``repeats`` independent populations of ``particles`` points climb from level to level, each
    reached by one point in ten of the last. Costs about ``repeats * particles`` model runs for each power of ten of
    the chance; the error comes from the spread of the repeats. It cannot know of ways to the target that no population
    found: the warning speaks when the repeats differ much, when some did not get there, or when the target seems out
    of reach.

    Raises ``ValueError`` unless exactly one of ``at_least`` and ``below`` is given, and for numbers that make no
    sense.
    """
    checked_scenario(scenario)
    if (at_least is None) == (below is None):
        given = "neither" if at_least is None else "both"
        raise ValueError(f"target: give at_least or below, one of the two; got {given}")
    target = at_least if at_least is not None else below
    check_target("below" if at_least is None else "at_least", target)
    assert target is not None
    particles = checked_count("particles", particles, 100, 1_000_000)
    repeats = checked_count("repeats", repeats, 4, 1000)
    threads = checked_count("threads", threads, 1, 1024)
    seed = checked_seed(seed)
    check_share("confidence", confidence)
    model = Model(scenario)
    sign = 1.0 if at_least is not None else -1.0
    with ThreadPoolExecutor(threads) as pool:

        def score(points: Floats) -> Floats:
            pieces = [points[:, at : at + _PIECE] for at in range(0, points.shape[1], _PIECE)]
            work = pool.map if threads > 1 else map
            return sign * np.concatenate(list(work(lambda piece: _annual(model, piece), pieces)))

        stream = Stream().at(key(seed, "rare chance"), 0)
        steps = list(climb(score, model.space.dimension, sign * target - ROUNDING, repeats, particles, stream))
    direction = "at least" if sign > 0 else "below"
    return _answer(steps, sign, target, f"chance of {direction} {target:,.0f}", scenario.name, seed, confidence)


def _annual(model: Model, scores: Floats) -> Floats:
    return model(GivenPoints(model.space, scores, scores=True))["annual"]


def climb(
    score: subset.LimitState,
    dimension: int,
    goal: float,
    repeats: int,
    particles: int,
    stream: np.random.Generator,
) -> Iterator[subset.Populations]:
    """Populations level by level, until every repeat is done or stuck, or the chance is out of reach."""
    now = subset.init(score, dimension, repeats=repeats, particles=particles, stream=stream)
    yield now
    goals = np.full(repeats, goal)
    for to_go in range(_MOST_LEVELS - 1, -1, -1):
        last, now = now, subset.step(now, score, goal, fraction=_FRACTION, stream=stream)
        yield now
        walking = ~(now.done | now.stuck)
        # Thresholds rise by less and less as a rule: where even three times the last rise would not do, none will.
        risen = np.subtract(
            now.threshold, last.threshold, out=np.full_like(goals, np.inf), where=np.isfinite(last.threshold)
        )
        if not (walking & (3.0 * to_go * risen >= goals - now.threshold)).any():
            return


def _answer(
    steps: list[subset.Populations], sign: float, target: float, what: str, title: str, seed: int, confidence: float
) -> RareChance:
    last = steps[-1]
    estimates = np.where(last.done, last.probability, 0.0)
    best = float(max(now.values.max() for now in steps))
    notes: list[str] = []
    if not last.done.any():
        end = "highest" if sign > 0 else "lowest"
        notes.append(
            f"the {end} output met was {sign * best:,.0f}; {target:,.0f} seems beyond what this scenario can reach"
        )
    elif last.accepted[last.done].min() < 0.05:
        notes.append("the walks hardly moved")
    levels: list[float] = []
    before = steps[0].threshold
    for now in steps[1:]:
        begun = np.isfinite(now.threshold)
        # The mean of all repeats that have a level, so that it goes one way only; repeats that are done stay at theirs.
        if begun.any() and not np.array_equal(now.threshold, before):
            levels.append(sign * float(now.threshold[begun].mean()))
        before = now.threshold
    estimate = from_repeats(
        estimates,
        reach=last.probability,
        particles=last.values.shape[1],
        model_runs=last.evaluations,
        what=what,
        notes=notes,
        confidence=confidence,
    )
    return RareChance(
        what=what,
        estimate=estimate,
        repeats=estimates,
        levels=tuple(levels),
        highest=sign * best,
        model_runs=last.evaluations,
        seed=seed,
        title=title,
        version=VERSION,
    )
