"""The waterfall of a ledger and of a split: its steps sum, small causes are gathered, and bars are the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from looked_at import closed, faults, texts

import avtosim as av
from avtosim.answers.estimate import mean_estimate
from avtosim.answers.result import RunInfo

__all__ = ["closed"]

FEBRUARY = av.load("avtotor-2024-02")
INFO = RunInfo(title="made", scenario="", seed=1, first_run=0, design="plain runs", replicate_size=1, version="1")


@pytest.fixture(scope="module", params=["ledger", "split", "split by fact"])
def answer(request: pytest.FixtureRequest) -> Any:
    """Give a ledger or a split of February."""
    if request.param == "ledger":
        return av.ledger(FEBRUARY, runs=500, seed=1)
    return av.split(FEBRUARY, runs=200, seed=1, causes="kind" if request.param == "split" else "fact")


def ledger(*taken: float, planned: float = 1_000.0) -> av.Ledger:
    """Make a ledger in which causes with awkward names take about so much."""
    rng = np.random.default_rng(2)
    lost = np.array([one * (1.0 + 0.1 * rng.standard_normal(50)) for one in taken]).reshape(len(taken), 50)
    first = np.full((1, 50), planned)
    every = np.concatenate([first, lost, first - lost.sum(axis=0)])[:, None]
    return av.Ledger(
        causes=tuple(f"$c_{n}$ & <b> {'long ' * (n % 9)}" for n in range(len(taken))),
        arrays=dict.fromkeys(("month", "vehicle", "partner"), every),
        labels={"month": ("2024-01",), "vehicle": ("v",), "partner": ("p",)},
        groups={},
        run_info=INFO,
    )


def test_steps_sum_and_are_those_of_the_answer(answer: Any) -> None:
    """From planned over all causes to built, with every cause that acts; each is minus the mean of what was lost."""
    steps = answer.steps(most=100)
    assert sum(mean.value for _, mean in steps[:-1]) == pytest.approx(steps[-1][1].value, abs=1e-6)
    assert steps[0][1].value == pytest.approx(answer.planned.mean())
    assert steps[-1][1].value == pytest.approx(answer.built.mean())
    acting = [-mean.value for mean in answer.mean.values() if abs(mean.value) > 1e-6]
    assert sorted(mean.value for _, mean in steps[1:-1]) == pytest.approx(sorted(acting))
    printed = {str(row[0]): row[1] for row in answer.table.sections[""][1:-1]}
    for text, mean in steps[1:-1]:
        assert (mean.value, mean.low, mean.high) == pytest.approx(
            (printed[text].value, printed[text].low, printed[text].high), abs=1e-5
        )


def test_small_causes_are_gathered(answer: Any) -> None:
    """Of many causes the largest keep their names and order; the sum of the others has the interval of a sum."""
    every, few = answer.steps(most=100)[1:-1], answer.steps(most=4)[1:-1]
    assert len(few) == 4
    names = [text for text, _ in few[:-1]]
    assert names == [text for text, _ in every if text in names]
    small = [mean for text, mean in every if text not in names]
    assert few[-1][0] == f"{len(small)} smaller causes"
    assert max(abs(mean.value) for mean in small) <= min(abs(mean.value) for _, mean in few[:-1])
    assert few[-1][1].value == pytest.approx(sum(mean.value for mean in small))
    rows = {str(row[0]): place for place, row in enumerate(answer.table.sections[""])}
    together = sum(-answer._flows[rows[text]] for text, _ in every if text not in names)
    assert few[-1][1].high == pytest.approx(mean_estimate(together, 1, 0.95, "").high)
    assert len(answer.steps()) <= 12


@pytest.mark.parametrize("most", [1, 0, 2.0, True, "ten", None])
def test_how_many_steps_is_checked(most: Any) -> None:
    """Fewer than two steps, and what is no whole number, is refused."""
    with pytest.raises(ValueError, match="most: must be a whole number of causes, 2 or more; got"):
        ledger(5.0).steps(most)


def test_bars_are_the_steps(answer: Any) -> None:
    """Each bar goes from one level to the next; its number, its interval, its colour and its pattern are the step's."""
    ax, steps = answer.plot(), answer.steps()
    level, intervals = 0.0, [line.get_xydata() for line in ax.lines if line.get_marker() == "|"]
    looks = {}
    for row, ((_, mean), bar) in enumerate(zip(steps, ax.patches, strict=True)):
        start, level = (0.0, mean.value) if row in (0, len(steps) - 1) else (level, level + mean.value)
        assert (bar.get_x(), bar.get_x() + bar.get_width()) == pytest.approx((start, level))
        looks.setdefault("end" if start == 0.0 else mean.value > 0.0, set()).add((bar.get_facecolor(), bar.get_hatch()))
        if mean.high - mean.low > 1e-6:
            drawn = intervals.pop(0)
            assert drawn[:, 0] == pytest.approx([level - mean.value + mean.low, level - mean.value + mean.high])
            assert set(drawn[:, 1]) == {row}
    assert not intervals
    assert {kind: {pattern for _, pattern in every} for kind, every in looks.items()} == {
        "end": {""},
        True: {""},
        False: {"///"},
    }
    assert len(set.union(*looks.values())) == 3
    kinds = ["value", *["difference"] * (len(steps) - 2), "value"]
    assert [text.get_text() for text in ax.texts] == [format(m, k) for (_, m), k in zip(steps, kinds, strict=True)]
    assert ax.yaxis_inverted()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_text_can_be_read(answer: Any, language: str) -> None:
    """No text touches another or is cut off, with few causes or many, gains or losses, or none at all."""
    assert faults(answer.plot(language=language)) == []
    hard = (), (-200.0, -300.0, 100.0), tuple(map(float, range(40))), (0.01, 990.0), (1e-9,)
    for taken in hard:
        assert faults(ledger(*taken).plot(language=language)) == []
    assert "$c_0$ & <b>" in texts(ledger(5.0).plot())


def test_causes_that_never_act_have_no_step() -> None:
    """A cause that changes no run is left out; with none there is a bar for what was planned and one for built."""
    assert [text for text, _ in ledger(0.0, 1e-9, 7.0).steps()] == ["planned", "$c_2$ & <b> long long ", "built"]
    assert len(ledger().plot().patches) == 2
