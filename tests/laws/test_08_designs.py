"""Law 8: every design passes one suite, and a wrong one is noticed.

The suite finds the designs of the package by itself: each needs an example without arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import attrs
import numpy as np
import plants
import pytest
from sampling import DESIGNS, SPACE, batches, found, put, uniforms, values
from scipy import special, stats

import avtosim as av
from avtosim.answers import intervals
from avtosim.chance.design import BATCH, Batch, Design
from avtosim.chance.designs.latin_hypercube import LatinHypercube
from avtosim.chance.designs.plain import Plain
from avtosim.chance.designs.sobol import Sobol
from avtosim.chance.normal import ERROR
from avtosim.chance.points import GivenPoints, Points
from avtosim.chance.space import RandomInput, Space

every_design = pytest.mark.parametrize("design", DESIGNS, ids=repr)


def many(design: Design) -> int:
    """Runs of several batches; fewer of tiny hypercubes, which take long."""
    return design.admissible_runs(3000 if design == LatinHypercube(2) else 20_000)[1]


# The suite. Each check takes any design, so that wrong ones can be given to the very same checks.


def check_shapes(design: Design) -> None:
    """A random input has one row for the year or one a month, a column a run, in numbers of double precision."""
    runs = many(design)
    for batch in batches(design, runs):
        points = batch.points()
        assert points.runs == batch.stop - batch.start
        for random_input in SPACE.inputs:
            for array in (points.uniforms(random_input), points.scores(random_input)):
                assert array.shape == (3 if random_input.monthly else 1, points.runs)
                assert array.dtype == np.float64


def check_batches(design: Design) -> None:
    """Batches follow each other and hold every run once, few runs or many, from the first run or a later one."""
    for wanted in (1, 5000, 40_000):
        runs = design.admissible_runs(wanted)[1]
        for first in (0, 3 * design.replicate_size(runs)) if design.extensible else (0,):
            edge = 0
            for batch in batches(design, runs, first=first):
                assert batch.start == edge
                assert batch.stop > edge
                edge = batch.stop
            assert edge == runs


def check_open_cube(design: Design) -> None:
    """Uniform numbers lie strictly between 0 and 1, and scores are finite."""
    runs = many(design)
    some = batches(design, runs)
    matrix = put(some, runs)
    assert matrix.min() > 0.0
    assert matrix.max() < 1.0
    assert np.isfinite(put(some, runs, scores=True)).all()


def check_images(design: Design) -> None:
    """A score is the normal image of its uniform number, within the error that the image states."""
    runs = many(design)
    some = batches(design, runs)
    assert np.abs(put(some, runs, scores=True) - special.ndtri(put(some, runs))).max() <= ERROR


def check_sizes(design: Design) -> None:
    """However many runs are worked out together, the points are the same."""
    runs = design.admissible_runs(3000)[1]
    once = uniforms(design, runs)
    for size in (7, 1000, 1_000_000):
        assert np.array_equal(once, put(list(design.batches(SPACE, 1, 0, runs, size)), runs))


def check_repeatable(design: Design) -> None:
    """The same call gives the same bits, reading twice gives the same bits, and another seed gives other points."""
    runs = design.admissible_runs(3000)[1]
    some = batches(design, runs)
    once = put(some, runs)
    assert np.array_equal(once, put(some, runs))
    assert np.array_equal(once, uniforms(design, runs))
    assert not (once == uniforms(design, runs, seed=2)).any(axis=0).all()


def check_order(design: Design) -> None:
    """Neither the order in which batches are made nor making them on threads changes a bit."""
    runs = 2 * many(design)
    once = uniforms(design, runs)
    assert np.array_equal(once, put(batches(design, runs)[::-1], runs))
    some = batches(design, runs)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda batch: values(batch.points()), some))
    assert np.array_equal(once, np.concatenate(parts, axis=1))


def check_parts(design: Design) -> None:
    """Where a design grows, a later range of runs has the points that it has in the whole."""
    least = design.admissible_runs(1)[1]
    runs = design.admissible_runs(max(many(design), 3 * least))[1]
    whole = uniforms(design, runs)
    if design.extensible:
        cut = runs // 2 // design.replicate_size(runs) * design.replicate_size(runs)
        for first, some in ((0, least), (cut, least), (cut, runs - cut)):
            assert np.array_equal(uniforms(design, some, first=first), whole[:, first : first + some])


def check_uniform(design: Design) -> None:
    """Every coordinate is uniform. A design noted for evenness may be more even than chance, never less."""
    runs = many(design)
    for row in uniforms(design, runs):
        assert stats.kstest(row, "uniform").pvalue > 1e-5


@attrs.frozen
class Integral:
    """A function of all uniform numbers (dimension, runs) whose mean is known; ``hit`` says that it counts."""

    name: str
    of: Callable[[np.ndarray], np.ndarray]
    truth: float
    hit: bool = False


INTEGRALS = [
    Integral("smooth and monotone", lambda u: np.exp(u).sum(axis=0), 8 * (np.e - 1.0)),
    Integral("a product", lambda u: np.prod(1.0 + 0.8 * (u - 0.5), axis=0), 1.0),
    Integral("a product of neighbours", lambda u: (np.sin(np.pi * u[:-1]) * u[1:]).sum(axis=0), 7 / np.pi),
    Integral("a hump", lambda u: ((u - 0.5) ** 2).sum(axis=0), 8 / 12),
    Integral("an indicator of one", lambda u: u[3] < 0.3, 0.3, hit=True),
    Integral("an indicator of all", lambda u: u.max(axis=0) <= 0.5 ** (1 / 8), 0.5, hit=True),
    Integral("a rare indicator", lambda u: special.ndtri(u).sum(axis=0) < special.ndtri(0.02) * 8**0.5, 0.02, hit=True),
]


def check_integrals(design: Design) -> None:
    """Over 200 seeds, 95 % intervals of known integrals hold the truth in at least 176 of them.

    A true coverage of 95 % stays below that once in 30,000 new seeds, for each of seven integrals.
    """
    runs = design.admissible_runs(2000)[1]
    unit, held = design.replicate_size(runs), np.zeros(len(INTEGRALS))
    for seed in range(200):
        matrix = uniforms(design, runs, seed=seed)
        for at, integral in enumerate(INTEGRALS):
            method = intervals.proportion if integral.hit else intervals.mean
            _, low, high, error = method(integral.of(matrix), unit)
            assert error > 0.0
            held[at] += low <= integral.truth <= high
    assert held.min() >= 176, dict(zip([i.name for i in INTEGRALS], held, strict=True))


CHECKS = [
    check_shapes,
    check_batches,
    check_open_cube,
    check_images,
    check_sizes,
    check_repeatable,
    check_order,
    check_parts,
    check_uniform,
    check_integrals,
]


@every_design
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_suite(design: Design, check: Callable[[Design], None]) -> None:
    """Every design passes every check of the suite; the check's own docstring is the sentence it proves."""
    check(design)


