"""The register of assumptions: every stated number with its source, or the plain word that it has none."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..declare.faults import typed_as
from .addresses import Leaf
from .entities import Provenance

__all__ = ["Assumption", "Register"]


STANDINGS = ("sourced", "derived", "assumption", "no source", "default")


@attrs.frozen
class Assumption:
    """One number of a scenario and what is known of its origin."""

    address: str
    value: object
    unit: str
    source: str
    stated_on: str
    note: str
    default: bool

    @property
    def standing(self) -> str:
        """How well a number stands.

        ``sourced``: a source says it; ``derived``: worked out from one, its note naming it an assumption or a guess;
        ``assumption``: reasoned in its note alone; ``default``; ``no source``.
        """
        if self.source:
            return "derived" if re.search(r"\b(assumption|guess)", self.note, re.IGNORECASE) else "sourced"
        if self.note:
            return "assumption"
        return "default" if self.default else "no source"


@attrs.frozen(repr=False)
class Register:
    """All assumptions of a scenario. Print it to read it; iterate over it to work with it."""

    rows: tuple[Assumption, ...]
    title: str = ""

    @classmethod
    def of(cls, leaves: Iterable[Leaf], provenance: Mapping[str, Provenance], *, title: str = "") -> Register:
        """The register of these leaves, with what was said of each."""
        nothing = Provenance()
        rows = []
        for leaf in leaves:
            said = provenance.get(leaf.address, nothing)
            unit = leaf.spec.unit
            row = Assumption(leaf.address, leaf.value, unit, said.source, said.stated_on, said.note, leaf.default)
            rows.append(row)
        return cls(tuple(rows), title)

    def __iter__(self) -> Iterator[Assumption]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def standing(self, *words: str) -> tuple[Assumption, ...]:
        """The rows whose standing is one of ``words``."""
        return tuple(row for row in self.rows if row.standing in words)

    @property
    def without_source(self) -> tuple[Assumption, ...]:
        """Stated numbers that have neither a source nor a note."""
        return self.standing("no source")

    def summary(self) -> str:
        """How many numbers there are of each standing."""
        counts = [f"{len(self.standing(w))} {w}" for w in STANDINGS]
        return f"{len(self.rows)} numbers: " + ", ".join(counts)

    def __repr__(self) -> str:
        return f"<Register of {self.title!r}: {self.summary()}>"

    def __str__(self) -> str:
        lines = [self.title, self.summary(), ""]
        for row in self.rows:
            if row.standing == "default":
                continue
            lines.append(f"{row.address} = {shown(row.value)} {row.unit}".rstrip())
            said = " | ".join(filter(None, [row.source, row.stated_on]))
            lines += _indented(f"{row.standing}: {said}" if said else row.standing)
            if row.note:
                lines += _indented(row.note)
        left = self.standing("default")
        if left:
            names = ", ".join(row.address for row in left)
            lines += ["", *textwrap.wrap(f"left at their defaults: {names}", 116, subsequent_indent="    ")]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{w}</th>" for w in ("address", "value", "unit", "standing", "source", "stated on", "note"))
        body = "".join(
            "<tr>"
            + "".join(
                f"<td>{html.escape(str(cell))}</td>"
                for cell in (r.address, shown(r.value), r.unit, r.standing, r.source, r.stated_on, r.note)
            )
            + "</tr>"
            for r in self.rows
        )
        caption = html.escape(f"{self.title}: {self.summary()}")
        return f"<table><caption>{caption}</caption><tr>{head}</tr>{body}</table>"


def _indented(text: str) -> list[str]:
    indent = "    "
    return textwrap.wrap(
        text, 116, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def shown(value: object) -> str:
    """A value as a reader would write it."""
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:,.0f}"
    if isinstance(value, tuple):
        return "[" + ", ".join(shown(v) for v in value) + "]"
    return typed_as(value)
