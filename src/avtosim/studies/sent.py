"""Models that can be sent to workers: what travels is the scenario; each worker compiles it once."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, cast

import attrs

from ..declare.faults import FactError, Fault
from ..facts.scenario import Scenario
from ..plant.model import Model
from .workers import ALONE

_MEND = f"define its class at the top level of a module, without lambdas, {ALONE}"


class SentModel:
    """The model of a scenario, compiled when it is first used. It is pickled as the scenario, without sources."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @cached_property
    def model(self) -> Model:
        """The scenario made ready to be run."""
        return Model(self.scenario)

    @cached_property
    def packed(self) -> bytes:
        """The pickled scenario; raises ``FactError`` with the addresses of what cannot be pickled and read again."""
        bare = attrs.evolve(cast("Any", self.scenario), provenance={})
        if _fault_of("", bare) is None:
            return pickle.dumps(bare)
        every = (_fault_of(address, value) for address, value in self.scenario.numbers().items())
        raise FactError([fault for fault in every if fault] or [cast("Fault", _fault_of("scenario", bare))])

    def __reduce__(self) -> tuple[Callable[[bytes], SentModel], tuple[bytes]]:
        return _received, (self.packed,)


def _fault_of(address: str, value: object) -> Fault | None:
    """What is wrong with a value that cannot be pickled and read again."""
    try:
        pickle.loads(pickle.dumps(value))
    except Exception as error:  # noqa: BLE001 - a law that is not ours may raise anything
        return Fault(address, f"must be picklable to be sent to workers: {error}", value, _MEND)
    return None


def _received(packed: bytes) -> SentModel:
    return _compiled(packed, threading.get_ident())


# A study sends few scenarios at a time. Threads of a worker share no model, which may work in memory of its own.
@lru_cache(maxsize=16)
def _compiled(packed: bytes, thread: int) -> SentModel:  # noqa: ARG001 - part of what is remembered
    return SentModel(pickle.loads(packed))
