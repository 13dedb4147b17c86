"""A comparison: the same luck played under several scenarios, and the differences to the first of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from . import paired
from .estimate import Estimate, chance_words, check_share, check_target, percent, vehicles
from .intervals import Interval
from .result import Result, reached
from .table import as_html, as_text

__all__ = ["Comparison", "Flips"]

Floats = NDArray[np.float64]


@attrs.frozen
class Flips:
    """Runs that turn when one scenario takes the place of the base, with the same luck."""

    to_hit: int
    to_miss: int
    runs: int

    def __str__(self) -> str:
        return f"{self.to_hit:,} of {self.runs:,} runs turn from miss to hit, {self.to_miss:,} from hit to miss"


@attrs.frozen(repr=False)
class Comparison(Mapping[str, Result]):
    """Results of several scenarios by name; the first is the base. Print it for the table.

    The differences are paired run by run: what both scenarios owe to the same luck cancels.
    """

    results: Mapping[str, Result]

    def __getitem__(self, name: str) -> Result:
        if name not in self.results:
            raise KeyError(f"{name!r} was not compared; known: {', '.join(self.results)}")
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def base(self) -> str:
        """The name of the first scenario, from which differences are taken."""
        return next(iter(self.results))

    @property
    def targets(self) -> tuple[float, ...]:
        """The targets of the base."""
        return self[self.base].targets

    def chance_difference(self, name: str, target: float, *, confidence: float = 0.95) -> Estimate:
        """Chance of at least ``target`` under ``name`` less that under the base, with a paired interval."""
        hits = self._hits(name, target)
        return self._estimate(
            name,
            lambda unit: paired.chance_difference(*hits, unit, confidence),
            confidence,
            f"chance of at least {target:,.0f}",
            "probability",
        )

    def mean_difference(self, name: str, *, confidence: float = 0.95) -> Estimate:
        """Expected output under ``name`` less that under the base, with a paired interval."""
        pair = self._pair(name)
        return self._estimate(
            name,
            lambda unit: paired.mean_difference(*pair, unit, confidence),
            confidence,
            "expected output",
            "vehicles",
        )

    def quantile_difference(self, name: str, share: float, *, confidence: float = 0.95) -> Estimate:
        """A quantile under ``name`` less that under the base, with a paired interval."""
        check_share("share", share)
        pair = self._pair(name)
        return self._estimate(
            name,
            lambda unit: paired.quantile_difference(*pair, share, unit, confidence),
            confidence,
            f"P{100 * share:g}",
            "vehicles",
        )

    def flips(self, name: str, target: float) -> Flips:
        """How many runs turn from miss to hit, and from hit to miss, when ``name`` takes the place of the base."""
        first, second = self._hits(name, target)
        return Flips(int(np.count_nonzero(~first & second)), int(np.count_nonzero(first & ~second)), first.size)

    def _pair(self, name: str) -> tuple[Floats, Floats]:
        return self[self.base].annual, self[name].annual

    def _hits(self, name: str, target: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which runs reach the target, under the base and under ``name``."""
        check_target("target", target)
        first, second = self._pair(name)
        return reached(first, target), reached(second, target)

    def _estimate(
        self, name: str, interval: Callable[[int], Interval], confidence: float, what: str, unit: str
    ) -> Estimate:
        check_share("confidence", confidence)
        base = self[self.base]
        # Equal in every run: there is no difference to be unsure of.
        same = np.array_equal(*self._pair(name))
        return Estimate.of(
            (0.0, 0.0, 0.0, 0.0) if same else interval(base.run_info.replicate_size),
            runs=base.runs,
            confidence=confidence,
            method="paired run by run",
            what=f"{what}, {name} less {self.base}",
            unit=unit,
        )

    def _rows(self) -> tuple[list[str], list[list[str]]]:
        head = ["", "chance", "difference", "95 % interval", "to hit", "to miss"]
        rows = []
        for target in self.targets:
            rows.append([f"at least {target:,.0f} vehicles", *[""] * 5])
            for name in self:
                chance = self[name].chance(target)
                row = [f"  {name}", chance_words(chance)[0]]
                if name == self.base:
                    rows.append([*row, "(base)", "", "", ""])
                    continue
                flips = self.flips(name, target)
                row += _signed(self.chance_difference(name, target), percent)
                rows.append([*row, f"{flips.to_hit:,}", f"{flips.to_miss:,}"])
        for what, share in (
            ("expected output", None),
            ("P10 (one year in ten is worse)", 0.1),
            ("P90 (one in ten is better)", 0.9),
        ):
            rows.append([what, *[""] * 5])
            for name, result in self.items():
                value = result.mean() if share is None else result.quantile(share)
                row = [f"  {name}", vehicles(value.value)]
                if name == self.base:
                    rows.append([*row, "(base)", "", "", ""])
                    continue
                differs = self.mean_difference(name) if share is None else self.quantile_difference(name, share)
                rows.append([*row, *_signed(differs, vehicles), "", ""])
        return head, rows

    def _foot(self) -> str:
        base = self[self.base]
        made = base.run_info
        return f"{base.runs:,} runs each with the same luck, seed {made.seed}, {made.design}, avtosim {made.version}"

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self)}; {self._foot()}>"

    def __str__(self) -> str:
        return f"{as_text(*self._rows())}\n{self._foot()}"

    def _repr_html_(self) -> str:
        return as_html(*self._rows(), foot=self._foot())


def _signed(estimate: Estimate, show: Callable[[float, float], str]) -> list[str]:
    width = estimate.high - estimate.low
    value, low, high = (
        ("+" if number > 0 else "") + show(number, width) for number in (estimate.value, estimate.low, estimate.high)
    )
    return [value, f"{low} to {high}"]
