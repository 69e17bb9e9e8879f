"""Answers that are kept: which are worth it, and telling one again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from askme.answers import AnswerCache
from askme.outcome import Outcome
from askme.text import language
from askme.types import Answer, Sentence

_SENTENCE = re.compile(r".+?(?:\[\d{1,3}\])+|.+", re.DOTALL)
_MARK = re.compile(r"\[(\d{1,3})\]")


class Recall:
    """The answers of one chain. Safe to use from several threads; never raises."""

    def __init__(self, cache: AnswerCache) -> None:
        """`cache` holds answers that depend on the same things as the chain's."""
        self._cache = cache

    def find(self, standalone: str) -> Answer | None:
        """Return what was answered to a standalone question."""
        return self._cache.get(standalone, language(standalone)) if standalone else None

    def keep(self, answer: Answer, outcome: Outcome) -> None:
        """Keep an answer as good as it can be: one that was stopped, or made while a service was missing, isn't."""
        if not outcome.stop.is_set() and not outcome.by_words_alone:
            self._cache.put(answer)

    def forget(self, answer: Answer) -> None:
        """Answer its question anew the next time."""
        self._cache.evict(answer.standalone_question, answer.language)

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._cache.close()


def sentences(answer: Answer) -> Iterator[Sentence]:
    """Yield the text of an answer in pieces that each end with the marks of their citations."""
    numbered = {str(citation.number): citation for citation in answer.citations}
    for piece in _SENTENCE.findall(answer.text):
        marks = dict.fromkeys(_MARK.findall(piece))
        yield Sentence(piece, tuple(numbered[mark] for mark in marks if mark in numbered))
