"""A contract maker whose customer leaves in September.

Will its cars be built by then, and how many orders stay open?
"""

from pathlib import Path

import numpy as np

import avtosim as av

plant = av.load(Path(__file__).with_name("contract_maker.toml"))
result = av.simulate(plant, runs=20_000, seed=1, keep="flows")

ordered = result.flow("demand", vehicle="Elan").sum(axis=0).mean()
print(f"Elan is built until {plant['vehicles.Elan.end']}; {ordered:,.0f} cars are ordered until then")
for volume in (13_000, 13_500, 14_000):
    print(f"  {result.chance(volume, until='2025-09', of='Elan')}")

print("orders still open at the end of a month: on average, and in one year in ten more than")
for name, month in (("Elan", "2025-09"), ("Nord", "2025-09"), ("Nord", "2025-12")):
    waiting = result.flow("waiting", vehicle=name)[result.labels["month"].index(month)]
    print(f"  {name}, {month}: {waiting.mean():4,.0f} and {np.quantile(waiting, 0.9):6,.0f} cars")
print("once Elan has left, the line has room for Nord's late cars; Elan's are lost to the plant")

print(f"the whole plant, both customers: {result.chance(42_000)}")
