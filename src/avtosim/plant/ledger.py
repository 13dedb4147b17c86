"""The ledger: where planned output went, by what bound in each month. An account, not what would be without a cause.

Of a vehicle's month, with s scheduled, w = min(required, s) and k = min(kits after arrivals, s), buyers lack s - w and
kits s - k; what both lack is halved between them. What is built beyond s is made up. So planned, less what was lost and
with what was made up, is what was built.

What kits lack is shared over the kits that are missing. Those that were cancelled are missing until what is called off
in their place can arrive: in their month and for a lead time after it. They are split over causes by the logarithms of
the shares that each let through. Those that come late are missing until they come. What kits lack beyond all of these
was not called off: a cap on call-offs bound, or there was less to begin with.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import Term, say
from .drivers import PartnerDriver, ShockDriver
from .kits import Kits
from .multiplier import Multiplier, cut_all
from .reading import Floats, Quantity
from .schedule import VehicleDriver
from .year import Drivers, MonthDone, row_of

#: What the short ledger holds, which is kept of the first runs of a simulation.
ENTRIES = ("planned", "late launch", "demand", "kits", "line", "made up")
#: What a share of 0 weighs: what lets nothing through cancels all, whatever stands beside it.
_ALL = 1e18
_TINY, _ROUNDING = 1e-300, 1e-9


@attrs.frozen(eq=False)
class VehicleMonth:
    """What bound in a month of one vehicle, rows (runs or 1,) in a slice of runs."""

    planned: Floats
    scheduled: Floats
    required: Floats  # at most what is scheduled, as are the kits
    kits: Floats
    built: Floats
    on_hand: Sequence[Floats]  # kits of each component after arrivals

    @classmethod
    def of(
        cls, done: MonthDone, row: int, planned: Floats, components: Sequence[Sequence[int]], runs: slice
    ) -> VehicleMonth:
        """That of the vehicle in a row, whose components have these accounts; ``runs`` counts within the slice."""
        work, scheduled = done.work, cut_all(done.schedules[row].scheduled, runs)[done.month]
        built, kits = work.built[row, runs], scheduled
        # What was built has been taken off the kits of every component.
        on_hand = [sum((work.kits[account, runs] for account in accounts), built) for accounts in components]
        for hand in on_hand:
            kits = np.minimum(kits, hand)
        required = np.minimum(work.required[row, runs], scheduled)
        return cls(cut_all(planned, runs)[done.month], scheduled, required, kits, built, on_hand)

    def entries(self) -> tuple[Floats, ...]:
        """What it adds to each of ``ENTRIES``."""
        both, within = np.minimum(self.required, self.kits), np.minimum(self.built, self.scheduled)
        lost, more = self.scheduled - both, self.kits - self.required
        demand, kits = 0.5 * (lost + more), 0.5 * (lost - more)
        return self.planned, self.planned - self.scheduled, demand, kits, both - within, self.built - within


@attrs.frozen(eq=False)
class LedgerBook:
    """What the rows of a ledger stand for, and whose kits they are; no numbers."""

    causes: tuple[str, ...]
    rows: Mapping[str, int]  # of each entry, and of what kits are missing for, as ``Multiplier.parts`` names it
    kits: Kits
    channels: Sequence[Sequence[int]]  # those of each account
    order: Sequence[int]  # place of the vehicle of each row
    partners: Mapping[str, int]  # and of each partner
    months: int

    @classmethod
    def of(
        cls,
        kits: Kits,
        vehicles: Sequence[VehicleDriver],
        partners: Mapping[str, PartnerDriver],
        shocks: Sequence[ShockDriver],
        quantities: Mapping[str, Quantity],
        order: Sequence[int],
    ) -> LedgerBook:
        """The book of a plant: of all causes those that can act in it."""
        senders = [partners[name] for name in kits.by_partner]
        fed = [v.vehicle.name for v, needs in zip(vehicles, kits.components, strict=True) if needs]
        acts = {
            "late launch": any(quantities[f"{v.vehicle.address}.delay"].reach[1] > 0.0 for v in vehicles),
            "demand": True,
            "fill rate": any(quantities[f"{sender.address}.fill_rate"].reach[0] < 1.0 for sender in senders),
            "stops": any(sender.stops is not None for sender in senders),
            "leaving": any(sender.leaving is not None for sender in senders),
            **{shock.address: shock.strikes_kits([sender.name for sender in senders], fed) for shock in shocks},
            "not called off": bool(fed),
            "line": True,
            "made up": any(quantities[f"{v.vehicle.address}.flex"].reach[1] > 1.0 for v in vehicles),
        }
        acting = [cause for cause, does in acts.items() if does]
        # A shock may have the name of another cause.
        names = [one.removeprefix("shocks.") if one.startswith("shocks.") else Term(one) for one in acting]
        names = [
            say("shock {name}", name=n) if n != one and n in acts else n for n, one in zip(names, acting, strict=True)
        ]
        return cls(
            causes=tuple(
                n if one in ENTRIES else say("kits: {cause}", cause=n) for n, one in zip(names, acting, strict=True)
            ),
            rows={cause: row for row, cause in enumerate(["planned", *acting, "built"])},
            kits=kits,
            channels=[[c for c, (a, _) in enumerate(kits.channels) if a == own] for own in range(len(kits.accounts))],
            order=order,
            partners={name: place for place, name in enumerate(partners)},
            months=vehicles[0].calendar.months,
        )


class _Weights:
    """How much each factor of a multiplier weighs in what it cancels, month by month."""

    def __init__(self, multiplier: Multiplier, runs: slice) -> None:
        self._parts = list(multiplier.parts(runs))
        self._month, self._known = -1, dict[str, Floats]()

    def of(self, month: int) -> dict[str, Floats]:
        """Minus the logarithm of each factor in a month, (runs or 1,)."""
        if self._month != month:
            self._month, self._known = month, {name: _weight(row_of(share, month)) for name, share in self._parts}
        return self._known


def _weight(share: Floats) -> Floats:
    return np.where(share > 0.0, -np.log(np.maximum(share, _TINY)), _ALL)


class _Missing:
    """The kits of a channel that are missing in a slice of runs, by what they are missing for."""

    def __init__(self, drivers: Drivers, channel: int, weights: Sequence[_Weights], runs: slice) -> None:
        sender = drivers.senders[drivers.channels[channel][0]]
        self._channel, self._weights, self._lead = channel, weights, cut_all(sender.lead, runs)[0]
        delays = [(cut_all(active, runs), cut_all(by, runs)[0]) for active, by in sender.delays]
        self._delays = list(zip(sender.delaying, delays, strict=True))
        self._holds = list(zip(sender.holding, [cut_all(share, runs) for share in sender.holds], strict=True))
        #: What was cancelled in the latest months, the last one first.
        self._cancelled: deque[dict[str, Floats]] = deque(maxlen=int(self._lead.max()) + 1)
        #: What comes in each of the next months, and what comes when nothing holds it.
        self._late: deque[dict[str, Floats]] = deque(maxlen=drivers.longest_delay)
        self._late.extend({} for _ in range(drivers.longest_delay))
        self._held: dict[str, Floats] = {}

    def see(self, done: MonthDone) -> None:
        """Take in a month; months come one after another."""
        lost = done.work.coming[self._channel] - done.work.arrived[self._channel]
        every = [part for weights in self._weights for part in weights.of(done.month).items()] if lost.any() else []
        self._cancelled.appendleft(_split(lost, [(name, weight) for name, weight in every if weight.any()]))
        if self._channel in done.given.late:
            self._postpone(done)

    def kits(self) -> dict[str, Floats]:
        """What is missing in the month last seen."""
        made: dict[str, Floats] = {}
        for age, cancelled in enumerate(self._cancelled):
            _add(made, cancelled, None if self._lead.size == 1 else self._lead >= age)
        for late in (*self._late, self._held):
            _add(made, late)
        return made

    def _postpone(self, done: MonthDone) -> None:
        """Take in what fell due and comes later, and forget what came at last.

        Shocks that delay the same kits share them by the months that each adds, those that hold them by what they hold.
        """
        what, month = done.given.late[self._channel], done.month
        order = done.work.fell_due[self._channel]
        self._late.append({})
        if what.held is not None and what.freed is not None:
            kept = order * what.held
            order = order - kept
            stays = 1.0 - what.freed
            self._held = {name: held * stays for name, held in self._held.items()}
            _add(self._held, _split(kept, [(name, row_of(share, month)) for name, share in self._holds]))
        adds = [(name, row_of(active, month) * by) for name, (active, by) in self._delays]
        for months, share in enumerate(what.late[1:]):
            _add(self._late[min(months, len(self._late) - 1)], _split(order * share, adds if share.any() else []))


def _split(amount: Floats, weights: Iterable[tuple[str, Floats]]) -> dict[str, Floats]:
    """An amount split in proportion to weights; those of one name are added."""
    made: dict[str, Floats] = {}
    for name, weight in weights:
        _add(made, {name: weight})
    scale = amount / np.maximum(sum(made.values()), _TINY)
    return {name: scale * weight for name, weight in made.items()}


def _add(total: dict[str, Floats], more: Mapping[str, Floats], where: NDArray[np.bool_] | None = None) -> None:
    for name, amount in more.items():
        some = amount if where is None else amount * where
        total[name] = total[name] + some if name in total else some


class _Slice:
    """A slice of runs on its way through the months."""

    def __init__(self, book: LedgerBook, drivers: Drivers, done: MonthDone) -> None:
        self._book, self._every = book, slice(0, done.runs.stop - done.runs.start)
        self._planned = [schedule.planned() for schedule in done.schedules]
        sent = {name: _Weights(sender.supply, done.runs) for name, sender in drivers.senders.items()}
        self._missing = [
            _Missing(drivers, channel, (sent[sender], _Weights(struck, done.runs)), done.runs)
            for channel, (sender, struck) in enumerate(drivers.channels)
        ]

    def month(self, done: MonthDone) -> Iterator[tuple[int, str, str | None, Floats]]:
        """What a month adds: row of the vehicle, what it is, the partner whose kits it is, and how much."""
        for missing in self._missing:
            missing.see(done)
        for row, planned in enumerate(self._planned):
            found = VehicleMonth.of(done, row, planned, self._book.kits.components[row], self._every)
            for name, amount in zip(ENTRIES, found.entries(), strict=True):
                if name != "kits":
                    yield row, name, None, -amount if name == "made up" else amount
                elif amount.any():
                    yield from ((row, *lost) for lost in self._kits(row, found, amount))
            yield row, "built", None, found.built

    def _kits(self, row: int, found: VehicleMonth, lost: Floats) -> Iterator[tuple[str, str, Floats]]:
        """What was lost to kits, by what they were missing for; the component with the fewest of them decides."""
        book, gap = self._book, found.scheduled - found.kits
        fewest = np.array([hand <= found.kits for hand in found.on_hand])
        fewest = fewest / np.maximum(fewest.sum(axis=0), 1)
        for accounts, part in zip(book.kits.components[row], fewest, strict=True):
            every = [(book.kits.channels[c][1], self._missing[c].kits()) for a in accounts for c in book.channels[a]]
            total = sum((kits for _, missing in every for kits in missing.values()), np.zeros(1))
            # A rounding is nothing that was not called off.
            most = np.where(total < (1.0 - _ROUNDING) * gap, gap, total)
            scale = lost * part / np.maximum(most, _TINY)
            for partner, missing in every:
                for name, kits in missing.items():
                    yield name, partner, scale * kits
            beyond = scale * (most - total)
            for account in accounts if beyond.any() else ():
                own = book.kits.accounts[account]
                yield "not called off", own.partner, beyond * own.part


class LedgerRecorder:
    """Writes the ledger of a block of runs, month by month.

    ``arrays`` are (rows, labels, runs) by month, by vehicle and by partner: what was planned, what each cause took
    (what was made up is negative) and what was built; by partner, what the kits of each took.
    """

    def __init__(self, book: LedgerBook, drivers: Drivers, runs: int) -> None:
        self._book, self._drivers = book, drivers
        sizes = {"month": book.months, "vehicle": len(book.order), "partner": len(book.partners)}
        self.arrays = {label: np.zeros((len(book.causes) + 2, size, runs)) for label, size in sizes.items()}
        self._slice: _Slice | None = None

    def see(self, done: MonthDone) -> None:
        """Take in a month of a slice of runs; months of a slice come one after another."""
        if done.month == 0 or self._slice is None:
            self._slice = _Slice(self._book, self._drivers, done)
        month, vehicle, partner = (self.arrays[label][..., done.runs] for label in ("month", "vehicle", "partner"))
        rows = self._book.rows
        for at, name, sender, amount in self._slice.month(done):
            if name in rows:
                month[rows[name], done.month] += amount
                vehicle[rows[name], self._book.order[at]] += amount
                if sender is not None:
                    partner[rows[name], self._book.partners[sender]] += amount
