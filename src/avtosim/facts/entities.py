"""The things a plant's year is made of. Each field's type, rule, unit, meaning and default stand in its one line.

Durations are months, time 0 is the start of the first month, shares lie in [0, 1].
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, get_args

from ..declare.containers import NO_ROW, NO_TABLE, Names, Row, Table, TableOrOne
from ..declare.faults import Fault
from ..declare.fields import Fact, fact, quantity, stated
from ..declare.rules import ANY, AT_LEAST_ONE, NONNEGATIVE, POSITIVE, SHARE, Law, Moment, Quantity, Rule, Shared
from ..laws.base import mean_faults
from ..laws.varying import Stepwise, Varying

#: A quantity, or one that changes from month to month.
Monthly: TypeAlias = Quantity | Varying | Stepwise
#: Groups of fields of which one set at most may be stated; stating one set lets go of the others.
Alternatives: TypeAlias = tuple[tuple[tuple[str, ...], ...], ...]

#: How a process of stops begins.
AtStart: TypeAlias = Literal["running", "stopped", "stationary"]

#: How well a number stands, worst first; empty where it is not stated.
Standing: TypeAlias = Literal["", "guess", "assumption", "derived", "sourced"]
STANDINGS: tuple[str, ...] = get_args(Standing)[1:]

_EVEN: Any = (21.0,) * 12
_DAYS = Rule("must lie in [0, 31]", 0.0, 31.0)
_A_YEAR = Rule("must lie in [0, 365]", 0.0, 365.0)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_STATED = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_MONTHS_WHOLE = Rule("must be a whole number of months from 0 to 24", 0.0, 24.0, whole=True)


@fact
class Calendar(Fact):
    """The plant's working days, month by month; their number is the number of months modelled.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Calendar(first_month="2024-11", working_days=[21, 22, 17]).labels
    ('2024-11', '2024-12', '2025-01')
    """

    kind: ClassVar[str] = "calendar"
    first_month: Annotated[str, stated("first month, as YYYY-MM")]
    working_days: Annotated[Row, quantity(_DAYS, "working days", "working days of each month")] = _EVEN

    def _across(self) -> Iterator[Fault]:
        if not _MONTH.fullmatch(self.first_month):
            yield Fault(f"{self.address}.first_month", "must be a month as YYYY-MM", self.first_month)
        elif self.first_month < "0001":
            yield Fault(f"{self.address}.first_month", "must be a month from 0001-01", self.first_month)
        if not 1 <= len(self.working_days) <= 120:
            yield Fault(f"{self.address}.working_days", "must cover 1 to 120 months", len(self.working_days))
        elif not sum(self.working_days) > 0:
            yield Fault(f"{self.address}.working_days", "must hold some working days", self.working_days)

    @property
    def months(self) -> int:
        """Number of months modelled."""
        return len(self.working_days)

    @property
    def labels(self) -> tuple[str, ...]:
        """The months as YYYY-MM."""
        return self.labelled(self.months)

    def labelled(self, months: int) -> tuple[str, ...]:
        """So many months from the first one on, as YYYY-MM.

        Parameters
        ----------
        months : int
            How many; more than the calendar has lead beyond its end.

        Returns
        -------
        tuple of str
        """
        year, month = map(int, self.first_month.split("-"))
        count = [year * 12 + month - 1 + m for m in range(months)]
        return tuple(f"{c // 12:04d}-{c % 12 + 1:02d}" for c in count)


@fact(kw_only=False)
class Stops(Fact):
    """Interruptions at random times: while running, a stop begins at a constant rate, and its duration is drawn anew.

    Notes
    -----
    An alternating renewal process in continuous time. With ``at_start="stationary"`` the first month begins as if the
    process had always been going on. ``severity`` is drawn once a run, so that all stops of a year are longer or
    shorter than usual together.

    Examples
    --------
    Two stops a year of half a month on average:

    >>> import avtosim
    >>> avtosim.Stops(2, avtosim.Exponential(0.5))
    Stops(per_year=2.0, duration=Exponential(mean=0.5))
    """

    kind: ClassVar[str] = "stops"
    per_year: Annotated[Quantity, quantity(_A_YEAR, "per year of running", "how often a stop begins")]
    duration: Annotated[Quantity, quantity(POSITIVE, "months", "how long a stop lasts; a law is drawn for each stop")]
    at_start: Annotated[AtStart, stated("state at the start of the first month")] = "running"
    stopped_for: Annotated[float, quantity(NONNEGATIVE, "months", "how long the stop at the start has lasted")] = 0.0
    severity: Annotated[Quantity, quantity(POSITIVE, "ratio", "what the durations of a year are multiplied by")] = 1.0

    def _across(self) -> Iterator[Fault]:
        if isinstance(self.duration, Shared):
            rule = "must be a number or a law, drawn for each stop; what all stops of a year share is severity"
            yield Fault(f"{self.address}.duration", rule, self.duration)
        elif self.stopped_for and self.at_start != "stopped":
            yield Fault(f"{self.address}.stopped_for", "goes with at_start = 'stopped' only", self.stopped_for)
        elif self.at_start == "stopped" and not _outlasts(self.duration, self.stopped_for):
            rule = "must be shorter than the longest stop that duration allows"
            yield Fault(f"{self.address}.stopped_for", rule, self.stopped_for)
        elif self.at_start == "stationary":
            yield from mean_faults(f"{self.address}.duration", self.duration)


def _outlasts(duration: Any, elapsed: float) -> bool:
    return float(duration.cdf(elapsed)) < 1.0 if isinstance(duration, Law) else duration > elapsed


@fact(kw_only=False)
class Window(Fact):
    """A single period with a start, a duration or an end, and a chance that it happens at all.

    Examples
    --------
    The tenth month and half of the eleventh, and a period that ends with May if it comes:

    >>> import avtosim
    >>> avtosim.Window(9, 1.5)
    Window(start=9.0, duration=1.5)
    >>> avtosim.Window("2024-03-15", end="2024-05", chance=0.3)
    Window(start='2024-03-15', end='2024-05', chance=0.3)
    """

    kind: ClassVar[str] = "window"
    alternatives: ClassVar[Alternatives] = ((("duration",), ("end",)),)
    start: Annotated[Moment, quantity(ANY, "months from the start", "when it begins", edge="opening")]
    duration: Annotated[Quantity | None, quantity(NONNEGATIVE, "months", "how long it lasts")] = None
    end: Annotated[Moment | None, quantity(ANY, "months from the start", "when it ends", edge="closing")] = None
    chance: Annotated[Quantity, quantity(SHARE, "probability", "chance that it happens at all")] = 1.0

    def _across(self) -> Iterator[Fault]:
        if (self.duration is None) == (self.end is None):
            given = "neither" if self.duration is None else "both"
            yield Fault(
                self.address, "must have either a duration or an end, so that it is known when it is over", given
            )


@fact
class Line(Fact):
    """An assembly line of the plant: its speed and its breakdowns.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Line(name="Cars", per_day=avtosim.Uniform(300, 400), stops=avtosim.Stops(3, 0.1)).stops
    Stops(per_year=3.0, duration=0.1)
    """

    kind: ClassVar[str] = "lines"
    name: Annotated[str, stated("name of the line", role="name")]
    per_day: Annotated[Monthly, quantity(NONNEGATIVE, "vehicles per working day", "most it can build, as crewed")]
    stops: Annotated[Stops | None, stated("breakdowns")] = None


_SURGE = "most it sends in a month, relative to its part of what the schedule needs"


@fact
class Partner(Fact):
    """A car maker or supplier whose kits or components the plant assembles.

    Examples
    --------
    A partner whose deliveries vary from month to month, with some persistence:

    >>> import avtosim
    >>> partner = avtosim.Partner(name="P", fill_rate=avtosim.Varying(avtosim.Pert(0.5, 0.9, 1), persistence=0.6))
    >>> partner.lead_time
    0.0
    """

    kind: ClassVar[str] = "partners"
    name: Annotated[str, stated("name of the partner", role="name")]
    fill_rate: Annotated[Monthly, quantity(SHARE, "share", "share of the kits due that arrives")] = 1.0
    lead_time: Annotated[Quantity, quantity(_MONTHS_WHOLE, "months", "time from call-off to arrival")] = 0.0
    surge: Annotated[Quantity, quantity(AT_LEAST_ONE, "ratio", _SURGE)] = 1.5
    chance_of_leaving: Annotated[Quantity, quantity(SHARE, "probability per year", "chance of leaving for good")] = 0.0
    stops: Annotated[Stops | None, stated("times when no kits arrive")] = None


@fact
class Market(Fact):
    """Where vehicles are sold: demand of a year, its season, and its elasticities to factors.

    Notes
    -----
    Without ``season`` all months are alike; the scale of its weights does not matter. Demand is multiplied by
    ``exp(elasticity x)`` for each factor's log deviation ``x``.

    Examples
    --------
    >>> import avtosim
    >>> market = avtosim.Market(name="M", per_year=avtosim.Uniform(900_000, 1_100_000), elasticities={"rate": -0.3})
    >>> market.elasticities["rate"]
    -0.3
    """

    kind: ClassVar[str] = "markets"
    name: Annotated[str, stated("name of the market", role="name")]
    per_year: Annotated[Monthly, quantity(NONNEGATIVE, "vehicles per year", "demand for the vehicles of all makers")]
    season: Annotated[Row, quantity(NONNEGATIVE, "weight", "weights of January to December", length=12)] = NO_ROW
    elasticities: Annotated[Table, quantity(ANY, "log per log", "elasticity of demand", "factors")] = NO_TABLE

    def _across(self) -> Iterator[Fault]:
        if self.season and not sum(self.season) > 0:
            yield Fault(f"{self.address}.season", "must not be all zero", self.season)
        yield from mean_faults(f"{self.address}.per_year", self.per_year)


@fact
class Factor(Fact):
    """An outside influence on demand, such as an exchange rate, as a log deviation from its level today.

    Notes
    -----
    The deviation is an autoregressive process: ``x(0) = 0``, ``x(t) = persistence x(t-1) + move(t)``; a persistence of
    1 is a random walk. ``loads`` adds the same month's moves of factors named before this one.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Factor(name="rouble", volatility=0.03, persistence=0.9)
    Factor(name='rouble', persistence=0.9, volatility=0.03)
    """

    kind: ClassVar[str] = "factors"
    name: Annotated[str, stated("name of the factor", role="name")]
    persistence: Annotated[Quantity, quantity(SHARE, "share", "share of a deviation that remains after a month")] = 1.0
    volatility: Annotated[Quantity, quantity(NONNEGATIVE, "log per month", "standard deviation of its monthly move")]
    loads: Annotated[Table, quantity(ANY, "log per log", "effect of an earlier factor's move", "factors")] = NO_TABLE


_OF = "partners, vehicles, lines or markets whose output counts; by default the plant's"


@fact
class Shock(Fact):
    """An event at random times (``stops``) or a stated one (``window``), and what it does while it lasts.

    Notes
    -----
    Either ``stops`` or ``window`` is given, and at least one effect. ``supply``, ``demand`` and ``speed`` multiply; a
    month that the event covers in part is affected in proportion. ``delay`` makes kits that fall due come later by so
    many months: late, not lost. ``holds`` names partners whose kits that fall due come when the event ends, as behind a
    closed border. An effect is a table by name, or one number or law for all partners, markets and orders, or lines,
    which then share one draw.

    Examples
    --------
    A strike of one month that halves the kits of a partner:

    >>> import avtosim
    >>> avtosim.Shock(name="strike", window=avtosim.Window(3, 1), supply={"P": 0.5})
    Shock(name='strike', window=Window(start=3.0, duration=1.0), supply={'P': 0.5})
    """

    kind: ClassVar[str] = "shocks"
    alternatives: ClassVar[Alternatives] = ((("stops",), ("window",)),)
    name: Annotated[str, stated("name of the shock", role="name")]
    stops: Annotated[Stops | None, stated("random times: how often it happens and how long it lasts")] = None
    window: Annotated[Window | None, stated("a stated time")] = None
    supply: Annotated[TableOrOne, quantity(SHARE, "multiplier", "multiplies kits", "partners", "vehicles")] = NO_TABLE
    demand: Annotated[TableOrOne, quantity(NONNEGATIVE, "multiplier", "multiplies demand", "markets", "vehicles")] = (
        NO_TABLE
    )
    speed: Annotated[TableOrOne, quantity(NONNEGATIVE, "multiplier", "multiplies the speed of lines", "lines")] = (
        NO_TABLE
    )
    delay: Annotated[TableOrOne, quantity(NONNEGATIVE, "months", "how late kits come that fall due", "partners")] = (
        NO_TABLE
    )
    holds: Annotated[Names, stated("partners whose kits wait until it ends", "partners", role="names")] = NO_ROW

    def _across(self) -> Iterator[Fault]:
        if (self.stops is None) == (self.window is None):
            given = "both" if self.stops is not None else "neither"
            yield Fault(self.address, "must have either stops (random times) or a window (a stated time)", given)
        if not any(getattr(self, kind) != NO_TABLE for kind in EFFECTS) and not self.holds:
            yield Fault(self.address, f"must do something: state {', '.join(EFFECTS)} or holds")


#: What a shock does by a number, each a table by name or one number for all.
EFFECTS = ("supply", "demand", "speed", "delay")


@fact(kw_only=False)
class Target(Fact):
    """A volume to judge the year by, until the end of a month or of some part of the plant.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Target(30_000, until="2024-06", of="BAIC")
    Target(volume=30000.0, until='2024-06', of=('BAIC',))
    """

    kind: ClassVar[str] = "target"
    volume: Annotated[float, quantity(NONNEGATIVE, "vehicles", "volume to reach")]
    until: Annotated[str | None, stated("last month that counts, as YYYY-MM; by default the calendar's last")] = None
    of: Annotated[Names, stated(_OF, "partners", "vehicles", "lines", "markets", role="names")] = NO_ROW

    @property
    def text(self) -> str:
        """The target in words, without its volume."""
        of = f" of {', '.join(self.of)}" if self.of else ""
        return f"vehicles{of}" + ("" if self.until is None else f" until {self.until}")

    def _across(self) -> Iterator[Fault]:
        if self.until is not None and not _MONTH.fullmatch(self.until):
            yield Fault(f"{self.address}.until", "must be a month as YYYY-MM", self.until)


#: Kinds of plant or programme, by which announced plans are compared; empty where it is not stated.
Programme: TypeAlias = Literal["", "new_partner_assembly", "new_maker_or_plant", "mature"]


def _exists(date: str) -> bool:
    """Whether a text is a day, month or year of the calendar."""
    with suppress(ValueError):
        return bool(_STATED.fullmatch(date) and dt.date.fromisoformat(f"{date}-01-01"[:10]))
    return False


@fact
class Announcement(Fact):
    """What was announced for the year: it is shown beside the answer, and changes no run.

    Notes
    -----
    With ``stated_on`` and ``programme`` the page sets the view from outside beside the answer: what became of other
    plans of this kind, as far as it was known when this one was stated.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Announcement(low=100_000, high=130_000, stated_on="2024-02", programme="new_partner_assembly").volumes
    (100000.0, 130000.0)
    """

    kind: ClassVar[str] = "announced"
    low: Annotated[float, quantity(POSITIVE, "vehicles", "volume announced; of a range, its lower end")]
    high: Annotated[float | None, quantity(POSITIVE, "vehicles", "upper end of the range")] = None
    stated_on: Annotated[str, stated("when it was announced, as YYYY-MM-DD, YYYY-MM or YYYY", role="prose")] = ""
    programme: Annotated[Programme, stated("kind of plant or programme")] = ""
    last_year: Annotated[
        float | None, quantity(NONNEGATIVE, "vehicles", "what was built in the year before, if it was known")
    ] = None

    @property
    def volumes(self) -> tuple[float, float]:
        """Lower and upper end; the same where one volume was announced."""
        return self.low, self.low if self.high is None else self.high

    def _across(self) -> Iterator[Fault]:
        if self.high is not None and self.high < self.low:
            yield Fault(f"{self.address}.high", "must be at least low", self.high)
        if self.stated_on and not _exists(self.stated_on):
            rule = "must be a date that exists, as YYYY-MM-DD, YYYY-MM or YYYY"
            yield Fault(f"{self.address}.stated_on", rule, self.stated_on)


@fact
class Provenance(Fact):
    """Where a number comes from: who stated it, when, why it is taken as it is, and how well it stands.

    Notes
    -----
    A number's standing is ``sourced`` if the source states this number, ``derived`` if it is worked out from a source,
    ``assumption`` if it is reasoned without data for it, and ``guess`` if it is neither.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Provenance(source="https://example.org/press", stated_on="2024-06-30", standing="sourced")
    Provenance(source='https://example.org/press', stated_on='2024-06-30', standing='sourced')
    """

    kind: ClassVar[str] = "provenance"
    source: Annotated[str, stated("who stated it, best as a web address", role="prose")] = ""
    stated_on: Annotated[str, stated("when it was stated, such as 2024-06-30", role="prose")] = ""
    note: Annotated[str, stated("why it is taken as it is", role="prose")] = ""
    standing: Annotated[Standing, stated("how well the number stands")] = ""
