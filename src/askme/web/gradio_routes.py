"""Gradio's queue as the gatekeeper opens it: what the page and gradio_client need to ask, one question at a time.

The page calls its two private events by number, so their names open nothing. What a request may say is rebuilt field by
field: a session's conversation, which Gradio would take from anybody, can't be sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from askme.web.routes import ASKING, Asked, Door, Told, TurnedAway, as_object, busy

PLACE_SECONDS = 2.0
"""How often those who wait hear of their place in the line."""
_PREFIX = "/gradio_api"
_NAME = r"([A-Za-z0-9_-]{1,64})"
"""What a session or an event may be called."""
_NAMED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


class Turnstile:
    """The doors to Gradio's queue."""

    def __init__(self, blocks: Any, numbers: Mapping[str, int]) -> None:
        """`numbers` are those of the page's events: "ask" and "run". `blocks` are Gradio's."""
        self._blocks, self._asking, self._errand = blocks, numbers["ask"], numbers["run"]
        self._public = next(number for number, event in blocks.fns.items() if event.api_name == "ask")
        self._joining: set[str] = set()
        # After each answer Gradio would sum up the last 10,000 with pandas, for a page that nobody can open.
        self._queue.ANAYLTICS_CACHE_FREQUENCY = 10**12

    @property
    def doors(self) -> list[Door]:
        """The ways in. Without a page's stream or its life sign nothing stays open."""
        return [
            Door("/config", read=_bare),
            Door(f"{_PREFIX}/info", read=_bare),
            Door(f"{_PREFIX}/heartbeat/{_NAME}", ("GET",), _bare, stays=True),
            Door(f"{_PREFIX}/queue/join", ASKING, self._joined, self._alone, asks=True),
            Door(f"{_PREFIX}/queue/data", ("GET",), _followed, self._known, stays=True),
            Door(f"{_PREFIX}/cancel", ASKING, self._cancelled),
            Door(f"{_PREFIX}/run/run", ASKING, self._run),
            Door(f"{_PREFIX}/call/ask", ASKING, _called, asks=True),
            Door(f"{_PREFIX}/call/ask/{_NAME}", ("GET",), self._awaited, stays=True),
        ]

    @property
    def empty(self) -> bool:
        """Whether no question waits or is being answered."""
        return not any(True for _ in self._in_flight())

    def _in_flight(self) -> Iterator[str]:
        """Yield whose questions wait or are being answered; Gradio knows those that have ended a little longer."""
        queue = self._queue
        waiting = (event for line in queue.event_queue_per_concurrency_id.values() for event in line.queue)
        running = (event for job in queue.active_jobs for event in job or ())
        yield from (event.session_hash for event in (*waiting, *running))

    @property
    def _queue(self) -> Any:
        return self._blocks._queue  # noqa: SLF001 (Gradio tells of its queue in no other way)

    @contextmanager
    def _alone(self, session: str) -> Iterator[None]:
        """Let a session's question in unless one of it waits or is being answered."""
        if session in self._joining or session in self._in_flight():
            raise busy(409)
        self._joining.add(session)
        try:
            yield
        finally:
            self._joining.discard(session)

    @contextmanager
    def _known(self, session: str) -> Iterator[None]:
        """Let those follow a session that has asked."""
        if session not in self._queue.pending_messages_per_session:
            raise TurnedAway(404, "This session has asked nothing.")
        yield

    def _joined(self, asked: Asked) -> Told:
        said = as_object(asked.body)
        session, number = _name(said, "session_hash"), _number(said)
        if number == self._asking:
            return _told(session, fn_index=number, data=_text_alone(said))
        if number == self._public:
            return _told(session, fn_index=number, data=_arguments(said))
        raise _unknown()

    def _run(self, asked: Asked) -> Told:
        said = as_object(asked.body)
        if _number(said) != self._errand:
            raise _unknown()
        return _told(_name(said, "session_hash"), fn_index=self._errand, data=_text_alone(said))

    def _cancelled(self, asked: Asked) -> Told:
        said = as_object(asked.body)
        if _number(said) not in (self._asking, self._public):
            raise _unknown()
        return _told(_name(said, "session_hash"), fn_index=_number(said), event_id=_name(said, "event_id"))

    def _awaited(self, asked: Asked) -> Told:
        held = self._queue
        if asked.name in held.event_ids_to_events or asked.name in held.pending_messages_per_session:
            return Told(session=asked.name)
        raise TurnedAway(404, "There is no such question.")


def _bare(_: Asked) -> Told:
    return Told()


def _followed(asked: Asked) -> Told:
    try:
        found = parse_qs(asked.query.decode("ascii"), max_num_fields=10).get("session_hash", [""])[0]
    except ValueError:
        found = ""
    if not _is_name(found):
        raise TurnedAway(400, "session_hash is missing.")
    return Told(f"session_hash={found}".encode(), session=found)


def _called(asked: Asked) -> Told:
    return Told(body=json.dumps({"data": _arguments(as_object(asked.body))}).encode())


def _told(session: str, **fields: object) -> Told:
    return Told(body=json.dumps({"session_hash": session, **fields}).encode(), session=session)


def _name(said: Mapping[str, Any], field: str) -> str:
    found = said.get(field)
    if not _is_name(found):
        raise TurnedAway(400, f"{field} must be a text of at most 64 letters, digits, - and _.")
    return str(found)


def _number(said: Mapping[str, Any]) -> int:
    """Return the number of an event; -1 when it is none."""
    found = said.get("fn_index")
    return found if isinstance(found, int) and not isinstance(found, bool) else -1


def _unknown() -> TurnedAway:
    return TurnedAway(404, "There is no such event.")


def _is_name(found: object) -> bool:
    return isinstance(found, str) and 0 < len(found) <= 64 and _NAMED.issuperset(found)


def _text_alone(said: Mapping[str, Any]) -> list[str | None]:
    """Return what a private event is sent: a text, and nothing for the session, which the server knows."""
    data = said.get("data")
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise TurnedAway(400, "data must be a list that begins with a text.")
    return [data[0], None]


def _arguments(said: Mapping[str, Any]) -> list[Any]:
    """Return what `ask` is sent; it tells by itself what is wrong with it."""
    data = said.get("data")
    if not isinstance(data, list) or not 1 <= len(data) <= 2:
        raise TurnedAway(400, "data must be a list of a question and, if there are any, the questions before it.")
    return [data[0], data[1] if len(data) == 2 else None]
