"""Answers to standalone questions, kept so that the next visitor who asks the same is answered at once.

An answer is found under a hash of its question and language, among those that depend on the same things; the question
itself isn't kept. Questions are the same when `unify` makes them equal. It keeps the case, which `normalise` drops,
because that may change the answer: MIND is a technique, a mind isn't.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from askme.answering.cache_store import Bounds, FileShelf, SharedShelf, Shelf
from askme.answering.outcome import Outcome
from askme.errors import StoreDown
from askme.storage.redis import connected
from askme.text.tokenize import language, unify
from askme.types import Answer, Sentence

FILE = "answers.sqlite3"
FORMAT = 1
"""Counts up whenever `Answer` changes its shape; answers of another format are never read."""
LARGEST = 100_000
"""Bytes of an answer that is kept."""
_log = logging.getLogger(__name__)


class AnswerCache:
    """Safe to use from several threads; never raises: what can't be read or kept is a miss."""

    def __init__(self, shelf: Shelf) -> None:
        """Keep answers on a shelf of one fingerprint."""
        self._shelf, self._adapter = shelf, TypeAdapter(Answer)
        self._unwanted: set[str] = set()
        self._complained = False

    @classmethod
    def of(cls, fingerprint: str, data_dir: Path, redis_url: str = "", bounds: Bounds | None = None) -> AnswerCache:
        """Return a cache in Redis when there is one, else in `data_dir`.

        `fingerprint` tells what answers depend on: knowledge, model, prompts, the month as of which durations count.

        Raises:
            SettingsError: `redis_url` is no address of a Redis server.
        """
        name, held = _digest(f"{FORMAT} {fingerprint}"), bounds or Bounds()
        if redis_url:
            return cls(SharedShelf(connected(redis_url), name, held))
        return cls(FileShelf.at(data_dir / FILE, name, held))

    def get(self, question: str, language: str) -> Answer | None:
        """Return what was answered to a standalone question, without usage and timings, None when nothing is kept."""
        key = _key(question, language)
        if key in self._unwanted:
            return None
        try:
            body = self._shelf.get(key)
            if body is None:
                return None
            return replace(self._adapter.validate_json(body), question=question, standalone_question=question)
        except StoreDown:
            return None
        except ValidationError:
            self._complain()
            self.evict(question, language)
            return None

    def put(self, answer: Answer) -> None:
        """Keep an answer that is worth it: whole, and to a question that says something."""
        if answer.fallback or answer.status == "greeting" or not answer.text:
            return
        bare = replace(answer, question="", standalone_question="", usage=None, timings_ms={})
        key, body = _key(answer.standalone_question, answer.language), self._adapter.dump_json(bare)
        if len(body) > LARGEST:
            return
        try:
            self._shelf.put(key, body)
        except StoreDown:
            return
        self._unwanted.discard(key)

    def evict(self, question: str, language: str) -> None:
        """Forget an answer. While the store is down this process doesn't give it any more; others may, until then."""
        key = _key(question, language)
        try:
            self._shelf.drop(key)
        except StoreDown:
            self._unwanted.add(key)

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._shelf.close()

    def _complain(self) -> None:
        if not self._complained:
            _log.warning("a kept answer can't be read; it is dropped, and so will be others like it")
        self._complained = True


def _key(question: str, language: str) -> str:
    return _digest(f"{language} {unify(question)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


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
