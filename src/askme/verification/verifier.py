"""A sentence and the bullets it cites → what in it they don't bear out: literal after normalising, not by likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from askme.text.tokenize import has_han
from askme.types import Notice
from askme.verification.evidence import Sources
from askme.verification.facts import Facts
from askme.verification.predicates import Scope, bearing, unborne
from askme.verification.sentences import NONE, Draft
from askme.verification.silences import Silences, insinuated, spoken, topics
from askme.verification.speech import addresses, foreign_letters, hosts, speaks_as_candidate
from askme.verification.term_checks import Wording
from askme.verification.vocabulary import lemma, vocabulary

_NOT_STATED = re.compile(
    r"\b(?:not|no|n't|nothing|never|without|neither|nor|doesn't|isn't|silent)\b|没|未|不|无", re.IGNORECASE
)
_RIDER = re.compile(
    r"\b(?:but|however|though|although|yet|probably|surely|likely|presumably|perhaps|maybe)\b|[;；]|但|不过|然而|应该|可能|大概|估计|想必",
    re.IGNORECASE,
)
"""What may follow on "the résumé doesn't say": a guess."""


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

    def __init__(self, sources: Sources, wording: Wording, pages: Iterable[str]) -> None:
        """`pages` are the candidate's own addresses: the only ones an answer may lead to."""
        self._sources, self._wording = sources, wording
        self._pages = tuple(pages)
        self._facts = Facts(sources, wording, "\n".join(re.sub(r"\W", " ", page) for page in self._pages))
        self._silences = Silences(sources, wording, self._facts.confidential)
        self._notices = {f"notice.{notice.id}": notice for notice in sources.knowledge.notices}

    def warm(self) -> None:
        """Read all bullets now rather than at the first sentences that cite them; takes a second or two."""
        for identifier in self._sources.knowledge.bullets:
            for support in self._sources.of((identifier,)):
                _ = support.bearing  # kept once asked for

    def check(self, draft: Draft, allowed: frozenset[str], question: str, language: str, under: str = "") -> Verdict:
        """Return what of `draft` its cited bullets don't bear out.

        `allowed` are the ids that were given as evidence, `under` the employer that the lines above name. A sentence
        may be in English or Chinese only: words of other languages aren't known, so none of them can be borne out.
        """
        given = tuple(one for one in draft.ids if one in allowed)
        cites = self._sources.expanded(tuple(one for one in given if one not in self._notices))
        problems = [f"[{one}] isn't among the evidence" for one in draft.ids if one not in allowed and one != NONE]
        problems += self._spoken(draft, cites, language)
        spoken_in = "zh" if has_han(draft.text) and not _mostly_latin(draft.text) else "en"
        if notices := [self._notices[one] for one in given if one in self._notices]:
            return Verdict("notice", (*problems, *self._beyond_notice(draft, notices, question)), given)
        if cites:
            problems += self._facts.problems(draft, cites, question, spoken_in, "" if draft.leads else under)
            return Verdict("lead" if draft.leads else "fact", tuple(problems), cites)
        if NONE in draft.ids:
            return Verdict("silent", (*problems, *self._silences.beyond(draft.text, question, spoken_in)), ())
        if draft.leads and not problems:
            return Verdict("lead", tuple(self._beyond_lead(draft, question, spoken_in)), ())
        return Verdict("fact", (*problems, "cites no bullet"), ())

    def _spoken(self, draft: Draft, cites: tuple[str, ...], language: str) -> Iterable[str]:
        """Yield what is wrong with how a sentence speaks: language, letters, person, addresses."""
        silent = NONE in draft.ids
        if not any(map(str.isalnum, draft.text)):
            yield "says nothing"
        if _in_another_script(draft.text, language):
            yield "is in another language than the question"
        texts = [text for cite in cites for text in self._sources[cite].texts]
        if strange := foreign_letters(draft.text, texts):
            yield f'"{strange}" is in letters that can\'t be checked; write English or Chinese'
        if speaks_as_candidate(draft.text, silent):
            yield "speaks as the candidate; use the third person"
        if addresses(draft.text, silent):
            yield "speaks to the visitor"
        yield from (f"{link} isn't one of the candidate's pages" for link in draft.links if not self._own(link))
        yield from (
            f"{host} isn't one of the candidate's pages" for host in hosts(draft.text) if not self._told(host, texts)
        )

    def _told(self, host: str, texts: list[str]) -> bool:
        """Whether an address without a scheme is the candidate's or stands in a cited bullet."""
        bare = host.strip("/").lower()
        return any(bare in page.lower() for page in (*self._pages, *texts))

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
        scope = Scope(bearing(said), free=spoken(question) | topics())
        unknown = [word for word in unborne(draft.text, scope) if word.lower() not in said.lower()]
        unknown += [word for word in insinuated(draft.text, question) if word not in said.lower()]
        return problems + [f'"{word}" isn\'t in what it cites' for word in unknown]

    def _beyond_lead(self, draft: Draft, question: str, language: str) -> list[str]:
        reading = self._sources.claims.read(draft.text, language)
        if reading.placed or reading.stated.durations or reading.stated.ratios or len(draft.text) > 160:
            return ["a line without a citation can't state figures"]
        named = self._wording.stations(reading, draft.text, language, [])
        every = [self._sources[id_] for id_ in named if id_ in self._sources.knowledge.bullets]
        foreign = self._wording.foreign(draft.text, reading, language, every, question)
        problems = [f'"{term}" needs a citation' for term in foreign]
        problems += [f'"{word}" is never said of a person' for word in insinuated(draft.text, "")]
        problems += [f'"{word}" needs a citation' for word in self._weighty(draft.text, named)]
        if not self._wording.only_leads(draft.text, question, language):
            problems.append("claims something without a citation")
        return problems

    def _weighty(self, text: str, named: Iterable[str]) -> list[str]:
        """Return the words of consequence in a line without a citation; that medals are won may be said."""
        own = bearing("award 奖项")
        for identifier in named:
            own |= self._sources[identifier].bearing
        known = vocabulary()
        found = unborne(text, Scope(own))
        return [word for word in found if known.meanings(lemma(word) if word.isascii() else word) & known.weighty]


def _in_another_script(text: str, language: str) -> bool:
    """Whether a Chinese question is answered without Chinese, or an English one in Chinese. A few terms don't count."""
    chinese, letters = sum(map(has_han, text)), len(re.findall(r"[A-Za-z]", text))
    return (language == "zh" and not chinese and letters > 30) or (language == "en" and chinese > max(12, letters))


def _mostly_latin(text: str) -> bool:
    """Whether Chinese characters only name somebody in an English sentence: Zachery Ye (叶子卿)."""
    return sum(map(has_han, text)) * 4 < len(re.findall(r"[A-Za-z]", text))
