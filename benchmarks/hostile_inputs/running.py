"""Sound facts whose numbers overflow while they run: an error that names them, or a finite answer; never a NaN."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

import avtosim as av

from .judge import Case
from .plants import SOUND, plant

__all__ = ["cases"]

_NAMES = "Russia|yuan|rate|Main|BAIC|U5 Plus|Route|Boom|lead_time|memory"


@cache
def _plant() -> av.Scenario:
    """A plant in which every kind of fact takes part."""
    vehicle = {**SOUND["Vehicle"], "flex": 1.2, "ramp_up": 1.0, "delay": 0.5, "kit_cover": 0.5, "stock_cover": 0.5}
    return plant(
        partners=[
            av.Partner(
                name="BAIC",
                fill_rate=0.9,
                lead_time=1,
                chance_of_leaving=0.05,
                stops=av.Stops(per_year=2.0, duration=av.Exponential(mean=0.3)),
            )
        ],
        vehicles=[av.Vehicle(**vehicle)],
        factors=[
            av.Factor(name="rate", volatility=0.1),
            av.Factor(name="yuan", volatility=0.1, persistence=0.9, loads={"rate": 0.5}),
        ],
        shocks=[
            av.Shock(
                name="Route",
                stops=av.Stops(per_year=2.0, duration=0.5),
                supply={"BAIC": 0.5},
                demand={"Russia": 0.5, "U5 Plus": 0.9},
                speed={"Main": 0.8},
            ),
            av.Shock(name="Boom", window=av.Window(start=2.0, duration=4.0), demand={"Russia": 1.5}),
        ],
    )


_LARGE = 1e15
_EXTREMES: dict[str, tuple[Any, ...]] = {
    "lines.Main.per_day": (_LARGE, 0.0, 5e-324, av.LogNormal(median=1e5, log_sd=5.0)),
    "lines.Main.stops.per_year": (365.0, 0.0, 5e-324),
    "lines.Main.stops.duration": (_LARGE, 5e-324, av.LogNormal(median=1.0, log_sd=8.0)),
    "partners.BAIC.fill_rate": (0.0, 5e-324),
    "partners.BAIC.lead_time": (24.0,),
    "partners.BAIC.chance_of_leaving": (1.0, 5e-324),
    "partners.BAIC.stops.per_year": (365.0, 5e-324),
    "partners.BAIC.stops.duration": (_LARGE, 5e-324),
    "vehicles.U5 Plus.plan": (_LARGE, 0.0, 5e-324),
    "vehicles.U5 Plus.flex": (_LARGE, av.LogNormal(median=1e3, log_sd=1.0)),
    "vehicles.U5 Plus.start": (_LARGE, -_LARGE),
    "vehicles.U5 Plus.delay": (_LARGE, 5e-324),
    "vehicles.U5 Plus.ramp_up": (_LARGE, 5e-324, 0.0),
    "vehicles.U5 Plus.market_share": (0.0, 1.0, 5e-324),
    "vehicles.U5 Plus.kit_cover": (_LARGE, 0.0, 5e-324),
    "vehicles.U5 Plus.stock_cover": (_LARGE, 0.0, 5e-324),
    "vehicles.U5 Plus.opening_kits": (_LARGE, 5e-324),
    "vehicles.U5 Plus.opening_stock": (_LARGE, 5e-324),
    "markets.Russia.per_year": (_LARGE, 0.0, 5e-324, av.LogNormal(median=1e9, log_sd=9.0)),
    "markets.Russia.elasticities.yuan": (30.0, -30.0, _LARGE, -_LARGE),
    "factors.yuan.volatility": (8.0, _LARGE, 5e-324),
    "factors.yuan.persistence": (1.0, 0.0, 5e-324),
    "factors.yuan.loads.rate": (_LARGE, -_LARGE),
    "factors.rate.volatility": (8.0, _LARGE),
    "shocks.Route.stops.per_year": (365.0, 0.0),
    "shocks.Route.stops.duration": (_LARGE, 5e-324),
    "shocks.Route.supply.BAIC": (0.0, 1.0, 5e-324),
    "shocks.Route.demand.Russia": (0.0, _LARGE, 5e-324),
    "shocks.Route.demand.U5 Plus": (0.0, _LARGE),
    "shocks.Route.speed.Main": (0.0, _LARGE, 5e-324),
    "shocks.Boom.window.duration": (_LARGE, 5e-324),
    "shocks.Boom.demand.Russia": (0.0, _LARGE),
}


def _is_sound(result: Any) -> bool:
    """Finite, not negative, and each car built once."""
    annual = np.asarray(result.annual)
    flows: Mapping[str, Any] = result.flows
    return bool(
        np.isfinite(annual).all()
        and (annual >= 0.0).all()
        and all(
            np.isfinite(flow).all() and (np.asarray(flow) >= -1e-6 * (1.0 + np.abs(flow).max())).all()
            for flow in flows.values()
        )
        and np.allclose(np.asarray(flows["built"]).sum(axis=(0, 1)), annual, rtol=1e-9, atol=1e-6)
        and "nan" not in str(result).lower()
    )


def _year(changes: Mapping[str, Any]) -> av.Result:
    return av.simulate(_plant().replace(changes), runs=256, seed=2, keep="flows", progress=False)


def _case(name: str, call: Callable[[], Any], **rest: Any) -> Case:
    return Case(
        part="running",
        name=name,
        call=lambda _folder: call(),
        says=(_NAMES,),
        **{"right": _is_sound, "hand": True, **rest},
    )


def _extremes() -> Iterator[Case]:
    single = [(address, value) for address, values in _EXTREMES.items() for value in values]
    for address, value in single:
        yield _case(f"{address} = {value!r}", lambda a=address, v=value: _year({a: v}), hand=False)
    pairs = [pair for pair in itertools.combinations(single, 2) if pair[0][0] != pair[1][0]]
    for (first, one), (second, other) in pairs[::13]:
        yield _case(
            f"{first} = {one!r}, {second} = {other!r}",
            lambda first=first, one=one, second=second, other=other: _year({first: one, second: other}),
            hand=False,
        )


def _by_hand() -> Iterator[Case]:
    both = {"markets.Russia.elasticities.yuan": 30.0, "factors.yuan.volatility": 8.0}
    for shock in (0.0, 5e-324, 1.0, 1e15):
        for study in ("simulate", "compare", "sweep", "rare_chance"):
            yield _case(
                f"{study}: elasticity 30, volatility 8, a demand shock of {shock:g}",
                lambda shock=shock, study=study: _asked(study, {**both, "shocks.Route.demand.Russia": shock}),
                right=_has_no_nan,
            )
    for elasticity, volatility, share in itertools.product((30.0, -30.0, 300.0), (8.0, 100.0), (0.0, 1.0)):
        yield _case(
            f"elasticity {elasticity:g}, volatility {volatility:g}, a market share of {share:g}",
            lambda e=elasticity, v=volatility, s=share: _year(
                {
                    "markets.Russia.elasticities.yuan": e,
                    "factors.yuan.volatility": v,
                    "vehicles.U5 Plus.market_share": s,
                }
            ),
        )
    for design in (av.Plain(), av.Antithetic(), av.LatinHypercube(), av.Sobol()):
        yield _case(
            f"the same under {type(design).__name__}",
            lambda design=design: av.simulate(
                _plant().replace({**both, "shocks.Route.demand.Russia": 0.0}),
                runs=2048,
                design=design,
                keep="flows",
                progress=False,
            ),
        )
    for keep in ("totals", "breakdown", "months"):
        yield _case(
            f"the same with keep={keep!r}",
            lambda keep=keep: av.simulate(
                _plant().replace({**both, "shocks.Route.demand.Russia": 0.0}), runs=512, keep=keep, progress=False
            ),
            right=lambda result: np.isfinite(result.annual).all(),
        )
    yield _case(
        "the same on two workers",
        lambda: av.simulate(
            _plant().replace({**both, "shocks.Route.demand.Russia": 0.0}),
            runs=40_000,
            workers=2,
            keep="totals",
            progress=False,
        ),
        right=lambda result: np.isfinite(result.annual).all(),
    )
    yield _case(
        "the same with a promised precision",
        lambda: av.simulate(
            _plant().replace({**both, "shocks.Route.demand.Russia": 0.0}), precision=0.05, max_runs=8192, progress=False
        ),
        right=lambda result: np.isfinite(result.annual).all(),
    )
    months = av.Calendar(first_month="2024-01", working_days=[31.0] * 120)
    walks = {"factors.yuan.volatility": 30.0, "factors.yuan.persistence": 1.0, "markets.Russia.elasticities.yuan": 5.0}
    yield _case("ten years of a wide random walk", lambda: _year({"calendar": months, **walks}))
    yield _case(
        "a year of one minute's work",
        lambda: _year({"calendar.working_days": [5e-324] * 12}),
    )
    yield _case("a year that works on one day", lambda: _year({"calendar.working_days": [0.0] * 11 + [1.0]}))
    yield _case("targets of 10^15", lambda: _year({"targets": [1e15]}))
    yield _case("targets of nothing", lambda: _year({"targets": [0.0]}))
    yield _case("a season of 10^-300", lambda: _year({"markets.Russia.season": [1e-300] * 12}))
    yield _case("a season in one month", lambda: _year({"markets.Russia.season": [0.0] * 11 + [5e-324]}))
    yield _case("a season of 10^15", lambda: _year({"markets.Russia.season": [1e15] * 12}))
    nothing = {"partners.BAIC.fill_rate": 0.0, "lines.Main.per_day": 0.0, "markets.Russia.per_year": 0.0}
    yield _case(
        "a plant in which nothing can be built",
        lambda: _year(nothing),
        raises=(),
        right=lambda result: _is_sound(result) and float(result.annual.max()) <= 1e-6,
    )


def _asked(study: str, changes: Mapping[str, Any]) -> Any:
    scenario = _plant().replace(changes)
    if study == "simulate":
        return av.simulate(scenario, runs=512, seed=2, keep="flows", progress=False)
    if study == "compare":
        return av.compare({"now": _plant(), "then": scenario}, runs=512, seed=2, progress=False)
    if study == "sweep":
        return av.sweep(scenario, {"lines.Main.per_day": [1.0, 10.0]}, runs=512, seed=2, progress=False)
    return av.rare_chance(scenario, at_least=300.0, particles=100, repeats=4, seed=2)


def _has_no_nan(answer: Any) -> bool:
    if isinstance(answer, av.Result):
        return _is_sound(answer)
    if isinstance(answer, av.Comparison):
        return all(np.isfinite(result.annual).all() for result in answer.values())
    if isinstance(answer, av.Sweep):
        return all(np.isfinite(result.annual).all() for result in answer.results)
    return 0.0 <= answer.estimate.value <= 1.0 and "nan" not in str(answer).lower()


def cases() -> Iterator[Case]:
    """Give all cases of this kind."""
    yield from _by_hand()
    yield from _extremes()
