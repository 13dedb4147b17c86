"""The pictures of studies, of the outside view and of fits show the numbers of the answer, exactly and legibly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import pytest
from looked_at import closed, texts, touching
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from records import STOPS, YEAR

import avtosim as av
from avtosim.answers.estimate import Estimate
from avtosim.answers.importance import Importance
from avtosim.answers.numbers import DIFFERENCE, PROBABILITY, SHARE
from avtosim.answers.result import RunInfo
from avtosim.answers.story import Happening, Story, StoryMonth
from avtosim.view.style import STANDING

__all__ = ["closed"]

INFO = RunInfo(title="Завод", scenario="", seed=3, first_run=0, design="plain runs", replicate_size=1, version="1")
#: Names that formulas, pages and templates would read as something else, and one that is too long.
NAMES = ("A$x$ & <b> {c} \\alpha _x^2", "длинное имя, какого никому в одну строку не уместить никогда", "Кайи №1")
BAIC, KAIYI = "partners.BAIC.fill_rate", "partners.Kaiyi.fill_rate"


def estimate(value: float, unit: str = PROBABILITY, half: float = 0.02, what: str = "цель") -> Estimate:
    """Make an estimate."""
    rest = {"runs": 1_000, "method": "made", "unit": unit, "what": what}
    return Estimate.of((value, value - half, value + half, half / 2.0), **rest)


def bar(place: int, low: float, high: float, standing: str) -> av.TornadoBar:
    """Make a bar of a tornado."""
    name = NAMES[place % 3]
    ends = {"low_value": -0.12345, "high_value": 1_234_567.0, "low": estimate(low), "high": estimate(high)}
    swing = estimate(high - low, DIFFERENCE, 0.013)
    return av.TornadoBar(address=f"{place}", text=name, unit="months", standing=standing, swing=swing, **ends)


def tornado(*bars: av.TornadoBar, base: float = 0.4) -> av.Tornado:
    """Make a tornado."""
    more = {"numbers": 59, "expected": 0.01, "model_runs": 5, "run_info": INFO}
    return av.Tornado(what="цель", base=estimate(base), bars=bars, **more)


def importance(by: str, many: int = 3) -> Importance:
    """Make shares of facts or numbers: the last one is the largest, the first cannot be told from nothing."""
    names = [f"a{place}" for place in range(many)]
    shares = {at: estimate(0.3 * place, SHARE, 0.05 + 0.01 * place) for place, at in enumerate(names)}
    more: dict[str, Any] = {"luck": frozenset(names[:2])}
    if by == "fact":
        more = {"total": {at: attrs.evolve(s, value=s.value + 0.1) for at, s in shares.items()}, "shapley": shares}
        more |= {"sums": {name: estimate(1.0, SHARE) for name in ("first", "total", "shapley", "not_known")}}
        shares = {at: attrs.evolve(share, value=0.9 * share.value) for at, share in shares.items()}
    words = {at: NAMES[place % 3] for place, at in enumerate(names)}
    runs = {"runs": 1_000, "model_runs": 1_000, "run_info": INFO}
    return Importance(by=by, aim="", level=estimate(0.4), first=shares, words=words, **more, **runs)


def month(place: int, *happenings: Happening) -> StoryMonth:
    """Make a month of a story that begins in November."""
    stamp = f"{2023 + (10 + place) // 12}-{(10 + place) % 12 + 1:02d}"
    return StoryMonth(month=stamp, planned=900.0 + place, required=800.0, built=100.0 * place, happenings=happenings)


def story(*calendar: StoryMonth) -> Story:
    """Make a story."""
    one = estimate(0.3)
    more = {"differences": (), "unusual": (), "run_info": INFO, "is_ordinary": True, "others": True}
    return Story(kind="год", only=None, run=7, chance=one, ordinary=one, calendar=calendar, **more)


TOLD = story(
    month(0, Happening(NAMES[0], "stopped", 0.3), Happening("шок", "active", 1.0)),
    month(1, Happening(NAMES[0], "left", 1.0), Happening("шок", "active", 0.25)),
    month(2, Happening(NAMES[0], "gone", 1.0), Happening(NAMES[1], "launched", 2.2)),
    *map(month, range(3, 24)),
)


@pytest.fixture(scope="module")
def fits() -> Mapping[str, Any]:
    """Give fits of few records."""
    pairs = [(NAMES[0], 3), (NAMES[2], 8)]
    months = [
        {"partner": name, "month": month, "due": 10, "arrived": 10 - (month * step) % 7}
        for name, step in pairs
        for month in range(14)
    ]
    late = dict(zip("БГДЖИЛП", (2.0, 0.0, 5.5, 1.0, 9.0, 3.0, -1.5), strict=True))
    log: list[dict[str, Any]] = [
        {"name": name, "planned": 2, "actual": 2 + months, "seen_until": 24} for name, months in late.items()
    ]
    log.append({"name": "Ф", "planned": 18, "actual": None, "seen_until": 24})
    log.append({"name": "Ц", "planned": 30, "actual": None, "seen_until": 24})
    stops = [{**row, "partner": {"Kaiyi": NAMES[0], "BAIC": NAMES[2]}[row["partner"]]} for row in STOPS]
    watched = dict(zip(NAMES, YEAR.values(), strict=True))
    return {
        "fill_rate": av.fit_fill_rate(months),
        "stops": av.fit_stops(stops, observed=watched),
        "delay": av.fit_delay(log),
    }


@pytest.fixture(scope="module")
def sweep() -> av.Sweep:
    """Give a sweep of two levers whose values are in no order."""
    june = av.load("avtotor-2024-06").replace({"targets": (25_000,)})
    return av.sweep(june, {BAIC: [0.9, 0.1, 0.5], "quantities.sell-through": [0.3, 0.6, 0.5, 0.4]}, runs=300, seed=1)


@pytest.fixture(scope="module")
def view() -> av.OutsideView:
    """Give a view from outside in which programmes died."""
    asked = {"plan": 90_000, "stated_on": "2024-02-15", "year": 2024, "as_of": "2024-04-30"}
    return av.outside_view(kind="new_partner_assembly", **asked)


def bars(ax: Any) -> list[Any]:
    """Give the bars of a picture."""
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def lines(ax: Any, marker: str) -> list[Any]:
    """Give the marks of a picture, or its plain lines, in the order in which they are drawn."""
    return [line for line in ax.lines if line.get_marker() == marker and len(line.get_xdata()) < 3]


def ends(line: Any) -> tuple[float, ...]:
    """Give the x of a line."""
    return tuple(float(x) for x in line.get_xdata())


def label_of(ax: Any, row: int) -> str:
    """Give the name of a row."""
    return str(ax.get_yticklabels()[row].get_text())


def test_bars_of_a_tornado_reach_from_the_chance_at_p10_to_that_at_p90() -> None:
    """Each in its row: a ring at P10, a dot at P90, and the interval of the swing there; the chance as stated."""
    answer = tornado(bar(0, 0.1, 0.8, "guess"), bar(1, 0.6, 0.3, "derived"))
    ax = answer.plot()
    drawn = [(patch.get_x(), patch.get_width(), patch.get_y() + 0.5 * patch.get_height()) for patch in bars(ax)]
    assert drawn == [(0.1, 0.8 - 0.1, 0.0), (0.3, 0.6 - 0.3, 1.0)]
    dots = [(line.get_xdata()[0], line.get_ydata()[0], line.get_markerfacecolor()) for line in lines(ax, "o")]
    assert [(x, y) for x, y, _ in dots] == [(0.1, 0), (0.8, 0), (0.6, 1), (0.3, 1)]
    assert [colour == "white" for *_, colour in dots] == [True, False, True, False]
    for line, one in zip(lines(ax, "|"), answer.bars, strict=True):
        assert ends(line) == (one.low.value + one.swing.low, one.low.value + one.swing.high)
    assert [ends(line) for line in lines(ax, "None")] == [(0.4, 0.4)]


def test_values_stand_at_the_ends_to_which_they_belong() -> None:
    """P10 is at the left where the chance rises with the number, and at the right where it falls."""
    ax = tornado(bar(0, 0.1, 0.8, "guess"), bar(1, 0.6, 0.3, "derived")).plot()
    values = {(text.get_text(), text.get_ha(), round(text.xy[1])) for text in ax.texts if text.get_fontsize() < 8}
    assert values == {
        ("-0.123", "right", 0),
        ("1,230,000", "left", 0),
        ("-0.123", "left", 1),
        ("1,230,000", "right", 1),
    }


def test_how_well_a_number_stands_shows_in_colour_and_in_pattern_and_in_words() -> None:
    """Every standing has a look of its own, and the legend names those that occur, the weakest first."""
    standings = [*STANDING][::-1]
    ax = tornado(*(bar(place, 0.1, 0.8 - 0.05 * place, standing) for place, standing in enumerate(standings))).plot()
    looks = [(to_hex(patch.get_facecolor()), patch.get_hatch() or "") for patch in bars(ax)]
    assert looks == [STANDING[standing] for standing in standings]
    assert len({look for look in looks if look[1]} | {look[0] for look in looks if not look[1]}) == len(STANDING)
    legend = ax.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [*STANDING, "at P10", "at P90", "95 % interval"]
    few = tornado(bar(0, 0.1, 0.8, "derived")).plot().get_legend()
    assert [text.get_text() for text in few.get_texts()] == ["derived", "at P10", "at P90", "95 % interval"]


def test_a_tornado_of_many_numbers_shows_the_first_twenty() -> None:
    """And says of how many; of none it says why."""
    ax = tornado(*(bar(place, 0.1, 0.8 - 0.01 * place, "guess") for place in range(40))).plot()
    assert len(bars(ax)) == 20
    assert ax.get_xlabel() == "цель\n20 of 59 uncertain numbers, each from its P10 to its P90"
    for base, said in ((0.0, "the target is reached in no run"), (1.0, "the target is reached in every run")):
        assert any(text.startswith(said) for text in texts(tornado(base=base).plot()))


def test_importance_shows_shares_with_their_intervals_the_largest_first() -> None:
    """Of facts Shapley, first order and total one under the other; what cannot be told from nothing is left out."""
    answer = importance("fact")
    assert answer.ranked == ("a2", "a1", "a0")[: len(answer.ranked)]
    ax = answer.plot()
    assert [label_of(ax, row)[:5] for row in range(2)] == [NAMES[2][:5], NAMES[1][:5]]
    for row, address in enumerate(answer.ranked):
        shares = (answer.shapley[address], answer.first[address], answer.total[address])
        dots = [line for line in (*lines(ax, "o"), *lines(ax, "D")) if round(line.get_ydata()[0]) == row]
        assert sorted(line.get_xdata()[0] for line in dots) == sorted(share.value for share in shares)
        heights = [line.get_ydata()[0] for line in sorted(dots, key=lambda line: line.get_ydata()[0])]
        assert heights == [row - 0.26, row, row + 0.26]
        drawn = {ends(line) for line in lines(ax, "|") if round(line.get_ydata()[0]) == row}
        assert {(share.low, share.high) for share in shares} <= drawn


def test_importance_of_numbers_tells_luck_from_what_is_not_known() -> None:
    """By the mark; a share that cannot be told from nothing is not shown."""
    answer = importance("number")
    ax = answer.plot()
    assert answer.ranked == ("a2", "a1")
    assert [ends(line) for line in lines(ax, "o")] == [(0.6,)]
    assert [ends(line) for line in lines(ax, "D")] == [(0.3,)]
    assert ax.get_xlabel() == "share of the variance of output\n2 of 3 are shown"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["not known", "luck", "95 % interval"]
    none = attrs.evolve(answer, first={}, luck=frozenset())
    assert any(text.startswith("nothing varies") for text in texts(none.plot()))


def test_what_happened_in_a_month_is_as_long_as_it_went_on() -> None:
    """A bar from the beginning of its month; who left is gone; a late launch ends in the middle of its own month."""
    ax = TOLD.plot()
    drawn = [(one.get_x(), one.get_width(), round(one.get_y() + 0.36), one.get_hatch()) for one in bars(ax)]
    assert drawn == [
        (0, 0.3, 0, "////"),
        (1, 1.0, 0, ""),
        (2, 1.0, 0, ""),
        (2 + 0.5 - 2.2, 2.2, 1, "\\\\\\\\"),
        (0, 1.0, 2, "..."),
        (1, 0.25, 2, "..."),
    ]
    assert label_of(ax, 0).startswith("A$x$")
    looks = [text.get_text() for text in ax.get_legend().get_texts()]
    assert looks == ["planned", "built", "stopped", "gone", "shock", "launched late"]
    assert [text.get_text() for text in ax.get_xticklabels()][:4] == ["11\n2023", "02\n2024", "05", "08"]


def test_the_strip_of_a_story_shows_what_was_planned_and_built() -> None:
    """Month by month, in vehicles."""
    (strip,) = TOLD.plot().child_axes
    heights = [patch.get_height() for patch in bars(strip)]
    assert heights == [m.planned for m in TOLD.calendar] + [m.built for m in TOLD.calendar]
    assert "nothing happened" in texts(story(*map(month, range(6))).plot())


@pytest.mark.parametrize("target", [25_000, 0, 5e6])
def test_layers_show_twenty_quantiles_and_their_interval(target: float) -> None:
    """A dot for each twentieth, P5, P50 and P95 with their intervals, and the chance as it stands."""
    answer = av.layers(av.load("avtotor-2024-06"), target, runs=512, seed=1)
    ax = answer.plot()
    (dots,) = (line for line in ax.lines if len(line.get_xdata()) == 20)
    assert dots.get_xdata().tolist() == [answer.quantile((place + 0.5) / 20).value for place in range(20)]
    found = [answer.quantile(share) for share in (0.05, 0.5, 0.95)] + [answer.chance]
    marks = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in marks] == [(e.value, r) for r, e in enumerate(found)]
    drawn = [(ends(line), line.get_ydata()[0]) for line in lines(ax, "|")]
    assert all(((one.low, one.high), row) in drawn for row, one in enumerate(found))
    piled = sorted(zip(dots.get_xdata(), dots.get_ydata(), strict=True))
    assert len(set(piled)) == 20


def test_a_map_shows_the_chances_over_both_levers(sweep: av.Sweep) -> None:
    """Values in their order whatever the order of the levers; contours at the chances that occur."""
    ax = sweep.plot()
    chance = sweep.chance(25_000).value
    mesh = ax.collections[0]
    assert mesh.get_array().tolist() == chance[np.ix_([1, 2, 0], [0, 3, 2, 1])].tolist()
    contours = ax.collections[1]
    assert list(contours.levels) == [c for c in (0.05, 0.25, 0.5, 0.75, 0.95) if chance.min() < c < chance.max()]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("sell-through", "fill rate of BAIC, share")
    # The colour scale is legible in grey: it darkens all the way.
    grey = mesh.cmap(np.linspace(0.0, 1.0, 50))[:, :3] @ [0.299, 0.587, 0.114]
    assert (np.diff(grey) <= 1e-12).all()
    assert grey[0] - grey[-1] > 0.3


def test_a_map_of_another_target_is_asked_for(sweep: av.Sweep) -> None:
    """It need not be one of the scenario's."""
    ax = sweep.plot(target=10_000)
    assert sorted(ax.collections[0].get_array().ravel()) == sorted(sweep.chance(10_000).value.ravel())
    with pytest.raises(ValueError, match=r"^target: must be a number of vehicles, 0 or more; got -1"):
        sweep.plot(target=-1)


