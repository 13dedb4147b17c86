"""The bundled scenarios: sound, sourced, true to the dates and plans that were public."""

from __future__ import annotations

import datetime as dt
import math
import re
import warnings
from importlib import resources

import numpy as np
import pytest

from avtosim.chance.points import DrawnPoints, Keys
from avtosim.declare.moments import Date
from avtosim.facts.scenario import Scenario
from avtosim.files.load import bundled, load, loads
from avtosim.laws.varying import Total
from avtosim.plant.model import Model
from avtosim.studies.simulate import simulate

FILES = ("avtotor-2024-base", "avtotor-2024-02", "avtotor-2024-04", "avtotor-2024-06")

#: Scenarios of past years, with the last day whose news they may hold.
PAST = {
    "avtotor-2023-base": "2023-01-30",
    "avtotor-2023-01": "2023-01-30",
    "avtotor-2023-03": "2023-03-31",
    "avtotor-2023-06": "2023-06-30",
    "moskvich-2023": "2022-11-23",
}

#: What was announced for the year, in vehicles: the middle where a range was.
ANNOUNCED = {
    "moskvich-2023": 50_000,  # 23 November 2022
    "avtotor-2023-base": 75_000,  # December 2022: 50,000 to 100,000
    "avtotor-2023-01": 85_000,  # 30 January 2023: 70,000 to 100,000
    "avtotor-2023-03": 80_000,  # 21 March 2023
    "avtotor-2023-06": 70_000,  # June 2023
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


@pytest.fixture(params=bundled())
def every(request: pytest.FixtureRequest) -> Scenario:
    """Each bundled scenario, of whatever plant and year."""
    return load(request.param)


@pytest.fixture(params=FILES)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Each bundled scenario of Avtotor in 2024."""
    return load(request.param)


def text_of(name: str) -> str:
    """Give the raw text of a bundled file."""
    return resources.files("avtosim.scenarios").joinpath(f"{name}.toml").read_text(encoding="utf-8")


def full_schedule(scenario: Scenario) -> float:
    """Vehicles of the year if every vehicle starts as planned, ramps up as planned and lacks nothing."""
    plans = [vehicle.plan for vehicle in scenario.vehicles]
    rows = [(plan.total,) if isinstance(plan, Total) else plan for plan in plans]
    return math.fsum(math.fsum(row) for row in rows if isinstance(row, tuple))


def test_bundle_holds_these_files() -> None:
    """The dated scenarios of two plants and their common facts come with the library."""
    assert {*FILES, *PAST} == set(bundled())


def test_every_number_has_a_source_or_a_reason(every: Scenario) -> None:
    """No number of a bundled scenario stands without a source or a note."""
    assert every.assumptions().without_source == ()


def test_every_number_states_its_standing(every: Scenario) -> None:
    """Each stated number says how well it stands, and a guess or an assumption says so in its note."""
    assert every.assumptions().standing("not stated") == ()
    doubtful = every.assumptions().standing("assumption", "guess")
    assert [row.address for row in doubtful if not re.search(r"\b(Assumption|Guess)\b", row.note)] == []


def test_a_guess_is_called_one(every: Scenario) -> None:
    """A number whose note begins with "Guess" stands as a guess, and the note of a sourced one names no assumption."""
    rows = every.assumptions()
    assert [row.address for row in rows if row.note.startswith("Guess") and row.standing != "guess"] == []
    assert [row.address for row in rows.standing("sourced") if re.search("assum|guess", row.note, re.IGNORECASE)] == []


def test_what_a_source_says_has_a_public_address_and_a_date(every: Scenario) -> None:
    """Numbers sourced or derived name a source, every source is a web address, and says when it was stated."""
    rows = every.assumptions()
    assert [row.address for row in rows.standing("sourced", "derived") if not row.source] == []
    assert [row.address for row in rows if row.source and not re.fullmatch(r"https?://\S+", row.source)] == []
    assert [row.address for row in rows if row.source and not row.stated_on] == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_stated_after_june_2024(name: str) -> None:
    """No source was published after 30 June 2024, so that the scenarios are fair forecasts."""
    stated = re.findall(r'stated_on = "(\d{4})(?:-(\d{2}))?', text_of(name))
    assert all((int(year), int(month or 1)) <= (2024, 6) for year, month in stated)


@pytest.mark.parametrize("name", bundled())
def test_files_open_with_a_header_and_name_no_machine(name: str) -> None:
    """Each file begins by saying what it is and how to dispute it, and mentions no path of a machine."""
    text = text_of(name)
    assert text.startswith(("# Avtotor", "# Moskvich"))
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


@pytest.mark.parametrize("name", ANNOUNCED)
def test_full_schedule_comes_to_the_announced_sum(name: str) -> None:
    """Plans times the launched share of the year add up to what was announced, within 1 %."""
    assert full_schedule(load(name)) == pytest.approx(ANNOUNCED[name], rel=0.01)


def test_a_wrong_plan_is_noticed() -> None:
    """The check of the announced sum would notice one vehicle planned at twice its rate."""
    scenario = load("avtotor-2024-06")
    doubled = scenario.replace({"vehicles.X3.plan.total": 2.0 * scenario["vehicles.X3.plan.total"]})
    assert full_schedule(doubled) != pytest.approx(ANNOUNCED["avtotor-2024-06"], rel=0.01)


def test_starts_match_the_published_dates(scenario: Scenario) -> None:
    """Each vehicle starts on its published day, or in the middle of its month, within three days."""
    later = {"Dashing"} if scenario.name.endswith(("common facts", "February")) else set()
    assert {vehicle.name for vehicle in scenario.vehicles} == set(STARTED) - later
    for vehicle in scenario.vehicles:
        year, month, day = STARTED[vehicle.name]
        stated = dt.date.fromisoformat(vehicle.start.text)
        assert abs((stated - dt.date(year, month, day or 15)).days) <= 3, vehicle.name


def test_what_had_started_by_april_is_not_late_any_more() -> None:
    """From April on the start of Dashing and A5 is certain, and T5 is at most a month behind its plan."""
    for name in ("avtotor-2024-04", "avtotor-2024-06"):
        scenario = load(name)
        assert scenario["vehicles.Dashing.delay"] == 0.0
        assert scenario["vehicles.A5.delay"] == 0.0
        assert scenario["vehicles.T5.delay"].support() == (0.0, 1.0)


def test_jetour_is_not_there_before_april() -> None:
    """Jetour and its Dashing stand in no file from before its start was public."""
    assert [name for name in FILES if "Dashing" in load(name).vehicles] == ["avtotor-2024-04", "avtotor-2024-06"]
    assert [name for name in FILES if "Jetour" in load(name).partners] == ["avtotor-2024-04", "avtotor-2024-06"]


def test_the_dated_files_differ_in_news_only() -> None:
    """The dated files change plans, beliefs and what became known, never the plant, the calendar or the shares."""
    news = re.compile(
        r"vehicles\..*\.(plan|plan\.total|delay)|shocks\..*|markets\.Russia\.per_year|quantities\..*"
        r"|vehicles\.A5\.opening_kits|announced\..*|(partners\.Jetour|vehicles\.Dashing)\..*"
    )
    base = load("avtotor-2024-base").numbers()
    for name in FILES[1:]:
        numbers = load(name).numbers()
        changed = {a for a in base.keys() | numbers.keys() if base.get(a) != numbers.get(a)}
        assert {address for address in changed if not news.fullmatch(address)} == set()


def test_sales_and_stock_follow_one_belief(scenario: Scenario) -> None:
    """What was sold of 2023's output and what was left of it are one draw, for every model that was built then."""
    model = Model(scenario)
    reading = model.read(DrawnPoints(model.space, Keys(1), 0, 500))
    made, sold, left = (reading[f"quantities.{name} 2023"] for name in ("output", "sold", "left"))
    assert np.allclose(sold + left, made)
    assert np.all((sold > 0) & (left > 0))
    built = [vehicle for vehicle in scenario.vehicles if vehicle.start < Date("2023-12")]
    assert all("sell-through" in _followed(scenario, vehicle.market_share) for vehicle in built)
    assert all("sell-through" in _followed(scenario, vehicle.opening_stock) for vehicle in built)


def _followed(scenario: Scenario, stated: object) -> set[str]:
    """All named quantities that a number follows, also by those that it follows."""
    names = set(getattr(stated, "uses", ()))
    return names.union(*(_followed(scenario, scenario.quantities[name]) for name in names))


def test_market_shares_leave_room_for_others(scenario: Scenario) -> None:
    """The shares of a market's vehicles stay far below 1 in sum, and below the 3.6 % that all of 2023's output was."""
    model = Model(scenario)
    reading = model.read(DrawnPoints(model.space, Keys(1), 0, 4000))
    for market in scenario.markets:
        own = [v for v in scenario.vehicles if v.market == market.name]
        shares = sum(reading[f"{vehicle.address}.market_share"] for vehicle in own)
        assert np.max(shares) < 0.5
        if market.name == "Russia":
            assert 0.005 < np.mean(shares) < 0.036


def test_writing_and_reading_gives_the_same_scenario(every: Scenario) -> None:
    """A bundled scenario written as TOML and read again equals itself, sources included."""
    again = loads(every.to_toml())
    assert again == every
    assert again.provenance == every.provenance


@pytest.mark.parametrize("address", ["partners.BAIC.fill_rate", "vehicles.X35.start"])
def test_addresses_used_in_the_documents_exist(scenario: Scenario, address: str) -> None:
    """The addresses that the documents take as examples exist in every file."""
    assert scenario[address] is not None


def test_capacity_is_what_the_plant_states(scenario: Scenario) -> None:
    """The lines together can build no more than 250,000 a year, the stated capacity on two shifts."""
    most = sum(line.per_day.support()[1] for line in scenario.lines) * sum(scenario.calendar.working_days)
    assert most == pytest.approx(250_000, rel=0.01)


# --- Past years ----------------------------------------------------------------------------------------------------


def too_late(scenario: Scenario, day: str) -> list[str]:
    """Addresses of the numbers whose source, or a page that their note names, is later than a day or may be."""
    found = []
    for address, origin in scenario.provenance.items():
        pages = " ".join([origin.source, *re.findall(r"https?://\S+", origin.note)])
        dated = [f"{y}-{m}" for y, m in re.findall(r"(?<!\d)(20\d\d)[-/](\d\d)(?=[-/])", pages)]
        stated = re.match(r"\d{4}(-\d{2}){0,2}", origin.stated_on) if origin.source else None
        known = [*dated, *([stated[0]] if stated else [])]
        vague = bool(origin.source) and (stated is None or stated[0] == day[:4])
        if vague or any(when > day[: len(when)] for when in known):
            found.append(address)
    return found


@pytest.mark.parametrize("name", PAST)
def test_a_past_year_knows_nothing_later_than_its_date(name: str) -> None:
    """No number of a scenario of a past year, its own or taken over, rests on a page later than the scenario's date."""
    assert too_late(load(name), PAST[name]) == []


@pytest.mark.parametrize("later", ["2022-11-24", "2022-12", "2022", "2023", "undated"])
def test_a_later_date_would_be_noticed(later: str) -> None:
    """A date after the scenario's, or one too vague to tell, is found by the check above."""
    text = text_of("moskvich-2023").replace('stated_on = "2022-11-16"', f'stated_on = "{later}"')
    assert too_late(loads(text), PAST["moskvich-2023"]) == ["markets.Russia.per_year"]


def test_a_page_of_a_later_month_would_be_noticed() -> None:
    """A source whose address holds a later month is found, whatever day is stated for it."""
    text = text_of("moskvich-2023").replace("https://tiheya.ru/node/15", "https://news.example/2023/01/09/days")
    assert too_late(loads(text), PAST["moskvich-2023"]) == ["calendar.working_days"]


@pytest.mark.parametrize("name", PAST)
def test_a_past_year_does_not_tell_how_it_ended(name: str) -> None:
    """What the year gave stands nowhere in the files, and the pace of mid-2023 only in that of June."""
    text = re.sub(r"[\s\\]+", " ", text_of(name))
    assert re.search(r"\b(38[,_]?000|27[,_]?000|15[,_]?300)\b", text) is None
    assert ("600 to 1,000" in text) == (name == "avtotor-2023-06")
    assert ("14,000 a month" in text) == (name == "avtotor-2023-06")


@pytest.mark.parametrize("name", PAST)
def test_a_past_year_has_the_working_days_of_2023(name: str) -> None:
    """The calendar is that of 2023 with its 247 working days."""
    calendar = load(name).calendar
    assert (calendar.first_month, calendar.months, sum(calendar.working_days)) == ("2023-01", 12, 247.0)


@pytest.mark.parametrize("name", PAST)
def test_a_past_year_loads_without_warnings_and_runs_to_finite_output(name: str) -> None:
    """Each file loads without a warning, and 2,000 runs of it give outputs that are finite and differ."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = simulate(load(name), runs=2_000, seed=1)
    assert np.isfinite(result.annual).all()
    assert 0 <= result.annual.min() < result.annual.max()


def test_june_2023_builds_what_was_stated_until_june() -> None:
    """The first months of the file of June come to the 600 to 1,000 a month that the plant stated, on average."""
    months = simulate(load("avtotor-2023-06"), runs=2_000, seed=1).months.sum(axis=0).mean(axis=1)
    assert 600 <= months[2:6].mean() <= 1_000


def test_the_dated_files_of_2023_differ_in_news_only() -> None:
    """Dated files change plans, starts, beliefs and the trucks of March, never the plant, partners or calendar."""
    news = re.compile(
        r"vehicles\..*\.(plan|plan\.total|plan\.2023-\d\d|start|ramp_up|market_share(\..*)?)"
        r"|markets\.Russia\.per_year|quantities\.newcomer share|announced\..*|(partners|vehicles)\.Trucks\..*"
    )
    base = load("avtotor-2023-base").numbers()
    for name in ("avtotor-2023-01", "avtotor-2023-03", "avtotor-2023-06"):
        numbers = load(name).numbers()
        changed = {a for a in base.keys() | numbers.keys() if base.get(a) != numbers.get(a)}
        assert {address for address in changed if not news.fullmatch(address)} == set()
