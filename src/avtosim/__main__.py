"""The answer of a plant's file without Python: python -m avtosim plant.toml, or python -m avtosim new plant.toml."""

from __future__ import annotations

import argparse
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, TextIO

from .atomic import checked_place, write_whole
from .declare.faults import FactError
from .facts.scenario import Scenario
from .files.load import bundled, load
from .studies.compare import compare
from .studies.simulate import simulate
from .view.languages import LANGUAGES
from .view.style import matplotlib
from .view.workbook import openpyxl

_DESCRIPTION = """\
How many vehicles the plant of a file will really build, and the chance of each of its targets.

The file states the plant in TOML: working days, lines, partners that send kits, markets, vehicles, and what may go
wrong. A first one, with comments, is written by:  python -m avtosim new plant.toml"""
_EXAMPLES = """\
examples:
  python -m avtosim new plant.toml                      write a first file, to put your own numbers in
  python -m avtosim plant.toml                          print the forecast and the chance of each target
  python -m avtosim plant.toml --target 70000           print the chance of building at least 70,000
  python -m avtosim plant.toml --report out.html        write a page for the board as well
  python -m avtosim plant.toml --excel out.xlsx --language ru
                                                        write a workbook as well, all in Russian
  python -m avtosim plant.toml --compare other.toml     say what another plan changes

instead of a file a scenario that comes with the library may be named:
  {bundled}

exit codes: 0 done; 1 a fault in a file or a number, or a file that cannot be read or written; 2 a command that cannot
be understood; 130 interrupted by Ctrl-C"""


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: Any = None) -> None:
        _print(message, file or sys.stderr)


def main(words: Sequence[str] | None = None) -> int:
    """Carry out what the words of the command line ask for.

    Parameters
    ----------
    words : sequence of str, optional
        The words; those of the command line by default.

    Returns
    -------
    int
        0 if it was done, 1 if a file or a number has faults or a file cannot be written, which is printed, and 130 if
        it was interrupted.
    """
    try:
        _carry_out(_understood(words))
    except (ValueError, OSError, ImportError, MemoryError) as error:
        _print(f"{str(error) or type(error).__name__}\n", sys.stderr)
        return 1
    except KeyboardInterrupt:
        _print("interrupted\n", sys.stderr)
        return 130
    return 0


def _written_as(kind: Callable[[str], Any], rule: str) -> Callable[[str], Any]:
    def read(word: str) -> Any:
        try:
            return kind(word)
        except ValueError:
            raise argparse.ArgumentTypeError(f"must be {rule}, without separators; got {word!r:.80}") from None

    return read


def _understood(words: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="python -m avtosim",
        description=_DESCRIPTION,
        epilog=_EXAMPLES.format(bundled="\n  ".join(bundled())),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add, whole = parser.add_argument, _written_as(int, "a whole number such as 20000")
    number = _written_as(float, "a number such as 70000")
    add("plant", help="file of the plant (TOML), or the word new to write a first one")
    add("file", nargs="?", help="with new: the file to write; it must not exist yet")
    add("--report", metavar="OUT.html", help="write a page for the board, to print or to send")
    add("--excel", metavar="OUT.xlsx", help="write a workbook with all numbers")
    add("--language", choices=tuple(LANGUAGES), default="en", help="language of what is printed and written (en)")
    add("--compare", metavar="OTHER.toml", action="append", help="compare with another plant; may be given again")
    add("--target", metavar="N", type=number, action="append", help="chance of at least N vehicles; may be given again")
    add("--runs", metavar="N", type=whole, help="simulated years (100,000)")
    add("--seed", metavar="N", type=whole, default=0, help="seed of the random numbers (0)")
    asked = parser.parse_args(words)
    if (asked.plant == "new") != (asked.file is not None):
        parser.error("say: python -m avtosim new plant.toml" if asked.plant == "new" else "name one file")
    idle = [name for name, value in vars(asked).items() if value != parser.get_default(name)]
    if asked.plant == "new" and idle != ["plant", "file"]:
        parser.error(f"new takes nothing but the file to write; got --{idle[-1]}")
    return asked


def _carry_out(asked: argparse.Namespace) -> None:
    if asked.plant == "new":
        _write_first(asked.file)
        return
    _check_outputs(asked)
    scenario = load(asked.plant)
    if asked.target is not None:
        scenario = scenario.replace({"targets": tuple(asked.target)})
    rest: dict[str, Any] = {"runs": asked.runs, "seed": asked.seed}
    # First, for it finds plants that cannot be compared before anything is simulated.
    compared = compare(_named(scenario, asked), **rest) if asked.compare else None
    result = simulate(scenario, **rest)
    _print(f"{result.text(asked.language)}\n", sys.stdout)
    if compared is not None:
        _print(f"\n{compared.text(asked.language)}\n", sys.stdout)
    if asked.report is not None:
        result.report(asked.report, language=asked.language)
    if asked.excel is not None:
        result.to_excel(asked.excel, language=asked.language)


def _check_outputs(asked: argparse.Namespace) -> None:
    """Raise before any work for files that could not be written, or that would take the place of one another."""
    taken = {os.path.realpath(name): name for name in (asked.plant, *(asked.compare or ()))}
    for name, suffixes, library in (("report", (".html", ".htm"), matplotlib), ("excel", (".xlsx",), openpyxl)):
        path = getattr(asked, name)
        if path is None:
            continue
        library()
        try:
            place = os.path.realpath(checked_place(path, *suffixes))
        except ValueError as error:
            raise ValueError(f"--{name}: {error}") from None
        if place in taken:
            raise ValueError(f"--{name}: must be a file of its own, and {taken[place]} is named already; name another")
        taken[place] = path


def _named(scenario: Scenario, asked: argparse.Namespace) -> Mapping[str, Scenario]:
    """The scenarios to compare by their own names, the later of two with one name by that of its file too."""
    found = {scenario.name: scenario}
    for place in asked.compare:
        other, name = load(place), Path(place).stem
        names = (other.name, f"{other.name} ({name})", *(f"{other.name} ({name}, {n})" for n in range(2, 1000)))
        try:
            # All are asked for the same targets.
            other = other.replace({"targets": scenario.targets})
        except FactError as error:
            raise FactError(error.faults, where=place) from None
        found[next(each for each in names if each not in found)] = other
    return found


def _print(text: str, stream: TextIO | None) -> None:
    """Print a text whose control characters are spelt out, to a reader that may go away or not be there."""
    if stream is None:
        return
    text = "".join(_visible(text))
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # Nobody reads any more, as after | head; what is left goes nowhere, at the end of the process too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _visible(text: str) -> Iterator[str]:
    for sign in text:
        plain = sign.isprintable() or sign == "\n" or unicodedata.category(sign) == "Zs"
        yield sign if plain else repr(sign)[1:-1]


def _write_first(name: str) -> None:
    """Write a commented plant to begin with."""
    path = Path(name)
    if os.path.lexists(path):
        raise FileExistsError(f"{path}: exists already, and is left as it is; name another file")
    write_whole(path, (resources.files("avtosim.files") / "new.toml").read_bytes())
    _print(f"{path} is written. Put your numbers in it, then: python -m avtosim {path}\n", sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
