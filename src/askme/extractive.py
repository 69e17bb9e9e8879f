"""Evidence → an answer without a model: the bullets' own text with the least connective wording."""

from __future__ import annotations

import re
from dataclasses import dataclass

from askme.cards import first_line, short_name, text_line
from askme.figures import figures
from askme.premises import Correction, Premises
from askme.question import Question
from askme.retrieval import Evidence
from askme.steering import Structure
from askme.types import Bilingual, Bullet, Card, Hit, Knowledge, Language, Line, Notice, Statement, Status, Term

NOTICE_FLOOR = 0.045
"""Below this similarity a notice is not what was meant."""
NOTICE_MARGIN = 1.4
"""A notice is a short text and so has to be this many times more similar than the best bullet."""
OVERLAP_SLACK = 0.2
"""A notice may hold this much less of the question's words than the best bullet."""
BULLET_FLOOR = 0.03
"""Below this similarity no bullet answers."""
OVERLAP_FLOOR = 0.13
"""Nor does one that holds less than this share of the question's words."""
NEAR_BEST = 0.7
"""A second bullet is told too when its score is this share of the best."""
CLEAR = 0.2
"""From this similarity on a notice is meant even where structure or a name would answer."""
MOST = 3

_GREETING = "greeting_help"
_NOTHING = Bilingual("简历没有写到这一点。", "The résumé doesn't say anything on that.")
_OFF_TOPIC = Bilingual("这里只回答与{name}的简历有关的问题。", "This chat only answers questions about {name}'s résumé.")
_PERSON = re.compile(r"\b(?:he|his|him|she|her|they|their|you|your|u|ur|candidate|guy|resume|cv)\b|[他她你您]|候选人|简历")
_OTHER_LANGUAGE = "(This chat answers in English and Chinese.)"


@dataclass(frozen=True)
class Composed:
    """What to say: statements in order, and the status."""

    status: Status
    statements: tuple[Statement, ...]


