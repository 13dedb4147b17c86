"""What a number may be beside a law drawn once a run: redrawn each month, stepping, following a named quantity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from ..declare.containers import FrozenMap, Table
from ..declare.faults import Fault
from ..declare.fields import Fact, fact, plain, quantity, stated
from ..declare.moments import Date
from ..declare.rules import ANY, NONNEGATIVE, SHARE, Law, Quantity, Rule, is_law

_PERSISTENCE = Rule("must lie in [0, 1)", 0.0, math.nextafter(1.0, 0.0))


@fact(kw_only=False)
class Varying(Fact):
    """Distribution redrawn each month, with correlation between one month and the next, and with all others.

    Notes
    -----
    The normal score of a month is ``sqrt(lasting) year + sqrt(1 - lasting) path``, where ``year`` is drawn once and
    ``path`` is a stationary first-order autoregressive process with coefficient ``persistence``. So in every month the
    values follow ``law`` exactly, and the scores of months k apart have the correlation
    ``lasting + (1 - lasting) persistence**k``.

    Examples
    --------
    A partner whose bad months follow each other, and who delivers well or badly all year to a fair part:

    >>> import avtosim
    >>> avtosim.Varying(avtosim.Pert(0.5, 0.9, 1), persistence=0.8, lasting=0.4).lasting
    0.4
    """

    kind: ClassVar[str] = "varying"
    redrawn: ClassVar[str] = "monthly"
    law: Annotated[Law, stated("the law of each month")]
    persistence: Annotated[float, quantity(_PERSISTENCE, "correlation", "correlation with the month before")] = 0.0
    lasting: Annotated[float, quantity(SHARE, "share", "share of the variance of the scores that holds all year")] = 0.0


@fact(kw_only=False)
class Named(Fact):
    """A number that follows a named quantity of the scenario: ``times`` that quantity, and ``plus``.

    All that name a quantity share its draw, so one belief can stand behind several numbers.

    Notes
    -----
    In Python it is written as arithmetic: ``Pert(1, 2, 4) * Named("belief") + 10``.

    Examples
    --------
    >>> import avtosim
    >>> 1000 - 1000 * avtosim.Named("sold")
    Named(name='sold', times=-1000.0, plus=1000.0)
    """

    kind: ClassVar[str] = "named"
    __array_ufunc__: ClassVar[None] = None  # so that numbers of NumPy leave the arithmetic to this class
    name: Annotated[str, stated("name of the quantity", role="name")]
    times: Annotated[Quantity | Varying, quantity(ANY, "ratio", "what the quantity is multiplied by")] = 1.0
    plus: Annotated[Quantity | Varying, quantity(ANY, "unit of the number", "what is added then")] = 0.0

    @property
    def address(self) -> str:
        """The word alone: it knows only its own, not the number that holds it."""
        return self.kind

    @property
    def uses(self) -> frozenset[str]:
        """Names of the quantities that it follows."""
        return frozenset({self.name}).union(*(getattr(part, "uses", ()) for part in (self.times, self.plus)))

    def __mul__(self, other: Any) -> Named:
        if not _is_term(other):
            return NotImplemented
        other, parts = plain(other), (self.times, self.plus)
        if all(isinstance(part, float) for part in parts) and isinstance(other, float):
            return Named(self.name, parts[0] * other, parts[1] * other)  # type: ignore[operator]
        if parts == (1.0, 0.0):
            return Named(self.name, other)
        raise TypeError(f"{self!r} can be multiplied by a number alone, as it has factors of its own; got {other!r}")

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Named:
        if not _is_term(other):
            return NotImplemented
        other = plain(other)
        if isinstance(self.plus, float) and isinstance(other, float):
            return Named(self.name, self.times, self.plus + other)
        if self.plus == 0.0:
            return Named(self.name, self.times, other)
        raise TypeError(f"{self!r} has something added to it already; got {other!r}")

    __radd__ = __add__

    def __neg__(self) -> Named:
        return self * -1.0

    def __sub__(self, other: Any) -> Named:
        if isinstance(other, Named):
            return self + -other
        number = plain(other)
        return self + -number if isinstance(number, float) else NotImplemented

    def __rsub__(self, other: Any) -> Named:
        return (self * -1.0).__add__(other)


def _is_term(value: object) -> bool:
    return isinstance(plain(value), (float, Varying, Named)) or is_law(value)


@fact(kw_only=False)
class Stepwise(Fact):
    """A number that changes at the beginning of some months: each step holds until the next one.

    Notes
    -----
    Months are keys, as YYYY-MM; one at or before the first month of the calendar must be among them. A step may be a
    number, a law, drawn once a run, or a named quantity. Each law has its own draw; that of the first step is the draw
    that the number would have without steps.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Stepwise({"2024-01": 12_000, "2024-07": 24_000})
    Stepwise(steps={'2024-01': 12000.0, '2024-07': 24000.0})
    """

    kind: ClassVar[str] = "stepwise"
    form: ClassVar[str] = "Stepwise"
    steps: Annotated[Table, quantity(ANY, "unit of the number", "what holds from each month on")]

    def __attrs_post_init__(self) -> None:
        given: Any = self.steps
        if isinstance(given, FrozenMap) and all(isinstance(key, str) for key in given):
            object.__setattr__(self, "steps", FrozenMap({key: given[key] for key in sorted(given)}))
        super().__attrs_post_init__()

    @property
    def inner(self) -> Mapping[str, Any]:
        """What holds from each month on, in the order of time."""
        return self.steps

    def _across(self) -> Iterator[Fault]:
        if not self.steps:
            yield Fault(f"{self.address}.steps", "must hold at least one step")
        for month in self.steps:
            try:
                sound = Date(month).is_month
            except ValueError:
                sound = False
            if not sound:
                hint = "steps are month by month; a change within a month can be had by its share of the days"
                yield Fault(f"{self.address}.{month}", "must be a month that exists, as YYYY-MM", month, hint)

    def at(self, months: Sequence[str]) -> list[str]:
        """Find the step in force in each of these months.

        Parameters
        ----------
        months : sequence of str
            Months as YYYY-MM.

        Returns
        -------
        list of str
            For each the month from which its step holds; the first one before all steps.
        """
        keys = list(self.steps)
        return [max((key for key in keys if key <= month), default=keys[0]) for month in months]


@fact(kw_only=False)
class Total(Fact):
    """A plan as a total within the calendar, by the planned start, ramp-up and end, without any delay.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Total(14_000)
    Total(total=14000.0)
    """

    kind: ClassVar[str] = "total"
    form: ClassVar[str] = "Total"
    total: Annotated[Quantity, quantity(NONNEGATIVE, "vehicles", "volume within the calendar")]

    @property
    def inner(self) -> Mapping[str, Any]:
        """The total by its name."""
        return {"total": self.total}
