"""How likely is a year above 130,000 under the plan of February? Far too rare for plain runs to see."""

import avtosim

february = avtosim.load("avtotor-2024-02")
print(avtosim.simulate(february, runs=20_000, seed=1).chance(130_000))
print()

# Few particles keep this example quick; 1,000 is the usual number, and 4,000 are enough for 130,000 too.
for volume, particles in ((120_000, 500), (130_000, 100)):
    found = avtosim.rare_chance(february, at_least=volume, particles=particles, seed=1)
    print(found)
    if found.warning:
        print(f"so say no more than this: below one year in {1 / found.estimate.high:,.0f}, if at all")
    else:
        print(f"plain runs for the same standard error: about {found.plain_runs:,.0f}")
    print()
