"""The progress bar says what is being done."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import plants
import pytest

import avtosim as av


def plant(fill_rate: object = av.Uniform(0.6, 1.0)) -> av.Scenario:
    """Build a plant that reaches its target in some years."""
    return plants.one_vehicle(partner={"fill_rate": fill_rate}, targets=(9.0,))


STUDIES: dict[str, tuple[Callable[..., Any], list[str]]] = {
    "simulate": (lambda **of: av.simulate(plant(), runs=200, **of), ["simulating"]),
    "compare": (lambda **of: av.compare({"a": plant(), "b": plant(0.7)}, runs=200, **of), ["compare: 2 scenarios"]),
    "sweep": (
        lambda **of: av.sweep(plant(), {"partners.P.fill_rate": [0.5, 0.7, 0.9]}, runs=200, **of),
        ["sweep: 3 scenarios"],
    ),
    "ledger": (lambda **of: av.ledger(plant(), runs=200, **of), ["ledger"]),
    "split": (lambda **of: av.split(plant(), runs=200, **of), ["split: one cause after another"]),
    "layers": (lambda **of: av.layers(plant(), 9.0, runs=1_000, **of), ["layers"]),
    "tornado": (
        lambda **of: av.tornado(plant(), 9.0, runs=1_000, **of),
        ["tornado: plain runs", "tornado: playing bars"],
    ),
    "importance": (lambda **of: av.importance(plant(), runs=200, **of), ["importance by fact"]),
    "importance by number": (
        lambda **of: av.importance(plant(), by="number", runs=200, **of),
        ["importance by number"],
    ),
    "worth knowing": (
        lambda **of: av.worth_knowing(plant(), too_few=1.0, too_many=1.0, runs=1_000, **of),
        ["worth knowing"],
    ),
    "story": (
        lambda **of: av.story(plant(), below=9.0, runs=1_000, **of),
        ["story: looking for such years"],
    ),
    "regions": (
        lambda **of: av.regions(plant(), below=9.0, runs=1_000, **of),
        ["regions: looking for conditions", "regions: counting years"],
    ),
}


@pytest.mark.parametrize("name", STUDIES)
def test_each_stage_of_a_study_says_what_it_is(name: str, bars: list[Any]) -> None:
    """Every bar names its study and stage, and counts to its end."""
    ask, told = STUDIES[name]
    ask(seed=1, progress=True)
    assert [bar.options["desc"] for bar in bars] == told
    assert all(bar.done == bar.options["total"] for bar in bars)


def test_goal_seek_says_which_value_it_tries(bars: list[Any]) -> None:
    """Each bar of goal_seek names the number and the value that is played, another one each time."""
    found = av.goal_seek(plant(), "partners.P.lead_time", 9.0, runs=500, seed=1, progress=True)
    told = [bar.options["desc"] for bar in bars]
    assert len(set(told)) == len(told) >= 2
    assert all(text.startswith(f"goal seek: {found.lever} ") for text in told)


def test_a_bar_that_was_not_asked_for_comes_late_and_goes(bars: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal one comes after two seconds and leaves no line; one that was asked for comes at once and stays."""
    monkeypatch.setattr(sys, "stderr", types.SimpleNamespace(isatty=lambda: True, write=len, flush=int))
    for progress in (None, True, False):
        av.simulate(plant(), runs=200, progress=progress)
    assert [(bar.options["delay"], bar.options["leave"]) for bar in bars] == [(2.0, False), (0.0, True)]


def test_without_tqdm_there_is_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed work is done in silence, on a terminal too."""
    monkeypatch.setattr(sys, "stderr", types.SimpleNamespace(isatty=lambda: True, write=len, flush=int))
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert av.simulate(plant(), runs=200).runs == 200


@pytest.mark.parametrize("name", STUDIES)
def test_no_bar_where_nobody_looks(name: str, bars: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Unasked there is none where errors do not go to a terminal."""
    monkeypatch.setattr(sys, "stderr", types.SimpleNamespace(isatty=lambda: False, write=len, flush=int))
    STUDIES[name][0](seed=1)
    assert not bars
