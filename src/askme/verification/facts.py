"""A sentence that cites bullets against what they bear out: figures, time, names, words, and what it denies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from askme.resume.lexicon import Mention
from askme.text.tokenize import normalise
from askme.verification.assertions import affirmed, assertions, described
from askme.verification.chronology import Chronology
from askme.verification.claims import Reading
from askme.verification.comparisons import comparisons
from askme.verification.confidential import Confidential
from askme.verification.denials import Denial, beside, denials, inside, outside
from askme.verification.evidence import Sources, Support
from askme.verification.lengths import durations
from askme.verification.numeric_checks import (
    counts,
    dates,
    escaped,
    figure_problem,
    lengths,
    rates,
    ratios,
    replaced,
    scores,
    steps,
    turned,
    unflattened,
)
from askme.verification.predicates import NOTHING, Bearing, Scope, bearing, lemmas, unborne
from askme.verification.sentences import NONE, Draft
from askme.verification.silences import DETAIL, spoken, topics
from askme.verification.superlatives import superlatives
from askme.verification.term_checks import FREE, Wording
from askme.verification.vocabulary import lemma, vocabulary

_QUOTED = re.compile(r"[\"“”「『]([^\"“”」』]{2,80})[\"“”」』]")
_PATIENT = re.compile(
    r"\b(?:drove|pushed|told|asked|hired|taught|trained|led|managed|supervised|coached|mentored|promoted|forced|made|let|beat|replaced|instructed|directed|"
    r"ordered|urged|assigned|appointed|trusted|praised|thanked|paid|rewarded|followed|guided|assisted|coordinated|brought|moved|sent|kept|used|worked for|reported to) "
    r"(?:him|zachery|ye)\b(?!'s)|(?:推动|要求|带领|指导|管理|领导|安排|协调|教|提拔|任命|雇|辅导|命令|督促|替换|取代|帮助?|让)(?:了|过)?(?:他|叶子卿)(?!的)",
    re.IGNORECASE,
)
_GAPLESS = re.compile(
    r"\b(?:no|without (?:an?|any)|not an?y?)\b.{0,16}\b(?:gap|break|pause|interval|interruption)|(?:没有?|无|并无).{0,6}(?:间隔|空[档窗白闲隔]|间断|中断|断档|缝)|无缝",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"(?:he|it|they)?\s*(?:was|is|did|does|has|had|were|could|would|can)?\s*(?:not|n't|never|wasn't|isn't|didn't|doesn't|hasn't)\s*(?:so|one|it|that|really|actually|do|be)?\W*|(?:其实)?(?:并)?(?:不是|没有|没|不会|不行)",
    re.IGNORECASE,
)
_BARE_NO = re.compile(
    r"\s*(?:no|nope|never|not at all|not really|不是的?|没有|没|不|不会|不对|从未)\s*[.。!！]?\s*", re.IGNORECASE
)
_NO = re.compile(r"\s*(?:no|nope|not quite|不|没)\b", re.IGNORECASE)
_ANCHOR = re.compile(
    r"\b(?:before|after|since|prior to|until)(?: joining| leaving| going to| his time at| his start at)? (?:the )?$"
)
_ANCHOR_AFTER = re.compile(r"(?:之前|以前|前|之后|以后|后)")
_OTHERS = re.compile(
    r"^(?:an?|one|another|his|the|two|three|some|other|several) (?:\w+ )?(?:colleagues?|coworkers?|boss(?:es)?|managers?|teammates?|interns?|others|friends?|classmates?|competitors?|engineers?)\b|^(?:同事|上司|别人|他人|同学|队友|老板|领导|其他人)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """A sentence in the parts that are checked: what it says, what it denies, and what it was asked."""

    draft: Draft
    question: str
    language: str
    under: str
    denied: tuple[Denial, ...]
    positive: str
    reading: Reading
    """Of what it says beside what it denies."""


class Facts:
    """Checks sentences that cite bullets."""

    def __init__(self, sources: Sources, wording: Wording, pages: str) -> None:
        """`pages` are the candidate's own addresses, as words that may be told."""
        self._sources, self._wording = sources, wording
        self._chronology = Chronology(sources.knowledge, sources.now)
        self.confidential = Confidential(sources.knowledge)
        self._free = bearing(pages) | bearing(sources.knowledge.profile.name.everything)

    def problems(self, draft: Draft, cites: tuple[str, ...], question: str, language: str, under: str) -> list[str]:
        """Return what of `draft` the cited bullets don't bear out."""
        supports = self._sources.of(cites)
        said = self._said(draft, question, language, under)
        where = ", ".join(cites)
        checks = (
            self._figures(said, supports, len(cites)),
            steps(said.reading, supports),
            ratios(said.reading, supports),
            scores(said.positive, supports),
            rates(said.reading, supports),
            replaced(said.positive, supports),
            turned(said.positive, supports),
            unflattened(said.positive, supports),
            dates(said.reading, supports, question, self._sources.now),
            durations(said.reading, supports, self._sources.now),
            comparisons(said.reading, supports),
            superlatives(said.reading, supports) if not draft.leads else (),
            self._attributed(said, supports),
            self._chronology.problems(said.positive, self._mentions(said.positive, said), supports, draft.text),
            self.confidential.problems(draft.text, supports),
            self._terms(said, supports),
            self._predicates(said, supports),
            self._denials(said, supports),
            self._affirmed(said, supports),
        )
        return list(dict.fromkeys(problem.format(where=where) for found in checks for problem in found))

    def _said(self, draft: Draft, question: str, language: str, under: str) -> Said:
        found = tuple(denials(draft.text))
        positive = outside(draft.text, list(found))
        return Said(draft, question, language, under, found, positive, self._sources.claims.read(positive, language))

    def _mentions(self, text: str, said: Said) -> tuple[Mention, ...]:
        return (
            said.reading.mentions if text is said.positive else self._sources.claims.read(text, said.language).mentions
        )

    # Figures and whose they are

    def _figures(self, said: Said, supports: list[Support], cited: int) -> Iterable[str]:
        listed = lengths(said.reading.stated.text)
        for placed in said.reading.placed:
            stations = placed.of("station") or frozenset(filter(None, (said.under,)))
            own = [s for s in supports if not stations or self._wording.is_at(s.bullet, stations)]
            problem = figure_problem(placed, own, cited, listed)
            if problem and own != supports and not figure_problem(placed, supports, cited, listed):
                problem = "belongs to another employer"
            if problem and not (said.draft.leads and counts(placed.quantity)):
                yield f'"{escaped(placed.quantity.text)}" {problem}'

    def _attributed(self, said: Said, supports: list[Support]) -> Iterable[str]:
        named = self._wording.stations(said.reading, said.positive, said.language, supports)
        for station in named:
            if self._anchors(station, said):
                continue
            if not any(self._wording.names(support, station) for support in supports):
                yield f'"{station}" isn\'t what {{where}} is about'
        if said.under and not named and not any(self._wording.is_at(s.bullet, {said.under}) for s in supports):
            yield f'{{where}} isn\'t about "{said.under}", under which it stands'

    def _anchors(self, station: str, said: Said) -> bool:
        """Whether an employer is named for a time only, "before WeChat": what is so then is computed."""
        plain = normalise(said.positive)
        there = [m for m in said.reading.mentions if m.term.id == station]
        return bool(there) and all(
            _ANCHOR.search(plain[: m.start]) or _ANCHOR_AFTER.match(plain[m.end :]) for m in there
        )

    # Words

    def _terms(self, said: Said, supports: list[Support]) -> Iterable[str]:
        for term in self._wording.foreign(said.positive, said.reading, said.language, supports, ""):
            yield f'"{escaped(term)}" isn\'t in {{where}}'
        denied = inside(said.draft.text, list(said.denied))
        if denied:
            reading = self._sources.claims.read(denied, said.language)
            for term in self._wording.foreign(denied, reading, said.language, supports, said.question):
                yield f'"{escaped(term)}" isn\'t in {{where}}'
        for quoted in _QUOTED.findall(said.draft.text):
            squeezed = re.sub(r"\s+", "", normalise(quoted)).strip(".,，。")
            if not any(squeezed in support.normal for support in supports):
                yield f'"{escaped(quoted)}" isn\'t a quotation from {{where}}'

    def _predicates(self, said: Said, supports: list[Support]) -> Iterable[str]:
        own = "\n".join(normalise(text) for support in supports for text in support.texts)
        for _, word in vocabulary().banned(normalise(said.draft.text)):
            if word not in own or _his(word, said.draft.text):
                yield f'"{escaped(word)}" is never said of a person'
        if _PATIENT.search(said.draft.text) or _OTHERS.search(said.positive.strip()):
            yield "says what somebody else did"
        scope = self._scope(said, supports)
        yield from assertions(normalise(said.draft.text), scope.own, own)
        yield from described(normalise(said.positive), scope.own | self._free)
        for word in unborne(said.positive, scope, self._checked(said.reading.mentions)):
            yield f'"{escaped(word)}" isn\'t in {{where}}'

    def _checked(self, mentions: Iterable[Mention]) -> list[Mention]:
        """Return the names whose being borne out is checked as such."""
        return [
            mention for mention in mentions if mention.term.category not in FREE or mention.term.category == "candidate"
        ]

    def _scope(self, said: Said, supports: list[Support]) -> Scope:
        own = reduce(or_, (support.bearing for support in supports), NOTHING)
        if said.draft.leads:
            own = reduce(or_, (below.bearing for s in supports for below in self._sources.below(s.bullet.id)), own)
        return Scope(own, self._free)

    # What is affirmed

    def _affirmed(self, said: Said, supports: list[Support]) -> Iterable[str]:
        """Yield what of the question a "Yes" takes over and no bullet bears out."""
        rest = affirmed(said.draft.text)
        if _BARE_NO.fullmatch(said.draft.text):
            yield "{where} doesn't deny anything; say what is so instead"
        if (
            not said.denied
            and not said.draft.leads
            and not self._has_content(said.draft.text, said.language, self._scope(said, supports).own)
        ):
            rest = ""
        if rest is None:
            return
        own = "\n".join(normalise(text) for support in supports for text in support.texts)
        scope, reading = self._scope(said, supports), self._sources.claims.read(said.question, said.language)
        known = vocabulary()
        yield from (
            f'"{escaped(word)}" is never said of a person'
            for _, word in known.banned(normalise(said.question))
            if word not in own
        )
        for word in unborne(said.question, scope, self._checked(reading.mentions)):
            weighty = known.meanings(lemma(word) if word.isascii() else word) & known.weighty
            if weighty or not rest:
                yield f'"{escaped(word)}" isn\'t in {{where}}'
        for term in self._wording.foreign(said.question, reading, said.language, supports, ""):
            yield f'"{escaped(term)}" isn\'t in {{where}}'
        yield from durations(reading, supports, self._sources.now)
        yield from (
            p
            for placed in reading.placed
            if (p := figure_problem(placed, supports, 0, frozenset())) == "isn't in {where}"
        )

    # What is denied

    def _denials(self, said: Said, supports: list[Support]) -> Iterable[str]:
        if not said.denied:
            return
        text = inside(said.draft.text, list(said.denied))
        scope = self._scope(said, supports)
        loose = replace(scope, free=scope.free | spoken(said.question) | topics(), any_meaning=True, any_weighty=True)
        for word in unborne(text, loose, self._checked(self._mentions(text, said))):
            yield f'"{escaped(word)}" is neither asked for nor in {{where}}'
        framed = NONE in said.draft.ids or any(denial.frames for denial in said.denied) or _only_says(said.draft.text)
        if _GAPLESS.search(text):
            if self._chronology.gaps(supports):
                yield "there are months between those of {where}"
            return
        if not framed and not self._says_something(said, scope.own):
            yield "{where} doesn't deny anything; cite [none] for what the résumé doesn't say"
        if not framed and _trailing(said):
            yield "{where} doesn't deny anything; say what is so instead"
        reading = self._sources.claims.read(text, said.language)
        detail = framed and DETAIL.search(text)
        if any(_states(support, text) for support in supports) or (
            not detail and self._wording.held(reading, supports)
        ):
            yield "{where} says what is denied"

    def _says_something(self, said: Said, own: Bearing) -> bool:
        """Whether a denial comes with what is so instead, in a clause of its own."""
        return self._has_content(beside(said.draft.text, said.denied), said.language, own)

    def _has_content(self, text: str, language: str, own: Bearing) -> bool:
        """Whether a text has a figure, a date, a name or a word of the bullets."""
        reading = self._sources.claims.read(text, language)
        if (
            reading.placed
            or reading.stated.dates
            or reading.stated.durations
            or reading.stated.ratios
            or reading.mentions
        ):
            return True
        known = vocabulary()
        plain = normalise(text)
        if any(
            word not in known.neutral and (own.has(word) or known.meanings(word) & own.meanings)
            for word in lemmas(plain)
        ):
            return True
        runs = re.findall(r"[\u4e00-\u9fff]+", plain)
        pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)} - known.neutral
        return any(pair in own.han or known.meanings(pair) & own.meanings for pair in pairs)


