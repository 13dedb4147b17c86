"""A distribution redrawn each month."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from ..declare.fields import Fact, fact, quantity, stated
from ..declare.rules import Law, Rule

_PERSISTENCE = Rule("must lie in [0, 1)", 0.0, math.nextafter(1.0, 0.0))


@fact(kw_only=False)
class Varying(Fact):
    """Distribution redrawn each month, with correlation between one month and the next.

    Notes
    -----
    The normal scores of the months are a stationary first-order autoregressive process with coefficient
    ``persistence``, so in every month the values follow ``law`` exactly.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Varying(avtosim.Pert(0.5, 0.9, 1), persistence=0.8).persistence
    0.8
    """

    kind: ClassVar[str] = "varying"
    redrawn: ClassVar[str] = "monthly"
    law: Annotated[Law, stated("the law of each month")]
    persistence: Annotated[float, quantity(_PERSISTENCE, "correlation", "correlation with the month before")] = 0.0
