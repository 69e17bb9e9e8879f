"""settings → the chat model, asked in a thread of its own so that deadlines hold and a stop reaches the server."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from langchain_core.messages import BaseMessage, HumanMessage

from askme.errors import ModelError
from askme.llm.client import make_client, tuning
from askme.llm.errors import explained
from askme.llm.usage import Usage
from askme.settings import Settings
from askme.storage.circuit_breaker import Health

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk
    from langchain_openai import ChatOpenAI

TRIES = 2
PATIENCE = 3.0
"""Seconds of the deadline that must be left for a further try to be worth it."""
BACKOFF = 0.3
LOOK_UP = 0.05
"""Seconds between two looks at whether somebody still waits."""
_RETRIED = frozenset(("limited", "unreachable", "server", "garbled", "empty"))
_END = object()
GATHERED = 0.05
"""Seconds that text within a sentence may be held back: to wake the thread that waits costs more than a piece of it."""
_ENDING = re.compile(r"[.?!…。？！:：\]】\n]")
"""After one of these, or with what follows it, a sentence may be complete."""


class Deadline:
    """The time by which an answer must be there; none is left once `stop` is set."""

    def __init__(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Start the clock."""
        self._at, self._stop = time.monotonic() + seconds, stop

    @property
    def stopped(self) -> bool:
        """Whether nobody waits any more."""
        return self._stop is not None and self._stop.is_set()

    def waited(self, seconds: float) -> bool:
        """Wait; return at once, and False, when nobody waits any more."""
        if self._stop is None:
            time.sleep(seconds)
            return True
        return not self._stop.wait(seconds)

    def left(self) -> float:
        """Return the seconds left, never less than 0."""
        return 0.0 if self.stopped else max(0.0, self._at - time.monotonic())


class Call:
    """One request to the model. Iterate for the text; `usage` and `finish` are known at the end."""

    def __init__(self, model: ChatModel, messages: list[BaseMessage], deadline: Deadline, max_tokens: int) -> None:
        """Nothing is sent before the first iteration."""
        self._model, self._messages, self._deadline, self._max_tokens = model, messages, deadline, max_tokens
        self.usage, self.finish = Usage(), ""

    def __iter__(self) -> Iterator[str]:
        """Yield the text as it comes; leaving the loop early ends the request.

        Raises:
            ModelError: there is no answer, or it broke off.
        """
        tries, started = TRIES, False
        while True:
            try:
                for piece in self._once():
                    started = True
                    yield piece
                self._model.health.good()
                return
            except ModelError as error:
                if not started and self._model.drop(error.parameter):
                    continue
                tries -= 1
                if started or not tries or not self._again(error):
                    broke_off = started and error.kind == "unreachable"
                    last = ModelError("cut", "the connection broke off") if broke_off else error
                    if last.kind != "stopped":
                        self._model.health.failed(last)
                    raise last from None

    def _again(self, error: ModelError) -> bool:
        """Wait for a further try when there is time for one and it may help."""
        pause = max(BACKOFF, error.retry_after or 0.0)
        if error.kind not in _RETRIED or self._deadline.left() < pause + PATIENCE:
            return False
        return self._deadline.waited(pause)

    def _once(self) -> Iterator[str]:
        box: queue.Queue[Any] = queue.Queue()
        self.usage += Usage(calls=1)
        running = self._model.start(self._messages, box, self._max_tokens)
        said = False
        try:
            while (come := self._next(box)) is not _END:
                if isinstance(come, Exception):
                    raise explained(come, self._model.name) from None
                for chunk in come:
                    self._note(chunk)
                text = "".join(map(_text, come))
                if text:
                    said = True
                    yield text
        finally:
            running.cancel()
        self._whole(said)

    def _next(self, box: queue.Queue[Any]) -> Any:
        silent_until = time.monotonic() + self._model.silence
        while (left := min(silent_until - time.monotonic(), self._deadline.left())) > 0:
            with contextlib.suppress(queue.Empty):
                return box.get(timeout=min(left, LOOK_UP))
        raise ModelError("stopped", "stopped") if self._deadline.stopped else ModelError("slow", "no answer in time")

    def _note(self, chunk: AIMessageChunk) -> None:
        self.finish = chunk.response_metadata.get("finish_reason") or self.finish
        used = chunk.usage_metadata
        if used:
            cached = used.get("input_token_details", {}).get("cache_read", 0) or 0
            self.usage += Usage(used["input_tokens"], cached, used["output_tokens"], counted=1)

    def _whole(self, said: bool) -> None:
        if not self.finish:
            raise ModelError("garbled" if not said else "cut", "the answer broke off")
        if self.finish == "content_filter":
            raise ModelError("filtered", "the provider's filter stopped the answer")
        if self.finish == "length":
            raise ModelError("cut", "the answer was cut off at its greatest length")
        if not said:
            raise ModelError("empty", "the answer is empty")


