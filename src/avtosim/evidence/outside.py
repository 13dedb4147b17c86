"""The view from outside: what became of other announced plans, as a law of this year's output."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..answers.numbers import percent, vehicles
from ..answers.table import Cell, Column, Pictured, Table, Tabular
from ..declare.faults import FactError, Fault, nearest
from ..declare.rules import Rule, StandsForLaw
from ..facts.entities import Provenance
from ..laws.bounded import Truncated
from ..laws.continuous import LogStudentT
from ..laws.description import Description
from ..laws.pooled import Pooled
from ..say import Number, Term, joined, say
from . import arguments
from .announced import KINDS, AnnouncedPlan, announced, days, known_by, last_day, months_to_go

Floats = NDArray[np.float64]

#: A programme that builds less than this share of its plan counts as dead; none builds more than this multiple of it.
DIES_BELOW, MOST = 0.2, 3.0
#: Outcomes below this share of the plan count as this share, since logarithms need some number.
_LEAST = 0.01
#: Two invented cases each law begins with: ratios of programmes that go on, a year before the end, and of dead ones.
_GO_ON = np.log([1.0 / 1.35, 1.35])
_DEAD = np.log([0.02, 0.125])
#: Programmes that died, and years that programmes were watched, with which each rate of dying begins.
_DEATHS, _YEARS = 0.5, 5.0
#: Standard deviation of the change of the mean log ratio per year to go, over the scale of log ratios at 12 months.
_SLOPE = 0.5
#: The variance of log ratios is in proportion to the months to go between these.
_VARIANCE_MONTHS = (1.0, 24.0)
#: Most months before the end of its year that a plan may be stated.
_LONGEST = 60.0
#: Fewer company-years than this are called few.
_FEW = 6
_VOLUME = Rule("must be above 0 and at most 1e9 vehicles", 0.0, 1e9, open_low=True)
_LAST = Rule("must lie in [0, 1e9] vehicles", 0.0, 1e9)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class OutsideView(Pictured, Tabular, StandsForLaw):
    """What became of other announced plans, as a law of this year's output. Print it for the statements behind it.

    ``outside_view`` makes it. It can stand in ``Pooled`` beside a simulated result, and in a scenario as the law of a
    named quantity.

    Parameters
    ----------
    plan : float, vehicles
        The announced volume.
    stated_on : str
        When it was stated.
    year : str
        The year it is for.
    kind : str
        The kind of plant or programme.
    last_year : float or None, vehicles
        What was built in the year before.
    as_of : str
        The date by whose end outcomes had to be known; empty for all outcomes of the table.
    cases : tuple of AnnouncedPlan
        The statements of this kind whose outcome counts, with their weights; those of one company-year are one case.
    others : int
        Number of company-years of the other kinds; together they weigh as much as one.
    as_law : Pooled
        The law alone, which can be saved to a file: a pool of "dies" and "goes on".

    Examples
    --------
    >>> import avtosim
    >>> view = avtosim.outside_view(
    ...     plan=90_000, stated_on="2024-04-15", year=2024, kind="new_partner_assembly", as_of="2024-04-30"
    ... )
    >>> len(view.cases), view.ppf([0.1, 0.5, 0.9]).round(-3).tolist()
    (35, [11000.0, 66000.0, 118000.0])
    """

    plan: float
    stated_on: str
    year: str
    kind: str
    last_year: float | None
    as_of: str
    cases: tuple[AnnouncedPlan, ...]
    others: int
    as_law: Pooled

    def cdf(self, x: ArrayLike) -> Floats:
        """Chance of an output at or below a volume.

        Parameters
        ----------
        x : array_like
            Volumes in vehicles, any shape.

        Returns
        -------
        ndarray
            In the shape of ``x``.
        """
        return self.as_law.cdf(x)

    def ppf(self, u: ArrayLike) -> Floats:
        """Quantiles of the output.

        Parameters
        ----------
        u : array_like
            Shares in [0, 1], any shape.

        Returns
        -------
        ndarray
            Volumes in vehicles, in the shape of ``u``.
        """
        return self.as_law.ppf(u)

    def logpdf(self, x: ArrayLike) -> Floats:
        """Logarithm of the density of the output.

        Parameters
        ----------
        x : array_like
            Volumes in vehicles, any shape.

        Returns
        -------
        ndarray
            Natural logarithm of the density per vehicle, in the shape of ``x``.
        """
        return self.as_law.logpdf(x)

    def support(self) -> tuple[float, float]:
        """Ends of the law.

        Returns
        -------
        tuple of float, vehicles
            0 and three times the plan.
        """
        return self.as_law.support()

    def mean(self) -> float:
        """Expected output.

        Returns
        -------
        float, vehicles
        """
        return self.as_law.mean()

    @property
    def months_to_go(self) -> float:
        """Months from the statement to the end of the year."""
        return months_to_go(self.stated_on, self.year)

    @property
    def company_years(self) -> int:
        """Number of company-years among the cases."""
        return len({case.case_id for case in self.cases})

    @property
    def dead(self) -> tuple[AnnouncedPlan, ...]:
        """The cases whose programme died: less than a fifth of the plan was built."""
        return tuple(case for case in self.cases if case.ratio < DIES_BELOW)

    @property
    def chance_dies(self) -> float:
        """Chance that the programme dies: an output of less than a fifth of the plan."""
        return float(self.as_law.weights["dies"])

    @property
    def chance_of_plan(self) -> float:
        """Chance of an output of at least the plan."""
        return 1.0 - float(self.cdf(self.plan))

    @property
    def hindsight(self) -> tuple[AnnouncedPlan, ...]:
        """Cases whose outcomes became known after the plan was stated; none where ``as_of`` was stated."""
        if self.as_of:
            return ()
        return tuple(case for case in self.cases if not known_by(case.outcome_known_on, self.stated_on))

    def changes(self, address: str) -> dict[str, dict[str, Any]]:
        """What puts the law into a scenario, with where it comes from: ``scenario.replace(**view.changes(address))``.

        Parameters
        ----------
        address : str
            Address of the number, such as ``"quantities.output"``.

        Returns
        -------
        dict
            The arguments ``changes`` and ``provenance`` of ``Scenario.replace``.
        """
        return {"changes": {address: self.as_law}, "provenance": {address: self.provenance}}

    def describe(self, each: str = "year") -> Description:
        """What the view says, in words; as for every law.

        Parameters
        ----------
        each : str, default "year"
            What the law has one value of.

        Returns
        -------
        Description
        """
        return self.as_law.describe(each)

    @property
    def warning(self) -> str:
        """Why to be careful with this view; empty if there is no special reason."""
        longest = max(case.months_to_go for case in self.cases)
        years = Number(f"{self.company_years}", self.company_years)
        few = say("few cases: {years} company-years of this kind", years=years)
        months = Number(f"{longest:.0f}", longest)
        far = say("no plan of this kind was stated more than {months} months before the end of its year", months=months)
        cases = few if self.company_years < _FEW else ""
        return joined("; ", [cases, far if self.months_to_go > longest else ""])

    @property
    def provenance(self) -> Provenance:
        """Where the law comes from, for a scenario that uses it."""
        years = Number(f"{self.company_years}", self.company_years)
        note = say(
            "{years} company-years of {kind}, {knowledge}", years=years, kind=self._kind, knowledge=self._knowledge
        )
        return Provenance(source="announced plans and what was built", note=note, standing="derived")

    @property
    def _kind(self) -> Term:
        return Term(self.kind)

    @property
    def _knowledge(self) -> str:
        if self.as_of:
            return say("outcomes known by {date}", date=self.as_of)
        return say("all outcomes of the table, later ones too")

    def _title(self) -> str:
        # More than two digits would promise more than so few cases can tell.
        low, middle, high, mean = (vehicles(float(f"{x:.2g}")) for x in (*self.ppf([0.1, 0.5, 0.9]), self.mean()))
        lines = [
            self._plan(),
            say(
                "P10 {low}, P50 {middle}, P90 {high}, mean {mean} vehicles",
                low=low,
                middle=middle,
                high=high,
                mean=mean,
            ),
            say(
                "chance to reach the plan {plan}, chance that the programme dies (less than a fifth of the plan)"
                " {dies}",
                plan=percent(self.chance_of_plan),
                dies=percent(self.chance_dies),
            ),
        ]
        if self.hindsight:
            later = say(
                "made with outcomes that became known after {date}: no forecast of that day; state as_of",
                date=self.stated_on,
            )
            lines.append(later)
        return joined("\n", lines)

    def _plan(self) -> str:
        return say(
            "{plan} vehicles planned for {year}, stated {date}, {months} months before the end: {kind}",
            plan=vehicles(self.plan),
            year=self.year,
            date=self.stated_on,
            months=Number(f"{self.months_to_go:.1f}", self.months_to_go),
            kind=self._kind,
        )

    def _ambition(self) -> str:
        """What became of plans as ambitious as this one, or more so; empty where its ambition is not known."""
        if self.last_year is None:
            return ""
        if self.last_year == 0.0:
            said, alike = say("nothing was built last year"), [c for c in self.cases if c.last_year_value == 0.0]
        else:
            times = self.plan / self.last_year
            said = say("the plan is {times} times last year's output", times=Number(f"{times:.2g}", times))
            alike = [c for c in self.cases if c.last_year_value and c.plan / c.last_year_value >= times]
        counts = {"alike": Number(f"{len(alike)}", len(alike)), "of": Number(f"{len(self.cases)}", len(self.cases))}
        many = say("{alike} of these {of} statements are known to be as ambitious or more so", **counts)
        if alike:
            median = float(np.median([c.ratio for c in alike]))
            ratio = say("with a median ratio of {ratio}", ratio=Number(f"{median:.2f}", median))
            many = joined(", ", [many, ratio])
        return joined("; ", [said, many, say("the law does not use it")])

    @property
    def table(self) -> Table:
        """The statements of this kind, latest year first, with the law in words above them."""
        columns = (
            Column(say("company")),
            Column(say("year")),
            Column(say("stated on")),
            Column(say("months to go"), "plain"),
            Column(say("plan"), "count"),
            Column(say("built"), "count"),
            Column(say("ratio"), "plain"),
            Column(say("weight"), "plain"),
            Column(say("known on")),
            Column(say("sources")),
        )
        rows: list[tuple[Cell, ...]] = []
        for c in sorted(self.cases, key=lambda c: (c.period, c.company), reverse=True):
            told = c.company, c.period, c.stated_on, round(c.months_to_go, 1), c.plan, c.actual
            hosts = ", ".join(dict.fromkeys(urlsplit(source).netloc for source in c.sources))
            rows.append((*told, round(c.ratio, 3), round(c.weight, 3), c.outcome_known_on, hosts))
        notes = (
            say(
                "{years} company-years, {knowledge}; {others} of other kinds count as one",
                years=Number(f"{self.company_years}", self.company_years),
                knowledge=self._knowledge,
                others=Number(f"{self.others}", self.others),
            ),
            self._ambition(),
            say("warning: {warning}", warning=self.warning) if self.warning else "",
        )
        return Table(columns, {"": rows}, self._title(), tuple(filter(None, notes)))

    def __repr__(self) -> str:
        return f"<{self._plan()}; {self.company_years} company-years>"


def outside_view(
    *,
    plan: float,
    stated_on: str | dt.date,
    year: int | str,
    kind: str,
    last_year: float | None = None,
    as_of: str | dt.date | None = None,
) -> OutsideView:
    """Give a law of a year's output from what became of other announced plans: the view from outside.

    Parameters
    ----------
    plan : float, above 0, vehicles
        The announced volume; of a range, its middle.
    stated_on : str or date
        When it was stated, as YYYY-MM-DD, YYYY-MM or YYYY; of a month or year the middle is taken.
    year : int or str
        The year it is for: 2024, or "2021/22" for one that ends on 20 March.
    kind : {"new_partner_assembly", "new_maker_or_plant", "mature"}
        A plant that assembles a partner's kits, in about the first two years with that partner; a maker or plant that
        is itself new; a plant that has been running for some time.
    last_year : float, 0 or more, vehicles, optional
        What was built in the year before. It does not change the law; the print then says what became of plans at least
        as ambitious.
    as_of : str or date, optional
        Only what was known by the end of this day, month or year counts. Without it the whole table counts, also what
        became known after ``stated_on``, and the outcome of this very plan if the table holds it.

    Returns
    -------
    OutsideView
        A law of the output in vehicles; print it for the statements behind it.

    Raises
    ------
    FactError
        For an argument that breaks its rule, a statement after the end of its year, more than 60 months before it, or
        after ``as_of``, and an ``as_of`` before any outcome of the kind was known; the error says when the first one
        became known.

    Notes
    -----
    The table holds what makers announced for a year and what they built (`docs/reference/announced-plans.md`). Rows of
    low confidence are left out. The statements of one company-year weigh 1 together; all company-years of other kinds
    also weigh 1 together. What became known in a month or year counts as known from its end on.

    The output is the plan times a ratio. A programme dies, which means a ratio below 0.2, at a constant rate: the
    weighted number of deaths, divided by the weighted years from the statements to the ends of their years, of which
    those that died count half; half a death in five years is added. The rate has a gamma distribution, so the chance to
    die within ``t`` years is ``1 - (b / (b + t)) ** a`` for ``a`` deaths in ``b`` years. The logarithms of the ratios
    of programmes that go on follow a Bayesian linear model in the months to go, with a variance in proportion to these
    months (at least 1, at most 24), the reference prior for level and variance, and two invented cases a year before
    the end, with ratios 1.35 and 1 / 1.35. A new ratio then has Student's t distribution, truncated to between 0.2 and
    3, so that its mean is finite. The ratios of dead programmes of all kinds have a t distribution of their own, with
    two invented cases at 0.02 and 0.125; a ratio below 0.01 counts as 0.01. Sources: Gelman et al. (2013), Bayesian
    Data Analysis, chapter 14; Ibrahim and Chen (2000), Statistical Science 15(1), for cases of less weight.

    These numbers were chosen on general grounds and none was fitted. `benchmarks/outside.py` scores the view with each
    company left out, and prints what halving or doubling the invented cases and the priors changes. A chance to die
    that does not depend on the months to go was tried first and scored worse, also in each training set without one of
    the companies. Ambition, the plan divided by last year's output, did not improve the law, neither as another
    variable nor pooled with a law of the ratio to last year's output, so the law is without it.

    It takes some milliseconds. It cannot know how this plan differs from the others. The table is a convenience sample
    in which failures are over-reported, and some of its company-years share a cause, such as sanctions, so that they
    tell less than their number suggests.

    Examples
    --------
    >>> import avtosim
    >>> view = avtosim.outside_view(plan=90_000, stated_on="2024-04-15", year=2024, kind="mature", as_of="2024-04-30")
    >>> round(view.mean(), -3), round(view.chance_of_plan, 2)
    (83000.0, 0.34)
    """
    return view_from(
        announced(), plan=plan, stated_on=stated_on, year=year, kind=kind, last_year=last_year, as_of=as_of
    )


def view_from(
    statements: Sequence[AnnouncedPlan],
    *,
    plan: float,
    stated_on: str | dt.date,
    year: int | str,
    kind: str,
    last_year: float | None = None,
    as_of: str | dt.date | None = None,
) -> OutsideView:
    """Give the view from outside that a table of statements gives."""
    plan = arguments.number("plan", plan, _VOLUME)
    last_year = None if last_year is None else arguments.number("last_year", last_year, _LAST)
    if kind not in KINDS:
        raise FactError([Fault("kind", f"must be one of {', '.join(KINDS)}", kind, nearest(kind, KINDS))])
    stated_on, year = _checked_date("stated_on", stated_on), _checked_year(year)
    months = months_to_go(stated_on, year)
    if not 0.0 < months <= _LONGEST:
        when = f"must lie before the end of the year planned for, {year}, and within {_LONGEST:.0f} months of it"
        raise FactError([Fault("stated_on", when, stated_on)])
    as_of = None if as_of is None else _checked_date("as_of", as_of)
    used = with_outcome(statements, as_of)
    if not any(s.kind == kind for s in used):
        dates = [s.outcome_known_on for s in with_outcome(statements) if s.kind == kind]
        first = f"; the first was on {min(dates, key=lambda date: days(date)[1])}" if dates else ""
        raise FactError([Fault("as_of", f"must not lie before any outcome of kind {kind} was known{first}", as_of)])
    by = _last_of(as_of)
    if days(stated_on)[0] > by:
        raise FactError([Fault("stated_on", f"must not lie after as_of ({as_of})", stated_on)])
    weights = case_weights(used)
    return OutsideView(
        plan=plan,
        stated_on=stated_on,
        year=year,
        kind=kind,
        last_year=last_year,
        as_of=as_of or "",
        cases=tuple(
            attrs.evolve(s, weight=float(weight), last_year_value=s.last_year(by))
            for s, weight in zip(used, weights, strict=True)
            if s.kind == kind
        ),
        others=len({s.case_id for s in used if s.kind != kind}),
        as_law=law_of(used, plan, kind, months),
    )


def with_outcome(statements: Sequence[AnnouncedPlan], as_of: str | None = None) -> list[AnnouncedPlan]:
    """The statements with an outcome that was known by the end of a date, except those of low confidence."""
    by = _last_of(as_of)
    return [s for s in statements if s.actual is not None and s.confidence != "low" and s.known_by(by)]


def _last_of(as_of: str | None) -> int:
    return dt.date.max.toordinal() if as_of is None else days(as_of)[1]


def case_weights(statements: Sequence[AnnouncedPlan]) -> Floats:
    """Weights of statements: one over the number of those of the same company-year."""
    numbers = Counter(s.case_id for s in statements)
    return np.array([1.0 / numbers[s.case_id] for s in statements])


def log_ratio(statement: AnnouncedPlan) -> float:
    """Logarithm of what was built divided by the plan, which counts as at least 1 %."""
    assert statement.actual is not None
    return math.log(max(statement.actual / statement.plan, _LEAST))


def law_of(statements: Sequence[AnnouncedPlan], plan: float, kind: str, months: float) -> Pooled:
    """The law of the output for a plan of a kind, so many months before the end of its year."""
    logs, to_go = np.array([log_ratio(s) for s in statements]), np.array([s.months_to_go for s in statements])
    each, dead = case_weights(statements), logs < math.log(DIES_BELOW)
    own = np.array([s.kind == kind for s in statements])
    # Cases of other kinds weigh as one together, or less where there is less than one.
    weights = np.where(own, each, each / max(float(each[~own].sum()), 1.0))
    deaths = _DEATHS + float(weights[dead].sum())
    watched = _YEARS + float(weights @ np.where(dead, 0.5 * to_go, to_go)) / 12.0
    dies = -math.expm1(-deaths * math.log1p(months / 12.0 / watched))
    on = ~dead
    going = predictive(
        np.append(_GO_ON, logs[on]),
        np.append(np.ones(2), weights[on]),
        years=(np.append([12.0, 12.0], to_go[on]) - months) / 12.0,
        variances=_variance(np.append([12.0, 12.0], to_go[on])) / _variance(months),
        slope=_SLOPE / math.sqrt(float(_variance(months))),
    )
    gone = predictive(np.append(_DEAD, logs[dead]), np.append(np.ones(2), each[dead]))
    laws = {
        "dies": Truncated(_times(gone, plan), high=DIES_BELOW * plan),
        "goes on": Truncated(_times(going, plan), low=DIES_BELOW * plan, high=MOST * plan),
    }
    return Pooled(laws, weights={"dies": dies, "goes on": 1.0 - dies})


def _variance(months: ArrayLike) -> Floats:
    """Variance of a log ratio so many months before the end of the year, over that at 12 months."""
    return np.clip(months, *_VARIANCE_MONTHS) / 12.0


def _times(law: LogStudentT, plan: float) -> LogStudentT:
    return LogStudentT(law.median * plan, law.log_scale, law.degrees_of_freedom)


def predictive(
    logs: Floats,
    weights: Floats,
    years: Floats | float = 0.0,
    variances: Floats | float = 1.0,
    slope: float = 1.0,
) -> LogStudentT:
    """The law of a new ratio, given weighted logarithms of past ones.

    Their mean changes in proportion to ``years``, which are counted from the new case, by a slope with a normal prior
    of standard deviation ``slope`` times the scale; ``variances`` are relative to that of the new case. Level and scale
    have the reference prior: for ``n`` cases that differ in nothing else it is the t distribution of `LogStudentT`.
    """
    design = np.column_stack([np.ones_like(logs), np.broadcast_to(years, logs.shape)])
    weighted = design * (weights / variances)[:, None]
    precision = weighted.T @ design + np.diag([0.0, slope**-2.0])
    level, change = np.linalg.solve(precision, weighted.T @ logs)
    squares = float(weighted[:, 0] @ (logs - design @ [level, change]) ** 2) + (change / slope) ** 2
    freedom = float(weights.sum()) - 1.0
    scale = math.sqrt(squares / freedom * (1.0 + np.linalg.inv(precision)[0, 0]))
    return LogStudentT(math.exp(level), scale, freedom)


def _checked_date(name: str, value: object) -> str:
    text = value.isoformat()[:10] if isinstance(value, dt.date) else value
    try:
        days(str(text) if isinstance(text, str) else "")
    except ValueError:
        rule = "must be a date that exists, as YYYY-MM-DD, YYYY-MM or YYYY"
        hint = f'put it in quotes: "{value}"' if isinstance(value, int) else ""
        raise FactError([Fault(name, rule, value, hint)]) from None
    return str(text)


def first_day(name: str, value: object) -> str:
    """The first day of a date, month or year, as YYYY-MM-DD."""
    return dt.date.fromordinal(days(_checked_date(name, value))[0]).isoformat()


def _checked_year(value: object) -> str:
    whole = isinstance(value, (int, np.integer)) and 1000 <= value < 10_000
    text = f"{value}" if whole else value if isinstance(value, str) else ""
    try:
        last_day(text)
    except ValueError:
        rule = 'must be a year such as 2024, or "2021/22" if it ends on 20 March'
        raise FactError([Fault("year", rule, value)]) from None
    return text
