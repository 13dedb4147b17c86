"""The things a plant's year is made of. Each field's unit, rule and meaning stand where it is declared.

Durations are months, time 0 is the start of the first month, shares lie in [0, 1]. Any quantity may be a law unless
its declaration says otherwise; those redrawn each month take ``Varying``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import attrs

from ..declare.faults import Fault
from ..declare.fields import (
    ANY,
    AT_LEAST_ONE,
    NONNEGATIVE,
    POSITIVE,
    SHARE,
    Fact,
    Rule,
    choice,
    name,
    numbers,
    part,
    quantities_by_name,
    quantity,
    reference,
    text,
)

__all__ = ["Calendar", "Factor", "Line", "Market", "Partner", "Provenance", "Shock", "Stops", "Vehicle", "Window"]

#: A number, a law or ``Varying``; which of them a field takes is in its declaration.
Quantity = Any

_DAYS = Rule("must lie in [0, 31]", 0.0, 31.0)
_A_YEAR = Rule("must lie in [0, 365]", 0.0, 365.0)
_MONTHS_WHOLE = Rule("must be a whole number of months from 0 to 24", 0.0, 24.0, whole=True)


@attrs.frozen(kw_only=True, repr=False)
class Calendar(Fact):
    """The plant's working days, month by month from ``first_month`` on."""

    kind: ClassVar[str] = "calendar"
    first_month: str = text("first month, as YYYY-MM")
    working_days: Sequence[float] = numbers(
        _DAYS, "working days", "working days of each month, as many months as are modelled", default=(21.0,) * 12
    )

    def _across(self) -> Iterator[Fault]:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", self.first_month):
            yield Fault(f"{self.home}.first_month", "must be a month as YYYY-MM", self.first_month)
        if not 1 <= len(self.working_days) <= 120:
            yield Fault(f"{self.home}.working_days", "must cover 1 to 120 months", len(self.working_days))
        elif not sum(self.working_days) > 0:
            yield Fault(f"{self.home}.working_days", "must hold some working days", tuple(self.working_days))

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


@attrs.frozen(kw_only=True, repr=False)
class Stops(Fact):
    """Times of standing still: while running, a stop begins at a constant rate; each lasts a time drawn anew."""

    kind: ClassVar[str] = "stops"
    per_year: Quantity = quantity(_A_YEAR, "per year of running", "how often a stop begins while running")
    duration: Quantity = quantity(POSITIVE, "months", "how long a stop lasts; a law here is drawn for every stop anew")
    at_start: str = choice(
        "how the first month begins; stationary: as if it had always gone on like this",
        ("running", "stopped", "stationary"),
        "running",
    )
    stopped_for: Quantity = quantity(
        NONNEGATIVE, "months", "how long the stop has lasted already, with at_start stopped", default=0.0, law=False
    )

    def _across(self) -> Iterator[Fault]:
        if self.stopped_for and self.at_start != "stopped":
            rule = "goes with at_start = 'stopped' only"
            yield Fault(f"{self.home}.stopped_for", rule, self.stopped_for)
        elif self.at_start == "stopped" and not _outlasts(self.duration, self.stopped_for):
            rule = "must be shorter than the longest stop that duration allows"
            yield Fault(f"{self.home}.stopped_for", rule, self.stopped_for)


def _outlasts(duration: Any, already: float) -> bool:
    return duration > already if isinstance(duration, float) else float(duration.cdf(already)) < 1.0


@attrs.frozen(kw_only=True, repr=False)
class Window(Fact):
    """One stretch of time, at a stated moment and for a stated time, either of which may be a law."""

    kind: ClassVar[str] = "window"
    start: Quantity = quantity(ANY, "months from the start", "when it begins; 9 is the end of the ninth month")
    duration: Quantity = quantity(NONNEGATIVE, "months", "how long it lasts")


@attrs.frozen(kw_only=True, repr=False)
class Line(Fact):
    """A line of the plant: how fast it can build, and how it breaks down."""

    kind: ClassVar[str] = "lines"
    name: str = name("name of the line")
    per_day: Quantity = quantity(
        NONNEGATIVE, "vehicles per working day", "most it can build while running", varying=True
    )
    stops: Stops | None = part(Stops, "breakdowns", default=None)


@attrs.frozen(kw_only=True, repr=False)
class Partner(Fact):
    """A car maker whose kits the plant assembles."""

    kind: ClassVar[str] = "partners"
    name: str = name("name of the partner")
    fill_rate: Quantity = quantity(
        SHARE, "share", "share of the called-off kits that arrives", default=1.0, varying=True
    )
    lead_time: Quantity = quantity(_MONTHS_WHOLE, "months", "whole months from call-off to arrival", default=0.0)
    chance_of_leaving: Quantity = quantity(
        SHARE, "probability per year", "chance that it leaves for good within a year", default=0.0
    )
    stops: Stops | None = part(Stops, "times when no kits arrive", default=None)


