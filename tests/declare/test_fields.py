"""Declarations: one line per field serves checks, conversion, types and help."""

from __future__ import annotations

import inspect
import re
from typing import Annotated, ClassVar, Literal

import pytest
from tiny import faults_of

import avtosim as av
from avtosim.declare.containers import NO_MEMBERS, NO_ROW, NO_TABLE, Members, Row, Table
from avtosim.declare.fields import Fact, describe, fact, is_default, quantity, spec_of, stated
from avtosim.declare.rules import NONNEGATIVE, SHARE, Law, Quantity
from avtosim.laws.registry import LAWS

KINDS = [av.Calendar, av.Line, av.Partner, av.Vehicle, av.Market, av.Factor, av.Shock, av.Stops, av.Window]


@fact
class Wheel(Fact):
    """A wheel.

    Notes
    -----
    It turns.
    """

    kind: ClassVar[str] = "wheels"
    name: Annotated[str, stated("name of the wheel", role="name")]


@fact
class Cart(Fact):
    """Something with every kind of field."""

    kind: ClassVar[str] = "carts"
    load: Annotated[Quantity, quantity(NONNEGATIVE, "tonnes", "what it carries")]
    certain: Annotated[float, quantity(SHARE, "share", "how full it is")] = 1.0
    monthly: Annotated[Quantity | av.Varying, quantity(SHARE, "share", "how often it rolls")] = 0.5
    bound: Annotated[float | None, quantity(NONNEGATIVE, "tonnes", "most it carries")] = None
    days: Annotated[Row, quantity(NONNEGATIVE, "days", "days of use", length=2)] = NO_ROW
    tolls: Annotated[Table, quantity(NONNEGATIVE, "euros", "toll on a road", "roads")] = NO_TABLE
    law: Annotated[Law | None, stated("how it wobbles")] = None
    colour: Annotated[Literal["red", "blue"], stated("its paint")] = "red"
    road: Annotated[str, stated("road it is on", "roads")] = "A1"
    owner: Annotated[str, stated("who has it")] = ""
    spare: Annotated[Wheel | None, stated("fifth wheel")] = None
    wheels: Annotated[Members[Wheel], stated("its wheels")] = NO_MEMBERS


def test_the_annotation_tells_the_role_of_a_field() -> None:
    """Role, kinds of value, choices and class of a field follow from its type alone."""
    specs = {name: spec_of(attribute) for name, attribute in describe(Cart).items()}
    numbers, others = ["quantity"] * 4 + ["numbers", "map"], ["law", "choice", "reference", "text", "part", "family"]
    assert [spec.role for spec in specs.values()] == numbers + others
    takes = {name: (spec.law, spec.varying, spec.optional) for name, spec in specs.items() if spec.role == "quantity"}
    assert takes == {
        "load": (True, False, False),
        "certain": (False, False, False),
        "monthly": (True, True, False),
        "bound": (False, False, True),
    }
    assert (specs["colour"].choices, specs["spare"].of, specs["wheels"].of) == (("red", "blue"), Wheel, Wheel)
    assert (specs["days"].length, specs["tolls"].refers_to) == (2, ("roads",))


def test_every_role_is_checked() -> None:
    """A wrong value in each field is a fault of its own, all told together."""
    faults = faults_of(
        Cart,
        load=-1,
        certain=av.Uniform(0, 1),
        monthly=2,
        bound=-1,
        days=[1],
        tolls={"x": -1},
        law=3,
        colour="green",
        road="a.b",
        owner=3,
        spare=3,
        wheels=[3],
    )
    names = [name for name in describe(Cart) if name not in ("tolls", "wheels")]
    assert set(faults) == {*(f"carts.{name}" for name in names), "carts.tolls.x", "carts.wheels.0"}


def test_values_are_converted_and_copied() -> None:
    """Whole numbers become floats, lists tuples, tables frozen ones, families can be indexed by name."""
    cart = Cart(load=1, days=[1, 2], tolls={"A1": 3}, wheels=[Wheel(name="left")])
    assert (type(cart.load), cart.days, cart.tolls) == (float, (1.0, 2.0), {"A1": 3.0})
    assert cart.wheels["left"] == Wheel(name="left")
    assert hash(cart) == hash(Cart(load=1.0, days=(1, 2), tolls={"A1": 3.0}, wheels=(Wheel(name="left"),)))


def test_defaults_are_known() -> None:
    """A field at its default is told from one that was stated, and does not show in the repr."""
    fields = describe(Cart)
    assert is_default(fields["monthly"], 0.5)
    assert not is_default(fields["load"], 0.5)
    assert repr(Cart(load=1, monthly=0.25)) == "Cart(load=1.0, monthly=0.25)"


def test_a_docstring_is_written_from_the_declaration() -> None:
    """Help has the summary, each parameter with kinds, default, meaning, unit and rule, the errors, then the rest."""
    text = inspect.getdoc(Cart)
    assert text is not None
    assert text.startswith("Something with every kind of field.\n\nParameters\n----------\nload : number or law\n")
    assert (
        "monthly : number, law or Varying, default 0.5\n    How often it rolls. Unit: share. Must lie in [0, 1]."
        in text
    )
    assert "tolls : table from road to number or law, default none\n" in text
    assert "Must be zero or more (2 numbers)." in text
    assert "\n\nRaises\n------\nFactError\n" in text
    wheel = inspect.getdoc(Wheel)
    assert wheel is not None
    assert re.findall(r"^(\w+)\n---", wheel, re.MULTILINE) == ["Parameters", "Raises", "Notes"]
    assert str(inspect.signature(Wheel)) == "(*, name)"


@pytest.mark.parametrize("cls", [av.Scenario, *KINDS, av.Varying, *LAWS.values()])
def test_help_of_every_fact_and_law_is_whole(cls: type[Fact]) -> None:
    """Help of each fact and law names every parameter with its meaning, and what is raised."""
    text = inspect.getdoc(cls)
    assert text is not None
    for name, attribute in describe(cls).items():
        meaning = spec_of(attribute).meaning
        assert re.search(rf"^{name} : [^\n]+\n {{4}}{re.escape(meaning[0].upper() + meaning[1:])}", text, re.MULTILINE)
    assert "\nRaises\n------\n" in text
    assert "Annotated" not in str(inspect.signature(cls))


@pytest.mark.parametrize("cls", [*KINDS[:-2], av.Scenario])
def test_facts_take_their_fields_by_name_only(cls: type[Fact]) -> None:
    """A fact with many fields refuses an argument without a name."""
    with pytest.raises(TypeError, match="positional argument"):
        cls("name")  # type: ignore[call-arg]


def test_laws_stops_and_windows_take_their_parameters_in_order() -> None:
    """Laws, Varying, Stops and Window are the same whether stated in order or by name."""
    law = av.Pert(0.5, 0.9, 1)
    assert law == av.Pert(low=0.5, mode=0.9, high=1)
    assert av.Normal(1, 2) == av.Normal(mean=1, sd=2)
    assert av.Truncated(law, 0.6) == av.Truncated(law=law, low=0.6)
    assert av.Bernoulli(0.3, 1, 2) == av.Bernoulli(chance=0.3, no=1, yes=2)
    assert av.Varying(law, 0.8) == av.Varying(law=law, persistence=0.8)
    assert av.Stops(2, law, "stopped", 0.1) == av.Stops(per_year=2, duration=law, at_start="stopped", stopped_for=0.1)
    assert av.Window(9, 1.5) == av.Window(start=9, duration=1.5)
