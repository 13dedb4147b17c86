"""The page: one HTML file for a board or a bank, two sheets of A4 when printed, with nothing from the net."""

from __future__ import annotations

import hashlib
import math
import re
from bisect import bisect
from importlib import resources
from typing import Any

import attrs

from ..answers.estimate import Estimate
from ..answers.layers import Layers
from ..answers.ledger import Ledger
from ..answers.numbers import figure, percent, rounded, stated, vehicles
from ..answers.result import Result
from ..answers.story import Story
from ..answers.tornado import Tornado, TornadoBar
from ..say import Number, Term, joined, say
from . import markup
from .languages import Language
from .pictures import OF_RESULT, drawn
from .style import SIZE

#: The page may load nothing and run nothing, whatever its texts hold.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
)
#: Where one word for a chance gives way to the next.
_LIKELIHOOD = 0.01, 0.1, 0.33, 0.66, 0.9, 0.99
#: An interval of a chance that is wider than this tells nothing of it.
_UNTOLD = 0.5


@attrs.frozen(kw_only=True)
class Ground:
    """A number that decides much, and what it rests on."""

    bar: TornadoBar
    source: str
    stated_on: str


@attrs.frozen(kw_only=True, eq=False)
class Findings:
    """All that the page tells. A study that could not be had is None, and ``left_out`` says why.

    ``asked`` is the volume the page is about, ``looked_at`` the one whose chance tells what decides it. ``register``
    says how many numbers there are of each standing, and ``judged`` how many of them rest on judgement alone.
    """

    result: Result
    has_months: bool
    asked: float | None
    looked_at: float | None
    ledger: Ledger | None
    tornado: Tornado | None
    story: Story | None
    layers: Layers | None
    outside: Any
    grounds: tuple[Ground, ...]
    register: str
    judged: int
    description: str
    left_out: tuple[str, ...]


def page(findings: Findings, language: Language) -> str:
    """The page as HTML."""
    return _Page(findings, language).html


