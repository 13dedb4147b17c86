"""One month's arithmetic: arrays in, arrays out. No chance and no names here.

Rows are vehicles (ordered so that the vehicles of a line stand together), columns are runs. A dimension of length 1 in
what is given stands for "the same in all runs".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

__all__ = ["Month", "State", "add_rows", "advance"]

Floats = NDArray[np.float64]


@attrs.frozen
class Month:
    """What a month brings, arrays (vehicles, runs or 1) unless said otherwise."""

    order_up_to: Floats  # kit position that call-offs lift to
    order_cap: Floats  # most that may be called off in the month
    schedule_ceiling: Floats  # most that the schedule lets be built: scheduled x flex
    target_stock: Floats
    supply: Sequence[Floats]  # one row (runs or 1,) a vehicle: share of the kits due that arrives
    demand: Floats  # (vehicles, runs)
    capacity: Sequence[Floats]  # one row (runs or 1,) a line


@attrs.define
class State:
    """What one month leaves to the next, and the flows of the month last worked out, all (vehicles, runs).

    ``orders[k]`` was called off k months ago; ``lead[k]`` says, as 0 or 1, for which vehicles and runs a lead time of k
    months holds (None: for all; False: for none).
    """

    kits: Floats
    on_order: Floats
    stock: Floats
    orders: list[Floats]
    lead: Sequence[Floats | Literal[False] | None]
    arrived: Floats
    required: Floats
    built: Floats
    sold: Floats
    scratch: Floats

    @classmethod
    def opening(
        cls,
        kits: Floats,
        stock: Floats,
        ordered: Sequence[Floats],
        lead: Sequence[Floats | Literal[False] | None],
        runs: int,
    ) -> State:
        """The state before the first month. Given arrays are (vehicles, runs or 1) and are copied.

        ``ordered[k]`` was called off k + 1 months before the first month's call-off.
        """
        shape = (len(kits), runs)
        orders = [np.array(np.broadcast_to(order, shape)) for order in ordered]
        on_order = np.zeros(shape)
        for age, order in enumerate(orders, 1):
            # Only orders younger than their lead time are still to arrive.
            for holds in lead[age:]:
                if holds is not False:
                    on_order += order if holds is None else order * holds
        kits, stock = (np.array(np.broadcast_to(given, shape)) for given in (kits, stock))
        spare = [np.empty(shape) for _ in range(6)]
        return cls(kits, on_order, stock, [*orders, spare[0]], lead, *spare[1:])

    @property
    def called(self) -> Floats:
        """What was called off in the month last worked out."""
        return self.orders[0]


def advance(state: State, month: Month, lines: Sequence[slice]) -> None:
    """Work out one month, changing ``state`` in place. ``lines[l]`` are the rows of the vehicles of line l."""
    _call_off(state, month)
    _arrive(state, month)
    _build(state, month, lines)
    _sell(state, month)


def add_rows(rows: Floats | Sequence[Floats], out: Floats) -> Floats:
    """Sum over the rows, one after another, so that a run's sum does not depend on how many runs stand beside it."""
    np.copyto(out, rows[0])
    for row in rows[1:]:
        out += row
    return out


def _call_off(state: State, month: Month) -> None:
    state.orders.insert(0, state.orders.pop())
    called = state.called
    np.add(state.kits, state.on_order, out=called)
    np.subtract(month.order_up_to, called, out=called)
    np.maximum(called, 0.0, out=called)
    np.minimum(called, month.order_cap, out=called)


def _arrive(state: State, month: Month) -> None:
    """Kits due arrive in part; the rest is cancelled, so all that was due leaves the order book."""
    due = _due(state)
    if due is not state.called:
        state.on_order += state.called
        state.on_order -= due
    for row, share in enumerate(month.supply):
        np.multiply(due[row], share, out=state.arrived[row])
    state.kits += state.arrived


def _due(state: State) -> Floats:
    """What was called off a lead time ago; not to be overwritten."""
    due = state.scratch
    due.fill(0.0)
    for order, holds in zip(state.orders, state.lead, strict=True):
        if holds is None:
            return order
        if holds is not False:
            np.multiply(order, holds, out=state.required)
            due += state.required
    return due


def _build(state: State, month: Month, lines: Sequence[slice]) -> None:
    required, built = state.required, state.built
    np.subtract(month.demand, state.stock, out=required)
    required += month.target_stock
    np.maximum(required, 0.0, out=required)
    np.minimum(required, month.schedule_ceiling, out=required)
    np.minimum(required, state.kits, out=built)
    for rows, capacity in zip(lines, month.capacity, strict=True):
        if rows.start == rows.stop:
            continue
        most = add_rows(built[rows], state.scratch[0])
        if (most <= capacity).all():
            continue
        # Where the line can take all, the ratio is exactly 1; where it stands still, 0.
        np.maximum(most, capacity, out=most)
        np.maximum(most, _LEAST, out=most)
        np.divide(capacity, most, out=most)
        built[rows] *= most
    state.kits -= built


_LEAST = 1e-300


def _sell(state: State, month: Month) -> None:
    state.stock += state.built
    np.minimum(state.stock, month.demand, out=state.sold)
    state.stock -= state.sold
