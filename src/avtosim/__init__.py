"""avtosim: how many vehicles an assembly plant will really build this year, and the chance that it reaches its target.

import avtosim

june = avtosim.load("avtotor-2024-06")
print(avtosim.simulate(june, seed=1))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import version as _version

if TYPE_CHECKING:
    from .answers.comparison import Comparison, Flips
    from .answers.estimate import Estimate
    from .answers.grid import Sweep
    from .answers.parts import Parts
    from .answers.rarity import RareChance
    from .answers.result import Result
    from .answers.saved import load_result, merge
    from .chance.designs.antithetic import Antithetic
    from .chance.designs.latin_hypercube import LatinHypercube
    from .chance.designs.plain import Plain
    from .chance.designs.sobol import Sobol
    from .facts.entities import (
        Calendar,
        Factor,
        Line,
        Market,
        Partner,
        Provenance,
        Shock,
        Stops,
        Vehicle,
        Window,
    )
    from .facts.faults import FactError, Fault
    from .facts.files import bundled, from_toml, load
    from .facts.laws import (
        Bernoulli,
        Beta,
        Clipped,
        Discrete,
        Empirical,
        Exponential,
        LogNormal,
        LogNormalRange,
        Normal,
        NormalRange,
        Pert,
        ThreeQuantiles,
        Triangular,
        Truncated,
        Uniform,
        Varying,
    )
    from .facts.scenario import Scenario
    from .facts.writer import save, to_toml
    from .plant.model import Model
    from .studies.compare import compare
    from .studies.precise import Relative
    from .studies.rare import rare_chance
    from .studies.simulate import simulate
    from .studies.sweep import sweep

#: Where each public name lives; it is loaded when it is first used, so that importing avtosim stays cheap.
_HOMES = {
    "answers.comparison": ["Comparison", "Flips"],
    "answers.estimate": ["Estimate"],
    "answers.grid": ["Sweep"],
    "answers.parts": ["Parts"],
    "answers.rarity": ["RareChance"],
    "answers.result": ["Result"],
    "answers.saved": ["load_result", "merge"],
    "chance.designs.antithetic": ["Antithetic"],
    "chance.designs.latin_hypercube": ["LatinHypercube"],
    "chance.designs.plain": ["Plain"],
    "chance.designs.sobol": ["Sobol"],
    "facts.entities": [
        "Calendar",
        "Factor",
        "Line",
        "Market",
        "Partner",
        "Provenance",
        "Shock",
        "Stops",
        "Vehicle",
        "Window",
    ],
    "facts.faults": ["FactError", "Fault"],
    "facts.files": ["bundled", "from_toml", "load"],
    "facts.laws": [
        "Bernoulli",
        "Beta",
        "Clipped",
        "Discrete",
        "Empirical",
        "Exponential",
        "LogNormal",
        "LogNormalRange",
        "Normal",
        "NormalRange",
        "Pert",
        "ThreeQuantiles",
        "Triangular",
        "Truncated",
        "Uniform",
        "Varying",
    ],
    "facts.scenario": ["Scenario"],
    "facts.writer": ["save", "to_toml"],
    "plant.model": ["Model"],
    "studies.compare": ["compare"],
    "studies.precise": ["Relative"],
    "studies.rare": ["rare_chance"],
    "studies.simulate": ["simulate"],
    "studies.sweep": ["sweep"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = _version.VERSION

__all__ = [
    "Antithetic",
    "Bernoulli",
    "Beta",
    "Calendar",
    "Clipped",
    "Comparison",
    "Discrete",
    "Empirical",
    "Estimate",
    "Exponential",
    "FactError",
    "Factor",
    "Fault",
    "Flips",
    "LatinHypercube",
    "Line",
    "LogNormal",
    "LogNormalRange",
    "Market",
    "Model",
    "Normal",
    "NormalRange",
    "Partner",
    "Parts",
    "Pert",
    "Plain",
    "Provenance",
    "RareChance",
    "Relative",
    "Result",
    "Scenario",
    "Shock",
    "Sobol",
    "Stops",
    "Sweep",
    "ThreeQuantiles",
    "Triangular",
    "Truncated",
    "Uniform",
    "Varying",
    "Vehicle",
    "Window",
    "__version__",
    "bundled",
    "compare",
    "from_toml",
    "load",
    "load_result",
    "merge",
    "rare_chance",
    "save",
    "simulate",
    "sweep",
    "to_toml",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'avtosim' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
