"""The three announcements of 2024 compared: common random numbers, three states of knowledge."""

import avtosim

MONTHS = {"February": "02", "April": "04", "June": "06"}
scenarios = {name: avtosim.load(f"avtotor-2024-{month}") for name, month in MONTHS.items()}
comparison = avtosim.compare(scenarios, runs=30_000, seed=1)
print(comparison)
print()

for name in ("April", "June"):
    print(f"{name} in the place of February, at least 70,000: {comparison.flips(name, 70_000)}")
apart = sum(comparison[name].mean().standard_error ** 2 for name in ("February", "April")) ** 0.5
paired = comparison.mean_difference("April").standard_error
print(f"standard error of April's difference in the mean: {paired:.0f};", end=" ")
print(f"with independent random numbers: {apart:.0f}")
