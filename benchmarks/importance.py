"""Importance: coverage and variance of shares on normal sums known exactly, single numbers of the bundled scenario."""

from __future__ import annotations

import numpy as np
from scipy import special
from tools import JUNE, arguments, best, row

import avtosim
from avtosim.answers.indices import binned
from avtosim.chance.blocks import blocks
from avtosim.chance.picked import PickedPoints

#: Three normal terms of a sum; and what they account for of its lying above its upper 10 % point, of which the shares
#: in first order follow from bivariate normal orthants.
SHARES = (0.5, 0.3, 0.2)
HIT = {
    "first": (0.24890581353715047, 0.12907200395319499, 0.07995838911787576),
    "total": (0.7510941864628495, 0.5913446897876395, 0.48619181394746813),
    "shapley": (0.45223885053230384, 0.3124471974027211, 0.2353139520649758),
}
MEAN, SD = 10_000.0, 1_000.0
CHANCE = 0.1


def main() -> None:
    """Measure coverage, variance and cost, and print each beside its bar."""
    options = arguments(__doc__, replicates=400, runs=1024, seeds=20, number_runs=16_384, june_runs=4096, repeats=5)
    cover(options.replicates, options.runs)
    for shares in (SHARES, (1 / 12,) * 12):
        against_saltelli(shares, options.replicates, options.runs)
    numbers(options.seeds, options.number_runs)
    price(options.june_runs, options.repeats)


def plant(shares: tuple[float, ...]) -> avtosim.Scenario:
    """Build a plant whose output is a sum of normal plans with these shares of the variance; nothing else binds."""
    vehicles = [
        avtosim.Vehicle(
            name=f"V{number}",
            partner="P",
            line="L",
            orders=1e9,
            plan=avtosim.Clipped(avtosim.Normal(MEAN, SD * share**0.5), low=0),
        )
        for number, share in enumerate(shares)
    ]
    return avtosim.Scenario(
        name="normal sum",
        calendar=avtosim.Calendar(first_month="2024-01", working_days=(20.0,) * 12),
        partners=[avtosim.Partner(name="P")],
        lines=[avtosim.Line(name="L", per_day=1e9)],
        vehicles=vehicles,
    )


def aims(shares: tuple[float, ...]) -> dict[str, float | None]:
    """Give output itself, and a target reached once in ten times."""
    return {"output": None, "a hit": MEAN * len(shares) + SD * float(special.ndtri(1.0 - CHANCE))}


def cover(count: int, runs: int) -> None:
    """Count how often the intervals of each kind of share hold the exact one."""
    print(f"sum of three normal terms: shares {SHARES}; {runs:,} runs, seeds 1 to {count}")
    off = 2.0 * (0.95 * 0.05 / count) ** 0.5
    bar = f"bar: {0.95 - off:.1%} to {min(0.95 + off, 1.0):.1%}"
    for name, target in aims(SHARES).items():
        answers = [avtosim.importance(plant(SHARES), target, runs=runs, seed=seed) for seed in range(1, count + 1)]
        for kind, exact in HIT.items():
            truths = exact if target else SHARES
            made = [list(getattr(answer, kind).values()) for answer in answers]
            held = [[e.low <= t <= e.high for e, t in zip(each, truths, strict=True)] for each in made]
            shown = ", ".join(f"{share:.1%}" for share in np.mean(held, axis=0))
            row(f"  {kind} shares of {name}: coverage of each", shown, bar)
            mean = np.mean([[e.value for e in each] for each in made], axis=0)
            print(
                f"    on average {', '.join(f'{m:.4f}' for m in mean)}; exactly {', '.join(f'{t:.4f}' for t in truths)}"
            )


def saltelli(model: avtosim.Model, target: float | None, runs: int, seed: int, *, centred: bool) -> list[float]:
    """First-order shares as Saltelli and others (2010) estimate them, with outputs as they are or centred first."""
    block = blocks(seed, 0, runs, runs)[0]
    base, other = block.points(model.space, 2), block.points(model.space, 3)

    def outputs(names: set[str]) -> np.ndarray:
        annual = model(PickedPoints(base, other, names))["annual"]
        return annual if target is None else (annual >= target - 1e-6).astype(float)

    names = [random_input.name for random_input in model.space.inputs]
    first, second = outputs(set()), outputs(set(names))
    both = np.concatenate([first, second])
    factor = second - both.mean() if centred else second
    return [float(np.mean(factor * (outputs({name}) - first)) / both.var()) for name in names]


def against_saltelli(shares: tuple[float, ...], count: int, runs: int) -> None:
    """Compare the variance of first-order shares at an equal number of model calls, over all terms together."""
    facts = len(shares)
    print(f"\nfirst order, variance x model calls against Saltelli 2010: {facts} terms, {count} replicates")
    stated = plant(shares)
    model = avtosim.Model(stated)
    for (name, target), bar in zip(aims(shares).items(), ("at most 0.25", "at most 0.4"), strict=True):
        ours = [
            [each.value for each in avtosim.importance(stated, target, runs=runs, seed=seed).first.values()]
            for seed in range(1, count + 1)
        ]
        # First order takes 2 points for each fact; the two for the split are not counted.
        same_cost = runs * 2 * facts // (facts + 2)
        for centred in (False, True):
            theirs = [saltelli(model, target, same_cost, seed, centred=centred) for seed in range(1, count + 1)]
            ratio = np.var(ours, axis=0, ddof=1).sum() / np.var(theirs, axis=0, ddof=1).sum()
            how = "outputs centred first" if centred else "as published"
            row(f"  {name}, {how}", f"{ratio:.3f}", f"bar: {bar}")


def numbers(seeds: int, runs: int) -> None:
    """Measure the spread of the shares of single numbers, from runs at hand."""
    june = avtosim.load(JUNE)
    print(f"\n{june.name}: single numbers from {runs:,} runs, seeds 1 to {seeds}")
    for name, target in (("output", None), ("a hit", 25_000.0)):
        answers = [
            avtosim.importance(june, target, by="number", runs=runs, seed=seed).first for seed in range(1, seeds + 1)
        ]
        common = set.intersection(*(set(answer) for answer in answers))
        spread = np.std([[answer[address].value for address in sorted(common)] for answer in answers], axis=0, ddof=1)
        row(
            f"  {name}: mean standard deviation over {len(common)} numbers",
            f"{spread.mean():.4f}",
            "bar: at most 0.002",
        )
    terms, rest = np.random.default_rng(1).standard_normal((2, seeds, runs))
    hidden = [binned(x, x + y)[0] - 0.5 for x, y in zip(terms, rest, strict=True)]
    error = np.std(hidden, ddof=1) / seeds**0.5
    row("  half of a normal sum: bias", f"{np.mean(hidden):+.4f} +-{2 * error:.4f}")


def price(runs: int, repeats: int) -> None:
    """Measure the time of a model call within the study against that of a plain run."""
    june = avtosim.load(JUNE)
    model, block = avtosim.Model(june), blocks(1, 0, runs, runs)[0]
    calls = avtosim.importance(june, runs=100).model_runs // 100
    plain, study = best(
        repeats, lambda: model(block.points(model.space)), lambda: avtosim.importance(june, runs=runs, seed=1)
    )
    row(f"\n{june.name}: time of the study over {calls} plain runs as many", f"{study / plain / calls:.2f}")


if __name__ == "__main__":
    main()
