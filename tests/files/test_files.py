"""Scenario files: what they say, how they extend each other, and every mistake told with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny import TINY, faults_of, tiny

import avtosim as av

WRONG = """
name = "Wrong"
targts = [1]
targets = [nan, -1]
factors = 3
[calendar]
first_month = "2024-13"
[lines.Main]
per_day = inf
[partners.BAIC]
fill_rate = 1.5
fil_rate = 0.3
lead_time = { uniform = [0, 2] }
chance_of_leaving = { pert = [0.5, 0.4, 1.0] }
[partners.Kaiyi]
fill_rate = { prt = [0.5, 0.9, 1], source = 3 }
[partners.Jetour]
fill_rate = { prt = [0.5, 0.9, 1] }
chance_of_leaving = { note = "not known" }
[partners.SWM]
fill_rate = { truncated = { law = { normal = [0.9, nan] }, low = 0, hgih = 1 } }
[partners.X]
fill_rate = { normal = [0.9, 0.1] }
[partners.Y]
name = "Y"
fill_rate = { uniform = [0.9] }
[partners.Y.stops]
per_year = { varying = { uniform = [1, 2] } }
duration = { truncated = { law = 3, low = 1 } }
[partners.Z]
fill_rate = { truncated = { law = { pert = [0, 1, 2], source = "x" }, low = 0, high = 1 } }
[partners.W]
fill_rate = { discrete = { values = [1, 0] } }
[markets.Russia]
per_year = 2024-06-01
elasticities = { yuan = 1 }
[vehicles.A]
partner = "BIAC"
line = "Mian"
market = "Russia"
plan = -500
market_share = 0.5
[vehicles.B]
partner = "BAC"
line = "Main"
market = "Rusia"
plan = { value = "1 2" }
market_share = true
[shocks]
S = 3
"""

#: Address of each fault of WRONG, with words that its text must hold.
TOLD = {
    "targts": "did you mean 'targets'?",
    "targets.0": "must be a finite number",
    "targets.1": "must be zero or more; got -1.0",
    "factors": "must hold tables [factors.NAME]; got 3",
    "calendar.first_month": "must be a month as YYYY-MM",
    "lines.Main.per_day": "must be a finite number",
    "partners.BAIC.fill_rate": "must lie in [0, 1]; got 1.5",
    "partners.BAIC.fil_rate": "did you mean 'fill_rate'?",
    "partners.BAIC.lead_time": "this law gives fractions",
    "partners.BAIC.chance_of_leaving.mode": "must lie at or above low (0.5); got 0.4",
    "partners.Kaiyi.fill_rate.source": "must be text; got 3",
    "partners.Kaiyi.fill_rate.prt": "did you mean 'pert'?",
    "partners.Jetour.fill_rate.prt": "is not a known key or law (did you mean 'pert'?)",
    "partners.Jetour.chance_of_leaving": "must hold one law, one value or varying",
    "partners.SWM.fill_rate.hgih": "did you mean 'high'?",
    "partners.SWM.fill_rate.law.sd": "must be a finite number",
    "partners.X.fill_rate": "this law reaches from -inf to inf",
    "partners.Y.name": "its name stands in the heading",
    "partners.Y.fill_rate": "uniform takes low, high, in this order",
    "partners.Y.stops.per_year": "it cannot be redrawn each month",
    "partners.Y.stops.duration.law": "must be a law, such as",
    "partners.Z.fill_rate.law.source": "must stand beside the whole number",
    "partners.W.fill_rate.weights": "must be given",
    "markets.Russia.per_year": "must be a number, a law, Varying or Stepwise",
    "markets.Russia.elasticities.yuan": "must name a factor that exists",
    "vehicles.A.partner": "did you mean 'BAIC'?",
    "vehicles.A.line": "did you mean 'Main'?",
    "vehicles.A.plan": "must be zero or more; got -500.0",
    "vehicles.B.partner": "must name a partner that exists",
    "vehicles.B.market": "did you mean 'Russia'?",
    "vehicles.B.plan": "must be a number, a law, Stepwise, Total or a row of monthly numbers; got '1 2'",
    "vehicles.B.market_share": "got True",
    "shocks.S": "must be a table of Shock's fields; got 3",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder to write scenario files in, which is also where relative paths start."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, **files: str) -> None:
    """Write each text to NAME.toml."""
    for name, text in files.items():
        (path / f"{name}.toml").write_text(text, encoding="utf-8")


def test_all_faults_of_a_file_are_told_together() -> None:
    """Thirty mistakes of every kind in one file are thirty faults of one error, each with its address and rule."""
    faults = faults_of(av.loads, WRONG)
    assert set(faults) == set(TOLD)
    assert [address for address, words in TOLD.items() if words not in faults[address]] == []


@pytest.mark.parametrize(
    ("share", "told"),
    [
        ("5", set()),
        ('{ named = "rate", times = 2, plus = 1 }', set()),
        ('"much"', {"quantities.share"}),
        ("nan", {"quantities.share"}),
        ("true", {"quantities.share"}),
        ("[1, 2]", {"quantities.share"}),
        ("{ uniform = [3, 1] }", {"quantities.share.high"}),
        ('{ named = "none" }', {"quantities.share"}),
    ],
)
def test_faults_beside_named_quantities_are_told(share: str, told: set[str]) -> None:
    """A fault anywhere in a file whose numbers follow quantities, sound or faulty ones, is told as any other is."""
    text = f'extends = "avtotor-2024-06"\nlw = 5\n[quantities]\nshare = {share}\nrate = 2\n'
    text += '[vehicles.E5]\nmarket_share = { named = "share", times = 0.0001 }\n'
    text += '[lines.Cars]\nper_day = { named = "share" }\n[markets.Russia]\nper_year = { named = "rate" }'
    assert set(faults_of(av.loads, text)) == {"lw"} | told


def test_an_announcement_is_stated_changed_and_taken_away() -> None:
    """In a file, by replace and by what extends it; what is written is read back, and differences name each field."""
    text = f'{TINY}[announced]\nlow = 5\nhigh = 7\nstated_on = "2024-02-29"\nprogramme = "mature"\nlast_year = 0\n'
    made, base = av.loads(text), tiny()
    stated = av.Announcement(low=5, high=7, stated_on="2024-02-29", programme="mature", last_year=0)
    assert made.announced == stated
    assert av.loads(made.to_toml()) == made
    assert base.announced is None
    assert "announced" not in base.to_toml()
    assert base.replace({"announced": stated}) == made
    assert made.replace({"announced": None}) == base
    assert made.replace({"announced.high": None}).announced.volumes == (5.0, 5.0)
    assert made.differences(made.replace({"announced.low": 6})) == {"announced.low": (5.0, 6.0)}
    fields = "low", "high", "stated_on", "programme", "last_year"
    assert set(made.differences(base)) == {f"announced.{field}" for field in fields}
    assert list(faults_of(made.replace, {"announced.low": 8})) == ["announced.high"]
    assert list(faults_of(base.replace, {"announced.low": 8})) == ["announced.low"]


def test_a_file_says_numbers_laws_and_sources() -> None:
    """A plain number, a law in a line, Varying, and a number with its source and date are read as they are meant."""
    plant = tiny()
    assert plant["partners.BAIC.fill_rate"] == av.Varying(law=av.Pert(low=0.5, mode=0.9, high=1), persistence=0.5)
    assert plant["lines.Main.stops.duration"] == av.Exponential(mean=0.2)
    said = plant.provenance["vehicles.U5 Plus.plan"]
    assert said == av.Provenance(source="the press", stated_on="2024-06-01")


@pytest.mark.parametrize(
    ("words", "law"),
    [
        ("uniform = [1, 2]", av.Uniform(low=1, high=2)),
        ("pert = { low = 1, mode = 2, high = 3, weight = 2 }", av.Pert(low=1, mode=2, high=3, weight=2)),
        ("exponential = 3", av.Exponential(mean=3)),
        ("gamma = [2, 0.5]", av.Gamma(shape=2, scale=0.5)),
        ("weibull = [1.5, 2]", av.Weibull(shape=1.5, scale=2)),
        (
            "truncated = { law = { log_student_t = [3, 0.1, 7] }, high = 9 }",
            av.Truncated(law=av.LogStudentT(median=3, log_scale=0.1, degrees_of_freedom=7), high=9),
        ),
        ("empirical = [3, 1, 2]", av.Empirical(sample=[3, 1, 2])),
        ("discrete = [[1, 2], [0.5, 0.5]]", av.Discrete(values=[1, 2], weights=[0.5, 0.5])),
        ("bernoulli = 0.5", av.Bernoulli(chance=0.5)),
        ("bernoulli = { chance = 0.5, yes = 7 }", av.Bernoulli(chance=0.5, yes=7)),
        ("lognormal_range = [0.5, 4]", av.LogNormalRange(low=0.5, high=4)),
        (
            "truncated = { law = { normal = { mean = 1, sd = 2 } }, low = 0, high = 9 }",
            av.Truncated(law=av.Normal(mean=1, sd=2), low=0, high=9),
        ),
    ],
)
def test_a_law_is_written_in_a_line(words: str, law: Any) -> None:
    """Parameters of a law stand in a row in their order, alone, or by name; laws stand inside laws."""
    text = TINY.replace("plan = { value = 500,", f"plan = {{ {words},")
    assert av.loads(text)["vehicles.U5 Plus.plan"] == law


def test_a_file_runs_no_code(folder: Path) -> None:
    """Text that would be code in Python is text in a file: refused as a number, kept as a name."""
    code = "__import__('pathlib').Path('run').touch()"
    assert "must be a number" in faults_of(av.loads, TINY.replace("per_day = 10", f'per_day = "{code}"')).popitem()[1]
    assert av.loads(TINY.replace('"Tiny"', f'"{code}"')).name == code
    assert list(folder.iterdir()) == []


def test_a_syntax_error_is_told_with_its_line(folder: Path) -> None:
    """Broken TOML names the file, the line and the column."""
    write(folder, broken='name = "x"\n[calendar\n')
    with pytest.raises(av.FactError, match=r"broken.toml: TOML syntax: .*line 2, column 10"):
        av.load("broken.toml")
    assert list(faults_of(av.loads, "a = " + "[" * 100_000)) == ["TOML syntax"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nope.toml", "must exist, or be the name of a bundled scenario; got 'nope.toml'"),
        ("avtotor-2024-6", "did you mean 'avtotor-2024-06'?"),
        ("mine", "did you mean 'mine.toml'?"),
        (".", "must be a file that can be read"),
        ("mine.toml/x.toml", "must be a file that can be read"),
        ("binary.toml", "must be UTF-8 text"),
        ("a\0b", "without null bytes or"),
        ("", "must be the path of a file, not empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error(folder: Path, source: Any, words: str) -> None:
    """A missing file, a folder, a file of bytes: one fault that names it and what would do."""
    write(folder, mine=TINY)
    (folder / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (text,) = faults_of(av.load, source).values()
    assert words in text


def test_an_empty_file_is_told_what_it_lacks() -> None:
    """An empty file lacks a name, a calendar and a vehicle."""
    assert list(faults_of(av.loads, "")) == ["name", "calendar", "vehicles"]


def test_a_file_extends_another_by_path_or_by_bundled_name(folder: Path) -> None:
    """A path is taken from the folder of the file that says it; a bundled name works anywhere."""
    (folder / "deep").mkdir()
    write(folder, base=TINY)
    write(folder / "deep", child='extends = "../base.toml"\nname = "Child"\n[partners.BAIC]\nlead_time = 2')
    child = av.load(folder / "deep" / "child.toml")
    assert (child.name, child["partners.BAIC.lead_time"]) == ("Child", 2.0)
    assert child["partners.BAIC.fill_rate"] == tiny()["partners.BAIC.fill_rate"]
    june = av.loads('extends = "avtotor-2024-06"\nname = "Mine"')
    assert june.numbers() == av.load("avtotor-2024-06").numbers()


def test_tables_are_laid_over_fact_by_fact(folder: Path) -> None:
    """Facts merge field by field, tables from names to numbers name by name; a quantity is replaced with its source."""
    write(folder, base=TINY)
    child = """
