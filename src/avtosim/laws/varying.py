"""A law redrawn each month."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import attrs

from ..declare.fields import Fact, Rule, inner_law, quantity

__all__ = ["Varying"]

_PERSISTENCE = Rule("must lie in [0, 1)", 0.0, math.nextafter(1.0, 0.0))


@attrs.frozen(kw_only=True, repr=False)
class Varying(Fact):
    """A law redrawn each month; with ``persistence`` r, this month's normal score is correlated r with the last one's.

    The marginal law stays exact in every month: the scores are a stationary AR(1).
    """

    kind: ClassVar[str] = "varying"
    redrawn: ClassVar[str] = "monthly"
    law: Any = inner_law("the law of each month")
    persistence: float = quantity(
        _PERSISTENCE, "correlation", "how much of a month's luck stays into the next", default=0.0, law=False
    )
