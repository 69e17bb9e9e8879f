"""settings → the chat model, asked in a thread of its own so that deadlines hold and a stop reaches the server."""

from __future__ import annotations

import asyncio
import queue
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from langchain_core.messages import BaseMessage, HumanMessage

from askme.errors import ModelError
from askme.llm.client import chat_client
from askme.llm.dialect import Dialect
from askme.llm.errors import ending, explained, is_length
from askme.llm.thoughts import THOUGHT, Thoughts
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
        self._past, self._current, self.finish = Usage(), Usage(), ""
        self._thought, self._room = False, 0

    @property
    def usage(self) -> Usage:
        """What the request, with all its tries, has used so far."""
        return self._past + self._current

    def __iter__(self) -> Iterator[str]:
        """Yield the text as it comes, without thoughts; leaving the loop early ends the request.

        Raises:
            ModelError: there is no answer, or it broke off.
        """
        tries, started = TRIES, False
        while True:
            try:
                for piece in self._once():
                    started |= bool(piece)
                    yield piece
                self._model.health.good()
                return
            except ModelError as error:
                if not started and self._deadline.left() and self._otherwise(error):
                    continue
                tries -= 1
                if started or not tries or not self._again(error):
                    broke_off = started and error.kind == "unreachable"
                    last = ModelError("cut", "the connection broke off") if broke_off else error
                    if last.kind != "stopped":
                        self._model.health.failed(last)
                    raise last from None

    def _otherwise(self, error: ModelError) -> bool:
        """Whether the request would now be another one: without what was refused, or with more room."""
        grown = error.kind == "thinking" and self._model.dialect.length(self._max_tokens) > self._room
        return self._model.dialect.learn(error) or grown

    def _again(self, error: ModelError) -> bool:
        """Wait for a further try when there is time for one and it may help."""
        pause = max(BACKOFF, error.retry_after or 0.0)
        if error.kind not in _RETRIED or self._deadline.left() < pause + PATIENCE:
            return False
        return self._deadline.waited(pause)

    def _once(self) -> Iterator[str]:
        """Yield the text of one try; an empty one when there was a moment without any."""
        box: queue.Queue[Any] = queue.Queue()
        thoughts = Thoughts(self._model.dialect.habit)
        running = self._begin(box)
        said, problem = False, None
        try:
            for come in self._received(box):
                told = thoughts.feed("".join(map(_text, come)))
                said |= bool(told)
                yield told
        except ModelError as error:
            problem = error
        finally:
            running.cancel()
        problem = problem or ending(self.finish)
        rest = thoughts.close(whole=problem is None)
        self._thought |= thoughts.found or (not said and is_length(self.finish))
        self._model.dialect.note(thoughts, self._thought, problem is None)
        yield rest
        if last := self._amiss(problem, said or bool(rest.strip())):
            raise last

    def _begin(self, box: queue.Queue[Any]) -> Future[None]:
        running = self._model.start(self._messages, box, self._max_tokens)
        self._room = self._model.dialect.length(self._max_tokens)
        self._past, self._current = self._past + self._current, Usage(calls=1)
        self.finish, self._thought = "", False
        return running

    def _received(self, box: queue.Queue[Any]) -> Iterator[list[AIMessageChunk]]:
        """Yield the chunks as they come, and none when there was none for a moment."""
        heard = time.monotonic()
        while (left := min(heard + self._model.silence - time.monotonic(), self._deadline.left())) > 0:
            try:
                come = box.get(timeout=min(left, LOOK_UP))
            except queue.Empty:
                yield []
                continue
            if come is _END:
                return
            if isinstance(come, Exception):
                raise explained(come, self._model.name) from None
            heard = time.monotonic()
            for chunk in come:
                self._note(chunk)
            yield come
        raise ModelError("stopped", "stopped") if self._deadline.stopped else ModelError("slow", "no answer in time")

    def _note(self, chunk: AIMessageChunk) -> None:
        """Take what stands beside the text; of several counts of tokens the last one is that of the call."""
        self.finish = chunk.response_metadata.get("finish_reason") or self.finish
        used = chunk.usage_metadata
        if used:
            cached = used.get("input_token_details", {}).get("cache_read", 0) or 0
            self._current = Usage(used["input_tokens"], cached, used["output_tokens"], 1, 1)
            self._thought |= bool(used.get("output_token_details", {}).get("reasoning"))

    def _amiss(self, problem: ModelError | None, said: bool) -> ModelError | None:
        """Return what is wrong with a try, thoughts that left no room for an answer among it."""
        if said:
            return problem
        if problem is None:
            return ModelError("empty", "the answer is empty")
        if self._thought and problem.kind == "slow":
            remedy = "raise ASKME_TOTAL_SECONDS or lower ASKME_REASONING_EFFORT"
            return ModelError("slow", f"no answer in time, the model was still thinking; {remedy}")
        if is_length(self.finish):
            remedy = "raise ASKME_MAX_TOKENS or lower ASKME_REASONING_EFFORT"
            return ModelError("thinking", f"the model's thoughts took all of its {self._room} tokens; {remedy}")
        return ModelError("garbled", str(problem)) if problem.kind == "cut" else problem


