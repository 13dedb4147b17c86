"""How shares of variance are printed: which come first, what is said of them, and what is said where there are none."""

from __future__ import annotations

import attrs
import pytest

import avtosim as av
from avtosim.answers.numbers import SHARE

INFO = av.RunInfo(
    title="A plant", scenario="", seed=3, first_run=0, design="plain runs", replicate_size=1, version="9.9"
)


def share(value: float, half: float = 0.01) -> av.Estimate:
    """Give a share with its interval."""
    ends = {"low": value - half, "high": value + half, "standard_error": half / 2}
    return av.Estimate(value=value, **ends, runs=1000, method="", unit=SHARE)


def level(value: float, unit: str = "probability") -> av.Estimate:
    """Give a chance, or an expected output."""
    ends = {"low": value, "high": value, "standard_error": 0.0}
    return av.Estimate(value=value, **ends, runs=1000, method="", what="chance of at least 5 vehicles", unit=unit)


BY_FACT = av.Importance(
    by="fact",
    aim="",
    level=level(800.0, "vehicles"),
    first={"partners.B": share(0.2), "markets.A": share(0.5)},
    total={"partners.B": share(0.4), "markets.A": share(0.7)},
    shapley={"partners.B": share(0.3), "markets.A": share(0.6)},
    not_known={"markets.A": share(0.6)},
    split={"not known": share(0.5), "luck": share(0.4), "both together": share(0.1)},
    sums={"first": share(0.7), "total": share(1.1), "shapley": share(1.0, 0.0), "not_known": share(0.6)},
    words={"partners.B": "B", "markets.A": "A"},
    runs=100,
    model_runs=1000,
    run_info=INFO,
)


def nothing() -> dict[str, object]:
    """Shares of which those of B are nothing."""
    names = "first", "total", "shapley"
    return {name: {**getattr(BY_FACT, name), "partners.B": share(0.0)} for name in names}


def test_shares_of_output() -> None:
    """First order stands first, the largest Shapley share on top, with sums, kinds and how it was made."""
    assert str(BY_FACT).splitlines() == [
        "A plant: shares of the variance of output",
        "fact                first order            total         Shapley  of it not known",
        "fact by fact",
        "  A              50.0 % +-1.0 %   70.0 % +-1.0 %  60.0 % +-1.0 %   60.0 % +-1.0 %",
        "  B              20.0 % +-1.0 %   40.0 % +-1.0 %  30.0 % +-1.0 %",
        "  sum            70.0 % +-1.0 %  110.0 % +-1.0 %         100.0 %   60.0 % +-1.0 %",
        "all that is not known, and all luck",
        "  not known      50.0 % +-1.0 %",
        "  luck           40.0 % +-1.0 %",
        "  both together  10.0 % +-1.0 %",
        "first order: what a fact does alone; total: also all it does with others; Shapley: its even part of both",
        "not known: laws drawn once a run and what lasts all year; luck: stops, leaving, launch delays, monthly draws",
        "100 runs, each at 10 points, seed 3, plain runs, avtosim 9.9",
    ]
    assert repr(BY_FACT) == "<Importance by fact for output: 2 shares; 100 runs>"


def test_shares_of_reaching_a_target() -> None:
    """Of a target Shapley shares stand first, and why; few hits are warned of, facts that change nothing counted."""
    made = attrs.evolve(BY_FACT, aim="at least 5 vehicles", level=level(0.9), **nothing())
    text = str(made)
    assert text.startswith("A plant: shares of the variance of reaching at least 5 vehicles\nfact")
    assert text.splitlines()[1].split() == ["fact", "Shapley", "of", "it", "not", "known", "first", "order", "total"]
    assert "Shapley shares come first: first-order ones sum to 70 %, total ones to 110 %" in text
    assert "1 more fact cannot be told from nothing; 1 of these changed nothing in any run" in text
    assert "  B " not in text
    assert made.to_pandas()["fact"].tolist()[:2] == ["A", "B"]
    assert "intervals are rough: the target is missed in 10 runs only" in text
    often = attrs.evolve(BY_FACT, aim="at least 5 vehicles", level=level(0.5))
    assert "rough" not in str(often)
    assert "changed nothing" not in str(often)


def test_shares_by_number() -> None:
    """By number there is one column, with what is luck; it says that there are no others."""
    made = attrs.evolve(
        BY_FACT,
        by="number",
        model_runs=100,
        total={},
        shapley={},
        sums={},
        split={},
        not_known={},
        luck=frozenset({"partners.B"}),
    )
    lines = str(made).splitlines()
    assert lines[1:4] == [
        "number     first order  kind",
        "A       50.0 % +-1.0 %  not known",
        "B       20.0 % +-1.0 %  luck",
    ]
    assert any("total and Shapley shares cannot be had from plain runs" in line for line in lines)
    assert not any("cannot be told from nothing" in line for line in lines)
    assert "-0.0" not in str(attrs.evolve(made, first={"partners.B": share(-0.0004, 0.01), "markets.A": share(0.5)}))
    assert lines[-1] == "100 runs, seed 3, plain runs, avtosim 9.9"


@pytest.mark.parametrize("by", ["fact", "number"])
def test_where_nothing_varies(by: str) -> None:
    """Where there is no variance that is said, with the chance, and there are no shares."""
    none = attrs.evolve(BY_FACT, by=by, first={}, total={}, shapley={}, sums={}, split={}, not_known={})
    assert "output is the same in every run" in str(none)
    for value, words in ((0.0, "none"), (1.0, "every one")):
        made = attrs.evolve(none, aim="at least 5 vehicles", level=level(value))
        assert f"the target is reached in {words} of 1,000 model runs" in str(made)
        assert "chance of at least 5 vehicles" in str(made)


def test_an_answer_is_a_table_and_cannot_be_changed() -> None:
    """A data frame has every share unrounded; mappings are read-only and name what they know."""
    pytest.importorskip("pandas")
    frame = BY_FACT.to_pandas()
    assert frame["first order"][:3].tolist() == [0.5, 0.2, 0.7]
    assert frame["unit"].unique().tolist() == [SHARE]
    with pytest.raises(KeyError, match=r"known: partners\.B, markets\.A"):
        BY_FACT.first["partners.C"]
    with pytest.raises(TypeError):
        BY_FACT.first["partners.B"] = 1.0
