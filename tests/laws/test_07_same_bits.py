"""Law 7: the same seed gives the same bits, whatever the blocks, the workers and the executor."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import plants
import pytest
from executors import Lazy, Pickling
from sampling import DESIGNS, found

import avtosim as av
from avtosim.chance.design import BATCH, Design
from avtosim.chance.points import DrawnPoints, Keys

every_design = pytest.mark.parametrize("design", DESIGNS, ids=repr)
examples = pytest.mark.parametrize("design", [design() for design in found()], ids=repr)


def same(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> None:
    """Check that two records have the same bits."""
    assert one.keys() == other.keys()
    for name, numbers in one.items():
        assert np.array_equal(numbers, other[name]), name


@every_design
def test_simulate(design: Design) -> None:
    """A simulation has the same bits with any executor and number of workers, and others under another seed."""
    some = {"runs": design.admissible_runs(5000)[1], "design": design}
    one, other = (av.simulate(plants.busy(), seed=seed, **some) for seed in (3, 4))
    for executor in (Pickling(), Lazy()):
        same(one.record, av.simulate(plants.busy(), seed=3, executor=executor, workers=2, **some).record)
        assert executor.sent
        assert not executor.down
    assert (one.annual == other.annual).mean() < 0.01


def test_everything_kept() -> None:
    """Over several blocks, everything that may be kept has the same bits in any order, on threads, with 1, 2 or 3."""
    some = {"runs": 4 * BATCH + 100, "seed": 3, "first_run": BATCH - 7, "keep": "months"}
    one = av.simulate(plants.busy(), **some)
    for workers in (1, 2, 3):
        executor = Lazy()
        same(one.record, av.simulate(plants.busy(), executor=executor, workers=workers, **some).record)
        assert executor.most == min(2 * workers, 6)
    with ThreadPoolExecutor(3) as threads:
        same(one.record, av.simulate(plants.busy(), executor=threads, **some).record)
        assert threads.submit(int).result() == 0


def test_processes() -> None:
    """A simulation has the same bits on two processes."""
    some = {"runs": 2 * BATCH + 100, "seed": 3, "keep": "flows"}
    one, two = (av.simulate(plants.busy(), workers=workers, **some) for workers in (1, 2))
    same(one.record, two.record)


@pytest.mark.parametrize("at_once", [1, 1000, 24_576, 10**6])
def test_slices(at_once: int) -> None:
    """How many numbers the model works out at a time changes no bit."""
    model = av.Model(plants.busy())
    points = DrawnPoints(model.space, Keys(3), 0, 1500)
    same(model(points, keep="flows"), model(points, keep="flows", at_once=at_once))


@examples
def test_compare(design: Design) -> None:
    """A comparison has the same bits with any executor, and those of each simulation where names decide."""
    pair = {"one": plants.busy(), "other": plants.busy().replace({"partners.East.fill_rate": 0.9})}
    runs = design.admissible_runs(2048)[1]
    one, more = (av.compare(pair, runs=runs, seed=3, design=design, executor=executor) for executor in (None, Lazy()))
    for name, scenario in pair.items():
        same(one[name].record, more[name].record)
        if not isinstance(design, (av.Sobol, av.SobolNets)):
            alone = av.simulate(scenario, runs=runs, seed=3, design=design, keep="totals")
            same(one[name].record, alone.record)


@examples
def test_sweep(design: Design) -> None:
    """A sweep has the same bits with any executor."""
    levers, runs = {"partners.East.fill_rate": [0.6, 0.9]}, design.admissible_runs(1024)[1]
    one, more = (
        av.sweep(plants.busy(), levers, runs=runs, seed=3, design=design, executor=executor)
        for executor in (None, Lazy())
    )
    for cell, other in zip(one.results, more.results, strict=True):
        same(cell.record, other.record)


@examples
def test_precision(design: Design) -> None:
    """Runs until a precision stop at the same number with the same bits with any executor."""
    one, more = (
        av.simulate(plants.busy(), precision=0.02, max_runs=20_000, seed=3, design=design, executor=executor)
        for executor in (None, Lazy())
    )
    same(one.record, more.record)
    assert one.run_info == more.run_info


def test_rare_chance() -> None:
    """A rare chance has the same bits with any executor, and others under another seed."""
    target = av.simulate(plants.busy(), runs=5000, seed=9).quantile(0.999).value
    one, more, other = (
        av.rare_chance(plants.busy(), at_least=target, particles=500, repeats=10, seed=seed, executor=executor)
        for seed, executor in ((1, None), (1, Lazy()), (2, None))
    )
    assert np.array_equal(one.repeats, more.repeats)
    assert (one.estimate, one.thresholds, one.highest) == (more.estimate, more.thresholds, more.highest)
    assert str(one) == str(more)
    assert not np.array_equal(one.repeats, other.repeats)
