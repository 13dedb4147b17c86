"""The answer of a plant's file without Python: python -m avtosim plant.toml, or python -m avtosim new plant.toml."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from .atomic import write_whole
from .declare.faults import FactError
from .files.load import bundled, load
from .studies.simulate import simulate


def main(words: Sequence[str] | None = None) -> int:
    """Carry out what the words of the command line ask for.

    Parameters
    ----------
    words : sequence of str, optional
        The words; those of the command line by default.

    Returns
    -------
    int
        0 if it was done, 1 if the plant's file or a number of runs has faults, which are printed.
    """
    parser = argparse.ArgumentParser(
        prog="python -m avtosim",
        description="How many vehicles the plant of a file will really build, and the chance of each of its targets.",
        epilog=f"Instead of a file one of the bundled scenarios may be named: {', '.join(bundled())}.",
    )
    parser.add_argument("plant", help="file of the plant (TOML), or the word new to write a first one")
    parser.add_argument("file", nargs="?", help="with new: the file to write; it must not exist yet")
    parser.add_argument("--runs", type=int, help="simulated years (100,000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random numbers (0)")
    asked = parser.parse_args(words)
    if (asked.plant == "new") != (asked.file is not None):
        parser.error("say: python -m avtosim new plant.toml" if asked.plant == "new" else "name one file")
    try:
        if asked.plant == "new":
            _write_first(asked.file)
        else:
            sys.stdout.write(f"{simulate(load(asked.plant), runs=asked.runs, seed=asked.seed)}\n")
    except (FactError, ValueError, OSError, MemoryError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _write_first(name: str) -> None:
    """Write a commented plant to begin with."""
    path = Path(name)
    if os.path.lexists(path):
        raise FileExistsError(f"{path}: exists already, and is left as it is; name another file")
    write_whole(path, (resources.files("avtosim.files") / "new.toml").read_bytes())
    sys.stdout.write(f"{path} is written. Put your numbers in it, then: python -m avtosim {path}\n")


if __name__ == "__main__":
    sys.exit(main())
