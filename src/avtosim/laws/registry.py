"""All distributions of the library by the word that a file uses for them.

A law is found by itself: each module of this room is imported, and each class in it that has a ``kind`` is a law.
"""

from __future__ import annotations

import importlib
import pkgutil

from ..declare.fields import describe
from . import __path__ as _room
from .base import LawBase

_FOUND = [
    law
    for module in pkgutil.iter_modules(_room)
    if module.name != "registry"
    for law in vars(importlib.import_module(f".{module.name}", __package__)).values()
    if isinstance(law, type) and issubclass(law, LawBase) and "kind" in vars(law)
]
#: Laws of other laws come last.
LAWS: dict[str, type[LawBase]] = {
    law.kind: law for law in sorted(_FOUND, key=lambda law: not {"law", "laws"}.isdisjoint(describe(law)))
}
