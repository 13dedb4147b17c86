"""Rare targets: the chance of a year so good, or so bad, that plain runs hardly ever meet it."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np

from ..answers.estimate import check_share
from ..answers.numbers import stated
from ..answers.rare import RareChance, from_repeats
from ..answers.result import ROUNDING
from ..chance import subset
from ..chance.picked import held
from ..chance.points import Floats, GivenPoints
from ..chance.streams import Stream, key
from ..facts.scenario import Scenario
from ..plant.model import Model
from ..say import Number, say
from ..version import VERSION
from .aims import Aim, checked_side
from .arguments import MOST_RUNS, checked_count, checked_scenario
from .experiment import Experiment
from .memory import check_memory
from .sent import SentModel

# Points given to the model at a time, so that memory stays flat.
_PIECE = 4096
#: Fewest particles of a repeat.
_FEWEST = 100
#: Years that reached the target and are kept, of all repeats together.
_KEPT = 1000


def rare_chance(
    scenario: Scenario,
    *,
    at_least: float | None = None,
    below: float | None = None,
    particles: int = 1000,
    repeats: int = 10,
    max_runs: int | None = None,
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
        Points of each population, 100 to 1,000,000; rounded down to tens.
    repeats : int, default 10
        Independent populations, 4 to 1,000; the standard error comes from their spread.
    max_runs : int, optional
        Model runs at most, those of the pilot included. Where it is less than the repeats would take, they have fewer
        particles, 100 at least.
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
        the ``repeats``; ``thresholds``, the intermediate volumes; ``highest``, the most extreme output met; ``values``,
        which reads by address what the years that reached the target were like; the number of model runs, and of the
        plain runs that would give the same standard error.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; the error names the facts.
    TypeError, ValueError
        Unless exactly one of ``at_least`` and ``below`` is given, and for an argument that makes no sense; before
        anything is run. For ``max_runs`` too small for the pilot and the repeats: before anything is run where it could
        never do, else as soon as the pilot shows it.
    MemoryError
        When the populations do not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    Subset simulation with fixed levels. A pilot population climbs from one intermediate volume to the next, which one
    point in ten of the last step reaches, and so chooses the volumes and the size of the steps. Then the repeats take
    the same way, independently of each other, and adapt nothing: each is an estimate without bias, 0 where it dies out.
    The pilot plays no part in the estimate; it takes as many runs as one repeat.

    Costs about ``(repeats + 1) * particles`` model runs for each power of ten of the chance. Memory: about 24 bytes
    times ``particles`` times the coordinates of the scenario for the pilot, 4 bytes times ``particles * repeats`` times
    the coordinates for the repeats, and up to 8,000 bytes a coordinate for the years that are kept in the answer.

    It cannot know of ways to the target that no population found. The warning speaks where the repeats differ much,
    where some did not get there, where the walks hardly moved, and where the target seems out of reach. Where the way
    to the target is narrow few repeats find it: estimates are then mostly too small and now and then far too large,
    right on average and of little use. For chances above about one in a hundred `simulate` is cheaper.

    Sources: Au and Beck (2001), Probabilistic Engineering Mechanics 16(4); Cerou, Del Moral, Furon and Guyader (2012),
    Statistics and Computing 22(3); Dau and Chopin (2022), J. R. Stat. Soc. B 84(1).

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> rare = avtosim.rare_chance(june, at_least=40_000, particles=100, repeats=4, seed=1)
    >>> 0.001 < rare.chance < 0.2
    True
    """
    checked_scenario(scenario)
    aim = checked_side(at_least, below)
    particles = checked_count("particles", particles, _FEWEST, 1_000_000) // subset.LENGTH * subset.LENGTH
    repeats = checked_count("repeats", repeats, 4, 1000)
    most = sys.maxsize if max_runs is None else checked_count("max_runs", max_runs, 1, MOST_RUNS)
    check_share("confidence", confidence)
    experiment = Experiment.checked(default_runs=particles * repeats, seed=seed, workers=workers, executor=executor)
    return estimated(scenario, aim, experiment, particles=particles, repeats=repeats, most=most, confidence=confidence)


