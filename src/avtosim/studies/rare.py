"""Rare targets: the chance of a year so good, or so bad, that plain runs hardly ever meet it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial

import numpy as np

from ..answers.estimate import check_share, check_target
from ..answers.rare import RareChance, from_repeats
from ..answers.result import ROUNDING
from ..chance import subset
from ..chance.points import Floats, GivenPoints
from ..chance.streams import Stream, key
from ..facts.scenario import Scenario
from ..version import VERSION
from .arguments import checked_count, checked_scenario
from .experiment import Experiment
from .memory import check_memory
from .sent import SentModel

#: A chance below ``_FRACTION`` to this power is out of reach.
_MOST_STEPS = 20
_FRACTION = 0.1
# Points given to the model at a time, so that memory stays flat.
_PIECE = 4096
# Populations held at once: before and after a step, and the moves proposed.
_COPIES = 3


def rare_chance(
    scenario: Scenario,
    *,
    at_least: float | None = None,
    below: float | None = None,
    particles: int = 1000,
    repeats: int = 10,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    confidence: float = 0.95,
) -> RareChance:
    """Estimate the chance of an output of at least, or below, a volume, when it is too small for plain runs.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    at_least : float, optional
        Volume in vehicles, 0 or more: the chance of an annual output that reaches it.
    below : float, optional
        Volume in vehicles, 0 or more: the chance of an annual output strictly below it, the complement of `at_least`.
        Exactly one of the two must be given.
    particles : int, default 1000
        Points of each population, 100 to 1,000,000.
    repeats : int, default 10
        Independent populations, 4 to 1,000; the standard error comes from their spread.
    seed : int, default 0
        A whole number of 0 or more. The same seed gives the same bits, whatever ``workers``.
    workers, executor : optional
        As for `simulate`.
    confidence : float, default 0.95
        Confidence of the interval, a number between 0 and 1, both left out.

    Returns
    -------
    RareChance
        The chance with its interval and ``warning``, which is empty if the answer may be relied on; the estimates of
        the ``repeats``; ``thresholds``, the intermediate volumes, each a mean over all repeats that have one by then
        (repeats that are done stay at their last); ``highest``, the most extreme output met; the number of model runs,
        and of the plain runs that would give the same standard error.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; the error names the facts.
    TypeError, ValueError
        Unless exactly one of ``at_least`` and ``below`` is given, and for an argument that makes no sense; before
        anything is run.
    MemoryError
        When the populations do not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    Subset simulation: each population climbs from one intermediate volume to the next, which one point in ten of the
    last step reaches. Costs about ``repeats * particles`` model runs for each power of ten of the chance, and memory of
    about 24 bytes times ``repeats * particles`` times the coordinates of the scenario.

    It cannot know of ways to the target that no population found. The warning speaks where the repeats differ much,
    where some did not get there, where the walks hardly moved, and where the target seems out of reach. For chances
    above about one in a hundred `simulate` is cheaper.

    Sources: Au and Beck (2001), Probabilistic Engineering Mechanics 16(4); Papaioannou et al. (2015), Probabilistic
    Engineering Mechanics 41.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> rare = avtosim.rare_chance(june, at_least=60_000, particles=100, repeats=4, seed=1)
    >>> 0.001 < rare.chance < 0.2
    True
    """
    checked_scenario(scenario)
    if (at_least is None) == (below is None):
        given = "neither" if at_least is None else "both"
        raise ValueError(f"target: give at_least or below, one of the two; got {given}")
    sign, name, target = (1.0, "at_least", at_least) if below is None else (-1.0, "below", below)
    check_target(name, target)
    assert target is not None
    particles = checked_count("particles", particles, 100, 1_000_000)
    repeats = checked_count("repeats", repeats, 4, 1000)
    check_share("confidence", confidence)
    experiment = Experiment.checked(default_runs=particles * repeats, seed=seed, workers=workers, executor=executor)
    sent = experiment.model(scenario)
    model = sent.model
    per_particle = 8 * _COPIES * repeats * max(model.space.dimension, 1)
    in_flight = 8 * experiment.workers * model.numbers_in_flight(min(_PIECE, particles * repeats))
    check_memory("particles", particles, per_particle, in_flight, f"{repeats:,} populations of {particles:,} points")
    # Below is what is not at least, with the same tolerance: the next number above minus the bound is the goal.
    goal = target - ROUNDING if sign > 0 else math.nextafter(ROUNDING - target, math.inf)
    with experiment.mapped() as mapped:

        def limit_state(points: Floats) -> Floats:
            pieces = (points[:, start : start + _PIECE] for start in range(0, points.shape[1], _PIECE))
            return sign * np.concatenate(list(mapped(partial(_annual, sent), pieces)))

        stream = Stream().at(key(experiment.seed, "rare chance"), 0)
        steps = climb(limit_state, model.space.dimension, goal, repeats, particles, stream)
        what = f"chance of {'at least' if sign > 0 else 'less than'} {target:,.12g}"
        return _answer(steps, sign, target, what, scenario.name, experiment.seed, confidence)


def _annual(sent: SentModel, piece: Floats) -> Floats:
    """In a worker: the outputs at some points."""
    return sent.model(GivenPoints(sent.model.space, piece, scores=True))["annual"]


def climb(
    limit_state: subset.LimitState,
    dimension: int,
    goal: float,
    repeats: int,
    particles: int,
    stream: np.random.Generator,
) -> Iterator[subset.Populations]:
    """Populations step by step, until every repeat is done or stuck, or the chance is out of reach."""
    now = subset.init(limit_state, dimension, repeats=repeats, particles=particles, stream=stream)
    yield now
    for to_go in range(_MOST_STEPS - 1, -1, -1):
        before = now.threshold
        now = subset.step(now, limit_state, goal, fraction=_FRACTION, stream=stream)
        yield now
        walking = ~(now.done | now.stuck)
        # Thresholds rise by less and less as a rule: where even three times the last rise would not do, none will.
        begun = np.isfinite(before)
        risen = np.subtract(now.threshold, before, out=np.full(repeats, np.inf), where=begun)
        if not (walking & (3.0 * to_go * risen >= goal - now.threshold)).any():
            return


def _answer(
    steps: Iterator[subset.Populations],
    sign: float,
    target: float,
    what: str,
    title: str,
    seed: int,
    confidence: float,
) -> RareChance:
    best, before = -math.inf, np.empty(0)
    thresholds: list[float] = []
    for last in steps:
        best = max(best, float(last.values.max()))
        begun = np.isfinite(last.threshold)
        # The mean of all repeats that have a threshold, so that it goes one way only; those done stay at theirs.
        if begun.any() and not np.array_equal(last.threshold, before):
            thresholds.append(sign * float(last.threshold[begun].mean()))
        before = last.threshold
    estimates = np.where(last.done, last.probability, 0.0)
    notes: list[str] = []
    if not last.done.any():
        end = "highest" if sign > 0 else "lowest"
        notes.append(
            f"the {end} output met was {sign * best:,.0f}; {target:,.0f} seems beyond what this scenario can reach"
        )
    elif last.accepted[last.done].min() < 0.05:
        notes.append("the walks hardly moved")
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
        thresholds=tuple(thresholds),
        highest=sign * best,
        model_runs=last.evaluations,
        seed=seed,
        title=title,
        version=VERSION,
    )
