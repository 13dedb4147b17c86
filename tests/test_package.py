"""The package as a whole: cheap to import, its rooms in order, nothing in it that belongs to one machine."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from rooms import MAY_IMPORT, ROOT, SRC, against_directions, imports, loops, module_of

import avtosim

#: Libraries that may be absent, and so may be imported where they are used.
OPTIONAL = {"tqdm", "matplotlib", "pandas", "openpyxl", "distributed", "playwright"}
#: Rooms of the package that a simulation does not enter.
NOT_ENTERED = ("avtosim.view", "avtosim.evidence", "avtosim.persistence")
#: Parts of scipy that cost seconds to load, and so are loaded by the one method that uses them.
HEAVY = ("scipy.stats", "scipy.optimize")


def run(code: str) -> str:
    """Run Python code in a fresh interpreter; give back what it prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("heavy", ["scipy.stats", "scipy.optimize", *sorted(OPTIONAL)])
def test_import_is_cheap(heavy: str) -> None:
    """Importing avtosim loads nothing heavy."""
    assert run(f"import sys, avtosim; print({heavy!r} in sys.modules)") == "False\n"


def test_a_simulation_stays_light() -> None:
    """Loading the bundled scenario and simulating it loads neither scipy.stats nor scipy.optimize."""
    code = "import sys, avtosim; avtosim.simulate(avtosim.load('avtotor-2024-06'), runs=10);"
    assert run(code + "print({'scipy.stats', 'scipy.optimize'} & set(sys.modules))") == "set()\n"


def test_import_and_simulation_load_what_they_need() -> None:
    """Importing loads three modules; simulating and printing no optional library and no more of our own than it did."""
    code = "import sys, avtosim; print(sorted(name for name in sys.modules if name.startswith('avtosim')));"
    code += "print(avtosim.simulate(avtosim.load('avtotor-2024-06'), runs=10)); print('\\n'.join(sys.modules))"
    first, _, rest = run(code).partition("\n")
    assert first == "['avtosim', 'avtosim.upward', 'avtosim.version']"
    loaded = set(rest.splitlines())
    assert not loaded & OPTIONAL
    own = {name for name in loaded if name.startswith("avtosim")}
    assert not [name for name in own if name.startswith(NOT_ENTERED)]
    # 88 in version 0.1.0 of the pictures' parent, and say.
    assert len(own) == 89


def test_every_public_name_resolves() -> None:
    """Each public name resolves, in a fresh interpreter too, and a name that does not exist is an error."""
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
    """The code, the project file, the citation file and the installed package state one version."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert avtosim.__version__ == stated
    assert f"\nversion: {stated}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    installed = metadata.distribution("avtosim")
    origin = installed.read_text("direct_url.json") or ""
    # An editable install of another copy of the source says nothing about this one.
    if '"editable": true' not in origin or ROOT.as_uri() in origin:
        assert installed.version == stated


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


def test_imports_point_one_way() -> None:
    """Facts and chance do not import each other, plant imports both, answers neither, studies all; files no chance."""
    assert {path.name for path in SRC.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(MAY_IMPORT)
    assert against_directions() == []


def test_no_import_loops() -> None:
    """No module imports itself by way of others."""
    assert loops() == []


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
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    unwritten = "NotImplemented" + "Error"
    legacy = re.compile(r"np\.random\.(?:seed|rand|randn|uniform|normal|choice)\(")
    for path, text in tracked():
        if path.suffix == ".py":
            assert not marks.search(text), path
            assert SRC not in path.parents or not (legacy.search(text) or unwritten in text), path
