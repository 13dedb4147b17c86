"""The examples in public docstrings print what they show, and are small."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
from docstrings import MOST_RUNS, examples, runs_requested

EXAMPLES = examples()
FLAGS = doctest.ELLIPSIS


@pytest.mark.parametrize("test", EXAMPLES, ids=lambda test: test.name)
def test_an_example_prints_what_it_shows(
    test: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run in an empty folder, each example prints what stands below it."""
    monkeypatch.chdir(tmp_path)
    report: list[str] = []
    failed, tried = doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, out=report.append)
    assert tried
    assert not failed, "".join(report)


@pytest.mark.parametrize("test", EXAMPLES, ids=lambda test: test.name)
def test_an_example_is_small(test: doctest.DocTest) -> None:
    """No question in an example asks for more than 2,000 runs, and each says how many."""
    assert all(runs <= MOST_RUNS for runs in runs_requested(test))


def test_a_wrong_or_large_example_is_noticed() -> None:
    """An example that prints something else, and one that asks for too many runs or does not say, are noticed."""
    parser = doctest.DocTestParser()
    wrong = parser.get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(wrong, out=lambda _: None).failed == 1
    text = ">>> av.simulate(s, runs=2_001)\n>>> simulate(s)\n>>> rare_chance(s, particles=100, repeats=4)\n"
    assert runs_requested(parser.get_doctest(text, {}, "large", None, 0)) == [2001.0, float("inf"), 400.0]
