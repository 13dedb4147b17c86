"""A plant written in Python: a van works with an experienced partner and a new one."""

import avtosim as av

repairs = av.Stops(per_year=2, duration=av.Triangular(low=0.05, mode=0.1, high=0.5))
gaps = av.Stops(per_year=1, duration=av.LogNormalRange(low=0.25, high=3))
unsteady = av.Varying(law=av.Pert(low=0.5, mode=0.9, high=1), persistence=0.7)
both = {"line": "Main", "market": "Vans", "kit_cover": 0.5, "stock_cover": 1}
stock = {"opening_kits": 700, "opening_stock": 1_300}
late = av.Triangular(low=0, mode=1, high=5)
newcomer = av.Pert(low=0.01, mode=0.03, high=0.05)

works = av.Scenario(
    name="Van works, 2025",
    targets=(20_000, 24_000, 26_000),
    calendar=av.Calendar(first_month="2025-01", working_days=(20, 20, 21, 20, 19, 20, 23, 11, 22, 23, 20, 17)),
    lines=[av.Line(name="Main", per_day=130, stops=repairs)],
    partners=[
        av.Partner(name="Old", fill_rate=0.98, lead_time=1),
        av.Partner(name="New", fill_rate=unsteady, lead_time=2, chance_of_leaving=0.1, stops=gaps),
    ],
    markets=[av.Market(name="Vans", per_year=av.LogNormalRange(low=300_000, high=420_000))],
    vehicles=[
        av.Vehicle(name="Courier", partner="Old", plan=16_000, flex=1.2, market_share=0.045, **stock, **both),
        av.Vehicle(
            name="Express", partner="New", plan=14_000, start=2, delay=late, ramp_up=3, market_share=newcomer, **both
        ),
    ],
)

result = av.simulate(works, runs=50_000, seed=1)
print(result, result.by_vehicle, sep="\n\n")
