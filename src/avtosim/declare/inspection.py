"""One look at a law that a user gives: whether its methods give sound numbers that belong together."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .rules import LARGEST, is_discrete

_Floats = NDArray[np.float64]
_TAIL = np.array([2.0**-53, 1e-9, 1e-6, 1e-4, 1e-3])
#: Where a law is looked at: the outermost shares are the outermost that a run can draw.
SHARES: _Floats = np.concatenate([_TAIL, np.arange(1, 20) / 20.0, 1.0 - _TAIL[::-1]])
#: Largest difference between a share and the cdf of its quantile: room for laws that interpolate or search for a root.
_TOLERANCE = 1e-3
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
            # SciPy adds up a discrete law's probabilities one by one, so its tails are looked at less far out.
            tail = 1e-6 if is_discrete(law) else 0.0
            _check(law, np.clip(SHARES, tail, 1.0 - tail))
    except _FlawError as flaw:
        return flaw.args[0], "".join(flaw.args[1:])
    except Exception as error:  # noqa: BLE001 - even its attributes may raise anything
        return f"it cannot be looked at; it raised {type(error).__name__}: {error}"[:300], ""
    return None


def _check(law: Any, shares: _Floats) -> None:
    quantiles, require = _repeated(law, "ppf", shares)
    largest = np.where(np.abs(shares - 0.5) > 0.46, np.finfo(np.float64).max, LARGEST)
    rule = f"its ppf must give finite numbers between 0 and 1, nine tenths of them at most {LARGEST:g} in size"
    require(np.abs(quantiles) <= largest, rule)
    room = _room(quantiles, 1e-9)
    require(np.diff(quantiles) >= -room[1:], "its ppf must not fall as the share rises")
    support = getattr(law, "support", None)
    rule = "its support(), or else its ppf at 0 and 1, must give its lowest and its highest value"
    ends = _call(rule, (2,), support if callable(support) else partial(law.ppf, np.array([0.0, 1.0])))
    if not ends[0] <= ends[1]:
        raise _FlawError(f"{rule}; got {ends[0]:g} and {ends[1]:g}", "where it has no end, give -inf and inf")
    inside = (quantiles >= ends[0] - room) & (quantiles <= ends[1] + room)
    require(inside, f"its values must lie in its support, {ends[0]:g} to {ends[1]:g}")
    _check_cdf(law, shares, quantiles, ends)
    if callable(getattr(law, "mean", None)):
        _check_mean(law, shares, quantiles, ends)


def _check_cdf(law: Any, shares: _Floats, quantiles: _Floats, ends: _Floats) -> None:
    """A share must lie between the cdf just below its quantile and the cdf just above."""
    room = _room(quantiles, 1e-6)
    # SciPy's discrete laws give whole numbers, and some cannot be called between them.
    under, over = (quantiles - 1.0, quantiles) if hasattr(law, "pmf") else (quantiles - room, quantiles + room)
    # Beyond the ends the cdf is 0 and 1; an outermost quantile stands for an end that is infinite.
    beyond = np.where(np.isfinite(ends), [ends[0] - 1.0, ends[1] + 1.0], [under[0], over[-1]])
    points = np.concatenate([beyond[:1], under, over, beyond[1:]])
    least = np.concatenate([np.full(under.size + 1, -1e-6), shares - _TOLERANCE, [1.0 - _TOLERANCE]])
    most = np.concatenate([[_TOLERANCE], shares + _TOLERANCE, np.full(over.size + 1, 1.0 + 1e-6)])
    points, least, most = np.array([points, least, most])[:, np.argsort(points, kind="stable")]
    below, require = _repeated(law, "cdf", points)
    require(~(np.diff(below) < -1e-6), "its cdf must not fall")
    sound = (below >= least) & (below <= most)
    place = np.argmin(sound)
    rule = f"its cdf must undo its ppf, in numbers from 0 to 1, here from {least[place]:.4g} to {most[place]:.4g}"
    mend = "below the lowest value it is 0, above the highest 1; for an observed sample use Empirical(sample=...)"
    require(sound, rule, mend)


def _check_mean(law: Any, shares: _Floats, quantiles: _Floats, ends: _Floats) -> None:
    """A stated mean must lie between the sums that the quantiles leave possible."""
    mean = _call("its mean() must give a number", (), law.mean)
    if np.isnan(mean) and np.isinf(ends).any():
        return  # A law without a mean; it is refused where a mean is needed.
    widths = np.diff(shares, prepend=0.0, append=1.0)
    least, most = widths @ np.append(ends[0], quantiles), widths @ np.append(quantiles, ends[1])
    room = 1e-6 * (quantiles[23] - quantiles[5])
    if not np.isclose(mean, np.clip(mean, least, most), rtol=1e-6, atol=room):
        raise _FlawError(f"its mean() must agree with its quantiles, {least:g} to {most:g}; got {mean:g}")


def _repeated(law: Any, method: str, points: _Floats) -> tuple[_Floats, Callable[..., None]]:
    """What a method gives at points and again, in two dimensions and for a single number; and ``_require`` for it."""
    few = points.size // 5 * np.arange(1, 5)
    given = [points.copy(), points[few].reshape(2, 2), points[few[0]]]
    rule = f"its {method} must keep the shape {{}} of its argument and give real numbers"
    values, *again = (_call(rule.format(at.shape), at.shape, getattr(law, method), at) for at in given)
    before, room = values[[*few, few[0]]], 1e-6 * np.nan_to_num(np.ptp(values[few]))
    same = np.allclose(np.append(*again), before, rtol=1e-6, atol=room, equal_nan=True)
    if not (same and np.array_equal(given[0], points)):
        raise _FlawError(f"its {method} must leave its argument as it is, and give the same numbers when called again")
    return values, partial(_require, method, points, values)


def _require(method: str, points: _Floats, values: _Floats, sound: Any, rule: str, mend: str = "") -> None:
    """Raise the flaw at the first place that is not sound; where neighbours were compared, show both."""
    for place in np.flatnonzero(~sound)[:1]:
        shown = range(place, place + 1 + values.size - sound.size)
        got = ", ".join(f"{method}({points[i]:.16g}) is {values[i]:g}" for i in shown)
        raise _FlawError(f"{rule}; {got}", mend)


def _call(rule: str, shape: tuple[int, ...], method: Callable[..., Any], *given: _Floats) -> _Floats:
    """Real numbers of a shape from a method of a law."""
    try:
        values = np.asarray(method(*given))
    except Exception as error:  # noqa: BLE001 - a law may raise anything
        mend = _AS_ARRAY if given and isinstance(error, (TypeError, ValueError, IndexError)) else ""
        raise _FlawError(f"{rule}; it raised {type(error).__name__}: {error}"[:300], mend) from None
    if values.dtype.kind not in "fiu" or values.shape != shape:
        raise _FlawError(f"{rule}; it gives {values.dtype.name} of shape {values.shape}")
    return values.astype(np.float64)


def _room(values: _Floats, share: float) -> _Floats:
    """What rounding may do to values: a share of the middle nine tenths, and their own last digits."""
    return np.asarray(share * (values[23] - values[5]) + 4.0 * np.spacing(np.abs(values)))
