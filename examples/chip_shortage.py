"""A car maker whose chips may run short.

What does a shortage cost each model, and what the chance of the year's target?
"""

from pathlib import Path

import avtosim as av

plant = av.load(Path(__file__).with_name("chip_shortage.toml"))
target = plant.targets[0]
plants = {"never a shortage": plant.replace({"shocks.Shortage.stops.per_year": 0}), "as believed, 10 to 90 %": plant}
for left in (0.7, 0.4, 0.1):
    plants[f"{100 * left:.0f} %"] = plant.replace({"quantities.chips-left": left})
found = av.compare(plants, runs=20_000, seed=1, keep="breakdown")

never, believed = found["never a shortage"], found["as believed, 10 to 90 %"]
struck = believed.annual != never.annual
print(f"a shortage is felt in {100 * struck.mean():.0f} % of the years; what is built in these, with and without it:")
for name, cars in believed.by_vehicle.items():
    with_it, without = cars[struck].mean(), never.by_vehicle[name][struck].mean()
    change = 100 * (with_it / without - 1)
    print(f"  {name:6} {with_it:8,.0f} instead of {without:8,.0f} cars, {change:+.1f} %")

print(f"chance of {target:,.0f} cars in all, by the share of the Family's chips that a shortage leaves:")
for name, result in found.items():
    print(f"  {name:25} {result.chance(target):value with error}")
