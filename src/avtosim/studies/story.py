"""A story: a typical year of a kind, played again month by month."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..answers import typical
from ..answers.estimate import Estimate, quantile_estimate
from ..answers.story import Difference, Happening, Story, StoryMonth
from ..chance.blocks import blocks
from ..chance.design import shown
from ..chance.picked import held
from ..chance.points import GivenPoints, Points
from ..declare.containers import NO_TABLE
from ..facts.entities import Shock
from ..facts.scenario import Scenario
from ..facts.supply import of_supply
from ..facts.wording import in_words
from ..plant.makeup import Element
from ..plant.model import Model
from ..plant.reading import Reading
from ..plant.record import Floats
from ..say import Term, joined, say
from .aims import Aim, checked_side
from .arguments import checked_scenario
from .experiment import Experiment
from .rare import estimated
from .sent import SentModel
from .years import FEWEST, played, share, unit_of, years

#: Least weight of an event in the choice of the year: it is told, so the year should be typical in it too.
_EVENT = 0.2
#: What sets years apart is named from this rank-biserial correlation on, and so many of it at most.
_APART, _MOST = 0.1, 6
#: Normal score beyond which a number lies outside the middle 80 % of all years.
_UNUSUAL = 1.2816
# Hardly any of a month, which is not told.
_HARDLY = 0.05
_EFFECTS = {
    "supply": Term("fewer kits"),
    "delay": Term("late kits"),
    "holds": Term("kits held"),
    "demand": Term("demand"),
    "speed": Term("speed"),
}


def story(
    scenario: Scenario,
    *,
    at_least: float | None = None,
    below: float | None = None,
    only: str | None = None,
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Story:
    """Tell a typical year of at least, or below, a volume, month by month.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    at_least : float, optional
        Volume in vehicles, 0 or more: a year whose output reaches it.
    below : float, optional
        Volume in vehicles, 0 or more: a year whose output is strictly below it. Exactly one of the two must be given.
    only : "supply", optional
        Tell what supply alone would bring about: everything else is held at its median, in all years.
    runs : int, optional
        Simulated years from which one is told; 16,384 by default.
    seed : int, default 0
        As for `simulate`.
    workers, executor, progress : optional
        As for `simulate`.

    Returns
    -------
    Story
        The year as a calendar: planned, required and built vehicles of each month, which partners and lines stood
        still, left or were gone, which shocks were active, what was launched late; the chance of such a year; what
        sets such years apart from the others, and what else was unusual in this one.

    Raises
    ------
    FactError
        When a number or an output is not finite in some run, while it is running; the error names the facts.
    TypeError, ValueError
        Unless exactly one of ``at_least`` and ``below`` is given, and for an argument that makes no sense; before
        anything is run. Where neither a run nor `rare_chance` reached such a year.
    MemoryError
        When the runs do not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    The year is the medoid of the years of the kind: the one with the least mean distance to all others of them in what
    they were made of (``Model.elements``) and in their output. It is a year that was played; medians of everything
    together are none. Elements count by their normal scores among all years, so that what hardly ever happens neither
    vanishes nor decides, and weigh as much as they set years of the kind apart from the others (rank-biserial
    correlation, 0 within two standard errors of 0); stops, leaving and shocks weigh 0.2 at least, since the calendar
    tells them; the output, by its rank among years of the kind, weighs 1. Where fewer than 50 years are not of the
    kind, what sets the better half of all years apart from the worse one takes the place of these weights.

    The ordinary year is that of the median output; numbers are compared by their medians, events by their mean months.

    With ``only="supply"`` every random number is held at its median but those of partners (fill rates, stops, leaving,
    lead times), of shocks that strike, delay or hold kits, what they do to demand and speed left out, and of quantities
    that only these follow. Lines then stop as in the median run, mostly never, and factors stay where they are. The
    chance is that of such a year in that world, not in the whole one. Where buyers are few in the median, kits do not
    bind, and supply alone must do much to move the output.

    Where fewer than 50 of the runs are of the kind, the year is chosen from the end points of `rare_chance`, under the
    same seed and with its defaults, and the chance is its estimate.

    Costs one model call a run, up to twice as much again for ranks and distances, with `rare_chance` what that takes,
    and 64 bytes a run and element of memory.

    One year cannot stand for all: years of the kind may come about in several ways, of which it is one.

    Source: Kaufman and Rousseeuw (1990), Finding Groups in Data, chapter 2.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> told = avtosim.story(june, below=15_000, runs=1_000, seed=1)
    >>> told.built < 15_000, len(told.calendar)
    (True, 12)
    """
    checked_scenario(scenario)
    aim = checked_side(at_least, below)
    if not (only is None or (isinstance(only, str) and only == "supply")):
        raise ValueError(f'only: must be "supply", or None for all that a year is made of; got {shown(only)}')
    experiment = Experiment.checked(
        default_runs=16_384, runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    sent = experiment.model(scenario)
    model = sent.model
    experiment.check_room(sent, len(model.elements) + 1, copies=8)
    belongs = of_supply(scenario) if only else lambda _: True
    medians = frozenset(i.name for i in model.space.inputs if not belongs(i.address))
    rows = [row for row, element in enumerate(model.elements) if belongs(element.address)]
    with experiment.mapped() as mapped:
        outputs, made = years(experiment, sent, mapped, "story: looking for such years", medians=medians)
    hits = aim.hits(outputs)
    kind = _Kind(
        outputs[hits], made[:, hits], share(hits, say("chance of {what}", what=aim.text)), np.flatnonzero(hits)
    )
    if kind.outputs.size < FEWEST:
        kind = _end_points(kind, experiment, sent, aim, medians, only)
    elements, all_years, such = [model.elements[row] for row in rows], made[rows], kind.made[rows]
    all_ranks = typical.ranks(all_years, all_years)
    ranks = typical.ranks(all_years, such) if kind.runs is None else all_ranks[:, hits]
    apart = _apart(ranks, all_ranks, outputs, hits)
    scores = typical.scores(ranks, outputs.size)
    own = typical.scores(typical.ranks(kind.outputs[None], kind.outputs[None]), kind.outputs.size)
    weights = np.maximum(np.abs(apart), [_EVENT * element.is_event for element in elements])
    told = typical.medoid(np.concatenate([scores, own]), np.append(weights, 1.0))
    differences = [
        Difference(
            what=element.text,
            address=element.address,
            value=float(such[row, told]),
            such=_typically(element, such[row]),
            ordinary=_typically(element, all_years[row]),
            unit=unit_of(element),
            luck=element.luck,
            apart=float(apart[row]),
        )
        for row, element in enumerate(elements)
    ]
    first = _first(np.abs(apart), _APART)
    gone = {e.address for e, months in zip(elements, such[:, told], strict=True) if e.what == "gone" and months > 0.0}
    counts = [e.is_event and not _of_gone(e, gone) for e in elements]
    unusual = _first(np.abs(scores[:, told]) * counts, _UNUSUAL)
    return Story(
        kind=aim.text,
        only=only,
        run=None if kind.runs is None else int(kind.runs[told]),
        chance=kind.chance,
        ordinary=quantile_estimate(outputs, 0.5, 1, 0.95),
        others=bool((~hits).sum() >= FEWEST),
        is_ordinary=bool(aim.hits(np.median(outputs, keepdims=True))[0]),
        calendar=tuple(_calendar(model, scenario, model.read(held(kind.point(model, experiment.seed, told), medians)))),
        differences=tuple(differences[row] for row in first),
        unusual=tuple(differences[row] for row in unusual if row not in first),
        run_info=experiment.run_info(scenario, outputs.size),
    )


@attrs.frozen(eq=False)
class _Kind:
    """Years of the kind: outputs, what they were made of, the chance, and the numbers of their runs or their scores."""

    outputs: Floats
    made: Floats
    chance: Estimate
    runs: NDArray[np.intp] | None
    scores: Floats | None = None

    def point(self, model: Model, seed: int, which: int) -> Points:
        """One of the years, as it was drawn."""
        if self.runs is not None:
            return blocks(seed, int(self.runs[which]), 1, 1)[0].points(model.space)
        assert self.scores is not None
        return GivenPoints(model.space, self.scores[:, which : which + 1], scores=True)


def _end_points(
    few: _Kind, experiment: Experiment, sent: SentModel, aim: Aim, medians: frozenset[str], only: str | None
) -> _Kind:
    """Years of the kind from ``rare_chance``, where it found more than the runs; ``ValueError`` where none is known."""
    rare = estimated(sent.scenario, aim, experiment, medians=medians)
    if rare.years > few.outputs.size:
        points = GivenPoints(sent.model.space, rare.points, scores=True)
        return _Kind(*played(sent.model, held(points, medians)), rare.estimate, None, rare.points)
    if not few.outputs.size:
        alone = f"; only={only!r} holds all else at its median" if only else ""
        raise ValueError(f"{aim.name}: there is no such year to tell: {rare.warning}{alone}")
    return few


def _apart(such: Floats, ranks: Floats, outputs: Floats, hits: NDArray[np.bool_]) -> Floats:
    """How far years of the kind, by their ranks, stand apart from the others in each element."""
    if (~hits).sum() >= FEWEST:
        return typical.apart(such, ranks[:, ~hits])
    upper = outputs > np.median(outputs)
    return typical.apart(ranks[:, upper], ranks[:, ~upper]) if upper.any() else np.zeros(len(ranks))


def _typically(element: Element, values: Floats) -> float:
    """What an element mostly is; the mean months of an event, which mostly does not happen."""
    return float(values.mean() if element.is_event else np.median(values))


def _of_gone(element: Element, gone: Collection[str]) -> bool:
    """Whether these are stops of a partner that is gone."""
    return element.what == "stopped" and element.address.rpartition(".")[0] in gone


def _first(values: Floats, least: float) -> list[int]:
    """The rows of the largest values, from ``least`` on."""
    return [int(row) for row in np.argsort(-values, kind="stable") if values[row] >= least][:_MOST]


def _calendar(model: Model, scenario: Scenario, reading: Reading) -> Iterator[StoryMonth]:
    """The year of one run, month by month."""
    record = model.play(model.drivers(reading), 1, keep="flows")
    stated = scenario.numbers()
    delays = {v.name: f"{v.address}.delay" for v in scenario.vehicles if f"{v.address}.delay" in stated}
    late = {name: float(reading[address][0, 0]) for name, address in delays.items()}
    begins = {name: late[name] + float(reading[f"vehicles.{name}.start"][0, 0]) for name in late}
    on_time = model.drivers(reading.pin(dict.fromkeys(delays.values(), 0.0))).schedules(slice(0, 1))
    planned = np.sum([one.scheduled[:, 0] for one in on_time], axis=0)
    effects = {shock.address: _effect(shock) for shock in scenario.shocks}
    events = [
        (element, effects.get(element.address, ""), np.broadcast_to(grid[:, 0], model.months))
        for element, grid in zip(model.elements, model.by_month(reading), strict=True)
        if element.is_event and not (element.what == "active" and grid.min() >= 1.0)
    ]
    for month, label in enumerate(model.labels["month"]):
        happened = list(_happened(events, month))
        happened += [
            Happening(name, "launched", late[name])
            for name, begin in begins.items()
            if late[name] >= _HARDLY and begin // 1.0 == month
        ]
        yield StoryMonth(
            month=label,
            planned=float(planned[month]),
            required=float(record["required"][:, month, 0].sum()),
            built=float(record["by_month"][month, 0]),
            happenings=tuple(happened),
        )


def _happened(events: Sequence[tuple[Element, str, Floats]], month: int) -> Iterator[Happening]:
    """What happened in a month; who is gone does not stop."""
    gone = {e.address for e, _, months in events if e.what == "gone" and months[month] >= 1.0 - _HARDLY}
    for element, effect, months in events:
        if months[month] >= _HARDLY and not _of_gone(element, gone):
            left = element.what == "gone" and (month == 0 or months[month - 1] < _HARDLY)
            what: Any = "left" if left else element.what
            yield Happening(in_words(element.address), what, float(months[month]), effect)


def _effect(shock: Shock) -> str:
    """What a shock does, in words."""
    return joined(", ", (word for kind, word in _EFFECTS.items() if getattr(shock, kind) not in (NO_TABLE, ())))
