"""Memory: what is available, what a study is estimated to take, and what is refused before it starts."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import plants
import pytest

import avtosim as av
from avtosim.chance.points import DrawnPoints, Keys
from avtosim.studies import memory, rare
from avtosim.studies.experiment import Experiment
from avtosim.studies.sent import SentModel


def large(vehicles: int, partners: int, *, stops: bool, monthly: bool, random_plans: bool) -> av.Scenario:
    """Build a plant of many vehicles and partners."""
    fill = av.Uniform(low=0.5, high=1.0)
    return av.Scenario(
        name="large",
        calendar=av.Calendar(first_month="2024-01", working_days=plants.EVEN),
        partners=[
            av.Partner(
                name=f"P{n}",
                fill_rate=av.Varying(law=fill) if monthly else fill,
                lead_time=av.Discrete(values=(0, 1, 3), weights=(2, 3, 1)) if random_plans else 1,
                stops=av.Stops(per_year=3, duration=av.Exponential(mean=0.5)) if stops else None,
            )
            for n in range(partners)
        ],
        lines=[av.Line(name="L", per_day=1e5)],
        markets=[av.Market(name="M", per_year=av.Uniform(low=1e6, high=2e6))],
        vehicles=[
            av.Vehicle(
                name=f"V{n}",
                partner=f"P{n % partners}",
                line="L",
                market="M",
                plan=av.Uniform(low=1000, high=2000) if random_plans else 1000,
                market_share=1 / vehicles,
            )
            for n in range(vehicles)
        ],
    )


SHAPES = {
    "stops and monthly laws": {"stops": True, "monthly": True, "random_plans": False},
    "monthly laws": {"stops": False, "monthly": True, "random_plans": False},
    "random plans": {"stops": False, "monthly": False, "random_plans": True},
}


def peak_of(work: Callable[[], object]) -> int:
    """Most memory in use during some work."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_numbers_in_flight_are_those_of_a_block(shape: dict) -> None:
    """The estimate for a block of runs of a large plant lies between 0.7 and 2 times the measured peak."""
    model, runs = av.Model(large(60, 30, **shape)), 8192
    model(DrawnPoints(model.space, Keys(1), 0, 8))
    peak = peak_of(lambda: model(DrawnPoints(model.space, Keys(1), 0, runs)))
    print(shape, peak / 2**20, 8 * model.numbers_in_flight(runs) / peak)  # noqa: T201 - shown by pytest -s
    assert 0.7 * peak <= 8 * model.numbers_in_flight(runs) <= 2.0 * peak


def files(monkeypatch: pytest.MonkeyPatch, texts: dict[str, str]) -> None:
    """Let the system tell of its memory in these files only."""

    def read_text(path: Path, **_: object) -> str:
        if str(path) not in texts:
            raise FileNotFoundError(path)
        return texts[str(path)]

    monkeypatch.setattr(memory.Path, "read_text", read_text)


MEMINFO = "MemTotal: 64 kB\nMemFree: 8 kB\nMemAvailable: 32 kB\n"
SYSTEMS = {
    "free memory": ({}, 32 * 1024),
    "a group of version 2": (
        {
            "/proc/self/cgroup": "0::/a/b\n",
            "/sys/fs/cgroup/a/b/memory.max": "max\n",
            "/sys/fs/cgroup/a/b/memory.current": "3000\n",
            "/sys/fs/cgroup/a/memory.max": "9000\n",
            "/sys/fs/cgroup/a/memory.current": "5000\n",
            "/sys/fs/cgroup/a/memory.stat": "anon 1\ninactive_file 700\n",
        },
        4700,
    ),
    "a group of version 1": (
        {
            "/proc/self/cgroup": "12:cpu,cpuacct:/c\n5:memory:/\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "8000\n",
            "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1000\n",
        },
        7000,
    ),
    "a full group": (
        {
            "/proc/self/cgroup": "0::/\n",
            "/sys/fs/cgroup/memory.max": "1000\n",
            "/sys/fs/cgroup/memory.current": "1001\n",
        },
        0,
    ),
    "a limit of addresses": (
        {
            "/proc/self/limits": "Max address space         10000000   unlimited   bytes\n",
            "/proc/self/statm": "2440 1 1 1 1 1 1\n",
        },
        10_000_000 - 2440 * 4096,
    ),
}


