"""Fill rates from months of deliveries: the law of a month, how alike months are, and what stays uncertain."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import attrs
import numpy as np
from scipy import special

from ..answers.readonly import ReadOnly
from ..answers.table import Column, Table
from ..declare.faults import FactError, Fault
from ..declare.moments import Date
from ..laws.continuous import Beta
from ..laws.varying import Varying
from ..say import say
from .durations import Floats, digits
from .fits import Fit, Found, origin, warn_of_few
from .tables import Row, kinds_of, moment, moment_in, months, number, raise_all, require_one_kind, rows_of

#: Priors on the scale of arcsin(sqrt(fill rate)): the class's level, by a fill rate and an sd; the scales of the
#: half-normal ones of the sd between partners, between years and between months; persistence is uniform.
LEVEL, PARTNERS, YEARS, MONTHS = (0.85, 0.3), 0.2, 0.1, 0.3
_BETWEEN_PARTNERS, _BETWEEN_YEARS = np.array([0.06, 0.18, 0.3, 0.42]), np.array([0.03, 0.09, 0.15, 0.21])
_BETWEEN_MONTHS, _PERSISTENCE = np.geomspace(0.02, 0.6, 10), (0.0, 0.2, 0.4, 0.6, 0.8, 0.95)
_CENTER = math.asin(math.sqrt(LEVEL[0]))
_COLUMNS = ("partner", "month", "due", "arrived")
#: The part of a full turn that a fill rate of 1 is.
_FULL = 0.5 * math.pi
_NODES, _WEIGHTS = (np.asarray(part) for part in np.polynomial.hermite_e.hermegauss(80))


@attrs.frozen(kw_only=True, eq=False, repr=False)
class FillRateFit(Fit):
    """What share of the kits due arrives, from months of deliveries. Print it for a table.

    ``fit["Kaiyi"]`` is a ``Varying`` fill rate; the name of a kind ("all" where no kinds are stated) gives that of a
    partner of this kind without records of its own. ``fit_fill_rate`` makes it.

    Parameters
    ----------
    found : mapping of str to Found
        What was found, by partner and by kind.
    kinds : mapping of str to sequence of str
        The partners of each kind.
    shares : mapping of str to mapping of int to float
        The fill rate of each partner by month, counted as in ``months`` of dates or as the table has them; only months
        in which something was due.
    """

    field: ClassVar[str] = "fill_rate"
    numbers: ClassVar[tuple[str, ...]] = ("fill_rate",)
    shares: Mapping[str, Mapping[int, float]] = attrs.field(converter=ReadOnly)

    def __getitem__(self, name: str) -> Varying:
        """Return the fill rate of a partner, or of a new one of a kind.

        Parameters
        ----------
        name : str
            The partner or the kind.

        Returns
        -------
        Varying
            A beta law of each month. ``lasting`` also holds how years differ and what is uncertain about the level.

        Raises
        ------
        FactError
            If there is no such name.
        """
        varying: Varying = super().__getitem__(name)
        return varying

    def year(self, name: str) -> Beta:
        """The law of the mean of the twelve months of a year to come.

        Parameters
        ----------
        name : str
            A partner, or a kind for a new partner of it.

        Returns
        -------
        Beta
            With the mean and the variance that the fill rate of this name has over a year.

        Raises
        ------
        FactError
            If there is no such name.
        """
        return _of_year(self[name])

    @property
    def table(self) -> Table:
        """Quantiles of a month and of a year's mean, and how alike months are, partner by partner."""
        names = (
            *(say("month {share}", share=share) for share in ("P10", "P50", "P90")),
            say("persistence"),
            say("lasting"),
            *(say("year {share}", share=share) for share in ("P5", "P50", "P95")),
        )
        columns = (Column(say("partner")), Column(say("months"), "count"), *(Column(name, "plain") for name in names))

        def numbers(name: str) -> Iterator[float]:
            varying = self[name]
            yield from varying.law.ppf([0.1, 0.5, 0.9])
            yield from (varying.persistence, varying.lasting)
            yield from self.year(name).ppf([0.05, 0.5, 0.95])

        title = say("share of the kits due that arrives: in one month, and on average over a year")
        return Table(columns, self._rows(self.kinds, numbers), title=title)


