"""A kit plant behind a border that may close in autumn.

What does that cost the year, and does it matter whether trains wait or turn back?
"""

from pathlib import Path

import avtosim as av

SHOCK = "shocks.Border closed"
plant = av.load(Path(__file__).with_name("border.toml"))
never, surely = ({f"{SHOCK}.window.chance": chance} for chance in (0, 1))
lost = {f"{SHOCK}.holds": (), f"{SHOCK}.supply": {"East": 0}}
plants = {
    "as believed: slow in summer, closed in every second autumn": plant,
    "never slow, never closed": plant.replace({**never, "shocks.Slow trains.delay.East": 0}),
    "slow in summer, never closed": plant.replace(never),
    "slow in summer, closed in autumn, trains wait": plant.replace(surely),
    "slow in summer, closed in autumn, trains turn back": plant.replace({**surely, **lost}),
}
found = av.compare(plants, runs=20_000, seed=1, keep="months")
for name, result in found.items():
    book = result.order_book("East")
    october = book.by_month["arrived"].mean("2025-10")
    print(f"{name}:")
    print(f"  chance of 38,000 cars {result.chance(38_000):value with error}", end=", ")
    print(f"{result.mean():value with error} expected")
    print(f"  {book.arrived.sum(axis=0).mean():,.0f} kits come through the border, {october:,.0f} of them in October")
print("kits of trains that turn back are ordered again and take the two months' lead time once more")
