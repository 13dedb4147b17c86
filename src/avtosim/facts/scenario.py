"""The scenario: all facts of a plant's year in one frozen tree, with an address for every number in it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import attrs

from ..declare.containers import NO_MEMBERS, NO_ROW, FrozenMap, Members, Row
from ..declare.faults import FactError, Fault, nearest
from ..declare.fields import Fact, describe, fact, quantity, spec_of, stated
from ..declare.rules import NONNEGATIVE, support_of
from ..upward import upward
from .addresses import look_up, replaced, walk
from .entities import Calendar, Factor, Line, Market, Partner, Provenance, Shock, Vehicle
from .register import Register

__all__ = ["FAMILIES", "Scenario", "cross_faults", "reference_faults"]


def _provenance(value: object) -> object:
    return FrozenMap(value) if isinstance(value, Mapping) else value


@fact
class Scenario(Fact):
    """What is stated about a plant's year. Frozen: a changed one is made with ``replace``.

    Raises ``FactError``, with all faults together, when facts contradict each other: a name used twice or not known,
    an elasticity to a factor that does not exist, market shares above 1 in sum, no vehicle at all.
    """

    kind: ClassVar[str] = "scenario"
    name: Annotated[str, stated("title of the scenario")]
    description: Annotated[str, stated("what it stands for, in a sentence or two")] = ""
    targets: Annotated[Row, quantity(NONNEGATIVE, "vehicles per year", "annual volumes to judge the year by")] = NO_ROW
    calendar: Annotated[Calendar, stated("working days")]
    lines: Annotated[Members[Line], stated("lines of the plant")]
    partners: Annotated[Members[Partner], stated("car makers that deliver kits")]
    markets: Annotated[Members[Market], stated("where vehicles are sold")]
    vehicles: Annotated[Members[Vehicle], stated("models that are built")]
    factors: Annotated[Members[Factor], stated("what moves demand from outside")] = NO_MEMBERS
    shocks: Annotated[Members[Shock], stated("events that reduce supply, demand or speed for a time")] = NO_MEMBERS
    provenance: Mapping[str, Provenance] = attrs.field(default=FrozenMap(), converter=_provenance)

    def __repr__(self) -> str:
        counts = {kind: len(getattr(self, kind)) for kind in FAMILIES} | {"months": self.calendar.months}
        held = [f"{n} {kind if n > 1 else kind.removesuffix('s')}" for kind, n in counts.items() if n]
        return f"<Scenario {self.name!r}: {', '.join(held)}>"

    @property
    def address(self) -> str:
        """The scenario is the root: its fields' addresses have no head."""
        return ""

    def _across(self) -> Iterator[Fault]:
        families = {f: getattr(self, f) for f in FAMILIES}
        yield from cross_faults({f: [fact.name for fact in facts] for f, facts in families.items()}, families)
        yield from _provenance_faults(self)

    def __getitem__(self, address: str) -> Any:
        """The number, law or fact at ``address``, such as ``partners.BAIC.fill_rate``.

        Raises ``FactError`` with the nearest known name when there is nothing at that address.
        """
        return look_up(self, address)

    def replace(self, changes: Mapping[str, object]) -> Scenario:
        """A new scenario with the values at these addresses changed, checked again as a whole.

        The source of a number that was changed is dropped: it no longer speaks for it. Raises ``FactError`` with all
        faults together; this scenario stays as it is.
        """
        given: object = changes
        if not isinstance(given, Mapping):
            raise FactError([Fault("replace", "takes a table from addresses to values", given)])
        kept = {
            address: said
            for address, said in self.provenance.items()
            if not any(f"{address}.".startswith(f"{c}.") or f"{c}.".startswith(f"{address}.") for c in changes)
        }
        here: Any = self  # mypy takes declared classes for dataclasses, which attrs.evolve refuses
        bare: Scenario = attrs.evolve(here, provenance=kept)
        return replaced(bare, changes)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the scenario to a TOML file, whole or not at all; ``load`` gives back an equal one.

        Raises ``FactError`` when the scenario holds a law that has no words in a file, ``OSError`` when the file can't
        be written; either way what stood there before still stands.
        """
        upward("Scenario.save")(self, path)

    def to_toml(self) -> str:
        """The scenario as TOML text; ``loads`` gives back an equal one.

        Raises ``FactError`` when it holds a law of another library: a file is data, so only the library's laws have
        words.
        """
        return str(upward("Scenario.to_toml")(self))

    def numbers(self) -> dict[str, Any]:
        """Every quantity of the tree by address, defaults included, in the order of the declarations."""
        return {leaf.address: leaf.value for leaf in walk(self)}

    def assumptions(self) -> Register:
        """The register of assumptions: each stated number's value, source, date and note, and which have none."""
        return Register.of(walk(self), self.provenance, title=self.name)


