"""One month's arithmetic: arrays in, arrays out. No chance and no names here.

Rows are vehicles (ordered so that the vehicles of a line stand together), accounts of kits and channels by which kits
are sent (``kits.Kits`` says which belong together); columns are runs. A dimension of length 1 in what is given stands
for "the same in all runs".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: For lead times of 0, 1, ... months the rows of channels that may have it, and in which runs they do, as 0 or 1, an
#: array (rows, runs); None: in all runs.
LeadTimes = Sequence[Sequence[tuple[slice, Floats | None]]]


@attrs.frozen(eq=False)
class Idle:
    """How partners stand in for each other in a month, for a component that several of them send."""

    accounts: tuple[int, ...]
    channels: tuple[tuple[int, ...], ...]  # channels[i][j]: by which partner j sends for account i
    parts: tuple[float, ...]
    takeover: Floats  # (runs or 1,)
    idle: Sequence[Floats]  # one row (runs or 1,) a partner: share of last month in which it sent nothing


@attrs.frozen(eq=False)
class Lateness:
    """What delays and holds do to the kits of a channel that fall due in a month; rows (runs or 1,)."""

    late: Sequence[Floats]  # shares that come in this month, in the next one, and so on; they sum to 1
    held: Floats | None  # share held back before that; None where nothing holds this channel
    freed: Floats | None  # 1 where what was held comes, as nothing holds it through the whole month


@attrs.frozen(eq=False)
class Month:
    """What a month brings, arrays (rows, runs or 1) unless another shape is given."""

    order_up_to: Floats  # of each account: kit position that call-offs lift to
    order_cap: Floats  # of each account: most that may be called off in the month from its partner for this component
    schedule_ceiling: Floats  # most that the schedule lets be built: scheduled x flex
    target_stock: Floats | None  # None: none is wanted
    supply: Sequence[Floats]  # one row (runs or 1,) a channel: share of the kits coming that arrives
    demand: Floats  # new in this month
    capacity: Sequence[Floats]  # one row (runs or 1,) a line
    backorder: Sequence[Floats] | None = None  # one row (runs or 1,) a vehicle: share of unmet demand that waits
    room: Sequence[Floats] | None = None  # flex - 1 of each vehicle, where demand may wait; rows (runs or 1,)
    idle: Sequence[Idle] = ()
    late: Mapping[int, Lateness] = attrs.field(factory=dict)  # by channel, where kits can be late or held


@attrs.frozen(eq=False)
class State:
    """What one month leaves to the next: it can be taken, stated and gone on from.

    ``kits`` and ``on_order`` are (accounts, runs), ``stock`` and ``waiting`` (vehicles, runs). ``due[k]`` are the kits
    on order that fall due k months after the coming month, (channels, runs); ``late[k]`` those that fell due and come
    then, ``held`` those that come when nothing holds them, (channels, runs) or empty. ``on_order`` is the sum of these
    as it was added up from month to month, so that going on from a state gives the bits of never having stopped.
    """

    kits: Floats
    stock: Floats
    waiting: Floats
    due: tuple[Floats, ...]
    on_order: Floats
    late: tuple[Floats, ...] = ()
    held: Floats | None = None

    def copy(self) -> State:
        """The same state in arrays of its own."""
        due, late = (tuple(order.copy() for order in orders) for orders in (self.due, self.late))
        held = None if self.held is None else self.held.copy()
        return State(self.kits.copy(), self.stock.copy(), self.waiting.copy(), due, self.on_order.copy(), late, held)


@attrs.frozen(eq=False)
class Layout:
    """Which rows belong together."""

    lines: Sequence[slice]  # the rows of the vehicles of each line
    account_of: tuple[int, ...]  # the account of each channel
    vehicle_of: tuple[int, ...]  # the vehicle of each account
    parts: tuple[float, ...]  # the part of each account
    components: tuple[tuple[tuple[int, ...], ...], ...]  # of each vehicle: the accounts of each component
    plain: bool  # whether rows of vehicles, accounts and channels are the same
    waits: bool  # whether unmet demand may wait


class Work:
    """A state being worked on, whose arrays are overwritten, and the flows of the month last worked out.

    Flows are (vehicles, runs), but ``called`` (accounts, runs), and ``ordered`` and ``arrived`` (channels, runs).
    """

    def __init__(self, state: State, channels: int) -> None:
        self.kits, self.stock, self.on_order = state.kits, state.stock, state.on_order
        self.waiting, self.held = state.waiting, state.held
        accounts, runs = self.kits.shape
        # One more than in the state: what is called off in a month may fall due a whole longest lead time after it.
        self.due = [*state.due, np.zeros((channels, runs))]
        self.late = list(state.late)
        #: Whether no run has any stock, so far as that is known.
        self.sold_out = not self.stock.any()
        self.called = np.empty_like(self.kits)
        #: What is called off by each channel; where accounts have one each it is what they call off.
        self.ordered = self.called if accounts == channels else np.empty((channels, runs))
        self.arrived = np.empty((channels, runs))
        #: Kits that come in the month, before some are cancelled; and what fell due in it, where kits may be late.
        self.coming = self.fell_due = self.ordered
        self.required, self.built, self.sold = (np.empty_like(self.stock) for _ in range(3))
        self.scratch = np.empty((max(channels, len(self.stock), 1), runs))

    def state(self) -> State:
        """The state after the month last worked out, as a copy."""
        due, late = tuple(self.due[:-1]), tuple(self.late)
        return State(self.kits, self.stock, self.waiting, due, self.on_order, late, self.held).copy()


def advance(work: Work, month: Month, lead_times: LeadTimes, layout: Layout) -> None:
    """Work out one month, changing ``work`` in place."""
    at_once = len(lead_times) == 1 and not work.late and work.held is None
    _call_off(work, month, layout, at_once=at_once)
    _order(work, lead_times, at_once=at_once)
    _arrive(work, month, layout, at_once=at_once)
    _build(work, month, layout)
    _sell(work, month, layout)


def add_rows(rows: Floats | Sequence[Floats], out: Floats) -> Floats:
    """Sum over the rows, one after another, so that a run's sum does not depend on how many runs stand beside it."""
    np.copyto(out, rows[0])
    for row in rows[1:]:
        out += row
    return out


