"""Random plants in the whole language of facts, and what a certain one is in plain numbers.

``certain(name)`` draws a plant without chance in which anything may bind, ``ample(name)`` one to which law 11 applies,
``uncertain(name)`` one with laws, redrawn numbers, stops and shocks everywhere; the same name gives the same plant.
``lawful(name)`` draws one whose runs are each the certain year of what they drew, which ``settled`` gives.
``plain_plant(scenario)`` reads a certain scenario into what ``plain_year`` works out.
"""

from __future__ import annotations

import calendar
import math
import random
import warnings
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import plain_year as plain

import avtosim as av

__all__ = ["accounts_of", "ample", "certain", "lawful", "plain_plant", "settled", "uncertain"]

#: More than any partner, line or market here needs.
_AMPLE = 1e9
#: Months beyond the calendar that a call-off may look ahead: the lead time, all delays and the cover.
_BEYOND = 40
#: Some plants are watched in the whole, most of them in a few numbers: how often a number takes a form of its own.
_RARELY, _SOMETIMES, _OFTEN = 0.08, 0.2, 0.5


def label(first_month: str, month: int) -> str:
    """Give the month that is so many months after the first one, as YYYY-MM."""
    count = int(first_month[:4]) * 12 + int(first_month[5:7]) - 1 + month
    return f"{count // 12:04}-{count % 12 + 1:02}"


# Drawing plants ---------------------------------------------------------------------------------------------------