extends = "base.toml"
targets = [5]
[factors.rate]
volatility = 0.1
[markets.Russia.elasticities]
rate = 1
[vehicles."U5 Plus"]
plan = { uniform = [1, 2] }
[lines.Main.stops]
per_year = 9
[partners.New]
"""
    write(folder, child=child)
    plant = av.load("child.toml")
    assert plant.targets == (5.0,)
    assert plant["markets.Russia.elasticities"] == {"yuan": -0.3, "rate": 1.0}
    assert plant["lines.Main.stops"] == av.Stops(per_year=9, duration=av.Exponential(mean=0.2))
    assert plant["vehicles.U5 Plus.plan"] == av.Uniform(low=1, high=2)
    assert [p.name for p in plant.partners] == ["BAIC", "New"]
    assert set(plant.provenance) == {"partners.BAIC.fill_rate", "markets.Russia.elasticities.yuan"}


@pytest.mark.parametrize("plan", ["[{}]", '{{ value = [{}], source = "the plant" }}'])
def test_a_row_of_monthly_volumes_takes_the_place_of_what_it_says_itself(folder: Path, plan: str) -> None:
    """A row of monthly volumes that a file states anew lets go of start and ramp-up, whether it has a source or not."""
    row = plan.format(", ".join(["10"] * tiny().calendar.months))
    write(folder, base=TINY, middle='extends = "base.toml"\n[vehicles."U5 Plus"]\nstart = 1\nramp_up = 2')
    write(folder, child=f'extends = "middle.toml"\n[vehicles."U5 Plus"]\nplan = {row}')
    vehicle = av.load("child.toml").vehicles["U5 Plus"]
    assert (vehicle.plan, vehicle.start, vehicle.ramp_up) == ((10.0,) * tiny().calendar.months, 0.0, 0.0)


def test_set_overrides_by_address_at_every_level(folder: Path) -> None:
    """Values set by address change in child and grandchild, lose the parent's source, and leave the parent alone."""
    child = """
extends = "base.toml"
[set]
"vehicles.U5 Plus.plan" = 700
"vehicles.U5 Plus.flex" = 1.5
"markets.Russia.elasticities.yuan" = -0.9
"lines.Main.stops.per_year" = 9
"partners.BAIC.stops" = { per_year = 1, duration = 2 }
"name" = "Child"
"""
    grandchild = """
extends = "child.toml"
[set]
"vehicles.U5 Plus.plan" = { uniform = [1, 2], source = "me" }
"partners.BAIC.stops.per_year" = 4
"calendar.working_days" = [20, 21]
"""
    write(folder, base=TINY, child=child, grandchild=grandchild)
    first, second = av.load("child.toml"), av.load("grandchild.toml")
    assert first.name == second.name == "Child"
    assert first["vehicles.U5 Plus.plan"] == 700.0
    assert first["vehicles.U5 Plus.flex"] == 1.5
    assert first["markets.Russia.elasticities.yuan"] == -0.9
    assert first["lines.Main.stops"] == av.Stops(per_year=9, duration=av.Exponential(mean=0.2))
    assert set(first.provenance) == {"partners.BAIC.fill_rate"}
    assert second["vehicles.U5 Plus.plan"] == av.Uniform(low=1, high=2)
    assert second.provenance["vehicles.U5 Plus.plan"] == av.Provenance(source="me")
    assert second["partners.BAIC.stops"] == av.Stops(per_year=4, duration=2)
    assert second.calendar.months == 2
    assert av.load("base.toml") == tiny()


