"""Importance: how much of the variance of output, or of reaching a target, each fact or number accounts for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from ..say import Number, Term, joined, say
from .estimate import Estimate
from .readonly import ReadOnly
from .result import RunInfo
from .table import Cell, Column, Pictured, Table, Tabular

Sections = Mapping[str, Sequence[tuple[Cell, ...]]]
_FACTS = say("first order: what a fact does alone; total: also all it does with others; Shapley: its even part of both")
_KINDS = say(
    "not known: laws drawn once a run and what lasts all year; luck: stops, leaving, launch delays, monthly draws"
)
_NUMBERS = say(
    "first order: how far the variance would fall if this number alone were known; shares need not sum to 100 %"
)
_PLAIN = say('total and Shapley shares cannot be had from plain runs: by="fact" gives those of facts')
#: Fewer runs that reach, or miss, the target than this make intervals rough.
_FEW = 50


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Importance(Pictured, Tabular):
    """Shares of the variance of output, or of reaching a target, by fact or by number. Print it for the table.

    ``importance`` makes it. Keys are addresses, of facts ("partners.BAIC") or of numbers ("partners.BAIC.fill_rate";
    "partners.BAIC.stops" for the months that stops took). All shares are estimates; the most they can be is 1, and an
    estimate of a small one may lie below 0. Where nothing varies there are none.

    Parameters
    ----------
    by : {"fact", "number"}
        What shares belong to.
    aim : str
        The target in words; empty where the shares are of output.
    level : Estimate
        The chance of the target, or the expected output.
    first : mapping of str to Estimate
        First-order shares: by how much the variance would fall on average if the fact or number were known.
    total : mapping of str to Estimate
        Total shares: how much of the variance would be left on average if all but the fact were known. By fact only.
    shapley : mapping of str to Estimate
        Shapley shares: what the fact does alone and its even part of what facts do together; they sum to 1. By fact
        only.
    not_known : mapping of str to Estimate
        The part of each Shapley share that is not known from the start of the year; the rest is luck. By fact only.
    split : mapping of str to Estimate
        Shares of all that is "not known", of all "luck", and of "both together". By fact only.
    sums : mapping of str to Estimate
        Sums of ``first``, ``total``, ``shapley`` and ``not_known`` under these names. By fact only.
    luck : frozenset of str
        Addresses of the numbers that are luck. By number only.
    words : mapping of str to str
        What each address is called in the table.
    weights : mapping of str to float
        Shares by address of the register of assumptions, for its ``sorted_by``. By number only.
    runs : int
        Simulated years.
    model_runs : int
        Runs of the model that it took.
    run_info : RunInfo
        What made it: scenario, seed, versions.

    Examples
    --------
    The register of assumptions with the numbers first that account for most of the variance:

    >>> import avtosim
    >>> june = avtosim.load("avtotor-2024-06")
    >>> found = avtosim.importance(june, by="number", runs=1000, seed=1)
    >>> register = june.assumptions().sorted_by(found.weights)
    >>> max(found.weights, key=found.weights.get)
    'quantities.sell-through'
    """

    by: str
    aim: str
    level: Estimate
    first: Mapping[str, Estimate] = attrs.field(converter=ReadOnly)
    total: Mapping[str, Estimate] = attrs.field(default={}, converter=ReadOnly)
    shapley: Mapping[str, Estimate] = attrs.field(default={}, converter=ReadOnly)
    not_known: Mapping[str, Estimate] = attrs.field(default={}, converter=ReadOnly)
    split: Mapping[str, Estimate] = attrs.field(default={}, converter=ReadOnly)
    sums: Mapping[str, Estimate] = attrs.field(default={}, converter=ReadOnly)
    luck: frozenset[str] = frozenset()
    words: Mapping[str, str] = attrs.field(converter=ReadOnly)
    weights: Mapping[str, float] = attrs.field(default={}, converter=ReadOnly)
    runs: int
    model_runs: int
    run_info: RunInfo

    @property
    def ranked(self) -> tuple[str, ...]:
        """Addresses of the facts or numbers whose shares can be told from nothing, the largest share first."""
        return tuple(self._by_size(self._told))

    def _by_size(self, addresses: Sequence[str]) -> list[str]:
        return sorted(addresses, key=lambda address: -(self.shapley or self.first)[address].value)

    @property
    def table(self) -> Table:
        """The facts or numbers whose shares can be told from nothing, largest first; a data frame has all."""
        return self._table(self._told)

    @property
    def _whole(self) -> Table:
        return self._table(list(self.first))

    @property
    def _told(self) -> list[str]:
        """Addresses of which some share is above zero for sure."""
        every = self.first, self.total, self.shapley
        return [at for at in self.first if any(shares[at].low > 0.0 for shares in every if at in shares)]

    def _table(self, addresses: Sequence[str]) -> Table:
        columns, sections = self._by_number(addresses) if self.by == "number" else self._by_fact(addresses)
        if not self.first:
            columns = Column(say("quantity")), Column(say("value"), "value")
            sections = {"": [(self.level.what, self.level)]}
        title = say("{title}: shares of the variance of output", title=self.run_info.title)
        if self.aim:
            title = say("{title}: shares of the variance of reaching {aim}", title=self.run_info.title, aim=self.aim)
        return Table(columns, sections, title=title, notes=self._notes())

    def _by_fact(self, addresses: Sequence[str]) -> tuple[tuple[Column, ...], Sections]:
        names = {
            "first": say("first order"),
            "total": say("total"),
            "shapley": say("Shapley"),
            "not_known": say("of it not known"),
        }
        order = ["shapley", "not_known", "first", "total"] if self.aim else list(names)
        columns = Column(say("fact")), *(Column(names[name], "value with error") for name in order)
        facts: list[tuple[Cell, ...]] = [
            (self.words[address], *(getattr(self, name).get(address) for name in order))
            for address in self._by_size(addresses)
        ]
        sums: tuple[Cell, ...] = say("sum"), *(self.sums.get(name) for name in order)
        wholes: list[tuple[Cell, ...]] = [
            (Term(name), *(share if column == "first" else None for column in order))
            for name, share in self.split.items()
        ]
        return columns, {say("fact by fact"): [*facts, sums], say("all that is not known, and all luck"): wholes}

    def _by_number(self, addresses: Sequence[str]) -> tuple[tuple[Column, ...], Sections]:
        columns = Column(say("number")), Column(say("first order"), "value with error"), Column(say("kind"))
        kinds = {address: Term("luck" if address in self.luck else "not known") for address in self.first}
        return columns, {"": [(self.words[a], self.first[a], kinds[a]) for a in self._by_size(addresses)]}

    def _notes(self) -> tuple[str, ...]:
        made = self._explained() if self.first else [self._verdict()]
        runs = say("{runs} runs", runs=self.runs)
        if self.model_runs > self.runs:
            runs = say("{runs} runs, each at {points} points", runs=self.runs, points=self.model_runs // self.runs)
        return *made, joined(", ", [runs, self.run_info.summary])

    def _verdict(self) -> str:
        """Why there are no shares."""
        if not self.aim:
            return say("output is the same in every run: there is no variance to share out")
        runs = self.model_runs
        if self.level.value > 0.5:
            return say(
                "the target is reached in every one of {runs} model runs: there is no variance to share out", runs=runs
            )
        return say("the target is reached in none of {runs} model runs: there is no variance to share out", runs=runs)

    def _explained(self) -> list[str]:
        made = []
        if self.by == "number":
            made += [_NUMBERS, _KINDS, _PLAIN]
        else:
            if self.aim:
                sums = {n: Number(f"{self.sums[n]:.0%}", self.sums[n].value) for n in ("first", "total")}
                made.append(
                    say(
                        "Shapley shares come first: first-order ones sum to {first}, total ones to {total}, since facts"
                        " decide together",
                        **sums,
                    )
                )
            made += [_FACTS, _KINDS]
        if rest := len(self.first) - len(self._told):
            still = sum(share.value == 0.0 for share in self.total.values())
            shown = Number(f"{rest}", rest)
            text = say("{rest} more {rest:fact|facts} cannot be told from nothing", rest=shown)
            if self.by == "number":
                text = say("{rest} more {rest:number|numbers} cannot be told from nothing", rest=shown)
            changed = say("{still} of these changed nothing in any run", still=Number(f"{still}", still))
            made.append(joined("; ", [text, changed if still else ""]))
        share = min(self.level.value, 1.0 - self.level.value)
        if self.aim and share * self.runs < _FEW:
            few = round(share * self.runs)
            text = say("intervals are rough: the target is missed in {few} {few:run|runs} only", few=few)
            if self.level.value < 0.5:
                text = say("intervals are rough: the target is reached in {few} {few:run|runs} only", few=few)
            made.append(text)
        return made

    def __repr__(self) -> str:
        return f"<Importance by {self.by} for {self.aim or 'output'}: {len(self.first)} shares; {self.runs:,} runs>"
