"""The command line: a plant's file in, its answer out, and a first file to begin with."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
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


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[tuple[av.Result, str, str]]:
    """Let reports be noted and not written: the result, the path and the language of each."""
    made: list[tuple[av.Result, str, str]] = []

    def report(result: av.Result, path: str, *, language: str, outside: object) -> None:
        assert outside is None
        made.append((result, path, language))

    monkeypatch.setitem(sys.modules, "avtosim.studies.report", types.SimpleNamespace(report=report))
    return made


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no model be run."""
    monkeypatch.setattr(av.Model, "__call__", lambda *_, **__: pytest.fail("the model was run"))


def test_all_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], reports: list[tuple[av.Result, str, str]]
) -> None:
    """One command prints the answer and the comparison in a language, and writes the report and the workbook."""
    openpyxl = pytest.importorskip("openpyxl")
    report, excel = str(tmp_path / "out.html"), str(tmp_path / "out.xlsx")
    words = ["avtotor-2024-06", "--compare", "avtotor-2024-02", "--language", "ru", "--report", report]
    words += ["--excel", excel, "--target", "20000", "--target", "30000", "--runs", "800", "--seed", "4"]
    assert main(words) == 0
    june, february = (av.load(name).replace({"targets": (20_000, 30_000)}) for name in (words[0], words[2]))
    result = av.simulate(june, runs=800, seed=4)
    compared = av.compare({june.name: june, february.name: february}, runs=800, seed=4)
    assert capsys.readouterr().out == f"{result.text('ru')}\n\n{compared.text('ru')}\n"
    ((made, path, language),) = reports
    assert (path, language) == (report, "ru")
    assert np.array_equal(made.annual, result.annual)
    assert openpyxl.load_workbook(excel).sheetnames[0] == "ответ"


def test_a_comparison_is_printed_in_english_as_it_prints_itself() -> None:
    """The text of an answer in English is its print."""
    june = av.load("avtotor-2024-06")
    found = av.compare({"a": june, "b": june}, runs=50)
    assert found.text() == str(found)
    with pytest.raises(ValueError, match="language: must be one of en, ru"):
        found.text("fr")


