"""What visitors asked and didn't get: questions left unanswered, those that belong together, and what would help.

A question that an entry of not_stated.yaml covers, that names something the résumé doesn't have, or whose answer was
disliked calls for a bullet, if there is something to tell; one that a bullet nearly meets calls for search help at that
bullet; the others, put together by the words they share, for an entry of their own in not_stated.yaml.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from askme.journal.records import Record
from askme.query.intents import PERSON
from askme.resume.lexicon import Lexicon, Occurrences
from askme.search.documents import Document, documents
from askme.search.tfidf import Array, LexicalEmbedding
from askme.text.tokenize import has_han, normalise, tokens, words
from askme.types import Knowledge, Notice, Term

Remedy: TypeAlias = Literal["bullet", "expansion", "entry"]
MOST = 400
"""Different questions that are looked at, the ones asked most."""
KNOWN, KNOWN_OVERLAP, PLAIN = 0.12, 0.5, 0.17
"""From here on, by cosine and by the share of the question's words, or by a cosine that is plain enough, an entry of
not_stated.yaml covers a question."""
NEAR, NEAR_OVERLAP, LEAD = 0.06, 0.7, 1.2
"""From here on a bullet should have met it, when it is so many times as near as any entry."""
TOGETHER = 0.35
"""Mean cosine of the questions of two groups from which on they are one."""
_NAMES = ("name", "candidate", "phrase")
_ASIDE = (*_NAMES, "places", "measures")
"""Categories of terms that say where or how much, not what a question is after."""


@dataclass(frozen=True)
class Asked:
    """One question, in whatever spelling, and what became of it: `outcome` is the status, or "down" for a thumb."""

    text: str
    language: str
    count: int
    visitors: int
    outcome: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Gap:
    """Questions that one remedy would help; `topic` is the id of a notice or a bullet, a term, or the shared words."""

    remedy: Remedy
    topic: str
    questions: tuple[Asked, ...]

    @property
    def count(self) -> int:
        """How often they were asked."""
        return sum(asked.count for asked in self.questions)

    @property
    def visitors(self) -> int:
        """How many visitors asked them, at least one each."""
        return sum(asked.visitors for asked in self.questions)


def find_gaps(records: Iterable[Record], knowledge: Knowledge) -> tuple[Gap, ...]:
    """Return the gaps, those first that most visitors met. The same records give the same gaps."""
    asked = unanswered(records)[:MOST]
    if not asked:
        return ()
    sorter = _Sorter(knowledge, asked)
    groups: dict[tuple[Remedy, str], list[Asked]] = defaultdict(list)
    loose: list[Asked] = []
    for one in asked:
        if sorter.is_for_others(one):
            continue
        key = sorter.remedy(one)
        groups[key].append(one) if key else loose.append(one)
    found = [Gap(remedy, topic, tuple(group)) for (remedy, topic), group in groups.items()]
    found += [Gap("entry", shared_words(group), tuple(group)) for group in sorter.together(loose)]
    return tuple(sorted(found, key=lambda gap: (-gap.visitors, -gap.count, gap.questions[0].text)))


def unanswered(records: Iterable[Record]) -> list[Asked]:
    """Return the questions that weren't answered or whose answer was disliked, the most asked first."""
    same: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        disliked = record.status == "answered" and record.thumb == "down"
        if (disliked or record.status in ("not_in_resume", "declined")) and record.standalone_question:
            same[normalise(record.standalone_question)].append(record)
    return sorted((_asked(group) for group in same.values()), key=lambda asked: (-asked.count, asked.text))


def _asked(group: Sequence[Record]) -> Asked:
    first = group[0]
    outcomes = Counter("down" if r.thumb == "down" and r.status == "answered" else r.status for r in group)
    return Asked(
        text=first.standalone_question,
        language=first.language,
        count=len(group),
        visitors=len({(record.day, record.visitor) for record in group}),
        outcome=outcomes.most_common(1)[0][0],
        cites=tuple(dict.fromkeys(cite for record in group for cite in record.cites)),
    )


