"""A partner's launch is late: the effect on the year, run by run, with all other random numbers the same."""

import avtosim

LAUNCH = "vehicles.Dashing.start"
june = avtosim.load("avtotor-2024-06").replace({"targets": (25_000, 30_000)})
start = june[LAUNCH]
plans = {"as announced": june}
for months in (1, 2, 4):
    plans[f"{months} late"] = june.replace({LAUNCH: start + months})

print(f"Jetour's Dashing: announced for month {start} of the year, then one, two and four months later\n")
comparison = avtosim.compare(plans, runs=20_000, seed=1)
print(comparison)
print()

for name in [*plans][1:]:
    paired = comparison.chance_difference(name, 25_000)
    errors = [comparison[which].chance(25_000).standard_error for which in ("as announced", name)]
    apart = sum(error**2 for error in errors) ** 0.5
    print(f"{name}: {apart / paired.standard_error:.1f} times sharper than with independent random numbers")