@attrs.frozen
class _Page:
    """The page in the making: every section gives its HTML, or nothing where its study is missing."""

    of: Findings
    language: Language

    @property
    def html(self) -> str:
        """All of it."""
        style = (resources.files(__package__) / "page.css").read_text(encoding="utf-8")
        first = [self._head(), self._chances(), self._pictures(), _pair(self._lost(), self._decides())]
        sure = _pair(self._knowledge(), self._from_outside())
        second = [self._typical(), sure, self._grounds(), _pair(self._limits(), self._made())]
        head = (
            '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
            _POLICY,
            '<link rel="icon" href="data:,">',
            markup.text("title", self.of.result.run_info.title),
            f"<style>{style}</style>",
        )
        body = (markup.tag("div", *first), markup.tag("div", *second, class_="second"), self._text())
        whole = markup.tag("html", markup.tag("head", *head), markup.tag("body", *body), lang=self.language.code)
        return f"<!doctype html>\n{whole}\n"

    # --- pieces -------------------------------------------------------------------------------------------------------

    def _p(self, *sentences: str, **attributes: str) -> str:
        """A paragraph of sentences, each beginning with a capital letter and ending with a full stop."""
        said = " ".join(_sentence(self.language(one)) for one in sentences if one)
        return markup.text("p", said, **attributes) if said else ""

    def _section(self, heading: str, *inside: str, **attributes: str) -> str:
        return markup.tag("section", markup.text("h2", self.language(heading)), *inside, **attributes)

    def _image(self, answer: Any, words: str) -> str:
        """The picture of an answer, with its text."""
        return markup.image(answer, *drawn(answer, self.language), self.language, self.language(words))

    def _year(self, kind: str, words: str) -> str:
        """A picture of the result."""
        return markup.image(self.of.result, OF_RESULT[kind], SIZE, self.language, self.language(words))

    def _e(self, text: str) -> str:
        return markup.escaped(self.language(text))

    # --- the first sheet ----------------------------------------------------------------------------------------------

    def _head(self) -> str:
        """The question, and the answer in words."""
        result, asked = self.of.result, self.of.asked
        question = say("How many vehicles will the plant build?")
        answers = []
        if asked is not None:
            volume = stated(asked)
            question = say("Will the plant build at least {volume} vehicles?", volume=volume)
            if result.announced is not None:
                question = say(
                    "Will the plant build the {volumes} vehicles that were announced?", volumes=_band(result)
                )
            chance = result.chance(asked)
            answers.append(
                say(
                    "{likelihood}: the chance to build at least {volume} is {chance}",
                    likelihood=likelihood(chance),
                    volume=volume,
                    chance=format(chance, "words"),
                )
            )
        answers.append(self._spread())
        title = markup.text("h1", result.run_info.title)
        described = markup.text("p", self.of.description) if self.of.description else ""
        return markup.tag("header", title, described, self._p(question), self._p(*answers, class_="answer"))

    def _spread(self) -> str:
        """How far output spreads over the years."""
        result = self.of.result
        low, middle, high = (result.quantile(share) for share in (0.1, 0.5, 0.9))
        if not all(math.isfinite(one.high) for one in (low, middle, high)):
            return say("{runs} {runs:run is|runs are} too few to tell how far output spreads", runs=result.runs)
        most = format(high, "words")
        if low.value == high.value:
            same = say("Eight years in ten or more bring exactly {volume}", volume=most)
            return same if result.is_year else say("Eight runs in ten or more bring exactly {volume}", volume=most)
        ends, half = {"low": _rounded(low), "high": most}, _rounded(middle)
        if result.is_year:
            return say(
                "Eight years in ten bring {low} to {high}; half of all years bring {half} or more", half=half, **ends
            )
        return say("Eight runs in ten bring {low} to {high}; half of all runs bring {half} or more", half=half, **ends)

    def _chances(self) -> str:
        """The chance of each target, with its interval."""
        result = self.of.result
        heads = [self.language(say("target")), self.language(say("chance")), self.language(say("95 % interval"))]
        heads.append(self.language(say("in words")))
        rows = [
            [
                self._e(result.in_words(t)),
                *(self._e(format(result.chance(t), f)) for f in ("value", "interval", "words")),
            ]
            for t in result.targets
        ]
        forecast = [say("{what}: {value}", what=say("expected output"), value=format(result.mean(), "words"))]
        if result.scheduled:
            forecast.append(say("the schedule holds {volume} vehicles", volume=vehicles(result.scheduled)))
        inside = [markup.table(heads, rows, (1, 2))] if rows else []
        return self._section(say("Chances"), *inside, self._p(*forecast))

    def _pictures(self) -> str:
        """Exceedance and fan, side by side."""
        result = self.of.result
        low, middle, high = (vehicles(float(result.ppf(share))) for share in (0.1, 0.5, 0.9))
        curve = say(
            "Curve of the chance to build at least a volume: nine runs in ten build {low} vehicles or more, "
            "half of all runs {middle}, one run in ten {high}",
            low=low,
            middle=middle,
            high=high,
        )
        pictures = [self._year("exceedance", curve)]
        if self.of.has_months:
            fan = say(
                "Vehicles built since the first month: the ranges that hold 50, 80 and 90 % of all runs, and the "
                "schedule, which ends at {scheduled}",
                scheduled=vehicles(result.scheduled),
            )
            pictures.append(self._year("fan", fan))
        return self._section(say("The year") if result.is_year else say("The whole period"), _pair(*pictures))

    def _lost(self) -> str:
        """Where planned output is lost, with the sentence of the largest cause."""
        found = self.of.ledger
        if found is None:
            return ""
        planned, built = vehicles(float(found.planned.mean())), vehicles(float(found.built.mean()))
        lost: dict[str, float] = {}
        for cause, mean in found.mean.items():
            # Why kits are missing is told by the picture; here all that is missing counts together.
            name = say("missing kits") if cause.startswith("kits: ") else cause
            lost[name] = lost.get(name, 0.0) + mean.value
        short = found.planned.mean() - found.built.mean()
        sentences = [say("of {planned} vehicles planned, {built} are built on average", planned=planned, built=built)]
        cause = max(lost, key=lambda name: lost[name])
        volume = vehicles(lost[cause])
        if 0.0 < lost[cause] <= short:
            share = percent(lost[cause] / short)
            text = say(
                "the largest loss is {cause}: {volume}, {share} of the shortfall",
                cause=cause,
                volume=volume,
                share=share,
            )
            sentences.append(text)
        elif lost[cause] > 0.0:
            # What was made up hides a part of it, or all.
            sentences.append(say("the largest loss is {cause}: {volume}", cause=cause, volume=volume))
        words = joined(". ", sentences)
        notes = *found.conventions, say("this tells what held assembly back in each month")
        return self._section(
            say("Where planned output is lost"),
            self._p(*sentences),
            self._image(found, words),
            self._p(*notes, class_="quiet"),
        )

    def _decides(self) -> str:
        """The tornado with the standing of each number."""
        found = self.of.tornado
        if found is None:
            return ""
        sentences = [found.verdict]
        if self.of.asked is not None and self.of.looked_at is not None and self.of.looked_at != self.of.asked:
            asked, looked = stated(self.of.asked), stated(self.of.looked_at)
            instead = say(
                "{asked} vehicles are built too rarely to tell what decides it; so this is about the chance to build "
                "at least {looked}",
                asked=asked,
                looked=looked,
            )
            if self.of.result.chance(self.of.asked).value > 0.5:
                instead = say(
                    "{asked} vehicles are built almost always, so nothing can be told to decide it; this is about the "
                    "chance to build at least {looked}",
                    asked=asked,
                    looked=looked,
                )
            sentences.insert(0, instead)
        words = say("Bars of the chance of {what} with each uncertain number low and high", what=found.what)
        if found.bars:
            words = say(
                "{words}; the longest: {text}, {low} to {high}",
                words=words,
                text=found.bars[0].text,
                low=format(found.bars[0].low, "value"),
                high=format(found.bars[0].high, "value"),
            )
        return self._section(say("What decides it"), self._p(*sentences), self._image(found, words))

    # --- the second sheet ---------------------------------------------------------------------------------------------

    def _typical(self) -> str:
        """A typical year that misses the volume, as a calendar."""
        found = self.of.story
        if found is None or self.of.asked is None:
            return ""
        result = self.of.result
        sentences = [
            say("{built} built of {planned} planned", built=vehicles(found.built), planned=vehicles(found.planned)),
            # The result's own, so that it and the chance above make a whole.
            say("{chance} of all years are of this kind", chance=format(result.chance_below(self.of.asked), "value")),
            "" if result.is_year else say("a year stands here for the whole period, {span}", span=result.span),
        ]
        apart = say("what sets such years apart") if found.others else say("what sets better years apart")
        # Where hardly any other years are, such years are all years.
        such = [say("such years")] * found.others
        heads = map(self.language, (apart, say("this year"), *such, say("all years")))
        rows = [
            [
                self._e(_with_unit(one.what, one.unit)),
                *(self._e(figure(x)) for x in (one.value, *[one.such] * found.others, one.ordinary)),
            ]
            for one in found.differences
        ]
        told = [self._p(*sentences), *([markup.table(heads, rows, (1, 2, 3))] if rows else [])]
        words = say("Calendar of a typical year of {kind}, month by month", kind=found.kind)
        pair = _pair(markup.tag("div", *told), self._image(found, words))
        return self._section(say("A typical year of {kind}", kind=found.kind), pair)

    def _knowledge(self) -> str:
        """How far the chance rests on what is not known."""
        found = self.of.layers
        if found is None:
            return ""
        words = say(
            "Strip of the chances of {what} that whoever knew all that is not known would state", what=found.what
        )
        return self._section(say("How sure it is"), self._p(*self._knowing(found)), self._image(found, words))

    def _knowing(self, found: Layers) -> tuple[str, ...]:
        """How far the chance rests on what is not known, without saying the chance itself once more."""
        notes = found.table.notes[:-1]
        if not (found.unknown and found.luck and 0.0 < found.chance.value < 1.0):
            return notes
        low, high = (found.quantile(share) for share in (0.05, 0.95))
        if max(low.high - low.low, high.high - high.low) > _UNTOLD:
            return (say("{runs} runs say little of how a chance depends on what is not known", runs=found.chance.runs),)
        known = say(
            "whoever knew the {numbers} {numbers:number that is|numbers that are} not known would state, in nine cases "
            "of ten, a chance from {low} to {high} of {what}; the rest is luck",
            numbers=found.unknown,
            low=format(low, "value"),
            high=format(high, "value"),
            what=found.what,
        )
        return (known, *(note for note in notes[:1] if found.sd.warning), *notes[-1:])

    def _from_outside(self) -> str:
        """What became of other announced plans."""
        found = self.of.outside
        if found is None:
            return ""
        low, middle, high = (vehicles(float(f"{float(x):.2g}")) for x in found.ppf([0.1, 0.5, 0.9]))
        sentences = [
            say(
                "if this plan fared as {cases} other {cases:plan|plans} of its kind did, the year would bring less "
                "than {low} vehicles in one case of ten, less than {middle} in half, more than {high} in one of ten",
                cases=found.company_years,
                low=low,
                middle=middle,
                high=high,
            ),
        ]
        if self.of.asked is not None:
            chance = percent(1.0 - float(found.cdf(self.of.asked)))
            sentences.append(
                say(
                    "the chance of at least {volume} would be {chance}, unlike the one above: this view knows "
                    "nothing of the plant itself",
                    volume=stated(self.of.asked),
                    chance=chance,
                )
            )
        sentences.append(found.warning)
        words = say("Shares of announced plans that were built, with this plan among them")
        return self._section(say("The view from outside"), self._p(*sentences), self._image(found, words))

    def _grounds(self) -> str:
        """The register of assumptions, cut to the numbers that matter."""
        if not self.of.grounds:
            return ""
        heads = (say("number"), say("P10 to P90"), say("standing"), say("swing"), say("source"))
        rows = []
        for ground in self.of.grounds:
            bar = ground.bar
            ends = say("{low} to {high}", low=figure(bar.low_value), high=figure(bar.high_value))
            host = re.match(r"https?://([^/\s]+)", ground.source)
            origin = ", ".join(filter(None, [host[1] if host else ground.source, ground.stated_on]))
            rows.append(
                [
                    self._e(_with_unit(bar.text, bar.unit)),
                    self._e(ends),
                    self._e(Term(bar.standing)),
                    self._e(format(bar.swing, "difference")),
                    markup.link(ground.source, origin),
                ]
            )
        return self._section(
            say("What the largest swings rest on"),
            markup.table(map(self.language, heads), rows, (3,)),
            self._p(self.of.register, class_="quiet"),
        )

    def _limits(self) -> str:
        """What the answer cannot say, and what is left out of the page."""
        items = [
            say("what happens in reality but is not stated in the scenario does not happen in any run"),
            say("intervals cover the error of the runs; they say nothing of whether the assumptions are right"),
        ]
        if self.of.judged:
            text = say(
                "{judged} of the numbers that the scenario states {judged:rests|rest} on judgement: guesses, "
                "assumptions, or no source at all",
                judged=self.of.judged,
            )
            items.insert(0, text)
        if self.of.outside is not None:
            items.append(say("the view from outside rests on plans that were found, and failures are told more often"))
        items += [say("left out: {section}", section=section) for section in self.of.left_out]
        return self._section(
            say("What this cannot say"),
            markup.tag("ul", *(markup.text("li", _sentence(self.language(item))) for item in items)),
        )

    def _made(self) -> str:
        """What made the page: enough to make it again."""
        info, result = self.of.result.run_info, self.of.result
        versions = f"avtosim {info.version}, NumPy {info.numpy}, SciPy {info.scipy}, Python {info.python}"
        digest = hashlib.sha256(info.scenario.encode(errors="replace")).hexdigest()[:16]
        runs = say("{runs} {runs:run|runs}", runs=result.runs)
        made = [runs, say("seed {seed}", seed=Number(str(info.seed), info.seed)), Term(info.design)]
        if info.first_run:
            made.append(say("from run {first}", first=info.first_run))
        made += [versions, say("scenario {digest}", digest=digest)]
        studies = ""
        if self.of.ledger is not None:
            studies = say(
                "the studies on this page play {runs} plain {runs:run|runs} each, from run 0 under the same seed; "
                "their chances and means may differ from those above by the error of the runs",
                runs=self.of.ledger.runs,
            )
        return self._section(say("What made it"), self._p(joined(", ", made), studies, class_="quiet"))

    def _text(self) -> str:
        """The scenario as text to copy; on paper it would take many sheets."""
        summary = markup.text("summary", self.language(say("The scenario as text, to copy")))
        return markup.tag("details", summary, markup.text("pre", self.of.result.run_info.scenario))


