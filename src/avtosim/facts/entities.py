"""The things a plant's year is made of. Each field's unit, rule and meaning stand where it is declared.

Durations are months, time 0 is the start of the first month, shares lie in [0, 1]. Any quantity may be a law unless
its declaration says otherwise; those redrawn each month take ``Varying``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import attrs

from ..declare.containers import NO_ROW, NO_TABLE, Row, Table
from ..declare.faults import Fault
from ..declare.fields import Fact, fact, quantity, stated
from ..declare.rules import ANY, AT_LEAST_ONE, NONNEGATIVE, POSITIVE, SHARE, Quantity, Rule
from ..laws.varying import Varying

__all__ = ["Calendar", "Factor", "Line", "Market", "Partner", "Provenance", "Shock", "Stops", "Vehicle", "Window"]

#: A quantity, or a law that is redrawn each month.
Monthly: TypeAlias = Quantity | Varying

#: Twelve equal months.
_EVEN: Any = (21.0,) * 12
_DAYS = Rule("must lie in [0, 31]", 0.0, 31.0)
_A_YEAR = Rule("must lie in [0, 365]", 0.0, 365.0)
_MONTHS_WHOLE = Rule("must be a whole number of months from 0 to 24", 0.0, 24.0, whole=True)


@fact
class Calendar(Fact):
    """The plant's working days, month by month from ``first_month`` on."""

    kind: ClassVar[str] = "calendar"
    first_month: Annotated[str, stated("first month, as YYYY-MM")]
    working_days: Annotated[
        Row, quantity(_DAYS, "working days", "working days of each month, as many months as are modelled")
    ] = _EVEN

    def _across(self) -> Iterator[Fault]:
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", self.first_month):
            yield Fault(f"{self.address}.first_month", "must be a month as YYYY-MM", self.first_month)
        if not 1 <= len(self.working_days) <= 120:
            yield Fault(f"{self.address}.working_days", "must cover 1 to 120 months", len(self.working_days))
        elif not sum(self.working_days) > 0:
            yield Fault(f"{self.address}.working_days", "must hold some working days", tuple(self.working_days))

    @property
    def months(self) -> int:
        """How many months are modelled."""
        return len(self.working_days)

    @property
    def labels(self) -> tuple[str, ...]:
        """The months as YYYY-MM."""
        year, month = map(int, self.first_month.split("-"))
        at = [year * 12 + month - 1 + m for m in range(self.months)]
        return tuple(f"{a // 12:04d}-{a % 12 + 1:02d}" for a in at)


@fact(kw_only=False)
class Stops(Fact):
    """Times of standing still: while running, a stop begins at a constant rate; each lasts a time drawn anew."""

    kind: ClassVar[str] = "stops"
    per_year: Annotated[Quantity, quantity(_A_YEAR, "per year of running", "how often a stop begins while running")]
    duration: Annotated[
        Quantity, quantity(POSITIVE, "months", "how long a stop lasts; a law here is drawn for every stop anew")
    ]
    at_start: Annotated[
        Literal["running", "stopped", "stationary"],
        stated("how the first month begins; stationary: as if it had always gone on like this"),
    ] = "running"
    stopped_for: Annotated[
        float, quantity(NONNEGATIVE, "months", "how long the stop has lasted already, with at_start stopped")
    ] = 0.0

    def _across(self) -> Iterator[Fault]:
        if self.stopped_for and self.at_start != "stopped":
            rule = "goes with at_start = 'stopped' only"
            yield Fault(f"{self.address}.stopped_for", rule, self.stopped_for)
        elif self.at_start == "stopped" and not _outlasts(self.duration, self.stopped_for):
            rule = "must be shorter than the longest stop that duration allows"
            yield Fault(f"{self.address}.stopped_for", rule, self.stopped_for)


def _outlasts(duration: Any, already: float) -> bool:
    return duration > already if isinstance(duration, float) else float(duration.cdf(already)) < 1.0


@fact(kw_only=False)
class Window(Fact):
    """One stretch of time, at a stated moment and for a stated time, either of which may be a law."""

    kind: ClassVar[str] = "window"
    start: Annotated[
        Quantity, quantity(ANY, "months from the start", "when it begins; 9 is the end of the ninth month")
    ]
    duration: Annotated[Quantity, quantity(NONNEGATIVE, "months", "how long it lasts")]


@fact
class Line(Fact):
    """A line of the plant: how fast it can build, and how it breaks down."""

    kind: ClassVar[str] = "lines"
    name: Annotated[str, stated("name of the line", "name")]
    per_day: Annotated[Monthly, quantity(NONNEGATIVE, "vehicles per working day", "most it can build while running")]
    stops: Annotated[Stops | None, stated("breakdowns")] = None


@fact
class Partner(Fact):
    """A car maker whose kits the plant assembles."""

    kind: ClassVar[str] = "partners"
    name: Annotated[str, stated("name of the partner", "name")]
    fill_rate: Annotated[Monthly, quantity(SHARE, "share", "share of the called-off kits that arrives")] = 1.0
    lead_time: Annotated[Quantity, quantity(_MONTHS_WHOLE, "months", "whole months from call-off to arrival")] = 0.0
    chance_of_leaving: Annotated[
        Quantity, quantity(SHARE, "probability per year", "chance that it leaves for good within a year")
    ] = 0.0
    stops: Annotated[Stops | None, stated("times when no kits arrive")] = None