def test_plants_of_one_name_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two plants to compare with the name of the first one get the names of their files, and a number after that."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "other.toml").write_text('extends = "avtotor-2024-06"', encoding="utf-8")
    words = ["--compare", str(tmp_path / "a" / "other.toml"), "--compare", str(tmp_path / "b" / "other.toml")]
    assert main(["avtotor-2024-06", *words, "--runs", "50"]) == 0
    printed, name = capsys.readouterr().out, av.load("avtotor-2024-06").name
    assert f"\n  {name} (other) " in printed
    assert f"\n  {name} (other, 2) " in printed


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--report", "{}/out.pdf"], "--report: path: must end in .html or .htm; got '"),
        (["--excel", "{}/out.html"], "--excel: path: must end in .xlsx; got '"),
        (["--excel", "{}/no/out.xlsx"], "can't write the file: there is no such folder"),
        (["--report", "{}/folder.html"], "can't write the file: it is a folder: '{}/folder.html'"),
        (["--report", "{}/a.html", "--excel", "{}/link.xlsx"], "must be a file of its own"),
        (["--report", "{}/plant.html"], "--report: must be a file of its own, and {}/plant.html is named already"),
        (["--target", "-3"], "targets.0: must be zero or more; got -3.0"),
        (["--target", "nan"], "targets.0: must be a finite number"),
        (["--seed", "-1"], "seed: must be"),
        (["--compare", "{}/none.toml"], "must exist, or be the name of a bundled scenario"),
        (["--compare", "{}/a.html", "--report", "{}/a.html"], "--report: must be a file of its own, and {}/a.html is"),
        (["--compare", "moskvich-2023"], "scenarios: must run over the same months"),
    ],
)
def test_faults_are_told_before_anything_is_run(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be read, computed or written ends with 1 and one error, before any simulation; nothing is written."""
    plant = tmp_path / "plant.html"
    plant.write_text('extends = "avtotor-2024-06"', encoding="utf-8")
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "a.html")
    before = sorted(tmp_path.iterdir())
    assert main([str(plant), *(word.format(tmp_path) for word in words)]) == 1
    captured = capsys.readouterr()
    assert told.format(tmp_path) in captured.err
    assert captured.err.count("\n") == 1
    assert not captured.out
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("nothing_runs")
def test_targets_that_the_other_plant_cannot_have_are_told_with_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fault names the file that is compared, not the plant."""
    plant = tmp_path / "plant.toml"
    plant.write_text('extends = "avtotor-2024-06"\ntargets = [{ volume = 5, of = ["BAIC"] }]', encoding="utf-8")
    assert main([str(plant), "--compare", "moskvich-2023"]) == 1
    assert capsys.readouterr().err.startswith("moskvich-2023: targets.0.of")


def test_too_little_memory_and_links_to_nothing_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lack of memory that says nothing is named; a link is a file that exists."""
    (tmp_path / "link.toml").symlink_to(tmp_path / "nothing.toml")
    assert main(["new", str(tmp_path / "link.toml")]) == 1
    assert "exists already" in capsys.readouterr().err

    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(av.Model, "__call__", full)
    assert main(["avtotor-2024-06", "--runs", "10"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize(("option", "library"), [("--excel=a.xlsx", "openpyxl"), ("--report=a.html", "matplotlib")])
def test_a_library_that_is_not_there_is_told_first(
    option: str, library: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command to install it is the one line that is printed."""
    monkeypatch.setitem(sys.modules, library, None)
    assert main(["avtotor-2024-06", option]) == 1
    assert f"needs {library}; install it with: pip install 'avtosim[" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["new", "x.toml", "--excel", "out.xlsx"], "new takes nothing but the file to write; got --excel"),
        (["avtotor-2024-06", "--language", "de"], "invalid choice: 'de'"),
        (
            ["avtotor-2024-06", "--target", "70,000"],
            "--target: must be a number such as 70000, without separators; got",
        ),
        (["avtotor-2024-06", "--runs", "1e5"], "--runs: must be a whole number such as 20000, without separators; got"),
        (["avtotor-2024-06", "--seed", "9" * 5000], "--seed: must be a whole number such as 20000, without separators"),
        (["avtotor-2024-06", "--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_a_command_that_cannot_be_understood_ends_with_2(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Argparse says what is wrong, after the usage, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_help_is_for_planners(capsys: pytest.CaptureFixture[str]) -> None:
    """It has examples, every option with what it does, all bundled scenarios and the exit codes, in 120 columns."""
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    told = capsys.readouterr().out
    options = "--report", "--excel", "--language", "--compare", "--target", "--runs", "--seed", "new plant.toml"
    assert [word for word in (*options, *av.bundled(), "examples:", "exit codes: 0 done; 1 ") if word not in told] == []
    assert max(map(len, told.splitlines())) <= 120


def test_an_interrupt_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130 and without a traceback."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(av.Model, "__call__", interrupted)
    assert main(["avtotor-2024-06", "--runs", "10"]) == 130
    assert capsys.readouterr() == ("", "interrupted\n")


@pytest.mark.skipif(os.name != "posix", reason="pipes break as they do on POSIX")
@pytest.mark.parametrize("words", [["avtotor-2024-06", "--runs", "50"], ["--help"]])
def test_a_reader_that_goes_away_is_no_error(words: list[str]) -> None:
    """Where nobody reads any more nothing is printed, no traceback either, and the rest is done."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "avtosim", *words]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x07", "\x9b", "\u202e", "\r"])
def test_control_characters_do_not_pass_to_the_terminal(
    sign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither from faults of a file, nor from its name, nor from words of the command, nor from what is printed."""
    path = tmp_path / "plant.toml"
    escaped = "".join(f"\\u{ord(part):04x}" for part in sign)
    path.write_text(f'name = "a{escaped}b"\nlines = 3', encoding="utf-8")
    assert main([str(path)]) == 1
    assert main([f"no{sign}plant"]) == 1
    with pytest.raises(SystemExit):
        main(["a", f"b{sign}"])
    with pytest.raises(SystemExit):
        main(["avtotor-2024-06", f"--c{sign}"])
    monkeypatch.setattr(av.Result, "text", lambda *_: f"name{sign}\N{NO-BREAK SPACE}5")
    assert main(["avtotor-2024-06", "--runs", "10"]) == 0
    captured = capsys.readouterr()
    assert sign not in captured.out + captured.err
    assert captured.out == f"name{ascii(sign)[1:-1]}\N{NO-BREAK SPACE}5\n"


def test_a_terminal_without_cyrillic_is_no_traceback(tmp_path: Path) -> None:
    """What a terminal cannot show is spelt out."""
    command = [sys.executable, "-m", "avtosim", "avtotor-2024-06", "--runs", "50", "--language", "ru"]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=True)
    assert b"\\u043f\\u0440" in done.stdout
    assert not done.stderr


def test_nobody_to_print_to_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the process has no output stream at all the work is done in silence."""
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["avtotor-2024-06", "--runs", "10"]) == 0
