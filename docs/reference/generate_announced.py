"""Write announced-plans.md beside this file from the bundled table: python docs/reference/generate_announced.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from avtosim.evidence.announced import KINDS, AnnouncedPlan, announced
from avtosim.evidence.outside import DIES_BELOW, case_weights, with_outcome

PAGE = Path(__file__).with_name("announced-plans.md")

HEAD = """# Announced plans and what was built

What makers announced for a year, when they announced it, and what they built: the table behind `outside_view`, which
is the file `evidence/announced.csv` of the package. This page is made from it by `generate_announced.py`. Volumes are
vehicles: vehicles built, unless another word stands beside the plan. The ratio is what was built divided by the plan;
of a range the middle is taken, of "at least" the number named. A date is a day, a month or a year; what became known
in a month or year counts as known from its end on. An empty cell means that nothing was found.

The table is a convenience sample, not a complete list: a plan that failed is news, a plan that was met is not, so
failures are over-reported. Rows of low confidence are shown, but left out of every view and of the figures below. The
statements of one company-year weigh 1 together, so the figures below need not be whole numbers.
"""

#: What stands above the rows of each kind.
MEANINGS = {
    "new_partner_assembly": "A plant that assembles a partner's kits, in about the first two years with that partner.",
    "new_maker_or_plant": "A maker or a plant that is itself new.",
    "mature": "A plant that has been running for some time.",
}
_COLUMNS = ("company", "programme", "year", "stated on", "plan", "last year (known on)", "built (known on)", "ratio")
_MORE = ("confidence", "sources", "note")


def page() -> str:
    """The whole page."""
    blocks = [HEAD.strip()]
    for kind in KINDS:
        rows = [s for s in announced() if s.kind == kind]
        lines = [(*_COLUMNS, *_MORE), ("---",) * len((*_COLUMNS, *_MORE)), *map(_cells, rows)]
        table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        blocks += [f"## `{kind}`", f"{MEANINGS[kind]} {_summary(rows)}", table]
    return "\n\n".join(blocks) + "\n"


def _summary(rows: list[AnnouncedPlan]) -> str:
    """How the company-years of a kind fared."""
    scored = with_outcome(rows)
    weights, ratios = case_weights(scored), np.array([(s.actual or 0.0) / s.plan for s in scored])
    dead, met = float(weights @ (ratios < DIES_BELOW)), float(weights @ (ratios >= 1.0))
    return (
        f"{weights.sum():.0f} company-years with an outcome: {met:.1f} reached the plan, {dead:.1f} died "
        "(built less than a fifth of the plan)."
    )


def _cells(row: AnnouncedPlan) -> tuple[str, ...]:
    low, high = f"{row.plan_low:,.0f}", "" if row.plan_high is None else f"{row.plan_high:,.0f}"
    plan = f"at least {low}" if not high else low if low == high else f"{low} to {high}"
    built = "" if row.actual is None else f"{row.actual:,.0f} ({row.outcome_known_on})"
    last = "" if row.last_year_value is None else f"{row.last_year_value:,.0f}"
    return (
        row.company,
        f"{row.plant_or_programme}, {row.country}",
        row.period,
        row.stated_on,
        plan if row.quantity == "built" else f"{plan} {row.quantity}",
        f"{last} ({row.last_year_known_on})" if row.last_year_known_on else last,
        built,
        "" if row.actual is None else f"{row.actual / row.plan:.2f}",
        row.confidence,
        ", ".join(_links(row)),
        row.note,
    )


def _links(row: AnnouncedPlan) -> Iterator[str]:
    for name, address in (("plan", row.source_plan), ("built", row.source_actual)):
        if address:
            yield f"[{name}]({address.replace('(', '%28').replace(')', '%29')})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
