"""The tables of a ledger and the line that simulate prints: they sum, know their error, and say what they are."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import attrs
import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.answers.short_ledger import FIRST, in_one_line

FEBRUARY = av.load("avtotor-2024-02")


@pytest.fixture(scope="module")
def made() -> av.Ledger:
    """Give a ledger of February."""
    return av.ledger(FEBRUARY, runs=2_000, seed=1)


def whole(text: str) -> int:
    """Give the number of a cell, rounded."""
    return round(float(text.replace(",", "")))


def test_the_table_sums(made: av.Ledger) -> None:
    """Printed numbers of vehicles add up, by no more than their rounding, from planned down to built; shares to all."""
    rows = [re.split(r"  +", line) for line in str(made).splitlines()[2 : 4 + len(made.causes)]]
    assert [row[0] for row in rows] == ["planned", *made.causes, "built"]
    assert abs(sum(whole(row[1]) for row in rows[:-1]) - whole(rows[-1][1])) <= len(rows) / 2
    assert sum(float(row[3].removesuffix(" %")) for row in rows[1:-1]) == pytest.approx(100, abs=0.5)
    assert rows[-2][1].startswith("+")
    assert rows[2][1].startswith("-")
    assert "kits: not called off 0 0 to 0 0.0 %" in re.sub(" +", " ", str(made))


def test_the_answer_says_what_it_is(made: av.Ledger) -> None:
    """It says by which convention, that it is no counterfactual, and from how many runs of which seed it comes."""
    text = str(made)
    assert "kits what had no kits; what had neither is halved between the two" in text
    assert "by the logarithms" in text
    assert "split(scenario) tells what would be built without a cause" in text
    assert text.splitlines()[-1].startswith("2,000 runs, seed 1, plain runs")
    assert repr(made).startswith("<Ledger of 'Avtotor 2024 as of February': 2,000 runs")


def test_notes_tell_only_of_causes_that_are_there() -> None:
    """Notes on kits, on splitting them and on what was made up stand where the plant has them, one sentence each."""
    made = av.ledger(plants.one_vehicle(), runs=5)
    assert "demand is what had no buyers, kits" in str(made)
    assert not any(word in str(made) for word in ("logarithms", "made up is"))
    vehicle = av.Vehicle(name="V", line="L", plan=12, market="M", market_share=1)
    no_kits = plants.one_vehicle().replace({"vehicles": [vehicle], "partners": []})
    assert "kits" not in str(av.ledger(no_kits, runs=5))


def test_what_rounding_leaves_prints_as_nothing() -> None:
    """A cause that took a billionth of a vehicle took none, with no minus and no row of zeros; one run has no error."""
    made = av.ledger(av.load(Path(__file__).parents[2] / "examples" / "truck_of_components.toml"), runs=200, seed=1)
    line = next(row for row in str(made).splitlines() if row.startswith("line"))
    assert line.split() == ["line", "0", "0", "to", "0"]
    assert "unknown" in str(av.ledger(FEBRUARY, runs=1))


def test_rounded_numbers_that_do_not_add_up_are_said_to_be_rounded() -> None:
    """Of 12.6, demand takes 1.4 and the line 5.4: 13 - 1 - 5 is not the 6 that 5.8 is, and a note says so."""
    note = "vehicles are rounded, each by itself"
    even = av.ledger(plants.one_vehicle(line={"per_day": 0.025}), runs=1)
    assert note not in str(even)
    odd = plants.one_vehicle(vehicle={"plan": 12.6}, market={"per_year": 11.2}, line={"per_day": 5.8 / 240})
    made = av.ledger(odd, runs=1)
    assert made.per_run[:, 0] == pytest.approx([1.4, 0.0, 5.4])
    assert note in str(made)


def test_means_are_estimates(made: av.Ledger) -> None:
    """Each cause's mean has the error of its runs; what was made up is negative."""
    assert tuple(made.mean) == made.causes
    for cause, values in zip(made.causes, made.per_run, strict=True):
        found = made.mean[cause]
        assert found.value == pytest.approx(values.mean())
        assert found.standard_error == pytest.approx(values.std(ddof=1) / np.sqrt(2000))
        assert found.low <= found.value <= found.high
        assert (found.runs, found.unit) == (2000, "vehicles")
    assert made.mean["made up"].value < 0


