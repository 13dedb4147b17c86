"""Whatever an answer prints can be said in Russian, in right forms, with nothing left over; English stays as it is."""

# ruff: noqa: RUF001 - Russian letters and dashes are meant
from __future__ import annotations

import ast
import copy
import pickle
import re
import string
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import attrs
import numpy as np
import plants
import pytest
from rooms import SRC

import avtosim as av
from avtosim.answers import numbers
from avtosim.answers.estimate import Estimate
from avtosim.answers.table import Column, Table, TableLine, Tabular
from avtosim.chance.design import Design
from avtosim.declare.fields import Fact, describe, spec_of
from avtosim.evidence.announced import KINDS as PROGRAMMES
from avtosim.evidence.durations import CANDIDATES
from avtosim.facts.register import _WORST_FIRST
from avtosim.facts.scenario import FAMILIES, Scenario
from avtosim.facts.wording import in_words
from avtosim.say import Number, Said, Term, joined, say
from avtosim.view.languages import LANGUAGES, is_wording, language_of, parts_of

RUSSIAN, ENGLISH = language_of("ru"), language_of("en")
FORMS = re.compile(r"\{(\w+):([^{}]*)\}")
#: What has no Russian name: this library, its versions, quantiles, scores, and what is typed as Python.
LATIN = (
    r"avtosim( [\d.]+(dev\d+)?)?|P\d+|CRPS|PIT|max_runs|as_of|rare_chance(\(scenario, at_least=\d+\))?"
    r'|ledger\(scenario\)|split\(scenario\)|by="fact"'
    r"|simulate\(\.\.\., keep='[a-z ]*'\)|keep='breakdown'"
)


# What is said, read from the source