def test_one_lever_is_a_line_with_its_intervals(sweep: av.Sweep) -> None:
    """From the least value to the largest."""
    one = av.Sweep({BAIC: (0.9, 0.1, 0.5)}, sweep.results[:3], sweep.targets)
    ax, grid = one.plot(), one.chance(25_000)
    line = ax.lines[-1]
    assert line.get_xdata().tolist() == [0.1, 0.5, 0.9]
    assert line.get_ydata().tolist() == grid.value[[1, 2, 0]].tolist()
    (whiskers,) = (c for c in ax.collections if hasattr(c, "get_segments"))
    drawn = [(low[0], low[1], high[1]) for low, high in whiskers.get_segments()]
    wanted = [*zip(one.levers[BAIC], grid.low, grid.high, strict=True)]
    assert np.array(drawn) == pytest.approx(np.array(wanted), abs=1e-12)


def test_a_chance_of_next_to_nothing_fills_no_picture(sweep: av.Sweep) -> None:
    """The interval above a chance of 0 lies near the foot of a line."""
    one = av.Sweep({BAIC: (0.9, 0.1, 0.5)}, sweep.results[:3], (5e6,))
    assert one.chance(5e6).high.max() < 0.02
    assert one.plot().get_ylim() == (0.0, 0.1)