def fit_fill_rate(table: Any, *, like: Mapping[str, str] | None = None) -> FillRateFit:
    """Find from months of deliveries what share of the kits due arrives.

    Parameters
    ----------
    table : path, data frame or rows
        A CSV file, a pandas data frame or mappings with ``partner``, ``month`` (as YYYY-MM, or a whole number), ``due``
        and ``arrived``, in kits. A month in which nothing was due is ignored. A column ``source`` goes into the
        provenance; others are ignored.
    like : mapping from str to str, optional
        The kind of each partner; partners of one kind are taken to be alike. By default all are of one kind, "all".

    Returns
    -------
    FillRateFit
        By partner and by kind: print it, or put it into a scenario by ``scenario.replace(**fit.changes({...}))``.

    Raises
    ------
    FactError
        For missing columns, a month that is stated twice, kits that are not a number of zero or more, or more kits
        arrived than due; each with its row, partner and value.
    OSError
        If the file cannot be read.

    Warns
    -----
    UserWarning
        If there are fewer than five months of a kind: fill rates then rest mostly on the prior.

    Notes
    -----
    The arcsine of the square root of a month's fill rate varies about equally for good and bad partners. It is modelled
    as the level of the kind, plus normal effects of the partner and of the calendar year (twelve months from each
    multiple of twelve, for months by number), plus a stationary autoregressive process of the months. Standard
    deviations and persistence are on a grid, with weak priors: half-normal 0.2 between partners, 0.1 between years and
    0.3 between months, uniform for persistence from 0 to 0.95, normal with sd 0.3 for the level, about that of a fill
    rate of 0.85. All of them are guesses. For each point of the grid the rest is normal and exact.

    The months of one year do not say how years differ, so the prior decides that. What is uncertain about next year's
    level, with the year's own effect, is the ``lasting`` share of the variance. The law of a month is the beta law with
    the mean and the variance that follow. In a scenario the laws of the partners are independent, although what is
    uncertain about their kind is in fact common to them. Months in which a partner was stopped belong to its stops:
    leave them out, or they count twice. It takes some hundredths of a second; a partner with hundreds of months takes
    about a second. Source: Gelman et al. (2013), Bayesian Data Analysis, chapter 5.

    Examples
    --------
    >>> import avtosim
    >>> arrived = [880, 940, 910, 790, 700, 760, 850, 930, 960, 900, 870, 920]
    >>> months = [{"partner": "Kaiyi", "month": m, "due": 1000, "arrived": n} for m, n in enumerate(arrived)]
    >>> fit = avtosim.fit_fill_rate(months)
    >>> fit.provenance("Kaiyi").note
    '12 months, 10,410 of 12,000 kits arrived; class of 1 partner'
    """
    rows = rows_of(table, "table", _COLUMNS)
    shares = _shares(rows)
    found: dict[str, Found] = {}
    kinds = kinds_of(shares, like)
    for kind, names in kinds.items():
        for name, varying in zip([*names, kind], _levels([shares[name] for name in names]), strict=True):
            members = names if name == kind else [name]
            own = [row for row in rows if row.cells["partner"] in members]
            count = sum(len(shares[member]) for member in members)
            until = (moment(row.cells["month"]) for row in own)
            found[name] = Found(varying, origin(_note(count, own, len(names)), own, until), (count,))
    counts = {kind: sum(len(shares[name]) for name in names) for kind, names in kinds.items()}
    warn_of_few("fit_fill_rate", counts, "months", f"fill rates rest mostly on the prior, a guess: about {LEVEL[0]:g}")
    return FillRateFit(found=found, kinds=kinds, shares=shares)


def _shares(rows: Sequence[Row]) -> dict[str, dict[int, float]]:
    """The fill rate of each partner and month in which something was due."""
    faults: list[Fault] = []
    stated: list[float] = []
    shares: dict[str, dict[int, float]] = defaultdict(dict)
    seen: set[tuple[str, int]] = set()
    for row in rows:
        at = moment_in(row, "month", faults)
        due, arrived = number(row, "due", faults), number(row, "arrived", faults)
        if at is None:
            continue
        stated.append(at)
        month, name = math.floor(months(at, "opening")), row.cells["partner"]
        if not isinstance(at, Date) and at != month:
            faults.append(row.fault("month", "must be a whole number, or a month as YYYY-MM"))
        elif (name, month) in seen:
            faults.append(row.fault("month", "must be stated once for each partner"))
        elif arrived > due:
            hint = "count late kits in the month in which they were due"
            faults.append(row.fault("arrived", f"must not be more than was due ({due:g})", hint))
        elif due > 0.0:
            shares[name][month] = arrived / due
        seen.add((name, month))
    raise_all(faults)
    require_one_kind(stated, "table, month")
    if not shares:
        raise FactError([Fault("table", "must hold at least one month in which something was due")])
    return dict(shares)


