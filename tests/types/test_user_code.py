"""Types: what mypy reports in the code of a user, and what it accepts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import avtosim

mypy = pytest.importorskip("mypy.api")

HEAD = """
from typing import Any
from scipy import stats
import avtosim as av

class Own:
    def ppf(self, u: Any) -> Any: ...
    def cdf(self, x: Any) -> Any: ...

def vehicle(plan: float) -> av.Vehicle:
    return av.Vehicle(name="V", partner="P", line="L", market="M", plan=plan, market_share=0.1)

plant = av.load("avtotor-2024-06")
"""

REPORTED = {
    "av.Partner()": "name",
    "av.Partner('P')": "Too many positional arguments",
    "av.Partner(name='P', fill_rat=1)": "fill_rat",
    "av.Partner(name='P', fill_rate='0.5')": "fill_rate",
    "av.Partner(name='P', fill_rate=av.Uniform)": "fill_rate",
    "av.Partner(name='P', lead_time=av.Varying(av.Uniform(0, 1)))": "lead_time",
    "av.Partner(name='P', stops=3)": "stops",
    "av.Uniform()": "low",
    "av.Uniform(1)": "high",
    "av.Uniform(1, 2, 3)": "Too many",
    "av.Uniform('1', 2)": "low|Argument 1",
    "av.Normal(0)": "sd",
    "av.Normal(_mean=0, sd=1)": "_mean",
    "av.Truncated(0.5, low=0)": "Argument 1",
    "av.Stops(2)": "duration",
    "av.Stops(2, 1, 'stoped')": "Argument 3",
    "av.Window()": "start",
    "av.Vehicle(name='V', partner='P', line='L', market='M', plan='many', market_share=0.1)": "plan",
    "av.Vehicle(name='V', partner='P', market='M', plan=1, market_share=0.1)": "line",
    "av.Market(name='M', per_year=1, season=3)": "season",
    "av.Market(name='M', per_year=1, season=['a'])": "List item 0",
    "av.Market(name='M', per_year=1, elasticities={'rate': 'high'})": "Dict entry",
    "av.Scenario(name='x')": "calendar",
    "plant.vehicles['E5'].plan = 3": "read-only",
    "plant.vehicles['E5'].plam": "plam",
    "plant.find(3)": "find",
    "plant.differences('other')": "differences",
    "wrong: str = plant.find('plan')": "assignment",
}

ACCEPTED = """
av.Partner(name="P", fill_rate=1, lead_time=2)
av.Partner(name="P", fill_rate=av.Pert(0.5, 0.9, 1), chance_of_leaving=av.Uniform(low=0, high=1))
av.Partner(name="P", fill_rate=stats.beta(2, 3), stops=av.Stops(2, stats.gamma(2)))
av.Partner(name="P", fill_rate=av.Varying(stats.beta(2, 3), persistence=0.8), lead_time=stats.randint(0, 3))
av.Partner(name="P", fill_rate=Own(), lead_time=av.Discrete([0, 1], (1, 2)))
av.Partner(name="P", lead_time=stats.poisson(2), chance_of_leaving=stats.truncnorm(0, 1))
av.Stops(2, av.Exponential(0.5), "stopped", 0.1)
av.Stops(per_year=2, duration=1, at_start="stationary")
av.Window(9, 1.5)
av.Window(start=av.Uniform(4, 7), duration=av.Exponential(mean=1.5))
av.Truncated(stats.norm(0, 1), 0)
av.Clipped(av.Normal(mean=1, sd=2), low=0, high=None)
av.Empirical([1, 2, 3])
av.Calendar(first_month="2024-01", working_days=[20] * 12)
av.Market(name="M", per_year=1000, season=range(1, 13), elasticities={"rate": -0.3})
av.Market(name="M", per_year=Own(), season=(1,) * 12, elasticities={"rate": av.Uniform(-1, 0)})
av.Scenario(
    name="x",
    calendar=av.Calendar(first_month="2024-01"),
    lines=[av.Line(name="L", per_day=10)],
    partners=(av.Partner(name="P"),),
    markets=[av.Market(name="M", per_year=1000)],
    vehicles=[vehicle(10)],
    targets=[70_000],
    provenance={"vehicles.V.plan": av.Provenance(source="press")},
)
first: av.Vehicle = plant.vehicles["E5"]
second: av.Vehicle = plant.vehicles[1]
names: tuple[str, ...] = plant.vehicles.names
number: int = len(plant.partners)
for partner in plant.partners:
    name: str = partner.name
days: tuple[float, ...] = plant.calendar.working_days
addresses: tuple[str, ...] = plant.find("fill")
changed: av.Scenario = plant.replace({addresses[0]: av.Uniform(0, 1)})
what: dict[str, tuple[Any, Any]] = plant.differences(changed)
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Give what ``mypy --strict`` says of all snippets, by line: first those with a mistake, then those without."""
    folder = tmp_path_factory.mktemp("types")
    code = folder / "snippets.py"
    code.write_text(HEAD + "\n".join(REPORTED) + "\n" + ACCEPTED, encoding="utf-8")
    config = folder / "mypy.ini"
    config.write_text(f"[mypy]\nmypy_path = {Path(avtosim.__file__).parents[1]}\n", encoding="utf-8")
    out, err, _ = mypy.run(["--strict", f"--config-file={config}", f"--cache-dir={folder}", str(code)])
    assert not err
    found: dict[int, str] = {}
    for line, text in re.findall(rf"{re.escape(code.name)}:(\d+): error: (.*)", out):
        found[int(line)] = found.get(int(line), "") + text
    return found


@pytest.mark.parametrize("snippet", REPORTED)
def test_a_mistake_is_reported(report: dict[int, str], snippet: str) -> None:
    """A missing, unknown or wrong argument is an error of the type checker that names it."""
    line = HEAD.count("\n") + 1 + list(REPORTED).index(snippet)
    assert re.search(REPORTED[snippet], report.get(line, "")), report.get(line, "nothing was reported")


def test_what_is_sound_is_accepted(report: dict[int, str]) -> None:
    """Whole numbers, laws of the library, of SciPy and of the user, rows of any kind and tables are no errors."""
    last = HEAD.count("\n") + len(REPORTED)
    lines = (HEAD + "\n".join(REPORTED) + "\n" + ACCEPTED).splitlines()
    assert {lines[line - 1]: text for line, text in report.items() if line > last} == {}
