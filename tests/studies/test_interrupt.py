"""Interrupts: Ctrl-C ends every study soon, also where a batch in flight would take long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from children import nothing_is_left_of, start

#: A batch of this plant takes many seconds, and each study has many of them.
PLANT = """
import avtosim as av
plant = av.Scenario(
    name="large",
    calendar=av.Calendar(first_month="2024-01", working_days=(20.0,) * 12),
    partners=[
        av.Partner(name=f"P{n}", fill_rate=av.Varying(law=av.Uniform(low=0.5, high=1)),
                   stops=av.Stops(per_year=3, duration=av.Exponential(mean=0.5)))
        for n in range(60)
    ],
    lines=[av.Line(name="L", per_day=1e5)],
    markets=[av.Market(name="M", per_year=av.Uniform(low=1e6, high=2e6))],
    vehicles=[
        av.Vehicle(name=f"V{n}", partner=f"P{n % 60}", line="L", market="M", plan=1000, market_share=1 / 120)
        for n in range(120)
    ],
    targets=(70_000,),
)
other = plant.replace({"partners.P1.fill_rate": 0.7})
av.simulate(plant, runs=16)
print("started", flush=True)
"""
STUDIES = {
    "simulate": "av.simulate(plant, runs=1_000_000, keep='totals')",
    "simulate on workers": "av.simulate(plant, runs=1_000_000, keep='totals', workers=2)",
    "precision": "av.simulate(plant, precision=1e-4, keep='totals')",
    "compare on workers": "av.compare({'one': plant, 'other': other}, runs=1_000_000, workers=2)",
    "sweep": "av.sweep(plant, {'partners.P1.fill_rate': [0.5, 0.6, 0.7]}, runs=1_000_000)",
    "rare_chance": "av.rare_chance(plant, at_least=100_000)",
}


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent SIGINT there")
@pytest.mark.parametrize(
    ("study", "after"),
    [(text, after) for name, text in STUDIES.items() for after in ((0.7, 2.0) if "workers" in name else (0.7,))],
)
def test_an_interrupt_ends_a_study(study: str, after: float, tmp_path: Path) -> None:
    """A study that would take minutes ends after an interrupt, with KeyboardInterrupt and nothing else.

    The interrupt goes to all processes of the group, as from a terminal: while workers start, and while they work. The
    deadline is generous, for a busy machine: without one the process would be waited for to the end of its work.
    """
    child = start("-c", PLANT + study, folder=tmp_path)
    assert child.stdout.readline() == "started\n"
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(after)
    os.killpg(child.pid, signal.SIGINT)
    try:
        _, errors = child.communicate(timeout=10)
    finally:
        child.kill()
        assert nothing_is_left_of(child)
    assert child.returncode != 0
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert errors.count("KeyboardInterrupt") == 1
