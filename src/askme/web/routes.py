"""What the application lets in: its doors, who may pass them, and what is said to those who may not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from askme.web.html.messages import TEXTS

READING = ("GET", "HEAD")
ASKING = ("POST",)


class TurnedAway(Exception):
    """A request that isn't taken; `why` is one sentence for whoever sent it."""

    def __init__(self, status: int, why: str, **headers: str) -> None:
        """Keep the status, the sentence and further headers."""
        super().__init__(why)
        self.status, self.why, self.headers = status, why, headers


def busy(status: int = 503) -> TurnedAway:
    """Return what a question gets that can't be taken now."""
    return TurnedAway(status, f"{TEXTS['busy_now'].en} {TEXTS['busy_now'].zh}", **{"Retry-After": "5"})


@dataclass(frozen=True)
class Asked:
    """A request as it came: what the path names, the query, the body."""

    name: str
    query: bytes
    body: bytes


@dataclass(frozen=True)
class Told:
    """A request in checked form, as it is passed on; `session` is whose it is."""

    query: bytes = b""
    body: bytes = b""
    session: str = ""


def as_it_came(asked: Asked) -> Told:
    """Return a request unchanged."""
    return Told(asked.query, asked.body)


def largest_body(characters: int) -> int:
    """Return the most bytes of a body: a few questions of so many characters each, all of them escaped."""
    return 200_000 + 16 * characters


def as_object(body: bytes) -> dict[str, Any]:
    """Return a body that is a JSON object; refuse any other."""
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise TurnedAway(400, "The body must be a JSON object.")
    return found


@dataclass(frozen=True)
class Door:
    """A way in.

    `path` is a regular expression for all of a path, its group what the path names. `read` checks a request and
    `enter` holds what it takes up while it lasts; both may refuse it. A door that `asks` closes first when the process
    ends; what `stays` is a connection that lasts as long as the page, and is ended then.
    """

    path: str
    methods: Sequence[str] = READING
    read: Callable[[Asked], Told] = as_it_came
    enter: Callable[[str], AbstractContextManager[object]] = lambda _: nullcontext()
    asks: bool = False
    stays: bool = False


class Room:
    """A door's `enter`: at most so many at once, beyond it busy."""

    def __init__(self, most: int) -> None:
        """Take the number."""
        self._left = most

    @contextmanager
    def __call__(self, _: str) -> Iterator[None]:
        """Hold one of the places."""
        if not self._left:
            raise busy()
        self._left -= 1
        try:
            yield
        finally:
            self._left += 1


class Life:
    """Whether the process takes questions, only finishes what runs, or ends."""

    def __init__(self, waiting: Callable[[], bool] = lambda: False) -> None:
        """Begin taking questions; `waiting` tells whether some wait or are answered that no open request stands for."""
        self.closing, self.over, self.running = False, asyncio.Event(), 0
        self._waiting = waiting

    @property
    def busy(self) -> bool:
        """Whether anybody waits for an answer."""
        return self.running > 0 or self._waiting()
