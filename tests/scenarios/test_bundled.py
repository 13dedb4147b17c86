"""The bundled scenarios: sound, sourced, true to the dates and plans that were public."""

from __future__ import annotations

import math
import re
from importlib import resources

import pytest

from avtosim.facts.scenario import Scenario
from avtosim.files.load import bundled, load, loads
from avtosim.laws.base import mean_of

FILES = ("avtotor-2024-base", "avtotor-2024-02", "avtotor-2024-04", "avtotor-2024-06")

#: What was announced for 2024, in vehicles: the middle where a range was.
ANNOUNCED = {
    "avtotor-2024-base": 100_000,  # August 2023: not less than 100,000
    "avtotor-2024-02": 115_000,  # February 2024: 100,000 to 130,000
    "avtotor-2024-04": 90_000,  # 15 April 2024: 80,000 to 100,000
    "avtotor-2024-06": 70_000,  # June 2024: about 70,000
}

#: First day of production as published: year, month, day; no day: some time in that month.
STARTED = {
    "E5": (2023, 1, 30),
    "X35": (2023, 4, 4),
    "U5 Plus": (2023, 4, 4),
    "SWM SUVs": (2023, 4, 15),
    "X3": (2023, 8, None),
    "BAIC SUVs": (2023, 8, None),
    "Trucks": (2023, 8, 16),
    "Work": (2023, 8, 16),
    "A5": (2024, 2, None),
    "T5": (2024, 3, None),
    "Dashing": (2024, 4, 15),
}


