"""A law redrawn each month."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from ..declare.fields import Fact, fact, quantity, stated
from ..declare.rules import Law, Rule

__all__ = ["Varying"]

_PERSISTENCE = Rule("must lie in [0, 1)", 0.0, math.nextafter(1.0, 0.0))


@fact(kw_only=False)
class Varying(Fact):
    """A law redrawn each month; with ``persistence`` r, this month's normal score is correlated r with the last one's.

    The marginal law stays exact in every month: the scores are a stationary AR(1).
    """

    kind: ClassVar[str] = "varying"
    redrawn: ClassVar[str] = "monthly"
    law: Annotated[Law, stated("the law of each month")]
    persistence: Annotated[
        float,
        quantity(_PERSISTENCE, "correlation", "correlation of a month's normal score with that of the month before"),
    ] = 0.0
