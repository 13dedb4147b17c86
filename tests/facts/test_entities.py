"""Facts: what each one refuses, and what a calendar says."""

from __future__ import annotations

import copy
import itertools
import pickle
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tiny import faults_of, tiny

import avtosim as av
from avtosim.declare.containers import FrozenMap

STOPS = {"per_year": 2, "duration": 0.5}
VEHICLE: dict[str, Any] = {"name": "V", "partner": "P", "line": "L", "market": "M", "plan": 10, "market_share": 0.1}


#: The same names, unknown to the type checker: the mistakes below are made on purpose.
bad: Any = av


@pytest.mark.parametrize(
    ("make", "address", "words"),
    [
        (lambda: bad.Partner(name="P", fill_rate=1.2), "partners.P.fill_rate", "must lie in [0, 1]; got 1.2"),
        (lambda: bad.Partner(name="P", chance_of_leaving=-0.1), "partners.P.chance_of_leaving", "got -0.1"),
        (lambda: bad.Partner(name="P", lead_time=1.5), "partners.P.lead_time", "whole number of months"),
        (lambda: bad.Partner(name="P", lead_time=av.Uniform(low=0, high=2)), "partners.P.lead_time", "fractions"),
        (lambda: bad.Partner(name="P", lead_time=25), "partners.P.lead_time", "0 to 24"),
        (lambda: bad.Partner(name="P", fill_rate=True), "partners.P.fill_rate", "must be a number"),
        (lambda: bad.Partner(name="P", lead_time=np.timedelta64(1)), "partners.P.lead_time", "must be a number"),
        (lambda: bad.Partner(name="P", fill_rate="0.5"), "partners.P.fill_rate", "got '0.5'"),
        (lambda: bad.Partner(name="P", fill_rate=None), "partners.P.fill_rate", "must be a number"),
        (
            lambda: bad.Partner(name="P", fill_rate=stats.norm(0.9, 0.1)),
            "partners.P.fill_rate",
            "scipy.stats.norm(0.9",
        ),
        (lambda: bad.Partner(name="P", fill_rate=stats.beta([1, 2], 3)), "partners.P.fill_rate", "one number"),
        (lambda: bad.Partner(name="P", fill_rate=av.Uniform), "partners.P.fill_rate", "must be a number, a law"),
        (lambda: bad.Partner(name="P", stops=3), "partners.P.stops", "must be Stops(...)"),
        (lambda: bad.Partner(name="a.b"), "partners.a.b.name", "must be a name"),
        (lambda: bad.Partner(name=" a"), "partners. a.name", "must be a name"),
        (lambda: bad.Partner(name=""), "partners.name", "must be a name"),
        (lambda: bad.Line(name="L", per_day=float("inf")), "lines.L.per_day", "must be a finite number"),
        (lambda: bad.Line(name="L", per_day=10**400), "lines.L.per_day", "must be a finite number"),
        (lambda: bad.Line(name="L", per_day=np.nan), "lines.L.per_day", "got nan"),
        (lambda: bad.Vehicle(**{**VEHICLE, "plan": -1}), "vehicles.V.plan", "must be zero or more; got -1.0"),
        (lambda: bad.Vehicle(**{**VEHICLE, "flex": 0.9}), "vehicles.V.flex", "must be 1 or more"),
        (lambda: bad.Vehicle(**{**VEHICLE, "line": 3}), "vehicles.V.line", "must be a name"),
        (
            lambda: bad.Vehicle(**{**VEHICLE, "plan": av.Varying(law=stats.beta(1, 2))}),
            "vehicles.V.plan",
            "each month",
        ),
        (
            lambda: bad.Market(name="M", per_year=1, season=[1] * 11),
            "markets.M.season",
            "must have 12 numbers; got 11",
        ),
        (lambda: bad.Market(name="M", per_year=1, season=[0] * 12), "markets.M.season", "must not be all zero"),
        (lambda: bad.Market(name="M", per_year=1, season="abc"), "markets.M.season", "row of plain numbers"),
        (lambda: bad.Market(name="M", per_year=1, elasticities={"x": np.nan}), "markets.M.elasticities.x", "finite"),
        (lambda: bad.Market(name="M", per_year=1, elasticities={3: 1}), "markets.M.elasticities", "no name; got 3"),
        (lambda: bad.Market(name="M", per_year=1, elasticities=3), "markets.M.elasticities", "must be a table"),
        (lambda: bad.Factor(name="F", volatility=-1), "factors.F.volatility", "must be zero or more"),
        (lambda: bad.Stops(**STOPS, at_start="stoped"), "stops.at_start", "did you mean 'stopped'?"),
        (lambda: bad.Stops(**STOPS, stopped_for=1), "stops.stopped_for", "goes with at_start = 'stopped' only"),
        (lambda: bad.Stops(**STOPS, at_start="stopped", stopped_for=1), "stops.stopped_for", "must be shorter"),
        (lambda: bad.Stops(per_year=1, duration=0), "stops.duration", "must be above zero"),
        (lambda: bad.Stops(per_year=366, duration=1), "stops.per_year", "must lie in [0, 365]"),
        (lambda: bad.Shock(name="S", supply={"P": 0}), "shocks.S", "either stops (random times) or a window"),
        (lambda: bad.Shock(name="S", window=av.Window(1, 2)), "shocks.S", "must do something"),
        (lambda: bad.Market(name="M", per_year=1, season=np.array(0.5)), "markets.M.season", "row of plain numbers"),
        (lambda: bad.Market(name="M", per_year=1, season=set(range(12))), "markets.M.season", "row of plain numbers"),
        (lambda: bad.Market(name="M", per_year=1, season=itertools.count()), "markets.M.season", "row of plain"),
        (lambda: bad.Stops(**STOPS, at_start=np.array(["a", "b"])), "stops.at_start", "must be one of running"),
        (lambda: bad.Partner(name="a\u202eb"), "partners.a\u202eb.name", "must be a name"),
        (lambda: bad.Partner(name="a\n"), "partners.a\n.name", "must be a name"),
        (lambda: bad.Calendar(first_month="2024-01\n"), "calendar.first_month", "control characters"),
        (lambda: bad.Calendar(first_month="2024-13"), "calendar.first_month", "YYYY-MM; got '2024-13'"),
        (lambda: bad.Calendar(first_month="0000-01"), "calendar.first_month", "from 0001-01; got '0000-01'"),
        (lambda: bad.Calendar(first_month="2024-01", working_days=[]), "calendar.working_days", "1 to 120 months"),
        (
            lambda: bad.Calendar(first_month="2024-01", working_days=[0, 0]),
            "calendar.working_days",
            "some working days",
        ),
        (lambda: bad.Calendar(first_month="2024-01", working_days=[3, 32]), "calendar.working_days.1", "[0, 31]"),
    ],
)
def test_a_wrong_value_is_told_with_its_place_and_rule(make: Any, address: str, words: str) -> None:
    """Each wrong value is one fault: where, which rule, which value, and the mend where one is known."""
    faults = faults_of(make)
    assert list(faults) == [address]
    assert words in faults[address]


