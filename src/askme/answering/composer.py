"""Evidence → an answer without a model: the bullets' own text with the least connective wording."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from askme.answering.evidence import Evidence
from askme.answering.misattribution import Correction
from askme.answering.premises import Premises
from askme.answering.refusals import NOTICE_FLOOR, Refusals, greeting_for
from askme.answering.selection import Selection, has_figure
from askme.query.intents import PERSON
from askme.query.parser import Question
from askme.query.router import Structure
from askme.resume.lines import first_line, short_name, text_line
from askme.types import (
    Bullet,
    Card,
    Expansion,
    Knowledge,
    Language,
    Line,
    Localized,
    Message,
    Notice,
    Statement,
    Status,
)

_HELLO = Notice(
    "hello",
    "greeting",
    Localized(
        (
            ("zh", "可以问这份简历里的经历、项目、奖项和技能。"),
            ("en", "Ask about the jobs, projects and awards on this résumé."),
        )
    ),
    (),
    Expansion(),
)
_NOTHING = Message("简历没有写到这一点。", "The résumé doesn't say anything on that.")
_OFF_TOPIC = Message("这里只回答与{name}的简历有关的问题。", "This chat only answers questions about {name}'s résumé.")
_NO_FIGURE = Message("简历没有写这一点的数字；写到的是：", "The résumé gives no figure for that; what it says:")
_YES = Message("有，简历写到：", "Yes, the résumé says:")
_NEAREST = Message("简历里与此最接近的是：", "The nearest the résumé has to that:")
COVERED = 0.5
"""From this share of the question's words on, a bullet is an answer to a question for yes or no."""
MOST_BESIDE = 2
"""So many words may stand beside a name for the name to be what is asked about."""
_PERMISSION = re.compile(r"^(?:so |and )?(?:can|could|may|would|will) (?:he|she|they|you)\b|能|可以")
"""Whether he may be somewhere is another question than whether he was."""
_EITHER = re.compile(r"\bor\b(?! not\b)|还是")
_BEFORE_STOP = re.compile(r"\s+(?=[。，、：；”])")
_OTHER_LANGUAGE = "(Answered in English: this chat speaks English and Chinese.)"


@dataclass(frozen=True)
class Composed:
    """What to say: statements in order, and the status.

    `settled`: nothing is left to word, as with a greeting, a refusal or a corrected premise; `notice` is what was said.
    """

    status: Status
    statements: tuple[Statement, ...]
    settled: bool = False
    notice: Notice | None = None


