"""The scenario: all facts of a plant's year in one frozen tree, with an address for every number in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any, ClassVar, TypeAlias, cast

import attrs

from ..declare.containers import NO_MEMBERS, NO_ROW, NO_TABLE, Converted, FrozenMap, Members
from ..declare.faults import FactError, Fault, nearest
from ..declare.fields import Fact, describe, fact, frozen, quantity, spec_of, stated
from ..declare.rules import ANY, NONNEGATIVE, Quantity, Spec
from ..laws.varying import Varying
from ..upward import upward
from .addresses import DROPPED, leaves, look_up, replaced, walk
from .agreement import warn_of_idle_backorders
from .beliefs import UNUSED
from .consistency import cross_faults
from .entities import Announcement, Calendar, Factor, Line, Market, Partner, Provenance, Shock, Target
from .register import Register
from .vehicles import Vehicle

_as_map = partial(frozen, Spec("map", "values by their addresses"))
#: Volumes, and those until a month or of some part of the plant.
Targets: TypeAlias = Converted[Iterable[float | Target], tuple[float | Target, ...]]
#: Numbers by name.
Beliefs: TypeAlias = Converted[Mapping[str, Quantity | Varying], Mapping[str, Quantity | Varying]]


@fact
class Scenario(Fact):
    """All facts of a plant's year in one frozen tree.

    ``scenario["partners.BAIC.fill_rate"]`` reads a number, ``scenario.replace({...})`` makes a changed scenario,
    ``scenario.vehicles["E5"]`` is a fact by its name.

    Notes
    -----
    Facts must agree with each other: names are unique in their family and exist where they are referred to, factors
    load only on factors before them, mean market shares of a market do not exceed 1 in sum, a shock's window meets the
    calendar, and there is at least one vehicle.

    Examples
    --------
    >>> import avtosim
    >>> plant = avtosim.Scenario(
    ...     name="one line",
    ...     calendar=avtosim.Calendar(first_month="2025-01"),
    ...     partners=[avtosim.Partner(name="P", fill_rate=avtosim.Pert(0.5, 0.9, 1))],
    ...     lines=[avtosim.Line(name="L", per_day=50)],
    ...     markets=[avtosim.Market(name="M", per_year=1_000_000)],
    ...     vehicles=[avtosim.Vehicle(name="V", partner="P", line="L", market="M", plan=10_000, market_share=0.01)],
    ... )
    >>> plant
    <Scenario 'one line': 1 line, 1 partner, 1 market, 1 vehicle, 12 months>
    """

    kind: ClassVar[str] = "scenario"
    name: Annotated[str, stated("title of the scenario")]
    description: Annotated[str, stated("what it stands for, in a sentence or two", role="prose")] = ""
    targets: Annotated[Targets, quantity(NONNEGATIVE, "vehicles", "volumes to judge the year by")] = NO_ROW
    announced: Annotated[Announcement | None, stated("what was announced for the year")] = None
    calendar: Annotated[Calendar, stated("working days")]
    quantities: Annotated[Beliefs, quantity(ANY, "as where it is named", "numbers that others follow")] = NO_TABLE
    lines: Annotated[Members[Line], stated("lines of the plant")]
    partners: Annotated[Members[Partner], stated("car makers and suppliers that deliver kits")] = NO_MEMBERS
    markets: Annotated[Members[Market], stated("where vehicles are sold")] = NO_MEMBERS
    vehicles: Annotated[Members[Vehicle], stated("models that are built")]
    factors: Annotated[Members[Factor], stated("what moves demand from outside")] = NO_MEMBERS
    shocks: Annotated[Members[Shock], stated("events that reduce supply, demand or speed for a time")] = NO_MEMBERS
    provenance: Mapping[str, Provenance] = attrs.field(
        default=NO_TABLE, converter=_as_map, metadata={"help": "Where numbers come from, by their addresses."}
    )

    def __repr__(self) -> str:
        counts = {kind: len(getattr(self, kind)) for kind in FAMILIES} | {"months": self.calendar.months}
        held = [f"{n} {kind if n > 1 else kind.removesuffix('s')}" for kind, n in counts.items() if n]
        return f"<Scenario {self.name!r}: {', '.join(held)}>"

    def _repr_html_(self) -> str:
        months = self.calendar.labels
        held = {kind: getattr(self, kind).names for kind in FAMILIES}
        rows = [("months", len(months), f"{months[0]} to {months[-1]}")]
        rows += [(kind, len(names), ", ".join(names)) for kind, names in held.items() if names]
        notes = filter(None, (self.description, self.assumptions().summary()))
        shown: str = upward("Scenario.table")(rows, self.name, *notes)._repr_html_()
        return shown

    @property
    def address(self) -> str:
        """Empty: the scenario is the root of all addresses."""
        return ""

    def _across(self) -> Iterator[Fault]:
        names = {kind: getattr(self, kind).names for kind in FAMILIES}
        held = (*FAMILIES, "calendar", "targets", "quantities")
        yield from cross_faults(names, {kind: getattr(self, kind) for kind in held})
        given: Any = self.provenance
        if not isinstance(given, FrozenMap):
            yield Fault("provenance", "must be a table from addresses to Provenance(...)", given)
            return
        known = self.numbers()
        for address, origin in given.items():
            where = f"provenance of {address}"
            if address not in known:
                yield Fault(where, "must belong to a number that exists", None, nearest(address, known))
            if not isinstance(origin, Provenance):
                yield Fault(where, "must be Provenance(...)", origin)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        warn_of_idle_backorders(self.vehicles, {partner.name: partner for partner in self.partners})

    def __getitem__(self, address: str) -> Any:
        """Return the number, law, text or fact at an address.

        Parameters
        ----------
        address : str
            Path such as ``partners.BAIC.fill_rate``; ``find`` lists addresses.

        Returns
        -------
        float, tuple, law, Varying, str or fact
            The value at the address.

        Raises
        ------
        FactError
            If there is nothing at the address; the hint gives the nearest known name.
        """
        return look_up(self, address)

    def replace(self, changes: Mapping[str, object], *, provenance: Mapping[str, Provenance] | None = None) -> Scenario:
        """Return a new scenario with the values at some addresses changed, checked again as a whole.

        Parameters
        ----------
        changes : mapping from str to number, law, Varying, text or fact
            New values by address. All are changed together, so they need to be consistent only with each other.
        provenance : mapping from str to Provenance, optional
            Where changed numbers come from, by their addresses.

        Returns
        -------
        Scenario
            The changed scenario. A changed number loses its source, since the source no longer speaks for it, unless
            ``provenance`` states another.

        Raises
        ------
        FactError
            If an address does not exist, a value breaks its rule, or ``provenance`` names a number that is not changed;
            all faults are reported together, and this scenario stays as it is.

        Examples
        --------
        >>> import avtosim
        >>> june = avtosim.load("avtotor-2024-06")
        >>> june.replace({"partners.BAIC.fill_rate": 0.9})["partners.BAIC.fill_rate"]
        0.9
        """
        given = _as_map(changes)
        if isinstance(given, FrozenMap) and given.keys() == {"changes", "provenance"}:
            hint = "write replace(**fit.changes(...)), with two stars"
            raise FactError([Fault("changes", "must be a table from addresses to values", None, hint)])
        if not isinstance(given, FrozenMap):
            raise FactError([Fault("replace", "takes a table from addresses to values", given)])
        kept = {
            address: origin
            for address, origin in self.provenance.items()
            if not any(f"{address}.".startswith(f"{c}.") or f"{c}.".startswith(f"{address}.") for c in given)
        }
        # mypy takes declared classes for dataclasses, which attrs.evolve refuses
        bare: Scenario = attrs.evolve(cast("Any", self), provenance=kept)
        try:
            made = replaced(bare, changes)
        except FactError as error:
            idle = {fault.address: DROPPED for fault in error.faults if fault.rule == UNUSED}
            if not idle or len(idle) < len(error.faults) or idle.keys() & changes.keys():
                raise
            # A quantity goes with the last number that followed it.
            return self.replace({**changes, **idle}, provenance=provenance)
        return made if provenance is None else _told(made, provenance, given)

    def find(self, words: str) -> tuple[str, ...]:
        """List the addresses of numbers that contain all of some words, in any case and order.

        Parameters
        ----------
        words : str
            Parts of addresses, separated by blanks: field names or the names of facts. Empty text lists all addresses.

        Returns
        -------
        tuple of str
            The addresses in the order of the declarations; empty if there is none.

        Raises
        ------
        TypeError
            If ``words`` is not text.

        Examples
        --------
        >>> import avtosim
        >>> avtosim.load("avtotor-2024-06").find("baic fill")
        ('partners.BAIC.fill_rate',)
        """
        given: object = words
        if not isinstance(given, str):
            raise TypeError(f"words: must be text such as 'fill_rate'; got {given!r}")
        wanted = given.casefold().split()
        return tuple(address for address in self.numbers() if all(word in address.casefold() for word in wanted))

    def differences(self, other: Scenario) -> dict[str, tuple[Any, Any]]:
        """Compare with another scenario, address by address.

        Parameters
        ----------
        other : Scenario
            The scenario to compare with.

        Returns
        -------
        dict from str to tuple
            For each address whose value differs, the value here and the value in ``other``; None where the scenario has
            nothing at that address. Empty if nothing differs.

        Raises
        ------
        TypeError
            If ``other`` is not a Scenario.

        Notes
        -----
        Texts, names and the calendar are compared too; sources and the order of facts are not.

        Examples
        --------
        >>> import avtosim
        >>> june = avtosim.load("avtotor-2024-06")
        >>> june.differences(june.replace({"vehicles.E5.kit_cover": 2}))
        {'vehicles.E5.kit_cover': (1.0, 2.0)}
        """
        given: object = other
        if not isinstance(given, Scenario):
            raise TypeError(f"other: must be a Scenario; got {given!r}")
        here, there = ({leaf.address: leaf.value for leaf in leaves(each)} for each in (self, given))
        both = {address: (here.get(address), there.get(address)) for address in {**here, **there}}
        return {address: (mine, theirs) for address, (mine, theirs) in both.items() if mine != theirs}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the scenario to a TOML file, completely or not at all; ``load`` gives back an equal one.

        Parameters
        ----------
        path : str or os.PathLike
            File to write; an existing one is replaced.

        Raises
        ------
        FactError
            If the scenario holds a law of another library: a file is data, so it can name only the library's own laws.
        OSError
            If the file cannot be written; what was there before is kept.
        """
        upward("Scenario.save")(self, path)

    def to_toml(self) -> str:
        """Return the scenario as TOML text; ``loads`` gives back an equal one.

        Returns
        -------
        str
            The text, without numbers that are at their default and have no source.

        Raises
        ------
        FactError
            If the scenario holds a law of another library: a file is data, so it can name only the library's own laws.
        """
        return str(upward("Scenario.to_toml")(self))

    def numbers(self) -> dict[str, Any]:
        """Return every number, law and row of numbers by address, defaults included.

        Returns
        -------
        dict from str to float, law, Varying or tuple of float
            The values in the order of the declarations.
        """
        return {leaf.address: leaf.value for leaf in walk(self)}

    def assumptions(self) -> Register:
        """Return the register of assumptions: each number with its value, source, date and note, if any.

        Returns
        -------
        Register
            One row per number. Print it to read it; ``sorted_by`` orders it by the weight of numbers on the answer.
        """
        return Register.of(walk(self), self.provenance, title=self.name)


def _told(made: Scenario, provenance: Mapping[str, Provenance], changes: Iterable[str]) -> Scenario:
    """The scenario with where those numbers come from that were changed in it."""
    origins = _as_map(provenance)
    if not isinstance(origins, FrozenMap):
        raise FactError([Fault("provenance", "must be a table from addresses to Provenance(...)", origins)])
    inside = [a for a in made.numbers() if any(f"{a}.".startswith(f"{c}.") for c in changes)]
    rule = "must belong to a number that is changed"
    faults = [Fault(f"provenance of {a}", rule, None, nearest(a, inside)) for a in origins if a not in inside]
    if faults:
        raise FactError(faults)
    told: Scenario = attrs.evolve(cast("Any", made), provenance={**made.provenance, **origins})
    return told


FAMILIES = tuple(a for a, field in describe(Scenario).items() if spec_of(field).role == "family")
