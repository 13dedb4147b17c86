"""The shape of the source: lines of code, the rooms' shares, import loops, directions, and what newcomers must touch.

Nothing is timed. ``--before`` counts the lines of another version of the package too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tools import row

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from growth import NEWCOMERS, touched
from rooms import against_directions, code_lines, loops


def main() -> None:
    """Print each figure beside its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="folder of another version of the package (.../src/avtosim)")
    options = parser.parse_args()
    counts = code_lines()
    total = counts.total()
    row("code lines of src (no blanks, comments, docstrings)", f"{total:,}", "bar: at most 11,300")
    if options.before is not None:
        row("the same of the other version", f"{code_lines(options.before).total():,}")
    (biggest, most), *_ = counts.most_common()
    row(f"biggest room's share of the lines ({biggest})", f"{most / total:.1%}", "bar: at most 19 %")
    circles, against = loops(), against_directions()
    row("modules that import themselves by way of others", str(len(circles)), "bar: 0")
    row("imports against the directions", str(len(against)), "bar: 0")
    for kind in NEWCOMERS:
        with tempfile.TemporaryDirectory() as folder:
            files = touched(kind, Path(folder))
        row(f"files of src that a new {kind} touches: {', '.join(files)}", str(len(files)), "bar: at most 2")
    print("\nroom                lines     share")
    for name, lines in counts.most_common():
        print(f"{name:<16}{lines:>9,}{lines / total:>10.1%}")
    for fault in (*circles, *against):
        print(fault)


if __name__ == "__main__":
    main()
