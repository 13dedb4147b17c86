"""Exact cases without chance: years worked by hand, month by month, met to the last digit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import avtosim as av

CASES = {
    case["id"]: case["values"]
    for case in json.loads(Path(__file__).with_name("exact.json").read_text(encoding="utf-8"))["cases"]
}
EVEN = (20,) * 12


def built(senders: list[av.Partner], *, shocks: tuple[av.Shock, ...] = (), **vehicle: Any) -> np.ndarray:
    """Give what is built in each month of a plan of 12,000 in equal months, everything else ample."""
    stated: dict[str, Any] = {"partner": senders[0].name, "plan": 12_000, "market": "M", "market_share": 1} | vehicle
    if "orders" in stated:
        del stated["market"], stated["market_share"]
    if "partners" in stated:
        del stated["partner"]
    plant = av.Scenario(
        name="by hand",
        calendar=av.Calendar(first_month="2024-01", working_days=EVEN),
        lines=[av.Line(name="L", per_day=1e6)],
        markets=[av.Market(name="M", per_year=1e9)],
        partners=senders,
        vehicles=[av.Vehicle(name="V", line="L", **stated)],
        shocks=shocks,
    )
    return av.simulate(plant, runs=1).by_month.array[:, 0]


def silent(partner: str) -> av.Shock:
    """Leave nothing of a partner's supply in months 3 to 5."""
    return av.Shock(name="silence", window=av.Window(2, 3), supply={partner: 0})


@pytest.mark.parametrize("words", CASES["takeover"])
def test_takeover(words: str) -> None:
    """Of two partners one falls silent for three months; the other takes over what it may and can."""
    takeover = float(words.split(",", maxsplit=1)[0].split()[1])
    surge = float(words.split("surge ")[1]) if "surge" in words else 3.0
    senders = [av.Partner(name=name, surge=surge) for name in "AB"]
    year = built(senders, shocks=(silent("A"),), partners={"A": 0.6, "B": 0.4}, takeover=takeover)
    assert year.sum() == pytest.approx(CASES["takeover"][words], abs=1e-6)


def test_delay() -> None:
    """Kits due in March come one and a half months late: half in April, half in May; a lead time of two makes up."""
    late = (av.Shock(name="slow", window=av.Window("2024-03", end="2024-03"), delay={"P": 1.5}),)
    year = built([av.Partner(name="P")], shocks=late)
    assert year[:6].tolist() == pytest.approx(CASES["delay"]["built in months 1 to 6"], abs=1e-6)
    assert year.sum() == pytest.approx(CASES["delay"]["year"], abs=1e-6)
    longer = built([av.Partner(name="P", lead_time=2)], shocks=late)
    assert longer.tolist() == pytest.approx([1000, 1000, 0, *[1000] * 9], abs=1e-6)


@pytest.mark.parametrize(("backorder", "flex", "words"), [(0, 1.3, 0), (0, 1, 0), (1, 1.3, 1)])
def test_catch_up(backorder: float, flex: float, words: int) -> None:
    """Three months without kits are made up where orders wait and flex lets more be built."""
    partner = av.Partner(name="P", lead_time=2, surge=1.5)
    year = built([partner], shocks=(silent("P"),), orders=12_000, backorder=backorder, flex=flex)
    assert year.sum() == pytest.approx(list(CASES["catch_up"].values())[words], abs=1e-6)


def test_what_waits_is_lost_to_a_plan_without_flex() -> None:
    """With flex 1 nothing is made up, and a stated backorder is warned of."""
    partner = av.Partner(name="P", lead_time=2, surge=1.5)
    with pytest.warns(UserWarning, match="vehicles.V.backorder: what waits can never be served"):
        year = built([partner], shocks=(silent("P"),), orders=12_000, backorder=1, flex=1)
    assert year.sum() == pytest.approx(9000, abs=1e-6)


@pytest.mark.parametrize("end", [6, "2024-06", "2024-06-30"])
def test_end_in_june(end: object) -> None:
    """A vehicle that ends with June builds half a year, however its end is stated."""
    year = built([av.Partner(name="P", lead_time=1)], end=end)
    assert year.tolist() == pytest.approx([1000] * 6 + [0] * 6, abs=1e-6)
    assert year.sum() == pytest.approx(CASES["end_in_June"]["year"])


def test_plan_revised() -> None:
    """A plan doubled from July on is built, since call-offs foresee it."""
    plan = av.Stepwise({"2024-01": 12_000, "2024-07": 24_000})
    year = built([av.Partner(name="P", lead_time=2)], plan=plan)
    assert year.sum() == pytest.approx(CASES["plan_revised"]["year"], abs=1e-6)
