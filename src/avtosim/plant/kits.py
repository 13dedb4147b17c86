"""Where kits come from: the accounts that hold them, and the channels by which they are sent. Names, no numbers yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs

from ..facts.vehicles import Component, Vehicle, parts_of


@attrs.frozen
class Account:
    """Kits of one component of a vehicle that one partner has a part in; all its numbers have addresses."""

    vehicle: int  # row of the vehicle
    component: str  # its name, empty for the kits of a vehicle that come whole
    partner: str
    part: float
    address: str  # of the component, or of the vehicle
    label: str
    cover: str  # address of the kit cover
    opening: str | None  # address of the opening kits, where they are stated


@attrs.frozen
class Group:
    """A component that several partners send, one of which may take over from another.

    ``channels[i][j]`` is the channel by which partner j sends kits for account i.
    """

    accounts: tuple[int, ...]
    channels: tuple[tuple[int, ...], ...]
    takeover: str  # address of the share taken over


@attrs.frozen
class Kits:
    """All accounts, in the order of their vehicles, and all channels: first one for each account, then the others."""

    accounts: tuple[Account, ...]
    #: For each channel its account and the partner that sends.
    channels: tuple[tuple[int, str], ...]
    #: For each vehicle the accounts of each of its components.
    components: tuple[tuple[tuple[int, ...], ...], ...]
    #: Components whose partners can take over from each other.
    groups: tuple[Group, ...]

    @classmethod
    def of(cls, vehicles: Sequence[Vehicle]) -> Kits:
        """The accounts and channels of these vehicles, which stand in the order of their rows."""
        accounts: list[Account] = []
        components: list[tuple[tuple[int, ...], ...]] = []
        shared: list[tuple[tuple[int, ...], str]] = []
        for row, vehicle in enumerate(vehicles):
            own: list[tuple[int, ...]] = []
            for name, component in vehicle.components.items():
                made = _accounts(row, vehicle, name, component)
                own.append(tuple(range(len(accounts), len(accounts) + len(made))))
                accounts += made
                if len(made) > 1 and component.takeover != 0.0:
                    shared.append((own[-1], f"{made[0].address}.takeover"))
            components.append(tuple(own))
        channels = [(index, account.partner) for index, account in enumerate(accounts)]
        groups = []
        for members, takeover in shared:
            places = []
            for i in members:
                places.append(
                    tuple(i if i == j else len(channels) + k - (k > members.index(i)) for k, j in enumerate(members))
                )
                channels += [(i, accounts[j].partner) for j in members if j != i]
            groups.append(Group(members, tuple(places), takeover))
        return cls(tuple(accounts), tuple(channels), tuple(components), tuple(groups))

    def of_vehicle(self, row: int) -> tuple[Account, ...]:
        """The accounts of the vehicle in a row."""
        return tuple(account for account in self.accounts if account.vehicle == row)

    @cached_property
    def plain(self) -> bool:
        """Whether each vehicle has one account and each account one channel, so that their rows are the same."""
        return all(own == ((row,),) for row, own in enumerate(self.components))

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """Partners that share a component with another."""
        found = [self.accounts[i].partner for own in self.components for part in own if len(part) > 1 for i in part]
        return tuple(dict.fromkeys(found))

    @cached_property
    def by_partner(self) -> Mapping[str, tuple[int, ...]]:
        """For each partner the channels by which it sends."""
        found: dict[str, tuple[int, ...]] = {}
        for channel, (_, partner) in enumerate(self.channels):
            found[partner] = (*found.get(partner, ()), channel)
        return found


def _accounts(row: int, vehicle: Vehicle, name: str, component: Component) -> list[Account]:
    address = f"{vehicle.address}.needs.{name}" if name else vehicle.address
    stated = vehicle.needs[name] if name else None
    own = stated if stated is not None else vehicle
    cover = f"{address if own.kit_cover is not None else vehicle.address}.kit_cover"
    opening = None if component.opening_kits is None else address if own.opening_kits is not None else vehicle.address
    parts = parts_of(component)
    found = []
    for partner, part in parts.items():
        words = [vehicle.name, *([name] if name else []), *([f"from {partner}"] if len(parts) > 1 else [])]
        label = " ".join([", ".join(words[: 1 + bool(name)]), *words[1 + bool(name) :]])
        found.append(
            Account(
                row, name, partner, part, address, label, cover, None if opening is None else f"{opening}.opening_kits"
            )
        )
    return found
