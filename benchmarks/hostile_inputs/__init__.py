"""Hostile inputs, one module for each kind, and the judgement of what came back."""

from __future__ import annotations

from . import arguments, declared, evidence, files, laws, limits, results, running, showing
from .judge import Case

__all__ = ["every_case"]


def every_case() -> list[Case]:
    """Give all cases, in a fixed order, each under a name of its own."""
    modules = (declared, laws, files, arguments, results, running, showing, limits, evidence)
    every = [case for module in modules for case in module.cases()]
    names = [(case.part, case.name) for case in every]
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    if twice:
        raise ValueError(f"cases of the same name: {sorted(twice)[:10]}")
    return every
