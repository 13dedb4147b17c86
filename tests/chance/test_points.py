"""Points: shapes, the open cube, scores as images of uniform numbers, and what the caller may do with the arrays."""

from __future__ import annotations

import re

import numpy as np
import plants
import pytest
from scipy import stats

import avtosim as av
from avtosim.chance.design import BATCH
from avtosim.chance.normal import scores_of
from avtosim.chance.points import DrawnPoints, GivenPoints, Keys
from avtosim.chance.space import RandomInput, Space

SPACE = Space(
    3,
    (
        RandomInput("level", "a", monthly=False, scores=True),
        RandomInput("moves", "a", monthly=True, scores=True),
        RandomInput("moment", "b", monthly=False, scores=False),
        RandomInput("moments", "b", monthly=True, scores=False),
    ),
)


def drawn(first: int, runs: int, seed: int = 1) -> DrawnPoints:
    """Draw some runs."""
    return DrawnPoints(SPACE, Keys(seed), first, runs)


@pytest.mark.parametrize("random_input", SPACE.inputs)
def test_shapes_are_by_cause_and_run(random_input: RandomInput) -> None:
    """A random input has one row for the year or one for each month, and a column for each run."""
    points = drawn(BATCH - 5, 12)
    assert points.runs == 12
    for array in (points.uniforms(random_input), points.scores(random_input)):
        assert array.shape == (3 if random_input.monthly else 1, 12)
        assert array.dtype == np.float64


@pytest.mark.parametrize("random_input", SPACE.inputs)
def test_draws_are_independent_and_have_their_law(random_input: RandomInput) -> None:
    """Uniforms are uniform, scores normal, and months do not know each other.

    Fails by chance under a new seed once in 1,000: each of at most nine looks once in 10,000.
    """
    points = drawn(0, 50_000)
    for row in points.uniforms(random_input):
        assert stats.kstest(row, "uniform").pvalue > 1e-4
    if random_input.monthly:
        for first, other in ((0, 1), (1, 2), (0, 2)):
            scores = points.scores(random_input)
            assert abs(np.corrcoef(scores[first], scores[other])[0, 1]) < 3.9 / np.sqrt(50_000)


@pytest.mark.parametrize("random_input", SPACE.inputs)
def test_a_score_is_the_image_of_its_uniform(random_input: RandomInput) -> None:
    """Scores and uniform numbers of a random input are one draw seen twice."""
    points = drawn(3, 500)
    assert np.array_equal(points.scores(random_input), scores_of(points.uniforms(random_input)))


def test_arrays_are_the_callers() -> None:
    """What was handed out may be overwritten: the next reading is what it would have been."""
    matrix = np.random.default_rng(0).random((SPACE.dimension, 9))
    kept = matrix.copy()
    for points in (drawn(0, 9), GivenPoints(SPACE, matrix, scores=False), GivenPoints(SPACE, matrix, scores=True)):
        for random_input in SPACE.inputs:
            for read in (points.uniforms, points.scores):
                before = read(random_input).copy()
                read(random_input)[:] = 7.0
                assert np.array_equal(read(random_input), before)
    assert np.array_equal(matrix, kept)


def test_given_points_go_to_their_coordinates() -> None:
    """Each row of a matrix is read as the coordinate that stands at its place in the space."""
    rows = np.linspace(0.05, 0.95, SPACE.dimension)
    points = GivenPoints(SPACE, np.repeat(rows[:, None], 2, axis=1), scores=False)
    at = {(c.name, c.month): row for c, row in zip(SPACE, rows, strict=True)}
    for random_input in SPACE.inputs:
        for month, row in enumerate(points.uniforms(random_input), 1):
            assert row[0] == at[random_input.name, month if random_input.monthly else None]


def test_uniforms_stay_in_the_open_cube() -> None:
    """However far out a score lies, its uniform number lies above 0 and below 1."""
    for far in (5.0, 8.0, 8.3, 9.0, 40.0):
        for sign in (-1, 1):
            points = GivenPoints(SPACE, np.full((SPACE.dimension, 1), sign * far), scores=True)
            for random_input in SPACE.inputs:
                uniform = points.uniforms(random_input)
                assert np.all(uniform > 0.0), (sign * far, random_input.name)
                assert np.all(uniform < 1.0), (sign * far, random_input.name)


@pytest.mark.parametrize("far", [-9.0, 9.0, -30.0, 30.0])
def test_far_points_give_an_output(far: float) -> None:
    """A walk far into the tails still meets a model that answers with numbers."""
    model = av.Model(plants.busy())
    made = model(GivenPoints(model.space, np.full((model.space.dimension, 2), far), scores=True), keep="flows")
    assert np.all(np.isfinite(made["annual"]))


@pytest.mark.parametrize("shape", [(3, 5), (9, 5), (8,), (8, 5, 1)])
def test_points_of_another_space_are_refused(shape: tuple[int, ...]) -> None:
    """A matrix that does not have a row for each coordinate is refused, with both shapes."""
    with pytest.raises(ValueError, match=r"points: must have shape \(8, runs\)"):
        GivenPoints(SPACE, np.full(shape, 0.5), scores=False)


@pytest.mark.parametrize(
    ("scores", "bad"), [(True, np.nan), (True, -np.inf), (False, np.nan), (False, 1.0), (False, -0.1)]
)
def test_numbers_that_are_none_are_refused_wherever_they_stand(*, scores: bool, bad: float) -> None:
    """A matrix with one number that is no score, or no uniform number, is refused by the input before it is read."""
    for random_input in SPACE.inputs:
        matrix = np.full((SPACE.dimension, 5), 0.5)
        matrix[SPACE.indices()[random_input.name]][-1, 3] = bad
        with pytest.raises(ValueError, match=f"points of {re.escape(random_input.name)}: .*must be .*got"):
            GivenPoints(SPACE, matrix, scores=scores)


def test_certain_scenarios_need_no_points() -> None:
    """A scenario without chance has no coordinates, and takes points of none."""
    model = av.Model(plants.one_vehicle())
    assert model.space.dimension == 0
    made = model(GivenPoints(model.space, np.empty((0, 5)), scores=False))
    assert made["annual"].tolist() == [12.0] * 5
