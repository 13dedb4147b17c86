"""Numbers by hash: a draw is a function of seed, name, month and run, and of nothing else.

The run number and the key of a coordinate each go through a round of SplitMix64: one for all coordinates of a run, and
one for every number. So any number can be had alone, in any order, and none costs more for what is drawn beside it.
Source: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Floats = NDArray[np.float64]

#: Numbers worked out at a time: few enough to stay in a core's cache, enough to hide the cost of a call.
CHUNK = 16_384
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ROUNDS = tuple(
    (np.uint64(shift), np.uint64(factor)) for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
)
_LAST, _MANTISSA, _CHANGED, _ONE = (np.uint64(word) for word in (31, 12, (1 << 33) - 1, 0x3FF0000000000000))
#: Uniform numbers are the odd multiples of this, so that u and 1 - u are equally likely, and 0 and 1 are never met.
STEP = 2.0**-53


def mixed(words: Words, spare: Words | None = None) -> Words:
    """Words after a round of SplitMix64, in place; ``spare`` is memory of the same shape to work in."""
    return folded(stirred(words, spare), spare)


def stirred(words: Words, spare: Words | None = None) -> Words:
    """Words after all of a round but its last step, in place."""
    for shift, factor in _ROUNDS:
        spare = np.right_shift(words, shift, out=spare)
        words ^= spare
        words *= factor
    return words


def folded(words: Words, spare: Words | None = None) -> Words:
    """Words after the last step of a round, in place; it leaves their upper 31 bits as they are."""
    words ^= np.right_shift(words, _LAST, out=spare)
    return words


def counted(start: Words | np.uint64, first: int, count: int) -> Words:
    """Words of ``count`` consecutive numbers from ``first`` on, from a start of their own."""
    numbers = np.arange(count, dtype=np.uint64)
    numbers += np.uint64(first)
    numbers *= _GOLDEN
    numbers += start
    return mixed(numbers)


def uniform(words: Words, out: Floats | None = None) -> Floats:
    """Uniform numbers from words, which are overwritten: the upper 52 bits, in the middle of their interval."""
    words >>= _MANTISSA
    words |= _ONE
    return np.subtract(words.view(np.float64), 1.0 - STEP, out=out)


def limit(chance: Floats) -> Words:
    """Stirred words above this give uniform numbers at or above ``chance``; those up to it are to be looked at."""
    intervals = np.floor(np.minimum(chance, 1.0 - 2.0**-52) * 2.0**52).astype(np.uint64)
    return np.asarray(intervals << _MANTISSA | _CHANGED, dtype=np.uint64)
