"""What the journal keeps of one answer, and its form as a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Literal, TypeAlias, get_args

from pydantic import TypeAdapter, ValidationError

from askme.errors import JournalError
from askme.text.tokenize import clean
from askme.types import Answer, Mode, Status

Thumb: TypeAlias = Literal["up", "down", ""]
THUMBS = frozenset(get_args(Thumb))
Ending: TypeAlias = Status | Literal["stopped", "failed"]
MAX_TEXT = 2000
"""Characters of a question or a comment that are kept."""


@dataclass(frozen=True)
class Record:
    """One answer as the journal keeps it; `at` in UTC, times in milliseconds, `visitor` a hash that changes daily.

    A question that was "stopped" or "failed" has no mode and no times.
    """

    id: str
    at: datetime
    language: str
    status: Ending
    mode: Mode | Literal[""]
    question: str = ""
    standalone_question: str = ""
    cites: tuple[str, ...] = ()
    retrieved: tuple[str, ...] = ()
    fallback: str = ""
    timings_ms: dict[str, float] = field(default_factory=dict)
    usage: dict[str, float | None] | None = None
    visitor: str = ""
    thumb: Thumb = ""
    comment: str = ""

    @property
    def day(self) -> str:
        """The day in UTC, YYYY-MM-DD."""
        return self.at.strftime("%Y-%m-%d")


_SHAPE = TypeAdapter(Record)


def record_of(answer: Answer, identifier: str, at: datetime) -> Record:
    """Return the record of an answer that was given at `at`, as yet without its visitor."""
    return Record(
        id=identifier,
        at=at.astimezone(timezone.utc),
        language=answer.language,
        status=answer.status,
        mode=answer.mode,
        question=clean(answer.question, MAX_TEXT),
        standalone_question=clean(answer.standalone_question, MAX_TEXT),
        cites=tuple(citation.id for citation in answer.citations),
        retrieved=answer.retrieved,
        fallback=clean(answer.fallback, MAX_TEXT),
        timings_ms=answer.timings_ms,
        usage=answer.usage,
    )


def unanswered(question: str, language: str, ending: Ending, identifier: str, at: datetime) -> Record:
    """Return the record of a question that got no whole answer, as yet without its visitor."""
    return Record(identifier, at.astimezone(timezone.utc), language, ending, "", clean(question, MAX_TEXT))


def as_line(record: Record) -> str:
    """Return a record as one line of JSON."""
    return json.dumps(asdict(record) | {"at": record.at.isoformat()}, ensure_ascii=False)


def from_line(line: str) -> Record:
    """Return the record of a line made by `as_line`.

    Raises:
        JournalError: the line isn't one.
    """
    try:
        made: Record = _SHAPE.validate_json(line)
    except ValidationError as error:
        raise JournalError(f"no line of a journal: {error.errors()[0]['msg']}") from None
    if made.at.tzinfo is None:
        raise JournalError("no line of a journal: its time has no zone")
    return made


def read_lines(lines: Iterable[str]) -> Iterator[Record]:
    """Yield the records of an exported journal.

    Raises:
        JournalError: names the first line that isn't one.
    """
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                yield from_line(line)
        except JournalError as error:
            raise JournalError(f"line {number}: {error}") from None