class _Sorter:
    """Says what would help a question, by the lexical embedding over the knowledge and the questions themselves."""

    def __init__(self, knowledge: Knowledge, asked: Sequence[Asked]) -> None:
        self._knowledge, self._documents = knowledge, documents(knowledge)
        self._notices = {f"notice.{notice.id}": notice for notice in knowledge.notices}
        self._lexicon, self._occurrences = Lexicon(knowledge), Occurrences(knowledge)
        known, new = [document.text for document in self._documents], [one.text for one in asked]
        self._embedding = LexicalEmbedding.fit([*known, *new])
        self._vectors = dict(zip(new, np.array(self._embedding.embed_documents(new)), strict=True))
        self._known = np.array(self._embedding.embed_documents(known))

    def is_for_others(self, asked: Asked) -> bool:
        """Whether it was rightly declined: not about him, declined by intent, or nothing that several ask."""
        if asked.outcome != "declined":
            return False
        if asked.visitors < 2:
            return True
        notice = self._covering(asked)
        mentions = self._lexicon.mentions(asked.text)
        about_him = PERSON.search(normalise(asked.text)) or any(m.term.category in _NAMES for m in mentions)
        return not about_him or (notice is not None and notice.status != "not_in_resume")

    def remedy(self, asked: Asked) -> tuple[Remedy, str] | None:
        """Return what would help, None when an entry of its own would."""
        bullet = self._nearly_met(asked)
        if asked.outcome == "down" and asked.cites:
            return ("expansion", bullet) if bullet else ("bullet", asked.cites[0])
        notice, term = self._covering(asked), self._missing_term(asked.text)
        if term and term.category == "technologies":  # "Go 语言" is no spoken one, whatever entry is near
            return "bullet", term.spellings[0]
        if notice and notice.status == "not_in_resume":
            return "bullet", notice.id
        if term:
            return "bullet", term.spellings[0]
        if bullet:
            return "expansion", bullet
        place = self._place(asked.text)
        return ("bullet", place) if place else None

    def _place(self, text: str) -> str:
        """Return the part of the résumé that a question names: an entry for it would hide what is told there."""
        mentioned = (m.term.id for m in self._lexicon.mentions(text) if m.term.category != "candidate")
        return next((id_ for id_ in mentioned if id_ in self._knowledge.bullets or id_ in self._knowledge.sections), "")

    def _missing_term(self, text: str) -> Term | None:
        """Return a term the question names and no bullet has."""
        terms = [m.term for m in self._lexicon.mentions(text) if m.term.category not in _ASIDE]
        return next((term for term in terms if not self._occurrences.of(term)), None)

    def _covering(self, asked: Asked) -> Notice | None:
        best, score = self._nearest(asked.text, "notice")
        shared = self._embedding.overlap(asked.text, best.text)
        enough = score >= PLAIN or (score >= KNOWN and shared >= KNOWN_OVERLAP)
        return self._notices[best.id] if enough and score > self._nearest(asked.text, "bullet")[1] else None

    def _nearly_met(self, asked: Asked) -> str:
        """Return the bullet that should have been cited; not one of another employer than the question names.

        One word in common is not enough: "how old is he?" and an old system.
        """
        best, score = self._nearest(asked.text, "bullet")
        clear = score >= max(NEAR, LEAD * self._nearest(asked.text, "notice")[1])
        clear = clear and self._embedding.overlap(asked.text, best.text) >= NEAR_OVERLAP
        if not clear or len(set(tokens(asked.text))) < 2 or best.id in asked.cites:
            return ""
        places = {self._station(m.term.id) for m in self._lexicon.mentions(asked.text) if m.term.id}
        return best.id if not places or self._station(best.id) in places else ""

    def _station(self, identifier: str) -> str:
        """Return the position or section that a name or a bullet belongs to."""
        bullet = self._knowledge.bullets.get(identifier)
        return bullet.station if bullet else identifier

    def _nearest(self, text: str, kind: str) -> tuple[Document, float]:
        scores = self._known @ self._vectors[text]
        found = [(i, document) for i, document in enumerate(self._documents) if document.kind == kind]
        if not found:
            return self._documents[0], 0.0
        position, document = max(found, key=lambda pair: (float(scores[pair[0]]), -pair[0]))
        return document, float(scores[position])

    def together(self, asked: list[Asked]) -> list[list[Asked]]:
        """Put questions into groups: the two nearest are joined until none are near enough (average linkage)."""
        if not asked:
            return []
        vectors = np.array([self._vectors[one.text] for one in asked])
        return [[asked[i] for i in group] for group in joined(vectors @ vectors.T, TOGETHER)]


def joined(similarities: Array, least: float) -> list[list[int]]:
    """Return the groups that average linkage makes of `similarities`, shape (n, n), down to a mean of `least`.

    Of equally near pairs the first is joined first.
    """
    groups = [[i] for i in range(len(similarities))]
    means = similarities.astype(float).copy()
    np.fill_diagonal(means, -1.0)
    while len(groups) > 1:
        i, j = sorted(map(int, np.unravel_index(int(means.argmax()), means.shape)))
        if means[i, j] < least:
            break
        sizes = len(groups[i]), len(groups[j])
        mixed = (sizes[0] * means[i] + sizes[1] * means[j]) / sum(sizes)
        means[i], means[:, i], means[i, i] = mixed, mixed, -1.0
        means = np.delete(np.delete(means, j, axis=0), j, axis=1)
        groups[i] += groups.pop(j)
    return groups


def shared_words(group: Sequence[Asked]) -> str:
    """Return the one or two words that most of the questions have; the first question when that is in Chinese."""
    if has_han(group[0].text):
        return group[0].text
    counts: Counter[str] = Counter()
    for asked in group:
        counts.update({word: asked.count for word in set(words(asked.text)) if tokens(word)})
    ranked = sorted(counts, key=lambda word: (-counts[word], -len(word), word))
    return " ".join(ranked[:2]) or group[0].text
