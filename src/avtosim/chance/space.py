"""The space of named coordinates: what is random, whose it is, and in which month it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

__all__ = ["Coordinate", "RandomInput", "Space"]


@attrs.frozen
class Coordinate:
    """One random number of a run: its cause, its owner's address, and its month (1, 2, ...) or None for all year."""

    name: str
    owner: str
    month: int | None

    def __str__(self) -> str:
        return self.name if self.month is None else f"{self.name}@{self.month}"


@attrs.frozen
class RandomInput:
    """Coordinates of one name: one for the year, or one for each month.

    ``scores`` says that they are read as standard normal scores (values of laws, moves of factors); the others are read
    as uniform numbers (moments of events).
    """

    name: str
    owner: str
    monthly: bool
    scores: bool


@attrs.frozen
class Space:
    """All causes of a scenario. The number of coordinates is fixed by the facts, not by what happens in a run."""

    months: int
    causes: tuple[RandomInput, ...]

    def rows(self, cause: RandomInput) -> int:
        """How many coordinates a cause has."""
        return self.months if cause.monthly else 1

    @property
    def dimension(self) -> int:
        """How many coordinates there are."""
        return sum(map(self.rows, self.causes))

    def __iter__(self) -> Iterator[Coordinate]:
        """Coordinates in the order in which quasi-random points serve them: all-year ones first, then by month."""
        for cause in self.causes:
            if not cause.monthly:
                yield Coordinate(cause.name, cause.owner, None)
        for month in range(1, self.months + 1):
            for cause in self.causes:
                if cause.monthly:
                    yield Coordinate(cause.name, cause.owner, month)

    def places(self) -> dict[str, slice]:
        """For each cause the places of its coordinates in the order of ``__iter__``."""
        yearly = [c.name for c in self.causes if not c.monthly]
        monthly = [c.name for c in self.causes if c.monthly]
        found = {name: slice(at, at + 1) for at, name in enumerate(yearly)}
        step = len(monthly)
        for at, name in enumerate(monthly, len(yearly)):
            found[name] = slice(at, at + step * (self.months - 1) + 1, step)
        return found

    @staticmethod
    def union(spaces: Iterable[Space]) -> Space:
        """The space that holds the coordinates of all of these, each name once, in order of first mention."""
        every = list(spaces)
        causes: dict[str, RandomInput] = {}
        for space in every:
            for cause in space.causes:
                if causes.setdefault(cause.name, cause) != cause:
                    raise ValueError(f"{cause.name}: two scenarios read this cause differently, so they share no luck")
        return Space(max(space.months for space in every), tuple(causes.values()))