def _his(word: str, text: str) -> bool:
    """Whether a word that his bullet has of others is said of him: he has an infection."""
    had = r"(?:has|had|has had|got|is|was|suffers|suffered|caught|committed)"
    return bool(re.search(rf"\b(?:he|she|ye|zachery) {had} (?:\w+ ){{0,2}}{re.escape(word)}", normalise(text)))


def _only_says(text: str) -> bool:
    """Whether a sentence says that the résumé says so much and no more: "only years are given, not months"."""
    return bool(
        re.search(r"\bonly\b|[只仅]", text)
        and re.search(r"\b(?:given?|says?|names?|lists?|listed|stated?|mentions?)\b|[写列给提说]", text)
    )


def _trailing(said: Said) -> bool:
    """Whether a denial takes back what the sentence has said before: "he was called an expert, but was not"."""
    last = said.denied[-1]
    if not re.search(r"\w", said.draft.text[: last.clause]) or _NO.match(said.draft.text):
        return False
    return bool(_TAKEN_BACK.fullmatch(said.draft.text[last.clause : last.end].strip()))


def _states(support: Support, text: str) -> bool:
    """Whether all words of what is denied, two at least, stand in one bullet that denies nothing."""
    known = vocabulary()
    words = {word for word in lemmas(normalise(text)) if word not in known.neutral}
    if DETAIL.search(text) or (words - {"list", "mention"}) & known.topics:
        return False
    return len(words) > 1 and words <= support.bearing.words and not denials(support.texts[0])