@pytest.fixture(params=FILES)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Each bundled Avtotor scenario."""
    return load(request.param)


def text_of(name: str) -> str:
    """Give the raw text of a bundled file."""
    return resources.files("avtosim.scenarios").joinpath(f"{name}.toml").read_text(encoding="utf-8")


def full_schedule(scenario: Scenario) -> float:
    """Vehicles of the year if every vehicle starts as planned, ramps up as planned and lacks nothing."""
    days = scenario.calendar.working_days
    steps = 2000
    total = 0.0
    for vehicle in scenario.vehicles:
        for month, share in enumerate(days):
            moments = (month + (step + 0.5) / steps for step in range(steps))
            launch = math.fsum(min(max((m - vehicle.start) / vehicle.ramp_up, 0.0), 1.0) for m in moments) / steps
            total += vehicle.plan * share / sum(days) * launch
    return total


def test_bundle_holds_the_four_files() -> None:
    """The three dated scenarios and their common facts come with the library."""
    assert set(FILES) <= set(bundled())


def test_every_number_has_a_source_or_a_reason(scenario: Scenario) -> None:
    """No number of a bundled scenario stands without a source or a note."""
    assert scenario.assumptions().without_source == ()


def test_every_number_states_its_standing(scenario: Scenario) -> None:
    """Each stated number says how well it stands, and a guess or an assumption says so in its note."""
    assert scenario.assumptions().standing("not stated") == ()
    doubtful = scenario.assumptions().standing("assumption", "guess")
    assert [row.address for row in doubtful if not re.search(r"\b(Assumption|Guess)\b", row.note)] == []


def test_a_guess_is_called_one(scenario: Scenario) -> None:
    """A number whose note begins with "Guess" stands as a guess, and the note of a sourced one names no assumption."""
    rows = scenario.assumptions()
    assert [row.address for row in rows if row.note.startswith("Guess") and row.standing != "guess"] == []
    assert [row.address for row in rows.standing("sourced") if re.search("assum|guess", row.note, re.IGNORECASE)] == []


def test_what_a_source_says_has_a_public_address_and_a_date(scenario: Scenario) -> None:
    """Numbers sourced or derived name a source, every source is a web address, and says when it was stated."""
    rows = scenario.assumptions()
    assert [row.address for row in rows.standing("sourced", "derived") if not row.source] == []
    assert [row.address for row in rows if row.source and not re.fullmatch(r"https?://\S+", row.source)] == []
    assert [row.address for row in rows if row.source and not row.stated_on] == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_stated_after_june_2024(name: str) -> None:
    """No source was published after 30 June 2024, so that the scenarios are fair forecasts."""
    stated = re.findall(r'stated_on = "(\d{4})(?:-(\d{2}))?', text_of(name))
    assert all((int(year), int(month or 1)) <= (2024, 6) for year, month in stated)


@pytest.mark.parametrize("name", FILES)
def test_files_open_with_a_header_and_name_no_machine(name: str) -> None:
    """Each file begins by saying what it is and how to dispute it, and mentions no path of a machine."""
    text = text_of(name)
    assert text.startswith("# Avtotor")
    assert "To dispute" in text
    assert re.search(r"/work/|/home/|/tmp/|shared/|\.csv", text) is None


def test_targets_are_those_of_the_announcements(scenario: Scenario) -> None:
    """All scenarios judge the same three volumes."""
    assert scenario.targets == (70_000.0, 100_000.0, 130_000.0)


def test_calendar_is_russias_2024(scenario: Scenario) -> None:
    """The calendar is that of 2024 with its 248 working days."""
    assert scenario.calendar.first_month == "2024-01"
    assert scenario.calendar.months == 12
    assert sum(scenario.calendar.working_days) == 248.0


@pytest.mark.parametrize("name", FILES)
def test_full_schedule_comes_to_the_announced_sum(name: str) -> None:
    """Plans times the launched share of the year add up to what was announced, within 1 %."""
    assert full_schedule(load(name)) == pytest.approx(ANNOUNCED[name], rel=0.01)


def test_a_wrong_plan_is_noticed() -> None:
    """The check of the announced sum would notice one vehicle planned at twice its rate."""
    scenario = load("avtotor-2024-06")
    doubled = scenario.replace({"vehicles.X3.plan": 2.0 * scenario["vehicles.X3.plan"]})
    assert full_schedule(doubled) != pytest.approx(ANNOUNCED["avtotor-2024-06"], rel=0.01)


def test_starts_match_the_published_dates(scenario: Scenario) -> None:
    """Each vehicle starts on its published day, or in the middle of its month, within a twentieth of a month."""
    assert {vehicle.name for vehicle in scenario.vehicles} == set(STARTED)
    for vehicle in scenario.vehicles:
        year, month, day = STARTED[vehicle.name]
        share = 0.5 if day is None else (day - 1) / 30.0
        assert vehicle.start == pytest.approx(12 * (year - 2024) + month - 1 + share, abs=0.05), vehicle.name


def test_what_had_started_by_april_is_not_late_any_more() -> None:
    """From April on the start of Dashing and A5 is certain, and T5 is at most a month behind its plan."""
    for name in ("avtotor-2024-04", "avtotor-2024-06"):
        scenario = load(name)
        assert scenario["vehicles.Dashing.delay"] == 0.0
        assert scenario["vehicles.A5.delay"] == 0.0
        assert scenario["vehicles.T5.delay"].support() == (0.0, 1.0)


def test_jetour_is_not_planned_before_april() -> None:
    """Dashing has no plan in the files that stand before its start was public."""
    plans = {name: load(name)["vehicles.Dashing.plan"] for name in FILES}
    assert [name for name, plan in plans.items() if plan == 0.0] == ["avtotor-2024-base", "avtotor-2024-02"]


def test_the_dated_files_differ_in_news_only() -> None:
    """The three dated files change plans and what became known, never the plant, the calendar or the shares."""
    news = re.compile(
        r"vehicles\..*\.(plan|delay)|shocks\..*|markets\.Russia\.per_year|partners\.Jetour\.stops\.per_year"
    )
    base = load("avtotor-2024-base").numbers()
    for name in FILES[1:]:
        numbers = load(name).numbers()
        changed = {a for a in base.keys() | numbers.keys() if base.get(a) != numbers.get(a)}
        assert {address for address in changed if not news.fullmatch(address)} == set()


def test_market_shares_leave_room_for_others(scenario: Scenario) -> None:
    """The shares of a market's vehicles stay far below 1 in sum, and near the 3.6 % that 2023 showed for cars."""
    for market in scenario.markets:
        shares = [v.market_share for v in scenario.vehicles if v.market == market.name]
        assert sum(share.support()[1] for share in shares) <= 1.0
    cars = sum(mean_of(v.market_share) for v in scenario.vehicles if v.market == "Russia")
    assert 0.03 < cars < 0.06


def test_writing_and_reading_gives_the_same_scenario(scenario: Scenario) -> None:
    """A bundled scenario written as TOML and read again equals itself, sources included."""
    again = loads(scenario.to_toml())
    assert again == scenario
    assert again.provenance == scenario.provenance


@pytest.mark.parametrize("address", ["partners.BAIC.fill_rate", "vehicles.X35.start"])
def test_addresses_used_in_the_documents_exist(scenario: Scenario, address: str) -> None:
    """The addresses that the documents take as examples exist in every file."""
    assert scenario[address] is not None


def test_capacity_is_what_the_plant_states(scenario: Scenario) -> None:
    """The lines together can build no more than 250,000 a year, the stated capacity on two shifts."""
    most = sum(line.per_day.support()[1] for line in scenario.lines) * sum(scenario.calendar.working_days)
    assert most == pytest.approx(250_000, rel=0.01)
