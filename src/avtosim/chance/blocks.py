"""Blocks of plain runs, for studies that pair runs: a block's points, and those of independent copies of it."""

from __future__ import annotations

import attrs

from .points import DrawnPoints, Keys
from .space import Space

#: Run numbers of one copy lie below this.
_COPY = 1 << 62


@attrs.frozen
class Block:
    """Consecutive plain runs of a seed, numbered from ``first`` on."""

    keys: Keys
    first: int
    runs: int

    def points(self, space: Space, copy: int = 0) -> DrawnPoints:
        """The points of these runs; ``copy`` 1, 2 or 3: as many others, independent of them and of each other.

        Those of copy 0 are the runs of ``simulate`` under the same seed.
        """
        return DrawnPoints(space, self.keys, self.first + copy * _COPY, self.runs)


def blocks(seed: int, first: int, runs: int, size: int) -> list[Block]:
    """Blocks of ``size`` runs, the last one shorter, that hold the runs from ``first`` on."""
    keys, last = Keys(seed), first + runs
    return [Block(keys, start, min(size, last - start)) for start in range(first, last, size)]
