"""Importance: which facts, and which numbers, decide the output or whether a target is reached."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from ..answers.estimate import Estimate, mean_estimate
from ..answers.importance import Importance
from ..answers.indices import Indices, Terms, binned, cycle_terms, ratio
from ..answers.intervals import Interval, proportion
from ..answers.numbers import PROBABILITY, SHARE
from ..answers.result import ROUNDING
from ..chance.blocks import Block
from ..chance.design import shown
from ..chance.picked import PickedPoints
from ..chance.space import RandomInput, Space
from ..chance.switched import SwitchedPoints
from ..facts.entities import Target
from ..facts.scenario import Scenario
from ..facts.wording import in_words
from ..plant.makeup import not_known
from ..plant.model import Model
from ..plant.record import Floats
from ..say import Term, say
from .aims import Aim, checked_aim
from .arguments import checked_scenario
from .experiment import Experiment
from .sent import SentModel

#: Runs unless a number is stated.
_RUNS = {"fact": 4096, "number": 16_384}
_FEWEST = 100


def importance(
    scenario: Scenario,
    target: float | Target | None = None,
    *,
    by: Literal["fact", "number"] = "fact",
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Importance:
    """Estimate how much of the variance of output, or of reaching a target, each fact or number accounts for.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    target : float, 0 or more, vehicles, or Target, optional
        Shares of the variance of reaching it, which is 1 or 0; of the annual output where none is given.
    by : {"fact", "number"}, default "fact"
        Shares of whole facts (a partner, a market, a named quantity), from runs whose inputs are changed fact by fact;
        or of single numbers and events, from plain runs.
    runs : int, 100 or more, optional
        Number of simulated years, 4,096 by default, or 16,384 by number.
    seed : int, default 0
        As for `simulate`.
    workers, executor : optional
        As for `simulate`.
    progress : bool, optional
        As for `simulate`.

    Returns
    -------
    Importance
        ``first``, ``total`` and ``shapley`` by address, each share with its interval; how much of them is not known
        and how much is luck. By number ``first`` alone, and ``weights`` for the register of assumptions.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; when ``target`` names what is not in
        the scenario. The error names the facts.
    TypeError, ValueError
        For an argument that makes no sense; before anything is run.
    MemoryError
        When the numbers of all runs do not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    **By fact.** The random inputs of a fact are a group, in two parts where some are not known and others are luck; a
    named quantity is a fact of its own, whoever follows it. Each run has two independent sets of points. Its groups are
    moved from the first to the second, one after the other in a random order, and then back in the same order: a step
    tells what its group does against two independent backgrounds. First-order shares take the product of the two, as
    Azzini and Rosati do; total shares their squares, as Jansen does; Shapley shares, from all starting points on the
    way, what a step adds towards the output with everything changed. The parts of a fact move one after the other, so
    that their Shapley shares sum to that of the fact (Owen's value), and all of them to 1. The split into all that is
    not known and all luck takes two more points. Intervals are those of ratios of means over independent runs, by the
    delta method. They cannot know of effects that no run met: what changed nothing is counted below the table.

    Costs ``2 * parts + 2`` model calls a run, of about the price of a plain run (102 for the bundled scenario of June);
    memory, 16 bytes for each of about ``4 * parts + 2 * facts`` numbers a run.

    **By number.** Runs are sorted into bins by what a number was, and the variance between the means of the bins, less
    what noise adds to it, is its share. What is redrawn counts by its mean over the months, events by the months that
    they took. Within a bin the output is taken for level, which makes shares of a half or more about 0.002 too small;
    with a few hundred runs 0.02, and their intervals cover nine times in ten. Costs one model call a run; memory, 16
    bytes a run for each number.

    Shares are of variance under this scenario: they do not say which way a number works, and a number that is given for
    certain has none, however wrong it may be. A target that is always or never reached leaves nothing to share out,
    which is said.

    Sources: Azzini and Rosati (2021), Reliability Engineering and System Safety 213; Jansen (1999), Computer Physics
    Communications 117; Song, Nelson and Staum (2016), SIAM/ASA Journal on Uncertainty Quantification 4(1); Owen (1977),
    Values of games with a priori unions.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.importance(june, runs=200, seed=1)
    >>> max(found.shapley, key=lambda fact: found.shapley[fact].value)
    'quantities.sell-through'
    >>> round(found.sums["shapley"].value, 9)
    1.0
    """
    checked_scenario(scenario)
    aim = None if target is None else checked_aim(scenario, target)
    if not isinstance(by, str) or by not in _RUNS:
        raise ValueError(f"by: must be one of {', '.join(_RUNS)}; got {shown(by)}")
    experiment = Experiment.checked(
        default_runs=_RUNS[by], runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    if experiment.runs < _FEWEST:
        raise ValueError(f"runs: must be {_FEWEST} or more, so that errors can be told; got {experiment.runs:,}")
    sent = experiment.model(scenario if aim is None else aim.applied(scenario))
    ask = _by_fact if by == "fact" else _by_number
    found, outputs, calls = ask(experiment, sent, aim)
    return Importance(
        by=by,
        aim="" if aim is None else aim.text,
        level=_level(aim, outputs),
        words=_words(found["first"]) if by == "fact" else {e.address: e.text for e in sent.model.elements},
        weights=_weights(scenario, found["first"]) if by == "number" else {},
        runs=experiment.runs,
        model_runs=calls * experiment.runs,
        run_info=experiment.run_info(scenario, experiment.runs),
        **found,
    )


#: Shares by the name of the answer's field, the outputs of plain runs, and calls of the model for each of these.
Found = tuple[dict[str, Any], Floats, int]


@attrs.frozen(eq=False)
class Groups:
    """The random inputs of a space by fact; a fact has one part, or two: what is not known, and what is luck."""

    facts: tuple[str, ...]
    fact: Indices  # row of the fact of each part
    luck: NDArray[np.bool_]  # whether each part is luck
    part: Mapping[str, int]  # row of the part of each input, by its name

    @classmethod
    def of(cls, space: Space) -> Groups:
        """The groups of these inputs, facts in the order of the space."""
        owner = {made.name: (".".join(made.address.split(".")[:2]), not not_known(made)) for made in space.inputs}
        facts = tuple(dict.fromkeys(fact for fact, _ in owner.values()))
        parts = sorted(set(owner.values()), key=lambda part: (facts.index(part[0]), part[1]))
        fact = np.array([facts.index(fact) for fact, _ in parts], dtype=np.intp)
        luck = np.array([luck for _, luck in parts], dtype=np.bool_)
        return cls(facts, fact, luck, {name: parts.index(part) for name, part in owner.items()})

    @property
    def size(self) -> Indices:
        """How many parts each fact has."""
        return np.bincount(self.fact, minlength=len(self.facts))

    def order(self, block: Block) -> tuple[Indices, Indices]:
        """In each run the step at which each fact begins, (facts, runs), and that of each part, (parts, runs).

        Facts stand in a random order, which belongs to their names and to the run. What is luck follows what is not
        known: as a step counts towards both ends of the way, either order of the two counts alike.
        """
        inputs = [RandomInput(f"importance/{fact}", fact, monthly=False, scores=False) for fact in self.facts]
        points = block.points(Space(1, tuple(inputs)))
        order = np.argsort(np.concatenate([points.uniforms(one) for one in inputs]), axis=0)
        sizes = self.size[order]
        start = np.empty_like(order)
        np.put_along_axis(start, order, np.cumsum(sizes, axis=0) - sizes, axis=0)
        second = self.luck & (self.size[self.fact] > 1)
        return start, start[self.fact] + second[:, None]


def _by_fact(experiment: Experiment, sent: SentModel, aim: Aim | None) -> Found:
    groups = Groups.of(sent.model.space)
    parts, facts = len(groups.fact), len(groups.facts)
    if not parts:
        # Everything is certain: plain runs show it.
        return {"first": {}}, *_by_number(experiment, sent, aim)[1:]
    calls = 2 * parts + 2
    experiment.check_room(sent, 4 * parts + 2 * facts, beside=1.5)
    with experiment.mapped() as mapped:
        made = experiment.answers(sent, mapped, partial(_cycled, groups, aim), "importance by fact", calls=calls)
    over_facts, over_kinds, plain = zip(*made, strict=True)
    terms, split, outputs = Terms.joined(over_facts), Terms.joined(over_kinds), np.concatenate(plain)
    if terms.variance.mean() <= ROUNDING**2:
        return {"first": {}}, outputs, calls
    unknown, begin = ~groups.luck, np.unique(groups.fact, return_index=True)[1]
    rows: dict[str, tuple[Sequence[str], Floats]] = {
        "first": (groups.facts, terms.first),
        "total": (groups.facts, terms.total),
        "shapley": (groups.facts, np.add.reduceat(terms.shapley, begin)),
        "not_known": ([groups.facts[row] for row in groups.fact[unknown]], terms.shapley[unknown]),
    }
    together = split.variance - split.first.sum(axis=0)
    wholes = zip((Term("not known"), Term("luck"), Term("both together")), (*split.first, together), strict=True)

    def share(what: str, of: Floats, variance: Floats, event: float) -> Estimate:
        found = ratio(of, variance, 0.0 if aim is None else event)
        return _share(found, what, "delta method", calls * experiment.runs)

    found: dict[str, Any] = {"split": {name: share(name, of, split.variance, _EVENT["first"]) for name, of in wholes}}
    found["sums"] = {
        name: share(say("{share}, sum", share=_CALLED[name]), each.sum(axis=0), terms.variance, 0.0)
        for name, (_, each) in rows.items()
    }
    for name, each in rows.items():
        found[name] = {
            fact: share(
                say("{share}, {fact}", share=_CALLED[name], fact=in_words(fact)), of, terms.variance, _EVENT[name]
            )
            for fact, of in zip(*each, strict=True)
        }
    return found, outputs, calls


def _cycled(groups: Groups, aim: Aim | None, model: Model, block: Block) -> tuple[Terms, Terms, Floats]:
    """In a worker: the terms of a block over facts, those over what is not known and luck, and its plain outputs."""
    base, other = block.points(model.space), block.points(model.space, 1)
    start, step = groups.order(block)
    parts = len(step)

    def switched(now: int) -> Floats:
        taken = (step < now) & (now <= step + parts)
        return _outputs(aim, model(SwitchedPoints(base, other, groups.part, taken)))

    def whole(*, luck: bool) -> Floats:
        names = {name for name, part in groups.part.items() if groups.luck[part] == luck}
        return _outputs(aim, model(PickedPoints(base, other, names)))

    outputs = np.stack([switched(now) for now in range(2 * parts)])
    two = np.arange(2)[:, None]
    round_trip = np.stack([outputs[0], whole(luck=False), outputs[parts], whole(luck=True)])
    split = cycle_terms(round_trip, two, np.ones(2, dtype=np.intp), two)
    return cycle_terms(outputs, start, groups.size, step), split, outputs[0]


def _by_number(experiment: Experiment, sent: SentModel, aim: Aim | None) -> Found:
    elements = sent.model.elements
    experiment.check_room(sent, len(elements) + 1, beside=1.5)
    with experiment.mapped() as mapped:
        made = experiment.answers(sent, mapped, partial(_made_up, aim), "importance by number")
    numbers, outputs = (np.concatenate(each, axis=-1) for each in zip(*made, strict=True))
    first = {}
    if outputs.var() > ROUNDING**2:
        for element, row in zip(elements, numbers, strict=True):
            # What is the same in every run accounts for nothing.
            if row.min() == row.max():
                continue
            what, method = say("{share}, {fact}", share=_CALLED["first"], fact=element.text), "influence function"
            first[element.address] = _share(binned(row, outputs), what, method, experiment.runs)
    return {"first": first, "luck": frozenset(e.address for e in elements if e.luck)}, outputs, 1


def _made_up(aim: Aim | None, model: Model, block: Block) -> tuple[Floats, Floats]:
    """In a worker: what a block's years were made of, and their outputs."""
    reading = model.read(block.points(model.space))
    return model.makeup(reading), _outputs(aim, model.play(model.drivers(reading), block.runs))


def _outputs(aim: Aim | None, record: Mapping[str, Floats]) -> Floats:
    """Outputs of the year, or 1 where a run is as is aimed at, else 0."""
    return record["annual"] if aim is None else aim.hits(aim.outputs(record)).astype(np.float64)


#: What a run's term amounts to where a target turns: against both backgrounds in first order, else against one.
_EVENT = {"first": 0.5, "total": 0.25, "shapley": 0.25, "not_known": 0.25}
_CALLED = {
    "first": say("first order"),
    "total": say("total"),
    "shapley": say("Shapley"),
    "not_known": say("Shapley, not known"),
}


def _share(interval: Interval, what: str, method: str, runs: int) -> Estimate:
    return Estimate.of(interval, runs=runs, method=method, what=what, unit=SHARE)


def _level(aim: Aim | None, outputs: Floats) -> Estimate:
    """The chance of the target, or the expected output."""
    if aim is None:
        return mean_estimate(outputs, 1, 0.95, say("expected output"))
    rest = {"method": "Wilson's", "what": say("chance of {what}", what=aim.text), "unit": PROBABILITY}
    return Estimate.of(proportion(outputs > 0.5, 1), runs=outputs.size, **rest)


def _words(facts: Iterable[str]) -> dict[str, str]:
    """Facts in words, with their family where two are of one name."""
    words = {fact: in_words(fact) for fact in facts}
    counts = Counter(words.values())
    return {
        f: word if counts[word] == 1 else say("{fact} ({family})", fact=word, family=Term(f.partition(".")[0]))
        for f, word in words.items()
    }


def _weights(scenario: Scenario, first: Mapping[str, Estimate]) -> dict[str, float]:
    """Shares by address of the register, each with all that is stated below it."""
    listed, made = {row.address for row in scenario.assumptions()}, dict[str, float]()
    for address, share in first.items():
        for stated in listed.intersection(itertools.accumulate(address.split("."), "{}.{}".format)):
            made[stated] = made.get(stated, 0.0) + max(share.value, 0.0)
    return made
