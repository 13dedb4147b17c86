"""Write facts.md beside this file from the declarations that also validate: python docs/reference/generate.py."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from avtosim.declare.fields import Fact, describe, spec_of
from avtosim.declare.help import default_text, rule_text, takes
from avtosim.declare.rules import LARGEST
from avtosim.facts.entities import Provenance
from avtosim.facts.scenario import Scenario
from avtosim.laws.registry import LAWS
from avtosim.laws.varying import Named, Stepwise, Total, Varying

PAGE = Path(__file__).with_name("facts.md")

HEAD = f"""# Facts and laws

Every fact a scenario holds, field by field, and every law a number may follow. This page is made by `generate.py` from
the declarations that check what is stated, so it says what is checked.

A **number** is certain. A **law** is drawn once a run. **Varying** is a law redrawn each month, **Stepwise** a number
that changes at the beginning of some months. Wherever a law may stand, a number may follow a named quantity
(**Named**). Numbers are finite and at most {LARGEST:g} in size; a law must not reach beyond its field's rule.
Durations are months, time 0 is the start of the first month, shares lie in [0, 1]. A **date** is a day or a month in
quotes, "2024-03-15" or "2024-03": its beginning where something starts, its end where something ends. In Python fields
are given by name, those of laws, `Varying`, `Named`, `Stops`, `Window` and `Target` also in order; in a file each is a
key ([scenario files](files.md)).
"""

LAWS_HEAD = """## Laws

Beside a law's name stands its word in a file, then its parameters, in the order in which a row gives them; each may
also be given by name: `{ pert = [0.5, 0.9, 1] }` is `{ pert = { low = 0.5, mode = 0.9, high = 1 } }`. In Python
anything with `ppf` and `cdf` is a law too, so a frozen `scipy.stats` distribution fits as it is, but it can't be saved
to a file.
"""

#: A line of a file for each law, as an example; the tests read each one.
EXAMPLES = {word: law.example for word, law in LAWS.items()} | {
    "varying": "{ varying = { pert = [0.5, 0.9, 1] }, persistence = 0.6, lasting = 0.3 }",
    "named": '{ named = "sell-through", times = 0.04 }',
    "stepwise": '{ stepwise = { "2024-01" = 12_000, "2024-07" = 24_000 } }',
    "total": "{ total = 14_000 }",
}
#: What a number may be beside a law.
FORMS = {"varying": Varying, "named": Named, "stepwise": Stepwise, "total": Total}


def page() -> str:
    """The whole page."""
    blocks = [HEAD, "## Scenario", *_fact(Scenario)]
    for cls in _below(Scenario):
        blocks += [f"## {cls.__name__}", *_fact(cls)]
    blocks += ["## Provenance", *_provenance(), LAWS_HEAD]
    for word, law in LAWS.items():
        blocks += [f"### {law.__name__}: `{word}`", *_law(law, EXAMPLES[word])]
    for word, form in FORMS.items():
        blocks += [f"### {form.__name__}: `{word}`", *_law(form, EXAMPLES[word])]
    return "\n\n".join(block.strip() for block in blocks) + "\n"


def _below(cls: type[Fact]) -> list[type[Fact]]:
    """The kinds of fact that ``cls`` holds, each once, nearest first."""
    found: list[type[Fact]] = []
    queue = [cls]
    while queue:
        inside = [spec_of(a).of for a in describe(queue.pop(0)).values()]
        new = [of for of in inside if of is not None and of not in found]
        found += new
        queue += new
    return found


def _fact(cls: type[Fact]) -> Iterator[str]:
    yield _prose(cls)
    if cls.kind != "scenario":
        yield _where(cls)
    yield _fields(cls, "field")


def _law(cls: type[Fact], example: str) -> Iterator[str]:
    yield _prose(cls)
    yield f"```toml\nnumber = {example}\n```"
    yield _fields(cls, "parameter")


def _provenance() -> Iterator[str]:
    yield _prose(Provenance)
    yield (
        "In a file the fields stand beside the number, and the date may be TOML's own; in Python they are given as\n"
        "`Scenario(..., provenance={address: Provenance(...)})`. A number that is changed loses them."
    )
    yield _fields(Provenance, "field")


def _fields(cls: type[Any], word: str) -> str:
    """The table of a class's fields, as they are declared."""
    rows = []
    for name, attribute in describe(cls).items():
        spec = spec_of(attribute)
        row = (
            f"`{name}`",
            takes(spec),
            spec.unit,
            re.sub("^(be|lie) ", "", rule_text(spec)),
            default_text(attribute) or "required",
            spec.meaning,
        )
        rows.append(tuple(cell.replace("``", "`") for cell in row))
    return _table((word, "takes", "unit", "rule", "default", "meaning"), rows)


def _prose(cls: type[Any]) -> str:
    """What the docstring of a class says, without parameters, errors and examples."""
    sections = re.split(r"\n\n(?=\w+\n---)", inspect.getdoc(cls) or "")
    notes = [section.partition("---\n")[2] for section in sections if section.startswith("Notes\n")]
    return "\n\n".join([sections[0], *notes]).replace("``", "`")


def _where(cls: type[Fact]) -> str:
    homes = [kind for kind, a in describe(Scenario).items() if spec_of(a).of is cls]
    if not homes:
        holders = [c for c in _below(Scenario) if any(spec_of(a).of is cls for a in describe(c).values())]
        keys = [k for c in holders for k, a in describe(c).items() if spec_of(a).of is cls]
        return f"Part of {', '.join(c.__name__ for c in holders)}, as `{keys[0]}`."
    named = "name" in describe(cls)
    return f"In a file: `[{homes[0]}.NAME]`." if named else f"In a file: `[{homes[0]}]`."


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