def calls(path: Path) -> Iterator[tuple[str, ast.expr]]:
    """What is said in a file: the function, and its template; what ``partial`` prepares too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            function, first = ast.unparse(node.func), node.args[0]
            if function == "partial" and isinstance(first, ast.Name) and len(node.args) > 1:
                function, first = first.id, node.args[1]
            if function in ("say", "joined", "Term"):
                yield function, first


@cache
def literals(function: str) -> frozenset[str]:
    """What a function of ``say.py`` is called with anywhere in the source, where it is written out."""
    found = [first for path in SRC.rglob("*.py") for name, first in calls(path) if name == function]
    # It may be one of two that are written out.
    either = [first for first in found if isinstance(first, ast.IfExp)]
    found += [word for first in either for word in (first.body, first.orelse)]
    nested = [first.orelse for first in either if isinstance(first.orelse, ast.IfExp)]
    found += [word for first in nested for word in (first.body, first.orelse)]
    return frozenset(first.value for first in found if isinstance(first, ast.Constant))


def test_every_template_is_written_out() -> None:
    """No template is put together when it is said, so that languages can be held against all of them."""
    wrong = [
        f"{path.name}: {ast.unparse(first)}"
        for path in SRC.rglob("*.py")
        if path.name != "say.py"
        for function, first in calls(path)
        if function == "say" and not (isinstance(first, ast.Constant) and isinstance(first.value, str))
    ]
    assert not wrong


def test_what_joins_texts_has_no_words() -> None:
    """Texts are joined by signs and blanks, which every language has."""
    assert {", ", "; ", " ", ""} < literals("joined")
    assert [between for between in literals("joined") if re.search(r"[\w{}]", between)] == []


def test_every_template_has_a_russian_one_with_the_same_parts() -> None:
    """No text is left in English, and none loses a part or names one that it has not."""
    templates = literals("say")
    assert len(templates) > 350
    assert [one for one in templates if is_wording(one) and one not in RUSSIAN.templates] == []
    differ = [one for one in templates if one in RUSSIAN.templates]
    assert [one for one in differ if parts_of(one) != parts_of(RUSSIAN.templates[one])] == []


def test_no_russian_template_is_left_over() -> None:
    """What nobody says any more is not kept."""
    assert RUSSIAN.templates.keys() - literals("say") == set()


def test_every_line_of_the_file_counts() -> None:
    """The file of a language holds templates and terms, all of them text that is not empty."""
    stated = tomllib.loads((SRC / "view" / "ru.toml").read_text(encoding="utf-8"))
    assert stated.keys() == {"templates", "terms"}
    assert all(isinstance(text, str) and text.strip() for of in stated.values() for text in of.values())


def test_no_russian_text_has_latin_words() -> None:
    """Nothing is left untranslated inside a template or a term, but for names of this library."""
    for text in [*RUSSIAN.templates.values(), *RUSSIAN.terms.values()]:
        said = "".join(f"{text} {forms or ''} " for text, _, forms, _ in string.Formatter().parse(text))
        said = re.sub(r"rare_chance\(scenario, at_least=", "", said)
        assert not re.search(r"[A-Za-z]", re.sub(rf"{LATIN}|\bP(?= )", "", said)), text


# Forms of nouns


def forms() -> list[tuple[str, str]]:
    """Each noun that goes with a number in a Russian template, with that template."""
    every = [*RUSSIAN.templates.values(), *RUSSIAN.terms.values()]
    return [(said, text) for text in every for _, said in FORMS.findall(text)]


def test_every_noun_has_three_forms() -> None:
    """One for 1, one for 2 and for fractions, one for 5; none of them empty."""
    assert len(forms()) > 40
    wrong = [text for said, text in forms() if len(said.split("|")) != 3 or not all(said.split("|"))]
    assert not wrong


@pytest.mark.parametrize(
    ("number", "form"),
    [(1, 0), (2, 1), (4, 1), (5, 2), (11, 2), (12, 2), (14, 2), (21, 0), (22, 1), (111, 2), (121, 0), (1.5, 1), (0, 2)],
)
def test_the_form_that_goes_with_a_number(number: float, form: int) -> None:
    """1, 21 and 121 take the first form, 2 to 4 and fractions the second, 5 to 20 and 111 the third."""
    shown = Number(f"{number:,}", number)
    assert (
        RUSSIAN(say("{months} {months:month|months}", months=shown)).split(" ")[-1]
        == (("месяц", "месяца", "месяцев")[form])
    )
    for said, _ in forms():
        assert f"{RUSSIAN(shown):{said}}" == said.split("|")[form]


@pytest.mark.parametrize(
    ("text", "value", "russian"),
    [
        ("1,234.5", 1234.5, "1\N{NO-BREAK SPACE}234,5"),
        ("-12", -12.0, "\N{MINUS SIGN}12"),
        ("12.5 %", 0.125, "12,5\N{NO-BREAK SPACE}%"),
        ("+1,000", 1000.0, "+1\N{NO-BREAK SPACE}000"),
    ],
)
def test_digits_of_numbers(text: str, value: float, russian: str) -> None:
    """A comma before decimals, blanks between thousands, at which no line is broken, and a true minus."""
    assert RUSSIAN(Number(text, value)) == russian


# Words of closed lists


def units() -> set[str]:
    """Units of all numbers that a scenario can state, and of the numbers that answers give."""
    of_fields = {
        spec_of(attribute).unit
        for fact in (Scenario, *_below(Fact))
        if fact.__module__.startswith("avtosim.facts.")
        for attribute in describe(fact).values()
    }
    of_answers = {numbers.PROBABILITY, numbers.DIFFERENCE, numbers.VEHICLES, numbers.SHARE, numbers.COST}
    return (of_fields | of_answers | {"share of the loss", "of today's level", "log", "ratio"}) - {""}


def _below(kind: type) -> Iterator[type]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _below(inner)


DESIGNS = [av.Plain(), av.Antithetic(), av.LatinHypercube(), av.Sobol(), av.SobolNets()]
#: Words that reach a term by way of a name.
PASSED = {
    "standings": set(_WORST_FIRST),
    "units": units(),
    "programmes": set(PROGRAMMES),
    "laws of durations": {candidate.name for candidate in CANDIDATES},
    "what is summed over": {"late launches", "stops"},
    "what kits are missing for": {"fill rate", "stops", "leaving", "not called off"},
    "entries of the ledger": {"late launch", "demand", "line", "made up"},
    "families": {*FAMILIES, "quantities"},
    "labels": {"month", "vehicle", "partner"},
    "labels of a ledger": {f"by {what}" for what in ("month", "vehicle", "partner", "line", "market")},
    "what a story varies": {"supply"},
    "how a quantity follows": {"times", "plus"},
    "rules that end a range": {
        "must lie in [0, 1]",
        "must be zero or more",
        "must be above zero",
        "must be 1 or more",
        "must not lie before its start",
        "must have some time within the calendar, by the planned start and end",
    },
}  # fmt: skip


@pytest.mark.parametrize("which", PASSED)
def test_every_word_of_a_closed_list_has_a_russian_one(which: str) -> None:
    """All standings, units, causes, kinds and labels are said in Russian."""
    assert sorted(PASSED[which] - RUSSIAN.terms.keys()) == []


def test_every_word_written_out_has_a_russian_one() -> None:
    """Words that are terms where they are used are in the list."""
    assert sorted(literals("Term") - RUSSIAN.terms.keys() - {""}) == []


def test_every_design_has_a_russian_name() -> None:
    """Its number stands in it as Russian prints numbers; a design that nobody knows keeps its own name."""
    assert {type(design) for design in DESIGNS} == {
        one for one in _below(Design) if one.__module__.startswith("avtosim.")
    }
    for design in [*DESIGNS, av.LatinHypercube(size=1000), av.Sobol(replicates=11)]:
        assert not re.search("[A-Za-z]", RUSSIAN(Term(str(design))))
    assert RUSSIAN(Term(str(av.SobolNets(size=1024)))) == "сети Соболя по 1\N{NO-BREAK SPACE}024"
    assert RUSSIAN(Term("Sobol points in 32 replicates")) == "точки Соболя в 32 репликах"
    assert RUSSIAN(Term("my points of 7")) == "my points of 7"


def test_no_term_is_left_over() -> None:
    """What nobody says any more is not kept."""
    numbered = {re.sub(r"\d[\d,]*", "{n}", str(design)) for design in DESIGNS}
    assert RUSSIAN.terms.keys() - literals("Term") - set().union(*PASSED.values()) - numbered == set()


# Addresses in words


def addresses() -> Iterator[str]:
    """Addresses of all numbers that a scenario can state, of facts that are called NAME."""
    for family in FAMILIES:
        yield from _of(spec_of(describe(Scenario)[family]).of, f"{family}.NAME")


def _of(fact: type, head: str) -> Iterator[str]:
    for name, attribute in describe(fact).items():
        spec, address = spec_of(attribute), f"{head}.{name}"
        if spec.role == "part":
            yield from _of(spec.of, address)
        elif spec.role == "parts":
            yield from _of(spec.of, f"{address}.NAME")
        elif spec.role in ("quantity", "numbers"):
            yield from (address, f"{address}.times", f"{address}.plus", f"{address}.total")
        elif spec.role == "map":
            yield from (f"{address}.NAME", *([address] if spec.single else []))


@pytest.mark.parametrize("address", [*addresses()])
def test_every_number_of_a_scenario_has_russian_words(address: str) -> None:
    """Each field has words of its own, in which no name but that of the fact is left in Latin letters."""
    words = in_words(address)
    assert isinstance(words, Said)
    assert "{field} of {name}" not in (words.template, getattr(words.parts.get("number"), "template", ""))
    assert re.findall("[A-Za-z_]+", RUSSIAN(words)) == ["NAME"] * str(words).count("NAME")


def test_steps_and_quantities_in_words() -> None:
    """A step is said from its month on; what belongs to a quantity follows its name, which stays as it is."""
    assert in_words("vehicles.E5.plan.2024-03") == "plan of E5 from 2024-03 on"
    assert RUSSIAN(in_words("vehicles.E5.plan.2024-03")) == "план E5 с 2024-03"
    assert RUSSIAN(in_words("quantities.fill rate")) == "fill rate"
    assert RUSSIAN(in_words("quantities.belief.times")) == "belief ×"
    assert in_words("vehicles.T.needs.Engine.partners.Q") == "Q of Engine, partners of T"


# Texts are plain texts to whoever does not ask

HOSTILE = "{x} of {of!r:>99} | a|b %s {0}"
TEXTS = [
    say("chance of {what}", what=HOSTILE),
    say("{runs} {runs:run|runs}", runs=1234),
    say("{name} for {time}", name=HOSTILE, time=say("{months} {months:month|months}", months=Number("1", 1.0))),
    joined(", ", [HOSTILE, "", Term("guess"), Number("2", 2.0)]),
    Number("12.5 %", 0.125),
    Term("sourced"),
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts_are_plain_texts(text: str) -> None:
    """They are equal to the same plain text, and found under it."""
    plain = "".join(text)
    assert type(plain) is str
    assert (text == plain, plain == text, hash(text) == hash(plain)) == (True, True, True)
    assert {text: 1}[plain] == {plain: 1}[text] == 1
    assert (repr(text), f"{text}", str(text)) == (repr(plain), plain, plain)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        *(lambda text, protocol=protocol: pickle.loads(pickle.dumps(text, protocol)) for protocol in range(2, 6)),
        lambda text: attrs.evolve(estimated(text), runs=7).what,
        lambda text: pickle.loads(pickle.dumps(estimated(text))).what,
    ],
    ids=["copy", "deepcopy", "pickle 2", "pickle 3", "pickle 4", "pickle 5", "evolve", "pickle of an estimate"],
)
def test_copies_know_their_template_too(text: str, copied: Callable[[str], str]) -> None:
    """A copy is equal, of the same kind, and says the same in Russian."""
    made = copied(text)
    assert (made, type(made)) == (text, type(text))
    assert RUSSIAN(made) == RUSSIAN(text)


def estimated(what: str) -> Estimate:
    """Make an estimate of something."""
    return Estimate.of((0.5, 0.4, 0.6, 0.1), runs=10, method="none", what=what)


def test_names_with_braces_and_bars_change_nothing() -> None:
    """A name is never read as a template, however deep it stands."""
    inner = say("plan of {name}", name=HOSTILE)
    assert inner == f"plan of {HOSTILE}"
    assert RUSSIAN(inner) == f"план {HOSTILE}"
    assert RUSSIAN(say("swing of {number}", number=inner)) == f"размах: план {HOSTILE}"
    assert RUSSIAN(joined(", ", [HOSTILE, HOSTILE])) == f"{HOSTILE}, {HOSTILE}"


@pytest.mark.parametrize("part", [1.0, np.float64(2.0), np.int64(3), True, None, b"x", ["x"]])
def test_only_text_and_whole_numbers_are_said(part: object) -> None:
    """A number that nobody formatted is refused where it is said."""
    with pytest.raises(TypeError, match="say: a part must be text or a whole number; got"):
        say("plan of {name}", name=part)


def test_a_language_that_there_is_not() -> None:
    """The error names those that there are."""
    with pytest.raises(ValueError, match=r"^language: must be one of en, ru; got 'fr'$"):
        language_of("fr")
    assert set(LANGUAGES) == {"en", "ru"}


def test_a_line_of_a_table_among_notes() -> None:
    """It is the line as printed, and in another language that line of the table said there."""
    inner = Table((Column(say("month")), Column(say("built"), "vehicles")), {"": [("2024-01", 1234.0)]})
    line = TableLine(inner, 1)
    assert line == "2024-01  1,234"
    assert RUSSIAN(line) == "2024-01    1\N{NO-BREAK SPACE}234"
    assert RUSSIAN(pickle.loads(pickle.dumps(TableLine(inner, 0)))) == "месяц    собрано"
    outer = Table((Column("x"),), {"": [("y",)]}, notes=(TableLine(inner, 0), line))
    assert str(RUSSIAN.table(outer)).splitlines()[2:] == ["месяц    собрано", "2024-01    1\N{NO-BREAK SPACE}234"]


def test_shocks_with_the_names_of_causes_keep_them() -> None:
    """A name that is also a word of a closed list is not translated; that word beside it is."""
    shocks = [av.Shock(name=name, window=av.Window(0, 2), supply=0.5) for name in ("stops", "late launch", "planned")]
    plant = plants.one_vehicle(partner={"stops": av.Stops(3, 0.5)}, shocks=shocks)
    causes = av.ledger(plant, runs=10, seed=1).causes
    assert set(causes) >= {"kits: stops", "kits: shock stops", "kits: shock late launch", "kits: planned"}
    said = dict(zip(causes, map(RUSSIAN, causes), strict=True))
    assert said["kits: stops"] == "комплекты: остановки"
    assert said["kits: shock stops"] == "комплекты: событие stops"
    assert said["kits: planned"] == "комплекты: planned"


# Answers

RUNS = {"runs": 512, "seed": 1}
BAIC = "partners.BAIC.fill_rate"


@cache
def february() -> av.Scenario:
    """Load the bundled case of February."""
    return av.load("avtotor-2024-02")


def _compared() -> av.Comparison:
    return av.compare({"as stated": february(), "BAIC halved": february().replace({BAIC: 0.5})}, **RUNS)


ANSWERS: dict[str, Callable[[], Tabular]] = {
    "result": lambda: av.simulate(february(), **RUNS),
    "result until a precision": lambda: av.simulate(february(), precision=0.02, max_runs=5000, seed=1),
    "result of a design": lambda: av.simulate(february(), runs=512, seed=1, design=av.Sobol(replicates=8)),
    "by vehicle": lambda: av.simulate(february(), keep="months", **RUNS).by_vehicle,
    "by month": lambda: av.simulate(february(), keep="months", **RUNS).by_month,
    "order book": lambda: av.simulate(february(), keep="flows", **RUNS).order_book("BAIC"),
    "ledger": lambda: av.ledger(february(), **RUNS),
    "ledger by month": lambda: av.ledger(february(), **RUNS).by("month"),
    "ledger by partner": lambda: av.ledger(february(), **RUNS).by("partner"),
    "ledger by market": lambda: av.ledger(february(), **RUNS).by("market"),
    "tornado": lambda: av.tornado(february(), 70_000, bars=20, **RUNS),
    "tornado of a part": lambda: av.tornado(
        february(), av.Target(3_000, until="2024-06", of="BAIC"), bars=[BAIC], **RUNS
    ),
    "tornado without a swing": lambda: av.tornado(february(), 1e6, **RUNS),
    "story": lambda: av.story(february(), below=40_000, **RUNS),
    "story of supply": lambda: av.story(february(), below=40_000, only="supply", **RUNS),
    "story of a rare year": lambda: av.story(february(), at_least=90_000, **RUNS),
    "layers": lambda: av.layers(february(), 70_000, **RUNS),
    "layers never reached": lambda: av.layers(february(), 1e6, **RUNS),
    "comparison": _compared,
    "outside view": lambda: av.outside_view(
        plan=115_000, stated_on="2024-02", year=2024, kind="new_partner_assembly", last_year=50_000
    ),
    "outside view of few": lambda: av.outside_view(
        plan=1_000, stated_on="2018", year=2022, kind="new_maker_or_plant", as_of="2019-06"
    ),
    "split": lambda: av.split(february(), 70_000, runs=64, seed=1),
    "split by fact": lambda: av.split(february(), 70_000, causes="fact", runs=16, seed=1),
    "importance": lambda: av.importance(february(), 70_000, runs=100, seed=1),
    "importance of output": lambda: av.importance(february(), runs=100, seed=1),
    "importance by number": lambda: av.importance(february(), 70_000, by="number", **RUNS),
    "goal seek": lambda: av.goal_seek(february(), "markets.Russia.per_year", 70_000, **RUNS),
    "goal seek of a fill rate": lambda: av.goal_seek(february(), BAIC, 70_000, chance=0.9, **RUNS),
    "goal seek of a start": lambda: av.goal_seek(february(), "vehicles.E5.start", 70_000, **RUNS),
    "regions": lambda: av.regions(february(), below=40_000, **RUNS),
    "regions of every year": lambda: av.regions(february(), below=1e6, **RUNS),
    "worth knowing": lambda: av.worth_knowing(february(), too_few=1, too_many=3, **RUNS),
    "worth knowing of few": lambda: av.worth_knowing(february(), too_few=1, too_many=300, **RUNS),
    "rare": lambda: av.rare_chance(february(), at_least=115_000, particles=100, repeats=4, seed=1),
    "rare beyond reach": lambda: av.rare_chance(february(), at_least=150_000, particles=100, repeats=4, seed=1),
    "sweep": lambda: av.sweep(february(), {BAIC: [0.5, 1.0], "lines.Cars.per_day": [100.0, 400.0]}, **RUNS),
    "score": lambda: av.score(np.arange(100.0), 40.0),
    "score of a law": lambda: av.score(av.Empirical([1.0, 2.0, 4.0]), 2.0),
    "Brier score": lambda: av.brier_parts([0.1, 0.1, 0.6], [False, True, True]),
}


@cache
def table_of(name: str) -> Table:
    """Work out one of the answers, once."""
    return ANSWERS[name]().table


def names(table: Table) -> list[str]:
    """Give all names, titles and addresses of the scenario, companies and sites of the view from outside, and a law."""
    scenario = february()
    found = {
        scenario.name,
        "as stated",
        "BAIC halved",
        "Empirical",
        "sample",
        *scenario.numbers(),
        *scenario.quantities,
    }
    found |= {fact.name for family in FAMILIES for fact in getattr(scenario, family)}
    if "sources" in [column.name for column in table.columns]:
        found |= {cell for row in table.sections[""] for cell in (row[0], row[-1]) if isinstance(cell, str)}
    return sorted(found, key=len, reverse=True)


@pytest.mark.parametrize("name", ANSWERS)
def test_printed_russian_answers_hold_no_latin_word(name: str) -> None:
    """Nothing but names of the scenario is left in Latin letters, and what has no Russian name."""
    text = str(RUSSIAN.table(table_of(name)))
    assert len(re.findall("[а-яё]", text)) > 8
    known = "|".join(map(re.escape, names(table_of(name))))
    text = re.sub(rf"\b({known})(?!\w)", "", text)
    assert sorted(set(re.findall(r"[A-Za-z]+", re.sub(LATIN, "", text)))) == []


@pytest.mark.parametrize("name", ANSWERS)
def test_a_russian_answer_has_all_lines(name: str) -> None:
    """As many lines as in English: no two headings become one, and nothing is dropped."""
    assert len(str(RUSSIAN.table(table_of(name))).splitlines()) == len(str(table_of(name)).splitlines())


@pytest.mark.parametrize("name", ANSWERS)
def test_english_is_what_is_printed(name: str) -> None:
    """English is a language like the other, and changes no sign."""
    assert str(ENGLISH.table(table_of(name))) == str(table_of(name))


def test_an_answer_read_aloud() -> None:
    """The ledger, as an economic newspaper would print it."""
    rows = str(RUSSIAN.table(table_of("ledger"))).replace("\N{NO-BREAK SPACE}", " ").splitlines()
    first = [row.split("  ")[0] for row in rows[2:13]]
    assert first[:4] == ["запланировано", "поздний запуск", "спрос", "комплекты: неполные поставки"]
    assert rows[-1].startswith("512 прогонов, зерно 1, независимые прогоны, avtosim")


def test_register_and_estimates_in_russian() -> None:
    """The summary of the register, and the table of an estimate."""
    summary = RUSSIAN(february().assumptions().summary())
    assert re.fullmatch(r"\d+ чис\w+: из источника – \d+, расчёт – \d+, [а-я \d–,]+", summary)
    text = RUSSIAN(av.simulate(february(), **RUNS).chance(70_000).text).replace("\N{NO-BREAK SPACE}", " ")
    assert re.fullmatch(r"вероятность выпуска не менее 70 000: [\d,]+ %, интервал 95 %: [\d,]+ % – [\d,]+ %", text)
    flips = RUSSIAN(_compared().flips("BAIC halved", 70_000).text)
    assert re.fullmatch(r"из 512 прогонов к успеху переходят \d+, к недобору – \d+", flips)
