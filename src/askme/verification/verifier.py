"""A sentence and the bullets it cites → what in it they don't bear out: literal after normalising, not by likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from askme.text.tokenize import has_han, normalise
from askme.types import Line, Notice
from askme.verification.claims import Reading
from askme.verification.evidence import Sources, Support
from askme.verification.numeric_checks import (
    dates,
    durations,
    escaped,
    figure_problem,
    lengths,
    rates,
    ratios,
    replaced,
    steps,
    turned,
)
from askme.verification.sentences import NONE, Draft
from askme.verification.term_checks import Wording

_CURRENTLY = re.compile(
    r"\b(?:currently|at present|presently|actuellement|derzeit|aktuell|actualmente|atualmente|attualmente)\b"
    r"|目前|现任|如今|现在|至今|仍在|現在|현재",
    re.IGNORECASE,
)
_JUDGED = re.compile(
    r"\b(?:best|greatest|excellent|outstanding|exceptional|brilliant|world-class|top-notch|talented|genius|hard-?working|"
    r"male|female|married|unmarried|years old)\b|最优秀|优秀|顶尖|杰出|卓越|一流|最强|出色|天才|男性|女性|已婚|未婚|岁",
    re.IGNORECASE,
)
"""Praise, and what a person is: a résumé's bullets say neither, unless they do."""
_ENDED = re.compile(r"\b(?:no longer|not anymore|used to work)\b|不再|已离职|已经离开", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:(?:did|does|do|has|have|had|was|is|are|were|can|could|will|would)(?:n't| not)|never|lacks?)\b|"
    r"从未|未曾|并未|没有|没(?=[做用参获得学])|不(?:会|懂|了解|具备|掌握)",
    re.IGNORECASE,
)
_NOT_STATED = re.compile(
    r"\b(?:not|no|n't|nothing|never|without|neither|nor|doesn't|isn't|silent)\b|没|未|不|无|ない|ません|없|않|\bne\b|\bpas\b|"
    r"\bnicht\b|\bkein\w*|\bno\b|\bnão\b|\bnon\b|\bне\b|\bнет\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\br[ée]sum[ée]\b|\bcv\b|curr[ií]cul|lebenslauf|简历|履历|履歴|レジュメ|이력서|резюме|\bs(?:ay|aid|tate|pecif|how)|\bmention|\blist(?:s|ed)?\b|"
    r"\bgive[ns]?\b|disclos|提到|提及|写|说明|注明|列出|涉及|indiqu|mentionn|précis|erwähn|genannt|angegeben|mencion|indica|記載|言及|"
    r"언급|기재|указ|упом",
    re.IGNORECASE,
)
"""That it is the résumé which is silent, not he who lacks something."""
_RIDER = re.compile(
    r"\b(?:but|however|though|although|yet|probably|surely|likely|presumably|perhaps|maybe|mais|aber|pero|mas)\b|[;；]|"
    r"但|不过|然而|应该|可能|大概|估计|想必|けど|ただし|하지만",
    re.IGNORECASE,
)
"""What may follow on "the résumé doesn't say": a guess."""
_FIRST_PERSON = re.compile(
    r"(?<![A-Za-z/-])(?:I|I'm|I've|I'd|I'll|[Mm]y|[Mm]ine|[Mm]yself)(?![A-Za-z/-])|我|(?<![\w.])(?:[Ii]ch|[Jj]e|[Yy]o|[Ee]u|[Ii]o)\b|j'ai|\bmi\b|\bmeine?\b|"
    r"私は|저는|제가"
)
_QUOTED = re.compile(r"[\"“”「『]([^\"“”」』]{2,80})[\"“”」』]")


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a sentence (nothing: it may be shown) and the bullets it rests on.

    `kind`: "fact" cites bullets, "lead" introduces what follows, "silent" says that the résumé doesn't say, "notice"
    says what it is known not to say.
    """

    kind: str
    problems: tuple[str, ...]
    cites: tuple[str, ...]


class Verifier:
    """Checks sentences against the bullets of one résumé."""

    def __init__(self, sources: Sources, wording: Wording, pages: Iterable[str], facts: Iterable[Line] = ()) -> None:
        """`pages` are the candidate's own addresses: the only ones an answer may lead to.

        `facts` are lines that were computed for one question, beside those of `sources`.
        """
        self._sources, self._wording, self._facts = sources, wording, tuple(facts)
        self._pages = tuple(pages)
        self._notices = {f"notice.{notice.id}": notice for notice in sources.knowledge.notices}

    def with_facts(self, lines: Iterable[Line]) -> Verifier:
        """Return one that also knows lines that were computed for one question."""
        return Verifier(self._sources, self._wording, self._pages, lines)

    def warm(self) -> None:
        """Read all bullets now rather than at the first sentences that cite them; takes a second or two."""
        for identifier in self._sources.knowledge.bullets:
            self._sources.of((identifier,))

    def check(self, draft: Draft, allowed: frozenset[str], question: str, language: str, under: str = "") -> Verdict:
        """Return what of `draft` its cited bullets don't bear out.

        `allowed` are the ids that were given as evidence, `under` the employer that the lines above name.
        """
        cites = tuple(one for one in draft.ids if one in allowed)
        notices = [self._notices[one] for one in cites if one in self._notices]
        problems = [f"[{one}] isn't among the evidence" for one in draft.ids if one not in allowed and one != NONE]
        problems += [f"{link} isn't one of the candidate's pages" for link in draft.links if not self._own(link)]
        if _in_another_script(draft.text, language):
            problems.append("is in another language than the question")
        if _FIRST_PERSON.search(draft.text):
            problems.append("speaks as the candidate; use the third person")
        if notices:
            problems += self._beyond_notice(draft, notices, question)
            return Verdict("notice", tuple(problems), cites)
        if cites:
            problems += self._unsupported(draft, cites, question, language, "" if draft.leads else under)
            return Verdict("lead" if draft.leads else "fact", tuple(problems), cites)
        if NONE in draft.ids:
            return Verdict("silent", (*problems, *self._beyond_silence(draft, question, language)), ())
        if draft.leads and not problems:
            return Verdict("lead", tuple(self._beyond_lead(draft, question, language)), ())
        return Verdict("fact", (*problems, "cites no bullet"), ())

    def _own(self, link: str) -> bool:
        target = link.split("://")[-1].rstrip("/").lower()
        return any(page.split("://")[-1].rstrip("/").lower() == target for page in self._pages) or link.startswith("#")

    def station_in(self, text: str, language: str) -> str:
        """Return the one employer or school that `text` names, or ""."""
        named = self._wording.stations(self._sources.claims.read(text, language), text, language, [])
        return next(iter(named)) if len(named) == 1 else ""

    def invents(self, text: str, known: str) -> bool:
        """Whether `text` has figures, dates or names that `known` doesn't have."""
        reading, had = (self._sources.claims.read(one) for one in (text, known))
        numbers = {placed.quantity.value for placed in had.placed}
        dates = {(date.year, date.month) for date in had.stated.dates}
        terms = {mention.term for mention in had.mentions}
        new = any(placed.quantity.value not in numbers for placed in reading.placed)
        lengths = {duration.months for duration in had.stated.durations}
        new |= any(duration.months not in lengths for duration in reading.stated.durations)
        later = any((date.year, date.month) not in dates for date in reading.stated.dates)
        return new or later or any(m.term not in terms and m.term.category != "candidate" for m in reading.mentions)

    # Sentences that cite nothing

    def _beyond_notice(self, draft: Draft, notices: list[Notice], question: str) -> list[str]:
        """Return what a sentence says beyond the notice it cites, which is given in another language."""
        said = "\n".join(notice.text.everything for notice in notices)
        said += "\n" + "\n".join(
            text for notice in notices for cite in notice.near for text in self._sources[cite].texts
        )
        problems = ["says more than it cites"] if len(draft.text) > 2 * len(said) + 40 else []
        if any(notice.status == "not_in_resume" for notice in notices) and not _NOT_STATED.search(draft.text):
            problems.append("must say that the résumé doesn't say so")
        if any(rider.lower() not in said.lower() for rider in _RIDER.findall(draft.text)):
            problems.append("says more than it cites")
        if self.invents(draft.text, f"{said}\n{question}"):
            problems.append("holds figures or names that what it cites doesn't have")
        return problems

    def _beyond_silence(self, draft: Draft, question: str, language: str) -> list[str]:
        """Return what a sentence on what the résumé doesn't say says beyond that."""
        reading = self._sources.claims.read(draft.text, language)
        asked = self._sources.claims.read(question, language)
        known = {placed.quantity.value for placed in asked.placed}
        figures = [p.quantity.text for p in reading.placed if p.quantity.value not in known]
        figures += [date.text for date in reading.stated.dates if date.year not in {d.year for d in asked.stated.dates}]
        problems = [f'"{figure}" needs a bullet' for figure in (*figures, *(d.text for d in reading.stated.durations))]
        if not (_NOT_STATED.search(draft.text) and _SAYS.search(draft.text)) or len(draft.text) > 300:
            problems.append("must only say that the résumé doesn't say so")
        if _RIDER.search(draft.text):
            problems.append("says more than that the résumé doesn't say so")
        problems += [f'the résumé does mention "{t}"; cite where' for t in self._wording.stated_terms(reading)]
        unasked = self._wording.foreign(draft.text, reading, language, [], question)
        return problems + [f'"{term}" is neither asked for nor cited' for term in unasked]

    def _beyond_lead(self, draft: Draft, question: str, language: str) -> list[str]:
        reading = self._sources.claims.read(draft.text, language)
        if reading.placed or reading.stated.durations or reading.stated.ratios or len(draft.text) > 160:
            return ["a line without a citation can't state figures"]
        named = self._wording.stations(reading, draft.text, language, [])
        every = [self._sources[id_] for id_ in named if id_ in self._sources.knowledge.bullets]
        foreign = self._wording.foreign(draft.text, reading, language, every, question)
        problems = [f'"{term}" needs a citation' for term in foreign]
        if not self._wording.only_leads(draft.text, question, language):
            problems.append("claims something without a citation")
        return problems

    # Sentences that cite

    def _unsupported(self, draft: Draft, cites: tuple[str, ...], question: str, language: str, under: str) -> list[str]:
        supports = self._sources.of(cites, self._facts)
        reading = self._sources.claims.read(draft.text, language)
        where = ", ".join(cites)
        checks = (
            self._figures(reading, supports, under, len(cites)),
            steps(reading, supports),
            ratios(reading, supports),
            rates(reading, supports),
            replaced(draft.text, supports),
            turned(draft.text, supports) if language in ("en", "zh") else (),
            dates(reading, supports, question),
            durations(reading, supports),
            self._attributed(draft.text, reading, supports, under, language),
            self._words(draft, reading, supports, question, language),
        )
        return [problem.format(where=where) for found in checks for problem in found]

    def _figures(self, reading: Reading, supports: list[Support], under: str, cited: int) -> Iterable[str]:
        listed = lengths(reading.stated.text)
        for placed in reading.placed:
            stations = placed.of("station") or frozenset(filter(None, (under,)))
            own = [s for s in supports if not stations or self._wording.is_at(s.bullet, stations)]
            problem = figure_problem(placed, own, cited, listed)
            if problem and own != supports and not figure_problem(placed, supports, cited, listed):
                problem = "belongs to another employer"
            if problem:
                yield f'"{escaped(placed.quantity.text)}" {problem}'

    def _attributed(
        self, text: str, reading: Reading, supports: list[Support], under: str, language: str
    ) -> Iterable[str]:
        named = self._wording.stations(reading, text, language, supports)
        for station in named:
            if not any(self._wording.names(support, station) for support in supports):
                yield f'"{station}" isn\'t what {{where}} is about'
        if under and not named and not any(self._wording.is_at(s.bullet, {under}) for s in supports):
            yield f'{{where}} isn\'t about "{under}", under which it stands'

    def _words(
        self, draft: Draft, reading: Reading, supports: list[Support], question: str, language: str
    ) -> Iterable[str]:
        asked = question if NONE in draft.ids else ""
        for term in self._wording.foreign(draft.text, reading, language, supports, asked):
            yield f'"{escaped(term)}" isn\'t in {{where}}'
        for quoted in _QUOTED.findall(draft.text):
            squeezed = re.sub(r"\s+", "", normalise(quoted)).strip(".,，。")
            if not any(squeezed in support.normal for support in supports):
                yield f'"{escaped(quoted)}" isn\'t a quotation from {{where}}'
        if _CURRENTLY.search(draft.text) and not any(support.current for support in supports):
            yield "{where} isn't current"
        if _ENDED.search(draft.text) and all(support.current for support in supports):
            yield "{where} hasn't ended"
        said = "\n".join(text for support in supports for text in support.texts)
        if NONE not in draft.ids and _NEGATED.search(draft.text) and not _NEGATED.search(said):
            yield "{where} doesn't deny anything; cite [none] for what the résumé doesn't say"
        for judged in _JUDGED.findall(draft.text):
            if judged.lower() not in said.lower():
                yield f'"{judged}" isn\'t in {{where}}'
        if self._wording.strays(draft.text, supports, language):
            yield "says something else than {where}"


def _in_another_script(text: str, language: str) -> bool:
    """Whether a Chinese question is answered without Chinese, or an English one in Chinese. A few terms don't count."""
    chinese, letters = sum(map(has_han, text)), len(re.findall(r"[A-Za-z]", text))
    return (language == "zh" and not chinese and letters > 30) or (language == "en" and chinese > max(12, letters))
