"""Scenarios side by side, driven by common random numbers, so that their differences are sharp."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor

from ..answers.comparison import Comparison
from ..answers.result import Result
from ..chance.design import Design, shown
from ..facts.scenario import Scenario
from ..plant.record import Keep
from .arguments import checked_scenario
from .experiment import Experiment


def compare(
    scenarios: Mapping[str, Scenario],
    *,
    runs: int | None = None,
    seed: int = 0,
    design: Design | None = None,
    keep: Keep = "totals",
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Comparison:
    """Simulate scenarios with common random numbers and estimate their differences to the first of them.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        At least two scenarios by name, over the same months; the first is the base.
    runs : int, optional
        Number of simulated years of each scenario; 100,000 by default, or the next number above that the design can
        serve.
    seed : int, default 0
        As for `simulate`.
    design : Design, default `Plain()`
        As for `simulate`.
    keep : {"totals", "breakdown", "months", "flows"}, default "totals"
        As for `simulate`, of every scenario.
    workers, executor : optional
        As for `simulate`.
    progress : bool, optional
        As for `simulate`; one bar for all scenarios.

    Returns
    -------
    Comparison
        A mapping of names to results, with paired differences of chances, means and quantiles, and the number of runs
        that turn from miss to hit and from hit to miss.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; the error names the facts.
    TypeError, ValueError
        For fewer than two scenarios, scenarios over different months, or an argument that makes no sense; before
        anything is run.
    MemoryError
        When what is to be kept of all scenarios does not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    Costs as much as simulating each scenario, and keeps the runs of all of them.

    Draws belong to names, so what the scenarios have in common happens alike in each of them: a partner that is in both
    stops at the same moments. Designs whose points belong to coordinates by position (`Sobol`, `SobolNets`) run over
    the coordinates of all scenarios together. The errors of the differences are paired run by run.

    A comparison cannot say what a difference is worth in the world: all scenarios may be wrong alike.

    Source: Glasserman and Yao (1992), Management Science 38(6), on common random numbers.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06").replace({"targets": (25_000,)})
    >>> worse = june.replace({"partners.BAIC.fill_rate": 0.7})
    >>> pair = avtosim.compare({"as stated": june, "BAIC at 0.7": worse}, runs=1_000, seed=1)
    >>> pair.mean_difference("BAIC at 0.7").high < 0
    True
    """
    if not isinstance(scenarios, Mapping):
        raise TypeError(f"scenarios: must be a mapping of names to scenarios; got {type(scenarios).__name__}")
    if len(scenarios) < 2:
        raise ValueError(f"scenarios: must be at least two to be compared; got {len(scenarios)}")
    for name, scenario in scenarios.items():
        if not isinstance(name, str) or not name:
            raise TypeError(f"scenarios: names must be text; got {shown(name)}")
        if not name.isprintable():
            raise ValueError(f"scenarios: names must be text without control characters; got {shown(name)}")
        checked_scenario(scenario, f"scenarios[{shown(name)}]")
    experiment = Experiment.checked(
        default_runs=100_000,
        design=design,
        runs=runs,
        seed=seed,
        keep=keep,
        workers=workers,
        executor=executor,
        progress=progress,
    )
    return Comparison(simulated(scenarios, experiment, shown, "compare"))


def simulated(
    scenarios: Mapping[str, Scenario], experiment: Experiment, label: Callable[[str], str], doing: str
) -> dict[str, Result]:
    """Every scenario simulated over the coordinates of all of them.

    ``label`` names one in an error, and ``doing`` names the study.
    """
    base, *others = scenarios
    for name in others:
        first, other = scenarios[base].calendar, scenarios[name].calendar
        if first.labels != other.labels:
            got = " and ".join(
                f"{label(n)} with {c.months} months from {c.labels[0]}" for n, c in ((base, first), (name, other))
            )
            raise ValueError(f"scenarios: must run over the same months, to be paired run by run; got {got}")
    models = {name: experiment.model(scenario) for name, scenario in scenarios.items()}
    experiment.check_memory(list(models.values()))
    with experiment.mapped() as mapped:
        records = experiment.records(list(models.values()), mapped, f"{doing}: {len(models):,} scenarios")
    return {name: experiment.result(sent, record) for (name, sent), record in zip(models.items(), records, strict=True)}
