"""What was forecast for 2024, in a log that is only ever added to; the outcomes are open."""

from pathlib import Path

import avtosim

PATH = Path(__file__).with_name("forecasts-2024.jsonl")
KIND = "new_partner_assembly"
#: The bundled scenarios of Avtotor, with the middle of what was announced and when that was.
AVTOTOR = {
    "avtotor-2024-02": (115_000, "2024-02-01"),
    "avtotor-2024-04": (90_000, "2024-04-15"),
    "avtotor-2024-06": (70_000, "2024-06-30"),
}


def record(log: avtosim.ForecastLog) -> None:
    """Enter the forecasts of the bundled scenarios, and the view from outside on every plan for 2024 that is open."""
    for name, (plan, stated_on) in AVTOTOR.items():
        result = avtosim.simulate(avtosim.load(name), runs=100_000, seed=1)
        about = {"plan": plan, "stated_on": stated_on, "year": 2024, "kind": KIND}
        log.record("avtotor-2024", result, **about, note=f"knows what was public by {stated_on}")
    for row in avtosim.announced():
        if row.period == "2024" and row.actual is None and row.confidence != "low":
            # A month or year counts from its first day, so that nothing later is known.
            day = f"{row.stated_on}-01-01"[:10]
            about = {"plan": row.plan, "stated_on": day, "year": 2024, "kind": row.kind}
            view = avtosim.outside_view(**about, as_of=day)
            log.record(row.case_id, view, **about, last_year=row.last_year(day), note=f"knows outcomes public by {day}")


log = avtosim.ForecastLog(PATH)
if not log.entries():
    record(log)
print(log)
print(log.scores())