def test_set_reaches_what_was_left_out(folder: Path) -> None:
    """A table from names to numbers, or a part, that the parent does not state can be set from nothing."""
    text = TINY.replace("yuan = { value", "# yuan = { value") + "\n[shocks.S]\nwindow = { start = 1, duration = 2 }\n"
    write(folder, base=text)
    sets = '"shocks.S.supply.BAIC" = 0.5\n"partners.BAIC.stops.per_year" = 1\n"partners.BAIC.stops.duration" = 2'
    write(folder, child=f'extends = "base.toml"\n[set]\n{sets}')
    plant = av.load("child.toml")
    assert plant["shocks.S.supply"] == {"BAIC": 0.5}
    assert plant["partners.BAIC.stops"] == av.Stops(per_year=1, duration=2)


def test_set_without_quotes_means_the_same(folder: Path) -> None:
    """An address without quotes is TOML's own nesting, and changes that number only."""
    write(folder, base=TINY, child='extends = "base.toml"\n[set]\npartners.BAIC.fill_rate = 0.8')
    plant = av.load("child.toml")
    assert plant["partners.BAIC.fill_rate"] == 0.8
    assert (
        plant.replace({"partners.BAIC.fill_rate": 1}).numbers()
        == tiny().replace({"partners.BAIC.fill_rate": 1}).numbers()
    )


