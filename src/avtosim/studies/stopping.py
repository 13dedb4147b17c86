"""Runs until a wanted precision: looks at growing numbers of runs, and stops at the first that is precise enough.

Looking at the data again and again and stopping when an interval happens to be short makes intervals too short. So
there are few looks, each next one where the interval at hand says that the precision will be reached, and a tenth
beyond: benchmarks/coverage.py measures the coverage that is left of 95 %, and the price in runs. Designs go on in many
small replicates, for a spread that is known from few stops a look too soon.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from ..answers import intervals
from ..answers.numbers import percent
from ..answers.parts import PartOfOutput
from ..answers.result import part_in_words, reached
from ..chance.design import Design, shown
from ..plant.record import Floats
from ..plant.record import joined as joined_records
from ..say import Number, joined, say
from .arguments import checked_half_width

#: Runs of the first look, more where that would be too few independent replicates to estimate their spread.
FIRST_LOOK = 4096
_LEAST_REPLICATES = 32
# After so many runs a target that was never hit is left out of a relative precision.
_ENOUGH = 100_000


@attrs.frozen
class RelativePrecision:
    """A precision as a fraction of the chance itself, for ``simulate(..., precision=...)``.

    Parameters
    ----------
    share : float
        Half the width of the interval over the chance, above 0 and up to 0.5: ``RelativePrecision(0.05)`` asks for plus
        or minus a twentieth of each chance.

    Raises
    ------
    ValueError
        For a share outside this range.

    Notes
    -----
    The runs needed grow as one over the chance. A target that was not hit once in 100,000 runs is left out of the
    promise, and ``result.run_info.stopped`` names it; `rare_chance` estimates such chances.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06").replace({"targets": (25_000,)})
    >>> result = avtosim.simulate(june, precision=avtosim.RelativePrecision(0.1), max_runs=2_000, seed=1)
    >>> result.run_info.stopped
    'stopped after look 1: every chance is within +-10 % of itself'
    """

    share: float

    def __attrs_post_init__(self) -> None:
        share = checked_half_width("RelativePrecision: must lie above 0 and up to 0.5", self.share)
        object.__setattr__(self, "share", share)


def checked_precision(precision: object) -> float | RelativePrecision:
    """A precision that can be reached."""
    if isinstance(precision, RelativePrecision):
        return precision
    rule = "must lie above 0 and up to 0.5 (a probability), or be RelativePrecision(share)"
    return checked_half_width(f"precision: {rule}", precision)


def extensible_form(design: Design) -> Design:
    """The design that goes on from look to look."""
    form: object = design.as_extensible()
    if not isinstance(form, Design):
        raise TypeError(f"design: as_extensible of {design} must give a Design; got {shown(form)}")
    return form


def until_precise(
    work: Callable[[int, int], dict[str, Floats]],
    design: Design,
    targets: Sequence[float | PartOfOutput],
    *,
    precision: float | RelativePrecision,
    max_runs: int,
    parts_of_output: Sequence[str] = (),
) -> tuple[dict[str, Floats], str]:
    """Work until the interval of every target's chance is short enough, and say why it stopped.

    ``work(first, runs)`` gives the record of some runs; ``parts_of_output`` are what it counts in part, in words. A
    design that cannot be extended starts anew at each look.
    """
    most = design.admissible_runs(max_runs)[0]
    if not most:
        least = design.admissible_runs(max_runs)[1]
        raise ValueError(f"max_runs: {design} need at least {least:,} runs; got {max_runs:,}")
    parts: list[dict[str, Floats]] = []
    runs, looks = 0, 0
    goal = max(FIRST_LOOK, _LEAST_REPLICATES * design.replicate_size(FIRST_LOOK))
    while True:
        goal = min(design.admissible_runs(goal)[1], most)
        if not design.extensible:
            parts, runs = [], 0
        parts.append(work(runs, goal - runs))
        runs, looks = goal, looks + 1
        hits = dict(_hits(targets, parts, parts_of_output))
        # A fraction of a chance of nearly zero would take forever.
        waits = not isinstance(precision, RelativePrecision) or runs < _ENOUGH
        never = [words for words, hit in hits.items() if not (waits or hit.any())]
        left_out = say("never hit and left out: {targets}", targets=joined(", ", never)) if never else ""
        open_hits = {words: hit for words, hit in hits.items() if words not in never}
        excess, target, half = _worst(open_hits, design.replicate_size(runs), precision)
        if excess <= 1.0:
            if isinstance(precision, RelativePrecision):
                percent_of = Number(f"{100 * precision.share:g}", 100 * precision.share)
                why = say(
                    "stopped after look {look}: every chance is within +-{percent} % of itself",
                    look=looks,
                    percent=percent_of,
                )
            else:
                why = say(
                    "stopped after look {look}: every chance is within +-{half}", look=looks, half=_shown(precision)
                )
            return joined_records(parts), joined("; ", [why, left_out])
        if runs >= most:
            missed = say(
                "stopped at max_runs: the chance of at least {target} is only within +-{half}",
                target=target,
                half=_shown(half),
            )
            return joined_records(parts), joined("; ", [missed, left_out])
        goal = next_look(runs, excess)


def next_look(runs: int, excess: float) -> int:
    """Runs of the next look, when half the widest interval is ``excess`` times the precision after ``runs`` runs.

    Where the interval, shrinking with the root of the runs, should be short enough, and a tenth beyond, so that an
    interval that is short by chance seldom stops it; at least a twentieth more, at most four times as many.
    """
    return math.ceil(runs * min(max(1.1 * min(excess, 1e3) ** 2, 1.05), 4.0))


def _hits(
    targets: Sequence[float | PartOfOutput], records: Sequence[Mapping[str, Floats]], words: Sequence[str]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each target in words, and which runs reach it."""
    for target in targets:
        if isinstance(target, PartOfOutput):
            outputs = [record["output"][words.index(target.text)] for record in records]
            of = part_in_words(target.until, target.of)
            text = say("{volume} vehicles{of}", volume=Number(f"{target.volume:,.0f}", target.volume), of=of)
            yield text, reached(np.concatenate(outputs), target.volume)
        else:
            yield (
                Number(f"{target:,.0f}", target),
                reached(np.concatenate([record["annual"] for record in records]), target),
            )


def _shown(probability: float) -> str:
    return percent(probability, probability)


def _worst(
    hits: Mapping[str, NDArray[np.bool_]], replicate_size: int, precision: float | RelativePrecision
) -> tuple[float, str, float]:
    """How many times wider than the precision the widest interval is, its target, and half of it."""
    worst = (0.0, "", 0.0)
    for words, hit in hits.items():
        value, low, high, _ = intervals.proportion(hit, replicate_size)
        half = 0.5 * (high - low)
        wanted = precision.share * value if isinstance(precision, RelativePrecision) else precision
        excess = math.inf if wanted == 0.0 else half / wanted
        worst = (excess, words, half) if excess >= worst[0] else worst
    return worst
