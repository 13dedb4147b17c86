"""The things a plant's year is made of. Each field's type, rule, unit, meaning and default stand in its one line.

Durations are months, time 0 is the start of the first month, shares lie in [0, 1].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, get_args

from ..declare.containers import NO_ROW, NO_TABLE, Row, Table
from ..declare.faults import Fault
from ..declare.fields import Fact, fact, quantity, stated
from ..declare.rules import ANY, AT_LEAST_ONE, NONNEGATIVE, POSITIVE, SHARE, Law, Quantity, Rule
from ..laws.base import mean_faults
from ..laws.varying import Varying

#: A quantity, or a law that is redrawn each month.
Monthly: TypeAlias = Quantity | Varying

#: How a process of stops begins.
AtStart: TypeAlias = Literal["running", "stopped", "stationary"]

#: How well a number stands, worst first; empty where it is not stated.
Standing: TypeAlias = Literal["", "guess", "assumption", "derived", "sourced"]
STANDINGS: tuple[str, ...] = get_args(Standing)[1:]

_EVEN: Any = (21.0,) * 12
_DAYS = Rule("must lie in [0, 31]", 0.0, 31.0)
_A_YEAR = Rule("must lie in [0, 365]", 0.0, 365.0)
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
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", self.first_month):
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
        year, month = map(int, self.first_month.split("-"))
        count = [year * 12 + month - 1 + m for m in range(self.months)]
        return tuple(f"{c // 12:04d}-{c % 12 + 1:02d}" for c in count)


@fact(kw_only=False)
class Stops(Fact):
    """Interruptions at random times: while running, a stop begins at a constant rate, and its duration is drawn anew.

    Notes
    -----
    An alternating renewal process in continuous time. With ``at_start="stationary"`` the first month begins as if the
    process had always been going on.

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

    def _across(self) -> Iterator[Fault]:
        if self.stopped_for and self.at_start != "stopped":
            yield Fault(f"{self.address}.stopped_for", "goes with at_start = 'stopped' only", self.stopped_for)
        elif self.at_start == "stopped" and not _outlasts(self.duration, self.stopped_for):
            rule = "must be shorter than the longest stop that duration allows"
            yield Fault(f"{self.address}.stopped_for", rule, self.stopped_for)
        elif self.at_start == "stationary":
            yield from mean_faults(f"{self.address}.duration", self.duration)


def _outlasts(duration: Quantity, elapsed: float) -> bool:
    return float(duration.cdf(elapsed)) < 1.0 if isinstance(duration, Law) else duration > elapsed


@fact(kw_only=False)
class Window(Fact):
    """A single period with a start and a duration, either of which may be a law.

    Examples
    --------
    The tenth month and half of the eleventh:

    >>> import avtosim
    >>> avtosim.Window(9, 1.5)
    Window(start=9.0, duration=1.5)
    """

    kind: ClassVar[str] = "window"
    start: Annotated[Quantity, quantity(ANY, "months from the start", "when it begins; 9 is the end of month nine")]
    duration: Annotated[Quantity, quantity(NONNEGATIVE, "months", "how long it lasts")]


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
    per_day: Annotated[Monthly, quantity(NONNEGATIVE, "vehicles per working day", "most it can build while running")]
    stops: Annotated[Stops | None, stated("breakdowns")] = None


