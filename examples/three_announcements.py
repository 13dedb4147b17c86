"""Three announcements for one year: the chance of each volume, by what was known when it was announced."""

import avtosim

ANNOUNCED = {
    "avtotor-2024-02": "100,000 to 130,000",
    "avtotor-2024-04": "80,000 to 100,000",
    "avtotor-2024-06": "about 70,000",
}

for name, plan in ANNOUNCED.items():
    scenario = avtosim.load(name)
    result = avtosim.simulate(scenario, runs=30_000, seed=1)
    print(f"{scenario.name}: announced {plan}")
    for target in scenario.targets:
        print(f"  {result.chance(target)}")
    print(f"  expected {result.mean().value:,.0f}; eight years in ten lie", end=" ")
    print(f"between {result.quantile(0.1).value:,.0f} and {result.quantile(0.9).value:,.0f}\n")
