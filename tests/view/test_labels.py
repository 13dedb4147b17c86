"""Labels find places apart from each other and inside their bounds."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from looked_at import closed, touching
from matplotlib import pyplot as plt

from avtosim.say import say
from avtosim.view import labels, rows, style
from avtosim.view.languages import language_of

mpl.use("agg")
__all__ = ["closed"]


@given(st.lists(st.floats(0.0, 1.0), max_size=10).map(sorted))
def test_places_come_apart(places: list[float]) -> None:
    """Neighbours are apart, all lie within the ends and in their order; what is apart already does not move."""
    made = labels.apart(places, 0.08, 0.05, 0.95)
    assert (np.diff(made) > 0.08 - 1e-9).all()
    assert ((made > 0.05 - 1e-9) & (made < 0.95 + 1e-9)).all()
    free = np.linspace(0.1, 0.9, 5)
    assert np.allclose(labels.apart(free, 0.08, 0.05, 0.95), free, rtol=0.0, atol=1e-12)


def test_months_are_numbers_with_their_year() -> None:
    """A year stands below its first month that is named; of many months some are named."""
    _, ax = plt.subplots(figsize=(5, 3))
    labels.months(ax, ("2023-11", "2023-12", "2024-01", "2024-02"))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["11\n2023", "12", "01\n2024", "02"]
    labels.months(ax, tuple(f"{2020 + n // 12}-{n % 12 + 1:02d}" for n in range(36)))
    assert ax.get_xticks().tolist() == list(range(0, 36, 4))


def test_numbers_of_an_axis_are_exact() -> None:
    """A number beside a tick is the tick's: 2.5 is not printed as 2, nor 7.5 % as 8 %."""
    _, ax = plt.subplots()
    for language, percent, expected in (("en", False, "2.5"), ("ru", False, "2,5"), ("en", True, "7.5 %")):
        style.numbered(ax.xaxis, language_of(language), percent=percent)
        shown = ax.xaxis.get_major_formatter()(0.075 if percent else 2.5, 0)
        assert shown == expected
    assert style._tick(language_of("ru"), percent=False)(-12_500.0, 0) == "\N{MINUS SIGN}12\N{NO-BREAK SPACE}500"


def test_names_of_rows_are_said_and_cut() -> None:
    """Names of rows are in the language, in two lines where there is room for them, and cut with a sign."""
    _, ax = plt.subplots()
    rows.rows(ax, [say("{count} smaller causes", count=3), f"{'x' * 20} {'y' * 50}"], language_of("ru"))
    shown = [label.get_text() for label in ax.get_yticklabels()]
    assert shown == ["3 менее важные причины", f"{'x' * 20} {'y' * 8}\n{'y' * 28}…"]
    rows.rows(ax, ["x y" * 12] * 20, language_of("en"))
    assert not any("\n" in label.get_text() for label in ax.get_yticklabels())


def test_names_of_axes_and_the_legend_keep_within_the_picture() -> None:
    """What is too long is broken into lines, the legend into rows; a formula is text, on axes made in any style."""
    figure, ax = plt.subplots(figsize=(5, 4), layout="constrained")
    entries = [labels.patch(f"entry {n} {'long ' * 3}", "white", "") for n in range(4)]
    long = f"$x$ and $y$ {'word ' * 12}"
    labels.axis_names(ax, language_of("en"), long, "second", y=long, entries=entries)
    assert touching(ax) == []
    for label, last in ((ax.xaxis.label, "second"), (ax.yaxis.label, "word")):
        first, *more = label.get_text().split("\n")
        assert first.startswith("$x$ and $y$ word")
        assert more[-1].endswith(last)
        assert not label.get_parse_math()
    legend, foot = ax.get_legend().get_window_extent(), ax.xaxis.get_tightbbox()
    assert legend.y1 <= foot.y0 < ax.get_window_extent().y0
    assert legend.x0 >= 0.0
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [entry.get_label() for entry in entries]
    assert figure.axes == [ax]