def test_values_of_levers_that_are_no_numbers_get_their_text(sweep: av.Sweep) -> None:
    """In the order in which they were stated, with the chances in the cells, since no contour passes between laws."""
    laws = av.Beta(2, 3), av.Uniform(0.2, 0.9)
    two = av.Sweep({BAIC: laws, KAIYI: (0.5, 0.7)}, sweep.results[:4], sweep.targets)
    ax = two.plot()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Beta(a=2.0, b=3.0)", "Uniform(low=0.2, high…"]
    printed = {text.get_text().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ") for text in ax.texts}
    assert printed == {format(result.chance(25_000), "value") for result in two.results}
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.5", "0.7"]


def test_what_no_sweep_can_show_is_refused_with_what_to_do(sweep: av.Sweep) -> None:
    """More than two levers, or no target; no figure is left open."""
    three = av.Sweep({"a": (1,), "b": (1,), "c": (1, 2)}, sweep.results[:2], sweep.targets)
    with pytest.raises(ValueError, match=r"^levers: must be one or two for a picture; got 3: a, b, c; sweep two, or"):
        three.plot()
    with pytest.raises(ValueError, match=r"^target: must be given, since the scenario has none, as in plot\(target="):
        attrs.evolve(sweep, targets=()).plot()
    assert plt.get_fignums() == []


def test_the_outside_view_shows_each_plan_of_the_class_and_this_one(view: av.OutsideView) -> None:
    """A row for each company-year, dead programmes with a mark of their own, and P10, P50, P90 of the law on top."""
    ax = view.plot()
    dots = [line for mark in ("o", "X") for line in lines(ax, mark)]
    law, *_ = [line for line in dots if line.get_ydata()[0] == 0]
    assert ends(law) == (view.ppf(0.5) / view.plan,)
    assert ends(lines(ax, "")[0]) == tuple(view.ppf([0.1, 0.9]) / view.plan)
    names = [label_of(ax, row) for row in range(1 + view.company_years)]
    for case in view.cases:
        (row,) = (place for place, name in enumerate(names) if name == f"{case.company} {case.period}")
        mine = [line for line in dots if line.get_ydata()[0] == row and line.get_xdata()[0] == case.ratio]
        assert mine
        assert {line.get_marker() for line in mine} == {"X" if case.ratio < 0.2 else "o"}
        later = case.months_to_go < view.months_to_go
        assert later in {line.get_markerfacecolor() == "white" for line in mine}
    assert 0 < len(view.dead) == len(lines(ax, "X")) < len(view.cases)
    assert len(dots) == 1 + len(view.cases)


def test_fits_show_records_over_the_laws_that_they_gave(fits: Mapping[str, Any]) -> None:
    """Bands from P10 to P90 and P25 to P75, the median, and all that was seen; of a kind that of all its names."""
    names = {"fill_rate": [NAMES[0], NAMES[2], "all"], "stops": [*NAMES, "all"], "delay": ["Ф", "all"]}
    for kind, fit in fits.items():
        ax, rows = fit.plot(), names[kind]
        law_of = {"fill_rate": lambda found, name: found[name].law, "stops": lambda found, name: found.duration(name)}
        laws = {name: law_of.get(kind, lambda found, name: found[name])(fit, name) for name in rows}
        drawn = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in bars(ax)]
        wanted = [laws[name].ppf(list(shares)) for name in rows for shares in ((0.1, 0.9), (0.25, 0.75))]
        assert np.array(drawn) == pytest.approx(np.array(wanted), abs=1e-12)
        assert [ends(line)[0] for line in lines(ax, "|")] == [laws[name].ppf(0.5) for name in rows]
        for row, name in enumerate(rows):
            seen = _seen(fit, fit.kinds.get(name, [name]))
            for mark, over in (("o", True), (">", False)):
                dots = [line.get_xdata()[0] for line in lines(ax, mark) if round(line.get_ydata()[0]) == row]
                assert sorted(dots) == sorted(value for value, ended in seen if ended == over), (kind, name)


def _seen(fit: Any, names: Any) -> list[tuple[float, bool]]:
    if hasattr(fit, "shares"):
        return [(share, True) for name in names for share in fit.shares[name].values()]
    return [event for name in names for event in fit.events[name]]


def test_fits_keep_what_they_were_fitted_to(fits: Mapping[str, Any]) -> None:
    """Shares by month, stops as far as they were seen, delays with those still to come, none of what is not due yet."""
    assert fits["fill_rate"].shares[NAMES[2]][1] == 0.9
    assert [over for _, over in fits["stops"].events[NAMES[0]]] == [True, True, False]
    assert fits["stops"].events[NAMES[1]] == ()
    events = fits["delay"].events
    assert (events["Д"], events["П"], events["Ф"]) == (((5.5, True),), ((0.0, True),), ((6.0, False),))
    assert events["Ц"] == ()


def test_a_fill_rate_shows_how_sure_the_mean_of_a_year_is(fits: Mapping[str, Any]) -> None:
    """From P5 to P95, below each row."""
    fit = fits["fill_rate"]
    drawn = [ends(line) for line in lines(fit.plot(), "")]
    assert drawn == [tuple(fit.year(name).ppf([0.05, 0.95])) for name in (NAMES[0], NAMES[2], "all")]


@pytest.fixture(params=["tornado", "one bar", "no bars", "facts", "numbers", "story", "layers", "map", "view", *"fsd"])
def answer(request: Any) -> Any:
    """Give an answer of each kind, with awkward names."""
    kind, get = request.param, request.getfixturevalue
    if kind in ("map", "view"):
        return get("sweep" if kind == "map" else "view")
    if kind in "fsd":
        return get("fits")[{"f": "fill_rate", "s": "stops", "d": "delay"}[kind]]
    every = [bar(place, 0.98 - 0.2 / (place + 1), 0.99, [*STANDING][place % 7]) for place in range(15)]
    made: dict[str, Any] = {
        "tornado": lambda: tornado(*every, base=0.98),
        "one bar": lambda: tornado(bar(0, 0.4, 0.4, "")),
        "no bars": lambda: tornado(base=0.0),
        "facts": lambda: importance("fact", 30),
        "numbers": lambda: importance("number"),
        "story": lambda: TOLD,
        "layers": lambda: av.layers(av.load("avtotor-2024-06"), 25_000, runs=128, seed=1),
    }
    return made[kind]()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [900, 400])