def test_the_share_of_the_loss_is_a_ratio_with_its_error(made: av.Ledger) -> None:
    """The share of demand is its mean over that of all, and its interval that of the ratio by the jackknife."""
    row = next(row for row in made.table.sections[""] if row[0] == "demand")
    demand, lost = made.per_run[made.causes.index("demand")], made.per_run.sum(axis=0)
    left_out = (demand.sum() - demand) / (lost.sum() - lost)
    jackknife = np.sqrt(1999 / 2000 * ((left_out - left_out.mean()) ** 2).sum())
    assert row[3].value == pytest.approx(demand.mean() / lost.mean())
    assert row[3].standard_error == pytest.approx(jackknife, rel=0.01)


def test_nothing_lost_has_no_shares() -> None:
    """A plant that builds its plan prints it, without shares and without a division by nothing."""
    made = av.ledger(plants.one_vehicle(), runs=5)
    assert all(row[3] is None for row in made.table.sections[""])
    assert re.search(r"^built +12 +12 to 12$", str(made), re.MULTILINE)


@pytest.mark.parametrize("what", ["month", "vehicle", "partner", "line", "market"])
def test_tables_by_label_sum_across_and_down(made: av.Ledger, what: str) -> None:
    """The last column is the sum of the labels, the last row that of the causes, for all that is unrounded."""
    part = made.by(what)
    frame = part.to_pandas().set_index(f"by {what}").drop(columns="unit").fillna(0.0)
    assert frame[list(part.names)].sum(axis=1).to_numpy() == pytest.approx(frame["all"].to_numpy(), abs=1e-6)
    total = frame.iloc[:-1].sum(axis=0).to_numpy()
    assert total == pytest.approx(frame.iloc[-1].to_numpy(), abs=1e-6)
    assert frame.loc["demand", "all"] == pytest.approx(-made.mean["demand"].value)
    assert "rounded" in str(part)


def test_only_kits_have_partners(made: av.Ledger) -> None:
    """By partner the kits of each stand beside what is no partner's, which is everything else."""
    part = made.by("partner")
    assert part.names == (*(partner.name for partner in FEBRUARY.partners), "other")
    for cause, values in zip(part.causes, part.per_run, strict=True):
        assert not values[:-1].any() or cause.startswith("kits: ")
        assert not cause.startswith("kits: ") or np.abs(values[-1]).max() < 1e-6


def test_lines_and_markets_are_sums_of_vehicles(made: av.Ledger) -> None:
    """What a line lost is what its vehicles lost."""
    lines, vehicles = made.by("line"), made.by("vehicle")
    own = [place for place, name in enumerate(vehicles.names) if FEBRUARY.vehicles[name].line == "Cars"]
    assert lines.per_run[:, lines.names.index("Cars")] == pytest.approx(vehicles.per_run[:, own].sum(axis=1))


def test_a_wrong_label_or_cause(made: av.Ledger) -> None:
    """What there is not is refused, with what there is."""
    with pytest.raises(ValueError, match="what: must be one of month, vehicle, partner, line, market; got 'week'"):
        made.by("week")
    with pytest.raises(ValueError, match="what: must be one of"):
        made.by(["month"])  # type: ignore[arg-type]
    part = made.by("month")
    with pytest.raises(ValueError, match=r"name: must be one of 2024-01, .*; got '2025-01'"):
        part.mean("2025-01", "demand")
    with pytest.raises(ValueError, match=r"cause: must be one of late launch, .*; got 'rain'"):
        part.mean("2024-01", "rain")
    with pytest.raises(ValueError, match="confidence: must be a number between 0 and 1"):
        part.mean("2024-01", "demand", confidence=95)


def test_a_ledger_is_frozen_and_travels(made: av.Ledger) -> None:
    """Its arrays cannot be written, and a pickled one prints the same."""
    for values in (made.planned, made.built, made.per_run, made.by("month").per_run):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0
    assert str(pickle.loads(pickle.dumps(made))) == str(made)


MEANS = {
    "planned": 115_001.2,
    "late launch": 2_239.1,
    "demand": 50_339.3,
    "kits": 7_040.2,
    "line": 45.1,
    "made up": 1_577.4,
}


