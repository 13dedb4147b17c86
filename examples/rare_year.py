"""How likely is a year above 130,000 under the plan of February? Far too rare for plain runs to see."""

import avtosim

february = avtosim.load("avtotor-2024-02")
print(avtosim.simulate(february, runs=20_000, seed=1).chance(130_000))
print()

# Few particles keep this example quick; 1,000 is the default, and 4,000 are enough for 130,000 too.
for volume, particles in ((120_000, 500), (130_000, 100)):
    rare = avtosim.rare_chance(february, at_least=volume, particles=particles, seed=1)
    print(rare)
    if rare.warning:
        print(f"so quote the upper end only: below one year in {1 / rare.estimate.high:,.0f}")
    else:
        print(f"plain runs for the same standard error: about {rare.plain_runs:,.0f}")
    print()
