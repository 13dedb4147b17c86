"""A plant whose names and notes try to break a page, a picture, a workbook or a terminal."""

from __future__ import annotations

import avtosim as av

__all__ = ["MARKUP", "nasty"]

#: What a page would run if it were not escaped.
MARKUP = "<script>alert(1)</script>"
_STOPS = av.Stops(per_year=1.0, duration=av.Exponential(0.5))


def nasty() -> av.Scenario:
    """Give a small plant with such names, a description, and notes that are markup."""
    partners = [
        av.Partner(name="A&B lt", fill_rate=av.Pert(0.3, 0.8, 1.0), stops=_STOPS),
        av.Partner(name="x_1+2 _x_ a&amp", fill_rate=av.Pert(0.5, 0.9, 1.0)),
        av.Partner(name="A name of many words that goes on and on " * 2 + "end", fill_rate=av.Pert(0.5, 0.9, 1.0)),
        av.Partner(name="Длинноеимябезпробелов" * 3, fill_rate=0.9),
    ]
    vehicles = [
        av.Vehicle(
            name=f"{partner.name} car",
            partner=partner.name,
            line="L",
            market="M",
            plan=av.Total(3_000.0 * (place + 1)),
            market_share=0.05 * (place + 1),
            delay=av.Exponential(1.0),
        )
        for place, partner in enumerate(partners)
    ]
    return av.Scenario(
        name=f"Plant {MARKUP} & 'co' {{x}} | $y$",
        description='Red</p><img src=x onerror="alert(2)"> text',
        targets=[5_000.0, 15_000.0, 25_000.0, av.Target(100.0, until="2025-03", of=["A&B lt"])],
        announced=av.Announcement(low=25_000.0, high=30_000.0, stated_on="2025-01", programme="mature"),
        calendar=av.Calendar(first_month="2025-01"),
        lines=[av.Line(name="L", per_day=200.0)],
        partners=partners,
        markets=[av.Market(name="M", per_year=av.Uniform(60_000.0, 120_000.0))],
        vehicles=vehicles,
        provenance={
            "partners.A&B lt.fill_rate": av.Provenance(
                source="javascript:alert(3)", note="<img src=x>", standing="guess"
            ),
            "markets.M.per_year": av.Provenance(source='https://x.example/"><script>', standing="sourced"),
        },
    )
