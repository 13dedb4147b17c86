"""Languages: texts and tables of answers said in another language than English.

A language is a TOML file beside this one: a template for each template of ``say``, with the same parts, and a word for
each term. Numbers get its separators and nouns the form that goes with a number.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

import attrs

from ..answers.table import Column, Table, TableLine
from ..say import Number, Said, Term

#: A blank at which no line is broken.
NO_BREAK = "\N{NO-BREAK SPACE}"


def _russian_form(value: float) -> int:
    """Which of three forms goes with a number: 1 прогон, 2 прогона, 5 прогонов; a fraction takes the second."""
    if value != int(value):
        return 1
    tens, ones = int(abs(value)) % 100, int(abs(value)) % 10
    if ones == 1 and tens != 11:
        return 0
    return 1 if 2 <= ones <= 4 and not 12 <= tens <= 14 else 2


def _russian_number(text: str) -> str:
    swapped = text.replace(",", NO_BREAK).replace(".", ",").replace(" %", f"{NO_BREAK}%")
    return f"\N{MINUS SIGN}{swapped[1:]}" if swapped.startswith("-") else swapped


class _Inflected(str):
    """A number in some language; in a template ``{n:one|few|many}`` gives the form that goes with it."""

    __slots__ = ("form",)
    form: int

    def __format__(self, forms: str) -> str:
        return forms.split("|")[self.form] if "|" in forms else str.__str__(self)


@attrs.frozen(eq=False)
class Language:
    """A language: how it says what is known in English.

    Parameters
    ----------
    code : str
        Two letters, as pages state it.
    templates : mapping of str to str
        Its template for each English one.
    terms : mapping of str to str
        Its word for each term.
    number : callable
        A number in its digits from one in English.
    form : callable
        Which form of a noun goes with a number.
    """

    code: str
    templates: Mapping[str, str]
    terms: Mapping[str, str]
    number: Callable[[str], str]
    form: Callable[[float], int]

    def __call__(self, text: str) -> str:
        """A text in this language; names and other plain texts stay as they are."""
        if isinstance(text, Number):
            made = _Inflected(self.number(str(text)))
            # What is printed without decimals is read as a whole number.
            made.form = self.form(text.value if "." in text else round(text.value))
            return made
        if isinstance(text, Term):
            return self._term(text)
        if isinstance(text, TableLine):
            return str(self.table(text.table)).splitlines()[text.line]
        if not isinstance(text, Said):
            return text
        template = self.templates.get(text.template) or (None if is_wording(text.template) else text.template)
        if template is None:
            return str(text)
        return template.format_map({name: self(part) for name, part in text.parts.items()})

    def _term(self, term: Term) -> str:
        """A term, of which a number may be a part, as in "Sobol nets of 1,024"."""
        digits = re.search(r"\d[\d,]*", term)
        if term in self.terms or not digits:
            return self.terms.get(term, str(term))
        template = self.terms.get(f"{term[: digits.start()]}{{n}}{term[digits.end() :]}")
        return template.format(n=self(Number(digits[0], float(digits[0].replace(",", ""))))) if template else str(term)

    def table(self, table: Table) -> Table:
        """A table in this language, all cells as text."""
        columns = tuple(Column(self(column.name), column.kind) for column in table.columns)
        sections = {
            self(heading): [
                tuple(self(column.show(cell)) for column, cell in zip(table.columns, row, strict=True)) for row in rows
            ]
            for heading, rows in table.sections.items()
        }
        notes = tuple(map(self, table.notes))
        return Table(columns, sections, self(table.title), notes, table.header)


_ENGLISH = Language("en", {}, {}, str, lambda value: int(value != 1))


@cache
def _russian() -> Language:
    stated = tomllib.loads((resources.files(__package__) / "ru.toml").read_text(encoding="utf-8"))
    return Language("ru", stated["templates"], stated["terms"], _russian_number, _russian_form)


#: Code -> the language.
LANGUAGES: Mapping[str, Callable[[], Language]] = {"en": lambda: _ENGLISH, "ru": _russian}


def language_of(code: object) -> Language:
    """The language of a code; raises ``ValueError`` for one that there is not."""
    if not isinstance(code, str) or code not in LANGUAGES:
        raise ValueError(f"language: must be one of {', '.join(LANGUAGES)}; got {code!r:.60}")
    return LANGUAGES[code]()


def text_of(table: Table, code: str) -> str:
    """A table as text in a language; what ``Tabular.text`` gives."""
    return str(language_of(code).table(table))


def is_wording(template: str) -> bool:
    """Whether a template has words of its own, and not only signs and blanks between its parts."""
    every = string.Formatter().parse(template)
    return any(sign.isalpha() for said, _, forms, _ in every for sign in f"{said}{forms or ''}")


def parts_of(template: str) -> set[str]:
    """Names of the parts of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
