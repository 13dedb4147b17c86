"""Estimates, parts, tables and results as they print, and what they refuse."""

from __future__ import annotations

import copy
import math
import pickle
import platform

import attrs
import numpy as np
import plants
import pytest
import scipy

import avtosim as av
from avtosim.answers.breakdown import Breakdown
from avtosim.answers.result import RunInfo

NASTY = '<b onclick="x">&'


def estimate(**changes: object) -> av.Estimate:
    """Make an estimate of a chance."""
    stated = {
        "value": 0.53312,
        "low": 0.53,
        "high": 0.5362,
        "standard_error": 0.0016,
        "runs": 100_000,
        "method": "wilson",
        "what": "chance of at least 70,000",
        "unit": "probability",
    }
    return av.Estimate(**(stated | changes))


def result(annual: object, targets: tuple[float, ...] = (10, 20), **changes: object) -> av.Result:
    """Make a result of these outputs."""
    origin = RunInfo(title="T", scenario="", seed=5, first_run=0, design="plain runs", replicate_size=1, version="0")
    return av.Result(
        record={"annual": np.asarray(annual, dtype=float)},
        axes={"annual": ("run",)},
        targets=targets,
        **({"run_info": origin, "labels": {}} | changes),
    )


def test_a_chance_prints_as_per_cent_with_its_interval() -> None:
    """A chance prints its name, its value and its interval, with the digits that the interval allows."""
    assert str(estimate()) == "chance of at least 70,000: 53.3 %, 95 % interval 53.0 % to 53.6 %"


def test_a_number_of_vehicles_prints_with_thousands() -> None:
    """An output prints as whole vehicles with a thousands separator; an infinite end prints as unbounded."""
    made = estimate(value=93_423.4, low=-math.inf, high=94_000.6, unit="vehicles", what="P10")
    assert str(made) == "P10: 93,423, 95 % interval unbounded to 94,001"


def test_a_warning_prints_at_the_end() -> None:
    """A warning is printed at the end, in brackets."""
    assert str(estimate(warning="hit only 3 times")).endswith("(hit only 3 times)")


@pytest.mark.parametrize(("confidence", "shown"), [(0.9, "90 %"), (0.95, "95 %"), (0.999, "99.9 %"), (0.995, "99.5 %")])
def test_a_confidence_is_never_rounded_to_certainty(confidence: float, shown: str) -> None:
    """The confidence of an interval prints in full: 99.9 % is not 100 %."""
    assert f"{shown} interval" in str(estimate(confidence=confidence))