def test_all_faults_of_a_fact_are_told_together() -> None:
    """Three wrong fields are three faults of one error."""
    faults = faults_of(av.Vehicle, **{**VEHICLE, "plan": -1, "flex": 0, "market_share": 2})
    assert list(faults) == ["vehicles.V.plan", "vehicles.V.flex", "vehicles.V.market_share"]


@pytest.mark.parametrize("cls", [av.Partner, av.Line, av.Market, av.Factor, av.Shock, av.Calendar, av.Stops, av.Window])
def test_an_unknown_keyword_is_an_error(cls: Any) -> None:
    """A keyword that a fact does not know is refused, not ignored."""
    with pytest.raises(TypeError, match="no_such_word"):
        cls(no_such_word=1)


def test_a_calendar_names_its_months() -> None:
    """Labels run on over the turn of the year."""
    calendar = av.Calendar(first_month="2023-11", working_days=[20, 21, 17])
    assert calendar.labels == ("2023-11", "2023-12", "2024-01")
    assert calendar.months == 3


def test_facts_are_values() -> None:
    """Facts with equal fields are equal, hash alike, survive pickling and copying, and can't be changed."""
    market = av.Market(name="M", per_year=1, elasticities={"yuan": 0.5})
    assert market == av.Market(name="M", per_year=1.0, elasticities={"yuan": 0.5})
    assert hash(market) == hash(av.Market(name="M", per_year=1.0, elasticities={"yuan": 0.5}))
    assert pickle.loads(pickle.dumps(market)) == copy.deepcopy(market) == market
    with pytest.raises(AttributeError):
        market.per_year = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        market.elasticities["yuan"] = 2  # type: ignore[index]
    with pytest.raises(AttributeError):
        FrozenMap({"a": 1})._items = {}  # type: ignore[misc]


