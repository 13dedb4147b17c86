"""Write questions.md beside this file from the docstrings of all public names.

Run it as ``python docs/reference/generate_questions.py``. The page holds what ``help()`` shows: to change it, change
the docstrings.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

import avtosim
from avtosim.declare.fields import Fact
from avtosim.laws.base import LawBase

__all__ = ["PAGE", "Member", "entries", "members", "page", "sections"]

PAGE = Path(__file__).with_name("questions.md")

HEAD = """# Questions and answers

Every public function and class of `avtosim`, as `help()` describes it. This page is made by `generate_questions.py`
from the docstrings. The fields of facts and laws are left out here: [facts and laws](facts.md) has them all.
"""

#: Public names in the order of the page; those not named here follow under the last heading.
PARTS = {
    "Load a scenario": ("load", "loads", "bundled", "Scenario", "Family", "FactError", "Fault", "Provenance"),
    "Ask": ("simulate", "compare", "sweep", "rare_chance", "RelativePrecision"),
    "Explain": (
        "ledger",
        "Ledger",
        "LedgerPart",
        "split",
        "Split",
        "importance",
        "Importance",
        "tornado",
        "Tornado",
        "TornadoBar",
        "goal_seek",
        "GoalSeek",
        "story",
        "Story",
        "StoryMonth",
        "Happening",
        "Difference",
        "regions",
        "Regions",
        "Condition",
        "layers",
        "Layers",
        "worth_knowing",
        "WorthKnowing",
    ),
    "Designs": ("Plain", "Antithetic", "LatinHypercube", "Sobol", "SobolNets", "Design"),
    "Answers": (
        "Result",
        "RunInfo",
        "Estimate",
        "Breakdown",
        "Comparison",
        "Flips",
        "Sweep",
        "ProbabilityGrid",
        "RareChance",
        "merge",
    ),
    "Evidence": (
        "fit_stops",
        "fit_fill_rate",
        "fit_delay",
        "outside_view",
        "OutsideView",
        "AnnouncedPlan",
        "announced",
        "score",
        "Score",
        "ForecastLog",
        "LogScores",
        "brier_parts",
        "BrierParts",
        "Description",
    ),
}

_TITLE = re.compile(r"^(?P<title>[A-Z][A-Za-z ]+)\n-{3,}[ \t]*$", re.MULTILINE)
#: Sections whose entries are a name (and a type) followed by an indented description.
_LISTS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "Warns")


@attrs.frozen
class Member:
    """A public function, method or property of a class, with its docstring."""

    name: str
    value: Any
    doc: str

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters; none for a property."""
        if not callable(self.value):
            return []
        return [name.lstrip("*") for name in inspect.signature(self.value).parameters if name not in ("self", "cls")]


def sections(doc: str) -> dict[str, str]:
    """Split a numpydoc docstring into its sections by title; what stands before the first is under the empty title."""
    marks = list(_TITLE.finditer(doc))
    parts = {"": doc[: marks[0].start()] if marks else doc}
    for mark, following in itertools.pairwise([*marks, None]):
        parts[mark["title"]] = doc[mark.end() : following.start() if following else len(doc)]
    return {title: text.strip("\n").rstrip() for title, text in parts.items()}


def entries(text: str) -> list[tuple[str, str]]:
    """Split a section into pairs of a head line, such as ``runs : int, default 0``, and its description."""
    made: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line and not line[0].isspace():
            made.append((line.strip(), []))
        elif made:
            made[-1][1].append(line.strip())
    return [(head, " ".join(filter(None, lines))) for head, lines in made]


def members(cls: type[Any]) -> Iterator[Member]:
    """The public methods and properties of a class that the package itself defines, in order of definition."""
    seen = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("avtosim"):
            continue
        for name, raw in vars(base).items():
            value = getattr(cls, name, None)
            if name.startswith("_") or name in seen or not isinstance(raw, _DESCRIPTORS):
                continue
            seen.add(name)
            yield Member(name, raw if isinstance(raw, _PROPERTIES) else value, documented(cls, name, raw))


_PROPERTIES = (property, functools.cached_property)
_DESCRIPTORS = (types.FunctionType, classmethod, staticmethod, *_PROPERTIES)