def test_every_text_can_be_read(answer: Any, language: str, width: int) -> None:
    """Nothing overlaps and nothing is cut off."""
    ax = answer.plot(language=language)
    ax.figure.set_dpi(width / ax.figure.get_figwidth())
    assert touching(ax) == []


def test_names_are_no_formulas_on_axes_that_were_given(answer: Any) -> None:
    """The picture is drawn on these axes, and the figure can be saved."""
    figure, ax = plt.subplots()
    assert answer.plot(ax=ax) is ax
    figure.canvas.draw()
    legend = ax.get_legend()
    every = [*ax.texts, ax.xaxis.label, ax.yaxis.label, *ax.get_yticklabels(), *(legend.get_texts() if legend else ())]
    assert not [text for text in every if text.get_parse_math() and "$" in text.get_text()]


#: What a scenario, a study's words or the table of plans says; other rooms translate it.
_FOREIGN = re.compile(r"(?s)sell-through|BAIC|A\$x\$[^\n]*|\\alpha _x\^2|chance of at least [^\n]*|the target is .*")


def test_russian_pictures_are_in_russian(answer: Any) -> None:
    """Only what the user named, and words that studies give, are left in other letters."""
    if isinstance(answer, av.OutsideView):
        answer = attrs.evolve(answer, cases=tuple(attrs.evolve(case, company="Завод") for case in answer.cases))
    shown = [_FOREIGN.sub("", text) for text in texts(answer.plot(language="ru"))]
    assert not [text for text in shown if re.search("[A-Za-z]{3}", text)]


def test_bad_input_leaves_no_figure(answer: Any) -> None:
    """Another language, or axes that are none."""
    with pytest.raises(ValueError, match=r"^language: must be one of en, ru; got 'de'"):
        answer.plot(language="de")
    with pytest.raises(TypeError, match=r"^ax: must be an Axes of matplotlib"):
        answer.plot(ax=3)
    assert plt.get_fignums() == []
