"""Regions: under which few conditions years of a kind come about (scenario discovery)."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

import numpy as np

from ..answers import prim
from ..answers.regions import Condition, Regions
from ..facts.scenario import Scenario
from ..say import say
from .aims import Aim, checked_side
from .arguments import checked_scenario
from .experiment import Experiment
from .years import FEWEST, share, unit_of, years


def regions(
    scenario: Scenario,
    *,
    at_least: float | None = None,
    below: float | None = None,
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Regions:
    """Find at most three plain conditions under which years of at least, or below, a volume come about.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    at_least : float, optional
        Volume in vehicles, 0 or more: years whose output reaches it.
    below : float, optional
        Volume in vehicles, 0 or more: years whose output is strictly below it. Exactly one of the two must be given.
    runs : int, optional
        Simulated years in which the conditions are looked for, and again as many in which they are counted; 16,384 by
        default.
    seed : int, default 0
        As for `simulate`.
    workers, executor, progress : optional
        As for `simulate`.

    Returns
    -------
    Regions
        The conditions, rounded to readable numbers; ``density``, the share of the region's years that are of the kind;
        ``coverage``, the share of such years that lie in the region; and the ``base_rate``, with intervals from fresh
        runs. No conditions where every year is of the kind, or where none tells such years from others.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; the error names the facts.
    TypeError, ValueError
        Unless exactly one of ``at_least`` and ``below`` is given, and for an argument that makes no sense; before
        anything is run. Where fewer than 50 of the runs are of the kind; once these are made.
    MemoryError
        When the runs do not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    The patient rule induction method on what years were made of (``Model.elements``): every law's draw, a monthly one
    by its mean, months of stops, of shocks and after a partner left, and the mean move of factors relative to today's
    level. It peels off 5 % of the years at a time, those whose loss raises the density most. Of the boxes on this way
    the one is taken with the greatest harmonic mean of its coverage and its gain in density, (density - base rate) / (1
    - base rate). Conditions that add less than 2 points of density are dropped, and those that add least beyond three;
    the rest are peeled once more by themselves. Bounds are rounded before the fresh runs are counted, so the numbers
    hold for the conditions as they are printed.

    Costs two model calls a run, up to as much again for the peeling, and 48 bytes a run and element of memory.

    A region says where such years lie, not what causes them: a condition may stand for what goes along with it. Years
    of the kind outside the region have other reasons. Another seed may choose another condition that does as well.

    Sources: Friedman and Fisher (1999), Statistics and Computing 9(2); Bryant and Lempert (2010), Technological
    Forecasting and Social Change 77(1).

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.regions(june, below=15_000, runs=1_000, seed=1)
    >>> len(found.conditions) <= 3, found.density.value > found.base_rate.value
    (True, True)
    """
    checked_scenario(scenario)
    aim = checked_side(at_least, below)
    experiment = Experiment.checked(
        default_runs=16_384, runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    sent = experiment.model(scenario)
    elements = sent.model.elements
    experiment.check_room(sent, len(elements) + 1, copies=6)
    with experiment.mapped() as mapped:
        outputs, made = years(experiment, sent, mapped, "regions: looking for conditions")
        found = aim.hits(outputs)
        _check_enough(aim, outputs, int(np.count_nonzero(found)))
        box = prim.region(made, found, fewest=FEWEST)
        outputs, fresh = years(experiment, sent, mapped, "regions: counting years", copy=1)
    hits, rows = aim.hits(outputs), prim.restricted(box)
    within, first = prim.inside(fresh, box), prim.inside(made, box)
    conditions = [
        Condition(
            what=elements[row].text,
            address=elements[row].address,
            low=float(box[0][row]) if np.isfinite(box[0][row]) else None,
            high=float(box[1][row]) if np.isfinite(box[1][row]) else None,
            unit=unit_of(elements[row]),
            luck=elements[row].luck,
            without=share(hits[prim.inside(fresh, box, free=row)], say("density without the condition")),
        )
        for row in rows
    ]
    return Regions(
        kind=aim.text,
        conditions=tuple(conditions),
        density=share(hits[within], say("density: such years among those in the region") if rows else say("density")),
        coverage=share(within[hits], say("coverage: years in the region among all such years")),
        base_rate=share(hits, say("base rate: such years among all years")),
        found_density=prim.density(found, first),
        found_coverage=prim.density(first, found),
        run_info=experiment.run_info(scenario, experiment.runs),
    )


def _check_enough(aim: Aim, outputs: Any, count: int) -> None:
    """Raise ``ValueError`` where too few of the runs are of the kind."""
    if count < FEWEST:
        end = outputs.max() if aim.sign > 0 else outputs.min()
        raise ValueError(
            f"{aim.name}: {count or 'none'} of {outputs.size:,} years"
            f" {'is' if count == 1 else 'are'} of {aim.text}, and regions need {FEWEST};"
            f" the {'highest' if aim.sign > 0 else 'lowest'} output was {end:,.0f}; give more runs or a nearer volume"
        )
