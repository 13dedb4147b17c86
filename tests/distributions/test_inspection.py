"""A law that a user gives is looked at once, when the fact is made: each fault names the address."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special, stats
from tiny import TINY, faults_of

import avtosim as av
from avtosim.declare.inspection import SHARES, flaw_of

#: SciPy's distributions of every make: bounded, half bounded, endless, discrete, without a mean, all in one point.
SOUND = [
    stats.norm(5, 2),
    stats.norm(1e12, 1),
    stats.uniform(-1, 4),
    stats.beta(0.7, 3),
    stats.beta(0.05, 0.05),
    stats.beta(2, 0.5, loc=-1, scale=3),
    stats.gamma(0.01),
    stats.gamma(2.5, scale=3),
    stats.lognorm(0.5, scale=2),
    stats.lognorm(9),
    stats.weibull_min(1.4),
    stats.truncnorm(-1, 2),
    stats.triang(0),
    stats.t(5),
    stats.cauchy(),
    stats.levy(),
    stats.pareto(0.5),
    stats.genextreme(-0.3),
    stats.genextreme(0.3),
    stats.loguniform(1e-8, 1e8),
    stats.vonmises(2),
    stats.skewnorm(4),
    stats.poisson(3.3),
    stats.poisson(0),
    stats.binom(10, 0.3),
    stats.geom(0.2),
    stats.zipf(2.5),
    stats.hypergeom(20, 7, 12),
    stats.skellam(5, 3),
    stats.rv_discrete(values=([1, 2, 4], [0.2, 0.3, 0.5]))(),
    stats.rv_histogram(np.histogram([1, 2, 2, 3, 5, 8, 8, 9], bins=4)),
]


class Square:
    """A sound law without mean and support: the square of a uniform number."""

    def ppf(self, u: Any) -> Any:
        """Quantiles."""
        return np.asarray(u, dtype=float) ** 2

    def cdf(self, x: Any) -> Any:
        """Shares."""
        return np.sqrt(np.clip(x, 0.0, 1.0))


def square(**methods: Any) -> Any:
    """The sound law with some methods replaced."""
    return type("Wrong", (Square,), methods)()


def rate(law: Any) -> av.Partner:
    """A partner with this law as its fill rate."""
    return av.Partner(name="P", fill_rate=law)


def _raises(error: BaseException) -> Callable[..., Any]:
    def method(*_: Any) -> Any:
        raise error

    return method


_RANDOM = np.random.default_rng(1)
_CALLS = iter(range(1000))
ppf, cdf = Square.ppf, Square.cdf

#: A fault, the law that has it, and words that its message must hold.
FLAWED: list[tuple[str, Any, str]] = [
    ("nan", square(ppf=lambda law, u: np.where(np.asarray(u) > 0.9, np.nan, ppf(law, u))), "finite numbers"),
    ("inf", square(ppf=lambda law, u: np.where(np.asarray(u) > 0.9, np.inf, ppf(law, u))), "ppf(0.95) is inf"),
    (
        "inf at the last share",
        square(ppf=lambda law, u: np.where(np.asarray(u) > 1 - 1e-12, np.inf, ppf(law, u))),
        "inf",
    ),
    ("falls", square(ppf=lambda law, u: ppf(law, 1.0 - np.asarray(u))), "must not fall"),
    ("dips", square(ppf=lambda law, u: np.where(np.asarray(u) > 0.95, 0.5, ppf(law, u))), "must not fall"),
    ("complex", square(ppf=lambda law, u: ppf(law, u) + 0j), "real numbers; it gives complex"),
    ("text", square(ppf=lambda law, u: ppf(law, u).astype(str)), "real numbers; it gives str"),
    ("objects", square(ppf=lambda law, u: ppf(law, u).astype(object)), "real numbers; it gives object"),
    ("truth values", square(ppf=lambda _, u: np.asarray(u) > 0.5), "real numbers; it gives bool"),
    ("None", square(ppf=lambda *_: None), "real numbers; it gives object"),
    ("one number for all", square(ppf=lambda *_: 0.5), "keep the shape"),
    ("a longer row", square(ppf=lambda law, u: np.append(ppf(law, u), 1.0)), "keep the shape"),
    ("a flat row", square(ppf=lambda law, u: np.ravel(ppf(law, u))), "keep the shape"),
    ("single numbers only", square(ppf=lambda _, u: math.sqrt(u)), "numpy.asarray"),
    ("comparison of an array", square(ppf=lambda _, u: 0.0 if u < 0.5 else 1.0), "numpy.asarray"),
    ("arrays only", square(ppf=lambda law, u: ppf(law, u[u >= 0])), "must keep the shape"),
    (
        "changes what it is given",
        square(ppf=lambda _, u: np.multiply(u, u, out=u) if np.ndim(u) else u * u),
        "leave its",
    ),
    ("another number each time", square(ppf=lambda law, u: ppf(law, u) * 0.5 ** next(_CALLS)), "when called again"),
    ("random", square(ppf=lambda _, u: np.sort(_RANDOM.random(np.shape(u)))), "must"),
    ("too few arguments", square(ppf=lambda _: 0.5), "TypeError"),
    ("an error in ppf", square(ppf=_raises(ZeroDivisionError("no stock"))), "ZeroDivisionError: no stock"),
    (
        "an error in cdf",
        square(cdf=_raises(KeyError("rate"))),
        "its cdf must keep the shape (60,) of its argument and give real numbers; it raised KeyError",
    ),
    ("an error in support", square(support=_raises(RuntimeError("late"))), "RuntimeError: late"),
    (
        "an error in mean",
        square(mean=_raises(OSError("gone"))),
        "its mean() must give a number; it raised OSError: gone",
    ),
    ("recursion without end", square(ppf=lambda law, u: law.ppf(u)), "RecursionError"),
    ("cdf nan below", square(cdf=lambda _, x: np.sqrt(np.minimum(x, 1.0))), "below the lowest value it is 0"),
    ("cdf above 1", square(cdf=lambda _, x: np.sqrt(np.maximum(x, 0.0))), "from 0 to 1"),
    ("cdf negative", square(cdf=lambda _, x: np.minimum(x, 1.0)), "from 0 to 1"),
    ("cdf in per cent", square(cdf=lambda law, x: 100.0 * cdf(law, x)), "from 0 to 1"),
    ("cdf falls", square(cdf=lambda law, x: 1.0 - cdf(law, x)), "cdf must not fall"),
    ("cdf of another law", square(cdf=lambda _, x: np.clip(x, 0.0, 1.0)), "must undo its ppf"),
    ("density for cdf", square(cdf=lambda _, x: np.clip(2.0 * np.asarray(x), 0.0, 1.0)), "must undo its ppf"),
    (
        "rank for cdf",
        square(
            ppf=lambda _, u: np.quantile([0.1, 0.2, 0.9], u),
            cdf=lambda _, x: np.mean(np.asarray(x)[..., None] >= [0.1, 0.2, 0.9], axis=-1),
        ),
        "Empirical",
    ),
    ("support too narrow", square(support=lambda _: (0.0, 0.5)), "must lie in its support, 0 to 0.5"),
    ("support turned round", square(support=lambda _: (1.0, 0.0)), "lowest and its highest value; got 1 and 0"),
    ("support nan", square(support=lambda _: (np.nan, 1.0)), "got nan and 1"),
    ("support text", square(support=lambda _: "wide"), "lowest and its highest value; it gives str"),
    (
        "support of three",
        square(support=lambda _: (0, 1, 2)),
        "lowest and its highest value; it gives int64 of shape (3,)",
    ),
    (
        "ends nan",
        square(ppf=lambda law, u: np.where((np.asarray(u) <= 0) | (np.asarray(u) >= 1), np.nan, ppf(law, u))),
        "at 0",
    ),
    ("mean too high", square(mean=lambda _: 0.9), "agree with its quantiles"),
    ("mean nan", square(mean=lambda _: np.nan), "agree with its quantiles"),
    ("attributes that raise", square(discrete=property(_raises(RuntimeError("later")))), "RuntimeError: later"),
    ("values without measure", square(ppf=lambda law, u: 1e16 * ppf(law, u)), "at most 1e+15 in size"),
    ("mean text", square(mean=lambda _: "0.33"), "must give a number"),
    ("support of texts", square(support=lambda _: ("0", "1")), "lowest and its highest value; it gives str"),
    (
        "beyond the rule",
        square(ppf=lambda law, u: 2 * ppf(law, u), cdf=lambda law, x: cdf(law, np.asarray(x) / 2)),
        "[0, 1]",
    ),
    ("scipy out of bounds", stats.beta(-1, 2), "finite numbers"),
    ("scipy in rows", stats.beta([1, 2], 3), "must keep the shape"),
]


@pytest.mark.parametrize("law", [*SOUND, Square()], ids=lambda law: getattr(getattr(law, "dist", law), "name", "own"))
def test_sound_laws_pass(law: Any) -> None:
    """SciPy's frozen distributions of every make, and a law with ppf and cdf alone, are taken."""
    assert flaw_of(law) is None
    assert 25 <= SHARES.size <= 35