def test_a_wrong_address_in_set_is_told(folder: Path) -> None:
    """Misspelt names and keys, and addresses inside a quantity, are faults with the nearest name or what to do."""
    lines = {
        "vehicles.U5 plus.plan": "did you mean 'U5 Plus'?",
        "vehicles.U5 Plus.plan.value": "give vehicles.U5 Plus.plan a whole new value",
        "partners.BAIC.fill_rate.law.mode": "which is replaced whole",
        "partner.BAIC.fill_rate": "did you mean 'partners'?",
        "partners.BAIC.fil_rate": "did you mean 'fill_rate'?",
        "lines.Main.stops.per_yaer": "did you mean 'per_year'?",
        "markets.Russia.elasticities.yuan.value": "which is replaced whole",
        "targets.0": "give targets a whole new value",
    }
    write(folder, base=TINY)
    write(folder, child='extends = "base.toml"\n[set]\n' + "\n".join(f'"{a}" = 1' for a in lines))
    faults = faults_of(av.load, "child.toml")
    assert list(faults) == [f"set.{address}" for address in lines]
    assert [a for a, words in lines.items() if words not in faults[f"set.{a}"]] == []
    assert list(faults_of(av.loads, "set = 3")) == ["set"]
    write(folder, other='extends = "base.toml"\n[set]\npartners.BIAC.fill_rate = 1')
    assert "did you mean 'BAIC'?" in faults_of(av.load, "other.toml")["set.partners"]