class Composer:
    """Composes answers from one résumé."""

    def __init__(self, structure: Structure) -> None:
        """Take the résumé with its structure."""
        self._structure = structure
        self._knowledge: Knowledge = structure.knowledge
        self._premises = Premises(structure)
        self._refusals = Refusals(structure, self._premises)
        self._selection = Selection(structure)

    def compose(self, evidence: Evidence) -> Composed:
        """Return the answer to the question the evidence was found for."""
        question = evidence.question
        made = self._compose(evidence)
        if question.language not in ("zh", "en"):
            made = replace(made, statements=(Statement(_OTHER_LANGUAGE), *made.statements))
        return made

    def greeting(self, question: Question, language: Language) -> Composed:
        """Return what is said to a question that is found to be no more than a greeting."""
        return self._notice(self._greeting(greeting_for(question) or "greeting_help"), language)

    def _compose(self, evidence: Evidence) -> Composed:
        question = evidence.question
        language = question.reply_language
        greeting = greeting_for(question)
        if greeting:
            return self._notice(self._greeting(greeting), language)
        notice = self._refusals.notice_for(evidence)
        if notice:
            return self._notice(notice, language)
        correction = self._premises.check(evidence)
        if correction:
            return _corrected(correction, language)
        if evidence.cards:
            return self._cards(evidence, language)
        return self._bullets(evidence, language)

    def _greeting(self, identifier: str) -> Notice:
        own = [n for n in self._knowledge.notices if n.status == "greeting"]
        return next((n for n in own if n.id == identifier), own[0] if own else _HELLO)

    def _notice(self, notice: Notice, language: Language) -> Composed:
        near = [text_line(self._knowledge.bullets[id_]) for id_ in notice.near]
        said = [Statement(notice.text[language]), *(Statement(line.text[language], line.cites) for line in near)]
        return Composed(notice.status, tuple(said), settled=True, notice=notice)

    # Structure

    def _cards(self, evidence: Evidence, language: Language) -> Composed:
        lines = [line for card in evidence.cards for line in card.lines]
        held = _held(evidence.cards) and len(evidence.question.terms("medal")) < 2
        lead = _opening(evidence.question, language, sure=True) if held else ()
        return Composed("answered", (*lead, *_said(lines, language)))

    # Bullets

    def _bullets(self, evidence: Evidence, language: Language) -> Composed:
        chosen = self._selection.chosen(evidence)
        no_reason = evidence.question.wants("why") and all(b.is_heading for b in chosen)
        if not chosen or no_reason:
            return self._nothing(evidence, language)
        whole = self._selection.whole(chosen, evidence)
        if whole:
            return Composed("answered", _said(whole.lines, language))
        if (
            evidence.question.wants("how_much")
            and not evidence.question.wants("whether")
            and not any(has_figure(b) for b in chosen)
        ):
            return self._no_figure(chosen, language)
        lead = self._lead(chosen, language)
        sure = _borne_out(evidence, chosen)
        first = () if all(b.is_heading for b in chosen) else _opening(evidence.question, language, sure)
        return Composed("answered", (*first, *lead, *_said([text_line(b) for b in chosen], language)))

    def _no_figure(self, chosen: list[Bullet], language: Language) -> Composed:
        said = _said([text_line(b) for b in chosen[:2]], language)
        return Composed("not_in_resume", (Statement(_NO_FIGURE[language]), *said))

    def _nothing(self, evidence: Evidence, language: Language) -> Composed:
        """Say that the résumé is silent, or, when nobody and nothing of it was asked about, that this is off topic."""
        question = evidence.question
        if len(question.residue) > 1 and not PERSON.search(question.normal) and not self._recognised(evidence):
            return self._notice(self._greeting("greeting_help"), language)
        about_him = question.mentions or PERSON.search(question.normal) or len(question.residue) < 3
        if about_him or question.stations:
            return Composed("not_in_resume", (Statement(_NOTHING[language]),))
        name = self._knowledge.profile.name[language]
        return Composed("declined", (Statement(_OFF_TOPIC[language].format(name=name)),))

    @staticmethod
    def _recognised(evidence: Evidence) -> bool:
        """Whether a single word of the question is known to the index."""
        found = (hit for rivalry in evidence.notices for hit in (rivalry.notice, rivalry.bullet) if hit)
        return bool(evidence.question.mentions) or any(hit.score >= NOTICE_FLOOR for hit in found)

    def _lead(self, chosen: list[Bullet], language: Language) -> tuple[Statement, ...]:
        """Say whose and when, once, when all bullets are of one position."""
        stations = {b.station for b in chosen}
        station = self._knowledge.bullets.get(chosen[0].station)
        if len(stations) > 1 or station is None or chosen[0].id == station.id:
            return ()
        where = short_name(station)[language]
        project = self._knowledge.bullets.get(chosen[0].parent)
        if project and project.kind == "project" and all(b.parent == project.id for b in chosen):
            where += ("，" if language == "zh" else ", ") + first_line(project)[language]
            return (Statement(where + ("：" if language == "zh" else ":"), (project.id,)),)
        return (Statement(where + ("：" if language == "zh" else ":")),)


def _corrected(correction: Correction, language: Language) -> Composed:
    lead = _BEFORE_STOP.sub("", correction.lead[language])
    return Composed(correction.status, (Statement(lead), *_said(correction.lines, language)), settled=True)


def _said(lines: list[Line] | tuple[Line, ...], language: Language) -> tuple[Statement, ...]:
    return tuple(Statement(line.text[language], line.cites) for line in lines)


def _held(cards: tuple[Card, ...]) -> bool:
    return any(card.topic in ("held", "awards") and card.lines for card in cards)


def _borne_out(evidence: Evidence, chosen: list[Bullet]) -> bool:
    """Whether what was found says so, rather than being the nearest there is."""
    question = evidence.question
    if _PERMISSION.search(question.normal) and question.terms("region", "places", "site"):
        return False
    if _EITHER.search(question.normal) and not question.mentions_terms:
        return False
    named = question.mentions_terms and len(question.residue) <= MOST_BESIDE
    return named or max(evidence.overlaps(b.id) for b in chosen) >= COVERED


def _opening(question: Question, language: Language, sure: bool) -> tuple[Statement, ...]:
    """Return what a question for yes or no is answered with before the bullets."""
    if not question.wants("whether") or question.wants("confirm", "how_much", "count", "compare", "negated"):
        return ()
    return (Statement((_YES if sure else _NEAREST)[language]),)
