"""The log of forecasts: only added to, alterations noticed, late forecasts kept out, scores beside naive rivals."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tiny import tiny

import avtosim as av
from avtosim.evidence.log_scores import TOO_FEW


def made(tmp_path: Path, *, cases: int = 3) -> av.ForecastLog:
    """Give a log with some cases, all settled, forecast well."""
    log = av.ForecastLog(tmp_path / "log.jsonl")
    for case in range(cases):
        law = av.LogNormal(1000.0 * (case + 1), 0.2)
        log.record(f"plant-{case}", law, plan=2000.0 * (case + 1), last_year=900.0, entered_on="2024-02-01")
    for case in range(cases):
        outcome = float(stats.lognorm(0.2, scale=1000.0 * (case + 1)).ppf((case + 0.5) / cases))
        log.settle(f"plant-{case}", outcome, known_on="2025-01-10", entered_on="2025-01-15")
    return log


def test_what_was_recorded_can_be_read_again(tmp_path: Path) -> None:
    """An entry holds digest, seed, version, quantiles, chances and the hash of the line before, and is read again."""
    scenario = tiny()
    result = av.simulate(scenario, runs=400, seed=3)
    log = av.ForecastLog(tmp_path / "log.jsonl")
    log.record("tiny-2024", result, plan=500, note="first", entered_on="2024-02-01")
    log.record("tiny-2024", result, entered_on="2024-02-01")
    first, second = av.ForecastLog(str(tmp_path / "log.jsonl")).entries()
    assert first["made_by"]["seed"] == 3
    assert first["made_by"]["runs"] == 400
    assert len(first["made_by"]["scenario"]) == 64
    assert first["made_by"]["version"] == av.__version__
    assert [volume for volume, _ in first["chances"]] == [100.0, 200.0, 500.0]
    for volume, chance in first["chances"]:
        assert chance == pytest.approx(result.chance(volume).value, abs=1e-9)
    assert first["quantiles"][49] == pytest.approx(float(result.quantile(0.5).value), rel=1e-6)
    assert second["previous"] == first["hash"]
    assert len(str(log).splitlines()) == 3
    assert str(log).splitlines()[1].split()[:2] == ["tiny-2024", "2024-02-01"]
    assert str(log).endswith("open")
    assert log.last_hash == second["hash"]
    assert second["hash"][:12] in repr(log)


@pytest.mark.parametrize(
    "alter",
    [
        lambda lines: [lines[0].replace(b'"plan": 2000.0', b'"plan": 1000.0'), *lines[1:]],
        lambda lines: [*lines[:-1], lines[-1].replace(b"outcome", b"0utcome", 1)],
        lambda lines: lines[1:],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [*lines[:-1], lines[-1][:-9]],
        lambda lines: [*lines, b"{}\n"],
        lambda lines: [*lines, b"\xff\n"],
    ],
    ids=["edited", "last edited", "first left out", "moved", "cut off", "added by hand", "not text"],
)
def test_a_line_that_was_altered_is_noticed(tmp_path: Path, alter: Any) -> None:
    """A log with a line edited, left out, moved, cut off or added by hand is refused, and the line named."""
    log = made(tmp_path)
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(alter(lines)))
    with pytest.raises(
        ValueError, match=r"log\.jsonl, line \d: must be as the log wrote it; it was altered, moved or cut off"
    ):
        av.ForecastLog(log.path)
    with pytest.raises(ValueError, match="was altered"):
        log.scores()


def test_other_ends_of_lines_change_nothing(tmp_path: Path) -> None:
    """Ends of lines as Windows writes them, empty lines, a missing end and a byte order mark leave a log as it is."""
    log = made(tmp_path)
    entries, content = log.entries(), log.path.read_bytes()
    for changed in (content.replace(b"\n", b"\r\n"), content + b"\n\n", content[:-1], b"\xef\xbb\xbf" + content):
        log.path.write_bytes(changed)
        assert log.entries() == entries
    log.record("more", av.LogNormal(1, 1), entered_on="2025-02-01")
    assert log.entries()[:-1] == entries


def test_lines_taken_off_the_end_show_in_the_last_hash_only(tmp_path: Path) -> None:
    """A log without its last lines is sound; whoever kept the last hash notices."""
    log = made(tmp_path)
    kept = log.last_hash
    log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[:-1]))
    assert all(entry["hash"] != kept for entry in log.entries())


def test_an_outcome_can_be_corrected(tmp_path: Path) -> None:
    """A second outcome of a case is warned of and counts; the first day on which one was known stays."""
    log = av.ForecastLog(tmp_path / "log.jsonl")
    log.record("a", av.LogNormal(1000, 0.2), entered_on="2024-06-01")
    log.record("a", av.LogNormal(1000, 0.2), entered_on="2025-01-11")
    log.settle("a", 38, known_on="2025-01-10", entered_on="2025-02-01")
    with pytest.warns(UserWarning, match="a: its outcome was 38 so far; this entry corrects it"):
        log.settle("a", 1000, known_on="2025-02-02", entered_on="2025-02-02")
    assert (log.scores().scored, log.scores().late) == (1, 1)
    assert log.scores().mean_crps < 0.1


def test_an_altered_log_is_not_added_to(tmp_path: Path) -> None:
    """Nothing is written behind an altered line."""
    log = made(tmp_path)
    altered = log.path.read_bytes().replace(b"900.0", b"901.0", 1)
    log.path.write_bytes(altered)
    with pytest.raises(ValueError, match="was altered"):
        log.record("plant-9", av.LogNormal(1, 1), entered_on="2025-02-01")
    assert log.path.read_bytes() == altered


def test_a_late_forecast_is_kept_out(tmp_path: Path) -> None:
    """A forecast entered when its outcome was known counts in no score; one after settling is warned of."""
    log = av.ForecastLog(tmp_path / "log.jsonl")
    log.record("a", av.LogNormal(1000, 0.2), entered_on="2025-01-09")
    log.record("a", av.LogNormal(5000, 0.2), entered_on="2025-01-10")
    log.settle("a", 1000, known_on="2025-01-10", entered_on="2025-02-01")
    with pytest.warns(UserWarning, match="the outcome of a is in the log already; it is marked"):
        log.record("a", av.LogNormal(1000, 0.01), entered_on="2025-02-01")
    scores = log.scores()
    assert (scores.scored, scores.open, scores.late) == (1, 0, 2)
    assert scores.mean_crps == pytest.approx(av.score(av.LogNormal(1000, 0.2), 1000).crps_of_log(1), rel=0.01)
    assert "what became known later; not scored" in str(scores)


def test_a_view_that_knows_the_outcome_is_kept_out(tmp_path: Path) -> None:
    """A view that was made with the outcome of the case is marked when entered, and warned of when scored."""
    about: dict[str, Any] = {"plan": 70_000, "kind": "new_partner_assembly", "year": 2023, "stated_on": "2023-08"}
    log = av.ForecastLog(tmp_path / "log.jsonl")
    view = av.outside_view(**about)
    with pytest.warns(UserWarning, match="known after 2023-09-01, such as that of avtotor-2023; it is marked"):
        log.record("avtotor-2023", av.Pooled({"view": view, "guess": av.Uniform(0, 1)}), entered_on="2023-09-01")
    log.record("avtotor-2023", av.outside_view(**about, as_of="2023-08"), entered_on="2023-09-01")
    log.settle("avtotor-2023", 38_000, known_on="2024-04-15", entered_on="2024-05-01")
    assert (log.scores().scored, log.scores().late) == (1, 1)
    with pytest.warns(UserWarning, match=r"avtotor-2023 with this very outcome among them; state as_of"):
        av.score(view, 38_000)
    with pytest.warns(UserWarning, match=r"was made with \d+ outcomes that became known later; state as_of"):
        av.score(view, 38_001)
    av.score(av.outside_view(**about, as_of="2023-08"), 38_000)


def test_scores_are_paired_with_the_naive_rivals(tmp_path: Path) -> None:
    """Differences are taken case by case against last year and plan; a good log is told from the plan by ten cases."""
    scores = made(tmp_path, cases=10).scores()
    assert set(scores.crps) == {"last year", "plan"}
    by_hand = []
    for case in range(10):
        outcome = float(stats.lognorm(0.2, scale=1000.0 * (case + 1)).ppf((case + 0.5) / 10))
        floor = 20.0 * (case + 1)
        own = av.score(av.LogNormal(1000.0 * (case + 1), 0.2), outcome).crps_of_log(floor)
        by_hand.append(own - av.score(av.LogNormal(2000.0 * (case + 1), 0.3), outcome).crps_of_log(floor))
    difference = scores.crps["plan"]
    assert difference.value == pytest.approx(np.mean(by_hand), abs=2e-3)
    assert difference.standard_error == pytest.approx(np.std(by_hand, ddof=1) / math.sqrt(10), rel=0.05)
    assert "against plan" in str(scores)
    assert "better (95 %:" in str(scores)
    assert scores.outside == (10, 1, 1)
    assert "of 10; 0 to 3 if forecasts are right" in str(scores)


def test_forecasts_of_one_case_count_as_one(tmp_path: Path) -> None:
    """A case with five forecasts weighs as much as a case with one."""
    log = av.ForecastLog(tmp_path / "log.jsonl")
    for _ in range(5):
        log.record("a", av.LogNormal(1000, 0.2), plan=1000, entered_on="2024-01-01")
    log.record("b", av.LogNormal(1000, 0.2), plan=2000, entered_on="2024-01-01")
    log.settle("a", 1000, known_on="2025-01", entered_on="2025-02-01")
    log.settle("b", 3000, known_on="2025-01", entered_on="2025-02-01")
    one, other = (av.score(av.LogNormal(1000, 0.2), y).crps_of_log(10) for y in (1000, 3000))
    # Even chances of a cost a quarter each; the chance of 2,000 of b was next to nothing, and it came.
    scores = log.scores()
    assert scores.mean_crps == pytest.approx(0.5 * (one + other), rel=0.01)
    assert scores.crps["plan"].runs == 2
    assert scores.brier is not None
    assert scores.brier.brier == pytest.approx(0.5 * (0.25 + 1.0), abs=0.01)


def test_few_cases_are_called_too_few(tmp_path: Path) -> None:
    """With three cases nothing is called better or reliable, and the counts stand beside it."""
    text = str(made(tmp_path).scores())
    assert text.count(TOO_FEW) == 5
    assert "better" not in text.replace("lower is better", "").replace("higher is better", "")
    assert "3 cases" in text


def test_parts_of_the_brier_score_sum_to_it(tmp_path: Path) -> None:
    """Reliability less resolution plus uncertainty of a log's chances is their Brier score."""
    parts = made(tmp_path, cases=6).scores().brier
    assert parts is not None
    assert parts.reliability - parts.resolution + parts.uncertainty == pytest.approx(parts.brier, abs=1e-12)
    assert parts.count == 6


