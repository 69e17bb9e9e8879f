"""What a question puts in the wrong place: a project, a technique or a metric at an employer that doesn't have it."""

from __future__ import annotations

from dataclasses import dataclass

from askme.answering.evidence import Evidence
from askme.query.parser import Question
from askme.query.router import Structure
from askme.resume.lines import first_line, placed, short_name, text_line
from askme.text.numbers import figures
from askme.types import Bullet, Line, Message, Status, Term, Texts


@dataclass(frozen=True)
class Correction:
    """What the résumé says instead: a sentence of its own, then lines that cite; `status` of the whole answer."""

    status: Status
    lead: Message
    lines: tuple[Line, ...] = ()


class Misplaced:
    """Checks where things stand in one résumé."""

    def __init__(self, structure: Structure, expansions: dict[str, str]) -> None:
        """Take the structure, and the search help of each bullet in lower case."""
        self._structure, self._help = structure, expansions
        self._knowledge = structure.knowledge

    def check(self, evidence: Evidence) -> Correction | None:
        """Return what stands elsewhere or nowhere, corrected; None when nothing is out of place."""
        return self._place_of_project(evidence) or self._project_lacks(evidence) or self._place_of_term(evidence)

    def _place_of_project(self, evidence: Evidence) -> Correction | None:
        question = evidence.question
        places = self._positions(question)
        projects = [self._knowledge.bullets[p] for p in question.projects]
        wrong = [p for p in projects if places and p.station not in places]
        if not wrong or any(p.station in places for p in projects):
            return None
        hits = [self._knowledge.bullets[h.id] for h in evidence.everywhere]
        bullets = [b for p in wrong for b in hits if b.parent == p.id][:2] or self._knowledge.under(wrong[0].id)[:3]
        return self._elsewhere(wrong[0].station, places[0], bullets)

    def _place_of_term(self, evidence: Evidence) -> Correction | None:
        question, places = evidence.question, self._positions(evidence.question)
        if not places or question.projects or len(places) > 1:
            return None
        for term in question.terms("technique", "version", "person", "technologies", "topics", "product", "role"):
            found = [self._knowledge.bullets[id_] for id_ in sorted(self._structure.occurrences.of(term))]
            found = [b for b in found if b.kind != "skill"]
            if (
                term.category == "role"
                and places[0] in self._structure.stations
                and not self._stands_at(term, places[0], found)
            ):
                return self._other_title(places[0])
            if not found and self._structure.occurrences.of(term):
                return self._skill_only(term, places[0])
            if found and not self._stands_at(term, places[0], found):
                ranked = [self._knowledge.bullets[h.id] for h in evidence.everywhere]
                best = [b for b in ranked if b in found][:2] or found[:2]
                return self._elsewhere(best[0].station, places[0], best)
        return self._near_miss(evidence, places[0])

    def _other_title(self, place: str) -> Correction:
        name = short_name(self._knowledge.bullets[place])
        lead = Message(f"简历中{name.zh}的职位是：", f"The résumé gives this title at {name.en}:")
        return Correction("answered", lead, (text_line(self._knowledge.bullets[place]),))

    def _skill_only(self, term: Term, place: str) -> Correction:
        """Say that a technology is among the skills, but not said to have been used at that place."""
        name = short_name(self._knowledge.bullets[place])
        zh = f"简历没有写在{name.zh}是否用过{display(term, 'zh')}；技能中列有："
        en = f"The résumé doesn't say whether {display(term, 'en')} was used at {name.en}; it lists it as a skill:"
        skills = sorted(self._structure.occurrences.of(term))[:1]
        return Correction(
            "not_in_resume", Message(zh, en), tuple(text_line(self._knowledge.bullets[s]) for s in skills)
        )

    def _project_lacks(self, evidence: Evidence) -> Correction | None:
        """Say so when a region or a metric is asked of one project none of whose bullets has it."""
        question = evidence.question
        if len(question.projects) != 1:
            return None
        project = self._knowledge.bullets[question.projects[0]]
        own = {project.id, *(b.id for b in self._knowledge.under(project.id))}
        for term in question.terms("metric", "region"):
            if not own & self._structure.occurrences.of(term):
                found = self._lacking(evidence, first_line(project), term)
                claimed = question.figures or question.wants("confirm")
                return Correction("answered", found.lead, found.lines) if claimed and found.lines else found
        return None

    def _lacking(self, evidence: Evidence, name: Texts, term: Term) -> Correction:
        zh = f"简历中“{name.zh}”部分没有写{display(term, 'zh')}。"
        en = f"The résumé's bullets on {name.en} state no {display(term, 'en')}."
        near = [h for h in evidence.bullets if figures(self._knowledge.bullets[h.id].text.original)][:1]
        lines = tuple(placed(self._knowledge, self._knowledge.bullets[h.id]) for h in near)
        tail = ("写到的是：", " What they state:") if lines else ("", "")
        return Correction("not_in_resume", Message(zh + tail[0], en + tail[1]), lines)

    def _near_miss(self, evidence: Evidence, place: str) -> Correction | None:
        question = evidence.question
        for term in question.terms("metric", "region"):
            found = [self._knowledge.bullets[id_] for id_ in self._structure.occurrences.of(term)]
            if self._stands_at(term, place, found):
                continue
            return self._lacking(evidence, short_name(self._knowledge.bullets[place]), term)
        return None

    def _stands_at(self, term: Term, place: str, found: list[Bullet]) -> bool:
        if any(b.station == place for b in found):
            return True
        if term.category in ("metric", "region"):
            return False
        help_texts = (text for id_, text in self._help.items() if self._knowledge.bullets[id_].station == place)
        return any(s.lower() in text for text in help_texts for s in term.spellings if len(s) > 2)

    def _positions(self, question: Question) -> list[str]:
        return [s for s in question.stations if s in self._structure.stations or self._kind(s) == "education"]

    def _kind(self, identifier: str) -> str:
        bullet = self._knowledge.bullets.get(identifier)
        return bullet.kind if bullet else ""

    def _elsewhere(self, right: str, wrong: str, bullets: list[Bullet]) -> Correction:
        here, there = (
            (short_name(self._knowledge.bullets[s]) for s in (right, wrong))
            if right in self._knowledge.bullets
            else (None, None)
        )
        if here is None or there is None:
            return Correction(
                "answered", Message("简历中的原文是：", "What the résumé says:"), tuple(map(text_line, bullets))
            )
        zh = f"简历里这不在{there.zh}，而在{here.zh}："
        en = f"In the résumé this is not under {there.en} but under {here.en}:"
        return Correction("answered", Message(zh, en), tuple(text_line(b) for b in bullets))


def display(term: Term, language: str) -> str:
    """Return a term's spelling for a sentence in `language`: the first with Chinese characters, or without."""
    for spelling in term.spellings:
        if spelling.isascii() == (language == "en"):
            return f" {spelling} " if language == "zh" and spelling.isascii() else spelling
    return term.spellings[0] if language == "en" else f" {term.spellings[0]} "
