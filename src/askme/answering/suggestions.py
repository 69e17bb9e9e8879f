"""What to ask next: questions the résumé answers, from the search help of what stands near the last answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from askme.answering.composer import Composer
from askme.answering.finder import Finder
from askme.text.tokenize import normalise, tokens
from askme.types import Answer, Bullet, Knowledge, Language

MOST = 3
TRIED = 4
"""Questions of one bullet that are tried, those nearest to its own words first, before it is passed over."""
ALIKE = 0.6
"""Share of words that two suggestions may have in common."""
_SHORTEST, _LONGEST = 6, 60
_ASKS = re.compile(
    r"^(?:what|how|which|did|does|do|has|have|where|when|who|is|was|can|why)\b(?:\W+\w+){3}|[吗么谁]|什么|多少|怎么|哪|几|如何|多久",
    re.IGNORECASE,
)


class Suggestions:
    """Suggests follow-up questions. Each has been tried: without a model it is answered from the bullet it is for."""

    def __init__(self, finder: Finder, composer: Composer) -> None:
        """Take what questions are tried with."""
        self._finder, self._composer = finder, composer
        self._knowledge: Knowledge = finder.knowledge
        self._good: dict[tuple[str, Language], str] = {}

    def after(self, answer: Answer, most: int = MOST) -> tuple[str, ...]:
        """Return at most `most` questions in the language of `answer`, none that was just asked."""
        language: Language = "zh" if answer.language == "zh" else "en"
        cited = [citation.id for citation in answer.citations]
        asked = normalise(answer.standalone_question)
        chosen: list[str] = []
        for bullet in self._near(cited):
            question = self._question(bullet, language)
            if question and normalise(question) != asked and not any(_alike(question, other) for other in chosen):
                chosen.append(question)
            if len(chosen) == most:
                break
        return tuple(chosen)

    def _near(self, cited: list[str]) -> Iterable[Bullet]:
        """Yield what stands beside the cited bullets: in their projects, other projects there, other places."""
        bullets = self._knowledge.bullets
        known = [bullets[id_] for id_ in cited if id_ in bullets]
        seen = set(cited)
        parents = dict.fromkeys(b.id if b.kind == "project" else b.parent for b in known)
        stations = dict.fromkeys(b.station for b in known)
        beside = [
            b for parent in parents if parent in bullets for b in self._knowledge.under(parent) if not b.is_heading
        ]
        projects = [b for s in stations for b in self._knowledge.projects(s) if b.id not in parents]
        places = [b for b in self._knowledge.stations() if b.id not in stations]
        # One of each first, so that the suggestions lead to different places.
        firsts = [group[0] for group in (beside, projects, places) if group]
        for bullet in (*firsts, *beside[1:], *projects[1:], *places[1:]):
            if bullet.id not in seen:
                seen.add(bullet.id)
                yield bullet

    def _question(self, bullet: Bullet, language: Language) -> str:
        key = (bullet.id, language)
        if key not in self._good:
            help_ = bullet.expansion.zh if language == "zh" else bullet.expansion.en
            fitting = [q for q in help_ if _SHORTEST <= len(q) <= _LONGEST and _is_question(q)]
            own = frozenset(tokens(f"{bullet.text.everything} {self._place(bullet)}"))
            if not bullet.is_heading:
                fitting.sort(key=lambda q: -len(own.intersection(tokens(q))) / (len(tokens(q)) + 2))
            tried = fitting[:TRIED]
            self._good[key] = next((_written(q) for q in tried if self._answered(q, bullet)), "")
        return self._good[key]

    def _place(self, bullet: Bullet) -> str:
        station = self._knowledge.bullets.get(bullet.station)
        return station.text.everything if station else ""

    def _answered(self, question: str, bullet: Bullet) -> bool:
        made = self._composer.compose(self._finder.find(question))
        cites = {cite for statement in made.statements for cite in statement.cites}
        below = {b.id for b in self._knowledge.under(bullet.id)}
        return made.status == "answered" and bool(cites & ({bullet.id} | below))


def _is_question(text: str) -> bool:
    return bool(_ASKS.search(text)) and len(tokens(text)) >= 2


def _written(question: str) -> str:
    """Return a question as one would write it: with a capital and a question mark."""
    question = question[:1].upper() + question[1:]
    if question[-1:] in "?？.。!！":
        return question
    return question + ("？" if any("\u4e00" <= char <= "\u9fff" for char in question) else "?")


def _alike(one: str, other: str) -> bool:
    mine, theirs = set(tokens(one)), set(tokens(other))
    return bool(mine and theirs) and len(mine & theirs) / min(len(mine), len(theirs)) > ALIKE
