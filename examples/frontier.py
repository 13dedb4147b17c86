"""Two levers at once: how good Kaiyi's deliveries must be if Jetour's launch slips."""

import avtosim

DELIVERED, LAUNCH = "partners.Kaiyi.fill_rate", "vehicles.Dashing.start"
june = avtosim.load("avtotor-2024-06").replace({"targets": (25_000,)})
grid = avtosim.sweep(june, {DELIVERED: [0.6, 0.7, 0.8, 0.9, 1.0], LAUNCH: [3.5, 5.5, 7.5, 9.5]}, runs=5_000, seed=1)
print(grid)
print()

chances = grid.chance(25_000)
print("the least share of Kaiyi's kits at which the chance of 25,000 is at least even")
for column, launch in enumerate(grid.levers[LAUNCH]):
    enough = [share for share, low in zip(grid.levers[DELIVERED], chances.low[:, column], strict=True) if low >= 0.5]
    print(f"  launch in month {launch}: {min(enough) if enough else 'none that was tried'}")
