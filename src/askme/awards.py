"""Awards by what a question names of them: medal, contest, site, year, place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from askme.names import Occurrences
from askme.question import Question
from askme.types import Bullet, Knowledge

AWARDS = "awards"
Facet: TypeAlias = Callable[[Bullet], bool]
_RANKS = {"5": re.compile(r"第五|5th|fifth|top 5|前五"), "18": re.compile(r"第十八|18th|eighteenth")}
_RANK_TEXT = {"5": "第五名", "18": "第十八名"}
_REGIONAL = re.compile(r"regional|区域赛|站|site|区赛|赛区")


class Awards:
    """The awards of one résumé."""

    def __init__(self, knowledge: Knowledge, occurrences: Occurrences) -> None:
        """Collect them."""
        self.all = [b for b in knowledge.bullets.values() if b.kind == "award"]
        self._occurrences = occurrences

    def asked_for(self, question: Question) -> bool:
        """Whether the question names a medal, a contest, or awards at large."""
        facets = question.terms("medal", "contest") or (
            question.terms("site") and (question.wants("rank") or _REGIONAL.search(question.normal))
        )
        if AWARDS in question.stations or facets:
            return True
        return question.wants("awards") and not (question.stations or question.projects or question.residue)

    def matching(self, question: Question) -> list[Bullet]:
        """Return the awards with every facet the question names: medal, contest, site, year, place. None: all."""
        tests = self.facets(question)
        return [b for b in self.all if all(test(b) for test in tests)]

    def facets(self, question: Question) -> list[Facet]:
        """Return one test per facet that the question names."""
        tests: list[Facet] = []
        for category in ("medal", "contest", "site"):
            terms = question.terms(category)
            if terms:
                tests.append(lambda b, terms=terms: any(self._occurrences.holds(term, b.id) for term in terms))
        if question.periods:
            tests.append(lambda b: any(b.period and b.period.overlaps(p) for p in question.periods))
        ranks = [text for number, text in _RANK_TEXT.items() if _RANKS[number].search(question.normal)]
        if ranks:
            tests.append(lambda b: any(rank in b.text.zh for rank in ranks))
        return tests
