"""Levers: one number of a scenario that is put at other levels, and the range that makes sense for it."""

from __future__ import annotations

import math
from typing import Any

import attrs

from ..chance.design import shown
from ..declare.faults import FactError, Fault, nearest
from ..declare.inspection import quiet
from ..declare.rules import ANY, Spec
from ..facts.addresses import walk
from ..facts.scenario import Scenario
from ..facts.wording import in_words
from ..laws.base import months_of
from ..laws.scaled import scaled
from ..laws.varying import Total
from ..say import Number, Term, joined, say

#: What a lever spans where its field has no bounds: so many times what is stated.
_SPAN = 0.1, 10.0
#: Halvings of the range in search of where a rule is broken.
_HALVINGS = 25

#: Fields of a scenario that change no output.
_IDLE = ("name", "description", "targets", "announced")


def is_idle(address: str) -> bool:
    """Whether what stands at an address changes no output, whatever it is."""
    return address.partition(".")[0] in _IDLE


def _broken(address: str, stated: Any, spec: Spec) -> str:
    """The rule that a number breaks which cannot be put at other values; empty for one that can."""
    if isinstance(stated, (tuple, str)):
        return "must be a single number to be put at other values"
    if is_idle(address):
        return "must be a number of the plant, for this one changes no output"
    if isinstance(stated, float) or not (spec.edge or spec.rule.whole):
        return ""
    kind = "a moment" if spec.edge else "a whole number"
    return f"must be certain to be put at other values, as {kind} cannot be multiplied"


