"""Errors: one message for all faults, short enough to read, and a hint at what was meant."""

from __future__ import annotations

import pickle

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
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 the test's own bytes
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