def test_an_estimate_is_frozen_and_keyword_only() -> None:
    """An estimate cannot be changed, and its numbers are passed by name."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        estimate().value = 1.0
    with pytest.raises(TypeError):
        av.Estimate(0.5, 0.4, 0.6)


def test_a_target_never_reached_says_so() -> None:
    """A chance of 0 or 1 has an interval of some width and says that the target was reached never, or always."""
    made = result(np.full(1000, 15.0))
    never, always = made.chance(20), made.chance(10)
    assert (never.value, never.low) == (0.0, 0.0)
    assert 0.003 < never.high < 0.005
    assert "not once in 1,000 runs" in never.warning
    assert (always.value, always.high) == (1.0, 1.0)
    assert 0.995 < always.low < 0.997
    assert "always in 1,000 runs" in always.warning
    for text in (str(made), made._repr_html_()):
        assert "less than 1 in 250: not once in 1,000 years played" in text
        assert "more than 249 in 250: always in 1,000 years played" in text


def test_targets_that_few_runs_reached_are_named_below() -> None:
    """The line of warnings names the targets that fewer than ten runs reached, and what to do about them."""
    rest = "reached in fewer than ten runs: take more runs, or use rare_chance(scenario, at_least=130000)"
    annual = np.r_[np.zeros(1000), np.full(9, 150_000.0), np.full(1, 120_000.0)]
    assert f"at least 130,000 vehicles was {rest}" in str(result(annual, targets=(120_000, 130_000)))
    assert f"at least 130,000 and 150,000 vehicles were {rest}" in str(result(annual, targets=(130_000, 150_000)))
    assert "fewer than ten" not in str(result(annual, targets=(120_000,)))


def test_one_replicate_prints_without_an_error() -> None:
    """A result of a single replicate prints its values and says that their error is unknown."""
    info = attrs.evolve(result([1.0]).run_info, replicate_size=8)
    made = result(np.arange(8.0), targets=(3,), run_info=info)
    assert "about" not in str(made)
    assert "3 in 5, error unknown" in str(made)
    assert "error of the runs: unknown from one replicate" in str(made)


def test_few_hits_carry_a_warning() -> None:
    """A chance carries a warning if fewer than ten runs reached the target, and none from ten on."""
    few, enough = (result(np.arange(1000.0) >= 1000 - hits).chance(1) for hits in (9, 10))
    assert "reached 9 times" in few.warning
    assert not enough.warning


def test_rounding_does_not_miss_a_target() -> None:
    """An output short of a target by the rounding of its sum reaches it; one short by a thousandth does not."""
    assert result([0.1 * 3 * 100 - 1e-9, 29.999]).chance(30).value == 0.5


def test_chance_by_both_methods() -> None:
    """Both methods give one value and standard error, each its own known interval, and name themselves."""
    made = result(np.arange(100) < 5)
    wilson, exact = made.chance(1), made.chance(1, method="exact")
    assert (wilson.low, wilson.high) == pytest.approx((0.02154368, 0.11175047), abs=1e-8)
    assert (exact.low, exact.high) == pytest.approx((0.01643188, 0.11283491), abs=1e-8)
    assert (wilson.method, exact.method) == ("wilson", "exact")
    assert wilson.standard_error == pytest.approx(math.sqrt(0.05 * 0.95 / 100))
    assert (wilson.value, wilson.runs, wilson.confidence) == (0.05, 100, 0.95)


def test_quantiles_and_mean() -> None:
    """Quantiles are outputs of some run, the mean is the arithmetic mean, and both lie inside their intervals."""
    annual = np.random.default_rng(0).permutation(np.arange(1000.0))
    made = result(annual)
    assert [made.quantile(q).value for q in (0.001, 0.1, 0.5, 0.9995)] == [0.0, 99.0, 499.0, 999.0]
    assert made.mean().value == annual.mean()
    for found in (made.mean(), made.quantile(0.3)):
        assert found.low < found.value < found.high
        assert found.unit == "vehicles"
    assert made.quantile(0.1, confidence=0.5).high < made.quantile(0.1).high


def test_one_run_is_no_certainty() -> None:
    """A single run gives values with unbounded intervals, and still prints."""
    made = result([12.0])
    assert math.isinf(made.mean().high)
    assert made.quantile(0.5).low == 0.0
    assert math.isinf(made.quantile(0.5).high)
    assert "error unknown" in str(made)
    assert "error of the runs: unknown" in str(made)
    assert made._repr_html_()


@pytest.mark.parametrize("target", [-1, math.nan, math.inf, True, "many", None])
def test_targets_that_make_no_sense(target: object) -> None:
    """A target must be a number, 0 or more; the error states the rule and shows the value."""
    with pytest.raises(ValueError, match="target: must be a number"):
        result([1.0, 2.0]).chance(target)


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.1, math.nan, True, "95%", None])
def test_confidences_that_make_no_sense(confidence: object) -> None:
    """A confidence must lie between 0 and 1; every answer raises an error that says so."""
    made = result([1.0, 2.0])
    for ask in (
        lambda: made.chance(1, confidence=confidence),
        lambda: made.mean(confidence=confidence),
        lambda: made.quantile(0.5, confidence=confidence),
    ):
        with pytest.raises(ValueError, match="confidence: must be a number between 0 and 1"):
            ask()


@pytest.mark.parametrize("share", [0, 1, -0.5, 90, math.nan, True, "P10", None])
def test_shares_that_make_no_sense(share: object) -> None:
    """The share of a quantile must lie between 0 and 1; the error says so."""
    with pytest.raises(ValueError, match="share: must be a number between 0 and 1"):
        result([1.0, 2.0]).quantile(share)


def test_methods_that_do_not_exist() -> None:
    """An unknown method is an error that lists the known ones; exact is an error where runs are not independent."""
    with pytest.raises(ValueError, match="method: must be 'wilson' or 'exact'; got 'wald'"):
        result([1.0, 2.0]).chance(1, method="wald")
    paired = RunInfo(title="T", scenario="", seed=5, first_run=0, design="pairs", replicate_size=2, version="0")
    with pytest.raises(ValueError, match="'exact' must have independent runs; this design is pairs"):
        result([1.0, 2.0], run_info=paired).chance(1, method="exact")


def test_unknown_keywords_are_errors() -> None:
    """No answer takes a keyword that it would ignore."""
    made = result([1.0, 2.0])
    for ask in (made.chance, made.quantile):
        with pytest.raises(TypeError):
            ask(0.5, level=0.9)


@pytest.mark.parametrize(
    ("what", "keep"),
    [
        ("by_vehicle", "breakdown"),
        ("by_partner", "breakdown"),
        ("by_month", "breakdown"),
        ("months", "months"),
        ("flows", "flows"),
    ],
)
def test_what_was_not_kept_says_how_to_keep_it(what: str, keep: str) -> None:
    """Asking for what was not kept names the argument that keeps it."""
    made = av.simulate(plants.one_vehicle(), runs=5, keep="totals")
    with pytest.raises(ValueError, match=f"not kept; ask for it with simulate\\(..., keep='{keep}'\\)"):
        getattr(made, what)


def test_parts_are_a_mapping() -> None:
    """A breakdown is a mapping by name, in order; an unknown name raises an error that lists the known ones."""
    parts = Breakdown("vehicle", ("A", "B"), np.array([[1.0, 3.0], [5.0, 5.0]]), 1)
    assert list(parts) == ["A", "B"]
    assert len(parts) == 2
    assert "A" in parts
    assert "C" not in parts
    assert parts["A"].tolist() == [1.0, 3.0]
    assert parts.mean("A").value == 2.0
    assert parts.mean("A").what == "mean output, A"
    assert [parts.quantile("A", q).value for q in (0.5, 0.51)] == [1.0, 3.0]
    with pytest.raises(KeyError, match="'C' is not a vehicle of this result; known: A, B"):
        parts["C"]


def test_parts_print_a_line_each() -> None:
    """A breakdown prints a table of means and quantiles; its HTML escapes names, and its repr names its parts."""
    parts = Breakdown("vehicle", ("A", NASTY), np.array([[1.0, 3.0], [5000.0, 5000.0]]), 1)
    assert str(parts).splitlines()[0].split() == ["vehicle", "mean", "95", "%", "P10", "P50", "P90"]
    first, second = (line.split() for line in str(parts).splitlines()[1:])
    assert first[:2] + first[-3:] == ["A", "2", "1", "1", "3"]
    assert first[2].startswith("+-")
    assert second[-3:] == ["5,000"] * 3
    assert repr(parts).startswith("<Breakdown by vehicle: A, ")
    assert "<b" not in parts._repr_html_()


def test_a_result_prints_the_forecast_first() -> None:
    """A result prints its title, the forecast, the chance of each target, the error of the runs and what made it."""
    made = av.simulate(plants.busy(), runs=2000, seed=3)
    lines = str(made).splitlines()
    heads = ["busy", "forecast", "  eight years in ten", "  expected output", "  half of all years above"]
    heads += ["  the schedule holds", "chance", "  at least 20,000 vehicles", "  at least 24,000 vehicles"]
    assert [line[: len(head)] for line, head in zip(lines, heads, strict=False)] == heads
    assert lines[-2].startswith("error of the runs: +-")
    assert lines[-2].endswith("it says nothing of the assumptions")
    assert lines[-1] == f"2,000 runs, seed 3, plain runs, avtosim {av.__version__}"
    assert not any(line != line.rstrip() for line in lines)
    assert repr(made).startswith("<Result of 'busy': 2,000 runs, seed 3")
    later = av.simulate(plants.busy(), runs=20, seed=3, first_run=4000)
    assert "20 runs, from run 4,000, seed 3" in str(later)


def test_the_forecast_agrees_with_the_answers() -> None:
    """The range of eight years in ten runs from P10 to P90, and each number is rounded to what its error allows."""
    rng = np.random.default_rng(4)
    made = result(rng.normal(56_837.0, 18_000.0, 100_000).clip(0.0), targets=(70_000,))
    text = str(made)
    shown = [f"{round(made.quantile(share).value, -2):,.0f}" for share in (0.1, 0.9)]
    assert f"eight years in ten        {shown[0]} to {shown[1]} vehicles" in text
    assert f"expected output           {round(made.mean().value, -2):,.0f} vehicles" in text
    half = max(50 * (made.chance(70_000).high - made.chance(70_000).low), 0)
    assert f"+-{half:.2f} points on each chance at most" in text
    assert f"{100 * made.chance(70_000).value:.0f} %)" in text


def test_nothing_is_said_of_a_ceiling() -> None:
    """What the schedule holds is printed as a number; a target above it is printed like any other."""
    made = result(np.linspace(50.0, 150.0, 1000), targets=(120,), schedule=(100.0,))
    assert "the schedule holds" in str(made)
    assert "near or above" not in str(made)
    assert "about 3 in 10" in str(made)


@pytest.mark.parametrize("months", [6, 18])
def test_other_spans_are_not_called_years(months: int) -> None:
    """A calendar of other than twelve months stands in the title, and its runs are not called years."""
    labels = {"month": tuple(f"m{month}" for month in range(months))}
    text = str(result(np.arange(1000.0), labels=labels, targets=(2000,)))
    assert text.splitlines()[0] == f"T ({months} months from m0)"
    assert "eight runs in ten" in text
    assert "not once in 1,000 runs played" in text
    assert "years" not in text


def test_a_result_is_frozen() -> None:
    """Neither a result nor any of its arrays can be changed."""
    made = av.simulate(plants.busy(), runs=20, keep="flows")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.targets = ()
    for mapping in (made.record, made.labels, made.flows):
        with pytest.raises(TypeError):
            mapping["annual"] = 1
    arrays = [made.annual, made.months, *made.flows.values(), made.flow("capacity", vehicle=made.labels["line"][0])]
    for parts in (made.by_vehicle, made.by_partner, made.by_month):
        arrays += [parts.array, *parts.values()]
    for array in arrays:
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0


def test_a_result_can_be_pickled_and_copied() -> None:
    """A result that was pickled or copied is equal in every bit."""
    made = av.simulate(plants.busy(), runs=20)
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert np.array_equal(again.annual, made.annual)
        assert str(again) == str(made)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, -1.0])
@pytest.mark.parametrize("name", ["annual", "by_vehicle"])
def test_a_result_with_impossible_outputs_cannot_be_made(wrong: float, name: str) -> None:
    """An output that is not finite, or negative, is refused with its name, value and run."""
    record = {"annual": np.ones(5), "by_vehicle": np.ones((1, 5))}
    record[name][..., 3] = wrong
    axes = {"annual": ("run",), "by_vehicle": ("vehicle", "run")}
    with pytest.raises(ValueError, match=f"record: '{name}' must be finite, 0 or more; got {wrong} in run 3"):
        attrs.evolve(result(np.ones(5)), record=record, axes=axes, labels={"vehicle": ("V",)})


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"record": {}}, "must hold 'annual'"),
        ({"record": {"annual": np.ones(0)}}, "must hold 'annual'"),
        ({"record": {"annual": np.ones((2, 2))}}, "must have the shape"),
        ({"targets": (math.nan,)}, "targets: must be a number of vehicles"),
        ({"schedule": (-1.0,)}, "schedule: must be a number of vehicles"),
    ],
)
def test_a_result_that_does_not_fit_together_cannot_be_made(change: dict, rule: str) -> None:
    """A result without outputs, or whose parts do not fit, is refused."""
    with pytest.raises(ValueError, match=rule):
        attrs.evolve(result(np.ones(4)), **change)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"seed": -1}, "seed: must be a whole number, 0 or more; got -1"),
        ({"seed": 1.0}, "seed: must be a whole number"),
        ({"first_run": True}, "first_run: must be a whole number"),
        ({"replicate_size": 0}, "replicate_size: must be a whole number, 1 or more"),
        ({"title": 3}, "title: must be text without control characters; got 3"),
        ({"title": "\x1b[2J"}, "title: must be text without control characters"),
        ({"numpy": None}, "numpy: must be text"),
    ],
)
def test_what_made_a_result_is_checked(change: dict, rule: str) -> None:
    """The information on what made a result must be texts without control characters and whole numbers in range."""
    with pytest.raises((TypeError, ValueError), match=rule):
        attrs.evolve(result([1.0]).run_info, **change)


def test_what_made_a_result_names_its_versions() -> None:
    """The information on what made a result includes the versions of NumPy, SciPy and Python."""
    info = result([1.0]).run_info
    assert (info.numpy, info.scipy, info.python) == (np.__version__, scipy.__version__, platform.python_version())


@pytest.mark.parametrize(
    "target", ["70000", np.array([1, 2]), np.array(1.0), 10**400, 10**5000, 1j, [1]], ids=lambda _: "target"
)
def test_targets_of_another_kind(target: object) -> None:
    """Texts, lists and numbers too large for a float are refused as targets, with a short message."""
    with pytest.raises(ValueError, match="target: must be a number of vehicles, 0 or more; got") as caught:
        result([1.0, 2.0]).chance(target)
    assert len(str(caught.value)) < 150


def test_a_share_in_per_cent_gets_a_hint() -> None:
    """The error for a share of 90 suggests 0.9."""
    with pytest.raises(
        ValueError, match=r"share: must be a number between 0 and 1, both excluded; got 90; did you mean 0.9\?"
    ):
        result([1.0, 2.0]).quantile(90)


def test_an_estimate_takes_formats() -> None:
    """A format gives the value alone: one of a number, per cent as it is printed everywhere, or one by name."""
    made = estimate()
    assert f"{made}" == str(made)
    assert f"{made:.3f}" == "0.533"
    assert f"{made:.1%}" == "53.3 %"
    assert f"{made:value}" == "53.3 %"
    assert f"{made:interval}" == "53.0 % to 53.6 %"
    assert f"{made:value with error}" == "53.3 % +-0.3 %"
    assert f"{made:words}" == "about even (53 %)"
    with pytest.raises(ValueError, match="format"):
        f"{made:nonsense}"


def test_a_result_without_targets_prints_the_rest() -> None:
    """Without targets the table has the mean and the quantiles only, in text and HTML."""
    made = av.simulate(plants.one_vehicle(), runs=10)
    assert "at least" not in str(made)
    assert "chance" not in str(made)
    assert "expected output" in made._repr_html_()


def test_a_result_in_a_notebook_is_escaped() -> None:
    """The HTML of a result shows what the text shows, and no name becomes markup."""
    made = av.simulate(attrs.evolve(plants.busy(), name=NASTY), runs=50)
    html = made._repr_html_()
    assert "<b" not in html.replace("<body", "")
    assert "&lt;b onclick" in html
    assert "at least 20,000 vehicles" in html
    assert "50 runs, seed 0" in html


def test_nothing_is_sorted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quantiles asked for again and again, printed or not, sort the outputs of a result and of each part once."""
    made = av.simulate(av.load("avtotor-2024-06"), runs=200, seed=1)
    sorts = []
    true = np.sort
    monkeypatch.setattr(np, "sort", lambda values, *rest, **more: sorts.append(1) or true(values, *rest, **more))
    for _ in range(2):
        made.quantile(0.1), str(made), str(made.by_partner), made.by_partner.quantile("BAIC", 0.3)
    assert len(sorts) == 1 + len(made.by_partner)