@pytest.mark.parametrize(("law", "words"), [case[1:] for case in FLAWED], ids=[case[0] for case in FLAWED])
def test_a_flawed_law_is_refused(law: Any, words: str) -> None:
    """Each flaw is one fault at the address of the field, with the rule; the same inside Varying and Truncated."""
    faults = faults_of(rate, law)
    assert list(faults) == ["partners.P.fill_rate"]
    assert words in faults["partners.P.fill_rate"]
    if words != "[0, 1]":
        assert list(faults_of(av.Varying, law=law)) == ["varying.law"]
        assert list(faults_of(av.Truncated, law=law, low=0.1)) == ["truncated.law"]


def test_a_flaw_in_a_table_has_the_address_of_its_row() -> None:
    """The address of a flawed law in a table ends with its name."""
    flawed = square(mean=lambda _: 0.9)
    address = "shocks.S.supply.P"
    window = av.Window(start=1, duration=1)
    assert list(faults_of(av.Shock, name="S", window=window, supply={"P": flawed})) == [address]


def test_an_object_whose_attributes_raise_is_no_law() -> None:
    """What raises when its methods are looked up is refused as no law."""

    class Closed:
        def __getattr__(self, name: str) -> Any:
            raise (RuntimeError if name in ("ppf", "cdf", "redrawn", "law") else AttributeError)(name)

    assert "must be a number, a law" in faults_of(rate, Closed())["partners.P.fill_rate"]


