"""What a question takes for granted, held against the résumé: figures, dates, employers, medals, and names it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from askme.cards import award_list, first_line, heading_line, short_name, tenure_line, text_line
from askme.figures import figures
from askme.question import Question
from askme.retrieval import Evidence
from askme.steering import Structure
from askme.types import Bilingual, Bullet, Line, Period, Status, Term

_OUTSIDE = ("technologies", "companies", "schools", "topics", "places", "qualifications")


@dataclass(frozen=True)
class Correction:
    """What the résumé says instead: a sentence of its own, then lines that cite; `status` of the whole answer."""

    status: Status
    lead: Bilingual
    lines: tuple[Line, ...] = ()


class Premises:
    """Checks questions against one résumé."""

    def __init__(self, structure: Structure) -> None:
        """Take the structure to check against."""
        self._structure = structure
        self._knowledge = structure.knowledge
        self._own = {term for term in (*self._knowledge.terms, *self._knowledge.names)}
        self._help = {
            b.id: " ".join((*b.expansion.zh, *b.expansion.en)).lower() for b in self._knowledge.bullets.values()
        }

    def check(self, evidence: Evidence) -> Correction | None:
        """Return the first premise that doesn't hold, corrected; None when nothing speaks against the question."""
        checks = (self._unknown, self._award, self._figure, self._time, self._place_of_project, self._place_of_term)
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
        return any(s.lower() in text for s in term.spellings for text in self._help.values() if len(s) > 2)  # noqa: PLR2004

    def _unknown(self, evidence: Evidence) -> Correction | None:
        question = evidence.question
        missing = self.unknown_terms(question)
        if not missing:
            return None
        zh = "、".join(display(term, "zh") for term in missing)
        en = _or([display(term, "en") for term in missing])
        lead = Bilingual(f"简历没有提到{zh}。", f"The résumé doesn't mention {en}.")
        known = [t for t in question.terms("technologies", "technique") if t not in missing]
        lines = self._lines_naming(known)
        if lines:
            return Correction("answered", lead, lines)
        return Correction("not_in_resume", lead, self._instead(missing[0], question))

    def _lines_naming(self, terms: list[Term]) -> tuple[Line, ...]:
        found = dict.fromkeys(id_ for term in terms for id_ in sorted(self._structure.occurrences.of(term))[:1])
        return tuple(text_line(self._knowledge.bullets[id_]) for id_ in found)

    def _instead(self, term: Term, question: Question) -> tuple[Line, ...]:
        if term.category == "schools":
            return tuple(text_line(b) for b in self._knowledge.bullets.values() if b.kind == "education")
        if term.category == "companies" and not question.stations and not question.residue:
            return tuple(heading_line(b) for b in self._knowledge.stations())
        return ()

    # Awards

    def _award(self, evidence: Evidence) -> Correction | None:
        question, structure = evidence.question, self._structure
        if not structure.is_about_awards(question):
            return None
        held = structure.awards(question)
        if held:
            return _no_place(held) if question.wants("rank") and not any("名" in b.text.zh for b in held) else None
        if question.periods and not question.terms("medal", "contest"):
            return Correction("not_in_resume", Bilingual("简历没有写那段时间获得的奖项。", "The résumé lists no award from that time."))
        tests = structure.award_facets(question)
        every = [b for b in self._knowledge.bullets.values() if b.kind == "award"]
        most = max((sum(t(b) for t in tests) for b in every), default=0)  # type: ignore[operator]
        near = [b for b in every if sum(t(b) for t in tests) == most] if most else every  # type: ignore[operator]
        contests = question.terms("contest")
        if contests:
            same = [b for b in every if any(structure.occurrences.holds(t, b.id) for t in contests)]
            near = [b for b in near if b in same] or same or near
        lead = Bilingual("简历里没有这样一项奖项；相近的记录是：", "The résumé lists no such award; what it lists:")
        return Correction("answered", lead, tuple(award_list(near)))

    # Figures

    def _figure(self, evidence: Evidence) -> Correction | None:
        question = evidence.question
        if not question.figures:
            return None
        first = [self._knowledge.bullets[h.id] for h in evidence.bullets[:1]]
        holders = {f.text: self._holding(f.key) for f in question.figures}
        if first and all(first[0] in found for found in holders.values()) and not self._other_version(question, first[0]):
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
        lead = Bilingual("简历没有写这个数字；相关的原文是：", "The résumé doesn't state that figure; what it states:")
        return Correction("answered", lead, tuple(self._placed(b) for b in _unique([*chosen, *best])))

    def _stated_figure(self, question: Question, chosen: list[Bullet], inside: bool) -> Correction:
        versions = [b for term in question.terms("version", "region") for b in self._bullets_of(term, chosen[0].station)]
        extra = [b for b in versions if chosen[0].id not in {v.id for v in versions}][:1]
        zh, en = ("这个数字在简历里出自另一段经历：", "In the résumé this figure stands elsewhere:")
        if inside:
            zh, en = ("简历中这个数字的原文是：", "The résumé states that figure here:")
        return Correction("answered", Bilingual(zh, en), tuple(self._placed(b) for b in _unique([*chosen, *extra])))

    def _bullets_of(self, term: Term, station: str) -> list[Bullet]:
        found = (self._knowledge.bullets[id_] for id_ in sorted(self._structure.occurrences.of(term)))
        return [b for b in found if b.station == station]

    def _holding(self, key: tuple[Decimal, str]) -> list[Bullet]:
        value, unit = key
        return [
            b
            for b in self._knowledge.bullets.values()
            for f in figures(b.text.zh + "\n" + b.text.en)
            if f.value == value and (f.unit == unit or not unit)
        ]

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
        lead = Bilingual("简历上的时间不是这样：", "The résumé gives other dates:")
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

    # The wrong employer

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
        if question.projects and not places:
            return self._project_lacks(evidence)
        if not places or question.projects or len(places) > 1:
            return None
        for term in question.terms("technique", "version", "person", "technologies", "topics", "product", "role"):
            found = [self._knowledge.bullets[id_] for id_ in sorted(self._structure.occurrences.of(term))]
            found = [b for b in found if b.kind != "skill"]
            if found and not self._stands_at(term, places[0], found):
                ranked = [self._knowledge.bullets[h.id] for h in evidence.everywhere]
                best = [b for b in ranked if b in found][:2] or found[:2]
                return self._elsewhere(best[0].station, places[0], best)
        return self._near_miss(evidence, places[0])

    def _project_lacks(self, evidence: Evidence) -> Correction | None:
        """Say so when a region or a metric is asked of one project none of whose bullets has it."""
        question = evidence.question
        if len(question.projects) > 1:
            return None
        project = self._knowledge.bullets[question.projects[0]]
        own = {project.id, *(b.id for b in self._knowledge.under(project.id))}
        for term in question.terms("metric", "region"):
            if not own & self._structure.occurrences.of(term):
                return self._lacking(evidence, first_line(project), term)
        return None

    def _lacking(self, evidence: Evidence, name: Bilingual, term: Term) -> Correction:
        zh = f"简历中“{name.zh}”部分没有写{display(term, 'zh')}。"
        en = f"The résumé's bullets on {name.en} state no {display(term, 'en')}."
        near = [h for h in evidence.bullets if figures(self._knowledge.bullets[h.id].text.zh)][:1]
        lines = tuple(self._placed(self._knowledge.bullets[h.id]) for h in near)
        tail = ("写到的是：", " What they state:") if lines else ("", "")
        return Correction("not_in_resume", Bilingual(zh + tail[0], en + tail[1]), lines)

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
        if term.category == "metric":
            return False
        help_texts = (text for id_, text in self._help.items() if self._knowledge.bullets[id_].station == place)
        return any(s.lower() in text for text in help_texts for s in term.spellings if len(s) > 2)  # noqa: PLR2004

    def _positions(self, question: Question) -> list[str]:
        return [s for s in question.stations if s in self._structure.stations or s == "sysu"]

    def _elsewhere(self, right: str, wrong: str, bullets: list[Bullet]) -> Correction:
        here, there = (short_name(self._knowledge.bullets[s]) for s in (right, wrong)) if right in self._knowledge.bullets else (None, None)
        if here is None or there is None:
            return Correction("answered", Bilingual("简历中的原文是：", "What the résumé says:"), tuple(map(text_line, bullets)))
        zh = f"简历里这不在{there.zh}，而在{here.zh}："
        en = f"In the résumé this is not under {there.en} but under {here.en}:"
        return Correction("answered", Bilingual(zh, en), tuple(text_line(b) for b in bullets))

    def _placed(self, bullet: Bullet) -> Line:
        """Return a bullet's text with the position it belongs to."""
        station = self._knowledge.bullets.get(bullet.station)
        if station is None or station.id == bullet.id:
            return text_line(bullet)
        name, text = short_name(station), text_line(bullet).text
        return Line(Bilingual(f"{name.zh}：{text.zh}", f"{name.en}: {text.en}"), (bullet.id,))


def display(term: Term, language: str) -> str:
    """Return a term's spelling for a sentence in `language`: the first with Chinese characters, or without."""
    for spelling in term.spellings:
        if spelling.isascii() == (language == "en"):
            return f" {spelling} " if language == "zh" and spelling.isascii() else spelling
    return term.spellings[0] if language == "en" else f" {term.spellings[0]} "


def _no_place(held: list[Bullet]) -> Correction:
    lead = Bilingual("简历没有写名次；写到的是：", "The résumé states no place; what it states:")
    return Correction("not_in_resume", lead, tuple(map(text_line, held)))


def _or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _unique(bullets: Iterable[Bullet]) -> list[Bullet]:
    return list({b.id: b for b in bullets}.values())
