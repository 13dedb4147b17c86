"""A maker of routers, two of whose five parts have a second source.

How bad is a bad year, and which part should get the next second source?
"""

from pathlib import Path

import avtosim as av

NEEDS = "vehicles.Router.needs"
plant = av.load(Path(__file__).with_name("two_sources.toml"))
plants = {"as it is, two of five": plant}
plants["one source for every part"] = plant.replace(
    {
        f"{NEEDS}.Chip": av.Component(partner="Chipmaker", kit_cover=1.5),
        f"{NEEDS}.Memory": av.Component(partner="Memory-Works"),
    }
)
for part in ("Power", "Antenna", "Housing"):
    first = plant[f"{NEEDS}.{part}"].partner
    both = av.Component(partners={first: 0.7, "Trader": "rest"}, takeover=0.7)
    plants[f"a second source for {part} too"] = plant.replace({f"{NEEDS}.{part}": both})

found = av.compare(plants, runs=20_000, seed=1)
for name, result in found.items():
    print(f"{name}: {result.mean():,.0f} routers on average")
    print(f"  {result.chance_below(900_000):value with error} of all years bring less than 900,000", end="; ")
    print(f"the worst tenth bring {result.mean_of_worst(0.1):value with error} on average")
