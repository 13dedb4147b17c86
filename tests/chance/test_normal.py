"""The image from uniform numbers to scores: near the exact one, rising, and its own mirror image."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from avtosim.chance.normal import ERROR, scores_of

LOWEST = 2.0**-54


def spread() -> np.ndarray:
    """Uniform numbers all over (0, 1), and far into both tails."""
    rng = np.random.default_rng(1)
    tail = 0.5 * 2.0 ** (-53.0 * rng.random(400_000))
    return np.concatenate([rng.random(400_000), tail, 1.0 - tail[tail > 2.0**-53], [LOWEST, 0.25, 0.5, 1.0 - 2.0**-53]])


def test_the_error_is_what_is_stated() -> None:
    """Every score lies within the stated error of the exact one, and the statement is not idle."""
    u = spread()
    error = np.abs(scores_of(u.copy()) - special.ndtri(u))
    assert 0.5 * ERROR < error.max() <= ERROR


def test_the_image_rises() -> None:
    """A larger uniform number never has a smaller score, be they neighbours on either side of a cell's edge."""
    u = np.sort(spread())
    assert (np.diff(scores_of(u.copy())) >= 0.0).all()
    edges = 0.5 * np.concatenate([2.0**-k * np.linspace(0.5, 1.0, 257)[1:] for k in range(52)])
    around = np.sort(np.concatenate([np.nextafter(edges, 0), edges, np.nextafter(edges, 1)]))
    for some in (around, np.sort(1.0 - around)):
        assert (np.diff(scores_of(some.copy())) >= 0.0).all()


def test_the_image_is_its_own_mirror_image() -> None:
    """The scores of u and 1 - u differ in their sign only, and the median has the score 0."""
    u = np.random.default_rng(2).integers(1, 2**52, 100_000) * 2.0**-52
    assert np.array_equal(scores_of(1.0 - u), -scores_of(u.copy()))
    assert scores_of(np.array([0.5]))[0] == 0.0


@pytest.mark.parametrize("shape", [(0,), (1,), (3, 5), (1, 16_384), (2, 20_001)])
def test_any_shape_is_worked_out_in_place(shape: tuple[int, ...]) -> None:
    """What is given is overwritten, number by number, whatever its shape."""
    u = np.random.default_rng(3).random(shape)
    kept = u.copy()
    made = scores_of(u)
    assert made is u
    assert made.shape == shape
    assert np.array_equal(made, np.array([scores_of(np.array([number]))[0] for number in kept.ravel()]).reshape(shape))