def test_warnings_stay_inside() -> None:
    """A law that warns is taken, also where warnings and floating-point signals are errors."""

    class Warns(Square):
        def ppf(self, u: Any) -> Any:
            warnings.warn("slow", stacklevel=1)
            return super().ppf(u) + 0.0 * np.log(0.0 * np.asarray(u) + 1e-320)

    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        rate(Warns())


def test_an_interruption_goes_through() -> None:
    """Ctrl-C while a law is looked at is no fault of the law."""
    with pytest.raises(KeyboardInterrupt):
        rate(square(ppf=_raises(KeyboardInterrupt())))


@pytest.mark.parametrize(
    "law",
    [av.Bernoulli(chance=0.5), stats.poisson(2), av.Clipped(law=av.Normal(mean=1, sd=1), low=0), av.Empirical([0, 1])],
)
def test_an_open_end_holds_no_value(law: Any) -> None:
    """A field that must be above zero refuses a law that gives zero with some probability."""
    assert (
        "above zero; this law gives 0 with probability"
        in faults_of(av.Stops, per_year=1, duration=law)["stops.duration"]
    )
    av.Stops(per_year=1, duration=av.Exponential(1))


def test_bounds_within_bounds_are_refused() -> None:
    """A bounded law is not bounded again, whichever way: the message says what to do."""
    once = av.Clipped(law=av.Normal(mean=0.5, sd=1), low=0)
    for again in (av.Truncated, av.Clipped):
        text = faults_of(again, law=once, high=1)
        assert list(text) == [f"{again.kind}.law"]
        assert "state one pair of bounds around Normal(mean=0.5, sd=1.0)" in text[f"{again.kind}.law"]
        assert list(faults_of(again, law=av.Truncated(law=stats.norm(), low=0))) == [f"{again.kind}.law"]


def test_a_file_of_bounds_within_bounds_is_refused_at_once() -> None:
    """Ten bounds, each around the next, are one fault that names the innermost pair."""
    law = "{ normal = [1, 2] }"
    for _ in range(10):
        law = f"{{ truncated = {{ law = {law}, low = 0 }} }}"
    faults = faults_of(av.loads, TINY.replace("plan = { value = 500,", f"plan = {{ {law[2:-2]},"))
    assert list(faults) == ["vehicles.U5 Plus.plan" + 9 * ".law"]


@pytest.mark.parametrize("law", [stats.pareto(0.5), stats.pareto(1), stats.cauchy(), stats.levy()])
def test_a_law_without_a_mean_is_refused_where_one_is_needed(law: Any) -> None:
    """The stationary start, plans and demand need a mean; other places take the law."""
    positive = law if law.support()[0] >= 0 else av.Truncated(law=law, low=0.1)
    av.Stops(per_year=1, duration=positive)
    assert "finite mean" in faults_of(av.Stops, per_year=1, duration=positive, at_start="stationary")["stops.duration"]
    assert list(faults_of(av.Market, name="M", per_year=av.Varying(law=positive))) == ["markets.M.per_year"]
    vehicle = {"name": "V", "partner": "P", "line": "L", "market": "M", "market_share": 0.1}
    assert list(faults_of(av.Vehicle, **vehicle, plan=positive)) == ["vehicles.V.plan"]


def test_a_mean_that_rests_on_the_unseen_is_none() -> None:
    """A law of ppf and cdf alone has its mean from its quantiles, unless its tail is too heavy for one."""

    class Heavy:
        def __init__(self, power: float) -> None:
            self.power = power

        def ppf(self, u: Any) -> Any:
            return (1.0 - np.asarray(u)) ** -self.power

        def cdf(self, x: Any) -> Any:
            return 1.0 - np.maximum(x, 1.0) ** (-1.0 / self.power)

    with np.errstate(divide="ignore"):
        assert list(faults_of(av.Market, name="M", per_year=Heavy(1.2))) == ["markets.M.per_year"]
        av.Market(name="M", per_year=Heavy(0.4))


def test_a_normal_score_reaches_the_outermost_share() -> None:
    """The outermost shares looked at are the outermost that a run can draw."""
    assert SHARES[0] <= special.ndtr(-8.2)
    assert SHARES[-1] >= special.ndtr(8.2)