def test_the_class_of_announced_plans_is_a_rival(tmp_path: Path) -> None:
    """With kind, year and date of the statement, the view from outside as of that date is recorded as a rival."""
    log = av.ForecastLog(tmp_path / "log.jsonl")
    about: dict[str, Any] = {"plan": 90_000, "kind": "new_partner_assembly", "year": 2024, "stated_on": "2024-04-15"}
    log.record("p-2024", av.LogNormal(40_000, 0.5), entered_on="2024-05-01", **about)
    view = av.outside_view(**about, as_of="2024-04-15")
    (entry,) = log.entries()
    assert entry["rivals"]["plan times class"][49] == pytest.approx(float(view.ppf(0.5)), rel=1e-6)
    log.settle("p-2024", 40_000, known_on="2025-01", entered_on="2025-02-01")
    assert set(log.scores().crps) == {"plan", "plan times class"}


def test_an_empty_log_has_nothing_to_say(tmp_path: Path) -> None:
    """A log without entries prints, scores nothing, and makes no file."""
    log = av.ForecastLog(tmp_path / "none.jsonl")
    scores = log.scores()
    assert (scores.scored, scores.open, scores.late, scores.brier) == (0, 0, 0, None)
    assert "forecasts scored" in str(scores)
    assert not log.path.exists()
    assert repr(log).endswith("0 entries>")


