"""What a scenario rests on: every number with its source and standing, and which are guesses."""

from collections import Counter

import avtosim

register = avtosim.load("avtotor-2024-06").assumptions()
for standing, count in Counter(row.standing for row in register).most_common():
    print(f"{count:4} {standing}")
print()

print("guesses, with no data behind them, by field")
guesses = [row for row in register if row.standing == "guess"]
fields = Counter(row.address.rsplit(".", 1)[-1] for row in guesses if row.address.startswith("vehicles."))
for field, count in fields.most_common():
    print(f"  {field} of {count} vehicles")
print(f"  and {len(guesses) - sum(fields.values())} of partners, markets, factors and shocks")
print()

row = next(row for row in register if row.address == "partners.BAIC.fill_rate")
print(f"{row.address} = {row.value}\n  {row.standing}: {row.source}, {row.stated_on}\n  {row.note}")
