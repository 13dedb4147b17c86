"""Texts that know the sentence they were made from, so that they can be said in another language.

``say("chance of {what}", what=...)`` is a plain English text to whoever prints or compares it. It keeps its template
and its parts, which `view.languages` looks up and fills again. Names and notes of a scenario are plain texts and stay
as they are. Templates are written out where ``say`` is called, so that a test can hold them against every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self


class Number(str):
    """A number as it is printed in English, with its value.

    In a template ``{n:run|runs}`` gives the form of the word that goes with ``n``.

    Parameters
    ----------
    text : str
        As it is printed.
    value : float
        What it is.
    """

    __slots__ = ("value",)
    value: float

    def __new__(cls, text: str, value: float) -> Self:
        """Keep the value beside the text."""
        made = super().__new__(cls, text)
        made.value = value
        return made

    def __reduce__(self) -> tuple[type[Number], tuple[str, float]]:
        return Number, (str(self), self.value)

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, forms: str) -> str:
        if "|" not in forms:
            return super().__format__(forms)
        one, many = forms.split("|")
        return one if self.value == 1 else many


class Said(str):
    """A text in English, with the template and the parts it was made from.

    Parameters
    ----------
    template : str
        The text, with the names of its parts in braces.
    parts : mapping of str to str
        What stands for each of them.
    """

    __slots__ = ("parts", "template")
    template: str
    parts: Mapping[str, str]

    def __new__(cls, template: str, parts: Mapping[str, str]) -> Self:
        """Fill the template."""
        made = super().__new__(cls, template.format_map(parts))
        made.template, made.parts = template, parts
        return made

    def __reduce__(self) -> tuple[type[Said], tuple[str, Mapping[str, str]]]:
        return Said, (self.template, self.parts)


class Term(str):
    """A word of a closed list, such as a unit, a standing or a design, that a language may have a word for.

    Parameters
    ----------
    text : str
        The word in English.
    """

    __slots__ = ()


def say(template: str, **parts: str | int) -> str:
    """A text made of a template and its parts; whole numbers are printed with their thousands separated."""
    return Said(template, {name: count(part) if type(part) is int else str_of(part) for name, part in parts.items()})


def str_of(part: Any) -> str:
    """A part of a text; raises ``TypeError`` for a number that nobody formatted."""
    if not isinstance(part, str):
        raise TypeError(f"say: a part must be text or a whole number; got {part!r:.60}")
    return part


def count(value: int) -> Number:
    """A whole number as it is printed, with thousands separated."""
    return Number(f"{value:,}", value)


def joined(between: str, texts: Iterable[str]) -> str:
    """Texts one after another, with a sign or a blank between them; empty ones are left out."""
    every = [text for text in texts if text]
    template = between.join(f"{{{place}}}" for place in map(_name, range(len(every))))
    return Said(template, {_name(place): text for place, text in enumerate(every)})


def _name(place: int) -> str:
    return f"part{place}"
