"""Law 5: a law and its inverse, its mean and its support, for every law of the registry and for SciPy's frozen ones.

Each check is a function of a law, so that the same checks are shown to notice laws that are wrong.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special, stats
from tiny import TINY

import avtosim as av
from avtosim.declare.faults import typed_as
from avtosim.declare.rules import is_discrete, support_of
from avtosim.laws.base import Known, log_density
from avtosim.laws.registry import LAWS
from avtosim.laws.tabulated import TOLERANCE, reader, share_reader

# SciPy warns of roots that it found late.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

#: Scores that reach as far as runs do, close enough for sums over them to be integrals, and the shares below them.
Z = np.linspace(-8.2, 8.2, 16_401)
Z_TABLE = Z[Z < 6.0]  # Above 6 a share near 1 is rounded too coarsely to be compared.
#: Shares to look at; a discrete law of SciPy sums its probabilities one by one, so its far tail costs too much.
U = np.concatenate([[1e-9, 1e-6, 1e-4], np.linspace(0.001, 0.999, 999), [1 - 1e-4, 1 - 1e-6, 1 - 1e-9]])
U_DISCRETE = U[(U >= 1e-6) & (U <= 1 - 1e-6)]

FROZEN = [
    stats.norm(5, 2),
    stats.uniform(-1, 4),
    stats.triang(0.25, 1, 4),
    stats.beta(0.7, 3),
    stats.beta(2, 0.5, loc=-1, scale=3),
    stats.gamma(2.5, scale=3),
    stats.gamma(0.5, scale=3),
    stats.lognorm(0.5, scale=2),
    stats.expon(scale=0.4),
    stats.weibull_min(1.4),
    stats.truncnorm(-1, 2),
    stats.gumbel_r(1, 2),
    stats.t(5),
    stats.pareto(3.5),
    stats.poisson(3.3),
    stats.binom(10, 0.3),
    stats.geom(0.2),
    stats.nbinom(3, 0.4),
    stats.randint(0, 5),
]


def example(word: str) -> Any:
    """The law that a law's own example states, read from a file's text."""
    text = f"{TINY}\n[markets.Other]\nper_year = 1\nelasticities = {{ yuan = {LAWS[word].example} }}\n"
    return av.loads(text)["markets.Other.elasticities.yuan"]


def shares_of(law: Any) -> np.ndarray:
    """Shares at which a law is looked at."""
    return U_DISCRETE if is_discrete(law) else U


def spread_of(law: Any) -> float:
    """Distance of the 1 % and 99 % quantiles."""
    low, high = law.ppf(np.array([0.01, 0.99]))
    return float(high - low)


def quantiles_rise(law: Any) -> None:
    """Quantiles never fall as the share rises, but for the last digits."""
    values = np.asarray(law.ppf(shares_of(law)))
    assert np.all(np.isfinite(values))
    assert np.all(np.diff(values) >= -4 * np.spacing(np.abs(values[1:])) - 1e-13 * spread_of(law))


def cdf_undoes_ppf(law: Any) -> None:
    """A share lies between the cdf just below its quantile and the cdf just above it, and the other way round."""
    shares = shares_of(law)
    x = np.asarray(law.ppf(shares), dtype=float)
    room = 1e-9 * spread_of(law) + 4 * np.spacing(np.abs(x))
    under, over = (x - 1.0, x) if hasattr(law, "pmf") else (x - room, x + room)
    # 1e-7: room for laws that search for their quantiles.
    assert np.all(law.cdf(over) >= shares - 1e-7)
    assert np.all(law.cdf(under) <= shares + 1e-7)
    between = 0.5 * (x[1:] + x[:-1]) if not is_discrete(law) else x[1:]
    below = np.asarray(law.cdf(between))
    inner = (below > 1e-6) & (below < 1.0 - 1e-6)
    assert np.all(law.ppf(below[inner] - 1e-7) <= between[inner] + room[1:][inner])


def _bounds(left: np.ndarray, right: np.ndarray, widths: np.ndarray) -> tuple[float, float]:
    """Sums that enclose the integral of a rising function from its values at the ends of intervals."""
    return float(left @ widths), float(right @ widths)


def _encloses(law: Any, least: float, most: float) -> None:
    """The stated mean lies between two sums; between smooth laws' sums it lies in the middle."""
    # A bounded discrete law's mean is a quadrature, good to a thousandth of each jump.
    room = (1e-3 if is_discrete(law) and hasattr(law, "law") else 2e-5) * spread_of(law)
    mean = float(law.mean())
    assert least - room <= mean <= most + room
    if not is_discrete(law):
        assert mean == pytest.approx(0.5 * (least + most), abs=room)


