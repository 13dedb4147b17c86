"""The register of assumptions: every number with its standing."""

from __future__ import annotations

import attrs
from hypothesis import given, settings
from tiny import scenarios, tiny

import avtosim as av


def test_each_number_has_its_standing() -> None:
    """A number with a source is sourced, with a note only an assumption, with neither told; defaults are named."""
    register = av.loads(tiny().to_toml().replace("per_day = 10", 'per_day = { value = 10, note = "a guess" }'))
    standing = {row.address: row.standing for row in register.assumptions()}
    assert standing["vehicles.U5 Plus.plan"] == "sourced"
    assert standing["lines.Main.per_day"] == "assumption"
    assert standing["markets.Russia.per_year"] == "no source"
    assert standing["partners.BAIC.lead_time"] == "default"


def test_the_register_prints_value_unit_source_and_date() -> None:
    """The printed register shows each stated number with its unit and where it comes from."""
    lines = str(tiny().assumptions()).splitlines()
    at = lines.index("vehicles.U5 Plus.plan = 500 vehicles per year")
    assert lines[at + 1] == "    sourced: the press | 2024-06-01"
    assert lines[0] == "Tiny"
    assert any(line.startswith("left at their defaults: ") for line in lines)


def test_numbers_without_source_are_listed() -> None:
    """The stated numbers with neither source nor note are counted in the repr and can be iterated over."""
    register = tiny().assumptions()
    missing = [row.address for row in register.without_source]
    assert missing[:3] == ["targets", "lines.Main.per_day", "lines.Main.stops.per_year"]
    assert f"{len(missing)} no source" in repr(register)


@settings(max_examples=25)
@given(scenarios())
def test_the_register_holds_every_number_once(scenario: av.Scenario) -> None:
    """For any scenario the register has the addresses of its numbers, in their order, and shows as text and HTML."""
    register = scenario.assumptions()
    assert [row.address for row in register] == list(scenario.numbers())
    assert len(register) == len(scenario.numbers())
    assert str(register)
    assert register._repr_html_().count("<tr>") == len(register) + 1


def test_html_shows_text_as_text() -> None:
    """Marks of HTML in a note are shown, not obeyed."""
    plant = av.loads(tiny().to_toml().replace("the press", "<b>press</b>"))
    assert "&lt;b&gt;press&lt;/b&gt;" in plant.assumptions()._repr_html_()


def test_a_guess_from_a_source_is_no_sourced_number() -> None:
    """A number whose source is given but whose note calls it an assumption or a guess stands as derived."""
    said = av.Provenance(source="the press", stated_on="2024-06-01", note="Announced in sum. Guess: a tenth of it.")
    scenario = attrs.evolve(tiny(), provenance={"vehicles.U5 Plus.plan": said})
    standing = {row.address: row.standing for row in scenario.assumptions()}
    assert standing["vehicles.U5 Plus.plan"] == "derived"
    assert "1 derived" in scenario.assumptions().summary()
