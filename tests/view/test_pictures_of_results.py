"""The four pictures of a result show its numbers, exactly, and every text in them can be read."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import plants
import pytest
from looked_at import closed, faults, texts
from matplotlib import pyplot as plt

import avtosim as av
from avtosim.answers.result import FAN, Result, RunInfo

__all__ = ["closed"]

KINDS = ("exceedance", "fan", "months", "partners")
#: Names that formulas, pages and templates would read as something else, and one that is too long.
NAMES = ("A$x$ & <b> {c} \\alpha _x^2", "a partner whose name nobody could ever read in one line", "Кайи №1")


@pytest.fixture(scope="module")
def february() -> av.Result:
    """Give February's result."""
    return av.simulate(av.load("avtotor-2024-02"), runs=3_000, seed=1, keep="breakdown")


def made(partners: int = 3, months: int = 12, runs: int = 200, **more: Any) -> Result:
    """Make a result of any size, with awkward names."""
    rng = np.random.default_rng(4)
    built = rng.gamma(2.0, 50.0, (partners, months, runs)) * np.linspace(1.0, 0.1, partners)[:, None, None]
    names = (*NAMES, *(f"partner {n}" for n in range(partners)))[:partners]
    vehicles = tuple(f"v{n}" for n in range(partners))
    calendar = tuple(f"{2023 + (10 + n) // 12}-{(10 + n) % 12 + 1:02d}" for n in range(months))
    stated = {
        "record": {"annual": built.sum((0, 1)), "by_vehicle": built.sum(1), "by_month": built.sum(0)},
        "axes": {"annual": ("run",), "by_vehicle": ("vehicle", "run"), "by_month": ("month", "run")},
        "labels": {"vehicle": vehicles, "month": calendar},
        "targets": (),
        "run_info": RunInfo(
            title="made", scenario="", seed=1, first_run=0, design="plain runs", replicate_size=1, version="1"
        ),
        "groups": {"partner": {name: (vehicle,) for name, vehicle in zip(names, vehicles, strict=True)}},
        "schedule": (float(built.sum(0).mean()),) * months,
    }
    return Result(**(stated | more))


def line(ax: Any, label: str) -> Any:
    """Give the numbers of the line with this label in the legend."""
    return next(one for one in ax.lines if one.get_label() == label).get_xydata()


def test_the_curve_is_the_share_of_runs_that_reach_an_output(february: av.Result) -> None:
    """Where the curve steps down at an output, it comes from the chance to reach it; it begins at 1 and ends at 0."""
    ax = february.plot()
    curve = ax.lines[0].get_xydata()
    for output, share in curve[1:-1:50]:
        assert share == pytest.approx(february.chance(output).value, abs=1e-12)
    assert curve[0].tolist() == [0.0, 1.0]
    assert curve[-1].tolist() == [february.ordered[-1], 0.0]
    assert ax.lines[0].get_drawstyle() == "steps-pre"


def test_targets_stand_at_their_chances(february: av.Result) -> None:
    """Each target of the whole plant is a dot at its chance, and its label is its volume and its chance in print."""
    part = av.Target(volume=9_000, until="2024-06")
    shown = attrs.evolve(february, targets=(*february.targets, part))
    for ax in (february.plot(), shown.plot()):
        dots = ax.lines[1].get_xydata()
        chances = [february.chance(target) for target in february.targets]
        assert dots.tolist() == [[t, c.value] for t, c in zip(february.targets, chances, strict=True)]
        labels = [f"{t:,.0f}: {c:value}" for t, c in zip(february.targets, chances, strict=True)]
        assert labels == [text for text in texts(ax) if ": " in text]


def test_what_was_announced_is_a_band_or_a_line(february: av.Result) -> None:
    """The band lies between its two volumes; one volume is a line that is seen; without one there is neither."""
    ax = february.plot()
    (band,) = ax.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == (100_000.0, 130_000.0)
    assert "announced\n100,000 to 130,000" in texts(ax)
    ax = attrs.evolve(february, announced=(90_000.0, 90_000.0)).plot()
    assert "announced\n90,000" in texts(ax)
    assert [one.get_linewidth() > 1.0 for one in ax.lines if list(one.get_xdata()) == [90_000.0] * 2] == [True]
    ax = attrs.evolve(february, announced=None).plot()
    assert not ax.patches
    assert not any("announced" in text for text in texts(ax))


def test_the_fan_is_the_quantiles_until_each_month(february: av.Result) -> None:
    """Every edge and the median are those of ``quantile(until=month)``, the schedule is summed; bands nest."""
    found = february.since_start()
    exact = [[february.quantile(share, until=month).value for month in february.labels["month"]] for share in FAN]
    assert np.array_equal(found, exact)
    ax = february.plot("fan")
    assert np.array_equal(line(ax, "median")[:, 1], found[3])
    assert np.array_equal(line(ax, "schedule")[:, 1], np.cumsum(february.schedule))
    bands = dict(zip(("90 % of years", "80 % of years", "50 % of years"), ax.collections, strict=True))
    for place, (label, band) in enumerate(bands.items()):
        assert band.get_label() == label
        heights = set(band.get_paths()[0].vertices[:, 1])
        assert heights == {*found[place], *found[-1 - place]}


