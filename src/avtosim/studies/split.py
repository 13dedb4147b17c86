"""What would be built without each cause: the shortfall, and the chance of a miss, split by Shapley's rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..answers.split import Split
from ..chance.blocks import Block
from ..chance.design import shown
from ..chance.picked import OrderedPoints
from ..chance.points import DrawnPoints
from ..chance.space import RandomInput, Space
from ..declare.faults import nearest
from ..facts.entities import Target
from ..facts.scenario import Scenario
from ..plant.causes import Cause, Neutral
from ..plant.model import Model
from ..plant.reading import Reading
from ..plant.record import Floats
from .aims import Aim, first_aim
from .arguments import checked_scenario
from .experiment import Experiment

_DEFAULT_RUNS = 16_384
#: Groups up to which a run takes its order and the reverse of it: half the variance for twice the time.
_FEW = 12
#: Output of each run, and whether it reaches the target.
Played = tuple[Floats, NDArray[np.bool_]]


def split(
    scenario: Scenario,
    target: float | Target | None = None,
    *,
    causes: str | Mapping[str, Iterable[str]] | None = None,
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Split:
    """Split what is planned less what is built, and the chance to miss a target, over the causes.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    target : float or Target, 0 or more, vehicles, optional
        The target whose miss is split too; by default the first one of the scenario, if it has any.
    causes : {"kind", "fact"} or mapping of str to iterable of str, default "kind"
        Kinds of causes, each taken for all that has it; or every fact by itself; or groups of your own: names with
        addresses of causes, or of facts whose causes go together (``{"China": ["partners.BAIC", "partners.Kaiyi"],
        ...}``), or kinds. Every cause must be in one group.
    runs : int, optional
        Number of simulated years, 1 to 10^9; 16,384 by default.
    seed : int, default 0
        As for `simulate`; the runs are those of `simulate` with the same seed.
    workers, executor, progress : optional
        As for `simulate`.

    Returns
    -------
    Split
        What each cause costs in each run and on average, with intervals, and what it adds to the chance of a miss.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; the error names the facts.
    TypeError, ValueError
        For an argument that makes no sense, and for groups that name no cause, share one or leave one out; before
        anything is run.
    MemoryError
        When what is kept does not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    Each cause has a neutral state. Stops: the partner always runs. Leaving: it stays. Fill rate: 1. A shock: it never
    comes. Late launch: no delay. Line: no limit to its speed. Market luck: the market, the shares in it and a
    customer's orders are as expected, and factors stay where they are. Plan above the market: buyers take just what is
    scheduled, month by month, and the stock is at its target from the start. With all of them neutral the plant builds
    its schedule.

    A part is the mean of what neutralising the cause adds, over all orders in which causes can be neutralised. Here
    every run takes one random order of its own, and where there are up to twelve groups the reverse of it too. So parts
    sum to the shortfall in each run, and their means are without bias; with two groups they are exact. A part of one
    run is a draw, not the Shapley value of that run. The order of a run belongs to the seed, the run and the names of
    the groups; a group takes part in the runs in which it may matter.

    The cost is a replay of the year for each group that takes part, two for up to twelve groups; a replay costs about
    half a run. It keeps 9 bytes for each run and group.

    The numbers say what the model would build. They do not say what it costs to remove a cause.

    Sources: Shapley (1953), Contributions to the Theory of Games 2; Castro, Gomez and Tejada (2009), Computers &
    Operations Research 36(5), for random orders; Newcombe (1998), Statistics in Medicine 17(8), for the intervals of
    chances.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.split(june, 25_000, runs=500, seed=1)
    >>> bool(found.mean["stops"].low > 0)
    True
    """
    checked_scenario(scenario)
    aim = first_aim(scenario, target)
    experiment = Experiment.checked(
        default_runs=_DEFAULT_RUNS, runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    sent = experiment.model(scenario if aim is None else aim.applied(scenario))
    groups = grouped(sent.model.causes, "kind" if causes is None else causes)
    experiment.check_room(sent, 2 * len(groups) + 2, beside=2.0)
    work = partial(_worked, groups, aim)
    with experiment.mapped() as mapped:
        parts = experiment.answers(sent, mapped, work, "split: one cause after another", calls=len(groups))
    joined = [np.concatenate(part, axis=-1) for part in zip(*parts, strict=True)]
    planned, built, lost, turned, *met = joined
    words = {cause.address: cause.text for cause in sent.model.causes}
    return Split(
        causes=tuple(groups),
        texts=tuple(words.get(name, name) for name in groups),
        planned=planned,
        built=built,
        per_run=lost,
        target="" if aim is None else aim.text,
        turned=turned,
        met=tuple(met),
        run_info=experiment.run_info(scenario, experiment.runs),
    )


def grouped(causes: Sequence[Cause], stated: object) -> dict[str, tuple[str, ...]]:
    """The addresses of the causes in each group, by the name of the group; raises for groups that do not fit."""
    if isinstance(stated, str) and stated in ("kind", "fact"):
        named = {cause.address: cause.kind if stated == "kind" else cause.address for cause in causes}
        return {name: tuple(a for a in named if named[a] == name) for name in dict.fromkeys(named.values())}
    if isinstance(stated, str) or not isinstance(stated, Mapping) or not stated:
        raise TypeError(f"causes: must be 'kind', 'fact' or a mapping of names to addresses; got {shown(stated)}")
    found = {name: _members(causes, name, members) for name, members in stated.items()}
    home: dict[str, str] = {}
    for name, own in found.items():
        for address in own:
            if home.setdefault(address, name) != name:
                raise ValueError(f"causes: each must be in one group; {address} is in {home[address]!r} and {name!r}")
    left = [cause.address for cause in causes if cause.address not in home]
    if left:
        raise ValueError(f"causes: every cause must be in a group; left out: {', '.join(left)}")
    return found


def _members(causes: Sequence[Cause], name: object, stated: object) -> tuple[str, ...]:
    """The addresses of a group's causes, from addresses of causes or facts, and kinds."""
    if not isinstance(name, str) or not name or not name.isprintable():
        raise TypeError(f"causes: names of groups must be text without control characters; got {shown(name)}")
    if isinstance(stated, str) or not isinstance(stated, Iterable):
        raise TypeError(f"causes: {name!r} must hold addresses of causes; got {shown(stated)}")
    found: dict[str, None] = {}
    for member in stated:
        fits = [c.address for c in causes if member == c.kind or f"{c.address}.".startswith(f"{member}.")]
        if not fits:
            known = {name for c in causes for name in (c.address, c.kind, ".".join(c.address.split(".")[:2]))}
            hint = nearest(str(member), known)
            raise ValueError(f"causes: {shown(member)} in {name!r} is no cause of this scenario; {hint}")
        found |= dict.fromkeys(fits)
    if not found:
        raise ValueError(f"causes: {name!r} must hold a cause; it is empty")
    return tuple(found)


