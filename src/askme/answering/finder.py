"""A question → evidence: the nearest documents of the index, steered by the structure of the résumé."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from askme.answering.evidence import Evidence, Rivalry
from askme.errors import IndexBroken
from askme.query.parser import Question, Reader
from askme.query.router import Structure
from askme.search.lexical_index import Index
from askme.text.numbers import figures
from askme.types import Bullet, Hit, Knowledge

NAMED = 0.12
"""Added to a bullet for each term of the question that stands in it: about the similarity of one shared rare word."""
IN_PROJECT = 0.15
"""Added to the bullets of a project the question names."""
BEST = 12
"""Documents taken where only the best of each kind matter."""
SKILL = 0.06
"""Added to lines of skills when tools or skills are asked for."""
_log = logging.getLogger(__name__)


class Finder:
    """Finds evidence in one index; opens it when first asked."""

    def __init__(self, knowledge: Knowledge, structure: Structure, open_index: Callable[[], Index], k: int) -> None:
        """`k` documents are taken from the index for each question."""
        self.knowledge, self.structure, self._k = knowledge, structure, k
        self._open, self._lock = open_index, threading.Lock()
        self._index: Index | None = None
        self.reader = Reader(knowledge, lambda: self.index().embedding.known_words)
        versions = [term for term in knowledge.terms if term.category == "version"]
        self._versions = {id_: sum(structure.occurrences.holds(t, id_) for t in versions) for id_ in knowledge.bullets}
        self._notices = {f"notice.{notice.id}": notice for notice in knowledge.notices}
        self._figures = {b.id: frozenset(f.key for f in figures(b.text.everything)) for b in knowledge.bullets.values()}

    def index(self) -> Index:
        """Return the index, opened once."""
        with self._lock:
            if self._index is None:
                self._index = self._open()
            return self._index

    def find(self, text: str) -> Evidence:
        """Return the evidence for a standalone question; an index that broke while open is opened anew."""
        index = self.index()
        try:
            return self._found(text, index)
        except IndexBroken as error:
            _log.warning("%s: it is opened anew", error)
            return self._found(text, self._anew(index))

    def _anew(self, broken: Index) -> Index:
        with self._lock:
            if self._index is broken:
                self._index = self._open()
        return self.index()

    def _found(self, text: str, index: Index) -> Evidence:
        question = self.reader.read(text)
        steering = self.structure.steer(question)
        asked = [question.normal] if question.bare.strip() == question.normal else [question.normal, question.bare]
        hits, *more = index.search_all(asked, self._k)
        bare = more[0][:BEST] if more else hits
        everywhere = self._boosted(question, [h for h in hits if h.kind == "bullet"])
        bullets = [h for h in everywhere if self.knowledge.within(h.id, steering.scope)]
        if steering.scope and len(bullets) < 3:
            bullets = self._boosted(question, self._scored_scope(question, steering.scope))
        return Evidence(
            question, steering, tuple(bullets), tuple(everywhere),
            notices=tuple(self._rivalry(found, question) for found in (bare, hits)),
            overlaps=lambda identifier: index.overlap(question.bare, identifier),
        )  # fmt: skip

    def _rivalry(self, hits: list[Hit], question: Question) -> Rivalry:
        named = {*question.stations, *(self.knowledge.bullets[p].station for p in question.projects)}
        notices = (h for h in hits if h.kind == "notice")
        fitting = (h for h in notices if not (at := self._notices[h.id].at) or named & set(at))
        return Rivalry(next(fitting, None), next((h for h in hits if h.kind == "bullet"), None))

    def _of_project(self, project: str) -> list[Bullet]:
        """Return a project's bullets; with those of the position itself when it is the only project there."""
        station = self.knowledge.bullets[project].station
        beside = self.knowledge.under(station)
        alone = len(self.knowledge.projects(station)) == 1
        return [*self.knowledge.under(project), *(b for b in beside if alone and b.kind == "point")]

    def _with_figures(self, question: Question) -> list[str]:
        """Return the bullets in which every figure of the question stands, with its unit."""
        wanted = {figure.key for figure in question.figures}
        return [id_ for id_, held in self._figures.items() if wanted and wanted <= held]

    def _scored_scope(self, question: Question, scope: tuple[str, ...]) -> list[Hit]:
        inside = [id_ for id_ in self.knowledge.bullets if self.knowledge.within(id_, scope)]
        return self.index().score(question.normal, inside, "bullet")

    def _boosted(self, question: Question, hits: list[Hit]) -> list[Hit]:
        """Add to each bullet for the terms and projects of the question it holds; those that hold one are all there."""
        scores = {hit.id: hit.score for hit in hits}
        terms = [m.term for m in question.mentions if m.term.category not in ("candidate", "name", "role")]
        for term in dict.fromkeys(terms):
            holders = self.structure.occurrences.of(term)
            share = NAMED if len(holders) <= 12 else NAMED / 3
            for holder in sorted(holders):  # a set: its order changes from start to start
                alone = term.category != "version" or self._versions[holder] == 1
                scores[holder] = scores.get(holder, 0.0) + (share if alone else share / 3)
        if question.wants("skills") and not question.stations:
            for id_ in [id_ for id_ in scores if self.knowledge.bullets[id_].kind == "skill"]:
                scores[id_] += SKILL
        for holder in self._with_figures(question):
            scores[holder] = scores.get(holder, 0.0) + NAMED
        for project in question.projects:
            for bullet in self._of_project(project):
                scores[bullet.id] = scores.get(bullet.id, 0.0) + IN_PROJECT
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        return [Hit(id_, "bullet", score) for id_, score in ranked if score > 0]
