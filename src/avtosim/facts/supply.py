"""What belongs to supply: the numbers and events that decide whether kits come."""

from __future__ import annotations

from collections.abc import Callable

from ..declare.containers import NO_TABLE
from .scenario import Scenario


def of_supply(scenario: Scenario) -> Callable[[str], bool]:
    """A function that says whether an address belongs to supply.

    These do: all numbers of partners; of a shock that strikes supply, delays or holds kits, all but what it does to
    demand and speed; and quantities that nothing else follows.
    """
    strikes = {s.name for s in scenario.shocks if s.holds or s.supply != NO_TABLE or s.delay != NO_TABLE}
    following = {
        name: [address for address, value in scenario.numbers().items() if name in getattr(value, "uses", ())]
        for name in scenario.quantities
    }

    def belongs(address: str) -> bool:
        family, name, *rest = address.split(".")
        if family == "quantities":
            return all(map(belongs, following[name]))
        return family == "partners" or (
            name in strikes and family == "shocks" and rest[:1] not in (["demand"], ["speed"])
        )

    return belongs
