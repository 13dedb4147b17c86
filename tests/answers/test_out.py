"""Answers out: data frames and files of comma-separated values, with named columns and units."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import attrs
import pandas as pd
import plants
import pytest

import avtosim as av

BUSY = plants.busy()
RESULT = av.simulate(BUSY, runs=400, seed=2)

#: Every kind of answer.
ANSWERS: dict[str, Any] = {
    "result": RESULT,
    "chance": RESULT.chance(20_000),
    "by partner": RESULT.by_partner,
    "order book": RESULT.order_book("North"),
    "comparison": av.compare({"one": BUSY, "two": BUSY.replace({"partners.East.lead_time": 1})}, runs=200),
    "sweep": av.sweep(BUSY, {"partners.East.lead_time": [0, 2]}, runs=100),
    "rare": av.rare_chance(BUSY, at_least=20_000, repeats=4, particles=100),
    "register": BUSY.assumptions(),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=list(ANSWERS))
def test_a_file_holds_what_the_data_frame_holds(answer: Any, tmp_path: Path) -> None:
    """What to_csv writes reads back as what to_pandas gives, column for column, and every row says its unit."""
    frame, path = answer.to_pandas(), tmp_path / "answer.csv"
    answer.to_csv(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(frame.columns)
    assert len(rows) == len(frame) > 0
    assert "unit" in frame.columns
    for name in frame.columns:
        for stated, held in zip([row[name] for row in rows], frame[name], strict=True):
            if isinstance(held, float) and held == held:  # noqa: PLR0124 - what is not a number is not itself
                assert float(stated) == held


def test_units_are_those_of_the_rows() -> None:
    """Chances are probabilities, outputs vehicles."""
    frame = RESULT.to_pandas().set_index("quantity")
    assert frame.loc["expected output", "unit"] == "vehicles"
    assert frame.loc["at least 20,000 vehicles", "unit"] == "probability"
    assert set(RESULT.by_vehicle.to_pandas()["unit"]) == {"vehicles"}


def test_a_breakdown_is_a_data_frame_of_its_parts() -> None:
    """Pandas makes a column for each part and a row for each run; the breakdown itself cannot be changed."""
    frame = pd.DataFrame(RESULT.by_partner)
    assert list(frame.columns) == ["North", "East", "South"]
    assert frame.shape == (400, 3)
    assert (frame["East"].to_numpy() == RESULT.by_partner["East"]).all()
    for change in (lambda b: b.update(x=1), lambda b: b.pop("East"), lambda b: b.__setitem__("East", 0)):
        with pytest.raises(TypeError, match="cannot be changed"):
            change(RESULT.by_partner)


def test_an_order_book_adds_up() -> None:
    """Kits called off and arrived are those of the accounts, vehicles built those of the partner, month by month."""
    flows = av.simulate(BUSY, runs=400, seed=2, keep="flows")
    book, rows = flows.order_book("North"), [0, 3]
    assert (book.called_off == flows.flows["called"][rows].sum(axis=0)).all()
    assert (book.arrived == flows.flows["arrived"][rows].sum(axis=0)).all()
    assert book.built == pytest.approx(flows.months[rows].sum(axis=0), abs=1e-6)
    assert book.by_month["called off"].quantile("2024-05", 0.5).value > 0


def test_parts_of_the_year_and_of_the_plant_add_up() -> None:
    """Outputs until a month, of a vehicle, a line, a market or a partner are sums of what was built."""
    built = RESULT.months
    assert RESULT.outputs(until="2024-08") == pytest.approx(built[:, :6].sum(axis=(0, 1)))
    assert RESULT.outputs(of="two") == pytest.approx(built[[1, 3]].sum(axis=(0, 1)))
    assert RESULT.outputs(of=["home", "abroad"]) == pytest.approx(RESULT.annual)
    assert RESULT.outputs(until="2024-08", of="North") == pytest.approx(built[[0, 3], :6].sum(axis=(0, 1)))
    assert RESULT.chance(900, until="2024-08", of="beta").value == (built[1, :6].sum(axis=0) >= 900 - 1e-6).mean()
    below, reached = RESULT.chance_below(20_000), RESULT.chance(20_000)
    assert below.value + reached.value == pytest.approx(1.0)
    assert RESULT.mean(of="beta").value == pytest.approx(RESULT.by_vehicle["beta"].mean())
    assert RESULT.quantile(0.5, until="2024-08").value <= RESULT.quantile(0.5).value


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"of": "West"}, "of: must name one partner, vehicle, line or market of this result; got 'West'"),
        ({"of": ["North", "beta"]}, "of: must name things of one kind"),
        ({"of": 3}, "of: must be a name, or a sequence of names"),
        ({"until": "2025-03"}, "until: must be a month of the calendar, 2024-03 to 2025-02; got '2025-03'"),
    ],
)
def test_a_part_that_is_not_there_is_refused(asked: dict[str, Any], rule: str) -> None:
    """A name or month that the result does not have is one clear error."""
    with pytest.raises(ValueError, match=rule):
        RESULT.chance(100, **asked)


def test_totals_alone_tell_no_parts() -> None:
    """A result that kept totals says what to ask for, unless a target of the scenario was counted."""
    until = av.Target(9_000, until="2024-08", of="North")
    totals = av.simulate(BUSY.replace({"targets": [20_000, until]}), runs=400, seed=2, keep="totals")
    for asked in ({"of": "East"}, {"until": "2024-05"}, {"of": "East", "until": "2024-05"}):
        with pytest.raises(ValueError, match=r"keeps annual totals only; ask for simulate\(\.\.\., keep="):
            totals.chance(100, **asked)
    counted, summed = (made.outputs(until="2024-08", of="North") for made in (totals, RESULT))
    assert counted == pytest.approx(summed, rel=1e-12)
    assert totals.chance(until).what == "chance of at least 9,000 vehicles of North until 2024-08"
    assert "at least 9,000 vehicles of North until 2024-08" in str(totals)


def test_a_calendar_of_other_than_twelve_months_is_named() -> None:
    """Half a year is called so in every answer that is printed."""
    half = plants.one_vehicle(days=(20,) * 6, targets=[5])
    result = av.simulate(half, runs=50)
    words = "6 months from 2024-01"
    pair = av.compare({"one": half, "two": half.replace({"vehicles.V.plan": 20})}, runs=50)
    grid = av.sweep(half, {"vehicles.V.plan": [10, 20]}, runs=50)
    for printed in (
        result,
        result.mean(),
        result.chance(5),
        result.quantile(0.5),
        pair,
        pair.mean_difference("two"),
        grid,
    ):
        assert words in str(printed), printed


def test_vehicles_without_kits_are_named_where_others_have_some() -> None:
    """A partner that was forgotten shows in the printed answer: kits of such a vehicle never bind."""
    vehicles = [attrs.evolve(BUSY.vehicles["alpha"], partner=None), *BUSY.vehicles[1:]]
    forgot = attrs.evolve(BUSY, vehicles=vehicles)
    assert "no kits are stated for alpha: they never hold up" in str(av.simulate(forgot, runs=50))
    assert "no kits are stated" not in str(RESULT)
