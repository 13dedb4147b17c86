"""Laws of the user's own with faults of every kind, and laws that cannot be what a field needs."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special, stats

import avtosim as av

from .judge import Case
from .plants import SOUND, Raw, document, plant, text_of

__all__ = ["cases"]


class _Law:
    """The uniform law between 0.2 and 0.8, with one of its methods put wrong."""

    def __init__(self, **methods: Any) -> None:
        for name, method in methods.items():
            setattr(self, name, method)

    def ppf(self, u: Any) -> Any:
        return 0.2 + 0.6 * np.asarray(u)

    def cdf(self, x: Any) -> Any:
        return np.clip((np.asarray(x) - 0.2) / 0.6, 0.0, 1.0)

    def support(self) -> Any:
        return 0.2, 0.8

    def mean(self) -> Any:
        return 0.5

    def __repr__(self) -> str:
        return "OwnLaw()"


class _NoSupport(_Law):
    support = None  # type: ignore[assignment]
    mean = None  # type: ignore[assignment]


def _raises(error: Exception) -> Callable[..., Any]:
    def method(*_: Any) -> Any:
        raise error

    return method


class _Restless:
    """A quantile that is another one each time it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, u: Any) -> Any:
        self.calls += 1
        return 0.2 + 0.5 * np.asarray(u) + 0.001 * self.calls