@fact
class Vehicle(Fact):
    """A model that is built: whose kits, on which line, for which market, and how many the schedule says."""

    kind: ClassVar[str] = "vehicles"
    name: Annotated[str, stated("name of the vehicle", "name")]
    partner: Annotated[str, stated("partner that delivers its kits", refers_to=("partners",))]
    line: Annotated[str, stated("line it is built on", refers_to=("lines",))]
    market: Annotated[str, stated("market it is sold to", refers_to=("markets",))]
    plan: Annotated[Quantity, quantity(NONNEGATIVE, "vehicles per year", "what the schedule says for a full year")]
    flex: Annotated[
        Quantity, quantity(AT_LEAST_ONE, "ratio", "how far above the schedule a month may go; 1 is not at all")
    ] = 1.0
    start: Annotated[
        Quantity, quantity(ANY, "months from the start", "start of production; 0 or less: already running")
    ] = 0.0
    delay: Annotated[Quantity, quantity(NONNEGATIVE, "months", "how much later than start production starts")] = 0.0
    ramp_up: Annotated[Quantity, quantity(NONNEGATIVE, "months", "from zero to full rate, in a straight line")] = 0.0
    market_share: Annotated[Monthly, quantity(SHARE, "share", "share of its market's demand")]
    kit_cover: Annotated[
        Quantity, quantity(NONNEGATIVE, "months", "stock of kits aimed at, beyond what a month and the lead time need")
    ] = 0.0
    stock_cover: Annotated[Quantity, quantity(NONNEGATIVE, "months", "stock of finished vehicles aimed at")] = 0.0
    opening_kits: Annotated[Quantity, quantity(NONNEGATIVE, "vehicles", "kits on hand at the start")] = 0.0
    opening_stock: Annotated[Quantity, quantity(NONNEGATIVE, "vehicles", "finished vehicles on hand at the start")] = (
        0.0
    )


@fact
class Market(Fact):
    """Where vehicles are sold: how many a year, at which season, moved by which factors."""

    kind: ClassVar[str] = "markets"
    name: Annotated[str, stated("name of the market", "name")]
    per_year: Annotated[
        Monthly, quantity(NONNEGATIVE, "vehicles per year", "demand for all makers' vehicles at reference conditions")
    ]
    season: Annotated[
        Row,
        quantity(
            NONNEGATIVE, "weight", "weights of January to December, in any scale; none: every month alike", length=12
        ),
    ] = NO_ROW
    elasticities: Annotated[
        Table, quantity(ANY, "log demand per log factor", "how demand answers a factor", refers_to=("factors",))
    ] = NO_TABLE

    def _across(self) -> Iterator[Fault]:
        if self.season and not sum(self.season) > 0:
            yield Fault(f"{self.address}.season", "must not be all zero", tuple(self.season))


@fact
class Factor(Fact):
    """Something outside that moves demand: its log deviation from today's level, x(t) = r x(t-1) + move(t)."""

    kind: ClassVar[str] = "factors"
    name: Annotated[str, stated("name of the factor", "name")]
    persistence: Annotated[
        Quantity, quantity(SHARE, "share", "what stays of a deviation after a month (r); 1 is a random walk")
    ] = 1.0
    volatility: Annotated[
        Quantity, quantity(NONNEGATIVE, "log per month", "standard deviation of its own monthly move")
    ]
    loads: Annotated[
        Table,
        quantity(
            ANY,
            "log per log",
            "what a move of an earlier factor adds to this one's move in the same month",
            refers_to=("factors",),
        ),
    ] = NO_TABLE


@fact
class Shock(Fact):
    """Something that happens at random times (``stops``) or a stated one (``window``), and what it multiplies then."""

    kind: ClassVar[str] = "shocks"
    name: Annotated[str, stated("name of the shock", "name")]
    stops: Annotated[Stops | None, stated("random times: how often it strikes and how long it lasts")] = None
    window: Annotated[Window | None, stated("a stated time")] = None
    supply: Annotated[
        Table, quantity(SHARE, "multiplier", "kits of these partners are multiplied by", refers_to=("partners",))
    ] = NO_TABLE
    demand: Annotated[
        Table,
        quantity(
            NONNEGATIVE,
            "multiplier",
            "demand of these markets or vehicles is multiplied by",
            refers_to=("markets", "vehicles"),
        ),
    ] = NO_TABLE
    speed: Annotated[
        Table, quantity(NONNEGATIVE, "multiplier", "speed of these lines is multiplied by", refers_to=("lines",))
    ] = NO_TABLE

    def _across(self) -> Iterator[Fault]:
        if (self.stops is None) == (self.window is None):
            given = "both" if self.stops is not None else "neither"
            yield Fault(self.address, "must have either stops (random times) or a window (a stated time)", given)
        if not (self.supply or self.demand or self.speed):
            yield Fault(self.address, "must multiply something: state supply, demand or speed")


@attrs.frozen(kw_only=True)
class Provenance:
    """Where a number comes from: who said it, when, and why it is taken as it is."""

    source: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    stated_on: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    note: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