def estimated(
    scenario: Scenario,
    aim: Aim,
    experiment: Experiment,
    *,
    particles: int = 1000,
    repeats: int = 10,
    most: int = sys.maxsize,
    confidence: float = 0.95,
    medians: frozenset[str] = frozenset(),
) -> RareChance:
    """As ``rare_chance``, with checked arguments; the random inputs named in ``medians`` are held there."""
    sign, target = aim.sign, aim.volume
    # Below is what is not at least, with the same tolerance: the next number above minus the bound is the goal.
    goal = target - ROUNDING if sign > 0 else math.nextafter(ROUNDING - target, math.inf)
    _check_budget(most, subset.Plan(goal), particles, repeats)
    sent = experiment.model(scenario)
    dimension = sent.model.space.dimension
    groups = _groups(repeats, particles // subset.LENGTH, experiment.workers)
    _check_memory(sent.model, particles, len(groups[0]), experiment.workers)
    limit_state = partial(_signed_output, sent, sign, medians)
    stream = Stream().at(key(experiment.seed, "rare chance, pilot"), 0)
    for plan in subset.pilot(limit_state, dimension, goal, particles=particles, stream=stream):
        _check_budget(most, plan, particles, repeats)
    # Particles of a repeat that the pilot leaves runs for.
    a_chain = repeats * plan.evaluations(subset.LENGTH)
    size = min(particles, (most - plan.evaluations(particles)) // a_chain * subset.LENGTH)
    words = key(experiment.seed, "rare chance")
    work = partial(subset.walk, limit_state, dimension, plan, size, max(_KEPT // repeats, 1), words)
    with experiment.mapped() as mapped:
        walked = [repeat for group in mapped(work, groups) for repeat in group]
    scores = _alike(walked, Stream().at(words, repeats))
    fractions = np.array([repeat.fractions for repeat in walked])
    highest = sign * max(repeat.highest for repeat in walked)
    runs = plan.evaluations(particles) + sum(repeat.evaluations for repeat in walked)
    notes: list[str] = []
    if not scores.shape[1]:
        met = {"output": Number(f"{highest:,.0f}", highest), "target": Number(f"{target:,.0f}", target)}
        text = say("the lowest output met was {output}; {target} seems beyond what this scenario can reach", **met)
        if sign > 0:
            text = say("the highest output met was {output}; {target} seems beyond what this scenario can reach", **met)
        notes.append(text)
    elif any(repeat.accepted.min(initial=1.0) < 0.05 for repeat in walked if repeat.probability):
        notes.append(say("the walks hardly moved"))
    what = say("chance of less than {volume}", volume=stated(target))
    if sign > 0:
        what = say("chance of at least {volume}", volume=stated(target))
    return RareChance(
        what=what,
        estimate=from_repeats(
            fractions,
            particles=size,
            chains=size // subset.LENGTH,
            model_runs=runs,
            what=what,
            notes=notes,
            confidence=confidence,
        ),
        repeats=fractions.prod(axis=1),
        thresholds=tuple(sign * threshold for threshold in plan.thresholds),
        highest=highest,
        points=scores,
        read=partial(_read, sent, medians, scores),
        model_runs=runs,
        seed=experiment.seed,
        title=scenario.name,
        version=VERSION,
    )


def _check_budget(most: int, plan: subset.Plan, particles: int, repeats: int) -> None:
    """Raise ``ValueError`` where a pilot that has come so far leaves too few runs for the smallest repeats."""
    used, least, found = plan.evaluations(particles), repeats * plan.evaluations(_FEWEST), len(plan.thresholds)
    if used + least > most:
        so_far = f", over the {found} threshold{'s' * (found > 1)} found so far" if found else ""
        raise ValueError(
            f"max_runs: must be {used + least:,} or more: {used:,} for a pilot of {particles:,} particles and {least:,}"
            f" for {repeats:,} repeats of {_FEWEST} particles{so_far}; got {most:,};"
            " give more, or fewer particles or repeats"
        )


def _read(sent: SentModel, medians: frozenset[str], scores: Floats, address: str) -> Floats:
    """What a number of the model was, or the share that stops left running: (months or 1, years)."""
    model = sent.model
    reading = model.read(held(GivenPoints(model.space, scores, scores=True), medians))
    stops = address in model.truncation_bound
    values = model.availability(reading)[address] if stops else reading[address]
    return np.broadcast_to(values, (len(values), scores.shape[1]))


def _signed_output(sent: SentModel, sign: float, medians: frozenset[str], points: Floats) -> Floats:
    """The annual output at normal scores, or minus it."""
    model = sent.model
    pieces = (points[:, start : start + _PIECE] for start in range(0, points.shape[1], _PIECE))
    outputs = [model(held(GivenPoints(model.space, piece, scores=True), medians))["annual"] for piece in pieces]
    return sign * np.concatenate(outputs)


def _groups(repeats: int, chains: int, workers: int) -> list[range]:
    """Numbers of the repeats that walk side by side: few groups, each of as many points as the model likes at once."""
    size = min(-(-repeats // workers), max(_PIECE // chains, 1))
    return [range(first, min(first + size, repeats)) for first in range(0, repeats, size)]


def _check_memory(model: Model, particles: int, side_by_side: int, workers: int) -> None:
    """Raise ``MemoryError`` where the pilot or the repeats do not fit."""
    # A pilot holds its points, and twice while they are joined; repeats hold their chains as they stand, as drawn and
    # as proposed, one array on the way between these, and as many seeds. A point has its value, rank and place, too.
    chains = side_by_side * particles // subset.LENGTH
    copies = max(3.0, 5.0 * workers * chains / particles)
    dimension = model.space.dimension + 4
    at_once = min(_PIECE, max(particles, chains))
    beside = 8 * (workers * model.numbers_in_flight(at_once) + 2 * _KEPT * dimension)
    check_memory("particles", particles, int(8 * copies * dimension), beside, f"populations of {particles:,} points")


def _alike(walked: Sequence[subset.Repeat], stream: np.random.Generator) -> Floats:
    """Points at the goal that all have the same weight: from each repeat as many as its estimate is large."""
    chances = np.array([repeat.probability for repeat in walked])
    kept = np.array([repeat.hits.shape[1] for repeat in walked])
    arrived = chances > 0.0
    scale = (kept[arrived] / chances[arrived]).min(initial=math.inf) if arrived.any() else 0.0
    # Rounded so that each repeat gives its due on average.
    ends = np.floor(np.cumsum(scale * chances) + stream.random())
    numbers = np.diff(ends, prepend=0.0).astype(int)
    parts = [repeat.hits[:, :number] for repeat, number in zip(walked, numbers, strict=True)]
    return np.ascontiguousarray(np.concatenate(parts, axis=1))