@attrs.frozen
class _Seen:
    """What the months of one partner say, for each point of the grid: sums weighed by the inverse of the covariance."""

    ones: Floats
    values: Floats
    log: Floats


def _levels(partners: Sequence[Mapping[int, float]]) -> list[Varying]:
    """The fill rate of each partner of a kind, and behind them that of a new one."""
    p, y, s, r = (
        axis.ravel()
        for axis in np.meshgrid(_BETWEEN_PARTNERS, _BETWEEN_YEARS, _BETWEEN_MONTHS, _PERSISTENCE, indexing="ij")
    )
    every = [_seen(shares, p, y, s, r) for shares in partners]
    # The class's level is normal for each point of the grid.
    precision = LEVEL[1] ** -2 + sum(seen.ones for seen in every)
    center = (_CENTER * LEVEL[1] ** -2 + sum(seen.values for seen in every)) / precision
    logs = -0.5 * ((p / PARTNERS) ** 2 + (y / YEARS) ** 2 + (s / MONTHS) ** 2) + np.log(s)
    logs = logs + sum(seen.log for seen in every) + 0.5 * (center**2 * precision - np.log(precision))
    weights = special.softmax(logs)
    new = _Seen(np.zeros(p.size), np.zeros(p.size), np.zeros(p.size))
    found = []
    for seen in [*every, new]:
        kept = 1.0 - p**2 * seen.ones
        level = center * kept + p**2 * seen.values
        spread = kept**2 / precision + p**2 * kept + y**2
        mean = np.dot(weights, level)
        lasting = float(np.dot(weights, spread + (level - mean) ** 2))
        found.append(_varying(float(mean), lasting, float(np.dot(weights, s**2)), float(np.dot(weights, r))))
    return found


def _seen(shares: Mapping[int, float], p: Floats, y: Floats, s: Floats, r: Floats) -> _Seen:
    at = np.array([*shares])
    values = np.arcsin(np.sqrt([*shares.values()]))
    apart = np.abs(at[:, None] - at)
    same_year = at[:, None] // 12 == at // 12
    covariance = (p**2)[:, None, None] + (y**2)[:, None, None] * same_year
    covariance = covariance + (s**2)[:, None, None] * r[:, None, None] ** apart
    both = np.stack([np.ones(at.size), values], axis=1)
    solved = np.linalg.solve(covariance, np.broadcast_to(both, (p.size, *both.shape)))
    squares = np.einsum("ij,gik->gjk", both, solved)
    log = -0.5 * (squares[:, 1, 1] + np.linalg.slogdet(covariance)[1])
    return _Seen(squares[:, 0, 0], squares[:, 0, 1], log)


def _varying(mean: float, lasting: float, monthly: float, persistence: float) -> Varying:
    """The fill rate whose arcsine has this mean and these variances, as a beta law of each month."""
    total = lasting + monthly
    rates = np.sin(np.clip(mean + math.sqrt(total) * _NODES, 0.0, _FULL)) ** 2
    mean_rate = float(np.average(rates, weights=_WEIGHTS))
    law = _beta(mean_rate, float(np.average((rates - mean_rate) ** 2, weights=_WEIGHTS)))
    return Varying(law, persistence=digits(persistence), lasting=digits(lasting / total))


def _beta(mean: float, variance: float) -> Beta:
    both = mean * (1.0 - mean) / variance - 1.0
    return Beta(digits(both * mean), digits(both * (1.0 - mean)))


def _of_year(varying: Varying) -> Beta:
    """The law of the mean of twelve months: exact mean and variance, by Hermite polynomials of the months' scores."""
    law: Any = varying.law
    rates = law.ppf(special.ndtr(np.clip(_NODES, -8.0, 8.0)))
    mean = float(np.average(rates, weights=_WEIGHTS))
    lags = np.arange(1 - 12, 12)
    score = varying.lasting + (1.0 - varying.lasting) * varying.persistence ** np.abs(lags)
    variance = 0.0
    for order in range(1, 25):
        hermite = special.eval_hermitenorm(order, _NODES) / math.sqrt(math.factorial(order))
        part = float(np.average(rates * hermite, weights=_WEIGHTS))
        variance += part**2 * float(np.dot(score**order, 12 - np.abs(lags))) / 144.0
    return _beta(mean, variance)


def _note(months: int, rows: Sequence[Row], partners: int) -> str:
    due, arrived = (sum(float(row.cells[column]) for row in rows) for column in ("due", "arrived"))
    of = f"class of {partners} partner{'s' if partners > 1 else ''}"
    return f"{months} month{'s' if months > 1 else ''}, {arrived:,.0f} of {due:,.0f} kits arrived; {of}"
