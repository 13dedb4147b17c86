"""The house can grow: what a new law, design or flow must touch is little."""

from __future__ import annotations

from pathlib import Path

import pytest
from growth import NEWCOMERS, touched


@pytest.mark.parametrize("kind", NEWCOMERS)
def test_a_newcomer_touches_two_files_at_most(kind: str, tmp_path: Path) -> None:
    """A new law, a new design and a new flow of lines work after a change of at most two files."""
    assert 1 <= len(touched(kind, tmp_path)) <= 2
