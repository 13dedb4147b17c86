"""Law 2: no clairvoyance. What is drawn for later months changes nothing in earlier ones."""

from __future__ import annotations

import numpy as np
import plants
import pytest
from played import recorded

import avtosim as av
from avtosim.chance.points import GivenPoints
from avtosim.plant.record import RECORD

RUNS = 400
#: Axes of everything that is kept.
AXES = {quantity.name: quantity.axes for quantity in RECORD}


@pytest.fixture(scope="module", params=[plants.busy, plants.whole], ids=["busy", "whole"])
def model(request: pytest.FixtureRequest) -> av.Model:
    """Compile the two plants that have every feature between them, once."""
    return av.Model(request.param())


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("month", range(12))
def test_no_clairvoyance(model: av.Model, *, month: int, scores: bool) -> None:
    """Redrawing every coordinate after month m leaves all months up to m as they were, bit for bit."""
    rng = np.random.default_rng(month)
    shape = (model.space.dimension, RUNS)
    before = rng.standard_normal(shape) if scores else rng.random(shape)
    later = np.array([(c.month or 0) > month for c in model.space])
    after = before.copy()
    after[later] = rng.standard_normal((later.sum(), RUNS)) if scores else rng.random((later.sum(), RUNS))
    one, other = (recorded(model, GivenPoints(model.space, points, scores=scores)) for points in (before, after))
    for name, numbers in one.items():
        if "month" in AXES[name]:
            months = (slice(month),) if name == "by_month" else (slice(None), slice(month))
            assert np.array_equal(numbers[months], other[name][months]), name
    # The next month differs in most runs, so there was something to find.
    assert np.mean((one["arrived"][:, month] != other["arrived"][:, month]).any(axis=0)) > 0.5


def test_a_month_alone_moves_only_what_follows(model: av.Model) -> None:
    """Redrawing the coordinates of one month changes that month, and none before it."""
    rng = np.random.default_rng(12)
    matrix = rng.random((model.space.dimension, RUNS))
    month_of = np.array([c.month or 0 for c in model.space])
    first = recorded(model, GivenPoints(model.space, matrix, scores=False))
    for month in range(1, 13):
        again = matrix.copy()
        again[month_of == month] = rng.random((np.sum(month_of == month), RUNS))
        now = recorded(model, GivenPoints(model.space, again, scores=False))
        changed = np.flatnonzero((now["by_month"] != first["by_month"]).any(axis=1)) + 1
        assert changed[0] == month


def test_year_long_coordinates_stand_before_the_months(model: av.Model) -> None:
    """Coordinates stand in order of month, those of the whole year first, and each name occurs once."""
    months = [c.month or 0 for c in model.space]
    assert months == sorted(months)
    assert len({str(c) for c in model.space}) == len(months) == model.space.dimension