def test_what_was_given_can_change_without_the_fact() -> None:
    """A list or table handed in is copied: changing it later leaves the fact as it was."""
    days, table = [20.0, 21.0], {"yuan": 0.5}
    calendar = av.Calendar(first_month="2024-01", working_days=days)
    market = av.Market(name="M", per_year=1, elasticities=table)
    days[0], table["yuan"] = 0.0, 9.0
    assert calendar.working_days == (20.0, 21.0)
    assert market.elasticities == {"yuan": 0.5}


def test_a_fact_prints_what_was_said() -> None:
    """The repr shows the fields that were given, not the defaults."""
    assert (
        repr(av.Partner(name="P", fill_rate=stats.beta(2, 3))) == "Partner(name='P', fill_rate=scipy.stats.beta(2, 3))"
    )


class BrokenRow(list[float]):
    """A list that cannot be read."""

    def __iter__(self) -> Any:
        raise RuntimeError("not today")


class BrokenTable(dict[str, float]):
    """A table that cannot be read."""

    def items(self) -> Any:
        """Fail."""
        raise RuntimeError("not today")


def test_containers_that_cannot_be_read_are_faults() -> None:
    """A row, table or family whose own methods raise is a fault with its address."""
    row: Any = BrokenRow([20.0])
    faults = faults_of(av.Calendar, first_month="2024-01", working_days=row)
    assert "BrokenRow that raises RuntimeError" in faults["calendar.working_days"]
    table = BrokenTable(yuan=0.5)
    assert list(faults_of(av.Market, name="M", per_year=1, elasticities=table)) == ["markets.M.elasticities"]
    assert list(faults_of(tiny().replace, {"vehicles": row})) == ["vehicles"]
    assert list(faults_of(tiny().replace, table)) == ["replace"]


@pytest.mark.parametrize("key", [None, 1.5, {}, "X"])
def test_a_family_names_what_it_holds(key: Any) -> None:
    """A key that is neither a name nor an index is an error that names the facts."""
    with pytest.raises(KeyError, match="BAIC"):
        tiny().partners[key]


@pytest.mark.parametrize("date", ["2024", "2024-02", "2024-02-29", "0001", "9999-12-31", ""])
def test_an_announcement_is_dated_by_what_the_calendar_has(date: str) -> None:
    """Years, months and days that exist, or nothing."""
    assert av.Announcement(low=1, stated_on=date).stated_on == date


@pytest.mark.parametrize(
    ("wrong", "address"),
    [
        *(({"stated_on": date}, "stated_on") for date in ("2023-02-29", "2024-13", "2024-00", "2024-1-5", "0000")),
        *(({"stated_on": date}, "stated_on") for date in ("20240105", "2024-W01-1", " 2024", "2024-02-01T00:00", 2024)),
        ({"high": 4.0}, "high"),
        ({"low": av.Uniform(1, 2)}, "low"),
        ({"low": 0}, "low"),
        ({"last_year": -1}, "last_year"),
        ({"programme": "young"}, "programme"),
    ],
)
def test_what_was_announced_must_make_sense(wrong: dict[str, Any], address: str) -> None:
    """Dates exist, the upper end is no lower than the lower one, and numbers are certain."""
    assert list(faults_of(av.Announcement, **({"low": 5.0} | wrong))) == [f"announced.{address}"]
