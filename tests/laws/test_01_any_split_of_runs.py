"""Law 1: any split or order of runs gives the same runs."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import plants
import pytest
from certain import uncertain
from hypothesis import given, settings
from hypothesis import strategies as st
from played import drawn, recorded

import avtosim as av
from avtosim.chance.design import BATCH
from avtosim.chance.points import GivenPoints


@pytest.fixture(scope="module", params=[plants.busy, plants.whole], ids=["busy", "whole"])
def model(request: pytest.FixtureRequest) -> av.Model:
    """Compile the two plants that have every feature between them, once."""
    return av.Model(request.param())


@pytest.fixture(scope="module")
def matrix(model: av.Model) -> np.ndarray:
    """Draw uniform points for the whole space."""
    return np.random.default_rng(5).random((model.space.dimension, 700)) * (1 - 2e-16) + 1e-16


def same(whole: dict[str, np.ndarray], part: dict[str, np.ndarray], runs: object = slice(None)) -> None:
    """Check that every number of ``part`` has the bits of those of ``whole`` at ``runs``."""
    assert whole.keys() == part.keys()
    for name, numbers in part.items():
        assert np.array_equal(whole[name][..., runs], numbers), name


def given_points(model: av.Model, matrix: np.ndarray, *, scores: bool = False) -> dict[str, np.ndarray]:
    """Record what the model makes of a matrix of points."""
    return recorded(model, GivenPoints(model.space, matrix, scores=scores))


def test_a_range_of_runs_gives_what_the_whole_gives(model: av.Model) -> None:
    """Any range of runs, aligned to the streams' blocks or not, has the bits it has within a longer one."""
    start, runs = BATCH - 700, 1500
    whole = drawn(model, start, runs)
    assert np.unique(whole["annual"]).size == runs
    for first, count in ((0, 1), (0, 700), (1, 698), (699, 2), (700, 800), (433, 901), (1499, 1), (0, 1500)):
        same(whole, drawn(model, start + first, count), slice(first, first + count))


def test_single_runs_are_what_they_are_among_others(model: av.Model) -> None:
    """A run made alone has the bits it has among thousands of others."""
    whole = drawn(model, 0, 3000)
    for run in (0, 1, 2047, 2048, 2049, 2999):
        same(whole, drawn(model, run, 1), slice(run, run + 1))


def test_many_blocks_are_what_one_is(model: av.Model) -> None:
    """A range that holds several blocks gives the bits of the blocks worked out apart."""
    runs = 2 * BATCH + 77
    whole = drawn(model, 5, runs)
    ends = [0, BATCH - 5, BATCH, 2 * BATCH - 6, runs]
    for low, high in itertools.pairwise(ends):
        same(whole, drawn(model, 5 + low, high - low), slice(low, high))


def test_what_is_kept_changes_no_bit() -> None:
    """Totals kept alone, or with any part of the record, have the bits they have in the whole record."""
    whole = av.simulate(plants.busy(), runs=900, seed=3, keep="flows")
    for keep in ("totals", "breakdown", "months"):
        assert np.array_equal(av.simulate(plants.busy(), runs=900, seed=3, keep=keep).annual, whole.annual), keep


@settings(max_examples=25)
@given(data=st.data())
def test_order_of_runs_does_not_matter(model: av.Model, matrix: np.ndarray, data: st.DataObject) -> None:
    """Points in any order, any number of times, each give their own output."""
    every = given_points(model, matrix)
    chosen = data.draw(st.lists(st.integers(0, matrix.shape[1] - 1), min_size=1, max_size=40))
    for order in (chosen, [*range(matrix.shape[1] - 1, -1, -1)]):
        same(every, given_points(model, matrix[:, order]), order)


def test_points_may_come_as_scores(model: av.Model, matrix: np.ndarray) -> None:
    """Normal scores may be selected and reordered as uniform numbers may."""
    scores = np.random.default_rng(6).standard_normal(matrix.shape)
    every = given_points(model, scores, scores=True)
    order = np.random.default_rng(7).permutation(scores.shape[1])
    for runs in (order, order[:33], order[:1]):
        same(every, given_points(model, scores[:, runs], scores=True), runs)


def test_calling_the_model_twice_is_calling_it_once(model: av.Model, matrix: np.ndarray) -> None:
    """The model keeps nothing between calls, and does not change the points."""
    kept = matrix.copy()
    first = given_points(model, matrix)
    given_points(model, 1.0 - matrix)
    same(first, given_points(model, matrix))
    assert np.array_equal(matrix, kept)


@pytest.mark.parametrize("number", range(25))
def test_slices_of_a_block_change_no_bit(number: int) -> None:
    """Whatever the plant, a block worked out in many slices has the bits of one worked out in one piece.

    Number 20 has a row of monthly volumes and a cover that differs between runs: slices look ahead differently far.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = av.Model(uncertain(f"split {number}"))
    points = [next(iter(av.Plain().batches(made.space, 1, 0, 600))).points() for _ in range(2)]
    same(made(points[0], keep="flows"), made(points[1], keep="flows", at_once=1))
