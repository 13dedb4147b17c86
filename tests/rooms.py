"""The shape of the source: its rooms, who imports whom, and how many lines of code there are."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

__all__ = ["MAY_IMPORT", "ROOT", "SRC", "against_directions", "code_lines", "graph", "imports", "loops", "module_of"]

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
    "evidence": {"declare", "laws", "facts", "answers", "evidence"},
    "view": {"answers", "view"},
    "persistence": {"answers", "persistence"},
    "studies": {
        "declare",
        "laws",
        "facts",
        "files",
        "chance",
        "plant",
        "answers",
        "evidence",
        "persistence",
        "view",
        "studies",
    },
    "scenarios": set(),
}

_SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def module_of(path: Path) -> str:
    """Give the dotted name of a source file."""
    return ".".join(part for part in path.relative_to(SRC.parent).with_suffix("").parts if part != "__init__")


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Every import of a file that is made when it runs: full name, line, whether it is inside a function."""
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


def graph() -> dict[str, set[str]]:
    """For each module the other modules of the package that it imports, all imports counted."""
    paths = {module_of(path): path for path in SRC.rglob("*.py")}
    edges: dict[str, set[str]] = {}
    for module, path in paths.items():
        edges[module] = set()
        for name, _, _ in imports(path):
            known = name
            while known and known not in paths:
                known = known.rpartition(".")[0]
            if known not in ("", "avtosim", module):
                edges[module].add(known)
    return edges


def room(module: str) -> str:
    """Give the room of a module; none for the front door and the modules beside it."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else ""


def against_directions() -> list[str]:
    """Imports that go against the directions of the rooms.

    A module beside the rooms that imports nothing of the package, such as the version, may be imported by all.
    """
    edges = graph()
    shared = {module for module, others in edges.items() if module.count(".") == 1 and not others and not room(module)}
    return [
        f"{module} imports {other}"
        for module, others in edges.items()
        for other in others
        if room(module) and other not in shared and room(other) not in MAY_IMPORT[room(module)]
    ]


def loops() -> list[str]:
    """Modules that import themselves by way of others."""
    edges = graph()

    def reached(module: str, seen: set[str]) -> set[str]:
        for other in edges[module] - seen:
            seen.add(other)
            reached(other, seen)
        return seen

    # A package's own __init__ holds a sentence and no imports, so reaching it is no loop.
    return [module for module in edges if module in reached(module, set())]


def code_lines(folder: Path = SRC) -> Counter[str]:
    """Lines of code by room, without blank lines, comments and docstrings; "front door" for files beside the rooms."""
    counts: Counter[str] = Counter()
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder).parts
        counts[parts[0] if len(parts) > 1 else "front door"] += _code_lines(path.read_text(encoding="utf-8"))
    return counts


def _code_lines(source: str) -> int:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    prose: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            prose.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - prose)
