"""What a server takes of a request, and how its model answers: learnt from what it refuses and sends, not from names.

A request begins with all that is of use. What a server refuses isn't sent again by this process; the log says so once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Any

from askme.errors import ModelError
from askme.llm.errors import LENGTH, SHORTER, SYSTEM
from askme.llm.thoughts import Habit, Thoughts
from askme.settings import Settings

ROOM = 6
"""How many times as many tokens a model gets that thinks: its thoughts count as what it writes."""
SHORTEST = 128
"""Tokens below which an answer's greatest length isn't lowered further, but left out."""
OLDER = "max_tokens"
"""What the length was called before."""
UNSAID = "default"
"""The effort that leaves the model its own."""
_UNTHINKING = (UNSAID, "none")
_log = logging.getLogger(__name__)


class Dialect:
    """One server with one model. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Begin with everything, and with what the settings tell."""
        self._effort, self._limit = settings.reasoning_effort, settings.max_tokens
        self._lock = threading.Lock()
        self._left_out: set[str] = set()
        self._length, self._most, self._folded = LENGTH, 0, False
        self._thinks = self._effort not in _UNTHINKING
        self._aloud = False
        self.habit = Habit()

    @property
    def silent(self) -> bool:
        """Whether the model thinks without a sign of life."""
        return self._thinks and not self._aloud

    def length(self, asked: int | None = None) -> int:
        """Return how many tokens a reply may have that should be no longer than `asked` without its thoughts."""
        wanted = (asked or self._limit) * (ROOM if self._thinks else 1)
        return min(wanted, self._most) if self._most else wanted

    def spoken(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return a request as this server takes it; its length is the one without thoughts."""
        body = {name: value for name, value in payload.items() if name not in (LENGTH, OLDER)}
        if self._length:
            body[self._length] = self.length(payload.get(LENGTH))
        if not self._thinks:
            body["temperature"] = 0.0
        if self._effort != UNSAID:
            body["reasoning_effort"] = self._effort
        body["messages"] = _folded(body["messages"]) if self._folded else _of_the_system(body["messages"])
        return {name: value for name, value in body.items() if name not in self._left_out}

    def learn(self, error: ModelError) -> bool:
        """Take from a failure what isn't sent again; return whether the request is worth another try."""
        with self._lock:
            return sum(map(self._unlearn, error.refused)) > 0

    def note(self, thoughts: Thoughts, thought: bool, whole: bool) -> None:
        """Take from a reply how this model answers: one that has `thought`, seen or unseen, gets room for it."""
        with self._lock:
            self._aloud |= thoughts.found
            if whole or thoughts.unmarked:
                self.habit = thoughts.habit
            if thought and not self._thinks:
                self._make_room()

    def _make_room(self) -> None:
        self._thinks = True
        _log.warning(
            "model: it thinks before it answers, so from now on it may write %d tokens, %d times ASKME_MAX_TOKENS; "
            "ASKME_REASONING_EFFORT and ASKME_TOTAL_SECONDS say how much and how long",
            self.length(), ROOM,
        )  # fmt: skip

    def _unlearn(self, name: str) -> bool:
        before = self._length, self._most, self._folded, len(self._left_out)
        if name == LENGTH:
            self._length = OLDER if self._length == LENGTH else ""
            how = f"{self._length} is sent" if self._length else "no length is sent"
        elif name == SHORTER:
            how = self._shorter()
        elif name == SYSTEM:
            self._folded, how = True, "the instructions go into the visitor's message"
        else:
            self._left_out.add(name)
            how = "it is left out"
        changed = before != (self._length, self._most, self._folded, len(self._left_out))
        if changed:
            _log.warning("model: the server refuses %s: from now on %s", _TOLD.get(name, name), how)
        return changed

    def _shorter(self) -> str:
        half = self.length() // 2
        if half < SHORTEST:
            self._length = ""
            return "no length is sent"
        self._most = half
        return f"at most {half}"


_TOLD = {SYSTEM: "a message of the system", SHORTER: "so great a length"}


def _folded(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the messages with the system's put before what the visitor says first."""
    given = list(messages)
    orders = [message["content"] for message in given if message["role"] in ("system", "developer")]
    rest = [message for message in given if message["role"] not in ("system", "developer")]
    first = {"role": "user", "content": "\n\n".join([*orders, *(message["content"] for message in rest[:1])])}
    return [first, *rest[1:]]


def _of_the_system(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the messages with the role that most servers know: LangChain makes another of it for some names."""
    return [message | {"role": "system"} if message["role"] == "developer" else message for message in messages]
