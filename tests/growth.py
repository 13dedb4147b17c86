"""What a newcomer must touch: a law, a design and a flow of lines are added to a copy of the source, and tried."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rooms import SRC

__all__ = ["NEWCOMERS", "touched"]

_LAW = '''
"""A law that the library does not have."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..declare.fields import fact
from ..declare.rules import POSITIVE
from .base import Floats, Known, LawBase, as_array, parameter


@fact(kw_only=False)
class Rayleigh(LawBase):
    """The length of a plane vector with two independent normal coordinates."""

    kind: ClassVar[str] = "rayleigh"
    example: ClassVar[str] = "{ rayleigh = 2 }"
    known: ClassVar[Known] = Known(2.5066282746310002, ((0.5, 2.3548200450309493),), "scipy.stats.rayleigh(scale=2)")
    scale: Annotated[float, parameter(POSITIVE, "standard deviation of each coordinate")]

    def ppf(self, u: ArrayLike) -> Floats:
        return self.scale * np.sqrt(-2.0 * special.log1p(-as_array(u)))

    def cdf(self, x: ArrayLike) -> Floats:
        return -special.expm1(-0.5 * (np.maximum(as_array(x), 0.0) / self.scale) ** 2)

    def mean(self) -> float:
        return self.scale * float(np.sqrt(np.pi / 2.0))
'''

_DESIGN = '''
"""A design that the library does not have."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs

from ..design import Batch, Design
from ..points import DrawnPoints, Keys
from ..space import Space


@attrs.frozen
class OneByOne(Design):
    """Independent runs, each a batch of its own."""

    def admissible_runs(self, runs: int) -> tuple[int, int]:
        return runs, runs

    def replicate_size(self, runs: int) -> int:
        return 1

    def batches(self, space: Space, seed: int, first: int, runs: int, size: int) -> Iterator[Batch]:
        for run in range(runs):
            yield Batch(run, run + 1, partial(DrawnPoints, space, Keys(seed), first + run, 1))

    def __str__(self) -> str:
        return "one by one"
'''

_PLANT = """
from pathlib import Path
import avtosim as av
import numpy as np

plant = av.loads('''
name = "Small"
targets = [900]
[calendar]
first_month = "2025-01"
[lines.Main]
per_day = LAW
[partners.P]
fill_rate = { pert = [0.5, 0.9, 1] }
[markets.M]
per_year = 100_000
[vehicles.V]
partner = "P"
line = "Main"
market = "M"
plan = 1_000
market_share = 0.1
''')
"""


def _add_law(package: Path) -> str:
    (package / "laws" / "rayleigh.py").write_text(_LAW.lstrip(), encoding="utf-8")
    _add_line(package / "__init__.pyi", "from .laws.rayleigh import Rayleigh as Rayleigh\n")
    return _PLANT.replace("LAW", "{ rayleigh = 4 }") + (
        "assert plant['lines.Main.per_day'] == av.Rayleigh(4)\n"
        "assert av.loads(plant.to_toml()) == plant\n"
        "assert av.simulate(plant, runs=50).annual.std() > 0\n"
    )


def _add_design(package: Path) -> str:
    (package / "chance" / "designs" / "one_by_one.py").write_text(_DESIGN.lstrip(), encoding="utf-8")
    _add_line(package / "__init__.pyi", "from .chance.designs.one_by_one import OneByOne as OneByOne\n")
    return _PLANT.replace("LAW", "4") + (
        "plain = av.simulate(plant, runs=50)\n"
        "result = av.simulate(plant, runs=50, design=av.OneByOne())\n"
        "assert (result.annual == plain.annual).all()\n"
        "assert 'one by one' in str(result)\n"
    )


def _add_flow(package: Path) -> str:
    record = package / "plant" / "record.py"
    read = "lambda done: [capacity / 2 for capacity in done.given.capacity]"
    line = f'    Recorded("half", ("line", "month", "run"), "vehicles", "flows", {read}),\n'
    text = record.read_text(encoding="utf-8")
    head, tail = text.split("\nRECORD = (\n")
    record.write_text(f"{head}\nRECORD = (\n{line}{tail}", encoding="utf-8")
    return _PLANT.replace("LAW", "4") + (
        "first = av.simulate(plant, runs=30, keep='flows')\n"
        "rest = av.simulate(plant, runs=20, first_run=30, keep='flows')\n"
        "for number, part in enumerate((first, rest)):\n"
        "    part.save(f'{number}.npz')\n"
        "whole = av.merge(av.Result.load('0.npz'), av.Result.load('1.npz'))\n"
        "assert whole.flows['half'].shape == (1, 12, 50)\n"
        "assert np.array_equal(whole.flows['half'] * 2, whole.flows['capacity'])\n"
    )


def _add_line(path: Path, line: str) -> None:
    path.write_text(line + path.read_text(encoding="utf-8"), encoding="utf-8")


#: For each kind of newcomer a function that adds one to a copy of the package and gives code that tries it.
NEWCOMERS: dict[str, Callable[[Path], str]] = {"law": _add_law, "design": _add_design, "flow of lines": _add_flow}


def touched(kind: str, folder: Path) -> list[str]:
    """Add a newcomer to a copy of the source in ``folder``, try it there, and give the files that differ."""
    package = folder / "avtosim"
    shutil.copytree(SRC, package, ignore=shutil.ignore_patterns("__pycache__"))
    code = NEWCOMERS[kind](package)
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"a new {kind} does not work:\n{done.stderr}")
    files = [path.relative_to(package) for path in package.rglob("*") if path.suffix in {".py", ".pyi"}]
    return sorted(str(path) for path in files if not same(package / path, SRC / path))


def same(one: Path, other: Path) -> bool:
    """Whether both files exist and hold the same bytes."""
    return other.is_file() and one.read_bytes() == other.read_bytes()