def _call_off(work: Work, month: Month, layout: Layout, *, at_once: bool) -> None:
    """Lift the kits on hand and on order to the order-up-to level."""
    called = work.called
    if at_once:
        # Nothing is ever on order from one month to the next.
        np.subtract(month.order_up_to, work.kits, out=called)
    else:
        np.add(work.kits, work.on_order, out=called)
        np.subtract(month.order_up_to, called, out=called)
    if layout.waits:
        _call_for_waiting(work, month, layout)
    if not month.idle:
        _keep_between_0_and(month.order_cap, called)
        if work.ordered is not called:
            work.ordered[: len(called)] = called
            work.ordered[len(called) :] = 0.0
        return
    np.maximum(called, 0.0, out=called)
    work.ordered[: len(called)] = called
    work.ordered[len(called) :] = 0.0
    grouped = {account for group in month.idle for account in group.accounts}
    for account in range(len(called)):
        if account not in grouped:
            np.minimum(called[account], month.order_cap[account], out=called[account])
            work.ordered[account] = called[account]
    for group in month.idle:
        _take_over(work, month, group)


def _call_for_waiting(work: Work, month: Month, layout: Layout) -> None:
    """Raise what is called off by what waits, as far as flex lets it be built with the kits called off for."""
    assert month.room is not None
    for account, vehicle in enumerate(layout.vehicle_of):
        more = np.multiply(month.order_up_to[account], month.room[vehicle])
        work.called[account] += np.minimum(layout.parts[account] * work.waiting[vehicle], more)


def _take_over(work: Work, month: Month, group: Idle) -> None:
    """Share what accounts of a component call off between their own partners and those that stand in for idle ones.

    What a partner is asked for in all is cut to its cap, each order in proportion.
    """
    at_work = [part * (1.0 - idle) for part, idle in zip(group.parts, group.idle, strict=True)]
    for i, account in enumerate(group.accounts):
        others = sum(share for j, share in enumerate(at_work) if j != i)
        # Where all others are idle nobody takes over.
        moved = group.takeover * group.idle[i] * (others > 0.0)
        moved = work.called[account] * moved
        for j, channel in enumerate(group.channels[i]):
            if j != i:
                work.ordered[channel] = moved * (at_work[j] / np.maximum(others, 1e-300))
        work.ordered[account] -= moved
    for j, account in enumerate(group.accounts):
        asked = [work.ordered[channels[j]] for channels in group.channels]
        total = add_rows(asked, work.scratch[0])
        np.divide(month.order_cap[account], np.maximum(total, 1e-300), out=total)
        np.minimum(total, 1.0, out=total)
        for order in asked:
            np.multiply(order, total, out=order)
    for i, account in enumerate(group.accounts):
        add_rows([work.ordered[channel] for channel in group.channels[i]], work.called[account])


def _keep_between_0_and(most: Floats, numbers: Floats) -> None:
    """Change numbers in place; one pass over them costs less than two where the bound is the same in all runs."""
    if most.shape[1] == 1:
        np.clip(numbers, 0.0, most, out=numbers)
    else:
        np.maximum(numbers, 0.0, out=numbers)
        np.minimum(numbers, most, out=numbers)


def _order(work: Work, lead_times: LeadTimes, *, at_once: bool) -> None:
    """What is called off falls due a lead time later."""
    if at_once:
        return
    work.on_order += work.called
    # It came in the month before, and is not needed any more.
    work.due[-1].fill(0.0)
    for due, parts in zip(work.due, lead_times, strict=True):
        for rows, holds in parts:
            some = work.ordered[rows]
            due[rows] += some if holds is None else np.multiply(some, holds, out=work.scratch[rows])


