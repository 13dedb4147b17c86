"""Examples: each script prints what stands beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))


def test_there_are_examples() -> None:
    """There are examples, each with its output and no output without its script."""
    assert SCRIPTS
    assert [script.with_suffix(".out") for script in SCRIPTS] == sorted(EXAMPLES.glob("*.out"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_script_prints_what_stands_beside_it(script: Path, tmp_path: Path) -> None:
    """An example, run from any folder with warnings as errors, prints exactly its .out file."""
    done = subprocess.run(
        [sys.executable, "-W", "error", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stderr == ""
    assert done.stdout == script.with_suffix(".out").read_text(encoding="utf-8")