def _worked(groups: Mapping[str, tuple[str, ...]], aim: Aim | None, model: Model, block: Block) -> list[Any]:
    """In a worker: planned, built, lost and turned by group, and runs that reach the target as planned and as built."""
    rows = {cause.address: row for row, cause in enumerate(model.causes)}
    single = model.acting(model.read(block.points(model.space)))
    acting = np.array([single[[rows[address] for address in own]].any(axis=0) for own in groups.values()])
    # Runs in which most groups act come first, so that the last steps are played for few runs.
    first = np.argsort(-acting.sum(axis=0), kind="stable")
    reading = model.read(OrderedPoints(block.points(model.space), first))
    play, every = partial(_played, model, aim), np.ones(block.runs, np.bool_)
    built, planned = play(block.runs, reading), play(block.runs, model.without(reading, dict.fromkeys(rows, every)))
    walks = [
        _walked(
            tuple(groups.values()),
            order[:, first],
            acting.sum(axis=0)[first],
            model.neutral(reading),
            play,
            built,
            planned,
        )
        for order in _orders(tuple(groups), acting, block)
    ]
    lost, turned = zip(*walks, strict=True)
    made = [planned[0], built[0], sum(lost) / len(lost), np.stack(turned, axis=-1), planned[1], built[1]]
    back = np.argsort(first)
    planned_out, built_out, parts, hits, possible, reached = (
        array[:, back] if array.ndim > 1 else array[back] for array in made
    )
    return [planned_out, built_out, parts, hits.reshape(len(groups), -1), possible, reached]


def _played(model: Model, aim: Aim | None, runs: int, reading: Reading) -> Played:
    """The year of the first runs of a block."""
    record = model.play(model.drivers(reading), runs)
    annual = record["annual"]
    return annual, np.zeros(annual.shape, np.bool_) if aim is None else aim.hits(aim.outputs(record))


def _walked(
    groups: Sequence[tuple[str, ...]],
    order: NDArray[np.intp],
    count: NDArray[np.intp],
    neutral: Neutral,
    play: Callable[[int, Reading], Played],
    built: Played,
    planned: Played,
) -> tuple[Floats, NDArray[np.int8]]:
    """What each group adds to the output and to the hits of each run, one group after another in its order.

    ``count`` says how many groups act in each run, most first: with all of them neutral the plant builds its schedule.
    """
    lost, turned = np.zeros(order.shape), np.zeros(order.shape, dtype=np.int8)
    before = built
    for step in range(int(count.max(initial=0))):
        acting, going_on = (int(np.searchsorted(-count, -least, side="right")) for least in (step + 1, step + 2))
        group = order[step, :acting]
        for number, own in enumerate(groups):
            for address in own:
                neutral.put(address, np.flatnonzero(group == number))
        after = planned[0].copy(), planned[1].copy()
        if going_on:
            after[0][:going_on], after[1][:going_on] = play(going_on, neutral.reading)
        runs = np.arange(acting)
        lost[group, runs] = (after[0] - before[0])[:acting]
        turned[group, runs] = after[1][:acting].astype(np.int8) - before[1][:acting]
        before = after
    return lost, turned


def _orders(names: Sequence[str], acting: NDArray[np.bool_], block: Block) -> list[NDArray[np.intp]]:
    """The groups that act in each run in a random order, then the others, (groups, runs); of few the reverse too.

    The numbers that decide it belong to the seed, the name of the group and the run.
    """
    inputs = tuple(RandomInput(f"split/{name}", name, monthly=False, scores=False) for name in names)
    points = DrawnPoints(Space(1, inputs), block.keys, block.first, block.runs)
    drawn = np.concatenate([points.uniforms(one) for one in inputs])
    both = (drawn, 1.0 - drawn) if len(names) <= _FEW else (drawn,)
    return [np.argsort(np.where(acting, numbers, 2.0), axis=0) for numbers in both]
