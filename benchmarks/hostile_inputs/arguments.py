# ruff: noqa: C901, PLR0912 - lists of cases
"""Arguments of every study and answer, each with wrong values; facts that contradict each other; wrong designs."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from scipy import stats

import avtosim as av

from .judge import CLEAR, Case
from .plants import SOUND, plant

__all__ = ["cases"]

_KEY = (*CLEAR, KeyError, IndexError)


def _case(name: str, call: Callable[[], object], *says: str, part: str = "arguments", **rest: Any) -> Case:
    return Case(part=part, name=name, call=lambda _folder: call(), says=says, **{"hand": True, **rest})


@cache
def _plant() -> av.Scenario:
    return plant()


@cache
def _result(keep: str = "flows") -> av.Result:
    return av.simulate(_plant(), runs=256, seed=1, keep=keep, progress=False)


@cache
def _ledger() -> av.Ledger:
    return av.ledger(_plant(), runs=64, progress=False)


@cache
def _comparison() -> av.Comparison:
    other = _plant().replace({"lines.Main.per_day": 5.0})
    return av.compare({"now": _plant(), "slow": other}, runs=256, progress=False)


@cache
def _swept() -> av.Sweep:
    return av.sweep(_plant(), {"lines.Main.per_day": [1.0, 2.0]}, runs=256, progress=False)


_NOT_WHOLE: list[tuple[str, Any, str]] = [
    ("text", "100", "'100'"),
    ("None in a row", [None], "None"),
    ("NaN", math.nan, "nan"),
    ("infinity", math.inf, "inf"),
    ("a fraction", 10.5, "10.5"),
    ("true", True, "True"),
    ("a negative number", -1, "-1"),
    ("bytes", b"5", "5"),
    ("a row", [100], "100"),
    ("a table", {}, r"\{\}"),
    ("a complex number", 5 + 0j, "5"),
    ("a date", dt.date(2024, 1, 1), "2024"),
    ("an array of two", np.array([5, 6]), "5"),
    ("10^30", 10**30, "0000|1e"),
    ("5,000 digits", 10**4999, "0000|1e|digits|bits|large"),
]
_NOT_A_SHARE: list[tuple[str, Any, str]] = [
    ("text", "0.9", "0.9"),
    ("None", None, "None"),
    ("NaN", math.nan, "nan"),
    ("infinity", math.inf, "inf"),
    ("true", True, "True"),
    ("zero", 0, "0"),
    ("one", 1, "1"),
    ("a negative number", -0.1, "-0.1"),
    ("per cent", 95, "95"),
    ("a row", [0.9], "0.9"),
    ("a complex number", 0.5j, "0.5"),
    ("a table", {}, r"\{\}"),
]
_NO_TARGET: list[tuple[str, Any, str]] = [
    ("text", "70000", "70000"),
    ("None", None, "None"),
    ("NaN", math.nan, "nan"),
    ("infinity", math.inf, "inf"),
    ("true", True, "True"),
    ("a negative number", -5, "-5"),
    ("a row", [100.0], "100"),
    ("an array", np.array([100.0, 200.0]), "100"),
    ("a complex number", 5j, "5"),
    ("a table", {}, r"\{\}"),
    ("a scenario", plant(), "Scenario|Small"),
]
_NO_SCENARIO: list[tuple[str, Any, str]] = [
    ("a name", "avtotor-2024-06", "load"),
    ("a path", Path("plant.toml"), "load"),
    ("None", None, "NoneType|None"),
    ("a number", 5, "int"),
    ("a table", {"a": 1}, "dict"),
    ("the class", av.Scenario, "type|Scenario"),
    ("a vehicle", av.Vehicle(**SOUND["Vehicle"]), "Vehicle"),
    ("a row of scenarios", [plant()], "list"),
]


def _sim(**given: Any) -> av.Result:
    return av.simulate(_plant(), **{"runs": 64, "progress": False, **given})


def _studies() -> dict[str, Callable[..., Any]]:
    return {
        "simulate": _sim,
        "compare": lambda **given: av.compare(
            {"a": _plant(), "b": _plant()}, **{"runs": 64, "progress": False, **given}
        ),
        "sweep": lambda **given: av.sweep(
            _plant(), {"lines.Main.per_day": [1.0]}, **{"runs": 64, "progress": False, **given}
        ),
        "rare_chance": lambda **given: av.rare_chance(
            _plant(), **{"at_least": 300.0, "particles": 100, "repeats": 4, **given}
        ),
        "importance": lambda **given: av.importance(_plant(), **{"runs": 100, "progress": False, **given}),
        "goal_seek": _seek,
        "tornado": _tornado,
        "ledger": lambda **given: av.ledger(_plant(), **{"runs": 64, "progress": False, **given}),
        "story": lambda **given: av.story(_plant(), **{"at_least": 1.0, "runs": 64, "progress": False, **given}),
        "regions": lambda **given: av.regions(_plant(), **{"at_least": 1.0, "runs": 64, "progress": False, **given}),
    }


def _seek(**given: Any) -> av.GoalSeek:
    asked = {"address": "partners.BAIC.fill_rate", "target": 300.0, "runs": 64, "progress": False, **given}
    return av.goal_seek(asked.pop("scenario", _plant()), **asked)


def _tornado(**given: Any) -> av.Tornado:
    asked = {"target": 300.0, "runs": 64, "progress": False, **given}
    return av.tornado(asked.pop("scenario", _plant()), **asked)


#: Studies of which designs are asked for.
_DESIGNED = ("simulate", "compare", "sweep")


def _shared() -> Iterator[Case]:
    """Arguments that several studies share."""
    for study, call in _studies().items():
        whole = ("seed", "workers") if study == "rare_chance" else ("runs", "seed", "workers")
        whole += {"simulate": ("first_run", "max_runs"), "rare_chance": ("particles", "repeats", "max_runs")}.get(
            study, ()
        )
        for argument in whole:
            more = {"precision": 0.1, "runs": None} if (study, argument) == ("simulate", "max_runs") else {}
            for kind, value, found in _NOT_WHOLE:
                if argument == "seed" and kind in ("10^30", "5,000 digits"):
                    continue
                yield _case(
                    f"{study}({argument}={kind})",
                    lambda call=call, argument=argument, value=value, more=more: call(**{argument: value, **more}),
                    rf"\b{argument}\b",
                    found,
                    hand=study == "simulate",
                )
            if argument != "seed":
                yield _case(
                    f"{study}({argument}=10 billion)",
                    lambda call=call, argument=argument, more=more: call(**{argument: 10**10, **more}),
                    rf"\b{argument}\b",
                    right=(lambda result: result.runs == 64) if argument == "first_run" else None,
                )
        for argument in ("runs", "workers", "particles", "repeats"):
            if argument in whole:
                yield _case(
                    f"{study}({argument}=0)",
                    lambda call=call, argument=argument: call(**{argument: 0}),
                    rf"\b{argument}\b",
                    "0",
                )
        if study in _DESIGNED:
            for kind, value, found in (
                ("text", "sobol", "sobol"),
                ("a number", 1, "1"),
                ("the class", av.Sobol, r"Sobol\(\)"),
                ("a row", [av.Sobol()], "Sobol"),
                ("true", True, "True"),
                ("a scenario", plant(), "Small"),
                ("SciPy's engine", stats.qmc.Sobol(3), "Sobol"),
            ):
                yield _case(
                    f"{study}(design={kind})",
                    lambda call=call, value=value: call(design=value),
                    "design",
                    found,
                    hand=study == "simulate",
                )
        if study != "rare_chance":
            for kind, value in (("text", "yes"), ("a number", 3), ("a row", []), ("a class", dict)):
                yield _case(
                    f"{study}(progress={kind})",
                    lambda call=call, value=value: call(progress=value),
                    "progress",
                    hand=study == "simulate",
                )
        for slip in ("run", "sed", "thread", "n"):
            yield _case(
                f"{study}({slip}=5)", lambda call=call, slip=slip: call(**{slip: 5}), rf"\b{slip}\b", hand=False
            )
    for kind, value, found in _NO_SCENARIO:
        yield _case(f"simulate({kind})", lambda v=value: av.simulate(v, runs=64), "scenario", found)
        yield _case(f"sweep({kind})", lambda v=value: av.sweep(v, {"a": [1]}, runs=64), "scenario", found)
        yield _case(f"goal_seek({kind})", lambda v=value: _seek(scenario=v), "scenario", found)
        yield _case(f"tornado({kind})", lambda v=value: _tornado(scenario=v), "scenario", found)
        yield _case(f"ledger({kind})", lambda v=value: av.ledger(v, runs=64), "scenario", found)
        for study in (av.rare_chance, av.story, av.regions):
            name = study.__name__
            yield _case(f"{name}({kind})", lambda v=value, study=study: study(v, at_least=5), "scenario", found)
        yield _case(
            f"compare with {kind}", lambda v=value: av.compare({"a": _plant(), "b": v}, runs=64), "scenario|b", found
        )
    for name, call in (
        ("simulate", lambda: av.simulate(_result())),
        ("sweep", lambda: av.sweep(_result(), {"a": [1]})),
        ("rare_chance", lambda: av.rare_chance(_result(), at_least=5)),
        ("ledger", lambda: av.ledger(_result())),
        ("compare", lambda: av.compare({"a": _plant(), "b": _result()})),
        ("Model", lambda: av.Model(_result())),
    ):
        yield _case(f"{name} of a result", call, "scenario", "Result")
    for kind, value, found in (
        ("None", None, "None"),
        ("a name", "avtotor-2024-06", "str|load"),
        ("a number", 5, "int|5"),
    ):
        yield _case(f"Model({kind})", lambda v=value: av.Model(v), "scenario", found)


def _of_simulate() -> Iterator[Case]:
    for kind, value, found in (
        ("text", "all", "all"),
        ("parts, as it was named once", "parts", "parts"),
        ("a capital", "Totals", "Totals"),
        ("None", None, "None"),
        ("a number", 1, "1"),
        ("a row", ["totals"], "totals"),
        ("an array", np.array(["totals", "months"]), "totals"),
        ("true", True, "True"),
    ):
        yield _case(f"simulate(keep={kind})", lambda v=value: _sim(keep=v), "keep", found)
    precisions = [*_NOT_A_SHARE, ("above a half", 0.6, "0.6"), ("Decimal", Decimal("0.01"), "0.01")]
    for kind, value, found in precisions:
        if value is not None:
            yield _case(f"simulate(precision={kind})", lambda v=value: _sim(precision=v, runs=None), "precision", found)
        yield _case(f"RelativePrecision({kind})", lambda v=value: av.RelativePrecision(v), "precision", found)
    yield _case("simulate(precision, runs)", lambda: _sim(precision=0.1), "precision", "runs")
    yield _case("simulate(max_runs) without precision", lambda: _sim(runs=None, max_runs=5000), "max_runs", "precision")
    yield _case("simulate(max_runs, runs)", lambda: _sim(max_runs=5000), "max_runs", "precision")
    yield _case(
        "simulate(precision) without targets",
        lambda: av.simulate(plant(targets=()), precision=0.1),
        "precision",
        "target",
    )
    yield _case(
        "simulate(precision, design that needs more)",
        lambda: av.simulate(_plant(), precision=0.1, max_runs=1, design=av.Sobol()),
        "max_runs",
        "1",
    )
    yield _case("simulate(5 positions)", lambda: av.simulate(_plant(), 100, 1), "positional")
    yield _case("simulate()", av.simulate, "scenario")
    for design, runs in ((av.Antithetic(), 33), (av.Sobol(), 100), (av.SobolNets(), 999), (av.LatinHypercube(), 101)):
        yield _case(
            f"simulate(runs={runs}, design={type(design).__name__})",
            lambda design=design, runs=runs: _sim(runs=runs, design=design),
            "runs",
            f"{runs}",
            right=lambda result, runs=runs: result.runs == runs,
        )
    for cls in (av.Sobol, av.SobolNets, av.LatinHypercube, av.Antithetic):
        name = cls.__name__
        fields = [a.alias or a.name for a in attrs.fields(cls)] if attrs.has(cls) else []
        for field in fields:
            for kind, value, found in _NOT_WHOLE:
                yield _case(
                    f"{name}({field}={kind})",
                    lambda cls=cls, field=field, value=value: cls(**{field: value}),
                    field,
                    found,
                    hand=False,
                )
        yield _case(f"{name}(nonsens=1)", lambda cls=cls: cls(nonsens=1), "nonsens|argument")


def _of_compare() -> Iterator[Case]:
    for kind, value, found in (
        ("None", None, "None"),
        ("a scenario", plant(), "Scenario"),
        ("a row of scenarios", [plant(), plant()], "list"),
        ("a name", "avtotor-2024-06", "str"),
        ("nothing", {}, "0"),
        ("one", {"a": plant()}, "1"),
        ("a name that is a number", {1: plant(), 2: plant()}, "1"),
        ("a name that is nothing", {"": plant(), "b": plant()}, "''"),
        ("names with control characters", {"a\x1b[2J": plant(), "b": plant()}, "x1b"),
        ("a missing scenario", {"a": plant(), "b": None}, "None"),
    ):
        yield _case(f"compare({kind})", lambda v=value: av.compare(v, runs=64, progress=False), "scenario|name", found)
    short = plant(calendar=av.Calendar(first_month="2024-01", working_days=[20.0] * 6), shocks=())
    long = plant(calendar=av.Calendar(first_month="2024-01", working_days=[20.0] * 24))
    later = plant(calendar=av.Calendar(first_month="2024-07", working_days=[20.0] * 12))
    for name, other, found in (("shorter", short, "6"), ("longer", long, "24"), ("later", later, "2024-07")):
        yield _case(
            f"compare with a {name} calendar",
            lambda other=other: av.compare({"a": _plant(), "b": other}, runs=64, progress=False),
            r"\bb\b|calendar",
            found,
        )
    comparison = _comparison
    for method, extra in (
        ("chance_difference", (100.0,)),
        ("mean_difference", ()),
        ("quantile_difference", (0.5,)),
        ("flips", (100.0,)),
    ):
        for kind, value in (("an unknown name", "fast"), ("None", None), ("a number", 1), ("a row", ["slow"])):
            yield _case(
                f"Comparison.{method}({kind})",
                lambda method=method, value=value, extra=extra: getattr(comparison(), method)(value, *extra),
                "now|slow|name|known",
                part="answers",
                raises=_KEY,
            )
        if method != "flips":
            for kind, value, found in _NOT_A_SHARE:
                yield _case(
                    f"Comparison.{method}(confidence={kind})",
                    lambda method=method, value=value, extra=extra: getattr(comparison(), method)(
                        "slow", *extra, confidence=value
                    ),
                    "confidence",
                    found,
                    part="answers",
                    hand=False,
                )
    for kind, value, found in _NO_TARGET:
        for method in ("chance_difference", "flips"):
            yield _case(
                f"Comparison.{method}(target={kind})",
                lambda method=method, value=value: getattr(comparison(), method)("slow", value),
                "target|volume",
                found,
                part="answers",
                hand=False,
            )


def _of_sweep() -> Iterator[Case]:
    row: list[tuple[str, Any, str]] = [
        ("a number", 0.5, "0.5"),
        ("text", "0.5", "0.5"),
        ("None", None, "None"),
        ("nothing", [], r"\[\]"),
        ("a table", {0.5: 1}, "0.5"),
        ("an array of no dimension", np.array(0.5), "0.5"),
        ("an array of two dimensions", np.ones((2, 2)), "1"),
        ("a set", {0.5, 0.7}, "0.5"),
        ("a generator", iter([0.5]), "iterator"),
        ("bytes", b"ab", "ab"),
        ("a law", av.Uniform(low=0, high=1), "Uniform"),
        ("NaN", [0.5, math.nan], "nan"),
        ("text in the row", [0.5, "0.7"], "0.7"),
        ("above the rule", [0.5, 1.5], "1.5"),
        ("None in the row", [0.5, None], "fill_rate"),
        ("a row in the row", [0.5, [0.7]], "0.7"),
        ("truth values", [True, False], "True"),
        ("a value twice", [0.5, 0.5], "0.5"),
    ]
    for kind, value, found in row:
        yield _case(
            f"sweep(row: {kind})",
            lambda v=value: av.sweep(_plant(), {"partners.BAIC.fill_rate": v}, runs=64, progress=False),
            "fill_rate",
            found,
            right=(lambda swept: np.array_equal(swept.results[0].annual, swept.results[1].annual))
            if kind == "a value twice"
            else None,
        )
    levers: list[tuple[str, Any, str]] = [
        ("nothing", {}, r"\{\}"),
        ("None", None, "None"),
        ("a row", [("partners.BAIC.fill_rate", [0.5])], "list|fill_rate"),
        ("text", "partners.BAIC.fill_rate", "fill_rate"),
        ("an unknown address", {"partners.BAIC.fil_rate": [0.5]}, "fill_rate"),
        ("an unknown name", {"partners.BIAC.fill_rate": [0.5]}, "BAIC"),
        ("a number for an address", {5: [0.5]}, "5"),
        ("None for an address", {None: [0.5]}, "address"),
        ("no address", {"": [0.5]}, "address|''"),
        ("a whole fact", {"partners.BAIC": [0.5]}, "Partner"),
        ("a reference", {"vehicles.U5 Plus.partner": ["Nobody"]}, "Nobody"),
        (
            "an address and one inside it",
            {"shocks.Route.stops": [av.Stops(per_year=1, duration=1)], "shocks.Route.stops.per_year": [1.0]},
            "shocks.Route.stops",
        ),
        ("inside a law", {"partners.BAIC.fill_rate.law.low": [2.0]}, "low|high|law"),
        ("too many cells", {"partners.BAIC.fill_rate": list(np.linspace(0, 1, 401))}, "401"),
        (
            "a million cells",
            {"partners.BAIC.fill_rate": [0.5] * 1000, "lines.Main.per_day": [1.0] * 1000},
            "1,000",
        ),
        ("the calendar", {"calendar.working_days": [[20.0] * 6]}, "calendar|working_days|shock|window"),
        ("a name", {"partners.BAIC.name": ["B"]}, "BAIC|partner"),
    ]
    for kind, value, found in levers:
        yield _case(
            f"sweep(levers: {kind})",
            lambda v=value: av.sweep(_plant(), v, runs=64, progress=False),
            found,
            right=_is_sound_sweep if kind == "the calendar" else None,
        )
    for kind, value in (("text", "yes"), ("a number", 1), ("None", None)):
        yield _case(
            f"sweep(401 cells, confirm={kind})",
            lambda v=value: av.sweep(_plant(), {"lines.Main.per_day": [1.0] * 401}, runs=64, confirm=v),
            "confirm",
            hand=False,
        )


def _is_sound_sweep(swept: Any) -> bool:
    return all(np.isfinite(result.annual).all() for result in swept.results)


def _of_rare_chance() -> Iterator[Case]:
    def rare(**given: Any) -> Any:
        return av.rare_chance(_plant(), **{"particles": 100, "repeats": 4, **given})

    for word in ("at_least", "below"):
        for kind, value, found in _NO_TARGET:
            if value is not None:
                yield _case(f"rare_chance({word}={kind})", lambda w=word, v=value: rare(**{w: v}), word, found)
    yield _case("rare_chance()", rare, "at_least", "below")
    yield _case("rare_chance(both)", lambda: rare(at_least=5, below=5), "at_least", "below")
    yield _case("rare_chance(at_most=5), as it was named once", lambda: rare(at_most=5), "at_most")
    yield _case("rare_chance(particles=99)", lambda: rare(at_least=5, particles=99), "particles", "99")
    yield _case("rare_chance(max_runs=499)", lambda: rare(at_least=5, max_runs=499), "max_runs", "500", "499")
    yield _case("rare_chance(repeats=3)", lambda: rare(at_least=5, repeats=3), "repeats", "3")
    for kind, value, found in _NOT_A_SHARE:
        yield _case(
            f"rare_chance(confidence={kind})", lambda v=value: rare(at_least=5, confidence=v), "confidence", found
        )
    for target in (0.0, 1e300, 1e15, 5e-324):
        for word in ("at_least", "below"):
            yield _case(
                f"rare_chance({word}={target:g}) is a chance or an error",
                lambda w=word, t=target: rare(**{w: t}),
                word,
                right=lambda found: (
                    0.0 <= found.estimate.low <= found.estimate.value <= found.estimate.high <= 1.0
                    and len(str(found)) > 0
                ),
            )


def _of_importance() -> Iterator[Case]:
    for kind, value, found in _NO_SCENARIO:
        yield _case(f"importance({kind})", lambda v=value: av.importance(v), "scenario", found)
    for kind, value, found in _NO_TARGET:
        if value is not None:
            yield _case(f"importance(target={kind})", lambda v=value: av.importance(_plant(), v), "target", found)
    for kind, value in (("an unknown word", "partner"), ("None", None), ("a row", ["fact"]), ("a number", 1)):
        yield _case(f"importance(by={kind})", lambda v=value: av.importance(_plant(), by=v), "by", "fact, number")
    for by in ("fact", "number"):
        for target in (0.0, 1e300, 5e-324):
            yield _case(
                f"importance({target:g}, by={by}) says that it is always or never reached",
                lambda t=target, by=by: av.importance(_plant(), t, by=by, runs=100),
                "target",
                right=lambda made: not made.first and "the target is reached in" in str(made),
            )


def _of_explanations() -> Iterator[Case]:
    fill = "partners.BAIC.fill_rate"
    addresses: list[tuple[str, Any, str]] = [
        ("None", None, "None"),
        ("a number", 5, "5"),
        ("nothing", "", "address|''"),
        ("a misspelt one", "partners.BAIC.fil_rate", "fill_rate"),
        ("a whole fact", "partners.BAIC", "BAIC"),
        ("inside a law", f"{fill}.law.low", "fill_rate"),
        ("a row", "calendar.working_days", "single number"),
        ("targets", "targets", "single number"),
        ("a name", "partners.BAIC.name", "BAIC"),
    ]
    for kind, value, found in addresses:
        yield _case(f"goal_seek(address={kind})", lambda v=value: _seek(address=v), "address|number", found)
        yield _case(f"tornado(bars=[{kind}])", lambda v=value: _tornado(bars=[v]), "bars")
    for kind, value, found in (
        ("a number", 2.0, "2.0"),
        ("text", "wide", "wide"),
        ("a row of text", ["a", "b"], "'a'"),
        ("three numbers", (1, 2, 3), "3"),
        ("reversed", (2.0, 1.0), "2.0"),
        ("equal ends", (1.0, 1.0), "1.0"),
        ("NaN", (math.nan, 1.0), "nan"),
        ("infinity", (1.0, math.inf), "inf"),
        ("below zero", (-1.0, 1.0), "-1"),
    ):
        yield _case(f"goal_seek(within={kind})", lambda v=value: _seek(within=v), "within", found)
    for kind, value, found in _NOT_A_SHARE:
        yield _case(f"goal_seek(chance={kind})", lambda v=value: _seek(chance=v), "chance", found)
    for kind, value, found in _NO_TARGET:
        for name, study in (("goal_seek", _seek), ("tornado", _tornado)):
            yield _case(f"{name}(target={kind})", lambda s=study, v=value: s(target=v), "target", found)
    for kind, value, found in (
        *_NOT_WHOLE,
        ("zero", 0, "0"),
        ("no row", [], r"\[\]"),
        ("a certain number", ["lines.Main.per_day"], "10"),
    ):
        yield _case(f"tornado(bars={kind})", lambda v=value: _tornado(bars=v), "bars|BAIC|Main", found)


def _of_layers_and_worth() -> Iterator[Case]:
    """What is peculiar to layers and to the worth of knowing, and what they share with the other studies."""

    def layers(scenario: Any = None, target: Any = 100.0, **given: Any) -> Any:
        return av.layers(_plant() if scenario is None else scenario, target, **{"runs": 64, "progress": False, **given})

    def worth(scenario: Any = None, **given: Any) -> Any:
        some = {"too_few": 1, "too_many": 2, "runs": 64, "progress": False}
        return av.worth_knowing(_plant() if scenario is None else scenario, **{**some, **given})

    for study, call in (("layers", layers), ("worth_knowing", worth)):
        for kind, value, found in _NO_SCENARIO:
            if value is not None:
                yield _case(f"{study}({kind})", lambda call=call, v=value: call(v), "scenario", found)
        for argument in ("runs", "seed", "workers"):
            for kind, value, found in _NOT_WHOLE:
                if argument != "seed" or kind not in ("10^30", "5,000 digits"):
                    yield _case(
                        f"{study}({argument}={kind})",
                        lambda call=call, argument=argument, value=value: call(**{argument: value}),
                        rf"\b{argument}\b",
                        found,
                        hand=False,
                    )
        for runs in (0, 1, 63, 10**10):
            yield _case(f"{study}(runs={runs})", lambda call=call, runs=runs: call(runs=runs), r"\bruns\b", "0|1|63")
    for kind, value, found in _NO_TARGET:
        yield _case(f"layers(target={kind})", lambda v=value: layers(target=v), "target", found)
    yield _case("layers(target=1e300)", lambda: layers(target=1e300), "target", "e.300")
    for target in (0.0, 5e-324, 1e15):
        yield _case(f"layers({target:g}) is certain", lambda t=target: layers(target=t), raises=(), right=_is_certain)
    for name in ("too_few", "too_many"):
        for kind, value, found in [*_NOT_A_SHARE, ("1e300", 1e300, "e.300"), ("1e-300", 1e-300, "e-300")]:
            if kind not in ("one", "per cent"):
                yield _case(f"worth_knowing({name}={kind})", lambda n=name, v=value: worth(**{n: v}), name, found)
    yield _case("worth_knowing() without costs", lambda: av.worth_knowing(_plant(), runs=64), "too_few", "too_many")
    for kind, value, found in _NOT_A_SHARE:
        yield _case(f"Layers.quantile({kind})", lambda v=value: layers().quantile(v), "share", found, part="answers")


def _is_certain(found: Any) -> bool:
    return found.chance.value in (0.0, 1.0) and found.sd.value == 0.0 and "reached in 64 runs" in str(found)


def _of_kinds() -> Iterator[Case]:
    """Kinds of years, to be told and looked for."""
    for study in (av.story, av.regions):
        name = study.__name__

        def ask(study: Any = study, **given: Any) -> Any:
            return study(_plant(), **{"runs": 64, "progress": False, **given})

        for word in ("at_least", "below"):
            for kind, value, found in _NO_TARGET:
                if value is not None:
                    yield _case(f"{name}({word}={kind})", lambda a=ask, w=word, v=value: a(**{w: v}), word, found)
            for target in (0.0, 1e300, 5e-324):
                yield _case(
                    f"{name}({word}={target:g}) is an answer or an error",
                    lambda a=ask, w=word, t=target: a(**{w: t}),
                    word,
                    right=lambda found: len(str(found)) > 0 and "nan" not in str(found),
                )
        yield _case(f"{name}()", ask, "at_least", "below")
        yield _case(f"{name}(both)", lambda a=ask: a(at_least=5, below=5), "at_least", "below")
        yield _case(
            f"{name}(below=a target of a part)", lambda a=ask: a(below=av.Target(5, of="BAIC")), "below", "BAIC"
        )
    for kind, value, found in (("text", "demand", "demand"), ("a row", ["supply"], "supply"), ("true", True, "True")):
        yield _case(f"story(only={kind})", lambda v=value: av.story(_plant(), below=5, only=v), r"\bonly\b", found)


def _of_results() -> Iterator[Case]:
    """Questions to a result."""
    for kind, value, found in _NO_TARGET:
        yield _case(
            f"Result.chance({kind})", lambda v=value: _result().chance(v), "target|volume", found, part="answers"
        )
    for kind, value, found in _NOT_A_SHARE:
        yield _case(f"Result.quantile({kind})", lambda v=value: _result().quantile(v), "share", found, part="answers")
        for method, extra in (("chance", (100.0,)), ("mean", ()), ("quantile", (0.5,))):
            yield _case(
                f"Result.{method}(confidence={kind})",
                lambda m=method, e=extra, v=value: getattr(_result(), m)(*e, confidence=v),
                "confidence",
                found,
                part="answers",
                hand=False,
            )
    for kind, value in (("text", "bayes"), ("None", None), ("a number", 1), ("a row", ["wilson"])):
        yield _case(
            f"Result.chance(method={kind})", lambda v=value: _result().chance(100, method=v), "method", part="answers"
        )
    yield _case(
        "Result.chance(method='exact') of pairs",
        lambda: av.simulate(_plant(), runs=64, design=av.Antithetic(), progress=False).chance(100, method="exact"),
        "method",
        "exact",
        part="answers",
    )
    for name in ("by_vehicle", "by_partner", "by_month", "months", "flows"):
        yield _case(
            f"Result.{name} that was not kept",
            lambda n=name: getattr(_result("totals"), n),
            "keep",
            name,
            part="answers",
        )
    for name in ("by_vehicle", "by_partner", "by_month", "flows"):
        for kind, key in (("an unknown name", "Nobody"), ("a number", 99), ("None", None)):
            yield _case(
                f"Result.{name}[{kind}]",
                lambda n=name, k=key: getattr(_result(), n)[k],
                "known|U5 Plus|BAIC|2024|built",
                part="answers",
                raises=_KEY,
                hand=kind == "an unknown name",
            )
    for kind, value in (("a number", 1), ("None", None), ("a row", ["month"]), ("an unknown word", "week")):
        yield _case(f"Ledger.by({kind})", lambda v=value: _ledger().by(v), "what", "month", part="answers")
        for argument, cell in (("name", (value, "demand")), ("cause", ("U5 Plus", value))):
            yield _case(
                f"LedgerPart.mean({argument}: {kind})",
                lambda cell=cell: _ledger().by("vehicle").mean(*cell),
                argument,
                part="answers",
            )
    for kind, flow, vehicle in (
        ("an unknown flow", "biult", "U5 Plus"),
        ("an unknown vehicle", "built", "U6 Plus"),
        ("a line for a vehicle", "built", "Main"),
        ("a vehicle for a line", "capacity", "U5 Plus"),
    ):
        yield _case(
            f"Result.flow({kind})",
            lambda f=flow, v=vehicle: _result().flow(f, vehicle=v),
            "known",
            part="answers",
            raises=_KEY,
        )
    for name, write in (
        ("writing into Result.annual", lambda: _zeroed(_sim().annual)),
        ("writing into Result.flow", lambda: _zeroed(_result().flow("built", vehicle="U5 Plus"))),
        ("writing into Result.months", lambda: _zeroed(_sim(keep="months").months)),
        ("writing into Result.by_vehicle", lambda: _zeroed(_sim().by_vehicle["U5 Plus"])),
        ("replacing Result.annual", lambda: setattr(_sim(), "annual", np.zeros(64))),
        ("replacing Result.targets", lambda: setattr(_sim(), "targets", ())),
        ("replacing a flow", lambda: _result().flows.__setitem__("built", None)),
        ("replacing a result of a comparison", lambda: _comparison().__setitem__("now", None)),
    ):
        yield _case(
            f"{name} is refused",
            lambda write=write: _refused(write),
            part="answers",
            raises=(),
            right=lambda refused: refused is True,
        )
    # One run answers nothing about its own error, and says so instead of a number.
    yield _case(
        "one run",
        lambda: _sim(runs=1),
        part="answers",
        raises=(),
        right=lambda r: (
            len(str(r)) > 0
            and not math.isfinite(r.mean().high)
            and (r.chance(100.0).high == 1.0 or r.chance(100.0).low == 0.0)
        ),
    )
    merges: list[tuple[str, Callable[[], Any], str]] = [
        ("nothing", av.merge, "merge"),
        ("one", lambda: av.merge(_sim()), "merge"),
        ("a row", lambda: av.merge([_sim(), _sim(first_run=64)]), "merge"),
        ("a scenario", lambda: av.merge(_plant(), _sim()), "merge"),
        ("None", lambda: av.merge(_sim(), None), "merge"),
        ("paths", lambda: av.merge("a.npz", "b.npz"), "merge"),
        ("the same twice", lambda: av.merge(_sim(), _sim()), "overlap"),
        ("a gap", lambda: av.merge(_sim(), _sim(first_run=65)), "gap"),
        ("an overlap", lambda: av.merge(_sim(), _sim(first_run=63)), "overlap"),
        ("other seeds", lambda: av.merge(_sim(), _sim(first_run=64, seed=1)), "seed"),
        ("other designs", lambda: av.merge(_sim(), _sim(first_run=64, design=av.Antithetic())), "design"),
        ("other things kept", lambda: av.merge(_sim(), _sim(first_run=64, keep="totals")), "keep|kept"),
        (
            "other scenarios",
            lambda: av.merge(
                _sim(),
                av.simulate(_plant().replace({"lines.Main.per_day": 9.0}), runs=64, first_run=64, progress=False),
            ),
            "scenario",
        ),
        ("a comparison", lambda: av.merge(_comparison(), _comparison()), "merge"),
        ("an unknown argument", lambda: av.merge(_sim(), _sim(first_run=64), force=True), "force"),
    ]
    for kind, call, found in merges:
        yield _case(f"merge({kind})", call, found, part="answers")
    yield _case(
        "merge of ranges in any order",
        lambda: av.merge(_sim(first_run=64), _sim()),
        part="answers",
        raises=(),
        right=lambda merged: np.array_equal(merged.annual, _sim(runs=128).annual),
    )


def _zeroed(array: Any) -> Any:
    array[...] = 0.0


# --- Scenarios as values -------------------------------------------------------------------------------------------


def _of_scenarios() -> Iterator[Case]:
    addresses: list[tuple[str, Any, str]] = [
        ("nothing", "", "address"),
        ("None", None, "address"),
        ("a number", 5, "address|5"),
        ("a row", ["partners"], "address"),
        ("a tuple", ("partners", "BAIC"), "address"),
        ("an unknown family", "partner.BAIC", "partners"),
        ("an unknown name", "partners.BIAC.fill_rate", "BAIC"),
        ("an unknown field", "partners.BAIC.fil_rate", "fill_rate"),
        ("too deep", "partners.BAIC.lead_time.low", "lead_time"),
        ("no stops", "partners.BAIC.stops.per_year", "stops"),
        ("a dot at the end", "partners.BAIC.", "partners.BAIC"),
        ("a dot at the start", ".partners", "partners|address"),
        ("a blank", "partners. BAIC", "BAIC"),
        ("a hidden name", "__class__", "__class__"),
        ("a method", "replace", "replace"),
        ("a number beyond a row", "calendar.working_days.12", "12"),
        ("a negative number", "calendar.working_days.-1", "-1"),
        ("100,000 letters", "x" * 100_000, "nothing|address"),
    ]
    for kind, value, found in addresses:
        yield _case(f"scenario[{kind}]", lambda v=value: _plant()[v], found, part="facts")
        if kind != "a row":
            yield _case(f"scenario.replace({kind})", lambda v=value: _plant().replace({v: 1.0}), found, part="facts")
    changes: list[tuple[str, Any, str]] = [
        ("None", None, "replace"),
        ("an address alone", "partners.BAIC.fill_rate", "replace"),
        ("a row of pairs", [("partners.BAIC.fill_rate", 1)], "replace"),
        ("a number", 5, "replace"),
        ("a scenario", plant(), "replace"),
        ("NaN", {"partners.BAIC.fill_rate": math.nan}, "nan"),
        ("above its rule", {"partners.BAIC.fill_rate": 1.1}, "1.1"),
        ("a name already used", {"partners.BAIC.name": "Main"}, "BAIC|partner"),
        ("one inside the other", {"partners": (), "partners.BAIC.fill_rate": 1.0}, "partners"),
        ("an empty family", {"vehicles": ()}, "vehicle"),
        ("None for a family", {"vehicles": None}, "vehicles"),
        ("a number for a family", {"vehicles": 3}, "vehicles"),
        ("None for a number", {"partners.BAIC.fill_rate": None}, "fill_rate"),
        ("an unknown factor", {"markets.Russia.elasticities.gold": 1.0}, "gold"),
        ("a target that is text", {"targets": "70000"}, "targets"),
        ("a law nobody knows", {"lines.Main.per_day": object()}, "per_day"),
    ]
    for kind, value, found in changes:
        yield _case(f"scenario.replace({kind} as a change)", lambda v=value: _plant().replace(v), found, part="facts")
    for kind, value in (("None", None), ("a number", 5), ("a row", ["fill"]), ("bytes", b"fill")):
        yield _case(f"scenario.find({kind})", lambda v=value: _plant().find(v), "find|text|words", part="facts")
    for kind, value in (("None", None), ("a name", "avtotor-2024-06"), ("a result", "result"), ("a table", {})):
        yield _case(
            f"scenario.differences({kind})",
            lambda v=value: _plant().differences(_result() if v == "result" else v),
            "scenario|load",
            part="facts",
        )
    yield _case(
        "scenario.find(what is nowhere) is empty",
        lambda: _plant().find("xyzzy"),
        part="facts",
        raises=(),
        right=lambda found: tuple(found) == (),
    )
    yield _case(
        "scenario.differences(itself) is empty",
        lambda: _plant().differences(_plant()),
        part="facts",
        raises=(),
        right=lambda found: not found,
    )
    for kind, key in (("an unknown name", "E6"), ("None", None), ("a table", {})):
        yield _case(
            f"scenario.vehicles[{kind}]",
            lambda k=key: _plant().vehicles[k],
            "U5 Plus|vehicle",
            part="facts",
            raises=_KEY,
        )
    for name, call in (
        ("setting a field", lambda: setattr(_plant(), "name", "x")),
        ("setting a field of a fact", lambda: setattr(_plant().partners[0], "fill_rate", 0.1)),
        ("setting an item", lambda: _plant().__setitem__("name", "x")),
        ("adding to a table", lambda: _plant().markets[0].elasticities.__setitem__("yuan", 1.0)),
        ("changing working days", lambda: _plant().calendar.working_days.__setitem__(0, 1.0)),
    ):
        yield Case(
            part="facts",
            name=f"{name} of a frozen scenario",
            call=lambda _f, call=call: _refused(call),
            raises=(),
            right=lambda refused: refused is True,
            hand=True,
        )


def _refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except (AttributeError, TypeError, ValueError):
        return True
    return False


def _contradictions() -> Iterator[Case]:
    """Facts that are sound one by one, but not together."""
    vehicle = SOUND["Vehicle"]

    def shares(*values: Any) -> Callable[[], Any]:
        return lambda: plant(
            vehicles=[av.Vehicle(**{**vehicle, "name": f"V{at}", "market_share": v}) for at, v in enumerate(values)]
        )

    pert = av.Pert(low=0.1, mode=0.6, high=0.9)
    refused: list[tuple[str, Callable[[], Any], tuple[str, ...]]] = [
        ("shares of 0.6 and 0.5", shares(0.6, 0.5), ("Russia", r"1\.1")),
        ("shares whose means are 0.57 each", shares(pert, pert), ("Russia", r"1\.1")),
        ("monthly shares whose means are 0.57 each", shares(av.Varying(law=pert), av.Varying(law=pert)), ("Russia",)),
        ("shares of 0.9 and SciPy's uniform", shares(0.9, stats.uniform(0.1, 0.2)), ("Russia", r"1\.1")),
        ("eleven shares of 0.1", shares(*[0.1] * 11), ("Russia", r"1\.1")),
        ("a shock that strikes nothing", lambda: plant(shocks=[_shock({})]), ("Route", "supply|demand|speed")),
        (
            "a shock on a partner that is not there",
            lambda: plant(shocks=[_shock({"supply": {"BIAC": 0.5}})]),
            ("BAIC",),
        ),
        (
            "a shock on a line by the name of a partner",
            lambda: plant(shocks=[_shock({"speed": {"BAIC": 0.5}})]),
            ("BAIC",),
        ),
        ("a shock with stops and a window", _both, ("Route", "either|one")),
        ("a shock with neither", lambda: av.Shock(name="Route", supply={"BAIC": 0.5}), ("Route", "either|one")),
        ("an elasticity to no factor", lambda: plant(factors=()), ("yuan",)),
        (
            "a factor that loads on itself",
            lambda: plant(factors=[av.Factor(name="yuan", volatility=0.1, loads={"yuan": 0.5})]),
            ("yuan", "before"),
        ),
        (
            "a factor that loads on a later one",
            lambda: plant(
                factors=[
                    av.Factor(name="yuan", volatility=0.1, loads={"rate": 0.5}),
                    av.Factor(name="rate", volatility=0.1),
                ]
            ),
            ("rate", "before"),
        ),
        ("a vehicle of no partner", lambda: plant(partners=()), ("BAIC", "partner")),
        ("a vehicle on no line", lambda: plant(lines=()), ("Main", "line")),
        ("a vehicle for no market", lambda: plant(markets=()), ("Russia", "market")),
        ("no vehicle", lambda: plant(vehicles=()), ("vehicle",)),
        ("a year without working days", lambda: plant(calendar=_calendar([0.0] * 12)), ("working_days",)),
        ("no month", lambda: plant(calendar=_calendar([])), ("working_days", "120")),
        ("121 months", lambda: plant(calendar=_calendar([20.0] * 121)), ("working_days", "120")),
        ("a season of zeros", lambda: av.Market(name="M", per_year=1, season=[0.0] * 12), ("season", "zero")),
        ("stopped for longer than a stop", lambda: _stops("stopped", 5.0), ("stopped_for", "5")),
        ("stopped for, while running", lambda: _stops("running", 0.1), ("stopped_for", "0.1")),
        (
            "a source of a number that is not there",
            lambda: plant(provenance={"partners.BIAC.fill_rate": av.Provenance(source="x")}),
            ("BIAC", "BAIC"),
        ),
        ("a source that is text", lambda: plant(provenance={"partners.BAIC.fill_rate": "x"}), ("fill_rate",)),
        ("sources in a row", lambda: plant(provenance=["x"]), ("provenance",)),
        ("a demand shock on a name used twice", _named_twice, ("Route", "Russia")),
    ]
    for name, call, found in refused:
        yield _case(name, call, *found, part="facts")
    for name, start, duration in (
        ("lies before the calendar", -5.0, 2.0),
        ("ends as the calendar begins", -2.0, 2.0),
        ("lies after the calendar", 12.5, 1.0),
        ("begins as the calendar ends", 12.0, 1.0),
        ("lies far after the calendar", 1e3, 1.0),
        ("lies far before the calendar", -1e3, 1.0),
    ):
        for law in (False, True):
            begins = (
                av.Uniform(low=start - 0.5, high=start)
                if law and start < 0
                else (av.Uniform(low=start, high=start + 0.5) if law else start)
            )
            yield _case(
                f"a window that {name}{', by a law' if law else ''}",
                lambda begins=begins, duration=duration: plant(
                    shocks=[
                        av.Shock(
                            name="Route",
                            window=av.Window(start=begins, duration=duration),
                            supply={"BAIC": 0.5},
                        )
                    ]
                ),
                "Route",
                "window|calendar",
                part="facts",
            )
    for field, value, found in (
        ("source", 5, "source"),
        ("stated_on", dt.date(2024, 1, 1), "stated_on"),
        ("note", None, "note"),
        ("standing", "certain", "standing"),
        ("standing", 5, "standing"),
        ("standing", None, "standing"),
        ("standing", "Guess", "standing"),
        ("author", "me", "author"),
    ):
        yield _case(
            f"Provenance({field}={value!r})", lambda f=field, v=value: av.Provenance(**{f: v}), found, part="facts"
        )


def _shock(given: dict[str, Any]) -> av.Shock:
    return av.Shock(name="Route", stops=av.Stops(per_year=1.0, duration=0.5), **given)


def _both() -> av.Shock:
    return av.Shock(
        name="Route",
        stops=av.Stops(per_year=1.0, duration=0.5),
        window=av.Window(start=1.0, duration=1.0),
        supply={"BAIC": 0.5},
    )


def _calendar(days: list[float]) -> av.Calendar:
    return av.Calendar(first_month="2024-01", working_days=days)


def _stops(at_start: str, stopped_for: float) -> av.Stops:
    return av.Stops(per_year=1.0, duration=0.5, at_start=at_start, stopped_for=stopped_for)


def _named_twice() -> av.Scenario:
    vehicle = av.Vehicle(**{**SOUND["Vehicle"], "name": "Russia"})
    return plant(vehicles=[vehicle], shocks=[_shock({"demand": {"Russia": 0.5}})])


# --- Designs that do not do what they say --------------------------------------------------------------------------


class _Wrong(type(av.Plain())):  # type: ignore[misc]
    """Plain runs, put wrong by a function of the list of batches."""

    fault: Any = None

    def batches(self, *args: Any, **given: Any) -> Any:
        return type(self).fault(list(super().batches(*args, **given)))


def _points_of(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Batches whose points are put wrong."""

    def fault(batches: list[Any]) -> list[Any]:
        return [attrs.evolve(batch, points=lambda batch=batch: change(batch.points())) for batch in batches]

    return fault


