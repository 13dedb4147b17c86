"""The gallery shows every picture that there is, each drawn by the block below it."""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from looked_at import closed, touching
from matplotlib import image
from matplotlib import pyplot as plt
from rooms import ROOT

import avtosim as av
from avtosim.answers.table import Pictured
from avtosim.view import pictures

__all__ = ["closed"]

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def gallery() -> Any:
    """Give the script that draws the gallery."""
    spec = importlib.util.spec_from_file_location("draw_gallery", DOCS / "draw_gallery.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the names of the pictures that were drawn, in their order."""
    names: list[str] = []

    def noted(name: str, draw: Callable[..., None]) -> Callable[..., None]:
        def draws(*given: Any) -> None:
            names.append(name)
            draw(*given)

        return draws

    for known in (pictures.OF_RESULT, pictures.OF):
        for name, draw in known.items():
            monkeypatch.setitem(known, name, noted(name, draw))
    return names


def test_every_picture_is_drawn_by_the_block_below_it(gallery: Any, drawn: list[str]) -> None:
    """Each block draws one picture on one figure, the one in the file; every picture that there is has a block."""
    before, files = dict(mpl.rcParams), []
    for path, figure in gallery.pictures():
        files.append(path)
        assert len(drawn) == len(files)
        assert plt.get_fignums() == [figure.number]
        assert touching(figure.axes[0]) == []
        made = io.BytesIO()
        figure.savefig(made, dpi=gallery._DOTS)
        made.seek(0)
        fresh, kept = image.imread(made), image.imread(path)
        assert fresh.shape == kept.shape, path.name
        # Another version of matplotlib lays texts out otherwise.
        if f"Matplotlib version{mpl.__version__}".encode() in path.read_bytes()[:400]:
            assert np.abs(fresh - kept).mean() < 0.01, path.name
    assert sorted(drawn) == sorted([*pictures.OF_RESULT, *pictures.OF])
    assert dict(mpl.rcParams) == before
    assert sorted(files) == sorted((DOCS / "pictures").iterdir())
    assert sum(path.stat().st_size for path in files) < 1.2e6


def test_every_picture_of_the_page_has_a_block_of_few_lines(gallery: Any) -> None:
    """No picture stands without a block below it, nor a block without its picture."""
    text = (DOCS / "gallery.md").read_text(encoding="utf-8")
    blocks = [block for _, block in gallery._PICTURE.findall(text)]
    assert len(blocks) == text.count("![") == text.count("```python")
    assert max(block.count("\n") for block in blocks) <= 5
    assert len(re.findall(r"^More: ", text, re.MULTILINE)) == text.count("\n## ")


def _under(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from _under(below)


def test_every_answer_with_a_picture_is_known() -> None:
    """Each class that promises a picture has one, and each that has one promises it."""
    assert av.GoalSeek in _under(Pictured)
    every = {*_under(Pictured)}
    shared = {kind.__name__ for kind in every if kind.__subclasses__()}
    assert {kind.__name__ for kind in every} - shared == {*pictures.OF}


@pytest.mark.parametrize("kind", ["subplots", "subfigures"])
def test_axes_of_ones_own_are_drawn_on_and_nothing_else_changes(kind: str) -> None:
    """Four pictures in one figure touch neither each other nor the settings; no other figure is left open."""
    february = av.load("avtotor-2024-02")
    result = av.simulate(february, runs=500, seed=1, keep="breakdown")
    answers = av.ledger(february, runs=200, seed=1), av.layers(february, 70_000, runs=128, seed=1)
    before = dict(mpl.rcParams)
    if kind == "subplots":
        figure, grid = plt.subplots(2, 2, figsize=(11, 8), layout="constrained")
        places = [*grid.flat]
    else:
        figure = plt.figure(figsize=(11, 8), layout="constrained")
        places = [part.subplots() for part in figure.subfigures(2, 2).flat]
    for ax, plot in zip(
        places, (result.plot, *(a.plot for a in answers), lambda ax: result.plot("fan", ax=ax)), strict=True
    ):
        assert plot(ax=ax) is ax
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == [figure.number]
    figure.canvas.draw()
    for one, other in ((0, 1), (2, 3), (0, 2), (1, 3)):
        assert not places[one].get_tightbbox().overlaps(places[other].get_tightbbox())
    for ax in places:
        inside, whole = ax.get_tightbbox(), figure.bbox
        assert inside.x0 > whole.x0 - 1.0
        assert inside.x1 < whole.x1 + 1.0
        assert inside.y0 > whole.y0 - 1.0