class Certain:
    """Draws a plant in which every number is certain and anything may bind."""

    most_lead = 4

    def __init__(self, name: str) -> None:
        self.r = r = random.Random(name)  # noqa: S311 - plants, no secrets
        self.quantities: dict[str, Any] = {}
        self.months = r.choice([r.randint(1, 15), 12, 12, 14])
        self.first_month = f"2024-{r.randint(1, 12):02}"
        self.days = [0 if self.often(_RARELY) else r.randint(1, 23) for _ in range(self.months)]
        self.days[r.randrange(self.months)] = 20
        self.partners = [f"P{n}" for n in range(1, r.randint(1, 4) + 1)]
        self.lines, self.markets = ["L1", "L2"][: r.randint(1, 2)], ["M1", "M2"]
        self.names = [f"V{n}" for n in range(1, r.randint(1, 4) + 1)]
        self.size = r.choice([96, 1_000, 12_000])
        # The month in which many windows begin.
        self.busy = r.randrange(self.months)
        # The month in which V2 takes the place of V1 in their market, if it does.
        self.handover = r.randint(1, self.months) if len(self.names) > 1 and self.often(_SOMETIMES) else None

    def often(self, share: float) -> bool:
        """Whether something happens that does in so many cases."""
        return self.r.random() < share

    def eighth(self, low: float, high: float) -> float:
        """Draw a number in steps of an eighth, so that moments and levels often meet exactly."""
        return self.r.randint(math.ceil(low * 8), math.floor(high * 8)) / 8

    def one(self, low: float, high: float) -> Any:
        """Draw a number that holds all year."""
        if self.often(_RARELY):
            return self.named(low, high)
        return self.r.choice([low, high, self.r.uniform(low, high), *(self.eighth(low, high) for _ in range(4))])

    def named(self, low: float, high: float) -> Any:
        """Draw a number that follows one of two quantities, which lie in [0, 1] and may follow each other."""
        name = self.r.choice(["luck", "mood"])
        if name not in self.quantities:
            follows = self.often(_OFTEN) and self.quantities.keys() & {"luck", "mood"}
            self.quantities[name] = 1 - av.Named(*follows) if follows else self.belief()
        return av.Named(name) * (high - low) + low if self.often(0.7) else high - (high - low) * av.Named(name)

    def belief(self) -> Any:
        """Draw what a named quantity is."""
        return self.eighth(0, 1)

    def monthly(self, low: float, high: float) -> Any:
        """Draw a number that may change from month to month in any way."""
        return self.stepping(low, high)

    def stepping(self, low: float, high: float) -> Any:
        """Draw a number that may step from month to month."""
        if not self.often(_SOMETIMES):
            return self.one(low, high)
        steps = [self.r.randint(-5, 0), *(self.r.randint(-2, self.months + 12) for _ in range(self.r.randint(0, 3)))]
        return av.Stepwise({label(self.first_month, month): self.one(low, high) for month in steps})

    def moment(self, month: int) -> Any:
        """Draw a moment within a month, the first one being 0, or at one of its ends: a number, a month or a date."""
        text = label(self.first_month, month)
        form = self.r.choice(["number", "number", "month", "date", "named"])
        if form == "named":
            return self.named(month, month + 1)
        day = self.r.randint(1, calendar.monthrange(int(text[:4]), int(text[5:]))[1])
        return {"number": month + self.eighth(0, 1), "month": text, "date": f"{text}-{day:02}"}[form]

    def some(self, names: Sequence[str]) -> list[str]:
        """Draw some of these names, one at least."""
        return self.r.sample(names, self.r.randint(1, len(names)))

    def lead(self) -> Any:
        """Draw a lead time."""
        if self.often(_RARELY):
            self.quantities["months"] = 2
            return self.r.choice([-1, 0, 1]) * av.Named("months") + 2
        usual = self.r.randint(0, self.most_lead)
        return self.r.choice([0, usual, 12 if self.often(_RARELY) else usual])

    def stops(self) -> Any:
        """Draw stops that hold at the start and never come again, or none."""
        if self.often(0.7):
            return None
        lasted = self.eighth(0, 2)
        lasts = lasted + self.r.choice([self.eighth(0.125, 4), self.r.uniform(0.1, 4)])
        severity = self.one(0.25, 2) if self.often(_SOMETIMES) else 1
        return av.Stops(0, lasts, at_start="stopped", stopped_for=lasted, severity=severity)

    def share(self, low: float) -> Any:
        """Draw a share, of which the lowest one, or all, is likely."""
        return self.r.choice([low, 1, self.one(low, 1)])

    def leaving(self) -> Any:
        """Draw a chance of leaving."""
        return 1 if self.often(_RARELY) else 0

    def chance(self) -> Any:
        """Draw the chance that a window happens."""
        return self.r.choice([0, 1, 1, 1, 1])

    def partner(self, name: str) -> av.Partner:
        """Draw a partner."""
        return av.Partner(
            name=name,
            fill_rate=1 if self.often(_OFTEN) else self.monthly(0, 1),
            lead_time=self.lead(),
            surge=self.r.choice([1, 1.5, self.one(1, 3)]),
            chance_of_leaving=self.leaving(),
            stops=self.stops(),
        )

    def line(self, name: str) -> av.Line:
        """Draw a line, short or ample."""
        usual = math.ceil(self.size * len(self.names) / 180)
        short = self.monthly(usual / 4, 2 * usual)
        return av.Line(name=name, per_day=_AMPLE if self.often(0.4) else short, stops=self.stops())

    def market(self, name: str) -> av.Market:
        """Draw a market."""
        season = [self.r.randint(0, 9) for _ in range(11)] + [1] if self.often(_OFTEN) else ()
        per_year = self.monthly(self.size, self.size * self.r.choice([4, 8, 16]))
        return av.Market(name=name, per_year=per_year, season=season, elasticities={"F": self.one(-2, 2)})

    def parts(self) -> dict[str, Any]:
        """Draw the parts of several partners, one of which may be the rest, or no part at all."""
        names = self.r.sample(self.partners, self.r.randint(2, min(3, len(self.partners))))
        weights = [self.r.choice([self.r.uniform(0.1, 1), self.r.randint(0, 4)]) for _ in names[1:]] + [1]
        parts: dict[str, Any] = {n: w / math.fsum(weights) for n, w in zip(names, weights, strict=True)}
        if self.often(_OFTEN):
            parts[names[0]] = "rest"
        return parts

    def source(self) -> dict[str, Any]:
        """Draw the partner, or the partners with parts and takeover."""
        if len(self.partners) == 1 or self.often(_OFTEN):
            return {"partner": self.r.choice(self.partners)}
        return {"partners": self.parts(), "takeover": self.share(0)}

    def cover(self) -> Any:
        """Draw a kit cover."""
        return self.r.choice([0, 1, self.one(0, 2)])

    def opening(self) -> Any:
        """Draw kits on hand at the start, or leave them to the default."""
        return self.r.choice([None, None, 0, self.one(0, self.size / 8)])

    def component(self) -> Any:
        """Draw a component: a partner's name, or its own source, cover and opening kits."""
        if self.often(0.3):
            return self.r.choice(self.partners)
        return av.Component(**self.source(), kit_cover=self.r.choice([None, self.cover()]), opening_kits=self.opening())

    def kits(self) -> dict[str, Any]:
        """Draw where the kits of a vehicle come from."""
        form = self.r.choice(["own", "source", "source", "needs", "needs"])
        if form == "own":
            return {}
        common = {"kit_cover": self.cover(), "opening_kits": self.opening()}
        if form == "source":
            return common | self.source()
        return common | {"needs": {n: self.component() for n in ("Body", "Engine", "Seats")[: self.r.randint(1, 3)]}}

    def span(self, name: str) -> tuple[dict[str, Any], bool]:
        """Draw start, end and ramp of a vehicle, and say whether it surely has some time within the calendar."""
        if self.handover is not None and name in ("V1", "V2"):
            # Dates and months of the month before it end at the handover at the latest.
            if name == "V1":
                return {"end": self.moment(self.handover - 1)}, self.handover > 1
            return {"start": self.moment(self.handover)}, self.handover + 1 < self.months
        start = self.r.choice([-4, -1, 0, self.r.randint(0, self.months)])
        found: dict[str, Any] = {"start": self.moment(start) if self.often(_OFTEN) else min(start, 0)}
        end = self.r.randint(start + 1, self.months + 6) if self.often(0.3) else None
        if end is not None:
            found["end"] = self.moment(end)
        if self.often(0.4):
            found["ramp_up"] = self.one(0, 6)
        return found, start + 1 < self.months and (end is None or end > 0)

    def plan(self, size: float, *, inside: bool) -> Any:
        """Draw a plan of any form but a row."""
        return av.Total(self.one(0, size)) if inside and self.often(0.3) else self.stepping(0, 2 * size)

    def row(self, size: float) -> list[float]:
        """Draw a plan as a row of volumes."""
        return [self.r.choice([0, self.eighth(0, size / 6), self.r.uniform(0, size / 6)]) for _ in range(self.months)]

    def flex(self) -> Any:
        """Draw how much more than its schedule a month may build."""
        return self.r.choice([1, self.one(1, 2)])

    def vehicle(self, name: str) -> av.Vehicle:
        """Draw a vehicle."""
        size = self.size * self.r.choice([0.5, 1, 2])
        span, inside = self.span(name)
        orders = self.stepping(0, 2 * size) if self.often(0.4) else None
        plan = None if orders is not None and self.often(0.3) else self.plan(size, inside=inside)
        if plan is not None and self.often(_SOMETIMES) and (self.handover is None or name not in ("V1", "V2")):
            plan, span = self.row(size), {}
        buyer = {"orders": orders} if orders is not None else self.share_of_market(name)
        stated: dict[str, Any] = {"backorder": self.share(0)} if self.often(0.3) else {}
        return av.Vehicle(
            name=name,
            line=self.r.choice(self.lines),
            plan=plan,
            flex=self.flex(),
            delay=self.r.choice([0, 0, self.r.randint(0, 3), self.one(0, 3)]),
            stock_cover=self.r.choice([0, self.one(0, 2)]),
            opening_stock=self.r.choice([None, None, 0, self.one(0, self.size / 8)]),
            **span,
            **self.kits(),
            **buyer,
            **stated,
        )

    def share_of_market(self, name: str) -> dict[str, Any]:
        """Draw market and share: no more in sum than there is, by those that are built at the same time."""
        if self.handover is not None:
            if name in ("V1", "V2"):
                return {"market": "M1", "market_share": self.market_share(1)}
            return {"market": "M2", "market_share": self.market_share(2)}
        market = "M2" if self.often(_SOMETIMES) else "M1"
        return {"market": market, "market_share": self.market_share(len(self.names))}

    def market_share(self, vehicles: int) -> Any:
        """Draw the share of one of at most so many vehicles in a market."""
        return self.monthly(0.125, (8 // vehicles) / 8)

    def window(self) -> av.Window:
        """Draw a window of which some part lies within the calendar."""
        month = self.busy if self.often(_OFTEN) else self.r.randint(-2, self.months - 1)
        chance = self.chance()
        if self.often(_OFTEN):
            lasts = max(-month, 0) + self.r.choice(
                [self.r.randint(1, 3), self.eighth(0.125, 5), self.r.uniform(0.1, 5)]
            )
            return av.Window(month + self.r.choice([0, self.eighth(0, 0.875)]), lasts, chance=chance)
        # It begins before the calendar ends, and ends after the calendar begins.
        start = self.moment(month) if 0 <= month < self.months - 1 and self.often(0.7) else month
        return av.Window(start, end=self.moment(self.r.randint(max(month + 1, 1), self.months + 2)), chance=chance)

    def when(self) -> dict[str, Any]:
        """Draw when a shock is active: at a stated time, or in stops that hold at the start."""
        stops = self.stops()
        return {"window": self.window()} if stops is None else {"stops": stops}

    def effect(self, names: Sequence[str], most: float) -> Any:
        """Draw what a shock does by a number, to some of these or to all."""
        if names and self.often(0.6):
            return {name: self.r.choice([0, self.one(0, most)]) for name in self.some(names)}
        return self.one(0, most)

    def shock(self, name: str, vehicles: Sequence[av.Vehicle]) -> av.Shock:
        """Draw a shock with one effect at least."""
        with_kits = [v.name for v in vehicles if v.components]
        effects = {
            "supply": lambda: self.effect([*self.partners, *with_kits], 1),
            "demand": lambda: self.effect([*self.markets, *self.names], 2),
            "speed": lambda: self.effect(self.lines, 2),
            "delay": lambda: self.effect(self.partners, 4),
            "holds": lambda: self.some(self.partners),
        }
        return av.Shock(name=name, **self.when(), **{kind: effects[kind]() for kind in self.some(list(effects))})

    def shocks(self, vehicles: Sequence[av.Vehicle]) -> list[av.Shock]:
        """Draw the shocks."""
        return [self.shock(f"S{n}", vehicles) for n in range(1, self.r.choice([0, 1, 2, 4]) + 1)]

    def factor(self) -> av.Factor:
        """Draw a factor."""
        return av.Factor(name="F", volatility=0, persistence=0.5)

    def scenario(self) -> av.Scenario:
        """Draw a plant."""
        vehicles = [self.vehicle(name) for name in self.names]
        facts = {
            "lines": [self.line(name) for name in self.lines],
            "partners": [self.partner(name) for name in self.partners],
            "markets": [self.market(name) for name in self.markets],
            "factors": [self.factor()],
            "shocks": self.shocks(vehicles),
        }
        return _scenario(
            name=type(self).__name__,
            calendar=av.Calendar(first_month=self.first_month, working_days=self.days),
            vehicles=vehicles,
            **facts,
            quantities=_used(self.quantities, [vehicles, facts]),
        )


def _used(quantities: Mapping[str, Any], facts: object) -> dict[str, Any]:
    """Give the quantities that these facts follow, or that one of those follows."""
    used, text = set(), repr(facts)
    for name, value in reversed(list(quantities.items())):  # each follows only those before it
        if f"Named(name={name!r}" in text:
            used.add(name)
            text += repr(value)
    return {name: value for name, value in quantities.items() if name in used}


def _scenario(**facts: Any) -> av.Scenario:
    """Make a scenario; whether what waits can ever be served is of no interest here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*what waits can never be served", category=UserWarning)
        return av.Scenario(**facts)


def _changed(scenario: av.Scenario, **facts: Any) -> av.Scenario:
    """Give a scenario with some families changed."""
    every = {a.name: getattr(scenario, a.name) for a in attrs.fields(av.Scenario)} | facts
    stated = [value for name, value in every.items() if name != "quantities"]
    return _scenario(**every | {"quantities": _used(scenario.quantities, stated)})


class Ample(Certain):
    """Draws a plant with full supply and ample lines, in which no month builds more than its schedule."""

    most_lead = 6

    def partner(self, name: str) -> av.Partner:
        """Draw a partner that delivers everything."""
        return av.Partner(name=name, lead_time=self.lead(), surge=self.r.choice([1, 1, 1.5, self.one(1, 3)]))

    def line(self, name: str) -> av.Line:
        """Draw a line that never binds."""
        return av.Line(name=name, per_day=_AMPLE)

    def market(self, name: str) -> av.Market:
        """Draw a market of one vehicle a year, whose season has no month without demand."""
        season = [self.r.randint(1, 9) for _ in range(12)] if self.often(_OFTEN) else ()
        return av.Market(name=name, per_year=1, season=season)

    def flex(self) -> Any:
        """Give no room beyond the schedule."""
        return 1

    def row(self, size: float) -> list[float]:
        """Draw a plan as a row of volumes, none of them in a month without working days, when no line is ample."""
        return [volume if days else 0 for volume, days in zip(super().row(size), self.days, strict=True)]

    def shocks(self, vehicles: Sequence[av.Vehicle]) -> list[av.Shock]:  # noqa: ARG002 - as the base has it
        """Draw no shocks."""
        return []

    def vehicle(self, name: str) -> av.Vehicle:
        """Draw a vehicle; a customer orders what is planned, or more."""
        v = super().vehicle(name)
        if v.orders is None or v.plan is None:
            return v
        if isinstance(v.plan, tuple):
            orders: Any = sum(v.plan) * 12 / len(v.plan) * self.r.choice([1, 1.5])
        else:
            orders = _AMPLE if isinstance(v.plan, av.Total) else v.plan
        return attrs.evolve(v, orders=orders)


def certain(name: str) -> av.Scenario:
    """Draw a plant without chance in which anything may bind."""
    return Certain(name).scenario()


def ample(name: str) -> av.Scenario:
    """Draw a plant to which law 11 applies.

    Every market is as large as its vehicles' schedules need, month by month or at the peak, or larger. The opening
    stock is at most the least target of any month before the end, or covered by the demand of the first month.
    """
    drawn = Ample(name)
    r, scenario = drawn.r, drawn.scenario()
    by_market: dict[str, list[list[float]]] = {}
    bare = plain_plant(scenario)
    for v, stated in zip(bare.vehicles, scenario.vehicles, strict=True):
        if stated.market is not None:
            needs = [plain.Schedule(bare, v).of(m) / v.demand[m - 1] for m in range(1, len(bare.days) + 1)]
            by_market.setdefault(stated.market, []).append(needs)
    markets = []
    for market in scenario.markets:
        need = [max(month) for month in zip(*by_market.get(market.name, [[1.0]]), strict=True)]
        more = r.choice([1.0, 1.0, 1.3, r.uniform(1, 2)])
        peak: Any = max(need) * more
        tight: Any = av.Stepwise({label(bare.first_month, m): more * volume for m, volume in enumerate(need)})
        markets.append(attrs.evolve(market, per_year=r.choice([peak, tight])))
    filled = _changed(scenario, markets=markets)
    plant = plain_plant(filled)
    vehicles = []
    for v, stated in zip(plant.vehicles, filled.vehicles, strict=True):
        least = min((t for m, t in enumerate(v.stock_target) if m < v.end), default=0.0)
        spare = max(plain.fresh_demand(plant, v, 1) - plain.Schedule(plant, v).of(1), 0.0)
        openings = [0.0, least, r.uniform(0, 1) * least, 0.999 * spare]
        allowed = stated.opening_stock is None and v.opening_stock <= least
        vehicles.append(
            attrs.evolve(stated, opening_stock=None if allowed and r.random() < _OFTEN else r.choice(openings))
        )
    return _changed(filled, vehicles=vehicles)


class Uncertain(Certain):
    """Draws a plant with chance in every place."""

    def law(self, low: float, high: float) -> Any:
        """Draw a law within bounds, of few shapes, so that the library knows it when it comes again."""
        middle = low + (high - low) * self.r.choice([0.25, 0.5])
        makers = [
            lambda: av.Uniform(low, high),
            lambda: av.Triangular(low, middle, high),
            lambda: av.Pert(low, middle, high),
            lambda: av.Beta(self.r.choice([0.5, 3]), 2, low, high),
            lambda: av.Bernoulli(self.r.random(), low, high),
            lambda: av.Empirical([low, middle, high, high]),
            lambda: av.Truncated(av.Normal(middle, (high - low) / 2), low, high),
            lambda: av.Clipped(av.Normal(middle, (high - low) / 2), low, high),
        ]
        return self.r.choice(makers)()

    def one(self, low: float, high: float) -> Any:
        """Draw a number that holds all year."""
        if low < high and self.often(_OFTEN):
            return self.law(low, high)
        return super().one(low, high)

    def named(self, low: float, high: float) -> Any:
        """Draw a number that follows a quantity, by a factor that may be uncertain, too."""
        made = super().named(low, high)
        if low < high and self.often(0.3):
            return self.law(0, high - low) * av.Named(made.name) + low
        return made

    def belief(self) -> Any:
        """Draw what a named quantity is."""
        return self.law(0, 1)

    def monthly(self, low: float, high: float) -> Any:
        """Draw a number that may step, or be drawn anew each month."""
        if low < high and self.often(0.3):
            law, persistence = self.law(low, high), self.r.choice([0, self.r.uniform(0, 0.95)])
            return av.Varying(law, persistence, self.r.choice([0, self.eighth(0, 1)]))
        return self.stepping(low, high)

    def moment(self, month: int) -> Any:
        """Draw a moment within a month, certain or not."""
        if self.often(_OFTEN):
            return super().moment(month)
        dates = [f"{label(self.first_month, month)}-{day:02}" for day in (2, 27)]
        return av.Uniform(*dates) if self.often(_OFTEN) else self.law(month, month + 0.875)

    def lead(self) -> Any:
        """Draw a lead time."""
        if self.often(0.3):
            return av.Discrete([0, 1, self.r.randint(2, self.most_lead)], [1, 2, 1])
        return super().lead()

    def duration(self) -> Any:
        """Draw how long stops last."""
        usual = self.r.choice([0.05, 0.3, 1])
        laws = [av.Exponential(usual), av.LogNormal(usual, 0.8), av.Uniform(0, 2 * usual), av.Gamma(0.7, usual)]
        return self.r.choice([usual, *laws])

    def stops(self) -> Any:
        """Draw stops that begin at random, in any state at the start, or none."""
        if self.often(_OFTEN):
            return None
        at_start = self.r.choice(["running", "running", "stationary", "stopped"])
        lasted = self.r.choice([0, 0.03]) if at_start == "stopped" else 0
        severity = self.one(0.25, 2) if self.often(0.3) else 1
        return av.Stops(self.one(0, 8), self.duration(), at_start=at_start, stopped_for=lasted, severity=severity)

    def leaving(self) -> Any:
        """Draw a chance of leaving."""
        return self.r.choice([0, 0, self.one(0, 1)])

    def chance(self) -> Any:
        """Draw the chance that a window happens."""
        return self.r.choice([1, self.one(0, 1)])

    def factor(self) -> av.Factor:
        """Draw a factor that moves."""
        return av.Factor(name="F", volatility=self.one(0, 0.1), persistence=self.one(0, 1))

    def market_share(self, vehicles: int) -> Any:
        """Draw a share; those of a market may be more than 1 in sum in some runs, though not on average."""
        chance = (8 / vehicles - 1) / 7
        return av.Bernoulli(chance, 0.125, 1) if vehicles > 1 and self.often(_OFTEN) else super().market_share(vehicles)


def uncertain(name: str) -> av.Scenario:
    """Draw a plant with laws, numbers drawn anew each month, stops and random shocks in every place."""
    return Uncertain(name).scenario()


class Lawful(Uncertain):
    """Draws a plant in which each run is the certain year of the numbers that it drew.

    So nothing is left to chance within a run: stops are those of certain plants, nobody may leave, and no factor moves.
    """

    stops, leaving, chance, factor = Certain.stops, Certain.leaving, Certain.chance, Certain.factor

    def market(self, name: str) -> av.Market:
        """Draw a market that is not drawn anew each month, as then its stock cover follows the mean."""
        return attrs.evolve(super().market(name), per_year=self.stepping(self.size, 8 * self.size))

    def market_share(self, vehicles: int) -> Any:
        """Draw a share that is not drawn anew each month, for the same reason."""
        share = super().market_share(vehicles)
        return self.one(0.125, (8 // vehicles) / 8) if isinstance(share, av.Varying) else share


def lawful(name: str) -> av.Scenario:
    """Draw a plant in which each run is the certain year of the numbers that it drew."""
    return Lawful(name).scenario()


def settled(scenario: av.Scenario, reading: Mapping[str, Any], run: int) -> SimpleNamespace:
    """Give the facts of a scenario with all numbers as they were in a run: arrays (months or 1, runs or 1) by address.

    They are no scenario: what is allowed on average, such as shares that sum to 1, need not hold in each run.
    """

    def of_run(address: str) -> list[float]:
        values = np.asarray(reading[address])
        return [float(number) for number in values[:, min(run, values.shape[1] - 1)]]

    def number(stated: Any, address: str) -> Any:
        if isinstance(stated, av.Varying):
            drawn = of_run(address)
            return av.Stepwise({label(scenario.calendar.first_month, m): drawn[m] for m in range(len(drawn))})
        if isinstance(stated, av.Named | av.Law):
            return of_run(address)[0]
        return stated

    def fact(stated: Any, address: str) -> Any:
        if isinstance(stated, Mapping):
            return {name: fact(one, f"{address}.{name}") for name, one in stated.items()}
        if isinstance(stated, av.Stepwise):
            return av.Stepwise({month: number(one, f"{address}.{month}") for month, one in stated.steps.items()})
        if isinstance(stated, av.Named | av.Varying | av.Law) or not attrs.has(type(stated)):
            return number(stated, address)
        inner = {a.name: getattr(stated, a.name) for a in attrs.fields(type(stated))}
        return attrs.evolve(stated, **{name: fact(one, f"{address}.{name}") for name, one in inner.items()})

    families = ("lines", "partners", "markets", "vehicles", "shocks")
    made = {kind: av.Family(fact(one, one.address) for one in getattr(scenario, kind)) for kind in families}
    return SimpleNamespace(calendar=scenario.calendar, quantities={}, **made)


# What a certain plant is ------------------------------------------------------------------------------------------


def accounts_of(scenario: av.Scenario) -> dict[str, tuple[str, str, str]]:
    """Give the vehicle, component and partner of each account by its label, in the order of the facts."""
    found = {}
    for v in scenario.vehicles:
        for name, parts in _parts_by_component(v).items():
            for partner in parts:
                words = f"{v.name}, {name}" if name else v.name
                found[f"{words} from {partner}" if len(parts) > 1 else words] = (v.name, name, partner)
    return found


def _parts_by_component(v: av.Vehicle) -> dict[str, dict[str, float]]:
    """Give the part of each partner in each component; the kits of a vehicle that come whole have no name."""
    sources: Mapping[str, Any] = v.needs or ({"": v} if v.partner is not None or v.partners else {})
    return {name: _parts(source) for name, source in sources.items()}


def _parts(source: av.Component | av.Vehicle) -> dict[str, float]:
    if source.partner is not None:
        return {source.partner: 1.0}
    numbers = [part for part in source.partners.values() if part != "rest"]
    return {
        name: max(1 - math.fsum(numbers), 0.0) if part == "rest" else part for name, part in source.partners.items()
    }


class Plainly:
    """Reads the facts of a certain scenario as plain numbers."""

    def __init__(self, scenario: av.Scenario | SimpleNamespace) -> None:
        self.scenario = scenario
        self.first_month = scenario.calendar.first_month
        self.days = scenario.calendar.working_days
        self.months = len(self.days)
        #: A plant with the calendar alone, for the schedules of its vehicles.
        self.bare = plain.Plant(self.first_month, self.days, {}, [], [])

    def number(self, stated: Any) -> float:
        """Give a number, or what follows a named quantity."""
        if isinstance(stated, av.Named):
            belief = self.number(self.scenario.quantities[stated.name])
            return self.number(stated.times) * belief + self.number(stated.plus)
        assert type(stated) is float, stated
        return stated

    def monthly(self, stated: Any, months: int | None = None) -> list[float]:
        """Give a number in each month, of the calendar if nothing else is said: the latest step holds."""
        count = months or self.months
        if not isinstance(stated, av.Stepwise):
            return [self.number(stated)] * count
        labels = [label(self.first_month, m) for m in range(count)]
        return [self.number(stated.steps[max(key for key in stated.steps if key <= now)]) for now in labels]

    def moment(self, stated: Any, *, closing: bool = False) -> float:
        """Give a moment in months; of a month or day that is stated the beginning is meant, or the end if closing."""
        if not hasattr(stated, "text"):
            return self.number(stated)
        year, month, *day = (int(part) for part in stated.text.split("-"))
        whole = 12 * year + month - (12 * int(self.first_month[:4]) + int(self.first_month[5:]))
        if not day:
            return whole + 1 if closing else whole
        return whole + (day[0] if closing else day[0] - 1) / calendar.monthrange(year, month)[1]

    def span(self, fact: av.Shock | av.Partner | av.Line) -> tuple[float, float]:
        """Give when a shock is active, or when a partner or a line is stopped; an empty span for never."""
        never = (math.inf, math.inf)
        if fact.stops is not None:
            stops = fact.stops
            assert stops.per_year == 0.0
            lasts = self.number(stops.duration) * self.number(stops.severity) - stops.stopped_for
            return (0.0, max(lasts, 0.0)) if stops.at_start == "stopped" else never
        window = getattr(fact, "window", None)
        if window is None or self.number(window.chance) == 0:
            return never
        start = self.moment(window.start)
        if window.end is not None:
            return start, self.moment(window.end, closing=True)
        return start, start + self.number(window.duration)

    def active(self, fact: av.Shock | av.Partner | av.Line) -> list[float]:
        """Give the share of each month that it covers."""
        start, end = self.span(fact)
        return [plain.overlap(start, end, m) for m in range(1, self.months + 1)]

    def struck(self, kind: str, name: str, *, by_all: bool) -> list[tuple[av.Shock, float]]:
        """Give the shocks that strike a name, and their numbers; ``by_all`` says whether one number for all does."""
        found = []
        for shock in self.scenario.shocks:
            stated = getattr(shock, kind)
            if not isinstance(stated, Mapping):
                found += [(shock, self.number(stated))] if by_all else []
            elif name in stated:
                found.append((shock, self.number(stated[name])))
        return found

    def multiplied(self, kind: str, name: str, *, by_all: bool) -> list[float]:
        """Give what all shocks together multiply by in each month."""
        left = [1.0] * self.months
        for shock, to in self.struck(kind, name, by_all=by_all):
            left = [now * (1 - active + active * to) for now, active in zip(left, self.active(shock), strict=True)]
        return left

    def partner(self, p: av.Partner) -> plain.Partner:
        """Give what it sends, and what meets it on the way. Several causes in a month strike independently."""
        running = [1 - share for share in self.active(p)] if p.stops is not None else [1.0] * self.months
        if p.chance_of_leaving == 1:
            running = [0.0] * self.months
        sends = running
        for shock, to in self.struck("supply", p.name, by_all=True):
            if to == 0:
                sends = [now * (1 - active) for now, active in zip(sends, self.active(shock), strict=True)]
        through, freed = [1.0] * self.months, [True] * self.months
        for shock in self.scenario.shocks:
            if p.name in shock.holds:
                start, end = self.span(shock)
                held = [plain.overlap(start, end, m) if end >= m else 0.0 for m in range(1, self.months + 1)]
                through = [now * (1 - share) for now, share in zip(through, held, strict=True)]
                freed = [now and share < 1 for now, share in zip(freed, held, strict=True)]
        return plain.Partner(
            p.name,
            _product(running, self.monthly(p.fill_rate), self.multiplied("supply", p.name, by_all=True)),
            int(self.number(p.lead_time)),
            self.number(p.surge),
            [1 - share for share in sends],
            [(late, self.active(shock)) for shock, late in self.struck("delay", p.name, by_all=True)],
            [1 - share for share in through],
            freed,
        )

    def capacity(self, line: av.Line) -> list[float]:
        """Give the vehicles it can do in each month."""
        running = [1 - share for share in self.active(line)] if line.stops is not None else [1.0] * self.months
        return _product(
            running, self.monthly(line.per_day), self.days, self.multiplied("speed", line.name, by_all=True)
        )

    def plan(self, v: av.Vehicle, span: dict[str, float]) -> dict[str, list[float]]:
        """Give the plan as yearly rates in force, within the calendar and beyond, or as a row."""
        if isinstance(v.plan, tuple):
            return {"row": list(v.plan)}
        if isinstance(v.plan, av.Total):
            planned = plain.Vehicle(v.name, v.line, **span)
            shares = [
                plain.share_of_year(self.bare, m) * plain.launch(planned, m, 0.0) for m in range(1, self.months + 1)
            ]
            return {"rates": [self.number(v.plan.total) / sum(shares) if sum(shares) > 0 else 0.0]}
        return {"rates": self.monthly(v.orders if v.plan is None else v.plan, self.months + _BEYOND)}

    def planned(self, v: av.Vehicle) -> dict[str, float]:
        """Give start, ramp and end as planned."""
        end = math.inf if v.end is None else self.moment(v.end, closing=True)
        return {"start": self.moment(v.start), "ramp_up": self.number(v.ramp_up), "end": end}

    def shares(self, v: av.Vehicle) -> list[float]:
        """Give its market share in each month; those present together are scaled to 1 where they are more in sum."""
        every = {w.name: self.monthly(w.market_share) for w in self.scenario.vehicles if w.market == v.market}
        spans = {w.name: self.planned(w) for w in self.scenario.vehicles if w.market == v.market}
        shares = []
        for m in range(1, self.months + 1):
            present = {n for n, s in spans.items() if plain.overlap(s["start"], s["end"], m) > 0}
            total = sum(every[name][m - 1] for name in present)
            own = every[v.name][m - 1]
            shares.append(own / total if v.name in present and total > 1 else own)
        return shares

    def buyer(self, v: av.Vehicle) -> tuple[dict[str, list[float]], list[float]]:
        """Give its demand or orders, and the demand of an average month at reference conditions."""
        if v.orders is not None:
            orders = self.monthly(v.orders)
            wanted = _product(orders, self.multiplied("demand", v.name, by_all=True))
            return {"orders": wanted}, [rate / 12 for rate in orders]
        market = self.scenario.markets[v.market]
        per_year, first = self.monthly(market.per_year), int(self.first_month[5:]) - 1
        weights = market.season or (1.0,) * 12
        season = [weights[(first + m) % 12] / sum(weights) for m in range(self.months)]
        shocks = self.multiplied("demand", market.name, by_all=True), self.multiplied("demand", v.name, by_all=False)
        demand = _product(per_year, season, self.shares(v), *shocks)
        return {"demand": demand}, [
            size * share / 12 for size, share in zip(per_year, self.monthly(v.market_share), strict=True)
        ]

    def components(self, v: av.Vehicle, made: plain.Vehicle, *, running: bool) -> list[plain.Component]:
        """Give its components; each has its own cover and opening kits, or else those of the vehicle."""
        struck = self.multiplied("supply", v.name, by_all=False)
        found = []
        for name, parts in _parts_by_component(v).items():
            own = v.needs.get(name, v)
            cover = self.number(v.kit_cover if own.kit_cover is None else own.kit_cover)
            stated = v.opening_kits if own.opening_kits is None else own.opening_kits
            if stated is not None:
                opening = self.number(stated)
            else:
                opening = plain.Schedule(self.bare, made).between(0.0, cover) if running else 0.0
            found.append(plain.Component(name, parts, self.number(own.takeover), cover, opening, struck))
        return found

    def vehicle(self, v: av.Vehicle) -> plain.Vehicle:
        """Give a vehicle. One that is built already has what its covers ask for at the start, unless it is stated."""
        span, delay = self.planned(v), self.number(v.delay)
        running = span["start"] + delay <= 0 < span.get("end", math.inf)
        wanted, usual = self.buyer(v)
        cover = self.number(v.stock_cover)
        usually = cover * usual[0] if running else 0.0
        opening = usually if v.opening_stock is None else self.number(v.opening_stock)
        waits = (0.0 if v.orders is None else 1.0) if v.backorder is None else self.number(v.backorder)
        facts = {
            "flex": self.number(v.flex),
            "delay": delay,
            "backorder": waits,
            "stock_target": [cover * month for month in usual],
            "opening_stock": opening,
            **span,
            **self.plan(v, span),
            **wanted,
        }
        made = plain.Vehicle(v.name, v.line, **facts)
        return plain.Vehicle(v.name, v.line, self.components(v, made, running=running), **facts)


def _product(*rows: Sequence[float]) -> list[float]:
    """Multiply month by month."""
    return [math.prod(month) for month in zip(*rows, strict=True)]


def plain_plant(scenario: av.Scenario | SimpleNamespace) -> plain.Plant:
    """Give a certain scenario, or what ``settled`` gives, in plain numbers."""
    facts = Plainly(scenario)
    return plain.Plant(
        facts.first_month,
        facts.days,
        {line.name: facts.capacity(line) for line in scenario.lines},
        [facts.partner(p) for p in scenario.partners],
        [facts.vehicle(v) for v in scenario.vehicles],
    )
