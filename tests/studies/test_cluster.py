"""A cluster: Dask's executor, on processes of this machine. Needs the extra `cluster`; run with: pytest -m cluster."""

from __future__ import annotations

import numpy as np
import plants
import pytest

import avtosim as av
from avtosim.chance.design import BATCH


@pytest.mark.cluster
@pytest.mark.filterwarnings("default")
def test_dask_gives_the_same_bits() -> None:
    """Every study has the same bits on a cluster of two Dask workers, and the executor serves one after another."""
    distributed = pytest.importorskip("distributed")
    stated = plants.busy()
    worse = stated.replace({"partners.East.fill_rate": 0.4})
    levers = {"partners.East.fill_rate": [0.5, 0.9]}
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        for ask in (
            lambda **given: av.simulate(stated, runs=4 * BATCH, keep="flows", seed=2, **given).record,
            lambda **given: av.simulate(stated, precision=0.005, design=av.Sobol(), **given).record,
            lambda **given: av.compare({"one": stated, "other": worse}, runs=2 * BATCH, **given)["other"].record,
            lambda **given: av.sweep(stated, levers, runs=5000, **given).results[1].record,
            lambda **given: {"repeats": av.rare_chance(stated, at_least=40_000, **given).repeats},
        ):
            here, there = ask(), ask(executor=executor)
            assert here.keys() == there.keys()
            for name, numbers in here.items():
                assert np.array_equal(numbers, there[name]), name
        assert executor.submit(int).result() == 0
        with pytest.raises(TypeError, match=r"executor: must be .*; did you mean client.get_executor\(\)\?"):
            av.simulate(stated, runs=10, executor=client)
