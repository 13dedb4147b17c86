"""Laws 1, 2 and 7: rows are strangers, nobody knows the future, and a seed is an answer."""

from __future__ import annotations

import itertools

import numpy as np
import plants
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import avtosim as av
from avtosim.chance.points import DrawnPoints, GivenPoints, Keys
from avtosim.chance.streams import BLOCK

SEED = 20240630


@pytest.fixture(scope="module")
def model() -> av.Model:
    """Compile the plant with every feature on, once."""
    return av.Model(plants.busy())


def drawn(model: av.Model, first: int, runs: int) -> dict[str, np.ndarray]:
    """Work out runs of one seed with every flow."""
    return model(DrawnPoints(model.space, Keys(SEED), first, runs), keep="flows")


def same(whole: dict, part: dict, runs: object = slice(None)) -> None:
    """Every number of ``part`` has the bits of those of ``whole`` at ``runs``."""
    assert whole.keys() == part.keys()
    for name, values in part.items():
        assert np.array_equal(whole[name][..., runs], values), name


@pytest.fixture(scope="module")
def matrix(model: av.Model) -> np.ndarray:
    """Draw uniform points for the whole space."""
    return np.random.default_rng(5).random((model.space.dimension, 700)) * (1 - 2e-16) + 1e-16


def test_a_range_of_runs_gives_what_the_whole_gives(model: av.Model) -> None:
    """Any range of runs, aligned to the streams' blocks or not, gives the runs it would give within a longer one."""
    start, runs = BLOCK - 700, 1500
    whole = drawn(model, start, runs)
    assert np.unique(whole["annual"]).size == runs
    for first, count in ((0, 1), (0, 700), (1, 698), (699, 2), (700, 800), (433, 901), (1499, 1), (0, 1500)):
        same(whole, drawn(model, start + first, count), slice(first, first + count))


def test_single_runs_are_what_they_are_among_others(model: av.Model) -> None:
    """A run asked for alone has the bits it has among thousands of others."""
    whole = drawn(model, 0, 3000)
    for run in (0, 1, 2047, 2048, 2049, 2999):
        same(whole, drawn(model, run, 1), slice(run, run + 1))


def test_many_blocks_are_what_one_is() -> None:
    """A range that holds several blocks gives the bits of the blocks apart."""
    model = av.Model(plants.busy())
    runs = 2 * BLOCK + 77
    whole = model(DrawnPoints(model.space, Keys(SEED), 5, runs), keep="breakdown")
    ends = [0, BLOCK - 5, BLOCK, 2 * BLOCK - 6, runs]
    for low, high in itertools.pairwise(ends):
        part = model(DrawnPoints(model.space, Keys(SEED), 5 + low, high - low), keep="breakdown")
        for name in ("annual", "by_vehicle", "by_month"):
            assert np.array_equal(whole[name][..., low:high], part[name]), name


@settings(max_examples=25)
@given(data=st.data())
def test_order_of_runs_does_not_matter(model: av.Model, matrix: np.ndarray, data: st.DataObject) -> None:
    """Points in any order, any number of times, give each point's output at its place."""
    every = model(GivenPoints(model.space, matrix, scores=False), keep="flows")
    chosen = data.draw(st.lists(st.integers(0, matrix.shape[1] - 1), min_size=1, max_size=40))
    for order in (chosen, [*range(matrix.shape[1] - 1, -1, -1)]):
        same(every, model(GivenPoints(model.space, matrix[:, order], scores=False), keep="flows"), order)


def test_points_may_come_as_scores(model: av.Model, matrix: np.ndarray) -> None:
    """Scores are cut and shuffled with the same bits as uniform numbers are."""
    scores = np.random.default_rng(6).standard_normal(matrix.shape)
    every = model(GivenPoints(model.space, scores, scores=True), keep="flows")
    order = np.random.default_rng(7).permutation(scores.shape[1])
    for runs in (order, order[:33], order[:1]):
        same(every, model(GivenPoints(model.space, scores[:, runs], scores=True), keep="flows"), runs)


def test_calling_the_model_twice_is_calling_it_once(model: av.Model, matrix: np.ndarray) -> None:
    """The model keeps nothing between calls, and leaves the points it was given as they were."""
    kept = matrix.copy()
    first = model(GivenPoints(model.space, matrix, scores=False), keep="flows")
    model(GivenPoints(model.space, 1.0 - matrix, scores=False), keep="flows")
    same(first, model(GivenPoints(model.space, matrix, scores=False), keep="flows"))
    assert np.array_equal(matrix, kept)


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("month", range(12))
def test_no_clairvoyance(model: av.Model, *, month: int, scores: bool) -> None:
    """Redrawing what is drawn after month m leaves every flow of the months up to m as it was, bit for bit."""
    rng = np.random.default_rng(month)
    shape = (model.space.dimension, 400)
    before = rng.standard_normal(shape) if scores else rng.random(shape)
    later = np.array([(c.month or 0) > month for c in model.space])
    after = before.copy()
    after[later] = rng.standard_normal((later.sum(), 400)) if scores else rng.random((later.sum(), 400))
    one, other = (model(GivenPoints(model.space, p, scores=scores), keep="flows") for p in (before, after))
    for name, flow in one.items():
        if flow.ndim == 3:
            assert np.array_equal(flow[:, :month], other[name][:, :month]), name
    assert np.array_equal(one["by_month"][:month], other["by_month"][:month])
    # The very next month has changed, so the redrawing was no idle one.
    assert not np.array_equal(one["by_month"][month], other["by_month"][month])


def test_year_long_coordinates_stand_before_the_months(model: av.Model) -> None:
    """Coordinates come in order of their month, those that hold all year first, and each is named once."""
    months = [c.month or 0 for c in model.space]
    assert months == sorted(months)
    assert len({str(c) for c in model.space}) == len(months) == model.space.dimension


@pytest.mark.parametrize("keep", ["totals", "breakdown", "months", "flows"])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_same_seed_same_answer(keep: str, threads: int) -> None:
    """Neither threads nor what is kept nor how the runs are split change a bit of the answer."""
    scenario, runs, cut = plants.busy(), BLOCK + 900, 777
    whole = av.simulate(scenario, runs=runs, seed=3, keep="totals")
    first = av.simulate(scenario, runs=cut, seed=3, keep=keep, threads=threads)
    rest = av.simulate(scenario, runs=runs - cut, first_run=cut, seed=3, keep=keep, threads=threads)
    assert np.array_equal(np.concatenate([first.annual, rest.annual]), whole.annual)


def test_another_seed_is_another_answer() -> None:
    """Two seeds share no run."""
    one, other = (av.simulate(plants.busy(), runs=500, seed=seed).annual for seed in (1, 2))
    assert not np.intersect1d(one, other).size
