"""The command line: a plant's file in, its answer out, and a first file to begin with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import avtosim as av
from avtosim.__main__ import main


def test_a_first_file_is_written_and_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file that new writes is read, and its answer is what simulate prints."""
    path = tmp_path / "plant.toml"
    assert main(["new", str(path)]) == 0
    assert "is written" in capsys.readouterr().out
    assert main([str(path), "--runs", "2000", "--seed", "3"]) == 0
    assert capsys.readouterr().out == f"{av.simulate(av.load(path), runs=2000, seed=3)}\n"
    assert "until 2025-06" in str(av.simulate(av.load(path), runs=200))


def test_a_file_that_exists_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """New never writes over a file."""
    path = tmp_path / "plant.toml"
    path.write_text("mine", encoding="utf-8")
    assert main(["new", str(path)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 3", "name: must be text"),
        ("name = ", "TOML syntax"),
    ],
)
def test_faults_are_printed_without_a_traceback(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A faulty file ends with 1 and the faults as the library words them."""
    path = tmp_path / "plant.toml"
    path.write_text(text, encoding="utf-8")
    assert main([str(path)]) == 1
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""


def test_a_number_of_runs_that_makes_no_sense_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """No runs at all are a fault, told as simulate tells it."""
    assert main(["avtotor-2024-06", "--runs", "0"]) == 1
    assert "runs: must" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["new"], ["avtotor-2024-06", "other.toml"]])
def test_a_command_that_is_not_whole_says_what_to_say(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing or too much ends with 2 and the usage."""
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert "python -m avtosim" in capsys.readouterr().err


def test_the_module_is_run_by_its_name(tmp_path: Path) -> None:
    """Python -m avtosim prints the answer of a bundled scenario."""
    command = [sys.executable, "-m", "avtosim", "avtotor-2024-06", "--runs", "300"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "at least 70,000 vehicles" in done.stdout
