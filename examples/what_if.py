"""What if one number were different? With one seed, only what depends on that number differs."""

import numpy as np

import avtosim

ADDRESS = "partners.BAIC.fill_rate"
before = avtosim.load("avtotor-2024-06")
after = before.replace({ADDRESS: 0.8})
print(f"{ADDRESS}: {before[ADDRESS]} -> {after[ADDRESS]}")

first, second = (avtosim.simulate(scenario, runs=30_000, seed=1) for scenario in (before, after))
for volume in (50_000, 60_000):
    print(f"before: {first.chance(volume)}\nafter:  {second.chance(volume)}")

difference = second.annual - first.annual
error = difference.std(ddof=1) / np.sqrt(difference.size)
apart = np.hypot(first.mean().standard_error, second.mean().standard_error)
print(f"expected output: {first.mean().value:,.0f} -> {second.mean().value:,.0f}")
print(f"difference, run by run: {difference.mean():+,.0f}, standard error {error:.1f}")
print(f"standard error with independent random numbers: {apart:.1f}")

others = [name for name in first.by_partner if name != "BAIC"]
same = [name for name in others if np.array_equal(first.by_partner[name], second.by_partner[name])]
print(f"the same in every run, to the last bit: {', '.join(same)}")
print("the others build on the line that BAIC's cars leave a little freer")
