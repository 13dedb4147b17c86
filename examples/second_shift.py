"""A plan that doubles in July, with a second shift.

Does a good first half promise a good year, and what do less complete kits cost?
"""

from pathlib import Path

import avtosim as av

plant = av.load(Path(__file__).with_name("second_shift.toml"))
year, half = plant.targets
steady = plant.replace({"partners.Kitmaker.fill_rate.2025-07": av.Named("completeness")})
found = av.compare({"as expected": plant, "as in spring": steady}, runs=20_000, seed=1, keep="flows")

result = found["as expected"]
print(result.chance(half))
print(result.chance(year))
good = result.reaches(half)
for words, years in (("reached", good), ("missed", ~good)):
    share = result.reaches(year)[years].mean()
    print(f"  the same, in years whose half-year target was {words}: {100 * share:.0f} %")
print(f"  the same, if kits stayed as complete as in spring: {found['as in spring'].chance(year):value with error}")

print("\naverage   cars         kits      kits      cars\nmonth     scheduled    ordered   arrived   built")
for number, month in enumerate(result.labels["month"]):
    flows = [result.flow(name, vehicle="Car")[number] for name in ("scheduled", "called", "arrived", "built")]
    print(month, *(f"{flow.mean():10,.0f}" for flow in flows))
