"""Output in parts: by vehicle, by partner, by month."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..say import Term, say
from .estimate import Estimate, mean_estimate, quantile_estimate
from .readonly import FrozenDict, read_only
from .table import Cell, Column, Table, Tabular

Floats = NDArray[np.float64]


class Breakdown(FrozenDict, Tabular):
    """Output of every run in parts, a mapping from the name of a part to an array (runs,).

    Print it for a table of each part's mean and quantiles; ``pandas.DataFrame(breakdown)`` has a column for each part
    and a row for each run. Results make it (``result.by_vehicle``, ``result.by_partner``, ``result.by_month``). It
    cannot be changed.

    Parameters
    ----------
    what : str
        What the parts are: "vehicle", "partner" or "month".
    names : tuple of str
        Names of the parts.
    array : array of float, shape (parts, runs), vehicles
        Output of each part in each run; read-only.
    replicate_size : int, default 1
        Consecutive runs that belong together; replicates are independent of each other.

    Examples
    --------
    >>> import avtosim
    >>> result = avtosim.simulate(avtosim.load("avtotor-2024-06"), runs=2000, seed=1)
    >>> result.by_partner["BAIC"].shape
    (2000,)
    >>> print(result.by_partner.mean("BAIC"))
    mean output, BAIC: 7,175, 95 % interval 6,963 to 7,388
    """

    def __init__(self, what: str, names: tuple[str, ...], array: Floats, replicate_size: int = 1) -> None:
        self.what, self.names, self.array = what, tuple(names), read_only(array)
        self.replicate_size = replicate_size
        self._ordered: dict[str, Floats] = {}
        super().__init__(zip(self.names, self.array, strict=True))

    # A mapping would compare the arrays of two breakdowns, which has no one answer.
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __missing__(self, name: object) -> Floats:
        raise KeyError(f"{name!r} is not a {self.what} of this result; known: {', '.join(self.names)}")

    def __reduce__(self) -> tuple[Any, ...]:
        return Breakdown, (self.what, self.names, self.array, self.replicate_size)

    def mean(self, name: str, *, confidence: float = 0.95) -> Estimate:
        """Mean output of one part.

        Parameters
        ----------
        name : str
            Name of the part.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        KeyError
            If there is no part of this name.
        ValueError
            If ``confidence`` is not a number strictly between 0 and 1.
        """
        return mean_estimate(self[name], self.replicate_size, confidence, say("mean output, {name}", name=name))

    def quantile(self, name: str, share: float, *, confidence: float = 0.95) -> Estimate:
        """Smallest output of one part that at least a share of the runs do not exceed.

        Parameters
        ----------
        name : str
            Name of the part.
        share : float, strictly between 0 and 1
            Share of the runs; 0.1 is the value that one run in ten falls short of.
        confidence : float, strictly between 0 and 1, default 0.95
            Confidence of the interval.

        Returns
        -------
        Estimate
            In vehicles.

        Raises
        ------
        KeyError
            If there is no part of this name.
        ValueError
            If ``share`` or ``confidence`` is not a number strictly between 0 and 1.
        """
        values = self[name]
        if name not in self._ordered:
            self._ordered[name] = np.sort(values)
        return quantile_estimate(
            values, share, self.replicate_size, confidence, say(", {name}", name=name), ordered=self._ordered[name]
        )

    @property
    def table(self) -> Table:
        """Mean with its error and three quantiles of each part, as a table."""
        rows: list[tuple[Cell, ...]] = []
        for name in self.names:
            mean = self.mean(name)
            rows.append((name, mean, mean, *(self.quantile(name, share) for share in (0.1, 0.5, 0.9))))
        quantiles = (Column(f"P{p}", "value") for p in (10, 50, 90))
        columns = (Column(Term(self.what)), Column(say("mean"), "value"), Column("95 %", "error"), *quantiles)
        return Table(columns, {"": rows})

    def __repr__(self) -> str:
        return f"<Breakdown by {self.what}: {', '.join(self.names)}; {self.array.shape[1]:,} runs>"