FAMILIES = tuple(a for a, field in describe(Scenario).items() if spec_of(field).role == "family")


def cross_faults(names: Mapping[str, Sequence[str]], families: Mapping[str, Sequence[Any]]) -> Iterator[Fault]:
    """Faults that show only between facts: ``names`` are all stated ones, ``families`` those facts that are sound."""
    yield from _name_faults(names)
    for member in (member for members in families.values() for member in members):
        values = {alias: getattr(member, a.name) for alias, a in describe(type(member)).items()}
        yield from reference_faults(type(member), member.address, values, names)
    yield from _factor_order_faults(families["factors"], names["factors"])
    yield from _share_faults(names["markets"], families["vehicles"])
    twice = sorted(set(names["markets"]) & set(names["vehicles"]))
    for shock, name in ((shock, name) for name in twice for shock in families["shocks"] if name in shock.demand):
        yield Fault(f"{shock.address}.demand.{name}", "must name one fact; a market and a vehicle both have this name")


def _name_faults(names: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for kind, known in names.items():
        for name, count in Counter(known).items():
            if count > 1:
                yield Fault(f"{kind}.{name}", "a name may be used once in its family", f"{count} times")
    if not names["vehicles"]:
        yield Fault("vehicles", "must hold at least one vehicle: an empty plant builds nothing", 0)


def _share_faults(markets: Sequence[str], vehicles: Sequence[Vehicle]) -> Iterator[Fault]:
    for market in markets:
        least = sum(_least(v.market_share) for v in vehicles if v.market == market)
        if least > 1.0 + 1e-9:
            yield Fault(f"markets.{market}", "market shares of its vehicles must not exceed 1 in sum", round(least, 6))


def _least(share: Any) -> float:
    law = getattr(share, "law", share) if getattr(share, "redrawn", None) else share
    return law if isinstance(law, float) else support_of(law)[0]


def reference_faults(
    cls: type[Fact], home: str, stated: Mapping[str, Any], names: Mapping[str, Sequence[str]]
) -> Iterator[Fault]:
    """Faults of the names by which the fact at ``home`` speaks of others; ``stated`` are its fields, sound or not."""
    for alias, attribute in describe(cls).items():
        spec, value = spec_of(attribute), stated.get(alias)
        if not spec.refers_to or not isinstance(value, (str, Mapping)):
            continue
        known = [n for kind in spec.refers_to for n in names[kind]]
        word = " or ".join(kind.removesuffix("s") for kind in spec.refers_to)
        for named in [value] if isinstance(value, str) else list(value):
            if named not in known:
                place = f"{home}.{alias}" if isinstance(value, str) else f"{home}.{alias}.{named}"
                yield Fault(place, f"must name a {word} that exists", named, nearest(named, known))


def _factor_order_faults(factors: Sequence[Factor], names: Sequence[str]) -> Iterator[Fault]:
    for factor in factors:
        earlier = names[: list(names).index(factor.name)]
        for named in factor.loads:
            if named in names and named not in earlier:
                rule = "may load only on factors named before it"
                yield Fault(
                    f"{factor.address}.loads.{named}", rule, named, f"named before it: {', '.join(earlier) or 'none'}"
                )


def _provenance_faults(scenario: Scenario) -> Iterator[Fault]:
    stated: object = scenario.provenance
    if not isinstance(stated, Mapping):
        yield Fault("provenance", "must be a table from addresses to Provenance(...)", stated)
        return
    known = {leaf.address for leaf in walk(scenario)}
    for address, said in stated.items():
        if address not in known:
            yield Fault(
                f"provenance of {address}", "must belong to a number that exists", None, nearest(address, known)
            )
        if not isinstance(said, Provenance):
            yield Fault(f"provenance of {address}", "must be Provenance(...)", said)