@attrs.frozen(kw_only=True, repr=False)
class Vehicle(Fact):
    """A model that is built: whose kits, on which line, for which market, and how many the schedule says."""

    kind: ClassVar[str] = "vehicles"
    name: str = name("name of the vehicle")
    partner: str = reference("partner that delivers its kits", "partners")
    line: str = reference("line it is built on", "lines")
    market: str = reference("market it is sold to", "markets")
    plan: Quantity = quantity(NONNEGATIVE, "vehicles per year", "what the schedule says for a full year")
    flex: Quantity = quantity(
        AT_LEAST_ONE, "ratio", "how far above the schedule a month may go; 1 is not at all", default=1.0
    )
    start: Quantity = quantity(
        ANY, "months from the start", "start of production; 0 or less: already running", default=0.0
    )
    delay: Quantity = quantity(NONNEGATIVE, "months", "how much later than start production starts", default=0.0)
    ramp_up: Quantity = quantity(NONNEGATIVE, "months", "from zero to full rate, in a straight line", default=0.0)
    market_share: Quantity = quantity(SHARE, "share", "share of its market's demand", varying=True)
    kit_cover: Quantity = quantity(
        NONNEGATIVE, "months", "stock of kits aimed at, beyond what a month and the lead time need", default=0.0
    )
    stock_cover: Quantity = quantity(NONNEGATIVE, "months", "stock of finished vehicles aimed at", default=0.0)
    opening_kits: Quantity = quantity(NONNEGATIVE, "vehicles", "kits on hand at the start", default=0.0)
    opening_stock: Quantity = quantity(NONNEGATIVE, "vehicles", "finished vehicles on hand at the start", default=0.0)


@attrs.frozen(kw_only=True, repr=False)
class Market(Fact):
    """Where vehicles are sold: how many a year, at which season, moved by which factors."""

    kind: ClassVar[str] = "markets"
    name: str = name("name of the market")
    per_year: Quantity = quantity(
        NONNEGATIVE, "vehicles per year", "demand for all makers' vehicles at reference conditions", varying=True
    )
    season: Sequence[float] = numbers(
        NONNEGATIVE,
        "weight",
        "weights of January to December, in any scale; none: every month alike",
        default=(),
        length=12,
        default_text="every month alike",
    )
    elasticities: Mapping[str, Quantity] = quantities_by_name(
        ANY, "log demand per log factor", "how demand answers a factor", ("factors",)
    )

    def _across(self) -> Iterator[Fault]:
        if self.season and not sum(self.season) > 0:
            yield Fault(f"{self.home}.season", "must not be all zero", tuple(self.season))


@attrs.frozen(kw_only=True, repr=False)
class Factor(Fact):
    """Something outside that moves demand: its log deviation from today's level, x(t) = r x(t-1) + move(t)."""

    kind: ClassVar[str] = "factors"
    name: str = name("name of the factor")
    persistence: Quantity = quantity(
        SHARE, "share", "what stays of a deviation after a month (r); 1 is a random walk", default=1.0
    )
    volatility: Quantity = quantity(NONNEGATIVE, "log per month", "standard deviation of its own monthly move")
    loads: Mapping[str, Quantity] = quantities_by_name(
        ANY, "log per log", "what a move of an earlier factor adds to this one's move in the same month", ("factors",)
    )


@attrs.frozen(kw_only=True, repr=False)
class Shock(Fact):
    """Something that happens at random times (``stops``) or a stated one (``window``), and what it multiplies then."""

    kind: ClassVar[str] = "shocks"
    name: str = name("name of the shock")
    stops: Stops | None = part(Stops, "random times: how often it strikes and how long it lasts", default=None)
    window: Window | None = part(Window, "a stated time", default=None)
    supply: Mapping[str, Quantity] = quantities_by_name(
        SHARE, "multiplier", "kits of these partners are multiplied by", ("partners",)
    )
    demand: Mapping[str, Quantity] = quantities_by_name(
        NONNEGATIVE, "multiplier", "demand of these markets or vehicles is multiplied by", ("markets", "vehicles")
    )
    speed: Mapping[str, Quantity] = quantities_by_name(
        NONNEGATIVE, "multiplier", "speed of these lines is multiplied by", ("lines",)
    )

    def _across(self) -> Iterator[Fault]:
        if (self.stops is None) == (self.window is None):
            given = "both" if self.stops is not None else "neither"
            yield Fault(self.home, "must have either stops (random times) or a window (a stated time)", given)


@attrs.frozen(kw_only=True)
class Provenance:
    """Where a number comes from: who said it, when, and why it is taken as it is."""

    source: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    stated_on: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    note: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
