"""The space of named coordinates: what is random, which fact it belongs to, and in which month it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs


@attrs.frozen
class Coordinate:
    """One random number of a run: the name of its input, the address of its fact, and its month (1, 2, ...) if any."""

    name: str
    address: str
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
    address: str
    monthly: bool
    scores: bool


@attrs.frozen
class Space:
    """All random inputs of a scenario. Facts fix the number of coordinates; what happens in a run does not."""

    months: int
    inputs: tuple[RandomInput, ...]

    def count(self, random_input: RandomInput) -> int:
        """Number of coordinates of an input."""
        return self.months if random_input.monthly else 1

    @property
    def dimension(self) -> int:
        """Number of coordinates."""
        return sum(map(self.count, self.inputs))

    def __iter__(self) -> Iterator[Coordinate]:
        """Coordinates in the order in which quasi-random points serve them: all-year ones first, then by month."""
        for random_input in self.inputs:
            if not random_input.monthly:
                yield Coordinate(random_input.name, random_input.address, None)
        for month in range(1, self.months + 1):
            for random_input in self.inputs:
                if random_input.monthly:
                    yield Coordinate(random_input.name, random_input.address, month)

    def indices(self) -> dict[str, slice]:
        """For each input the indices of its coordinates in the order of ``__iter__``."""
        yearly = [i.name for i in self.inputs if not i.monthly]
        monthly = [i.name for i in self.inputs if i.monthly]
        found = {name: slice(index, index + 1) for index, name in enumerate(yearly)}
        step = len(monthly)
        for index, name in enumerate(monthly, len(yearly)):
            found[name] = slice(index, index + step * (self.months - 1) + 1, step)
        return found

    @staticmethod
    def union(spaces: Iterable[Space]) -> Space:
        """The space with the coordinates of all of these, each name once, in order of first mention."""
        every = list(spaces)
        inputs: dict[str, RandomInput] = {}
        for space in every:
            if space.months != every[0].months:
                raise ValueError(f"spaces: must have the same months; got {every[0].months} and {space.months}")
            for random_input in space.inputs:
                if inputs.setdefault(random_input.name, random_input) != random_input:
                    rule = "must be read alike in all scenarios, to be driven by common random numbers"
                    raise ValueError(f"{random_input.name}: {rule}; got {inputs[random_input.name]} and {random_input}")
        return Space(every[0].months, tuple(inputs.values()))
