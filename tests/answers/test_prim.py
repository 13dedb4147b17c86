"""Boxes by the patient rule induction method: against the package prim, by hand, and at their limits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from avtosim.answers import prim

#: Boxes that the package prim finds on tables made by formulas.
RECORD = json.loads((Path(__file__).parents[1] / "reference" / "prim.json").read_text(encoding="utf-8"))["tables"]


def shared(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Make the table of a record, and which of its years are of the kind."""
    a, b, c, d = table = np.array([(np.arange(1, 1001) * np.sqrt(prime)) % 1.0 for prime in (2, 3, 5, 7)])
    if name == "corner":
        return table, (a > 0.6) & (b < 0.55) & ((c * 7.0) % 1.0 < 0.8)
    if name == "mostly zero":
        np.maximum(a - 0.4, 0.0, out=a)
        return table, (a > 0.15) & (b < 0.6)
    return table, (a > 0.3) & (a < 0.7) & (b < 0.5) & (c * d > 0.1)


@pytest.mark.parametrize("name", RECORD)
def test_boxes_are_those_of_prim(name: str) -> None:
    """Every peel has prim's density and coverage, and the boxes on the way have its bounds, up to the last one."""
    values, hits = shared(name)
    boxes, known = prim.peeled(values, hits), RECORD[name]
    assert len(boxes) == known["peels"]
    for box, density, coverage in zip(boxes, known["density"], known["coverage"], strict=True):
        within = prim.inside(values, box)
        assert prim.density(hits, within) == pytest.approx(density, abs=1e-12)
        assert prim.density(within, hits) == pytest.approx(coverage, abs=1e-12)
    for step, (low, high) in known["boxes"].items():
        mine = boxes[int(step)]
        # prim bounds the first box by the data.
        assert np.maximum(mine[0], values.min(axis=1)) == pytest.approx(low, abs=1e-12)
        assert np.minimum(mine[1], values.max(axis=1)) == pytest.approx(high, abs=1e-12)


def test_a_corner_is_found() -> None:
    """Years of a kind that fill a corner are found with its bounds, which are round, and with no other condition."""
    values, _ = shared("corner")
    low, high = prim.region(values, (values[0] > 0.6) & (values[1] < 0.55))
    assert low[0] == pytest.approx(0.6, abs=0.02)
    assert high[1] == pytest.approx(0.55, abs=0.02)
    assert prim.restricted((low, high)) == [0, 1]
    assert np.isinf(low[1])
    assert np.isinf(high[0])


def test_nothing_is_found_where_nothing_tells_years_apart() -> None:
    """Where the kind has nothing to do with the table, or is all years, or there is no table, there is no box."""
    values, _ = shared("corner")
    assert prim.restricted(prim.region(values, np.arange(1000) % 2 == 0)) == []
    assert prim.restricted(prim.region(values, np.ones(1000, dtype=bool))) == []
    assert prim.restricted(prim.region(values[:0], np.arange(1000) < 300)) == []


def test_ties_are_peeled_together() -> None:
    """A peel takes all years that tie with its last one; a row of one value is never peeled."""
    values = np.array([[0.0] * 50 + [1.0, 2.0] * 25, [7.0] * 100])
    boxes = prim.peeled(values, values[0] > 0.0)
    assert [prim.inside(values, box).sum() for box in boxes] == [100, 50]
    assert boxes[1][0].tolist() == [0.5, -np.inf]


def test_a_peel_gains_for_each_year_that_it_takes() -> None:
    """Five years peeled off for 2.6 points come before fifty that tie for 20: 15 of these are of the kind, 35 not."""
    hits = np.arange(100) % 2 == 0
    ties, order = np.ones(100), np.arange(100.0)
    ties[[*np.flatnonzero(hits)[:15], *np.flatnonzero(~hits)[:35]]] = 0.0
    order[np.flatnonzero(~hits)[:5]] -= 1000.0
    values = np.array([ties, order])
    boxes = prim.peeled(values, hits)
    assert prim.restricted(boxes[1]) == [1]
    assert prim.inside(values, boxes[1]).sum() == 95


