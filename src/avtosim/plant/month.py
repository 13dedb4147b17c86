"""One month's arithmetic: arrays in, arrays out. No chance and no names here.

Rows are vehicles (ordered so that the vehicles of a line stand together), columns are runs. A dimension of length 1 in
what is given stands for "the same in all runs".
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: For lead times of 0, 1, ... months the rows of vehicles that may have it, and in which runs they do, as 0 or 1, an
#: array (rows, runs); None: in all runs.
LeadTimes = Sequence[Sequence[tuple[slice, Floats | None]]]


@attrs.frozen(eq=False)
class Month:
    """What a month brings, arrays (vehicles, runs or 1) unless another shape is given."""

    order_up_to: Floats  # kit position that call-offs lift to
    order_cap: Floats  # most that may be called off in the month
    schedule_ceiling: Floats  # most that the schedule lets be built: scheduled x flex
    target_stock: Floats | None  # None: none is wanted
    supply: Sequence[Floats]  # one row (runs or 1,) a vehicle: share of the kits due that arrives
    demand: Floats
    capacity: Sequence[Floats]  # one row (runs or 1,) a line


@attrs.frozen(eq=False)
class State:
    """What one month leaves to the next, arrays (vehicles, runs): it can be taken, stated and gone on from.

    ``due[k]`` are the kits on order that fall due k months after the coming month; ``on_order`` is their sum as it was
    added up from month to month, so that going on from a state gives the bits of never having stopped.
    """

    kits: Floats
    stock: Floats
    due: tuple[Floats, ...]
    on_order: Floats

    def copy(self) -> State:
        """The same state in arrays of its own."""
        due = tuple(order.copy() for order in self.due)
        return State(self.kits.copy(), self.stock.copy(), due, self.on_order.copy())


class Work:
    """A state being worked on, whose arrays are overwritten, and the flows of the month last worked out.

    All are arrays (vehicles, runs).
    """

    def __init__(self, state: State) -> None:
        self.kits, self.stock, self.on_order = state.kits, state.stock, state.on_order
        # One more than in the state: what is called off in a month may fall due a whole longest lead time after it.
        self.due = [*state.due, np.zeros_like(self.kits)]
        #: Whether no run has any stock, so far as that is known.
        self.sold_out = not self.stock.any()
        spare = [np.empty_like(self.kits) for _ in range(6)]
        self.called, self.arrived, self.required, self.built, self.sold, self.scratch = spare

    def state(self) -> State:
        """The state after the month last worked out, as a copy."""
        return State(self.kits, self.stock, tuple(self.due[:-1]), self.on_order).copy()


def advance(work: Work, month: Month, lead_times: LeadTimes, lines: Sequence[slice]) -> None:
    """Work out one month, changing ``work`` in place. ``lines[l]`` are the rows of the vehicles of line l."""
    _call_off(work, month, lead_times)
    _arrive(work, month)
    _build(work, month, lines)
    _sell(work, month)


def add_rows(rows: Floats | Sequence[Floats], out: Floats) -> Floats:
    """Sum over the rows, one after another, so that a run's sum does not depend on how many runs stand beside it."""
    np.copyto(out, rows[0])
    for row in rows[1:]:
        out += row
    return out


def _call_off(work: Work, month: Month, lead_times: LeadTimes) -> None:
    """Lift the kits on hand and on order to the order-up-to level; what is called off falls due a lead time later."""
    called, at_once = work.called, len(lead_times) == 1
    if at_once:
        # Nothing is ever on order from one month to the next.
        np.subtract(month.order_up_to, work.kits, out=called)
    else:
        np.add(work.kits, work.on_order, out=called)
        np.subtract(month.order_up_to, called, out=called)
    _keep_between_0_and(month.order_cap, called)
    if at_once:
        return
    work.on_order += called
    for due, parts in zip(work.due, lead_times, strict=True):
        for rows, holds in parts:
            due[rows] += called[rows] if holds is None else np.multiply(called[rows], holds, out=work.scratch[rows])


def _keep_between_0_and(most: Floats, numbers: Floats) -> None:
    """Change numbers in place; one pass over them costs less than two where the bound is the same in all runs."""
    if most.shape[1] == 1:
        np.clip(numbers, 0.0, most, out=numbers)
    else:
        np.maximum(numbers, 0.0, out=numbers)
        np.minimum(numbers, most, out=numbers)


def _arrive(work: Work, month: Month) -> None:
    """Kits due arrive in part; the rest is cancelled, so all that was due leaves the order book."""
    at_once = len(work.due) == 1
    due = work.called if at_once else work.due.pop(0)
    for row, share in enumerate(month.supply):
        np.multiply(due[row], share, out=work.arrived[row])
    work.kits += work.arrived
    if not at_once:
        work.on_order -= due
        due.fill(0.0)
        work.due.append(due)


def _build(work: Work, month: Month, lines: Sequence[slice]) -> None:
    required, built = work.required, work.built
    work.sold_out = work.sold_out and _all_would_be_sold(month)
    if work.sold_out:
        np.copyto(required, month.schedule_ceiling)
    else:
        np.subtract(month.demand, work.stock, out=required)
        if month.target_stock is not None:
            required += month.target_stock
        _keep_between_0_and(month.schedule_ceiling, required)
    np.minimum(required, work.kits, out=built)
    for rows, capacity in zip(lines, month.capacity, strict=True):
        if rows.start == rows.stop or _never_binds(month.schedule_ceiling[rows], capacity):
            continue
        most = add_rows(built[rows], work.scratch[0])
        # What is not a number is not less either.
        short = np.flatnonzero(~(most <= capacity))
        if short.size:
            built[rows, short] *= (capacity if capacity.size == 1 else capacity[short]) / most[short]
    work.kits -= built


def _all_would_be_sold(month: Month) -> bool:
    """Whether buyers take all that the schedule lets be built, where both are the same in all runs."""
    certain = month.demand.shape[1] == month.schedule_ceiling.shape[1] == 1
    return certain and bool((month.demand >= month.schedule_ceiling).all())


def _never_binds(ceiling: Floats, capacity: Floats) -> bool:
    """Whether a line could build all that the schedule lets be built, where that is the same in all runs."""
    return ceiling.shape[1] == 1 and bool((ceiling.sum() <= capacity).all())


def _sell(work: Work, month: Month) -> None:
    if work.sold_out:
        np.copyto(work.sold, work.built)
        return
    work.stock += work.built
    np.minimum(work.stock, month.demand, out=work.sold)
    work.stock -= work.sold