def test_the_line_of_simulate() -> None:
    """It sums from planned to built in whole numbers, leaves out what rounds to 0, and says where rounding shows."""
    assert in_one_line(MEANS, 4096, 100_000) == (
        "115,001 planned: no buyers -50,339, no kits -7,040, late launches -2,239, line -45, made up +1,577"
        " = 56,915 built (means of the first 4,096 runs)"
    )
    few = dict.fromkeys(MEANS, 0.2) | {"planned": 12.0}
    assert in_one_line(few, 20, 20) == "12 planned = 11 built (means of 20 runs, rounded)"
    assert in_one_line(MEANS | {"late launch": 0.49}, 1, 1).startswith(
        "115,001 planned: no buyers -50,339, no kits -7,040, line"
    )
    assert in_one_line(MEANS, 1, 1).endswith("(means of 1 run)")


def line_of(result: av.Result) -> str:
    """Give the line of a printed result."""
    return next(line for line in str(result).splitlines() if " planned" in line)


@pytest.mark.parametrize("design", [av.Plain(), av.Antithetic(), av.LatinHypercube(512), av.SobolNets(64)], ids=str)
def test_simulate_prints_the_ledger_of_its_first_runs(design: av.Design) -> None:
    """Whatever the design, the line has what was built in the first 4,096 runs, from the first of them on."""
    made = av.simulate(plants.busy(), runs=8192, first_run=8192, seed=2, keep="totals", design=design)
    kept = made.record["ledger"]
    assert kept.shape == (6, FIRST)
    assert abs(kept[0] - kept[1:5].sum(axis=0) + kept[5] - made.annual[:FIRST]).max() < 1e-6
    assert f"= {made.annual[:FIRST].mean():,.0f} built (means of the first 4,096 runs" in line_of(made)


def test_the_line_is_that_of_the_ledger(made: av.Ledger) -> None:
    """The entries of simulate are the causes of the ledger, those of kits together, run by run."""
    kept = av.simulate(FEBRUARY, runs=2_000, seed=1, keep="totals").record["ledger"]
    kits = np.array([cause.startswith("kits: ") for cause in made.causes])
    assert np.abs(kept[3] - made.per_run[kits].sum(axis=0)).max() < 1e-6
    assert np.abs(kept[2] - made.per_run[made.causes.index("demand")]).max() < 1e-6


def test_a_precision_keeps_the_ledger_of_the_first_look() -> None:
    """However many looks it takes, the first 4,096 runs are those of a plain simulation."""
    busy = plants.busy()
    looked = av.simulate(busy, precision=0.008, seed=2, keep="totals")
    assert looked.runs > FIRST
    plain = av.simulate(busy, runs=FIRST, seed=2, keep="totals")
    assert np.array_equal(looked.record["ledger"], plain.record["ledger"])


def test_workers_and_blocks_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line's numbers are the same bits from blocks of any size."""
    busy = plants.busy()
    made = av.simulate(busy, runs=5000, seed=2, keep="totals").record["ledger"]
    for size in (4096, 1000):
        monkeypatch.setattr(av.Model, "block", size)
        other = av.simulate(busy, runs=5000, seed=2, keep="totals").record["ledger"]
        assert np.array_equal(made, other)


def test_it_is_saved_and_merged(tmp_path: Path) -> None:
    """Saved and loaded it is the same; merged parts have that of the long run, bit for bit."""
    busy = plants.busy()
    long = av.simulate(busy, runs=6000, seed=2, keep="totals")
    parts = [
        av.simulate(busy, runs=n, first_run=first, seed=2, keep="totals") for first, n in ((0, 1000), (1000, 5000))
    ]
    parts[0].save(tmp_path / "a.npz")
    merged = av.merge(av.Result.load(tmp_path / "a.npz"), parts[1])
    assert np.array_equal(merged.record["ledger"], long.record["ledger"])
    assert line_of(merged) == line_of(long)


def test_a_result_of_before_has_no_line(tmp_path: Path) -> None:
    """A file without the ledger loads, is merged and printed, without the line."""
    for first in (0, 300):
        made = av.simulate(plants.busy(), runs=300, first_run=first, seed=2, keep="totals")
        old = attrs.evolve(
            made,
            record={name: values for name, values in made.record.items() if name != "ledger"},
            labels={axis: names for axis, names in made.labels.items() if axis != "entry"},
        )
        old.save(tmp_path / f"{first}.npz")
    back = av.merge(*(av.Result.load(tmp_path / f"{first}.npz") for first in (0, 300)))
    assert back.runs == 600
    assert " planned" not in str(back)
