"""What all tests share. Helper modules beside this file are importable: plants, chances."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Tests share the cores: threads of the linear algebra, started when NumPy is imported, would wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Same examples every time, and no test waits on the clock.
settings.register_profile("avtosim", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("avtosim")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a test whose name holds an address in memory: processes that share out the tests would not agree on it."""
    assert " at 0x" not in item.nodeid, f"{item.nodeid}: must have the same name in every process; give it an id"
