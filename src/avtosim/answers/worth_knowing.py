"""What it is worth to know a number before a volume is promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from ..say import Number, joined, say
from . import intervals
from .estimate import Estimate, quantile_estimate
from .numbers import COST, figure, stated
from .readonly import ReadOnly
from .result import RunInfo
from .smooth import KNOTS, expected, natural, normal_scores, quantile
from .table import Cell, Column, Table, Tabular

Floats = NDArray[np.float64]

# Fewer runs beyond a promise than this say little of its cost.
_FEW = 50


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WorthKnowing(Tabular):
    """What it is worth to know each number that is not known, to whoever promises a volume. Print it for the table.

    ``worth_knowing`` makes it. All values are in the unit of ``too_few`` and ``too_many``.

    Parameters
    ----------
    too_few, too_many : float
        Cost of each vehicle that is built beyond the promise, and of each that is promised and not built.
    commitment : Estimate
        The best volume to promise as things stand.
    expected_loss : Estimate
        What that promise costs on average.
    value : mapping of str to Estimate
        What it is worth to know each number, alone, before promising; by address, the largest first.
    together : Estimate
        What it is worth to know all of them, at least.
    texts : mapping of str to str
        The numbers in words, by address.
    run_info : RunInfo
        What made the answer.

    Examples
    --------
    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> worth = avtosim.worth_knowing(june, too_few=1, too_many=3, runs=2_000, seed=1)
    >>> worth.expected_loss.value > worth.together.value > worth.value["quantities.sell-through"].value
    True
    """

    too_few: float
    too_many: float
    commitment: Estimate
    expected_loss: Estimate
    value: Mapping[str, Estimate] = attrs.field(converter=ReadOnly)
    together: Estimate
    texts: Mapping[str, str] = attrs.field(converter=ReadOnly)
    run_info: RunInfo

    @property
    def table(self) -> Table:
        """The promise and its cost, and the numbers whose worth can be told from nothing, as a table."""
        told = [name for name, found in self.value.items() if found.low > 0.0]
        sections: dict[str, list[tuple[Cell, ...]]] = {
            say("as things stand"): [
                (say("best volume to promise"), self.commitment, self.commitment),
                (say("what it costs on average"), self.expected_loss, self.expected_loss),
            ]
        }
        if told:
            rows = [(self.texts[name], self.value[name]) for name in told]
            rows += [(say("all that is not known, at least"), self.together)] * (len(self.value) > 1)
            sections[say("worth of knowing, before promising")] = [(text, found, found) for text, found in rows]
        columns = Column(say("quantity")), Column(say("value"), "value"), Column(say("95 % interval"), "interval")
        return Table(columns, sections, title=self.run_info.title, notes=tuple(self._said(len(told))))

    def _said(self, told: int) -> Sequence[str]:
        warning = self.expected_loss.warning
        notes = [say("do not rely on it: {warning}", warning=warning)] if warning else []
        costs = say(
            "each vehicle promised too few costs {few}, each promised too many {many}",
            few=stated(self.too_few),
            many=stated(self.too_many),
        )
        notes.append(costs)
        if not self.value:
            notes.append(say("nothing in this scenario is unknown from the start: there is nothing to find out"))
        else:
            if rest := len(self.value) - told:
                shown = Number(f"{rest}", rest)
                text = say("the worth of {rest} {rest:number|numbers} cannot be told from nothing", rest=shown)
                if told:
                    text = say("the worth of {rest} more {rest:number|numbers} cannot be told from nothing", rest=shown)
                notes.append(text)
            stays = figure(max(self.expected_loss.value - self.together.value, 0.0))
            notes.append(
                say(
                    "luck cannot be learned: whoever knew all that can be known would still lose up to {loss}",
                    loss=stays,
                )
            )
        runs = say("{runs} runs", runs=self.expected_loss.runs)
        return [*notes, joined(", ", [runs, self.run_info.summary])]

    def __repr__(self) -> str:
        return f"<WorthKnowing of {len(self.value)} numbers, {self.expected_loss.runs:,} runs>"


def from_runs(
    output: Floats, unknown: Floats, texts: Mapping[str, str], *, too_few: float, too_many: float, run_info: RunInfo
) -> WorthKnowing:
    """The answer from the output of each run and what is not known in it, (numbers, runs)."""
    share, runs = too_few / (too_few + too_many), output.size
    warning = ""
    if min(share, 1.0 - share) * runs < _FEW:
        warning = say(
            "fewer than {few} runs lie beyond the best promise: more runs, or costs nearer to each other", few=_FEW
        )

    def loss(columns: Floats) -> Floats:
        """What each run costs whoever promises the best quantile given the columns."""
        over = output - np.maximum(quantile(columns, output, share), 0.0)
        return np.asarray(np.where(over > 0.0, too_few * over, -too_many * over))

    def estimate(values: Floats, what: str) -> Estimate:
        value, low, high, error = intervals.mean(values, 1)
        # To know more never costs anything, and neither does a promise earn.
        ends = max(value, 0.0), max(low, 0.0), max(high, 0.0), error
        rest = {"method": "Student's t, paired run by run", "what": what, "unit": COST, "warning": warning}
        return Estimate.of(ends, runs=runs, **rest)

    alone, scores = loss(np.ones((runs, 1))), normal_scores(unknown)
    found = {
        address: estimate(alone - loss(natural(row, KNOTS)), say("worth of knowing {number}", number=text))
        for (address, text), row in zip(texts.items(), scores, strict=True)
    }
    together = alone - loss(_all_known(expected(scores, output))) if texts else 0.0 * alone
    return WorthKnowing(
        too_few=too_few,
        too_many=too_many,
        commitment=attrs.evolve(quantile_estimate(output, share, 1, 0.95), warning=warning),
        expected_loss=estimate(alone, say("expected loss")),
        value=dict(sorted(found.items(), key=lambda item: -item[1].value)),
        together=estimate(together, say("worth of knowing all that is not known, at least")),
        texts=texts,
        run_info=run_info,
    )


def _all_known(expectation: Floats) -> Floats:
    """Columns of an expectation: splines of its normal scores, and itself, since it may leap between two of these."""
    itself = (expectation - expectation.mean()) / max(float(expectation.std()), 1e-300)
    return np.column_stack([natural(normal_scores(expectation[None])[0], KNOTS), itself])
