"""Reading the months: output of the plant, of one vehicle, and what held a month back."""

import avtosim

june = avtosim.load("avtotor-2024-06")
result = avtosim.simulate(june, runs=10_000, seed=1, keep="flows")

print(result.by_month)
print()
print(result.by_vehicle)
print()

august = result.by_month["2024-08"]
print(f"August, one year in ten is worse than {result.by_month.quantile('2024-08', 0.1):,.0f}")
print(f"August, at least 5,000: in {100 * (august >= 5_000).mean():.1f} % of all runs")
half = sum(result.by_month[f"2024-{month:02d}"] for month in range(1, 7))
print(f"first half of the year: {half.mean():,.0f} on average, {100 * (half / result.annual).mean():.0f} % of the year")
print()

print("X3: scheduled, required, arrived and built, on average")
x3 = result.labels["vehicle"].index("X3")
flows = {name: result.flows[name][x3] for name in ("scheduled", "required", "arrived", "built")}
for month, name in enumerate(result.labels["month"]):
    print(name, *(f"{flow[month].mean():8,.0f}" for flow in flows.values()))