class _Late:
    """A quantile that breaks after it was looked at."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self, u: Any) -> Any:
        self.left -= 1
        return 0.2 + 0.6 * np.asarray(u) if self.left > 0 else np.full(np.shape(u), np.nan)


class _OwnError(Exception):
    pass


def _spoils(u: Any) -> Any:
    u *= 0.6
    u += 0.2
    return u


def _ppfs() -> list[tuple[str, Any]]:
    """Wrong quantiles."""
    errors = (
        ValueError("boom"),
        KeyError("boom"),
        ZeroDivisionError("boom"),
        AttributeError("boom"),
        RuntimeError("boom"),
        IndexError("boom"),
        NotImplementedError("boom"),
        FloatingPointError("boom"),
        TypeError("boom"),
        AssertionError("boom"),
        _OwnError("boom"),
        RecursionError("boom"),
        StopIteration("boom"),
        OverflowError("boom"),
        np.linalg.LinAlgError("boom"),
    )
    made: list[tuple[str, Any]] = [(f"raises {type(error).__name__}", _raises(error)) for error in errors]
    made += [
        ("gives None", lambda _: None),
        ("gives text", lambda _: "0.5"),
        ("gives text in an array", lambda u: np.full(np.shape(u), "0.5")),
        ("gives objects", lambda u: np.full(np.shape(u), None)),
        ("gives complex numbers", lambda u: 0.2 + 0.6 * np.asarray(u) + 0.1j),
        ("gives truth values", lambda u: np.asarray(u) > 0.5),
        ("gives one number for all", lambda _: 0.5),
        ("takes one number only", lambda u: 0.2 + 0.6 * float(u)),
        ("takes one number only, through math", math.sqrt),
        ("gives too many", lambda u: np.append(0.2 + 0.6 * np.asarray(u), 0.8)),
        ("gives too few", lambda u: (0.2 + 0.6 * np.asarray(u))[:-1]),
        ("gives a column", lambda u: (0.2 + 0.6 * np.asarray(u))[..., None]),
        ("gives nothing", lambda _: np.array([])),
        ("gives a table", lambda u: {"u": u}),
        ("gives NaN everywhere", lambda u: np.full(np.shape(u), np.nan)),
        ("gives NaN above 0.9", lambda u: np.where(np.asarray(u) > 0.9, np.nan, 0.2 + 0.6 * np.asarray(u))),
        ("gives NaN below 0.05", lambda u: np.where(np.asarray(u) < 0.05, np.nan, 0.2 + 0.6 * np.asarray(u))),
        ("gives infinity above 0.9", lambda u: np.where(np.asarray(u) > 0.9, np.inf, 0.2 + 0.6 * np.asarray(u))),
        ("gives minus infinity below 0.1", lambda u: np.where(np.asarray(u) < 0.1, -np.inf, 0.5)),
        ("falls", lambda u: 0.8 - 0.6 * np.asarray(u)),
        ("falls in the middle", lambda u: 0.5 + 0.2 * np.sin(9.0 * np.asarray(u))),
        ("falls at the end", lambda u: np.where(np.asarray(u) > 0.95, 0.3, 0.2 + 0.6 * np.asarray(u))),
        ("leaves its support above", lambda u: 0.2 + 0.8 * np.asarray(u)),
        ("leaves its support below", lambda u: 0.1 + 0.7 * np.asarray(u)),
        ("leaves the rule of the field", lambda u: 2.0 * np.asarray(u) - 0.5),
        ("changes from call to call", _Restless()),
        ("spoils what it is given and is right once", _spoils),
        ("is no function", 0.5),
        ("takes no argument", lambda: 0.5),
        ("takes two arguments", lambda u, v: u + v),
        ("gives huge numbers", lambda u: 1e200 * (1.0 + np.asarray(u))),
    ]
    return made


def _cdfs() -> list[tuple[str, Any]]:
    """Wrong distribution functions."""
    return [
        ("raises ValueError", _raises(ValueError("boom"))),
        ("raises KeyError", _raises(KeyError("boom"))),
        ("raises its own error", _raises(_OwnError("boom"))),
        ("gives None", lambda _: None),
        ("gives text", lambda _: "half"),
        ("gives NaN", lambda x: np.full(np.shape(x), np.nan)),
        ("exceeds 1", lambda x: 2.0 * (np.asarray(x) - 0.2)),
        ("lies below 0", lambda x: np.asarray(x) - 0.8),
        ("falls", lambda x: 1.0 - np.clip((np.asarray(x) - 0.2) / 0.6, 0.0, 1.0)),
        ("belongs to another law", special.ndtr),
        ("is zero everywhere", lambda x: np.zeros(np.shape(x))),
        ("is one everywhere", lambda x: np.ones(np.shape(x))),
        ("is per cent", lambda x: 100.0 * np.clip((np.asarray(x) - 0.2) / 0.6, 0.0, 1.0)),
        ("is the share above", lambda x: np.clip((0.8 - np.asarray(x)) / 0.6, 0.0, 1.0)),
        ("has the square of the scale", lambda x: np.clip((np.asarray(x) - 0.2) / 0.36, 0.0, 1.0)),
        ("is no function", 1.0),
        ("gives complex numbers", lambda x: np.asarray(x) + 0.1j),
    ]


def _supports() -> list[tuple[str, Any]]:
    return [
        ("raises ValueError", _raises(ValueError("boom"))),
        ("raises KeyError", _raises(KeyError("boom"))),
        ("raises ZeroDivisionError", _raises(ZeroDivisionError("boom"))),
        ("gives None", lambda: None),
        ("gives one number", lambda: 0.2),
        ("gives three numbers", lambda: (0.2, 0.5, 0.8)),
        ("gives text", lambda: ("low", "high")),
        ("gives NaN", lambda: (math.nan, math.nan)),
        ("is upside down", lambda: (0.8, 0.2)),
        ("is too narrow", lambda: (0.4, 0.6)),
        ("breaks the rule of the field", lambda: (-5.0, 5.0)),
        ("gives rows", lambda: ([0.2, 0.2], [0.8, 0.8])),
        ("gives nothing", lambda: ()),
    ]


def _means() -> list[tuple[str, Any]]:
    return [
        ("raises KeyError", _raises(KeyError("boom"))),
        ("raises its own error", _raises(_OwnError("boom"))),
        ("gives None", lambda: None),
        ("gives NaN", lambda: math.nan),
        ("gives infinity", lambda: math.inf),
        ("gives text", lambda: "half"),
        ("gives a row", lambda: [0.5, 0.5]),
        ("lies outside its support", lambda: 7.0),
        ("gives a complex number", lambda: 0.5j),
    ]


_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "Partner.fill_rate": ("fill_rate", lambda law: av.Partner(name="P", fill_rate=law)),
    "Stops.duration": ("duration", lambda law: av.Stops(per_year=1.0, duration=law)),
    "Market.per_year": ("per_year", lambda law: av.Market(name="M", per_year=law)),
    "Varying.law": ("fill_rate|law", lambda law: av.Partner(name="P", fill_rate=av.Varying(law=law))),
    "Truncated.law": ("law", lambda law: av.Truncated(law=law, low=0.3)),
    "Market.elasticities": ("elasticities", lambda law: av.Market(name="M", per_year=1.0, elasticities={"f": law})),
}
# What a field of any number cannot know to be wrong.
_FINE_ANYWHERE = {"leaves the rule of the field", "breaks the rule of the field"}


def _own_laws() -> Iterator[Case]:
    faulty = [
        *((f"ppf {kind}", "ppf", method) for kind, method in _ppfs()),
        *((f"cdf {kind}", "cdf", method) for kind, method in _cdfs()),
        *((f"support {kind}", "support", method) for kind, method in _supports()),
    ]
    for kind, name, method in faulty:
        for field, (place, make) in _FIELDS.items():
            if field in ("Market.elasticities", "Truncated.law") and kind.split(" ", 1)[1] in _FINE_ANYWHERE:
                continue
            if field == "Truncated.law" and name == "support" and "rule" in kind:
                continue
            yield Case(
                part="laws",
                name=f"{field}: a law whose {kind}",
                call=_made(make, {name: method}),
                says=(place,),
                quotes=True,
                hand=field == "Partner.fill_rate",
            )
    for kind, method in _means():
        for field, change in (
            ("markets.Russia.per_year", lambda law: {"markets.Russia.per_year": av.Varying(law=law)}),
            ("vehicles.U5 Plus.market_share", lambda law: {"vehicles.U5 Plus.market_share": av.Varying(law=law)}),
        ):
            yield Case(
                part="laws",
                name=f"{field}: a law whose mean {kind}",
                call=_answered(change, {"mean": method}),
                says=(rf"{field.rpartition('.')[2]}|varying\.law",),
                quotes=True,
                hand=True,
            )
        yield Case(
            part="laws",
            name=f"length of stops, stationary: a law whose mean {kind}",
            call=lambda _folder, method=method: _year(
                _stopping(av.Stops(per_year=2.0, duration=_Law(mean=method), at_start="stationary"))
            ),
            says=("duration",),
            quotes=True,
            hand=True,
        )


def _made(make: Callable[[Any], Any], methods: dict[str, Any]) -> Callable[[Path], Any]:
    def call(_folder: Path) -> Any:
        return make(_Law(**methods))

    return call


def _answered(change: Callable[[Any], dict[str, Any]], methods: dict[str, Any]) -> Callable[[Path], Any]:
    def call(_folder: Path) -> Any:
        # With a stock aimed at, the mean of a demand that is redrawn each month is needed.
        vehicle = av.Vehicle(**SOUND["Vehicle"], stock_cover=1.0)
        return _year(plant(vehicles=[vehicle]).replace(change(_Law(**methods))))

    return call


def _year(scenario: av.Scenario) -> av.Result:
    return av.simulate(scenario, runs=256, seed=1, progress=False)


def _stopping(stops: av.Stops) -> av.Scenario:
    return plant(partners=[av.Partner(name="BAIC", stops=stops)])


def _unbounded() -> Iterator[Case]:
    """Laws that are sound, but not what the field can take."""
    refused: list[tuple[str, Callable[[], Any], str]] = [
        ("a Cauchy law as plan", lambda: av.Vehicle(**{**SOUND["Vehicle"], "plan": stats.cauchy(500, 1)}), "plan"),
        ("a normal law as share", lambda: av.Partner(name="P", fill_rate=stats.norm(0.5, 0.1)), "fill_rate"),
        ("a Poisson law as share", lambda: av.Partner(name="P", fill_rate=stats.poisson(0.5)), "fill_rate"),
        ("a gamma law as whole months", lambda: av.Partner(name="P", lead_time=stats.gamma(2.0)), "lead_time"),
        ("a Poisson law without end as months", lambda: av.Partner(name="P", lead_time=stats.poisson(2)), "lead_time"),
        (
            "a density estimate",
            lambda: av.Partner(name="P", fill_rate=stats.gaussian_kde([0.1, 0.5, 0.6])),
            "fill_rate",
        ),
        (
            "the standard library's normal law",
            lambda: av.Partner(name="P", fill_rate=statistics.NormalDist(0.5, 0.1)),
            "fill_rate",
        ),
        ("a class", lambda: av.Partner(name="P", fill_rate=_Law), "fill_rate"),
        ("a module", lambda: av.Partner(name="P", fill_rate=stats), "fill_rate"),
        ("Varying of a number", lambda: av.Varying(law=0.5), "law"),
        ("Varying of Varying", lambda: av.Varying(law=av.Varying(law=av.Uniform(low=0.1, high=0.2))), "law"),
        ("a law of NaN", lambda: av.Partner(name="P", fill_rate=stats.uniform(math.nan, 0.1)), "fill_rate"),
        ("a law of infinity", lambda: av.Partner(name="P", fill_rate=stats.uniform(0.0, math.inf)), "fill_rate"),
        ("a beta law of no shape", lambda: av.Partner(name="P", fill_rate=stats.beta(0.0, 1.0)), "fill_rate"),
        ("a beta law upside down", lambda: av.Partner(name="P", fill_rate=stats.beta(2, 2, 0.5, -0.1)), "fill_rate"),
        ("lengths that may be negative", lambda: av.Stops(per_year=1.0, duration=stats.norm(1.0, 1.0)), "duration"),
    ]
    for name, call, place in refused:
        yield Case(part="laws", name=name, call=lambda _folder, call=call: call(), says=(place,), hand=True)
    for name, law in (("a Cauchy law", stats.cauchy(-1.0, 1.0)), ("a law without a mean", stats.pareto(0.3))):
        yield Case(
            part="laws",
            name=f"elasticity with {name}: an error or a number",
            call=lambda _folder, law=law: _elastic(law),
            says=("Russia|yuan",),
            right=_is_finite,
            hand=True,
        )
    yield Case(
        part="laws",
        name="a law that is not frozen stands for its standard form, or is refused",
        call=lambda _folder: av.Partner(name="P", fill_rate=stats.uniform),
        says=("fill_rate",),
        right=lambda made: tuple(map(float, made.fill_rate.support())) == (0.0, 1.0),
        hand=True,
    )
    stationary = "at_start='stationary'"
    for shape in (0.3, 0.5, 0.99, 1.0):
        yield Case(
            part="laws",
            name=f"stops as long as pareto({shape}), which has no mean, {stationary}",
            call=lambda _folder, shape=shape: _year(
                _stopping(av.Stops(per_year=1.0, duration=stats.pareto(shape), at_start="stationary"))
            ),
            says=("duration", "mean"),
            hand=True,
        )
    for name, law in (
        ("Cauchy, cut below", av.Truncated(law=stats.cauchy(1, 1), low=0.1)),
        ("halfcauchy", stats.halfcauchy(0.1)),
        ("levy", stats.levy(0.1)),
        ("loglaplace(1)", stats.loglaplace(1.0, loc=0.1)),
    ):
        yield Case(
            part="laws",
            name=f"stops as long as {name}, which has no mean, {stationary}",
            call=lambda _folder, law=law: _year(_stopping(av.Stops(per_year=1.0, duration=law, at_start="stationary"))),
            says=("duration",),
            hand=True,
        )
        yield Case(
            part="laws",
            name=f"demand of {name}, which has no mean",
            call=lambda _folder, law=law: _year(plant(markets=[av.Market(name="Russia", per_year=law)], factors=())),
            says=("per_year|markets",),
            right=_is_finite,
            hand=True,
        )


def _is_finite(result: Any) -> bool:
    """An answer is right if nothing in it depends on a mean that does not exist: it aims at no stock."""
    return bool(np.isfinite(result.annual).all())


def _elastic(law: Any) -> av.Result:
    market = av.Market(name="Russia", per_year=1000.0, elasticities={"yuan": law})
    factors = [av.Factor(name="yuan", volatility=5.0)]
    return _year(plant(markets=[market], factors=factors))


def _with_fill_rate(text: str) -> str:
    tables = document()
    tables["partners"]["BAIC"]["fill_rate"] = Raw(text)
    return text_of(tables)


def _nested() -> Iterator[Case]:
    """Bounds within bounds, and other laws within laws."""
    inner = av.Normal(mean=0.5, sd=0.1)

    def deep(levels: int) -> Any:
        law: Any = inner
        for level in range(levels):
            law = av.Truncated(law=law, low=-1.0 - level, high=2.0 + level)
        return law

    for levels in (2, 5, 20, 60):
        yield Case(
            part="laws",
            name=f"bounds within bounds, {levels} deep",
            call=lambda _f, n=levels: deep(n),
            says=("truncated", "bound"),
            hand=True,
        )
    for name, make in (
        ("clipped in truncated", lambda: av.Truncated(law=av.Clipped(law=inner, low=0.0), high=1.0)),
        ("truncated in clipped", lambda: av.Clipped(law=av.Truncated(law=inner, low=0.0), high=1.0)),
        ("clipped in clipped", lambda: av.Clipped(law=av.Clipped(law=inner, low=0.0), high=1.0)),
    ):
        yield Case(part="laws", name=name, call=lambda _f, make=make: make(), says=("bound",), hand=True)
    for word in ("truncated", "clipped"):
        for levels in (2, 20, 30, 90):
            text = "{ normal = [0.5, 0.1] }"
            for _ in range(levels):
                text = f"{{ {word} = {{ law = {text}, low = 0, high = 1 }} }}"
            yield Case(
                part="laws",
                name=f"a file with {word} {levels} deep",
                call=lambda _f, text=text: av.loads(_with_fill_rate(text)),
                says=("fill_rate|nested", "bound|nested"),
                hand=True,
            )
    for name, make, place in (
        ("nothing between the bounds", lambda: av.Truncated(law=av.Uniform(low=0, high=1), low=5.0), "truncated"),
        ("nothing below the bound", lambda: av.Clipped(law=av.Uniform(low=0, high=1), high=-5.0), "clipped"),
        ("bounds upside down", lambda: av.Truncated(law=inner, low=1.0, high=0.0), "truncated.high"),
        ("bounds at one place", lambda: av.Truncated(law=inner, low=0.5, high=0.5), "truncated.high"),
        ("bounds of a number", lambda: av.Truncated(law=0.5, low=0.0), "truncated.law"),
        ("bounds of Varying", lambda: av.Truncated(law=av.Varying(law=inner), low=0.0), "truncated.law"),
        ("bounds fifty deviations away", lambda: av.Truncated(law=inner, low=6.0, high=7.0), "truncated"),
    ):
        yield Case(part="laws", name=name, call=lambda _f, make=make: make(), says=(place,), hand=True)


def _extreme() -> Iterator[Case]:
    """Parameters so large or so small that a law may overflow: its numbers are finite, or it is refused."""
    laws: list[tuple[str, Callable[[], Any], str]] = [
        ("LogNormal(1e15, 10)", lambda: av.LogNormal(median=1e15, log_sd=10.0), "lognormal"),
        ("LogNormal(1e-300, 10)", lambda: av.LogNormal(median=1e-300, log_sd=10.0), "lognormal"),
        ("LogNormal(1, 1e-300)", lambda: av.LogNormal(median=1.0, log_sd=1e-300), "lognormal"),
        ("LogNormalRange(1e-300, 1)", lambda: av.LogNormalRange(low=1e-300, high=1.0), "lognormal_range"),
        ("LogNormalRange(1, 1e15)", lambda: av.LogNormalRange(low=1.0, high=1e15), "lognormal_range"),
        (
            "LogNormalRange(1, 2, 1e-12)",
            lambda: av.LogNormalRange(low=1.0, high=2.0, coverage=1e-12),
            "lognormal_range",
        ),
        ("NormalRange(0, 1e15, 1e-300)", lambda: av.NormalRange(low=0.0, high=1e15, coverage=1e-300), "normal_range"),
        ("NormalRange(0, 1, just below 1)", lambda: av.NormalRange(low=0.0, high=1.0, coverage=1 - 1e-16), "normal_r"),
        ("Normal(0, 1e15)", lambda: av.Normal(mean=0.0, sd=1e15), "normal"),
        ("Normal(1e15, 1e-300)", lambda: av.Normal(mean=1e15, sd=1e-300), "normal"),
        ("Uniform(-1e15, 1e15)", lambda: av.Uniform(low=-1e15, high=1e15), "uniform"),
        ("Uniform(0, 5e-324)", lambda: av.Uniform(low=0.0, high=5e-324), "uniform"),
        ("Uniform(1, next)", lambda: av.Uniform(low=1.0, high=math.nextafter(1.0, 2.0)), "uniform"),
        ("Triangular of 1e-320", lambda: av.Triangular(low=0.0, mode=1e-321, high=1e-320), "triangular"),
        ("Triangular of 1e15", lambda: av.Triangular(low=-1e15, mode=0.0, high=1e15), "triangular"),
        ("Pert, weight 1e15", lambda: av.Pert(low=0.0, mode=0.5, high=1.0, weight=1e15), "pert"),
        ("Pert, weight 1e-300", lambda: av.Pert(low=0.0, mode=0.5, high=1.0, weight=1e-300), "pert"),
        ("Pert of 1e-320", lambda: av.Pert(low=0.0, mode=1e-321, high=1e-320), "pert"),
        ("Beta(1e-9, 1e9)", lambda: av.Beta(a=1e-9, b=1e9), "beta"),
        ("Beta(1e-300, 1e-300)", lambda: av.Beta(a=1e-300, b=1e-300), "beta"),
        ("Beta(1e15, 1e15)", lambda: av.Beta(a=1e15, b=1e15), "beta"),
        ("Beta(1e15, 1e-5)", lambda: av.Beta(a=1e15, b=1e-5), "beta"),
        ("Exponential(1e15)", lambda: av.Exponential(mean=1e15), "exponential"),
        ("Exponential(5e-324)", lambda: av.Exponential(mean=5e-324), "exponential"),
        ("ThreeQuantiles, far apart", lambda: av.ThreeQuantiles(low=0.0, median=1e-9, high=1e15), "three_quantiles"),
        ("ThreeQuantiles, close", lambda: av.ThreeQuantiles(low=1.0, median=1.0 + 1e-15, high=1.0 + 3e-15), "three_q"),
        ("Bernoulli(5e-324)", lambda: av.Bernoulli(chance=5e-324, yes=1e15), "bernoulli"),
        ("Discrete, weights 5e-324", lambda: av.Discrete(values=[0, 1], weights=[5e-324, 5e-324]), "discrete"),
        ("Discrete, weights 1e15", lambda: av.Discrete(values=[0, 1], weights=[1e15, 1e-300]), "discrete"),
        ("Empirical of 1e15", lambda: av.Empirical(sample=[1e15] * 1000), "empirical"),
        ("Truncated far out", lambda: av.Truncated(law=av.Normal(mean=0, sd=1), low=8.0), "truncated"),
        ("Truncated at the other end", lambda: av.Truncated(law=av.Normal(mean=0, sd=1), high=-30.0), "truncated"),
    ]
    for name, make, place in laws:
        yield Case(
            part="laws",
            name=f"{name} is finite and rises, or is refused",
            call=lambda _folder, make=make: make(),
            says=(place,),
            right=_is_sound,
            hand=True,
        )


_SHARES = np.concatenate([[1e-12, 1e-9, 1e-6], np.linspace(0.001, 0.999, 199), [1 - 1e-6, 1 - 1e-9, 1 - 1e-12]])


def _is_sound(law: Any) -> bool:
    values, mean = np.asarray(law.ppf(_SHARES)), float(law.mean())
    low, high = law.support()
    return bool(
        np.isfinite(values).all()
        and math.isfinite(mean)
        and (np.diff(values) >= -1e-8 * max(abs(values[0]), abs(values[-1]))).all()
        and values[0] >= low
        and values[-1] <= high
        and low - 1e-9 <= mean <= high + 1e-9
        and np.isfinite(law.cdf(values)).all()
    )


def _sound() -> Iterator[Case]:
    """Laws of other libraries that must be taken, and give finite answers."""
    good: list[tuple[str, Any]] = [
        ("scipy's uniform", stats.uniform(0.2, 0.6)),
        ("scipy's beta", stats.beta(2, 3)),
        ("scipy's triangular", stats.triang(0.5)),
        ("scipy's truncated normal", stats.truncnorm(-1, 1, loc=0.5, scale=0.1)),
        ("a histogram", stats.rv_histogram(np.histogram([0.1, 0.5, 0.6, 0.9], bins=3))),
        ("scipy's Bernoulli", stats.bernoulli(0.5)),
        ("scipy's discrete", stats.rv_discrete(values=([0, 1], [0.3, 0.7]))()),
        ("a law without support and mean", _NoSupport()),
        ("a law of the user's own", _Law()),
        ("bounds of scipy's normal", av.Truncated(law=stats.norm(0.5, 0.1), low=0.0, high=1.0)),
    ]
    for name, law in good:
        yield Case(
            part="laws",
            name=f"{name} is taken",
            call=lambda _folder, law=law: _year(plant(partners=[av.Partner(name="BAIC", fill_rate=law)])),
            raises=(),
            right=lambda result: np.isfinite(result.annual).all() and result.mean().value > 0,
            hand=True,
        )
        yield Case(
            part="laws",
            name=f"{name}, each month, is taken",
            call=lambda _folder, law=law: _year(
                plant(partners=[av.Partner(name="BAIC", fill_rate=av.Varying(law=law, persistence=0.5))])
            ),
            raises=(),
            right=lambda result: np.isfinite(result.annual).all() and result.mean().value > 0,
            hand=True,
        )
    for calls in (3, 6, 12, 40):
        yield Case(
            part="laws",
            name=f"a law that gives NaN from its call {calls} on",
            call=lambda _folder, calls=calls: _year(
                plant(partners=[av.Partner(name="BAIC", fill_rate=_Law(ppf=_Late(calls)))])
            ),
            says=("BAIC|fill_rate",),
            right=lambda result: np.isfinite(result.annual).all() and result.mean().value > 0,
            hand=True,
        )


def cases() -> Iterator[Case]:
    """Give all cases of this kind."""
    yield from _own_laws()
    yield from _unbounded()
    yield from _nested()
    yield from _extreme()
    yield from _sound()