def with_a_mean(law: Any) -> Any:
    """The law; the one law of the library that has no finite mean is clipped at its 99 % quantile."""
    return av.Clipped(law, high=float(law.ppf(0.99))) if isinstance(law, av.LogStudentT) else law


def mean_is_the_integral_of_the_quantiles(law: Any) -> None:
    """The stated mean is the integral of ppf, enclosed by sums from below and above."""
    law = with_a_mean(law)
    shares = np.append(special.ndtr(Z[Z < 0]), 1.0 - special.ndtr(Z[Z < 0])[::-1])
    if is_discrete(law):
        shares = shares[(shares > 1e-6) & (shares < 1.0 - 1e-6)]
    values = np.asarray(law.ppf(shares), dtype=float)
    _encloses(law, *_bounds(values[:-1], values[1:], np.diff(shares)))


def mean_is_the_integral_of_the_cdf(law: Any) -> None:
    """The stated mean is a middle plus what lies above it less what lies below it, from cdf alone."""
    law = with_a_mean(law)
    low, high = (float(x) for x in law.ppf(np.array([shares_of(law)[0], shares_of(law)[-1]])))
    spread = spread_of(law)
    # Evenly fine in the middle, in proportion to their distance at the ends, and on both sides of every jump.
    jumps = np.unique(law.ppf(shares_of(law))) if is_discrete(law) else np.array([low, high])
    fine = spread * np.geomspace(1e-9, 1.0, 5001)
    edges = np.concatenate([jumps - 1e-9 * spread, np.linspace(low, high, 5001), jumps, low + fine, high - fine])
    edges = np.unique(edges[edges <= high])
    below = np.asarray(law.cdf(edges), dtype=float)
    # Over an interval the integral of 1 - cdf lies between its values at the two ends.
    least, most = _bounds(1.0 - below[1:], 1.0 - below[:-1], np.diff(edges))
    _encloses(law, edges[0] + least, edges[0] + most)


def support_is_where_the_law_reaches(law: Any) -> None:
    """The support is that of the extreme quantiles; nothing lies below it, all lies up to its end."""
    low, high = support_of(law)
    first = np.array([1e-6 if hasattr(law, "pmf") else 0.0, 1.0])
    extreme = np.asarray(law.ppf(first), dtype=float)
    np.testing.assert_allclose(extreme, [low, high], rtol=1e-12)
    values = np.asarray(law.ppf(shares_of(law)))
    assert low - 1e-12 <= values.min()
    assert values.max() <= high + 1e-12
    if math.isfinite(low):
        assert law.cdf(np.array([low - 1e-6, low - 1.0])).tolist() == [0.0, 0.0]
    if math.isfinite(high):
        assert law.cdf(np.array([high, high + 1.0])).tolist() == [1.0, 1.0]
    assert law.cdf(np.array([-1e12, 1e12])) == pytest.approx([0.0, 1.0], abs=1e-9)


def the_table_gives_the_quantiles(law: Any) -> None:
    """Fast reading by scores and by shares gives ppf within the stated error; a discrete law exactly."""
    exact = np.asarray(law.ppf(special.ndtr(Z_TABLE)), dtype=float)
    shares = np.random.default_rng(1).random(20_000)
    read, at_shares = reader(law)(Z_TABLE.copy()), share_reader(law)(shares.copy())
    room = 0.0 if is_discrete(law) else 1.05 * TOLERANCE * spread_of(law)
    # 1e-8 of the value itself: the detour of ``exact`` through a rounded share.
    assert np.all(np.abs(read - exact) <= room + (1e-8 * np.abs(exact) if room else 0.0))
    assert np.all(np.abs(at_shares - law.ppf(shares)) <= room)


def the_density_is_the_slope_of_the_cdf(law: Any) -> None:
    """Between two quantiles the density integrates to their shares; a value with a probability of its own has it."""
    x = np.asarray(law.ppf(np.linspace(0.005, 0.995, 496)), dtype=float)
    if is_discrete(law):
        x = np.unique(x)
        np.testing.assert_allclose(np.exp(log_density(law, x)), law.cdf(x) - law.cdf(x - 1e-9), atol=1e-12)
        return
    nodes, weights = np.polynomial.legendre.leggauss(4)
    x = x[np.concatenate([[True], np.diff(x) > 1e-9 * spread_of(law)])]
    half = 0.5 * np.diff(x)[:, None]
    within = np.sum(np.exp(log_density(law, x[:-1, None] + half * (1.0 + nodes))) * weights * half, axis=1)
    # The right end of a cell may have a probability of its own, as that of a clipped law.
    np.testing.assert_allclose(within, law.cdf(np.nextafter(x[1:], -np.inf)) - law.cdf(x[:-1]), rtol=2e-4, atol=1e-9)
    assert np.all(log_density(law, [lowest - 1.0 for lowest in support_of(law)[:1] if lowest > -np.inf]) == -np.inf)