class _Lying:
    """Points that say they are of another number than they are."""

    def __init__(self, points: Any, runs: int) -> None:
        self._points, self.runs = points, runs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._points, name)


def _raising(_: Any) -> Any:
    raise KeyError("boom")


#: Runs that are cut into three batches, the last one short.
_SEVERAL_BATCHES = 2 * av.Model(plant()).block + 1000


def _designs() -> Iterator[Case]:
    faults: list[tuple[str, Callable[[list[Any]], Any]]] = [
        ("leaves out its last batch", lambda batches: batches[:-1]),
        ("leaves out its first batch", lambda batches: batches[1:]),
        ("gives no batch", lambda _: []),
        ("gives None", lambda _: None),
        ("gives a batch twice", lambda batches: [*batches, batches[-1]]),
        ("gives batches from the end", lambda batches: batches[::-1]),
        ("leaves a gap between batches", lambda batches: [_moved(b, at) for at, b in enumerate(batches)]),
        ("overlaps", lambda batches: [_moved(b, -min(at, 1)) for at, b in enumerate(batches)]),
        ("begins before the first run", lambda batches: [_moved(b, -1) for b in batches]),
        (
            "ends behind the last run",
            lambda batches: [*batches[:-1], attrs.evolve(batches[-1], stop=batches[-1].stop + 5)],
        ),
        ("gives numbers for batches", lambda batches: list(range(len(batches)))),
        ("raises an error", _raising),
        ("gives None for points", _points_of(lambda _: None)),
        ("gives numbers for points", _points_of(lambda _: np.zeros((3, 5)))),
        ("says its points are fewer", _points_of(lambda points: _Lying(points, points.runs - 1))),
        ("says its points are more", _points_of(lambda points: _Lying(points, points.runs + 1))),
    ]
    for kind, fault in faults:
        made = type("_Made", (_Wrong,), {"fault": staticmethod(fault)})
        yield _case(
            f"a design that {kind}",
            lambda made=made: av.simulate(_plant(), runs=_SEVERAL_BATCHES, design=made(), progress=False),
            "design|batch|runs|points",
            quotes=True,
            right=_same_as_plain if "from the end" in kind else None,
        )
    for name, value in (
        ("replicate_size", 0), ("replicate_size", 7), ("replicate_size", None), ("replicate_size", -1),
        ("admissible_runs", None), ("admissible_runs", (5, 3)), ("admissible_runs", ("a", "b")),
    ):  # fmt: skip
        made = type("_Made", (type(av.Plain()),), {name: lambda _self, _runs, value=value: value})
        yield _case(
            f"a design whose {name} gives {value!r}",
            lambda made=made: av.simulate(_plant(), runs=64, design=made(), progress=False).mean(),
            "design|replicate|runs",
            quotes=True,
        )


def _same_as_plain(result: Any) -> bool:
    return bool(np.array_equal(result.annual, av.simulate(_plant(), runs=_SEVERAL_BATCHES, progress=False).annual))


def _moved(batch: Any, by: int) -> Any:
    return attrs.evolve(batch, start=batch.start + by, stop=batch.stop + by)


def cases() -> Iterator[Case]:
    """Give all cases of this kind."""
    yield from _shared()
    yield from _of_simulate()
    yield from _of_compare()
    yield from _of_sweep()
    yield from _of_rare_chance()
    yield from _of_importance()
    yield from _of_explanations()
    yield from _of_layers_and_worth()
    yield from _of_kinds()
    yield from _of_results()
    yield from _of_scenarios()
    yield from _contradictions()
    yield from _designs()
