"""The steps from what was planned to what was built, as a waterfall shows them."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ..say import say, str_of
from .estimate import Estimate, mean_estimate
from .table import Pictured, Table

Floats = NDArray[np.float64]

#: Causes that are named at most.
_MOST = 10
#: A cause that changes no run by more than this is none: it is what rounding leaves.
_NOTHING = 1e-6


class Stepped(Pictured):
    """An answer that tells how planned output came down to what was built, by causes that sum."""

    __slots__ = ()

    @property
    @abstractmethod
    def table(self) -> Table:
        """The answer as a table: planned, causes, built."""

    @property
    @abstractmethod
    def _flows(self) -> tuple[Floats, ...]:
        """Vehicles of each run in the rows of the table: planned, taken by each cause, built."""

    def steps(self, most: int = _MOST) -> tuple[tuple[str, Estimate], ...]:
        """What was planned, what each cause took (below 0) or gave, and what was built, each in words with its mean.

        Parameters
        ----------
        most : int, 2 or more, default 10
            Steps that causes take at most. Where there are more causes, the smallest are gathered in one last step.

        Returns
        -------
        tuple of (str, Estimate)
            In vehicles, means of all runs; the first and the causes sum to the last, but for rounding. Causes that
            change no run are left out.

        Raises
        ------
        ValueError
            If ``most`` is no whole number of 2 or more.

        Examples
        --------
        >>> import avtosim
        >>> found = avtosim.ledger(avtosim.load("avtotor-2024-06"), runs=500, seed=1)
        >>> [(text, round(mean.value)) for text, mean in found.steps(most=2)]
        [('planned', 70000), ('demand', -34394), ('10 smaller causes', -10530), ('built', 25076)]
        """
        if type(most) is not int or most < 2:
            raise ValueError(f"most: must be a whole number of causes, 2 or more; got {most!r:.60}")
        first, *causes, last = zip((str_of(row[0]) for row in self.table.sections[""]), self._flows, strict=True)
        acting = [(text, 0.0 - taken) for text, taken in causes if np.abs(taken).max() > _NOTHING]
        if len(acting) > most:
            smallest = sorted(acting, key=lambda cause: abs(cause[1].mean()))[: len(acting) - most + 1]
            kept = [cause for cause in acting if not any(cause is small for small in smallest)]
            together = np.asarray(sum(change for _, change in smallest))
            acting = [*kept, (say("{count} smaller causes", count=len(smallest)), together)]
        return tuple((text, mean_estimate(values, 1, 0.95, text)) for text, values in (first, *acting, last))