@attrs.frozen(eq=False)
class Lever:
    """A number and what it is put at: a value in its place where it is certain, else a factor of what is stated."""

    scenario: Scenario
    address: str
    stated: Any
    spec: Spec

    @classmethod
    def of(cls, scenario: Scenario, address: object) -> Lever:
        """The lever at an address; raises ``FactError`` where there is none."""
        known = {leaf.address: leaf for leaf in walk(scenario)}
        if not isinstance(address, str):
            raise TypeError(f"address: must be text such as partners.NAME.fill_rate; got {shown(address)}")
        holder, _, part = address.rpartition(".")
        if address in known:
            stated, spec = known[address].value, known[address].spec
        elif holder in known and part in (inner := getattr(known[holder].value, "inner", {})):
            stated, spec = inner[part], known[holder].spec
        else:
            hint: Any = nearest(address, known)
            if inner := [leaf for leaf in known if leaf.startswith(f"{address}.")]:
                hint = f"ask for {' or '.join(inner[:3])}"
            elif any(_stands_open(scenario, at) for at in (address, holder)):
                hint = "it is left open: state it first"
            raise FactError([Fault(address, "must be a number that is stated", None, hint)], "address")
        if isinstance(stated, Total):
            return cls(scenario, f"{address}.total", stated.total, spec)
        if rule := _broken(address, stated, spec):
            raise FactError([Fault(address, rule, stated, "see scenario.numbers() for others")], "address")
        return cls(scenario, address, stated, spec)

    @property
    def multiplied(self) -> bool:
        """Whether levels are factors."""
        return not isinstance(self.stated, float)

    @property
    def whole(self) -> bool:
        """Whether levels are whole numbers."""
        return self.spec.rule.whole and not self.multiplied

    @property
    def unit(self) -> str:
        """The unit of a level."""
        return "ratio" if self.multiplied else self.spec.unit

    @property
    def text(self) -> str:
        """The lever in words, as they stand before a level."""
        return joined(" ", [self.number, Term("times" if self.multiplied else "at month" if self.spec.edge else "at")])

    @property
    def number(self) -> str:
        """The number in words."""
        return in_words(self.address)

    @property
    def as_stated(self) -> float:
        """The level that leaves the scenario as it is."""
        if self.multiplied:
            return 1.0
        return float(months_of(self.stated, self.scenario.calendar.first_month, self.spec.edge or "opening"))

    def changes(self, level: float) -> dict[str, Any]:
        """What ``Scenario.replace`` takes to put the number at a level."""
        return {self.address: scaled(self.stated, level, self.spec.rule) if self.multiplied else level}

    def at(self, level: float) -> Scenario:
        """The scenario with the number at a level; raises ``FactError`` where its facts contradict each other then."""
        with quiet():
            return self.scenario if level == self.as_stated else self.scenario.replace(self.changes(level))

    def range(self, within: object) -> tuple[float, float, str]:
        """The lowest and the highest level, and what is to be said of them; by default as far as the facts allow."""
        if within is not None:
            low, high = self._checked(within)
            for end in (low, high):
                try:
                    self.at(end)
                except FactError as error:
                    raise FactError(error.faults, "within") from None
            return low, high, ""
        (low, below), (high, above) = (self._soundest(end) for end in self._usual())
        if low == high and (fault := self._fault(self._usual()[1]) or self._fault(self._usual()[0])):
            raise FactError([fault], "address")
        what, notes = Term("factor" if self.multiplied else "value"), []
        if below:
            notes.append(say("no {what} below {end} was tried: {why}", what=what, end=_shown(low), why=below))
        if above:
            notes.append(say("no {what} above {end} was tried: {why}", what=what, end=_shown(high), why=above))
        return low, high, joined("; ", notes)

    def kept(self, level: float) -> str:
        """What is to be said where a level leaves less than its multiple, as the rule of the field keeps it."""
        rule = self.spec.rule
        if not self.multiplied or repr(scaled(self.stated, level, rule)) == repr(scaled(self.stated, level, ANY)):
            return ""
        low, high = Number(f"{rule.low:g}", rule.low), Number(f"{rule.high:g}", rule.high)
        if math.isfinite(rule.high):
            return say(
                "{number} is kept within {low} to {high}, whatever the factor", number=self.number, low=low, high=high
            )
        return say("{number} is kept at {low} or more, whatever the factor", number=self.number, low=low)

    def _checked(self, within: object) -> tuple[float, float]:
        rule = f"within: must be the lowest and the highest {'factor' if self.multiplied else 'value'}"
        try:
            low, high = (float(end) for end in within)  # type: ignore[attr-defined]
        except (TypeError, ValueError):
            raise TypeError(f"{rule}, two numbers; got {shown(within)}") from None
        if not -math.inf < low < high < math.inf or (self.whole and (low % 1.0 or high % 1.0)):
            raise ValueError(f"{rule}, two finite{' whole' * self.whole} numbers, the lower first; got {shown(within)}")
        return low, high

    def _usual(self) -> tuple[float, float]:
        """The range by default: the calendar for a moment, the bounds of the field, or factors of what is stated."""
        stated, rule = self.as_stated, self.spec.rule
        if self.multiplied:
            return _SPAN
        if self.spec.edge:
            return min(stated, 0.0), max(stated, float(self.scenario.calendar.months))
        if math.isfinite(rule.low) and math.isfinite(rule.high):
            return rule.low, rule.high
        if stated == 0.0:
            raise ValueError(f"within: must be given, since {self.address} is 0 and its field has no bounds")
        low, high = sorted(times * stated for times in _SPAN)
        return max(low, rule.low), min(high, rule.high)

    def _soundest(self, end: float) -> tuple[float, str]:
        """The level nearest to an end of the range at which the facts agree, and why it is not the end."""
        sound, broken, why = self.as_stated, end, self._fault(end)
        if why is None:
            return end, ""
        while abs(broken - sound) > (1.0 if self.whole else abs(end - self.as_stated) * 2.0**-_HALVINGS):
            level = math.floor(0.5 * (sound + broken)) if self.whole else 0.5 * (sound + broken)
            if self._fault(level):
                broken = level
            else:
                sound = level
        number, rule = in_words(why.address), Term(why.rule.partition(";")[0])
        return sound, joined(" " if rule.startswith("must") else ": ", [number, rule])

    def _fault(self, level: float) -> Fault | None:
        """The first rule that is broken with the lever at a level."""
        try:
            self.at(level)
        except FactError as error:
            return error.faults[0]
        return None


def _shown(level: float) -> Number:
    return Number(f"{level:.4g}", level)


def _stands_open(scenario: Scenario, address: str) -> bool:
    """Whether there is such a number or part, of which nothing is stated."""
    try:
        return scenario[address] is None
    except FactError:
        return False
