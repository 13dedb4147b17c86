"""What help() must show of the public names, and the examples that stand in it."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from printed import ROOT

import avtosim

__all__ = ["MOST_RUNS", "examples", "lacking", "load_script", "runs_requested", "what_lacks"]

#: Most runs that an example in a docstring may ask for.
MOST_RUNS = 2000


def load_script(name: str) -> Any:
    """Import a script of the reference pages as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "reference" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


QUESTIONS = load_script("generate_questions")


def described() -> Iterator[tuple[str, Any, str]]:
    """Every public function, class, method and property: its name, itself and its docstring."""
    for name in avtosim.__all__:
        value = getattr(avtosim, name)
        if name.startswith("__"):
            continue
        yield name, value, inspect.getdoc(value) or ""
        if isinstance(value, type):
            for member in QUESTIONS.members(value):
                yield f"{name}.{member.name}", member.value, member.doc


def lacking() -> dict[str, list[str]]:
    """For each public name whose help lacks something, what it lacks.

    A method that overrides one of a public class may leave the description to that class.
    """
    every = {name: what_lacks(value, doc) for name, value, doc in described()}
    lacks = {name: what for name, what in every.items() if what}
    return {
        name: what
        for name, what in lacks.items()
        if not any(base in every and base not in lacks for base in _bases(name))
    }


def _bases(name: str) -> Iterator[str]:
    """The public names of what a method overrides."""
    owner, _, method = name.partition(".")
    if method:
        for base in getattr(avtosim, owner).__mro__[1:]:
            if method in vars(base):
                yield f"{base.__name__}.{method}"


def what_lacks(value: Any, doc: str) -> list[str]:
    """What the docstring of a public function, class or property lacks: parameters, what it returns, what it raises."""
    if not doc:
        return ["a docstring"]
    parts = QUESTIONS.sections(doc)
    if isinstance(value, type):
        return _class_lacks(value, parts)
    if not callable(value):  # a property: its summary says what it is
        return []
    lacks = [f"parameter {name}" for name in _parameters(value) if name not in _listed(parts.get("Parameters", ""))]
    if _returns(value) and "Returns" not in parts and "Yields" not in parts:
        lacks.append("returns")
    if _raises(value) and "Raises" not in parts:
        lacks.append("raises")
    return lacks


def _class_lacks(cls: type[Any], parts: dict[str, str]) -> list[str]:
    names = _listed(parts.get("Parameters", "")) | _listed(parts.get("Attributes", ""))
    try:
        takes = _parameters(cls)
    except ValueError:
        takes = []
    return [f"parameter {name}" for name in takes if name not in names]


def _parameters(value: Any) -> list[str]:
    return [name for name in inspect.signature(value).parameters if name not in ("self", "cls", "args", "kwargs")]


def _listed(section: str) -> set[str]:
    heads = (head.partition(":")[0] for head, _ in QUESTIONS.entries(section))
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def _returns(value: Any) -> bool:
    return inspect.signature(value).return_annotation not in (None, "None")


def _raises(value: Any) -> bool:
    """Whether the body raises, checks its arguments by a function of another module, or hands over to a higher room."""
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(value))))):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called.startswith(("check", "upward")):
                return True
    return False


def examples() -> list[doctest.DocTest]:
    """The examples of all public docstrings, each docstring once."""
    parser, seen, found = doctest.DocTestParser(), set(), []
    for name, _, doc in described():
        test = parser.get_doctest(doc, {}, f"avtosim.{name}", None, 0)
        if test.examples and doc not in seen:
            seen.add(doc)
            found.append(test)
    return found


#: Functions that play years, and the arguments whose product bounds how many.
_PLAYS = {
    "simulate": ("runs",),
    "compare": ("runs",),
    "sweep": ("runs",),
    "rare_chance": ("particles", "repeats"),
}


def runs_requested(test: doctest.DocTest) -> list[float]:
    """For each question in an example how many runs it asks for; infinite where it does not say."""
    requested = []
    for example in test.examples:
        for node in ast.walk(ast.parse(example.source)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in _PLAYS:
                stated = {word.arg: word.value for word in node.keywords}
                bounds = ("max_runs",) if "max_runs" in stated else _PLAYS[name]
                runs = 1.0
                for bound in bounds:
                    number = stated.get(bound)
                    runs *= float(number.value) if isinstance(number, ast.Constant) else float("inf")
                requested.append(runs)
    return requested
