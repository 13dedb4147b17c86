"""Tornado: the chance of a target with each uncertain number low and high, all else as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..answers.estimate import Estimate
from ..answers.numbers import DIFFERENCE
from ..answers.paired import chance_difference
from ..answers.screen import expected_swings
from ..answers.tornado import Tornado, TornadoBar
from ..chance.blocks import Block
from ..chance.design import shown
from ..declare.faults import FactError, Fault, nearest
from ..facts.entities import Target
from ..facts.scenario import Scenario
from ..plant.makeup import Element
from ..plant.model import Model
from ..plant.record import Floats
from ..say import Number, say
from .aims import Aim, checked_aim
from .arguments import checked_count, checked_scenario
from .experiment import Experiment

Met = NDArray[np.bool_]
#: Shares at which a number is low and high.
_ENDS = 0.1, 0.9


def tornado(
    scenario: Scenario,
    target: float | Target,
    *,
    bars: int | Sequence[str] | None = 15,
    runs: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Tornado:
    """Estimate the chance of a target with each uncertain number at its P10 and at its P90, paired run by run.

    Parameters
    ----------
    scenario : Scenario
        The facts.
    target : float, 0 or more, vehicles, or Target
        The target.
    bars : int, sequence of str or None, default 15
        How many numbers are played, those of the largest expected swing; or their addresses; None plays all.
    runs : int, optional
        Number of simulated years; 16,384 by default.
    seed : int, default 0
        As for `simulate`.
    workers, executor, progress : optional
        As for `simulate`.

    Returns
    -------
    Tornado
        A bar for each number that was played, with both chances, the swing between them and the number's standing, the
        largest swing first; and what is worth finding out.

    Raises
    ------
    FactError
        For an address in ``bars`` that is certain or does not exist, or a target of what the scenario has not; before
        anything is run. When a number or an output is not finite in some run, while it is running.
    TypeError, ValueError
        For an argument that makes no sense, before anything is run.
    MemoryError
        When the answer does not fit half of the available memory; before anything is run.
    RuntimeError
        As for `simulate`.

    Notes
    -----
    A number is put at its P10, then at its P90, in all runs, and the year is replayed; nothing is drawn again, so that
    the standard error of a small swing is some five to nine times smaller than that of two independent simulations;
    where the chance itself is small, less is gained. Of a number that is redrawn each month the P10 and P90 are those
    of its mean over the year, and it stands there in all months: that twelve months in a row are as low as one month in
    ten hardly ever happens.

    A screen chooses the numbers that are played: a logistic fit of the hits to all numbers at once, on the plain runs.
    It sees no effect that turns on the way or that only others together let through; ``bars=None`` plays all.

    Costs a call of the model for each run and half a call for each number twice, about 18 in all for 15 numbers.
    Memory: 8 bytes for each run and each of what a year is made of.

    Swings do not add up: each stands for one number alone, with all others as uncertain as they are stated. What a
    certain number would do it does not say; `goal_seek` moves one. A number may be badly known without being stated so.

    Sources: Howard (1988), Management Science 34(6), on tornado diagrams; Newcombe (1998), Statistics in Medicine
    17(8), on intervals of paired differences.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.tornado(june, 25_000, bars=3, runs=1_000, seed=1)
    >>> found.bars[0].text, found.bars[0].standing
    ('sell-through', 'assumption')
    """
    checked_scenario(scenario)
    aim = checked_aim(scenario, target)
    experiment = Experiment.checked(
        default_runs=16_384, runs=runs, seed=seed, workers=workers, executor=executor, progress=progress
    )
    sent = experiment.model(aim.applied(scenario))
    numbers = [element for element in sent.model.elements if element.what == "number"]
    asked = _checked_bars(bars, numbers, scenario)
    experiment.check_room(sent, len(sent.model.elements) + len(numbers) + 1, copies=2)
    with experiment.mapped() as mapped:
        hits, values = zip(
            *experiment.answers(sent, mapped, partial(_plain, aim, len(numbers)), "tornado: plain runs"), strict=True
        )
        hit, made = np.concatenate(hits), np.concatenate(values, axis=1)
        ends = np.array([_ends(sent.model, number, row) for number, row in zip(numbers, made, strict=True)])
        base, expected = aim.chance(hit), np.zeros(len(numbers))
        chosen: Sequence[int] = []
        if numbers and hit.any() and not hit.all():
            expected = np.abs(expected_swings(hit, made, ends))
            chosen = np.argsort(-expected, kind="stable")[:asked].tolist() if isinstance(asked, int) else asked
        levels = {numbers[place].address: tuple(ends[place]) for place in chosen}
        work, calls = partial(_played, aim, levels), 2 * len(levels)
        played = experiment.answers(sent, mapped, work, "tornado: playing bars", calls=calls) if levels else []
    both = np.concatenate(played, axis=2) if played else np.zeros((0, 2, hit.size), dtype=bool)
    standings = {row.address: row.standing for row in scenario.assumptions()}
    found = [_bar(numbers[place], ends[place], met, standings, aim) for place, met in zip(chosen, both, strict=True)]
    expected[chosen] = 0.0
    return Tornado(
        what=aim.text,
        base=base,
        bars=tuple(sorted(found, key=lambda bar: -abs(bar.swing.value))),
        numbers=len(numbers),
        expected=float(expected.max(initial=0.0)),
        model_runs=hit.size * (1 + 2 * len(chosen)),
        run_info=experiment.run_info(scenario, hit.size),
    )


def _checked_bars(bars: object, numbers: Sequence[Element], scenario: Scenario) -> int | list[int]:
    """How many numbers are to be played, or the places of those named."""
    if bars is None:
        return len(numbers)
    if not isinstance(bars, (str, bytes, Mapping, Sequence)):
        return checked_count("bars", bars, 1, 100_000)
    if not bars or isinstance(bars, (str, bytes, Mapping)) or not all(isinstance(address, str) for address in bars):
        raise TypeError(f"bars: must be a number of numbers, or a list of addresses as text; got {shown(bars)}")
    places = {number.address: place for place, number in enumerate(numbers)}
    faults = []
    for address in bars:
        if address not in places and address in scenario.numbers():
            rule, stated, hint = "must be uncertain by itself", scenario[address], "state a law there, or ask goal_seek"
            if parts := [place for place in places if place.startswith(f"{address}.")]:
                hint = f"ask for {' or '.join(parts)}"
            elif follows := getattr(stated, "uses", ()):
                hint = f"it follows {' and '.join(sorted(follows))}"
            faults.append(Fault(address, f"{rule}, to have a P10 and a P90", stated, hint))
        elif address not in places:
            rule = "must be the address of an uncertain number"
            faults.append(Fault(address, rule, None, nearest(address, places)))
    if faults:
        raise FactError(faults, "bars")
    return [places[address] for address in dict.fromkeys(bars)]


def _plain(aim: Aim, numbers: int, model: Model, block: Block) -> tuple[Met, Floats]:
    """Which runs of a block hit, and what the numbers were in them."""
    reading = model.read(block.points(model.space))
    hit = aim.hits(aim.outputs(model.play(model.drivers(reading), block.runs)))
    return hit, model.makeup(reading)[:numbers].copy()


def _ends(model: Model, number: Element, values: Floats) -> Floats:
    """P10 and P90 of a number: of its law where it is drawn once a run, else of its mean over the months."""
    law = model.law_of_year(number.address)
    return np.asarray(np.quantile(values, _ENDS) if law is None else law.ppf(np.array(_ENDS)))


def _played(aim: Aim, levels: Mapping[str, tuple[float, float]], model: Model, block: Block) -> Met:
    """Which runs of a block hit with each number at its low end and at its high end, (numbers, 2, runs)."""
    reading = model.read(block.points(model.space))
    # What no number changes is worked out once.
    model.drivers(reading)
    made = np.empty((len(levels), 2, block.runs), dtype=bool)
    for row, (address, ends) in zip(made, levels.items(), strict=True):
        for met, level in zip(row, ends, strict=True):
            record = model.play(model.drivers(reading.pin({address: level})), block.runs)
            met[:] = aim.hits(aim.outputs(record))
    return made


def _bar(number: Element, ends: Floats, met: Met, standings: Mapping[str, str], aim: Aim) -> TornadoBar:
    stated = number.address
    while stated and stated not in standings:
        stated = stated.rpartition(".")[0]
    low, high = (
        aim.chance(each, say(", {number} at {level}", number=number.text, level=Number(f"{end:.4g}", float(end))))
        for each, end in zip(met, ends, strict=True)
    )
    rest = {"method": "paired run by run", "what": say("swing of {number}", number=number.text), "unit": DIFFERENCE}
    return TornadoBar(
        address=number.address,
        text=number.text,
        unit=number.unit,
        standing=standings.get(stated, ""),
        low_value=float(ends[0]),
        high_value=float(ends[1]),
        low=low,
        high=high,
        swing=Estimate.of(chance_difference(met[0], met[1], 1), runs=met.shape[1], **rest),
    )
