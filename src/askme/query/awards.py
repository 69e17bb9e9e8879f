"""Awards by what a question names of them: medal, contest, site, year, place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from askme.query.parser import Question
from askme.resume.lexicon import Occurrences
from askme.text.numbers import chinese_number
from askme.text.tokenize import normalise
from askme.types import Bullet, Knowledge

AWARDS = "awards"
Facet: TypeAlias = Callable[[Bullet], bool]
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_PLACE = re.compile(
    r"第(?P<zh>[一二三四五六七八九十]+|\d+)(?:名|位)|\b(?P<digits>\d+)(?:st|nd|rd|th)\b|"
    r"\b(?P<word>third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
)
_EXCEPT = re.compile(r"非|不是|除了|除去|以外|\b(?:not|non|except|besides)\b|other than|apart from|without|n't\b")
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
        return (
            question.wants("awards")
            and not question.wants("highlight")
            and not (question.stations or question.projects or question.residue)
        )

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
                holders = frozenset().union(*(self._occurrences.of(term) for term in terms))
                others = category == "medal" and bool(_EXCEPT.search(question.normal))
                tests.append(_among(frozenset(b.id for b in self.all) - holders if others else holders))
        if question.periods:
            tests.append(lambda b: any(b.period and b.period.overlaps(p) for p in question.periods))
        place = _place(question.normal)
        if place:
            tests.append(lambda b: _place(normalise(b.text.original)) == place)
        return tests


def _among(holders: frozenset[str]) -> Facet:
    return lambda bullet: bullet.id in holders


def _place(text: str) -> int:
    """Return the placing a normalised text names (第五名, 5th, fifth), or 0."""
    match = _PLACE.search(text)
    if not match:
        return 0
    if match["word"]:
        return _ORDINALS.index(match["word"]) + 1
    return int(match["digits"] or chinese_number(match["zh"]))
