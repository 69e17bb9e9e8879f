"""Answers, kept so that the next visitor who asks the same is answered at once.

An answer is found under a hash of all it was made from that a visitor brings (`conversation.Asked`): the very text
that the model was given, the conversation included. What two visitors ask must be equal to the letter, for what a key
overlooks and the model reads would let one of them plant an answer for the other. The text itself isn't kept.
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
from askme.answering.conversation import Asked
from askme.answering.outcome import Outcome
from askme.errors import StoreDown
from askme.storage.redis import connected
from askme.types import Answer, Sentence

FILE = "answers.sqlite3"
FORMAT = 2
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

    def get(self, key: str) -> Answer | None:
        """Return what is kept under `key`, without question, usage and timings, None when nothing is."""
        if key in self._unwanted:
            return None
        try:
            body = self._shelf.get(key)
            return None if body is None else replace(self._adapter.validate_json(body), key=key)
        except StoreDown:
            return None
        except ValidationError:
            self._complain()
            self.evict(key)
            return None

    def put(self, answer: Answer) -> None:
        """Keep an answer under its key if it is worth it: whole, and to a question that says something."""
        if answer.fallback or answer.status == "greeting" or not answer.text or not answer.key:
            return
        bare = replace(answer, question="", standalone_question="", usage=None, timings_ms={}, withheld=(), key="")
        body = self._adapter.dump_json(bare)
        if len(body) > LARGEST:
            return
        try:
            self._shelf.put(answer.key, body)
        except StoreDown:
            return
        self._unwanted.discard(answer.key)

    def evict(self, key: str) -> None:
        """Forget an answer. While the store is down this process doesn't give it any more; others may, until then."""
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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


_SENTENCE = re.compile(r".+?(?:\[\d{1,3}\])+|.+", re.DOTALL)
_MARK = re.compile(r"\[(\d{1,3})\]")


class Recall:
    """The answers of one chain. Safe to use from several threads; never raises."""

    def __init__(self, cache: AnswerCache) -> None:
        """`cache` holds answers that depend on the same things as the chain's."""
        self._cache = cache

    def find(self, asked: Asked) -> Answer | None:
        """Return what was answered to exactly this."""
        return self._cache.get(asked.key) if asked.question else None

    def keep(self, answer: Answer, outcome: Outcome) -> None:
        """Keep an answer as good as it can be: one that was stopped, or made while a service was missing, isn't."""
        if not outcome.stop.is_set() and not outcome.by_words_alone:
            self._cache.put(answer)

    def forget(self, answer: Answer) -> None:
        """Answer its question anew the next time."""
        self._cache.evict(answer.key)

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._cache.close()


def sentences(answer: Answer) -> Iterator[Sentence]:
    """Yield the text of an answer in pieces that each end with the marks of their citations."""
    numbered = {str(citation.number): citation for citation in answer.citations}
    for piece in _SENTENCE.findall(answer.text):
        marks = dict.fromkeys(_MARK.findall(piece))
        yield Sentence(piece, tuple(numbered[mark] for mark in marks if mark in numbered))
