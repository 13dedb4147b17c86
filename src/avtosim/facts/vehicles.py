"""Vehicles: of whose kits, on which line, for whom, and how many by the schedule; and what their kits are made of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, TypeAlias, cast

import attrs

from ..declare.containers import NO_TABLE, Converted, Shares
from ..declare.faults import FactError, Fault, nearest
from ..declare.fields import Fact, describe, fact, quantity, stated
from ..declare.rules import ANY, AT_LEAST_ONE, NONNEGATIVE, SHARE, Moment, Quantity
from ..laws.base import mean_faults
from ..laws.varying import Stepwise, Total
from .entities import Alternatives, Monthly

#: A volume a year: what it may be in a plan, and in orders.
Planned: TypeAlias = Quantity | Stepwise | Total | Sequence[float]
Ordered: TypeAlias = Quantity | Stepwise

_PARTS = "part of each partner in the kits; one may be 'rest'"
_TAKEOVER = "share of a silent partner's part that the others take over"
_BACKORDER = "share of unmet demand that waits; if not stated, all of a customer's orders and none of a market's demand"
_END = "end of production, which a delay of the start does not move"
_OPENING_KITS = "kits on hand at the start; if not stated, those of a running vehicle's kit cover"
_OPENING_STOCK = "finished vehicles at the start; if not stated, those of a running vehicle's stock cover"
#: What parts may miss 1 by in sum.
_ROUNDING = 1e-9


def _source_faults(fact: Component | Vehicle) -> Iterator[Fault]:
    """Faults of the partner or partners that send a component."""
    shares: Any = fact.partners
    if not shares:
        if fact.takeover != 0.0:
            yield Fault(f"{fact.address}.takeover", "must have a second partner, which takes over", fact.takeover)
        return
    numbers = [share for share in shares.values() if isinstance(share, float)]
    rest, total = len(shares) - len(numbers), math.fsum(numbers)
    if rest > 1:
        yield Fault(f"{fact.address}.partners", "must not give the rest to more than one partner", dict(shares))
    elif (rest and total > 1.0 + _ROUNDING) or (not rest and abs(total - 1.0) > _ROUNDING):
        rule = "must be parts that sum to 1, of which one may be 'rest'"
        yield Fault(f"{fact.address}.partners", rule, dict(shares), f"they sum to {total:g}")
    elif len(shares) == 1 and fact.takeover != 0.0:
        yield Fault(f"{fact.address}.takeover", "must have a second partner, which takes over", fact.takeover)


def parts_of(fact: Component | Vehicle) -> dict[str, float]:
    """The part of each partner in a component, or in the kits of a vehicle."""
    if fact.partner is not None:
        return {fact.partner: 1.0}
    stated = {name: share for name, share in fact.partners.items() if isinstance(share, float)}
    rest = max(1.0 - math.fsum(stated.values()), 0.0)
    return {name: stated.get(name, rest) for name in fact.partners}


@fact
class Component(Fact):
    """One of what a vehicle needs, such as its engine: from one partner, or from several in parts.

    Notes
    -----
    Either ``partner`` or ``partners`` is given. Where a partner sends nothing, the others take over the share
    ``takeover`` of what it would have been asked for, as far as they can.

    Examples
    --------
    >>> import avtosim
    >>> avtosim.Component(partners={"Weichai": 0.7, "Yuchai": "rest"}, takeover=0.5)
    Component(partners={'Weichai': 0.7, 'Yuchai': 'rest'}, takeover=0.5)
    """

    kind: ClassVar[str] = "component"
    alternatives: ClassVar[Alternatives] = ((("partner",), ("partners", "takeover")),)
    partner: Annotated[str | None, stated("the one partner that sends it", "partners")] = None
    partners: Annotated[Shares, quantity(SHARE, "share", _PARTS, "partners", words=("rest",))] = NO_TABLE
    takeover: Annotated[Quantity, quantity(SHARE, "share", _TAKEOVER)] = 0.0
    kit_cover: Annotated[Quantity | None, quantity(NONNEGATIVE, "months", "its own kit cover; else the vehicle's")] = (
        None
    )
    opening_kits: Annotated[Quantity | None, quantity(NONNEGATIVE, "vehicles", "on hand at the start")] = None

    @classmethod
    def made(cls, stated: Any) -> Any:
        """Make a component from what may stand for one.

        Parameters
        ----------
        stated : str, mapping or Component
            The name of its one partner, or a table of its fields.

        Returns
        -------
        Component
            The component; what stands for none is given back as it is.

        Raises
        ------
        FactError
            If the table holds a key that is no field, or a field breaks its rule.
        """
        if isinstance(stated, str):
            return cls(partner=stated)
        if not isinstance(stated, Mapping):
            return stated
        unknown = [key for key in stated if key not in describe(cls)]
        if unknown:
            raise FactError(
                [Fault(f"needs.{k}", "is not a known key", None, nearest(k, describe(cls))) for k in unknown]
            )
        return cls(**stated)

    @property
    def partner_names(self) -> tuple[str, ...]:
        """Names of the partners that send it."""
        return tuple(self.partners) if self.partner is None else (self.partner,)

    def _across(self) -> Iterator[Fault]:
        if (self.partner is None) == (not self.partners):
            given = "neither" if self.partner is None else "both"
            yield Fault(self.address, "must have a partner, or partners with their parts", given)
        else:
            yield from _source_faults(self)


#: Components by name, as they are stated and as they are held.
Needs: TypeAlias = Converted[Mapping[str, "Component | Mapping[str, Any] | str"], Mapping[str, Component]]


@fact
class Vehicle(Fact):
    """A model that is built: of whose kits, on which line, for whom, and how many by the schedule.

    Notes
    -----
    Kits come from one ``partner``, from ``partners`` in parts, or as the components that it ``needs``, one of each per
    vehicle; with none of the three it is the plant's own production, which kits never hold up. Buyers are a ``market``
    with a ``market_share``, or a customer with ``orders``.

    Production starts at ``start + delay`` (0 or less: it is running already), rises linearly over ``ramp_up`` and stops
    at ``end``. The schedule of a month is ``plan`` spread over the year's working days, times the ramp; a month builds
    at most ``flex`` times that. A plan may also be a ``Total`` within the calendar, or a row of monthly volumes.
    ``kit_cover`` comes on top of the kits that the month itself and the lead time need.

    Examples
    --------
    >>> import avtosim
    >>> vehicle = avtosim.Vehicle(name="V", partner="P", line="L", market="M", plan=12_000, market_share=0.02)
    >>> vehicle.flex
    1.0
    >>> truck = avtosim.Vehicle(name="T", needs={"Cab": "P", "Engine": "Q"}, line="L", orders=6_000, end="2024-09")
    >>> truck.needs["Engine"]
    Component(partner='Q')
    """

    kind: ClassVar[str] = "vehicles"
    alternatives: ClassVar[Alternatives] = (
        (("partner",), ("partners", "takeover"), ("needs",)),
        (("market", "market_share"), ("orders",)),
    )
    name: Annotated[str, stated("name of the vehicle", role="name")]
    partner: Annotated[str | None, stated("the one partner that sends its kits", "partners")] = None
    partners: Annotated[Shares, quantity(SHARE, "share", _PARTS, "partners", words=("rest",))] = NO_TABLE
    takeover: Annotated[Quantity, quantity(SHARE, "share", _TAKEOVER)] = 0.0
    needs: Annotated[Needs, stated("components, one of each per vehicle")] = NO_TABLE
    line: Annotated[str, stated("line it is built on", "lines")]
    market: Annotated[str | None, stated("market it is sold to", "markets")] = None
    plan: Annotated[Planned | None, quantity(NONNEGATIVE, "vehicles per year", "volume scheduled for a full year")] = (
        None
    )
    flex: Annotated[Quantity, quantity(AT_LEAST_ONE, "ratio", "most a month may build, relative to its schedule")] = 1.0
    start: Annotated[Moment, quantity(ANY, "months from the start", "start of production", edge="opening")] = 0.0
    delay: Annotated[Quantity, quantity(NONNEGATIVE, "months", "delay of the start of production")] = 0.0
    ramp_up: Annotated[Quantity, quantity(NONNEGATIVE, "months", "time from zero to the full rate")] = 0.0
    end: Annotated[Moment | None, quantity(ANY, "months from the start", _END, edge="closing")] = None
    market_share: Annotated[Monthly | None, quantity(SHARE, "share", "share of its market's demand")] = None
    orders: Annotated[Ordered | None, quantity(NONNEGATIVE, "vehicles per year", "what a customer orders")] = None
    backorder: Annotated[Quantity | None, quantity(SHARE, "share", _BACKORDER)] = None
    kit_cover: Annotated[Quantity, quantity(NONNEGATIVE, "months", "target stock of kits in months of schedule")] = 0.0
    stock_cover: Annotated[Quantity, quantity(NONNEGATIVE, "months", "target stock in months of demand")] = 0.0
    opening_kits: Annotated[Quantity | None, quantity(NONNEGATIVE, "vehicles", _OPENING_KITS)] = None
    opening_stock: Annotated[Quantity | None, quantity(NONNEGATIVE, "vehicles", _OPENING_STOCK)] = None

    @property
    def components(self) -> dict[str, Component]:
        """What it needs by name; kits from a partner or from partners are one component without a name.

        A component without a kit cover or opening kits of its own has those of the vehicle.
        """
        own: dict[str, Any] = {"kit_cover": self.kit_cover, "opening_kits": self.opening_kits}
        if self.partner is not None or self.partners:
            return {"": Component(partner=self.partner, partners=self.partners, takeover=self.takeover, **own)}
        return {
            name: attrs.evolve(cast("Any", part), **{key: own[key] for key in own if getattr(part, key) is None})
            for name, part in self.needs.items()
        }

    def _across(self) -> Iterator[Fault]:
        kits = [name for name in ("partner", "partners", "needs") if getattr(self, name)]
        if len(kits) > 1:
            yield Fault(self.address, "must have one of partner, partners and needs at most", " and ".join(kits))
        if self.needs and self.takeover != 0.0:
            yield Fault(f"{self.address}.takeover", "must stand with the component that it is for", self.takeover)
        else:
            yield from _source_faults(self)
        yield from self._buyer_faults()
        yield from self._plan_faults()

    def _buyer_faults(self) -> Iterator[Fault]:
        sold = [name for name in ("market", "market_share") if getattr(self, name) is not None]
        if self.orders is not None and sold:
            yield Fault(f"{self.address}.orders", "must not stand beside a market: state who buys it once", self.orders)
        elif self.orders is None and len(sold) < 2:
            missing = (
                "market_share" if sold == ["market"] else "market" if sold else "market and market_share, or orders"
            )
            yield Fault(f"{self.address}.{missing.partition(' ')[0]}", f"must be given: who buys it ({missing})")

    def _plan_faults(self) -> Iterator[Fault]:
        if self.plan is None and self.orders is None:
            yield Fault(f"{self.address}.plan", "must be given: volume scheduled for a full year (or orders)")
        for name in ("start", "ramp_up", "end") if isinstance(self.plan, tuple) else ():
            if getattr(self, name) not in (0.0, None):
                rule = "must not stand beside a row of monthly volumes, which says itself when and how much"
                yield Fault(f"{self.address}.{name}", rule, getattr(self, name))
        for name in ("plan", "orders", "start", "ramp_up"):
            yield from mean_faults(f"{self.address}.{name}", getattr(self, name))