def test_a_row_that_is_restricted_already_is_peeled_first() -> None:
    """Where two rows gain the same, the one that a peel has restricted before goes on, though it stands behind."""
    hits = np.arange(100) % 2 == 0
    order = np.arange(100.0)
    order[np.flatnonzero(~hits)[:9]] -= 1000.0
    order[50] = -983.5
    other = order.copy()
    other[order < -990.0] = 50.5
    boxes = prim.peeled(np.array([other, order]), hits)
    assert [prim.restricted(box) for box in boxes[1:3]] == [[1], [1]]
    assert boxes[2][0][1] > -990.0


def test_what_is_left_is_peeled_once_more_by_itself() -> None:
    """The region over all rows is the one over the rows that it restricts, as if there were no others.

    A fifth of the years are of the other kind, by chance, so that peels go astray.
    """
    values, hits = shared("two ends")
    hits ^= (np.arange(1000) * np.sqrt(11)) % 1.0 < 0.2
    low, high = prim.region(values, hits)
    rows = prim.restricted((low, high))
    assert 0 < len(rows) < 4
    alone = prim.region(values[rows], hits)
    assert (alone[0].tolist(), alone[1].tolist()) == (low[rows].tolist(), high[rows].tolist())


def test_a_box_is_open_below_and_closed_above() -> None:
    """A value at the lower bound lies outside, one at the upper bound inside; a row can be taken without its bounds."""
    values = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 9.0]])
    box = np.array([1.0, -np.inf]), np.array([3.0, 5.0])
    assert prim.inside(values, box).tolist() == [False, True, False]
    assert prim.inside(values, box, free=1).tolist() == [False, True, True]


def test_the_balance_by_hand() -> None:
    """Half the gain that there could be at a coverage of one half: a balance of one half; without a gain none."""
    hits = np.array([True] * 4 + [False] * 4)
    values = np.array([[9.0, 9.0, 9.0, 0.0, 9.0, 0.0, 0.0, 0.0]])
    # 3 of 4 in the box: half way from 1/2 to 1; coverage 3/4.
    assert prim.balance(values, hits, (np.array([5.0]), np.array([np.inf]))) == pytest.approx(2 * 0.5 * 0.75 / 1.25)
    assert prim.balance(values, hits, (np.array([-np.inf]), np.array([5.0]))) == 0.0
    assert prim.balance(values, np.ones(8, dtype=bool), (np.array([5.0]), np.array([np.inf]))) == 0.0


def test_restrictions_that_add_little_are_pruned() -> None:
    """A restriction that adds less than asked is dropped, and the weakest ones beyond the most that may stay."""
    grid = np.array(np.meshgrid(*[np.arange(10.0)] * 4, indexing="ij")).reshape(4, -1)
    hits = (grid[:3] > [[0.5], [1.5], [2.5]]).all(axis=0)
    box = np.array([0.5, 1.5, 2.5, 3.5]), np.full(4, np.inf)
    kept = prim.pruned(grid, hits, box, most=3, gain=0.02)
    assert kept[0].tolist() == [0.5, 1.5, 2.5, -np.inf]
    # Without a row its share of the years of the kind is lost: 10 %, 20 %, 30 %.
    assert prim.restricted(prim.pruned(grid, hits, box, most=2, gain=0.02)) == [1, 2]
    assert prim.restricted(prim.pruned(grid, hits, box, most=3, gain=0.2)) == [2]


@pytest.mark.parametrize(("bound", "shown"), [(0.49371, 0.5), (0.1534, 0.15), (0.004, 0.0), (0.9996, 1.0)])
def test_bounds_are_rounded_as_far_as_the_box_allows(bound: float, shown: float) -> None:
    """A bound takes the fewest digits with which no more than 2 % of the box's years change sides; zero comes first."""
    values = np.linspace(0.0005, 2.0, 4000)[None]
    (low,), (high,) = prim.rounded(values, (np.array([bound]), np.array([np.inf])))
    assert (low, high) == (shown, np.inf)


def test_a_bound_between_two_values_stays_between() -> None:
    """Where rounding would move a whole value to the other side, the bound keeps the digits that tell them apart."""
    values = np.repeat([1.0, 1.25, 1.26], 100)[None]
    assert prim.rounded(values, (np.array([1.255]), np.array([np.inf])))[0].tolist() == [1.25]
    assert prim.rounded(values, (np.array([-np.inf]), np.array([1.1])))[1].tolist() == [1.0]
