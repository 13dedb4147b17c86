"""A truck whose engine comes from two makers.

What is the second one worth, and what must it be ready for?
"""

from pathlib import Path

import avtosim as av

plant = av.load(Path(__file__).with_name("truck_of_components.toml"))
alone = av.Component(partner="Farmotor", kit_cover=0.75)
plants = {
    "Farmotor alone": plant.replace({"vehicles.Tractor.needs.Engine": alone}),
    "two makers, each its own part": plant.replace({"vehicles.Tractor.needs.Engine.takeover": 0}),
    "two makers, one stands in": plant,
}
found = av.compare(plants, runs=20_000, seed=1, keep="months")
for name, result in found.items():
    print(f"{name}: {result.mean():,.0f} trucks on average, one year in ten less than {result.quantile(0.1):,.0f}")
    print(f"  {result.chance(11_000)}")

print("\nengines that Nearmotor is asked for in a month")
print("         own part only      it stands in")
print("               average  average  one year in ten more than")
own, both = (found[name].order_book("Nearmotor").by_month["called off"] for name in list(plants)[1:])
for month in own:
    print(f"{month} {own.mean(month):14,.0f} {both.mean(month):8,.0f} {both.quantile(month, 0.9):14,.0f}")
