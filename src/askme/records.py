"""What the journal keeps of one answer, and its form as a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Literal, TypeAlias, get_args

from pydantic import TypeAdapter, ValidationError

from askme.errors import JournalError
from askme.text import clean
from askme.types import Answer, Mode, Status

Thumb: TypeAlias = Literal["up", "down", ""]
THUMBS = frozenset(get_args(Thumb))
MAX_TEXT = 2000
"""Characters of a question or a comment that are kept."""


@dataclass(frozen=True)
class Record:
    """One answer as the journal keeps it; `at` in UTC, times in milliseconds, `visitor` a hash that changes daily.

    Not `kept`: the visitor asked for that. Then there is no text, no id of a bullet and no hash, only the total of the
    times, and `at` is the beginning of the day.
    """

    id: str
    at: datetime
    language: str
    status: Status
    mode: Mode
    question: str = ""
    standalone_question: str = ""
    cites: tuple[str, ...] = ()
    retrieved: tuple[str, ...] = ()
    fallback: str = ""
    timings_ms: dict[str, float] = field(default_factory=dict)
    usage: dict[str, float | None] | None = None
    visitor: str = ""
    kept: bool = True
    thumb: Thumb = ""
    comment: str = ""

    @property
    def day(self) -> str:
        """The day in UTC, YYYY-MM-DD."""
        return self.at.strftime("%Y-%m-%d")


_SHAPE = TypeAdapter(Record)


def record_of(answer: Answer, identifier: str, at: datetime, keep: bool) -> Record:
    """Return the record of an answer that was given at `at`, as yet without its visitor."""
    at = at.astimezone(timezone.utc)
    total = {name: ms for name, ms in answer.timings_ms.items() if keep or name == "total"}
    if not keep:
        at = at.replace(hour=0, minute=0, second=0, microsecond=0)
        return Record(identifier, at, answer.language, answer.status, answer.mode, timings_ms=total, kept=False)
    return Record(
        id=identifier,
        at=at,
        language=answer.language,
        status=answer.status,
        mode=answer.mode,
        question=clean(answer.question, MAX_TEXT),
        standalone_question=clean(answer.standalone_question, MAX_TEXT),
        cites=tuple(citation.id for citation in answer.citations),
        retrieved=answer.retrieved,
        fallback=clean(answer.fallback, MAX_TEXT),
        timings_ms=total,
        usage=answer.usage,
    )


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