def says_whether_it_is_discrete(law: Any) -> None:
    """A discrete law gives a few values again and again; any other law gives new ones in the middle of its range."""
    values = np.unique(law.ppf(np.linspace(0.25, 0.75, 1001)))
    assert is_discrete(law) == (values.size < 500)


def shapes_are_kept(law: Any) -> None:
    """Arrays of any shape in give arrays of the same shape out, and leave what was given as it was."""
    for shape in ((), (3,), (2, 3), (0,)):
        for method in (law.ppf, law.cdf):
            given = np.full(shape, 0.3)
            assert np.shape(method(given)) == shape
            assert np.all(given == 0.3)


CHECKS: list[Callable[[Any], None]] = [
    quantiles_rise,
    cdf_undoes_ppf,
    mean_is_the_integral_of_the_quantiles,
    mean_is_the_integral_of_the_cdf,
    support_is_where_the_law_reaches,
    the_table_gives_the_quantiles,
    the_density_is_the_slope_of_the_cdf,
    says_whether_it_is_discrete,
    shapes_are_kept,
]


def meets_what_is_known(law: Any, known: Known) -> None:
    """Mean and quantiles are those of a source other than the law's own code."""
    shares, values = map(np.array, zip(*known.quantiles, strict=True))
    np.testing.assert_allclose(law.ppf(shares), values, rtol=1e-7, atol=1e-12)
    assert law.mean() == pytest.approx(known.mean, rel=1e-5 if "law" in dir(law) else 1e-7)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("word", LAWS)
def test_every_law_of_the_registry_is_sound(word: str, check: Callable[[Any], None]) -> None:
    """The example of each law passes every check."""
    check(example(word))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("law", FROZEN, ids=lambda law: law.dist.name)
def test_frozen_scipy_laws_are_sound(law: Any, check: Callable[[Any], None]) -> None:
    """SciPy's frozen distributions pass the same checks."""
    check(law)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(
    "inner", [*FROZEN[:2], FROZEN[14], *map(example, ("pert", "discrete", "empirical"))], ids=typed_as
)
@pytest.mark.parametrize("bound", [av.Truncated, av.Clipped])
def test_bounded_laws_are_sound(bound: Any, inner: Any, check: Callable[[Any], None]) -> None:
    """Bounds between two values of a law, on either side of its middle, leave a sound law."""
    low, high = (float(x) for x in inner.ppf(np.array([0.15, 0.8])))
    check(bound(law=inner, low=low - 0.003, high=high))


@pytest.mark.parametrize("word", LAWS)
def test_every_law_brings_an_example_that_an_independent_source_knows(word: str) -> None:
    """Each law's class has an example of its own, with a mean and quantiles from a source that it names."""
    assert {"example", "known"} <= vars(LAWS[word]).keys()
    known = LAWS[word].known
    assert type(example(word)) is LAWS[word]
    assert known.source
    assert known.quantiles
    meets_what_is_known(example(word), known)


@pytest.mark.parametrize("word", LAWS)
def test_a_law_survives_files_print_and_pickle(word: str) -> None:
    """A law is the same after being written to a file and read, printed and typed, pickled and unpickled."""
    law = example(word)
    scenario = av.loads(TINY).replace({"markets.Russia.elasticities.yuan": law})
    assert av.loads(scenario.to_toml())["markets.Russia.elasticities.yuan"] == law
    assert eval(repr(law), {name: getattr(av, name) for name in av.__all__}) == law  # noqa: S307 - the text is the test's own
    again = pickle.loads(pickle.dumps(law))
    assert again == law
    assert hash(again) == hash(law)


class Weibull:
    """A sound law: shape 1.5, scale 2."""

    shape, scale = 1.5, 2.0

    def ppf(self, u: Any) -> Any:
        """Quantiles."""
        with np.errstate(divide="ignore"):
            return self.scale * (-np.log1p(-np.asarray(u))) ** (1 / self.shape)

    def cdf(self, x: Any) -> Any:
        """Shares."""
        return -np.expm1(-((np.maximum(x, 0.0) / self.scale) ** self.shape))

    def support(self) -> tuple[float, float]:
        """Ends."""
        return 0.0, math.inf

    def mean(self) -> float:
        """Mean."""
        return self.scale * math.gamma(1 + 1 / self.shape)


