"""HTML in small pieces: every text is escaped, and no control character passes."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Iterable
from typing import Any

from .languages import Language
from .style import Draw, matplotlib, styled

#: Characters that steer a terminal, or turn the direction of what follows; a text of a scenario may hold them.
_STEERING = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """A text without characters that steer a terminal or turn the direction of what follows."""
    return _STEERING.sub("", text)


def escaped(text: str) -> str:
    """A text as it can stand in HTML, in an attribute too."""
    return html.escape(clean(text), quote=True)


def tag(name: str, *inside: str, **attributes: str) -> str:
    """An element around what is HTML already; attributes are text, ``class_`` stands for the word class."""
    stated = "".join(f' {key.rstrip("_").replace("_", "-")}="{escaped(text)}"' for key, text in attributes.items())
    return f"<{name}{stated}>{''.join(inside)}</{name}>"


def text(name: str, words: str, **attributes: str) -> str:
    """An element around a text."""
    return tag(name, escaped(words), **attributes)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], numbers: Iterable[int] = ()) -> str:
    """A table of cells that are HTML already; ``numbers`` are the columns that are set to the right.

    Each cell knows its head, which stands before it where a phone shows the cells of a row one below the other.
    """
    every, right = [*heads], set(numbers)
    kinds = [{"class_": "number"} if at in right else {} for at in range(len(every))]
    head = (text("th", name, **kind) for name, kind in zip(every, kinds, strict=True))
    body = (
        (tag("td", cell, data_head=name, **kind) for cell, name, kind in zip(row, every, kinds, strict=True))
        for row in rows
    )
    return tag("table", tag("thead", tag("tr", *head)), tag("tbody", *(tag("tr", *cells) for cells in body)))


def link(address: str, words: str) -> str:
    """A link to a page of the net; plain text where the address is none."""
    if not re.match(r"https?://[^\s]+$", address):
        return escaped(words)
    return tag("a", escaped(words), href=address, rel="noreferrer")


def image(answer: Any, draw: Draw, size: tuple[float, float], language: Language, words: str) -> str:
    """A picture of an answer as an image that stands in the page itself, with a text for who cannot see it."""
    with styled(), matplotlib().rc_context({"svg.hashsalt": "avtosim"}):
        figure = matplotlib(".figure").Figure(figsize=size, layout="constrained")
        draw(answer, figure.subplots(), language)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    data = base64.b64encode(drawn.getvalue()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escaped(words)}">'