def documented(cls: type[Any], name: str, raw: Any) -> str:
    """The docstring of a member, its own or that of the nearest base that has one."""
    if not isinstance(raw, _PROPERTIES):
        return inspect.getdoc(getattr(cls, name)) or ""
    docs = (inspect.getdoc(vars(base)[name]) for base in cls.__mro__ if name in vars(base))
    return next(filter(None, docs), "")


def page() -> str:
    """The whole page."""
    blocks = [HEAD]
    placed = {"__version__", *(name for names in PARTS.values() for name in names)}
    rest = [name for name in avtosim.__all__ if name not in placed]
    facts = [name for name in rest if _is_fact(getattr(avtosim, name))]
    for title, names in {**PARTS, "Other": [name for name in rest if name not in facts]}.items():
        known = [name for name in names if name in avtosim.__all__]
        if known:
            blocks.append(f"## {title}")
        for name in known:
            blocks += _public(name, getattr(avtosim, name))
    blocks += ["## Facts and laws", _list(facts)]
    blocks += ["### Methods of every law", *_members(LawBase)]
    return "\n\n".join(block.strip("\n") for block in blocks if block) + "\n"


def _is_fact(value: Any) -> bool:
    return isinstance(value, type) and (issubclass(value, (Fact, LawBase)) or value is avtosim.Varying)


def _list(names: list[str]) -> str:
    return "\n".join(f"- `{name}`: {_plain(_summary(getattr(avtosim, name)))}" for name in names)


def _summary(value: Any) -> str:
    return (inspect.getdoc(value) or "").partition("\n\n")[0].replace("\n", " ")


def _public(name: str, value: Any) -> Iterator[str]:
    yield f"### {name}"
    if not isinstance(value, type):
        yield f"```\n{name}{_signature(value)}\n```"
        yield from _body(inspect.getdoc(value) or "")
        return
    without = {"Parameters"} if _is_fact(value) else set()
    yield from _body(inspect.getdoc(value) or "", without=without)
    yield from _members(value)


def _members(cls: type[Any]) -> Iterator[str]:
    for member in members(cls):
        call = f"{member.name}{_signature(member.value)}" if callable(member.value) else member.name
        yield f"#### `{cls.__name__}.{call}`" if cls is not LawBase else f"#### `{call}`"
        yield from _body(member.doc)


def _signature(value: Callable[..., Any]) -> str:
    """The parameters by name, with defaults that are plain; types stand in the table below."""
    shown = []
    star = False
    for name, parameter in inspect.signature(value).parameters.items():
        if name in ("self", "cls"):
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            shown.append(f"*{name}")
            star = True
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            shown.append("*")
            star = True
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        shown.append(f"{name}{default}")
    return f"({', '.join(shown)})"


def _body(doc: str, *, without: set[str] = frozenset()) -> Iterator[str]:  # type: ignore[assignment]
    for title, text in sections(doc).items():
        if not text or title in without:
            continue
        if not title:
            yield _plain(text)
        elif title in ("Parameters", "Attributes"):
            yield f"**{title}**"
            yield _table(title.removesuffix("s").lower(), entries(text))
        elif title in _LISTS:
            items = [f"{_code(head)}: {_plain(text)}" if text else _code(head) for head, text in entries(text)]
            yield f"**{title}** {items[0]}" if len(items) == 1 else f"**{title}**\n\n- " + "\n- ".join(items)
        elif title == "Examples":
            yield from _examples(text)
        else:
            yield f"**{title}**"
            yield _plain(text)


def _table(what: str, rows: list[tuple[str, str]]) -> str:
    lines = [f"| {what} | type | meaning |", "| --- | --- | --- |"]
    for head, text in rows:
        name, _, kind = (part.strip() for part in head.partition(":"))
        cells = (f"`{name}`", _plain(kind), _plain(text))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _examples(text: str) -> Iterator[str]:
    """Blocks of prose as they are, blocks that begin with a prompt as code."""
    yield "**Examples**"
    for block in re.split(r"\n\s*\n", text):
        yield f"```pycon\n{block}\n```" if block.lstrip().startswith(">>>") else _plain(block)


def _code(head: str) -> str:
    name, colon, kind = head.partition(" : ")
    return f"`{name}` ({_plain(kind)})" if colon else f"`{name}`"


def _plain(text: str) -> str:
    return re.sub(r"``", "`", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
