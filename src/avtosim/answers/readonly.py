"""Arrays and mappings that cannot be changed, for answers that are frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed, for libraries that take nothing but a dict for a mapping."""

    def _unchanged(self, *what: object, **more: object) -> Any:  # noqa: ARG002 - whatever is asked for is refused
        """Refuse to be changed.

        Parameters
        ----------
        *what, **more : object
            What a dict would take.

        Returns
        -------
        object
            Never.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError("this cannot be changed; take a copy: dict(...)")

    __setitem__ = __delitem__ = __ior__ = update = pop = popitem = clear = setdefault = _unchanged


class ReadOnly(Mapping[str, Any]):
    """A mapping without methods that change it; it can be copied and pickled."""

    __slots__ = ("_held",)

    def __init__(self, held: Mapping[str, Any]) -> None:
        self._held = dict(held)

    def __getitem__(self, name: str) -> Any:
        if not isinstance(name, str) or name not in self._held:
            raise KeyError(f"there is no {name!r} here; known: {', '.join(map(str, self._held))}")
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return repr(self._held)


def read_only(values: Any) -> NDArray[np.float64]:
    """The numbers as an array that cannot be written; an array of float64 is made so in place, not copied."""
    array = np.asarray(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def read_only_arrays(arrays: Mapping[str, Any]) -> ReadOnly:
    """A mapping of such arrays."""
    return ReadOnly({name: read_only(values) for name, values in arrays.items()})
