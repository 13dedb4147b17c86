"""The ledger: sums in every run, causes by hand in certain plants, and the same bits however the work is cut."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import plants
import pytest
from certain import uncertain
from executors import Pickling

import avtosim as av
from avtosim.plant.ledger import ENTRIES
from avtosim.plant.model import Model
from avtosim.studies import ledger as study

BUNDLED = ("avtotor-2023-06", "avtotor-2024-02", "avtotor-2024-06", "moskvich-2023")
EVEN = (20,) * 12
#: A shock over the third to fifth month.
SILENT = av.Window(2, 3)
STRIKE = av.Shock(name="strike", window=av.Window("2024-09", end="2024-09"), supply={"P": 0})


def plant(senders: list[av.Partner], *, shocks: tuple[av.Shock, ...] = (), line: float = 1e6, **vehicle: Any) -> Any:
    """Build a plan of 12,000 in equal months, everything ample until said otherwise."""
    stated: dict[str, Any] = {"partner": senders[0].name, "plan": 12_000, "market": "M", "market_share": 1} | vehicle
    for other, replaced in {
        "orders": ("market", "market_share"),
        "partners": ("partner",),
        "needs": ("partner",),
    }.items():
        stated = {k: v for k, v in stated.items() if other not in vehicle or k not in replaced}
    return av.Scenario(
        name="by hand",
        calendar=av.Calendar(first_month="2024-01", working_days=EVEN),
        lines=[av.Line(name="L", per_day=line)],
        markets=[av.Market(name="M", per_year=1e9)],
        partners=senders,
        vehicles=[av.Vehicle(name="V", line="L", **stated)],
        shocks=shocks,
    )


def lost(scenario: av.Scenario) -> dict[str, float]:
    """Give what each cause took of a certain year, but for those that took nothing."""
    made = av.ledger(scenario, runs=1)
    assert abs(made.planned - made.per_run.sum(axis=0) - made.built).max() < 1e-6
    return {cause: float(one) for cause, (one,) in zip(made.causes, made.per_run, strict=True) if abs(one) > 1e-6}


def is_about(found: dict[str, float], **wanted: float) -> None:
    """Check a ledger; a cause is named with _ for a blank, and kits_ before one of missing kits."""
    named = {cause.replace("kits: ", "kits_").replace(" ", "_"): amount for cause, amount in found.items()}
    assert named == pytest.approx(wanted, abs=1e-6)


def rows(made: av.Ledger) -> dict[str, np.ndarray]:
    """Give what was planned, what each of the few causes took, and what was made up, in every run."""
    every = dict.fromkeys(ENTRIES, np.zeros(made.runs)) | {"planned": made.planned}
    for cause, values in zip(made.causes, made.per_run, strict=True):
        entry = cause.partition(":")[0]
        every[entry] = every[entry] + values * (-1.0 if entry == "made up" else 1.0)
    return every


def check(scenario: av.Scenario, runs: int) -> None:
    """Check that everything sums, that no cause but what was made up gives, and that simulate says the same."""
    made = av.ledger(scenario, runs=runs, seed=3)
    plain = av.simulate(scenario, runs=runs, seed=3, keep="breakdown")
    for what, breakdown in (("month", plain.by_month), ("vehicle", plain.by_vehicle)):
        assert made.by(what).names == breakdown.names
        assert np.abs(made.by(what).built - breakdown.array).max() < 1e-6
    assert abs(made.built - plain.annual).max() < 1e-6
    assert abs(made.planned - made.per_run.sum(axis=0) - made.built).max() < 1e-6
    for entry, kept in zip(rows(made).values(), plain.record["ledger"], strict=True):
        assert abs(entry - kept).max() < 1e-6
    gives = np.array([cause == "made up" for cause in made.causes])
    assert made.per_run[~gives].min() > -1e-6
    assert made.per_run[gives].max(initial=0.0) < 1e-6
    for what in ("month", "vehicle", "partner", "line", "market"):
        part = made.by(what)
        assert abs(part.per_run.sum(axis=1) - made.per_run).max() < 1e-6
        if what != "partner":
            assert abs(part.planned - part.per_run.sum(axis=0) - part.built).max() < 1e-6
            assert abs(part.built.sum(axis=0) - made.built).max() < 1e-6


@pytest.mark.parametrize("block", range(4))
def test_it_sums_in_every_run_of_any_plant(block: int) -> None:
    """Planned less all causes is built, along every label too, within a millionth of a vehicle, on 60 random plants."""
    for number in range(block, 60, 4):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(uncertain(f"ledger {number}"), 24)


@pytest.mark.parametrize("name", [*BUNDLED, "busy", "whole"])
def test_it_sums_in_every_run_of_known_plants(name: str) -> None:
    """The same of the bundled scenarios and of plants with every feature."""
    check(getattr(plants, name)() if name in ("busy", "whole") else av.load(name), 150)


def test_fill_and_demand() -> None:
    """Of 12,000 with a fill rate of 0.8 and buyers of 10,000, 1,400 go to the fill rate and 1,000 to demand.

    With buyers of 7,200 all that kits lack is lacking to buyers too. Kits are left over, so that they lack 200 in the
    first month, and 150 + 50 x 0.2^t after t months: half of it goes to them, the rest of the 4,800 to demand.
    """
    short = plant([av.Partner(name="P", fill_rate=0.8)])
    is_about(lost(short.replace({"markets.M.per_year": 10_000})), kits_fill_rate=1400, demand=1000)
    half = sum(0.5 * (150 + 50 * 0.2**month) for month in range(12))
    is_about(lost(short.replace({"markets.M.per_year": 7_200})), kits_fill_rate=half, demand=4800 - half)


def test_launch_and_line() -> None:
    """A launch two months late costs two months; a line of 45 a day with 20 days costs 100 in each of the other ten."""
    is_about(lost(plant([av.Partner(name="P")], delay=2, line=45)), late_launch=2000, line=1000)


def test_what_was_cancelled_is_split_by_logarithms() -> None:
    """Shares of 0.8 and 0.5 cancel 0.6 together; the first takes log 0.8 of log 0.4 of it."""
    shock = av.Shock(name="toll", window=av.Window(0, 12), supply=0.5)
    fill = 7200 * math.log(0.8) / math.log(0.4)
    is_about(
        lost(plant([av.Partner(name="P", fill_rate=0.8)], shocks=(shock,))), kits_fill_rate=fill, kits_toll=7200 - fill
    )


def test_what_lets_nothing_through_takes_all() -> None:
    """Where a shock leaves nothing in three months they are all its own; two such shocks share them evenly."""
    shocks = [av.Shock(name=name, window=SILENT, supply={"P": 0}) for name in ("one", "two")]
    partner = av.Partner(name="P", fill_rate=0.8)
    is_about(lost(plant([partner], shocks=tuple(shocks[:1]))), kits_one=3000, kits_fill_rate=1800)
    is_about(lost(plant([partner], shocks=tuple(shocks))), kits_one=1500, kits_two=1500, kits_fill_rate=1800)


def test_stops_and_leaving() -> None:
    """A partner that stands still for the first two months, or left at once, costs what it would have sent."""
    stops = av.Stops(per_year=0, duration=2, at_start="stopped")
    is_about(lost(plant([av.Partner(name="P", stops=stops)])), kits_stops=2000)
    gone = av.ledger(plant([av.Partner(name="P", chance_of_leaving=0.9)]), runs=200)
    assert gone.causes == ("demand", "kits: leaving", "kits: not called off", "line")
    assert np.abs(gone.per_run[1] - (gone.planned - gone.built)).max() < 1e-6
    assert gone.per_run[1].max() > 11_000


def test_what_was_cancelled_is_missing_until_it_can_come_again() -> None:
    """Kits lost in March are not missed in March, thanks to a cover, but in April, beside those that a stop cancels.

    With a lead time of one month and half a month's cover: 400 are lost in March to the fill rate, and 1,000 in April
    to a shock. After arrivals there are 1,100 kits in March and 100 in April: 900 are missing, of which the 400 of
    March are two sevenths of the 1,400 that are.
    """
    fill = av.Stepwise({"2024-01": 1, "2024-03": 0.6, "2024-04": 1})
    shock = av.Shock(name="strike", window=av.Window(3, 1), supply={"P": 0})
    made = plant([av.Partner(name="P", fill_rate=fill, lead_time=1)], shocks=(shock,), kit_cover=0.5)
    is_about(lost(made), kits_fill_rate=900 * 2 / 7, kits_strike=900 * 5 / 7)


def test_a_lead_time_that_is_drawn_counts_in_its_own_runs() -> None:
    """Where the lead time is 0 or 2 by chance, each run has the ledger of the plant with that lead time."""

    def stated(lead: object) -> av.Scenario:
        fill = av.Stepwise({"2024-01": 1, "2024-03": 0.6, "2024-04": 1})
        shock = av.Shock(name="strike", window=av.Window(3, 1.5), supply={"P": 0.1})
        return plant([av.Partner(name="P", fill_rate=fill, lead_time=lead)], shocks=(shock,), kit_cover=0.5)

    made = av.ledger(stated(av.Discrete([0, 2], [1, 1])), runs=40)
    certain = [av.ledger(stated(lead), runs=1).per_run[:, 0] for lead in (0, 2)]
    assert np.abs(certain[0] - certain[1]).max() > 10
    near = [np.abs(made.per_run - one[:, None]).max(axis=0) < 1e-6 for one in certain]
    assert np.array_equal(near[0], ~near[1])
    assert 0 < np.count_nonzero(near[0]) < 40


def test_kits_that_come_late_are_missing_until_they_come() -> None:
    """Those due in March come half in April, half in May: 1,000 and then 500 are missing, as in the exact case.

    Once they have come a strike in September is alone with what it cancels.
    """
    late = av.Shock(name="slow", window=av.Window("2024-03", end="2024-03"), delay={"P": 1.5})
    is_about(lost(plant([av.Partner(name="P")], shocks=(late, STRIKE))), kits_slow=1500, kits_strike=1000)


def test_kits_that_are_held_are_missing_until_they_are_freed() -> None:
    """A border closed from March to May costs three months without a lead time; only the border has a part."""
    closed = (av.Shock(name="border", window=SILENT, holds=["P"]),)
    is_about(lost(plant([av.Partner(name="P")], shocks=(*closed, STRIKE))), kits_border=3000, kits_strike=1000)
    found = lost(plant([av.Partner(name="P", lead_time=2)], shocks=closed))
    assert found.keys() == {"kits: border"}


def test_shocks_that_delay_the_same_kits_share_them_by_months() -> None:
    """One that adds half a month and one that adds one and a half: a quarter and three quarters of what is late."""
    over = {"window": av.Window("2024-03", end="2024-03")}
    shocks = [av.Shock(name=name, delay={"P": by}, **over) for name, by in (("short", 0.5), ("long", 1.5))]
    is_about(lost(plant([av.Partner(name="P")], shocks=tuple(shocks))), kits_short=500, kits_long=1500)


@pytest.mark.parametrize(
    ("takeover", "surge", "silent", "capped"), [(0, 3, 1800, 0), (0.5, 3, 1200, 0), (1, 3, 600, 0), (1, 1.5, 600, 1200)]
)
def test_takeover(takeover: float, surge: float, silent: float, capped: float) -> None:
    """What a silent partner cancels is its own; what its stand-in may not be asked for was not called off."""
    shock = av.Shock(name="silence", window=SILENT, supply={"A": 0})
    senders = [av.Partner(name=name, surge=surge) for name in "AB"]
    stated = plant(senders, shocks=(shock,), partners={"A": 0.6, "B": 0.4}, takeover=takeover)
    wanted = {"kits_silence": silent} | ({"kits_not_called_off": capped} if capped else {})
    is_about(lost(stated), **wanted)


def test_kits_of_a_stand_in_are_those_of_who_was_to_send_them() -> None:
    """B sends half of what it is asked for: 200 a month are missing, and 500 in the three months it stands in for A."""
    shock = av.Shock(name="silence", window=SILENT, supply={"A": 0})
    senders = [av.Partner(name="A", surge=3), av.Partner(name="B", surge=3, fill_rate=0.5)]
    made = av.ledger(plant(senders, shocks=(shock,), partners={"A": 0.6, "B": 0.4}, takeover=1), runs=1)
    by = made.by("partner")
    assert by.mean("A", "kits: silence").value == pytest.approx(600)
    assert by.mean("B", "kits: fill rate").value == pytest.approx(9 * 200 + 3 * 500)
    assert by.mean("A", "kits: fill rate").value == by.mean("B", "kits: silence").value == 0.0


def test_the_scarcest_component_decides() -> None:
    """Of bodies at 0.9 and engines at 0.7 engines hold up the plant; of two at 0.7 each takes half."""
    for bodies, share in ((0.9, 0.0), (0.7, 0.5)):
        senders = [av.Partner(name="A", fill_rate=bodies), av.Partner(name="B", fill_rate=0.7)]
        by = av.ledger(plant(senders, needs={"Body": "A", "Engine": "B"}), runs=1).by("partner")
        assert by.mean("A", "kits: fill rate").value == pytest.approx(3600 * share)
        assert by.mean("B", "kits: fill rate").value == pytest.approx(3600 * (1 - share))


def test_orders_that_wait_are_made_up() -> None:
    """Three months without kits cost 3,000; with flex 1.3 the next seven, from the sixth on, make up 300 each."""
    shock = av.Shock(name="silence", window=SILENT, supply={"P": 0})
    stated = plant(
        [av.Partner(name="P", lead_time=2, surge=1.5)], shocks=(shock,), orders=12_000, backorder=1, flex=1.3
    )
    is_about(lost(stated), kits_silence=3000, made_up=-2100)


def test_own_production_never_lacks_kits() -> None:
    """A vehicle without kits loses to demand and line alone, and kits are no cause."""
    own = av.Scenario(
        name="own",
        calendar=av.Calendar(first_month="2024-01", working_days=EVEN),
        lines=[av.Line(name="L", per_day=40)],
        vehicles=[av.Vehicle(name="V", line="L", orders=10_800, plan=12_000, backorder=0)],
    )
    made = av.ledger(own, runs=1)
    assert made.causes == ("demand", "line")
    assert made.per_run[:, 0] == pytest.approx([1200, 1200])


def test_only_causes_that_can_act_are_listed() -> None:
    """In order: launches, demand, each trouble of kits, each shock that strikes them, the line, what is made up."""
    assert av.ledger(av.load("avtotor-2024-06"), runs=1).causes == (
        "late launch",
        "demand",
        "kits: fill rate",
        "kits: stops",
        "kits: leaving",
        "kits: Payments",
        "kits: Route",
        "kits: Amberauto pause",
        "kits: Longer transit",
        "kits: not called off",
        "line",
        "made up",
    )
    assert av.ledger(plants.one_vehicle(), runs=1).causes == ("demand", "kits: not called off", "line")


def test_a_shock_may_be_called_what_another_cause_is() -> None:
    """A shock named "stops" stands beside the stops of the partners."""
    shock = av.Shock(name="stops", window=SILENT, supply={"P": 0})
    stops = av.Stops(per_year=0, duration=1, at_start="stopped")
    found = lost(plant([av.Partner(name="P", stops=stops)], shocks=(shock,)))
    assert found == pytest.approx({"kits: stops": 1000, "kits: shock stops": 3000})


def test_no_cut_of_the_work_changes_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of another size, slices, workers and an executor give the same bits."""
    made = av.ledger(plants.whole(), runs=300, seed=5)
    for size in (300, 128, 77):
        monkeypatch.setattr(Model, "block", size)
        other = av.ledger(plants.whole(), runs=300, seed=5, **({"executor": Pickling()} if size == 128 else {}))
        for name, values in made.arrays.items():
            assert np.array_equal(values, other.arrays[name]), (size, name)