@pytest.mark.parametrize(
    ("arguments", "more", "error", "text"),
    [
        (("a", 3.0), {}, TypeError, "forecast: must be a Result, a law or an array of outputs; got 3.0"),
        (("", av.Uniform(0, 1)), {}, ValueError, "case: must be text"),
        (("a\n", av.Uniform(0, 1)), {}, ValueError, "case: must be text without control characters"),
        (("a", av.Uniform(0, 1)), {"plan": 0}, ValueError, "plan: must be above zero; got 0"),
        (("a", av.Uniform(0, 1)), {"last_year": math.nan}, ValueError, "last_year: must be a finite number"),
        (("a", av.Uniform(0, 1)), {"kind": "mature", "year": 2024}, ValueError, "plan: must be given too: kind, year"),
        (("a", av.Uniform(0, 1)), {"volumes": [-1]}, ValueError, "volumes: must be above zero; got -1"),
        (
            ("a", av.Uniform(0, 1)),
            {"entered_on": "May"},
            ValueError,
            "entered_on: must be a date that exists as YYYY-MM-DD",
        ),
        (
            ("a", av.Uniform(0, 1)),
            {"plan": 9, "kind": "mature", "year": 2025, "stated_on": "2025-04"},
            ValueError,
            "stated_on: must not lie after the day of the entry, 2025-03-01",
        ),
        (("a", av.Uniform(0, 1)), {"entered_on": "2025-03"}, ValueError, "entered_on: must be a date that exists"),
        (("a", av.Uniform(0, 1)), {"entered_on": "9025-03-01"}, ValueError, "entered_on: must not lie after today"),
        (("a", av.Uniform("2024-01", "2025-01")), {}, ValueError, "forecast: must be a law of numbers; this one is of"),
        (("a", av.Uniform(0, 1)), {"entered_on": "2023-01-01"}, ValueError, "before the date of the last entry"),
        (
            ("a", av.Normal(0, 1)),
            {},
            ValueError,
            "forecast: must be of vehicles, 0 or more; it reaches from -inf",
        ),
    ],
)
def test_bad_forecasts_leave_the_log_alone(tmp_path: Path, arguments: Any, more: Any, error: Any, text: str) -> None:
    """What breaks a rule is one clear error, and the file stays as it was."""
    log = made(tmp_path)
    before = log.path.read_bytes()
    with pytest.raises(error, match=text):
        log.record(*arguments, **{"entered_on": "2025-03-01", **more})
    assert log.path.read_bytes() == before


