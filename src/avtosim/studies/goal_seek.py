"""Goal seek: the value of one number at which the chance of a target is what it should be."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import attrs
import numpy as np

from ..answers.estimate import Estimate, check_share
from ..answers.goal_seek import GoalSeek
from ..answers.numbers import figure
from ..chance.blocks import Block
from ..chance.points import Indices
from ..facts.entities import Target
from ..facts.scenario import Scenario
from ..facts.wording import unit_of
from ..plant.model import Model
from ..say import joined, say
from .aims import Aim, checked_aim
from .arguments import checked_scenario
from .experiment import Experiment
from .levels import Levels, Met, sought
from .levers import Lever
from .workers import Map

#: The value is found to this share of it, or of the range where it is near zero.
_FINE, _FINEST = 1e-5, 1e-9


def goal_seek(
    scenario: Scenario,
    address: str,
    target: float | Target,
    *,
    chance: float = 0.5,
    within: tuple[float, float] | None = None,
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> GoalSeek:
    """Find the value of a number that gives a chance of reaching a target, with an interval.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    address : str
        Address of the number, such as ``"partners.BAIC.fill_rate"``. A number that is stated for certain is replaced by
        the value sought. What is uncertain or changes over the months, so a law, ``Varying``, ``Stepwise`` or what
        follows a named quantity, is multiplied by it.
    target : float, 0 or more, vehicles, or Target
        The target.
    chance : float, strictly between 0 and 1, default 0.5
        The chance of reaching it that is sought.
    within : pair of float, optional
        The lowest and the highest value to think of, in the unit of the number; of what is multiplied, factors. By
        default the bounds of the field, or the calendar for a moment, else 0.1 to 10 times what is stated; less where
        the facts would contradict each other.
    runs : int, optional
        Number of simulated years; 20,000 by default.
    seed : int, default 0
        As for `simulate`.
    workers, executor, progress : optional
        As for `simulate`.

    Returns
    -------
    GoalSeek
        ``value``, ``low`` and ``high``; the chance as stated; whether more or less of the number helps, and in how many
        runs the reverse; ``changes``, which ``Scenario.replace`` takes. Where no value gives the chance: how near to it
        the best one comes.

    Raises
    ------
    FactError
        For an address without a number that can be sought, a target of what the scenario has not, or ``within`` where
        the facts would break their rules, before anything is run; and when a number or an output is not finite in some
        run, while it is running.
    TypeError, ValueError
        For an argument that makes no sense, before anything is run.
    MemoryError
        When the answer does not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    All values are tried on the same runs, with common random numbers. So each run has a critical value of its own, at
    which it turns from a miss to a hit; the value sought is that quantile of these critical values that the chance is,
    and its interval lies between two order statistics of them, which no law need be assumed for. A fortieth of the runs
    finds the region, all runs are tried at its ends and as stated, and then only those that differ between the ends
    that are left.

    It takes less than 5 runs of the model for each of ``runs``, from about 2,000 on, or 6 where the value is out of
    reach; each run is counted as often as it is played. Bisection of the chance takes 11 and has no interval.
    Memory: a byte for each run and each of some fifty values that are tried.

    A law that is multiplied is kept within the rule of its field: a fill rate times 1.2 is 1 where it would be above.
    What follows a named quantity is not, so its factor ends where a rule would be broken. Runs in which more of the
    number works the other way are counted; where they are many, other values may give the same chance. Seen are those
    that turn between the levels that all runs were tried at. The interval covers the random error of the runs alone.

    Source: order statistics as in David and Nagaraja (2003), Order Statistics, 3rd ed., section 7.1.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.goal_seek(june, "markets.Russia.per_year", 25_000, chance=0.6, runs=1_000, seed=1)
    >>> found.low < found.value < found.high
    True
    >>> better = june.replace(found.changes)
    """
    checked_scenario(scenario)
    aim = checked_aim(scenario, target)
    check_share("chance", chance)
    experiment = Experiment.checked(
        default_runs=20_000, runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    lever = Lever.of(aim.applied(scenario), address)
    low, high, note = lever.range(within)
    start = min(max(lever.as_stated, low), high)
    # A byte for each run and each value that is tried.
    experiment.check_room(experiment.model(lever.scenario), 9, copies=1)
    with experiment.mapped() as mapped:
        fine, finest = (0.0, 1.0) if lever.whole else (_FINE, _FINEST * (high - low))
        ask = partial(_met, experiment, mapped, lever, aim)
        found = sought(Levels(ask, experiment.runs, finest, lever.whole, fine), chance, low, high, start)
    levels = found.levels
    met = {level: found.pilot.met[level] for level in found.pilot.full} | levels.met
    tried = {level: aim.chance(met[level], _at(lever, level)) for level in sorted(met)}
    by_count = sorted(levels.full, key=levels.count)
    sign = -1 if levels.count(start) < chance * experiment.runs else 1
    nearest = min(levels.full, key=lambda level: (sign * levels.count(level), abs(level - start)))
    best = None if found.value else nearest
    fewer, enough = found.value or (by_count[0], by_count[-1])
    turned, other_way = levels.turns((fewer, enough))
    method, interval = "order statistics of the runs' critical values", found.interval()
    return GoalSeek(
        what=aim.text,
        chance=float(chance),
        address=address,
        number=lever.number,
        unit=unit_of(address, lever.unit),
        lever=lever.text,
        multiplied=lever.multiplied,
        within=(low, high),
        estimate=interval
        and Estimate.of(interval, runs=experiment.runs, method=method, what=lever.text, unit=lever.unit),
        reached=aim.chance(levels.met[enough], _at(lever, enough)) if found.value else None,
        start=start,
        started=tried[start],
        curve=tuple(tried.items()),
        best_at=best,
        best=None if best is None else tried[best],
        more=enough > fewer,
        turned=turned,
        other_way=other_way,
        model_runs=found.asked,
        changes=lever.changes(enough) if found.value else {},
        note=joined("; ", [lever.kept(enough if found.value else nearest), note]),
        run_info=experiment.run_info(scenario, experiment.runs),
    )


def _at(lever: Lever, level: float) -> str:
    return say(", {lever} {level}", lever=lever.text, level=figure(level))


def _met(experiment: Experiment, mapped: Map, lever: Lever, aim: Aim, level: float, places: Indices) -> Met:
    """Which of the runs at some places are as asked with the lever at a level; only all runs show their progress."""
    made = experiment if places.size == experiment.runs else attrs.evolve(experiment, progress=False)
    doing = f"goal seek: {lever.text} {figure(level)}"
    return np.concatenate(made.answers(made.model(lever.at(level)), mapped, partial(_hits, aim), doing, chosen=places))


def _hits(aim: Aim, model: Model, block: Block) -> Met:
    return aim.hits(aim.outputs(model(block.points(model.space))))
