"""The benchmark of the view from outside, at its full size, which takes two seconds."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)


def test_the_view_beats_the_plan_and_one_pooled_class() -> None:
    """With its company left out, CRPS of ln output lies below the plan's by 2 errors and one pooled class's by 1."""
    from outside import paired, scored

    rows = scored()
    assert len({r.statement.case_id for r in rows}) == 58
    for rival, bar in (("plan", 2.0), ("pooled", 1.0)):
        better, error, by_company = paired(rows, rival)
        assert better >= bar * max(error, by_company)


def test_scores_of_the_time_are_of_fewer_statements() -> None:
    """As of the statements' own dates some kinds had no case yet; the rest have scores and PITs."""
    from outside import scored

    then, now = scored(40, of_its_time=True), scored(40)
    assert 0 < len(then) < len(now)
    assert all(0.0 <= r.pit <= 1.0 and r.view > 0.0 for r in then)


@pytest.mark.parametrize("outcome", [-4.6, -0.3, 0.0, 0.2])
def test_crps_is_exact(outcome: float) -> None:
    """The quadrature gives the closed form of a normal law to ten digits."""
    from outside import crps

    z = outcome / 0.3
    closed = 0.3 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi))
    assert crps(lambda t: np.asarray(stats.norm.cdf(t, 0, 0.3)), outcome) == pytest.approx(closed, rel=1e-10)