class Composer:
    """Composes answers from one résumé."""

    def __init__(self, structure: Structure) -> None:
        """Take the résumé with its structure."""
        self._structure = structure
        self._knowledge: Knowledge = structure.knowledge
        self._premises = Premises(structure)
        self._notices = {f"notice.{notice.id}": notice for notice in self._knowledge.notices}

    def compose(self, evidence: Evidence) -> Composed:
        """Return the answer to the question the evidence was found for."""
        question = evidence.question
        made = self._compose(evidence)
        if question.language not in ("zh", "en"):
            made = Composed(made.status, (Statement(_OTHER_LANGUAGE), *made.statements))
        return made

    def _compose(self, evidence: Evidence) -> Composed:
        question = evidence.question
        language = question.reply_language
        if _unreadable(question):
            return self._notice(self._greeting(), language)
        notice = self.notice_for(evidence)
        if notice:
            return self._notice(notice, language)
        correction = self._premises.check(evidence)
        if correction:
            return _corrected(correction, language)
        if evidence.cards:
            return self._cards(evidence, language)
        return self._bullets(evidence, language)

    # Not stated, off topic, greetings

    def notice_for(self, evidence: Evidence) -> Notice | None:
        """Return the notice that answers, when it is clearly nearer to the question than the résumé is."""
        if not evidence.notices:
            return None
        best, rival = evidence.notices[0], evidence.bare_best
        notice = self._notices[best.id]
        unknown = self._premises.unknown_terms(evidence.question)
        if unknown and notice.status == "not_in_resume":
            return notice if _names(notice, unknown) else None
        if evidence.cards and (notice.status == "not_in_resume" or best.score < CLEAR):
            return None
        if unknown and notice.status == "declined" and best.score < CLEAR:
            return None
        if rival is None:
            return notice if best.score >= NOTICE_FLOOR else None
        nearer = best.score >= max(NOTICE_FLOOR, NOTICE_MARGIN * rival.score)
        return notice if nearer and evidence.overlaps(best.id) >= evidence.overlaps(rival.id) - OVERLAP_SLACK else None

    def _greeting(self) -> Notice:
        return next((n for n in self._knowledge.notices if n.id == _GREETING), self._knowledge.notices[-1])

    def _notice(self, notice: Notice, language: Language) -> Composed:
        near = [text_line(self._knowledge.bullets[id_]) for id_ in notice.near]
        said = [Statement(notice.text[language]), *(Statement(line.text[language], line.cites) for line in near)]
        return Composed(notice.status, tuple(said))

    # Structure

    def _cards(self, evidence: Evidence, language: Language) -> Composed:
        lines = [line for card in evidence.cards for line in card.lines]
        lead = _yes(evidence.question, language) if _held(evidence.cards) else ()
        return Composed("answered", (*lead, *_said(lines, language)))

    # Bullets

    def _bullets(self, evidence: Evidence, language: Language) -> Composed:
        chosen = self._chosen(evidence)
        if not chosen:
            return self._nothing(evidence, language)
        whole = self._structure.whole(chosen[0], evidence.question) if len(chosen) == 1 or chosen[0].is_heading else None
        if whole:
            return Composed("answered", _said(whole.lines, language))
        lead = self._lead(chosen, language)
        first = _yes(evidence.question, language)
        return Composed("answered", (*first, *lead, *_said([text_line(b) for b in chosen], language)))

    def _chosen(self, evidence: Evidence) -> list[Bullet]:
        """Return the bullets to tell: the best, and those nearly as good, of one project unless several were named."""
        hits = evidence.bullets
        if not hits or hits[0].score < BULLET_FLOOR or evidence.overlaps(hits[0].id) < OVERLAP_FLOOR:
            return []
        named = self._one_for_each(evidence)
        if len(named) > 1:
            return named
        best = hits[0].score
        near = [h for h in hits[:MOST] if h.score >= NEAR_BEST * best]
        return [self._knowledge.bullets[h.id] for h in near]

    def _one_for_each(self, evidence: Evidence) -> list[Bullet]:
        """Return the best bullet for each project or version named, when several are."""
        question = evidence.question
        if len(question.projects) > 1:
            groups = [{b.id for b in self._knowledge.under(p)} for p in question.projects]
        else:
            terms = [*question.terms("version"), *question.terms("region")]
            groups = [set(self._structure.occurrences.of(term)) for term in terms] if len(terms) > 1 else []
        found = [next((h for h in evidence.bullets if h.id in group), None) for group in groups]
        return list({h.id: self._knowledge.bullets[h.id] for h in found if h}.values())

    def _nothing(self, evidence: Evidence, language: Language) -> Composed:
        """Say that the résumé is silent, or, when nobody and nothing of it was asked about, that this is off topic."""
        question = evidence.question
        about_him = question.mentions or _PERSON.search(question.normal) or len(question.residue) < 3  # noqa: PLR2004
        if about_him or question.stations:
            return Composed("not_in_resume", (Statement(_NOTHING[language]),))
        name = self._knowledge.profile.name[language]
        return Composed("declined", (Statement(_OFF_TOPIC[language].format(name=name)),))

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
        return (Statement(where + ("：" if language == "zh" else ":")),)


def _unreadable(question: Question) -> bool:
    """Whether there is nothing to go by: no letters, or one or two that name nothing."""
    letters = [char for char in question.normal if char.isalnum()]
    return not letters or (len(letters) < 3 and not question.mentions and not question.intents)  # noqa: PLR2004


def _corrected(correction: Correction, language: Language) -> Composed:
    return Composed(correction.status, (Statement(correction.lead[language]), *_said(correction.lines, language)))


def _said(lines: list[Line] | tuple[Line, ...], language: Language) -> tuple[Statement, ...]:
    return tuple(Statement(line.text[language], line.cites) for line in lines)


def _names(notice: Notice, terms: list[Term]) -> bool:
    help_text = " ".join((*notice.expansion.zh, *notice.expansion.en)).lower()
    return any(spelling.lower() in help_text for term in terms for spelling in term.spellings)


def _held(cards: tuple[Card, ...]) -> bool:
    return any(card.topic in ("held", "awards") and card.lines for card in cards)


def _yes(question: Question, language: Language) -> tuple[Statement, ...]:
    if not question.wants("whether") or question.wants("confirm", "how_much", "count", "compare", "negated"):
        return ()
    return (Statement("有，简历写到：" if language == "zh" else "Yes, the résumé says:"),)
