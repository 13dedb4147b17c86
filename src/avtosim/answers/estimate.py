"""An estimate: a number with its interval, its standard error, the runs behind it and its own warning."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np

__all__ = ["Estimate", "chance_words", "check_share", "check_target", "decimals_for", "percent", "vehicles"]


@attrs.frozen(kw_only=True)
class Estimate:
    """A number that came out of runs, and how sure it is.

    ``low`` to ``high`` is an interval that covers the true value with probability ``confidence`` (before the runs were
    made); it speaks of the runs only: what is wrong in the scenario it cannot know.
    """

    value: float
    low: float
    high: float
    standard_error: float
    runs: int
    confidence: float = 0.95
    method: str
    what: str = ""
    unit: str = ""
    warning: str = ""

    @classmethod
    def of(cls, interval: tuple[float, float, float, float], **rest: Any) -> Estimate:
        """An estimate from its value, lower end, upper end and standard error, and the rest by name."""
        value, low, high, standard_error = interval
        return cls(value=value, low=low, high=high, standard_error=standard_error, **rest)

    def __format__(self, form: str) -> str:
        """As text, or with a number's format the value alone: ``f"{estimate:,.0f}"``."""
        return format(self.value, form) if form else str(self)

    def __str__(self) -> str:
        show = percent if self.unit == "probability" else vehicles
        width = self.high - self.low
        value, low, high = (show(x, width) for x in (self.value, self.low, self.high))
        head = f"{self.what}: " if self.what else ""
        tail = f" ({self.warning})" if self.warning else ""
        return f"{head}{value}, {100 * self.confidence:g} % interval {low} to {high}{tail}"


def decimals_for(width: float, most: int = 8) -> int:
    """Decimals that show about one digit of half an interval's width."""
    if not math.isfinite(width) or width <= 0.0:
        return 0
    return int(min(max(-math.floor(math.log10(width / 2.0)), 0), most))


def percent(value: float, width: float = 0.01) -> str:
    """A probability as per cent, with as many digits as its interval's width bears."""
    return f"{100.0 * value:.{max(decimals_for(100.0 * width), 1)}f} %"


def vehicles(value: float, width: float = math.inf) -> str:
    """A number of vehicles, with thousands set apart and decimals only where they mean something."""
    if math.isinf(value):
        return "unbounded"
    return f"{value:,.{decimals_for(width) if abs(value) < 100 else 0}f}"


def chance_words(estimate: Estimate) -> list[str]:
    """A chance and its interval in words: one that was never, or always, met has no digits to show."""
    width = estimate.high - estimate.low
    if estimate.value == 0.0 and estimate.low == 0.0:
        return ["never", f"below {percent(estimate.high, width)}"]
    if estimate.value == 1.0 and estimate.high == 1.0:
        return ["always", f"above {percent(estimate.low, width)}"]
    return [percent(estimate.value, width), f"{percent(estimate.low, width)} to {percent(estimate.high, width)}"]


def check_target(name: str, target: object) -> None:
    """Raise ``ValueError`` unless ``target`` is a number of vehicles."""
    sound = isinstance(target, (int, float, np.number)) and not isinstance(target, bool)
    if not sound or not math.isfinite(target) or target < 0:  # type: ignore[operator, arg-type]
        raise ValueError(f"{name}: must be a number of vehicles, 0 or more; got {target!r}")


def check_share(name: str, share: object) -> None:
    """Raise ``ValueError`` unless ``share`` is a number between 0 and 1, both left out."""
    if isinstance(share, bool) or not isinstance(share, (int, float, np.number)) or not 0.0 < share < 1.0:
        raise ValueError(f"{name}: must be a number between 0 and 1, both left out; got {share!r}")