def test_a_wrong_value_in_set_is_told_with_the_chain_of_files(folder: Path) -> None:
    """A fault of what several files say together names them all."""
    write(folder, base=TINY, child='extends = "base.toml"\n[set]\n"partners.BAIC.fill_rate" = 2')
    with pytest.raises(
        av.FactError, match=r"child.toml, which extends .*base.toml: partners.BAIC.fill_rate: .* got 2.0"
    ):
        av.load("child.toml")


@pytest.mark.parametrize("loop", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_a_loop_of_extends_is_an_error(folder: Path, loop: list[str]) -> None:
    """A file that extends itself, directly or by way of others, is told with the whole way round."""
    for name, parent in zip(loop, loop[1:] + loop[:1], strict=True):
        write(folder, **{name: f'extends = "./{parent}.toml"'})
    faults = faults_of(av.load, "a.toml")
    assert list(faults) == ["extends"]
    assert faults["extends"].count(" -> ") == len(loop)
    assert "a.toml -> " in faults["extends"]
    assert faults["extends"].endswith("got './a.toml'")


def test_what_is_extended_must_exist_and_be_named_by_text(folder: Path) -> None:
    """A missing parent, a parent that is no text, and a path in text without a folder are faults."""
    write(folder, child='extends = "nope.toml"', number="extends = 3", near='extends = "child"')
    with pytest.raises(av.FactError, match=r"child.toml: extends: must exist"):
        av.load("child.toml")
    assert "did you mean" in faults_of(av.load, "near.toml")["extends"]
    assert list(faults_of(av.load, "number.toml")) == ["extends"]
    assert "must name a bundled scenario" in faults_of(av.loads, 'extends = "child.toml"')["extends"]


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", "9" * 400])
@pytest.mark.parametrize("line", ["per_day = 10", "targets = [100, 200]", "market_share = 0.5", "volatility = 0.02"])
def test_what_is_not_finite_is_refused_everywhere(line: str, number: str) -> None:
    """NaN, infinity and numbers beyond any measure are faults wherever a number stands."""
    key = line.split(" = ", maxsplit=1)[0]
    value = f"[{number}]" if "[" in line else number
    (text,) = faults_of(av.loads, TINY.replace(line, f"{key} = {value}")).values()
    assert "must be a finite number" in text


def test_set_reaches_into_components_and_parts() -> None:
    """A line of [set] changes a number of a component, or one part, and leaves the others."""
    plant = """
name = "Two engines"
[calendar]
first_month = "2024-01"
[lines.Main]
per_day = 10
[partners.A]
[partners.B]
[partners.C]
[vehicles.V]
line = "Main"
orders = 12
[vehicles.V.needs]
Body = "C"
Engine = { partners = { A = 0.7, B = "rest" }, takeover = 0.5 }
"""
    changed = av.loads(
        plant + '[set]\n"vehicles.V.needs.Engine.kit_cover" = 2\n"vehicles.V.needs.Engine.partners.A" = 0.4\n'
    )
    engine = changed.vehicles["V"].needs["Engine"]
    assert (engine.kit_cover, dict(engine.partners), engine.takeover) == (2.0, {"A": 0.4, "B": "rest"}, 0.5)
    assert changed["vehicles.V.needs.Body.partner"] == "C"
    alone = av.loads(plant + '[set]\n"vehicles.V.needs.Engine.partner" = "B"\n')
    assert alone["vehicles.V.needs.Engine"] == av.Component(partner="B")
