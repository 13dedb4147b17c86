"""What is wrong with a fact: where, which rule, which value, and what to do."""

from __future__ import annotations

import difflib
import heapq
import itertools
import re
import reprlib
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from os.path import commonprefix

import attrs

#: An error prints this many faults.
_PRINTED = 50
#: A misspelt name is looked for among this many known ones, all names of an error among twenty times as many.
_SEARCHED = 5000
#: So many of them, those with the longest beginning and end in common with it, are compared letter by letter.
_COMPARED = 40


@attrs.frozen(eq=False, repr=False)
class Nearest:
    """A hint at the known name nearest to a misspelt one. The search is slow, so it waits until the hint is printed."""

    name: str
    known: Collection[object]

    def __str__(self) -> str:
        names = [str(k) for k in itertools.islice(self.known, _SEARCHED)]
        if not names:
            return "there is none to name"
        wanted, lower = self.name.lower(), {n.lower()[:100]: n for n in reversed(names)}
        alike = heapq.nlargest(_COMPARED, lower, key=partial(_in_common, wanted))
        close = [name for name in alike if wanted in re.split(r"[_\W]", name)][:1]
        close = close or difflib.get_close_matches(wanted, alike, n=1, cutoff=0.5)
        if close:
            return f"did you mean {_cut(lower[close[0]])!r}?"
        return f"known: {_cut(', '.join(names[:8]))}{', ...' if len(names) > 8 else ''}"


def _in_common(one: str, other: str) -> int:
    """How many letters two names have in common at their beginning and at their end."""
    return len(commonprefix([one, other]) + commonprefix([one[::-1], other[::-1]]))  # noqa: RUF071 - letters are meant


def nearest(name: object, known: Iterable[object]) -> Nearest:
    """A hint that names the known name nearest to ``name``, or lists what is known."""
    return Nearest(str(name)[:100], known if isinstance(known, Collection) else tuple(known))


@attrs.frozen
class Fault:
    """One broken rule.

    Parameters
    ----------
    address : str
        Where: the address of a number or fact, the key of a file, or the name of an argument.
    rule : str
        Which rule is broken, in words.
    value : object, default None
        What broke it; None where there is no value to show.
    hint : str, default ""
        What to do, where that is known.
    """

    address: str
    rule: str
    value: object = attrs.field(default=None)
    hint: str | Nearest = attrs.field(default="", eq=str)

    def __str__(self) -> str:
        got = "" if self.value is None else f"; got {_cut(_SHORT.repr(self.value))}"
        hint = str(self.hint)
        return _visible(f"{_cut(self.address)}: {self.rule}{got}{f' ({hint})' if hint else ''}")

    def moved(self, old: str, new: str) -> Fault:
        """The same fault at another address.

        Parameters
        ----------
        old : str
            The beginning of the address that is replaced; where the address begins otherwise, ``new`` is put before it.
        new : str
            What is put in its place.

        Returns
        -------
        Fault
            A new one.
        """
        if self.address == old or self.address.startswith(old + "."):
            return attrs.evolve(self, address=new + self.address[len(old) :])
        return attrs.evolve(self, address=f"{new}.{self.address}" if new else self.address)


def typed_as(value: object) -> str:
    """The value as it would be typed; a frozen distribution of SciPy by its name, which its own repr leaves out."""
    name, given = getattr(getattr(value, "dist", None), "name", None), getattr(value, "args", None)
    if not isinstance(name, str) or not isinstance(given, tuple):
        return repr(value)
    words = [*map(repr, given), *(f"{word}={item!r}" for word, item in getattr(value, "kwds", {}).items())]
    return f"scipy.stats.{name}({', '.join(words)})"


class _Short(reprlib.Repr):
    """Values as they would be typed, cut where they would drown a message, whatever their size and depth."""

    def repr_int(self, x: int, level: int) -> str:
        digits = x.bit_length() * 3 // 10
        return super().repr_int(x, level) if digits < 30 else f"a whole number of about {digits} digits"

    def repr_instance(self, x: object, _level: int) -> str:
        try:
            return _cut(typed_as(x))
        except Exception:  # noqa: BLE001 - a value that cannot even be shown must not hide its fault
            return f"a {type(x).__name__} that cannot be shown"


_SHORT = _Short()
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxtuple, _SHORT.maxstring = 3, 8, 8, 80


def _cut(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:120]} ... {text[-60:]}"


def _visible(text: str) -> str:
    """The text with what cannot be printed, such as control characters, spelt out."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _with_hints(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults with their hints written out, as far as the names to be compared are not too many."""
    left = 20 * _SEARCHED
    for fault in faults:
        hint = fault.hint
        if isinstance(hint, Nearest):
            left -= min(len(hint.known), _SEARCHED)
            hint = str(hint) if left >= 0 else ""
        yield attrs.evolve(fault, hint=hint)


class FactError(ValueError):
    """Facts or files that break their rules; raised before anything is computed.

    Attributes
    ----------
    faults : tuple of Fault
        All broken rules, found together: each with its ``address``, ``rule``, ``value`` and ``hint``. The first 50 are
        printed. Hints at the nearest of thousands of names are given for the first 20 only, since the search is slow.
    where : str
        The file or text that holds them; empty for facts made in Python.
    """

    def __init__(self, faults: Iterable[Fault], where: str = "") -> None:
        self.faults: tuple[Fault, ...] = tuple(_with_hints(faults))
        self.where = where
        super().__init__(self._text())

    def __reduce__(self) -> tuple[type[FactError], tuple[tuple[Fault, ...], str]]:
        return type(self), (self.faults, self.where)

    def _text(self) -> str:
        head = f"{_visible(self.where)}: " if self.where else ""
        if len(self.faults) == 1:
            return f"{head}{self.faults[0]}"
        lines = [f"{head}{len(self.faults)} faults", *map(str, self.faults[:_PRINTED])]
        if len(self.faults) > _PRINTED:
            lines.append(f"and {len(self.faults) - _PRINTED} more")
        return "\n  - ".join(lines)
