"""The register of assumptions: every number with its standing."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from tiny import TINY, faults_of, scenarios, tiny

import avtosim as av
from avtosim.facts.entities import STANDINGS
from avtosim.facts.register import shown


def test_each_number_has_its_standing() -> None:
    """A stated standing is shown as it is; one that is not stated is never guessed from a source or from words."""
    text = tiny().to_toml().replace("per_day = 10", 'per_day = { value = 10, note = "a guess" }')
    text = text.replace("per_year = 1000", 'per_year = { value = 1000, standing = "guess", source = "the press" }')
    standing = {row.address: row.standing for row in av.loads(text).assumptions()}
    assert standing["vehicles.U5 Plus.plan"] == "not stated"
    assert standing["lines.Main.per_day"] == "not stated"
    assert standing["markets.Russia.per_year"] == "guess"
    assert standing["targets"] == "no source"
    assert standing["partners.BAIC.lead_time"] == "default"
    assert "3 not stated" not in av.loads(text).assumptions().summary()
    assert "4 not stated" in av.loads(text).assumptions().summary()


@pytest.mark.parametrize("word", STANDINGS)
def test_a_standing_reads_back_from_a_file(word: str) -> None:
    """Each standing is written beside its number and read again, alone and with a source."""
    for origin in (av.Provenance(standing=word), av.Provenance(standing=word, source="a", stated_on="b", note="c")):
        scenario = attrs.evolve(tiny(), provenance={"vehicles.U5 Plus.plan": origin})
        assert f'standing = "{word}"' in scenario.to_toml()
        assert av.loads(scenario.to_toml()).provenance == scenario.provenance


def test_another_word_is_no_standing() -> None:
    """A misspelt standing is a fault with the nearest word, in Python and in a file; so is one that is no text."""
    assert "did you mean 'guess'?" in faults_of(av.Provenance, standing="gess")["provenance.standing"]
    assert list(faults_of(av.Provenance, source=3)) == ["provenance.source"]
    text = TINY.replace('source = "the press"', 'standing = "gess"')
    assert list(faults_of(av.loads, text)) == ["vehicles.U5 Plus.plan.standing"]


def test_the_register_prints_value_unit_source_and_date() -> None:
    """The printed register shows each number with its unit and standing in columns, and its origin below."""
    lines = str(tiny().assumptions()).splitlines()
    (at,) = (place for place, line in enumerate(lines) if line.startswith("vehicles.U5 Plus.plan "))
    assert lines[at].split()[2:] == ["500", "vehicles", "per", "year", "not", "stated"]
    assert lines[at + 1] == "    the press | 2024-06-01"
    assert lines[0] == "Tiny"
    assert len({line.index(" share  ") for line in lines if " share  " in line}) == 1


def test_the_worst_founded_numbers_are_printed_first() -> None:
    """Without weights the printed rows go from guesses to defaults, whatever their order in the scenario."""
    register = av.load("avtotor-2024-06").assumptions()
    words = ("guess", "assumption", "derived", "sourced", "default")
    first = [register.full().index(f"{register.standing(word)[0].address}  ") for word in words]
    assert first == sorted(first)


def test_the_printed_register_is_cut_to_a_page() -> None:
    """At most 60 lines of 120 characters are printed, then how many rows are left; full() holds every row and note."""
    register = av.load("avtotor-2024-06").assumptions()
    lines = str(register).splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 120
    shown = sum(line.partition(" ")[0] != "" for line in lines[3:-1])
    assert lines[-1] == f"and {len(register) - shown} more: iterate over it, or print(register.full())"
    full = " ".join(register.full().split())
    assert [row.address for row in register if row.address not in full or row.note.strip() not in full] == []
    assert "more: iterate" not in full
    assert register._repr_html_().count("<tr>") == 61


def test_weights_put_the_weightiest_numbers_first() -> None:
    """With weights the rows go from the weightiest down, those without one last; the register itself is unchanged."""
    register = tiny().assumptions()
    by_weight = register.sorted_by({"targets": 0.0, "vehicles.U5 Plus.plan": 0.25, "lines.Main.per_day": 3})
    assert [row.address for row in by_weight][:3] == ["lines.Main.per_day", "vehicles.U5 Plus.plan", "targets"]
    assert [row.weight for row in by_weight][:4] == [3, 0.25, 0.0, None]
    assert str(by_weight).splitlines()[3].startswith("lines.Main.per_day")
    assert len(by_weight) == len(register)
    assert register == tiny().assumptions()


def test_wrong_weights_are_refused() -> None:
    """Weights of numbers that do not exist, or that are negative or not finite, are faults."""
    register = tiny().assumptions()
    wrong = {"vehicles.U5 plus.plan": 1.0, "targets": float("nan"), "lines.Main.per_day": -1.0, 3: 1.0}
    assert list(faults_of(register.sorted_by, wrong)) == [
        "weights['vehicles.U5 plus.plan']",
        "weights[3]",
        "weights['targets']",
        "weights['lines.Main.per_day']",
    ]
    with pytest.raises(TypeError, match="weights must be a table"):
        register.sorted_by([1.0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="words must be of guess"):
        register.standing("sure")


def test_values_are_shown_as_they_would_be_typed() -> None:
    """Laws are shown with their parameters in order, without those left at their defaults."""
    assert (
        shown(av.Varying(law=av.Pert(low=0.5, mode=0.9, high=1), persistence=0.5)) == "Varying(Pert(0.5, 0.9, 1), 0.5)"
    )
    assert shown(av.Truncated(law=av.Normal(mean=1, sd=2), high=3)) == "Truncated(Normal(1, 2), high=3)"
    assert shown((1.0, 1_300_000.0)) == "[1, 1300000]"


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
    assert register._repr_html_().count("<tr>") == min(len(register), 60) + 1
    assert register.full().count("\n") >= len(register)


def test_html_shows_text_as_text() -> None:
    """Marks of HTML in a note are shown, not obeyed."""
    plant = av.loads(tiny().to_toml().replace("the press", "<b>press</b>"))
    assert "&lt;b&gt;press&lt;/b&gt;" in plant.assumptions()._repr_html_()
