"""The space: which coordinates there are, in which order, and where a random input finds its own."""

from __future__ import annotations

import plants
import pytest
from hypothesis import given
from hypothesis import strategies as st

import avtosim as av
from avtosim.chance.space import RandomInput, Space

causes = st.lists(
    st.builds(RandomInput, st.text("abc/", min_size=1, max_size=4), st.just("o"), st.booleans(), st.booleans()),
    unique_by=lambda random_input: random_input.name,
    max_size=8,
).map(tuple)
spaces = st.builds(Space, st.integers(1, 15), causes)


@given(spaces)
def test_places_are_where_the_coordinates_stand(space: Space) -> None:
    """Walking the space and asking for a random input's places tell the same order."""
    every = list(space)
    assert len(every) == space.dimension
    for random_input in space.inputs:
        own = every[space.indices()[random_input.name]]
        assert len(own) == space.count(random_input)
        assert {c.name for c in own} == {random_input.name}
        assert [c.month for c in own] == ([*range(1, space.months + 1)] if random_input.monthly else [None])


@given(spaces)
def test_year_long_coordinates_come_first_then_month_by_month(space: Space) -> None:
    """No coordinate stands before one of an earlier month."""
    months = [coordinate.month or 0 for coordinate in space]
    assert months == sorted(months)


def test_coordinates_print_their_cause_and_month() -> None:
    """A coordinate prints its random_input, and its month if it has one."""
    begins = RandomInput("partners/P/stops/begin/1", "partners.P.stops", monthly=True, scores=False)
    space = Space(2, (begins, RandomInput("x", "x", monthly=False, scores=True)))
    assert [str(c) for c in space] == ["x", "partners/P/stops/begin/1@1", "partners/P/stops/begin/1@2"]


def test_names_say_cause_and_owner() -> None:
    """Each coordinate of a scenario is named after the address of the fact that owns it, and each owner exists."""
    scenario = plants.busy()
    space = av.Model(scenario).space
    for random_input in space.inputs:
        assert random_input.name.startswith(random_input.address.replace(".", "/"))
        scenario[random_input.address]
    owners = {random_input.address for random_input in space.inputs}
    assert {"partners.North.stops", "partners.North.fill_rate", "shocks.fee.window.start", "factors.rate"} <= owners


def test_certain_numbers_have_no_coordinates() -> None:
    """Only what is random has a coordinate."""
    assert av.Model(plants.one_vehicle()).space.dimension == 0
    drawn = plants.one_vehicle(partner={"fill_rate": av.Uniform(low=0, high=1)})
    assert [str(c) for c in av.Model(drawn).space] == ["partners/P/fill_rate"]


@given(spaces, spaces)
def test_union_holds_each_name_once(one: Space, other: Space) -> None:
    """The union has every name of both once, the longer calendar, and is refused where a name means two things."""
    known = {random_input.name: random_input for random_input in one.inputs}
    if one.months != other.months:
        with pytest.raises(ValueError, match="spaces: must have the same months; got"):
            Space.union([one, other])
        return
    if any(known.get(random_input.name, random_input) != random_input for random_input in other.inputs):
        with pytest.raises(ValueError, match="must be read alike in all scenarios"):
            Space.union([one, other])
        return
    both = Space.union([one, other])
    names = [random_input.name for random_input in both.inputs]
    assert len(names) == len(set(names))
    assert set(names) == {random_input.name for space in (one, other) for random_input in space.inputs}
    assert both.months == one.months
    assert both.inputs[: len(one.inputs)] == one.inputs
