"""Numbers by hash: each belongs to (seed, name, month, run), and all of them together look like chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy import stats

from avtosim.chance import hashing
from avtosim.chance.hashing import STEP, folded, limit, mixed, uniform
from avtosim.chance.points import Keys

#: Words of some runs from a first one on, for each of some names: (names, runs).
Source = Callable[[int, int, list[str]], np.ndarray]


def words(first: int, runs: int, names: list[str], seed: int = 1) -> np.ndarray:
    """Words as points make them before they become uniform numbers."""
    keys = Keys(seed)
    rows = np.concatenate([keys.of_months(name, 1) for name in names])
    return mixed(rows[:, None] + keys.of_runs(first, runs))


def unmixed(first: int, runs: int, names: list[str]) -> np.ndarray:
    """Words without the round of mixing that every number goes through: names differ by a constant only."""
    keys = Keys(1)
    return np.concatenate([keys.of_months(name, 1) for name in names])[:, None] + keys.of_runs(first, runs)


def counters(first: int, runs: int, names: list[str]) -> np.ndarray:
    """Words of a mere count: each run's is the one before and a constant."""
    start = np.concatenate([Keys(1).of_months(name, 1) for name in names])
    return start[:, None] + np.arange(first, first + runs, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def named(count: int) -> list[str]:
    """Names that differ little, as addresses do."""
    return [f"partners/P{number // 2}/stops/{'begin' if number % 2 else 'length'}/1" for number in range(count)]


def centred(some: np.ndarray) -> np.ndarray:
    """Uniform numbers of unit variance around zero; overwrites the words."""
    numbers = uniform(some)
    numbers -= 0.5
    numbers *= np.sqrt(12.0)
    return numbers


def blocks(draws: int, names: int) -> Iterator[tuple[int, int]]:
    """First run and number of runs of blocks that make so many draws in all."""
    runs = 1 << 20
    for first in range(0, draws // names, runs):
        yield first, runs


# Checks. Each takes any source of words, so that wrong ones can be given to them; "sigma" counts standard errors.


def check_uniform(source: Source, draws: int) -> None:
    """Upper and lower halves of the bits that are used fill 65,536 cells evenly; fails by chance once in 5,000."""
    names, counts = named(4), np.zeros((2, 1 << 16), dtype=np.int64)
    for first, runs in blocks(draws, len(names)):
        drawn = source(first, runs, names).reshape(-1)
        for row, shift in enumerate((48, 12)):
            cells = (drawn >> np.uint64(shift)).astype(np.uint16)
            counts[row] += np.bincount(cells, minlength=1 << 16)
    for row in counts:
        assert 1e-4 < stats.chisquare(row).pvalue < 1.0 - 1e-4


def check_serial(source: Source, draws: int) -> None:
    """Runs next to each other, and those 2, 8 and 4096 apart, are uncorrelated; fails by chance once in 16,000."""
    names, lags = named(4), (1, 2, 8, 4096)
    total, count = np.zeros(len(lags)), 0
    for first, runs in blocks(draws, len(names)):
        numbers = centred(source(first, runs, names))
        for at, lag in enumerate(lags):
            total[at] += (numbers[:, lag:] * numbers[:, :-lag]).sum()
        count += numbers.size
    assert np.abs(total).max() < 4.2 * np.sqrt(count) * 1.01


def check_names(source: Source, draws: int) -> None:
    """No two of 64 names are correlated, nor are their squares, or one with the square of another.

    The largest of 8,000 correlations exceeds 5.5 standard errors by chance once in 3,000 new seeds.
    """
    names = named(64)
    size, total, count = len(names), np.zeros((2 * len(names), 2 * len(names))), 0
    for first, runs in blocks(draws, size):
        for part in range(0, runs, 1 << 16):
            numbers = centred(source(first + part, 1 << 16, names))
            # A centred uniform number of unit variance has a square of mean 1 and variance 0.8.
            both = np.concatenate([numbers, (numbers**2 - 1.0) / np.sqrt(0.8)])
            total += both @ both.T
            count += 1 << 16
    sigma = np.abs(total - np.diag(np.diag(total))) / np.sqrt(count)
    # A number is uncorrelated with its own square too, but their product has another variance: 12/7 at most.
    sigma[np.arange(size), np.arange(size) + size] /= np.sqrt(12 / 7)
    assert np.triu(sigma, 1).max() < 5.5


def check_birthdays(source: Source, draws: int) -> None:
    """Spacings between 2**19 draws of 52 bits coincide as often as Marsaglia's law says, 8 times on average.

    Source: Marsaglia and Tsang (2002), Some difficult-to-pass tests of randomness, Journal of Statistical Software
    7(3). Fails by chance once in 5,000.
    """
    birthdays, days = 1 << 19, 2.0**52
    names, found, repeats = named(2), 0, 0
    for first in range(0, draws // len(names), birthdays // 2):
        drawn = np.sort(source(first, birthdays // 2, names).reshape(-1) >> np.uint64(12))
        spacings = np.sort(np.diff(drawn))
        found += np.count_nonzero(np.diff(spacings) == 0)
        repeats += 1
    expected = repeats * birthdays**3 / (4.0 * days)
    assert 1e-4 < stats.poisson.cdf(found, expected) < 1.0 - 1e-4, (found, expected)


CHECKS = [check_uniform, check_serial, check_names, check_birthdays]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_million_words_look_like_chance(check: Callable[[Source, int], None]) -> None:
    """The checks of quality hold over four million draws; the check's own docstring is the sentence it proves."""
    check(words, 1 << 22)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_hundred_million_words_look_like_chance(check: Callable[[Source, int], None]) -> None:
    """The checks of quality hold over 10**8 draws."""
    check(words, 100_000_000)


@pytest.mark.parametrize(
    ("source", "check"),
    [(unmixed, check_names), (counters, check_serial), (counters, check_birthdays), (counters, check_names)],
    ids=lambda it: it.__name__,
)
def test_a_weak_hash_is_noticed(source: Source, check: Callable[[Source, int], None]) -> None:
    """Words that go through too few rounds fail the checks."""
    with pytest.raises(AssertionError):
        check(source, 1 << 22)


@pytest.mark.parametrize("across", ["seeds", "names", "months", "runs"])
def test_first_draws_look_like_chance(across: str) -> None:
    """Draws over 20,000 seeds, names, months or far runs are uniform and uncorrelated: no pattern of the keys is left.

    Fails by chance under another choice of keys once in 5,000 for each of its four cases.
    """
    count = 20_000
    if across == "seeds":
        drawn = np.array([words(0, 1, ["a"], seed)[0, 0] for seed in range(count)])
    elif across == "names":
        drawn = words(0, 1, [f"n{number}" for number in range(count)])[:, 0]
    elif across == "months":
        keys = Keys(1)
        drawn = mixed(keys.of_months("a", count) + keys.of_runs(0, 1))
    else:
        drawn = np.array([words(2**62 - number * 2**40, 1, ["a"])[0, 0] for number in range(count)])
    numbers = uniform(drawn)
    assert stats.kstest(numbers, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < 3.9 / np.sqrt(count)


def test_names_seeds_months_and_runs_share_nothing() -> None:
    """No two of these coordinates have a draw in common, be their names, seeds, months or runs ever so near."""
    names, firsts = ("", "a", "b", "ab", "a/b", "a b", "Москва"), (0, 2**31, 2**62)
    drawn = [
        mixed(keys.of_months(name, 3)[:, None] + keys.of_runs(first, 200))
        for keys in map(Keys, (0, 1, 2**32, 2**64, 2**255))
        for name in names
        for first in firsts
    ]
    every = np.concatenate([some.reshape(-1) for some in drawn])
    assert np.unique(every).size == every.size


def test_uniform_numbers_lie_evenly_inside() -> None:
    """The lowest and the highest word give the ends of a grid that is its own mirror image."""
    ends = uniform(np.array([0, 2**12 - 1, 2**64 - 1], dtype=np.uint64))
    assert ends.tolist() == [STEP, STEP, 1.0 - STEP]
    numbers = uniform(words(0, 1000, ["a"])[0])
    assert np.array_equal(1.0 - (1.0 - numbers), numbers)
    assert np.array_equal(numbers / STEP % 2.0, np.ones(1000))


@pytest.mark.parametrize("chance", [0.0, 1e-300, STEP, 2 * STEP, 3 * STEP, 0.1, 0.5, 1.0 - STEP, 1.0])
def test_the_limit_of_words_loses_nothing(chance: float) -> None:
    """Stirred words above the limit of a chance never give a number below it; next to nothing more is looked at."""
    edge = int(limit(np.array([chance]))[0])
    spread = [
        edge + sign * step for sign in (-1, 1) for step in (*range(0, 3 * 4096, 512), *(1 << k for k in range(64)))
    ]
    stirred = np.array([word for word in (0, 1, 2**64 - 1, *spread) if 0 <= word < 2**64], dtype=np.uint64)
    numbers = uniform(folded(stirred.copy()))
    looked_at = stirred <= np.uint64(edge)
    assert not ((numbers < chance) & ~looked_at).any()
    assert (numbers[looked_at] < chance + 2.0**-31 + 2 * STEP).all()


def test_mixing_is_splitmix64() -> None:
    """A round gives the published numbers: the first outputs of SplitMix64 from seed 1234567."""
    golden, seed = np.uint64(0x9E3779B97F4A7C15), np.uint64(1234567)
    state = seed + golden * np.arange(1, 6, dtype=np.uint64)
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert hashing.mixed(state).tolist() == published
