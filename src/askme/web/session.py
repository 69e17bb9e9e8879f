"""A conversation as a visitor's session holds it: exchanges, what a follow-up looks back on, what the page asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from askme.errors import RequestError
from askme.text.tokenize import reply_language, tidy
from askme.types import Answer, Citation, Done, Event, Language, Message, Retrieved, Sentence, Turn

HISTORY_TURNS = 6
"""Earlier turns that a follow-up may look back on."""

End: TypeAlias = Literal["", "stopped", "failed", "busy", "limit", "long"]
"""Why an exchange ended without a whole answer ("": it didn't)."""


@dataclass(frozen=True)
class Exchange:
    """A question and what has come of it so far. `id` is the page's own number for it and never changes.

    `told` is a sentence on how it ended that holds for this exchange only. `record` is
    what the journal knows it by; "": it isn't kept.
    """

    id: int
    question: str
    text: str = ""
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[str, ...] = ()
    answer: Answer | None = None
    suggestions: tuple[str, ...] = ()
    end: End = ""
    told: Message | None = None
    record: str = ""

    @property
    def closed(self) -> bool:
        """Whether nothing more will come."""
        return self.answer is not None or bool(self.end)

    @property
    def language(self) -> Language:
        """The language to quote the résumé in."""
        if self.answer:
            return "zh" if self.answer.language == "zh" else "en"
        return reply_language(self.question)

    @property
    def state(self) -> str:
        """What the visitor should see it as: how it ended, the answer's status, or that it is under way."""
        return self.end or (self.answer.status if self.answer else "answering")

    def after(self, event: Event) -> Exchange:
        """Return the exchange as it stands after an event of the stream."""
        match event:
            case Retrieved(ids=ids):
                return replace(self, retrieved=ids)
            case Sentence(text=text, citations=citations):
                known = {citation.number for citation in self.citations}
                new = tuple(c for c in citations if c.number not in known)
                return replace(self, text=self.text + text, citations=self.citations + new)
            case Done(answer=answer):
                return replace(self, text=answer.text, citations=answer.citations, answer=answer)

    def ended(self, why: End, told: Message | None = None) -> Exchange:
        """Return the exchange ended early."""
        return replace(self, end=why, told=told)


@dataclass(frozen=True)
class Said:
    """An earlier question, as the page knows it."""

    id: int
    question: str


@dataclass(frozen=True)
class Request:
    """What the page asks: question `id`, in a conversation of those from `since` up to but not including `before`.

    A question asked again gets a new id, and `before` is the id that it replaces. Without `keep` the visitor wants
    nothing kept of it. `said` are the last of those before it that were answered, whoever did.
    """

    id: int = 0
    question: str = ""
    since: int = 0
    before: int = 0
    keep: bool = True
    too_long: bool = False
    said: tuple[Said, ...] = ()

    @classmethod
    def read(cls, raw: str, most: int) -> Request:
        """Return what the browser sent; anything odd is an empty question.

        A question of more than `most` characters is too long: its beginning is only there to be shown.
        """
        found = as_mapping(raw)
        question = found.get("question")
        text = tidy(question) if isinstance(question, str) else ""
        id_, since, before = (whole(found.get(name)) for name in ("id", "since", "before"))
        said = _said(found.get("said"), range(since, before), most)
        return cls(id_, text[:most], since, before, found.get("keep") is not False, len(text) > most, said)

    def earlier(self, session: Sequence[Exchange]) -> tuple[Exchange, ...]:
        """Return the exchanges before it in its conversation."""
        return tuple(exchange for exchange in session if self.since <= exchange.id < self.before)


def _said(sent: object, ids: range, most: int) -> tuple[Said, ...]:
    """Return the earlier questions that a browser sent; what is odd is left out."""
    pairs = sent[-HISTORY_TURNS:] if isinstance(sent, list) else []
    told = {
        pair[0]: Said(pair[0], pair[1].strip()[:most])
        for pair in pairs
        if isinstance(pair, list) and [type(part) for part in pair] == [int, str] and pair[0] in ids
    }
    return tuple(told.values())


def checked(question: object, earlier_turns: object, most: int) -> tuple[str, list[str]]:
    """Return what a program asks, with the questions before it that a follow-up may look back on.

    Raises:
        RequestError: it isn't what can be asked; says why.
    """
    earlier = [] if earlier_turns is None else earlier_turns
    if not isinstance(question, str):
        raise RequestError("The question must be a text.")
    if not isinstance(earlier, list) or not all(isinstance(turn, str) for turn in earlier):
        raise RequestError("The earlier turns must be a list of texts.")
    said = [tidy(text) for text in (*earlier[-HISTORY_TURNS:], question)]
    longest = max(map(len, said))
    if longest > most:
        raise RequestError(f"A question may have {most:,} characters, this one has {longest:,}. Please shorten it.")
    return said[-1], said[:-1]


def as_mapping(raw: object) -> dict[str, Any]:
    """Return a JSON object that a browser sent; an empty one for anything else."""
    try:
        found = json.loads(raw) if isinstance(raw, str) else None
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def whole(value: object) -> int:
    """Return a number that a browser sent; 0 for anything else."""
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0


def history(session: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the last answered turns of a session."""
    return tuple(e.answer.turn() for e in session if e.answer)[-HISTORY_TURNS:]


MOST_COMMENT = 1_000
"""Characters of a comment that are kept."""