def test_since_start_takes_any_shares_and_refuses_others(february: av.Result) -> None:
    """Shares in any order give rows in that order; 0, 1 and words are refused; kept totals are not enough."""
    rows = february.since_start([0.9, 0.2])
    assert rows.shape == (2, 12)
    assert rows[1, 5] == february.quantile(0.2, until="2024-06").value
    assert rows[0, -1] == february.quantile(0.9).value
    for wrong in ([0.0], [0.5, 1.0], ["half"]):
        with pytest.raises(ValueError, match="shares: must be a number between 0 and 1, both excluded"):
            february.since_start(wrong)
    none: list[Any] = [0.5, None, "0.5", {0.5: 1}, []]
    for wrong in none:
        with pytest.raises(ValueError, match="shares: must be a row of numbers between 0 and 1, both excluded; got "):
            february.since_start(wrong)
    totals = av.simulate(av.load("avtotor-2024-02"), runs=10, seed=1, keep="totals")
    with pytest.raises(ValueError, match=r"since_start: not kept; ask for it with simulate\(..., keep='breakdown'\)"):
        totals.since_start()


def test_months_are_their_quantiles(february: av.Result) -> None:
    """Bars are the schedule of each month, dots the medians, lines reach from P10 to P90."""
    ax = february.plot("months")
    names, parts = february.labels["month"], february.by_month
    assert [bar.get_height() for bar in ax.patches] == list(february.schedule)
    assert line(ax, "median")[:, 1].tolist() == [parts.quantile(name, 0.5).value for name in names]
    ends = [(parts.quantile(name, 0.1).value, parts.quantile(name, 0.9).value) for name in names]
    assert [tuple(path.vertices[:, 1]) for path in ax.collections[0].get_paths()] == ends


def test_partners_are_their_means(february: av.Result) -> None:
    """Bars are means with the number beside them, largest first and on top; lines reach from P10 to P90."""
    ax = february.plot("partners")
    parts = february.by_partner
    order = sorted(parts.names, key=lambda name: -parts.mean(name).value)
    assert [label.get_text() for label in ax.get_yticklabels()] == order
    assert [bar.get_width() for bar in ax.patches] == [parts.mean(name).value for name in order]
    ends = [(parts.quantile(name, 0.1).value, parts.quantile(name, 0.9).value) for name in order]
    assert [tuple(line.get_xdata()) for line in ax.lines] == ends
    assert [text.get_text() for text in ax.texts] == [f"{parts.mean(name):value}" for name in order]
    assert ax.yaxis_inverted()


def test_of_many_partners_the_rest_is_said() -> None:
    """Of forty partners eleven are named; how many are left out is said, and that none of them is larger."""
    result = made(40)
    ax = result.plot("partners")
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) == 12
    assert names[-1] == "29 more"
    means = sorted((result.by_partner.mean(name) for name in result.by_partner.names), key=lambda mean: -mean.value)
    assert ax.texts[-1].get_text() == f"no more than {means[11]:value} each"


HARD = {
    "forty partners, two years": made(40, 24, targets=(0.0, 1.0, 5.0, 9e4), announced=(1.0, 2.0)),
    "six months": made(1, 6, targets=(100.0,)),
    "one month, one run": made(2, 1, 1, targets=(1_234_567.0,)),
    "neighbours": made(targets=(1e3, 1001.0, 1002.0, 2500.0, 2501.0, 2502.0, 1e6), announced=(2500.0, 2500.0)),
    "forty targets": made(targets=tuple(100.0 * n for n in range(1, 41)), announced=(3e3, 4e3)),
    "nothing stated": made(schedule=()),
    "all runs equal": av.simulate(plants.one_vehicle(targets=(12.0, 13.0)), runs=50, keep="breakdown"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_text_can_be_read(kind: str, case: str, language: str) -> None:
    """No text touches another or is cut off, whatever there is to show and in which language."""
    assert faults(HARD[case].plot(kind, language=language)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_february_can_be_read(february: av.Result, kind: str, language: str) -> None:
    """The bundled case is read in both languages, also on axes of one's own in a figure of four."""
    assert faults(february.plot(kind, language=language)) == []
    _, every = plt.subplots(2, 2, figsize=(11, 8), layout="constrained")
    assert faults(february.plot(kind, ax=every[1, 0], language=language)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_russian_is_whole(february: av.Result, kind: str) -> None:
    """On a Russian picture no word is in Latin letters but names of the scenario, and no comma parts thousands."""
    names = [*february.by_partner.names]
    for text in texts(february.plot(kind, language="ru")):
        assert text in names or not any(sign.isascii() and sign.isalpha() for sign in text), text
        assert "00," not in text


def test_names_are_no_formulas() -> None:
    """Dollar signs and braces of names are shown as they are, on axes made in any style."""
    _, ax = plt.subplots()
    ax.set_yticks([0, 1, 2], ["a", "b", "c"])
    made(1).plot("partners", ax=ax)
    assert NAMES[0] in texts(ax)
    assert not any(label.get_parse_math() for label in ax.get_yticklabels())


def test_a_picture_that_cannot_be_drawn_leaves_no_figure() -> None:
    """What is missing is said in one error, and no empty figure stays open."""
    totals = av.simulate(av.load("avtotor-2024-02"), runs=10, seed=1, keep="totals")
    for kind, name in (("fan", "since_start"), ("months", "by_month"), ("partners", "by_partner")):
        with pytest.raises(ValueError, match=rf"{name}: not kept; ask for it with simulate\(..., keep='breakdown'\)"):
            totals.plot(kind)
    with pytest.raises(ValueError, match="kind: 'partners' must have partners to show; this plant has none"):
        made(groups={}).plot("partners")
    with pytest.raises(ValueError, match="kind: must be one of exceedance, fan, months, partners; got 'pie'"):
        totals.plot("pie")
    with pytest.raises(ValueError, match="language: must be one of en, ru; got 'fr'"):
        totals.plot(language="fr")
    with pytest.raises(TypeError, match=r"ax: must be an Axes of matplotlib, as plt.subplots\(\) gives; got 3"):
        totals.plot(ax=3)
    assert not plt.get_fignums()
