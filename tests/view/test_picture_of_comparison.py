"""The picture of a comparison: paired differences with their intervals, and the chance of the first target."""

from __future__ import annotations

import pytest
from looked_at import closed, faults, texts

import avtosim as av

__all__ = ["closed"]

FEBRUARY = av.load("avtotor-2024-02")


def compared(rates: dict[str, float], **more: object) -> av.Comparison:
    """Compare February with itself at other fill rates of BAIC."""
    base = FEBRUARY.replace(more)
    others = {name: base.replace({"partners.BAIC.fill_rate": rate}) for name, rate in rates.items()}
    return av.compare({"as $stated$": base, **others}, runs=1_000, seed=1)


@pytest.fixture(scope="module")
def found() -> av.Comparison:
    """Compare two scenarios with the base."""
    return compared({"always": 1.0, "half & <half>": 0.5})


def test_differences_are_paired(found: av.Comparison) -> None:
    """Each scenario's dot and interval are those of ``mean_difference``, printed above it; the base is at zero."""
    ax = found.plot()
    dots = {line.get_ydata()[0]: line.get_xdata()[0] for line in ax.lines if line.get_marker() in "Dos"}
    ends = {line.get_ydata()[0]: list(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"}
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == list(found)
    assert dots[0] == 0.0
    for row, name in enumerate(names[1:], 1):
        change = found.mean_difference(name)
        assert dots[row] == change.value
        assert ends[row] == [change.low, change.high]
        assert f"{change:difference}" in texts(ax)
    assert ax.yaxis_inverted()


def test_gains_and_losses_differ_in_shape(found: av.Comparison) -> None:
    """More than the base is a circle, less a square, in another colour."""
    looks = [(line.get_marker(), line.get_color()) for line in found.plot().lines if line.get_marker() in "os"]
    assert [marker for marker, _ in looks] == ["o", "s"]
    assert len({colour for _, colour in looks}) == 2


def test_the_chance_of_the_first_target_is_printed(found: av.Comparison) -> None:
    """Beside each scenario stand the chance of the base's first target and the paired difference; none without one."""
    shown = texts(found.plot())
    assert "chance of\nat least 70,000 vehicles" in shown
    assert f"{found['as $stated$'].chance(70_000):value}" in shown
    for name in list(found)[1:]:
        chance, change = found[name].chance(70_000), found.chance_difference(name, 70_000)
        assert f"{chance:value} ({change:difference})" in shown
    assert not any("chance" in text for text in texts(compared({"other": 0.5}, targets=()).plot()))


def test_of_many_the_rest_is_said() -> None:
    """Of twelve scenarios the seven that differ most are shown, in their order, and how many are left out is said."""
    many = compared({f"rate {n}": 0.4 + 0.05 * n for n in range(12)})
    names = [label.get_text() for label in many.plot().get_yticklabels()]
    largest = sorted(list(many)[1:], key=lambda name: -abs(many.mean_difference(name).value))[:7]
    assert names == ["as $stated$", *(name for name in many if name in largest), "5 more, nearer to the base"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_text_can_be_read(found: av.Comparison, language: str) -> None:
    """No text touches another or is cut off: few or many scenarios, long names, no difference at all, no target."""
    part = av.Target(volume=8_000, until="2024-10", of=("BAIC", "Kaiyi"))
    every = (
        found,
        compared({f"rate {n} {'long ' * n}": 0.4 + 0.05 * n for n in range(12)}),
        compared({"tiny": 0.8}, targets=(part,)),
        av.compare({"a": FEBRUARY, "b": FEBRUARY}, runs=50),
        compared({"other": 0.5}, targets=()),
    )
    for each in every:
        assert faults(each.plot(language=language)) == []
