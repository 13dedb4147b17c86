"""A small sound plant, as Python facts and as tables of a file, and TOML text for any table."""

from __future__ import annotations

import json
import re
from typing import Any

import avtosim as av

__all__ = ["SOUND", "Raw", "document", "long_text", "plant", "text_of", "toml"]

#: Sound arguments of every fact, by class.
SOUND: dict[str, dict[str, Any]] = {
    "Calendar": {"first_month": "2024-01", "working_days": [20.0] * 12},
    "Stops": {"per_year": 3.0, "duration": 0.2},
    "Window": {"start": 3.0, "duration": 2.0},
    "Line": {"name": "Main", "per_day": 10.0},
    "Partner": {"name": "BAIC"},
    "Vehicle": {
        "name": "U5 Plus",
        "partner": "BAIC",
        "line": "Main",
        "market": "Russia",
        "plan": 500.0,
        "market_share": 0.5,
    },
    "Market": {"name": "Russia", "per_year": 1000.0},
    "Component": {"partner": "BAIC"},
    "Target": {"volume": 100.0},
    "Announcement": {"low": 300.0, "high": 400.0, "stated_on": "2023-12", "programme": "mature", "last_year": 200.0},
    "Total": {"total": 500.0},
    "Named": {"name": "mood"},
    "Stepwise": {"steps": {"2024-01": 500.0}},
    "Factor": {"name": "yuan", "volatility": 0.02},
    "Shock": {"name": "Route", "stops": av.Stops(per_year=1.0, duration=0.5), "supply": {"BAIC": 0.5}},
}


def plant(**changes: Any) -> av.Scenario:
    """Give the small plant as a scenario; ``changes`` replace whole arguments of ``Scenario``."""
    made = {
        "name": "Small",
        "targets": [100.0, 400.0],
        "announced": av.Announcement(**SOUND["Announcement"]),
        "calendar": av.Calendar(**SOUND["Calendar"]),
        "lines": [av.Line(**SOUND["Line"], stops=av.Stops(per_year=3.0, duration=av.Exponential(mean=0.2)))],
        "partners": [
            av.Partner(**SOUND["Partner"], fill_rate=av.Varying(law=av.Uniform(low=0.5, high=1.0), persistence=0.5))
        ],
        "markets": [av.Market(**SOUND["Market"], elasticities={"yuan": -0.3})],
        "vehicles": [av.Vehicle(**SOUND["Vehicle"])],
        "factors": [av.Factor(**SOUND["Factor"])],
        "shocks": [av.Shock(**SOUND["Shock"])],
    }
    return av.Scenario(**{**made, **changes})


def document() -> dict[str, Any]:
    """Give the small plant as the tables of a file."""
    return {
        "name": "Small",
        "description": "A plant for tests.",
        "targets": [100, 400],
        "announced": SOUND["Announcement"],
        "quantities": {"days": 12},
        "calendar": {"first_month": "2024-01", "working_days": [20] * 12},
        "lines": {"Main": {"per_day": {"named": "days"}, "stops": {"per_year": 3, "duration": {"exponential": 0.2}}}},
        "partners": {"BAIC": {"fill_rate": 0.9}},
        "markets": {"Russia": {"per_year": 1000, "elasticities": {"yuan": -0.3}}},
        "vehicles": {
            "U5 Plus": {"partner": "BAIC", "line": "Main", "market": "Russia", "plan": 500, "market_share": 0.5}
        },
        "factors": {"yuan": {"volatility": 0.02}},
        "shocks": {
            "Route": {"stops": {"per_year": 1, "duration": 0.5}, "supply": {"BAIC": 0.5}},
            "Border": {"window": {"start": 3, "duration": 2}, "speed": {"Main": 0.5}},
        },
    }


class Raw(str):
    """TOML text that stands for itself."""

    __slots__ = ()


def toml(value: Any) -> str:
    """Give a value as TOML text, tables inline."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def text_of(tables: dict[str, Any]) -> str:
    """Give tables as the text of a file."""
    return "".join(f"{_key(key)} = {toml(value)}\n" for key, value in tables.items())


def long_text(count: int, partner: str = "BAIC") -> str:
    """Give a plant of ``count`` vehicles, which all name one partner."""
    tables = document()
    one = {**tables["vehicles"]["U5 Plus"], "partner": partner, "market_share": 0.5 / count}
    tables["vehicles"] = {f"V{at}": one for at in range(count)}
    return text_of(tables)
