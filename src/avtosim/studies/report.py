"""The page: the studies it needs are run here and handed to the view."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, TypeVar

import attrs
import numpy as np

from ..answers.parts import PartOfOutput
from ..answers.result import Result
from ..answers.tornado import Tornado
from ..atomic import checked_place, write_whole
from ..declare.faults import FactError
from ..evidence.outside import OutsideView, outside_view
from ..facts.register import Register
from ..facts.scenario import Scenario
from ..say import say
from ..view.languages import language_of
from ..view.page import Findings, Ground, page
from ..view.style import matplotlib
from .layers import layers
from .ledger import ledger
from .stated import scenario_of
from .story import story
from .tornado import tornado

T = TypeVar("T")
#: Runs of each study at most, so that all of them together take the time of a few simulations.
_MOST = 32_768
#: Fewer runs than this say nothing of what decides a chance.
_LEAST = 64
#: A chance outside these tells little of what decides it; then another volume is looked at.
_TELLING = 0.02, 0.98
#: Bars of the tornado, and rows of the register of assumptions.
_BARS, _ROWS = 10, 7
#: Standings of numbers that rest on judgement alone.
_JUDGED = ("guess", "assumption", "not stated", "no source")


def report(result: Result, path: str | os.PathLike[str], *, language: str = "en", outside: object = None) -> None:
    """Write the page of a result; what ``Result.report`` does."""
    tongue = language_of(language)
    if outside is not None and not isinstance(outside, OutsideView):
        raise TypeError(f"outside: must be what outside_view gives; got {outside!r:.60}")
    place = checked_place(path, ".html", ".htm")
    matplotlib()
    findings = found(result, outside)
    write_whole(place, page(findings, tongue).encode())


def found(result: Result, outside: OutsideView | None = None) -> Findings:
    """All that the page tells: the answers of its studies, and why some of them are missing."""
    made = _Studies(result, scenario_of(result.run_info))
    has_months = made.has_months()
    asked = _asked(result)
    looked_at = None if asked is None else _telling(result, asked)
    main = made.run(say("where output is lost"), lambda s, _, rest: ledger(s, **rest), 0.0)
    alike = say("nearly every run brings the same output")
    missed = asked if asked is not None and result.chance(asked).value < 1.0 else None
    if asked is None:
        alike = never = say("no volume was announced, and no target is one of the whole plant")
    else:
        never = say("no run misses the volume")
    bars = made.run(say("what decides it"), lambda s, x, rest: tornado(s, x, bars=_BARS, **rest), looked_at, alike)
    strip = made.run(say("how sure it is"), lambda s, x, rest: layers(s, x, **rest), looked_at, alike)
    story_ = made.run(say("a typical year"), lambda s, x, rest: story(s, below=x, **rest), missed, never)
    return Findings(
        result=result,
        has_months=has_months,
        asked=asked,
        looked_at=looked_at,
        ledger=main,
        tornado=bars,
        story=story_,
        layers=strip,
        outside=made.outside() if outside is None else outside,
        grounds=() if bars is None else tuple(made.grounds(bars)),
        register="" if made.register is None else made.register.summary(),
        judged=0 if made.register is None else len(made.register.standing(*_JUDGED)),
        description=made.description,
        left_out=tuple(made.left_out),
    )


@attrs.define(slots=False)
class _Studies:
    """The studies of a result's scenario under its seed, each with why it is left out."""

    result: Result
    scenario: Scenario | None
    left_out: list[str] = attrs.field(factory=list)

    def run(
        self, section: str, study: Callable[[Scenario, float, dict[str, Any]], T], volume: float | None, none: str = ""
    ) -> T | None:
        """The answer of a study of a volume; None, and why, where it cannot be had. ``none`` says why there is none."""
        if self.scenario is None:
            reason = _unread()
        elif self.runs < _LEAST:
            reason = say("{runs} {runs:run is|runs are} too few for it", runs=self.result.runs)
        elif volume is None:
            reason = none
        else:
            try:
                return study(self.scenario, volume, {"runs": self.runs, "seed": self.result.run_info.seed})
            except (FactError, ValueError) as error:
                reason = str(error).splitlines()[0]
        self.left_out.append(say("{section}: {reason}", section=section, reason=reason))
        return None

    def has_months(self) -> bool:
        """Whether the result keeps what its year is drawn from; if not, the page says what to ask for."""
        try:
            self.result.since_start([0.5])
        except ValueError:
            reason = say("the result keeps no months; ask for them with keep='breakdown'")
            self.left_out.append(say("{section}: {reason}", section=say("how the year runs"), reason=reason))
            return False
        return True

    @property
    def runs(self) -> int:
        """Runs of each study: not more than the result has, and a multiple of four."""
        return min(self.result.runs, _MOST) // 4 * 4

    @cached_property
    def register(self) -> Register | None:
        """All numbers of the scenario, and what they rest on."""
        return None if self.scenario is None else self.scenario.assumptions()

    @property
    def description(self) -> str:
        """What the scenario stands for, in its own words."""
        return "" if self.scenario is None else self.scenario.description

    def grounds(self, tornado: Tornado) -> Iterator[Ground]:
        """What the numbers of the largest swings rest on."""
        rows = {row.address: row for row in self.register or ()}
        for bar in tornado.bars[:_ROWS]:
            row = rows.get(bar.address)
            source, day = ("", "") if row is None else (row.source, row.stated_on)
            yield Ground(bar=bar, source=source, stated_on=day)

    def outside(self) -> OutsideView | None:
        """What became of other announced plans of this kind, where the scenario says which kind and when."""
        announced = None if self.scenario is None else self.scenario.announced
        months = self.result.labels.get("month", ("",))
        if self.scenario is None:
            reason = _unread()
        elif announced is None or not (announced.stated_on and announced.programme):
            reason = say("the scenario does not state what was announced, when, and for which kind of programme")
        elif len(months) != 12 or not months[0].endswith("-01"):
            reason = say("the months are no calendar year")
        else:
            try:
                return outside_view(
                    plan=float(np.mean(announced.volumes)),
                    stated_on=announced.stated_on,
                    year=months[0][:4],
                    kind=announced.programme,
                    last_year=announced.last_year,
                    as_of=announced.stated_on,
                )
            except FactError as error:
                reason = str(error).splitlines()[-1].strip()
        self.left_out.append(say("{section}: {reason}", section=say("the view from outside"), reason=reason))
        return None


