"""The room of facts: it knows no other room, and stays cheap to enter."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import avtosim.facts

ROOM = Path(avtosim.facts.__file__).parent
NEIGHBOURS = {"plant", "chance", "studies", "answers"}


def test_facts_know_nothing_of_chance_and_plant() -> None:
    """No module of facts imports from a room that stands on it or beside it."""
    for module in ROOM.glob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {name.split(".")[0] for name in named} & NEIGHBOURS == set(), module.name


def test_a_scenario_loads_without_the_heavy_part_of_scipy() -> None:
    """Reading a bundled scenario does not import scipy.stats, which costs more than all the rest."""
    code = "import sys, avtosim; avtosim.load('avtotor-2024-06'); sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
