"""When a question is about something the résumé doesn't state, or isn't about the résumé: which notice answers it."""

from __future__ import annotations

import re

from askme.answering.evidence import Evidence, Rivalry
from askme.answering.premises import Premises
from askme.query.intents import PERSON
from askme.query.parser import Question
from askme.query.router import Structure
from askme.types import Hit, Notice, Term

NOTICE_FLOOR = 0.05
"""Below this similarity a notice is not what was meant."""
NOTICE_MARGIN = 1.7
"""A notice is a short text and so has to be this many times more similar than the best bullet."""
NAMED_BONUS = 0.03
"""What each thing of the résumé's that the question names counts against a notice."""
OVERLAP_WEIGHT = 1.0
"""How much of the margin a lead in the share of the question's words makes up for."""
OVERLAP_SLACK = 0.2
"""A notice may hold this much less of the question's words than the best bullet."""
MANY = 3
"""With so many words beyond names a question is about something else than whether the résumé names a thing."""
CLEAR = 0.2
"""From this similarity on a notice is meant even where structure or a name would answer."""


_WHO = re.compile(
    r"who (?:are|r) (?:you|u)|你是谁|你是什么|"
    r"are (?:you|u) (?:a |an |the |just )*(?:(?:chat)?bot|ai|human|robot|machine|person|program|llm|(?:chat)?gpt)\b|"
    r"你是(?:机器人|真人|人工智能|ai|(?:chat)?gpt|本人)"
)
_ARE_YOU = re.compile(r"^(?:are|r) (?:you|u)\b|^你是")


class Refusals:
    """Decides between the notices and the bullets of one résumé."""

    def __init__(self, structure: Structure, premises: Premises) -> None:
        """Take the structure and the checks that know what the résumé names."""
        self._structure, self._premises = structure, premises
        self._notices = {f"notice.{notice.id}": notice for notice in structure.knowledge.notices}

    def notice_for(self, evidence: Evidence) -> Notice | None:
        """Return the notice that answers, when it is clearly nearer to the question than the résumé is."""
        if "contact" in evidence.question.stations and evidence.question.wants("unmask"):
            return self._masked()
        bare, full = evidence.notices
        found = [hit for rivalry in (bare, full) if (hit := self._nearer(rivalry, evidence, rivalry is bare))]
        best = max(found, key=lambda hit: hit.score, default=None)
        return self._notices[best.id] if best else None

    def _masked(self) -> Notice | None:
        """Return the notice on masked contact details, known by the bullet it leads to."""
        bullets = self._structure.knowledge.bullets
        about_contact = (n for n in self._notices.values() if any(bullets[b].kind == "contact" for b in n.near))
        return next((n for n in about_contact if n.status == "declined"), None)

    def _nearer(self, rivalry: Rivalry, evidence: Evidence, bare: bool) -> Hit | None:
        best, rival = rivalry.notice, rivalry.bullet
        if best is None or not self._may_apply(best, evidence, bare):
            return None
        if rival is None:
            return best if best.score >= NOTICE_FLOOR else None
        named = NAMED_BONUS * min(2, self._names_held(evidence.question))
        about_him = PERSON.search(evidence.question.normal) or evidence.question.mentions
        ahead = evidence.overlaps(best.id) - evidence.overlaps(rival.id)
        margin = NOTICE_MARGIN if about_him or self._notices[best.id].status == "not_in_resume" else 1.0
        margin = 1.0 if evidence.question.wants("why") else max(1.0, margin - OVERLAP_WEIGHT * ahead)
        nearer = best.score >= max(NOTICE_FLOOR, margin * (rival.score + named))
        return best if nearer and (ahead >= -OVERLAP_SLACK or best.score >= CLEAR) else None

    def _names_held(self, question: Question) -> int:
        """Count what the question names of the résumé: projects, and terms that stand in a bullet."""
        terms = question.terms("technique", "version", "technologies", "medal", "contest", "metric")
        others = sum(station not in self._structure.stations for station in question.stations)
        return len(question.projects) + others + sum(bool(self._structure.occurrences.of(term)) for term in terms)

    def _may_apply(self, best: Hit, evidence: Evidence, bare: bool) -> bool:
        """Whether neither structure nor a name in the question speaks against the notice."""
        question, notice = evidence.question, self._notices[best.id]
        unknown = self._premises.unknown_terms(question)
        if self._names_known(question) and not question.wants("name", "why"):
            return False
        if unknown and notice.status == "not_in_resume":
            return _names(notice, unknown)
        versions = any(self._structure.occurrences.of(term) for term in question.terms("version"))
        if notice.status == "not_in_resume" and versions:
            return False
        of_awards = self._structure.awards.asked_for(question) and len(question.residue) < 2
        if notice.status == "not_in_resume" and (evidence.cards or of_awards):
            return False
        if evidence.cards:
            return bare and best.score >= CLEAR
        kinds = ("technologies", "topics", "qualifications", "schools", *(() if question.residue else ("companies",)))
        asked = question.wants("whether") or len(question.residue) < MANY
        skills = [term for term in unknown if asked and term.category in kinds]
        about_him = bool(PERSON.search(question.normal)) or bool(skills)
        return best.score >= CLEAR or not (unknown and about_him)

    def _names_known(self, question: Question) -> bool:
        """Whether it asks just for something the résumé names: "k8s?", "has he done ESMM?"."""
        terms = question.terms(
            "technologies", "technique", "topics", "qualifications", "person", "contact", "metric", "field"
        )
        held = [term for term in terms if self._structure.occurrences.of(term)]
        return bool(held or question.projects) and not question.residue


def _names(notice: Notice, terms: list[Term]) -> bool:
    help_text = " ".join((*notice.expansion.zh, *notice.expansion.en)).lower()
    return any(spelling.lower() in help_text for term in terms for spelling in term.spellings)


def unreadable(question: Question) -> bool:
    """Whether there is nothing to go by: no letters, or one or two that name nothing."""
    letters = [char for char in question.normal if char.isalnum()]
    return len(set(letters)) < 2 or (len(letters) < 3 and not question.mentions and not question.intents)


def greeting_for(question: Question) -> str:
    """Return the id of the greeting a question calls for: it can't be read, thanks, or says hello; else ""."""
    if unreadable(question):
        return "greeting_help"
    if _WHO.search(question.normal) or (_ARE_YOU.search(question.normal) and question.terms("candidate")):
        return "greeting_who"
    if question.mentions:
        return ""
    if question.wants("thanks") and question.intents <= {"thanks"} and not question.residue:
        return "greeting_thanks"
    return "greeting_hello" if question.wants("hello") and len(question.residue) < MANY - 1 else ""