def _unread() -> str:
    """Why nothing can be had that needs the scenario."""
    return say("its scenario holds laws that no file can, and it was loaded from one")


def _asked(result: Result) -> float | None:
    """The volume the page is about: the lower end of what was announced, or the first target of the whole plant."""
    if result.announced is not None:
        return result.announced[0]
    volumes = [target for target in result.targets if not isinstance(target, PartOfOutput)]
    return volumes[0] if volumes else None


def _telling(result: Result, asked: float) -> float | None:
    """The volume whose chance can tell what decides it: ``asked``, a target, or a quantile; None if all years agree."""
    low, high = _TELLING
    volumes = [asked, *(target for target in result.targets if not isinstance(target, PartOfOutput))]
    chances = {volume: result.chance(volume).value for volume in volumes}
    if low <= chances[asked] <= high:
        return asked
    telling = {volume: chance for volume, chance in chances.items() if low <= chance <= high}
    if telling:
        return min(telling, key=lambda volume: abs(telling[volume] - 0.5))
    share = 0.75 if chances[asked] < low else 0.25
    # As round as it can be and still tell something.
    rounded = (float(f"{float(result.ppf(share)):.{digits}g}") for digits in (2, 3, 4, 6))
    return next((volume for volume in rounded if low <= result.chance(volume).value <= high), None)
