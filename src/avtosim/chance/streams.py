"""Streams of draws that belong to a seed, a name and a number: nothing else decides a draw."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

# A published start for SFC64 is three words of seed and twelve idle rounds; sixteen leave room.
_IDLE_ROUNDS = 16


def key(seed: int, name: str) -> NDArray[np.uint64]:
    """Two words of 64 bits that belong to a seed, below 2**256, and a name."""
    digest = hashlib.blake2b(name.encode(), digest_size=16, key=seed.to_bytes(32, "little")).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


class Stream:
    """A generator that can be put at the start of any block of any stream, for what is drawn in whole blocks.

    SFC64 takes the key of the stream and the block number as its three words of seed: blocks of a stream differ in
    their seed and so never overlap, and two names collide with a chance of 2**-128.
    """

    def __init__(self) -> None:
        self._bits = np.random.SFC64(0)
        self._generator = np.random.Generator(self._bits)

    def at(self, words: NDArray[np.uint64], block: int) -> np.random.Generator:
        """The generator, at the start of the block; good until the next call."""
        state = np.array([words[0], words[1], block, 1], dtype=np.uint64)
        self._bits.state = {"bit_generator": "SFC64", "state": {"state": state}, "has_uint32": 0, "uinteger": 0}
        self._bits.random_raw(_IDLE_ROUNDS, output=False)
        return self._generator