class ChatModel:
    """The configured model. Its requests run on one event loop in a daemon thread, started by the first of them."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is imported or sent yet."""
        self._settings = settings
        self.name, self.silence = settings.chat_model, settings.first_token_seconds
        self.health = Health("model")
        self._lock = threading.Lock()
        self._client: ChatOpenAI | None = None
        self._tuning = tuning(settings)
        self._loop: asyncio.AbstractEventLoop | None = None

    def call(self, messages: list[BaseMessage], deadline: Deadline, max_tokens: int = 1200) -> Call:
        """Return a request to be iterated; it writes at most `max_tokens`."""
        return Call(self, messages, deadline, max_tokens)

    def start(self, messages: list[BaseMessage], box: queue.Queue[Any], max_tokens: int) -> Future[None]:
        """Begin to stream an answer into `box`: lists of chunks, then _END or the exception. Cancelling ends it."""
        client, loop = self._ready()
        return asyncio.run_coroutine_threadsafe(
            pump(client.astream(messages, max_tokens=max_tokens, **self._tuning), box), loop
        )

    def drop(self, parameter: str) -> bool:
        """Leave out a parameter that the server objects to, from now on; return whether it had been sent."""
        with self._lock:
            if parameter not in self._tuning:
                return False
            self._tuning = {name: value for name, value in self._tuning.items() if name != parameter}
            return True

    def probe(self) -> None:
        """Ask the server for the model, so that a wrong key or name is known before the first visitor asks."""
        _, loop = self._ready()
        try:
            asyncio.run_coroutine_threadsafe(self._probed(), loop).result(self._settings.first_token_seconds)
        except Exception as error:  # noqa: BLE001 (whatever a server sends: it is explained, logged and shown in /healthz)
            self.health.failed(explained(error, self.name))

    async def _probed(self) -> None:
        from openai import APIStatusError  # noqa: PLC0415 (1.2 s, only with a key)

        client, _ = self._ready()
        try:
            await client.root_async_client.models.retrieve(self.name)
        except APIStatusError as error:
            if error.status_code in (401, 403) or error.code == "model_not_found":
                raise
            # Not every server lists its models: the shortest of answers tells.
            await client.ainvoke([HumanMessage("Say OK.")], max_tokens=16)

    def _ready(self) -> tuple[ChatOpenAI, asyncio.AbstractEventLoop]:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="model", daemon=True).start()
            if self._client is None:
                self._client = make_client(self._settings)
            return self._client, self._loop


async def pump(chunks: AsyncIterator[Any], box: queue.Queue[Any]) -> None:
    """Hand chunks over in lists, then _END or the exception: at once around the end of a sentence, else gathered."""
    held: list[Any] = []
    handed, ending = time.monotonic(), False
    try:
        async for chunk in chunks:
            held.append(chunk)
            ended, ending = ending, _ENDING.search(_text(chunk)) is not None
            if ended or ending or time.monotonic() - handed > GATHERED:
                box.put(held)
                held, handed = [], time.monotonic()
        last: Any = _END
    except Exception as error:  # noqa: BLE001 (handed to the thread that waits for it)
        last = error
    box.put(held)
    box.put(last)


def _text(chunk: Any) -> str:
    return chunk.content if isinstance(chunk.content, str) else ""
