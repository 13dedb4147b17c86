"""What a scenario rests on: every number with its source, and which have none."""

from collections import Counter

import avtosim

register = avtosim.load("avtotor-2024-06").assumptions()
print(repr(register))
print(f"without a source or a reason: {len(register.without_source)}")
print()

print("numbers that are guesses, with no data behind them, by field")
guessed = [row for row in register if not row.source and row.note.startswith("Guess")]
fields = Counter(row.address.rsplit(".", 1)[-1] for row in guessed if row.address.startswith("vehicles."))
for field, count in fields.most_common():
    print(f"  {field} of {count} vehicles")
print(f"  and {len(guessed) - sum(fields.values())} of markets, factors and shocks")
print()

wanted = "partners.BAIC.fill_rate"
row = next(row for row in register if row.address == wanted)
print(f"{row.address} = {row.value}\n  {row.standing}: {row.source}, {row.stated_on}\n  {row.note}")