def test_workers_change_no_bit() -> None:
    """Two processes give what one gives, in the ledger and in the line that simulate prints."""
    busy = plants.busy()
    one, two = (av.ledger(busy, runs=40, seed=5, workers=workers) for workers in (1, 2))
    assert np.array_equal(one.per_run, two.per_run)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"runs": 0}, ValueError, "runs: must be a whole number from 1"),
        ({"runs": "many"}, ValueError, "runs: "),
        ({"seed": -1}, ValueError, "seed: must be a whole number of 0 or more"),
        ({"workers": 0}, ValueError, "workers: "),
        ({"executor": 3}, TypeError, "executor: must be a concurrent.futures.Executor"),
        ({"progress": "yes"}, TypeError, "progress: must be True or False"),
    ],
)
def test_wrong_arguments(wrong: dict[str, Any], error: type[Exception], words: str) -> None:
    """Each argument that makes no sense is refused before anything is run."""
    with pytest.raises(error, match=words):
        av.ledger(plants.one_vehicle(), **wrong)


def test_what_is_no_scenario() -> None:
    """A path must be loaded first."""
    with pytest.raises(TypeError, match="scenario: must be a Scenario; got str; load it first"):
        av.ledger("june.toml")  # type: ignore[arg-type]


def test_runs_that_do_not_fit_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many runs are refused before any is made."""
    monkeypatch.setattr(study, "_of_block", None)
    with pytest.raises(MemoryError, match="runs: the answer from 1,000,000,000 runs would take"):
        av.ledger(av.load("avtotor-2024-06"), runs=10**9)


def test_it_shares_its_total_with_the_split() -> None:
    """What the ledger and the split account for is the same in every run: planned less built."""
    for scenario in (av.load("avtotor-2024-02"), plants.whole()):
        made, parts = (study(scenario, runs=256, seed=4) for study in (av.ledger, av.split))
        assert np.abs(made.planned - made.built - parts.shortfall).max() < 1e-6
