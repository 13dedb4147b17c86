"""One look at a law that a user gives: whether its methods give sound numbers that belong together."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .rules import LARGEST, is_discrete

__all__ = ["SHARES", "flaw_of", "quiet"]

_Floats = NDArray[np.float64]
_TAIL = np.array([2.0**-53, 1e-9, 1e-6, 1e-4, 1e-3])
#: Where a law is looked at: the outermost shares are the outermost that a run can draw.
SHARES: _Floats = np.concatenate([_TAIL, np.arange(1, 20) / 20.0, 1.0 - _TAIL[::-1]])
#: Which of them are looked at twice.
_AGAIN = np.array([[5, 9], [14, 23]])
#: Largest difference between a share and the cdf of its quantile: room for laws that interpolate or search for a root.
_TOLERANCE = 1e-3
#: SciPy adds up a discrete law's probabilities one by one, so its tails are looked at less far out.
_DISCRETE_TAIL = 1e-6
_AS_ARRAY = "begin each method with u = numpy.asarray(u, dtype=float), or wrap it with numpy.vectorize"


class _FlawError(Exception):
    """The rule that a law breaks and, where one is known, the mend."""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep a law's warnings of its arithmetic to itself, also where warnings are errors."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def flaw_of(law: Any) -> tuple[str, str] | None:
    """The first rule that a law breaks and the mend, or None for a sound law.

    Costs about ten calls of the law's methods. It cannot show what a law does between or beyond the shares it looks at.
    """
    try:
        with quiet():
            tail = _DISCRETE_TAIL if is_discrete(law) else 0.0
            shares = np.clip(SHARES, tail, 1.0 - tail)
            quantiles = _quantiles(law, shares)
            ends = _support(law, quantiles)
            _check_cdf(law, shares, quantiles, ends)
            _check_mean(law, shares, quantiles, ends)
    except _FlawError as flaw:
        rule, *mend = flaw.args
        return rule, mend[0] if mend else ""
    except Exception as error:  # noqa: BLE001 - even its attributes may raise anything
        return f"it cannot be looked at; it raised {_text(error)}", ""
    return None


def _require(sound: Any, rule: str, where: Callable[[int], str], mend: str = "") -> None:
    """Raise the flaw at the first place that is not sound, and say where it is."""
    places = np.flatnonzero(~np.asarray(sound))
    if places.size:
        raise _FlawError(f"{rule}; {where(int(places[0]))}", mend)


def _quantiles(law: Any, shares: _Floats) -> _Floats:
    values = _call(law, "ppf", shares)

    def at(i: int) -> str:
        return f"ppf({shares[i]}) is {values[i]:g}"

    _require(np.isfinite(values), "its ppf must give finite numbers between 0 and 1", at)
    small = (np.abs(values) <= LARGEST) | (np.abs(shares - 0.5) > 0.46)
    _require(small, f"nine tenths of its values must be at most {LARGEST:g} in size", at)
    rises = np.diff(values) >= -_room(values, 1e-9)[1:]
    _require(rises, "its ppf must not fall as the share rises", lambda i: f"{at(i)}, {at(i + 1)}")
    _check_again(law, "ppf", shares, values)
    return values


def _support(law: Any, quantiles: _Floats) -> tuple[float, float]:
    if callable(getattr(law, "support", None)):
        rule = "its support() must give its lowest and its highest value"
        try:
            low, high = map(_real, law.support())
        except Exception as error:  # noqa: BLE001 - a law may raise anything
            raise _FlawError(f"{rule}; it raised {_text(error)}") from None
    else:
        rule = "its ppf must give its lowest value at 0 and its highest at 1"
        low, high = map(float, _call(law, "ppf", np.array([0.0, 1.0])))
    _require(low <= high, rule, lambda _: f"got {low:g} and {high:g}", "where it has no end, give -inf and inf")
    room = _room(quantiles, 1e-9)
    inside = (quantiles >= low - room) & (quantiles <= high + room)
    _require(inside, f"its values must lie in its support, {low:g} to {high:g}", lambda i: f"got {quantiles[i]:g}")
    return low, high


def _check_cdf(law: Any, shares: _Floats, quantiles: _Floats, ends: tuple[float, float]) -> None:
    """A share must lie between the cdf just below its quantile and the cdf just above."""
    size, room = quantiles.size, _room(quantiles, 1e-6)
    # SciPy's discrete laws give whole numbers, and some cannot be called between them.
    under, over = (quantiles - 1.0, quantiles) if hasattr(law, "pmf") else (quantiles - room, quantiles + room)
    outside = np.array([ends[0] - 1.0, ends[1] + 1.0])
    finite = np.isfinite(outside)
    points = np.concatenate([under, over, outside[finite]])
    below = _call(law, "cdf", points)

    def at(i: int) -> str:
        return f"cdf({points[i]:g}) is {below[i]:g}"

    mend = "below the lowest value it is 0, above the highest 1"
    _require((below >= -1e-6) & (below <= 1.0 + 1e-6), "its cdf must give numbers from 0 to 1", at, mend)
    order = np.argsort(points, kind="stable")
    rises = np.diff(below[order]) >= -1e-6
    _require(rises, "its cdf must not fall", lambda i: f"{at(order[i])}, {at(order[i + 1])}")
    _require(
        (below[:size] <= shares + _TOLERANCE) & (below[size : 2 * size] >= shares - _TOLERANCE),
        "its cdf must undo its ppf",
        lambda i: f"ppf({shares[i]:g}) is {quantiles[i]:g}, and {at(size + i)}",
        "for an observed sample use Empirical(sample=...)",
    )
    at_ends = np.abs(below[2 * size :] - np.array([0.0, 1.0])[finite]) <= _TOLERANCE
    _require(at_ends, "its cdf must be 0 below its support and 1 above", lambda i: at(2 * size + i))
    _check_again(law, "cdf", points[size:], below[size:])


def _check_mean(law: Any, shares: _Floats, quantiles: _Floats, ends: tuple[float, float]) -> None:
    """A stated mean must lie between the sums that the quantiles leave possible."""
    method = getattr(law, "mean", None)
    if not callable(method):
        return
    try:
        mean = _real(method())
    except Exception as error:  # noqa: BLE001 - a law may raise anything
        raise _FlawError(f"its mean() must give a number; it raised {_text(error)}") from None
    if math.isnan(mean) and math.isinf(ends[1] - ends[0]):
        return  # A law without a mean; it is refused where a mean is needed.
    widths = np.diff(np.concatenate([[0.0], shares, [1.0]]))
    least = float(widths @ np.append(ends[0], quantiles))
    most = float(widths @ np.append(quantiles, ends[1]))
    room = 1e-6 * (quantiles[23] - quantiles[5] + max(abs(quantiles[5]), abs(quantiles[23])))
    if not least - room <= mean <= most + room:
        raise _FlawError(f"its mean() must agree with its quantiles, {least:g} to {most:g}; got {mean:g}")


def _check_again(law: Any, method: str, points: _Floats, values: _Floats) -> None:
    """The same numbers must come again, in two dimensions and for a single number."""
    again, single = _call(law, method, points[_AGAIN]), _call(law, method, float(points[14]))
    apart = np.append(again - values[_AGAIN], single - values[14])
    if np.any(np.abs(apart) > _room(values, 1e-6)[14] + 1e-6 * np.abs(np.append(values[_AGAIN], values[14]))):
        raise _FlawError(f"its {method} must give the same numbers when called again")


def _call(law: Any, method: str, at: _Floats | float) -> _Floats:
    """What a method gives: real numbers, one for each number it was given, which must stay as they were."""
    given = np.array(at) if isinstance(at, np.ndarray) else at
    kind = f"an array of {np.size(at)} numbers" if isinstance(at, np.ndarray) else "a single number"
    try:
        values = np.asarray(getattr(law, method)(given))
    except Exception as error:  # noqa: BLE001 - a law may raise anything
        mend = _AS_ARRAY if isinstance(error, (TypeError, ValueError, IndexError)) else ""
        raise _FlawError(f"its {method} must take {kind}; it raised {_text(error)}", mend) from None
    if values.dtype.kind not in "fiu":
        raise _FlawError(f"its {method} must give real numbers; it gives {values.dtype.name}")
    if values.shape != np.shape(at):
        rule = f"its {method} must keep the shape of its argument, {np.shape(at)}"
        raise _FlawError(f"{rule}; it gives {values.shape}", _AS_ARRAY)
    if not np.array_equal(given, at):
        raise _FlawError(f"its {method} must leave its argument as it is")
    return np.asarray(values, dtype=np.float64)


def _real(value: Any) -> float:
    """A single real number; text that reads as one is none."""
    if np.ndim(value) or np.asarray(value).dtype.kind not in "fiu":
        raise TypeError(f"{value!r} is not a real number")
    return float(value)


def _room(values: _Floats, share: float) -> _Floats:
    """What rounding may do to values: a share of the middle nine tenths, and their own last digits."""
    return np.asarray(share * (values[23] - values[5]) + 4.0 * np.spacing(np.abs(values)))


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
