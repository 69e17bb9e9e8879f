"""What a question takes for granted, held against the résumé: figures, dates, employers, medals, and names it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from askme.answering.evidence import Evidence
from askme.answering.misattribution import Correction, Misplaced, display
from askme.query.parser import Question
from askme.query.router import Structure
from askme.resume.lines import award_list, heading_line, placed, tenure_line, text_line
from askme.text.numbers import Figure, figures
from askme.types import Bullet, Line, Message, Period, Term

_OUTSIDE = ("technologies", "companies", "schools", "topics", "places", "qualifications", "measures")


class Premises:
    """Checks questions against one résumé."""

    def __init__(self, structure: Structure) -> None:
        """Take the structure to check against."""
        self._structure = structure
        self._knowledge = structure.knowledge
        self._help = {
            b.id: " ".join((*b.expansion.zh, *b.expansion.en)).lower() for b in self._knowledge.bullets.values()
        }
        self._misplaced = Misplaced(structure, self._help)

    def check(self, evidence: Evidence) -> Correction | None:
        """Return the first premise that doesn't hold, corrected; None when nothing speaks against the question."""
        checks = (self._unknown, self._award, self._figure, self._time, self._misplaced.check)
        return next((found for one in checks if (found := one(evidence))), None)

    # Names the résumé doesn't have

    def unknown_terms(self, question: Question) -> list[Term]:
        """Return the terms a question names that stand in no bullet; topics may also stand in the search help."""
        return [t for t in question.terms(*_OUTSIDE) if not self._is_known(t)]

    def _is_known(self, term: Term) -> bool:
        if self._structure.occurrences.of(term):
            return True
        if term.category not in ("topics", "places"):
            return False
        return any(s.lower() in text for s in term.spellings for text in self._help.values() if len(s) > 2)

    def _unknown(self, evidence: Evidence) -> Correction | None:
        question = evidence.question
        missing = self.unknown_terms(question)
        if not missing:
            return None
        zh = "、".join(display(term, "zh") for term in missing)
        en = _or([display(term, "en") for term in missing])
        lead = Message(f"简历没有提到{zh}。", f"The résumé doesn't mention {en}.")
        known = [t for t in question.terms("technologies", "technique") if t not in missing]
        lines = self._lines_naming(known)
        if lines:
            skills = all(term.category == "technologies" for term in (*missing, *known))
            return Correction("answered" if skills else "not_in_resume", lead, lines)
        instead = self._instead(missing[0], evidence)
        supposes = question.wants("confirm") or not question.wants("whether")
        corrected = instead and supposes and missing[0].category in ("schools", "companies", "qualifications", "topics")
        return Correction("answered" if corrected else "not_in_resume", lead, instead)

    def _lines_naming(self, terms: list[Term]) -> tuple[Line, ...]:
        found = dict.fromkeys(id_ for term in terms for id_ in sorted(self._structure.occurrences.of(term))[:1])
        return tuple(text_line(self._knowledge.bullets[id_]) for id_ in found)

    def _instead(self, term: Term, evidence: Evidence) -> tuple[Line, ...]:
        question = evidence.question
        if term.category == "schools":
            return tuple(text_line(b) for b in self._knowledge.bullets.values() if b.kind == "education")
        if term.category == "companies" and not question.stations and not question.residue:
            return tuple(heading_line(b) for b in self._knowledge.stations())
        if term.category == "qualifications" and self._structure.awards.asked_for(question):
            return tuple(award_list(self._structure.awards.matching(question)))
        if term.category in ("qualifications", "topics") and len(question.stations) == 1:
            named = (self._knowledge.bullets.get(station) for station in question.stations)
            return tuple(text_line(bullet) for bullet in named if bullet)
        if term.category == "companies" and (question.projects or question.terms("technique")):
            return tuple(placed(self._knowledge, self._knowledge.bullets[h.id]) for h in evidence.everywhere[:2])
        return ()

    # Awards

    def _award(self, evidence: Evidence) -> Correction | None:
        question, structure = evidence.question, self._structure
        if not structure.awards.asked_for(question):
            return None
        held = structure.awards.matching(question)
        if held:
            return (
                _no_place(held) if question.wants("rank") and not any("名" in b.text.original for b in held) else None
            )
        if question.periods and not question.terms("medal", "contest"):
            return Correction(
                "not_in_resume",
                Message("简历没有写那段时间获得的奖项。", "The résumé lists no award from that time."),
            )
        tests = structure.awards.facets(question)
        every = structure.awards.all
        most = max((sum(t(b) for t in tests) for b in every), default=0)
        near = [b for b in every if sum(t(b) for t in tests) == most] if most else every
        sites = {id_ for term in question.terms("site") for id_ in structure.occurrences.of(term)}
        near = [b for b in near if b.id in sites] or [b for b in every if b.id in sites] or near
        contests = question.terms("contest")
        if contests:
            same = [b for b in every if any(structure.occurrences.holds(t, b.id) for t in contests)]
            near = [b for b in near if b in same] or same or near
        lead = Message("简历里没有这样一项奖项；相近的记录是：", "The résumé lists no such award; what it lists:")
        return Correction("answered", lead, tuple(award_list(near)))

    # Figures

    def _figure(self, evidence: Evidence) -> Correction | None:
        question = evidence.question
        if not question.figures or not (question.mentions or question.wants("confirm", "whether", "results")):
            return None
        first = [self._knowledge.bullets[h.id] for h in evidence.bullets[:1]]
        holders = {f.text: self._holding(f.key) for f in question.figures}
        if (
            first
            and all(first[0] in found for found in holders.values())
            and not self._other_version(question, first[0])
        ):
            return None
        stated = [b for found in holders.values() for b in found]
        scope = evidence.steering.scope
        inside = [b for b in stated if not scope or b.station in scope or b.id in scope]
        chosen = _unique(inside or stated)[:2]
        missing = [text for text, found in holders.items() if not found]
        if chosen and not missing:
            return self._stated_figure(question, chosen, bool(inside))
        best = [self._knowledge.bullets[h.id] for h in evidence.bullets[:1]]
        if not best:
            return None
        lead = Message("简历没有写这个数字；相关的原文是：", "The résumé doesn't state that figure; what it states:")
        return Correction("answered", lead, tuple(placed(self._knowledge, b) for b in _unique([*chosen, *best])))

    def _stated_figure(self, question: Question, chosen: list[Bullet], inside: bool) -> Correction:
        versions = [
            b for term in question.terms("version", "region") for b in self._bullets_of(term, chosen[0].station)
        ]
        extra = [b for b in versions if chosen[0].id not in {v.id for v in versions}][:1]
        zh, en = ("这个数字在简历里出自另一段经历：", "In the résumé this figure stands elsewhere:")
        if inside:
            zh, en = ("简历中这个数字的原文是：", "The résumé states that figure here:")
        return Correction(
            "answered", Message(zh, en), tuple(placed(self._knowledge, b) for b in _unique([*chosen, *extra]))
        )

    def _bullets_of(self, term: Term, station: str) -> list[Bullet]:
        found = (self._knowledge.bullets[id_] for id_ in sorted(self._structure.occurrences.of(term)))
        return [b for b in found if b.station == station]

    def _holding(self, key: tuple[Decimal, str]) -> list[Bullet]:
        value, unit = key
        return [b for b, found in self._figures for f in found if f.value == value and (f.unit == unit or not unit)]

    @cached_property
    def _figures(self) -> list[tuple[Bullet, list[Figure]]]:
        """The figures of each bullet, read once: a question may hold hundreds."""
        return [(b, figures(b.text.everything)) for b in self._knowledge.bullets.values()]

    def _other_version(self, question: Question, bullet: Bullet) -> bool:
        versions = question.terms("version")
        return bool(versions) and not any(self._structure.occurrences.holds(t, bullet.id) for t in versions)

    # Times

    def _time(self, evidence: Evidence) -> Correction | None:
        question = evidence.question
        places = [self._knowledge.bullets[s] for s in question.stations if s in self._knowledge.bullets]
        if not question.periods or len(places) != 1 or places[0].period is None:
            return None
        place, span = places[0], question.periods[0]
        period = place.period
        if period is None or self._fits(period, question):
            return None
        lead = Message("简历上的时间不是这样：", "The résumé gives other dates:")
        lines = [tenure_line(place, self._structure.now)]
        there = [b for b in self._knowledge.stations() if b.period and b.period.overlaps(span) and b.id != place.id]
        if not period.overlaps(span):
            lines += [heading_line(b) for b in reversed(there)]
        return Correction("answered", lead, tuple(lines))

    def _fits(self, period: Period, question: Question) -> bool:
        spans = question.periods
        if len(spans) > 1:
            return all(period.overlaps(span) for span in spans)
        span = spans[0]
        if question.wants("start") and not question.wants("end"):
            return span.overlaps(Period(period.start, period.start))
        if question.wants("end") and not question.wants("start") and period.end:
            return span.overlaps(Period(period.end, period.end))
        return period.overlaps(span)


def _no_place(held: list[Bullet]) -> Correction:
    lead = Message("简历没有写名次；写到的是：", "The résumé states no place; what it states:")
    return Correction("not_in_resume", lead, tuple(map(text_line, held)))


def _or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _unique(bullets: Iterable[Bullet]) -> list[Bullet]:
    return list({b.id: b for b in bullets}.values())
