"""The one-partner case as two SimPy programs: with a store of kits, and the shortest that is right."""

from __future__ import annotations

import random
from collections.abc import Iterator

import simpy


class Partner:
    """A partner in SimPy: it runs and stops in turns, and knows for how long it has run since the last question."""

    def __init__(self, env: simpy.Environment, chance: random.Random) -> None:
        self.env, self.chance = env, chance
        self.running, self.since, self.ran = True, 0.0, 0.0
        env.process(self.live())

    def live(self) -> Iterator[simpy.Event]:
        """Run and stop, in turns, for ever."""
        while True:
            yield self.env.timeout(self.chance.expovariate(2 / 12))
            self.ran += self.env.now - self.since
            self.running = False
            yield self.env.timeout(self.chance.expovariate(1.0))
            self.running, self.since = True, self.env.now

    def share_of_month(self) -> float:
        """Give the running time since the last question, and start counting anew."""
        if self.running:
            self.ran += self.env.now - self.since
            self.since = self.env.now
        ran, self.ran = self.ran, 0.0
        return ran


def short_year(chance: random.Random) -> float:
    """Play one year without a store of kits, which this case could do without: the shortest program that is right."""
    env = simpy.Environment()
    partner = Partner(env, chance)
    built = []

    def plant() -> Iterator[simpy.Event]:
        """Build, month by month, what the partner's running time brings."""
        for _ in range(12):
            yield env.timeout(1)
            built.append(130_000 / 12 * partner.share_of_month())

    env.run(until=env.process(plant()))
    return sum(built)


def year(chance: random.Random) -> float:
    """Play one year of the one-partner case as a SimPy user would write it, and give its output."""
    env = simpy.Environment()
    partner = Partner(env, chance)
    kits = simpy.Container(env)
    built = []

    def deliveries() -> Iterator[simpy.Event]:
        """Bring a month's call-off, in the share of it that the partner ran, at the end of the month."""
        while True:
            yield env.timeout(1)
            arriving = 130_000 / 12 * partner.share_of_month()
            if arriving > 0:
                yield kits.put(arriving)

    def plant() -> Iterator[simpy.Event]:
        """Build, month by month, what the kits allow and the schedule wants."""
        for _ in range(12):
            yield env.timeout(1)
            building = min(kits.level, 130_000 / 12)
            if building > 0:
                yield kits.get(building)
            built.append(building)

    env.process(deliveries())
    env.run(until=env.process(plant()))
    return sum(built)