def _arrive(work: Work, month: Month, layout: Layout, *, at_once: bool) -> None:
    """Kits that come arrive in part; the rest is cancelled, so all that comes leaves the order book."""
    due = work.ordered if at_once else work.due.pop(0)
    if month.late or work.late or work.held is not None:
        work.fell_due = due.copy()
        _postpone(work, month, due)
    work.coming = due
    for row, share in enumerate(month.supply):
        np.multiply(due[row], share, out=work.arrived[row])
    own = len(work.kits)
    work.kits += work.arrived[:own]
    for channel in range(own, len(layout.account_of)):
        work.kits[layout.account_of[channel]] += work.arrived[channel]
    if not at_once:
        work.on_order -= due[:own]
        for channel in range(own, len(layout.account_of)):
            work.on_order[layout.account_of[channel]] -= due[channel]
        work.due.append(due)


def _postpone(work: Work, month: Month, due: Floats) -> None:
    """Change what falls due in a month to what comes in it; the rest comes in a later one, or when it is freed."""
    now = work.late.pop(0) if work.late else None
    if now is not None:
        work.late.append(np.zeros_like(now))
    for channel, what in month.late.items():
        order = due[channel]
        kept = None if what.held is None else order * what.held
        if kept is not None:
            order -= kept
        for months, share in enumerate(what.late[1:]):
            work.late[min(months, len(work.late) - 1)][channel] += order * share
        order *= what.late[0]
        if kept is not None:
            assert work.held is not None
            freed = work.held[channel] * what.freed
            order += freed
            work.held[channel] += kept - freed
    if now is not None:
        due += now


def _build(work: Work, month: Month, layout: Layout) -> None:
    required, built = work.required, work.built
    work.sold_out = work.sold_out and not layout.waits and _all_would_be_sold(month)
    if work.sold_out:
        np.copyto(required, month.schedule_ceiling)
    else:
        np.subtract(month.demand, work.stock, out=required)
        if layout.waits:
            required += work.waiting
        if month.target_stock is not None:
            required += month.target_stock
        _keep_between_0_and(month.schedule_ceiling, required)
    if layout.plain:
        np.minimum(required, work.kits, out=built)
    else:
        _keep_to_kits(work, layout)
    for rows, capacity in zip(layout.lines, month.capacity, strict=True):
        if rows.start == rows.stop or _never_binds(month.schedule_ceiling[rows], capacity):
            continue
        most = add_rows(built[rows], work.scratch[0])
        # What is not a number is not less either.
        short = np.flatnonzero(~(most <= capacity))
        if short.size:
            built[rows, short] *= (capacity if capacity.size == 1 else capacity[short]) / most[short]
    if layout.plain:
        work.kits -= built
    else:
        _use_kits(work, layout)


def _keep_to_kits(work: Work, layout: Layout) -> None:
    """What is required, as far as there are kits of every component."""
    np.copyto(work.built, work.required)
    for built, components in zip(work.built, layout.components, strict=True):
        for accounts in components:
            rows = [work.kits[account] for account in accounts]
            np.minimum(built, rows[0] if len(rows) == 1 else add_rows(rows, work.scratch[0]), out=built)


def _use_kits(work: Work, layout: Layout) -> None:
    """Take the kits of what was built: of each account its part, and what it lacks in proportion to what is left."""
    for built, components in zip(work.built, layout.components, strict=True):
        for accounts in components:
            rows = [work.kits[account] for account in accounts]
            if len(rows) == 1:
                rows[0] -= built
                continue
            lacking = built.copy()
            for account, row in zip(accounts, rows, strict=True):
                taken = np.minimum(layout.parts[account] * built, row)
                np.subtract(row, taken, out=row)
                lacking -= taken
            np.maximum(lacking, 0.0, out=lacking)
            left = add_rows(rows, work.scratch[0])
            # Rounding takes no more than there is.
            lacking /= np.maximum(left, 1e-300)
            np.minimum(lacking, 1.0, out=lacking)
            for row in rows:
                np.subtract(row, lacking * row, out=row)


def _all_would_be_sold(month: Month) -> bool:
    """Whether buyers take all that the schedule lets be built, where both are the same in all runs."""
    certain = month.demand.shape[1] == month.schedule_ceiling.shape[1] == 1
    return certain and bool((month.demand >= month.schedule_ceiling).all())


def _never_binds(ceiling: Floats, capacity: Floats) -> bool:
    """Whether a line could build all that the schedule lets be built, where that is the same in all runs."""
    return ceiling.shape[1] == 1 and bool((ceiling.sum() <= capacity).all())


def _sell(work: Work, month: Month, layout: Layout) -> None:
    if work.sold_out:
        np.copyto(work.sold, work.built)
        return
    work.stock += work.built
    if not layout.waits:
        np.minimum(work.stock, month.demand, out=work.sold)
        work.stock -= work.sold
        return
    assert month.backorder is not None
    work.waiting += month.demand
    np.minimum(work.stock, work.waiting, out=work.sold)
    work.stock -= work.sold
    work.waiting -= work.sold
    for waiting, share in zip(work.waiting, month.backorder, strict=True):
        np.multiply(waiting, share, out=waiting)
