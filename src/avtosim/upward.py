"""Methods that lead up: where those of a lower room find the function of a higher one that does their work.

A scenario can be saved and a result loaded, though facts know no files and answers no disk. The front door fills this
table; nothing is imported until the method is called.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

#: Method -> "module:function", both inside this package.
UPWARD: dict[str, str] = {}


def upward(method: str) -> Callable[..., Any]:
    """The function that carries out ``method``."""
    module, _, name = UPWARD[method].partition(":")
    found = getattr(importlib.import_module(f"{__package__}.{module}"), name)
    assert callable(found)
    return found  # type: ignore[no-any-return]
