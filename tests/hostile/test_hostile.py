"""Hostile inputs: those written by hand that take no time; benchmarks/hostile.py runs them all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_nothing_is_wrong_without_a_word_hangs_or_is_unclear() -> None:
    """Bad facts, laws, files, arguments and results are refused with place, rule and value, before time or memory."""
    if os.name != "posix":
        pytest.skip("limits of memory are set as on POSIX")
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "hostile.py", "--fast", "--bar", "0"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-8000:]}{done.stderr[-2000:]}"
    assert "cases (of these written by hand)" in done.stdout


def test_the_judgement_sees_each_kind_of_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer where an error is due, a crash, an error without place, rule or value, and a refusal are all seen."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    from hostile_inputs.judge import Case, judge

    def kind(error: Exception | None, *says: str, **rest: object) -> str:
        def call(_folder: Path) -> object:
            if error is not None:
                raise error
            return np.nan

        return judge(Case(part="facts", name="x", call=call, says=says, **rest), tmp_path).kind  # type: ignore[arg-type]

    clear = ValueError("runs: must be a whole number; got -1")
    assert kind(clear, "runs", "-1") == "ok"
    assert kind(None, "runs") == "silent"
    assert kind(None, raises=(), right=np.isfinite) == "silent"
    assert kind(None, raises=(), right=np.isnan) == "ok"
    assert kind(clear, raises=(), right=np.isnan) == "unclear"
    assert kind(clear, "seed") == "unclear"
    assert kind(clear, "runs", "-2") == "unclear"
    assert kind(KeyError("runs must be whole")) == "unclear"
    assert kind(ValueError("runs: -1 was bad"), "runs") == "unclear"
    assert kind(TypeError("runs must be: object has no attribute 'x'"), "runs") == "unclear"
    assert kind(ValueError("runs: must be whole; got " + "9" * 40_000), "runs") == "unclear"
