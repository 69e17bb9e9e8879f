"""Which of the bullets that were found are told: the best, those nearly as good, one for each thing named, or all."""

from __future__ import annotations

from askme.answering.evidence import Evidence
from askme.query.intents import PERSON
from askme.query.parser import Question
from askme.query.router import Structure
from askme.text.numbers import figures
from askme.types import Bullet, Card

BULLET_FLOOR = 0.03
"""Below this similarity no bullet answers."""
IMPERSONAL_FLOOR = 0.05
"""The same for questions that are neither about him nor about anything named in the résumé."""
OVERLAP_FLOOR = 0.05
"""Nor does one that holds less than this share of the question's words."""
NEAR_BEST = 0.7
"""A second bullet is told too when its score is this share of the best."""
MOST = 3
MOST_LISTED, NEAR_LISTED = 5, 0.6
"""The same for questions that ask for a list."""


class Selection:
    """Selects bullets of one résumé."""

    def __init__(self, structure: Structure) -> None:
        """Take the résumé with its structure."""
        self._structure, self._knowledge = structure, structure.knowledge

    def chosen(self, evidence: Evidence) -> list[Bullet]:
        """Return the bullets to tell: none when nothing is near enough, of the one place named always something."""
        found = self._near(evidence)
        return found or (self._in_scope(evidence) if len(evidence.steering.scope) == 1 else [])

    def _near(self, evidence: Evidence) -> list[Bullet]:
        hits = evidence.bullets
        if not hits or hits[0].score < BULLET_FLOOR or evidence.overlaps(hits[0].id) < OVERLAP_FLOOR:
            return []
        if _impersonal(evidence.question) and hits[0].score < IMPERSONAL_FLOOR:
            return []
        named = self._one_for_each(evidence)
        if len(named) > 1:
            return named
        best = hits[0].score
        lists = evidence.question.wants("list") and not evidence.question.wants("whether", "how_much")
        most, share = (MOST_LISTED, NEAR_LISTED) if lists else (MOST, NEAR_BEST)
        near = [h for h in hits[:most] if h.score >= share * best]
        if evidence.question.wants("how_much"):
            stated = [h for h in near if has_figure(self._knowledge.bullets[h.id])]
            near = stated or near
        return self._with_best_below([self._knowledge.bullets[h.id] for h in near], evidence)

    def _in_scope(self, evidence: Evidence) -> list[Bullet]:
        """Return what to tell of the one place named when nothing is clearly meant: its heading or its best bullet."""
        heading = self._knowledge.bullets.get(evidence.steering.scope[0])
        if heading and len(evidence.question.residue) < MOST:
            return [heading]
        return [self._knowledge.bullets[h.id] for h in evidence.bullets[:1]]

    def whole(self, chosen: list[Bullet], evidence: Evidence) -> Card | None:
        """Return a whole position or project when a heading was found, or when a project at large was asked about."""
        question = evidence.question
        if len(question.residue) > (3 if question.wants("summary", "projects") else 2):
            return None
        if chosen[0].is_heading:
            return self._structure.places.whole(chosen[0], question)
        project = self._knowledge.bullets.get(chosen[0].parent)
        at_large = question.wants("summary", "projects") and not question.wants("how_much", "results", "whether")
        best = [self._knowledge.bullets[h.id] for h in evidence.bullets[:4]]
        beside = sum(b.parent == chosen[0].parent or b.id == chosen[0].parent for b in best)
        if at_large and beside > 1 and project and project.kind == "project":
            return self._structure.places.whole(project, question)
        return None

    def _with_best_below(self, chosen: list[Bullet], evidence: Evidence) -> list[Bullet]:
        """Add its best bullet to a project's title, for all but questions about the project as a whole."""
        question = evidence.question
        if len(question.residue) < 2 or question.wants("projects"):
            return chosen
        ranked = [self._knowledge.bullets[h.id] for h in evidence.bullets]
        full: list[Bullet] = []
        for bullet in chosen:
            inside = [b for b in ranked if b.parent == bullet.id] or self._knowledge.under(bullet.id)
            full += [bullet, *inside[:1]] if bullet.kind == "project" else [bullet]
        return list({b.id: b for b in full}.values())[: max(MOST, len(chosen))]

    def _one_for_each(self, evidence: Evidence) -> list[Bullet]:
        """Return the best bullet for each project or version named, when several are."""
        question = evidence.question
        if len(question.projects) > 1:
            groups = [{b.id for b in self._knowledge.under(p)} for p in question.projects]
        else:
            terms = [*question.terms("version"), *question.terms("region")]
            groups = [set(self._structure.occurrences.of(term)) for term in terms] if len(terms) > 1 else []
        shared = set.intersection(*groups) if groups else set()
        own = [group - shared or group for group in groups]
        found = [next((h for h in evidence.bullets if h.id in group), None) for group in own]
        return list({h.id: self._knowledge.bullets[h.id] for h in found if h}.values())


def _impersonal(question: Question) -> bool:
    """Whether it names neither the candidate nor anything of his, and could be about anything."""
    return not (question.mentions or question.intents or PERSON.search(question.normal))


def has_figure(bullet: Bullet) -> bool:
    """Whether a bullet states a figure other than a version."""
    return any(figure.unit != "version" for figure in figures(bullet.text.original))
