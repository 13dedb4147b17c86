"""Outputs of parts of the plant and of parts of the year, from what a result keeps of its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

import attrs
import numpy as np
from numpy.typing import NDArray

from .order_book import OrderBook

Floats = NDArray[np.float64]


@runtime_checkable
class PartOfOutput(Protocol):
    """A target that may count until a month, or for some part of the plant, as ``Target`` states it."""

    @property
    def volume(self) -> float:
        """The volume to reach."""

    @property
    def until(self) -> str | None:
        """The last month that counts."""

    @property
    def of(self) -> tuple[str, ...]:
        """The names whose output counts."""

    @property
    def text(self) -> str:
        """The part in words."""


@attrs.frozen
class PartialTarget:
    """A target that counts until a month, or for some part of the plant, as a result keeps it."""

    volume: float
    until: str | None
    of: tuple[str, ...]

    @property
    def text(self) -> str:
        """The part in words."""
        of = f" of {', '.join(self.of)}" if self.of else ""
        return f"vehicles{of}" + ("" if self.until is None else f" until {self.until}")


@attrs.frozen(eq=False)
class Parts:
    """What is kept of the runs by name, the names along its axes, and the vehicles of each partner, line and market."""

    record: Mapping[str, Floats]
    labels: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, Mapping[str, tuple[str, ...]]]
    _known: dict[Any, Floats] = attrs.field(factory=dict, init=False)

    def outputs(self, until: str | None, of: Any) -> Floats:
        """Output of each run until a month, of some names."""
        names = _names(of)
        last = self._month(until)
        if (last, names) not in self._known:
            self._known[last, names] = self._made(last, names)
        return self._known[last, names]

    def _month(self, until: str | None) -> int:
        months = self.labels.get("month", ())
        if until is None:
            return len(months) - 1
        if until not in months:
            span = f"{months[0]} to {months[-1]}" if months else "none is known"
            raise ValueError(f"until: must be a month of the calendar, {span}; got {until!r}")
        return months.index(until)

    def _made(self, last: int, names: tuple[str, ...]) -> Floats:
        all_year = last == len(self.labels.get("month", ())) - 1
        family = self._family(names)
        if all_year and not names:
            return self.record["annual"]
        for place, text in enumerate(self.labels.get("target", ())):
            if text in self._texts(last, names, all_year=all_year):
                return np.asarray(self.record["output"][place])
        if not names:
            return np.asarray(self._kept("by_month", "breakdown", "until")[: last + 1].sum(axis=0))
        if family == "partner" and len(names) > 1:
            self._check_once(names)
        return np.asarray(sum(self._of(name, family, last, all_year=all_year) for name in names))

    def _check_once(self, names: tuple[str, ...]) -> None:
        """Raise ``ValueError`` where a vehicle would count for two of these partners, unless they share its kits."""
        alone = [self.groups["partner"].get(name, ()) for name in names if name not in self.labels.get("source", ())]
        every = [vehicle for name in names for vehicle in self.groups["partner"].get(name, ())]
        twice = [vehicle for own in alone for vehicle in own if every.count(vehicle) > 1]
        if twice:
            rule = f"must not name several partners that send components of {twice[0]}, which would count twice"
            raise ValueError(f"of: {rule}; name the vehicles instead; got {', '.join(names)}")

    def _texts(self, last: int, names: tuple[str, ...], *, all_year: bool) -> tuple[str, ...]:
        """How a target of the scenario may say the same."""
        of = f"vehicles of {', '.join(names)}" if names else "vehicles"
        until = f"{of} until {self.labels['month'][last]}"
        return (of, until) if all_year else (until,)

    def _family(self, names: tuple[str, ...]) -> str:
        """The kind of thing that all these names are."""
        every = {"vehicle": self.labels.get("vehicle", ()), **self.groups}
        found = []
        for name in names:
            homes = [family for family, known in every.items() if name in known]
            if len(homes) != 1:
                known = ", ".join([name for members in every.values() for name in members][:12])
                rule = "must name one partner, vehicle, line or market of this result"
                raise ValueError(f"of: {rule}; got {name!r}{' of several' if homes else ''}; known: {known}")
            found += homes
        if len(set(found)) > 1:
            raise ValueError(f"of: must name things of one kind; got {', '.join(names)} ({', '.join(found)})")
        return found[0] if found else ""

    def of_partner(self, name: str) -> Floats:
        """Output of the year with kits of a partner."""
        return self._of(name, "partner", len(self.labels["month"]) - 1, all_year=True)

    def _of(self, name: str, family: str, last: int, *, all_year: bool) -> Floats:
        """Output of a vehicle, or of a partner, line or market, until a month."""
        if family == "partner" and name in self.labels.get("source", ()):
            return np.asarray(self._kept("built_by_source", "breakdown", "of")[self.labels["source"].index(name), last])
        vehicles = [name] if family == "vehicle" else self.groups[family][name]
        rows = [self.labels["vehicle"].index(vehicle) for vehicle in vehicles]
        if all_year:
            return np.asarray(self._kept("by_vehicle", "breakdown", "of")[rows].sum(axis=0))
        return np.asarray(self._kept("built", "months", "until with of")[rows, : last + 1].sum(axis=(0, 1)))

    def _kept(self, name: str, keep: str, what: str) -> Floats:
        if name not in self.record:
            kept = "annual totals only" if "by_vehicle" not in self.record else "totals by vehicle and by month"
            raise ValueError(f"{what}: this result keeps {kept}; ask for simulate(..., keep={keep!r})")
        return self.record[name]

    def order_book(self, partner: str, replicate_size: int) -> OrderBook:
        """What is called off from a partner, what arrives and what is built of it."""
        known = self.labels.get("partner", ())
        if partner not in known:
            raise ValueError(f"order_book: must name a partner; got {partner!r}; known: {', '.join(known[:12])}")
        row = known.index(partner)
        called, arrived = (
            self._kept(f"{what}_by_partner", "months", "order_book")[row] for what in ("called", "arrived")
        )
        upto = list(self._built_upto(partner))
        built = np.diff(np.array(upto), axis=0, prepend=0.0)
        return OrderBook(partner, self.labels["month"], called, arrived, built, replicate_size)

    def _built_upto(self, partner: str) -> Iterator[Floats]:
        if partner not in self.groups.get("partner", {}):
            yield from np.zeros_like(self.record["by_month"])
            return
        for month in range(len(self.labels["month"])):
            yield self._of(partner, "partner", month, all_year=False)


def _names(of: Any) -> tuple[str, ...]:
    """Names from one name or a sequence of them."""
    if of is None:
        return ()
    names = (of,) if isinstance(of, str) else tuple(of) if hasattr(of, "__iter__") else (of,)
    if not names or not all(isinstance(name, str) for name in names):
        raise ValueError(f"of: must be a name, or a sequence of names; got {of!r:.60}")
    return names
