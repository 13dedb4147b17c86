"""Multipliers: products of what is the same in all runs and what is not, and what is no product."""

from __future__ import annotations

import numpy as np
import pytest

import avtosim as av
from avtosim.plant.multiplier import LARGEST_PRODUCT, Columns, Multiplier

EVERY = slice(0, 4)
ONE, HALF = np.ones((1, 1)), np.full((1, 1), 0.5)
RUNS = np.array([[0.1, 0.2, 0.3, 0.4], [1.0, 2.0, 3.0, 4.0]])
COLUMNS = Columns(np.array([1, 3]), np.array([[0.5, 0.25], [0.0, 1.0]]), 4)


@pytest.mark.parametrize("factors", [(), (ONE,), (RUNS,), (ONE, RUNS), (ONE, HALF), (HALF, RUNS), (RUNS, ONE, RUNS)])
@pytest.mark.parametrize("few", [(), (COLUMNS,)])
def test_a_product_is_that_of_all_its_factors(factors: tuple, few: tuple) -> None:
    """Factors of one, of one value, of a value a run and of a few runs are multiplied alike, and stay as they were."""
    before = [factor.copy() for factor in factors]
    made = Multiplier("partners.P", (*factors, *few)).of(EVERY)
    written_out = np.ones((2, 4))
    for factor in factors:
        written_out *= factor
    for _ in few:
        written_out[:, COLUMNS.index] *= COLUMNS.values
    assert np.array_equal(np.broadcast_to(made, (2, 4)), written_out)
    assert all(np.array_equal(factor, old) for factor, old in zip(factors, before, strict=True))


@pytest.mark.parametrize("bad", [2 * LARGEST_PRODUCT, np.inf, np.nan])
@pytest.mark.parametrize("beside", [(), (ONE,), (HALF,), (COLUMNS,)])
def test_what_is_no_number_is_refused(bad: float, beside: tuple) -> None:
    """A product beyond the bound, alone or beside others, is an error that names the fact."""
    factor = RUNS.copy()
    factor[1, 2] = 4 * bad
    with pytest.raises(av.FactError, match=r"markets\.M: must stay below 1e\+150 in every run"):
        Multiplier("markets.M", (factor, *beside)).of(EVERY)