def _pair(*sections: str) -> str:
    """Sections side by side, where the sheet is wide enough."""
    return markup.tag("div", *sections, class_="pair")


def likelihood(chance: Estimate) -> str:
    """A chance as a word: the scale of the IPCC (Mastrandrea and others, 2010), as far as the runs can tell."""
    words = (
        say("almost certainly not"),
        say("very unlikely"),
        say("unlikely"),
        say("as likely as not"),
        say("likely"),
        say("very likely"),
        say("almost certainly"),
    )
    low, at, high = (bisect(_LIKELIHOOD, x) for x in (chance.low, chance.value, chance.high))
    if high - low > 1:
        return say("too few runs to tell")
    # Of a chance of 0 or 1 only the other end of its interval is known.
    return words[{0.0: high, 1.0: low}.get(chance.value, at)]


def _band(result: Result) -> str:
    assert result.announced is not None
    low, high = map(stated, result.announced)
    return low if low == high else say("{low} to {high}", low=low, high=high)


def _rounded(estimate: Estimate) -> str:
    """A number of vehicles rounded as in words, without the word."""
    return rounded(estimate.value, estimate.high - estimate.low)


def _with_unit(text: str, unit: str) -> str:
    """What a number is, and its unit where the words do not hold it already."""
    return text if unit in text else joined(", ", [text, Term(unit)])


def _sentence(text: str) -> str:
    """A text with a capital letter in front and a full stop behind."""
    begun = re.sub(r"^\W*\w", lambda first: first[0].upper(), text)
    return f"{begun}{'' if text.endswith(('.', '?', '!')) else '.'}"
