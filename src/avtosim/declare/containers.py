"""Frozen containers that facts hold: tables of numbers by name, and families of named facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, SupportsIndex, TypeAlias, TypeVar, overload

import attrs

from .faults import nearest
from .rules import Quantity

F = TypeVar("F")
Taken = TypeVar("Taken")
Held = TypeVar("Held")


@attrs.frozen(eq=False, repr=False)
class FrozenMap(Mapping[str, Any]):
    """A mapping that cannot change and can be hashed, compared and pickled."""

    _items: dict[str, Any] = attrs.field(factory=dict, converter=dict)

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


class Family(tuple[F, ...]):
    """The facts of one kind in a scenario, in their order: a tuple that is also indexed by name.

    Parameters
    ----------
    iterable : iterable of facts
        The facts, in order.

    Raises
    ------
    KeyError
        If no fact has the name; the message gives the nearest one.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> june.vehicles["E5"].partner
    'Kaiyi'
    >>> "E5" in june.vehicles
    True
    """

    __slots__ = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the facts, in their order."""
        return tuple(getattr(fact, "name", "") for fact in self)

    @overload
    def __getitem__(self, key: str | SupportsIndex, /) -> F: ...
    @overload
    def __getitem__(self, key: slice, /) -> tuple[F, ...]: ...
    def __getitem__(self, key: Any, /) -> Any:
        if isinstance(key, (SupportsIndex, slice)):
            return super().__getitem__(key)
        if key not in self.names:
            raise KeyError(f"there is no {key!r} here: {nearest(key, self.names)}")
        return self[self.names.index(key)]

    def __contains__(self, key: object, /) -> bool:
        return key in self.names if isinstance(key, str) else super().__contains__(key)


class Converted(Generic[Taken, Held]):
    """Type of a field that takes one kind of value and holds another, for type checkers: a descriptor."""

    if TYPE_CHECKING:

        def __get__(self, fact: object, cls: Any = None, /) -> Held: ...
        def __set__(self, fact: object, value: Taken, /) -> None: ...


Row: TypeAlias = Converted[Iterable[float], tuple[float, ...]]
Table: TypeAlias = Converted[Mapping[str, Quantity], Mapping[str, Quantity]]
#: A table, or one number that stands for all names.
TableOrOne: TypeAlias = Converted[Mapping[str, Quantity] | Quantity, Mapping[str, Quantity] | Quantity]
#: Names, of which a single one may stand alone.
Names: TypeAlias = Converted[Iterable[str], tuple[str, ...]]
#: Shares by name; a word may stand in place of one.
Shares: TypeAlias = Converted[Mapping[str, float | str], Mapping[str, float | str]]
Members: TypeAlias = Converted[Iterable[F], Family[F]]

NO_ROW: Any = ()
NO_TABLE: Any = FrozenMap()
NO_MEMBERS: Any = Family()
