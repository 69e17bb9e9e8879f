"""What visitors think of answers, as JSON Lines in the data folder: no address, nothing that says who it was."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from askme.types import Answer

FILE = "feedback.jsonl"
MOST_COMMENT = 1_000
"""Characters of a comment that are kept."""
MOST_BYTES = 20_000_000
"""A file of this size takes no more: nobody can fill the disk."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rating:
    """One verdict on one answer; `at` is UTC to the second, `cited` the ids of bullets."""

    at: str
    question: str
    status: str
    cited: tuple[str, ...]
    thumb: Literal["up", "down"]
    comment: str

    @classmethod
    def of(cls, answer: Answer, sent: dict[str, Any]) -> Rating | None:
        """Return what a browser sent on `answer`; None when it holds no verdict."""
        thumb, comment = sent.get("thumb"), sent.get("comment")
        if thumb not in ("up", "down"):
            return None
        said = comment.strip()[:MOST_COMMENT] if isinstance(comment, str) else ""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        return cls(now, answer.question, answer.status, tuple(c.id for c in answer.citations), thumb, said)


class Feedback:
    """Appends to one file; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Remember where to; nothing is created yet."""
        self._path = folder / FILE
        self._lock = threading.Lock()

    def note(self, rating: Rating) -> bool:
        """Append a rating; False, and a line in the log, when that fails."""
        line = json.dumps(asdict(rating), ensure_ascii=False) + "\n"
        try:
            with self._lock:
                self._append(line.encode("utf-8", "replace"))
        except OSError as error:
            _log.warning("a feedback could not be kept: %s", type(error).__name__)
            return False
        return True

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and self._path.stat().st_size + len(line) > MOST_BYTES:
            raise OSError("the file is full")
        with self._path.open("ab") as file:
            file.write(line)
