"""Blocks of plain runs, for studies that pair runs: a block's points, and those of independent copies of it."""

from __future__ import annotations

import attrs

from .points import DrawnPoints, Indices, Keys
from .space import Space

#: Run numbers of one copy lie below this.
_COPY = 1 << 62


@attrs.frozen(eq=False)
class Block:
    """Plain runs of a seed, numbered from ``first`` on: consecutive ones, or those ``chosen`` by their places."""

    keys: Keys
    first: int
    runs: int
    chosen: Indices | None = None

    def points(self, space: Space, copy: int = 0) -> DrawnPoints:
        """The points of these runs; ``copy`` 1, 2 or 3: as many others, independent of them and of each other.

        Those of copy 0 are the runs of ``simulate`` under the same seed.
        """
        span = self.runs if self.chosen is None else int(self.chosen[-1]) + 1
        return DrawnPoints(space, self.keys, self.first + copy * _COPY, span, self.chosen)


def blocks(seed: int, first: int, runs: int, size: int) -> list[Block]:
    """Blocks of ``size`` runs, the last one shorter, that hold the runs from ``first`` on."""
    keys, last = Keys(seed), first + runs
    return [Block(keys, start, min(size, last - start)) for start in range(first, last, size)]


def chosen_blocks(seed: int, first: int, chosen: Indices, size: int) -> list[Block]:
    """Blocks of ``size`` runs, the last one shorter, that hold those at rising places from the run ``first`` on."""
    keys, parts = Keys(seed), [chosen[start : start + size] for start in range(0, chosen.size, size)]
    return [Block(keys, first + int(part[0]), part.size, part - part[0]) for part in parts]