_SCIPY = stats.weibull_min(1.5, scale=2)
KNOWN = Known(float(_SCIPY.mean()), tuple((p, float(_SCIPY.ppf(p))) for p in (0.1, 0.9)), "scipy.stats")


def wrong(**methods: Any) -> Any:
    """The sound law with some methods replaced."""
    return type("Wrong", (Weibull,), methods)()


def _steps_in_hiding() -> Any:
    law = av.Bernoulli(chance=0.3)
    return wrong(**{name: staticmethod(getattr(law, name)) for name in ("ppf", "cdf", "mean", "support")})


ppf, cdf, mean = Weibull.ppf, Weibull.cdf, Weibull.mean
WRONG = {
    "scale squared in cdf": (
        wrong(cdf=lambda law, x: cdf(law, np.asarray(x) / law.scale)),
        [cdf_undoes_ppf, mean_is_the_integral_of_the_cdf],
    ),
    "cdf of a law wider by a ten-thousandth": (
        wrong(cdf=lambda law, x: cdf(law, np.asarray(x) / 1.0001)),
        [cdf_undoes_ppf],
    ),
    "mean is scale": (
        wrong(mean=lambda law: law.scale),
        [mean_is_the_integral_of_the_quantiles, mean_is_the_integral_of_the_cdf],
    ),
    "ppf and cdf of another scale than mean": (
        wrong(ppf=lambda law, u: 1.5 * ppf(law, u), cdf=lambda law, x: cdf(law, np.asarray(x) / 1.5)),
        [mean_is_the_integral_of_the_quantiles, mean_is_the_integral_of_the_cdf],
    ),
    "cdf and mean of another scale than ppf": (
        wrong(mean=lambda law: 1.5 * mean(law), cdf=lambda law, x: cdf(law, np.asarray(x) / 1.5)),
        [cdf_undoes_ppf, mean_is_the_integral_of_the_quantiles],
    ),
    "support cut at 1": (wrong(support=lambda _: (0.0, 1.0)), [support_is_where_the_law_reaches]),
    "support too wide": (wrong(support=lambda _: (-1.0, math.inf)), [support_is_where_the_law_reaches]),
    "share above taken for share below": (wrong(ppf=lambda law, u: ppf(law, 1.0 - np.asarray(u))), [quantiles_rise]),
    "quantiles that fall now and then": (
        wrong(ppf=lambda law, u: ppf(law, u) + 0.01 * np.sin(2000.0 * np.asarray(u))),
        [quantiles_rise],
    ),
    "jump in the quantiles only": (
        wrong(ppf=lambda law, u: ppf(law, u) + (np.asarray(u) > 0.5)),
        [cdf_undoes_ppf, mean_is_the_integral_of_the_quantiles],
    ),
    "tail cut off at 99.9 %": (wrong(ppf=lambda law, u: ppf(law, np.minimum(u, 0.999))), [cdf_undoes_ppf]),
    "cdf without a lower end": (wrong(cdf=lambda law, x: cdf(law, np.abs(x))), [support_is_where_the_law_reaches]),
    "smooth, but said to be discrete": (wrong(discrete=True), [says_whether_it_is_discrete]),
    "discrete, but not said to be": (_steps_in_hiding(), [says_whether_it_is_discrete]),
    "density of another scale": (
        wrong(logpdf=lambda _, x: np.log(stats.weibull_min(1.5, scale=2.1).pdf(x))),
        [the_density_is_the_slope_of_the_cdf],
    ),
    "flat row for any shape": (wrong(ppf=lambda law, u: ppf(law, np.ravel(u))), [shapes_are_kept]),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_checks_pass_a_sound_law(check: Callable[[Any], None]) -> None:
    """The law of which the wrong ones below are made passes every check, so each is caught for its own fault."""
    check(Weibull())
    meets_what_is_known(Weibull(), KNOWN)


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_law_is_noticed(fault: str) -> None:
    """Each wrong law fails the checks that its fault is about."""
    law, checks = WRONG[fault]
    for check in checks:
        with pytest.raises(AssertionError):
            check(law)


def test_a_law_wrong_throughout_is_noticed_by_what_is_known() -> None:
    """A law that agrees with itself in all, but is not the one it is called, fails against the independent source."""
    law = wrong(
        ppf=lambda law, u: 1.5 * ppf(law, u),
        cdf=lambda law, x: cdf(law, np.asarray(x) / 1.5),
        mean=lambda law: 1.5 * mean(law),
    )
    for check in CHECKS:
        check(law)
    with pytest.raises(AssertionError):
        meets_what_is_known(law, KNOWN)
