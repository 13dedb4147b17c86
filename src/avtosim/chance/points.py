"""Points: for each random input an array (months or 1, runs) of uniform numbers or of standard normal scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import special

from .hashing import CHUNK, Words, counted, folded, limit, mixed, stirred, uniform
from .normal import scores_of
from .space import RandomInput, Space
from .streams import key

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
#: The ends of the open interval (0, 1) in double precision, as far as uniform numbers are concerned.
LOWEST_UNIFORM, HIGHEST_UNIFORM = 2.0**-54, 1.0 - 2.0**-53


@attrs.frozen(eq=False)
class Places:
    """Places in an array (months or 1, runs), month after month."""

    month: Indices
    run: Indices

    @classmethod
    def of(cls, flat: Indices, runs: int) -> Places:
        """From rising places in the flattened array."""
        rows = int(flat[-1]) // runs + 1 if flat.size else 0
        # Months repeated as often as they occur: a division for each place takes longer.
        often = np.diff(np.searchsorted(flat, runs * np.arange(rows + 1)))
        return cls(np.repeat(np.arange(rows), often), flat - np.repeat(runs * np.arange(rows), often))

    def __getitem__(self, chosen: Indices | NDArray[np.bool_]) -> Places:
        return Places(self.month[chosen], self.run[chosen])


class Points(ABC):
    """Base class of the points of some runs.

    A kind of points writes `_draw`; this class checks what it gives and turns uniform numbers into scores and back. For
    every kind: coordinates are independent, uniform numbers lie in the open interval (0, 1), a score is the normal
    image of its uniform number, reading an input twice gives the same numbers, and arrays are the caller's to
    overwrite. Where few numbers of an input are needed, `below` and `at` give those alone. A kind of points may write
    any of the four anew to save work, and must give the same numbers.

    Parameters
    ----------
    space : Space
        The coordinates.
    runs : int
        How many points there are.
    """

    def __init__(self, space: Space, runs: int) -> None:
        self.space, self.runs = space, runs

    @abstractmethod
    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        """Fresh numbers of an input, (months or 1, runs), and whether they are normal scores; else they are uniform."""

    def uniforms(self, random_input: RandomInput) -> Floats:
        """Uniform numbers of an input, shape (months or 1, runs)."""
        numbers, scores = self._checked(random_input)
        return uniforms_of(numbers) if scores else numbers

    def scores(self, random_input: RandomInput) -> Floats:
        """Standard normal scores of an input, shape (months or 1, runs)."""
        numbers, scores = self._checked(random_input)
        return numbers if scores else scores_of(numbers)

    def below(self, random_input: RandomInput, chance: Floats) -> tuple[Places, Floats]:
        """Where an input is below ``chance``, and its uniform numbers there.

        Parameters
        ----------
        random_input : RandomInput
            The input.
        chance : array of float, shape (runs or 1,)
            A probability for all runs or for each.

        Returns
        -------
        places : Places
            Where, month after month and run after run.
        numbers : array of float
            The uniform number at each place.
        """
        uniforms = self.uniforms(random_input)
        places = Places(*np.nonzero(uniforms < chance))
        return places, uniforms[places.month, places.run]

    def at(self, random_input: RandomInput, places: Places) -> Floats:
        """Uniform numbers of an input at places of the array (months or 1, runs)."""
        return self.uniforms(random_input)[places.month, places.run]

    def _checked(self, random_input: RandomInput) -> tuple[Floats, bool]:
        numbers, scores = self._draw(random_input)
        shape = self.space.count(random_input), self.runs
        if numbers.shape != shape:
            raise ValueError(f"points of {random_input.name}: must have shape {shape}; got {numbers.shape}")
        low = _lowest_checked(random_input, numbers, scores=scores)
        return (numbers if scores or low >= LOWEST_UNIFORM else np.maximum(numbers, LOWEST_UNIFORM)), scores


def _lowest_checked(random_input: RandomInput, numbers: Floats, *, scores: bool) -> float:
    """The lowest uniform number, 0 for scores; raises ``ValueError`` where they are not what they are said to be."""
    # Few passes over the numbers; a sum is finite where all of them are, and NaN fails every comparison.
    low = 0.0 if scores else float(numbers.min(initial=1.0))
    if not (np.isfinite(numbers.sum()) if scores else low >= 0.0 and numbers.max(initial=0.0) < 1.0):
        rule = "scores must be finite" if scores else "uniform numbers must be at least 0 and below 1"
        raise ValueError(f"points of {random_input.name}: {rule}; got {numbers.min()} to {numbers.max()}")
    return low


class Keys:
    """Words that belong to a seed and to names, made once."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._known: dict[str, Words] = {}
        self._months: dict[tuple[str, int], Words] = {}

    def __getitem__(self, name: str) -> Words:
        """Two words of a name."""
        if name not in self._known:
            self._known[name] = key(self.seed, name)
        return self._known[name]

    def of_runs(self, first: int, runs: int) -> Words:
        """A word for each run from ``first`` on, shared by all names."""
        return counted(self[""][0], first, runs)

    def of_months(self, name: str, months: int) -> Words:
        """A word for each month of a name; not the caller's to overwrite."""
        if (name, months) not in self._months:
            start, rest = self[name]
            self._months[name, months] = counted(start, 1, months) ^ rest
        return self._months[name, months]

    def __reduce__(self) -> tuple[type[Keys], tuple[int]]:
        """Travel as the seed alone: words are soon made again."""
        return Keys, (self.seed,)


