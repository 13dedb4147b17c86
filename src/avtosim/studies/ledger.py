"""Where planned output went: what bound in each month, by cause, month, vehicle and partner."""

from __future__ import annotations

from concurrent.futures import Executor

from ..answers.ledger import Ledger
from ..chance.blocks import Block
from ..facts.scenario import Scenario
from ..plant.model import Model
from ..plant.record import Floats, joined
from .arguments import checked_scenario
from .experiment import Experiment, groups_of


def ledger(
    scenario: Scenario,
    *,
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Ledger:
    """Say where planned output went: to late launches, to demand, to kits and why they were missing, to the line.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    runs : int, optional
        Number of simulated years, 1 to 10^9; 16,384 by default. They are the first runs of ``simulate`` with this seed.
    seed : int, default 0
        A whole number of 0 or more.
    workers, executor, progress : optional
        As for ``simulate``; no number of workers changes a bit.

    Returns
    -------
    Ledger
        Vehicles by cause in every run, and by month, vehicle and partner; print it for the table.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running.
    TypeError, ValueError
        For an argument that makes no sense, before anything is run.
    MemoryError
        When what is kept does not fit half of the available memory, before anything is run.
    RuntimeError
        As for ``simulate``.

    Notes
    -----
    Of each vehicle and month, with s scheduled, w the smaller of s and of what is required, and k the smaller of s and
    of the kits after arrivals: launches are late by what would be scheduled without delay less s; buyers lack d = s -
    w, kits lack g = s - k; demand takes d and kits g, each less half of the smaller of the two; the line takes what is
    then not built; what is built beyond s is made up. So planned less all causes is built, in every run, to 1e-6.

    What kits took is shared over the kits that were missing. What was cancelled in a month is split over the partner's
    fill rate, its stops, its leaving, and each shock, by the logarithms of the shares that each let through (one that
    let nothing through takes all), and counts as missing for as many months as what is called off in its place takes:
    the lead time, and the month itself. Kits that a shock delays or holds are missing until they come; where shocks
    delay the same kits they share them by the months that each adds. What kits lack beyond all these was not called
    off: the partner's ``surge`` bound, the opening kits were too few, or a vehicle built more than its schedule
    before. Of a vehicle with several components the one with the fewest kits counts, or those with as few; where a
    partner stands in for another, the kits are those of the partner that was to send them.

    It is an account: halves and logarithms are conventions, and what bound is not what would have been built without a
    cause. ``split`` estimates that.

    It costs a little over two calls of the model. What is kept takes 8 bytes times 2 + causes times the months,
    vehicles and partners for each run: some 3 kB a run for the bundled scenarios, and as much again while it is put
    together.

    Examples
    --------
    >>> import avtosim
    >>> found = avtosim.ledger(avtosim.load("avtotor-2024-06"), runs=1_000, seed=1)
    >>> found.causes[:2]
    ('late launch', 'demand')
    >>> bool(found.mean["demand"].low > found.mean["kits: stops"].high)
    True
    """
    checked_scenario(scenario)
    experiment = Experiment.checked(
        default_runs=16_384, runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    sent = experiment.model(scenario)
    model, kept = sent.model, ("month", "vehicle", "partner")
    numbers = (2 + len(model.ledger_causes)) * sum(len(model.labels[label]) for label in kept)
    experiment.check_room(sent, numbers, beside=2.0)
    with experiment.mapped() as mapped:
        found = experiment.answers(sent, mapped, _of_block, "ledger", calls=2)
    return Ledger(
        causes=model.ledger_causes,
        arrays=joined(found),
        labels={label: model.labels[label] for label in kept},
        groups={kind: of for kind, of in groups_of(scenario).items() if kind != "partner"},
        run_info=experiment.run_info(scenario, experiment.runs),
    )


def _of_block(model: Model, block: Block) -> dict[str, Floats]:
    """In a worker: the ledger of a block."""
    return model.ledger(model.drivers(model.read(block.points(model.space))), block.runs)
