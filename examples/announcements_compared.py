"""The three announcements of 2024 against each other: the same luck, three states of knowledge."""

import avtosim

MONTHS = {"February": "02", "April": "04", "June": "06"}
scenarios = {name: avtosim.load(f"avtotor-2024-{month}") for name, month in MONTHS.items()}
found = avtosim.compare(scenarios, runs=30_000, seed=1)
print(found)
print()

for name in ("April", "June"):
    print(f"{name} in the place of February, at least 70,000: {found.flips(name, 70_000)}")
apart = sum(found[name].mean().standard_error ** 2 for name in ("February", "April")) ** 0.5
print(
    f"standard error of April's difference in the mean: {found.mean_difference('April').standard_error:.0f};", end=" "
)
print(f"with luck that is not shared: {apart:.0f}")
