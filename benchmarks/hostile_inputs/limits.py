"""Questions too large for the memory, and interrupted ones."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import avtosim as av

from .judge import Case
from .plants import SOUND, plant

__all__ = ["cases"]

#: Seconds after which an interrupted question must have returned.
_PROMPT = 2.0


@cache
def _large(vehicles: int, partners: int) -> av.Scenario:
    """A plant of many vehicles, each of whose partners stops and delivers as it likes."""
    stops = av.Stops(per_year=2.0, duration=av.Exponential(mean=0.3))
    return plant(
        partners=[
            av.Partner(name=f"P{at}", fill_rate=av.Varying(law=av.Uniform(low=0.5, high=1.0)), stops=stops)
            for at in range(partners)
        ],
        vehicles=[
            av.Vehicle(
                **{
                    **SOUND["Vehicle"],
                    "name": f"V{at}",
                    "partner": f"P{at % partners}",
                    "market_share": 0.9 / vehicles,
                }
            )
            for at in range(vehicles)
        ],
        shocks=(),
    )


def _memory() -> Iterator[Case]:
    """More than half of what the process may have: refused before anything is run."""
    small, large = plant(), lambda: _large(500, 250)
    asked: list[tuple[str, Callable[[], Any], str]] = [
        ("a billion runs", lambda: av.simulate(small, runs=10**9, progress=False), "runs"),
        ("100 million runs by month", lambda: av.simulate(small, runs=10**8, keep="months", progress=False), "runs"),
        (
            "20 million runs, all flows",
            lambda: av.simulate(small, runs=2 * 10**7, keep="flows", progress=False),
            "runs",
        ),
        (
            "3 GB of totals in an address space of 4 GB",
            lambda: av.simulate(small, runs=400_000_000, keep="totals", progress=False),
            "runs",
        ),
        ("500 vehicles, all flows", lambda: av.simulate(large(), runs=20_000, keep="flows", progress=False), "runs"),
        (
            "500 vehicles, 40 workers",
            lambda: av.simulate(large(), runs=10**6, workers=40, progress=False),
            "workers|runs",
        ),
        (
            "10 million max_runs, all flows",
            lambda: av.simulate(small, precision=1e-4, max_runs=10**7 * 2, keep="flows", progress=False),
            "max_runs",
        ),
        (
            "compare 50 scenarios",
            lambda: av.compare({f"s{at}": small for at in range(50)}, runs=10**8, progress=False),
            "runs",
        ),
        (
            "compare 20 with all flows",
            lambda: av.compare({f"s{at}": small for at in range(20)}, runs=10**6, keep="flows", progress=False),
            "runs",
        ),
        (
            "sweep over 400 cells",
            lambda: av.sweep(
                small, {"lines.Main.per_day": [1.0 + at for at in range(400)]}, runs=10**7, progress=False
            ),
            "runs",
        ),
        (
            "rare_chance with all it may have",
            lambda: av.rare_chance(small, at_least=1.0, particles=1_000_000, repeats=1000),
            "particles|repeats",
        ),
        (
            "rare_chance of 500 vehicles",
            lambda: av.rare_chance(large(), at_least=1.0, particles=100_000, repeats=10),
            "particles|repeats",
        ),
    ]
    for name, call, place in asked:
        yield Case(
            part="limits",
            name=f"memory: {name}",
            call=lambda _folder, call=call: call(),
            says=(place, "memory|GiB"),
            raises=(MemoryError, ValueError),
            hand=True,
            slow="500" in name,
        )


def _interrupted() -> Iterator[Case]:
    """Ctrl-C comes through within two seconds."""
    if not hasattr(signal, "SIGINT") or os.name != "posix":
        return
    levers = {"lines.Main.per_day": [1.0 + at for at in range(300)]}
    june = "avtotor-2024-06"
    questions: list[tuple[str, Callable[[], Any]]] = []
    for workers in (1, 2):
        many = {"workers": workers}
        questions += [
            (
                f"simulate on {workers}",
                lambda many=many: av.simulate(av.load(june), runs=10_000_000, keep="totals", progress=False, **many),
            ),
            (
                f"simulate 100 vehicles on {workers}",
                lambda many=many: av.simulate(_large(100, 50), runs=1_000_000, keep="totals", progress=False, **many),
            ),
            (
                f"simulate to a precision on {workers}",
                lambda many=many: av.simulate(
                    av.load(june), precision=1e-6, max_runs=50_000_000, keep="totals", progress=False, **many
                ),
            ),
            (
                f"compare on {workers}",
                lambda many=many: av.compare(
                    {"a": av.load(june), "b": av.load("avtotor-2024-04")}, runs=5_000_000, progress=False, **many
                ),
            ),
            (
                f"sweep on {workers}",
                lambda many=many: av.sweep(plant(), levers, runs=200_000, progress=False, **many),
            ),
            (
                f"rare_chance on {workers}",
                lambda many=many: av.rare_chance(av.load(june), at_least=130_000, particles=3_000, repeats=20, **many),
            ),
        ]
    for design in (av.Antithetic(), av.LatinHypercube(), av.Sobol()):
        questions.append(
            (
                f"simulate by {type(design).__name__}",
                lambda design=design: av.simulate(
                    av.load(june), runs=2**22, design=design, keep="totals", progress=False
                ),
            )
        )
    for name, question in questions:
        yield Case(
            part="limits",
            name=f"Ctrl-C: {name}",
            call=_stopping(question),
            raises=(KeyboardInterrupt,),
            hand=True,
            slow=True,
        )


def _stopping(question: Callable[[], Any]) -> Callable[[Path], Any]:
    """Ask, interrupt after a second and a half, and say how long it took to come back where that was too long."""

    def call(_folder: Path) -> Any:
        sent: list[float] = []

        def interrupt() -> None:
            sent.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        signal.signal(signal.SIGINT, signal.default_int_handler)
        timer = threading.Timer(1.5, interrupt)
        timer.start()
        try:
            question()
        except KeyboardInterrupt:
            waited = time.monotonic() - sent[0]
            if waited > _PROMPT:
                return f"came back {waited:.1f} s after the interrupt"
            raise
        finally:
            timer.cancel()
        return "finished before it was interrupted" if not sent else "went on as if nothing had happened"

    return call


def cases() -> Iterator[Case]:
    """Give all cases of this kind."""
    yield from _memory()
    yield from _interrupted()