@pytest.mark.parametrize(("texts", "left"), SYSTEMS.values(), ids=SYSTEMS)
def test_the_tightest_limit_counts(monkeypatch: pytest.MonkeyPatch, texts: dict, left: int) -> None:
    """Available is the least that any limit leaves: free memory, control groups with their parents, addresses."""
    monkeypatch.setattr(memory.os, "sysconf", lambda _: 4096)
    files(monkeypatch, {"/proc/meminfo": MEMINFO} | texts)
    assert memory.available() == left


def test_where_no_limit_is_told_it_is_the_physical_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the files of Linux the physical memory counts."""
    files(monkeypatch, {})
    monkeypatch.setattr(memory.os, "sysconf", {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert memory.available() == 4_096_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 256 MiB be available, of which a study may take half."""
    monkeypatch.setattr(memory, "available", lambda: 2**28)


ONE = plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0, high=1)}, targets=(6,))
OTHER = ONE.replace({"partners.P.fill_rate": av.Uniform(low=0.1, high=1)})


@pytest.mark.usefixtures("small")
def test_what_does_not_fit_is_refused_before_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs kept, blocks in flight, all scenarios of a comparison, cells of a sweep and populations all count."""
    av.simulate(ONE, runs=200_000, keep="totals")
    av.simulate(ONE, precision=0.1)
    monkeypatch.setattr(av.Model, "__call__", lambda *_, **__: pytest.fail("the model was run"))
    half = r"GiB and may take 0.12 \(half of what is available\)"
    with pytest.raises(MemoryError, match=f"runs: what keep='totals' keeps of 8,000,000 runs would take .* {half}"):
        av.simulate(ONE, runs=8_000_000, keep="totals")
    with pytest.raises(MemoryError, match="runs: what keep='flows' keeps of 40,000 runs"):
        av.simulate(ONE, runs=40_000, keep="flows")
    with pytest.raises(MemoryError, match="max_runs: what keep='months' keeps of 4,000,000 runs"):
        av.simulate(ONE, precision=0.1, max_runs=4_000_000)
    with pytest.raises(MemoryError, match=r"runs: .* nor would a single one"):
        av.simulate(plants.busy(), runs=200_000, keep="totals", workers=4)
    with pytest.raises(MemoryError, match="runs: "):
        av.compare({"one": ONE, "other": OTHER}, runs=2_800_000)
    with pytest.raises(MemoryError, match="runs: "):
        av.sweep(ONE, {"partners.P.fill_rate": [0.1, 0.2, 0.3, 0.4]}, runs=2_400_000)
    with pytest.raises(MemoryError, match="particles: populations of 1,000,000 points would take"):
        av.rare_chance(plants.busy(), at_least=11, particles=1_000_000)
    with pytest.raises(MemoryError, match="runs: "):
        av.simulate(ONE, runs=200_000, keep="totals", workers=64)


@pytest.mark.parametrize("plant", [plants.busy, plants.whole], ids=["busy", "whole"])
@pytest.mark.parametrize("keep", ["totals", "breakdown", "months", "flows"])
def test_the_estimate_of_a_simulation_is_that_of_its_peak(plant: Callable[[], av.Scenario], keep: str) -> None:
    """The estimate for a simulation, its copy for saving included, lies between 0.7 and 3 times the measured peak."""
    sent, runs = SentModel(plant()), 20_000
    experiment = Experiment.checked(default_runs=runs, keep=keep)
    peak = peak_of(lambda: experiment.records([sent], map, "simulating"))
    per_run, beside = experiment._bytes([sent], runs)
    print(keep, (per_run * runs + beside) / peak)  # noqa: T201 - shown by pytest -s
    assert 0.7 * peak <= per_run * runs + beside <= 3.0 * peak


def test_what_is_in_flight_does_not_grow_with_the_scenarios() -> None:
    """A batch is one of a single scenario: fifty have as much in flight as one, and keep fifty times as much."""
    sent = SentModel(plants.busy())
    experiment = Experiment.checked(default_runs=20_000, keep="months", workers=2)
    one, fifty = (experiment._bytes([sent] * count, 20_000) for count in (1, 50))
    assert fifty == (50 * one[0], one[1])


def test_the_estimate_of_a_rare_chance_is_that_of_its_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    """The estimate for a rare chance lies between 0.7 and 2 times the measured peak."""
    estimates = []
    monkeypatch.setattr(rare, "check_memory", lambda *given: estimates.append(given[1] * given[2] + given[3]))
    peak = peak_of(lambda: av.rare_chance(plants.busy(), at_least=60_000, particles=1000, repeats=10))
    print(estimates[0] / peak)  # noqa: T201 - shown by pytest -s
    assert 0.7 * peak <= estimates[0] <= 2.0 * peak
