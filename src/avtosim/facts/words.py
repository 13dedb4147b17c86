"""What the tables of a file mean where they could mean two things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..declare.fields import describe
from ..laws.registry import LAWS
from .entities import Provenance

#: The keys that state where a number comes from; they stand beside it.
ORIGIN = tuple(describe(Provenance))


def is_one_number(table: Mapping[str, Any]) -> bool:
    """Whether a table that may hold numbers by name states one number for all names instead."""
    words = [key for key in table if key not in ORIGIN]
    if {"value", "varying", "named"}.intersection(words):
        return True
    if len(words) != 1 or words[0] not in LAWS:
        return False
    stated = table[words[0]]
    if isinstance(stated, Mapping):
        # The name of a fact whose number is a law, or a law whose parameters stand by name.
        return not is_one_number(stated)
    needed = [a for a in describe(LAWS[words[0]]).values() if a.default is attrs.NOTHING]
    return isinstance(stated, list) or len(needed) == 1
