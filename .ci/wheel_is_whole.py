"""Check that a wheel holds every file of the package, and the licence: python wheel_is_whole.py WHEEL."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = {".py", ".pyi", ".toml", ".typed"}


def missing(wheel: Path) -> list[str]:
    """Give the files that are in the source and not in the wheel."""
    source = ROOT / "src"
    needed = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.suffix in SUFFIXES}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    licences = [name for name in names if name.endswith("/LICENSE")]
    return sorted(needed - names) + ([] if licences else ["LICENSE"])


if __name__ == "__main__":
    lacking = missing(Path(sys.argv[1]))
    if lacking:
        sys.exit(f"the wheel lacks: {', '.join(lacking)}")
    print("whole")