@fact
class Partner(Fact):
    """A car maker whose kits the plant assembles.

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
    fill_rate: Annotated[Monthly, quantity(SHARE, "share", "share of the called-off kits that arrives")] = 1.0
    lead_time: Annotated[Quantity, quantity(_MONTHS_WHOLE, "months", "time from call-off to arrival")] = 0.0
    chance_of_leaving: Annotated[Quantity, quantity(SHARE, "probability per year", "chance of leaving for good")] = 0.0
    stops: Annotated[Stops | None, stated("times when no kits arrive")] = None


@fact
class Vehicle(Fact):
    """A model that is built: whose kits, on which line, for which market, and how many by the schedule.

    Notes
    -----
    Production starts at ``start + delay`` (0 or less: it is running already) and rises linearly over ``ramp_up``. The
    schedule of a month is ``plan`` spread over the year's working days, times the ramp; a month builds at most ``flex``
    times that. ``kit_cover`` comes on top of the kits that the month itself and the lead time need.

    Examples
    --------
    >>> import avtosim
    >>> vehicle = avtosim.Vehicle(name="V", partner="P", line="L", market="M", plan=12_000, market_share=0.02)
    >>> vehicle.flex
    1.0
    """

    kind: ClassVar[str] = "vehicles"
    name: Annotated[str, stated("name of the vehicle", role="name")]
    partner: Annotated[str, stated("partner that delivers its kits", "partners")]
    line: Annotated[str, stated("line it is built on", "lines")]
    market: Annotated[str, stated("market it is sold to", "markets")]
    plan: Annotated[Quantity, quantity(NONNEGATIVE, "vehicles per year", "volume scheduled for a full year")]
    flex: Annotated[Quantity, quantity(AT_LEAST_ONE, "ratio", "most a month may build, relative to its schedule")] = 1.0
    start: Annotated[Quantity, quantity(ANY, "months from the start", "start of production")] = 0.0
    delay: Annotated[Quantity, quantity(NONNEGATIVE, "months", "delay of the start of production")] = 0.0
    ramp_up: Annotated[Quantity, quantity(NONNEGATIVE, "months", "time from zero to the full rate")] = 0.0
    market_share: Annotated[Monthly, quantity(SHARE, "share", "share of its market's demand")]
    kit_cover: Annotated[Quantity, quantity(NONNEGATIVE, "months", "target stock of kits in months of schedule")] = 0.0
    stock_cover: Annotated[Quantity, quantity(NONNEGATIVE, "months", "target stock in months of demand")] = 0.0
    opening_kits: Annotated[Quantity, quantity(NONNEGATIVE, "vehicles", "kits on hand at the start")] = 0.0
    opening_stock: Annotated[Quantity, quantity(NONNEGATIVE, "vehicles", "finished vehicles at the start")] = 0.0

    def _across(self) -> Iterator[Fault]:
        for name in ("plan", "start", "ramp_up"):
            yield from mean_faults(f"{self.address}.{name}", getattr(self, name))


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


@fact
class Shock(Fact):
    """An event at random times (``stops``) or a stated one (``window``), and what it multiplies while it lasts.

    Notes
    -----
    Either ``stops`` or ``window`` is given, and at least one of ``supply``, ``demand`` and ``speed``. A month
    that the event covers in part is affected in proportion.

    Examples
    --------
    A strike of one month that halves the kits of a partner:

    >>> import avtosim
    >>> avtosim.Shock(name="strike", window=avtosim.Window(3, 1), supply={"P": 0.5})
    Shock(name='strike', window=Window(start=3.0, duration=1.0), supply={'P': 0.5})
    """

    kind: ClassVar[str] = "shocks"
    name: Annotated[str, stated("name of the shock", role="name")]
    stops: Annotated[Stops | None, stated("random times: how often it happens and how long it lasts")] = None
    window: Annotated[Window | None, stated("a stated time")] = None
    supply: Annotated[Table, quantity(SHARE, "multiplier", "multiplies kits of partners", "partners")] = NO_TABLE
    demand: Annotated[Table, quantity(NONNEGATIVE, "multiplier", "multiplies demand", "markets", "vehicles")] = NO_TABLE
    speed: Annotated[Table, quantity(NONNEGATIVE, "multiplier", "multiplies the speed of lines", "lines")] = NO_TABLE

    def _across(self) -> Iterator[Fault]:
        if (self.stops is None) == (self.window is None):
            given = "both" if self.stops is not None else "neither"
            yield Fault(self.address, "must have either stops (random times) or a window (a stated time)", given)
        if not (self.supply or self.demand or self.speed):
            yield Fault(self.address, "must multiply something: state supply, demand or speed")


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
