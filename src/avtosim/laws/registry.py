"""All distributions of the library by the word that a file uses for them."""

from __future__ import annotations

from .base import LawBase
from .bounded import Clipped, Truncated
from .continuous import (
    Beta,
    Exponential,
    LogNormal,
    LogNormalRange,
    Normal,
    NormalRange,
    Pert,
    ThreeQuantiles,
    Triangular,
    Uniform,
)
from .discrete import Bernoulli, Discrete, Empirical

__all__ = ["LAWS"]

LAWS: dict[str, type[LawBase]] = {
    law.kind: law
    for law in (
        Uniform,
        Triangular,
        Pert,
        Normal,
        LogNormal,
        NormalRange,
        LogNormalRange,
        ThreeQuantiles,
        Beta,
        Exponential,
        Bernoulli,
        Discrete,
        Empirical,
        Truncated,
        Clipped,
    )
}