# Wrong designs, each spoilt in one way.


class _Spoilt(Points):
    """Points of plain runs after ``spoil`` has changed the uniform numbers of a random input."""

    def __init__(self, true: Points, spoil: Callable[[RandomInput, np.ndarray, Points], np.ndarray]) -> None:
        super().__init__(true.space, true.runs)
        self._true, self._spoil = true, spoil

    def _draw(self, random_input: RandomInput) -> tuple[np.ndarray, bool]:
        return self._spoil(random_input, self._true.uniforms(random_input), self._true), False


@attrs.frozen
class Wrong(Plain):
    """Plain runs, spoilt."""

    spoil: Callable[[RandomInput, np.ndarray, Points], np.ndarray]

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Spoilt batches."""
        for batch in super().batches(space, seed, first, runs, size):
            yield attrs.evolve(batch, points=partial(lambda make: _Spoilt(make(), self.spoil), batch.points))


def biased(random_input: RandomInput, numbers: np.ndarray, _: Points) -> np.ndarray:
    """One coordinate leans to the low side."""
    return numbers**1.2 if random_input.name == "level" else numbers


def repeated(random_input: RandomInput, numbers: np.ndarray, _: Points) -> np.ndarray:  # noqa: ARG001 - the same for all inputs
    """Play each run four times and take the four for independent."""
    return np.repeat(numbers[:, ::4], 4, axis=1)[:, : numbers.shape[1]]


def copied(random_input: RandomInput, numbers: np.ndarray, points: Points) -> np.ndarray:
    """One coordinate is a copy of another."""
    return points.uniforms(SPACE.inputs[0]) if random_input.name == "moment" else numbers


def alike(random_input: RandomInput, numbers: np.ndarray, _: Points) -> np.ndarray:
    """The months of a random input are one."""
    return np.repeat(numbers[:1], len(numbers), axis=0) if random_input.name == "moves" else numbers


def touching(random_input: RandomInput, numbers: np.ndarray, _: Points) -> np.ndarray:
    """One number in a thousand lies on the upper edge of the cube."""
    return np.where(numbers < 0.001, 1.0, numbers) if random_input.name == "moments" else numbers


def unknown(random_input: RandomInput, numbers: np.ndarray, _: Points) -> np.ndarray:
    """One number in a thousand is not a number."""
    return np.where(numbers < 0.001, np.nan, numbers) if random_input.name == "moments" else numbers


def crooked(random_input: RandomInput, numbers: np.ndarray, _: Points) -> np.ndarray:
    """A monthly input has one row too few."""
    return numbers[1:] if random_input.monthly else numbers


def fresh(_: RandomInput, numbers: np.ndarray, __: Points) -> np.ndarray:
    """Each reading draws anew."""
    return np.random.default_rng().random(numbers.shape)


@attrs.frozen
class Continued(Plain):
    """Plain runs whose batches draw from one generator, one after another."""

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Spoilt batches."""
        rng = np.random.default_rng(seed)
        for batch in super().batches(space, seed, first, runs, size):
            size = batch.stop - batch.start

            def points(size: int = size) -> Points:
                return GivenPoints(space, rng.random((space.dimension, size)), scores=False)

            yield attrs.evolve(batch, points=points)


