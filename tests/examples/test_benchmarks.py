"""Benchmarks: they run, at small sizes, and name every bar. What they measure is not judged here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def said(name: str, *options: str) -> str:
    """Give what a benchmark prints."""
    done = subprocess.run(
        [sys.executable, BENCHMARKS / name, *options], capture_output=True, text=True, check=False, cwd=BENCHMARKS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_speed_prints_every_bar() -> None:
    """The benchmark of speed prints the draws, the threads, SimPy's exact case and the import, each with its bar."""
    pytest.importorskip("simpy")
    text = said("speed.py", "--runs", "4096", "--repeats", "1", "--simpy-runs", "50")
    bars = ("at most 2.5", "at least 1.5", "at least 100", "at most 1.3")
    assert [bar for bar in bars if f"bar: {bar}" not in text] == []


def test_memory_prints_its_bar() -> None:
    """The benchmark of memory prints the answer, the peak and its bar."""
    pytest.importorskip("resource")
    text = said("memory.py", "--runs", "4096")
    assert "expected output" in text
    assert "bar: at most 500 MB" in text
