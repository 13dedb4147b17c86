"""What all tests share. Helper modules beside this file are importable: plants, chances."""

from __future__ import annotations

from hypothesis import settings

# Same examples every time, and no test waits on the clock.
settings.register_profile("avtosim", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("avtosim")