class DrawnPoints(Points):
    """Independent draws by name: runs ``first`` to ``first + runs - 1`` of a seed, whatever else is drawn.

    What is drawn once a year is drawn for all inputs together: many short rows would cost a call each. ``chosen`` are
    places among these runs, rising, of those that are wanted.
    """

    def __init__(self, space: Space, keys: Keys, first: int, runs: int, chosen: Indices | None = None) -> None:
        super().__init__(space, runs if chosen is None else chosen.size)
        self._keys = keys
        numbers = keys.of_runs(first, runs)
        self._runs = numbers if chosen is None else numbers[chosen]

    def uniforms(self, random_input: RandomInput) -> Floats:
        """As for all points; right by the way they are made."""
        if not random_input.monthly:
            return self._year[self._rows[random_input.name]].copy()
        name = random_input.name
        return self._uniform(self._keys.of_months(name, self.space.months), self._of_runs([name]))

    def scores(self, random_input: RandomInput) -> Floats:
        """As for all points."""
        if not random_input.monthly:
            return self._year_scores[self._rows[random_input.name]].copy()
        return scores_of(self.uniforms(random_input))

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        return self.uniforms(random_input), False

    def _of_runs(self, names: Sequence[str]) -> Words:  # noqa: ARG002 - all inputs read the same runs here
        """Words of the runs that some inputs read, (inputs or 1, runs); not the caller's to overwrite."""
        return self._runs[None]

    @cached_property
    def _rows(self) -> dict[str, slice]:
        names = [random_input.name for random_input in self.space.inputs if not random_input.monthly]
        return {name: slice(row, row + 1) for row, name in enumerate(names)}

    @cached_property
    def _year(self) -> Floats:
        rows = np.concatenate([self._keys.of_months(name, 1) for name in self._rows])
        return self._uniform(rows, self._of_runs([*self._rows]))

    @cached_property
    def _year_scores(self) -> Floats:
        return scores_of(self._year.copy())

    def _uniform(self, rows: Words, runs: Words) -> Floats:
        made = np.empty((rows.size, self.runs))
        for part, words, spare in self._stirred(rows, runs):
            uniform(folded(words, spare), out=made[part])
        return made

    def below(self, random_input: RandomInput, chance: Floats) -> tuple[Places, Floats]:
        """As for all points; only what is below becomes a number."""
        most = limit(chance)
        flat, found = [], []
        months = self._keys.of_months(random_input.name, self.space.count(random_input))
        for rows, words, _ in self._stirred(months, self._of_runs([random_input.name])):
            near = np.flatnonzero(words <= most)
            found.append(words.reshape(-1)[near])
            near += rows.start * self.runs
            flat.append(near)
        return kept(Places.of(np.concatenate(flat), self.runs), uniform(folded(np.concatenate(found))), chance)

    def at(self, random_input: RandomInput, places: Places) -> Floats:
        """As for all points; no other numbers are made."""
        words = self._keys.of_months(random_input.name, self.space.count(random_input))[places.month]
        words += self._of_runs([random_input.name])[0][places.run]
        return uniform(mixed(words))

    def _stirred(self, rows: Words, runs: Words) -> Iterator[tuple[slice, Words, Words]]:
        """Words of some rows but for the last step, (rows, runs), and spare memory; both overwritten by the next."""
        step = max(CHUNK // max(self.runs, 1), 1)
        words, spare = np.empty((2, min(step, rows.size), self.runs), dtype=np.uint64)
        for start in range(0, rows.size, step):
            part = slice(start, min(start + step, rows.size))
            some = slice(0, part.stop - part.start)
            np.add(rows[part, None], runs if len(runs) == 1 else runs[part], out=words[some])
            yield part, stirred(words[some], spare[some]), spare[some]


class GivenPoints(Points):
    """Points from one matrix, (dimension, runs), in the order of the space; all uniform numbers or all scores."""

    def __init__(self, space: Space, matrix: Floats, *, scores: bool) -> None:
        if matrix.ndim != 2 or matrix.shape[0] != space.dimension:
            raise ValueError(f"points: must have shape ({space.dimension}, runs); got {matrix.shape}")
        super().__init__(space, matrix.shape[1])
        self._matrix, self._scores = matrix, scores
        self._indices = space.indices()
        # All at once: where few numbers of an input are read, nobody looks at the others.
        for random_input in space.inputs:
            _lowest_checked(random_input, self._of(random_input), scores=scores)

    def _draw(self, random_input: RandomInput) -> tuple[Floats, bool]:
        return self._of(random_input).copy(), self._scores

    def below(self, random_input: RandomInput, chance: Floats) -> tuple[Places, Floats]:
        """As for all points; of scores, only those near or below become uniform numbers."""
        if not self._scores:
            return super().below(random_input, chance)
        scores = self._of(random_input)
        # Rounding of the two images differs by far less than the margin.
        places = Places(*np.nonzero(scores <= special.ndtri(chance) + 1e-6))
        return kept(places, uniforms_of(scores[places.month, places.run]), chance)

    def at(self, random_input: RandomInput, places: Places) -> Floats:
        """As for all points; no other numbers are looked at."""
        numbers = self._of(random_input)[places.month, places.run]
        return uniforms_of(numbers) if self._scores else np.maximum(numbers, LOWEST_UNIFORM)

    def _of(self, random_input: RandomInput) -> Floats:
        return self._matrix[self._indices[random_input.name]]


def kept(places: Places, numbers: Floats, chance: Floats) -> tuple[Places, Floats]:
    """Those whose number is below the chance."""
    below = numbers < (chance if chance.size == 1 else chance[places.run])
    return (places, numbers) if below.all() else (places[below], numbers[below])


def uniforms_of(scores: Floats) -> Floats:
    """Uniform numbers of standard normal scores, inside the open interval however far out a score lies."""
    return np.clip(special.ndtr(scores), LOWEST_UNIFORM, HIGHEST_UNIFORM)