@pytest.mark.parametrize(
    ("case", "outcome", "more", "text"),
    [
        ("plant-9", 1000, {}, "case: must have a forecast before it has an outcome; got 'plant-9'"),
        ("plant-0 ", 1000, {}, "case: must be text without control characters or blanks at its ends"),
        ("open", -1, {}, "outcome: must be zero or more; got -1"),
        ("open", math.nan, {}, "outcome: must be a finite number"),
        (
            "open",
            1000,
            {"known_on": "soon"},
            "known_on: must be a date that exists as YYYY-MM-DD, or a month as YYYY-MM; got 'soon'",
        ),
        ("open", 1000, {"known_on": "2026-01-01"}, "known_on: must not lie after the day of the entry, 2025-03-01"),
    ],
)
def test_bad_outcomes_leave_the_log_alone(tmp_path: Path, case: str, outcome: Any, more: Any, text: str) -> None:
    """An outcome before its forecast, a second one, one that is no volume or not yet known is one clear error each."""
    log = made(tmp_path)
    log.record("open", av.LogNormal(1, 1), entered_on="2025-02-01")
    before = log.path.read_bytes()
    with pytest.raises(ValueError, match=text):
        log.settle(case, outcome, **{"known_on": "2025-02-10", "entered_on": "2025-03-01", **more})
    assert log.path.read_bytes() == before


@pytest.mark.parametrize("path", ["", 3, "a\0b"])
def test_paths_that_name_no_file_are_refused(path: Any) -> None:
    """A log needs the path of a file, as whatever is written does."""
    with pytest.raises((TypeError, ValueError), match=r"path must (be the path of|name) the file to write"):
        av.ForecastLog(path)


def test_a_log_is_data(tmp_path: Path) -> None:
    """Each line is one JSON object with its keys, and names from other alphabets and quotation marks survive."""
    log = av.ForecastLog(tmp_path / "log.jsonl")
    log.record('Автотор "2024"', av.LogNormal(1000, 0.2), entered_on="2024-01-01")
    (line,) = log.path.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["case"] == 'Автотор "2024"'
    assert log.entries()[0]["case"] == 'Автотор "2024"'
