"""What tests of studies share: a tqdm that remembers what it was told."""

from __future__ import annotations

import sys
import types
from typing import Self

import pytest


class Bar:
    """What tqdm gives, as far as it is used, that remembers what it was told."""

    made: list[Bar] = []  # noqa: RUF012

    def __init__(self, **options: object) -> None:
        self.options, self.done, self.closed = options, 0, False
        Bar.made.append(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def update(self, count: int) -> None:
        """Remember the count."""
        self.done += count


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[Bar]:
    """Put a tqdm in place that remembers its bars."""
    module = types.ModuleType("tqdm")
    module.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm", module)
    Bar.made = []
    return Bar.made
