"""The package as a whole: cheap to import, its rooms in order, nothing in it that belongs to one machine."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

import avtosim

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "avtosim"

#: Which rooms a room may import from, itself included.
MAY_IMPORT = {
    "declare": {"declare"},
    "laws": {"declare", "laws"},
    "facts": {"declare", "laws", "facts"},
    "files": {"declare", "laws", "facts", "files"},
    "chance": {"chance"},
    "plant": {"declare", "laws", "facts", "chance", "plant"},
    "answers": {"answers"},
    "persistence": {"answers", "persistence"},
    "studies": {"declare", "laws", "facts", "files", "chance", "plant", "answers", "persistence", "studies"},
    "scenarios": set(),
}
#: Libraries that may be absent, and so may be imported where they are used.
OPTIONAL = {"tqdm", "matplotlib", "pandas"}
#: Parts of scipy that cost seconds to load, and so are loaded by the one method that uses them.
HEAVY = ("scipy.stats", "scipy.optimize")


def run(code: str) -> str:
    """Run Python code in a fresh interpreter; give back what it prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("heavy", ["scipy.stats", "scipy.optimize", "tqdm", "matplotlib", "pandas"])
def test_import_is_cheap(heavy: str) -> None:
    """Importing avtosim loads nothing heavy."""
    assert run(f"import sys, avtosim; print({heavy!r} in sys.modules)") == "False\n"


def test_a_simulation_stays_light() -> None:
    """Loading the bundled scenario and simulating it loads neither scipy.stats nor scipy.optimize."""
    code = "import sys, avtosim; avtosim.simulate(avtosim.load('avtotor-2024-06'), runs=10);"
    assert run(code + "print({'scipy.stats', 'scipy.optimize'} & set(sys.modules))") == "set()\n"


def test_every_public_name_resolves() -> None:
    """Each name the front door shows is there, in a fresh interpreter too, and a name that is not is told."""
    for name in avtosim.__all__:
        assert getattr(avtosim, name) is not None, name
    assert set(avtosim.__all__) <= set(dir(avtosim))
    assert len(avtosim.__all__) == len(set(avtosim.__all__))
    assert run("from avtosim import *; print(Scenario.__name__, simulate.__name__)") == "Scenario simulate\n"
    with pytest.raises(AttributeError, match="module 'avtosim' has no attribute 'simulat'"):
        avtosim.simulat  # noqa: B018


def test_every_public_name_is_documented() -> None:
    """Each public class and function says what it is."""
    for name in avtosim.__all__:
        assert getattr(avtosim, name).__doc__, name


def test_modules_export_what_they_have() -> None:
    """Every name in a module's __all__ exists."""
    for path in sorted(SRC.rglob("*.py")):
        module = importlib.import_module(module_of(path))
        for name in getattr(module, "__all__", ()):
            assert hasattr(module, name), (module.__name__, name)


def test_version_agrees_everywhere() -> None:
    """The code, the project file and the installed package state one version."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert avtosim.__version__ == stated == metadata.version("avtosim")


def test_run_time_dependencies_are_three() -> None:
    """Only numpy, scipy and attrs are needed, and nothing else is imported at the top of any module."""
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert {re.split(r"[<>=~! ]", need)[0] for need in needed} == {"numpy", "scipy", "attrs"}
    allowed = {"numpy", "scipy", "attr", "attrs", "avtosim", "__future__"} | set(sys.stdlib_module_names)
    for path in sorted(SRC.rglob("*.py")):
        for name, _, inside in imports(path):
            head = name.split(".")[0]
            assert head in allowed or (inside and head in OPTIONAL), (path.name, name)


def test_types_are_shipped() -> None:
    """The marker that says the package is typed lies in it."""
    assert (SRC / "py.typed").is_file()


def module_of(path: Path) -> str:
    """Give the dotted name of a source file."""
    return ".".join(part for part in path.relative_to(SRC.parent).with_suffix("").parts if part != "__init__")


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Every import of a file that is made when it runs: full name, line, whether it hides in a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = {
        id(inner)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
    }
    for_types = {
        id(inner)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.If) and "TYPE_CHECKING" in ast.unparse(outer.test)
        for inner in ast.walk(outer)
    }
    package = module_of(path).split(".") if path.name == "__init__.py" else module_of(path).split(".")[:-1]
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in hidden
        elif isinstance(node, ast.ImportFrom):
            head = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*head, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno, id(node) in hidden


def house() -> dict[str, set[str]]:
    """Which module of the house imports which, all imports counted."""
    paths = {module_of(path): path for path in SRC.rglob("*.py")}
    found: dict[str, set[str]] = {}
    for module, path in paths.items():
        found[module] = set()
        for name, _, _ in imports(path):
            known = name
            while known and known not in paths:
                known = known.rpartition(".")[0]
            if known not in ("", "avtosim", module):
                found[module].add(known)
    return found


def room(module: str) -> str:
    """Give the room a module lies in; none for the front door."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else ""


def test_imports_point_one_way() -> None:
    """Facts and chance know nothing of each other, plant both, answers neither, studies all; files know no chance.

    A module beside the rooms that imports nothing of the house, such as the version, may be read by all.
    """
    assert {path.name for path in SRC.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(MAY_IMPORT)
    graph = house()
    shared = {module for module, others in graph.items() if module.count(".") == 1 and not others and not room(module)}
    wrong = [
        f"{module} imports {other}"
        for module, others in graph.items()
        for other in others
        if room(module) and other not in shared and room(other) not in MAY_IMPORT[room(module)]
    ]
    assert not wrong


def test_no_import_loops() -> None:
    """No module imports one that, by whatever way, imports it."""
    graph = house()

    def reached(module: str, seen: set[str]) -> set[str]:
        for other in graph[module] - seen:
            seen.add(other)
            reached(other, seen)
        return seen

    # A package's own __init__ holds a sentence and no imports, so reaching it is no loop.
    assert not [module for module in graph if module in reached(module, set())]


def test_no_import_hides_in_a_function() -> None:
    """Only libraries that may be absent, or are heavy, are imported where they are used."""
    hidden = [
        f"{module_of(path)}:{line} {name}"
        for path in SRC.rglob("*.py")
        for name, line, inside in imports(path)
        if inside and name.split(".")[0] not in OPTIONAL and not name.startswith(HEAVY)
    ]
    assert not hidden


def tracked() -> Iterator[tuple[Path, str]]:
    """Every text file of the project that is written by hand."""
    for folder in ("src", "tests", "examples", "docs", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".out"} and ".egg-info" not in str(path):
                yield path, path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *ROOT.glob("*.toml")):
        yield path, path.read_text(encoding="utf-8")


def test_nothing_belongs_to_one_machine() -> None:
    """No file names a folder of somebody's machine, or one outside the project."""
    outside = re.compile(r"(?<![\w.:/])/(?:work|farm|root|home|tmp|Users)/\w|[.][.]/sha" + "red")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path, text in tracked()
        for number, line in enumerate(text.splitlines(), 1)
        if outside.search(line)
    ]
    assert not found


def test_nothing_is_left_unfinished() -> None:
    """No file has a mark of unfinished work, and none draws from NumPy's global generator."""
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplemented" + "Error")
    legacy = re.compile(r"np\.random\.(?:seed|rand|randn|uniform|normal|choice)\(")
    for path, text in tracked():
        if path.suffix == ".py":
            assert not marks.search(text), path
            assert SRC not in path.parents or not legacy.search(text), path
