"""Interrupts: Ctrl-C ends every study soon, also where a batch in flight would take long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import avtosim

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
av.simulate(plant, runs=16, threads=2)
print("started", flush=True)
"""
STUDIES = {
    "simulate": "av.simulate(plant, runs=1_000_000, keep='totals')",
    "simulate on threads": "av.simulate(plant, runs=1_000_000, keep='totals', threads=2)",
    "precision": "av.simulate(plant, precision=1e-4, keep='totals', threads=2)",
    "compare": "av.compare({'one': plant, 'other': other}, runs=1_000_000, threads=2)",
    "sweep": "av.sweep(plant, {'partners.P1.fill_rate': [0.5, 0.6, 0.7]}, runs=1_000_000, threads=2)",
    "rare_chance": "av.rare_chance(plant, at_least=100_000)",
    "rare_chance on threads": "av.rare_chance(plant, at_least=100_000, threads=2)",
}


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent SIGINT there")
@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
def test_an_interrupt_ends_a_study(study: str) -> None:
    """A study that would take minutes ends after an interrupt, with KeyboardInterrupt and nothing else.

    The deadline is generous, for a busy machine: without one the process would be waited for to the end of its work.
    """
    path = os.pathsep.join([str(Path(avtosim.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        [sys.executable, "-c", PLANT + study],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    try:
        assert child.stdout.readline() == "started\n"
        # Into the middle of the work.
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0.7)
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=10)
    finally:
        child.kill()
    assert child.returncode != 0
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert errors.count("KeyboardInterrupt") == 1
