"""help() of every public name says what goes in, what comes out and what is raised."""

from __future__ import annotations

import inspect

from docstrings import lacking, what_lacks


def test_help_of_every_public_name_is_whole() -> None:
    """No public function, class or method lacks its parameters, what it returns or what it raises."""
    lacks = lacking()
    listing = "\n".join(f"{name}: {', '.join(what)}" for name, what in lacks.items())
    assert not lacks, f"{len(lacks)} public names whose help lacks something:\n{listing}"


def bad(runs: int) -> int:
    """Give the number of runs.

    Parameters
    ----------
    years : int
        A wrong name.
    """
    if runs < 0:
        raise ValueError("runs: must be zero or more")
    return runs


def good(runs: int) -> int:
    """Give the number of runs.

    Parameters
    ----------
    runs : int
        How many.

    Returns
    -------
    int
        As many.

    Raises
    ------
    ValueError
        If there are fewer than none.
    """
    return bad(runs)


def test_what_lacks_is_noticed() -> None:
    """A parameter that is not described, a missing Returns and a missing Raises are noticed, and nothing else."""
    assert what_lacks(bad, inspect.getdoc(bad)) == ["parameter runs", "returns", "raises"]
    assert what_lacks(bad, "") == ["a docstring"]
    assert what_lacks(good, inspect.getdoc(good)) == []