@attrs.frozen
class Late(Plain):
    """Plain runs that do not listen to where they begin."""

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Spoilt batches."""
        return super().batches(space, seed, 0 * first, runs, size)


@attrs.frozen
class Gap(Plain):
    """Plain runs, the last batch of which is forgotten."""

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Spoilt batches."""
        return iter(list(super().batches(space, seed, first, runs, size))[:-1])


@attrs.frozen
class OneNet(Sobol):
    """Sobol points whose replicates are one and the same."""

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Spoilt batches."""
        some = list(super().batches(space, seed, first, runs, min(size, self.replicate_size(runs))))
        return iter([attrs.evolve(batch, points=some[0].points) for batch in some])


@pytest.mark.parametrize(
    ("design", "noticed"),
    [
        (Wrong(biased), [check_uniform, check_integrals]),
        (Wrong(copied), [check_integrals]),
        (Wrong(alike), [check_integrals]),
        (Wrong(touching), [check_open_cube, check_shapes]),
        (Wrong(unknown), [check_open_cube, check_shapes]),
        (Wrong(crooked), [check_shapes]),
        (Wrong(fresh), [check_images, check_sizes, check_repeatable, check_order, check_parts]),
        (Continued(), [check_repeatable, check_order, check_parts]),
        (Late(), [check_parts]),
        (Gap(), [check_batches]),
        (Wrong(repeated), [check_integrals]),
        (OneNet(), [check_integrals]),
    ],
    ids=lambda it: getattr(getattr(it, "spoil", None), "__name__", None) or type(it).__name__,
)
def test_a_wrong_design_is_noticed(design: Design, noticed: list[Callable[[Design], None]]) -> None:
    """A design that is wrong in one way fails the checks that look at it."""
    for check in noticed:
        with pytest.raises((AssertionError, ValueError)):
            check(design)


# A design that leaves out runs is refused by every study, while it is running and before there is an answer.


@attrs.frozen
class Cut(Plain):
    """Plain runs whose batches have been changed."""

    change: Callable[[list[Batch]], list[Batch]]

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int = BATCH) -> Iterator[Batch]:
        """Changed batches."""
        return iter(self.change(list(super().batches(space, seed, first, runs, size))))


def fewer(batch: Batch) -> Points:
    """Points of the batch without the last one."""
    points = batch.points()
    return GivenPoints(points.space, np.full((points.space.dimension, points.runs - 1), 0.5), scores=False)


#: Runs, which the batches of this small plant cut at 131,072, 262,144 and 393,216.
CUT_RUNS = 400_000
WRONG_BATCHES = {
    "none": (lambda some: [], "must hold all 400,000 runs; got 0"),  # noqa: ARG005 - all are left out
    "last missing": (lambda some: some[:-1], "must hold all 400,000 runs; got 393,216"),
    "first missing": (lambda some: some[1:], "must hold every run once, in order; got one from 131,072 to 262,144"),
    "gap": (lambda some: [some[0], some[2]], "got one from 262,144 to 393,216 after run 131,072 of 400,000"),
    "turned": (lambda some: some[::-1], "must hold every run once, in order; got one from 393,216"),
    "twice": (lambda some: [some[0], *some], "must hold every run once, in order; got one from 0"),
    "too long": (lambda some: [*some[:-1], attrs.evolve(some[-1], stop=550_000)], "got one from 393,216 to 550,000"),
    "too few points": (
        lambda some: [*some[:-1], attrs.evolve(some[-1], points=partial(fewer, some[-1]))],
        "a batch of 6,784 runs of plain runs must have as many points; got 6,783",
    ),
}


@pytest.mark.parametrize(("change", "rule"), WRONG_BATCHES.values(), ids=WRONG_BATCHES)
def test_wrong_batches_are_refused(change: Callable, rule: str) -> None:
    """A design whose batches do not hold every run once, in order and with its points, is refused."""
    stated = plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0, high=1)})
    with pytest.raises(ValueError, match=rule):
        av.simulate(stated, runs=CUT_RUNS, design=Cut(change), keep="totals")


def test_points_of_another_make_are_refused() -> None:
    """A batch must make an instance of a class of points."""
    design = Cut(lambda some: [attrs.evolve(batch, points=lambda: np.zeros((1, 10))) for batch in some])
    with pytest.raises(TypeError, match="a batch of plain runs must make Points; got ndarray"):
        av.simulate(plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0, high=1)}), runs=10, design=design)


def failing(_: list[Batch]) -> list[Batch]:
    """Raise an error of its own."""
    raise KeyError("boom")


@pytest.mark.parametrize(
    ("change", "got"),
    [
        (lambda some: None, "'NoneType' object is not iterable"),  # noqa: ARG005 - whatever they were
        (lambda some: [1, 2], "'int' object has no attribute 'start'"),  # noqa: ARG005 - as above
        (failing, "KeyError"),
        (lambda some: [attrs.evolve(b, points=partial(failing, [])) for b in some], "KeyError"),
    ],
    ids=["none", "numbers", "an error", "an error of points"],
)
def test_an_error_of_a_design_names_the_design(change: Callable, got: str) -> None:
    """Where a design cannot make its batches or points, the error names it and says what came."""
    stated = plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0, high=1)})
    with pytest.raises(TypeError, match=f"design: plain runs cannot make its batches of points: .*{got}"):
        av.simulate(stated, runs=10, design=Cut(change))


def test_all_designs_are_found() -> None:
    """The suite runs over all designs that the front door names, and over no other class."""
    named = {
        name for name in av.__all__ if isinstance(getattr(av, name), type) and issubclass(getattr(av, name), Design)
    }
    assert {design.__name__ for design in found()} == named - {"Design"}
