"""Layers of chance: how far a chance depends on what is not known, against luck that nobody could know."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import numpy as np

from ..answers.layers import Layers, from_draws
from ..chance.blocks import Block
from ..chance.picked import PickedPoints
from ..facts.entities import Target
from ..facts.scenario import Scenario
from ..plant.makeup import not_known
from ..plant.model import Model
from ..plant.record import Floats
from .aims import Aim, checked_aim
from .arguments import checked_scenario
from .experiment import Experiment

#: Draws of luck at each draw of what is not known, and the fewest runs.
_DRAWS, _FEWEST = 4, 64


def layers(
    scenario: Scenario,
    target: float | Target,
    *,
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Layers:
    """Say how far the chance of a target depends on what is not known, and how far on luck that nobody could know.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    target : float, 0 or more, vehicles, or Target
        What is to be reached.
    runs : int, optional
        Model runs in all, a multiple of 4, 64 or more; 16,384 by default. Four each share a draw of all that is not
        known, and have luck of their own.
    seed : int, default 0
        As for `simulate`.
    workers, executor : optional
        As for `simulate`.
    progress : bool, optional
        As for `simulate`.

    Returns
    -------
    Layers
        The chance; its standard deviation and ``quantile`` as whoever knew all that is not known would state it; the
        shares of the variance of output, and of reaching the target, that are not knowing.

    Raises
    ------
    FactError
        For a target of names or months that the scenario does not have, before anything is run; when a number or an
        output is not finite in some run, while it is running.
    TypeError, ValueError
        For an argument that makes no sense, before anything is run.
    MemoryError
        When the numbers of all runs do not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    *Not known* is what is so from the start, though nobody knows it: laws drawn once a run, the lasting part of monthly
    ones, named quantities. *Luck* is what comes to pass: stops, leaving, whether a shock comes, draws of single months,
    moves of factors, delays of launches. To know more narrows the first; nobody can know the second.

    The product of two runs with the same unknowns and luck of their own estimates the square of the chance that these
    leave, so the standard deviation and the shares have no bias but that of a root. A regression of output on the
    unknown numbers, which is cross-fitted and read at three more draws of these, lowers their errors. The quantiles
    need more: the chance is taken as a smooth curve of the output that the regression expects, with a normal part, on
    the scale of normal scores, for what it does not see. Near an abrupt change of the chance they are off by up to some
    hundredths. A wide span says that the scenario knows little, not that the chance is wrong.

    Costs ``runs`` calls of the model, and half a second for the regression with 16,384 runs and 57 numbers that are not
    known; memory about 90 bytes times these numbers, and 500 bytes, for each run.

    Sources: Sun, Apley and Staum (2011), Operations Research 59(4), on variances of conditional means; Vasicek (2002),
    Risk 15(12).

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.layers(june, 25_000, runs=2_000, seed=1)
    >>> found.share_not_known["output"].value > 0.8
    True
    """
    checked_scenario(scenario)
    aim = checked_aim(scenario, target)
    experiment = Experiment.checked(
        default_runs=16_384, runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    if experiment.runs < _FEWEST or experiment.runs % _DRAWS:
        below = experiment.runs // _DRAWS * _DRAWS
        near = f"{below:,} or {below + _DRAWS:,}" if below >= _FEWEST else f"{_FEWEST}"
        rule = f"must be a multiple of {_DRAWS}, {_FEWEST} or more; got {experiment.runs}"
        raise ValueError(f"runs: {rule}; ask for {near}")
    sent = experiment.model(aim.applied(scenario))
    unknown = [random_input for random_input in sent.model.space.inputs if not_known(random_input)]
    experiment.check_room(sent, 11 * len(unknown) + 60, copies=1, beside=2.0)
    with experiment.mapped() as mapped:
        parts = experiment.answers(
            sent, mapped, partial(_drawn, aim), "layers", runs=experiment.runs // _DRAWS, calls=_DRAWS
        )
    output = np.concatenate([part[0] for part in parts], axis=1)
    numbers = np.concatenate([part[1] for part in parts], axis=2)
    return from_draws(
        np.ascontiguousarray(output.T),
        aim.hits(output).T,
        np.concatenate(list(numbers), axis=1),
        what=aim.text,
        luck=len(unknown) < len(sent.model.space.inputs),
        run_info=experiment.run_info(scenario, experiment.runs),
    )


def _drawn(aim: Aim, model: Model, block: Block) -> tuple[Floats, Floats]:
    """Outputs (draws, points); what is not known at the points and at others like them, (sets, numbers, points)."""
    names = {random_input.name for random_input in model.space.inputs if not_known(random_input)}
    copies = [block.points(model.space, copy) for copy in range(_DRAWS)]
    readings = [model.read(points) for points in copies]
    numbers = np.array([model.unknown(reading) for reading in readings])
    readings[1:] = [model.read(PickedPoints(points, copies[0], names)) for points in copies[1:]]
    outputs = [aim.outputs(model.play(model.drivers(reading), block.runs)) for reading in readings]
    return np.array(outputs), numbers