class ChatModel:
    """The configured model. Its requests run on one event loop in a daemon thread, started by the first of them."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is imported or sent yet."""
        self._settings = settings
        self.name, self.dialect = settings.chat_model, Dialect(settings)
        self.health = Health("model")
        self._lock = threading.Lock()
        self._client: ChatOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def silence(self) -> float:
        """Seconds for which it may be silent: for all of the time if its thoughts can't be seen to come."""
        return self._settings.total_seconds if self.dialect.silent else self._settings.first_token_seconds

    def call(self, messages: list[BaseMessage], deadline: Deadline, max_tokens: int | None = None) -> Call:
        """Return a request to be iterated; besides what it thinks it writes at most `max_tokens`."""
        return Call(self, messages, deadline, max_tokens or self._settings.max_tokens)

    def start(self, messages: list[BaseMessage], box: queue.Queue[Any], max_tokens: int) -> Future[None]:
        """Begin to stream an answer into `box`: lists of chunks, then _END or the exception. Cancelling ends it."""
        client, loop = self._ready()
        return asyncio.run_coroutine_threadsafe(pump(client.astream(messages, max_tokens=max_tokens), box), loop)

    def probe(self) -> None:
        """Ask the server for the model, so that a wrong key or name is known before the first visitor asks."""
        try:
            _, loop = self._ready()
            asyncio.run_coroutine_threadsafe(self._probed(), loop).result(self._settings.first_token_seconds)
        except Exception as error:  # noqa: BLE001 (whatever a server sends: it is explained, logged and shown in /healthz)
            self.health.failed(explained(error, self.name))

    async def _probed(self) -> None:
        from openai import APIStatusError  # noqa: PLC0415 (1.2 s, only with a key)

        client, _ = self._ready()
        try:
            model = await client.root_async_client.models.retrieve(self.name)
        except APIStatusError as error:
            if error.status_code in (401, 403) or error.code == "model_not_found":
                raise
            model = None
        while not getattr(model, "id", "") and not await self._answers(client):
            continue

    async def _answers(self, client: ChatOpenAI) -> bool:
        """Ask for the shortest of answers, as not every server lists its models; False: another try is worth it."""
        try:
            async for _ in client.astream([HumanMessage("Say OK.")], max_tokens=16):
                break
        except Exception as error:  # noqa: BLE001 (whatever a server sends: it is explained)
            failure = explained(error, self.name)
            if not self.dialect.learn(failure):
                raise failure from None
            return False
        return True

    def _ready(self) -> tuple[ChatOpenAI, asyncio.AbstractEventLoop]:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="model", daemon=True).start()
            if self._client is None:
                self._client = chat_client(self._settings, self.dialect)
            return self._client, self._loop


async def pump(chunks: AsyncIterator[Any], box: queue.Queue[Any]) -> None:
    """Hand chunks over in lists, then _END or the exception: at once around the end of a sentence, else gathered.

    The first thought is handed over at once, too: it tells that the model isn't silent.
    """
    held: list[Any] = []
    handed, ending, thought = time.monotonic(), False, False
    try:
        async for chunk in chunks:
            held.append(chunk)
            ended, ending = ending, _ENDING.search(_text(chunk)) is not None
            if not thought and THOUGHT in _text(chunk):
                thought = ending = True
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
