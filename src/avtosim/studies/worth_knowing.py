"""Worth knowing: what it is worth to learn a number to whoever must promise a volume."""

from __future__ import annotations

import numbers
from concurrent.futures import Executor

import numpy as np

from ..answers.worth_knowing import WorthKnowing, from_runs
from ..chance.blocks import Block
from ..chance.design import shown
from ..facts.scenario import Scenario
from ..plant.model import Model
from ..plant.record import Floats
from .arguments import checked_scenario
from .experiment import Experiment

#: The fewest runs that anything is said from.
_FEWEST = 64
#: The least and the most that a vehicle too few or too many may cost, in whatever unit.
_LEAST, _MOST = 1e-6, 1e9


def worth_knowing(
    scenario: Scenario,
    *,
    too_few: float,
    too_many: float,
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> WorthKnowing:
    """Say what it is worth to learn each number that is not known, to whoever must promise a volume for the year.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    too_few : float, above 0, from 1e-6 to 1e9
        Cost of each vehicle promised too few: one that is built beyond the promise. In any unit of money.
    too_many : float, above 0, same unit
        Cost of each vehicle promised too many: one that is promised and not built.
    runs : int, optional
        Number of simulated years, 64 or more; 16,384 by default.
    seed : int, default 0
        As for `simulate`; the runs are those of `simulate`.
    workers, executor : optional
        As for `simulate`.
    progress : bool, optional
        As for `simulate`.

    Returns
    -------
    WorthKnowing
        The best volume to promise and its expected loss; for each number that can be learned what this is worth, the
        largest first; and what it is worth, at least, to learn all of them.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; the error names the facts.
    TypeError, ValueError
        For costs that are not above 0, and for an argument that makes no sense; before anything is run.
    MemoryError
        When the numbers of all runs do not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    The best promise is the quantile of output at ``too_few / (too_few + too_many)``. Whoever knows a number promises
    that quantile given the number; the value is by how much this lowers the loss on average. Only what is not known
    from the start can be learned, of monthly laws the part that lasts; luck cannot.

    Conditional quantiles are splines in the normal scores of a number, fitted on four fifths of the runs; the loss is
    counted on the rest, so that the value is not flattered: it is too low by the error of the fit, some thousandths of
    the expected loss at 1,000 runs. Where fewer than 50 runs lie beyond the promise the answer warns: intervals may
    then be too short. To know all numbers is worth at least what a good rule makes of them, the quantile
    given the output that a regression on all of them expects.

    A value is that of knowing the number exactly, and alone; values do not add up. What it costs to learn it, and
    whether the promise is the only decision that it would change, the model does not know.

    Costs ``runs`` calls of the model, and about 0.05 s for each number with 16,384 runs; memory about 90 bytes times
    the numbers that are not known, and 500 bytes, for each run.

    Sources: Koenker and Bassett (1978), Econometrica 46(1); Strong, Oakley and Brennan (2014), Medical Decision Making
    34(3), on the value of information from runs at hand.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> worth = avtosim.worth_knowing(june, too_few=1, too_many=3, runs=2_000, seed=1)
    >>> next(iter(worth.value))
    'quantities.sell-through'
    """
    checked_scenario(scenario)
    too_few, too_many = _checked_cost("too_few", too_few), _checked_cost("too_many", too_many)
    experiment = Experiment.checked(
        default_runs=16_384, runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    if experiment.runs < _FEWEST:
        raise ValueError(f"runs: must be {_FEWEST} or more; got {experiment.runs}")
    sent = experiment.model(scenario)
    texts = {element.address: element.text for element in sent.model.elements if not element.luck}
    experiment.check_room(sent, 11 * len(texts) + 60, copies=1)
    with experiment.mapped() as mapped:
        parts = experiment.answers(sent, mapped, _played, "worth knowing")
    output, unknown = (np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
    run_info = experiment.run_info(scenario, experiment.runs)
    return from_runs(output, unknown, texts, too_few=too_few, too_many=too_many, run_info=run_info)


def _checked_cost(name: str, cost: object) -> float:
    """A cost above 0, within what arithmetic can weigh."""
    number = isinstance(cost, numbers.Real) and not isinstance(cost, bool)
    if not number or not _LEAST <= cost <= _MOST:  # type: ignore[operator]
        rule = f"must be a number above 0, from {_LEAST:g} to {_MOST:g}, else a promise loses nothing or everything"
        raise ValueError(f"{name}: {rule}; got {shown(cost)}")
    return float(cost)  # type: ignore[arg-type]


def _played(model: Model, block: Block) -> tuple[Floats, Floats]:
    """Output of each run of a block, and what is not known in it."""
    reading = model.read(block.points(model.space))
    return model.play(model.drivers(reading), block.runs)["annual"], model.unknown(reading)
