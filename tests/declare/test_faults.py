"""Errors: one message for all faults, short enough to read, and a hint at what was meant."""

from __future__ import annotations

import functools
import pickle

import pytest
from scipy import stats

from avtosim.declare.faults import FactError, Fault, nearest, typed_as


def test_one_fault_is_one_line_and_more_are_a_list() -> None:
    """A single fault stands on the line of the error; several stand below it, one a line."""
    one, two = Fault("a.b", "must be zero or more", -1.0), Fault("a.c", "must be given", hint="a number")
    assert str(FactError([one])) == "a.b: must be zero or more; got -1.0"
    text = "plan.toml: 2 faults\n  - a.b: must be zero or more; got -1.0\n  - a.c: must be given (a number)"
    assert str(FactError([one, two], "plan.toml")) == text


def test_errors_survive_pickling() -> None:
    """An error raised in another process arrives with its faults."""
    error = FactError([Fault("a", "rule", 3)], "there")
    again = pickle.loads(pickle.dumps(error))
    assert (again.faults, again.where, str(again)) == (error.faults, error.where, str(error))


def test_a_long_value_is_cut() -> None:
    """A value of thousands of characters does not drown the message."""
    assert len(str(Fault("a", "rule", list(range(10_000))))) < 250


def test_the_nearest_name_ignores_case() -> None:
    """A misspelt name is answered with the nearest one, or with what there is."""
    assert str(nearest("baic", ["Kaiyi", "BAIC"])) == "did you mean 'BAIC'?"
    assert str(nearest("zzz", ["Kaiyi", "BAIC"])) == "known: Kaiyi, BAIC"
    assert str(nearest("zzz", [])) == "there is none to name"
    assert str(nearest("zzz", list("abcdefghij"))) == "known: a, b, c, d, e, f, g, h, ..."


def test_frozen_laws_of_scipy_are_told_by_name() -> None:
    """A frozen distribution is shown by its name and parameters, where its own repr has neither."""
    assert typed_as(stats.gamma(2, scale=3)) == "scipy.stats.gamma(2, scale=3)"


@pytest.mark.parametrize(
    "value",
    [
        list(range(1_000_000)),
        {number: {"x" * 1000: [number] * 1000} for number in range(1000)},
        functools.reduce(lambda inner, _: [inner], range(100_000), []),
        functools.reduce(lambda inner, _: {"a": inner}, range(100_000), {}),
        10**10_000,
        "x" * 1_000_000,
        b"x" * 1_000_000,
        type("Broken", (), {"__repr__": lambda self: self.none})(),
        {"a": [10**10_000]},
    ],
    ids=["row", "table", "deep row", "deep table", "integer", "text", "bytes", "no repr", "nested integer"],
)
def test_any_value_is_shown_in_short(value: object) -> None:
    """However large, deep or broken a value is, its fault is one short line."""
    text = str(FactError([Fault("a", "must be zero or more", value)]))
    assert len(text) < 500
    assert text.startswith("a: must be zero or more; got ")
    assert text.isprintable()


def test_control_characters_are_spelt_out() -> None:
    """A name cannot forge lines or colours of a message."""
    text = str(FactError([Fault("a\nb", "rule \x1b[31m", "c\u202e")], "file\r"))
    assert text == r"file\r: a\nb: rule \x1b[31m; got 'c\u202e'"


def test_an_error_prints_fifty_faults_and_keeps_all() -> None:
    """Of a hundred faults fifty are printed with the number left; fifty are printed whole."""
    faults = [Fault(f"a{place}", "rule") for place in range(100)]
    lines = str(FactError(faults)).splitlines()
    assert lines[0] == "100 faults"
    assert lines[50:] == ["  - a49: rule", "  - and 50 more"]
    assert FactError(faults).faults == tuple(faults)
    assert "more" not in str(FactError(faults[:50]))


def test_a_name_is_found_among_thousands() -> None:
    """Among 5,000 names that are alike the one a letter away is found, wherever the letter is."""
    names = [f"Partner {place:04d} of the north" for place in range(5000)]
    for wrong in ("Prtner 4321 of the north", "partner 4321 of the nort", "Partner 4321 of th north"):
        assert str(nearest(wrong, names)) == "did you mean 'Partner 4321 of the north'?"
    assert str(nearest("zzz", iter(names))).startswith("known: Partner 0000")


def test_hints_are_written_out_in_an_error() -> None:
    """The hints of an error are plain text, so that it can be pickled and read without its scenario."""
    error = FactError([Fault("a", "rule", "x", nearest("aa", ["ab"]))])
    assert error.faults[0].hint == "did you mean 'ab'?"
    assert Fault("a", "rule", "x", nearest("aa", ["ab"])) == error.faults[0]
    assert pickle.loads(pickle.dumps(error)).faults == error.faults
