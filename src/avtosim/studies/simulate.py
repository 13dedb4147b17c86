"""How many vehicles this year, and what chance that the plant reaches its targets."""

from __future__ import annotations

from concurrent.futures import Executor

import attrs

from ..answers.result import Result
from ..chance.design import Design
from ..facts.scenario import Scenario
from ..plant.record import Floats, Keep
from .arguments import MOST_RUNS, checked_count, checked_scenario
from .experiment import Experiment
from .stopping import RelativePrecision, checked_precision, extensible_form, until_precise

_DEFAULT_RUNS = 100_000
_DEFAULT_MAX_RUNS = 10_000_000


def simulate(
    scenario: Scenario,
    *,
    runs: int | None = None,
    seed: int = 0,
    design: Design | None = None,
    keep: Keep = "months",
    workers: int | None = None,
    executor: Executor | None = None,
    first_run: int = 0,
    precision: float | RelativePrecision | None = None,
    max_runs: int | None = None,
    progress: bool | None = None,
) -> Result:
    """Simulate the plant's year many times and estimate how often it reaches its targets.

    Parameters
    ----------
    scenario : Scenario
        The facts. A name or path must be loaded first, with `load`.
    runs : int, optional
        Number of simulated years, 1 to 10^9; 100,000 by default, or the next number above that the design can serve.
    seed : int, default 0
        A whole number of 0 or more. The same seed gives the same bits, whatever ``workers``. Draws belong to names, so
        two scenarios with one seed are driven by common random numbers.
    design : Design, default `Plain()`
        How the random numbers of the runs are chosen: `Plain`, `Antithetic`, `LatinHypercube`, `Sobol` or
        `SobolNets`.
    keep : {"totals", "breakdown", "months", "flows"}, default "months"
        How much of each run is kept: the annual output; the outputs by vehicle and by month too; every vehicle's
        output of every month and the partners' order books too; every flow too.
    workers : int, optional
        Number of processes that share the work, this one among them, 1 to 256; 1 by default. With ``executor``: how
        many of its workers are kept busy; 8 by default. No number of workers changes a bit. A script that asks for more
        than one needs a main guard.
    executor : concurrent.futures.Executor, optional
        Works out the runs instead of processes of avtosim's own; it is never shut down. See
        docs/how-to/run-on-many-cores.md.
    first_run : int, default 0
        Number of the first run, to go on where another result ended (see `merge`). Must not cut a replicate of the
        design.
    precision : float or RelativePrecision, optional
        Instead of a number of runs: go on until the 95 % interval of every target's chance is no wider than plus or
        minus this (a probability, above 0 and up to 0.5; 0.005 is half a percentage point), or than a fraction of the
        chance itself with `RelativePrecision`.
    max_runs : int, optional
        Runs at which ``precision`` gives up, 1 to 10^9; 10,000,000 by default, or what fits the memory.
    progress : bool, optional
        True shows a progress bar (needs tqdm), False none; by default there is one on a terminal after two seconds.

    Returns
    -------
    Result
        The outputs of all runs and the answers read from them. With ``precision``, ``result.run_info.stopped`` says
        why it stopped.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; the error names the facts.
    TypeError, ValueError
        For an argument that makes no sense, before anything is run, and for a design whose batches leave out runs,
        while it is running.
    MemoryError
        When what is to be kept, with the blocks in flight, does not fit half of the available memory; before anything
        is run.
    RuntimeError
        When processes are asked for without a main guard, before anything is run; when a worker dies, or an executor
        loses a batch, while it is running.

    Notes
    -----
    The cost is about six microseconds a run for the bundled scenario with one worker. What is kept takes, for each
    run, 8 bytes with "totals"; 8 bytes times the vehicles and months more with "breakdown"; 8 bytes times months times
    the vehicles and twice the partners with "months"; about five times as much with "flows". Beside it stand the blocks
    in flight, one for each worker, of up to 131,072 runs where the plant is small.

    The standard error of a chance falls with the square root of the number of runs. It measures the error of sampling
    only: the runs cannot say whether the scenario is right.

    Of the first 4,096 runs the short ledger is kept too, ``record["ledger"]``: what was planned, what late launches,
    demand, kits and the line took, and what was made up. Its means stand in the printed answer; `ledger` splits them by
    cause, month, vehicle and partner.

    Under ``precision`` the first look is after 4,096 runs (later where that would be few independent replicates), each
    next one where the interval at hand says that the precision will be reached, and a tenth beyond; few looks keep the
    coverage of the intervals near 95 %. With `Sobol` the runs are those of `SobolNets`, which can be extended; a design
    of your own that cannot starts anew at each look. A target that was not hit once in 100,000 runs is left out of a
    `RelativePrecision`, and ``result.run_info.stopped`` names it; before that it is waited for.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06").replace({"targets": (25_000,)})
    >>> result = avtosim.simulate(june, runs=2_000, seed=1)
    >>> result.runs
    2000
    >>> chance = result.chance(25_000)
    >>> bool(chance.low < chance.value < chance.high)
    True
    """
    checked_scenario(scenario)
    experiment = Experiment.checked(
        default_runs=_DEFAULT_RUNS,
        design=design,
        runs=runs,
        seed=seed,
        first_run=first_run,
        keep=keep,
        workers=workers,
        executor=executor,
        progress=progress,
    )
    if precision is None:
        if max_runs is not None:
            raise ValueError(f"max_runs: goes with precision only; for a number of runs say runs={max_runs!r}")
        sent = experiment.model(scenario)
        experiment.check_memory([sent])
        with experiment.mapped() as mapped:
            (record,) = experiment.records([sent], mapped, "simulating")
        return experiment.result(sent, record)
    precision = checked_precision(precision)
    experiment = attrs.evolve(experiment, design=extensible_form(experiment.design))
    if runs is not None:
        raise ValueError("precision: goes without runs; it finds their number (max_runs bounds it)")
    if not scenario.targets:
        raise ValueError("precision: this scenario has no targets whose chances could be precise")
    most = None if max_runs is None else checked_count("max_runs", max_runs, 1, MOST_RUNS)
    sent = experiment.model(scenario)
    if most is None:
        most = max(experiment.affordable_runs(sent, _DEFAULT_MAX_RUNS), 1)
    experiment.check_memory([sent], runs=most, name="max_runs")
    with experiment.mapped() as mapped:

        def work(first: int, count: int) -> dict[str, Floats]:
            return experiment.records([sent], mapped, "simulating", first=first, runs=count)[0]

        record, stopped = until_precise(
            work,
            experiment.design,
            scenario.targets,
            precision=precision,
            max_runs=most,
            parts_of_output=sent.model.labels["target"],
        )
    return experiment.result(sent, record, stopped)
